"""Web pages: which part of them is the text, and what they tell of themselves."""

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted
from pullquote_extract.shown import Shown, ancestors
from pullquote_extract.walk import Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

EXTRACTOR = "html 2"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = {codecs.BOM_UTF8: "utf-8-sig"} | dict.fromkeys(_WIDE, "utf-16")
_WIDER = dict.fromkeys(("ascii", "iso8859-1"), "cp1252")  # what browsers read in their place
HEAD = 4_096  # bytes in which a page names its encoding
_CONTAINERS = {"div", "section", "center", "form", "table", "tbody", "tr", "td"}
MOST = 0.9  # of the letters outside of links, which the part that is taken holds
_NO_CHARSETS = frozenset(
    "idna mbcs oem punycode raw-unicode-escape undefined unicode-escape utf-7".split()  # noqa: SIM905
)
_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]+)""", re.IGNORECASE
)
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=$|[T\s])", re.ASCII)
_TITLES = ("citation_title", "og:title", "twitter:title", "dc.title", "dcterms.title")
_AUTHORS = "citation_author author article:author dc.creator dcterms.creator parsely-author".split()  # noqa: SIM905
_DATES = tuple(
    """citation_publication_date article:published_time datepublished date dc.date dcterms.date
    dcterms.issued dc.date.issued parsely-pub-date""".split()  # noqa: SIM905
)


def extract(content: bytes, charset: str = "") -> Extracted:
    """The text of a web page, what a reader of it is shown, without menus, hidden parts and notes' marks.

    Args:
        content: the page as it was received.
        charset: the encoding that its server named.

    Raises:
        ExtractionError: its encoding is not known here, or it is no web page.
    """
    from selectolax.lexbor import LexborHTMLParser

    if content.startswith(b"%PDF-"):
        raise ExtractionError("is a PDF file; give its name the ending .pdf")
    if content.startswith(b"PK\x03\x04") or (
        b"\0" in content[:HEAD] and not content.startswith(_WIDE)
    ):
        raise ExtractionError("is no web page, whatever its name says")
    tree = LexborHTMLParser(decode(content, charset))
    shown = Shown(tree)
    walk = Walk(shown)
    if tree.body is not None:
        walk.through(_main(tree.body, shown))
    left_out = tuple(f"{number} × {kind}" for kind, number in sorted(shown.left_out.items()))
    return replace(_facts(tree), text="\n\n".join(walk.blocks) + "\n", left_out=left_out)


def text_of(html: str) -> str:
    """The text of all of a page or a piece of one, whatever part of it another would take."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    walk = Walk(Shown(tree))
    if tree.body is not None:
        walk.through(tree.body)
    return "\n\n".join(walk.blocks) + "\n"


def decode(content: bytes, charset: str = "") -> str:
    """The letters of a page: by its byte order mark above all, else as UTF-8 where it is that, else as its server or it itself says.

    A page whose declaration was readable is in no wide encoding, whatever it says: it is UTF-8, as browsers have it.

    Raises:
        ExtractionError: it names an encoding that there is not.
    """
    for mark, codec in _MARKS.items():
        if content.startswith(mark):
            return content.decode(codec, "replace")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    declared = _CHARSET.search(content[:HEAD])
    name = charset or (declared[1].decode("ascii", "replace") if declared else "windows-1252")
    try:
        codec = charset_of(name)
        readable = not charset and codec.startswith(("utf-16", "utf-32"))
        return content.decode("utf-8" if readable else _WIDER.get(codec, codec), "replace")
    except (LookupError, ValueError) as error:
        raise ExtractionError(
            f"names an encoding that is not known ({name}); save it as UTF-8"
        ) from error


def charset_of(name: str) -> str:
    """The codec of an encoding that a page or its server names.

    Raises:
        LookupError, ValueError: there is none, or it is one of Python's own, of no page.
    """
    codec = codecs.lookup(name).name
    if codec in _NO_CHARSETS:
        raise LookupError(codec)
    return codec


def _main(body: "LexborNode", shown: Shown) -> "LexborNode":
    """The part that a page calls its main one, or the innermost that holds its heading and nearly all that stands in no link."""
    total = shown.counts(body).prose
    called_main = [
        node
        for node in body.css("main, [role=main], article")
        if shown.counts(node).prose >= total / 2
    ]
    if called_main:
        return max(called_main, key=lambda node: shown.counts(node).prose)
    node, around_heading = body, ancestors(body.css("h1"))
    while inner := next(
        (child for child in _children(node) if shown.counts(child).prose >= max(MOST * total, 1)),
        None,
    ):
        headless = around_heading and inner.mem_id not in around_heading
        if headless or inner.tag not in _CONTAINERS:
            break
        node = inner
    return node


def _children(node: "LexborNode") -> "Iterator[LexborNode]":
    child = node.first_child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _facts(tree: "LexborHTMLParser") -> Extracted:
    """What a page tells of itself: in its meta tags, in its linked data, or where it shows it."""
    meta: dict[str, list[str]] = {}
    for node in tree.css("meta"):
        facts = node.attributes
        name = (facts.get("property") or facts.get("name") or facts.get("itemprop") or "").lower()
        if value := " ".join((facts.get("content") or "").split()):
            meta.setdefault(name, []).append(value)
    linked = list(_linked_data(tree))
    published = (item.get("datePublished") for item in linked)
    dates = [*_first(meta, _DATES), *(str(day) for day in published if isinstance(day, str | int))]
    days = (match[0] for date in dates if (match := _DATE.match(date.replace("/", "-"))))
    canonical = tree.css_first("link[rel=canonical]")
    stated = canonical.attributes.get("href") if canonical else None
    addresses = filter(None, (stated, *_first(meta, ("og:url",))))
    urls = (address for address in addresses if address.startswith(("https://", "http://")))
    title, author = _title(tree, meta), _author(meta, linked, tree)
    return Extracted("", EXTRACTOR, title, author, next(days, None), next(urls, None))


def _first(meta: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [meta[name][0] for name in names if name in meta]


def _title(tree: "LexborHTMLParser", meta: dict[str, list[str]]) -> str | None:
    """The page's title; of a window's title the part that the page's first heading repeats, without the site's name."""
    node, heading = tree.css_first("title"), tree.css_first("h1")
    window = " ".join(node.text().split()) if node else ""
    headline = " ".join(heading.text().split()) if heading else ""
    if headline and headline in window:
        return headline
    return next(iter(_first(meta, _TITLES)), None) or window.strip(" -–—|") or headline or None


def _author(
    meta: dict[str, list[str]], linked: list[dict[str, Any]], tree: "LexborHTMLParser"
) -> str | None:
    for name in _AUTHORS:
        facts = (fact for fact in meta.get(name, ()) if not fact.startswith("http"))
        if written := list(filter(None, (fact.partition("(http")[0].strip() for fact in facts))):
            return "; ".join(dict.fromkeys(written))
    for item in linked:
        listed = item.get("author")
        entries = listed if isinstance(listed, list) else [listed]
        names = [entry.get("name") if isinstance(entry, dict) else entry for entry in entries]
        if written := [
            " ".join(name.split()) for name in names if isinstance(name, str) and name.strip()
        ]:
            # JSON may hold halves of letters, which no file can
            return "; ".join(dict.fromkeys(written)).encode("utf-8", "replace").decode()
    node = tree.css_first("[rel=author], [itemprop=author]")
    return (" ".join(node.text().split()) or None) if node else None


def _linked_data(tree: "LexborHTMLParser") -> Iterator[dict[str, Any]]:
    """The objects of a page's JSON-LD that say who wrote it, or when."""
    for node in tree.css("script[type='application/ld+json']"):
        try:
            data = json.loads(node.text())
        except (ValueError, RecursionError):
            continue
        waiting = [data]
        while waiting:
            item = waiting.pop()
            if isinstance(item, list):
                waiting += reversed(item)
            elif isinstance(item, dict):
                waiting.append(item.get("@graph"))
                if "author" in item or "datePublished" in item:
                    yield item
