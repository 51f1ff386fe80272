"""The operator's report: what was asked in vain, what answers lean on, and how the corpus is balanced."""

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pullquote.corpus.files import safe_cell
from pullquote.corpus.quote import Quote
from pullquote.errors import UnknownDocument, spend
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.sides.book import JudgedProposition, judged_at_build, readings_of
from pullquote.sides.judging import own_propositions, positions_of, side_of, stance_of
from pullquote.sides.stance import Side, StanceReading
from pullquote.span import Span
from pullquote.upkeep.records import MOST_READ, Records
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import VoiceKind, summary

LONGEST = 20  # rows of each list of what was asked
LONGEST_BALANCE = 15  # rows of each list of the balance that are shown
ALIKE = 0.4  # share of words that two questions of one gap have in common
OTHERS = 5  # further wordings that are shown of a gap
OLDER = "quoted from an older index: the words may have moved or gone"
Asked = Mapping[str, Any]
_WORDLESS = frozenset({""})  # stands for no words, so that two questions without any are alike
_UNNAMED = "unnamed"
_BESIDE = "[judged, but not about it]"
_UNJUDGED = "[not judged: other sentences of the document fit better]"
_UNLABELLED = "[from documents without a side]"


@dataclass(frozen=True, slots=True)
class OperatorReport:
    """What the records show, as JSON and for a terminal."""

    wire: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Sided:
    """Sentences by the side that they take on one proposition.

    `judged` is a sample, the sentences of each document that fit it best, without those `beside` the subject; `labelled` has
    all prose of the documents that the operator puts on a side.
    """

    judged: Counter[str]
    beside: int
    labelled: Counter[str]


@dataclass(frozen=True, slots=True)
class Balance:
    """Sentences counted, of one debate: by proposition and side, and by voice, outlet, author and year."""

    debate: str
    sentences: int
    sides: dict[str, Sided]
    counts: dict[str, Counter[str]]

    @property
    def lists(self) -> Iterator[tuple[str, Counter[str], Counter[str]]]:
        """The tables with their titles, and the sentences that are in none of a table's rows, by why."""
        for name, sided in self.sides.items():
            left = self.sentences - sided.judged.total() - sided.beside
            yield (
                f"side on: {name}",
                sided.judged,
                Counter({_BESIDE: sided.beside, _UNJUDGED: left}),
            )
            if sided.labelled:
                unlabelled = Counter({_UNLABELLED: self.sentences - sided.labelled.total()})
                yield f"the side of the document on: {name}", sided.labelled, unlabelled
        yield from ((title, counts, Counter()) for title, counts in self.counts.items())

    def wire(self, most: int | None = None) -> dict[str, Any]:
        """As JSON, of each list so many of its longest rows."""
        labelled = [side for side in Side if side is not Side.UNCLEAR]
        sides = [
            {
                "proposition": name,
                **{side.value: sided.judged[side.value] for side in Side},
                "beside": sided.beside,
                "judged": sided.judged.total() + sided.beside,
                "labelled": {side.value: sided.labelled[side.value] for side in labelled},
            }
            for name, sided in self.sides.items()
        ]
        rows = {
            f"{title}s": [
                {"name": name, "sentences": n, "passages": n}
                for name, n in counts.most_common(most)
            ]
            for title, counts in self.counts.items()
        }
        return {
            "debate": self.debate,
            "sentences": self.sentences,
            "passages": self.sentences,
            "sides": sides,
            **rows,
        }

    @property
    def text(self) -> str:
        """For a terminal: the longest rows of each list, and how much is in the others; every year, one after the other."""
        lines = [f"{self.debate}: {self.sentences} sentences of prose"]
        for title, counts, left in self.lists:
            ranked = sorted(counts.items()) if title == "year" else counts.most_common()
            most = len(ranked) if title == "year" else LONGEST_BALANCE
            listed = [
                (_in_words(name) if title == "voice" else name, count)
                for name, count in ranked[:most]
            ]
            if more := ranked[most:]:
                summary = f"from {len(more)} other {title}{'s' if len(more) > 1 else ''}"
                listed.append(
                    (
                        f"{summary} (`pullquote balance --csv` has them all)",
                        sum(count for _, count in more),
                    )
                )
            lines += [
                "",
                f"By {title}",
                *(f"  {count:5}  {name}" for name, count in (*listed, *left.items()) if count),
            ]
        return "\n".join(lines)


def _in_words(voice: str) -> str:
    kind, _, name = voice.partition(": ")
    return (
        f"{'nobody named' if name == _UNNAMED else name} ({kind})"
        if name
        else "the document’s own author"
    )


def report_of(records: Records, generation: Generation | None = None) -> OperatorReport:
    """The report over what is on record; with a generation, whose authors and balance it adds."""
    questions_asked, (questions, unanswered) = records.questions(), records.counts()
    sources = Counter(document for entry in questions_asked for document in entry["documents"])
    balance = balance_of(generation) if generation else ()
    wire = {
        "questions": questions,
        "unanswered": unanswered,
        "gaps": gaps(entry for entry in questions_asked if entry["reason"]),
        "one_sided": gaps(entry for entry in questions_asked if entry["one_sided"]),
        "one_author": gaps(_by_one_author(questions_asked, generation) if generation else ()),
        "balance": [debate.wire(LONGEST_BALANCE) for debate in balance],
        "sources": [
            {"document_id": name, "answers": count} for name, count in sources.most_common(LONGEST)
        ],
        "verdicts": records.verdicts()[:LONGEST],
        "judged": [_now(verdict, generation) for verdict in records.quotes_judged(LONGEST)],
    }
    return OperatorReport(
        wire, "\n".join([*_lines(wire), *(f"\n{debate.text}" for debate in balance)]).rstrip("\n")
    )


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    yield f"{report['questions']} questions, {report['unanswered']} not answered"
    if report["questions"] > MOST_READ:
        yield f"The lists below cover the latest {MOST_READ:,} of them."
    titles = {
        "gaps": "Asked in vain",
        "one_sided": "Answered from one side only",
        "one_author": "Answered by one author alone",
    }
    for name, title in titles.items():
        yield from (
            "",
            f"{title}:",
            *(f"  {gap['count']:4}  {gap['question']}" for gap in report[name]),
        )
    yield from (
        "",
        "Documents quoted most:",
        *(f"  {entry['answers']:4}  {entry['document_id']}" for entry in report["sources"]),
    )
    if report["verdicts"]:
        yield from ("", "What visitors said of quotes:")
        for entry in report["verdicts"]:
            yield f"  {entry['count']:4}  {entry['verdict'].replace('_', ' ')}, in {entry['document_id']}"
        yield from ("", "The latest of these:")
    for entry in report["judged"]:
        span = f"{entry['document_id']}:{entry['start']}-{entry['end']}"  # as `pullquote disputes` takes it
        yield f"  {entry['count']:4}  {entry['verdict'].replace('_', ' ')}, {span}, asked “{entry['question']}”"
        yield from [f"        ({OLDER})"] if entry["older"] else []
        yield from [f"        “{entry['words']}”"] if entry["words"] is not None else []


def _now(verdict: dict[str, Any], generation: Generation | None) -> dict[str, Any]:
    """A verdict with what was judged, where the generation that it was quoted from is this one, and whether it is older."""
    older, words = (
        None if generation is None else generation.card.name != verdict["generation"],
        None,
    )
    if generation and not older:
        with suppress(UnknownDocument):
            document = generation.document(generation.number(verdict["document_id"]))
            words = Span(verdict["start"], verdict["end"]).cut(document.text)
    return {**verdict, "older": older, "words": words}


def _by_one_author(questions: Iterable[Asked], generation: Generation) -> Iterator[Asked]:
    """The answered questions whose quotes all come from one author's documents, in a debate of several authors."""
    author = {row.id: row.source.author or row.id for row in generation.rows}
    debate = {row.id: row.debate for row in generation.rows}
    last_author = {row.debate: author[row.id] for row in generation.rows}
    several = {row.debate for row in generation.rows if author[row.id] != last_author[row.debate]}
    for entry in questions:
        documents = [name for name in entry["documents"] if name in author]
        if (
            entry["reason"] is None
            and len({author[name] for name in documents}) == 1
            and debate[documents[0]] in several
        ):
            yield {**entry, "reason": "one_author"}


def gaps(questions: Iterable[Asked]) -> list[dict[str, Any]]:
    """Questions with enough words in common become one gap, the most frequent first, each named by its first."""
    entries = [(entry, frozenset(terms(entry["question"])) or _WORDLESS) for entry in questions]
    rarity = Counter(word for _, words in entries for word in words)
    groups: list[tuple[frozenset[str], list[Asked]]] = []
    # The gaps by each of their telling words
    naming: defaultdict[str, list[int]] = defaultdict(list)
    for entry, words in entries:
        spend()
        # the rarest, so many that one of another question that is alike must be among its own
        telling = sorted(words, key=lambda word: (rarity[word], word))[
            : len(words) - math.ceil(ALIKE * len(words)) + 1
        ]
        candidates = sorted({number for word in telling for number in naming[word]})
        likely = map(groups.__getitem__, candidates)
        alike = (
            members
            for group_words, members in likely
            if len(words & group_words) >= ALIKE * len(words | group_words)
        )
        if (gap := next(alike, None)) is not None:
            gap.append(entry)
            continue
        for word in telling:
            naming[word].append(len(groups))
        groups.append((words, [entry]))
    return [_gap(members) for _, members in sorted(groups, key=lambda gap: -len(gap[1]))[:LONGEST]]


def _gap(questions: Sequence[Asked]) -> dict[str, Any]:
    first, *rewordings = dict.fromkeys(entry["question"] for entry in questions)
    reasons = Counter(entry["reason"] or "one_sided" for entry in questions)
    return {
        "question": first,
        "count": len(questions),
        "reasons": dict(reasons),
        "others": rewordings[:OTHERS],
    }


def balance_of(generation: Generation) -> tuple[Balance, ...]:
    """Count every sentence of prose, debate by debate."""
    voices, judged = VoiceBook(generation), judged_at_build(generation)
    return tuple(_debate(generation, voices, judged, debate) for debate in generation.debates)


def _debate(
    generation: Generation, voices: VoiceBook, judged: Sequence[JudgedProposition], debate: str
) -> Balance:
    counts = {title: Counter[str]() for title in ("voice", "outlet", "author", "year")}
    quotes: dict[int, Quote] = {}
    spelt: dict[str, str] = {}
    for row in generation.window_rows(generation.documents_of(debate)):
        spend()
        at = generation.window(row)
        quote = Quote(
            generation.document(at.document), generation.sentences(at.document), at.last, at.last
        )
        source, voice = quote.document.source, summary(voices.of_quote(quote))
        kind = voice.kind.value
        name = kind if voice.kind is VoiceKind.AUTHOR else f"{kind}: {voice.speaker or _UNNAMED}"
        # "some" is "Some" where a sentence starts with it
        name = spelt.setdefault(name.casefold(), name)
        facts = (name, source.publisher, source.author, source.date and source.date[:4])
        for counter, value in zip(counts.values(), facts, strict=True):
            counter[value or "[not recorded]"] += 1
        quotes[row] = quote
    propositions = own_propositions(generation, debate)
    sides = {
        name: _sided(generation, voices, readings_of(judged, debate, name) or {}, name, quotes)
        for name in propositions
    }
    return Balance(debate, len(quotes), sides, counts)


def _sided(
    generation: Generation,
    voices: VoiceBook,
    readings: Mapping[int, StanceReading],
    proposition: str,
    quotes: Mapping[int, Quote],
) -> Sided:
    judged, labelled, beside = Counter[str](), Counter[str](), 0
    for row, reading in readings.items():
        stance = stance_of(
            generation, quotes[row], voices.of_quote(quotes[row]), proposition, reading
        )
        if stance is not None and stance.side is not Side.NEUTRAL:
            judged[stance.side.value] += 1
        else:
            beside += 1
    for number, count in Counter(generation.window(row).document for row in quotes).items():
        side = side_of(positions_of(generation, number, proposition), proposition)
        if side is not None:
            labelled[side.value] += count
    return Sided(judged, beside, labelled)


def csv_of(balances: Sequence[Balance]) -> str:
    """Every count as a row: debate, list, name, sentences."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["debate", "by", "name", "sentences"])
    for balance in balances:
        for title, counts, left in balance.lists:
            rows = [
                (name, count) for name, count in (*counts.most_common(), *left.items()) if count
            ]
            writer.writerows(
                [safe_cell(balance.debate), safe_cell(title), safe_cell(name), count]
                for name, count in rows
            )
    return out.getvalue()
