"""The balance of a corpus: over which sides, voices, outlets and years the sentences of each debate are spread."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pullquote.corpus.files import visible
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote
from pullquote.sides.judging import StanceBook, own_propositions, positions_of, side_of, stance_of
from pullquote.sides.stance import BAR, Side
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.book import VoiceBook

LONGEST = 15  # rows of each list that are shown
_UNNAMED = "unnamed"
_SIDED = (Side.FOR, Side.AGAINST, Side.NEUTRAL)
_BESIDE = "[judged, and not about it]"
_UNJUDGED = "[not judged: others of their documents fit it better]"
_UNLABELLED = "[of documents on no side]"
_FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r", "\n")  # the wide ones are signs to a spreadsheet in some languages


@dataclass(frozen=True, slots=True)
class SideCounts:
    """Sentences by the side that they take on one proposition.

    `judged` is a sample: of each document only the sentences that fit the proposition best are judged, so the more a
    document says, the less of it is counted. `labelled` has all prose of the documents that the operator puts on a side.
    """

    judged: Counter[str]
    beside: int  # judged too, but not about the subject
    labelled: Counter[str]


@dataclass(frozen=True, slots=True)
class Balance:
    """Sentences counted, of one debate; `sides` by proposition."""

    debate: str
    sentences: int
    sides: dict[str, SideCounts]
    voices: Counter[str]
    outlets: Counter[str]
    authors: Counter[str]
    years: Counter[str]

    @property
    def lists(self) -> tuple[tuple[str, Counter[str], Counter[str]], ...]:
        """The tables with their titles, and the sentences that are in none of a table's rows, by why."""
        sides = chain.from_iterable(self._of_sides(proposition, counts) for proposition, counts in self.sides.items())
        others = (("voice", self.voices), ("outlet", self.outlets), ("author", self.authors), ("year", self.years))
        return (*sides, *((title, counts, Counter[str]()) for title, counts in others))

    def _of_sides(self, proposition: str, counts: SideCounts) -> Iterator[tuple[str, Counter[str], Counter[str]]]:
        left = self.sentences - counts.judged.total() - counts.beside
        yield f"side on: {proposition}", counts.judged, Counter({_BESIDE: counts.beside, _UNJUDGED: left})
        if counts.labelled:
            unlabelled = Counter({_UNLABELLED: self.sentences - counts.labelled.total()})
            yield f"the side of the document on: {proposition}", counts.labelled, unlabelled

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON, the longest rows of each list only."""
        return self._json(LONGEST)

    @property
    def whole(self) -> dict[str, Any]:
        """As JSON, every row."""
        return self._json(None)

    def _json(self, most: int | None) -> dict[str, Any]:
        return {
            "debate": self.debate, "sentences": self.sentences, "passages": self.sentences,
            "sides": [
                {
                    "proposition": name, **{side.value: counts.judged[side.value] for side in Side},
                    "beside": counts.beside, "judged": counts.judged.total() + counts.beside,
                    "labelled": {side.value: counts.labelled[side.value] for side in _SIDED},
                }
                for name, counts in self.sides.items()
            ],
            **{name: _rows(counts, most) for name, counts in (
                ("voices", self.voices), ("outlets", self.outlets), ("authors", self.authors), ("years", self.years))},
        }  # fmt: skip

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.debate}: {self.sentences} sentences of prose"]
        for title, counts, left in self.lists:
            shown = (*_shown(title, counts), *((name, count) for name, count in left.items() if count))
            lines += ["", f"By {title}", *(f"  {count:5}  {name}" for name, count in shown)]
        return "\n".join(lines)


def _shown(title: str, counts: Counter[str]) -> Iterator[tuple[str, int]]:
    """The longest rows, and how much is in the others; every year, one after the other."""
    ranked = sorted(counts.items()) if title == "year" else counts.most_common()
    most = len(ranked) if title == "year" else LONGEST
    yield from ((_in_words(name) if title == "voice" else name, count) for name, count in ranked[:most])
    if more := ranked[most:]:
        others = f"{len(more)} other {title}{'s' if len(more) > 1 else ''}"
        yield f"from {others} (`pullquote balance --csv` has them all)", sum(count for _, count in more)


def _in_words(voice: str) -> str:
    """A voice as it is read. Example: _in_words("reported: the union") -> "the union (reported)"."""
    kind, colon, name = voice.partition(": ")
    if not colon:
        return "the document’s own author"
    return f"{'nobody named' if name == _UNNAMED else name} ({kind})"


def _rows(counts: Counter[str], most: int | None) -> list[dict[str, Any]]:
    return [{"name": name, "sentences": count, "passages": count} for name, count in counts.most_common(most)]


def balance_of(generation: Generation) -> tuple[Balance, ...]:
    """Count every sentence of prose, debate by debate."""
    voices, stances = VoiceBook(generation), StanceBook(generation)
    return tuple(_debate(generation, voices, stances, debate) for debate in generation.debates)


def _debate(generation: Generation, voices: VoiceBook, stances: StanceBook, debate: str) -> Balance:
    documents = generation.documents_of(debate)
    spoken, outlets, authors, years = (Counter[str]() for _ in range(4))
    quotes: dict[int, Quote] = {}
    spelt: dict[str, str] = {}
    for row in generation.window_rows(documents):
        quote = _sentence(generation, row)
        source, voice = quote.document.source, summary(voices.of_quote(quote))
        quotes[row] = quote
        name = _speaking(voice)
        spoken[spelt.setdefault(name.casefold(), name)] += 1  # "some" is "Some" where a sentence starts with it
        outlets[source.publisher or "[not recorded]"] += 1
        authors[source.author or "[not recorded]"] += 1
        years[source.date[:4] if source.date else "[not recorded]"] += 1
    sides = {
        name: _sides(generation, voices, stances, name, debate, quotes) for name in own_propositions(generation, debate)
    }
    return Balance(debate, len(quotes), sides, spoken, outlets, authors, years)


def _speaking(voice: Voice) -> str:
    return voice.kind.value if voice.kind is VoiceKind.AUTHOR else f"{voice.kind.value}: {voice.speaker or _UNNAMED}"


def _sentence(generation: Generation, row: int) -> Quote:
    at = generation.window(row)
    return Quote(generation.document(at.document), generation.sentences(at.document), at.last, at.last)


def _sides(
    generation: Generation,
    voices: VoiceBook,
    stances: StanceBook,
    proposition: str,
    debate: str,
    quotes: dict[int, Quote],
) -> SideCounts:
    counts: Counter[str] = Counter()
    beside = 0
    readings = stances.readings(debate, proposition) or {}
    for row, reading in readings.items():
        quote = quotes[row]
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        if stance is not None and reading.relevance >= BAR.subject:
            counts[stance.side.value] += 1
        else:
            beside += 1
    return SideCounts(counts, beside, _labels(generation, proposition, quotes))


def _labels(generation: Generation, proposition: str, quotes: dict[int, Quote]) -> Counter[str]:
    """All prose of the documents that the operator puts on a side of a proposition, by that side."""
    sentences = Counter(generation.window(row).document for row in quotes)
    counts: Counter[str] = Counter()
    for number, count in sentences.items():
        side = side_of(positions_of(generation, number, proposition), proposition)
        if side is not None:
            counts[side.value] += count
    return counts


def csv_of(found: Sequence[Balance]) -> str:
    """Every count as a row: debate, list, name, sentences."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["debate", "by", "name", "sentences"])
    for balance in found:
        for title, counts, left in balance.lists:
            rows = (*counts.most_common(), *((name, count) for name, count in left.items() if count))
            writer.writerows([_safe(balance.debate), _safe(title), _safe(name), count] for name, count in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that drives no terminal."""
    plain = visible(cell).replace("\r", "\\r")
    return f"'{plain}" if cell.startswith(_FORMULA) else plain
