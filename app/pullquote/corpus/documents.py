"""Documents: the stored words, and what is known about where they come from."""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

BYTE_ORDER_MARK = "\ufeff"  # kept in a text's first place, and part of none of its sentences


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of the text stands in the original; it holds until the next place starts.

    `start` is an offset in code points, `page` counts from 1, `time` is in seconds from the recording's start.
    """

    start: int
    page: int | None = None
    time: float | None = None


class SpeakerTurn(NamedTuple):
    """Who has the word in text[start:end], as the file writes the name; None where it names nobody."""

    start: int
    end: int
    speaker: str | None


def place_at(places: Sequence[Place], offset: int) -> Place | None:
    """The place that an offset of the text stands at, or None before the first."""
    number = bisect_right(places, offset, key=lambda place: place.start)
    return places[number - 1] if number else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who published a document, where and when; what is not recorded is None."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The side that a document takes on a proposition, as the operator says."""

    proposition: str
    side: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from that was taken out of a file of another format.

    `sha256` is of that file as it was received; `extractor` is the name and version of what read it; `told` is what the
    file tells of itself; `left_out` says what was not taken.
    """

    sha256: str
    extractor: str
    told: Source
    left_out: tuple[str, ...] = ()

    def tells(self, source: Source) -> tuple[str, ...]:
        """Which facts of a source are what the file itself tells."""
        facts = ((name, fact) for name, fact in asdict(self.told).items() if fact)
        return tuple(name for name, fact in facts if getattr(source, name) == fact)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text of a debate: the file's words after its front matter, letter for letter.

    `text` is the decoded file (a byte order mark kept) and offset 0 its first code point; where there is an `origin`, it
    is what was taken out of the file, and `places` tell where it stands there.
    `turns` tell who has the word, as the file says; they follow one another, with labels in between.
    `path` is relative to the corpus folder, with forward slashes.
    """

    id: str
    debate: str
    path: str
    text: str
    source: Source = field(default_factory=Source)
    language: str | None = None
    side: str | None = None
    proposition: str | None = None
    positions: tuple[Position, ...] = ()
    headings: tuple[str, ...] = ()
    not_prose: tuple[str, ...] = ()
    origin: Origin | None = None
    places: tuple[Place, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()

    def turn_before(self, offset: int) -> SpeakerTurn | None:
        """The last turn that starts before an offset of the text, over or not."""
        number = bisect_left(self.turns, offset, key=lambda turn: turn.start)
        return self.turns[number - 1] if number else None

    def __repr__(self) -> str:
        return f"<Document {self.id}: {len(self.text):,} characters>"

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def is_neutral(self) -> bool:
        """Whether the operator says that it takes no side, on anything."""
        sides = {self.side, *(position.side for position in self.positions)} - {None}
        return sides == {"neutral"}

    def verified(self, sha256: str) -> "Document":
        """This very document with the hash that its text was just found to have, so that it is not worked out again."""
        self.__dict__["sha256"] = sha256
        return self

    @property
    def name(self) -> str:
        """What to call it where no title is recorded: its file's name in words."""
        return self.source.title or name_of(self.path)


def name_of(path: str) -> str:
    """A file's name in words. Example: name_of("a/border-war_2009.txt") -> "border war 2009"."""
    return " ".join(Path(path).stem.replace("-", " ").replace("_", " ").split())
