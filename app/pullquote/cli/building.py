"""The commands that keep an index and a service going: `index` and `serve`."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from pullquote.cli.common import ANSWERED, FAILED, ProgressBar, warn, writing_below
from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.index.generation import Generation


@click.command(short_help="Build the index of the corpus.")
@click.option("--force", is_flag=True, help="Build even where nothing changed.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever the corpus changes.")
@click.pass_context
def index(context: click.Context, force: bool, watch: bool) -> None:
    """Build the index of the corpus; what did not change is not encoded again."""
    settings = context.obj()
    _fetch(settings)
    code = _build(settings, force=force) if force or not watch else ANSWERED
    if watch:
        _watch(settings)
        context.exit(ANSWERED)
    context.exit(code)


def _build(settings: Settings, *, force: bool) -> int:
    from pullquote.index import up_to_date
    from pullquote.upkeep.indexing import index_corpus

    unchanged = None if force else up_to_date(settings)
    if unchanged is not None:
        click.echo(f"{_counted(unchanged, settings)}; nothing changed")
        return _name_skipped(unchanged)
    if sys.stderr.isatty() and not (settings.index / "encoders").is_dir():
        click.echo("Preparing the embedding model, once for this index; it takes some seconds.", err=True)
    with ProgressBar() as progress, writing_below(settings.index):
        built = index_corpus(settings, progress=progress.show)
    click.echo(_counted(built.generation, settings))
    code = _name_skipped(built.generation)
    for file in built.corpus.remarks:
        warn(f"note: {file.path} {file.reason}")
    return code


def _name_skipped(generation: "Generation") -> int:
    """Name the files that a generation lacks, and say with which code to end."""
    for path, reason in generation.card.skipped:
        warn(f"skipped {path}: {reason}")
    return FAILED if generation.card.skipped else ANSWERED


def _fetch(settings: Settings) -> None:
    """Here alone the hub is asked: what answers opens what lies on this disk."""
    from pullquote.models.export import fetch_model
    from pullquote.models.ranker import fetch_ranker

    fetch_model(settings.model, "PULLQUOTE_MODEL")
    fetch_ranker(settings.reranker)


def _counted(generation: "Generation", settings: Settings) -> str:
    counts = generation.card.counts
    return (
        f"{counts['documents']} documents, {counts['passages']} passages, {counts['windows']} sentences of prose "
        f"in {settings.index} (generation {generation.card.name})"
    )


@click.command(short_help="Serve the page, the API and the widget.")
@click.option("--host", help="Address to listen on [default: PULLQUOTE_HOST or 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: PULLQUOTE_PORT or 8000].")
@click.option("--watch", is_flag=True, help="Index the corpus again whenever it changes, while the old index serves.")
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None, watch: bool) -> None:
    """Answer over HTTP: the page at /, the API under /v1, its description at /docs."""
    from pullquote.api.app import serve as run

    settings = context.obj()
    with ExitStack() as ending:
        if watch:
            ending.callback(_watch_beside(settings))
        run(settings, settings.host if host is None else host, port or settings.port)


def _watch(settings: Settings) -> None:
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow

    follow(settings, lambda: index_changes(settings), warn)


def _watch_beside(settings: Settings) -> Callable[[], None]:
    from pullquote.upkeep.indexing import index_changes
    from pullquote.upkeep.watch import follow_beside

    return follow_beside(settings, lambda: index_changes(settings), warn)
