"""What the commands share: options, exit codes, and how they print."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.answers.explainer import Explainer
    from pullquote.index.generation import Generation

ANSWERED, FAILED, ABSTAINED = 0, 1, 3
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the wire form, for programs.")
debate_option = click.option("--debate", metavar="NAME", help="Look in one debate only.")
max_quotes_option = click.option(
    "--max-quotes", type=click.IntRange(1, 10), default=3, show_default=True, help="Quotes at most."
)


def open_explainer(read: Callable[[], Settings]) -> "Explainer":
    """Open what answers questions, by the settings that `read` gives; warn where it is not the newest."""
    from pullquote.answers.explainer import Explainer

    explainer = Explainer.open(read())
    _warn_of(explainer.degraded)
    return explainer


def open_generation(settings: Settings) -> "Generation":
    """Open the index alone; warn where it is not the newest."""
    from pullquote.index import open_index

    opened = open_index(settings)
    _warn_of(opened.degraded)
    return opened.generation


def _warn_of(degraded: str | None) -> None:
    if degraded:
        warn(f"warning: {degraded}")


def print_json(value: object) -> None:
    """Print the wire form of something; where the output is not in UTF-8, with JSON's own escapes."""
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not readable, indent=2))


def say(text: str) -> None:
    """Print a text that may hold a document's words, with nothing in it that could drive a terminal."""
    from pullquote.cli.terminal import visible

    click.echo(visible(text))


def warn(line: str) -> None:
    """Print a line on stderr, as safely."""
    from pullquote.cli.terminal import visible

    click.echo(visible(f"pullquote: {line}"), err=True)


@contextmanager
def writing_below(folder: Path) -> Iterator[None]:
    """Names the folder where the system refuses to write and does not say where.

    Raises:
        OSError: as the system said, with a file or this folder.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(folder)
        raise


class ProgressBar:
    """A progress bar with rate and remaining time, on a terminal only."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, of: int) -> None:
        """So many of so many texts are encoded."""
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=of, unit=" texts", desc="encoding", disable=None, leave=False)
        self._bar.update(done - self._bar.n)
