"""What the commands share: opening the index, and printing JSON or safe text."""

import json
import shlex
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullquote.errors import PullquoteError
from pullquote.settings import Settings

if TYPE_CHECKING:
    from jinja2 import Environment

    from pullquote.answers.explainer import Explainer
    from pullquote.index.generation import Generation

ANSWERED, FAILED, ABSTAINED = 0, 1, 3
MAX_WIDTH = 88
TOLD_SECONDS = 10  # between two lines on how far a build is, where no bar can be shown
# Letters of a paragraph whose long words are broken, each by copying what is left of it
MAX_BROKEN = 20_000
COMMANDS: list[click.Command] = []
ReadSettings = Callable[[], Settings]  # the settings, which `--help` does not need
as_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the wire form, for programs."
)
as_csv_option = click.option(
    "--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet."
)
debate_option = click.option("--debate", metavar="NAME", help="Look in one debate only.")
_NARROWING = {
    "--who": ("who", "NAME", "Only words of this author or speaker."),
    "--since": ("since", "DATE", "Only documents of this date (YYYY[-MM[-DD]]) or later."),
    "--until": ("until", "DATE", "Only documents of this date or earlier."),
    "--from": ("outlet", "OUTLET", "Only documents of this publisher."),
    "--side": ("side", "SIDE", "Only documents that you labelled for, against or neutral."),
    "--kind": ("kind", "KIND", "Only pdf, html, ... by the file, or transcript."),
    "--document": ("document", "ID", "Only this document."),
}
max_quotes_option = click.option(
    "--max-quotes", type=click.IntRange(1, 10), default=3, show_default=True, help="Quotes at most."
)


def command(
    short_help: str, *parameters: Callable[[Any], Any], name: str | None = None
) -> Callable[[Any], click.Command]:
    """A command with these parameters; it takes the settings' reader and returns an exit code."""

    def decorated(function: Any) -> click.Command:
        for parameter in reversed(parameters):
            function = parameter(function)
        COMMANDS.append(click.command(name, short_help=short_help)(click.pass_obj(function)))
        return COMMANDS[-1]

    return decorated


def narrowing_options(function: Any) -> Any:
    """The options that narrow what is looked in; the function takes their values by name."""
    for flag, (name, metavar, help_text) in reversed(_NARROWING.items()):
        function = click.option(flag, name, metavar=metavar, help=help_text)(function)
    return function


def open_explainer(read: ReadSettings) -> "Explainer":
    """Open what answers questions; warn where it is not the newest."""
    from pullquote.answers.explainer import Explainer

    explainer = Explainer.open(read())
    if explainer.degraded:
        warn(f"warning: {explainer.degraded}")
    return explainer


def open_answering(read: ReadSettings) -> "Explainer":
    """Open what answers questions, or the demonstration for a newcomer."""
    return open_explainer(or_demonstration(read))


def or_demonstration(read: ReadSettings) -> ReadSettings:
    """The settings; for a newcomer without corpus and index those of the demonstration."""
    from pullquote.upkeep.indexing import demonstration, index_changes

    demo_settings = demonstration(read())
    if demo_settings is None:
        return read
    warn(
        "no corpus is here yet, so the demonstration answers: "
        f"one article on drug cartels (its index: {demo_settings.index})"
    )
    warn("to ask your own documents, put them into corpus/NAME/ and run `pullquote index`")
    index_changes(demo_settings)
    return lambda: demo_settings


def open_generation(settings: Settings) -> "Generation":
    """Open the index alone; warn where it is not the newest."""
    from pullquote.corpus.decisions import read_decisions
    from pullquote.index import open_index
    from pullquote.index.desk import decided
    from pullquote.index.engine import replica_of

    replica_of(settings).first()
    opened = open_index(settings)
    if opened.degraded:
        warn(f"warning: {opened.degraded}")
    return decided(opened.generation, read_decisions(settings.corpus))


def show(as_json: bool, wire: object, text: str) -> None:
    """Print a wire form as JSON (escaped where the output is not UTF-8), or its text."""
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(wire, ensure_ascii=not readable, indent=2) if as_json else visible(text))


def read_input(argument: str) -> bytes:
    """The bytes of a named file, or of the input for -."""
    if argument != "-":
        return Path(argument).read_bytes()
    return sys.stdin.buffer.read() if sys.stdin else b""


def counted(number: int, noun: str) -> str:
    """A number and what it counts, such as "1 document"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def warned(run: Callable[[], object]) -> None:
    """Run it; what goes wrong is a warning, since whoever needs it is told again."""
    try:
        run()
    except PullquoteError as error:
        warn(str(error))


def warn(line: str) -> None:
    """Print a line on stderr."""
    click.echo(visible(f"pullquote: {line}"), err=True)


def warn_beside(line: str) -> None:
    """Print a line on stderr above the bar, where there is one."""
    from tqdm import tqdm

    tqdm.write(visible(f"pullquote: {line}"), file=sys.stderr)


def visible(text: str) -> str:
    """The text with control, direction and invisible characters written out."""
    from pullquote.corpus.files import visible as written_out

    return written_out(text).replace("\r", "\\r")  # which would go back over the line


def render(template: str, wire: dict[str, Any], **more: object) -> str:
    """The text of a wire form; its template parts paragraphs by however many blank lines."""
    lines = (
        _templates()
        .get_template(f"{template}.txt")
        .render(wire=wire, **more)
        .strip("\n")
        .split("\n")
    )
    return "\n".join(
        line for line, before in zip(lines, ["", *lines], strict=False) if line or before
    )


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from pullquote.corpus.documents import Source
    from pullquote.sides.stance import WEAK
    from pullquote.verify.cite import whereabouts
    from pullquote.voice.voices import source_line

    def line_of(source: dict[str, Any]) -> str:
        return source_line(Source(**{fact.name: source[fact.name] for fact in fields(Source)}))

    folder = FileSystemLoader(Path(__file__).parent / "templates")
    options: Any = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    environment = Environment(loader=folder, **options)  # noqa: S701 (a terminal reads no markup)
    environment.filters |= {"visible": visible, "wrapped": wrapped, "indented": _indented}
    environment.filters |= {"shell": shlex.quote, "source_line": line_of}
    environment.globals |= {"whereabouts": whereabouts, "weak": WEAK}
    return environment


def wrapped(text: str, margin: str = "") -> str:
    """A paragraph for this terminal."""
    width = min(shutil.get_terminal_size().columns, MAX_WIDTH)
    return textwrap.fill(
        visible(text),
        width,
        initial_indent=margin,
        subsequent_indent=margin,
        expand_tabs=False,
        break_on_hyphens=False,
        break_long_words=len(text) < MAX_BROKEN,
    )


def _indented(text: str) -> str:
    margin = " " * (4 + len(text) - len(text.lstrip(" ")))
    return "\n".join(wrapped(line.strip(), margin) for line in text.split("\n") if line.strip())


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, elsewhere log lines; yields what reports the letters done."""
    from tqdm import tqdm

    last = time.monotonic()
    with tqdm(unit=" letters", unit_scale=True, desc="indexing", disable=None, leave=False) as bar:

        def shown(done: int, of: int) -> None:
            nonlocal last
            if bar.disable and time.monotonic() - last > TOLD_SECONDS:
                last = time.monotonic()
                warn(f"{done:,} of {of:,} letters")
            # what an interrupted build had done already tells nothing of how fast this one is
            if bar.total is None:
                bar.initial = bar.n = done
            bar.total = of
            bar.update(done - bar.n)

        yield shown
