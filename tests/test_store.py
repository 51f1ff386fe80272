"""The index: built whole, read back as it was, and no more work than needed."""

import dataclasses
import hashlib
import json
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from conftest import Settle
from fakes import TEXTS, HashEncoder, OtherEncoder, open_with_fake, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.passages import lead
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import CorpusError, IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.index import build_index, differing, layout, open_index, up_to_date
from pullquote.index.generation import Generation
from pullquote.index.layout import Card, Layout
from pullquote.index.lexical import Lexical, clean, lexical_files, terms
from pullquote.index.vectors import FlatVectors, check_flat, flat_bytes
from pullquote.models.encoder import encoder_folder
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus


def test_a_generation_gives_back_the_documents_that_went_in(shared: Settings):
    generation = open_index(shared).generation
    stored = [generation.document(number) for number in range(len(generation.rows))]
    assert sorted(stored, key=lambda document: document.path) == list(load_corpus(shared).documents)


def test_a_generation_counts_the_letters_of_a_text_without_opening_it(settle: Settle):
    written = {
        "a/one.txt": "A toll — a fee.",
        "a/two.txt": "\ufeffEr zahlt für Öl. 道路收费。 \U0001f6b2 fährt.\r\n",
        "b/three.txt": "Q.",
    }
    generation = build_index(settle(written), HashEncoder()).generation
    counted = [generation.characters(number) for number in range(len(generation.rows))]
    assert generation.document.cache_info().misses == 0
    assert counted == [len(generation.document(number).text) for number in range(len(generation.rows))]


def test_a_text_that_is_opened_is_hashed_once(shared: Settings, monkeypatch: pytest.MonkeyPatch):
    generation = open_index(shared).generation
    hashed: list[bytes] = []
    real = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda content: hashed.append(content) or real(content))
    for number, row in enumerate(generation.rows):
        assert generation.document(number).sha256 == row.sha256
    assert len(hashed) == len(generation.rows)


def test_a_generation_gives_back_the_sentences_that_went_in(shared: Settings):
    generation = open_index(shared).generation
    for number in range(len(generation.rows)):
        assert generation.sentences(number) == split_sentences(generation.document(number))


def test_the_card_counts_and_names_what_was_built(shared: Settings):
    card = open_index(shared).generation.card
    assert card.counts["documents"] == len(TEXTS)
    assert (card.encoder, card.dimension) == (HashEncoder.identity, HashEncoder.dimension)
    more = {layout.WINDOW_VECTORS, layout.COUNTS, layout.VOICES, layout.SUGGESTIONS, layout.STANCES}
    assert card.files.keys() == layout.CORE | more


def test_debates_lie_side_by_side_and_can_be_asked_alone(shared: Settings):
    generation = open_index(shared).generation
    assert generation.debates == ("bicycle-helmets", "road-tolls")
    assert [generation.rows[number].debate for number in generation.documents_of("road-tolls")] == ["road-tolls"] * 2
    assert len(generation.documents_of(None)) == 3


def test_an_unknown_debate_is_told_those_there_are(shared: Settings):
    with pytest.raises(UnknownDebate, match="no debate called “tolls”; there are: bicycle-helmets, road-tolls"):
        open_index(shared).generation.documents_of("tolls")


def test_an_unknown_document_is_an_error(shared: Settings):
    with pytest.raises(UnknownDocument):
        open_index(shared).generation.number("nothing")


def test_a_vector_is_kept_for_every_passage_and_window(shared: Settings):
    generation = open_index(shared).generation
    assert len(generation.passage_vectors.rows) == len(generation.passages)
    assert len(generation.window_vectors.rows) == len(generation.windows)
    assert np.allclose(np.linalg.norm(generation.window_vectors.rows, axis=1), 1)


def test_every_window_lies_in_the_passage_that_is_named_for_it(shared: Settings):
    generation = open_index(shared).generation
    for window, place in zip(generation.windows, generation.passage_of_window, strict=True):
        document, first, end = generation.passages[place]
        assert (document, True) == (window[0], first <= window[2] < end)


@pytest.fixture
def encoded(indexed: Settings):
    """What is encoded when the index of these settings is built again."""

    def again() -> list[str]:
        encoder = HashEncoder()
        built = index_corpus(indexed, encoder)
        texts = {key for key in encoder.encoded if not key.startswith("What is said about")}
        assert open_index(indexed).generation.card.name == built.generation.card.name
        return sorted(texts)

    return again


def test_unchanged_documents_are_not_encoded_again(encoded):
    assert encoded() == []


def test_only_the_sentences_that_changed_are_encoded(indexed: Settings, encoded):
    helmets = TEXTS["bicycle-helmets/helmets.txt"].replace("discourage", "encourage")
    write_corpus(indexed.corpus, {"bicycle-helmets/helmets.txt": helmets})
    texts = encoded()
    assert all("encourage" in text for text in texts)
    assert "helmets. Helmet laws encourage cycling." in texts


def test_another_model_encodes_everything_again(indexed: Settings):
    encoder = OtherEncoder()
    generation = index_corpus(indexed, encoder).generation
    count = generation.card.counts
    assert generation.card.encoder == OtherEncoder.identity
    assert len(encoder.encoded) >= count["passages"] + count["windows"]


def test_a_removed_document_vanishes_and_a_new_one_appears(indexed: Settings):
    (indexed.corpus / "bicycle-helmets" / "helmets.txt").unlink()
    write_corpus(indexed.corpus, {"trams/trams.txt": "Trams carry more people than cars."})
    index_corpus(indexed, HashEncoder())
    explainer = open_with_fake(indexed)
    assert explainer.generation.debates == ("road-tolls", "trams")
    assert all(found.quote.document.id != "helmets" for found in explainer.search("helmet laws", count=50))
    assert explainer.ask(Query(question="How many people do trams carry?")).citations[0].quote.document.id == "trams"


def test_ids_stay_through_a_rebuild_even_when_a_namesake_comes_first(indexed: Settings):
    write_corpus(indexed.corpus, {"a-first/helmets.txt": "Namesake."})
    rows = {row.path: row.id for row in index_corpus(indexed, HashEncoder()).generation.rows}
    assert rows["bicycle-helmets/helmets.txt"] == "helmets"
    assert rows["a-first/helmets.txt"].startswith("helmets-")


def test_the_progress_of_a_build_is_told_up_to_the_end(settle: Settle):
    told: list[tuple[int, int]] = []
    index_corpus(settle(), HashEncoder(), progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == list(range(len(told)))
    assert told[-1][0] == told[-1][1] > 0


def test_a_corpus_that_became_unreadable_leaves_the_index_as_it_was(indexed: Settings):
    before = open_index(indexed).generation.card.name
    for path in TEXTS:
        (indexed.corpus / path).write_bytes(b"\xff")
    with pytest.raises(CorpusError, match="no readable document"):
        index_corpus(indexed, HashEncoder())
    assert open_index(indexed).generation.card.name == before


def test_a_changed_file_makes_an_open_index_stale_and_is_named(own_explainer: Explainer):
    corpus = own_explainer.settings.corpus
    assert own_explainer.changed_files() == ()
    write_corpus(corpus, {"trams/new.txt": "New.", "bicycle-helmets/helmets.txt": "Changed."})
    (corpus / "road-tolls" / "for-tolls.md").unlink()
    fresh = Explainer(own_explainer.settings, own_explainer._ready)
    assert fresh.changed_files() == ("bicycle-helmets/helmets.txt", "road-tolls/for-tolls.md", "trams/new.txt")


def test_answers_go_on_from_the_stored_text_when_the_corpus_changed(own_explainer: Explainer):
    write_corpus(own_explainer.settings.corpus, {"bicycle-helmets/helmets.txt": "Changed."})
    answer = own_explainer.ask(Query(question="Do helmet laws discourage cycling?"))
    assert answer.stale
    assert answer.citations[0].quote.text.startswith("Helmet laws discourage cycling.")


def test_a_file_that_could_not_be_read_is_no_change_later(settle: Settle):
    settings = settle({"a/good.txt": "Good words.", "a/bad.txt": b"\xff"})
    assert index_corpus(settings, HashEncoder()).generation.card.skipped[0][0] == "a/bad.txt"
    assert open_with_fake(settings).changed_files() == ()


def test_without_a_corpus_folder_the_index_serves_and_is_not_stale(own_explainer: Explainer, tmp_path: Path):
    own_explainer.settings.corpus.rename(tmp_path / "elsewhere")
    answer = own_explainer.ask(Query(question="Do helmet laws discourage cycling?"))
    assert answer.answered
    assert not answer.stale


def test_an_open_explainer_takes_up_a_newer_generation_whole(own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
    assert not own_explainer.refresh()
    write_corpus(own_explainer.settings.corpus, {"trams/trams.txt": "Trams carry more people than cars."})
    built = index_corpus(own_explainer.settings, HashEncoder())
    assert "trams" not in own_explainer.generation.debates
    assert own_explainer.refresh()
    assert own_explainer.generation.card.name == built.generation.card.name
    assert "trams" in own_explainer.generation.debates


# The lexical part


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Killing the kingpins", ["kill", "kingpin"]),
        ("£10,000 and 16.7%", ["10,000", "16.7"]),
        ("ﬁnance \u00adsoft\u00adly", ["financ", "soft"]),
        ("\U000e0041hidden\u202e text", ["hidden", "text"]),
        ("lone \ud800 half", ["lone", "half"]),
        ("don't we", ["don", "t"]),
        ("what is it?", []),
        ("", []),
    ],
)
def test_words_are_matched_by_their_stems(text: str, stems: list[str]):
    assert terms(text) == stems


def test_cleaning_is_for_matching_and_folds_what_looks_alike():
    assert clean("Ｆｕｌｌ \u200bWidth") == "full width"


def test_a_rare_word_tells_more_than_a_common_one():
    lexical = Lexical.open(lexical_files(["toll road", "toll bridge", "toll"]), 3)
    assert lexical.rarity("unheard") > lexical.rarity("bridg") > lexical.rarity("toll") > 0
    assert list(lexical.score(["bridg", "bridg", "unheard"]) > 0) == [False, True, False]


def test_texts_without_words_have_an_empty_lexical_index():
    lexical = Lexical.open(lexical_files(["", "???"]), 2)
    assert list(lexical.score(["toll"])) == [0.0, 0.0]


def test_a_lexical_index_of_another_size_is_refused():
    files = lexical_files(["toll road", "toll bridge"])
    with pytest.raises(IndexCorrupt, match="the lexical index does not fit together"):
        Lexical.open(files, 1)
    with pytest.raises(IndexCorrupt):
        Lexical.open([*files[:3], json.dumps(["toll"]).encode()], 2)


# The vectors


def unit(rows: int, dimension: int = 8) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("within", [range(20), range(5, 12), range(3, 4), range(0)])
def test_the_search_is_exact_within_a_range(within: range):
    vectors = unit(20)
    flat = FlatVectors.open(flat_bytes(vectors), 20, 8)
    expected = sorted(within, key=lambda row: -float(vectors[row] @ vectors[7]))[:4]
    assert list(flat.search(vectors[7], 4, within)) == expected


def test_the_rows_are_read_back_bit_for_bit():
    vectors = unit(5)
    assert np.array_equal(FlatVectors.open(flat_bytes(vectors), 5, 8).rows, vectors)
    assert FlatVectors.open(flat_bytes(vectors[:0]), 0, 8).rows.shape == (0, 8)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:10],
        lambda content: content[:-4],
        lambda content: content + b"\0\0\0\0",
        lambda content: b"IxF2" + content[4:],
        lambda content: content[:4] + (2**31 - 1).to_bytes(4, "little") + content[8:],
        lambda content: content[:8] + (2**62).to_bytes(8, "little") + content[16:],
        lambda content: content[:37] + (2**62).to_bytes(8, "little") + content[45:],
        lambda content: b"",
        lambda content: b"IHNf" + content[4:],
    ],
)
def test_a_vector_file_that_lies_about_its_shape_is_refused(change):
    with pytest.raises(IndexCorrupt):
        check_flat(change(flat_bytes(unit(5))), 5, 8)


def test_a_vector_file_of_another_shape_is_refused():
    content = flat_bytes(unit(5))
    check_flat(content, 5, 8)
    for rows, dimension in ((4, 8), (5, 7), (8, 5), (0, 8)):
        with pytest.raises(IndexCorrupt):
            check_flat(content, rows, dimension)


def test_the_layout_keeps_every_generation_in_a_folder_of_its_own(shared: Settings):
    root = Layout(shared.index)
    name = open_index(shared).generation.card.name
    assert sorted(path.name for path in root.root.iterdir()) == ["LOCK", "MANIFEST.json", "generations", "vectors"]
    assert [path.name for path in root.generations.iterdir()] == [name]
    assert root.generation(name).card.is_file()


def test_a_window_ends_with_its_own_sentence_of_its_document(shared: Settings):
    generation: Generation = open_index(shared).generation
    found = [generation.window(row) for row in range(len(generation.windows))]
    prose = [
        (number, place)
        for number in range(len(generation.rows))
        for place, sentence in enumerate(generation.sentences(number))
        if sentence.kind is Kind.PROSE
    ]
    assert [(window.document, window.last) for window in found] == prose
    for row, window in enumerate(found):
        text, sentences = generation.document(window.document).text, generation.sentences(window.document)
        assert (window.row, window.first) == (row, lead(text, sentences, window.last))
        whole = Span(sentences[window.first].span.start, sentences[window.last].span.end).cut(text)
        assert generation.words(row) == set(clean(whole).split())


def test_an_index_is_up_to_date_until_a_file_the_model_the_program_or_what_is_answered_changes(indexed, monkeypatch):
    encoder_folder(indexed.index, HashEncoder.identity).mkdir(parents=True)
    assert up_to_date(indexed) is not None
    assert up_to_date(dataclasses.replace(indexed, model="another")) is None
    monkeypatch.setattr("pullquote.index.program", lambda: "another")
    assert up_to_date(indexed) is None
    monkeypatch.undo()
    assert (
        up_to_date(dataclasses.replace(indexed, min_confidence=0.99)) is None
    )  # what it suggests may be met with silence
    assert up_to_date(dataclasses.replace(indexed, reranker="another")) is None
    fitted = indexed.index / "calibration.json"
    fitted.write_text("{}")
    assert up_to_date(indexed) is None
    fitted.unlink()
    file = indexed.corpus / "road-tolls" / "against-tolls.txt"
    content = file.read_bytes()
    file.write_bytes(b"Other words.\n")
    assert up_to_date(indexed) is None
    file.write_bytes(content)
    assert up_to_date(indexed) is not None
    file.with_name("bad.txt").write_bytes(b"\xff")
    assert up_to_date(indexed) is None


def test_a_file_that_is_skipped_leaves_the_index_up_to_date_until_it_changes(settle: Settle):
    settings = settle({"a/good.txt": "Good words.", "a/bad.txt": b"\xff"})
    (settings.corpus / "a" / "link.txt").symlink_to("good.txt")
    built = index_corpus(settings, HashEncoder()).generation
    encoder_folder(settings.index, HashEncoder.identity).mkdir(parents=True)
    for name in (".tmpfile", "notes.docx"):
        (settings.corpus / name).touch()
    unchanged = up_to_date(settings)
    assert unchanged is not None
    assert (unchanged.card.name, len(unchanged.card.skipped)) == (built.card.name, 2)
    write_corpus(settings.corpus, {"a/bad.txt": "Mended words."})
    assert up_to_date(settings) is None
    assert open_with_fake(settings).changed_files() == ("a/bad.txt",)


def test_a_skipped_file_of_which_an_older_program_kept_no_hash_is_not_told_as_changed(settle: Settle):
    generation = index_corpus(settle({"a/good.txt": "Good words.", "a/bad.txt": b"\xff"}), HashEncoder()).generation
    hashes = {"a/good.txt": generation.file_hashes["a/good.txt"], "a/bad.txt": "any"}
    assert differing(generation, hashes) == ("a/bad.txt",)
    generation.card = dataclasses.replace(generation.card, skipped_hashes={})
    assert differing(generation, hashes) == ()


@pytest.mark.parametrize("library", ["pystemmer", "pyyaml", "sentencex", "tokenizers"])
def test_another_version_of_a_library_that_cuts_or_reads_texts_is_another_program(
    library: str, monkeypatch: pytest.MonkeyPatch
):
    work_out = layout.program.__wrapped__
    before = work_out()
    other = {**{name: metadata.version(name) for name in layout.LIBRARIES}, library: "99.0"}
    monkeypatch.setattr(metadata, "version", other.__getitem__)
    assert work_out() != before


def test_a_card_of_a_program_that_kept_no_hashes_of_skipped_files_is_read(shared: Settings):
    card = open_index(shared).generation.card
    facts = json.loads(card.to_bytes())
    del facts["skipped_hashes"]
    assert Card.of(json.dumps(facts).encode()) == card
    assert Card.of(json.dumps(facts | {"told_by_a_later_program": 1}).encode()) == card


def test_an_index_without_its_model_is_not_up_to_date(indexed):
    assert up_to_date(indexed) is None


def test_there_is_nothing_up_to_date_before_the_first_build(settle):
    assert up_to_date(settle()) is None
