"""The command line: the group of all commands, what becomes of their errors, and the commands of the operator."""

import errno
import io
import os
import sys
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import click

from pullquote import __version__
from pullquote.cli import asking, terminal  # noqa: F401 (asking brings its commands)
from pullquote.cli.terminal import ABSTAINED, ANSWERED, FAILED, Read, as_json_option, command, counted
from pullquote.errors import IndexFault, PullquoteError, SettingsError
from pullquote.settings import Settings

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_SPACE = "make room on the disk, or write to another one"
_RIGHTS = "let this user do that, or name another place"
_PLACE = "correct the setting or the argument that names it"
_STEPS = {
    errno.ENOSPC: _SPACE, errno.EDQUOT: _SPACE,
    errno.EFBIG: "let this user's files be larger (`ulimit -f`), or write to another disk",
    errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS, errno.EROFS: _RIGHTS,
    errno.ENOENT: _PLACE, errno.ENOTDIR: _PLACE, errno.EEXIST: _PLACE,
}  # fmt: skip
_force = click.option("--force", is_flag=True, help="Build even where nothing changed.")
_again = click.option("--again", is_flag=True, help="Take the texts out of web pages and the like anew, too.")
_strict = click.option("--strict", is_flag=True, help="Fail where a file of the corpus is skipped.")
_watch = click.option("--watch", is_flag=True, help="Go on, and build again whenever the corpus changes.")
_ray = click.option("--ray", metavar="ADDRESS", help="Let a Ray cluster do the work; `local` starts one here.")
_csv = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")
_folders = click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
_fit = click.option("--fit", is_flag=True, help="Fit the confidence to these sets and keep it in the index folder.")
_EPILOG = (
    "Exit codes: 0 answered, 3 nothing found that clearly answers, 1 an error (with what to do next), 2 wrong usage."
)


class _Commands(click.Group):
    """Turns every expected error into one line on stderr and exit code 1."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command line, `--help` and `--version` too."""
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter gets it written out
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().main(*arguments, **options)
        except PullquoteError as error:
            terminal.warn(str(error))
        except UnicodeEncodeError:
            terminal.warn("some letters cannot be written in the output's encoding; set PYTHONIOENCODING=utf-8")
        except OSError as error:
            terminal.warn(_refused(error))
            try:
                sys.stdout.flush()
            except OSError:  # what cannot be printed is forgotten: Python would try again at its end, and complain
                sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (it stays open)
        sys.exit(FAILED)


def _refused(error: OSError) -> str:
    """What the system would not do, with the file and the next step."""
    if isinstance(error.filename, (str, bytes)):
        subject = f"{os.fsdecode(error.filename)} cannot be read or written"
    else:  # what is written to a folder is named by who writes it
        subject = "the output cannot be written" if error.errno in _FULL else "the system refused"
    step = _STEPS.get(error.errno or 0, "mend that, then run the command again")
    return f"{subject} ({error.strerror or error}); {step}"


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pullquote")
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings [default: pullquote.toml].")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Ask a policy debate; read the answer in the sources' own words."""
    # Read when numpy is first imported: its threads and those that answer fight over the same cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context.obj = lambda: Settings.read(os.environ, config)


@main.result_callback()
def _end(code: int | None, **_: object) -> None:
    sys.exit(code)


@command("Build the index of the corpus.", _force, _again, _strict, _watch, _ray)
def index(read: Read, force: bool, again: bool, strict: bool, watch: bool, ray: str | None) -> int:
    """Build the index of the corpus; what did not change is not encoded again."""
    from pullquote.index.engine import level
    from pullquote.models.export import fetch_model
    from pullquote.models.ranker import fetch_ranker
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow

    if ray and watch:
        raise click.UsageError("--ray builds once, --watch on this machine; give one of them")
    settings = read()
    fetch_model(settings.model, "PULLQUOTE_MODEL")  # here alone the hub is asked: what answers opens what lies here
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
    from pullquote.models.export import DEFAULT_MODEL
    from pullquote.upkeep.cluster import over_ray
    from pullquote.upkeep.indexing import index_corpus, moved

    if (unchanged := None if force or again else up_to_date(settings)) is not None:
        return _told(unchanged, settings, "; nothing changed", strict=strict)
    before = None
    with suppress(IndexFault):
        before = open_index(settings).generation if again else None
    if sys.stderr.isatty() and settings.model != DEFAULT_MODEL and not (settings.index / "encoders").is_dir():
        click.echo("Preparing the embedding model, once for this index; it takes some seconds.", err=True)
    try:
        with terminal.progress() as shown:
            work = over_ray(ray, settings) if ray else make_parts
            built = index_corpus(settings, progress=shown, tell=terminal.warn_beside, again=again, work=work)
    except OSError as error:
        error.filename = error.filename or str(settings.index)  # the system does not always say where
        raise
    code = _told(built.generation, settings, strict=strict)
    if built.resumed:
        parts = counted(built.resumed, "part")
        terminal.warn(f"note: {parts} that a build cut short had worked out: not worked on again")
    for line in moved(before, built.generation) if before else ():
        terminal.warn(line)
    for file in built.remarks:
        terminal.warn(f"note: {file.path} {file.reason}")
    return code


def _told(generation: Any, settings: Settings, more: str = "", *, strict: bool) -> int:
    """Count what a generation holds, name the files that it lacks, and say with which code to end."""
    counts, skipped = generation.card.counts, generation.card.skipped
    click.echo(
        f"{counted(counts['documents'], 'document')}, {counted(counts['passages'], 'passage')}, "
        f"{counted(counts['windows'], 'sentence')} of prose "
        f"in {settings.index} (generation {generation.card.name}){more}"
    )
    for path, reason in skipped:
        terminal.warn(f"skipped {path}: {reason}")
    if skipped:
        terminal.warn(f"{counted(len(skipped), 'file')} of the corpus skipped; the rest can be asked")
    return FAILED if skipped and strict else ANSWERED


@command(
    "Add web pages or files to the corpus, and index them.",
    click.argument("given", metavar="[URL|FILE]...", nargs=-1),
    click.option("--debate", metavar="NAME", help="The debate to add to; a new one is made."),
    click.option("--from", "listed", type=click.Path(path_type=Path), help="A file with one address or file a line."),
    click.option("--allow-local", is_flag=True, help="Fetch from this machine and private networks too."),
)
def add(read: Read, given: tuple[str, ...], debate: str | None, listed: Path | None, allow_local: bool) -> int:
    """Fetch each URL, or copy each FILE, into the corpus, then index it; a line tells what was taken in.

    Exit codes: 0 all are in, 1 some are not, and why.
    """
    from pullquote.index.engine import level
    from pullquote.upkeep.adding import add as put
    from pullquote.upkeep.adding import line_of
    from pullquote.upkeep.indexing import index_corpus

    lines = listed.read_bytes().decode("utf-8", "replace").split("\n") if listed else ()
    wanted = [*given, *(line.strip() for line in lines if line.strip() and not line.startswith("#"))]
    if not wanted:
        raise click.UsageError("name an address or a file to add, or a list of them with --from")
    settings, added = read(), []
    for one in put(settings, wanted, debate, local=allow_local):
        added += [one.path] if one.path else []
        if one.reason:
            terminal.warn(f"not added: {one.given} {one.reason}")
    if added:
        with level(settings, click.echo), terminal.progress() as shown:
            built = index_corpus(settings, progress=shown, tell=terminal.warn_beside)
        for path in added:
            click.echo(terminal.visible(line_of(built.generation, path)))
        for file in (file for file in (*built.skipped, *built.remarks) if file.path in added):
            terminal.warn(f"note: {file.path} {file.reason}")
    return ANSWERED if len(added) == len(wanted) else FAILED


@command(
    "Hold the documents against the pages they were published on.",
    click.argument("debate", required=False),
    click.option(
        "--receipt", "receipts", multiple=True, type=click.Path(path_type=Path),
        help="Only what this saved answer (`ask --json`) quotes; may be given again.",
    ),
    click.option("--allow-local", is_flag=True, help="Fetch from this machine and private networks too."),
    _csv,
    as_json_option,
)  # fmt: skip
def recheck(
    read: Read, debate: str | None, receipts: tuple[Path, ...], allow_local: bool, as_csv: bool, as_json: bool
) -> int:
    """Hold each document that has an address, or what receipts quote, against the page there, as it is now.

    Exit codes: 0 all is present, 3 something changed or is gone, 1 a page cannot be reached.
    """
    from pullquote.upkeep import rechecking
    from pullquote.verify.receipt import read_receipt

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms of one table; give one of them")
    settings = read()
    generation = terminal.open_generation(settings)
    claims = [claim for receipt in receipts for claim in read_receipt(receipt.read_bytes())]
    found = list(rechecking.recheck(settings, generation, debate, claims, local=allow_local))
    rechecking.keep(settings, found, {row.id: row.sha256 for row in generation.rows})
    if as_csv:
        click.echo(rechecking.csv_of(found), nl=False)
    else:
        terminal.show(as_json, rechecking.wire(found), rechecking.text_of(found))
    states = {one.state for one in found}
    if states & {rechecking.State.CHANGED, rechecking.State.GONE}:
        return ABSTAINED
    return FAILED if rechecking.State.UNREACHABLE in states else ANSWERED


@command(
    "Serve the page, the API and the widget.",
    click.option("--host", help="Address to listen on [default: PULLQUOTE_HOST or 127.0.0.1]."),
    click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: PULLQUOTE_PORT or 8000]."),
    click.option(
        "--watch", is_flag=True, help="Index the corpus again whenever it changes, while the old index serves."
    ),
)
def serve(read: Read, host: str | None, port: int | None, watch: bool) -> None:
    """Answer over HTTP: the page at /, the API under /v1, its description at /docs."""
    from pullquote.api.app import serve as run
    from pullquote.api.guard import is_local
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow_beside

    settings = read()
    if not watch and is_local(settings.host if host is None else host):  # a demonstration is for who runs it
        settings = terminal.or_demonstration(read)()
    with ExitStack() as ending:
        if watch:
            ending.callback(follow_beside(settings, lambda: index_changes(settings), terminal.warn))
        run(settings, settings.host if host is None else host, port or settings.port)


@command("Answer an assistant that starts this command (MCP).", name="mcp")
def assist(read: Read) -> None:
    """Answer an assistant (Model Context Protocol) over the input and the output, from the newest index."""
    if not find_spec("mcp"):
        raise SettingsError("assistants need a further package; run `pip install 'pullquote[mcp]'`")
    from pullquote.api.mcp import PUBLIC, Assistant
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
        opener = Thread(target=terminal.warned, args=[current])  # the client's first message is answered meanwhile
        opener.start()
        Assistant(current, records=lambda: Records.of(read())).run("stdio")
        opener.join()


@command("Say what is wrong here and what to do next.", as_json_option)
def doctor(read: Read, as_json: bool) -> int:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.upkeep.doctor import examine, healthy, report, wire

    findings = examine(read)
    terminal.show(as_json, wire(findings), report(findings))
    return ANSWERED if healthy(findings) else FAILED


@command("List the documents of the index.", as_json_option)
def documents(read: Read, as_json: bool) -> None:
    """List the documents of the index, debate by debate."""
    from pullquote.api.wire import document_wire

    generation = terminal.open_generation(read())
    numbers = range(len(generation.rows))
    wire = {"documents": [document_wire(generation, number, full_text=False) for number in numbers]}
    terminal.show(as_json, wire, terminal.render("documents", wire))


@command("Count sentences by side, voice, outlet and year.", _csv, as_json_option)
def balance(read: Read, as_csv: bool, as_json: bool) -> None:
    """Show how each debate's sentences of prose are spread over sides, voices, outlets and years."""
    from pullquote.upkeep.report import balance_of, csv_of

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms of one table; give one of them")
    found = balance_of(terminal.open_generation(read()))
    if as_csv:
        click.echo(csv_of(found), nl=False)
    else:
        terminal.show(as_json, [debate.wire() for debate in found], "\n\n".join(debate.text for debate in found))


@command("Show what was asked in vain, and what readers said.", as_json_option)
def report(read: Read, as_json: bool) -> None:
    """Show what visitors asked in vain, one-sided topics and the sources leaned on most."""
    from pullquote.index import open_index
    from pullquote.upkeep.records import Records
    from pullquote.upkeep.report import report_of

    settings, generation = read(), None
    if settings.store is None:
        raise SettingsError("nothing is recorded; name a file with PULLQUOTE_STORE, for `serve` and for `report`")
    with suppress(IndexFault):  # what visitors asked is told even where no index can be used
        generation = open_index(settings).generation
    found = report_of(Records.of(settings), generation)
    terminal.show(as_json, found.wire, found.text)


@command("Measure answers on labelled sets.", _folders, _fit, as_json_option, name="eval")
def evaluate(read: Read, folders: tuple[Path, ...], fit: bool, as_json: bool) -> None:
    """Measure answers on labelled sets.

    Each DIR has queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of documents in its place;
    docs/quality.md describes them.
    """
    from pullquote.models.encoder import prepare_encoder
    from pullquote.upkeep.evaluate import figures, load_dataset, run, table, tune, tuned_text

    settings = read()
    sets = [load_dataset(folder, settings) for folder in folders]
    encoder = prepare_encoder(settings.model, settings.index)
    with terminal.progress() as shown:
        if fit:
            tuned = tune(sets, settings, encoder, progress=shown)
            terminal.show(as_json, tuned, tuned_text(tuned))
            return
        trials = {dataset.name: run(dataset, settings, encoder, progress=shown) for dataset in sets}
    rows = [figures(name, tried, settings.threshold) for name, tried in trials.items()]
    terminal.show(as_json, rows, table(rows))


for _command in terminal.COMMANDS:
    main.add_command(_command)
