"""Building on a Ray cluster: the parts of an index are made by workers that share the folders of the corpus and of the index."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pullquote.corpus.folder import Entry, Reader
from pullquote.errors import PullquoteError, SettingsError
from pullquote.index.part import Advance, Known, Load, Makers, make_part, part_file
from pullquote.index.plan import Before
from pullquote.index.work import Work, work_here
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
        raise SettingsError(f"no Ray cluster answers at {address} ({error}); start one, or use `local`") from error
    there = replace(settings, corpus=settings.corpus.absolute(), index=settings.index.absolute())
    return partial(_spread, there)


def _spread(
    settings: Settings, lots: Mapping[str, Sequence[Entry]], load: Load, makers: Makers, known: Known, folder: Path, advance: Advance
) -> None:  # fmt: skip
    """Have each part made by a worker, but those of texts that were taken out of their files before, which lie here.

    Raises:
        SettingsError: the workers are of another program or model.
        PullquoteError: what a worker raised.
    """
    import ray
    from ray.data import ActorPoolStrategy, DataContext

    here = {key: lot for key, lot in lots.items() if _taken_out(load, lot)}
    rows = [{"key": key, "lot": json.dumps(lot), "letters": sum(one.size for one in lot)} for key, lot in lots.items() if key not in here]
    DataContext.get_current().enable_progress_bars = False
    if rows:
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        made = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            Worker, fn_constructor_args=(settings, makers.identity, str(folder.absolute())), batch_size=1,
            compute=ActorPoolStrategy(min_size=1, max_size=workers), num_cpus=1, max_restarts=-1,
        )  # fmt: skip
        with _plainly():
            for row in made.iter_rows():
                advance(int(row["letters"]))
    if here:
        work_here(here, load, makers, known, folder, advance)
