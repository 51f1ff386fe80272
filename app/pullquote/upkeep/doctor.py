"""The doctor: looks at an installation from settings to port and says what is wrong, and what to do next."""

import asyncio
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from pullquote import __version__
from pullquote.answers.confidence import read_fitted
from pullquote.answers.pointing import open_pointing
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.extractors import extractor_version
from pullquote.corpus.folder import folder_hashes
from pullquote.errors import CorpusError, EncoderError, IndexFault, PullquoteError, SettingsError
from pullquote.index import current_name, damage, differing, is_locked, leftovers, open_index
from pullquote.index.engine import open_store
from pullquote.index.generation import Generation
from pullquote.models.encoder import (
    DEFAULT_MODEL,
    DEFAULT_WEIGHTS,
    INSTALL,
    bundled_encoder,
    encoder_folder,
)
from pullquote.models.interaction import Interaction
from pullquote.models.onnx import ModelCard, check_files, other_models
from pullquote.models.ranker import BUNDLED, NAMES, OnnxJudge, OnnxRanker, open_ranker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.judging import NAME_IT, UNUSED_SIDE, unused_sides
from pullquote.upkeep.counts import reached
from pullquote.upkeep.indexing import demonstration
from pullquote.upkeep.listening import InUse, address, listen
from pullquote.upkeep.records import Records

NEEDED = "click faiss-cpu fastapi numpy onnxruntime sentencex tokenizers uvicorn".split()  # noqa: SIM905
BUILD = "run `pullquote index`"
REINSTALL = "install Pullquote again with `pip install --editable .` in a checkout, else with `pip install pullquote`"
COMPLETE = f"nothing, unless you want PULLQUOTE_MODEL or PULLQUOTE_RERANKER to name your own model: then `{INSTALL}`"
# What may be missing, and what then does not work.
OPTIONAL = {
    "sentence_transformers": ("no model but the bundled ones can be used", COMPLETE),
    "watchfiles": ("`pullquote index --watch` does not work", "`pip install watchfiles`"),
}


class State(StrEnum):
    """How bad a finding is: to be mended, worth knowing, nothing to do."""

    WRONG = "wrong"
    NOTE = "note"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do about it."""

    subject: str
    found: str
    step: str | None = None
    state: State = State.FINE

    @property
    def text(self) -> str:
        """As a line or two to read."""
        mark = {State.FINE: "ok   ", State.NOTE: "note ", State.WRONG: "WRONG"}[self.state]
        step = f"\n      Next: {self.step}." if self.step else ""
        return f"{mark} {self.subject}: {self.found}{step}"


note, wrong = (partial(Finding, state=state) for state in (State.NOTE, State.WRONG))


def report(findings: tuple[Finding, ...]) -> str:
    """The findings as text, what is wrong first, and a verdict."""
    wrongs = sum(finding.state is State.WRONG for finding in findings)
    verdict = (
        f"{wrongs} thing{'s are' if wrongs > 1 else ' is'} wrong."
        if wrongs
        else "Nothing is wrong."
    )
    ranked = sorted(findings, key=lambda finding: list(State).index(finding.state))
    return "\n".join([*(finding.text for finding in ranked), "", verdict])


def wire(findings: tuple[Finding, ...]) -> dict[str, object]:
    """The findings for a program."""
    return {"healthy": healthy(findings), "findings": [asdict(finding) for finding in findings]}


def healthy(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.state is not State.WRONG for finding in findings)


def examine(read: Callable[[], Settings]) -> tuple[Finding, ...]:
    """Look at everything; a fault in one place does not keep the others from being looked at."""
    program = tuple(_program())
    try:
        settings = read()
    except PullquoteError as error:
        return (
            wrong("settings", str(error), "correct it; docs/settings.md lists every setting"),
            *program,
        )
    demo = demonstration(settings)
    settings, serving = demo or settings, None
    with suppress(IndexFault):  # told with the index
        serving = open_index(settings).generation
    findings = (
        finding
        for look, subject, step in _looks(settings, serving, has_corpus=demo is None)
        for finding in _unless(look, subject, step)
    )
    of_settings = Finding("settings", f"corpus {settings.corpus}, index {settings.index}")
    return (of_settings, *findings, *program)


def _looks(
    settings: Settings, serving: Generation | None, *, has_corpus: bool
) -> Iterator[tuple[Iterable[Finding], str, str]]:
    """Each look with its subject, and the next step where an error ends it."""
    more = "put documents into it, or name another folder with PULLQUOTE_CORPUS"
    yield _corpus(settings, serving), "corpus", more
    if not has_corpus:
        yield _demonstrated(serving), "corpus", BUILD
    if serving or has_corpus:
        yield _index(settings, serving), "index", BUILD
    yield _engine(settings, serving), "engine", f"start it, or {BUILD}"
    yield _store(settings), "store of generations", "correct PULLQUOTE_INDEX"
    yield _exported(settings, serving), "model", f"delete its folder and {BUILD}"
    yield _model(settings, serving), "model", f"name another with PULLQUOTE_MODEL, then {BUILD}"
    yield _ranker(settings), "ranker", "name another with PULLQUOTE_RERANKER, or set it to off"
    both = "correct PULLQUOTE_LLM_URL and PULLQUOTE_LLM_MODEL, or set neither"
    yield _pointer(settings), "language model", both
    yield _reader(), "reader", REINSTALL
    yield _fitted(settings, serving), "calibration", BUILD
    yield _folders(settings), "index", BUILD
    yield _permissions(settings), "permissions", "let this user read both folders"
    yield _records(settings), "records", "name another file with PULLQUOTE_STORE"
    yield _state(settings), "limits", "correct PULLQUOTE_STATE"
    yield _port(settings), "port", "correct PULLQUOTE_HOST"


def _demonstrated(serving: Generation | None) -> Iterator[Finding]:
    """That a newcomer's questions are answered from the debate that comes with pullquote."""
    later = "" if serving else ", which is indexed when you ask the first one"
    state = f"there is none yet, so questions go to the demonstration{later}"
    yield note(
        "corpus", state, "put documents of your own into corpus/NAME/ and run `pullquote index`"
    )


def _unless(look: Iterable[Finding], subject: str, step: str) -> Iterator[Finding]:
    try:
        yield from look
    except PullquoteError as error:
        yield wrong(subject, error.found, error.step or step)


def _program() -> Iterator[Finding]:
    packages = {
        name: next(iter(importlib.metadata.Distribution.discover(name=name)), None)
        for name in NEEDED
    }
    if missing := [name for name, package in packages.items() if package is None]:
        yield wrong("packages", f"not installed: {', '.join(missing)}", REINSTALL)
    python = f"Python {platform.python_version()} on {sys.platform}"
    versions = ", ".join(
        f"{name} {package.version}" for name, package in packages.items() if package
    )
    yield Finding("versions", f"Pullquote {__version__}, {python}, {versions}")
    for module, (purpose, how) in OPTIONAL.items():
        if importlib.util.find_spec(module) is None:
            yield note("optional parts", f"{module} is not installed: {purpose}", how)


def _corpus(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    corpus = load_corpus(settings, kept=serving.taken_out if serving else lambda sha256: None)
    yield Finding("corpus", f"readable documents in {settings.corpus}: {len(corpus.documents)}")
    for file in corpus.skipped:
        whose = "its" if file.reason.startswith("front matter") else "it"
        yield wrong(
            "corpus",
            f"{file.path} cannot be used: {whose} {file.reason}",
            "fix the file or remove it",
        )
    for file in corpus.remarks:
        yield note("corpus", f"{file.path} {file.reason}", "check the file before readers see it")
    for document in corpus.documents:
        yield from _taken_out(document)
    for path in unused_sides(corpus.documents):
        yield wrong("corpus", f"{path} {UNUSED_SIDE}", NAME_IT)


def _taken_out(document: Document) -> Iterator[Finding]:
    """What was left out of a text that was taken out of a file, and whether a newer extractor would read it anew."""
    origin = document.origin
    if origin and origin.left_out:
        yield Finding(
            "corpus", f"{document.path}: left out of its text: {', '.join(origin.left_out)}"
        )
    now = extractor_version(document.path) if origin else ""
    if origin and now and now != origin.extractor:
        step = "run `pullquote index --again`, which lists the sentences that change"
        yield note(
            "corpus",
            f"{document.path} was read by “{origin.extractor}”; this version has “{now}”",
            step,
        )


def _index(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    faults = damage(settings)
    for role, fault in faults.items():
        if fault:
            yield wrong("index", f"the {role} generation is damaged: {fault}", BUILD)
        else:
            yield Finding("index", f"every file of the {role} generation is intact")
    if "previous" not in faults:
        yield note(
            "index",
            "there is only one generation, so there is nothing to fall back to until the next build",
        )
    with suppress(CorpusError):  # told with the corpus
        changed = differing(serving, folder_hashes(settings, {})[0]) if serving else ()
        listed = ", ".join(changed[:5]) + (
            f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        )
        if changed:
            yield wrong("index", f"stale: {listed} changed after it was built", BUILD)
        elif serving:
            yield Finding("index", f"built at {serving.card.built_at}; no file has changed since")


def _engine(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    """What finds passages, where others run it; its own files were looked at as the index."""
    if settings.engine and serving:
        serving.check_engine()
        yield Finding(
            "engine", f"{settings.engine} answers, and holds generation {serving.card.name}"
        )


def _store(settings: Settings) -> Iterator[Finding]:
    """Whether what is newest in the store is here."""
    if store := open_store(settings):
        newest = store.newest(settings)
        if newest == current_name(settings):
            yield Finding(
                "store of generations",
                f"{settings.files} can be used, and its newest generation is here",
            )
        else:
            state = (
                f"{settings.files} can be used, but its newest generation, {newest}, is not here"
            )
            yield note(
                "store of generations",
                state,
                "run `pullquote serve`, which pulls it, or `pullquote index` to push",
            )


def _exported(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    """What became of the model that questions to the index go through."""
    if serving is None:
        return
    if serving.card.encoder == DEFAULT_WEIGHTS:
        bundled_encoder()
        yield Finding(
            "model", "the bundled encoder, which questions go through, is what was published"
        )
        return
    folder = encoder_folder(settings.index, serving.card.encoder)
    able = all(importlib.util.find_spec(module) for module in ("sentence_transformers", "torch"))
    if folder.is_dir():
        check_files(folder, ModelCard.read(folder))
        yield Finding("model", f"the exported one in {folder} is what was written")
    elif able:
        yield note(
            "model",
            f"it was not exported to {folder}: questions go through sentence-transformers, which is slow",
        )
    else:
        where = (
            " where sentence-transformers and torch are installed, or bring an index built there"
        )
        yield wrong(
            "model",
            f"the exported one, which questions go through, is not in {folder}",
            BUILD + where,
        )


def _model(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    """The model that builds an index; one of the hub's need not be here."""
    card = serving and serving.card
    if settings.model != DEFAULT_MODEL and Path(settings.model).is_dir():
        yield Finding(
            "model",
            f"{settings.model} has the weights {other_models().locate_model(settings.model).identity[:16]}…",
        )
    if card and card.model != settings.model:
        mismatch = f"PULLQUOTE_MODEL is {settings.model}, but questions go through {card.model}, which built the index"
        yield wrong("model", mismatch, f"{BUILD}, or set PULLQUOTE_MODEL to {card.model}")


def _ranker(settings: Settings) -> Iterator[Finding]:
    """The one that is set, those bundled with pullquote, the judge of stance, and the late interaction: nothing here asks the hub."""
    off = "" if settings.reranker else "; answers do not use one"
    if settings.reranker and open_ranker(settings.reranker):
        yield Finding("ranker", f"{settings.reranker} can be used")
    for folder in NAMES.values():
        OnnxRanker.open(folder)
    OnnxJudge.open()
    Interaction.open()
    yield Finding(
        "ranker",
        f"those bundled with pullquote, in {BUNDLED.parent}, are what was published{off}",
    )


def _pointer(settings: Settings) -> Iterator[Finding]:
    """The language model that points, which is not asked here: that may cost."""
    if settings.llm_url:
        open_pointing(settings)
        state = f"{settings.llm_model} at {settings.llm_url} receives each question and the quotes found for it"
        yield note(
            "language model",
            state,
            "tell readers; docs/doors.md says what leaves this machine",
        )


def _reader() -> Iterator[Finding]:
    bundled()
    yield Finding("reader", "the reader of voices is what was published")


def _fitted(settings: Settings, serving: Generation | None) -> Iterator[Finding]:
    with suppress(EncoderError):  # told with the ranker
        ranker = open_ranker(settings.reranker)
        if serving and read_fitted(
            settings.index, serving.card.encoder, ranker.name if ranker else None
        ):
            yield Finding("calibration", "the confidence was fitted with this model and ranker")
        pointer = settings.llm_model if settings.llm_url else None
        if pointer and serving:
            fitted = read_fitted(
                settings.index, serving.card.encoder, ranker.name if ranker else None, pointer
            )
            state = (
                "was fitted with it"
                if fitted
                else "was not fitted with it: `pullquote eval DIR --fit` does"
            )
            yield Finding("language model", f"the confidence {state}")


def _folders(settings: Settings) -> Iterator[Finding]:
    """The folder of the index: what is left in it, and the room there is."""
    if left := leftovers(settings):
        fault = f"nothing uses {', '.join(left[:5])}: they are left over from an interrupted build or a copied index"
        yield note("index", fault, "the next `pullquote index` removes them")
    if is_locked(settings):
        yield note(
            "index",
            "another process is building it now",
            "wait; the lock is released when that process ends",
        )
    existing = next(
        folder for folder in (settings.index, *settings.index.absolute().parents) if folder.is_dir()
    )
    free, floor = shutil.disk_usage(existing).free, settings.min_free_bytes
    if free < floor:
        fewer = f"less than PULLQUOTE_MIN_FREE_BYTES={floor:,}: no build will start"
        fault = f"{free:,} bytes are free in {existing}, {fewer}"
        yield wrong("disk", fault, "make room, or set PULLQUOTE_INDEX to a folder on another disk")
    else:
        yield Finding(
            "disk", f"{free / 1e9:,.{1 if free < 10e9 else 0}f} GB are free in {existing}"
        )


def _permissions(settings: Settings) -> Iterator[Finding]:
    """Who may write to the folders of index and corpus."""
    if settings.index.is_dir() and not os.access(settings.index, os.W_OK | os.X_OK):
        step = "let this user write to it if it builds indexes; serving only reads"
        yield note("permissions", f"{settings.index} cannot be written to by this user", step)
    for folder in (settings.index, settings.corpus):
        if folder.is_dir() and folder.stat().st_mode & 0o002:
            fault = f"every user of this machine can write to {folder}, and so put words into the sources' mouths"
            yield wrong("permissions", fault, f"run `chmod o-w {folder}`")


def _records(settings: Settings) -> Iterator[Finding]:
    """Where there is no file yet, none is left there."""
    if isinstance(settings.store, Path) and not settings.store.exists():
        above = next(folder for folder in settings.store.absolute().parents if folder.exists())
        try:
            tempfile.TemporaryDirectory(dir=above).cleanup()
        except OSError as error:
            raise SettingsError(f"{settings.store} cannot be made ({error.strerror})") from error
    else:
        Records.of(settings).counts()
    if settings.store:
        yield Finding("records", f"{settings.store} can be used")


def _state(settings: Settings) -> Iterator[Finding]:
    if settings.state and asyncio.run(reached(settings)):
        yield Finding("limits", f"replicas share their counts at {settings.state}")
    elif settings.state:
        fault = f"{settings.state} cannot be reached: each replica counts on its own"
        yield wrong("limits", fault, "start that server, or correct PULLQUOTE_STATE")


def _port(settings: Settings) -> Iterator[Finding]:
    listening = address(settings.host, settings.port)
    try:
        listen(settings.host, settings.port).close()
        yield Finding("port", f"{listening} is free")
    except InUse as error:
        state = f"{listening} is in use, by a running Pullquote or another program"
        yield note("port", state, f"nothing, if that is Pullquote; otherwise {error.step}")
