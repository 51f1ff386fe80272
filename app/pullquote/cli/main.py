"""The command line: the group of all commands, and what becomes of their errors."""

import errno
import io
import os
import sys
from pathlib import Path
from typing import Any

import click

from pullquote import __version__
from pullquote.cli import asking, building, checking, debating, measuring, surveying
from pullquote.cli.common import FAILED, warn
from pullquote.errors import PullquoteError
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
_EPILOG = "Exit codes: 0 answered, 3 the sources do not answer, 1 an error (with what to do next), 2 wrong usage."


class _Commands(click.Group):
    """Turns every expected error into one line on stderr and exit code 1."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command line, `--help` and `--version` too."""
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter gets it written out
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            warn(_refused(error))
            _let_go()
            sys.exit(FAILED)

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(context)
        except PullquoteError as error:
            warn(str(error))
            context.exit(FAILED)
        except UnicodeEncodeError:
            warn("some letters cannot be written in the output's encoding; set PYTHONIOENCODING=utf-8")
            context.exit(FAILED)
        except BrokenPipeError:  # the reader of a pipe has seen enough
            _print_nowhere()
            context.exit(FAILED)


def _print_nowhere() -> None:
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (it stays open)


def _let_go() -> None:
    """What cannot be printed is forgotten: Python would try again at its end, and complain once more."""
    try:
        sys.stdout.flush()
    except OSError:
        _print_nowhere()


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


for _command in (
    asking.ask, asking.chat, asking.search,
    building.index, building.serve,
    checking.doctor, checking.verify,
    debating.disputes, debating.sides,
    measuring.evaluate,
    surveying.balance, surveying.documents, surveying.report,
):  # fmt: skip
    main.add_command(_command)
