"""The command line: the group of all commands, what becomes of their errors, and the commands of the operator."""

import errno
import io
import os
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pullquote import __version__
from pullquote.cli import asking
from pullquote.cli.terminal import ANSWERED, FAILED, as_json_option, open_generation, progress, show, warn
from pullquote.errors import IndexFault, PullquoteError, SettingsError
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.index.generation import Generation

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
_EPILOG = "Exit codes: 0 answered, 3 the sources do not answer, 1 an error (with what to do next), 2 wrong usage."


class _Commands(click.Group):
    """Turns every expected error into one line on stderr and exit code 1."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command line, `--help` and `--version` too."""
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter gets it written out
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().main(*arguments, **options)
        except PullquoteError as error:
            warn(str(error))
        except UnicodeEncodeError:
            warn("some letters cannot be written in the output's encoding; set PYTHONIOENCODING=utf-8")
        except OSError as error:
            warn(_refused(error))
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
    context.obj = lambda: Settings.read(os.environ, config)


for _command in (asking.ask, asking.chat, asking.search, asking.sides, asking.disputes, asking.verify):
    main.add_command(_command)


# Index and service


@main.command(short_help="Build the index of the corpus.")
@click.option("--force", is_flag=True, help="Build even where nothing changed.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever the corpus changes.")
@click.pass_context
def index(context: click.Context, force: bool, watch: bool) -> None:
    """Build the index of the corpus; what did not change is not encoded again."""
    from pullquote.models.export import fetch_model
    from pullquote.models.ranker import fetch_ranker
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow

    settings = context.obj()
    fetch_model(settings.model, "PULLQUOTE_MODEL")  # here alone the hub is asked: what answers opens what lies here
    fetch_ranker(settings.reranker)
    code = _build(settings, force=force) if force or not watch else ANSWERED
    if watch:
        follow(settings, lambda: index_changes(settings), warn)
    context.exit(ANSWERED if watch else code)


def _build(settings: Settings, *, force: bool) -> int:
    from pullquote.index import up_to_date
    from pullquote.upkeep.indexing import index_corpus

    unchanged = None if force else up_to_date(settings)
    if unchanged is not None:
        return _told(unchanged, settings, "; nothing changed")
    if sys.stderr.isatty() and not (settings.index / "encoders").is_dir():
        click.echo("Preparing the embedding model, once for this index; it takes some seconds.", err=True)
    try:
        with progress() as shown:
            built = index_corpus(settings, progress=shown)
    except OSError as error:
        error.filename = error.filename or str(settings.index)  # the system does not always say where
        raise
    code = _told(built.generation, settings)
    for file in built.corpus.remarks:
        warn(f"note: {file.path} {file.reason}")
    return code


def _told(generation: "Generation", settings: Settings, more: str = "") -> int:
    """Count what a generation holds, name the files that it lacks, and say with which code to end."""
    counts, skipped = generation.card.counts, generation.card.skipped
    click.echo(
        f"{counts['documents']} documents, {counts['passages']} passages, {counts['windows']} sentences of prose "
        f"in {settings.index} (generation {generation.card.name}){more}"
    )
    for path, reason in skipped:
        warn(f"skipped {path}: {reason}")
    return FAILED if skipped else ANSWERED


@main.command(short_help="Serve the page, the API and the widget.")
@click.option("--host", help="Address to listen on [default: PULLQUOTE_HOST or 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: PULLQUOTE_PORT or 8000].")
@click.option("--watch", is_flag=True, help="Index the corpus again whenever it changes, while the old index serves.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None, watch: bool) -> None:
    """Answer over HTTP: the page at /, the API under /v1, its description at /docs."""
    from pullquote.api.app import serve as run
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow_beside

    settings = context.obj()
    with ExitStack() as ending:
        if watch:
            ending.callback(follow_beside(settings, lambda: index_changes(settings), warn))
        run(settings, settings.host if host is None else host, port or settings.port)


@main.command(short_help="Say what is wrong here and what to do next.")
@as_json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.upkeep.doctor import examine, healthy, report, wire

    findings = examine(context.obj)
    show(as_json, lambda: wire(findings), lambda: report(findings))
    context.exit(ANSWERED if healthy(findings) else FAILED)


# What there is


@main.command(short_help="List the documents of the index.")
@as_json_option
@click.pass_context
def documents(context: click.Context, as_json: bool) -> None:
    """List the documents of the index, debate by debate."""
    from pullquote.api.wire import document_wire

    generation = open_generation(context.obj())
    numbers = range(len(generation.rows))
    show(
        as_json,
        lambda: {"documents": [document_wire(generation, number, full_text=False) for number in numbers]},
        lambda: "\n".join(map(_listed, generation.rows)),  # in one piece: whoever closes the pipe has got it all
    )


def _listed(row: Any) -> str:
    from pullquote.voice import source_line

    facts, sentences = source_line(row.source) or "source not recorded", row.sentences
    title = row.source.title or "[title not recorded]"
    return f"{row.debate}  {row.id}  {title}\n    {facts}; {sentences} sentences"


@main.command(short_help="Count sentences by side, voice, outlet and year.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values, for a spreadsheet.")
@as_json_option
@click.pass_context
def balance(context: click.Context, as_csv: bool, as_json: bool) -> None:
    """Show how each debate's sentences of prose are spread over sides, voices, outlets and years."""
    from pullquote.upkeep.report import balance_of, csv_of

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms of one table; give one of them")
    found = balance_of(open_generation(context.obj()))
    if as_csv:
        click.echo(csv_of(found), nl=False)
    else:
        text = "\n\n".join(debate.text for debate in found)
        show(as_json, lambda: [debate.wire() for debate in found], lambda: text)


@main.command(short_help="Show what was asked in vain, and what readers said.")
@as_json_option
@click.pass_context
def report(context: click.Context, as_json: bool) -> None:
    """Show what visitors asked in vain, one-sided topics and the sources leaned on most."""
    from pullquote.index import open_index
    from pullquote.upkeep.records import Records
    from pullquote.upkeep.report import report_of

    settings, generation = context.obj(), None
    if settings.store is None:
        raise SettingsError("nothing is recorded; name a file with PULLQUOTE_STORE, for `serve` and for `report`")
    with suppress(IndexFault):  # what visitors asked is told even where no index can be used
        generation = open_index(settings).generation
    found = report_of(Records.of(settings), generation)
    show(as_json, lambda: found.wire, lambda: found.text)


@main.command("eval", short_help="Measure answers on labelled sets.")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--fit", is_flag=True, help="Fit the confidence to these sets and keep it in the index folder.")
@as_json_option
@click.pass_context
def evaluate(context: click.Context, folders: tuple[Path, ...], fit: bool, as_json: bool) -> None:
    """Measure answers on labelled sets.

    Each DIR has queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of documents in its place;
    docs/quality.md describes them.
    """
    from pullquote.models.encoder import prepare_encoder
    from pullquote.upkeep.evaluate import figures, load_dataset, run, table, tune, tuned_text

    settings = context.obj()
    sets = [load_dataset(folder, settings) for folder in folders]
    encoder = prepare_encoder(settings.model, settings.index)
    with progress() as shown:
        if fit:
            tuned = tune(sets, settings, encoder, progress=shown)
            show(as_json, lambda: tuned, lambda: tuned_text(tuned))
            return
        trials = {dataset.name: run(dataset, settings, encoder, progress=shown) for dataset in sets}
    rows = [figures(name, tried, settings.threshold) for name, tried in trials.items()]
    show(as_json, lambda: rows, lambda: table(rows))
