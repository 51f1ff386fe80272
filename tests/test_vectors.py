"""Vectors: searched exactly, refused where a file lies about its shape, and kept between builds."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from fakes import HashEncoder, open_with_fake, write_corpus

from pullquote.errors import IndexCorrupt
from pullquote.index import build_index, layout, lists, open_index
from pullquote.index.build import BATCH, Encoded, encode_rows, key_digests
from pullquote.index.files import Stored, array_bytes, array_of
from pullquote.index.layout import Layout
from pullquote.index.lists import write_lists
from pullquote.index.vectors import VectorTable, flat_bytes
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings


def unit(rows: int, dimension: int = 8) -> Vectors:
    vectors = np.random.default_rng(7).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("within", [range(20), range(5, 12), range(3, 4), range(0)])
def test_the_search_is_exact_within_a_range(within: range):
    vectors = unit(20)
    vectors[10:12] = vectors[7]  # equals come in the order of the text
    flat = VectorTable.open(flat_bytes(vectors), 20, 8)
    expected = sorted(within, key=lambda row: (-round(float(vectors[row] @ vectors[7]), 5), row))[:4]
    assert list(flat.search(vectors[7], 4, within)) == expected


def test_a_flat_index_is_written_as_faiss_writes_it_and_read_back_bit_for_bit():
    for vectors in (unit(5), unit(0)):
        index = faiss.IndexFlatIP(8)
        index.add(vectors)
        assert flat_bytes(vectors) == bytes(faiss.serialize_index(index))
        assert np.array_equal(VectorTable.open(flat_bytes(vectors), len(vectors), 8).rows.whole(), vectors)


def test_a_vector_file_that_lies_about_its_shape_is_refused(read_by_faiss: list[bytes]):
    content, huge = flat_bytes(unit(5)), (2**62).to_bytes(8, "little")
    lies = [b"", content[:10], content[:-4], content + b"\0\0\0\0", b"IHNf" + content[4:], flat_bytes(unit(4))]
    lies += [content[:place] + huge + content[place + 8 :] for place in (4, 8, 37)]
    for lie in lies:
        with pytest.raises(IndexCorrupt):
            VectorTable.open(lie, 5, 8)
    assert not read_by_faiss


# Very many rows


def near_some(rows: int, seed: int, dimension: int = 32) -> Vectors:
    """Unit vectors that lie in groups, as those of texts do."""
    chance = np.random.default_rng(seed)
    groups = np.random.default_rng(3).normal(size=(60, dimension))
    vectors = groups[chance.integers(0, 60, rows)] + 0.8 * chance.normal(size=(rows, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def listed():
    """Three thousand vectors in lists, of which a question reads a tenth, and the files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "LISTED", 100)
        patch.setattr("pullquote.index.vectors.LISTED", 100)
        patch.setattr(lists, "READ", 300)
        patch.setattr(lists, "BLOCK", 700)
        rows = near_some(3_000, 1)
        yield rows, files_of(rows)


def files_of(rows: Vectors) -> dict[str, bytes]:
    files = {layout.PASSAGES_WHOLE: array_bytes(rows)}
    write_lists(Stored.of(rows), lambda name, more: files.update({name: files.get(name, b"") + more}))
    return files


@pytest.mark.parametrize(
    "within", [range(3_000), range(900, 2_100), range(2_500, 2_590), range(1_000, 1_001), range(0)]
)
def test_lists_find_nearly_all_of_the_nearest_and_none_outside_a_range(listed, within: range):
    rows, files = listed
    table, shared = VectorTable.mapped(files, 3_000, 32), 0
    for asked in near_some(50, 2):
        found = table.search(asked, 20, within).tolist()
        nearest = sorted(within, key=lambda row: -float(rows[row] @ asked))[:20]
        assert len(found) == len(set(found)) == len(nearest)
        assert set(found) <= {*within}
        assert found == sorted(found, key=lambda row: (-float(rows[row] @ asked), row))
        shared += len({*found} & {*nearest})
    exact = len(within) <= 100
    assert shared >= (1 if exact else 0.97) * 50 * min(20, len(within))


def test_lists_are_the_same_each_time_and_none_are_made_of_few(listed):
    rows, files = listed
    assert files_of(rows) == files
    assert files_of(rows[:100]).keys() == {layout.PASSAGES_WHOLE}
    assert VectorTable.mapped(files_of(rows[:100]), 100, 32).search(rows[7], 1, range(100)).tolist() == [7]


def test_lists_that_do_not_fit_together_are_refused(listed):
    files = listed[1]
    for name in layout.LISTS:
        array = array_of(files[name])
        for other in (array[:-1], array.astype(np.float64)):
            with pytest.raises(IndexCorrupt):
                VectorTable.mapped({**files, name: array_bytes(other)}, 3_000, 32)
    with pytest.raises(IndexCorrupt, match="missing"):
        VectorTable.mapped({name: files[name] for name in files if name != layout.LISTS[0]}, 3_000, 32)
    astray = {**files, layout.LISTS[3]: array_bytes(array_of(files[layout.LISTS[3]]) + 3_000)}
    with pytest.raises(IndexCorrupt, match="no|not"):
        VectorTable.mapped(astray, 3_000, 32).search(listed[0][0], 5, range(3_000))


# Kept between builds

KEYS = [bytes([number]) * 16 for number in range(5)]


@pytest.fixture
def kept(tmp_path: Path) -> Encoded:
    found = Encoded(tmp_path / "vectors" / "a.bin", 3, 1_000_000)
    found.add({key: np.full(3, number, np.float32) for number, key in enumerate(KEYS[:3])})
    return found


def numbers(kept: Encoded) -> list[int]:
    found = kept.find(dict.fromkeys(KEYS))
    assert all((vector == vector[0]).all() for vector in found.values())
    return sorted(int(vector[0]) for vector in found.values())


def test_a_record_that_is_torn_or_damaged_is_not_read_and_shifts_no_other(kept: Encoded):
    assert numbers(kept) == [0, 1, 2]
    content = kept.path.read_bytes()
    for place in (3, 20, 33, 107):
        kept.path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert len(numbers(kept)) == 2
    for torn in (1, 8, 20, 35):
        kept.path.write_bytes(content[:-torn])
        assert numbers(kept) == [0, 1]
        kept.add({KEYS[4]: np.full(3, 4, np.float32)})
        assert numbers(kept) == [0, 1, 4]


def test_equal_texts_are_encoded_once_and_a_build_that_was_cut_short_goes_on_where_it_was(tmp_path: Path):
    texts = [f"text {number}" for number in range(2 * BATCH + 10)]
    kept = Encoded(tmp_path / "vectors" / "a.bin", HashEncoder.dimension, 10_000_000)

    def stop(done: int, of: int) -> None:
        if done == BATCH + 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_rows(texts, key_digests(texts), HashEncoder(), before={}, kept=kept, progress=stop)
    again, twice = HashEncoder(), [*texts, *texts]
    vectors = encode_rows(twice, key_digests(twice), again, before={}, kept=kept, progress=lambda done, of: None)
    assert len(again.encoded) == len(texts) - BATCH
    assert (vectors == HashEncoder().encode(twice)).all()


# Too many windows to search them all


def words(seed: int, count: int) -> str:
    numbers = np.random.default_rng(seed).integers(0, 300, count)
    return " ".join("qv" + "".join("abcdefghij"[int(digit)] for digit in str(number)) for number in numbers)


@pytest.fixture(scope="module")
def two_ways(tmp_path_factory: pytest.TempPathFactory):
    """Explainers of one corpus with every window searched, and with those of the nearest passages."""
    folder = tmp_path_factory.mktemp("many")
    paragraphs = [" ".join(f"Here {words(4 * n + k, 17)}." for k in range(4)) for n in range(260)]
    parts = ["\n\n".join(paragraphs[start : start + 20]) for start in range(0, 260, 20)]
    write_corpus(folder / "corpus", {f"a/{n}.txt": part + "\n" for n, part in enumerate(parts)})
    settings = Settings(corpus=folder / "corpus", index=folder / "index", min_confidence=0.0, min_free_bytes=0)
    build_index(settings, HashEncoder())
    exact = open_with_fake(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pullquote.index.build.EXACT", 0)
        build_index(settings, encoder := HashEncoder())
    assert encoder.encoded == []
    return exact, open_with_fake(settings)


def test_many_windows_are_kept_in_halves_and_mapped_and_find_what_the_exact_search_finds(two_ways):
    exact, halves = two_ways
    assert (exact.generation.exact, halves.generation.exact) == (True, False)
    assert halves.generation.card.files.keys() & layout.EITHER == {layout.WINDOW_HALVES}
    assert not halves.generation.window_vectors.rows.whole().flags.owndata
    shared = asked = 0
    for seed in range(40):
        question = words(10_000 + seed, 8)
        found = [[hit.row for hit in explainer.retrieve(question)[:20]] for explainer in two_ways]
        asked += len(found[0])
        shared += len(set(found[0]) & set(found[1]))
    assert shared >= 0.99 * asked


def test_damaged_halves_are_found_before_they_are_used(two_ways):
    settings = two_ways[1].settings
    name = open_index(settings).generation.card.name
    path = Layout(settings.index).generation(name).folder / layout.WINDOW_HALVES
    content = path.read_bytes()
    for damaged in (content[:-1], content + b"\0", content[:500] + bytes([content[500] ^ 1]) + content[501:], b""):
        path.write_bytes(damaged)
        assert name in open_index(settings).degraded
    path.write_bytes(content)
    assert open_index(settings).degraded is None
