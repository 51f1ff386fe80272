"""Processor time: a long file may take more of it than a short one that hangs."""

from contextlib import suppress
from functools import cache


def extend_cpu_limit(seconds: float) -> None:
    """Let this process take so many seconds more than its soft limit was at first; nothing where it has no limit."""
    soft, hard = _first_limits()
    if soft >= 0:
        import resource

        soft += int(seconds)
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


@cache
def _first_limits() -> tuple[int, int]:
    """The soft and the hard limit when this is first asked; -1 is none."""
    with suppress(ImportError):  # where the system knows no such limits
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        return (-1 if soft == resource.RLIM_INFINITY else soft), hard
    return -1, -1
