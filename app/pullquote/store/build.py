"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.documents import Corpus, Document
from pullquote.encoder import Encoder, Vectors
from pullquote.errors import IndexFull
from pullquote.passages import Passage, lead, search_key, split_passages, window_span
from pullquote.sentences import Kind, Sentence, split_sentences
from pullquote.store import layout
from pullquote.store.files import array_bytes, json_bytes, swap_in, sync_folder, write_durably
from pullquote.store.generation import KINDS, Card, DocumentRow, Generation
from pullquote.store.layout import Layout
from pullquote.store.lexical import lexical_files
from pullquote.store.vectors import flat_bytes

Progress = Callable[[int, int], None]
# What is worked out from a whole snapshot before it is written: further files by name.
Enrich = Callable[[Generation], Mapping[str, bytes]]
KEY_BYTES = 16
Keys = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Structure:
    """A document cut into sentences and passages."""

    document: Document
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a generation holds, but for the vectors."""

    structures: tuple[Structure, ...]
    sentences: NDArray[np.int32]
    passages: NDArray[np.int32]
    windows: NDArray[np.int32]
    keys: tuple[str, ...]
    """What is encoded: the passages' search keys, then the windows'."""


def prepare(documents: Sequence[Document]) -> Prepared:
    """Split all documents and number their parts; the documents of a debate lie side by side."""
    ordered = sorted(documents, key=lambda document: (document.debate, document.path))
    structures = tuple(_structure(document) for document in ordered)
    sentences: list[tuple[int, ...]] = []
    passages: list[tuple[int, int, int]] = []
    windows: list[tuple[int, int, int]] = []
    passage_keys: list[str] = []
    window_keys: list[str] = []
    for number, structure in enumerate(structures):
        base = len(sentences)
        sentences.extend(_sentence_row(sentence) for sentence in structure.sentences)
        for passage in structure.passages:
            passages.append((number, base + passage.first, base + passage.end))
            passage_keys.append(_passage_key(structure, passage))
        for last, sentence in enumerate(structure.sentences):
            if sentence.kind is Kind.PROSE:
                first = lead(structure.document.text, structure.sentences, last)
                windows.append((number, base + first, base + last))
                window_keys.append(_key(structure, first, last))
    return Prepared(
        structures, _table(sentences, 5), _table(passages, 3), _table(windows, 3),
        (*passage_keys, *window_keys),
    )  # fmt: skip


def _structure(document: Document) -> Structure:
    sentences = split_sentences(document)
    return Structure(document, sentences, split_passages(document, sentences))


def _sentence_row(sentence: Sentence) -> tuple[int, ...]:
    heading = -1 if sentence.heading is None else sentence.heading
    return (
        sentence.span.start, sentence.span.end, KINDS.index(sentence.kind), sentence.paragraph, heading
    )  # fmt: skip


def _table(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.int32]:
    return np.array(rows, dtype=np.int32).reshape(len(rows), width)


def _passage_key(structure: Structure, passage: Passage) -> str:
    sentences, text = structure.sentences, structure.document.text
    heading = sentences[passage.first].heading
    words = None if heading is None else sentences[heading].span.cut(text)
    span = window_span(sentences, passage.first, passage.end - 1)
    return search_key(structure.document, span.cut(text), words)


def _key(structure: Structure, first: int, last: int) -> str:
    span = window_span(structure.sentences, first, last)
    return search_key(structure.document, span.cut(structure.document.text))


def write_generation(
    prepared: Prepared,
    corpus: Corpus,
    encoder: Encoder,
    *,
    root: Layout,
    previous: Generation | None,
    model: str,
    enrich: Enrich,
    progress: Progress,
) -> tuple[str, str]:
    """Encode what is new, write all files into a new folder, and give its name and card's SHA-256."""
    digests = key_digests(prepared.keys)
    vectors = _vectors(prepared.keys, digests, encoder, previous, progress)
    count = len(prepared.passages)
    windows = prepared.keys[count:]
    texts, rows = _document_rows(prepared.structures, corpus.hashes)
    contents = {
        layout.DOCUMENTS: json_bytes([asdict(row) for row in rows]),
        layout.TEXTS: texts,
        layout.SENTENCES: array_bytes(prepared.sentences),
        layout.PASSAGES: array_bytes(prepared.passages),
        layout.WINDOWS: array_bytes(prepared.windows),
        layout.KEYS: array_bytes(digests),
        layout.PASSAGE_VECTORS: flat_bytes(vectors[:count]),
        layout.WINDOW_VECTORS: flat_bytes(vectors[count:]),
        **dict(zip(layout.LEXICAL, lexical_files(windows), strict=True)),
    }
    counts = {"documents": len(rows), "sentences": len(prepared.sentences), "passages": count,
              "windows": len(windows)}  # fmt: skip
    skipped = tuple((file.path, file.reason) for file in corpus.skipped)
    now = datetime.now(UTC)
    card = Card(
        name=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}", encoder=encoder.identity, model=model, program=layout.program(),
        built_at=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        dimension=encoder.dimension, counts=counts, skipped=skipped, files={},
    )  # fmt: skip
    return _write(root, card, {**contents, **enrich(Generation(card, contents))})


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one are never encoded twice."""
    digests = b"".join(hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def _vectors(
    keys: Sequence[str],
    digests: NDArray[np.uint8],
    encoder: Encoder,
    previous: Generation | None,
    progress: Progress,
) -> Vectors:
    known = _known_vectors(previous, encoder)
    vectors = np.zeros((len(keys), encoder.dimension), dtype=np.float32)
    missing: list[int] = []
    for row, digest in enumerate(digests):
        vector = known.get(digest.tobytes())
        if vector is None:
            missing.append(row)
        else:
            vectors[row] = vector
    # The longest first: the remaining time that a progress bar shows is then never too hopeful.
    missing.sort(key=lambda row: -len(keys[row]))
    progress(0, len(missing))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        encoded = pool.map(lambda row: encoder.encode([keys[row]])[0], missing)
        for done, (row, vector) in enumerate(zip(missing, encoded, strict=True), start=1):
            vectors[row] = vector
            progress(done, len(missing))
    return vectors


def _known_vectors(previous: Generation | None, encoder: Encoder) -> dict[bytes, Vectors]:
    if previous is None or previous.card.encoder != encoder.identity:
        return {}
    vectors = (*previous.passage_vectors.rows, *previous.window_vectors.rows)
    return {digest.tobytes(): vector for digest, vector in zip(previous.keys, vectors, strict=True)}


def _document_rows(structures: Sequence[Structure], file_hashes: Mapping[str, str]) -> tuple[bytes, list[DocumentRow]]:
    texts = bytearray()
    rows: list[DocumentRow] = []
    sentence = 0
    for structure in structures:
        document = structure.document
        content = document.text.encode("utf-8")
        row = DocumentRow(
            id=document.id, debate=document.debate, path=document.path, sha256=document.sha256,
            file_sha256=file_hashes.get(document.path, ""), start=len(texts), size=len(content),
            first_sentence=sentence, end_sentence=sentence + len(structure.sentences),
            source=document.source, language=document.language, side=document.side,
            headings=document.headings, not_prose=document.not_prose,
            proposition=document.proposition, positions=document.positions,
        )  # fmt: skip
        rows.append(row)
        texts += content
        sentence += len(structure.sentences)
    return bytes(texts), rows


def _write(root: Layout, card: Card, contents: Mapping[str, bytes]) -> tuple[str, str]:
    draft = root.generations / f".building-{card.name}"
    draft.mkdir(parents=True)
    stamps = {file: write_durably(draft / file, content) for file, content in contents.items()}
    final = root.generation(card.name)
    stamp = write_durably(draft / final.card.name, replace(card, files=stamps).to_bytes())
    sync_folder(draft)
    draft.rename(final.folder)
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
