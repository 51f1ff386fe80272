"""Work: the parts of an index, made side by side on this machine."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from pullquote.corpus.files import make_folder
from pullquote.corpus.folder import Entry
from pullquote.index.part import Advance, Known, Load, Makers, make_part, part_file

SIDE_BY_SIDE = 2  # parts: while one is cut or written the texts of another keep all cores at work
Progress = Callable[[int, int], None]  # letters done, of how many


class Work(Protocol):
    """Makes parts."""

    def __call__(
        self,
        lots: Mapping[str, Sequence[Entry]],
        load: Load,
        makers: Makers,
        known: Known,
        folder: Path,
        advance: Advance,
    ) -> None:
        """Write the part of each key into a folder, durably, each as it is done."""


def work_here(
    lots: Mapping[str, Sequence[Entry]], load: Load, makers: Makers, known: Known, folder: Path, advance: Advance
) -> None:
    """One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a batch would only pad.

    Raises:
        CorpusError: a file cannot be read just now.
        OSError: a part cannot be written.
    """
    texts = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    parts = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        made = [
            parts.submit(make_part, lot, load, makers, known, texts, advance, part_file(folder, key))
            for key, lot in lots.items()
        ]
        for future in made:
            future.result()
    finally:  # what is stopped stops soon: texts that were not begun are not
        parts.shutdown(wait=False, cancel_futures=True)
        texts.shutdown(cancel_futures=True)
        parts.shutdown()


def advancing(progress: Progress, done: int, of: int) -> Advance:
    """What counts letters up, from whichever thread, and tells."""
    lock = threading.Lock()
    progress(done, of)

    def advance(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            progress(done, of)

    return advance


def prepare(folder: Path, wanted: Mapping[str, object]) -> None:
    """Make the folder of the parts, without those that nobody wants any more."""
    make_folder(folder)
    names = {part_file(folder, key).name for key in wanted}
    for file in folder.iterdir():
        if file.name not in names:
            file.unlink(missing_ok=True)
