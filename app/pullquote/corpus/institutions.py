"""Institutions: the nouns that bodies are called by, alone ("the council") and at the end of their names ("Oak Council")."""

NOUN = (
    r"(?:administration|agency|alliance|assembly|association|authority|bank|board|bureau|cent(?:er|re)|coalition|commission|"
    r"committee|company|confederation|congress|corporation|council|court|department|federation|firm|foundation|government|group|"
    r"institut(?:e|ion)|league|legislature|ministry|network|office|organi[sz]ation|panel|parliament|party|senate|service|society|"
    r"treasury|tribunal|union|university)"
)
"""A pattern of one in the singular; what only some places hold for a body ("church", "Times") they add themselves."""
NOUNS = (
    rf"(?:agencies|assemblies|authorities|companies|legislatures|ministries|parties|societies|treasuries|universities|"
    rf"{NOUN}s?)"
)
"""One or several of them."""
