"""Selection: from many windows to the few quotes that are shown, with roles and confidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pullquote.answers.confidence import Calibration, expected, features, shipped
from pullquote.corpus.quote import Quote
from pullquote.index.generation import Generation
from pullquote.index.lexical import stems
from pullquote.index.search import Choice, Hit, Role, alike, cut, fits, is_question, rerank
from pullquote.models.ranker import Ranker

CONSIDERED = 40  # hits that are looked at closely
CONTINUES = 0.1  # what a sentence gains that goes on from the best one, in its section
CONTINUED = 2  # sentences after the best one's that do
MERGE_SHARE = 0.8  # of a chosen quote's score that its neighbour needs to be joined to it
ECHO = 0.5  # share of a question's stems in what was asked from which it only asks the same
NEXT_SHARE = 0.6  # a further quote must reach this share of the best one's score (docs/quality.md)
EVIDENCE_SHARE = 0.45  # evidence from the best one's own document, which seldom repeats the question's words, this
FEEDBACK = 0.5  # weight of what a candidate shares with the best one
QUESTION_LOSS = 0.12  # a question in the text seldom answers one
SCRAP_LOSS = 0.10  # nor does a sentence of a few words
KIND_LOSS = 0.10  # nor one without a figure, date or name where that is asked for

_OTHERS = re.compile(  # who disagree, as a sentence opens with them; and others
    r"(?:^|[.!?][\"”’]?\s+)[\"“]?(?:(?:however|but),? )?(?:(?:some )?(?P<against>critics|opponents|s[ck]eptics)|some (?:observers|experts|say))\b",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(
    r"\d|\b(?:research|stud(?:y|ies)|survey|data|statistics|report(?:ed|s)?|found|according to|for example|for instance|evidence"
    r"|estimated?|percent|w(?:as|ere) followed by)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The quotes chosen, best first, the probability that they answer, and the features it rests on."""

    choices: tuple[Choice, ...]
    confidence: float
    values: tuple[float, ...] = ()


def decide(
    generation: Generation,
    question: str,
    hits: Sequence[Hit],
    count: int,
    ranker: Ranker | None = None,
    fitted: Calibration | None = None,
) -> Decision:
    """Choose from the hits, with the learned ranker's help where there is one, or has read them already.

    Args:
        fitted: the operator's own weights of the confidence; None means those shipped.
    """
    if ranker is not None:
        hits = rerank(generation, question, hits, ranker)
    choices = select(generation, question, hits, count)
    if not choices:
        return Decision((), 0.0)
    values, read = values_of(generation, question, choices, hits)
    weights = fitted or shipped(ranked=bool(read), late=choices[0].hit.tokens > 0)
    return Decision(choices, weights.probability(values), values)


def values_of(
    generation: Generation, question: str, choices: Sequence[Choice], hits: Sequence[Hit]
) -> tuple[tuple[float, ...], list[float]]:
    """The features of an answer, and what the ranker says of the hits that it has read, the highest first."""
    read = sorted((hit.relevance for hit in hits if hit.relevance is not None), reverse=True)
    ranked = (read[0], read[0] - read[min(1, len(read) - 1)]) if read else ()
    return (*features(generation, question, choices), *ranked), read


def candidates(
    generation: Generation, question: str, hits: Sequence[Hit], chosen: Sequence[Choice], most: int
) -> tuple[Choice, ...]:
    """What was chosen, then the next best quotes that neither overlap nor repeat an earlier one."""
    choices = list(chosen)
    for candidate in rank(generation, question, hits):
        if len(choices) >= most:
            break
        if not _echoes(question, candidate.quote) and _adds(choices, candidate):
            choices.append(candidate)
    return tuple(choices[:most])


def select(
    generation: Generation, question: str, hits: Sequence[Hit], count: int
) -> tuple[Choice, ...]:
    """At most `count` quotes, best first: no overlap, no echo, neighbours joined, sources mixed.

    A hit's window loses the sentences before the one that matched when all together are too long;
    the quote then leans, and says so.
    """
    choices = rank(generation, question, hits)
    ranked = [choice for choice in choices if not _echoes(question, choice.quote)]
    chosen: list[Choice] = []
    for candidate in _around_best(generation, ranked):
        if chosen and candidate.score < _share(chosen[0], candidate) * chosen[0].score:
            continue
        merged = _merged(chosen, candidate)
        if merged is not None:
            chosen[merged] = _join(chosen[merged], candidate)
        elif len(chosen) < count and _adds(chosen, candidate):
            chosen.append(candidate)
    return tuple(
        replace(choice, role=role_of(choice.quote.text, first=index == 0))
        for index, choice in enumerate(chosen)
    )


def _share(best: Choice, candidate: Choice) -> float:
    """The share of the best quote's score that a further one must reach."""
    beside = candidate.quote.document.id == best.quote.document.id
    evidence = beside and role_of(candidate.quote.text, first=False) is Role.EVIDENCE
    return EVIDENCE_SHARE if evidence else NEXT_SHARE


def rank(generation: Generation, question: str, hits: Sequence[Hit]) -> list[Choice]:
    """The quotes that the hits give, best first after what their form says against them."""
    kind, choices = expected(question), []
    for hit in hits[:CONSIDERED]:
        quote = cut(generation, hit)
        loss = QUESTION_LOSS * is_question(quote.text)
        loss += SCRAP_LOSS * (len(quote.text.split(None, 4)) <= 4)
        loss += KIND_LOSS * (kind is not None and not kind.search(quote.text))
        choices.append(Choice(quote, hit, hit.score - loss))
    return sorted(choices, key=lambda choice: -choice.score)


def _around_best(generation: Generation, ranked: Sequence[Choice]) -> list[Choice]:
    """The candidates anew, each with what it shares in meaning with the best one.

    People ask in their own words; the evidence for a claim is told in the claim's. Feedback from
    the best result (Rocchio 1971) finds it.
    """
    if not ranked:
        return []
    vectors = generation.window_vectors.take([choice.hit.row for choice in ranked])
    first = replace(ranked[0], score=ranked[0].score + FEEDBACK)
    closer: list[Choice] = []
    for choice, cosine in zip(ranked[1:], (vectors @ vectors[0]).tolist()[1:], strict=True):
        score = choice.score + FEEDBACK * cosine
        score += CONTINUES * _continues(first.quote, choice.quote)
        closer.append(replace(choice, score=min(first.score, score)))
    return [first, *sorted(closer, key=lambda choice: -choice.score)]


def _continues(best: Quote, following: Quote) -> bool:
    """Whether the other quote's last sentence is one of the next in the same section."""
    if best.document.id != following.document.id or not 0 < following.last - best.last <= CONTINUED:
        return False
    sentences = best.sentences
    return sentences[best.last].heading == sentences[following.last].heading


def only_asks(quote: Quote) -> bool:
    """Whether every sentence of a quote is a question."""
    sentences = quote.sentences[quote.first : quote.last + 1]
    return all(is_question(sentence.span.cut(quote.document.text)) for sentence in sentences)


def _echoes(question: str, quote: Quote) -> bool:
    """Whether a quote only asks what was asked, and so cannot answer it; another question may."""
    if not only_asks(quote):
        return False
    theirs = stems(quote.text)
    return len(stems(question) & theirs) >= ECHO * len(theirs)


def _merged(chosen: Sequence[Choice], candidate: Choice) -> int | None:
    """Which chosen quote the candidate continues, if both still make one quote that is new."""
    for index, choice in enumerate(chosen):
        ours, theirs = choice.quote, candidate.quote
        touching = theirs.first <= ours.last + 1 and ours.first <= theirs.last + 1
        inside = theirs.first >= ours.first and theirs.last <= ours.last
        if ours.document.id != theirs.document.id or not touching or inside:
            continue
        in_one_paragraph = (
            ours.sentences[ours.last].paragraph == theirs.sentences[theirs.first].paragraph
        )
        strong = candidate.score >= MERGE_SHARE * choice.score
        union, others = _join(choice, candidate), [*chosen[:index], *chosen[index + 1 :]]
        if in_one_paragraph and strong and fits(union.quote) and _adds(others, union):
            return index
    return None


def _join(choice: Choice, added: Choice) -> Choice:
    ours, theirs = choice.quote, added.quote
    first, last = min(ours.first, theirs.first), max(ours.last, theirs.last)
    union = Quote(ours.document, ours.sentences, first, last)
    return Choice(union, choice.hit, max(choice.score, added.score))


def _adds(chosen: Sequence[Choice], candidate: Choice) -> bool:
    """Whether the candidate says something that the chosen ones do not."""
    quote = candidate.quote
    for earlier in (choice.quote for choice in chosen):
        overlaps = earlier.document.id == quote.document.id and earlier.span.overlaps(quote.span)
        if overlaps or alike(earlier.text, quote.text):
            return False
    return True


def role_of(words: str, *, first: bool) -> Role:
    """A quote's role by its own words: a counterpoint, context, evidence or a claim."""
    if first:
        return Role.CLAIM
    if attributed := _OTHERS.search(words):
        return Role.COUNTERPOINT if attributed["against"] else Role.CONTEXT
    return Role.EVIDENCE if _EVIDENCE.search(words) else Role.CLAIM
