"""Taking a whole answer away: as Markdown, plain text, HTML to paste, and .docx with the styles that debaters use."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

from pullquote.corpus.files import visible
from pullquote.verify.cite import Reference, cite_line, line, markdown

MARGIN = "  "
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
        '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
}
# Style, its name, what debaters call it, and how it looks: as in the template that most of them write with.
_STYLES = (
    ("paragraph", "Normal", "Normal", "", '<w:sz w:val="22"/>'),
    ("paragraph", "Heading1", "heading 1", "Pocket", '<w:b/><w:sz w:val="52"/>'),
    ("paragraph", "Heading2", "heading 2", "Hat", '<w:b/><w:u w:val="double"/><w:sz w:val="44"/>'),
    (
        "paragraph",
        "Heading3",
        "heading 3",
        "Block",
        '<w:b/><w:u w:val="single"/><w:sz w:val="32"/>',
    ),
    ("paragraph", "Heading4", "heading 4", "Tag", '<w:b/><w:sz w:val="26"/>'),
    ("character", "Style13ptBold", "Style 13 pt Bold", "Cite", '<w:b/><w:sz w:val="26"/>'),
    ("character", "StyleUnderline", "Style Underline", "Underline", '<w:u w:val="single"/>'),
    ("character", "Hyperlink", "Hyperlink", "", '<w:color w:val="0563C1"/><w:u w:val="single"/>'),
)
_SMALL = '<w:sz w:val="16"/>'  # what stands around the words


@dataclass(frozen=True, slots=True)
class Line:
    """What is said between quotes: a line that leads in the next ones, or a heading such as that of a side."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One quote: its number, what it is cut from, whose it is, the address of its place, and what is told of it.

    `where` is its page or time in words, `near` what the words need to be understood, under the words that say so; `stance` which side they take, and who says so.
    """

    n: int
    words: str
    reference: Reference
    link: str
    where: str = ""
    near: str = ""
    stance: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as it is taken away; `link` is the address that gives it again, `told` what says so."""

    title: str
    parts: tuple[Line | Exhibit, ...]
    notes: tuple[str, ...]
    told: str
    link: str


def _paragraphs(text: str) -> list[str]:
    """Text as lines with something in them, hidden letters written out."""
    return [
        " ".join(text_line.split()) for text_line in visible(text).split("\n") if text_line.strip()
    ]


def _quoted(words: str) -> list[str]:
    """The paragraphs of a quote in quotation marks."""
    return _paragraphs(f"“{words}”")


def _source(exhibit: Exhibit) -> str:
    """Who says it, the work, and the page or time in it."""
    byline, title = exhibit.reference.byline, exhibit.reference.document.name
    work = ", ".join(fact for fact in ("" if title in byline else title, exhibit.where) if fact)
    return ". ".join(visible(fact) for fact in (byline, work) if fact)


def plain(sheet: Sheet) -> str:
    """Plain text: every quote is set in, with its number as in the terminal."""
    blocks = [visible(sheet.title)]
    for entry in sheet.parts:
        if isinstance(entry, Line):
            blocks.append(visible(entry.text))
            continue
        lines = [*_paragraphs(entry.near), *_quoted(entry.words), f"[{entry.n}] {_source(entry)}"]
        lines += [f"    {text_line}" for text_line in (entry.stance, entry.link) if text_line]
        blocks.append("\n".join(MARGIN + text_line for text_line in lines))
    return "\n\n".join([*blocks, *map(visible, sheet.notes), f"{sheet.told} {sheet.link}"]) + "\n"


def as_markdown(sheet: Sheet) -> str:
    """Markdown in which no word of a source is taken for markup."""
    notes = [line(markdown(visible(note))) for note in sheet.notes]
    blocks = (f"## {markdown(visible(sheet.title))}", *map(markdown_block, sheet.parts), *notes)
    return "\n\n".join([*blocks, f"{markdown(sheet.told)} <{sheet.link}>"]) + "\n"


def markdown_block(entry: Line | Exhibit) -> str:
    """One part in Markdown; a quote is a block quote and a line below it, with its number, whose it is and its address."""
    if isinstance(entry, Line):
        return f"{'### ' if entry.heading else ''}{line(markdown(visible(entry.text)))}"
    attribution = " · ".join(markdown(text) for text in (_source(entry), entry.stance) if text)
    quoted = "\n>\n".join(f"> {line(markdown(text))}" for text in _quoted(entry.words))
    context = (line(markdown(text)) for text in _paragraphs(entry.near))
    return "\n\n".join([*context, quoted, f"\\[{entry.n}\\] {attribution} · <{entry.link}>"])


def as_html(sheet: Sheet) -> str:
    """HTML to paste: headings, block quotes and links, no styles and no scripts."""
    elements = [f"<h2>{escape(visible(sheet.title))}</h2>"]
    for entry in sheet.parts:
        if isinstance(entry, Line):
            elements.append(
                f"<h3>{escape(entry.text)}</h3>"
                if entry.heading
                else f"<p><em>{escape(visible(entry.text))}</em></p>"
            )
            continue
        elements += [f"<p>{escape(paragraph)}</p>" for paragraph in _paragraphs(entry.near)]
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in _quoted(entry.words))
        stance = f" · {escape(entry.stance)}" if entry.stance else ""
        elements.append(f'<blockquote cite="{escape(entry.link)}">{body}</blockquote>')
        elements.append(
            f'<p>[{entry.n}] <a href="{escape(entry.link)}">{escape(_source(entry))}</a>{stance}</p>'
        )
    elements += [f"<p>{escape(visible(note))}</p>" for note in sheet.notes]
    elements.append(
        f'<p>{escape(sheet.told)} <a href="{escape(sheet.link)}">{escape(sheet.link)}</a></p>'
    )
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{escape(visible(sheet.title))}</title></head><body>\n'
        + ("\n".join(elements) + "\n</body></html>\n")
    )


def docx(sheet: Sheet) -> bytes:
    """A Word document of debate cards: the question a hat, each lead-in a tag, short cite in bold, the quoted words underlined."""
    links: list[str] = []

    def linked(address: str, words: str) -> str:
        links.append(address)
        return f'<w:hyperlink r:id="rId{len(links) + 1}">{_run(words, style="Hyperlink")}</w:hyperlink>'

    body = "".join(_document(sheet, linked))
    written = _PARTS | {
        "word/document.xml": f'<w:document {_W} xmlns:r="{_R}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f"<w:styles {_W}>{''.join(_style(*style) for style in _STYLES)}</w:styles>",
        "word/_rels/document.xml.rels": _relations(links),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():  # of no time: the same answer is the same file
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _HEAD + content)
    return packed.getvalue()


def _document(sheet: Sheet, linked: Callable[[str, str], str]) -> Iterator[str]:
    yield _paragraph(_run(sheet.title), "Heading2")
    for entry in sheet.parts:
        if isinstance(entry, Line):
            yield _paragraph(_run(entry.text), "Heading3" if entry.heading else "Heading4")
            continue
        short, facts = cite_line(entry.reference)
        byline = entry.reference.byline
        # It may say no more than the facts
        extra_byline = "" if facts.replace("; ", ", ").startswith(byline) else byline
        details = f" [{entry.n}] ({'; '.join(text for text in (facts, extra_byline, entry.stance) if text)}) "
        yield _paragraph(
            _run(short, style="Style13ptBold") + _run(details) + linked(entry.link, entry.link)
        )
        yield from (_paragraph(_run(text, look=_SMALL)) for text in _paragraphs(entry.near))
        yield from _words(entry)
    yield from (_paragraph(_run(note)) for note in sheet.notes)
    yield _paragraph(_run(f"{sheet.told} ") + linked(sheet.link, sheet.link))


def _words(exhibit: Exhibit) -> Iterator[str]:
    """The quoted words underlined, between the sentence before and the one after them."""
    quote, paragraphs = exhibit.reference.quote, _paragraphs(exhibit.words)
    before = "" if quote is None or exhibit.near else quote.shown_before
    after = quote.shown_after if quote else ""
    for at, paragraph in enumerate(paragraphs):
        ahead = _run(f"{' '.join(_paragraphs(before))} ", look=_SMALL) if before and not at else ""
        follows = (
            _run(f" {' '.join(_paragraphs(after))}", look=_SMALL)
            if after and paragraph is paragraphs[-1]
            else ""
        )
        yield _paragraph(ahead + _run(paragraph, style="StyleUnderline") + follows)


def _run(text: str, *, style: str = "", look: str = "") -> str:
    properties = f'<w:rStyle w:val="{style}"/>' if style else look
    words = escape(visible(text).replace("\n", " "), quote=False)
    return f'<w:r>{f"<w:rPr>{properties}</w:rPr>" if properties else ""}<w:t xml:space="preserve">{words}</w:t></w:r>'


def _paragraph(runs: str, style: str = "") -> str:
    return f'<w:p>{f"""<w:pPr><w:pStyle w:val="{style}"/></w:pPr>""" if style else ""}{runs}</w:p>'


def _style(kind: str, style: str, name: str, alias: str, look: str) -> str:
    level = style.removeprefix("Heading")
    outline = (
        f'<w:pPr><w:keepNext/><w:outlineLvl w:val="{int(level) - 1}"/></w:pPr>'
        if level != style
        else ""
    )
    based = '<w:basedOn w:val="Normal"/>' if outline else ""
    called = f'<w:aliases w:val="{alias}"/>' if alias else ""
    default = ' w:default="1"' if style == "Normal" else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{style}"><w:name w:val="{name}"/>{called}{based}<w:qFormat/>'
        f"{outline}<w:rPr>{look}</w:rPr></w:style>"
    )


def _relations(links: list[str]) -> str:
    targets = (
        f'<Relationship Id="rId{at}" Type="{_R}/hyperlink" Target="{escape(address)}" TargetMode="External"/>'
        for at, address in enumerate(links, start=2)
    )
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_R}/styles" Target="styles.xml"/>{"".join(targets)}</Relationships>'
    )


FormName = Literal["markdown", "text", "html", "docx"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a whole answer: its name in addresses, how it is written, and its file."""

    name: FormName
    write: Callable[[Sheet], str | bytes]
    media_type: str
    suffix: str


FORMS = (
    Form("markdown", as_markdown, "text/markdown; charset=utf-8", "md"),
    Form("text", plain, "text/plain; charset=utf-8", "txt"),
    Form("html", as_html, "text/html; charset=utf-8", "html"),
    Form(
        "docx",
        docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
)
