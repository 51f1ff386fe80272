"""Front matter: the facts that an operator writes on top of a document."""

import re
from collections.abc import Iterable, Mapping

from pullquote.documents import Position, Source
from pullquote.errors import DocumentError

SIDES = ("for", "against", "neutral", "pro", "con")
_FENCE = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_FENCE_END = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")  # not ^: a lone CR ends a line too
_LIMIT = 65_536  # characters to its last line
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_KEYS = frozenset(
    ("title author publisher date url licence language side proposition sides headings not_prose").split()  # noqa: SIM905 -- one line of words
)
Facts = Mapping[str, object]


def split_front_matter(text: str) -> tuple[dict[str, object], int]:
    """The facts in the block between two `---` lines, and where the text after it starts.

    Example: split_front_matter("---\\nauthor: Ann\\n---\\nHi") -> ({"author": "Ann"}, 20)

    Raises:
        DocumentError: the block is not YAML, or names a key that there is not.
    """
    opening = _FENCE.match(text)
    closing = _FENCE_END.search(text, opening.end(), _LIMIT) if opening else None
    if not opening or not closing:
        return {}, 0
    facts = _parse_yaml(text[opening.end() : closing.start()])
    if unknown := facts.keys() - _KEYS:
        raise DocumentError(
            f"front matter has no key {', '.join(sorted(unknown))}; the keys are {', '.join(sorted(_KEYS))}"
        )
    return facts, closing.end()


def _parse_yaml(block: str) -> dict[str, object]:
    import yaml

    try:
        # BaseLoader keeps every value a string: a date of 2025-10 stays as it is written.
        facts = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 (it makes strings only)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2} of the file)" if mark else ""
        raise DocumentError(f"front matter is not YAML{where}: {getattr(error, 'problem', None) or error}") from error
    except RecursionError as error:
        raise DocumentError("front matter is nested too deeply") from error
    if facts in (None, ""):
        return {}
    if not isinstance(facts, dict):
        raise DocumentError("front matter must be `key: value` lines")
    return {str(key): value for key, value in facts.items()}


def text_in(facts: Facts, key: str) -> str | None:
    """A fact that is one line of text, or None where it is not recorded.

    Raises:
        DocumentError: it is something else.
    """
    value = facts.get(key)
    if value is None or value in ("", "null", "~"):
        return None
    if not isinstance(value, str):
        raise DocumentError(f"front matter: {key} must be one line of text")
    return value.strip()


def texts_in(facts: Facts, key: str) -> tuple[str, ...]:
    """A fact that is a list of exact strings.

    Raises:
        DocumentError: it is something else.
    """
    value = facts.get(key)
    if value is None or value in ("", "null", "~"):
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise DocumentError(f"front matter: {key} must be a list of exact strings")
    return tuple(part for part in value if part.strip())


def positions_in(facts: Facts) -> tuple[Position, ...]:
    """The document's side on each proposition: from `sides`, and from `proposition` with `side`.

    Raises:
        DocumentError: a side that there is not.
    """
    given = facts.get("sides") or {}
    if not isinstance(given, dict) or not all(isinstance(side, str) and side.strip() for side in given.values()):
        raise DocumentError("front matter: sides must be `proposition: side` lines")
    proposition, side = text_in(facts, "proposition"), text_in(facts, "side")
    own = [Position(proposition, side)] if proposition and side else []
    taken = (*own, *(Position(str(name).strip(), side.strip()) for name, side in given.items()))
    _known_sides([*([side] if side else []), *(place.side for place in taken)])
    return taken


def _known_sides(given: Iterable[str]) -> None:
    if unknown := sorted({side for side in given if side.casefold() not in SIDES}):
        named, verb = ", ".join(unknown), "are no sides" if len(unknown) > 1 else "is no side"
        raise DocumentError(f"front matter: {named} {verb} of a proposition; the sides are {', '.join(SIDES)}")


def source_in(facts: Facts) -> Source:
    """Who published the document, where and when.

    Raises:
        DocumentError: a date or an address that is none.
    """
    date = text_in(facts, "date")
    if date is not None and not _DATE.fullmatch(date):
        raise DocumentError(f"front matter: date {date!r} must be YYYY, YYYY-MM or YYYY-MM-DD")
    url = text_in(facts, "url")
    if url is not None and not url.startswith(("https://", "http://")):
        raise DocumentError("front matter: url must start with https:// or http://")
    return Source(
        title=text_in(facts, "title"),
        author=text_in(facts, "author"),
        publisher=text_in(facts, "publisher"),
        date=date,
        url=url,
        licence=text_in(facts, "licence"),
    )
