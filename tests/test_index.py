"""The index: built whole, read back as it was, no more work than needed, and told when its corpus moved on."""

import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import TEXTS, HashEncoder, OtherEncoder, write_corpus

from pullquote.corpus import folder, language
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.english import LANGUAGE
from pullquote.corpus.passages import lead
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import UnknownDebate, UnknownDocument
from pullquote.index import Staleness, build_index, layout, open_index, up_to_date
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.models.encoder import encoder_folder
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

HELMETS = "bicycle-helmets/helmets.txt"


@pytest.fixture
def generation(shared: Settings) -> Generation:
    return open_index(shared).generation


def test_a_generation_gives_back_the_documents_and_sentences_that_went_in(
    shared: Settings, generation: Generation
):
    stored = [generation.document(number) for number in range(len(generation.rows))]
    assert sorted(stored, key=lambda document: document.path) == list(load_corpus(shared).documents)
    for number, document in enumerate(stored):
        assert tuple(generation.sentences(number)) == tuple(split_sentences(document))
        assert generation.rows[number].characters == len(document.text)


def test_every_prose_sentence_ends_a_window_of_its_own_that_lies_in_one_passage(
    generation: Generation,
):
    prose = [
        (number, place) for number in range(len(generation.rows))
        for place, sentence in enumerate(generation.sentences(number)) if sentence.kind is Kind.PROSE
    ]  # fmt: skip
    assert [(document, last) for document, _, last in generation.places.tolist()] == prose
    for row, (number, first, last) in enumerate(generation.places.tolist()):
        assert first == lead(generation.document(number).text, generation.sentences(number), last)
        document, start, end = generation.passages[generation.passage_of_window[row]].tolist()
        assert (document, start <= last < end) == (number, True)
    assert len(generation.passage_vectors.take(range(len(generation.passages)))) == len(
        generation.passages
    )
    assert np.allclose(
        np.linalg.norm(generation.window_vectors.take(range(len(prose))), axis=1),
        np.ones(len(prose)),
    )


def test_the_card_counts_and_names_what_was_built(shared: Settings, generation: Generation):
    card = generation.card
    assert (card.counts["documents"], card.encoder, card.dimension) == (
        3,
        HashEncoder.identity,
        HashEncoder.dimension,
    )
    more = {layout.VOICES, layout.PEOPLE, layout.SUGGESTIONS, layout.STANCES, layout.DISPUTES}
    more |= {*layout.TOKENS}
    assert card.files.keys() == layout.CORE | more
    root = Layout(shared.index)
    assert sorted(path.name for path in root.root.iterdir()) == [
        "LOCK",
        "MANIFEST.json",
        "facts.json",
        "generations",
    ]
    assert [path.name for path in root.generations.iterdir()] == [card.name]


def test_debates_lie_side_by_side_and_unknown_names_are_told_what_there_is(generation: Generation):
    assert generation.debates == ("bicycle-helmets", "road-tolls")
    assert [generation.rows[number].debate for number in generation.documents_of("road-tolls")] == [
        "road-tolls"
    ] * 2
    assert len(generation.documents_of(None)) == 3
    with pytest.raises(
        UnknownDebate, match="no debate called “tolls”; there are: bicycle-helmets, road-tolls"
    ):
        generation.documents_of("tolls")
    with pytest.raises(UnknownDocument, match="no document “nothing” here; `pullquote documents`"):
        generation.number("nothing")


# Building again


def encoded(settings: Settings) -> list[str]:
    """What is encoded when the index of these settings is built again."""
    built = build_index(settings, encoder := HashEncoder())
    assert open_index(settings).generation.card.name == built.generation.card.name
    return encoder.encoded


def test_only_the_sentences_that_changed_are_encoded(indexed: Settings):
    assert encoded(indexed) == []
    write_corpus(indexed.corpus, {HELMETS: TEXTS[HELMETS].replace("discourage", "encourage")})
    texts = encoded(indexed)
    assert "helmets. Helmet laws encourage cycling." in texts
    assert all("encourage" in text for text in texts)


def test_another_model_encodes_everything_again(indexed: Settings):
    generation = build_index(indexed, encoder := OtherEncoder()).generation
    assert generation.card.encoder == OtherEncoder.identity
    assert len(encoder.encoded) == len(set(map(bytes, generation.numbering.shards[0].keys.whole())))


def calls_of(
    monkeypatch: pytest.MonkeyPatch, name: str, real: Callable[..., object]
) -> list[object]:
    """What a function is called with from now on."""
    calls: list[object] = []
    monkeypatch.setattr(
        name, lambda *values, **named: calls.append(values) or real(*values, **named)
    )
    return calls


def test_only_another_program_or_other_facts_cut_a_document_anew(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch
):
    calls = calls_of(monkeypatch, "pullquote.index.parts.split_sentences", split_sentences)
    index_corpus(indexed, HashEncoder())
    assert len(calls) == 0
    name = "road-tolls/for-tolls.md"
    write_corpus(
        indexed.corpus,
        {name: TEXTS[name].replace("Picture of a bridge.", "Nobody else should have to.", 1)},
    )
    generation = index_corpus(indexed, HashEncoder()).generation
    assert len(calls) == 1
    number = generation.number("for-tolls")
    assert tuple(generation.sentences(number)) == tuple(
        split_sentences(generation.document(number))
    )
    monkeypatch.setattr("pullquote.index.layout.program", lambda: "another")
    calls.clear()
    index_corpus(indexed, HashEncoder())
    assert len(calls) == len(TEXTS)


# Up to date, or stale


def test_an_index_is_up_to_date_until_anything_of_it_changes(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch
):
    assert up_to_date(indexed) is None, "its model is not there"
    encoder_folder(indexed.index, HashEncoder.identity).mkdir(parents=True)
    assert up_to_date(indexed) is not None
    for other in ({"model": "another"}, {"min_confidence": 0.99}, {"reranker": "another"}):
        assert up_to_date(replace(indexed, **other)) is None
    with monkeypatch.context() as patch:
        patch.setattr("pullquote.index.layout.program", lambda: "another")
        assert up_to_date(indexed) is None
    (fitted := indexed.index / "calibration.json").write_text("{}")
    assert up_to_date(indexed) is None
    fitted.unlink()
    write_corpus(indexed.corpus, {HELMETS: "Other words.\n"})
    assert up_to_date(indexed) is None
    write_corpus(indexed.corpus, {HELMETS: TEXTS[HELMETS]})
    assert up_to_date(indexed) is not None


def test_files_that_changed_make_an_index_stale_and_are_named(indexed: Settings):
    generation = open_index(indexed).generation
    assert Staleness(indexed).changed(generation) == ()
    write_corpus(indexed.corpus, {"trams/new.txt": "New.", HELMETS: "Changed."})
    (indexed.corpus / "road-tolls" / "for-tolls.md").unlink()
    assert Staleness(indexed).changed(generation) == (
        HELMETS,
        "road-tolls/for-tolls.md",
        "trams/new.txt",
    )
    indexed.corpus.rename(indexed.corpus.with_name("elsewhere"))
    assert Staleness(indexed).changed(generation) == (), "an index serves without a corpus"


def test_many_files_are_compared_beside_the_question(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch
):
    for name, value in (("STALE_SECONDS", 0.0), ("MANY_FILES", 1), ("SHARE", 1e9)):
        monkeypatch.setattr(f"pullquote.index.{name}", value)
    gate, hashes = threading.Event(), folder.folder_hashes
    monkeypatch.setattr(
        "pullquote.index.folder_hashes", lambda *given: gate.wait(10) and hashes(*given)
    )
    generation, staleness = open_index(indexed).generation, Staleness(indexed)
    write_corpus(indexed.corpus, {HELMETS: "Changed."})
    assert staleness.changed(generation) == (), "not known yet"
    gate.set()
    deadline = time.monotonic() + 10
    while not (found := staleness.changed(generation)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert found == (HELMETS,)


def test_a_language_is_one_module_and_one_line(settle, monkeypatch: pytest.MonkeyPatch):
    german = replace(
        LANGUAGE,
        code="de",
        stemmer="german",
        stop_words=frozenset({"die", "was"}),
        pointing_back=re.compile("Sie "),
    )
    monkeypatch.setitem(sys.modules, "german", SimpleNamespace(LANGUAGE=german))
    monkeypatch.setitem(language.LANGUAGES, "de", "german")
    language.language_of.cache_clear()
    text = "Die Häuser der Stadt sind zu teuer geworden. Sie werden selten gebaut."
    settings = settle({"wohnen/a.md": f"---\nlanguage: de\n---\n{text}\n"})
    generation = build_index(settings, HashEncoder()).generation
    assert generation.words.terms("Was kostet die Stadt?") == ["kost", "stadt"]
    assert generation.words.knows("Hauses"), "by its German stem"
    assert generation.places[:, 1].tolist() == [0, 0], "the second sentence leans on the first"
    language.language_of.cache_clear()
