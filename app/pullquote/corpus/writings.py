"""Writings: the nouns that texts are called by: "the memo", "this submission"."""

import re

from pullquote.corpus.documents import Document

NAMES = (
    "analysis", "article", "assessment", "audit", "book", "brief", "briefing", "column", "commentary", "document", "editorial",
    "essay", "evaluation", "inquiry", "letter", "memo", "memorandum", "opinion", "paper", "petition", "poll", "report", "review",
    "ruling", "statement", "study", "submission", "survey", "testimony",
)  # fmt: skip
NOUN = rf"(?:{'|'.join(sorted(NAMES, key=len, reverse=True))})"
"""A pattern of one in the singular; what only some places hold for a text they add themselves."""
_OF_OTHERS = frozenset(
    ("book", "letter", "petition", "poll", "ruling", "statement", "survey")
)  # told of more often than written
_SALUTATION = re.compile(r"\W{0,9}(?:Dear\s|(?:Sirs?|Madam|To\sthe\s[Ee]ditor)\b)")


def is_own(noun: str, document: Document) -> bool:
    """Whether "this letter" is the document itself and none that it tells of; a book and the like has to be called so by its source."""
    if noun not in _OF_OTHERS:
        return True
    source, text = document.source, document.text
    makers = r"courts?|tribunals?|ruling" if noun == "ruling" else rf"{noun}(?:s|ing|sters?)?"
    by = re.search(rf"\b(?:{makers})\b", f"{source.author or ''} {source.publisher or ''}", re.IGNORECASE)
    opens = rf"^(?:an?\s|the\s)?(?:open\s|joint\s|public\s)?{noun}\b(?!\s(?:review|against))|\b{noun}$"
    called = noun not in {"book", "ruling"} and re.search(opens, source.title or "", re.IGNORECASE)
    told = re.search(rf"\b[Tt]his\s{noun}\s\w{{1,20}}\s(?:out\s)?(?:(?:why|what)\s(?:I|we)|my|our)\b", text)
    return bool(by or called or told or (noun == "letter" and _SALUTATION.match(text)))
