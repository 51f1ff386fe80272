"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import hashlib
import mmap
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import Corpus, corpus_hashes, load_corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.files import make_folder, only_writer, sync_folder
from pullquote.corpus.passages import lead, search_key, split_passages
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import IndexFault, IndexFull
from pullquote.index import layout
from pullquote.index.files import Stored, array_bytes, json_bytes, swap_in, write_durably
from pullquote.index.generation import Generation, open_index
from pullquote.index.hosting import engines_of, fill, switch
from pullquote.index.layout import COUNTED, Card, DocumentRow, Layout, facts_of, read_manifest
from pullquote.index.lists import write_lists
from pullquote.index.postings import lexical_files
from pullquote.index.shard import KINDS, Shard, Tables
from pullquote.index.vectors import flat_bytes
from pullquote.models.encoder import Encoder, at_hand, unfinished_exports
from pullquote.models.interaction import DIMENSION, Codes, Interaction
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

EXACT = 20_000  # windows up to which all are searched; past it only those of the nearest passages
DRAFT = ".building-"  # how the folder of a generation that is not whole yet begins
BATCH = 512  # texts between two additions to what is kept: what a crash costs at most
KEY_BYTES, _CHECK_BYTES = 16, 8
Enrich = Callable[[Generation], Mapping[str, bytes]]  # works further files, by name, out of a whole snapshot
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, from which corpus."""

    generation: Generation
    corpus: Corpus


def build_index(
    settings: Settings, encoder: Encoder, enrich: Enrich = lambda generation: {},
    progress: Progress = lambda done, of: None, corpus: Corpus | None = None, interaction: Interaction | None = None,
    *, again: bool = False,
) -> Built:  # fmt: skip
    """Build a new generation from the corpus and make it the current one.

    Texts that the generation before held are not encoded again, nor taken out of files, but for `again`. A `corpus` given
    is taken instead of the folder. Without an `interaction` the windows have no token vectors, and are found without.

    Raises:
        CorpusError: nothing to build from; the index stays as it was.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    root = Layout(settings.index)
    engines_of(settings)  # one that cannot be used at all is told before anything is encoded
    make_folder(root.root)
    with only_writer(root.lock):
        sweep(root)  # before the room is looked at: they may be what takes it
        _check_room(root.root, settings.min_free_bytes)
        previous, pair = _previous(settings)
        corpus = corpus or _load(settings, previous, again=again)
        kept = Encoded(root.encoded / f"{encoder.identity}.bin", encoder.dimension, settings.vector_cache_bytes)
        current = _write_generation(settings, corpus, encoder, interaction, kept, previous, enrich, progress)
        generation = Generation.open(root, *current)
        fill(settings, generation.numbering.shards)  # before the switch: where it fails the old generation serves on
        publish(root, current, pair)
        switch(settings, generation.numbering.shards, previous.numbering.shards if previous else ())
        kept.trim()
        sweep(root, [current[0], *([pair[0]] if pair else [])])
    return Built(generation, corpus)


def _load(settings: Settings, previous: Generation | None, *, again: bool) -> Corpus:
    """The corpus, its documents with the ids that they had, and the texts that were taken out of files before."""
    if previous is None:
        return load_corpus(settings)
    ids = {row.path: row.id for row in previous.rows}
    hashes = {row.path: row.file_sha256 for row in previous.rows}
    return load_corpus(settings, ids, hashes, (lambda sha256: None) if again else previous.taken_out)


def _previous(settings: Settings) -> tuple[Generation | None, tuple[str, str] | None]:
    """The generation to take vectors from and to keep: the newest that is whole."""
    try:
        opened = open_index(settings)
    except IndexFault:
        return None, None
    named = read_manifest(Layout(settings.index))
    pair = named["previous"] if opened.degraded else named["current"]
    return opened.generation, (pair["generation"], pair["sha256"])


def up_to_date(settings: Settings) -> Generation | None:
    """The current generation where building again would change nothing, else None; an engine that lost it is filled again.

    Raises:
        CorpusError: there is no corpus folder.
        EngineError: the engine cannot be asked, or filled.
    """
    hashes = corpus_hashes(settings)
    try:
        opened = open_index(settings)
    except IndexFault:
        return None
    card = opened.generation.card
    now = (layout.program(), settings.model, _answering(settings))
    whole = not opened.degraded and at_hand(settings.index, card.encoder)
    same = (card.program, card.model, card.answering) == now and hashes == opened.generation.file_hashes
    if not (same and whole):
        return None
    fill(settings, opened.generation.numbering.shards)
    return opened.generation


def _answering(settings: Settings) -> str:
    """A fingerprint of what decides, beside texts and program, whether a question is answered."""
    digest = hashlib.sha256(f"{settings.threshold} {settings.reranker}\n".encode())
    with suppress(OSError):  # none was fitted; one that cannot be read is told where it is used
        digest.update(Layout(settings.index).calibration.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a generation holds but vectors; `keys` are encoded: the passages' search keys, then the windows'."""

    rows: tuple[DocumentRow, ...]
    texts: bytes
    tables: Tables
    keys: tuple[str, ...]
    places: NDArray[np.int32]


def prepare(corpus: Corpus, previous: Generation | None = None) -> Prepared:
    """Split the documents that changed and number the parts of all; the documents of a debate lie side by side."""
    rows: list[DocumentRow] = []
    texts: list[bytes] = []
    parts: list[Tables] = []
    keys: list[tuple[list[str], list[str]]] = []
    documents = sorted(corpus.documents, key=lambda document: (document.debate, document.path))
    for document in documents:
        same = previous.number_of_same(document) if previous else None
        tables = previous.structure(same) if previous and same is not None else _split(document)
        for table in tables[1:]:
            table[:, 0] = len(rows)
        parts.append(tables)
        keys.append(_keys(document, tables))
        texts.append(document.text.encode("utf-8"))
        rows.append(DocumentRow(
            **facts_of(document), sha256=document.sha256, file_sha256=corpus.hashes.get(document.path, ""),
            characters=len(document.text), size=len(texts[-1]), sentences=len(tables[0]),
        ))  # fmt: skip
    sentences, passages, windows = map(np.concatenate, zip(*parts, strict=True))
    all_keys = (key for grain in zip(*keys, strict=True) for of_document in grain for key in of_document)
    tables, places = (sentences, passages, windows), layout.places_of(documents)
    return Prepared(tuple(rows), b"".join(texts), tables, tuple(all_keys), places)


def _split(document: Document) -> Tables:
    """A document's sentences, passages and windows, as rows of the tables; which document it is comes later."""
    sentences = split_sentences(document)
    passages = [(0, passage.first, passage.end) for passage in split_passages(document, sentences)]
    prose = [last for last, each in enumerate(sentences) if each.kind is Kind.PROSE]
    windows = [(0, lead(document.text, sentences, last), last) for last in prose]
    rows = [
        (each.span.start, each.span.end, KINDS.index(each.kind), each.paragraph, -1 if each.heading is None else each.heading)
        for each in sentences
    ]  # fmt: skip
    tables = [np.array(table, np.int32).reshape(-1, width) for table, width in ((rows, 5), (passages, 3), (windows, 3))]
    return tables[0], tables[1], tables[2]


def _keys(document: Document, tables: Tables) -> tuple[list[str], list[str]]:
    """What is encoded of a document's passages and of its windows."""
    text, (rows, passages, windows) = document.text, (table.tolist() for table in tables)

    def key(first: int, last: int, heading: int = -1) -> str:
        above = None if heading < 0 else text[rows[heading][0] : rows[heading][1]]
        return search_key(document, text[rows[first][0] : rows[last][1]], above)

    return (
        [key(first, end - 1, rows[first][4]) for _, first, end in passages],
        [key(first, last) for _, first, last in windows],
    )


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors that one encoder made before, kept beside the generations in a file that may be deleted at any time.

    A text that was taken out and comes back, and the part of a build that was cut short, are then not encoded again.
    Records of key, vector and checksum are only added at the end: what a crash tore off is not used. A `limit` of 0
    bytes keeps nothing.
    """

    path: Path
    dimension: int
    limit: int

    @property
    def _record(self) -> int:
        return KEY_BYTES + self.dimension * 4 + _CHECK_BYTES

    def find(self, keys: Mapping[bytes, object]) -> dict[bytes, Vectors]:
        """The vectors kept for these keys, each checked."""
        if not keys or not self.path.is_file() or self.path.stat().st_size < self._record:
            return {}
        found = {}
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as kept:
            for end in range(self._record, len(kept) + 1, self._record):
                body = slice(end - self._record, end - _CHECK_BYTES)
                key = kept[body.start : body.start + KEY_BYTES]
                if key in keys and _check(kept[body]) == kept[body.stop : end]:
                    found[key] = np.frombuffer(kept[body], dtype=np.float32, offset=KEY_BYTES)
        return found

    def add(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep further vectors. A disk that is full ends no build: the texts are encoded again some day."""
        if not self.limit or not vectors:
            return
        records = b"".join(body + _check(body) for body in (key + vector.tobytes() for key, vector in vectors.items()))
        with suppress(OSError):
            self.path.parent.mkdir(exist_ok=True)
            with self.path.open("ab") as file:
                if torn := file.tell() % self._record:  # what a crash left would shift all that follows
                    file.truncate(file.tell() - torn)
                file.write(records)

    def trim(self) -> None:
        """Drop the file where it is over its bound, and those of other encoders, but what cannot be dropped."""
        for other in self.path.parent.glob("*"):
            with suppress(OSError):
                if other != self.path or other.stat().st_size > self.limit:
                    other.unlink()


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest()


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one are never encoded twice."""
    digests = b"".join(hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def encode_rows(
    keys: Sequence[str], digests: NDArray[np.uint8], encoder: Encoder, *,
    before: Mapping[bytes, Vectors], kept: Encoded, progress: Progress,
) -> Vectors:  # fmt: skip
    """A vector a row, shape (rows, dimension): from `before` or `kept`, by fingerprint, or encoded now and then kept."""
    marks = [digest.tobytes() for digest in digests]
    missing = {mark: text for mark, text in zip(marks, keys, strict=True) if mark not in before}
    known = kept.find(missing)
    # The longest first: the remaining time that a progress bar shows is then never too hopeful.
    left = sorted(missing.keys() - known.keys(), key=lambda mark: (-len(missing[mark]), mark))
    progress(0, len(left))
    # One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a batch would only pad.
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for start in range(0, len(left), BATCH):
            batch: dict[bytes, Vectors] = {}
            part = left[start : start + BATCH]
            for mark, vector in zip(part, pool.map(lambda mark: encoder.encode([missing[mark]])[0], part), strict=True):
                batch[mark] = vector
                progress(start + len(batch), len(left))
            kept.add(batch)
            known |= batch
    rows = [known[mark] if mark in known else before[mark] for mark in marks]
    return np.concatenate([np.zeros(0, np.float32), *rows], dtype=np.float32).reshape(len(keys), encoder.dimension)


def _write_generation(
    settings: Settings, corpus: Corpus, encoder: Encoder, interaction: Interaction | None, kept: Encoded,
    previous: Generation | None, enrich: Enrich, progress: Progress,
) -> tuple[str, str]:  # fmt: skip
    """Encode what is new, write all files into a new folder, and give its name and card's SHA-256."""
    prepared = prepare(corpus, previous)
    counts = dict(zip(COUNTED, map(len, (prepared.rows, *prepared.tables)), strict=True))
    digests, first = key_digests(prepared.keys), counts["passages"]
    before = _known_vectors(previous, encoder, windows=counts["windows"])
    vectors = encode_rows(prepared.keys, digests, encoder, before=before, kept=kept, progress=progress)
    tables = [array_bytes(table) for table in (*prepared.tables, digests)]
    contents = {
        layout.DOCUMENTS: b"".join(layout.document_lines(prepared.rows)),
        layout.TEXTS: prepared.texts,
        layout.PLACES: array_bytes(prepared.places),
        **dict(zip(layout.TABLES, tables, strict=True)),
        **dict(zip(layout.LEXICAL, lexical_files(prepared.keys[first:]), strict=True)),
    }
    if counts["windows"] > EXACT:
        contents[layout.WINDOW_HALVES] = array_bytes(vectors[first:].astype(np.float16))
        contents[layout.PASSAGES_WHOLE] = array_bytes(vectors[:first])
        write_lists(
            Stored.of(vectors[:first]), lambda name, more: contents.update({name: contents.get(name, b"") + more})
        )
    else:
        contents[layout.PASSAGE_VECTORS] = flat_bytes(vectors[:first])
        contents[layout.WINDOW_VECTORS] = flat_bytes(vectors[first:])
    if interaction:
        contents |= _token_files(interaction, prepared.keys[first:], digests[first:], previous, progress)
    card = replace(_card(settings, corpus, encoder, counts), interaction=interaction.identity if interaction else "")
    shard = Shard(card.name, contents, encoder.dimension)
    return _write(Layout(settings.index), card, {**contents, **enrich(Generation(card, [shard], {}, before=previous))})


def _token_files(
    interaction: Interaction,
    keys: Sequence[str],
    digests: NDArray[np.uint8],
    previous: Generation | None,
    progress: Progress,
) -> dict[str, bytes]:
    """The token vectors of windows: those of the generation before, by fingerprint, or made now."""
    before: dict[bytes, Codes] = {}
    held = previous.numbering.shards[0] if previous else None
    if previous and held and held.tokens and previous.card.interaction == interaction.identity:
        vectors, starts = held.tokens[0].whole(), held.tokens[1]
        known = (mark.tobytes() for mark in held.keys.whole()[len(previous.passages) :])
        before = {mark: vectors[start:end] for mark, (start, end) in zip(known, pairwise(starts.tolist()), strict=True)}
    marks = [digest.tobytes() for digest in digests]
    missing = {mark: key for mark, key in zip(marks, keys, strict=True) if mark not in before}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        made = zip(missing, pool.map(interaction.window, missing.values()), strict=True)
        for number, (mark, vectors) in enumerate(made, 1):
            before[mark] = vectors
            progress(number, len(missing))
    rows = [before[mark] for mark in marks]
    starts = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    tokens = np.concatenate([np.zeros((0, DIMENSION), np.int8), *rows])
    return dict(zip(layout.TOKENS, map(array_bytes, (tokens, starts)), strict=True))


def _card(settings: Settings, corpus: Corpus, encoder: Encoder, counts: dict[str, int]) -> Card:
    now, taken = datetime.now(UTC), {document.path for document in corpus.documents}
    return Card(
        name=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}", built_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        encoder=encoder.identity, dimension=encoder.dimension, model=settings.model, counts=counts, files={},
        program=layout.program(), answering=_answering(settings),
        skipped=tuple((file.path, file.reason) for file in corpus.skipped),
        skipped_hashes={path: sha256 for path, sha256 in corpus.hashes.items() if path not in taken},
    )  # fmt: skip


def _known_vectors(previous: Generation | None, encoder: Encoder, *, windows: int) -> dict[bytes, Vectors]:
    if previous is None or previous.card.encoder != encoder.identity:
        return {}
    shard = previous.numbering.shards[0]
    vectors: list[Vectors] = list(shard.passage_vectors.rows.whole())
    if previous.exact or windows > EXACT:  # what is kept in halves is not good enough for an exact index
        vectors += list(shard.window_vectors.rows.whole())
    return {digest.tobytes(): vector for digest, vector in zip(shard.keys.whole(), vectors, strict=False)}


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
    pairs = {"current": current, "previous": previous}
    named = {role: pair and {"generation": pair[0], "sha256": pair[1]} for role, pair in pairs.items()}
    swap_in(root.manifest, json_bytes({"format": layout.FORMAT, **named}))


def sweep(root: Layout, keep: Sequence[str] | None = None) -> None:
    """Remove what interrupted builds left, and all generations but those to keep (None: none of them)."""
    left = root.generations.glob(f"{DRAFT}*" if keep is None else "*")
    for folder in (*left, *unfinished_exports(root.root)):
        if keep is None or folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    for draft in root.root.glob(".MANIFEST.json.*"):
        draft.unlink(missing_ok=True)


def _check_room(folder: Path, floor: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < floor:
        raise IndexFull(
            f"only {free:,} bytes are free in {folder}, fewer than PULLQUOTE_MIN_FREE_BYTES={floor:,}; "
            "make room, or set PULLQUOTE_INDEX to a folder on another disk"
        )
