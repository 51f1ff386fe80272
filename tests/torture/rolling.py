"""Corpora that change all the time, clients that ask all the time, and what knows each generation's text."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fakes import HashEncoder, write_corpus

from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

CLIENTS = 8
LONGEST = 60.0  # seconds that clients wait for a builder whom they leave little of the processor
QUESTIONS = (
    "Who pays the toll?",
    "What do buses carry?",
    "Do tolls cut traffic?",
    "Why do riders wait?",
)
Wire = dict[str, Any]


def edition(number: int) -> dict[str, str]:
    """A corpus of which no sentence stands in another edition; one document comes and goes."""
    mark = f"in edition {number}"
    texts = {
        "tolls/toll.txt": f"Drivers pay the toll {mark}. Tolls cut traffic {mark}. "
        + "Roads fill up. " * (number % 3),
        "tolls/bus.txt": f"{'Well. ' * (number % 4)}Buses carry riders {mark}. Riders wait {mark}.",
    }
    if number % 2:
        texts["tolls/odd.txt"] = f"Odd tolls are paid by riders {mark}."
    return texts


class Builder(threading.Thread):
    """Builds edition after edition, and remembers what text each generation was made from."""

    def __init__(self, settings: Settings, refresh: Callable[[], object]) -> None:
        super().__init__()
        self._settings, self._refresh = settings, refresh
        self.texts: dict[str, dict[str, str]] = {}
        self.stopped = threading.Event()
        self.failure: BaseException | None = None

    def build(self, number: int) -> None:
        for path in self._settings.corpus.rglob("*.txt"):
            path.unlink()
        write_corpus(self._settings.corpus, edition(number))
        generation = index_corpus(self._settings, HashEncoder()).generation
        ids = {row.path: row.id for row in generation.rows}
        self.texts[generation.card.name] = {
            ids[path]: text for path, text in edition(number).items()
        }
        self._refresh()

    def run(self) -> None:
        try:
            number = 1
            while not self.stopped.is_set():
                self.build(number)
                number += 1
        except BaseException as error:  # noqa: BLE001 (told by the test)
            self.failure = error


def assert_from_one_generation(answer: Wire, texts: dict[str, dict[str, str]]) -> int:
    """The oracle: it knows each generation's text, and nothing else."""
    known = texts[answer["index"]["generation"]]
    quotes = [*answer["quotes"], *answer["nearest"]]
    for quote in quotes:
        assert known[quote["document_id"]][quote["start"] : quote["end"]] == quote["exact"]
        assert quote["exact"] in answer["text"] or quote not in answer["quotes"]
    return len(quotes)


def hammer(ask: Callable[[int], Wire | None], seconds: float, builder: Builder) -> list[Wire]:
    """Ask from several threads for some seconds, and until an index was replaced; what any of them raised is raised here."""
    answers: list[Wire] = []
    failures: list[BaseException] = []
    start = time.monotonic()

    def over() -> bool:
        replaced = len(builder.texts) > 2  # the first one, one taken up, and the one after it
        return time.monotonic() > start + (seconds if replaced or builder.failure else LONGEST)

    def client(number: int) -> None:
        try:
            while not (over() or failures):
                answer = ask(number)
                if answer is not None:
                    answers.append(answer)
                number += 1
        except BaseException as error:  # noqa: BLE001 (told by the test)
            failures.append(error)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers


@contextmanager
def rebuilding(builder: Builder) -> Iterator[None]:
    builder.start()
    yield
    builder.stopped.set()
    builder.join()
    if builder.failure:
        raise builder.failure
