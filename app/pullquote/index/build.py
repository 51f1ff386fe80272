"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.asked import asked_in
from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.passages import lead, search_key, split_passages
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.durable import make_folder, sync_folder
from pullquote.errors import IndexFull
from pullquote.index import layout
from pullquote.index.card import Card, DocumentRow
from pullquote.index.encoded import Encoded
from pullquote.index.encoding import Progress, encode_rows, key_digests
from pullquote.index.files import array_bytes, json_bytes, swap_in, write_durably
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.index.lexical import lexical_files
from pullquote.index.table import KINDS
from pullquote.index.vectors import EXACT, flat_bytes, window_files
from pullquote.models.encoder import Encoder, Vectors, unfinished_exports

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
