"""What tests keep from run to run, since making it takes long: folders in a folder of temporary files."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

PLACE = Path(tempfile.gettempdir()) / f"pullquote-tests-{os.getuid()}"


def keep(name: str, fill: Callable[[Path], object]) -> Path:
    """The folder of this name, filled where there is none yet; of several processes at it one is taken, and whole."""
    kept = PLACE / name
    if not kept.is_dir():
        PLACE.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=PLACE))
        try:
            fill(draft)
            with contextlib.suppress(OSError):  # another was first
                draft.rename(kept)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return kept
