"""The doctor: looks at an installation from settings to port and says what is wrong, and what to do next."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pullquote import __version__
from pullquote.answers.fitting import read_fitted
from pullquote.corpus.corpus import corpus_hashes, load_corpus
from pullquote.errors import CorpusError, EncoderError, IndexFault, PullquoteError, SettingsError
from pullquote.index import damage, differing, is_locked, leftovers, open_index
from pullquote.index.generation import Generation
from pullquote.models.encoder import encoder_folder
from pullquote.models.export import DEFAULT_MODEL, DEFAULT_PACKAGE, DEFAULT_WEIGHTS, locate_model
from pullquote.models.onnx import Card, check_files
from pullquote.models.ranker import BUNDLED, BUNDLED_NAME, open_ranker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.judging import NAME_IT, UNUSED_SIDE, unused_sides
from pullquote.upkeep.findings import Finding, State, fine, note, wrong
from pullquote.upkeep.listener import InUse, address, listen
from pullquote.upkeep.records import Records

NEEDED = ("click", "faiss-cpu", "fastapi", "numpy", "onnxruntime", "sentencex", "tokenizers", "uvicorn")
BUILD = "run `pullquote index`"
RECORDS = "name another file with PULLQUOTE_STORE"
REINSTALL = "install Pullquote again with `pip install .`"
COMPLETE = f"{REINSTALL} where an index is to be built"
# What may be missing, and what then does not work.
OPTIONAL = {
    "sentence_transformers": f"a new model cannot be prepared; {COMPLETE}",
    "torch": f"a new model cannot be exported; {COMPLETE}",
    "watchfiles": "`pullquote index --watch` does not work; `pip install watchfiles`",
}


def examine(read: Callable[[], Settings]) -> tuple[Finding, ...]:
    """Look at everything; a fault in one place does not keep the others from being looked at."""
    found = list(_program())
    try:
        settings = read()
    except PullquoteError as error:
        return (wrong("settings", str(error), "correct it; docs/settings.md lists every setting"), *found)
    whole = _opened(settings)
    parts = (
        _corpus, partial(_index, whole), partial(_staleness, whole), partial(_model, whole), _ranker, _reader,
        partial(_fitted, whole), _leftovers, _lock, _room, _rights, _records, _port,
    )  # fmt: skip
    looked = [finding for part in parts for finding in part(settings)]
    return (fine("settings", f"corpus {settings.corpus}, index {settings.index}"), *looked, *found)


def _opened(settings: Settings) -> Generation | None:
    """The generation that would serve, opened and so checked once for all parts, or None where there is none."""
    try:
        return open_index(settings).generation
    except IndexFault:
        return None  # told with the index


def _program() -> Iterator[Finding]:
    versions, missing = [], []
    for name in NEEDED:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield wrong("packages", f"not installed: {', '.join(missing)}", REINSTALL)
    python = f"Python {platform.python_version()}"
    yield fine("versions", f"Pullquote {__version__}, {python} on {sys.platform}, {', '.join(versions)}")
    for module, consequence in OPTIONAL.items():
        if importlib.util.find_spec(module) is None:
            what, _, how = consequence.partition("; ")
            yield note("optional parts", f"{module} is not installed: {what}", how)


def _corpus(settings: Settings) -> Iterator[Finding]:
    try:
        corpus = load_corpus(settings)
    except CorpusError as error:
        yield wrong(
            "corpus", error.found, error.step or "put documents into it, or name another folder with PULLQUOTE_CORPUS"
        )
        return
    yield fine("corpus", f"documents that can be read in {settings.corpus}: {len(corpus.documents)}")
    for file in corpus.skipped:
        whose = "its" if file.reason.startswith("front matter") else "it"
        yield wrong("corpus", f"{file.path} cannot be used: {whose} {file.reason}", "mend the file or take it away")
    for file in corpus.remarks:
        yield note("corpus", f"{file.path} {file.reason}", "look at the file before readers do")
    for path in unused_sides(corpus.documents):
        yield wrong("corpus", f"{path} {UNUSED_SIDE}", NAME_IT)


def _index(whole: Generation | None, settings: Settings) -> Iterator[Finding]:
    try:
        faults = damage(settings, whole)
    except IndexFault as error:
        yield wrong("index", error.found, BUILD)
        return
    for role, fault in faults.items():
        if fault:
            yield wrong("index", f"the {role} generation is damaged: {fault}", BUILD)
        else:
            yield fine("index", f"every file of the {role} generation is what was written")
    if "previous" not in faults:
        yield note("index", "there is one generation only, so nothing to fall back to until the next build")


def _staleness(generation: Generation | None, settings: Settings) -> Iterator[Finding]:
    if generation is None:
        return
    try:
        now = corpus_hashes(settings)
    except CorpusError:
        return  # told by others
    if changed := differing(generation, now):
        shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
        yield wrong("index", f"stale: {shown} changed after it was built", BUILD)
    else:
        yield fine("index", f"built at {generation.card.built_at} from the files as they are now")


def _model(generation: Generation | None, settings: Settings) -> Iterator[Finding]:
    card = generation and generation.card
    exported = _exported(settings, card.encoder) if card else None
    if exported is not None:
        yield exported
    serves = exported is not None and exported.state is State.FINE
    if serves and settings.model == DEFAULT_MODEL and importlib.util.find_spec(DEFAULT_PACKAGE) is None:
        yield note(
            "model", "the one that builds an index is not installed; serving from this one does without it", COMPLETE
        )
    elif settings.model == DEFAULT_MODEL or Path(settings.model).is_dir():  # else it is the hub's, and need not be here
        try:
            yield fine("model", f"{settings.model} has the weights {locate_model(settings.model).identity[:16]}…")
        except EncoderError as error:
            yield wrong("model", error.found, error.step or f"name another with PULLQUOTE_MODEL, then {BUILD}")
            return
    if card and card.model != settings.model:
        found = f"PULLQUOTE_MODEL is {settings.model}, but questions go through {card.model}, which built the index"
        yield wrong("model", found, f"{BUILD}, or set PULLQUOTE_MODEL to {card.model}")


def _exported(settings: Settings, identity: str) -> Finding:
    """What became of the model that questions to the index go through."""
    folder = encoder_folder(settings.index, identity)
    able = all(importlib.util.find_spec(module) for module in ("sentence_transformers", "torch"))
    if folder.is_dir():
        try:
            check_files(folder, Card.read(folder))
        except (IndexFault, EncoderError) as error:
            return wrong("model", error.found, f"delete its folder and {BUILD}")
        return fine("model", f"the exported one in {folder} is what was written")
    if able and identity != DEFAULT_WEIGHTS:
        return note("model", f"none is exported to {folder}: questions go through sentence-transformers, which is slow")
    where = "" if able else " where sentence-transformers and torch are installed, or bring an index built there"
    return wrong("model", f"the exported one, which questions go through, is not in {folder}", BUILD + where)


def _ranker(settings: Settings) -> Iterator[Finding]:
    """The bundled one always, since it also tells sides, and what is set: nothing here asks the hub."""
    off = "" if settings.reranker else "; it is off for answers"
    for named, shown in {
        settings.reranker: f"{settings.reranker} can be used",
        BUNDLED_NAME: f"the bundled one, {BUNDLED}, is what was published{off}",
    }.items():
        try:
            if open_ranker(named):
                yield fine("ranker", shown)
        except EncoderError as error:
            yield wrong("ranker", error.found, error.step or "name another with PULLQUOTE_RERANKER, or set it to off")


def _fitted(generation: Generation | None, settings: Settings) -> Iterator[Finding]:
    if generation is None:
        return
    try:
        ranker = open_ranker(settings.reranker)
    except EncoderError:
        return  # told by others
    try:
        if read_fitted(settings.index, generation.card.encoder, ranker.name if ranker else None):
            yield fine("calibration", "the confidence was fitted with this model and ranker")
    except IndexFault as error:
        yield wrong("calibration", error.found, error.step or BUILD)


def _records(settings: Settings) -> Iterator[Finding]:
    """Where there is no file yet, none is left there."""
    if settings.store is None:
        return
    above = next(folder for folder in settings.store.absolute().parents if folder.exists())
    try:
        if settings.store.exists():
            Records.of(settings)
        else:
            tempfile.TemporaryDirectory(dir=above).cleanup()
        yield fine("records", f"{settings.store} can be used")
    except SettingsError as error:
        yield wrong("records", error.found, error.step or RECORDS)
    except OSError as error:
        yield wrong("records", f"{settings.store} cannot be made ({error.strerror})", RECORDS)


def _reader(settings: Settings) -> Iterator[Finding]:  # noqa: ARG001 -- all parts are asked alike
    try:
        bundled()
        yield fine("reader", "the reader of voices is what was published")
    except EncoderError as error:
        yield wrong("reader", error.found, error.step or REINSTALL)


def _leftovers(settings: Settings) -> Iterator[Finding]:
    if left := leftovers(settings):
        yield note(
            "index",
            f"nothing uses {', '.join(left[:5])}: an interrupted build or a copied index left it",
            "the next `pullquote index` removes it",
        )


def _lock(settings: Settings) -> Iterator[Finding]:
    if is_locked(settings):
        yield note("index", "a process is building it now", "wait for it; the lock goes when that process ends")


def _room(settings: Settings) -> Iterator[Finding]:
    place = next(folder for folder in (settings.index, *settings.index.absolute().parents) if folder.is_dir())
    free, floor = shutil.disk_usage(place).free, settings.min_free_bytes
    if free < floor:
        found = (
            f"{free:,} bytes are free in {place}, fewer than PULLQUOTE_MIN_FREE_BYTES={floor:,}: no build will start"
        )
        yield wrong("disk", found, "make room, or set PULLQUOTE_INDEX to a folder on another disk")
    else:
        yield fine("disk", f"{free / 1e9:,.{1 if free < 10e9 else 0}f} GB are free in {place}")


def _rights(settings: Settings) -> Iterator[Finding]:
    if settings.index.is_dir() and not os.access(settings.index, os.W_OK | os.X_OK):
        step = "let this user write to it where it is to build; serving needs no more than reading"
        yield note("permissions", f"{settings.index} cannot be written to by this user", step)
    for folder in (settings.index, settings.corpus):
        if folder.is_dir() and folder.stat().st_mode & 0o002:
            found = f"every user of this machine may write to {folder}, and so put words into the sources' mouths"
            yield wrong("permissions", found, f"run `chmod o-w {folder}`")


def _port(settings: Settings) -> Iterator[Finding]:
    place = address(settings.host, settings.port)
    try:
        listen(settings.host, settings.port).close()
        yield fine("port", f"{place} is free")
    except InUse as error:
        found = f"{place} is in use, by a running Pullquote or by something else"
        yield note("port", found, f"nothing, where that is Pullquote; else {error.step}")
    except SettingsError as error:
        yield wrong("port", error.found, error.step or "correct PULLQUOTE_HOST")
