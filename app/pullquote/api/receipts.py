"""A receipt as a whole: each quote and the answer around them worked out anew, and what nothing stored can prove."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pullquote.answers.about import overview_of
from pullquote.answers.answer import Answer, Frame, Part, Shown, compose
from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query, Turn, subject_asked
from pullquote.api.wire import Wire, answer_wire, citation_wire
from pullquote.corpus.documents import Document
from pullquote.errors import PullquoteError
from pullquote.index.facets import Filter
from pullquote.index.generation import Generation
from pullquote.index.search import Role
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.verify.match import Result
from pullquote.verify.receipt import (
    JUDGED,
    SIDES,
    Checked,
    Checker,
    Claim,
    claims_of,
    read_json,
    same,
)
from pullquote.voice.book import VoiceBook

# Of an answer: what follows from other fields, or makes its id with them; and what only asking again could show.
_RESOLVED = ("id", "resolved_question", "debate", "about", "status", "reason")
WORKED_OUT = (*_RESOLVED, "parts", "text", "as_of", "quotes")
_FOUND = (
    "proposition",
    "confidence",
    "nearest",
    "sides_asked",
    "gap",
    "basis",
    "pointed",
    "summary",
    "filter",
    "beyond",
)
ASKED = ("question", *_FOUND, "suggestions", "index", "timings_ms")
ARGUED = (
    "proposition",
    "debate",
    *SIDES,
    "gap",
    "unclear",
    "more",
    "filter",
)  # who argues what is a judgement
NO_ANSWER = (AttributeError, KeyError, TypeError, ValueError)  # raised by what no answer could be


def receipt_wire(
    content: bytes, documents: Sequence[Document], generation: Generation | None
) -> Wire:
    """What became of a receipt: of each quote, and of the answer around them.

    `wrong` is what is not so in the answer itself, `not_covered` what is there and was not compared, `unknown` what no
    answer has, `missing` what every answer has; a field of a quote stands behind `quotes[].`.

    Raises:
        ReceiptError: it is none.
    """
    body = read_json(content)
    empty = isinstance(body, dict) and body.get("quotes") == [] == body.get("nearest")
    claims = () if empty and "status" in body else claims_of(body)
    checker = Checker(documents, generation, citation_wire)
    outcomes = [checker.check(claim) for claim in claims]
    around = _around(body, claims, outcomes, generation)
    by_quote = {
        "not_covered": [name for checked in outcomes for name in checked.unchecked],
        "unknown": [name for checked in outcomes for name in checked.unknown],
        "missing": [name for checked in outcomes for name in checked.missing],
    }
    fields = {
        kind: sorted({*around[kind], *(f"quotes[].{name}" for name in names)})
        for kind, names in by_quote.items()
    }
    rows = [_row(claim, checked) for claim, checked in zip(claims, outcomes, strict=True)]
    right = not around["wrong"] and all(row["result"] == Result.VERBATIM for row in rows)
    return {"ok": right, "quotes": rows, "wrong": sorted({*around["wrong"]}), **fields}


def _row(claim: Claim, checked: Checked) -> Wire:
    """What became of a claim; what no text can prove of any quote is named once, for the whole receipt."""
    document_id = checked.document.id if checked.document else claim.document_id
    row: Wire = {"document_id": document_id, "start": claim.start, "end": claim.end}
    row |= {"result": checked.result.value, "wrong": list(checked.wrong)}
    row["unchecked"] = [name for name in checked.unchecked if name not in JUDGED]
    row |= {"unknown": list(checked.unknown), "missing": list(checked.missing)}
    if (now := checked.now) is None:
        return row | {"now": None}
    return row | {
        "now": {"document_id": now.document.id, "start": now.span.start, "end": now.span.end}
    }


def _around(
    body: Any, claims: Sequence[Claim], outcomes: Sequence[Checked], generation: Generation | None
) -> dict[str, list[str]]:
    """The fields beside the quotes, by what became of them."""
    fields: dict[str, list[str]] = {"wrong": [], "not_covered": [], "unknown": [], "missing": []}
    if isinstance(body, list):
        fields["not_covered"] = ["[]"]  # which quotes there are
    elif isinstance(body.get("quotes"), list):
        fields["wrong"], loose = _Anew(body, claims, outcomes, generation).faults()
        fields["not_covered"] = [name for name in (*ASKED, *loose) if name in body]
        fields["unknown"] = [*(body.keys() - {*WORKED_OUT, *ASKED})]
        fields["missing"] = [*({*WORKED_OUT, *ASKED} - body.keys())]
    elif any(isinstance(body.get(name), list) for name in SIDES):
        fields["wrong"] = [] if _numbered(claims) else ["quotes[].n"]
        fields["not_covered"] = [name for name in ARGUED if name in body]
        fields["unknown"] = [*(body.keys() - {*ARGUED})]
        fields["missing"] = [*({*ARGUED} - body.keys())]
    return fields


def _numbered(claims: Sequence[Claim]) -> bool:
    """Whether quotes have the numbers from 1, as far as they have any."""
    return all(claim.facts.get("n", n) == n for n, claim in enumerate(claims, start=1))


@dataclass(frozen=True, slots=True)
class _Anew:
    """The answer that a receipt must be, as far as its quotes and its other fields make it."""

    body: Mapping[str, Any]
    claims: Sequence[Claim]
    outcomes: Sequence[Checked]
    generation: Generation | None

    def faults(self) -> tuple[list[str], list[str]]:
        """The fields that are not what they must be, and those that cannot be told."""
        count = len(self.body["quotes"])
        numbered = _numbered(self.claims[:count]) and _numbered(self.claims[count:])
        wrong = [] if numbered else ["quotes[].n"]
        if any(checked.citation is None for checked in self.outcomes):  # which is fault enough
            return wrong, [*WORKED_OUT]
        try:
            quotes, nearest = self._citations(0, count), self._citations(count, len(self.claims))
            framed = self._framed(quotes)
            said = tuple(_part(part) for part in self.body.get("parts") or ())
            answer = self._answer(quotes, nearest, said if framed is None else framed)
            wire = json.loads(json.dumps(answer_wire(answer)))
        except (PullquoteError, *NO_ANSWER):
            return [*wrong, "parts, about, debate, index, reason or quotes[].role"], []
        if (wire["reason"] and quotes) or (nearest and not wire["reason"]):
            wrong.append("reason")
        names = [name for name in WORKED_OUT if name != "quotes" and name in self.body]
        wrong += [name for name in names if not same(wire[name], self.body[name])]
        return wrong, ["parts", "reason"] if framed is None else []

    def _citations(self, first: int, last: int) -> list[Citation]:
        """The quotes as they are stored, in the roles that they are said to have."""
        pairs = zip(self.claims[first:last], self.outcomes[first:last], strict=True)
        return [
            replace(one.citation, n=n, role=Role(claim.facts.get("role", Role.CONTEXT)))
            for n, (claim, one) in enumerate(pairs, start=1)
            if one.citation
        ]

    def _answer(
        self, quotes: Sequence[Citation], nearest: Sequence[Citation], parts: Sequence[Part]
    ) -> Answer:
        body, reason = self.body, self.body.get("reason")
        return Answer(
            question=str(body.get("question")), resolved_question=str(body.get("resolved_question")),
            debate=body.get("debate") or None, reason=None if reason is None else Reason(reason), confidence=0.0,
            parts=tuple(parts), citations=tuple(quotes), nearest=tuple(nearest), suggestions=(),
            generation=str((body.get("index") or {}).get("generation")), built_at="", stale=False, timings_ms={},
            about=self._about(), only=_filter(body.get("filter") or {}),
        )  # fmt: skip

    def _about(self) -> tuple[tuple[str, Span], ...]:
        return tuple(
            (one["document_id"], Span(one["start"], one["end"]))
            for one in self.body.get("about") or ()
        )

    def _framed(self, quotes: Sequence[Citation]) -> tuple[Part, ...] | None:
        """The quotes in their frame; None where that was made of more than them, or nobody is heard."""
        body, about = self.body, self._about()
        if body.get("reason") is not None or any("voice" in one.unchecked for one in self.outcomes):
            return None
        question = str(body.get("question"))
        if subject_asked(question) is None:
            return compose(quotes)
        generation, name = self.generation, (body.get("index") or {}).get("generation")
        # what the sources were then, and which of them passed
        if generation is None or generation.card.name != name or body.get("filter"):
            return None
        history = (Turn("", about),) if about else ()
        query = Query(
            question=question,
            debate=body.get("debate"),
            max_quotes=max(1, len(quotes)),
            history=history,
        )
        among = generation.selection(generation.documents_of(query.debate))
        overview = overview_of(generation, VoiceBook(generation), query, among)
        return overview.parts if overview else compose(quotes)


def _filter(given: Mapping[str, Any]) -> Filter:
    """What an answer was narrowed by, which its id is made of too."""
    names = {name for name, value in given.items() if value is not None} - {"documents"}
    return Filter(**{name: given[name] for name in names})


def _part(said: Any) -> Part:
    return Frame(said["text"]) if said["kind"] == "frame" else Shown(said["n"])
