"""A document's sentences as the rules read them: their words, their quotations, and the words with these masked."""

from collections.abc import Sequence

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.voice.pieces import mask, pieces_by_sentence


class Script:
    """One document, read by the positions of its sentences."""

    def __init__(self, document: Document, sentences: Sequence[Sentence]) -> None:
        self.document = document
        self.sentences = sentences
        self.pieces = pieces_by_sentence(document.text, sentences)
        self._last_masked = (-1, "")

    def words(self, position: int) -> str:
        """The sentence at `position`, letter for letter."""
        return self.sentences[position].span.cut(self.document.text)

    def masked(self, position: int) -> str:
        """The same, with every letter of its quotations masked; as long as the sentence."""
        if self._last_masked[0] != position:
            self._last_masked = position, mask(self.words(position), self.pieces[position])
        return self._last_masked[1]

    def is_heading(self, position: int) -> bool:
        """Whether it is a heading, and no prose."""
        return self.sentences[position].kind is Kind.HEADING

    def goes_on(self, position: int) -> bool:
        """Whether a sentence goes on in the paragraph of the one before it; false where there is none at `position`."""
        return 0 < position < len(self.sentences) and self.shares_paragraph(position, position - 1)

    def shares_paragraph(self, one: int, other: int) -> bool:
        """Whether two sentences stand in one paragraph."""
        return self.sentences[one].paragraph == self.sentences[other].paragraph
