"""Voice: whose words or claims each part of a document is, and how surely."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.nameparts import fuller
from pullquote.voice.number import MANY, is_several
from pullquote.voice.phrases import PEOPLE
from pullquote.voice.reading import Reader
from pullquote.voice.untokenized import untokenized
from pullquote.voice.voices import Voice, VoiceKind

# Words that have a capital only where a sentence starts with them.
_DETERMINERS = frozenset(
    "a an the some many several most few other both all one two three his her its their our these those".split()  # noqa: SIM905
)
_NUMBERS = frozenset("four five six seven eight nine ten eleven twelve dozens hundreds thousands millions".split())  # noqa: SIM905
_GROUP = re.compile(PEOPLE, re.IGNORECASE)
_NAMED_BODY = re.compile(r"(?:of|for|against|without)\s(?:the\s)?[A-Z]")
_PRESENTED = re.compile(  # "Its lawyer, Ann Lee": whose lawyer, nobody can tell beside the quote
    r"(?:[Ii]ts|[Hh]is|[Hh]er|[Tt]heir)\s[^,]{2,60},\s(?P<name>[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*)+)"
)
_SHARE = re.compile(r"[\d.,]+\s?(?:%|per\s?cent)(?:\sof\s(?:those|people|respondents|them|us)(?:\s(?:asked|polled))?)?")
_MOST_WORDS_OF_A_COUNT = 3
_MINE = re.compile(r"(?:[Mm]y|[Oo]ur)\s(?!own\b)(?=[a-z])")  # not "Our World in Data"
__all__ = ["Voice", "VoiceKind", "find_voices", "source_line", "speaker_line", "summary", "voices_of"]


def find_voices(
    document: Document, sentences: Sequence[Sentence], reader: Reader | None = None
) -> tuple[tuple[Voice, ...], ...]:
    """For every sentence of a document, structure included, the voices that cover it.

    Without a reader by rules alone, which leave a quarter of what others say to the author (docs/voice.md).
    """
    from pullquote.voice.listening import Listener  # its patterns take long to compile, and answering needs none

    plain = untokenized(document, sentences)
    listener = Listener(plain.document, plain.sentences, reader) if plain else Listener(document, sentences, reader)
    found = tuple(listener.hear(position) for position in range(len(sentences)))
    if plain is None:
        return found
    return tuple(plain.restored(voices, sentence.span) for voices, sentence in zip(found, sentences, strict=True))


def voices_of(
    found: Sequence[tuple[Voice, ...]], sentences: Sequence[Sentence], first: int, last: int
) -> tuple[Voice, ...]:
    """The voices of the quote made of `sentences` first to last, both included.

    White space between two sentences goes to the earlier voice; neighbours of one voice are joined.
    """
    joined: list[Voice] = []
    for position in range(first, min(last + 1, len(sentences))):
        for voice in found[position]:
            if joined and _same_voice(joined[-1], voice):
                joined[-1] = replace(
                    joined[-1],
                    span=Span(joined[-1].span.start, voice.span.end),
                    speaker=fuller(joined[-1].speaker, voice.speaker),
                    sure=joined[-1].sure and voice.sure,
                )
                continue
            if joined and joined[-1].span.end < voice.span.start:
                joined[-1] = replace(joined[-1], span=Span(joined[-1].span.start, voice.span.start))
            joined.append(voice)
    return tuple(joined)


def _same_voice(one: Voice, other: Voice) -> bool:
    same = one.speaker == other.speaker or fuller(one.speaker, other.speaker)
    return bool(same) and (one.kind, one.via) == (other.kind, other.via)


def summary(voices: tuple[Voice, ...]) -> Voice:
    """The voice of a whole quote: the one voice there is, or `mixed`.

    What several are reported to say is `reported` still, with nobody named. A mixed voice has a
    speaker only when all that is not the author's comes from one.
    """
    if len(voices) == 1:
        return voices[0]
    span = Span(voices[0].span.start, voices[-1].span.end)
    others = tuple(voice for voice in voices if voice.kind is not VoiceKind.AUTHOR)
    longest = max((voice.speaker or "" for voice in others), key=len, default="")  # "Lee", then "Lee, the mayor"
    speakers = {fuller(voice.speaker, longest) or voice.speaker for voice in others}
    via = {voice.via for voice in others}
    sure = all(voice.sure for voice in voices)
    kinds = {voice.kind for voice in voices}
    return Voice(
        span=span,
        kind=kinds.pop() if len(kinds) == 1 else VoiceKind.MIXED,
        speaker=speakers.pop() if len(speakers) == 1 else None,
        via=via.pop() if len(via) == 1 else (),
        cue=next((voice.cue for voice in others if voice.cue), None),
        sure=sure,
        parts=others,
    )


def _presented(name: str) -> str:
    """A name that stands by itself. Example: _presented("my husband") -> "the author’s husband"."""
    if presented := _PRESENTED.fullmatch(name):
        return presented["name"]
    return f"the author’s {name[mine.end() :]}" if (mine := _MINE.match(name)) else name


def inline(name: str) -> str:
    """A speaker's name inside a line. Example: inline("Some observers") -> "some observers"."""
    name = _presented(name)
    return name[0].lower() + name[1:] if _only_opens(name) else name


def _only_opens(name: str) -> bool:
    """Whether a name can have its capital only from the start of a sentence: "Four members", "Opponents of the ban"."""
    first, _, rest = name.partition(" ")
    if first.lower() in _DETERMINERS:
        return True
    if not first[1:].islower() or rest[:1].isupper() or _NAMED_BODY.match(rest):
        return False  # "Teachers Union", "Lawyers for Peace"
    return bool(rest and first.lower() in _NUMBERS) or (bool(_GROUP.fullmatch(first)) and is_several(name))


def opening(name: str) -> str:
    """A speaker's name at the start of a line. Example: opening("the DEA") -> "The DEA"; "iRights" stays."""
    name = _presented(name)
    return name[0].upper() + name[1:] if name.partition(" ")[0].islower() else name


def only_counts(name: str) -> bool:
    """Whether a name says that there are several, and hardly who: "some", "many critics"; nobody cites these."""
    words = name.split()
    return bool(_SHARE.fullmatch(name)) or (
        bool(MANY.match(name))
        and len(words) <= _MOST_WORDS_OF_A_COUNT
        and all(map(str.islower, [name[1:], *words[1:]]))
    )


def source_line(source: Source) -> str:
    """Who published what and when, as far as it is recorded. Example: "Amalendu Misra, The Conversation, October 2025"."""
    facts = (source.author, source.publisher, source.date and long_date(source.date))
    return ", ".join(dict.fromkeys(part for part in facts if part))  # an office that publishes itself is named once


def speaker_line(voice: Voice, source: Source) -> str:
    """Who speaks and where it stands, for display.

    Example: "Kristi Noem, quoted by Amalendu Misra, The Conversation, October 2025"
    """
    place = source_line(source) or source.title or "an unnamed source"
    if voice.kind is VoiceKind.AUTHOR:
        return place
    several = voice.speaker is None and len({part.speaker for part in voice.parts}) > 1
    if several and sum(len(part.span) for part in voice.parts) == len(voice.span):
        return f"Several voices, {_manner(voice.kind)} {place}"
    if voice.kind is VoiceKind.MIXED:  # part of it is the author's own: the speaker must not be given all of it
        return f"{place}, {_retelling(voice)}{_through(voice)}"
    if voice.kind is VoiceKind.UNCLEAR or voice.speaker is None:
        return f"Speaker unclear, in {f'a text by {place}' if source.author else place}"
    return f"{opening(voice.speaker)}{_doubt(voice)}{_through(voice)}, {_manner(voice.kind)} {place}"


def in_doubt(voice: Voice) -> bool:
    """Whether it is not sure who else than the author speaks; that the author's own part is unsure does not matter."""
    return voice.kind is not VoiceKind.AUTHOR and not all(part.sure for part in voice.parts or (voice,))


def _doubt(voice: Voice) -> str:
    return " (probably)" if in_doubt(voice) else ""


def _through(voice: Voice) -> str:
    return "".join(f", via {inline(name)}" for name in voice.via)


def _retelling(voice: Voice) -> str:
    """What the author does with the words of others. Example: "quoting Jo Bell", "reporting what some say"."""
    quoting = any(part.kind is VoiceKind.QUOTED for part in voice.parts)
    if voice.speaker is not None and not only_counts(voice.speaker):
        return f"{'quoting' if quoting else 'citing'} {inline(voice.speaker)}{_doubt(voice)}"
    others = inline(voice.speaker or "others")
    told = f"quoting {others}" if quoting else f"reporting what {others} say"
    return f"probably {told}" if in_doubt(voice) else told


def _manner(kind: VoiceKind) -> str:
    return "quoted by" if kind is VoiceKind.QUOTED else "as reported by"
