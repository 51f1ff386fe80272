"""Speaker turns: who has the word, as the file itself says, from its captions to whose words a quote holds."""

import pytest
from fakes import cases

from pullquote.corpus.documents import Document, Origin, Source
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.voice.listener import hear
from pullquote.voice.voices import Voice, VoiceKind
from pullquote_extract import extract

Row = tuple[str | None, str]


def heard(name: str, content: str, author: str) -> list[tuple[Sentence, str, Voice]]:
    """Every sentence of prose with its words and its first voice; the file is by `author`."""
    extracted = extract(name, content.encode())
    origin = Origin("0" * 64, extracted.extractor, Source())
    document = Document(
        id="d", debate="d", path=name, text=extracted.text, source=Source(author=author), origin=origin,
        turns=extracted.turns,
    )  # fmt: skip
    sentences = split_sentences(document)
    voices = hear(document, sentences).voices
    return [
        (sentence, sentence.span.cut(document.text), told[0])
        for sentence, told in zip(sentences, voices, strict=True)
        if sentence.kind is Kind.PROSE
    ]


@pytest.mark.parametrize(("name", "content", "turns"), cases("turns", "captions"))
def test_every_sentence_of_captions_is_surely_whose_turn_it_is_or_nobodys(
    name: str, content: str, turns: tuple[Row, ...]
):
    found = heard(name, content, "Joe File")
    assert [(voice.speaker, words) for _, words, voice in found] == [*turns]
    assert all(voice.sure is (voice.speaker is not None) for _, _, voice in found)
    assert {voice.kind for _, _, voice in found} <= {VoiceKind.QUOTED, VoiceKind.UNCLEAR}


@pytest.mark.parametrize(("name", "content", "turns"), cases("turns", "captions"))
def test_turns_follow_one_another_and_hold_words_without_labels(
    name: str, content: str, turns: tuple[Row, ...]
):
    extracted = extract(name, content.encode())
    reached = 0
    for start, end, speaker in extracted.turns:
        assert reached <= start < end <= len(extracted.text)
        gap = extracted.text[reached:start].strip()
        assert gap == (f"{speaker}:" if speaker else "")
        assert extracted.text[start:end].strip() != ""
        reached = end
    assert extracted.text[reached:] == "\n"


@pytest.mark.parametrize(("name", "content"), cases("turns", "untold"))
def test_captions_that_name_nobody_have_no_turns_and_their_author(name: str, content: str):
    assert extract(name, content.encode()).turns == ()
    assert {voice.speaker for _, _, voice in heard(name, content, "Joe File")} == {"Joe File"}


def test_what_the_author_of_a_recording_says_is_the_authors():
    content = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann Lee>Fees fell.\n"
    assert [voice.kind for _, _, voice in heard("a.vtt", content, "Ann Lee")] == [VoiceKind.AUTHOR]
