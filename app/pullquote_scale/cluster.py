"""Building on a Ray cluster: the parts of an index are made by workers that share the folders of the corpus and of the index."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pullquote.corpus.corpus import DocumentLoader, Entry
from pullquote.errors import PullquoteError, SettingsError
from pullquote.index.parts import (
    Advance,
    Encoded,
    Load,
    Models,
    Work,
    make_part,
    make_parts,
    part_file,
)
from pullquote.index.plan import EncodedBefore
from pullquote.models.encoder import prepare_encoder
from pullquote.models.interaction import bundled as interaction
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.voice.book import line_of

Row = dict[str, Any]


def over_ray(address: str, settings: Settings) -> Work:
    """What spreads parts over the workers of a Ray cluster; `local` starts one on this machine.

    Raises:
        SettingsError: Ray is not installed, or no cluster answers there.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    try:
        import ray
    except ImportError as error:
        raise SettingsError("Ray is not installed; run `pip install 'pullquote[ray]'`") from error
    try:
        ray.init(address, ignore_reinit_error=True, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise SettingsError(
            f"no Ray cluster answers at {address} ({error}); start one, or use `local`"
        ) from error
    absolute = replace(settings, corpus=settings.corpus.absolute(), index=settings.index.absolute())
    return partial(_spread, absolute)


def _spread(
    settings: Settings, lots: Mapping[str, Sequence[Entry]], load: Load, makers: Models, known: Encoded, folder: Path,
    advance: Advance,
) -> None:  # fmt: skip
    """Have each part made by a worker, but those of texts that were taken out of their files before, which lie here.

    Raises:
        SettingsError: the workers are of another program or model.
        PullquoteError: what a worker raised.
    """
    local_lots = {key: lot for key, lot in lots.items() if _taken_out(load, lot)}
    remote_lots = {key: lot for key, lot in lots.items() if key not in local_lots}
    if remote_lots:
        for key in _made(remote_lots, Worker, (settings, makers.identity, folder.absolute())):
            advance(sum(entry.size for entry in remote_lots[key]))
    if local_lots:
        make_parts(local_lots, load, makers, known, folder, advance)


def _made(
    lots: Mapping[str, Sequence[Entry]], worker: type, arguments: tuple[Any, ...]
) -> Iterator[str]:
    """The keys of the parts as they are made; a worker that dies is started again, and does again what it had not done."""
    import ray
    from ray.data import ActorPoolStrategy, DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    rows = [{"key": key, "lot": json.dumps(lot)} for key, lot in lots.items()]
    workers = max(1, min(len(rows), int(ray.cluster_resources().get("CPU", 1))))
    results = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        worker,
        fn_constructor_args=arguments,
        batch_size=1,
        num_cpus=1,
        compute=ActorPoolStrategy(size=workers),
    )
    try:
        for row in results.iter_rows():
            yield str(row["key"])
    except ray.exceptions.RayError as error:
        raise _cause(error) from error


def _cause(error: BaseException) -> BaseException:
    """What went wrong in a worker, where it is an error of ours."""
    at: BaseException | None = error
    while at is not None and not isinstance(at, PullquoteError):
        at = getattr(at, "cause", None) or at.__cause__
    return at or SettingsError(
        f"the Ray cluster failed ({str(error).strip().rpartition(chr(10))[2]}); run the command again: it continues where it stopped"
    )


def _taken_out(load: Load, lot: Sequence[Entry]) -> bool:
    return isinstance(load, DocumentLoader) and any(
        load.kept(entry.sha256) is not None for entry in lot
    )


class Worker:
    """A worker with the models opened, for one part at a time."""

    def __init__(self, settings: Settings, identity: str, folder: Path) -> None:
        encoder = prepare_encoder(settings.model, settings.index)
        self._makers = Models(encoder, interaction(), partial(line_of, bundled()))
        if self._makers.identity != identity:
            raise SettingsError(
                "a worker of the Ray cluster has another version of pullquote or of the model; install the same"
            )
        self._load = DocumentLoader(settings, lambda sha256: None)
        self._known = EncodedBefore(None, self._makers)
        self._folder, self._pool = folder, ThreadPoolExecutor(1)

    def __call__(self, batch: Row) -> Row:
        """Make the parts of a batch."""
        for key, lot in zip(batch["key"], batch["lot"], strict=True):
            entries = [Entry(*entry) for entry in json.loads(lot)]
            file = part_file(self._folder, str(key))
            make_part(
                entries, self._load, self._makers, self._known, self._pool, lambda more: None, file
            )
        return {"key": batch["key"]}
