"""Assembly: the files of a shard, put together piece by piece from parts and from older shards, in bounded memory."""

import json
import mmap
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pullquote.index import layout
from pullquote.index.files import Durable, Stamp, Stored, array_head, array_of
from pullquote.index.part import ALIGNED, RAGGED
from pullquote.index.postings import Counted, counted, merge_words
from pullquote.index.shard import Shard
from pullquote.index.vectors import flat_head, write_codes
from pullquote.models.interaction import DIMENSION

TOGETHER = 64  # documents whose rows are in memory at once
EXACT = 20_000  # windows up to which all are searched; past it only those of the nearest passages


class Source(Protocol):
    """What documents are taken from; see `part.RAGGED` for its columns."""

    @property
    def bounds(self) -> NDArray[np.int64]:
        """Where each document's rows of every ragged column begin, with the end of all."""

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """The rows of a column that belong to these documents."""

    def counted(self) -> Counted:
        """The words of its windows."""


class OfShard:
    """An older shard as a source."""

    def __init__(self, shard: Shard) -> None:
        self.shard, count = shard, len(shard.rows)
        numbers = np.arange(count + 1, dtype=np.int64)
        sizes = np.cumsum([0, *shard.rows.column("size")], dtype=np.int64)
        places = np.searchsorted(shard.originals[:, 0], numbers)
        tokens = shard.tokens[1][shard.windows_from] if shard.tokens else np.zeros(count + 1, np.int64)
        self.bounds = np.stack([
            numbers, sizes, places, shard.first_sentences, shard.passages_from, shard.windows_from, tokens, numbers,
        ], axis=1).astype(np.int64)  # fmt: skip

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """As the protocol says."""
        if column in ("rows", "texts", "voices"):
            found = np.frombuffer(b"".join(self._content(column, number) for number in documents), np.uint8)
        else:
            bounds = self.bounds[:, RAGGED.index(ALIGNED.get(column, column))]
            found = self._rows(column, int(bounds[documents.start]), int(bounds[documents.stop])).copy()
        self.shard.leave()
        return found

    def _content(self, column: str, number: int) -> bytes:
        shard = self.shard
        if column == "rows":
            return shard.rows.line(number) + b"\n"
        return shard.text(number) if column == "texts" else shard.voices[number] + b"\n"

    def _rows(self, column: str, start: int, stop: int) -> NDArray[Any]:
        shard = self.shard
        if column == "token-counts":
            return np.diff(shard.tokens[1][start : stop + 1]) if shard.tokens else np.zeros(0, np.int64)
        if column == "window-keys":
            return _of(shard.keys, start + len(shard.passages), stop + len(shard.passages))
        array = {
            "places": shard.originals, "sentences": shard.table, "passages": shard.passages, "windows": shard.places,
            "passage-keys": shard.keys, "passage-vectors": shard.passage_vectors.rows,
            "window-vectors": shard.window_vectors.rows, "tokens": shard.tokens[0] if shard.tokens else None,
        }[column]  # fmt: skip
        return _of(array, start, stop)

    def counted(self) -> Counted:
        """As the protocol says."""
        return counted(self.shard.lexical)


def _of(array: Any, start: int, stop: int) -> NDArray[Any]:
    return np.asarray(array.slice(start, stop) if isinstance(array, Stored) else array[start:stop])


class Run(NamedTuple):
    """Documents that lie side by side in a source, and go side by side into a shard."""

    source: Source
    documents: range

    def rows(self, column: str) -> int:
        """How many rows of a ragged column they have."""
        bounds = self.source.bounds[:, RAGGED.index(column)]
        return int(bounds[self.documents.stop] - bounds[self.documents.start])


def runs(places: Sequence[tuple[Source, int]]) -> Iterator[Run]:
    """Documents by where they are taken from, in runs of no more than are held in memory at once."""
    begun = 0
    for end in range(1, len(places) + 1):
        (source, first), count = places[begun], end - begun
        goes_on = end < len(places) and places[end][0] is source and places[end][1] == first + count
        if not goes_on or count == TOGETHER:
            yield Run(source, range(first, first + count))
            begun = end


class Files:
    """Files of a folder that grow by appending; `stamps` are of those that were finished."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, Durable] = {}
        self.stamps: dict[str, Stamp] = {}

    def append(self, name: str, content: bytes) -> None:
        """Append to a file, which may be new."""
        if name not in self._open:
            self._open[name] = Durable(self._folder / name)
        self._open[name].write(content)

    def finish(self) -> None:
        """Wait until the disk holds what was appended."""
        for file in self._open.values():
            self.stamps |= file.close()
        self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.abandon()


def write_shard(folder: Path, given: Sequence[Run], dimension: int, *, tokens: bool, voices: bool) -> dict[str, Stamp]:
    """Write the files of a shard that holds these documents into a folder, and wait for the disk; their stamps.

    Raises:
        IndexCorrupt: an older shard that is taken from is not what was written.
        OSError: there is no room, or the disk fails.
    """
    with Files(folder) as files:
        _write_rows(files, given)
        _write_tables(files, given)
        _write_vectors(files, given, folder, dimension)
        if tokens:
            _write_tokens(files, given)
        if voices:
            _write_voices(files, given)
        files.finish()
        _write_words(files, given)
        files.finish()
        return files.stamps


def _write_rows(files: Files, given: Sequence[Run]) -> None:
    """A line a document, and last the columns of all."""
    columns: dict[str, list[Any]] = {name: [] for name in layout.COLUMNS}
    for run in given:
        content = run.source.take("rows", run.documents).tobytes()
        files.append(layout.DOCUMENTS, content)
        for facts in map(json.loads, content.split(b"\n")[:-1]):
            for name, column in columns.items():
                column.append(facts[name])
    files.append(layout.DOCUMENTS, json.dumps(columns, ensure_ascii=False).encode("utf-8"))
    files.append(layout.TEXTS, b"")
    for run in given:
        files.append(layout.TEXTS, run.source.take("texts", run.documents).tobytes())
    files.finish()


def _write_voices(files: Files, given: Sequence[Run]) -> None:
    """A line a document; the last one does not end."""
    for number, run in enumerate(given, 1):
        content = run.source.take("voices", run.documents).tobytes()
        files.append(layout.VOICES, content[:-1] if number == len(given) else content)


def _array(files: Files, name: str, kind: Any, shape: tuple[int, ...], blocks: Iterator[NDArray[Any]]) -> None:
    files.append(name, array_head(shape, kind))
    for block in blocks:
        files.append(name, np.ascontiguousarray(block, kind).tobytes())
    files.finish()


def _write_tables(files: Files, given: Sequence[Run]) -> None:
    numbered = {"places": (layout.PLACES, 4), "passages": (layout.PASSAGES, 3), "windows": (layout.WINDOWS, 3)}
    for column, (name, width) in numbered.items():
        count = sum(run.rows(column) for run in given)
        _array(files, name, np.int32, (count, width), _renumbered(given, column))
    count = sum(run.rows("sentences") for run in given)
    _array(files, layout.SENTENCES, np.int32, (count, 5), _taken(given, "sentences"))
    count = sum(run.rows(column) for run in given for column in ("passages", "windows"))
    keys = chain(_taken(given, "passage-keys"), _taken(given, "window-keys"))
    _array(files, layout.KEYS, np.uint8, (count, 16), keys)


def _taken(given: Sequence[Run], column: str) -> Iterator[NDArray[Any]]:
    return (run.source.take(column, run.documents) for run in given)


def _renumbered(given: Sequence[Run], column: str) -> Iterator[NDArray[Any]]:
    """The rows of a table that begin with the document's number."""
    number = 0
    for run in given:
        table = run.source.take(column, run.documents).copy()
        table[:, 0] += number - run.documents.start
        yield table
        number += len(run.documents)


def _write_vectors(files: Files, given: Sequence[Run], folder: Path, dimension: int) -> None:
    counts = {column: sum(run.rows(column) for run in given) for column in ("passages", "windows")}
    if counts["windows"] <= EXACT:
        for column, name in (("passage", layout.PASSAGE_VECTORS), ("window", layout.WINDOW_VECTORS)):
            files.append(name, flat_head(counts[f"{column}s"], dimension))
            for block in _taken(given, f"{column}-vectors"):
                files.append(name, np.ascontiguousarray(block, np.float32).tobytes())
        files.finish()
        return
    shape = counts["windows"], dimension
    _array(files, layout.WINDOW_HALVES, np.float16, shape, _taken(given, "window-vectors"))
    shape = counts["passages"], dimension
    _array(files, layout.PASSAGES_WHOLE, np.float32, shape, _taken(given, "passage-vectors"))
    with (folder / layout.PASSAGES_WHOLE).open("rb") as file:
        write_codes(_Passing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), files.append)
    files.finish()


class _Passing(Stored):
    """A mapped array whose pages leave memory again as soon as rows of it were copied."""

    def __init__(self, mapped: mmap.mmap) -> None:
        super().__init__(array_of(memoryview(mapped)))
        self._mapped = mapped

    def take(self, rows: NDArray[np.int64] | Sequence[int]) -> NDArray[Any]:
        """As of `Stored`."""
        return self._left(super().take(rows))

    def slice(self, start: int, stop: int) -> NDArray[Any]:
        """As of `Stored`, but a copy."""
        return self._left(super().slice(start, stop).copy())

    def _left(self, copied: NDArray[Any]) -> NDArray[Any]:
        self._mapped.madvise(mmap.MADV_DONTNEED)
        return copied


def _write_tokens(files: Files, given: Sequence[Run]) -> None:
    count = sum(run.rows("tokens") for run in given)
    _array(files, layout.TOKEN_VECTORS, np.int8, (count, DIMENSION), _taken(given, "tokens"))
    lengths = np.concatenate([np.zeros(1, np.int64), *_taken(given, "token-counts")])
    _array(files, layout.TOKEN_STARTS, np.int64, lengths.shape, iter([np.cumsum(lengths)]))


def _write_words(files: Files, given: Sequence[Run]) -> None:
    """The words of all windows, from each source once."""
    rows, new, sources = 0, dict[int, NDArray[np.int32]](), dict[int, Source]()
    for run in given:
        bounds = run.source.bounds[:, RAGGED.index("windows")]
        place = id(run.source)
        if place not in new:
            sources[place], new[place] = run.source, np.full(int(bounds[-1]), -1, np.int32)
        first, end = int(bounds[run.documents.start]), int(bounds[run.documents.stop])
        new[place][first:end] = np.arange(rows, rows + end - first)
        rows += end - first
    merge_words([(source.counted(), new[place]) for place, source in sources.items()], rows, files.append)
