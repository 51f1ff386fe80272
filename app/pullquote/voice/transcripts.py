"""Transcripts: who has the word where labels tell so, in hearings, interviews and collections of statements."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.names import fold, is_person, is_title, names_of, parsed, same_person
from pullquote.voice.offices import without_office
from pullquote.voice.voices import Voice, VoiceKind

LEAST_LABELS = 4  # of speakers, of which one at least returns
LEAST_STATED = 3  # of a collection
LEAST_SEATED = 2  # labels with a seat and a party
LONGEST_LABEL = 200  # code points
# Words of a label that no title, and no capitals, tell from a sentence's beginning
LONGEST_NAME = 3
SHARE_STATED = 0.9  # of a statement that stands in quotation marks
SPEAKING = 4  # one of so many turns says "I" or "you", or asks

_WORD = r"[A-Z][\w.’'-]{0,40}"
_BARE = r"(?:[A-Z]\.|[A-Z][\w’'-]{0,40})"
_LABEL = re.compile(  # "Q6 **Ann Lee:**", "[00:01:40] LEE:", "Ann Lee (Bath) (Lab):", "Mr. FALK.", "Chairman LEE of Ohio."
    r"[*_>#\s]{0,6}(?:Q?\d{1,4}[.)]?\s+)?(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s+(?:[-–—]\s+)?)?[*_]{0,3}"
    rf"(?P<name>(?:Q|A|(?!Q\s)(?:The\s)?{_WORD}(?:\s(?:of|the|for|de|del|van|von|al|la|at|\d{{1,2}}|{_WORD})){{0,6}}))"
    r"(?P<seat>(?:[*_]{0,3}\s[(\[][^()\[\]\n]{1,60}[)\]]){0,3})"
    r"(?:[*_]{0,3}:[*_]{0,3}|(?<=[A-Z]{2})\.[*_]{0,3}|(?<=^[QA])\.)(?:\s+|$)"
)
_TITLED = re.compile(  # "Mr. Falk.", "The Chairman.", "Chairman Lee of Ohio." at the start of a paragraph
    rf"(?!Q\s)(?P<name>(?:The|M(?:r|s|rs|iss)\.?|Dr\.|{_BARE})(?:\s(?:of|the|de|van|{_BARE})){{1,4}}?)"
    r"(?P<seat>(?:\s\[[^\[\]\n]{1,40}\])?)(?<=[\w\]]{2})\.(?:\s+|$|(?=--))"
)
_ASKS = re.compile(r"(?P<name>Q)(?P<seat>)\s+(?=[A-Z“\"(—])")
_ROLES = frozenset(  # beside the titles that names are known by
    "a answer chairman chairperson chairwoman interviewer moderator presenter q question witness".split()  # noqa: SIM905
)
_RUN = re.compile(rf"{_WORD}(?:[ ](?:(?:de|del|van|von|al|la)(?=[ ])|{_WORD})){{1,5}}")
_SPEAKS = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|[Uu]s|[Oo]ur|[Yy]ou|[Yy]our)\b|\?")
_STATED = re.compile(  # "Rep. Ann Lee (R-TX): “", "The Board’s Bo Dow: “"
    rf"[-*•\s]{{0,4}}[*_]{{0,2}}(?P<name>(?:The\s)?{_WORD}(?:,?\s(?:of|the|for|and|{_WORD})){{0,14}})"
    r"(?:\s[(\[][^()\[\]\n]{1,40}[)\]])?[*_]{0,2}:[*_]{0,2}\s+(?=[“\"])"
)
_STAGE = re.compile(r"[*_]{0,3}[(\[][^()\[\]]{1,200}[)\]][*_]{0,3}\.?")


@dataclass(frozen=True, slots=True)
class Turn:
    """Who has the word in a sentence, by which label; the author where `own`, and nobody known without a name.

    `stated`: the label stands before words in quotation marks, in a collection of statements.
    """

    speaker: str | None
    label: str
    own: bool = False
    sure: bool = True
    stated: bool = False


def turns_in(document: Document, sentences: Sequence[Sentence]) -> dict[int, Turn]:
    """The turn that each sentence belongs to, by its position; what stands before the first turn is in none.

    A label is sure up to the next one. What stands before the first is nobody's, unless the document has an author.
    """
    if document.turns:
        return dict(_stored(document, sentences))
    labels = dict(_labels(document.text, sentences))
    words = _words_of(document) if labels else []
    named = {at: label for at, label in labels.items() if _names_speaker(label, words)}
    speakers = {
        position: label
        for position, label in labels.items()
        if position in named or (named and (len(label["name"]) == 1 or _is_called(label)))
    }
    if not _is_transcript(document.text, speakers):
        return {}
    counts = Counter(label["name"] for label in labels.values())
    people = _called(document, named.values())
    openings = {
        position: _turn(label, people, document.source)
        for position, label in labels.items()
        if position in speakers or (_has_colon(label) and counts[label["name"]] > 1)
    }
    return dict(_spoken(document, sentences, openings))


def is_speech(document: Document, sentences: Sequence[Sentence], turns: Mapping[int, Turn]) -> bool:
    """Whether a document is of what was said aloud: it has turns that labels open, or opens with its author's label."""
    if any(turn.label and not turn.stated for turn in turns.values()):
        return True
    opening = dict(_labels(document.text, sentences[:1])).get(0)
    called = opening and _is_capital(opening) and parsed(_last(opening["name"]).title()).family
    authors = names_of(document.source.author)
    return bool(called) and any(fold(parsed(name).family) == fold(str(called)) for name in authors)


def _spoken(
    document: Document, sentences: Sequence[Sentence], openings: Mapping[int, Turn]
) -> Iterator[tuple[int, Turn]]:
    """The turn of each sentence, from the sentences where turns open; a stage direction is nobody's."""
    turn = None if document.source.author else Turn(None, "", sure=False)
    for position, sentence in enumerate(sentences):
        turn = openings.get(position, turn)
        if turn:
            staged = _STAGE.fullmatch(sentence.span.cut(document.text))
            yield position, Turn(None, turn.label, sure=False) if staged else turn


def _stored(document: Document, sentences: Sequence[Sentence]) -> Iterator[tuple[int, Turn]]:
    """The turns that the file tells of; who is not named in it is nobody, and a label is in none."""
    authors = names_of(document.source.author)
    for position, sentence in enumerate(sentences):
        turn = document.turn_before(sentence.span.start + 1)
        if turn and sentence.span.start < turn.end:
            is_author = any(same_person(turn.speaker or "", author) for author in authors)
            sure = turn.speaker is not None
            yield position, Turn(turn.speaker, turn.speaker or "", own=is_author, sure=sure)


def _labels(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[int, re.Match[str]]]:
    """The labels at the start of lines, and those in capitals at the start of any sentence."""
    for position, sentence in enumerate(sentences):
        start = sentence.span.start
        label = _LABEL.match(text, start, min(sentence.span.end, start + LONGEST_LABEL))
        gap = text[sentences[position - 1].span.end : start] if position else ""
        titled = None if label else _titled(text, sentences, position)
        if titled:
            yield position, titled
        elif label and (not gap.strip(" ") or _is_capital(label) or "\n" in gap):
            yield position, label


def _titled(text: str, sentences: Sequence[Sentence], position: int) -> re.Match[str] | None:
    """A label without a colon at the start of a paragraph, which only a title or a role can be told by."""
    start = sentences[position].span.start
    if position and "\n\n" not in text[sentences[position - 1].span.end : start].replace("\r", ""):
        return None
    end = min(len(text), start + LONGEST_LABEL)
    label = _TITLED.match(text, start, end)
    if label and "\n\n" in label.group():
        return None  # it calls on somebody
    return label if label and _entitled(label["name"]) else _ASKS.match(text, start, end)


def _entitled(name: str) -> bool:
    """Whether it begins or ends with an office or a form of address: "Acting Chairman", not "And Governor Lee"."""
    first, *_, last = name.removeprefix("The ").split() * 2
    return _role(f"{first} {last}")


def _words_of(document: Document) -> list[str]:
    """What stands after a space or a bracket in a text, its author's line and its title, each once, in order."""
    text = f"{document.text} {document.source.author or ''} {document.source.title or ''}"
    return sorted(set(text.replace("(", " ").split(" ")))


def _names_speaker(label: re.Match[str], words: Sequence[str]) -> bool:
    """Whether a label can be somebody's: a role, a name in capitals that the text has in small letters, or a full name."""
    name = label["name"]
    if len(name) == 1:
        return False
    if label["seat"].count("(") > 1 or _entitled(name) or (name.isupper() and _role(name)):
        return True
    if name.isupper():
        last = _last(name).title()
        return "".join(words[bisect_left(words, last) :][:1]).startswith(last)
    return 1 < len(name.split()) <= LONGEST_NAME and is_person(name)


def _role(name: str) -> bool:
    return any(word.strip(".").casefold() in _ROLES or is_title(word) for word in name.split())


def _is_called(label: re.Match[str]) -> bool:
    """Whether a label is all in capitals, with a colon after it."""
    return label["name"].isupper() and _has_colon(label)


def _has_colon(label: re.Match[str]) -> bool:
    return ":" in label.string[label.end("seat") : label.end()]


def _is_capital(label: re.Match[str]) -> bool:
    return _last(label["name"]).isupper() and len(_last(label["name"])) > 1


def _last(name: str) -> str:
    """The family name in a label: "LEE" in "Chairman LEE of Ohio"."""
    return name.removeprefix("The ").partition(" of ")[0].rpartition(" ")[2].strip(".")


def _is_transcript(text: str, speakers: Mapping[int, re.Match[str]]) -> bool:
    """Whether labels are those of people who speak in turns: some return, and some say "I", "you" or ask."""
    counts = Counter(label["name"] for label in speakers.values())
    seated = {label["name"] for label in speakers.values() if label["seat"].count("(") > 1}
    returning = len(speakers) >= LEAST_LABELS and 1 < len(counts) < len(speakers)
    capital = {label["name"] for label in speakers.values() if _is_called(label)}
    titled = len(capital) >= LEAST_SEATED and any(
        _role(name) or _entitled(name) for name in capital
    )
    if not returning and len(seated) < LEAST_SEATED and not titled:
        return False
    spoken = (text[label.end() : label.end() + LONGEST_LABEL] for label in speakers.values())
    return sum(_SPEAKS.search(words) is not None for words in spoken) * SPEAKING >= len(speakers)


def _called(document: Document, labels: Iterable[re.Match[str]]) -> dict[str, list[str]]:
    """The people in full by the family names that stand in labels, as author, title and text have them first."""
    lasts = {_last(label["name"]).casefold() for label in labels}
    texts = (document.source.author or "", document.source.title or "", document.text)
    runs = dict.fromkeys(
        without_office(text, *match.span()) for text in texts for match in _RUN.finditer(text)
    )
    called: dict[str, list[str]] = {}
    for run in dict.fromkeys(run.rstrip(".") for run in runs):
        last = run.rpartition(" ")[2].removesuffix("’s").removesuffix("'s").casefold()
        if last in lasts and not run.isupper() and is_person(run) and parsed(run).given:
            people, name = called.setdefault(last, []), parsed(run).straight
            new = not any(same_person(name, person) for person in people)
            if new and not _role(name.partition(" ")[0]):
                people.append(name)
    return called


def _turn(label: re.Match[str], called: Mapping[str, Sequence[str]], source: Source) -> Turn:
    name, authors = label["name"], names_of(source.author)
    if len(name) == 1:
        is_author = name == "Q" and len(authors) == 1
        return Turn(authors[0] if is_author else None, name, own=is_author, sure=False)
    people = called.get(_last(name).casefold(), ())
    speaker = people[0] if people else _holder(name, source) or name
    is_author = len(authors) == 1 and same_person(speaker, authors[0])
    return Turn(speaker, name, own=is_author, sure=len(people) < 2 or _role(name) or " " in name)


def _holder(office: str, source: Source) -> str | None:
    """Who holds "THE OFFICE" by the author's line, or by the title: "Remarks by President Lee"."""
    bare = office.title().removeprefix("The ")
    pattern = re.compile(rf"(?<!Vice )\b{re.escape(bare)} {_WORD}")
    holders = [name for name in (source.author or "").split("; ") if pattern.match(name)]
    holders = holders or [match.group() for match in pattern.finditer(source.title or "")]
    return holders[0] if bare.casefold() != office.casefold() and len(set(holders)) == 1 else None


def _paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[list[int], str]]:
    """Each paragraph: the positions of its sentences, and its text."""
    for _, group in groupby(enumerate(sentences), key=lambda row: row[1].paragraph):
        positions, spans = zip(*((at, sentence.span) for at, sentence in group), strict=True)
        yield list(positions), text[spans[0].start : spans[-1].end]


def statements_in(
    text: str, sentences: Sequence[Sentence], quotations: Sequence[Sequence[Span]]
) -> dict[int, Turn]:
    """The turns of a collection of statements: paragraphs that are a name, a colon and words in quotation marks, and those
    over which such marks stay open.
    """
    turns: dict[int, Turn] = {}
    turn = None
    for positions, words in _paragraphs(text, sentences):
        label, start = _STATED.match(words), sentences[positions[0]].span.start
        marks = [mark for position in positions for mark in quotations[position]]
        opens = marks[0].start - start if marks else -1
        whole = sum(map(len, marks)) >= SHARE_STATED * (len(words) - opens)
        if label and whole and opens == label.end():
            name = _stater(text, start + label.start("name"), start + label.end("name"))
            turn = Turn(name, label["name"], stated=True)
        elif not whole or opens or not words[0].isalnum():
            turn = None
        if turn:
            turns.update(dict.fromkeys(positions, turn))
    return turns if len({turn.label for turn in turns.values()}) >= LEAST_STATED else {}


def _stater(text: str, start: int, end: int) -> str:
    """Who makes a statement, by what stands before its colon: the one person among its parts, or at its end, or all of it."""
    lead = text[start:end]
    people = [part for part in lead.split(", ") if " " in part and is_person(part)]
    runs = [] if ", " in lead else list(_RUN.finditer(text, start, end))
    if runs and runs[-1].end() == end:
        name = without_office(text, *runs[-1].span())
        hangs = name == runs[-1].group() and text[start : runs[-1].start()].rstrip()[-1:].islower()
        title = lead.partition(" ")[0]  # "Rep.", whose point ends a title line
        titled = (is_title(title) or title.endswith(".")) and title not in name
        people = [f"{title} {name}" if titled else name] if is_person(name) and not hangs else []
    return people[0] if len(people) == 1 else lead


def after_label(text: str, span: Span, voices: Sequence[Voice]) -> int:
    """Where what is said starts in words that a label of their speaker opens; else where they start."""
    end = min(span.end, span.start + LONGEST_LABEL)
    for form in (_LABEL, _TITLED, _ASKS):
        label = form.match(text, span.start, end)
        if label and label.end() < span.end and voices and _calls(label["name"], voices[0]):
            return label.end()
    return span.start


def _calls(name: str, voice: Voice) -> bool:
    """Whether a name is the label that a voice was told by, or that of somebody through whom it is heard."""
    speakers = (voice.speaker, *voice.via)
    names = names_of(voice.speaker) if voice.kind is VoiceKind.AUTHOR else filter(None, speakers)
    return name == voice.cue or any(same_person(name, speaker) for speaker in names)
