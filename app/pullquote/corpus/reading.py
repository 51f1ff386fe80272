"""Markdown as it is read: the words of a stretch of it, without the marks that only say how they look or where they lead."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_NOTE = re.compile(r"\[\^[^\]\s]{1,40}\]")  # a footnote's mark, which is none of CommonMark's
_LINE = {"softbreak": "\n", "hardbreak": "\n"}


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Letters stay as they are: no entity, escape or address is turned into another one.
    return MarkdownIt("commonmark").disable(["entity", "autolink", "backticks"])


def as_read(words: str) -> str:
    """A stretch of Markdown as a reader sees it: emphasis and links by their words, no footnotes' marks, pictures or tags."""
    if not set("*_[<!\\") & set(words):
        return words
    tokens = _parser().parseInline(_NOTE.sub("", words))[0].children or []
    kept = (token.content if token.type in {"text", "text_special"} else _LINE.get(token.type, "") for token in tokens)
    return "".join(kept)
