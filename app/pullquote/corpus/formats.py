"""Formats: files that are named as texts are and hold something else, whose code would be quoted as somebody's words."""

import re

HEAD = 1_000  # letters of a text, from its start, that its format is told by
MIN_TAGS, MIN_SHARE = 3, 0.33  # of the lines with words or tags, how many have tags where it is HTML
_OPENINGS = (
    ("%PDF-", "is a PDF file; save its text, for example with `pdftotext`"),
    ("{\\rtf", "is an RTF file; save it as plain text from the program that it was written with"),
    ("PK\x03\x04", "is a ZIP or an office file; save it as plain text from the program that it was written with"),
)
_PAGE = re.compile(  # "<html> is what the clerk wrote" is a sentence: there no tag follows
    r"(?:<\?xml[^<>]{0,200}>\s{0,99}|<!--[^>]{0,500}>\s{0,99}){0,3}<(?:!doctype\s{1,9}html\b|html(?:\s[^<>]{0,300}=|>\s{0,99}<))",
    re.IGNORECASE,
)
_XML = re.compile(r"<\?xml[^<>]{0,200}>\s{0,99}<[\w!]", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|article|aside|b|blockquote|body|br|center|code|dd|div|dl|dt|em|figure|font|footer|form|h[1-6]|head|header"
    r"|hr|i|iframe|img|li|link|main|meta|nav|ol|p|pre|script|section|small|span|strong|style|sub|sup|table|tbody|td|th"
    r"|thead|title|tr|u|ul)(?:[\s/][^<>]{0,500})?>",
    re.IGNORECASE,
)
_LINES = re.compile(r"[\r\n]+")


def refusal(text: str) -> str | None:
    """Why a text is the code of a page or a file of another kind, and what to do; None where it is a text.

    Example: refusal("%PDF-1.7") -> "is a PDF file; save its text, for example with `pdftotext`"
    """
    head = text[:HEAD].lstrip("\ufeff \t\r\n")
    if _PAGE.match(head):
        return "is a web page (HTML); save its text, for example with “Save as: text” of a browser"
    if _XML.match(head):
        return "is an XML file; save the text that it holds"
    return next((reason for opening, reason in _OPENINGS if head.startswith(opening)), None)


def looks_like_html(text: str) -> bool:
    """Whether many lines of a text hold tags of HTML. Example: looks_like_html("<p>One<br>two</p>") -> True"""
    lines = [line for line in _LINES.split(text) if line.strip()]
    tags = [len(_TAG.findall(line)) for line in lines]
    return sum(tags) >= MIN_TAGS and sum(map(bool, tags)) >= MIN_SHARE * len(lines)
