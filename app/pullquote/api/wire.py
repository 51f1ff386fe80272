"""The wire format, version 1: every key always present, changed only by adding."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from pullquote.answers.answer import Answer, Frame, Part
from pullquote.answers.query import AFTER
from pullquote.corpus.documents import Document
from pullquote.corpus.quote import CONTEXT
from pullquote.errors import spend
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow
from pullquote.sides.columns import Sides
from pullquote.sides.debater import NONE, Dispute
from pullquote.sides.proposition import asks_for_both
from pullquote.sides.stance import Citation, Stance
from pullquote.span import Span, utf16_length, utf16_span
from pullquote.verify.check import Held, Outcome
from pullquote.verify.cite import reader_link, source_link
from pullquote.verify.match import Result, Verdict
from pullquote.voice.voices import Voice, speaker_line, summary

PLACES = 6  # of one quotation of a draft that are sent: a quotation with gaps stands at as many as it has parts
Wire = dict[str, Any]


def answer_wire(answer: Answer) -> Wire:
    """An answer as `POST /v1/ask` sends it."""
    about = [{"document_id": document_id, "start": span.start, "end": span.end} for document_id, span in answer.about]
    oldest, newest = answer.as_of
    return Wire(
        id=answer.id, question=answer.question, resolved_question=answer.resolved_question, about=about,
        debate=answer.debate, proposition=answer.proposition,
        status="answered" if answer.answered else "abstained",
        reason=answer.reason.value if answer.reason else None, confidence=round(answer.confidence, 4),
        parts=[_part_wire(part) for part in answer.parts], text=answer.text,
        quotes=[citation_wire(citation) for citation in answer.citations],
        nearest=[citation_wire(citation) for citation in answer.nearest],
        sides_asked=bool(answer.proposition) and asks_for_both(answer.question.partition(AFTER)[0]),
        gap=answer.gap, pointed=_pointed_wire(answer), summary=answer.pointed.summary if answer.pointed else None,
        suggestions=list(answer.suggestions), as_of={"oldest": oldest, "newest": newest},
        index={"generation": answer.generation, "built_at": answer.built_at, "stale": answer.stale},
        timings_ms={stage: round(taken, 2) for stage, taken in answer.timings_ms.items()},
    )  # fmt: skip


def _pointed_wire(answer: Answer) -> Wire | None:
    """What a language model had to say in an answer; null where none was asked."""
    if (pointed := answer.pointed) is None:
        return None
    favour, against = pointed.sided(answer.citations)
    return {"model": pointed.model, "fault": pointed.fault, "for": favour, "against": against}


def _part_wire(part: Part) -> Wire:
    return {"kind": "frame", "text": part.text} if isinstance(part, Frame) else {"kind": "quote", "n": part.n}


def citation_wire(citation: Citation) -> Wire:
    """A quote with everything that is known of it."""
    quote, document, voices = citation.quote, citation.quote.document, citation.voices
    place = quote.place
    start_utf16, end_utf16 = quote.utf16
    return Wire(
        n=citation.n, document_id=document.id, exact=quote.text, shown=citation.shown,
        start=quote.span.start, end=quote.span.end, start_utf16=start_utf16, end_utf16=end_utf16,
        prefix=quote.prefix, suffix=quote.suffix, before=quote.before, after=quote.after, shown_before=quote.shown_before,
        leans=quote.leans, wrapped=quote.wrapped, section=quote.section,
        page=place.page if place else None, time=place.time if place else None,
        language=document.language, role=citation.role.value, voice=voice_wire(citation.voice),
        byline=speaker_line(citation.voice, document),
        voices=[{"start": voice.span.start, "end": voice.span.end, **voice_wire(voice)} for voice in voices],
        stance=stance_wire(citation.stance), disputed=citation.disputed, score=round(citation.score, 4),
        source=source_wire(document),
        links={"reader": reader_link(quote), "source": source_link(quote)},
    )  # fmt: skip


def voice_wire(voice: Voice) -> Wire:
    """Whose words they are."""
    told = {"kind": voice.kind.value, "speaker": voice.speaker, "via": list(voice.via)}
    return told | {"cue": voice.cue, "sure": voice.sure}


def stance_wire(stance: Stance | None) -> Wire | None:
    """Which side a quote takes, and who says so; null where nothing is known."""
    if stance is None:
        return None
    return {"side": stance.side.value, "probability": round(stance.probability, 4), "basis": stance.basis.value}


def disputes_wire(quote: Citation, dispute: Dispute | None) -> Wire:
    """A quote and who disputes it, as `POST /v1/disputes` sends it."""
    if dispute is None:
        return {"quote": citation_wire(quote), "disputes": [], "proposition": None, "message": NONE}
    own, other = citation_wire(replace(quote, stance=dispute.own)), citation_wire(dispute.citation)
    return {"quote": own, "disputes": [other], "proposition": dispute.proposition, "message": None}


def verdict_wire(verdict: Verdict, quote_at: Callable[[str, Span], Citation | None]) -> Wire:
    """What a check found, as `POST /v1/verify` sends it; `quote_at` gives the whole sentences at a place."""
    quoted = ((place.span, quote_at(place.document.id, place.span)) for place in verdict.places)
    whole = [(span, citation) for span, citation in quoted if citation]
    return {
        "result": verdict.result.value,
        "matches": [_match_wire(replace(citation, n=n), span) for n, (span, citation) in enumerate(whole, start=1)],
        "diff": [{"kind": kind, "text": text} for kind, text in verdict.diff],
        "attribution": verdict.attribution.value if verdict.attribution else None,
    }


def _match_wire(citation: Citation, span: Span) -> Wire:
    """The sentences that hold the words, and in `found` the words by themselves."""
    document = citation.quote.document
    start_utf16, end_utf16 = utf16_span(document.text, span)
    voice = summary(tuple(one for one in citation.voices if one.span.overlaps(span)) or citation.voices)
    found = Wire(
        start=span.start, end=span.end, start_utf16=start_utf16, end_utf16=end_utf16,
        exact=span.cut(document.text), prefix=document.text[max(0, span.start - CONTEXT) : span.start],
        suffix=document.text[span.end : span.end + CONTEXT],
        voice=voice_wire(voice), byline=speaker_line(voice, document),
    )  # fmt: skip
    return {**citation_wire(citation), "found": found}


def checked_wire(text: str, held: Sequence[Held], quote_at: Callable[[str, Span], Citation | None]) -> Wire:
    """What became of every quotation of a draft, as `POST /v1/verify-text` sends it."""
    counts = Counter(one.outcome for one in held)
    return {
        "ok": all(one.right for one in held),
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
        "quotations": list(_held_wires(text, held, quote_at)),
    }


def _held_wires(text: str, held: Sequence[Held], quote_at: Callable[[str, Span], Citation | None]) -> Iterator[Wire]:
    units, reached = 0, 0
    for n, one in enumerate(held, start=1):
        spend()
        span = one.quotation.span
        words, units, reached = span.cut(text), units + utf16_length(text[reached : span.start]), span.start
        place = Wire(n=n, start=span.start, end=span.end, start_utf16=units, end_utf16=units + utf16_length(words))
        told = Wire(result=one.outcome.value, right=one.right, speaker=one.quotation.speaker, omitted=one.omitted)
        found = verdict_wire(Verdict(Result.VERBATIM, one.places[:PLACES], one.diff, one.attribution), quote_at)
        near = verdict_wire(Verdict(Result.NOT_FOUND, (one.nearest,) if one.nearest else ()), quote_at)
        yield {**place, "words": words, **found, **told, "nearest": near["matches"]}


def sides_wire(sides: Sides) -> Wire:
    """Both sides as `POST /v1/sides` sends them."""
    columns = {"for": sides.favour, "against": sides.against, "context": sides.context}
    return {
        "proposition": sides.proposition, "debate": sides.debate,
        **{name: [citation_wire(citation) for citation in column] for name, column in columns.items()},
        "gap": sides.gap, "unclear": [side.value for side in sides.unclear], "more": sides.more,
    }  # fmt: skip


def document_wire(generation: Generation, number: int, *, full_text: bool) -> Wire:
    """A document's facts, for which its text is not read; that only where the operator lets it be shown whole."""
    spend()
    row = generation.rows[number]
    return Wire(
        id=row.id, debate=row.debate, path=row.path, language=row.language, side=row.side,
        characters=row.characters, sentences=row.sentences,
        source=source_wire(row),
        text=generation.document(number).text if full_text else None,
    )  # fmt: skip


def source_wire(document: Document | DocumentRow) -> Wire:
    """Who published it, where and when, what to call it, and the file that its text was taken out of, where there is one."""
    source, origin = document.source, document.origin
    original = origin and {
        "sha256": origin.sha256, "extractor": origin.extractor, "told": list(origin.tells(source))
    }  # fmt: skip
    return asdict(source) | {"name": document.name, "sha256": document.sha256, "original": original}
