"""The tray: quotes that a reader keeps in the browser, shown from a link that holds them, or taken away as a file."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pullquote.api import reader, wire
from pullquote.api.exhibits import as_csv, exhibit
from pullquote.api.languages import LANGUAGES, STRINGS
from pullquote.api.responses import VISIT, page, trouble
from pullquote.api.routes import Now, Repeated
from pullquote.errors import InvalidSpan, TextChanged, UnknownDocument, spend
from pullquote.sides.stance import Citation
from pullquote.verify import cite
from pullquote.verify.export import FORMS, Exhibit, Form, Line, Sheet

MOST = 50  # quotes of a link
LONGEST_NOTE = 500  # letters
PAGES = APIRouter(include_in_schema=False)
# a document's id, where the quote stands, and the first digits of the text's hash
_PLACE = re.compile(
    r"(?P<id>[^:]{1,80}):(?P<start>\d{1,9})-(?P<end>\d{1,9})(?::(?P<text>[0-9a-f]{1,64}))?"
)
_WRITTEN: dict[str, Form] = {form.name: form for form in FORMS}
_CITED: dict[str, cite.Style] = {
    style.name: style for style in cite.STYLES if style.suffix and style.name != "card"
}

_LABELS = {"markdown": "Markdown", "docx": "Word"}
_LABELS |= {name: style.label for name, style in _CITED.items()} | {"csv": "CSV"}


@PAGES.get("/tray")
def tray(
    request: Request, now: Now, place: Repeated = None, note: Repeated = None, form: str = ""
) -> Response:
    """The quotes that an address holds, as a page or a file; without any, those of this browser."""
    places, notes = (place or [])[:MOST], [text[:LONGEST_NOTE] for text in note or []]
    pairs = zip(places, [*notes, *[""] * len(places)], strict=False)
    found = [(quote, text) for each, text in pairs if (quote := _quote(now, each))]
    kept = [replace(quote, n=n) for n, (quote, _) in enumerate(found, start=1)]
    said = [text for _, text in found]
    if form:
        return (
            _file(request, now, kept, said, form) if kept else trouble(404, STRINGS["tray_empty"])
        )
    quotes = [wire.citation_wire(quote) for quote in kept]
    context: wire.Wire = {"quotes": quotes, "notes": said, "missing": len(places) - len(kept)}
    here = f"/tray?{request.url.query}"
    return page("tray.html", **context, linked=bool(place), here=here, forms=_LABELS, most=MOST)


def _quote(now: Now, written: str) -> Citation | None:
    """The quote at a place; None where there is none, its text is another now, or it may not be shown."""
    spend()
    if not (match := _PLACE.fullmatch(written)):
        return None
    try:
        document = reader.document_of(now, match["id"])
        span = reader.place(document, int(match["start"]), int(match["end"]), match["text"] or "")
        may_be_shown = reader.may_be_shown(now, document.id, span)
        return now.quote_at(document.id, span) if may_be_shown else None
    except (UnknownDocument, TextChanged, InvalidSpan):
        return None


def _file(
    request: Request, now: Now, kept: Sequence[Citation], notes: Sequence[str], form: str
) -> Response:
    """Quotes with their notes as a file."""
    style = _CITED.get(form)
    content: str | bytes
    if style:
        content, media_type, suffix = _cited(kept, style), style.media_type, style.suffix
    elif form == "csv":
        content, media_type, suffix = as_csv(kept, notes), "text/csv", "csv"
    else:
        written = _WRITTEN.get(form, FORMS[0])
        content = written.write(_sheet(request, now, kept, notes))
        media_type, suffix = written.media_type.partition(";")[0], written.suffix
    sent = content.encode("utf-8", "replace") if isinstance(content, str) else content
    headers = {"Content-Disposition": f'attachment; filename="quotes.{suffix}"'}
    is_text = isinstance(content, str)
    media_type += "; charset=utf-8" if is_text else ""
    return Response(sent, media_type=media_type, headers=headers | {"Cache-Control": "no-store"})


def _cited(kept: Sequence[Citation], style: cite.Style) -> str:
    """A reference for each document that is quoted, or each page of it; equal ones once."""
    references = [cite.Reference(one.quote.document, one.said, one.quote) for one in kept]
    entries = list(dict.fromkeys(map(style.write, references)))
    if style.name != "csl-json":
        return "\n".join(entries)
    records = list(chain.from_iterable(map(json.loads, entries)))
    return json.dumps(records, ensure_ascii=False, indent=2)


def _sheet(request: Request, now: Now, kept: Sequence[Citation], notes: Sequence[str]) -> Sheet:
    table, site = LANGUAGES[VISIT.get().language], f"{request.url.scheme}://{request.url.netloc}"
    parts: list[Line | Exhibit] = []
    for citation, text in zip(kept, notes, strict=True):
        parts.append(exhibit(now, wire.citation_wire(citation), "", site, table))
        parts += [Line(f"{table['tray_note']}: {text}")] if text else []
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "form"]
    return Sheet(
        table["tray"], tuple(parts), (), table["taken_from"], f"{site}/tray?{urlencode(query)}"
    )
