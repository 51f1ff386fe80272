"""Questions that the documents' own claims raise, each proven by asking it when the index is built."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, islice, zip_longest
from typing import NamedTuple, Self

import numpy as np

from pullquote.answers.query import FORM
from pullquote.answers.reply import Proof, Prover
from pullquote.answers.suggestions import Suggestion, suggestions_of
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import Kind
from pullquote.index.generation import Draft, Generation
from pullquote.index.layout import program
from pullquote.index.lexical import STOP_WORDS, stems
from pullquote.index.search import cut, is_question
from pullquote.index.shard import Shard
from pullquote.models.onnx import Vectors
from pullquote.sides.judging import own_propositions
from pullquote.sides.proposition import (
    clauses_of,
    how_many,
    opens_yes_or_no,
    stands_alone,
    to_question,
)
from pullquote.sides.stance import Side
from pullquote.upkeep.topics import Topic, topics, worth
from pullquote.voice.book import VoiceBook
from pullquote.voice.names import is_person, names_of, parsed
from pullquote.voice.voices import inline, summary

TRIED = 20  # questions that are asked of a debate when the index is built,
TRIED_EACH = 0.25  # and for each of its documents
TRIED_ANEW = 6  # beside those proven before, where something in the debate changed
ASKED = 500  # in all, when an index is built: of very many debates the later ones go without, until the next build
READ = 200  # documents of a debate that are read through for what may be asked; of a larger one these are spread over all
LOOKED_AT = 24  # candidates of each form whose nearest windows are looked at before any is asked
NEAREST = 3  # windows, of which one must be fit to answer
WORDS = (8, 60)  # of the quote that answers
SUBJECT_WORDS = 4  # of a claim, up to its verb
OWNED = 2  # topics that somebody is asked about
OTHERS = 2  # sentences on a topic that count half
SURE = 0.5  # confidence in the answer
WORTH = -0.6  # least worth of a topic that is asked about, as a logit
SINGLE = 2.1  # what one word loses that names no kind of things, since it says little by itself; one that does, half

_ASKS = frozenset("who what which why how when where".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question with its form, what it is about, and the side that its answer must take."""

    question: str
    form: str
    about: frozenset[str] = frozenset()
    value: float = 0.0
    side: Side | None = None
    documents: frozenset[int] | None = None  # where its answer must stand, if anywhere

    def fits(self, quote: Quote) -> bool:
        """Whether a quote is plain and on what is asked."""
        text = quote.text
        is_whole = text.lstrip('“"')[:1].isupper() and text.endswith((".", "!", "”", '"'))
        is_whole = is_whole and not quote.leans and not is_question(text)
        return is_whole and WORDS[0] <= quote.words <= WORDS[1] and self.about <= stems(quote.text)

    def holds(self, proof: Proof | None) -> bool:
        """Whether its answer is sure, and opens with a quote that fits and whose speaker is known, on the side asked for."""
        if proof is None:
            return False
        stance = proof.first.stance
        sided = self.side is None or (stance is not None and stance.taken is self.side)
        if self.form in ("whether", "why"):  # the operator's own: whatever answers is worth it
            return sided
        return proof.confidence >= SURE and proof.first.voice.sure and self.fits(proof.first.quote)


def prove(
    generation: Generation,
    voices: VoiceBook,
    encode: Callable[[Sequence[str]], Vectors],
    prover: Prover,
    tell: Callable[[str], object] = lambda debate: None,
) -> tuple[Suggestion, ...]:
    """For each debate the questions that its claims raise and it answers, those for a first page first; debates take turns.

    A debate that did not change keeps those that it had; no more than ASKED are asked in all.
    """
    earlier, asked = _Known(generation), count()
    proven = []
    for debate in generation.debates:
        if earlier.same(debate):
            proven.append(earlier.kept(debate))
            continue
        tell(debate)
        asking = _Debate(generation, voices, encode, debate, earlier)
        proven.append(
            asking.proven(
                lambda candidate, name: prover(candidate, name) if next(asked) < ASKED else None
            )
        )
    return tuple(entry for turn in zip_longest(*proven) for entry in turn if entry is not None)


class _Known:
    """What was proven before, and which documents are others now; nothing where another program or setting proved it."""

    def __init__(self, generation: Generation) -> None:
        before = generation.before if isinstance(generation, Draft) else None
        card = generation.card
        alike = before is not None and (before.card.program, before.card.answering) == (
            program(),
            card.answering,
        )
        self._generation, self._before = generation, before if alike else None
        self.suggestions = suggestions_of(self._before) if self._before else ()
        then, now = _Told.of(self._before) if self._before else {}, _Told.of(generation)
        numbers = enumerate(now.items())
        self.changed = frozenset(
            number
            for number, (name, document) in numbers
            if name not in then or not document.same(then[name])
        )
        self._gone = frozenset(
            document.debate for name, document in then.items() if name not in now
        )

    def of(self, debate: str) -> list[Suggestion]:
        """What was proven of a debate."""
        return [suggestion for suggestion in self.suggestions if suggestion.debate == debate]

    def same(self, debate: str) -> bool:
        """Whether a debate is as it was."""
        documents = self._generation.documents_of(debate)
        return (
            self._before is not None
            and debate not in self._gone
            and self.changed.isdisjoint(documents)
        )

    def kept(self, debate: str) -> list[Suggestion]:
        """What was proven of a debate and stands on documents that did not change, with its rows as they count now."""
        before, now = self._before, self._generation
        unchanged: list[Suggestion] = []
        if before is None:
            return unchanged
        for suggestion in self.of(debate):
            window = before.window(suggestion.row)
            name = before.rows[window.document].id
            number = now.number(name) if now.has(name) else None
            if number is not None and number not in self.changed:
                shift = (
                    now.window_rows(range(number, number + 1)).start
                    - before.window_rows(range(window.document, window.document + 1)).start
                )
                unchanged.append(replace(suggestion, row=suggestion.row + shift))
        return unchanged


class _Told(NamedTuple):
    """Where a document's facts stand."""

    debate: str
    shard: Shard
    number: int

    @classmethod
    def of(cls, generation: Generation) -> dict[str, Self]:
        """Those of every document of a generation, in order, by id."""
        ids, debates = map(generation.column, ("id", "debate"))
        homes = map(generation.numbering.home, range(len(ids)))
        return {
            name: cls(debate, *home) for name, debate, home in zip(ids, debates, homes, strict=True)
        }

    def same(self, other: Self) -> bool:
        """Whether two are of the same file and facts."""
        if self.number == other.number and self.shard.name == other.shard.name:
            return True
        return self.shard.rows.line(self.number) == other.shard.rows.line(other.number)


class _Debate:
    """What may be asked of one debate: of a large one that was asked before, what its changed documents raise."""

    def __init__(
        self,
        generation: Generation,
        voices: VoiceBook,
        encode: Callable[[Sequence[str]], Vectors],
        name: str,
        known: _Known,
    ) -> None:
        self.generation, self.name, self.voices, self.known = generation, name, voices, known
        self.encode = encode
        numbers: Sequence[int] = generation.documents_of(name)
        self.large = len(numbers) > READ
        if self.large and known.of(name):
            numbers = sorted(known.changed.intersection(numbers))
        self.documents = numbers[:: max(1, -(-len(numbers) // READ))]
        self.sentences = {number: self._prose(number) for number in self.documents}
        authors = (names_of(generation.rows[number].source.author) for number in self.documents)
        self.authors = [[author for author in names if is_person(author)] for names in authors]
        self.heard = list(voices.named(self.documents))
        self.topics = self._valued_topics()
        rows = (generation.window_rows(range(number, number + 1)) for number in self.documents)
        self.rows = [*chain.from_iterable(rows)]

    def _valued_topics(self) -> list[tuple[Topic, float]]:
        """The topics that are worth a question, with their worth, the best first; who is heard is none."""
        speakers = filter(is_person, chain(*self.authors, (who for _, _, who in self.heard)))
        people = frozenset(word for who in speakers for word in who.split())
        candidates = topics((by_place.values() for by_place in self.sentences.values()), people)
        if not candidates:
            return []
        vectors = self.encode([topic.words for topic in candidates])
        values = worth(candidates, vectors, len(self.documents))
        pairs = zip(candidates, values, strict=True)
        clear = ((topic, value - _vague(topic)) for topic, value in pairs)
        return sorted((pair for pair in clear if pair[1] >= WORTH), key=lambda pair: -pair[1])

    def _prose(self, number: int) -> Mapping[int, str]:
        """The sentences of prose by their places, on one line each."""
        text = self.generation.document(number).text
        numbered = enumerate(self.generation.sentences(number))
        return {
            at: " ".join(sentence.span.cut(text).split())
            for at, sentence in numbered
            if sentence.kind is Kind.PROSE
        }

    def proven(self, prover: Prover) -> list[Suggestion]:
        """The questions that are answered, each by another quote, in the order in which they are shown.

        Of a large debate those stay, unasked, whose quotes' documents did not change.
        """
        best = dict[int, tuple[float, _Candidate]]()
        unchanged = self.known.kept(self.name) if self.large else []
        for candidate in self._tried({entry.question for entry in unchanged}):
            proof = prover(candidate.question, self.name)
            if proof and candidate.holds(proof):
                value = candidate.value + proof.confidence
                best[proof.row] = max(
                    best.get(proof.row, (value, candidate)),
                    (value, candidate),
                    key=lambda pair: pair[0],
                )
        rows = {entry.row for entry in unchanged}
        new = ((row, candidate) for row, candidate in _varied(best) if row not in rows)
        return [*unchanged, *(Suggestion(entry.question, row, self.name) for row, entry in new)]

    def _tried(self, kept: set[str]) -> list[_Candidate]:
        """What is asked: what was proven before and some that is new, or, the first time, each form in turn."""
        again = {entry.question for entry in self.known.of(self.name)} - kept
        # Twice as often as the others of which there are many: who says what takes long to prove.
        topical = [*self._topics()]
        forms = (
            self._claims(),
            topical[::2],
            self._said(),
            topical[1::2],
            self._asked(),
            self._numbers(),
        )
        ranked = [
            self._likely(sorted(form, key=lambda candidate: -candidate.value)[:LOOKED_AT])
            for form in forms
        ]
        ranked.insert(0, [*self._sides()])
        every = {
            candidate.question: candidate
            for turn in zip_longest(*ranked)
            for candidate in turn
            if candidate is not None and candidate.question not in kept
        }
        if not again | kept:
            return [*every.values()][: int(TRIED + TRIED_EACH * len(self.documents))]
        fresh = [candidate for candidate in every.values() if candidate.question not in again]
        return [*filter(None, map(every.get, sorted(again))), *fresh[:TRIED_ANEW]]

    def _likely(self, candidates: Sequence[_Candidate]) -> list[_Candidate]:
        """Those that a window near them could answer, first where it is the nearest: to ask costs a hundred times as much as to look."""
        if not candidates or not self.rows:
            return []
        similarities = (
            self.generation.window_vectors.take(self.rows)
            @ self.encode([candidate.question for candidate in candidates]).T
        )
        ranked = []
        for candidate, cosines in zip(candidates, similarities.T, strict=True):
            order = np.argsort(-cosines, kind="stable")
            windows = (self.generation.window(self.rows[int(number)]) for number in order)
            inside = (
                at
                for at in windows
                if candidate.documents is None or at.document in candidate.documents
            )
            quotes = [cut(self.generation, at) for at in islice(inside, NEAREST)]
            fit = (
                rank
                for rank, quote in enumerate(quotes)
                if candidate.fits(quote) and summary(self.voices.of_quote(quote)).sure
            )
            ranked.append((next(fit, NEAREST), candidate))
        return [
            candidate
            for rank, candidate in sorted(ranked, key=lambda pair: pair[0] > 0)
            if rank < NEAREST
        ]

    def _sides(self) -> Iterator[_Candidate]:
        """The operator's propositions: whether, and why and why not."""
        for statement in own_propositions(self.generation, self.name):
            clauses = clauses_of(self._inside(statement))
            if clauses is None:
                continue
            subject, verb, predicate = clauses
            yield _Candidate(to_question(verb, subject, predicate), "whether", value=1.5)
            yield _Candidate(
                to_question("why", verb, subject, predicate), "why", value=1.0, side=Side.FOR
            )
            yield _Candidate(
                to_question("why", verb, subject, "not", predicate),
                "why",
                value=1.0,
                side=Side.AGAINST,
            )

    def _claims(self) -> Iterator[_Candidate]:
        """What the documents state by themselves, asked back."""
        for sentence in self._each():
            clauses = (
                clauses_of(self._inside(sentence))
                if stands_alone(sentence) and sentence.endswith(".")
                else None
            )
            if clauses and len(clauses[0].split()) <= SUBJECT_WORDS and clauses[2]:
                subject, verb, predicate = clauses
                yield from self._on_topic(to_question(verb, subject, predicate), "claim", subject)

    def _asked(self) -> Iterator[_Candidate]:
        """What the documents ask themselves."""
        for sentence in self._each():
            asks = sentence.partition(" ")[0].lower() in _ASKS or opens_yes_or_no(sentence)
            if asks and sentence.endswith("?") and stands_alone(sentence):
                yield from self._on_topic(sentence, "asked", sentence)

    def _numbers(self) -> Iterator[_Candidate]:
        """What the documents count: "Some 240 detainees are held there." answers how many are."""
        for sentence in self._each():
            counted = how_many(sentence) if stands_alone(sentence) else None
            if counted:
                yield from self._on_topic(counted, "number", counted)

    def _topics(self) -> Iterator[_Candidate]:
        for topic, value in self.topics:
            yield _Candidate(FORM.format(topic.words), "topic", topic.stems, _share(value))

    def _said(self) -> Iterator[_Candidate]:
        """What those who wrote or are heard say about the topics that they speak of more than the others do."""
        spoken: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for (number, sentences), names in zip(self.sentences.items(), self.authors, strict=True):
            for who in names:
                spoken[who] += ((number, sentence) for sentence in sentences.values())
        for number, sentence_number, who in self.heard:
            if is_person(who) and parsed(who).title:
                spoken[inline(who)].append(
                    (number, self.sentences[number].get(sentence_number, ""))
                )
        for who, spoken_sentences in spoken.items():
            counts = Counter(word for _, sentence in spoken_sentences for word in stems(sentence))
            weighed = (
                (self._own(topic, value), topic, min(counts[stem] for stem in topic.stems))
                for topic, value in self.topics
            )
            owned = [
                (value * uses / (uses + OTHERS), topic) for value, topic, uses in weighed if uses
            ]
            documents = frozenset(number for number, _ in spoken_sentences)
            for value, topic in sorted(owned, key=lambda pair: -pair[0])[:OWNED]:
                question = f"What does {who} say about {topic.words}?"
                yield _Candidate(question, "said", topic.stems, value, documents=documents)

    def _own(self, topic: Topic, value: float) -> float:
        """What a topic is worth for telling one speaker from another: of what all speak, little."""
        return _share(value) * (1 - len(topic.by) / (len(self.documents) + 1))

    def _each(self) -> Iterator[str]:
        return (words for sentences in self.sentences.values() for words in sentences.values())

    def _on_topic(self, question: str, form: str, words: str) -> Iterator[_Candidate]:
        """A question with the best topic that these words of it name, if any."""
        question_stems = stems(words)
        matching = next(
            ((topic, value) for topic, value in self.topics if topic.stems <= question_stems), None
        )
        if matching:
            yield _Candidate(question, form, matching[0].stems, _share(matching[1]))

    def _inside(self, words: str) -> str:
        """A statement as it stands inside a question: without its capital where no text has the first word so amid a sentence."""
        first = words.partition(" ")[0]
        texts = (self.generation.document(number).text for number in self.documents)
        is_name = any(
            before[-1:].islower() for text in texts for before in text.split(f" {first}")[:-1]
        )
        plain = first == "A" or (
            first[1:].islower() and (not is_name or first.lower() in STOP_WORDS)
        )
        return words[:1].lower() + words[1:] if plain else words


def _vague(topic: Topic) -> float:
    """What the worth of one word loses."""
    bare = topic.words.removeprefix("the ")
    return 0.0 if " " in bare else SINGLE / 2 if bare.endswith("s") else SINGLE


def _share(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _varied(candidates: Mapping[int, tuple[float, _Candidate]]) -> list[tuple[int, _Candidate]]:
    """The best first, each next one of another form and on something else where there is such."""
    left, forms, stem_counts = dict(candidates), Counter[str](), Counter[str]()
    order: list[tuple[int, _Candidate]] = []
    while left:
        row = max(
            left,
            key=lambda at: (
                left[at][0]
                - 0.15 * forms[left[at][1].form]
                - 0.3 * sum(stem_counts[best] for best in left[at][1].about)
            ),
        )
        best = left.pop(row)[1]
        forms[best.form] += 1
        stem_counts.update(best.about)
        order.append((row, best))
    return order
