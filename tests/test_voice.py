"""Whose words: voices cover every sentence, are followed by name, and are as right as the docs say."""

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import cases, document_of
from growth import assert_in_proportion
from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.errors import EncoderError
from pullquote.models.reader import BUNDLED, OnnxReader, bundled
from pullquote.span import Span
from pullquote.voice import listener
from pullquote.voice.coreference import Coreference
from pullquote.voice.voices import (
    Voice,
    VoiceKind,
    inline,
    opening,
    speaker_line,
    spoken,
    summary,
    voices_of,
)

AUTHOR = "Ann Author"
DOCUMENT = document_of("", source=Source(author="Amy Pond", publisher="The Paper", date="2025-10"))

Found = tuple[Document, tuple[Sentence, ...], tuple[tuple[Voice, ...], ...]]


def hear(text: str, author: str | None = AUTHOR, reader: OnnxReader | None = None) -> Found:
    document = Document(id="d", debate="d", path="d.txt", text=text, source=Source(author=author))
    sentences = split_sentences(document)
    return document, sentences, listener.hear(document, sentences, reader).voices


@cache
def read(text: str) -> list[tuple[VoiceKind, str | None]]:
    """The kind and the speaker of each sentence, with the reader."""
    return [
        (summary(voices).kind, spoken(voices).speaker) for voices in hear(text, reader=bundled())[2]
    ]


# The promise: every letter of a sentence has one voice


PIECES = st.sampled_from(
    [*"“”„«»‘’'\"「」", "''", "``", ". ", ", ", ": ", "\n\n", " ", "!", " said ", " that ", "According to ", "Noem", " he ",
     "She ", "the report", "I ", "Dear A,", "Mr. LEE. ", "LEE: ", "Ann Lee: ", "**", "\U0001f600", "é", "(DEA)", "> ", "Q: ",
     "# ", "(Laughter.)", "The Times reported that ", "*Ann Lee, Ort*", "1. "]
)  # fmt: skip


def assert_covered(found: Found) -> None:
    document, sentences, heard = found
    for sentence, voices in zip(sentences, heard, strict=True):
        ends = [sentence.span.start, *(voice.span.end for voice in voices)]
        assert [voice.span.start for voice in voices] == ends[:-1]
        assert ends[-1] == sentence.span.end
    if sentences:
        joined = voices_of(heard, sentences, 0, len(sentences) - 1)
        assert (joined[0].span.start, joined[-1].span.end) == (
            sentences[0].span.start,
            sentences[-1].span.end,
        )
        assert all(one.span.end == other.span.start for one, other in pairwise(joined))
        assert speaker_line(summary(joined), document)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=50).map("".join))
def test_voices_cover_every_sentence_without_gap_or_overlap(text: str) -> None:
    assert_covered(hear(text))
    assert_covered(hear(text, reader=bundled()))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_has_voices(text: str) -> None:
    assert_covered(hear(text, reader=bundled()))


HOSTILE: dict[str, tuple[int, Callable[[int], str]]] = {
    "one line": (400, lambda n: "Ann Lee said that it rained, and he left " * n),
    "base64": (10_000, lambda n: "QUJD+/" * n),
    "marks": (4_000, lambda n: "“" * n),
    "brackets": (4_000, lambda n: "([" * n),
    "names": (400, lambda n: "Ann Bell Lee Bob " * n + "said that it rained."),
    "bearers": (
        60,
        lambda n: "".join(
            f"Ann{chr(97 + k % 26)} Lee left. Lee said that it rained. " for k in range(n)
        ),
    ),
    "turns": (100, lambda n: "Mr. FALK. I saw it rain.\n\nMs. LEE. Did you?\n\n" * n),
    "labels": (400, lambda n: "A: " * n),
    "letters": (100, lambda n: "I saw it rain.\n\n*Ann Lee, Ort*\n\n" * n),
    "quotation": (150, lambda n: "“It rained.\n\n" * n),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_heard_in_linear_time(name: str) -> None:
    size, made = HOSTILE[name]

    def prepare(number: int) -> partial[object]:
        document = Document(id="d", debate="d", path="d.txt", text=made(number))
        return partial(listener.hear, document, split_sentences(document), bundled())

    assert_in_proportion(prepare, size)


def test_weights_that_are_not_what_was_published_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be read"):
        OnnxReader.open(folder=tmp_path)
    (tmp_path / "config.json").write_bytes((BUNDLED / "config.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"other")
    with pytest.raises(EncoderError, match="not what was published"):
        OnnxReader.open(folder=tmp_path)


# What is read


@pytest.mark.parametrize(
    ("text", "kind", "speaker"),
    [
        (
            "The minister said that the road was closed to all traffic.",
            VoiceKind.REPORTED,
            "The minister",
        ),
        (
            "Trade fell by a tenth, according to the World Bank.",
            VoiceKind.REPORTED,
            "the World Bank",
        ),
        (
            "“They have gone over the hill for good,” said Maria Lopez.",
            VoiceKind.QUOTED,
            "Maria Lopez",
        ),
        ("Lopez said that boats are “not coming in by sea any more”.", VoiceKind.MIXED, "Lopez"),
        ("The cartels are vindictive in nature.", VoiceKind.AUTHOR, AUTHOR),
        ("We believe that the plan is sound.", VoiceKind.AUTHOR, AUTHOR),
    ],
)
def test_a_sentence_is_whoever_says_it(text: str, kind: VoiceKind, speaker: str) -> None:
    assert read(text) == [(kind, speaker)]


def test_a_surname_and_a_pronoun_mean_the_first_mention() -> None:
    text = "Superintendent Joel Hatch said that the road was closed. Hatch argued that it was unsafe. He said he was sorry."
    assert [speaker for _, speaker in read(text)] == ["Superintendent Joel Hatch"] * 3


def test_a_mixed_sentence_is_cut_at_its_marks() -> None:
    document, _, (voices,) = hear(
        "Lopez said that boats are “not coming in by sea any more”.", reader=bundled()
    )
    quoted = [voice.span.cut(document.text) for voice in voices if voice.kind is VoiceKind.QUOTED]
    assert quoted == ["“not coming in by sea any more”."]
    assert {voice.cue for voice in voices if voice.kind is not VoiceKind.AUTHOR} == {"said"}


def test_without_a_reader_marks_and_labels_tell() -> None:
    _, _, (voices, own) = hear("“They have gone over the hill,” said Lopez. It rained.")
    assert (voices[0].kind, voices[0].speaker, voices[0].sure) == (VoiceKind.QUOTED, None, False)
    assert (own[0].kind, own[0].sure) == (VoiceKind.AUTHOR, True)


def test_in_a_turn_of_a_transcript_the_speaker_reports() -> None:
    text = (
        "Mr. OTT. I ask you: why was the dam not built?\n\nMs. LEE. Nobody asked us. The minister said that it would cost too much."
        "\n\nMr. OTT. Would you build it?\n\nMs. LEE. I think so."
    )
    _, _, found = hear(text, reader=bundled())
    named = [(voices[-1].kind, voices[-1].speaker, voices[-1].via) for voices in found]
    assert (VoiceKind.QUOTED, "Ms. LEE", ()) in named
    assert (VoiceKind.REPORTED, "The minister", ("Ms. LEE",)) in named


# Who is meant


@pytest.mark.parametrize(
    ("text", "words", "name", "sure"), cases("voice", "a_name_is_followed_to_its_first_mention")
)
def test_a_name_is_followed_to_its_first_mention(
    text: str, words: str, name: str | None, sure: bool
) -> None:
    found = Coreference(text).meant(words)
    assert (found.name, found.sure) == (name, sure)


def test_the_same_one_is_always_called_as_at_first() -> None:
    people = Coreference("")
    names = ("The mayor, Ann Lee", "Ann Lee", "Lee", "the Ministry", "The ministry")
    assert [people.meant(name).name for name in names] == ["The mayor, Ann Lee"] * 3 + [
        "the Ministry"
    ] * 2


def test_whoever_wrote_a_text_and_is_told_of_in_it_is_its_author() -> None:
    _, _, (voices,) = hear("“Fares will rise in May,” said Ann Author.", reader=bundled())
    assert [voice.kind for voice in voices] == [VoiceKind.AUTHOR]


# Whole quotes and the lines that tell of them


def voice(
    kind: VoiceKind,
    speaker: str | None = None,
    start: int = 0,
    *,
    sure: bool = True,
    via: tuple[str, ...] = (),
) -> Voice:
    return Voice(Span(start, start + 1), kind, speaker, via, sure=sure)


OWN = voice(VoiceKind.AUTHOR, "Amy Pond")
JO, AL = voice(VoiceKind.REPORTED, "Jo Bell", 1), voice(VoiceKind.REPORTED, "Al Reed", 2)


@pytest.mark.parametrize(
    ("voices", "kind", "speaker"),
    [
        ((OWN,), VoiceKind.AUTHOR, "Amy Pond"),
        ((OWN, JO), VoiceKind.MIXED, "Jo Bell"),
        ((OWN, JO, AL), VoiceKind.MIXED, None),
        ((JO, AL), VoiceKind.REPORTED, None),
        ((JO, voice(VoiceKind.QUOTED, "Jo Bell", 2)), VoiceKind.MIXED, "Jo Bell"),
    ],
)
def test_a_quote_of_several_voices_names_the_one_that_all_of_others_share(
    voices: tuple[Voice, ...], kind: VoiceKind, speaker: str | None
) -> None:
    assert (summary(voices).kind, summary(voices).speaker) == (kind, speaker)


@pytest.mark.parametrize(
    ("voices", "line"),
    [
        ((OWN,), "Amy Pond, The Paper, October 2025"),
        ((voice(VoiceKind.QUOTED, "Jo"),), "Jo, quoted by Amy Pond, The Paper, October 2025"),
        ((voice(VoiceKind.REPORTED, "some critics"),), "Some critics, as reported by Amy Pond, The Paper, October 2025"),
        ((voice(VoiceKind.UNCLEAR),), "Speaker unclear, in a text by Amy Pond, The Paper, October 2025"),
        ((voice(VoiceKind.QUOTED),), "Speaker unclear, in a text by Amy Pond, The Paper, October 2025"),
        ((JO, AL), "Several voices, as reported by Amy Pond, The Paper, October 2025"),
        ((voice(VoiceKind.QUOTED, "Jo", via=("a memo", "CNN"), sure=False),),
         "As told by Amy Pond, The Paper, October 2025"),
        ((OWN, JO), "Amy Pond, The Paper, October 2025, citing Jo Bell"),
        ((OWN, voice(VoiceKind.QUOTED, "The union", 1, sure=False, via=("the Times",))),
         "As told by Amy Pond, The Paper, October 2025"),
        ((OWN, voice(VoiceKind.REPORTED, "Some critics", 1)),
         "Amy Pond, The Paper, October 2025, reporting what some critics say"),
        ((OWN, JO, AL), "Amy Pond, The Paper, October 2025, reporting what others say"),
    ],
)  # fmt: skip
def test_the_line_under_a_quote_says_who_speaks_and_where(
    voices: tuple[Voice, ...], line: str
) -> None:
    assert speaker_line(summary(voices), DOCUMENT) == line


@pytest.mark.parametrize(
    ("name", "inside", "first"), cases("voice", "a_speaker_has_a_capital_by_its_place_in_the_line")
)
def test_a_speaker_has_a_capital_by_its_place_in_the_line(
    name: str, inside: str, first: str
) -> None:
    assert (inline(name), opening(name)) == (inside, first)
