"""The command line: parse, ask, print. What is heavy is imported by the command that needs it."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from pullquote import __version__, debating
from pullquote.errors import PullquoteError
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.datasets import Dataset
    from pullquote.encoder import Encoder
    from pullquote.explainer import Explainer
    from pullquote.store.generation import Generation

ANSWERED, FAILED, ABSTAINED = 0, 1, 3
_EPILOG = "Exit codes: 0 answered, 3 the sources do not answer, 1 an error (with what to do next), 2 wrong usage."
_as_json = click.option("--json", "as_json", is_flag=True, help="Print the wire form, for programs.")
_debate = click.option("--debate", metavar="NAME", help="Look in one debate only.")


class _Commands(click.Group):
    """Turns every expected error into one line on stderr and exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except PullquoteError as error:
            from pullquote.terminal import visible

            click.echo(visible(f"pullquote: {error}"), err=True)
            context.exit(FAILED)
        except UnicodeEncodeError:
            click.echo("pullquote: an argument is not UTF-8 text, so it cannot be shown again", err=True)
            context.exit(FAILED)
        except BrokenPipeError:  # the reader of a pipe has seen enough
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (it stays open)
            context.exit(FAILED)


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pullquote")
@click.option("--config", type=click.Path(path_type=Path), help="A TOML file of settings [default: pullquote.toml].")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Ask a policy debate; read the answer in the sources' own words."""
    context.obj = lambda: Settings.read(os.environ, config)


def _explainer(read: Callable[[], Settings]) -> "Explainer":
    from pullquote.explainer import Explainer

    return Explainer.open(read())


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@main.command()
@click.argument("question")
@_debate
@click.option("--max-quotes", type=click.IntRange(1, 10), default=3, show_default=True, help="Quotes at most.")
@_as_json
@click.pass_context
def ask(context: click.Context, question: str, debate: str | None, max_quotes: int, as_json: bool) -> None:
    """Answer QUESTION in the sources' own words, or say that they do not."""
    from pullquote.conversation import Query
    from pullquote.terminal import answer_text
    from pullquote.wire import answer_wire

    settings = context.obj()
    query = Query.checked(question, limit=settings.max_question, debate=debate, max_quotes=max_quotes)
    explainer = _explainer(context.obj)
    answer = explainer.ask(query)
    if explainer.degraded:
        click.echo(f"pullquote: warning: {explainer.degraded}", err=True)
    if as_json:
        _print_json(answer_wire(answer))
    else:
        click.echo(answer_text(answer))
    context.exit(ANSWERED if answer.answered else ABSTAINED)


@main.command()
@_debate
@click.option("--max-quotes", type=click.IntRange(1, 10), default=3, show_default=True, help="Quotes at most.")
@click.pass_context
def chat(context: click.Context, debate: str | None, max_quotes: int) -> None:
    """Ask question after question; a follow-up is understood by what was asked before it."""
    from contextlib import suppress

    from pullquote.dialogue import converse

    with suppress(ImportError):  # line editing and history, where the system has them
        __import__("readline")
    converse(_explainer(context.obj), read=input, write=click.echo, debate=debate, max_quotes=max_quotes)


@main.command()
@_as_json
@click.pass_context
def report(context: click.Context, as_json: bool) -> None:
    """Show what visitors asked in vain, one-sided topics and the sources leaned on most."""
    from pullquote.errors import IndexFault, SettingsError
    from pullquote.feedback import Records
    from pullquote.report import report_of
    from pullquote.store import open_index
    from pullquote.terminal import visible

    settings = context.obj()
    if settings.store is None:
        raise SettingsError("nothing is recorded; name a file with PULLQUOTE_STORE, for `serve` and for `report`")
    try:
        generation = open_index(settings).generation
    except IndexFault:  # what visitors asked is told even where no index can be used
        generation = None
    found = report_of(Records.of(settings), generation)
    if as_json:
        _print_json(found.wire)
    else:
        click.echo(visible(found.text))


@main.command()
@click.argument("query")
@_debate
@click.option("-k", "count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many.")
@_as_json
@click.pass_context
def search(context: click.Context, query: str, debate: str | None, count: int, as_json: bool) -> None:
    """Find the sentences that fit QUERY best, whether or not they answer it."""
    from pullquote.conversation import Query
    from pullquote.terminal import citation_text
    from pullquote.wire import citation_wire

    words = Query.checked(query, limit=context.obj().max_question).question
    found = _explainer(context.obj).search(words, count=count, debate=debate)
    if as_json:
        _print_json({"query": query, "debate": debate, "quotes": [citation_wire(citation) for citation in found]})
    else:
        click.echo("\n\n".join(citation_text(citation) for citation in found) or "Nothing fits.")
    context.exit(ANSWERED if found else ABSTAINED)


@main.command()
@click.option("--force", is_flag=True, help="Build even where nothing changed.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever the corpus changes.")
@click.pass_context
def index(context: click.Context, force: bool, watch: bool) -> None:
    """Build the index of the corpus; what did not change is not encoded again."""
    if watch:
        from pullquote.indexing import index_changes
        from pullquote.watch import follow

        settings = context.obj()
        follow(settings, lambda: index_changes(settings), _tell)
        context.exit(ANSWERED)
    from pullquote.indexing import index_corpus
    from pullquote.store import up_to_date
    from pullquote.terminal import visible

    settings = context.obj()
    unchanged = None if force else up_to_date(settings)
    if unchanged is not None:
        click.echo(f"{_counted(unchanged, settings)}; nothing changed")
        context.exit(ANSWERED)
    if sys.stderr.isatty() and not (settings.index / "encoders").is_dir():
        click.echo("Preparing the embedding model, once for this index; it takes some seconds.", err=True)
    with _Progress() as progress:
        built = index_corpus(settings, progress=progress.show)
    click.echo(_counted(built.generation, settings))
    for file in built.corpus.skipped:
        click.echo(visible(f"pullquote: skipped {file.path}: {file.reason}"), err=True)
    for file in built.corpus.remarks:
        click.echo(visible(f"pullquote: note: {file.path} {file.reason}"), err=True)
    context.exit(FAILED if built.corpus.skipped else ANSWERED)


def _tell(line: str) -> None:
    from pullquote.terminal import visible

    click.echo(visible(f"pullquote: {line}"), err=True)


def _counted(generation: "Generation", settings: Settings) -> str:
    counts = generation.card.counts
    return (
        f"{counts['documents']} documents, {counts['passages']} passages, {counts['windows']} sentences of prose "
        f"in {settings.index} (generation {generation.card.name})"
    )


class _Progress:
    """A progress bar with rate and remaining time, on a terminal only."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: int, of: int) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=of, unit=" texts", desc="encoding", disable=None, leave=False)
        self._bar.update(done - self._bar.n)


@main.command()
@click.option("--host", help="Address to listen on [default: PULLQUOTE_HOST or 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: PULLQUOTE_PORT or 8000].")
@click.option("--watch", is_flag=True, help="Index the corpus again whenever it changes, while the old index serves.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None, watch: bool) -> None:
    """Answer over HTTP: the page at /, the API under /v1, its description at /docs."""
    from pullquote.serve import serve as run

    settings = context.obj()
    stop = _watch_beside(settings) if watch else None
    run(settings, host or settings.host, port or settings.port)
    if stop:
        stop()


def _watch_beside(settings: Settings) -> Callable[[], None]:
    from pullquote.indexing import index_changes
    from pullquote.watch import follow_beside

    return follow_beside(settings, lambda: index_changes(settings), _tell)


@main.command()
@_as_json
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.doctor import examine, healthy, report, wire
    from pullquote.terminal import visible

    findings = examine(context.obj)
    if as_json:
        _print_json(wire(findings))
    else:
        click.echo(visible(report(findings)))
    context.exit(ANSWERED if healthy(findings) else FAILED)


@main.command()
@_as_json
@click.pass_context
def documents(context: click.Context, as_json: bool) -> None:
    """List the documents of the index, debate by debate."""
    from pullquote.store import open_index
    from pullquote.terminal import visible
    from pullquote.wire import document_wire

    generation = open_index(context.obj()).generation
    found = [(generation.document(number), generation.sentences(number)) for number in range(len(generation.rows))]
    if as_json:
        _print_json({"documents": [
            document_wire(document, sentences=len(sentences), full_text=False) for document, sentences in found
        ]})  # fmt: skip
        return
    for document, sentences in found:
        source = document.source
        facts = ", ".join(part for part in (source.author, source.publisher, source.date) if part)
        click.echo(visible(f"{document.debate}  {document.id}  {source.title or '[title not recorded]'}"))
        click.echo(visible(f"    {facts or 'source not recorded'}; {len(sentences)} sentences"))


@main.command()
@click.argument("quote_or_receipt", metavar="QUOTE|RECEIPT.json")
@click.option("--speaker", help="Who is said to have said it.")
@click.option("--document", "document_id", help="The id of the document where it is said to stand.")
@_as_json
@click.pass_context
def verify(
    context: click.Context, quote_or_receipt: str, speaker: str | None, document_id: str | None, as_json: bool
) -> None:
    """Check a quote, or every quote of a receipt (a saved `ask --json`), against the sources.

    Exit codes: 0 all verbatim, 3 not, 1 an error.
    """
    if quote_or_receipt.endswith(".json"):
        context.exit(_verify_receipt(context.obj(), Path(quote_or_receipt), as_json=as_json))
    from pullquote.conversation import Query
    from pullquote.terminal import visible

    Query.checked(quote_or_receipt, limit=100_000)
    verdict = _explainer(context.obj).verify(quote_or_receipt, speaker=speaker, document_id=document_id)
    places = [
        {"document_id": place.document.id, "start": place.span.start, "end": place.span.end,
         "exact": place.span.cut(place.document.text)} for place in verdict.places
    ]  # fmt: skip
    if as_json:
        diff = [{"kind": kind, "text": text} for kind, text in verdict.diff]
        _print_json({"result": verdict.result.value, "matches": places, "diff": diff})
    else:
        click.echo(verdict.result.value.replace("_", " "))
        for place in places:
            click.echo(visible(f"    {place['document_id']}:{place['start']}-{place['end']}  {place['exact']}"))
        signs = {"same": " ", "only_given": "-", "only_stored": "+"}
        for kind, text in verdict.diff:
            click.echo(visible(f"    {signs[kind]} {text}"))
    context.exit(ANSWERED if verdict.result.value == "verbatim" else ABSTAINED)


def _verify_receipt(settings: Settings, path: Path, *, as_json: bool) -> int:
    """Hold each claim of a receipt against the corpus folder, or the index where there is none."""
    from pullquote.errors import ReceiptError
    from pullquote.sources import every_document
    from pullquote.verify import Result, check, read_receipt

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReceiptError(f"{path} cannot be read ({error.strerror})") from error
    claims = read_receipt(content)
    known = every_document(settings)
    results = [check(claim, known) for claim in claims]
    rows = [
        {"document_id": claim.document_id, "start": claim.start, "end": claim.end, "result": result.value}
        for claim, result in zip(claims, results, strict=True)
    ]
    if as_json:
        _print_json({"quotes": rows})
    else:
        for row in rows:
            click.echo(f"{str(row['result']).replace('_', ' ')}  {row['document_id']}:{row['start']}-{row['end']}")
    return ANSWERED if all(result is Result.VERBATIM for result in results) else ABSTAINED


for _command in (debating.sides, debating.disputes, debating.balance):
    main.add_command(_command)


@main.command("eval")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--fit", is_flag=True, help="Fit the confidence to these sets and keep it in the index folder.")
@_as_json
@click.pass_context
def evaluate(context: click.Context, folders: tuple[Path, ...], fit: bool, as_json: bool) -> None:
    """Measure answers on labelled sets: queries.jsonl, qrels.jsonl and corpus.jsonl in each DIR."""
    from pullquote.datasets import load_dataset
    from pullquote.encoder import prepare_encoder
    from pullquote.evaluate import figures, figures_wire, run, table

    settings = context.obj()
    sets = [load_dataset(folder, settings) for folder in folders]
    encoder = prepare_encoder(settings.model, settings.index)
    if fit:
        _fit(settings, sets, encoder, as_json=as_json)
        return
    rows = []
    for dataset in sets:
        with _Progress() as progress:
            trials = run(dataset, settings, encoder, progress=progress.show)
        rows.append(figures(dataset.name, trials, settings.min_confidence))
    if as_json:
        _print_json([figures_wire(row) for row in rows])
    else:
        click.echo(table(rows))


def _fit(settings: Settings, sets: "Sequence[Dataset]", encoder: "Encoder", *, as_json: bool) -> None:
    from pullquote.tuning import tune

    with _Progress() as progress:
        tuned = tune(sets, settings, encoder, progress=progress.show)
    if as_json:
        _print_json(tuned.wire)
    else:
        click.echo(tuned.text)
