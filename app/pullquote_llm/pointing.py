"""Pointing: a language model chooses among numbered windows by their numbers; the quotes are cut here.

It is shown the question and the windows as data, and of its reply only numbers are taken. What it may write, a summary
where the operator wants one, is no part of the quotes, and each sentence of it is held against these.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from string import punctuation
from typing import Any

from pullquote.answers.answer import Pointed, render
from pullquote.answers.confidence import Calibration, pointed_prior, read_fitted
from pullquote.answers.select import Decision, candidates, role_of, values_of
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import split_sentences
from pullquote.index.generation import Generation
from pullquote.index.lexical import stems
from pullquote.index.search import Choice, Hit, lead, rerank
from pullquote.models.ranker import Ranker
from pullquote.settings import Settings
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.voice.quotations import quotations_in
from pullquote_llm.pointer import Fault, Pointer, PointerFault, open_pointer, tokens_of

SHOWN = 6  # windows, as many as the larger ranker reads
REPLY, SUMMARY = 120, 160  # tokens
SENTENCES = 2  # of a summary
_LISTS = ("answers", "for", "against")
_EDGES = punctuation + "“”„‘’«»‹›…—–"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a reply holds: indices of the windows shown, from 0, each once."""

    answers: tuple[int, ...]
    favour: frozenset[int]
    against: frozenset[int]

    def first(self, count: int) -> tuple[int, ...]:
        """The first so many; where both sides were named, the last gives way to one of a side that would be missing."""
        first = self.answers[:count]
        missing = [side for side in (self.favour, self.against) if side and not side & {*first}]
        if count < 2 or len(missing) != 1 or not {*first} & (self.favour | self.against):
            return first
        other_side = next(number for number in self.answers if number in missing[0])
        return (*first[: count - 1], other_side)


def numbers(reply: str, count: int) -> Numbers:
    """The numbers of a reply about so many windows. What else it holds is not looked at.

    Raises:
        PointerFault: it has no list of answers, or a number that is none of a window's.
    """
    try:
        parsed = json.loads(reply[reply.find("{") : reply.rfind("}") + 1])
        answers, favour, against = (
            [_place(number, count) for number in parsed.get(name, [])] for name in _LISTS
        )
        listed = dict.fromkeys(answers) if isinstance(parsed["answers"], list) else None
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise PointerFault(Fault.UNREADABLE) from error
    if listed is None:
        raise PointerFault(Fault.UNREADABLE)
    sides = [frozenset(side) & listed.keys() for side in (favour, against)]
    return Numbers(tuple(listed), sides[0] - sides[1], sides[1] - sides[0])


def _place(number: object, count: int) -> int:
    if type(number) is not int or not 1 <= number <= count:
        raise ValueError(f"{number!r} is no number of a window")
    return number - 1


def _shape(count: int) -> dict[str, Any]:
    """The JSON schema of a reply about so many windows."""
    listed = {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": count}}
    return {
        "type": "object",
        "properties": dict.fromkeys(_LISTS, listed),
        "required": list(_LISTS),
        "additionalProperties": False,
    }


def _material(question: str, quotes: Sequence[Quote]) -> str:
    """The question and numbered quotes as lines of JSON: no word of theirs can look like one of the instruction's."""
    rows: list[dict[str, object]] = [{"question": question}]
    rows += [
        {"number": n, "source": lead(quote.document.source).rstrip(". "), "passage": quote.text}
        for n, quote in enumerate(quotes, start=1)
    ]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


@dataclass(frozen=True, slots=True)
class Pointing:
    """A language model with the weights of the confidence that were fitted with it, and whether it also sums up."""

    pointer: Pointer
    fitted: Calibration | None = None
    sums_up: bool = False

    def point(
        self,
        generation: Generation,
        question: str,
        hits: Sequence[Hit],
        decision: Decision,
        count: int,
        ranker: Ranker | None,
    ) -> tuple[Decision, Pointed]:
        """What the model points at, or the decision made without it where that cannot be used.

        Args:
            hits: as the ranker has read them.
        """
        prompt = render("point", most=str(count))
        windows = candidates(generation, question, hits, decision.choices, SHOWN)
        while len(windows) > 1 and self._tokens(prompt, question, windows) > self.pointer.tokens:
            windows = windows[:-1]
        material = _material(question, [window.quote for window in windows])
        size = len(windows)
        try:
            reply = self.pointer.ask(
                prompt, material, _shape(size), REPLY, lambda text: numbers(text, size)
            )
        except PointerFault as error:
            return decision, Pointed(self.pointer.name, error.fault.value)
        chosen = _in_order([windows[number] for number in reply.first(count)])
        favour, against = _spans(windows, reply.favour), _spans(windows, reply.against)
        pointed = Pointed(self.pointer.name, None, favour, against)
        return self._decided(generation, question, hits, chosen, decision, ranker), pointed

    def _tokens(self, prompt: str, question: str, windows: Sequence[Choice]) -> int:
        return tokens_of(prompt + _material(question, [window.quote for window in windows])) + REPLY

    def _decided(
        self,
        generation: Generation,
        question: str,
        hits: Sequence[Hit],
        chosen: tuple[Choice, ...],
        before: Decision,
        ranker: Ranker | None,
    ) -> Decision:
        """The quotes pointed at, or those of before where none was, with how sure to be of them."""
        choices = chosen or before.choices
        values, read = values_of(generation, question, choices, hits)
        below = 0.0
        if read and ranker:
            first = choices[0].hit
            if first.relevance is None:
                first = rerank(generation, question, [first], ranker)[0]
            below = read[0] - (first.relevance or 0.0)
        values = (*values, float(not chosen), below)
        weights = self.fitted or pointed_prior(ranked=bool(read), late=choices[0].hit.tokens > 0)
        return Decision(choices, weights.probability(values), values)

    def summary(self, question: str, citations: Sequence[Citation]) -> str | None:
        """The model's summary of quotes, as far as they support it; None where nothing is left."""
        quotes = [citation.quote for citation in citations]
        try:
            material = _material(question, quotes)
            written = self.pointer.ask(render("summary"), material, None, SUMMARY, str)
        except PointerFault:
            return None
        return (
            " ".join(_grounded(" ".join(written.split()), [quote.text for quote in quotes])) or None
        )


def open_pointing(settings: Settings, encoder: str, ranker: str | None) -> Pointing:
    """The language model that the settings name: what the entry point gives the core.

    Raises:
        IndexFault: the calibration fitted with it cannot be used.
    """
    pointer = open_pointer(settings)
    fitted = read_fitted(settings.index, encoder, ranker, pointer.name)
    return Pointing(pointer, fitted.calibration if fitted else None, settings.llm_summary)


def _in_order(chosen: Sequence[Choice]) -> tuple[Choice, ...]:
    """Choices in the model's order, which is also that of their scores."""
    scores = sorted((choice.score for choice in chosen), reverse=True)
    return tuple(
        replace(choice, score=score, role=role_of(choice.quote.text, first=index == 0))
        for index, (choice, score) in enumerate(zip(chosen, scores, strict=True))
    )


def _spans(windows: Sequence[Choice], side: frozenset[int]) -> tuple[tuple[str, Span], ...]:
    quotes = (windows[number].quote for number in sorted(side))
    return tuple((quote.document.id, quote.span) for quote in quotes)


def _grounded(written: str, quotes: Sequence[str]) -> Iterator[str]:
    """The first sentences of a text that hold no quotation, and no word but the commonest, that no quote holds."""
    page = Document(id="summary", debate="", path="summary.txt", text=written, source=Source())
    sentences = split_sentences(page) if written else ()
    marked = quotations_in(written, sentences)
    for sentence, spans in zip(sentences[:SENTENCES], marked, strict=False):
        words = sentence.span.cut(written)
        quoted = (span.cut(written)[1:-1].rstrip(_EDGES) for span in spans)
        verbatim = all(any(text in quote for quote in quotes) for text in quoted)
        if verbatim and _holds(words, quotes):
            yield words


def _holds(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether quotes hold all words of a sentence by their stems, and its figures and names as they are written."""
    source_words = {word.strip(_EDGES) for quote in quotes for word in quote.split()}
    words = [word.strip(_EDGES) for word in sentence.split()]
    names = [word for word in words[1:] if word != word.lower()]
    figures = [word for word in words if any(letter.isdecimal() for letter in word)]
    quote_stems = frozenset[str]().union(*map(stems, quotes))
    return stems(sentence) <= quote_stems and source_words.issuperset((*names, *figures))
