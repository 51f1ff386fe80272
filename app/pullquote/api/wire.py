"""The wire format, version 1: every key always present, changed only by adding."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from pullquote.answers.answer import Answer, Frame, Part
from pullquote.corpus.documents import Document
from pullquote.corpus.quote import CONTEXT
from pullquote.errors import spend
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow
from pullquote.sides.columns import Sides
from pullquote.sides.debater import NONE, Dispute
from pullquote.sides.stance import Citation, Stance
from pullquote.span import Span, utf16_length, utf16_span
from pullquote.verify.check import QuotationCheck, QuotationOutcome
from pullquote.verify.cite import reader_link, source_link
from pullquote.verify.match import Attribution, Result, Verdict
from pullquote.voice.people import Person
from pullquote.voice.voices import Voice, speaker_line, summary

# of one quotation of a draft that are sent: a quotation with gaps stands at as many as it has parts
PLACES = 6
Wire = dict[str, Any]


def answer_wire(answer: Answer) -> Wire:
    """An answer as `POST /v1/ask` sends it."""
    about = [{"document_id": name, **_range(span)} for name, span in answer.about]
    oldest, newest = answer.as_of
    return Wire(
        id=answer.id, question=answer.question, resolved_question=answer.resolved_question,
        about=about, debate=answer.debate, proposition=answer.proposition,
        status="answered" if answer.answered else "abstained",
        reason=answer.reason.value if answer.reason else None,
        confidence=round(answer.confidence, 4),
        parts=[_part_wire(fragment) for fragment in answer.parts], text=answer.text,
        quotes=[citation_wire(citation) for citation in answer.citations],
        nearest=[citation_wire(citation) for citation in answer.nearest],
        sides_asked=answer.sides_asked,
        gap=answer.gap, basis=answer.basis, pointed=_pointed_wire(answer),
        summary=answer.pointed.summary if answer.pointed else None,
        filter=filter_wire(answer.only, answer.passing),
        beyond=[citation_wire(citation) for citation in answer.beyond],
        suggestions=list(answer.suggestions), as_of={"oldest": oldest, "newest": newest},
        index={"generation": answer.generation, "built_at": answer.built_at, "stale": answer.stale},
        timings_ms={stage: round(spent, 2) for stage, spent in answer.timings_ms.items()},
    )  # fmt: skip


def filter_wire(only: Filter, passing: int) -> Wire | None:
    """What was narrowed by, with how many documents pass; null where nothing was."""
    if not only.values:
        return None
    named = {name: value for name, value in asdict(only).items() if name != "debate"}
    return {**named, "documents": passing}


def narrowing(answer: Wire) -> dict[str, str]:
    """What an answer was narrowed by, as an address names it."""
    values = (answer["filter"] or {}).items()
    return {name: value for name, value in values if value and name != "documents"}


def _pointed_wire(answer: Answer) -> Wire | None:
    """What a language model had to say in an answer; null where none was asked."""
    if (pointed := answer.pointed) is None:
        return None
    favour, against = pointed.sided(answer.citations)
    return {"model": pointed.model, "fault": pointed.fault, "for": favour, "against": against}


def _range(span: Span) -> Wire:
    return {"start": span.start, "end": span.end}


def _part_wire(part: Part) -> Wire:
    if isinstance(part, Frame):
        return {"kind": "frame", "text": part.text}
    return {"kind": "quote", "n": part.n}


def citation_wire(citation: Citation) -> Wire:
    """A quote with everything that is known of it."""
    quote, document, voices = citation.quote, citation.quote.document, citation.voices
    location = quote.place
    start_utf16, end_utf16 = quote.utf16
    return Wire(
        n=citation.n, document_id=document.id, exact=quote.text, shown=citation.shown,
        start=quote.span.start, end=quote.span.end,
        start_utf16=start_utf16, end_utf16=end_utf16, prefix=quote.prefix, suffix=quote.suffix,
        before=quote.before, after=quote.after, shown_before=quote.shown_before,
        leans=quote.leans, wrapped=quote.wrapped, section=quote.section,
        page=location.page if location else None, time=location.time if location else None,
        language=document.language, role=citation.role.value,
        voice=voice_wire(citation.voice), byline=speaker_line(citation.voice, document),
        voices=[{**_range(voice.span), **voice_wire(voice)} for voice in voices],
        stance=stance_wire(citation.stance), disputed=citation.disputed,
        score=round(citation.score, 4), source=source_wire(document),
        links={"reader": reader_link(quote), "source": source_link(quote)},
    )  # fmt: skip


def voice_wire(voice: Voice) -> Wire:
    """Whose words they are."""
    speaker = {"kind": voice.kind.value, "speaker": voice.speaker, "via": list(voice.via)}
    basis = "editor" if voice.edited else None
    return speaker | {"cue": voice.cue, "sure": voice.sure, "basis": basis}


def stance_wire(stance: Stance | None) -> Wire | None:
    """Which side a quote takes, and who says so; null where nothing is known."""
    if stance is None:
        return None
    return {
        "side": stance.side.value,
        "probability": round(stance.probability, 4),
        "basis": stance.basis.value,
    }


def disputes_wire(quote: Citation, dispute: Dispute | None) -> Wire:
    """A quote and who disputes it, as `POST /v1/disputes` sends it."""
    if dispute is None:
        return {"quote": citation_wire(quote), "disputes": [], "proposition": None, "message": NONE}
    ours = citation_wire(replace(quote, stance=dispute.disputed_stance))
    theirs = citation_wire(dispute.citation)
    about = {"proposition": dispute.proposition, "message": None}
    return {"quote": ours, "disputes": [theirs], **about}


def verdict_wire(verdict: Verdict, quote_at: Callable[[str, Span], Citation | None]) -> Wire:
    """A check's result as `POST /v1/verify` sends it; `quote_at` gives a place's sentences."""
    quoted = ((match.span, quote_at(match.document.id, match.span)) for match in verdict.places)
    matches = [_match_wire(citation, span) for span, citation in quoted if citation]
    return {
        "result": verdict.result.value,
        "matches": [{**match, "n": n} for n, match in enumerate(matches, start=1)],
        "diff": [{"kind": kind, "text": text} for kind, text in verdict.diff],
        "attribution": verdict.attribution.value if verdict.attribution else None,
        "caveats": _caveats(verdict),
    }


def _caveats(verdict: Verdict) -> list[str]:
    """What a check did not look at."""
    caveats = ["Only the documents of this index were compared, as they were when it was built."]
    if not verdict.places:
        return [*caveats, "A paraphrase or a translation is not recognised as a quotation."]
    caveats.append("Exact words can be out of context: read the sentences around them.")
    if verdict.attribution is None:
        caveats.append("Nobody was named for them, so whose words they are was not compared.")
    elif verdict.attribution is Attribution.UNSURE:
        caveats.append("Who speaks there is a reading of the text and not sure.")
    return caveats


def _match_wire(citation: Citation, span: Span) -> Wire:
    """The sentences that hold the words, and in `found` the words by themselves."""
    document = citation.quote.document
    start_utf16, end_utf16 = utf16_span(document.text, span)
    voices = tuple(voice for voice in citation.voices if voice.span.overlaps(span))
    voice = summary(voices or citation.voices)
    units = {"start_utf16": start_utf16, "end_utf16": end_utf16}
    prefix = document.text[max(0, span.start - CONTEXT) : span.start]
    suffix = document.text[span.end : span.end + CONTEXT]
    words = {**_range(span), **units, "exact": span.cut(document.text), "prefix": prefix}
    words |= {"suffix": suffix, "voice": voice_wire(voice)}
    words["byline"] = speaker_line(voice, document)
    return {**citation_wire(citation), "found": words}


def checked_wire(
    text: str,
    quotations: Sequence[QuotationCheck],
    quote_at: Callable[[str, Span], Citation | None],
) -> Wire:
    """What became of every quotation of a draft, as `POST /v1/verify-text` sends it."""
    counts = Counter(quotation.outcome for quotation in quotations)
    return {
        "ok": all(quotation.right for quotation in quotations),
        "counts": {outcome.value: counts[outcome] for outcome in QuotationOutcome},
        "quotations": list(_held_wires(text, quotations, quote_at)),
    }


def _held_wires(
    text: str,
    quotations: Sequence[QuotationCheck],
    quote_at: Callable[[str, Span], Citation | None],
) -> Iterator[Wire]:
    units, reached = 0, 0
    for n, checked in enumerate(quotations, start=1):
        spend()
        span = checked.quotation.span
        words = span.cut(text)
        units += utf16_length(text[reached : span.start])
        reached = span.start
        place = {"start_utf16": units, "end_utf16": units + utf16_length(words)}
        body = {"n": n, **_range(span), **place, "words": words}
        yield body | _outcome_wire(checked, quote_at)


def _outcome_wire(
    checked: QuotationCheck, quote_at: Callable[[str, Span], Citation | None]
) -> Wire:
    places, attribution = checked.places[:PLACES], checked.attribution
    body = verdict_wire(Verdict(Result.VERBATIM, places, checked.diff, attribution), quote_at)
    body |= {"result": checked.outcome.value, "right": checked.right}
    body |= {"speaker": checked.quotation.speaker, "omitted": checked.omitted}
    candidates = (checked.nearest,) if checked.nearest else ()
    return body | {
        "nearest": verdict_wire(Verdict(Result.NOT_FOUND, candidates), quote_at)["matches"]
    }


def sides_wire(sides: Sides, only: Filter = EVERYTHING, passing: int = 0) -> Wire:
    """Both sides as `POST /v1/sides` sends them; `passing`: how many documents pass the filter."""
    columns = {"for": sides.favour, "against": sides.against, "context": sides.context}
    body: Wire = {"proposition": sides.proposition, "debate": sides.debate}
    body |= {name: [citation_wire(quote) for quote in quotes] for name, quotes in columns.items()}
    unclear = [side.value for side in sides.unclear]
    body |= {"gap": sides.gap, "unclear": unclear, "more": sides.more}
    return body | {"filter": filter_wire(only, passing)}


def document_wire(generation: Generation, number: int, *, full_text: bool) -> Wire:
    """A document's facts, without reading it; its text only where the operator allows that."""
    spend()
    row = generation.rows[number]
    names = ("id", "debate", "path", "language", "side", "characters", "sentences")
    text = generation.document(number).text if full_text else None
    return {name: getattr(row, name) for name in names} | {"source": source_wire(row), "text": text}


def source_wire(document: Document | DocumentRow) -> Wire:
    """Its publication, its name, and the file that its text was extracted from, if any."""
    source, origin = document.source, document.origin
    original: Wire | None = None
    if origin:
        original = {"sha256": origin.sha256, "extractor": origin.extractor}
        original["told"] = list(origin.tells(source))
    return asdict(source) | {"name": document.name, "sha256": document.sha256, "original": original}


def person_wire(person: Person) -> Wire:
    """Somebody as `GET /v1/voices` lists them."""
    return {
        "id": person.id,
        "name": person.name,
        "offices": person.offices,
        "documents": len(person.documents),
        "sentences": len(person.sure_places),
    }


def said_wire(
    generation: Generation, person: Person, total: int, citations: Sequence[Citation]
) -> Wire:
    """All that somebody says as `GET /v1/voices/{name}` sends it; `total`: how many passages there are."""
    wrote = [document_wire(generation, number, full_text=False) for number in person.wrote]
    quotes = [citation_wire(citation) for citation in citations]
    facts = {"forms": person.forms, "wrote": wrote, "total": total, "quotes": quotes}
    return {**person_wire(person), **facts}
