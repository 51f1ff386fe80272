"""A process to be killed: it imports everything once, then forks a builder for every line that it reads.

Each builder stops itself before it starts, so that strace can take hold of it.
"""

import os
import signal
import sys
from pathlib import Path

from pullquote.errors import PullquoteError
from torture.small import build, settings_of, share_no_lock

DONE, FAILED = 0, 3


def warm_up() -> None:
    """Load what a build loads late: else strace would count the writes and opens of imports."""
    import faiss
    import sentencex
    import Stemmer
    import yaml

    assert all((faiss, sentencex, Stemmer, yaml))


def builder(folder: Path, index: Path) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        build(settings_of(folder, index))
    except (PullquoteError, OSError):
        os._exit(FAILED)
    os._exit(DONE)


def main() -> None:
    warm_up()
    share_no_lock()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        folder, index = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            builder(Path(folder), Path(index))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
