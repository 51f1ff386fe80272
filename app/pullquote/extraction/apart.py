"""Extraction in a process of its own: a file that breaks what reads it, or takes too much, costs its own process alone."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict

from pullquote.errors import DocumentError
from pullquote.extraction.extracted import Extracted, Place, extract

SECONDS, BYTES = 10, 500_000_000  # that one file may take, of the processor's time and of memory
WAITING = 3 * SECONDS  # on a machine that has other work to do


def extract_apart(name: str, content: bytes) -> Extracted:
    """The text of a file, as `extract` gives it, within limits.

    Raises:
        DocumentError: what `extract` raises, or it takes too long, too much memory, or breaks its reader.
    """
    command = [sys.executable, "-m", "pullquote.extraction.apart", name]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WAITING, check=False, env=environ)  # noqa: S603
        told = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"takes more than {SECONDS} seconds to read; save it in a simpler form") from error
    except ValueError as error:
        raise DocumentError(
            "cannot be read: it breaks what reads such files; save it anew, or in another form"
        ) from error
    if reason := told.get("error"):
        raise DocumentError(reason)
    places = tuple(Place(*place) for place in told.pop("places"))
    return Extracted(**told | {"places": places, "left_out": tuple(told["left_out"])})


def _bound() -> None:
    """Let the system end this process where it takes too much."""
    with suppress(ImportError, ValueError, OSError):  # where the system knows no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    """Read a file from the input, write its text as JSON."""
    _bound()
    try:
        found = extract(sys.argv[1], sys.stdin.buffer.read())
        told = asdict(found) | {"places": [(place.start, place.page, place.time) for place in found.places]}
    except DocumentError as error:
        told = {"error": str(error)}
    except MemoryError:
        told = {"error": f"takes more than {BYTES // 1_000_000} MB of memory to read; save it in a simpler form"}
    sys.stdout.buffer.write(json.dumps(told).encode())


if __name__ == "__main__":
    main()
