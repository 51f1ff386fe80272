"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import hashlib
import mmap
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.asked import asked_in
from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.files import make_folder, sync_folder
from pullquote.corpus.passages import lead, search_key, split_passages
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.errors import IndexFull
from pullquote.index import layout
from pullquote.index.files import array_bytes, json_bytes, swap_in, write_durably
from pullquote.index.generation import KINDS, Generation
from pullquote.index.layout import Card, DocumentRow, Layout
from pullquote.index.lexical import lexical_files
from pullquote.index.vectors import EXACT, flat_bytes, window_files
from pullquote.models.encoder import Encoder, unfinished_exports
from pullquote.models.onnx import Vectors

KEY_BYTES = 16
_CHECK_BYTES = 8
_KEPT_SHARE = 0.75  # of the bound that is left when the oldest go, so that they do not go each time


@dataclass(frozen=True, slots=True)
class Encoded:
    """The kept vectors of one encoder: a file of records of key, vector and checksum."""

    path: Path
    dimension: int
    limit: int
    """Bytes that the file may have; 0 keeps nothing."""

    @property
    def _record(self) -> int:
        return KEY_BYTES + self.dimension * 4 + _CHECK_BYTES

    def find(self, keys: Mapping[bytes, object]) -> dict[bytes, Vectors]:
        """The vectors kept for these keys, each checked."""
        if not keys or not self.path.is_file() or self.path.stat().st_size < self._record:
            return {}
        found = {}
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as kept:
            for start in range(0, len(kept) - self._record + 1, self._record):
                key = kept[start : start + KEY_BYTES]
                if key in keys and (vector := self._checked(kept[start : start + self._record])) is not None:
                    found[key] = vector
        return found

    def _checked(self, record: bytes) -> Vectors | None:
        body = record[:-_CHECK_BYTES]
        if _check(body) != record[-_CHECK_BYTES:]:
            return None
        return np.frombuffer(body, dtype=np.float32, offset=KEY_BYTES)

    def add(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep further vectors. A disk that is full ends no build: the texts are encoded again some day."""
        if not self.limit or not vectors:
            return
        bodies = (key + np.ascontiguousarray(vector, np.float32).tobytes() for key, vector in vectors.items())
        records = b"".join(body + _check(body) for body in bodies)
        with suppress(OSError):
            self.path.parent.mkdir(exist_ok=True)
            with self.path.open("ab") as file:
                if torn := file.tell() % self._record:  # what a crash left would shift all that follows
                    file.truncate(file.tell() - torn)
                file.write(records)

    def trim(self) -> None:
        """Drop the oldest records where the file is over its bound, and the files of other encoders.

        What cannot be dropped, such as somebody's folder, keeps nothing else from being.
        """
        with suppress(OSError):
            for other in self.path.parent.glob("*"):
                if other != self.path:
                    _drop(other)
            if self.path.stat().st_size > self.limit:
                self._keep_newest(int(self.limit * _KEPT_SHARE) // self._record)

    def _keep_newest(self, count: int) -> None:
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with self.path.open("rb") as file:
            file.seek(-count * self._record or 0, os.SEEK_END if count else os.SEEK_SET)
            draft.write_bytes(file.read() if count else b"")
        draft.replace(self.path)


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest()


Progress = Callable[[int, int], None]
BATCH = 512  # texts between two additions to what is kept: what a crash costs at most


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one are never encoded twice."""
    digests = b"".join(hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def encode_rows(
    keys: Sequence[str],
    digests: NDArray[np.uint8],
    encoder: Encoder,
    *,
    before: Mapping[bytes, Vectors],
    kept: Encoded,
    progress: Progress,
) -> Vectors:
    """A vector a row, shape (rows, dimension).

    Args:
        before: vectors of the generation before, by fingerprint.
        kept: vectors of earlier builds; what is encoded now is added.
    """
    marks = [digest.tobytes() for digest in digests]
    texts = dict(zip(marks, keys, strict=True))
    missing = {mark: text for mark, text in texts.items() if mark not in before}
    known = kept.find(missing)
    missing = {mark: text for mark, text in missing.items() if mark not in known}
    known.update(_encoded(missing, encoder, kept, progress))
    rows = [known[mark] if mark in known else before[mark] for mark in marks]
    return np.concatenate([np.zeros(0, np.float32), *rows], dtype=np.float32).reshape(len(keys), encoder.dimension)


def _encoded(
    missing: Mapping[bytes, str], encoder: Encoder, kept: Encoded, progress: Progress
) -> Iterator[tuple[bytes, Vectors]]:
    # The longest first: the remaining time that a progress bar shows is then never too hopeful.
    marks = sorted(missing, key=lambda mark: -len(missing[mark]))
    progress(0, len(marks))
    done = 0
    # One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a
    # batch would only add padding.
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for start in range(0, len(marks), BATCH):
            batch = {}
            part = marks[start : start + BATCH]
            for mark, vector in zip(part, pool.map(lambda mark: encoder.encode([missing[mark]])[0], part), strict=True):
                batch[mark] = vector
                done += 1
                progress(done, len(marks))
            kept.add(batch)
            yield from batch.items()


DRAFT = ".building-"  # how the folder of a generation that is not whole yet begins

# What is worked out from a whole snapshot before it is written: further files by name.
Enrich = Callable[[Generation], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Structure:
    """A document cut into sentences, passages and windows: tables as a generation has them.

    Passages and windows count sentences, and the document, from 0.
    """

    document: Document
    row: DocumentRow
    sentences: NDArray[np.int32]
    passages: NDArray[np.int32]
    windows: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a generation holds, but for the vectors."""

    structures: tuple[Structure, ...]
    sentences: NDArray[np.int32]
    passages: NDArray[np.int32]
    windows: NDArray[np.int32]
    keys: tuple[str, ...]
    """What is encoded: the passages' search keys, then the windows'."""


def prepare(corpus: Corpus, previous: Generation | None = None) -> Prepared:
    """Split all documents and number their parts; the documents of a debate lie side by side.

    A document that did not change since the previous generation is not split again.
    """
    ordered = sorted(corpus.documents, key=lambda document: (document.debate, document.path))
    structures: list[Structure] = []
    tables: tuple[list[NDArray[np.int32]], ...] = ([], [], [])
    passage_keys: list[str] = []
    window_keys: list[str] = []
    start = sentence = 0
    for number, document in enumerate(ordered):
        found = _structure(document, corpus.hashes.get(document.path, ""), start, sentence, previous)
        structures.append(found)
        offset = np.array([number, sentence, sentence], np.int32)
        for table, part in zip(tables, (found.sentences, found.passages + offset, found.windows + offset), strict=True):
            table.append(part)
        of_passages, of_windows = _keys(found)
        passage_keys += of_passages
        window_keys += of_windows
        start, sentence = found.row.start + found.row.size, found.row.end_sentence
    sentences, passages, windows = (np.concatenate(table) for table in tables)
    return Prepared(tuple(structures), sentences, passages, windows, (*passage_keys, *window_keys))


def _structure(
    document: Document, file_sha256: str, start: int, sentence: int, previous: Generation | None
) -> Structure:
    def row(sentences: int) -> DocumentRow:
        return DocumentRow(
            id=document.id, debate=document.debate, path=document.path, sha256=document.sha256,
            file_sha256=file_sha256, start=start, size=len(document.text.encode("utf-8")),
            first_sentence=sentence, end_sentence=sentence + sentences,
            source=document.source, language=document.language, side=document.side,
            headings=document.headings, not_prose=document.not_prose,
            proposition=document.proposition, positions=document.positions,
        )  # fmt: skip

    same = previous.number_of_same(row(0)) if previous else None
    if previous is not None and same is not None:
        tables = previous.structure(same)
        return Structure(document, row(len(tables[0])), *tables)
    sentences = split_sentences(document)
    passages = [(0, passage.first, passage.end) for passage in split_passages(document, sentences)]
    asked = asked_in(document, sentences)
    apart = asked.questions if asked else frozenset()
    windows = [
        (0, lead(document.text, sentences, last, apart), last)
        for last, each in enumerate(sentences) if each.kind is Kind.PROSE
    ]  # fmt: skip
    table = [_sentence_row(each) for each in sentences]
    return Structure(document, row(len(table)), _table(table, 5), _table(passages, 3), _table(windows, 3))


def _sentence_row(sentence: Sentence) -> tuple[int, ...]:
    heading = -1 if sentence.heading is None else sentence.heading
    return (
        sentence.span.start, sentence.span.end, KINDS.index(sentence.kind), sentence.paragraph, heading
    )  # fmt: skip


def _table(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.int32]:
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


def _keys(structure: Structure) -> tuple[list[str], list[str]]:
    """What is encoded of a document's passages and of its windows."""
    document, text = structure.document, structure.document.text
    rows = structure.sentences.tolist()
    passages = []
    for _, first, end in structure.passages.tolist():
        heading = rows[first][4]
        words = None if heading < 0 else text[rows[heading][0] : rows[heading][1]]
        passages.append(search_key(document, text[rows[first][0] : rows[end - 1][1]], words))
    windows = [
        search_key(document, text[rows[first][0] : rows[last][1]]) for _, first, last in structure.windows.tolist()
    ]
    return passages, windows


def write_generation(
    prepared: Prepared,
    corpus: Corpus,
    encoder: Encoder,
    *,
    root: Layout,
    previous: Generation | None,
    model: str,
    answering: str,
    enrich: Enrich,
    progress: Progress,
    kept: Encoded,
) -> tuple[str, str]:
    """Encode what is new, write all files into a new folder, and give its name and card's SHA-256."""
    digests = key_digests(prepared.keys)
    count = len(prepared.passages)
    before = _known_vectors(previous, encoder, windows=len(prepared.windows))
    vectors = encode_rows(prepared.keys, digests, encoder, before=before, kept=kept, progress=progress)
    windows = prepared.keys[count:]
    rows = [structure.row for structure in prepared.structures]
    texts = b"".join(structure.document.text.encode("utf-8") for structure in prepared.structures)
    contents = {
        layout.DOCUMENTS: json_bytes([asdict(row) for row in rows]),
        layout.TEXTS: texts,
        layout.SENTENCES: array_bytes(prepared.sentences),
        layout.PASSAGES: array_bytes(prepared.passages),
        layout.WINDOWS: array_bytes(prepared.windows),
        layout.KEYS: array_bytes(digests),
        layout.PASSAGE_VECTORS: flat_bytes(vectors[:count]),
        **window_files(vectors[count:]),
        **_lexical(windows, digests[count:], previous),
    }
    counts = {"documents": len(rows), "sentences": len(prepared.sentences), "passages": count,
              "windows": len(windows)}  # fmt: skip
    skipped = tuple((file.path, file.reason) for file in corpus.skipped)
    now = datetime.now(UTC)
    card = Card(
        name=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}", encoder=encoder.identity, model=model, program=layout.program(), answering=answering,
        built_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        dimension=encoder.dimension, counts=counts, skipped=skipped, files={},
        skipped_hashes={path: corpus.hashes.get(path, "") for path, _ in skipped},
    )  # fmt: skip
    return _write(root, card, {**contents, **enrich(Generation(card, contents, previous))})


def _lexical(windows: Sequence[str], digests: NDArray[np.uint8], previous: Generation | None) -> dict[str, bytes]:
    """The words' files; what the very same program counted in the generation before is not counted again."""
    before, same = None, {}
    if previous is not None and previous.card.program == layout.program() and layout.COUNTS in previous.extra:
        before = previous.lexical.postings(previous.extra[layout.COUNTS])
        held = {digest.tobytes(): row for row, digest in enumerate(previous.keys[len(previous.passages) :])}
        marks = ((row, digest.tobytes()) for row, digest in enumerate(digests))
        same = {row: held[mark] for row, mark in marks if before and mark in held}
    return dict(zip((*layout.LEXICAL, layout.COUNTS), lexical_files(windows, before, same), strict=True))


def _known_vectors(previous: Generation | None, encoder: Encoder, *, windows: int) -> dict[bytes, Vectors]:
    if previous is None or previous.card.encoder != encoder.identity:
        return {}
    vectors: list[Vectors] = list(previous.passage_vectors.rows)
    if previous.exact or windows > EXACT:  # what is kept in halves is not good enough for an exact index
        vectors += list(previous.window_vectors.rows)
    return {digest.tobytes(): vector for digest, vector in zip(previous.keys, vectors, strict=False)}


def _write(root: Layout, card: Card, contents: Mapping[str, bytes]) -> tuple[str, str]:
    draft = root.generations / f"{DRAFT}{card.name}"
    make_folder(root.generations)
    draft.mkdir()
    final = root.generation(card.name)
    try:
        stamps = {file: write_durably(draft / file, content) for file, content in contents.items()}
        stamp = write_durably(draft / final.card.name, replace(card, files=stamps).to_bytes())
        sync_folder(draft)
        draft.rename(final.folder)
    except OSError:  # on a full disk it would take the room that the next build needs
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(root.generations)
    return card.name, stamp.sha256


def publish(root: Layout, current: tuple[str, str], previous: tuple[str, str] | None) -> None:
    """Make a whole generation the current one, in one step."""

    def named(pair: tuple[str, str] | None) -> dict[str, str] | None:
        return None if pair is None else {"generation": pair[0], "sha256": pair[1]}

    swap_in(
        root.manifest, json_bytes({"format": layout.FORMAT, "current": named(current), "previous": named(previous)})
    )


def sweep(root: Layout, keep: Sequence[str]) -> None:
    """Remove what interrupted builds left and generations that nothing names any more."""
    for folder in root.generations.iterdir() if root.generations.is_dir() else ():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    sweep_drafts(root)


def sweep_drafts(root: Layout) -> None:
    """Remove what interrupted builds left unfinished; no generation is touched."""
    for draft in root.generations.glob(f"{DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)
    for export in unfinished_exports(root.root):
        shutil.rmtree(export, ignore_errors=True)
    for draft in root.root.glob(".MANIFEST.json.*"):
        draft.unlink(missing_ok=True)


def check_room(folder: Path, floor: int) -> None:
    """Refuse to start a build when the disk is nearly full.

    Raises:
        IndexFull: fewer than `floor` bytes are free.
    """
    free = shutil.disk_usage(folder).free
    if free < floor:
        raise IndexFull(
            f"only {free:,} bytes are free in {folder}, fewer than PULLQUOTE_MIN_FREE_BYTES={floor:,}; "
            "make room, or set PULLQUOTE_INDEX to a folder on another disk"
        )
