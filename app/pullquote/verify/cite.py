"""Citations of a quote: APA, MLA, Chicago, BibTeX, RIS, CSL-JSON, and a debate card in Markdown.

What the operator did not record is said so ("[title not recorded]", "n.d."), never guessed.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pullquote.corpus.blocks import trimmed
from pullquote.corpus.dates import long_date
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Sentence
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.voice.names import authors_of

NO_TITLE = "[title not recorded]"
_ABBREVIATED = ("", "Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a citation is made of: a document, and words in it, if any, with the quote of whole sentences that holds them."""

    document: Document
    span: Span | None = None
    quote: Quote | None = None
    byline: str = ""
    tag: str = ""
    whole: bool = True
    """Whether the whole paragraph may be shown around the quote, or only the sentence on each side of it."""

    @property
    def source(self) -> Source:
        """Who published it, where and when."""
        return self.document.source

    @property
    def title(self) -> str:
        """The title, or that none is recorded."""
        return _line(self.source.title or NO_TITLE)


def _line(text: str) -> str:
    return " ".join(text.split())


def _date_parts(date: str | None) -> tuple[str, int, int]:
    """Year, month and day of a date of the wire; 0 where it has none."""
    year, month, day, *_ = [*(date or "").split("-"), "0", "0"]
    return year, int(month or 0), int(day or 0)


def _sentence(text: str | None) -> str:
    """With one full stop at its end, or nothing."""
    return f"{text.rstrip('.')}." if text else ""


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _series(people: Sequence[str], last: str) -> str:
    """Names in a row, with what joins the last one. Example: ["A", "B"], " & " -> "A & B"."""
    return f"{', '.join(people[:-1])}{last}{people[-1]}" if people[1:] else "".join(people)


def apa(reference: Reference) -> str:
    """APA, 7th edition: as a web page.

    Example: "Misra, A. (2025, October). [title not recorded]. The Conversation."
    """
    people = [
        f"{name.family}, {name.initials}" if name.given else name.family for name in authors_of(reference.source.author)
    ]
    who = _series(people, ", & ")
    year, month, day = _date_parts(reference.source.date)
    when = f"{year}, {_day_month(month, day)}" if month else year or "n.d."
    if not who:
        return _joined(
            f"{reference.title.rstrip('.')}. ({when}).", _sentence(reference.source.publisher), reference.source.url
        )
    return _joined(
        _sentence(who),
        f"({when}).",
        _sentence(reference.title),
        _sentence(reference.source.publisher),
        reference.source.url,
    )


def _day_month(month: int, day: int) -> str:
    name = long_date(f"2000-{month:02}").split()[0]
    return f"{name} {day}" if day else name


def mla(reference: Reference) -> str:
    """MLA, 9th edition.

    Example: "Misra, Amalendu. [title not recorded]. The Conversation, Oct. 2025."
    """
    found = authors_of(reference.source.author)
    who = found[0].inverted if found else ""
    if found[2:]:
        who += ", et al"
    elif found[1:]:
        who += f", and {found[1].straight}"
    year, month, day = _date_parts(reference.source.date)
    when = " ".join(part for part in (str(day) if day else "", _ABBREVIATED[month], year) if part)
    where = ", ".join(part for part in (reference.source.publisher, when, _bare(reference.source.url)) if part)
    return _joined(_sentence(who), _quoted(reference), _sentence(where))


def _bare(url: str | None) -> str | None:
    return url.split("://", 1)[-1] if url else None


def _quoted(reference: Reference) -> str:
    return f"“{reference.title.rstrip('.')}.”" if reference.source.title else f"{NO_TITLE}."


def chicago(reference: Reference) -> str:
    """Chicago, 17th edition, bibliography.

    Example: "Misra, Amalendu. [title not recorded]. The Conversation, October 2025."
    """
    found = authors_of(reference.source.author)
    people = [found[0].inverted, *(name.straight for name in found[1:])] if found else []
    who = _series(people, ", and ")
    year, month, day = _date_parts(reference.source.date)
    when = (
        f"{_day_month(month, day)}, {year}"
        if day
        else long_date(reference.source.date)
        if reference.source.date
        else ""
    )
    where = ", ".join(part for part in (reference.source.publisher, when) if part)
    return _joined(_sentence(who), _quoted(reference), _sentence(where), _sentence(reference.source.url))


def _key(reference: Reference) -> str:
    found = authors_of(reference.source.author)
    stem = re.sub(r"[^a-z0-9]+", "", (found[0].family if found else reference.document.id).lower()) or "source"
    return stem + _date_parts(reference.source.date)[0]


def bibtex(reference: Reference) -> str:
    """A BibTeX entry whose special letters are escaped."""
    year, month, day = _date_parts(reference.source.date)
    people = " and ".join(
        _latex(name.inverted) if name.given else f"{{{_latex(name.family)}}}"
        for name in authors_of(reference.source.author)
    )
    fields = {
        "author": people,
        "title": f"{{{_latex(reference.title)}}}",
        "howpublished": _latex(reference.source.publisher or ""),
        "year": year,
        "month": str(month) if month else "",
        "day": str(day) if day else "",
        "url": re.sub(r"[{}\\\s]", lambda found: f"%{ord(found.group()):02X}", reference.source.url or ""),
        "language": _latex(reference.document.language or ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(reference)},\n{lines}}}\n"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(letter, letter) for letter in _line(text))


def ris(reference: Reference) -> str:
    """A RIS record, for reference managers."""
    year, month, day = _date_parts(reference.source.date)
    lines = [("TY", "ELEC" if reference.source.url else "GEN")]
    lines += [("AU", name.inverted) for name in authors_of(reference.source.author)]
    lines += [
        ("TI", reference.title),
        ("PB", reference.source.publisher or ""),
        ("PY", year),
        ("DA", f"{year}/{month:02}/{f'{day:02}' if day else ''}" if month else ""),
        ("UR", reference.source.url or ""),
        ("LA", reference.document.language or ""),
    ]
    written = [f"{tag}  - {_line(value)}" for tag, value in lines if value]
    return "\r\n".join([*written, "ER  - ", ""])


def csl_json(reference: Reference) -> str:
    """CSL-JSON, which citation processors read."""
    year, month, day = _date_parts(reference.source.date)
    issued = [part for part in (int(year) if year else 0, month, day) if part]
    record = {
        "id": _key(reference),
        "type": "webpage" if reference.source.url else "document",
        "title": reference.title,
        "author": [
            {"family": name.family, "given": name.given} if name.given else {"literal": name.family}
            for name in authors_of(reference.source.author)
        ],
        "container-title": reference.source.publisher,
        "issued": {"date-parts": [issued]} if issued else None,
        "URL": reference.source.url,
        "language": reference.document.language,
        "license": reference.source.licence,
    }
    return json.dumps([{key: value for key, value in record.items() if value}], ensure_ascii=False, indent=2)


def card(reference: Reference) -> str:
    """A debate card: tag, cite, and the paragraph with the quote in bold."""
    found, year = authors_of(reference.source.author), _date_parts(reference.source.date)[0]
    short = f"{found[0].family if found else reference.source.publisher or reference.title} {year[-2:] or 'n.d.'}"
    full = "; ".join(
        _markdown(part) for part in (
            reference.source.author, reference.source.publisher, long_date(reference.source.date) if reference.source.date else None,
            reference.title,
        ) if part
    )  # fmt: skip
    url = f" <{reference.source.url}>" if reference.source.url else ""
    tag = f"### {_markdown(reference.tag)}\n\n" if reference.tag else ""
    said = f"{_markdown(reference.byline)}\n\n" if reference.byline else ""
    return f"{tag}**{_markdown(short)}** ({full}){url}\n\n{said}{_body(reference)}\n"


def _body(reference: Reference) -> str:
    """The words in bold with what stands around them, under what stands just before them in another paragraph."""
    quote, span = reference.quote, reference.span
    if quote is None or span is None:
        return ""
    text, shown = quote.document.text, _shown(quote, whole=reference.whole)
    ahead = text[shown[0].span.start : quote.span.start]
    before = "" if quote.before in ahead else f"Just before it: {_markdown(quote.before)}\n\n"
    paragraphs = [list(together) for _, together in groupby(shown, lambda sentence: sentence.paragraph)]
    return before + "\n>\n".join(
        f"> {_around(text, Span(together[0].span.start, together[-1].span.end), span)}" for together in paragraphs
    )


def _shown(quote: Quote, *, whole: bool) -> Sequence[Sentence]:
    """The sentences of a quote, with those around it in its paragraphs that may be shown."""
    sentences = quote.sentences
    opening, closing = sentences[quote.first].paragraph, sentences[quote.last].paragraph
    first = bisect_left(sentences, opening, key=lambda sentence: sentence.paragraph)
    end = bisect_right(sentences, closing, key=lambda sentence: sentence.paragraph)
    return sentences[first:end] if whole else sentences[max(first, quote.first - 1) : min(end, quote.last + 2)]


def _around(text: str, paragraph: Span, span: Span) -> str:
    """A paragraph whose words in a range are bold."""
    start, end = max(paragraph.start, span.start), min(paragraph.end, span.end)
    bold = next(trimmed(text, start, end), None)  # white space alone is not bold
    if bold is None:
        return _markdown(paragraph.cut(text))
    before, after = text[paragraph.start : bold.start], text[bold.end : paragraph.end]
    return f"{_markdown(before, edges=True)}**{_markdown(bold.cut(text))}**{_markdown(after, edges=True)}"


def _markdown(text: str, *, edges: bool = False) -> str:
    """Text that no Markdown reader takes for markup; white space becomes single spaces."""
    tidy = re.sub(r"\s+", " ", text) if edges else _line(text)
    return _MARKDOWN.sub(r"\\\1", tidy)


@dataclass(frozen=True, slots=True)
class Style:
    """A way to cite: its name on the wire, what readers call it, how it is written and sent."""

    name: str
    label: str
    write: Callable[[Reference], str]
    media_type: str = "text/plain"
    suffix: str = ""


STYLES = (
    Style("apa", "APA", apa),
    Style("mla", "MLA", mla),
    Style("chicago", "Chicago", chicago),
    Style("bibtex", "BibTeX", bibtex, "application/x-bibtex", "bib"),
    Style("ris", "RIS", ris, "application/x-research-info-systems", "ris"),
    Style("csl-json", "CSL-JSON", csl_json, "application/vnd.citationstyles.csl+json", "json"),
    Style("card", "Debate card", card, "text/markdown", "md"),
)


def citations(reference: Reference) -> dict[str, str]:
    """The citation in every style, by the style's name."""
    return {style.name: style.write(reference) for style in STYLES}
