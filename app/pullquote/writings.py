"""Writings: the nouns that texts are called by: "the memo", "this submission"."""

NAMES = (
    "analysis", "article", "assessment", "audit", "book", "brief", "briefing", "column", "commentary", "document", "editorial",
    "essay", "evaluation", "inquiry", "letter", "memo", "memorandum", "opinion", "paper", "petition", "poll", "report", "review",
    "ruling", "statement", "study", "submission", "survey", "testimony",
)  # fmt: skip
NOUN = rf"(?:{'|'.join(sorted(NAMES, key=len, reverse=True))})"
"""A pattern of one in the singular; what only some places hold for a text they add themselves."""
