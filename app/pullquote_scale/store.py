"""Generations in an object store or on a shared folder: pushed by who builds, pulled and checked by each replica that serves.

Below the address lie `generations/NAME/` as in an index folder, `beside/SHA256` (what belongs to no generation: what was
fitted, an exported model), and MANIFEST.json, which is written last.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pullquote.corpus.files import make_folder, only_writer, sync_folder
from pullquote.errors import (
    IndexCorrupt,
    IndexFault,
    IndexFull,
    IndexLocked,
    SettingsError,
    StoreFault,
)
from pullquote.index.files import Stamp, json_bytes, read_regular, write_durably
from pullquote.index.layout import (
    FORMAT,
    MAX_CARD,
    MAX_MANIFEST,
    Layout,
    mark_of,
    publish,
    read_manifest,
    sweep,
)
from pullquote.models.encoder import encoder_folder
from pullquote.settings import Address, Settings

RETIRED_SECONDS = 3_600.0  # how long the store keeps what its manifest no longer names: some replica may be copying it
PIECE = 8_388_608  # bytes held in memory of a file on its way
DRAFT = ".pulling-"  # how the folder of a generation that is on its way begins; what is whole in it is not copied again
MANIFEST, RETIRED, CARD = "MANIFEST.json", "retired.json", "generation.json"
GONE, DAMAGED = "the store of generations cannot be used", "the store of generations is damaged"
EMPTY, OTHER = "the store of generations is empty", "the store of generations is of another version"
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_HOW = {
    "NotFoundError": "it is not there", "PermissionDeniedError": "the keys do not permit this",
    "UnauthenticatedError": "the keys are refused",
}  # fmt: skip
Pair = Mapping[str, str]  # as a manifest names a generation: its name, and its card's SHA-256


class Store:
    """What lies below an address.

    Raises:
        StoreFault: wherever it cannot be used; its message never holds a key.
        SettingsError: the library that speaks to stores is not installed.
    """

    def __init__(self, address: Address) -> None:
        try:
            from obstore.store import LocalStore, from_url  # where it is used: it is an extra
        except ImportError as error:
            raise SettingsError(
                "an index at an address needs obstore; run `pip install 'pullquote[s3]'`"
            ) from error
        self.address = address
        # A read that stalls is given up; how long a whole file takes, nobody knows. Plain HTTP is for endpoints that say so.
        limits = {"timeout": "6h", "connect_timeout": "5s", "read_timeout": "20s"}
        client = {**limits, "allow_http": True}
        retry = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
        with self._usable(""):
            if address.scheme == "file":
                folder = Path(unquote(urlsplit(address.url).path))
                # Nor is it made: it may be the place of a share that is not mounted.
                if not folder.is_dir():
                    raise FileNotFoundError(errno.ENOENT, "there is no such folder")
                self._store: Any = LocalStore(folder, automatic_cleanup=True)
            else:
                self._store = from_url(address.url, client_options=client, retry_config=retry)

    @contextmanager
    def _usable(self, path: str) -> Iterator[None]:
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, ValueError, OSError) as error:
            kind = type(error).__name__  # its words may hold what was asked with
            how = getattr(error, "strerror", None) or _HOW.get(
                kind, f"it cannot be reached: {kind}"
            )
            where = f"{self.address}/{path}".rstrip("/")
            raise StoreFault(
                f"{where} cannot be used ({how}); check that it exists and that its keys are set",
                GONE,
            ) from None

    def damaged(self, path: str) -> StoreFault:
        """What is said of a file that is not what was written."""
        state = f"{self.address}/{path} is not what was written there, or only a part of it"
        return StoreFault(f"{state}; run `pullquote index --force` where the corpus is", DAMAGED)

    def read(self, path: str, limit: int) -> bytes | None:
        """A small file whole, or None where there is none."""
        from obstore.exceptions import NotFoundError

        with self._usable(path):
            try:
                result = self._store.get(path)
            except (NotFoundError, FileNotFoundError):
                return None
            if result.meta["size"] <= limit:
                return bytes(result.bytes())
        raise self.damaged(path)

    def copy(self, path: str, target: Path, stamp: Stamp) -> None:
        """Copy a file here, durably; only what is as the stamp says stays."""
        digest, size = hashlib.sha256(), 0
        try:
            with target.open("wb") as file:
                with self._usable(path):
                    pieces = iter(self._store.get(path).stream(PIECE))
                while size <= stamp.size:
                    with self._usable(path):
                        piece = next(pieces, None)
                    if piece is None:
                        break
                    digest.update(piece)
                    size += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if Stamp(size, digest.hexdigest()) != stamp:
                raise self.damaged(path)  # noqa: TRY301 (it goes as what is cut short does)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def put(self, path: str, content: bytes | Path) -> int:
        """Write a file whole, in one step; its bytes."""
        with self._usable(path):
            self._store.put(path, content)
        return len(content) if isinstance(content, bytes) else content.stat().st_size

    def sizes(self, folder: str) -> dict[str, int]:
        """The bytes of all files below a folder, by path."""
        with self._usable(folder):
            return {entry["path"]: entry["size"] for entry in self._store.list(folder).collect()}

    def remove(self, paths: Sequence[str]) -> None:
        """Remove files, in this order; one that is gone already is fine."""
        for path in paths:
            with suppress(StoreFault), self._usable(path):
                self._store.delete(path)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A generation by its card, which lists its files and the generations whose files it goes on using."""

    name: str
    card: bytes
    files: Mapping[str, Stamp]
    bases: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, pair: Pair, read: Callable[[str, int], bytes | None]) -> "_Listed | None":
        """By the card that `read` finds at a path, or None where it is not the one that the pair names."""
        try:
            name, sha256 = pair["generation"], pair["sha256"]
            if not _NAME.fullmatch(name):
                return None
            card = read(f"generations/{name}/{CARD}", MAX_CARD) or b""
            if Stamp.of(card).sha256 != sha256:
                return None
            facts = json.loads(card)
            files = {file: Stamp(**stamp) for file, stamp in facts["files"].items()}
            bases = tuple((str(base), str(sha)) for base, sha in facts.get("bases") or ())
            fits = all(map(_NAME.fullmatch, files)) and CARD not in files
            return cls(name, card, files, bases) if fits else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def path(self, file: str) -> str:
        """Where a file of it lies, below an index folder or a store."""
        return f"generations/{self.name}/{file}"


def _all_of(pair: Pair, read: Callable[[str, int], bytes | None]) -> list[_Listed]:
    """A generation after those whose files it uses.

    Raises:
        IndexCorrupt: the card of one is missing or altered.
    """
    last = _Listed.read(pair, read)
    pairs = [{"generation": base, "sha256": sha} for base, sha in last.bases] if last else []
    listed = [*(_Listed.read(base, read) for base in pairs), last]
    valid = [generation for generation in listed if generation]
    if len(valid) < len(listed):
        raise IndexCorrupt(
            f"the card of generation {pair.get('generation')}, or of one that it uses, is not what was written"
        )
    return valid


def _here(root: Layout) -> Callable[[str, int], bytes | None]:
    return lambda path, limit: read_regular(root.root / path, limit)


def held_in(root: Layout) -> dict[str, Any]:
    """The manifest of the folder here; empty where there is none that can be used."""
    with suppress(IndexFault):
        return read_manifest(root)
    return {}


def _read_manifest(store: Store) -> dict[str, Any]:
    """The manifest of a store.

    Raises:
        StoreFault: nothing was pushed yet, or what was is damaged or of another format.
    """
    content = store.read(MANIFEST, MAX_MANIFEST)
    if content is None:
        raise StoreFault(
            f"there is no index at {store.address}; run `pullquote index` where the corpus is",
            EMPTY,
        )
    try:
        manifest = json.loads(content)
        beside = {path: Stamp(**stamp) for path, stamp in manifest.get("beside", {}).items()}
        apart = all(_NAME.fullmatch(name) for path in beside for name in path.split("/"))
        if (
            manifest["format"] == FORMAT
            and set(manifest["current"]) == {"generation", "sha256"}
            and apart
        ):
            return dict(manifest) | {"beside": beside}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise store.damaged(MANIFEST) from None
    raise StoreFault(
        f"{store.address}/{MANIFEST} is of another format; run the same version everywhere", OTHER
    )


def manifest_before(store: Store) -> dict[str, Any]:
    """The same for who writes a new one: empty where there is none that can be read."""
    try:
        return _read_manifest(store)
    except StoreFault as fault:
        if fault.reason == GONE:
            raise
        return {}


def newest_in(settings: Settings) -> str:
    """The name of the generation that is current in the store.

    Raises:
        StoreFault: the store cannot be used, or nothing was pushed yet.
    """
    assert settings.files
    return str(_read_manifest(Store(settings.files))["current"]["generation"])


# Pushing
def push(settings: Settings) -> tuple[int, int]:
    """Send the current generation, and what belongs to it, to the store: how many files and bytes that took.

    What is there already is not sent again; the manifest is written last. What none has named for RETIRED_SECONDS goes.

    Raises:
        StoreFault: the store cannot be used; what was sent so far is not sent again.
        IndexFault: there is no index here, or it is damaged.
    """
    assert settings.files
    store, root = Store(settings.files), Layout(settings.index)
    with only_writer(root.lock):
        pair = read_manifest(root)["current"]
        remote, listed = manifest_before(store), _all_of(pair, _here(root))
        sent = [size for generation in listed for size in _send(store, root, generation)]
        beside = _beside(root, json.loads(listed[-1].card)["encoder"])
        have = store.sizes("beside")
        for path, stamp in beside.items():
            if have.get(f"beside/{stamp.sha256}") != stamp.size:
                sent.append(store.put(f"beside/{stamp.sha256}", root.root / path))
        before = remote.get("current") if remote.get("current") != pair else remote.get("previous")
        stamps = {path: asdict(stamp) for path, stamp in beside.items()}
        pairs = {"current": pair, "previous": before}
        manifest = {"format": FORMAT, **pairs, "beside": stamps}
        _swap(store, manifest)
    return len(sent), sum(sent)


def _send(store: Store, root: Layout, generation: _Listed) -> Iterator[int]:
    """Send what of a generation is not there, its card last: where that is, all is."""
    if store.read(generation.path(CARD), MAX_CARD) == generation.card:
        return
    have = store.sizes(f"generations/{generation.name}")
    for file, stamp in generation.files.items():
        if have.get(generation.path(file)) != stamp.size:
            yield store.put(generation.path(file), root.root / generation.path(file))
    yield store.put(generation.path(CARD), generation.card)


def _beside(root: Layout, encoder: str) -> dict[str, Stamp]:
    """What a replica needs beside a generation: what was fitted, and the exported model."""
    paths = [
        root.calibration,
        root.pointed_calibration,
        *encoder_folder(root.root, encoder).glob("*"),
    ]
    files = {
        path.relative_to(root.root).as_posix(): path for path in sorted(paths) if path.is_file()
    }
    return {name: _stamp(path) for name, path in files.items()}


def _stamp(path: Path) -> Stamp:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Stamp(file.tell(), digest.hexdigest())


def _swap(store: Store, manifest: dict[str, Any]) -> None:
    """Write the manifest, then remove what no manifest has named for a while; when it was first unnamed is kept beside it."""
    keep = {f"beside/{stamp['sha256']}" for stamp in manifest["beside"].values()}
    for role in ("current", "previous"):
        with suppress(IndexCorrupt):  # one that is damaged has no bases that could be known
            pair = manifest[role] or {}
            keep.add(f"generations/{pair.get('generation')}")
            keep |= {f"generations/{generation.name}" for generation in _all_of(pair, store.read)}
    paths = [*store.sizes("generations"), *store.sizes("beside")]
    owners = {path: "/".join(path.split("/")[:2]) for path in paths}
    store.put(MANIFEST, json_bytes(manifest))
    now, since = time.time(), _retired(store)
    retired = {owner: since.get(owner, now) for owner in owners.values() if owner not in keep}
    gone = {owner for owner, when in retired.items() if now - when > RETIRED_SECONDS}
    store.put(
        RETIRED, json_bytes({owner: when for owner, when in retired.items() if owner not in gone})
    )
    # The card first: where it is, all of the generation is.
    store.remove(
        sorted(
            (path for path in paths if owners[path] in gone),
            key=lambda path: not path.endswith(CARD),
        )
    )


def _retired(store: Store) -> dict[str, float]:
    """When what lies in the store was first found unnamed; what cannot be read begins anew."""
    try:
        return {
            owner: float(when)
            for owner, when in json.loads(store.read(RETIRED, MAX_CARD) or b"{}").items()
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def retained(settings: Settings) -> set[str]:
    """The marks of the shards in the store, which replicas may serve a while longer than it names them; none without a store.

    Raises:
        StoreFault: it cannot be used.
    """
    if settings.files is None:
        return set()
    store = Store(settings.files)
    cards = [
        (path, store.read(path, MAX_CARD))
        for path in store.sizes("generations")
        if path.endswith(f"/{CARD}")
    ]
    return {mark_of(path.split("/")[1], Stamp.of(card).sha256) for path, card in cards if card}


# Pulling
def pull(settings: Settings, *, leave: StoreFault | None = None) -> bool:
    """Copy the store's current generation here where it is not, check every file, then make it the current one; whether it did.

    What is here already is not copied again, nor what an interrupted pull left whole. Where nothing is here and the
    current one is damaged, the one before is taken. Where that one was found damaged, `leave` is raised again at once.

    Raises:
        StoreFault: the store cannot be used, or what it holds; the folder here is as it was.
        IndexFull: this disk has too little room.
    """
    assert settings.files
    store, root = Store(settings.files), Layout(settings.index)
    remote = _read_manifest(store)
    if remote["current"] == held_in(root).get("current"):
        return False
    if leave and leave.generation == remote["current"]["generation"]:
        raise leave.with_traceback(None)
    make_folder(root.root)
    with suppress(IndexLocked), only_writer(root.lock):  # another process on this folder does it
        if (before := held_in(root).get("current")) == remote["current"]:
            return False
        pair = _take_newest(settings, store, remote, alone=before is None)
        _make_current(root, pair, before)
        return True
    return False


def _take_newest(
    settings: Settings, store: Store, remote: Mapping[str, Any], *, alone: bool
) -> Pair:
    """Copy the current generation, or, where there is nothing here and it is damaged, the one before; which it was."""
    pair: Pair = remote["current"]
    try:
        _take(settings, store, pair, remote["beside"])
    except StoreFault as fault:
        fault.generation = pair["generation"] if fault.reason == DAMAGED else None
        if not (fault.generation and alone and remote.get("previous")):
            raise
        pair = remote["previous"]
        _take(settings, store, pair, remote["beside"])
    return pair


def _take(settings: Settings, store: Store, pair: Pair, beside: Mapping[str, Stamp]) -> None:
    """Copy a generation and what belongs to it, as far as it is not here."""
    root = Layout(settings.index)
    try:
        listed = _all_of(pair, store.read)
    except IndexCorrupt:
        raise store.damaged(f"generations/{pair.get('generation')}/{CARD}") from None
    missing = [generation for generation in listed if not _is_here(root, generation)]
    size = sum(stamp.size for generation in missing for stamp in generation.files.values())
    free = shutil.disk_usage(root.root).free
    if missing and free < size + settings.min_free_bytes:
        raise IndexFull(
            f"the newest generation needs {size:,} bytes, but only {free:,} are free in {root.root}; make room"
        )
    for generation in missing:
        _fetch(store, root, generation)
    for path, stamp in beside.items():
        target = root.root / path
        if not (target.is_file() and _stamp(target) == stamp):
            make_folder(target.parent)
            draft = target.with_name(f"{DRAFT}{target.name}")
            store.copy(f"beside/{stamp.sha256}", draft, stamp)
            draft.replace(target)
    for fitted in (root.calibration, root.pointed_calibration):
        if fitted.name not in beside:
            fitted.unlink(missing_ok=True)


def _is_here(root: Layout, generation: _Listed) -> bool:
    """Whether a generation is in the folder here; its files were checked before it came there."""
    card = root.root / generation.path(CARD)
    return card.is_file() and card.read_bytes() == generation.card


def _fetch(store: Store, root: Layout, generation: _Listed) -> None:
    """Copy a generation's files into a folder aside, and rename that when all are there and checked."""
    draft, final = (
        root.generations / f"{DRAFT}{generation.name}",
        root.generations / generation.name,
    )
    make_folder(draft)
    for file, stamp in generation.files.items():
        path = draft / file
        if not (path.is_file() and path.stat().st_size == stamp.size and _stamp(path) == stamp):
            store.copy(generation.path(file), path, stamp)
    (draft / CARD).unlink(missing_ok=True)
    write_durably(draft / CARD, generation.card)
    sync_folder(draft)
    shutil.rmtree(final, ignore_errors=True)  # whatever is there has another card
    draft.rename(final)
    sync_folder(root.generations)


def _make_current(root: Layout, pair: Pair, before: Pair | None) -> None:
    """Swap the manifest here; then what neither generation uses goes. Who serves from it keeps what it has open."""
    pairs = [pair, *([before] if before else [])]
    current, *previous = [(entry["generation"], entry["sha256"]) for entry in pairs]
    publish(root, current, previous[0] if previous else None)
    keep = {entry["generation"] for entry in pairs}
    for entry in pairs:
        with suppress(IndexFault):
            keep |= {listed.name for listed in _all_of(entry, _here(root))}
    sweep(root, sorted(keep))
