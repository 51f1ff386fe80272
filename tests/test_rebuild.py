"""Rebuilding: what another program made, or what a document's facts decide, is made anew."""

from collections.abc import Callable

import pytest
from fakes import TEXTS, HashEncoder, write_corpus

from pullquote.corpus.corpus import parse_document
from pullquote.corpus.sentences import split_sentences
from pullquote.index.lexical import terms
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice.book import VoiceBook


@pytest.fixture
def upgraded(indexed: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an index that another version of the program built."""
    monkeypatch.setattr("pullquote.index.layout.program", lambda: "another")
    return indexed


def calls_of(monkeypatch: pytest.MonkeyPatch, name: str, real: Callable[..., object]) -> list[object]:
    """What a function is called with from now on."""
    calls: list[object] = []
    monkeypatch.setattr(name, lambda *values, **named: calls.append(values) or real(*values, **named))
    return calls


@pytest.mark.parametrize(
    ("name", "real"),
    [
        ("pullquote.index.build.split_sentences", split_sentences),
        ("pullquote.corpus.corpus.parse_document", parse_document),
    ],
)
def test_another_version_of_the_program_reads_and_cuts_every_document_anew(
    upgraded: Settings, monkeypatch: pytest.MonkeyPatch, name: str, real: Callable[..., object]
):
    calls = calls_of(monkeypatch, name, real)
    index_corpus(upgraded, HashEncoder())
    assert len(calls) == len(TEXTS)


def test_another_version_of_the_program_counts_the_words_of_every_window_anew(
    upgraded: Settings, monkeypatch: pytest.MonkeyPatch
):
    calls = calls_of(monkeypatch, "pullquote.index.lexical.terms", terms)
    generation = index_corpus(upgraded, HashEncoder()).generation
    assert len(calls) >= len(generation.windows)


def test_a_text_is_cut_anew_where_only_what_is_no_prose_in_it_is_named_otherwise(indexed: Settings):
    name = "road-tolls/for-tolls.md"
    changed = TEXTS[name].replace('- "Picture of a bridge."', '- "Nobody else should have to."')
    write_corpus(indexed.corpus, {name: changed})
    generation = index_corpus(indexed, HashEncoder()).generation
    number = generation.number("for-tolls")
    assert generation.sentences(number) == split_sentences(generation.document(number))


def test_voices_are_heard_anew_where_only_the_author_is_named_otherwise(indexed: Settings):
    heard = []
    for author in ("Ada Finch", "Bo Reed"):
        text = f"---\nauthor: {author}\n---\n“Fares will rise in May,” said Ada Finch. Buses are late.\n"
        write_corpus(indexed.corpus, {"road-tolls/talk.md": text})
        generation = index_corpus(indexed, HashEncoder()).generation
        heard.append("Ada Finch" in [name for *_, name in VoiceBook(generation).named()])  # through another author
    assert heard == [False, True]
