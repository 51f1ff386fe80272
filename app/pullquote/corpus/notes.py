"""Notes: what in a text is no argument of its author's: who the author is, and the questions that an answer stands under."""

import re
from collections.abc import Sequence

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence

# What such a note tells of whoever wrote the text; not what they argue: "Ann Lee says that tolls work."
_TELLS = (
    r"(?:(?:is|was|has\sbeen)\s(?:also\s|now\s|currently\s)?(?:an?|the|one|(?:[\w-]+\s){1,4}(?:of|at|for|in))\b"
    r"|(?:teaches|lives|works|serves|represents|chairs|directs|leads|owns|runs|holds|studies|covers|edits|heads|practi[cs]es|"
    r"founded|co-founded)\b|writes\s(?:for|about|on|regularly)\b)"
)
_PERSON = re.compile(r"[^\W\d_][\w.’'-]*(?:\s[^\W\d_][\w.’'-]*){1,5}")
_JOINED = re.compile(r",?\s+and\s+|;\s*")
_ASKS = re.compile(r"[*_\s]*(?:Q|Question)(?:\s?\d{1,3})?[.:][*_]*\s(?P<asked>.*\?)[\"”*_]*", re.DOTALL)


def asked_by_label(words: str) -> str | None:
    """What a sentence asks in a list of questions and answers: "Who pays?" of "**Q: Who pays?**"; else None."""
    found = _ASKS.fullmatch(words)
    return found["asked"] if found else None


def is_about_author(document: Document, sentences: Sequence[Sentence], position: int) -> bool:
    """Whether a sentence stands in a note on who wrote the text: its first or last paragraph, or one in italics.

    Example: "Ann Lee is a nurse in Leeland." under a text of Ann Lee's.
    """
    paragraph = sentences[position].paragraph
    first = position
    while first > 0 and sentences[first - 1].paragraph == paragraph:
        first -= 1
    words = sentences[first].span.cut(document.text)
    if not any(_opens_with(words, name) for name in _JOINED.split(document.source.author or "")):
        return False
    outer = [one.paragraph for one in sentences if one.kind is Kind.PROSE]
    return words[0] in "*_" or paragraph in (outer[0], outer[-1])


def _opens_with(words: str, name: str) -> bool:
    plain = words.lstrip("*_")
    return bool(_PERSON.fullmatch(name) and plain.startswith(f"{name} ") and re.match(_TELLS, plain[len(name) + 1 :]))
