"""Files of other formats: the extractors that are installed, each run in a process of its own, within limits.

A package registers an `Extractor` as an entry point of the group "pullquote.extractors".
"""

import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from signal import SIGXCPU
from typing import Any, Protocol

from pullquote.corpus.documents import Place, SpeakerTurn
from pullquote.errors import DocumentError

GROUP = "pullquote.extractors"
CPU_SECONDS, MEMORY_BYTES = 10, 500_000_000  # that one file may take
WAIT_SECONDS = 60 * CPU_SECONDS  # on a machine that has other work to do
LONGEST_PASSAGE = 20_000  # letters of what is marked on a picture
INSTALL = "run `pip install --force-reinstall pullquote`, which registers what reads other formats"
_TOO_LONG = f"takes more than {CPU_SECONDS} seconds to read; save it in a simpler form"
_TOO_LARGE = (
    f"takes more than {MEMORY_BYTES // 1_000_000} MB of memory to read; save it in a simpler form"
)
_BROKEN = "cannot be read: it breaks what reads such files; save it anew, or in another form"


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """The text of a file, in the form that `pullquote_extract.extracted` describes, and what the file says of itself.

    `extractor` is the name and version of what read it, `left_out` says in words what was not taken.
    """

    text: str
    extractor: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    places: tuple[Place, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    left_out: tuple[str, ...] = ()


class Extractor(Protocol):
    """Reads files of some formats; `failure` is what it raises, in plain words, for one that it cannot read."""

    suffixes: tuple[str, ...]
    media_types: Mapping[str, str]  # the suffix of each
    failure: type[Exception]

    def version(self, name: str) -> str:
        """The name and version of what reads a file of this name, such as "html 2"."""

    def extract(self, name: str, content: bytes, charset: str) -> Any:
        """A dataclass with the fields of `ExtractedText`; `charset` is the encoding that a server named."""

    def has_pages(self, name: str) -> bool:
        """Whether pages of such a file can be pictured."""

    def picture(self, content: bytes, page: int, passage: str) -> bytes:
        """A page, counted from 1, as PNG with the part of a passage marked that stands on it."""


@cache
def installed() -> Mapping[str, Extractor]:
    """The extractors by where their entry point leads; one whose code or libraries are missing is none."""
    extractors: dict[str, Extractor] = {}
    for entry_point in entry_points(group=GROUP):
        with suppress(ImportError):
            extractors[entry_point.value] = entry_point.load()
    return extractors


def extracted_suffixes() -> tuple[str, ...]:
    """The endings of the names of files that some extractor reads."""
    return tuple(suffix for extractor in installed().values() for suffix in extractor.suffixes)


def extracted_media_types() -> dict[str, str]:
    """The suffix for each media type that some extractor reads."""
    return {
        media_type: suffix
        for extractor in installed().values()
        for media_type, suffix in extractor.media_types.items()
    }


def extractor_version(name: str) -> str:
    """The name and version of what reads such a file now; "" where nothing does."""
    entry = _entry_for(name)
    return installed()[entry].version(name) if entry else ""


def has_pages(name: str) -> bool:
    """Whether pages of such a file can be pictured."""
    entry = _entry_for(name)
    return bool(entry) and installed()[entry].has_pages(name)


def extract_file(name: str, content: bytes, charset: str = "") -> ExtractedText:
    """The text of a file, taken out by the extractor for its suffix.

    Raises:
        DocumentError: nothing reads such files, or this one is damaged or takes too much time or memory.
    """
    fields = _run(name, content, "text", name, charset)
    places = tuple(Place(**place) for place in fields.pop("places"))
    turns = tuple(SpeakerTurn(*turn) for turn in fields.pop("turns"))
    left_out = tuple(fields.pop("left_out"))
    return ExtractedText(**fields, places=places, turns=turns, left_out=left_out)


def picture_page(name: str, content: bytes, page: int, passage: str) -> bytes:
    """The picture of a file's page as PNG with a passage marked.

    Raises:
        DocumentError: as `extract_file`, or there is no such page.
    """
    return b64decode(_run(name, content, "picture", str(page), passage[:LONGEST_PASSAGE])["png"])


def _entry_for(name: str) -> str:
    """Where the entry point of the extractor for a file leads; "" where there is none."""
    suffix = name[name.rfind(".") :].lower()
    return next(
        (entry for entry, extractor in installed().items() if suffix in extractor.suffixes), ""
    )


def _run(name: str, content: bytes, *arguments: str) -> dict[str, Any]:
    """What `main` writes in a process of its own: a file that breaks its reader costs that process alone."""
    entry = _entry_for(name)
    if not entry:
        raise DocumentError(f"is of a kind that no installed package reads; {INSTALL}")
    command = [sys.executable, "-m", "pullquote.corpus.extractors", entry, *arguments]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        process = subprocess.run(  # noqa: S603
            command,
            input=content,
            capture_output=True,
            timeout=WAIT_SECONDS,
            check=False,
            env=environ,
        )
        if process.returncode == -SIGXCPU:
            raise DocumentError(_TOO_LONG)
        answer: dict[str, Any] = json.loads(process.stdout)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(_TOO_LONG) from error
    except ValueError as error:
        raise DocumentError(_BROKEN) from error
    if reason := answer.get("error"):
        raise DocumentError(reason)
    return answer


def limit_process() -> None:
    """Let the system end this process where it takes too much; a soft limit, which a long file may extend."""
    with suppress(ImportError, ValueError, OSError):  # where the system knows no such limits
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, hard))


def main() -> None:
    """Read a file from the input; write its text, or the picture of a page, as JSON."""
    limit_process()
    entry, task, *arguments = sys.argv[1:]
    extractor: Extractor = EntryPoint("", entry, GROUP).load()
    content = sys.stdin.buffer.read()
    try:
        if task == "picture":
            picture = extractor.picture(content, int(arguments[0]), arguments[1])
            answer = {"png": b64encode(picture).decode()}
        else:
            answer = asdict(extractor.extract(arguments[0], content, arguments[1]))
    except extractor.failure as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": _TOO_LARGE}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
