"""Chapters: the parts of a document that somebody else than its author wrote or says, whatever line tells so."""

from collections.abc import Sequence

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.voice.comments import labelled_in, mails_in, posts_in, replies_in
from pullquote.voice.guests import Guest, paragraphs_of, under
from pullquote.voice.letters import letters_in
from pullquote.voice.opinions import opinions_in
from pullquote.voice.remarks import quoted_in, remarks_in, sections_in
from pullquote.voice.testimonies import testimonies_in


def guests_in(document: Document, sentences: Sequence[Sentence]) -> dict[int, Guest]:
    """Who else than its author most likely says the sentences of a document, by their positions."""
    paragraphs, author = paragraphs_of(document, sentences), document.source.author
    found: dict[int, Guest] = {}
    for openings in (
        remarks_in(paragraphs, author),
        replies_in(paragraphs),
        posts_in(paragraphs, author),
        mails_in(paragraphs, author),
        testimonies_in(paragraphs, author),
        labelled_in(paragraphs, author),
        opinions_in(paragraphs, author),
        quoted_in(paragraphs),
        letters_in(paragraphs, document.source),
        sections_in(paragraphs, author),
    ):
        for position, guest in under(paragraphs, dict(openings)):
            found.setdefault(position, guest)
    return found
