"""An answer on the wire as the sheet that is taken away: every quote cut anew from its document."""

import csv
import io
from collections.abc import Iterator, Sequence

from pullquote.answers.explainer import Explainer
from pullquote.api.languages import StringTable, date_in, own_words, place_in
from pullquote.api.responses import safe_url
from pullquote.api.wire import Wire, citation_wire
from pullquote.corpus.files import safe_cell
from pullquote.sides.stance import WEAK, Citation
from pullquote.span import Span
from pullquote.verify.cite import Reference, address
from pullquote.verify.export import Exhibit, Line, Sheet
from pullquote.voice.voices import spoken_by

COLUMNS = (
    "quote",
    "byline",
    "title",
    "author",
    "publisher",
    "date",
    "debate",
    "document",
    "start",
    "end",
    "link",
)


def sheet(
    explainer: Explainer, answer: Wire, both: Wire | None, link: str, s: StringTable
) -> Sheet:
    """An answer for export, with both sides if opened and its permanent link, in one language."""
    quotes, proposition, site = answer["quotes"], answer["proposition"], link.partition("/?")[0]

    def sided(quote: Wire, proposition: str | None) -> Exhibit:
        return exhibit(explainer, quote, stance(quote, proposition, s), site, s)

    def parts() -> Iterator[Line | Exhibit]:
        for block in answer["parts"]:
            if block["kind"] == "frame":
                yield Line(own_words(s, block["text"]) or block["text"])
            else:
                yield sided(quotes[block["n"] - 1], proposition)
        yield from (sided(quote, None) for quote in (*answer["nearest"], *answer["beyond"]))
        yield from columns(both) if both else ()

    def columns(both: Wire) -> Iterator[Line | Exhibit]:
        yield Line(f"{s['sides']} {both['proposition']}", heading=True)
        for side in ("for", "against", "context"):
            name = side_name(side, both["proposition"], s) if side != "context" else s["neither"]
            yield Line(name, heading=True)
            yield from (sided(quote, both["proposition"]) for quote in both[side])

    notes = tuple(_notes(answer, both, s))
    return Sheet(answer["question"], tuple(parts()), notes, s["taken_from"], link)


def exhibit(explainer: Explainer, quote: Wire, side: str, site: str, s: StringTable) -> Exhibit:
    """A quote cut anew from its document, with its reference."""
    document, span = explainer.document(quote["document_id"]), Span(quote["start"], quote["end"])
    url = address(safe_url(quote["links"]["source"])) or site + quote["links"]["reader"]
    reference, words = Reference(document, span, None, quote["byline"]), span.cut(document.text)
    if citation := explainer.quote_at(document.id, span):
        who = spoken_by(citation.voice)
        reference = Reference(document, citation.said, citation.quote, quote["byline"], speaker=who)
        words = citation.shown
    leans = quote["leans"] and quote["before"]
    lead_in = f"{s['before']} {quote['shown_before']}" if leans else ""
    place = place_in(s, quote["page"], quote["time"])
    return Exhibit(quote["n"], words, reference, url, place, lead_in, side)


def _notes(answer: Wire, both: Wire | None, s: StringTable) -> Iterator[str]:
    """What the page says below an answer."""
    oldest, newest = answer["as_of"]["oldest"], answer["as_of"]["newest"]
    if answer["gap"]:
        gap = f"{answer['gap']}."
        yield f"{s['note']} {own_words(s, gap) or gap}"
    if both:
        yield s["sides_note"]
    if oldest:
        template = s["dates_one" if oldest == newest else "dates"]
        yield template.replace("{from}", date_in(s, oldest)).replace("{to}", date_in(s, newest))


def side_name(side: str, proposition: str | None, s: StringTable, of: str = "") -> str:
    """What a side is called: a question that is no statement is answered yes or no."""
    is_question = (proposition or "").endswith("?") and side in ("for", "against")
    return s[{"for": "yes", "against": "no"}[side]] if is_question else s[of + side]


def stance(quote: Wire, proposition: str | None, s: StringTable) -> str:
    """Which side a quote takes and who says so, as the page has it; nothing where none is told."""
    verdict = quote["stance"]
    if verdict is None or verdict["side"] == "unclear":
        return ""
    percent = round(verdict["probability"] * 100)
    how = "weak" if verdict["basis"] == "model" and percent < WEAK else verdict["basis"]
    words = s[f"basis_{how}"].replace(
        "{side}", side_name(verdict["side"], proposition, s, "stance_")
    )
    return words.replace("{n}", str(percent))


def as_csv(citations: Sequence[Citation], notes: Sequence[str] = ()) -> str:
    """Quotes as rows for a spreadsheet, which takes none of their words for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(["note"] if notes else [])])
    for position, citation in enumerate(citations):
        quote, document = citation_wire(citation), citation.quote.document
        facts = [quote["source"][name] or "" for name in ("author", "publisher", "date")]
        cells = [
            quote["shown"],
            quote["byline"],
            document.name,
            *facts,
            document.debate,
            document.id,
        ]
        cells += [str(quote["start"]), str(quote["end"]), quote["links"]["source"] or ""]
        writer.writerow(map(safe_cell, [*cells, *notes[position : position + 1]]))
    return out.getvalue()
