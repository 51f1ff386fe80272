"""The command line: the group of commands, their errors, and the operator's commands."""

import errno
import io
import os
import sys
from contextlib import ExitStack, suppress
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import click

from pullquote import __version__
from pullquote.cli import asking, terminal  # noqa: F401 (asking brings its commands)
from pullquote.cli.terminal import (
    ANSWERED,
    FAILED,
    ReadSettings,
    as_csv_option,
    as_json_option,
    command,
    counted,
)
from pullquote.errors import IndexFault, PullquoteError, SettingsError
from pullquote.settings import Settings, registered

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_SPACE = "make room on the disk, or write to another one"
_RIGHTS = "let this user do that, or name another place"
_PLACE = "correct the setting or the argument that names it"
_STEPS = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise this user's limit for files (`ulimit -f`), or write to another disk",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: _RIGHTS,
    errno.ENOENT: _PLACE,
    errno.ENOTDIR: _PLACE,
    errno.EEXIST: _PLACE,
}
_force = click.option("--force", is_flag=True, help="Build even where nothing changed.")
_again = click.option(
    "--again", is_flag=True, help="Extract the text of web pages, PDFs and the like again, too."
)
_strict = click.option("--strict", is_flag=True, help="Fail where a file of the corpus is skipped.")
_watch = click.option(
    "--watch", is_flag=True, help="Keep running, and build again whenever the corpus changes."
)
_ray = click.option(
    "--ray", metavar="ADDRESS", help="Let a Ray cluster do the work; `local` starts one here."
)
REGISTERED = "pullquote.commands"  # the group of entry points that add commands
WORKERS = "pullquote.workers"  # and of those that build on several machines
_EPILOG = (
    "Exit codes: 0 answered, 3 nothing found that clearly answers, "
    "1 an error (with what to do next), 2 wrong usage."
)


class _Commands(click.Group):
    """The core's commands and those that other packages register; every expected error is one line on stderr."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, the registered ones too."""
        return sorted({*super().list_commands(ctx), *entry_points(group=REGISTERED).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; a registered one is imported when called or listed, and is none if it cannot be."""
        if (own_command := super().get_command(ctx, cmd_name)) is not None:
            return own_command
        for entry_point in entry_points(group=REGISTERED, name=cmd_name):
            with suppress(ImportError):
                self.add_command(entry_point.load(), cmd_name)
        return super().get_command(ctx, cmd_name)

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command line, `--help` and `--version` too."""
        # a terminal that lacks a letter gets it written out
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().main(*arguments, **options)
        except PullquoteError as error:
            terminal.warn(str(error))
        except UnicodeEncodeError:
            terminal.warn(
                "some letters do not exist in the output's encoding; set PYTHONIOENCODING=utf-8"
            )
        except OSError as error:
            terminal.warn(_refused(error))
            try:
                sys.stdout.flush()
            except OSError:  # else Python would try again at its end, and complain
                sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        sys.exit(FAILED)


def _refused(error: OSError) -> str:
    """What the system would not do, with the file and the next step."""
    if isinstance(error.filename, (str, bytes)):
        subject = f"{os.fsdecode(error.filename)} cannot be read or written"
    else:  # what is written to a folder is named by who writes it
        subject = "the output cannot be written" if error.errno in _FULL else "the system refused"
    step = _STEPS.get(error.errno or 0, "mend that, then run the command again")
    return f"{subject} ({error.strerror or error}); {step}"


@click.group(
    cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="pullquote")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A TOML file of settings [default: pullquote.toml].",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Ask a policy debate; read the answer in the sources' own words."""
    # Read when numpy is imported: its threads and ours would fight over the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context.obj = lambda: Settings.read(os.environ, config)


@main.result_callback()
def _end(code: int | None, **_: object) -> None:
    sys.exit(code)


@command("Build the index of the corpus.", _force, _again, _strict, _watch, _ray)
def index(
    read: ReadSettings, force: bool, again: bool, strict: bool, watch: bool, ray: str | None
) -> int:
    """Build the index of the corpus; what did not change is not encoded again."""
    from pullquote.index.engine import level
    from pullquote.models.encoder import fetch_encoder
    from pullquote.models.ranker import fetch_ranker
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow

    if ray and watch:
        raise click.UsageError(
            "give either --ray, which builds once, or --watch, which builds on this machine"
        )
    settings = read()
    # here alone the hub is asked: what answers opens what lies here
    fetch_encoder(settings.model)
    fetch_ranker(settings.reranker)
    code = ANSWERED
    if force or again or not watch:
        with level(settings, click.echo):
            code = _build(settings, ray, force=force, again=again, strict=strict)
    if watch:
        follow(settings, lambda: index_changes(settings), terminal.warn)
    return ANSWERED if watch else code


def _build(settings: Settings, ray: str | None, *, force: bool, again: bool, strict: bool) -> int:
    from pullquote.index import open_index, up_to_date
    from pullquote.index.parts import make_parts
    from pullquote.models.encoder import DEFAULT_MODEL
    from pullquote.upkeep.indexing import index_corpus, moved

    if (unchanged := None if force or again else up_to_date(settings)) is not None:
        return _print_counts(unchanged, settings, "; nothing changed", strict=strict)
    before = None
    with suppress(IndexFault):
        before = open_index(settings).generation if again else None
    has_model = settings.model == DEFAULT_MODEL or (settings.index / "encoders").is_dir()
    if sys.stderr.isatty() and not has_model:
        click.echo("Preparing the embedding model, once for this index ...", err=True)
    work = registered(WORKERS, "ray", "ray")(ray, settings) if ray else make_parts
    options: Any = {"tell": terminal.warn_beside, "again": again, "work": work}
    try:
        with terminal.progress() as progress:
            built = index_corpus(settings, progress=progress, **options)
    except OSError as error:
        error.filename = error.filename or str(settings.index)  # the system may not say where
        raise
    code = _print_counts(built.generation, settings, strict=strict)
    for line in moved(before, built.generation) if before else ():
        terminal.warn(line)
    _print_notes(built)
    return code


def _print_notes(built: Any) -> None:
    if built.resumed:
        reused = counted(built.resumed, "part")
        terminal.warn(f"note: {reused} of an interrupted build were reused")
    for file in built.remarks:
        terminal.warn(f"note: {file.path} {file.reason}")


def _print_counts(generation: Any, settings: Settings, more: str = "", *, strict: bool) -> int:
    """Print a generation's counts and the files it lacks; return the exit code."""
    counts, skipped = generation.card.counts, generation.card.skipped
    click.echo(
        f"{counted(counts['documents'], 'document')}, {counted(counts['passages'], 'passage')}, "
        f"{counted(counts['windows'], 'sentence')} of prose "
        f"in {settings.index} (generation {generation.card.name}){more}"
    )
    for path, reason in skipped:
        terminal.warn(f"skipped {path}: {reason}")
    if skipped:
        count = counted(len(skipped), "file")
        terminal.warn(f"{count} of the corpus skipped; the rest can be asked")
    return FAILED if skipped and strict else ANSWERED


@command(
    "Serve the page, the API and the widget.",
    click.option("--host", help="Address to listen on [default: PULLQUOTE_HOST or 127.0.0.1]."),
    click.option(
        "--port",
        type=click.IntRange(1, 65_535),
        help="Port to listen on [default: PULLQUOTE_PORT or 8000].",
    ),
    click.option(
        "--watch",
        is_flag=True,
        help="Index the corpus again whenever it changes, while the old index serves.",
    ),
)
def serve(read: ReadSettings, host: str | None, port: int | None, watch: bool) -> None:
    """Answer over HTTP: the page at /, the API under /v1, its description at /docs."""
    from pullquote.api.app import serve as run
    from pullquote.api.guard import is_local
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow_beside

    settings = read()
    # a demonstration is for who runs it
    if not watch and is_local(settings.host if host is None else host):
        settings = terminal.or_demonstration(read)()
    with ExitStack() as ending:
        if watch:
            ending.callback(follow_beside(settings, lambda: index_changes(settings), terminal.warn))
        run(settings, settings.host if host is None else host, port or settings.port)


@command("Answer an assistant that runs this command (MCP).", name="mcp")
def assist(read: ReadSettings) -> None:
    """Answer an assistant (Model Context Protocol) on stdin and stdout, from the newest index."""
    if not find_spec("mcp"):
        raise SettingsError("assistants need a further package; run `pip install 'pullquote[mcp]'`")
    from pullquote.api.mcp import Assistant
    from pullquote.api.mcp_shapes import PUBLIC
    from pullquote.upkeep.records import Records

    explainer, opening = None, Lock()

    def current() -> Any:
        nonlocal explainer
        with opening:
            if explainer is None:
                explainer = terminal.open_answering(read)
                serving.enter_context(explainer.replica.following())
        explainer.refresh()
        return explainer.now()

    with suppress(SettingsError):  # each call tells it
        PUBLIC.set(read().public_address or "")
    with ExitStack() as serving:
        # the client's first message is answered meanwhile
        opener = Thread(target=terminal.warned, args=[current])
        opener.start()
        Assistant(current, records=lambda: Records.of(read())).run("stdio")
        opener.join()


@command("Say what is wrong with this installation and what to do next.", as_json_option)
def doctor(read: ReadSettings, as_json: bool) -> int:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.upkeep.doctor import examine, healthy, report, wire

    findings = examine(read)
    terminal.show(as_json, wire(findings), report(findings))
    return ANSWERED if healthy(findings) else FAILED


@command("List the documents of the index.", as_json_option)
def documents(read: ReadSettings, as_json: bool) -> None:
    """List the documents of the index, debate by debate."""
    from pullquote.api.wire import document_wire

    generation = terminal.open_generation(read())
    numbers = range(len(generation.rows))
    wire = {"documents": [document_wire(generation, number, full_text=False) for number in numbers]}
    terminal.show(as_json, wire, terminal.render("documents", wire))


@command(
    "List who speaks, or all that one says.",
    click.argument("name", required=False),
    as_json_option,
)
def voices(read: ReadSettings, name: str | None, as_json: bool) -> None:
    """List everybody whose words the documents hold, or all that NAME says."""
    from pullquote.answers.finding import said_by
    from pullquote.api.wire import person_wire, said_wire
    from pullquote.voice.people import People

    explainer = terminal.open_answering(read)
    people = People(explainer.generation)
    if name is None:
        wire: dict[str, Any] = {"voices": [person_wire(person) for person in people.all]}
    else:
        person = people.one(name)
        wire = said_wire(explainer.generation, person, *said_by(explainer.ready, person))
    terminal.show(as_json, wire, terminal.render("voices" if name is None else "voice", wire))


@command("Count sentences by side, voice, outlet and year.", as_csv_option, as_json_option)
def balance(read: ReadSettings, as_csv: bool, as_json: bool) -> None:
    """Show how each debate's sentences are spread over sides, voices, outlets and years."""
    from pullquote.upkeep.report import balance_of, csv_of

    if as_csv and as_json:
        raise click.UsageError("give either --csv or --json, not both")
    balances = balance_of(terminal.open_generation(read()))
    if as_csv:
        click.echo(csv_of(balances), nl=False)
    else:
        terminal.show(
            as_json,
            [debate.wire() for debate in balances],
            "\n\n".join(debate.text for debate in balances),
        )


@command("Show the questions that had no answer, and readers' feedback.", as_json_option)
def report(read: ReadSettings, as_json: bool) -> None:
    """Show what visitors asked in vain, one-sided topics and the sources leaned on most."""
    from pullquote.index import open_index
    from pullquote.upkeep.records import Records
    from pullquote.upkeep.report import report_of

    settings, generation = read(), None
    if settings.store is None:
        raise SettingsError(
            "nothing is recorded; name a file with PULLQUOTE_STORE, for `serve` and for `report`"
        )
    with suppress(IndexFault):  # what visitors asked is told even where no index can be used
        generation = open_index(settings).generation
    findings = report_of(Records.of(settings), generation)
    terminal.show(as_json, findings.wire, findings.text)


for _command in terminal.COMMANDS:
    main.add_command(_command)
