"""Building: no text is encoded twice, and what a crash tore is never read as a vector."""

import numpy as np
import pytest
from conftest import Settle
from fakes import TEXTS, HashEncoder, OtherEncoder, open_with_fake, write_corpus

from pullquote.answers.query import Query
from pullquote.errors import IndexCorrupt
from pullquote.index import layout, open_index
from pullquote.index.build import BATCH, Encoded, encode_rows, key_digests
from pullquote.index.files import array_bytes
from pullquote.index.layout import Layout
from pullquote.index.vectors import HalfVectors
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

DIMENSION = 3
KEYS = [bytes([number]) * 16 for number in range(5)]


def vector(number: int) -> Vectors:
    return np.full(DIMENSION, number, np.float32)


@pytest.fixture
def kept(tmp_path) -> Encoded:
    found = Encoded(tmp_path / "vectors" / "a.bin", DIMENSION, 1_000_000)
    found.add({key: vector(number) for number, key in enumerate(KEYS[:3])})
    return found


def numbers(kept: Encoded) -> list[int]:
    found = kept.find(dict.fromkeys(KEYS))
    assert all((vector == vector[0]).all() for vector in found.values())
    return sorted(int(vector[0]) for vector in found.values())


def test_what_was_kept_is_found_again_letter_for_letter(kept: Encoded):
    assert numbers(kept) == [0, 1, 2]
    kept.add({KEYS[3]: vector(3)})
    assert numbers(kept) == [0, 1, 2, 3]
    assert list(kept.find({KEYS[1]: None})) == [KEYS[1]]


@pytest.mark.parametrize("torn", range(1, 36))
def test_a_record_that_a_crash_tore_is_not_read_and_shifts_no_other(kept: Encoded, torn: int):
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[:-torn])
    assert numbers(kept) == [0, 1]
    kept.add({KEYS[4]: vector(4)})
    assert numbers(kept) == [0, 1, 4]


@pytest.mark.parametrize("place", range(0, 108, 7))
def test_a_damaged_record_is_not_read(kept: Encoded, place: int):
    content = bytearray(kept.path.read_bytes())
    content[place] ^= 1
    kept.path.write_bytes(content)
    assert len(numbers(kept)) == 2


def test_the_oldest_go_when_the_bound_is_reached_and_the_files_of_other_encoders(kept: Encoded):
    (other := kept.path.with_name("b.bin")).write_bytes(b"other")
    bounded = Encoded(kept.path, DIMENSION, 36 * 3 - 1)
    bounded.trim()
    assert numbers(bounded) == [1, 2]
    assert not other.exists()
    Encoded(kept.path, DIMENSION, 0).trim()
    assert numbers(bounded) == []


def test_what_cannot_be_dropped_keeps_nothing_else_from_it(kept: Encoded):
    for name in ("0", "lost+found", "z"):
        (kept.path.with_name(name)).mkdir()
    (other := kept.path.with_name("b.bin")).write_bytes(b"other")
    Encoded(kept.path, DIMENSION, 36 * 3 - 1).trim()
    assert numbers(kept) == [1, 2]
    assert not other.exists()


def test_nothing_is_kept_where_the_bound_is_nothing(tmp_path):
    kept = Encoded(tmp_path / "vectors" / "a.bin", DIMENSION, 0)
    kept.add({KEYS[0]: vector(0)})
    assert not kept.path.parent.exists()
    kept.trim()


def test_a_disk_that_refuses_ends_no_build(tmp_path):
    (tmp_path / "vectors").write_bytes(b"in the way")
    Encoded(tmp_path / "vectors" / "a.bin", DIMENSION, 1_000).add({KEYS[0]: vector(0)})


def test_equal_texts_are_encoded_once(tmp_path):
    encoder, texts = HashEncoder(), ["one", "two", "one", "three", "two"]
    kept = Encoded(tmp_path / "vectors" / "a.bin", encoder.dimension, 10_000_000)
    vectors = encode_rows(texts, key_digests(texts), encoder, before={}, kept=kept, progress=lambda done, of: None)
    assert sorted(encoder.encoded) == ["one", "three", "two"]
    assert (vectors == HashEncoder().encode(texts)).all()


def test_a_build_that_was_cut_short_goes_on_where_it_was(tmp_path):
    texts = [f"text {number}" for number in range(2 * BATCH + 10)]
    kept = Encoded(tmp_path / "vectors" / "a.bin", HashEncoder.dimension, 10_000_000)

    def stop(done: int, of: int) -> None:
        if done == BATCH + 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_rows(texts, key_digests(texts), HashEncoder(), before={}, kept=kept, progress=stop)
    again = HashEncoder()
    encode_rows(texts, key_digests(texts), again, before={}, kept=kept, progress=lambda done, of: None)
    assert len(again.encoded) == len(texts) - BATCH


def test_a_document_that_comes_back_is_not_encoded_again(indexed: Settings):
    name = "bicycle-helmets/helmets.txt"
    (indexed.corpus / name).unlink()
    for _ in range(2):  # the second build forgets the generation that held it
        write_corpus(indexed.corpus, {"trams/trams.txt": f"Trams carry {_} people."})
        index_corpus(indexed, HashEncoder())
    write_corpus(indexed.corpus, {name: TEXTS[name]})
    encoder = HashEncoder()
    index_corpus(indexed, encoder)
    assert not any("helmets." in text for text in encoder.encoded)


def test_the_vectors_of_another_model_are_dropped(indexed: Settings):
    index_corpus(indexed, OtherEncoder())
    assert [path.name for path in (indexed.index / "vectors").iterdir()] == [f"{OtherEncoder.identity}.bin"]


def words(seed: int, count: int) -> str:
    chance = np.random.default_rng(seed)
    return " ".join(f"term{number}" for number in chance.integers(0, 300, count))


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Settings:
    """More passages than are looked at closely, each of a few sentences."""
    folder = tmp_path_factory.mktemp("many")
    paragraphs = [" ".join(f"Here {words(4 * n + k, 17)}." for k in range(4)) for n in range(260)]
    parts = [paragraphs[start : start + 20] for start in range(0, 260, 20)]
    write_corpus(folder / "corpus", {f"a/{n}.txt": "\n\n".join(part) + "\n" for n, part in enumerate(parts)})
    return Settings(corpus=folder / "corpus", index=folder / "index", min_confidence=0.0, min_free_bytes=0)


@pytest.fixture(scope="module")
def two_ways(many: Settings):
    """The same corpus with every window searched, and with those of the nearest passages."""
    index_corpus(many, HashEncoder())
    exact = open_with_fake(many)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pullquote.index.vectors.EXACT", 0)
        patch.setattr("pullquote.index.build.EXACT", 0)
        index_corpus(many, encoder := HashEncoder())
    assert not [text for text in encoder.encoded if not text.startswith("What is")]
    return exact, open_with_fake(many)


def test_many_windows_are_kept_in_halves_and_mapped(two_ways):
    exact, halves = (explainer.generation for explainer in two_ways)
    assert (exact.exact, halves.exact) == (True, False)
    assert layout.WINDOW_HALVES in halves.card.files
    assert layout.WINDOW_VECTORS not in halves.card.files
    rows = np.arange(len(exact.windows))
    assert np.abs(exact.window_vectors.take(rows) - halves.window_vectors.take(rows)).max() < 1e-3
    assert not halves.window_vectors.rows.flags.owndata


def test_the_windows_of_the_nearest_passages_are_those_of_the_exact_search(two_ways):
    exact, halves = two_ways
    shared = asked = 0
    for seed in range(60):
        question = words(10_000 + seed, 8)
        found = [[hit.row for hit in explainer.retrieve(question)[:20]] for explainer in (exact, halves)]
        asked += len(found[0])
        shared += len(set(found[0]) & set(found[1]))
    assert shared >= 0.99 * asked


def test_answers_from_halves_quote_the_stored_words(two_ways):
    _, halves = two_ways
    text = halves.generation.document(3).text
    question = text[: text.index(".")]
    best = halves.ask(Query(question=question)).citations[0]
    assert best.quote.text in best.quote.document.text
    assert question in best.quote.text


def test_a_debate_limits_the_windows_of_the_nearest_passages(two_ways, many):
    generation = two_ways[1].generation
    documents = range(2, 4)
    windows, passages = generation.window_rows(documents), generation.passage_rows(documents)
    query = generation.window_vectors.take([0])[0]
    found, around = generation.nearest(query, (500, 12), windows, passages)
    assert sorted(found.tolist()) == list(windows)
    assert (around == generation.passage_vectors.search(query, 12, passages)).all()


def test_damaged_halves_are_found_before_they_are_used(two_ways, many):
    name = open_index(many).generation.card.name
    path = Layout(many.index).generation(name).file(layout.WINDOW_HALVES)
    content = path.read_bytes()
    for damaged in (
        content[:-1],
        content + b"\0",
        content[:5_000] + bytes([content[5_000] ^ 1]) + content[5_001:],
        b"",
    ):
        path.write_bytes(damaged)
        assert name in open_index(many).degraded
    path.write_bytes(content)
    assert open_index(many).degraded is None


@pytest.mark.parametrize(
    "content",
    [
        array_bytes(np.zeros((2, 3), np.float32)),
        array_bytes(np.zeros((3, 2), np.float16)),
        array_bytes(np.asfortranarray(np.zeros((2, 3), np.float16))),
        array_bytes(np.zeros((2, 3), np.float16))[:-2],
        b"",
        b"\x93NUMPY\x02\x00",
    ],
)
def test_halves_of_another_shape_or_kind_are_refused(content: bytes):
    with pytest.raises((IndexCorrupt, ValueError)):
        HalfVectors.open(content, 2, 3)


def test_the_real_settings_keep_small_corpora_exact(settle: Settle):
    assert index_corpus(settle(), HashEncoder()).generation.exact
