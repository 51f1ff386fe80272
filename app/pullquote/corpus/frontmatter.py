"""Front matter: the facts that an operator writes on top of a document."""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pullquote.corpus.documents import Position, Source
from pullquote.corpus.extractors import ExtractedText
from pullquote.errors import DocumentError

SIDES = ("for", "against", "neutral", "pro", "con")
FETCHED = (
    "charset",
    "fetched",
    "sha256",
)  # what is written beside a file from the web: when it was received, and which one it was
LINE_BREAKS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_LIMIT = 65_536  # characters to its last line
_LONGEST_KEY, _MEANT = (
    40,
    3,
)  # of keys that there are not: characters, and how many, that are held against the others
_LIKE = 0.75  # from which one of the others may be meant, by difflib
_KEYS = frozenset(
    [
        "title",
        "author",
        "publisher",
        "date",
        "url",
        "licence",
        "language",
        "side",
        "proposition",
        "sides",
        "headings",
        "not_prose",
    ]
)
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # of a letter, as an escape of YAML's may write it
_FENCE = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
# Not ^: a lone CR ends a line too
_FENCE_END = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_FACT = re.compile(rf"(?:{'|'.join(sorted(_KEYS))})[ \t]*[:=]", re.IGNORECASE)
_CUT_SHORT = re.compile(
    rf"(?:\A|(?<=[\r\n]))({'|'.join(sorted(_KEYS))})[ \t]*:[ \t]+(?![\"'|>#\[{{ \t])[^\r\n]*?[ \t](#[^\s#]\S*)"
)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
Facts = Mapping[str, object]


def split_front_matter(text: str) -> tuple[dict[str, object], int]:
    """The facts in the block between two `---` lines, and where the text after it starts.

    Raises:
        DocumentError: the block is not YAML, or names a key that there is not, or one twice.
    """
    start, end, after = _block(text)
    return (_checked(_parse_yaml(text[start:end])) if after else {}), after


def facts_beside(text: str) -> dict[str, object]:
    """The facts of a file that stands beside a document: the same keys, with or without the `---` lines.

    Raises:
        DocumentError: as `split_front_matter`.
    """
    start, end, after = _block(text)
    facts = _parse_yaml(text[start:end] if after else text, first=2 if after else 1)
    return {**_checked({key: fact for key, fact in facts.items() if key not in FETCHED}), **facts}


def _checked(facts: dict[str, object]) -> dict[str, object]:
    if unknown := sorted(facts.keys() - _KEYS):
        raise DocumentError(
            f"front matter has no key {', '.join(unknown)}; the keys are {', '.join(sorted(_KEYS))}{_meant(unknown)}"
        )
    return facts


def _block(text: str) -> tuple[int, int, int]:
    """Where the facts start and end and the text goes on; three times 0 where there is no such block."""
    opening = _FENCE.match(text)
    closing = _FENCE_END.search(text, opening.end(), _LIMIT) if opening else None
    return (opening.end(), closing.start(), closing.end()) if opening and closing else (0, 0, 0)


def _meant(unknown: Iterable[str]) -> str:
    """The keys nearest to some that there are not."""
    plain = [key.casefold().replace("-", "_") for key in unknown if len(key) <= _LONGEST_KEY][
        :_MEANT
    ]
    similar = dict.fromkeys(
        key for name in plain for key in difflib.get_close_matches(name, sorted(_KEYS), 1, _LIKE)
    )
    return f"; did you mean {', '.join(similar)}?" if similar else ""


def oddities(text: str) -> Iterator[str]:
    """What is odd about a file's front matter, or about its absence."""
    start, end, after = _block(text)
    opening = _FENCE.match(text)
    if after:
        for key, lost in _CUT_SHORT.findall(text[start:end]):
            yield (
                f"has a {key} that YAML ends before {lost}, which makes the rest a comment; "
                "put the value in quotation marks"
            )
    elif opening and _FACT.match(text, opening.end()):
        yield "opens a front matter with `---` that no second `---` closes, so all of it is read as text"
    elif _FACT.match(text.lstrip("\ufeff \t\r\n-–—+")):
        yield (
            "opens with what looks like front matter and is read as text: its first line must be `---`, with nothing "
            "before it, and one more `---` must end it"
        )


def _parse_yaml(block: str, first: int = 2) -> dict[str, object]:
    """The keys of a block that starts at this line of its file."""
    import yaml

    try:
        # BaseLoader keeps every value a string: a date of 2025-10 stays as it is written.
        loader = yaml.BaseLoader(block)
        node = loader.get_single_node()
        _no_key_twice(node, first)
        facts = loader.construct_document(node) if node else None
        if _HALF.search(block):
            "".join(
                getattr(event, "value", "") for event in yaml.parse(block, yaml.BaseLoader)
            ).encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            "front matter names half a letter (as \\ud83d); write the letter itself"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + first} of the file)" if mark else ""
        problem = _mistake(str(getattr(error, "problem", None) or error))
        raise DocumentError(f"front matter is not YAML{where}: {problem}") from error
    except RecursionError as error:
        raise DocumentError("front matter is nested too deeply") from error
    if facts in (None, ""):
        return {}
    if not isinstance(facts, dict):
        raise DocumentError("front matter must be `key: value` lines")
    return {str(key): value for key, value in facts.items()}


def _mistake(problem: str) -> str:
    """What to do about a mistake, most often."""
    if problem.startswith("mapping values"):
        return "put the value in quotation marks, since it holds a colon"
    if "'\\t'" in problem:
        return "use a space after the colon, not a tab"
    return f"put the value in quotation marks ({problem})"


def _no_key_twice(node: Any, first: int) -> None:
    """Refuse what YAML lets pass: of two values of one key it keeps the last, in silence.

    Looks two levels deep, which is all that front matter has.
    """
    for mapping in (node, *(value for _, value in _pairs(node))):
        keys: set[str] = set()
        for key, _ in _pairs(mapping):
            if key.value in keys:
                line = key.start_mark.line + first  # counted from 0
                raise DocumentError(
                    f"front matter: {key.value} stands twice (line {line} of the file); keep one"
                )
            keys.add(key.value)


def _pairs(node: Any) -> Iterator[tuple[Any, Any]]:
    if node is not None and node.id == "mapping":
        yield from ((key, value) for key, value in node.value if key.id == "scalar")


def text_in(facts: Facts, key: str) -> str | None:
    """A fact that is one line of text, or None where it is not recorded.

    Raises:
        DocumentError: it is something else.
    """
    value = facts.get(key)
    return None if value in (None, "", "null", "~") else _one_line(value, key)


def _one_line(value: object, key: str) -> str:
    if not isinstance(value, str) or LINE_BREAKS.intersection(value.strip()):
        raise DocumentError(f"front matter: {key} must be one line of text")
    return value.strip()


def texts_in(facts: Facts, key: str) -> tuple[str, ...]:
    """A fact that is a list of exact strings.

    Raises:
        DocumentError: it is something else.
    """
    value = facts.get(key)
    if value in (None, "", "null", "~"):
        return ()
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise DocumentError(f"front matter: {key} must be a list of exact strings")
    return tuple(text for text in value if text.strip())


def _author_in(facts: Facts) -> str | None:
    """The author's line; of a list of authors, one line that names them all."""
    value = facts.get("author")
    if not isinstance(value, list) or not all(
        isinstance(name, str) and name.strip() for name in value
    ):
        return text_in(facts, "author")
    names = [_one_line(name, "author") for name in value]
    if any(mark in name for name in names for mark in (",", ";", " and ", " & ")):
        return "; ".join(names)
    return " and ".join(phrase for phrase in (", ".join(names[:-1]), *names[-1:]) if phrase) or None


def language_in(facts: Facts) -> str | None:
    """The language as a tag, also where its English name is given.

    Raises:
        DocumentError: it is neither.
    """
    from stop_words import LANGUAGE_MAPPING

    language = text_in(facts, "language")
    if language is None:
        return None
    tag_of_name = next(
        (tag for tag, name in LANGUAGE_MAPPING.items() if name == language.lower()), None
    )
    tag = str(tag_of_name or language.replace("_", "-"))  # en_GB, as a locale has it
    if not _TAG.fullmatch(tag):
        raise DocumentError(
            f"front matter: language {tag!r} must be a code, such as en, fr or pt-BR"
        )
    return tag


def positions_in(facts: Facts) -> tuple[Position, ...]:
    """The document's side on each proposition: from `sides`, and from `proposition` with `side`.

    Raises:
        DocumentError: a side that there is not.
    """
    side_by_proposition = facts.get("sides") or {}
    if not isinstance(side_by_proposition, dict) or not all(
        isinstance(side, str) and side.strip() for side in side_by_proposition.values()
    ):
        raise DocumentError("front matter: sides must be `proposition: side` lines")
    proposition, side = text_in(facts, "proposition"), text_in(facts, "side")
    single = [Position(proposition, side)] if proposition and side else []
    positions = (
        *single,
        *(
            Position(_one_line(name, "a proposition"), side.strip())
            for name, side in side_by_proposition.items()
        ),
    )
    sides = {*(position.side for position in positions), *([side] if side else [])}
    if unknown := sorted(side_name for side_name in sides if side_name.casefold() not in SIDES):
        verb = "are no sides" if len(unknown) > 1 else "is no side"
        raise DocumentError(
            f"front matter: {', '.join(unknown)} {verb} of a proposition; the sides are {', '.join(SIDES)}"
        )
    return positions


def source_in(facts: Facts) -> Source:
    """Who published the document, where and when.

    Raises:
        DocumentError: a date or an address that is none.
    """
    plain = {key: text_in(facts, key) for key in ("title", "publisher", "date", "url", "licence")}
    date, url = plain["date"], plain["url"]
    if date is not None and calendar_day(date) is None:
        raise DocumentError(
            f"front matter: date {date!r} must be YYYY, YYYY-MM or YYYY-MM-DD, and in the calendar"
        )
    if url is not None and not url.startswith(("https://", "http://")):
        raise DocumentError("front matter: url must start with https:// or http://")
    return Source(author=_author_in(facts), **plain)


def told_by_file(extracted: ExtractedText) -> Source:
    """What a file tells of itself, as far as it is one line of text, a date, an address."""
    title, author, url = (
        " ".join((fact or "").split()) or None
        for fact in (extracted.title, extracted.author, extracted.url)
    )
    date = extracted.date if calendar_day(extracted.date or "") else None
    return Source(
        title=title,
        author=author,
        date=date,
        url=url if (url or "").startswith(("https://", "http://")) else None,
    )


def long_date(date: str) -> str:
    """A date of the wire in words ("October 2025", "21 May 2008"), as far as it is known; what is none stays as it is."""
    day = calendar_day(date)
    if day is None or len(date) == len("2025"):
        return date
    return (
        f"{day.day} {day:%B} {date[:4]}"
        if len(date) == len("2025-10-09")
        else f"{day:%B} {date[:4]}"
    )


def calendar_day(date: str) -> dt.date | None:
    """The first day of a date YYYY, YYYY-MM or YYYY-MM-DD, or None where the calendar has no such."""
    match = _DATE.fullmatch(date)
    try:
        return dt.date(*(int(digits or 1) for digits in match.groups())) if match else None
    except ValueError:
        return None
