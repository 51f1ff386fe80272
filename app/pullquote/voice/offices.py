"""Offices: a title line such as "Secretary of the Treasury Ann Lee", parted into the office and the name at its right end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pullquote.errors import spend
from pullquote.span import Span
from pullquote.voice.names import MOST_NAMES, SMALL, is_suffix, is_title

LONGEST_OFFICE = 60  # code points before a name that are looked at
_WORD = r"(?:[A-Z]\w?\.|[A-Z][\w’'-]{0,40})"  # within bounds: an unbroken run is looked through from each capital
RUN = re.compile(
    rf"{_WORD}(?:[ ](?:(?:de|del|della|den|der|di|du|la|le|van|von|al|bin)(?=[ ])|{_WORD})){{1,7}}"
)
_JOINTS = SMALL | {"for"}
_BROKEN = re.compile(
    r"[,;:!?()\[\]“”\"\n—]|--|(?<=[^\W\d_]{3})\.\s|[’']s\s"
)  # where a title line ends
_OWNED = re.compile(r"[’']s?$")


@dataclass(frozen=True, slots=True)
class Titled:
    """A name as it stands at the right end of a title line, and the office before it; each "" where there is none.

    `title` is the word of the office that people are called by with their name: "Secretary" of "Labour Secretary Ann Lee".
    """

    name: str
    office: str = ""
    title: str = ""


def titled(text: str, start: int, end: int) -> Titled:
    """The name at the end of the run of capitals at [start, end), without the office that runs into it or stands before it.

    An office goes up to the last word that is a title. Where "of", "for" or the like hangs on a title, the word after it
    is what the office is of, and a name has two words at most. What hangs on a word that is no title, as in "the State of
    New Leeds", is no name.
    """
    words = _line(text, start, end)
    last = len(words) - 1
    while last > 0 and is_suffix(words[last]):
        last -= 1
    if len(words) > 1 and is_title(words[last]) and is_common(text, words[last]):
        return Titled("", " ".join(words))
    titles = [at for at, word in enumerate(words[:last]) if is_title(word)]
    joints = [at for at, word in enumerate(words[:last]) if word in _JOINTS]
    title, joint = (max(places, default=-1) for places in (titles, joints))
    hangs = bool(titles) and joint >= 0
    first = max(title, joint) + 1
    full = [at for at in range(first, last + 1) if _is_full(words[at])]
    if joint >= 0 and not titles and words[joint] != "and" and len(full) <= MOST_NAMES:
        return Titled("", " ".join(words))
    full = full[1:] if hangs and joint > title else full
    if hangs and joint > title and len(full) < 2:
        return Titled("", " ".join(words))
    begins = _begins(text, words, full, first, hangs=hangs) if full else len(words)
    called = begins > 0 and title == begins - 1 and words[title - 1] not in _JOINTS - {"and"}
    title_word = words[title] if called else ""
    return Titled(" ".join(words[begins:]), " ".join(words[:begins]), title_word)


def without_office(text: str, start: int, end: int) -> str:
    """The name at the end of a run of capitals, with the one word of its office that people are called by: "Envoy Ann Lee"."""
    line = titled(text, start, end)
    return f"{line.title} {line.name}".strip() if line.name else ""


def title_lines(text: str) -> Iterator[tuple[Span, Titled]]:
    """Each run of capitals of a text that ends in a name, and what it says."""
    for match in RUN.finditer(text):
        spend()
        line = titled(text, *match.span())
        if line.name:
            yield Span(*match.span()), line


def _line(text: str, start: int, end: int) -> list[str]:
    """The words of a title line up to the end of a run: capitals, and small words between them."""
    before = _BROKEN.split(text[max(0, start - LONGEST_OFFICE) : start])[-1].split()
    run = _BROKEN.split(_OWNED.sub("", text[start:end].rstrip(" .,")))[-1].split()
    words: list[str] = []
    for word in reversed(before):
        if not word[:1].isupper() and word not in _JOINTS:
            break
        words.insert(0, word)
    while words and not words[0][:1].isupper():
        words.pop(0)
    return [*words, *run]


def _is_full(word: str) -> bool:
    return len(word.strip(".")) > 1 and word[:1].isupper()


def _begins(text: str, words: list[str], full: list[int], first: int, *, hangs: bool) -> int:
    """Where the name begins among the words in full that are left of a line; `first` is the first word after title and joint.

    A word that the text has in small letters too belongs to the office, unless the office stands alone in the text, too.
    """
    most = MOST_NAMES - hangs
    if len(full) > most:
        full = full[-2:]
    if len(full) == most and is_common(text, words[full[0]]):
        alone = hangs and _stands_alone(text, words[first - 1 : full[0]])
        full = full if alone else full[1:]
    return full[0]


def is_common(text: str, word: str) -> bool:
    """Whether a text has a word in small letters, too."""
    return re.search(rf"\b{re.escape(word.lower())}\b", text) is not None


def _stands_alone(text: str, words: list[str]) -> bool:
    """Whether a text has words that no capital follows."""
    return re.search(rf"\b{re.escape(' '.join(words))}\b(?! [A-Z])", text) is not None
