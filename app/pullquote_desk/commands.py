"""The command `desk`: what waits, key by key; and `check`, `export` and `decide` for scripts."""

import getpass
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullquote.cli import terminal
from pullquote.cli.terminal import (
    ABSTAINED,
    ANSWERED,
    ReadSettings,
    as_json_option,
    debate_option,
)
from pullquote.corpus.decisions import read_decisions
from pullquote.corpus.files import visible
from pullquote.span import Span, read_place

if TYPE_CHECKING:
    from pullquote.answers.explainer import Explainer

_who = click.option("--who", metavar="NAME", help="Who decides [default: this user].")
REASONS = {
    "empty": "nothing stands on this side yet",
    "shown": "it is shown by a model’s word alone",
    "leans": "it leans to a side",
    "wrong": "readers said that the speaker is wrong",
    "unsure": "the speaker is not sure",
    "bad": "readers said that a quote is wrong",
    "vain": "asked in vain",
}


@click.group(short_help="Decide on sides, speakers and answers.", invoke_without_command=True)
@debate_option
@click.option(
    "--kind",
    type=click.Choice(["sides", "voices", "questions"]),
    default="sides",
    show_default=True,
    help="Which queue.",
)
@_who
@click.pass_context
def desk(context: click.Context, debate: str | None, kind: str, who: str | None) -> int:
    """Decide what the program may only guess, what matters most first; one key a decision.

    Decisions are lines of desk.jsonl beside the debate's documents.
    """
    if context.invoked_subcommand is not None:
        return ANSWERED
    return _sit_down(context.obj, debate, kind, who or getpass.getuser())


def _sit_down(read: ReadSettings, debate: str | None, kind: str, who: str) -> int:
    from pullquote.upkeep.records import Records
    from pullquote_desk.waiting import Kind, Waiting

    settings = read()
    explainer = terminal.open_explainer(read)
    explainer.generation.documents_of(debate)
    waiting = Waiting(explainer.generation, Records.of(settings))
    _Session(explainer, waiting, Kind(kind), debate, who).run()
    return ANSWERED


class _Session:
    """An editor at a terminal."""

    def __init__(
        self, explainer: "Explainer", waiting: Any, kind: Any, debate: str | None, who: str
    ) -> None:
        self._explainer, self._waiting, self._kind = explainer, waiting, kind
        self._debate, self._who = debate, who
        self._corpus = explainer.settings.corpus
        self._made: list[tuple[str, str]] = []  # debate and line, for undo
        self._later: set[str] = set()

    def run(self) -> None:
        """Show one after another until none is left or the editor goes."""
        from pullquote_desk.ledger import DeskError

        while item := self._next():
            ranges = self._show(item)
            key = click.getchar()
            if key in ("q", "\x03", "\x04", "\x1b"):
                break
            if key == "l":
                self._later.add(item.id)
            elif key == "u":
                self._undo()
            else:
                try:
                    self._decide(item, key, ranges)
                except DeskError as error:
                    click.echo(str(error))
        click.echo(f"{terminal.counted(len(self._made), 'decision')} made.")

    def _next(self) -> Any:
        from pullquote_desk.waiting import Settled

        settled = Settled.by(read_decisions(self._corpus), self._explainer.generation)
        left = self._waiting.left(self._kind, self._debate, settled)
        left = [item for item in left if item.id not in self._later]
        click.echo(f"\n{len(left)} left" if left else "\nNothing is left here.")
        return left[0] if left else None

    def _show(self, item: Any) -> Sequence[tuple[str, Span]]:
        from pullquote_desk.deciding import CHOICES, answer_to, passage_of

        guess = f" (guessed: {item.guess} {item.likely:.2f})" if item.subject and item.guess else ""
        lines, ranges = [REASONS[item.reason], f"{item.subject}{guess}"], []
        if passage := passage_of(self._explainer, item):
            mark = f"{passage.before}>>>{passage.words}<<<{passage.after}"
            lines += [f"{passage.byline} · {passage.document.name}", mark]
        if item.span is None:
            for n, citation in enumerate(answer_to(self._explainer, item)[1], start=1):
                ranges.append((citation.quote.document.id, citation.quote.span))
                lines.append(f"[{n}] “{citation.quote.text}” ({citation.quote.document.name})")
        click.echo("\n".join(visible(line) for line in lines if line))
        keys = [f"{key} {label}" for key, _, label in CHOICES[item.kind] if item.span]
        keys += [f"1-{len(ranges)} answer with this"] if ranges else []
        click.echo(" · ".join([*keys, "l later", "u undo", "q quit"]))
        return ranges

    def _decide(self, item: Any, key: str, ranges: Sequence[tuple[str, Span]]) -> None:
        from pullquote_desk import ledger
        from pullquote_desk.deciding import CHOICES, WRITTEN, body_of

        choices = {key: choice for key, choice, _ in CHOICES[item.kind]} if item.span else {}
        chosen = (
            ranges[int(key) - 1 : int(key)] if key.isascii() and key.isdigit() and key > "0" else ()
        )
        choice = "pin" if chosen else choices.get(key, "")
        text = click.prompt(WRITTEN[choice].capitalize()) if choice in WRITTEN else ""
        generation = self._explainer.generation
        debate, body = body_of(generation, item, choice, text=text, ranges=chosen)
        self._made.append((debate, ledger.add(self._corpus, debate, self._who, body)))

    def _undo(self) -> None:
        from pullquote_desk import ledger

        if self._made:
            ledger.take_back(self._corpus, *self._made.pop())


@desk.command("check", short_help="Say which decisions no longer fit.")
@as_json_option
@click.pass_obj
def check(read: ReadSettings, as_json: bool) -> int:
    """Hold every decision against the documents as they are indexed.

    Exit codes: 0 all hold, 3 some do not, 1 an error.
    """
    from pullquote_desk.checking import check as held

    settings = read()
    checked = held(terminal.open_generation(settings), read_decisions(settings.corpus))
    terminal.show(as_json, checked.wire, visible(checked.text))
    return ABSTAINED if checked.wrong else ANSWERED


@desk.command("export", short_help="Write the decisions as a labelled set.")
@click.argument("folder", type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def export(read: ReadSettings, folder: Path, as_json: bool) -> None:
    """Write the decisions that hold into FOLDER, a set that `pullquote eval` reads."""
    from pullquote_desk.export import export as written

    rows = written(terminal.open_generation(read()), folder)
    text = "\n".join(f"{count:6}  {folder / name}" for name, count in rows.items())
    terminal.show(as_json, rows, text)


@desk.command("decide", short_help="Write one decision, for scripts.")
@click.argument("kind", type=click.Choice(["side", "speaker", "pin", "hide"]))
@click.argument("ranges", metavar="DOCUMENT:START-END...", nargs=-1, required=True)
@click.option("--proposition", metavar="TEXT", help="What the side is on.")
@click.option("--side", type=click.Choice(["for", "against", "neither"]))
@click.option("--speaker", metavar="NAME", help="Who says it; without one, the author does.")
@click.option("--question", metavar="TEXT", help="What is answered, or not answered so.")
@click.option("--also", metavar="TEXT", multiple=True, help="A rewording of the question.")
@click.option("--reason", metavar="TEXT", help="Why it is not shown; readers see it.")
@_who
@click.pass_obj
def decide(read: ReadSettings, /, kind: str, ranges: tuple[str, ...], **given: Any) -> None:
    """Decide on the sentences at a place, as `ask` prints it under each quote.

    side: --proposition, --side. speaker: --speaker. pin: --question. hide: --reason, and
    --question where it is about one only.
    """
    from pullquote_desk import ledger
    from pullquote_desk.deciding import quotes_at

    needed = {"side": ("proposition", "side"), "pin": ("question",), "hide": ("reason",)}
    if missing := [f"--{name}" for name in needed.get(kind, ()) if not given[name]]:
        raise click.UsageError(f"{kind} needs {' and '.join(missing)}")
    settings = read()
    whole = kind != "speaker"
    debate, quotes = quotes_at(
        terminal.open_generation(settings), [*_read_places(ranges)], whole=whole
    )
    names = {"side": ("proposition", "side"), "speaker": ("speaker",), "pin": ("question",)}
    body = {"kind": kind, **{name: given[name] for name in names.get(kind, ("question", "reason"))}}
    body |= {"rewordings": list(given["also"])} if given["also"] else {}
    who = given["who"] or getpass.getuser()
    click.echo(ledger.add(settings.corpus, debate, who, {**body, "quotes": quotes}))


def _read_places(ranges: Sequence[str]) -> Iterator[tuple[str, Span]]:
    for location in ranges:
        if (place := read_place(location)) is None:
            raise click.UsageError(f"{location} is not a place; one is like for-tolls:0-43")
        yield place
