"""The balance of a corpus: over which sides, voices, outlets and years the sentences of each debate are spread."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pullquote.hidden import visible
from pullquote.judged import StanceBook, own_propositions, stance_of
from pullquote.quote import Quote
from pullquote.stance import BAR, Side
from pullquote.store.generation import Generation
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.voicebook import VoiceBook

LONGEST = 15  # rows of each list that are shown
_UNNAMED = "unnamed"
_FORMULA = (*"=+-@", *"＝＋－＠", "\t", "\r", "\n")  # the wide ones are signs to a spreadsheet in some languages


@dataclass(frozen=True, slots=True)
class Balance:
    """Sentences counted, of one debate. `sides` is by proposition; those not judged or on another subject are left out."""

    debate: str
    sentences: int
    sides: dict[str, Counter[str]]
    voices: Counter[str]
    outlets: Counter[str]
    authors: Counter[str]
    years: Counter[str]

    @property
    def lists(self) -> tuple[tuple[str, Counter[str], int], ...]:
        """The tables with their titles, and how many sentences are in none of a table's rows."""
        sides = (
            (f"side on: {proposition}", counts, self.sentences - counts.total())
            for proposition, counts in self.sides.items()
        )
        return (
            *sides,
            ("voice", self.voices, 0),
            ("outlet", self.outlets, 0),
            ("author", self.authors, 0),
            ("year", self.years, 0),
        )

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
            "sides": [{"proposition": name, **{side.value: counts[side.value] for side in Side}} for name, counts in self.sides.items()],
            **{name: _rows(counts, most) for name, counts in (
                ("voices", self.voices), ("outlets", self.outlets), ("authors", self.authors), ("years", self.years))},
        }  # fmt: skip

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.debate}: {self.sentences} sentences of prose"]
        for title, counts, left in self.lists:
            shown = (*_shown(title, counts), *_rest(left))
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


def _rest(left: int) -> Iterator[tuple[str, int]]:
    """The row of what is in no other, where there is something."""
    if left:
        yield "[not judged on it, or not about it]", left


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
) -> Counter[str]:
    counts: Counter[str] = Counter()
    readings = stances.readings(debate, proposition) or {}
    for row, reading in readings.items():
        quote = quotes[row]
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        if stance is not None and reading.relevance >= BAR.subject:
            counts[stance.side.value] += 1
    return counts


def csv_of(found: Sequence[Balance]) -> str:
    """Every count as a row: debate, list, name, sentences."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["debate", "by", "name", "sentences"])
    for balance in found:
        for title, counts, left in balance.lists:
            rows = (*counts.most_common(), *_rest(left))
            writer.writerows([_safe(balance.debate), _safe(title), _safe(name), count] for name, count in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that drives no terminal."""
    plain = visible(cell).replace("\r", "\\r")
    return f"'{plain}" if cell.startswith(_FORMULA) else plain
