"""Citing a quote: links to its place, and APA, MLA, Chicago, BibTeX, RIS, CSL-JSON and a debate card in Markdown.

What the operator did not record is said so ("[title not recorded]", "n.d."), never guessed. A text fragment (WICG
scroll-to-text-fragment) is tried on the stored text as a browser looks for it, and only used where the first place that
it finds is the quote.
"""

import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from urllib.parse import quote as percent

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.sentences import Sentence
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.voice.names import Name, authors_of

NO_TITLE = "[title not recorded]"
EXACT_LIMIT = 300  # characters up to which a fragment names the whole text
EDGE_WORDS = (3, 5, 8, 12)  # words that stand for a longer text's start and end
CONTEXT_WORDS = (0, 3, 6, 10)  # words before and after, where the text itself stands more than once
NEAR = 1_000  # letters before and after a text in which those words are looked for
TEXT_DIGITS = 12  # of a text's SHA-256 that a link carries
LONGEST_KEPT = 1_000_000  # letters of a text that is kept as a browser compares it
WHOLE = (r"(?<![^\W_])", r"(?![^\W_])")  # what stands beside a whole word
# The lookbehind: white space is looked through once, from its start, and not from each of its letters again.
_BREAK = re.compile(r"(?<!\s)\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*")
_MONTHS = ("", "Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_LATEX = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {mark: f"\\{mark}" for mark in "{}$&%#_"}
)
_LATEX_URL = str.maketrans({mark: percent(mark) for mark in "{}\\ \t\r\n"})
_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in r"\`*_{}[]<>#|~"})


def reader_link(quote: Quote) -> str:
    """The reader's page, scrolled to the quote."""
    return f"/documents/{quote.document.id}?start={quote.span.start}&end={quote.span.end}#quote"


def place_query(start: int, end: int, sha256: str) -> str:
    """A place as our own pages link to it, with the text it was found in: offsets alone mark other words in another."""
    return f"start={start}&end={end}&text={sha256[:TEXT_DIGITS]}"


def source_link(quote: Quote) -> str | None:
    """The published page with a text fragment, or None without a URL."""
    url = quote.document.source.url
    directive = text_directive(quote.document.text, quote.span) if url else None
    if url is None or directive is None:
        return url
    return f"{url}{':~:' if '#' in url else '#:~:'}text={directive}"


def text_directive(text: str, span: Span) -> str | None:
    """The shortest of some directives whose first match in a text is the span, or None where there is none."""
    words = _one_spaced(span.cut(text))
    page = _kept(text) if len(text) <= LONGEST_KEPT else _as_compared(text)
    start = len(_one_spaced(f"{text[: span.start]}|")) - 1
    start += page.startswith(" ", start)
    place = (start, start + len(words))
    return next(
        (_written(*terms) for terms in _directives(text, span) if words and _finds(page, *terms) == place), None
    )


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _as_compared(text: str) -> str:
    """A text as a browser compares it, letter for letter: without case and accents, and with single spaces.

    A line that ends inside a paragraph is no block on the published page: looked for, both are a space.
    """
    spaced = _one_spaced(text)
    plain = {letter: unicodedata.normalize("NFKD", letter)[0].casefold() for letter in set(spaced)}
    return spaced.translate({ord(letter): base for letter, base in plain.items() if len(base) == 1})


_kept = lru_cache(maxsize=32)(_as_compared)


def _directives(text: str, span: Span) -> Iterator[tuple[str, str, str, str]]:
    """The directives that may find a range, the shorter ones first: what stands before, the start, the end, what stands behind."""
    blocks = [_one_spaced(block) for block in _BREAK.split(span.cut(text).strip())]
    ahead = _BREAK.split(text[max(0, span.start - NEAR) : span.start].rstrip())[-1].split()
    behind = _BREAK.split(text[span.end : span.end + NEAR].lstrip())[0].split()
    head, tail = blocks[0].split(), blocks[-1].split()
    counts = [count for count in EDGE_WORDS if blocks[1:] or 2 * count <= len(head)]
    bodies = [(" ".join(head[:count]), " ".join(tail[-count:])) for count in counts]
    if not blocks[1:] and len(blocks[0]) <= EXACT_LIMIT:
        bodies = [(blocks[0], "")]
    for count in CONTEXT_WORDS:
        before, after = " ".join(ahead[-count:]) if count else "", " ".join(behind[:count])
        yield from ((before, first, last, after) for first, last in bodies)


def _written(*directive: str) -> str:
    """A directive as it stands in a URL, where a dash, a comma and an ampersand have a meaning of their own."""
    terms = [percent(term, safe="").replace("-", "%2D") for term in directive]
    return ",".join(form.format(term) for form, term in zip(("{}-", "{}", "{}", "-{}"), terms, strict=True) if term)


def _finds(page: str, *directive: str) -> tuple[int, int] | None:
    """The first range that a browser would select: its terms as whole words, with a space or none between them."""
    terms = [_as_compared(term) for term in directive]
    before, first, last, after = (
        f"{WHOLE[0] * term[:1].isalnum()}{re.escape(term)}{WHOLE[1] * term[-1:].isalnum()}" for term in terms
    )
    pattern = f"{before and before + ' ?'}({first}{last and '.*?' + last}){after and ' ?' + after}"
    found = re.compile(pattern).search(page, max(0, page.find(terms[1]) - len(terms[0]) - 1))
    return found.span(1) if found else None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a citation is made of: a document, and words in it, if any, with the quote of whole sentences that holds them.

    `whole`: the whole paragraph may be shown around the quote, and not only the sentence on each side of it.
    """

    document: Document
    span: Span | None = None
    quote: Quote | None = None
    byline: str = ""
    tag: str = ""
    whole: bool = True

    @property
    def source(self) -> Source:
        """Who published it, where and when."""
        return self.document.source

    @property
    def authors(self) -> tuple[Name, ...]:
        """Who wrote it."""
        return authors_of(self.source.author)

    @property
    def title(self) -> str:
        """The title, or that none is recorded."""
        return _one_spaced(self.source.title or NO_TITLE)

    @property
    def date(self) -> tuple[str, int, int]:
        """Year, month and day; "" and 0 for what is not recorded."""
        year, month, day, *_ = [*(self.source.date or "").split("-"), "0", "0"]
        return year, int(month or 0), int(day or 0)


def _sentence(text: str | None) -> str:
    """With one full stop at its end, or nothing."""
    return f"{text.rstrip('.')}." if text else ""


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _listed(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _series(people: Sequence[str], last: str) -> str:
    """Names in a row, with what joins the last one."""
    return f"{', '.join(people[:-1])}{last}{people[-1]}" if people[1:] else "".join(people)


def apa(reference: Reference) -> str:
    """APA, 7th edition: as a web page."""
    people = [f"{name.family}, {name.initials}" if name.given else name.family for name in reference.authors]
    who, title = _sentence(_series(people, ", & ")), _sentence(reference.title)
    year, month, day = reference.date
    when = f"({f'{year}, {_day_month(month, day)}' if month else year or 'n.d.'})."
    head = (who, when, title) if who else (title, when)
    return _joined(*head, _sentence(reference.source.publisher), reference.source.url)


def _day_month(month: int, day: int) -> str:
    name = long_date(f"2000-{month:02}").split()[0]
    return f"{name} {day}" if day else name


def mla(reference: Reference) -> str:
    """MLA, 9th edition."""
    found = reference.authors
    others = ", et al" if found[2:] else f", and {found[1].straight}" if found[1:] else ""
    who = f"{found[0].inverted}{others}" if found else ""
    year, month, day = reference.date
    when = _joined(str(day) if day else "", _MONTHS[month], year)
    url = (reference.source.url or "").split("://", 1)[-1]
    return _joined(_sentence(who), _quoted(reference), _sentence(_listed(reference.source.publisher, when, url)))


def _quoted(reference: Reference) -> str:
    return f"“{reference.title.rstrip('.')}.”" if reference.source.title else f"{NO_TITLE}."


def chicago(reference: Reference) -> str:
    """Chicago, 17th edition, bibliography."""
    people = [name.straight if place else name.inverted for place, name in enumerate(reference.authors)]
    year, month, day = reference.date
    when = f"{_day_month(month, day)}, {year}" if day else long_date(reference.source.date or "")
    where = _sentence(_listed(reference.source.publisher, when))
    return _joined(_sentence(_series(people, ", and ")), _quoted(reference), where, _sentence(reference.source.url))


def _key(reference: Reference) -> str:
    found = reference.authors
    name = (found[0].family if found else reference.document.id).lower()
    stem = "".join(letter for letter in name if letter.isascii() and letter.isalnum()) or "source"
    return stem + reference.date[0]


def bibtex(reference: Reference) -> str:
    """A BibTeX entry whose special letters are escaped."""
    year, month, day = reference.date
    people = (_latex(name.inverted) if name.given else f"{{{_latex(name.family)}}}" for name in reference.authors)
    fields = {
        "author": " and ".join(people),
        "title": f"{{{_latex(reference.title)}}}",
        "howpublished": _latex(reference.source.publisher or ""),
        "year": year,
        "month": str(month or ""),
        "day": str(day or ""),
        "url": (reference.source.url or "").translate(_LATEX_URL),
        "language": _latex(reference.document.language or ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(reference)},\n{lines}}}\n"


def _latex(text: str) -> str:
    return _one_spaced(text).translate(_LATEX)


def ris(reference: Reference) -> str:
    """A RIS record, for reference managers."""
    year, month, day = reference.date
    lines = [("TY", "ELEC" if reference.source.url else "GEN")]
    lines += [("AU", name.inverted) for name in reference.authors]
    lines += [
        ("TI", reference.title),
        ("PB", reference.source.publisher or ""),
        ("PY", year),
        ("DA", f"{year}/{month:02}/{f'{day:02}' if day else ''}" if month else ""),
        ("UR", reference.source.url or ""),
        ("LA", reference.document.language or ""),
    ]
    written = [f"{tag}  - {_one_spaced(value)}" for tag, value in lines if value]
    return "\r\n".join([*written, "ER  - ", ""])


def csl_json(reference: Reference) -> str:
    """CSL-JSON, which citation processors read."""
    year, month, day = reference.date
    issued = [part for part in (int(year or 0), month, day) if part]
    people = ({"family": name.family, "given": name.given} if name.given else {"literal": name.family}
              for name in reference.authors)  # fmt: skip
    record = {
        "id": _key(reference),
        "type": "webpage" if reference.source.url else "document",
        "title": reference.title,
        "author": list(people),
        "container-title": reference.source.publisher,
        "issued": {"date-parts": [issued]} if issued else None,
        "URL": reference.source.url,
        "language": reference.document.language,
        "license": reference.source.licence,
    }
    return json.dumps([{key: value for key, value in record.items() if value}], ensure_ascii=False, indent=2)


def card(reference: Reference) -> str:
    """A debate card: tag, cite, and the paragraph with the quote in bold."""
    source, found = reference.source, reference.authors
    who = found[0].family if found else source.publisher or reference.title
    short = f"{who} {reference.date[0][-2:] or 'n.d.'}"
    facts = (source.author, source.publisher, long_date(source.date or ""), reference.title)
    full = "; ".join(_markdown(fact) for fact in facts if fact)
    url = f" <{source.url}>" if source.url else ""
    tag = f"### {_markdown(reference.tag)}\n\n" if reference.tag else ""
    said = f"{_markdown(reference.byline)}\n\n" if reference.byline else ""
    return f"{tag}**{_markdown(short)}** ({full}){url}\n\n{said}{_body(reference)}\n"


def _body(reference: Reference) -> str:
    """The words in bold with what stands around them, under what stands just before them in another paragraph."""
    quote, span = reference.quote, reference.span
    if quote is None or span is None:
        return ""
    text, sentences = quote.document.text, quote.sentences
    opening, closing = sentences[quote.first].paragraph, sentences[quote.last].paragraph
    first = bisect_left(sentences, opening, key=lambda sentence: sentence.paragraph)
    end = bisect_right(sentences, closing, key=lambda sentence: sentence.paragraph)
    if not reference.whole:
        first, end = max(first, quote.first - 1), min(end, quote.last + 2)
    before = "" if quote.before in text[sentences[first].span.start : quote.span.start] else quote.before
    told = f"Just before it: {_markdown(before)}\n\n" if before else ""
    paragraphs = groupby(sentences[first:end], lambda sentence: sentence.paragraph)
    return told + "\n>\n".join(f"> {_around(text, list(together), span)}" for _, together in paragraphs)


def _around(text: str, sentences: Sequence[Sentence], span: Span) -> str:
    """Sentences whose words in a range are bold."""
    first, last = sentences[0].span.start, sentences[-1].span.end
    words = text[max(first, span.start) : min(last, span.end)]
    if not words.strip():  # white space alone is not bold
        return _markdown(text[first:last])
    start = max(first, span.start) + len(words) - len(words.lstrip())
    parts = (text[first:start], words.strip(), text[start + len(words.strip()) : last])
    return _one_spaced("**".join(part.translate(_MARKDOWN) for part in parts))


def _markdown(text: str) -> str:
    """Text that no Markdown reader takes for markup; white space becomes single spaces."""
    return _one_spaced(text).translate(_MARKDOWN)


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
