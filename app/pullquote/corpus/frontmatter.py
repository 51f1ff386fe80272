"""Front matter: the facts that an operator writes on top of a document."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pullquote.corpus.dates import is_date
from pullquote.corpus.documents import Position, Source
from pullquote.errors import DocumentError

SIDES = ("for", "against", "neutral", "pro", "con")
_FENCE = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_FENCE_END = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")  # not ^: a lone CR ends a line too
_LIMIT = 65_536  # characters to its last line
_LONGEST_KEY, _MEANT = 40, 3  # of keys that there are not: characters, and how many, that are held against the others
_LIKE = 0.75  # from which one of the others may be meant, by difflib
_LINE_BREAK = re.compile("[\n-\r\x1c-\x1e\x85\u2028\u2029]")
_FACT = re.compile(r"[A-Za-z_]+[ \t]*:(?:[ \t]|[\r\n]|\Z)")
_KEYS = frozenset(
    ("title author publisher date url licence language side proposition sides headings not_prose").split()  # noqa: SIM905 -- one line of words
)
# Before front matter that is none: white space, and fences of another length, dash or language.
_SKIPPED = re.compile(r"\ufeff?(?:[^\S\r\n]*(?:[-—–+]+[^\S\r\n]*)?(?:\r\n|[\r\n])){0,4}\s*")
_KNOWN = re.compile(rf"(?:{'|'.join(sorted(_KEYS))})[ \t]*[:=]", re.IGNORECASE)
_CUT_SHORT = re.compile(
    rf"(?:\A|(?<=[\r\n]))({'|'.join(sorted(_KEYS))})[ \t]*:[ \t]+(?![\"'|>#\[{{ \t])[^\r\n]*?[ \t](#[^\s#]\S*)"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_LANGUAGES = dict(
    pair.split("=") for pair in (  # noqa: SIM905 -- to be read in lines
        "arabic=ar bulgarian=bg catalan=ca chinese=zh croatian=hr czech=cs danish=da dutch=nl english=en estonian=et "
        "finnish=fi french=fr german=de greek=el hebrew=he hindi=hi hungarian=hu indonesian=id irish=ga italian=it "
        "japanese=ja korean=ko latvian=lv lithuanian=lt norwegian=no persian=fa polish=pl portuguese=pt romanian=ro "
        "russian=ru serbian=sr slovak=sk slovenian=sl spanish=es swedish=sv thai=th turkish=tr ukrainian=uk urdu=ur "
        "vietnamese=vi welsh=cy eng=en fra=fr fre=fr deu=de ger=de spa=es ita=it por=pt nld=nl dut=nl"
    ).split()
)  # fmt: skip
Facts = Mapping[str, object]


def split_front_matter(text: str) -> tuple[dict[str, object], int]:
    """The facts in the block between two `---` lines, and where the text after it starts.

    Example: split_front_matter("---\\nauthor: Ann\\n---\\nHi") -> ({"author": "Ann"}, 20)

    Raises:
        DocumentError: the block is not YAML, or names a key that there is not, or one twice.
    """
    opening = _FENCE.match(text)
    closing = _closing(text, opening) if opening else None
    if not opening or not closing:
        return {}, 0
    facts = _parse_yaml(text[opening.end() : closing.start()])
    if unknown := facts.keys() - _KEYS:
        raise DocumentError(
            f"front matter has no key {', '.join(sorted(unknown))}; the keys are {', '.join(sorted(_KEYS))}"
            f"{_meant(sorted(unknown))}"
        )
    return facts, closing.end()


def _meant(unknown: Iterable[str]) -> str:
    """The keys nearest to some that there are not. Example: _meant(["Title"]) -> "; did you mean title?"""
    plain = [re.sub(r"\W", "_", key.casefold()) for key in unknown if len(key) <= _LONGEST_KEY][:_MEANT]
    near = dict.fromkeys(key for name in plain for key in difflib.get_close_matches(name, sorted(_KEYS), 1, _LIKE))
    return f"; did you mean {', '.join(near)}?" if near else ""


def is_unclosed(text: str) -> bool:
    """Whether a text starts as front matter does, and no line ends it. Example: is_unclosed("---\\nauthor: Ann") -> True"""
    opening = _FENCE.match(text)
    return bool(opening and _FACT.match(text, opening.end()) and not _closing(text, opening))


def looks_unread(text: str) -> bool:
    """Whether a text without front matter opens with one of its keys. Example: looks_unread("\\n---\\ntitle: One") -> True"""
    opening = _SKIPPED.match(text)
    return bool(opening and _KNOWN.match(text, opening.end()))


def cut_short(text: str) -> Iterator[tuple[str, str]]:
    """The keys of the front matter whose value YAML ends at a `#`, and what is lost first: `title: Plan #3`."""
    opening = _FENCE.match(text)
    closing = _closing(text, opening) if opening else None
    if opening and closing:
        yield from _CUT_SHORT.findall(text[opening.end() : closing.start()])


def _closing(text: str, opening: re.Match[str]) -> re.Match[str] | None:
    return _FENCE_END.search(text, opening.end(), _LIMIT)


def _parse_yaml(block: str) -> dict[str, object]:
    import yaml

    try:
        # BaseLoader keeps every value a string: a date of 2025-10 stays as it is written.
        loader = yaml.BaseLoader(block)
        node = loader.get_single_node()
        _no_key_twice(node)
        facts = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2} of the file)" if mark else ""
        raise DocumentError(
            f"front matter is not YAML{where}: {_mistake(str(getattr(error, 'problem', None) or error))}"
        ) from error
    except RecursionError as error:
        raise DocumentError("front matter is nested too deeply") from error
    if facts in (None, ""):
        return {}
    if not isinstance(facts, dict):
        raise DocumentError("front matter must be `key: value` lines")
    return {str(key): value for key, value in facts.items()}


def _mistake(problem: str) -> str:
    """What to do about the commonest mistakes; YAML's own words for the others."""
    if problem.startswith("mapping values"):
        return "put the value in quotation marks, since it holds a colon"
    if "'\\t'" in problem:
        return "use a space after the colon, not a tab"
    if (
        problem.startswith(("expected <block end>", "expected alphabetic"))
        or "any token" in problem
        or "alias" in problem
    ):
        return f"put the value in quotation marks ({problem})"
    return problem


def _no_key_twice(node: Any) -> None:
    """Refuse what YAML lets pass: of two values of one key it keeps the last, in silence.

    Looks two levels deep, which is all that front matter has.
    """
    for mapping in (node, *(value for _, value in _pairs(node))):
        seen: set[str] = set()
        for key, _ in _pairs(mapping):
            if key.value in seen:
                line = key.start_mark.line + 2  # counted from 0, after the fence
                raise DocumentError(f"front matter: {key.value} stands twice (line {line} of the file); keep one")
            seen.add(key.value)


def _pairs(node: Any) -> Iterator[tuple[Any, Any]]:
    if node is not None and node.id == "mapping":
        yield from ((key, value) for key, value in node.value if key.id == "scalar")


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
    return _one_line(value, key)


def _one_line(value: str, key: str) -> str:
    if _LINE_BREAK.search(line := value.strip()):
        raise DocumentError(f"front matter: {key} must be one line of text")
    return line


def author_in(facts: Facts) -> str | None:
    """The author's line; of a list of authors, one line that names them all."""
    value = facts.get("author")
    if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
        return text_in(facts, "author")
    names = [_one_line(name, "author") for name in value]
    if any(re.search(r",|;|\s(?:and|&)\s", name) for name in names):
        return "; ".join(names)
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part) or None


def language_in(facts: Facts) -> str | None:
    """The language as a tag, also where its English name is given.

    Raises:
        DocumentError: it is neither.
    """
    given = text_in(facts, "language")
    known = _LANGUAGES.get((given or "").lower(), given and given.replace("_", "-"))  # en_GB, as a locale has it
    if known is not None and not _TAG.fullmatch(known):
        raise DocumentError(f"front matter: language {known!r} must be a code, such as en, fr or pt-BR")
    return known


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
    taken = (*own, *(Position(_one_line(str(name), "a proposition"), side.strip()) for name, side in given.items()))
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
    if date is not None and not is_date(date):
        raise DocumentError(f"front matter: date {date!r} must be YYYY, YYYY-MM or YYYY-MM-DD, and in the calendar")
    url = text_in(facts, "url")
    if url is not None and not url.startswith(("https://", "http://")):
        raise DocumentError("front matter: url must start with https:// or http://")
    return Source(
        title=text_in(facts, "title"),
        author=author_in(facts),
        publisher=text_in(facts, "publisher"),
        date=date,
        url=url,
        licence=text_in(facts, "licence"),
    )
