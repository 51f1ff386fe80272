"""How the cost of reading a text grows with its length, told on a machine that others use too."""

import gc
import time
import tracemalloc
from collections.abc import Callable

ROUNDS = 6
TIMES = 4  # so many times the text: in proportion 4 times the seconds, in the square 16 times
LIMIT = 11.0  # between the two, and above what a reach of some sentences back adds until it is full
BLINK = 0.1  # seconds: what takes less is not told from noise, and harms nobody
DOUBLED = (10_000, 20_000, 40_000)  # letters
GROWTH = 2.6  # for a doubling: in proportion it is 2, in the square 4
NOISE = 0.01  # seconds

DRAFTS = (  # what a draft is made of without end
    "“We will do it now” and ", "“We will.”\n\n— Ann\n\n", "“", '"', "'a ", "“‘«", "[a bc] ", "the … ", "word ",
    "\n", "a\n", "a\n\n", "> a\n\n", "“a\n\n", "- - - - - - a\n", "> > > > > > a\n\n", "|a|b|\n", "She said. ",
)  # fmt: skip

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """CPU seconds: what other processes and the collector of garbage take is not in it."""
    collects = gc.isenabled()
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        if collects:
            gc.enable()


def memory(work: Work) -> int:
    """The most bytes that Python's own objects take at once while it works."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def assert_in_proportion(prepare: Callable[[int], Work], size: int) -> None:
    """Four times the size costs well below sixteen times the CPU: fails where the cost grows with the square.

    `prepare` makes the text of a size, untimed, and gives the work on it. The least of several rounds counts, as a busy
    machine adds to a time and never takes from it; the first round in proportion is enough.
    """
    prepare(size // TIMES)()  # compiles what is compiled once
    small, large = [], []
    for _ in range(ROUNDS):
        small.append(seconds(prepare(size // TIMES)))
        large.append(seconds(prepare(size)))
        if min(large) <= LIMIT * min(small) + BLINK:
            return
    raise AssertionError(f"{size // TIMES} takes {min(small):.3f} s of CPU and {size} takes {min(large):.3f} s")


def assert_doubles(prepare: Callable[[int], Work]) -> None:
    """Twice the letters cost less than 2.6 times the CPU, in the mean of two doublings; `prepare` is as above."""
    prepare(DOUBLED[0] // 10)()
    rounds = []
    for _ in range(ROUNDS):
        rounds.append([seconds(prepare(size)) for size in DOUBLED])
        least = list(map(min, zip(*rounds, strict=True)))
        if least[-1] <= GROWTH ** (len(DOUBLED) - 1) * least[0] + NOISE:
            return
    raise AssertionError(", ".join(f"{size} takes {each:.3f} s" for size, each in zip(DOUBLED, least, strict=True)))
