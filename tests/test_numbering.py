"""A generation over several shards: the same count, the same words and the same finding as over one."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import TEXTS, HashEncoder, write_corpus

from pullquote.errors import IndexCorrupt
from pullquote.index import build_index
from pullquote.index.files import PIECE, PIECES, Durable, Pieces, Stored, array_bytes
from pullquote.index.generation import Generation
from pullquote.index.search import Sought, retrieve
from pullquote.index.shard import Grain
from pullquote.settings import Settings

CHANGED = "road-tolls/for-tolls.md"
MORE = "\n\nEven the lorry drivers of the valley came to like the toll in its second year.\n"


def built(folder, texts):
    write_corpus(folder / "corpus", texts)
    return build_index(
        Settings(corpus=folder / "corpus", index=folder / "index", min_free_bytes=0), HashEncoder()
    ).generation


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The corpus with one changed document, in one shard and in two."""
    folder = tmp_path_factory.mktemp("shards")
    changed = TEXTS | {CHANGED: TEXTS[CHANGED] + MORE}
    base, delta, one = (
        built(folder / name, texts)
        for name, texts in (
            ("base", TEXTS),
            ("delta", {CHANGED: changed[CHANGED]}),
            ("one", changed),
        )
    )
    shards = (base.numbering.shards[0], delta.numbering.shards[0])
    paths = [row.path for row in base.rows]
    order = np.array(
        [(1, 0) if path == CHANGED else (0, at) for at, path in enumerate(paths)], np.int32
    )
    card = replace(one.card, name="two", bases=((base.card.name, ""),))
    return one, Generation(card, shards, {}, order)


def test_documents_rows_and_scopes_are_counted_as_in_one_shard(both):
    one, two = both
    assert np.array_equal(one.places, two.places)
    assert np.array_equal(one.passages, two.passages)
    assert np.array_equal(one.ends, two.ends)
    assert [row.id for row in one.rows] == [row.id for row in two.rows]
    assert one.file_hashes == two.file_hashes
    for number in range(len(one.rows)):
        assert one.document(number) == two.document(number)
        assert list(one.sentences(number)) == list(two.sentences(number))
    every = np.arange(len(one.places))
    assert np.array_equal(one.window_vectors.take(every), two.window_vectors.take(every))
    rows = [(grain, range(len(one.numbering.table(grain)))) for grain in Grain]
    assert all(two.numbering.inside(grain, 0, within).stop for grain, within in rows)


@pytest.mark.parametrize(
    "question",
    ["Who pays for buses?", "lorry drivers of the valley", "helmets", "tolls hit commuters"],
)
def test_what_is_found_is_what_one_shard_finds(both, question):
    one = both[0]
    sought = Sought(question, HashEncoder().encode([question])[0])
    for debate in (None, *one.debates):
        found = [retrieve(each, sought, each.documents_of(debate)) for each in both]
        assert [hit.row for hit in found[0]][:5] == [hit.row for hit in found[1]][:5]


def test_an_order_that_names_what_is_not_there_is_refused(both):
    _, two = both
    order = two.numbering.order
    for wrong in (
        order[::-1],
        order + 9,
        order.astype(np.int64),
        order[:, :1],
        np.zeros((0, 2), np.int32),
    ):
        with pytest.raises(IndexCorrupt):
            Generation(two.card, two.numbering.shards, {}, np.ascontiguousarray(wrong))


def test_a_large_file_is_checked_piece_by_piece_as_it_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr("pullquote.index.files.PIECES_FROM", 1_000)
    rows = np.arange(100_000, dtype=np.int32).reshape(-1, 4)
    file = Durable(tmp_path / "rows.npy")
    content = array_bytes(rows)
    for start in range(0, len(content), 70_001):
        file.write(content[start : start + 70_001])
    stamps = file.close()
    hashes = (tmp_path / f"rows.npy{PIECES}").read_bytes()
    assert stamps.keys() == {"rows.npy", f"rows.npy{PIECES}"}

    def opened():
        return Stored.open(Pieces.map(tmp_path / "rows.npy", stamps["rows.npy"].size, hashes))

    assert np.array_equal(opened().whole(), rows)
    assert np.array_equal(opened().take([3, 24_999, 3]), rows[[3, 24_999, 3]])
    at = PIECE * 3 + 5
    (tmp_path / "rows.npy").write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    damaged = opened()
    assert np.array_equal(damaged.slice(0, 100), rows[:100])
    assert np.array_equal(damaged.take([24_999]), rows[[24_999]])
    for read in (
        lambda: damaged.take([(at - 128) // 16]),
        lambda: damaged.slice(0, 25_000),
        damaged.whole,
    ):
        with pytest.raises(IndexCorrupt, match="piece"):
            read()
