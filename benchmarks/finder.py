"""The windows of a labelled set as the product cuts and finds them: what a ranker will have to choose among."""

from dataclasses import dataclass
from functools import lru_cache

from pullquote.corpus.quote import Quote
from pullquote.index.search import cut, lead
from pullquote.models.encoder import Encoder
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset
from pullquote_eval.evaluate import open_set


@dataclass(frozen=True)
class Window:
    """Whole sentences of one document; `title` is what the ranker reads before them, without its last stop."""

    document: str
    title: str
    start: int
    end: int
    text: str


class Finder:
    """Opens a set's index, which is built when it is not there, and finds in it without choosing."""

    def __init__(self, dataset: Dataset, settings: Settings, encoder: Encoder) -> None:
        self._explainer = open_set(dataset, settings, encoder, lambda done, of: None)
        self.of = lru_cache(maxsize=None)(self._of)

    def nearest(self, question: str, debate: str | None = None, count: int = 40) -> list[Window]:
        """The windows that fit best, best first."""
        generation = self._explainer.generation
        hits = self._explainer.retrieve(" ".join(question.split()), debate=debate)
        return list(dict.fromkeys(_window(cut(generation, hit)) for hit in hits[:count]))

    def _of(self, document_id: str) -> tuple[Window, ...]:
        """All windows of a document, in its order."""
        generation = self._explainer.generation
        number = generation.number(document_id)
        sentences = generation.sentences(number)
        rows = generation.window_rows(range(number, number + 1))
        places = generation.places[rows.start : rows.stop, 1:].tolist()
        document = generation.document(number)
        return tuple(_window(Quote(document, sentences, first, last)) for first, last in places)


def _window(quote: Quote) -> Window:
    title = lead(quote.document.source).removesuffix(". ")
    return Window(quote.document.id, title, quote.span.start, quote.span.end, quote.text)
