"""One reply: what a generation says to a question, with quotes or with the reason for its silence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pullquote.answers import calibrate
from pullquote.answers import query as conversation
from pullquote.answers.about import Subject, subject_asked
from pullquote.answers.answer import Answer, Part, abstain, cite, compose
from pullquote.answers.calibrate import Reason
from pullquote.answers.decide import Decision, decide
from pullquote.answers.language import language_names
from pullquote.answers.overview import leads, overview_of
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.answers.spoken import SAID, Hearing, tempered
from pullquote.answers.spoken.asked import Asked, asked_in
from pullquote.answers.spoken.witness import Witness
from pullquote.answers.suggestions import next_questions
from pullquote.answers.timings import Timings
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean, terms
from pullquote.index.search import Choice, Hit, Role, cut
from pullquote.sides.debater import Concern, Weighed
from pullquote.sides.proposition import proposition_of, side_asked
from pullquote.sides.stance import Citation, Side

Composed = tuple[tuple[Part, ...], tuple[Citation, ...], tuple[Citation, ...]]
"""What is said, the quotes in it, and the nearest ones where it is a silence."""

# A plain question about what is to come names nothing that the sources could be searched for.
_FUTURE = re.compile(
    r"(?:what (?:will|is going to|might) happen|who (?:will|is going to) win)"
    r"(?: next(?: year| month| week)?| tomorrow| in (?:the )?future)?\W*",
    re.IGNORECASE,
)
# Whoever it is that is disagreed with, a name or "her", is not who is asked for.
_DISAGREES = re.compile(
    r"\W*(?:(?:and|but|so|then),? )?(?:who|which \w{1,40})(?: else)?(?: \w{1,20}ly)?(?: does| would| might| has)?"
    r" (?:disagree[sd]?|differ(?:s|ed)?|argue[sd]?) with (?P<who>[^,;:?]{1,80}?)(?: (?:about|on|over|in|and) .*)?\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to show for a question, and why it is not shown as an answer, if so."""

    reason: Reason | None
    choices: tuple[Choice, ...] = ()
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    witness: Witness | None = None  # whoever was asked about
    than: Witness | None = None  # whom others disagree with, where these are asked for


def reply(ready: Ready, query: Query, *, min_confidence: float, timings: Timings) -> Answer:
    """Answer a question with quotes, or abstain and say why; the stages are timed beside it.

    Raises:
        UnknownDebate: the query names one that there is not.
    """
    generation = ready.generation
    documents = generation.documents_of(query.debate)
    with timings.stage("about"):
        overview = overview_of(generation, ready.voices, query)
    resolved = query.question if overview else conversation.resolve(query)
    if overview:
        found = _Found(None, confidence=1.0)
    else:
        found = _find(ready, query, documents, min_confidence=min_confidence, timings=timings)
    with timings.stage("sides"):
        weighed = _beside(ready, query, resolved, found)
    with timings.stage("compose"):
        parts, citations, nearest = (
            (overview.parts, overview.citations, ()) if overview else _compose(ready, found, weighed)
        )
        suggestions = _suggest(ready, query, citations, nearest)
    return Answer(
        question=query.question, resolved_question=resolved, debate=_debate(generation, query),
        reason=found.reason, confidence=found.confidence, parts=parts, citations=citations, nearest=nearest,
        suggestions=suggestions, generation=generation.card.name, built_at=generation.card.built_at,
        stale=False, timings_ms={}, proposition=weighed.proposition or proposition_of(query.question), gap=weighed.gap,
        about=tuple((quote.document.id, quote.span) for quote in overview.about) if overview else (),
    )  # fmt: skip


def _beside(ready: Ready, query: Query, resolved: str, found: _Found) -> Weighed:
    """What was found with the sides that it takes of what the operator put up for debate, and the other side beside it."""
    shown = found.choices if found.reason is None else ()
    debate = query.debate or next((choice.quote.document.debate for choice in shown), None)
    concern, side = _concern(ready, query, resolved, debate)
    than = found.than.documents if found.than else frozenset()
    weighed = ready.debater.weigh(concern, side, shown, found.hits, debate=debate, count=query.max_quotes, than=than)
    # One speaker was asked about: it is no gap that the others are left out.
    return replace(weighed, gap=None) if found.witness or found.than else weighed


def _concern(ready: Ready, query: Query, resolved: str, debate: str | None) -> tuple[Concern | None, Side | None]:
    """Which of the operator's propositions a question is about, after those before it, and which side of it it asks for."""
    concern = ready.debater.concerned(resolved, ready.vector(clean(resolved)), debate)
    side = side_asked(query.question, resolved.removeprefix(query.question))
    return concern, concern.side(side) if concern else None


def _find(ready: Ready, query: Query, documents: range, *, min_confidence: float, timings: Timings) -> _Found:
    resolved = conversation.resolve(query)
    reason = _unaskable(ready, query, resolved)
    if reason is not None:
        return _Found(reason)
    request = asked_in(query, lambda one: ready.roster.witness(one, documents) is not None)
    witness = ready.roster.witness(request, documents) if request else None
    if request and witness:
        return _find_spoken(ready, query, documents, request, witness, min_confidence=min_confidence, timings=timings)
    than = _disagreed_with(ready, query, documents)
    found = [_weighed(ready, query, resolved, documents, than, timings)]
    if found[0].confidence < min_confidence and (other := _as_arguments(ready, query, resolved)):
        found.append(_weighed(ready, query, other, documents, than, timings))
    best = max(found, key=lambda one: (bool(one.choices), one.confidence))
    sure = bool(best.choices) and best.confidence >= min_confidence  # no quote, no answer
    return best if sure else replace(found[0], reason=_silence(resolved))


def _weighed(
    ready: Ready, query: Query, wording: str, documents: range, than: Witness | None, timings: Timings
) -> _Found:
    """What is chosen for a wording of a question, however sure."""
    hits = ready.find(wording, documents, timings)
    hits = _of_others(ready, hits, than) if than else hits
    with timings.stage("select"):
        decision = decide(ready.generation, wording, hits, query.max_quotes, ready.ranker, ready.fitted)
    return _Found(None, decision.choices, decision.confidence, hits, than=than)


def _as_arguments(ready: Ready, query: Query, resolved: str) -> str:
    """A follow-up such as "What do critics say?" in other words, since few sources call anybody critics; else nothing.

    Only after a question on what the operator put up: on anything else the sources may hold arguments on another thing.
    """
    side = side_asked(query.question)
    if resolved == query.question or side is None or _concern(ready, query, resolved, query.debate)[0] is None:
        return ""
    return resolved.replace(query.question, f"What are the arguments {side.value}?", 1)


def _disagreed_with(ready: Ready, query: Query, documents: range) -> Witness | None:
    """Whom others disagree with, by name or as "her" of the turns before, where it is asked who does."""
    asked = _DISAGREES.match(query.question)
    if asked is None:
        return None
    for_words = replace(query, question=f"What does {asked['who']} say?")
    request = asked_in(for_words, lambda one: ready.roster.witness(one, documents) is not None)
    return ready.roster.witness(request, documents) if request else None


def _of_others(ready: Ready, hits: Sequence[Hit], than: Witness) -> tuple[Hit, ...]:
    """The hits that do not hold this speaker's words."""
    quotes = ((hit, cut(ready.generation, hit)) for hit in hits)
    return tuple(hit for hit, quote in quotes if not than.owns(quote, ready.voices.of_quote(quote)))


def _find_spoken(
    ready: Ready, query: Query, documents: range, request: Asked, witness: Witness, *, min_confidence: float,
    timings: Timings,
) -> _Found:  # fmt: skip
    """What somebody says on the question; where that is nothing, the nearest passage, whosever it is."""
    resolved = _lowered(conversation.resolve(query))
    if request.whole and witness.documents:  # the best of all that they wrote, which no question ranks
        numbers = [ready.generation.number(document_id) for document_id in sorted(witness.documents)]
        best = leads(ready.generation, ready.voices, numbers, query.max_quotes)
        if chosen := [one for one in best if witness.owns(one.quote, ready.voices.of_quote(one.quote))]:
            return _Found(None, tuple(replace(choice, role=Role.CLAIM) for choice in chosen), SAID, witness=witness)
    decision = Decision((), 0.0)
    for wording in dict.fromkeys((resolved, witness.reworded(resolved, request), request.topic or resolved)):
        hits = ready.find(wording, documents, timings)
        with timings.stage("select"):
            hearing = Hearing(ready.generation, ready.voices, witness, wording, whole=request.whole)
            own = ready.find_spoken(witness.unnamed(wording, request), witness)
            heard = hearing.decide(own, hits, query.max_quotes, ready.ranker, ready.fitted)
        decision = max(decision, heard, key=lambda one: (one.confidence, bool(one.choices)))
        if decision.confidence >= SAID:
            break
    return _compared(ready, query, documents, witness, (resolved, request.topic), decision, min_confidence, timings)


def _compared(
    ready: Ready, query: Query, documents: range, witness: Witness, wordings: Sequence[str], decision: Decision,
    min_confidence: float, timings: Timings,
) -> _Found:  # fmt: skip
    """What was decided of a witness, or what is theirs of the ordinary answer to a wording where that is surer."""
    nearest: tuple[Choice, ...] = ()
    for wording in filter(None, wordings):
        hits = ready.find(wording, documents, timings)
        with timings.stage("select"):
            ordinary = decide(ready.generation, wording, hits, query.max_quotes, ready.ranker, ready.fitted)
            theirs = Hearing(ready.generation, ready.voices, witness, wording).theirs(ordinary)
        nearest = nearest or ordinary.choices
        if theirs.confidence > decision.confidence:
            rest = (one for one in decision.choices if not any(_same(one, choice) for choice in theirs.choices))
            decision = replace(theirs, choices=(*theirs.choices, *rest)[: query.max_quotes])
    if not decision.choices:
        return _Found(_silence(wordings[0]), nearest, 0.0, witness=witness)
    if terms(topic := wordings[-1]) and not calibrate.points(topic):
        decision = tempered(decision, witness, topic, ready.find_spoken(topic, witness))
    reason = None if decision.confidence >= min_confidence else _silence(wordings[0])
    return _Found(reason, decision.choices, decision.confidence, witness=witness)


def _same(one: Choice, other: Choice) -> bool:
    """Whether two quotes have a sentence in common."""
    first, last = max(one.quote.first, other.quote.first), min(one.quote.last, other.quote.last)
    return one.quote.document.id == other.quote.document.id and first <= last


def _silence(resolved: str) -> Reason:
    """Why there is no answer to a question with what it points back to."""
    return calibrate.silence(conversation.last_of(resolved), resolved=resolved)


def _lowered(question: str) -> str:
    """A question without the capitals that hide from the models what its words are."""
    return question.lower() if question.isupper() else question


def _unaskable(ready: Ready, query: Query, resolved: str) -> Reason | None:
    """Why a question is not searched for, or None when it is."""
    if subject_asked(query.question) is Subject.SPEAKERS:  # no quote was shown that it could be about
        return Reason.NEEDS_CONTEXT
    if conversation.courteous(query.question):
        return Reason.TOO_VAGUE
    if _FUTURE.fullmatch(resolved):
        return Reason.PREDICTION_OR_ADVICE
    reason = calibrate.unaskable(query.question, resolved=resolved, has_history=bool(query.history))
    if reason is None and ready.foreign(query.question):
        return Reason.UNSUPPORTED_LANGUAGE
    return reason


def _compose(ready: Ready, found: _Found, weighed: Weighed) -> Composed:
    if found.reason is not None:
        nearest = ready.as_context(found.choices[:1])
        speaker, known = (found.witness.name, found.witness.known) if found.witness else (None, False)
        told = abstain(found.reason, nearest, language_names(ready.languages), speaker=speaker, known=known)
        return told, (), nearest
    citations = cite([(choice, ready.voices.of_quote(choice.quote)) for choice in weighed.choices])
    citations = tuple(replace(citation, stance=weighed.stance(citation.quote)) for citation in citations)
    return compose(citations), citations, ()


def _suggest(ready: Ready, query: Query, cited: Sequence[Citation], nearest: Sequence[Citation]) -> tuple[str, ...]:
    """The nearest proven questions whose best window is not already shown, of the debate that the answer is from."""
    generation = ready.generation
    shown = [(generation.number(citation.quote.document.id), citation.quote) for citation in (*cited, *nearest)]
    debate = query.debate or (cited[0].quote.document.debate if cited else None)

    def is_shown(row: int) -> bool:
        at = generation.window(row)
        return any(at.document == number and quote.first <= at.last <= quote.last for number, quote in shown)

    return next_questions(ready.suggestions, query.question, told=is_shown, debate=debate)


def _debate(generation: Generation, query: Query) -> str | None:
    """The debate that was asked: the one named, or the only one there is."""
    return query.debate or (generation.debates[0] if len(generation.debates) == 1 else None)
