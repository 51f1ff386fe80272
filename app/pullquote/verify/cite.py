"""Citing a quote: links to its place, and APA, MLA, Chicago, BibTeX, RIS, CSL-JSON and a debate card in Markdown.

What the operator did not record is said so ("n.d."), never guessed; a document without a title has its file's name in brackets.
"""

import json
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from operator import attrgetter
from typing import Literal
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from pullquote.corpus.documents import Document, Place, Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.quote import Quote
from pullquote.corpus.reading import Read, is_markdown, read_span, read_whole, shown
from pullquote.span import Span
from pullquote.voice.names import Name, authors_of

EXACT_LIMIT = 300  # characters up to which a fragment names the whole text
EDGE_WORDS = (3, 5, 8, 12)  # words that stand for a longer text's start and end
TEXT_DIGITS = 12  # of a text's SHA-256 that a link carries
LONGEST_KEPT = 1_000_000  # letters of a text that is kept as a browser compares it
_MONTHS = ("", *"Jan. Feb. Mar. Apr. May June July Aug. Sept. Oct. Nov. Dec.".split())  # noqa: SIM905
# Sites of recordings that take a time so
_TIMED_BY_QUERY = ("youtube.com", "m.youtube.com", "youtu.be")
# Letters of ASCII that no address has, whatever a document gives as its own
_NO_ADDRESS = frozenset(' "<>\\^`{|}')
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "`": r"\textasciigrave{}",
    }
    | {mark: f"\\{mark}" for mark in "{}$&%#_"}
)
_BRACES = str.maketrans({"{": r"\ensuremath{\lbrace}", "}": r"\ensuremath{\rbrace}"})
# Brackets of tags become entities: not every reader of Markdown knows that a backslash goes before them.
_MARKDOWN = str.maketrans(
    {mark: f"\\{mark}" for mark in r"\`*_{}[]#|~"} | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
)


def reader_link(quote: Quote) -> str:
    """The reader's page, scrolled to the quote."""
    return f"/documents/{quote.document.id}?start={quote.span.start}&end={quote.span.end}#quote"


def place_query(start: int, end: int, sha256: str) -> str:
    """A place as our own pages link to it, with the text it was found in: offsets alone mark other words in another."""
    return f"start={start}&end={end}&text={sha256[:TEXT_DIGITS]}"


def source_link(quote: Quote) -> str | None:
    """The published page with a text fragment, or at its page or time; None without a URL."""
    url = quote.document.source.url
    if url and quote.place:
        return placed(url, quote.place)
    directive = text_directive(*_published(quote)) if url else None
    return f"{url}{':~:' if url and '#' in url else '#:~:'}text={directive}" if directive else url


def _published(quote: Quote) -> tuple[str, Span]:
    """A text and a quote's place in it as far as a browser shows them."""
    text, span = quote.document.text, quote.span
    words = shown(quote.document, quote.sentences, span)
    if words == quote.text:
        return text, span
    if not is_markdown(quote.document):
        return text, Span(span.end - len(words), span.end)
    read = read_whole(text)
    start, end = (bisect_left(read.places, at) for at in (span.start, span.end))
    return (read.text, Span(start, end)) if start < end else (text, span)


def placed(url: str, position: Place) -> str:
    """An address that opens a file at a page (RFC 8118) or a recording at a time (W3C Media Fragments, or as a site has it)."""
    if position.page is not None:
        return f"{url.partition('#')[0]}#page={position.page}"
    if position.time is None:
        return url
    bare, seconds = url.partition("#")[0], int(position.time)
    host = (urlsplit(bare).hostname or "").removeprefix("www.")
    if host in _TIMED_BY_QUERY:
        return f"{bare}{'&' if '?' in bare else '?'}t={seconds}s"
    return f"{bare}#t={seconds}"


def whereabouts(page: int | None, time: float | None) -> str:
    """A page or a time as one reads it: "p. 12", "at 1:02:03", or nothing."""
    if page is not None:
        return f"p. {page}"
    return "" if time is None else f"at {clock(time)}"


def clock(time: float) -> str:
    """A time in seconds as a player shows it, such as "1:02:03" or "4:05"."""
    minutes, seconds = divmod(int(time), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def text_directive(text: str, span: Span) -> str | None:
    """The words of a range, or those at its ends, for a text fragment (WICG); None where no browser would find them there alone."""
    page = _kept(text) if len(text) <= LONGEST_KEPT else _as_compared(text)
    blocks = [_one_spaced(line) for line in span.cut(text).split("\n") if line.strip()] or [""]
    head, tail = blocks[0].split(), blocks[-1].split()
    counts = [count for count in EDGE_WORDS if blocks[1:] or 2 * count <= len(head)]
    bodies = [(" ".join(head[:count]), " ".join(tail[-count:])) for count in counts]
    exact = [(blocks[0],)] if not blocks[1:] and len(blocks[0]) <= EXACT_LIMIT else []
    for terms in exact or bodies:
        if all(0 <= page.find(term) == page.rfind(term) for term in map(_as_compared, terms)):
            # a dash, a comma and an ampersand have a meaning of their own there
            return ",".join(percent(term, safe="").replace("-", "%2D") for term in terms)
    return None


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


def _as_compared(text: str) -> str:
    """A text as a browser compares it, letter for letter, without case and accents; white space, a line's end too, is one space."""
    spaced = _one_spaced(text)
    plain = {letter: unicodedata.normalize("NFKD", letter)[0].casefold() for letter in set(spaced)}
    return spaced.translate({ord(letter): base for letter, base in plain.items() if len(base) == 1})


_kept = lru_cache(maxsize=32)(_as_compared)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a citation is made of: a document, and words in it, if any, with the quote of whole sentences that holds them.

    `whole`: the whole paragraph may be shown around the quote, and not only the sentence on each side of it.
    `speaker`: who surely says the words, where that is not whoever wrote the document.
    """

    document: Document
    span: Span | None = None
    quote: Quote | None = None
    byline: str = ""
    tag: str = ""
    whole: bool = True
    speaker: str = ""

    @property
    def title(self) -> str:
        """The title; where none is recorded, the file's name in brackets."""
        title = _one_spaced(self.document.source.title or "")
        return title or f"[{_one_spaced(self.document.name)}]"

    @property
    def where(self) -> tuple[int | None, float | None]:
        """The page and the time of the words, where the file has such."""
        position = self.quote.place if self.quote else None
        return (position.page, position.time) if position else (None, None)

    @property
    def facts(self) -> tuple[tuple[Name, ...], Source, str, int, int]:
        """Who wrote it, its facts as one may write them, and the year, month and day; "" and 0 for what is not recorded."""
        stored = asdict(self.document.source)
        spaced = {name: _one_spaced(value or "") or None for name, value in stored.items()}
        url, position = self.document.source.url, self.quote.place if self.quote else None
        url = address(placed(url, position) if url and position else url)
        source = Source(**spaced | {"url": url})
        year, month, day, *_ = [*(source.date or "").split("-"), "0", "0"]
        people = tuple(name for name in authors_of(source.author) if name.family)
        return people, source, year, int(month or 0), int(day or 0)


def address(url: str | None) -> str | None:
    """An address whose end every reader finds: blanks, brackets and what is not seen are percent-encoded."""
    unfit = {letter for letter in url or "" if letter in _NO_ADDRESS or not letter.isprintable()}
    codes = {ord(letter): percent(letter, errors="replace") for letter in unfit}
    return url and url.translate(codes)


def _sentence(text: str | None) -> str:
    return f"{text.rstrip('.')}." if text else ""


def _joined(*pieces: str | None, by: str = " ") -> str:
    return by.join(piece for piece in pieces if piece)


def _series(people: Sequence[str], last: str) -> str:
    return f"{', '.join(people[:-1])}{last}{people[-1]}" if people[1:] else "".join(people)


def _day_month(month: int, day: int) -> str:
    name = long_date(f"2000-{month:02}").split()[0]
    return f"{name} {day}" if day else name


def apa(reference: Reference) -> str:
    """APA, 7th edition: as a web page."""
    people, source, year, month, day = reference.facts
    names = [f"{name.family}, {name.initials}" if name.given else name.family for name in people]
    who, title = _sentence(_series(names, ", & ")), _sentence(reference.title)
    when = f"({f'{year}, {_day_month(month, day)}' if month else year or 'n.d.'})."
    work = (who, when, title) if who else (title, when)
    return _quoted_in(reference) + _joined(*work, _sentence(source.publisher), source.url)


def mla(reference: Reference) -> str:
    """MLA, 9th edition."""
    people, source, year, month, day = reference.facts
    co_authors = ", et al" if people[2:] else f", and {people[1].straight}" if people[1:] else ""
    who = _sentence(f"{people[0].inverted}{co_authors}") if people else ""
    when = _joined(str(day or ""), _MONTHS[month], year)
    where = _joined(source.publisher, when, (source.url or "").split("://", 1)[-1], by=", ")
    return _quoted_in(reference) + _joined(who, _quoted(reference), _sentence(where))


def chicago(reference: Reference) -> str:
    """Chicago, 17th edition, bibliography."""
    people, source, year, month, day = reference.facts
    names = [name.straight if number else name.inverted for number, name in enumerate(people)]
    when = f"{_day_month(month, day)}, {year}" if day else long_date(source.date or "")
    who, where = _series(names, ", and "), _joined(source.publisher, when, by=", ")
    work = (_sentence(who), _quoted(reference), _sentence(where), _sentence(source.url))
    return _quoted_in(reference) + _joined(*work)


def _quoted_in(reference: Reference) -> str:
    return f"{_one_spaced(reference.speaker)}, quoted in " if reference.speaker else ""


def _quoted(reference: Reference) -> str:
    title = reference.facts[1].title
    return f"“{title.rstrip('.')}.”" if title else f"{reference.title}."


def _key(reference: Reference) -> str:
    people, _, year, *_ = reference.facts
    name = (people[0].family if people else reference.document.id).lower()
    letters = "".join(letter for letter in name if letter.isascii() and letter.isalnum())
    return (letters or "source") + year


def bibtex(reference: Reference) -> str:
    """A BibTeX entry whose special letters are escaped."""
    people, source, year, month, day = reference.facts
    fields = {
        "author": " and ".join(map(_bibtex_name, people)),
        "title": f"{{{_latex(reference.title)}}}",
        "howpublished": _latex(source.publisher),
        "year": year,
        "month": month,
        "day": day,
        "pages": reference.where[0],
        "url": source.url,
        "note": _latex(reference.speaker and f"Words of {reference.speaker}"),
        "language": _latex(reference.document.language),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(reference)},\n{lines}}}\n"


def _latex(text: str | None) -> str:
    """Text that LaTeX sets letter for letter: nothing in it is a command, and no two marks are drawn as one."""
    spaced = _one_spaced(text or "")
    depths = [*accumulate(((letter == "{") - (letter == "}") for letter in spaced), initial=0)]
    paired = min(depths) == depths[-1] == 0  # BibTeX counts braces behind a backslash too
    written = spaced.translate(_LATEX if paired else _LATEX | _BRACES)
    for mark in "-'-'":  # twice, since three marks are two pairs
        written = written.replace(2 * mark, f"{mark}{{}}{mark}")
    return written


def _bibtex_name(name: Name) -> str:
    """Family name first; in braces what is a body's, or holds a word or mark that parts names."""
    if not name.given:
        return f"{{{_latex(name.family)}}}"
    return ", ".join(
        f"{{{_latex(words)}}}"
        if "," in words or "and" in words.casefold().split()
        else _latex(words)
        for words in (name.family, name.given)
    )


def ris(reference: Reference) -> str:
    """A RIS record, for reference managers."""
    people, source, year, month, day = reference.facts
    date = f"{year}/{month:02}/{f'{day:02}' if day else ''}" if month else ""
    lines = [
        ("TY", "ELEC" if source.url else "GEN"),
        *(("AU", name.inverted) for name in people),
        ("TI", reference.title),
        *(("PB", source.publisher), ("PY", year), ("DA", date)),
        ("N1", _one_spaced(reference.speaker and f"Words of {reference.speaker}")),
        *(("SP", reference.where[0]), ("UR", source.url), ("LA", reference.document.language)),
    ]
    return "\r\n".join([*(f"{tag}  - {value}" for tag, value in lines if value), "ER  - ", ""])


def csl_json(reference: Reference) -> str:
    """CSL-JSON, which citation processors read."""
    people, source, year, month, day = reference.facts
    issued = [number for number in (int(year or 0), month, day) if number]
    record = {
        "id": _key(reference),
        "type": "webpage" if source.url else "document",
        "title": reference.title,
        "author": [
            {"family": person.family, "given": person.given}
            if person.given
            else {"literal": person.family}
            for person in people
        ],
        "container-title": source.publisher,
        "issued": {"date-parts": [issued]} if issued else None,
        "page": str(reference.where[0] or ""),
        "URL": source.url,
        "language": reference.document.language,
        "license": source.licence,
        "note": reference.speaker and f"Words of {reference.speaker}",
    }
    entry = {name: value for name, value in record.items() if value}
    return json.dumps([entry], ensure_ascii=False, indent=2)


def cite_line(reference: Reference) -> tuple[str, str]:
    """What a card is called by, such as "Finch 21", and the facts of its source in one line."""
    people, source, year, *_ = reference.facts
    origin = (source.author, source.publisher, long_date(source.date or ""))
    facts = (*origin, reference.title, whereabouts(*reference.where))
    short = f"{people[0].family if people else source.publisher or reference.title} {year[-2:] or 'n.d.'}"
    return short, "; ".join(fact for fact in facts if fact)


def card(reference: Reference) -> str:
    """A debate card: tag, cite, and the paragraph with the quote in bold."""
    _, source, *_ = reference.facts
    short, full = map(markdown, cite_line(reference))
    url = f" <{source.url}>" if source.url else ""
    tag, byline = markdown(reference.tag), line(markdown(reference.byline))
    head = (f"### {tag}" if tag else "", f"**{short}** ({full}){url}", byline)
    return _joined(*head, f"{_body(reference)}\n", by="\n\n")


def _body(reference: Reference) -> str:
    """The words in bold with what stands around them, under what stands just before them in another paragraph."""
    quote, span = reference.quote, reference.span
    if quote is None or span is None:
        return ""
    text, sentences, words = quote.document.text, quote.sentences, span.cut(quote.document.text)
    number = attrgetter("paragraph")
    first = bisect_left(sentences, sentences[quote.first].paragraph, key=number)
    end = bisect_right(sentences, sentences[quote.last].paragraph, key=number)
    if not reference.whole:
        first, end = max(first, quote.first - 1), min(end, quote.last + 2)
    ahead = quote.before in text[sentences[first].span.start : quote.span.start]
    bold_range = (span.start + len(words) - len(words.lstrip()), span.start + len(words.rstrip()))
    lines = []
    for _, group in groupby(sentences[first:end], number):
        paragraph = list(group)
        whole_span = Span(paragraph[0].span.start, paragraph[-1].span.end)
        lines.append(f"> {_around(read_span(quote.document, whole_span), whole_span, bold_range)}")
    before = "" if ahead else f"Just before it: {markdown(quote.shown_before)}\n\n"
    return before + "\n>\n".join(lines)


def _around(read: Read, paragraph: Span, bold_range: tuple[int, int]) -> str:
    """A paragraph whose words in a range are bold."""
    start = max(0, bold_range[0] - paragraph.start)
    end = min(len(paragraph), bold_range[1] - paragraph.start)
    bold = read.between(start, end)
    if start >= end or not bold:
        return line(markdown(read.between(0, len(paragraph))))
    ahead, after = read.between(0, start), read.between(end, len(paragraph))
    opening, closing = _apart(ahead[-1:], bold[0]), _apart(after[:1], bold[-1])
    before = _marked(ahead[:-1] if opening else ahead) + opening
    behind = closing + _marked(after[1:] if closing else after)
    return line(_one_spaced(f"{before}**{_marked(bold)}**{behind}"))


def _apart(outer: str, inner: str) -> str:
    """The letter beside bold's asterisks by its number, where it is one and a mark is on their other side: they would stay."""
    category = unicodedata.category
    stuck = outer and category(outer)[0] in "LMNS" and category(inner)[0] in "PS"
    return f"&#{ord(outer)};" if stuck else ""


def markdown(text: str) -> str:
    """Text that no Markdown reader takes for markup; white space becomes single spaces."""
    return _marked(_one_spaced(text))


def _marked(text: str) -> str:
    return text.translate(_MARKDOWN)


def line(written: str) -> str:
    """A line of Markdown that starts no list, whatever it starts with."""
    first = written.partition(" ")[0]
    if first.startswith(("-", "+")):
        return f"\\{written}"
    if first[:-1].isdecimal() and first[-1] in ".)":
        return f"{first[:-1]}\\{written[len(first) - 1 :]}"
    return written


StyleName = Literal["apa", "mla", "chicago", "bibtex", "ris", "csl-json", "card"]


@dataclass(frozen=True, slots=True)
class Style:
    """A way to cite: its name on the wire, what readers call it, how it is written and sent."""

    name: StyleName
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
