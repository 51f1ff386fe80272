"""The command line: the group of all commands, and what becomes of their errors."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from pullquote import __version__
from pullquote.commands import asking, building, checking, debating, measuring, surveying
from pullquote.commands.common import FAILED, warn
from pullquote.errors import PullquoteError
from pullquote.settings import Settings

_EPILOG = "Exit codes: 0 answered, 3 the sources do not answer, 1 an error (with what to do next), 2 wrong usage."


class _Commands(click.Group):
    """Turns every expected error into one line on stderr and exit code 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(context)
        except PullquoteError as error:
            warn(str(error))
            context.exit(FAILED)
        except UnicodeEncodeError:
            warn("an argument is not UTF-8 text, so it cannot be shown again")
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


for _command in (
    asking.ask, asking.chat, asking.search,
    building.index, building.serve,
    checking.doctor, checking.verify,
    debating.disputes, debating.sides,
    measuring.evaluate,
    surveying.balance, surveying.documents, surveying.report,
):  # fmt: skip
    main.add_command(_command)
