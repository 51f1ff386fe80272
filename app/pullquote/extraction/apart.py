"""Extraction in a process of its own: a file that breaks what reads it, or takes too much, costs its own process alone."""

import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import asdict
from signal import SIGXCPU
from typing import Any

from pullquote.errors import DocumentError
from pullquote.extraction.extracted import Extracted, Place, SpeakerTurn, extract
from pullquote.extraction.limits import BYTES, SECONDS, bind

WAITING = 60 * SECONDS  # on a machine that has other work to do; a file cannot wait by itself
LONGEST_PASSAGE = 20_000  # letters of what is marked on a picture
_LONG = f"takes more than {SECONDS} seconds to read; save it in a simpler form"


def extract_apart(name: str, content: bytes, charset: str = "") -> Extracted:
    """The text of a file, as `extract` gives it, within limits.

    Raises:
        DocumentError: what `extract` raises, or it takes too long, too much memory, or breaks its reader.
    """
    told = _told([name, charset], content)
    places = tuple(Place(*place) for place in told.pop("places"))
    turns = tuple(SpeakerTurn(*turn) for turn in told.pop("turns"))
    told |= {"places": places, "turns": turns, "left_out": tuple(told["left_out"])}
    return Extracted(**told)


def picture_apart(content: bytes, page: int, passage: str) -> bytes:
    """The picture of a PDF's page with a passage marked, within limits.

    Raises:
        DocumentError: what `pdf.picture` raises, or it takes too long, too much memory, or breaks its reader.
    """
    return b64decode(_told(["picture", str(page), passage[:LONGEST_PASSAGE]], content)["png"])


def _told(arguments: list[str], content: bytes) -> dict[str, Any]:
    """What the other process tells."""
    command = [sys.executable, "-m", "pullquote.extraction.apart", *arguments]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=WAITING, check=False, env=environ)  # noqa: S603
        told: dict[str, Any] = {"error": _LONG} if done.returncode == -SIGXCPU else json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(_LONG) from error
    except ValueError as error:
        raise DocumentError(
            "cannot be read: it breaks what reads such files; save it anew, or in another form"
        ) from error
    if reason := told.get("error"):
        raise DocumentError(reason)
    return told


def main() -> None:
    """Read a file from the input, write its text, or the picture of a page, as JSON."""
    bind()
    try:
        told = _done(sys.argv[1:], sys.stdin.buffer.read())
    except DocumentError as error:
        told = {"error": str(error)}
    except MemoryError:
        told = {"error": f"takes more than {BYTES // 1_000_000} MB of memory to read; save it in a simpler form"}
    sys.stdout.buffer.write(json.dumps(told).encode())


def _done(arguments: list[str], content: bytes) -> dict[str, Any]:
    if arguments[0] == "picture":
        from pullquote.extraction.pdf import picture

        return {"png": b64encode(picture(content, int(arguments[1]), arguments[2])).decode()}
    found = extract(arguments[0], content, arguments[1])
    return asdict(found) | {"places": [(place.start, place.page, place.time) for place in found.places]}


if __name__ == "__main__":
    main()
