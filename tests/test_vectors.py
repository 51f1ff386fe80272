"""Vectors: searched exactly, and refused where a file lies about its shape."""

import numpy as np
import pytest
from fakes import HashEncoder, open_with_fake, write_corpus

from pullquote.errors import IndexCorrupt
from pullquote.index import build_index, layout, open_index
from pullquote.index.files import Stored, array_bytes, array_of
from pullquote.index.layout import Layout
from pullquote.index.vectors import VectorTable, write_codes
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings


def unit(rows: int, dimension: int = 8) -> Vectors:
    vectors = np.random.default_rng(7).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("within", [range(20), range(5, 12), range(3, 4), range(0)])
def test_the_search_is_exact_within_a_range(within: range):
    vectors = unit(20)
    vectors[10:12] = vectors[7]  # equals come in the order of the text
    flat = VectorTable(Stored(vectors))
    expected = sorted(within, key=lambda row: (-round(float(vectors[row] @ vectors[7]), 5), row))[
        :4
    ]
    assert list(flat.search(vectors[7], 4, within)) == expected


def opened(files: dict[str, bytes], rows: int, dimension: int) -> VectorTable:
    return VectorTable.open(files, layout.PASSAGE_VECTORS, (rows, dimension), coded=True)


def test_a_vector_file_that_lies_about_its_shape_is_refused():
    content = array_bytes(unit(5))
    other_kinds = [array_bytes(unit(5).astype(kind)) for kind in (np.float64, np.float16)]
    lies = [
        b"",
        content[:10],
        content[:-4],
        content + b"\0\0\0\0",
        array_bytes(unit(4)),
        *other_kinds,
    ]
    lies += [content.replace(b"(5, 8)", shape) for shape in (b"(8, 5)", b"(5,10)", b"(50,8)")]
    for lie in lies:
        with pytest.raises((IndexCorrupt, ValueError)):
            opened({layout.PASSAGE_VECTORS: lie}, 5, 8)


# Very many rows


def near_some(rows: int, seed: int, dimension: int = 32) -> Vectors:
    """Unit vectors that lie in groups, as those of texts do."""
    chance = np.random.default_rng(seed)
    groups = np.random.default_rng(3).normal(size=(60, dimension))
    vectors = groups[chance.integers(0, 60, rows)] + 0.8 * chance.normal(size=(rows, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def coded():
    """Five thousand vectors with their codes, of which the best 150 are compared exactly, and the files."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"EXACT": 100, "RESCORED": 150, "BLOCK": 700}.items():
            patch.setattr(f"pullquote.index.vectors.{name}", value)
        rows = near_some(5_000, 1)
        yield rows, files_of(rows)


def files_of(rows: Vectors) -> dict[str, bytes]:
    files = {layout.PASSAGE_VECTORS: array_bytes(rows)}
    write_codes(Stored(rows), lambda name, more: files.update({name: files.get(name, b"") + more}))
    return files


@pytest.mark.parametrize(
    "within", [range(5_000), range(900, 2_100), range(2_500, 2_590), range(1_000, 1_001), range(0)]
)
def test_codes_find_nearly_all_of_the_nearest_and_none_outside_a_range(coded, within: range):
    rows, files = coded
    table, shared = opened(files, 5_000, 32), 0
    for asked in near_some(50, 2):
        found = table.search(asked, 20, within).tolist()
        nearest = sorted(within, key=lambda row: -float(rows[row] @ asked))[:20]
        assert len(found) == len(set(found)) == len(nearest)
        assert set(found) <= {*within}
        assert found == sorted(found, key=lambda row: (-float(rows[row] @ asked), row))
        assert found == table.search(asked, 20, within).tolist()
        shared += len({*found} & {*nearest})
    assert shared >= (1 if len(within) <= 100 else 0.99) * 50 * min(20, len(within))


def test_codes_are_the_same_each_time_and_none_are_made_of_few(coded):
    rows, files = coded
    assert files_of(rows) == files
    assert files_of(rows[:100]).keys() == {layout.PASSAGE_VECTORS}
    assert opened(files_of(rows[:100]), 100, 32).search(rows[7], 1, range(100)).tolist() == [7]


@pytest.mark.parametrize("dimension", [6, 8, 10, 5])
def test_vectors_of_any_dimension_have_codes(coded, dimension: int):
    rows = near_some(300, 4, dimension)
    assert opened(files_of(rows), 300, dimension).search(rows[9], 1, range(300)).tolist() == [9]


def test_codes_that_do_not_fit_together_are_refused(coded):
    files = coded[1]
    for name in layout.CODES:
        array = array_of(files[name])
        for other in (array[:-1], array[:, :-1].copy(), array.astype(np.float64), array[0]):
            with pytest.raises(IndexCorrupt):
                opened({**files, name: array_bytes(other)}, 5_000, 32)
        with pytest.raises(IndexCorrupt, match="missing"):
            opened({other: files[other] for other in files if other != name}, 5_000, 32)


# Too many windows to search them all


def words(seed: int, count: int) -> str:
    numbers = np.random.default_rng(seed).integers(0, 300, count)
    return " ".join(
        "qv" + "".join("abcdefghij"[int(digit)] for digit in str(number)) for number in numbers
    )


@pytest.fixture(scope="module")
def two_ways(tmp_path_factory: pytest.TempPathFactory):
    """Explainers of one corpus with every window searched, and with those of the nearest passages."""
    folder = tmp_path_factory.mktemp("many")
    paragraphs = [" ".join(f"Here {words(4 * n + k, 17)}." for k in range(4)) for n in range(260)]
    parts = ["\n\n".join(paragraphs[start : start + 20]) for start in range(0, 260, 20)]
    write_corpus(folder / "corpus", {f"a/{n}.txt": part + "\n" for n, part in enumerate(parts)})
    settings = Settings(
        corpus=folder / "corpus", index=folder / "index", min_confidence=0.0, min_free_bytes=0
    )
    build_index(settings, HashEncoder())
    exact = open_with_fake(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pullquote.index.plan.EXACT_WINDOWS", 0)
        build_index(settings, encoder := HashEncoder())
    assert encoder.encoded == []
    return exact, open_with_fake(settings)


def test_many_windows_are_kept_in_halves_and_mapped_and_find_what_the_exact_search_finds(two_ways):
    exact, halves = two_ways
    assert (exact.generation.exact, halves.generation.exact) == (True, False)
    rows = [one.generation.numbering.shards[0].window_vectors.rows for one in two_ways]
    assert [one.dtype for one in rows] == [np.float32, np.float16]
    assert not rows[1].whole().flags.owndata
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
    path = Layout(settings.index).generation(name).folder / layout.WINDOW_VECTORS
    content = path.read_bytes()
    for damaged in (
        content[:-1],
        content + b"\0",
        content[:500] + bytes([content[500] ^ 1]) + content[501:],
        b"",
    ):
        path.write_bytes(damaged)
        assert name in open_index(settings).degraded
    path.write_bytes(content)
    assert open_index(settings).degraded is None
