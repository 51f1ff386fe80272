"""What one file may take of the process that reads it, and how a long file earns more."""

from contextlib import suppress

SECONDS, BYTES = 10, 500_000_000  # that one file may take, of the processor's time and of memory
_bound: list[bool] = []  # holds something in a process that is bound


def bind() -> None:
    """Let the system end this process where it takes too much."""
    with suppress(ImportError, ValueError, OSError):  # where the system knows no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(
            resource.RLIMIT_CPU, (SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1])
        )
        _bound.append(True)


def earn(seconds: float) -> None:
    """Give the process so many seconds more than at first, where it is bound: a long file is none that hangs."""
    if _bound:
        import resource

        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + int(seconds), most))
