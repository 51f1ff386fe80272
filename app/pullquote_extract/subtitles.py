"""Subtitles and transcripts with times: sentences over the borders of cues, who speaks, and when."""

import html
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted, ends_open
from pullquote_extract.html import decode
from pullquote_extract.places import Place, SpeakerTurn

EXTRACTOR = "subtitles 2"
PAUSE = 3.0  # seconds of silence after which a sentence that has ended ends its paragraph too
FULL, LONGEST = 100, 250  # words after which a paragraph ends with its sentence, and at all
LABELLED = 0.5  # of the lines that open with a label, where recorders of meetings write the name before each
ROLLING = 0.5  # of the cues that open with the last line of the one before, where lines roll up the screen
_TAG = re.compile(
    r"<(?:v(?:\.[^\s<>]{0,200})?\s+(?P<voice>[^<>]{1,200})|/?[a-z\d][^<>]{0,200}|/)>|\{\\[^{}]{0,80}\}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?P<turn>(?:>>+|»)\s*)?"
    r"(?:\[?(?P<name>[^\W\d_][\w.,’' -]{0,40}?)\]?\s*(?:[(\[][^()\[\]]{0,60}[)\]]\s*)?:(?:\s+|$))?"
)
_SOUND = re.compile(r"[(\[][^()\[\]]*[)\]]:?|[♪♫#](?:.*[♪♫#])?")
# Between sentences; a gap that brackets mark inside one stays, as nobody may close it up.
_INSET = re.compile(r"(?:^|(?<=[.!?…] ))(?:\[[^()\[\]]*\]|\([^()\[\].!?]*\))(?: +|$)")
_CHANGE = re.compile(r" (?=>>)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a cue: when it is shown, and whose words it holds, where that is told."""

    words: str
    start: float
    end: float
    voice: str | None = None


def extract(content: bytes) -> Extracted:
    """The words that are spoken, in paragraphs that open with "NAME: " where the speaker changes; places are the cues' times.

    Sounds told in brackets, and what is sung, are left out. In a file that tells who speaks anywhere all belongs to
    turns: what no label reaches is nobody's.

    Raises:
        ExtractionError: there are no cues in it.
    """
    import webvtt

    text = decode(content).lstrip("\ufeff \t\r\n")
    kind = "vtt" if text.startswith("WEBVTT") else "srt"
    try:
        read = webvtt.from_buffer(io.StringIO(text), format=kind)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise ExtractionError(
            "holds no cues of WebVTT or SubRip; save the subtitles as .vtt or .srt anew"
        ) from error
    lines = _unrolled([line for cue in read.captions for line in _lines_of(cue)])
    spoken = [line for line in lines if not _SOUND.fullmatch(line.words)]
    speech = _Speech(_names_in(spoken))
    for line in spoken:
        speech.add(line)
    dropped = len(lines) - len(spoken) + speech.sounds
    head = text.partition("\n")[0].removeprefix("WEBVTT").strip(" \t\r-–") if kind == "vtt" else ""
    left_out = (f"{dropped} × sounds and songs",) if dropped else ()
    extracted = Extracted(speech.text(), EXTRACTOR, head or None, left_out=left_out)
    return replace(extracted, places=tuple(speech.places), turns=speech.turns())


def _lines_of(cue: "webvtt.Caption") -> Iterator[_Line]:  # type: ignore[name-defined]  # noqa: F821 -- imported late
    voice = None
    times = cue.start_time.in_milliseconds() / 1_000, cue.end_time.in_milliseconds() / 1_000
    for raw in cue.lines:
        at, words = 0, ""
        for tag in _TAG.finditer(raw):
            words += raw[at : tag.start()]
            at = tag.end()
            if tag["voice"] or tag.group() == "</v>":
                yield from (_Line(piece, *times, voice) for piece in _parts(words))
                voice, words = _plain(tag["voice"] or "") or None, ""
        yield from (_Line(piece, *times, voice) for piece in _parts(words + raw[at:]))


def _parts(words: str) -> Iterator[str]:
    """What a line of a cue shows, cut where a mark says that somebody else goes on."""
    return filter(None, _CHANGE.split(_plain(words)))


def _plain(words: str) -> str:
    return " ".join(html.unescape(words).replace("\u200b", "").replace("\u200e", "").split())


def _unrolled(lines: Sequence[_Line]) -> list[_Line]:
    """The lines without those that are shown again since they roll up the screen, if they do."""
    cues = [cue for cue, after in pairwise(dict.fromkeys(line.start for line in lines)) if after]
    repeats = [
        line.words == before.words and line.start > before.start for before, line in pairwise(lines)
    ]
    if sum(repeats) < ROLLING * max(len(cues), 1):
        return list(lines)
    return [
        *lines[:1],
        *(line for line, shown_again in zip(lines[1:], repeats, strict=True) if not shown_again),
    ]


def _names_in(lines: Sequence[_Line]) -> set[str]:
    """Whom labels name: in capitals, after a mark of a turn, or more than once."""
    labels = [
        (label["name"], bool(label["turn"]))
        for line in lines
        if (label := _LABEL.match(line.words)) and label["name"]
    ]
    counts = Counter(name for name, _ in labels)
    small = any(line.words.upper() != line.words for line in lines)  # else capitals tell nothing
    titled = (
        name
        for name, _ in labels
        if (counts[name] > 1 or (small and len(labels) > LABELLED * len(lines)))
        and all(word[:1].isupper() or word[:1].isdigit() for word in name.split())
    )
    return {
        name for name, turn in labels if turn or (small and name.isupper() and len(name) > 1)
    } | set(titled)


@dataclass(slots=True)
class _Speech:
    """Paragraphs as they grow, line by line, and the times of their cues."""

    names: set[str]
    places: list[Place] = field(default_factory=list)
    sounds: int = 0  # left out of lines
    _changes: list[tuple[int, int, str | None]] = field(
        default_factory=list
    )  # label, words, speaker
    _told: bool = False  # whether anything says who speaks
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _words: int = 0  # of the paragraph
    _before: _Line | None = None
    _speaker: str | None = None

    def add(self, line: _Line) -> None:
        """Take one more line; the first letter of each cue has a place."""
        speaker, words, turns = self._turn(line)
        words = self._without_sounds(words, inside=self._open and not turns)
        if self._before is None or turns or self._pauses(line):
            if self._parts:
                self._put("\n\n")
            self._words = 0
            if turns or self._before is None:
                self._change(line, speaker, told=turns)
        if words:
            if self._parts and self._parts[-1] != "\n\n":
                self._put(" ")
            self._place(line)
            self._put(words)
            self._words += len(words.split())
        self._before, self._speaker = line, speaker

    def text(self) -> str:
        """All of it."""
        return "".join([*self._parts, "\n"])

    def turns(self) -> tuple[SpeakerTurn, ...]:
        """Who has the word where; none where nothing in the file tells."""
        ends = [*(label - len("\n\n") for label, _, _ in self._changes[1:]), self._length]
        turns = (
            SpeakerTurn(start, end, speaker)
            for (_, start, speaker), end in zip(self._changes, ends, strict=True)
            if start < end
        )
        return tuple(turns) if self._told else ()

    def _change(self, line: _Line, speaker: str | None, *, told: bool) -> None:
        """Begin the turn of a speaker, with a label where one is named."""
        label = self._length
        if speaker:
            self._place(line)
            self._put(f"{speaker}:")
        self._changes.append((label, self._length + bool(speaker), speaker))
        self._told = self._told or told

    def _turn(self, line: _Line) -> tuple[str | None, str, bool]:
        """Who speaks, what, and whether that is somebody else than before."""
        if line.voice:
            return line.voice, line.words, line.voice != self._speaker
        label = _LABEL.match(line.words)
        name, mark = (label["name"], label["turn"]) if label else (None, None)
        if label and name in self.names:
            return name, line.words[label.end() :], bool(mark) or name != self._speaker
        if label and mark:
            return None, line.words[label.end("turn") :], True
        if (
            line.words.startswith(("- ", "– ", "-"))
            and not self._open
            and line.words[1:2].strip() != "-"
        ):
            return None, line.words[1:].strip(), True
        left = self._before is not None and self._before.voice is not None
        return (None if left else self._speaker), line.words, left

    def _without_sounds(self, words: str, *, inside: bool) -> str:
        """A line without the sounds between its sentences; at its start it may be `inside` one."""

        def left_out(inset: re.Match[str]) -> str:
            if inside and not inset.start():
                return inset[0]
            self.sounds += 1
            return ""

        return _INSET.sub(left_out, words)

    @property
    def _open(self) -> bool:
        return self._before is not None and self._words > 0 and ends_open(self._parts[-1])

    def _pauses(self, line: _Line) -> bool:
        silent = self._before is not None and line.start - self._before.end >= PAUSE
        return self._words >= LONGEST or (not self._open and (silent or self._words >= FULL))

    def _put(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def _place(self, line: _Line) -> None:
        if not self.places or self.places[-1].time != line.start:
            self.places.append(Place(self._length, time=line.start))
