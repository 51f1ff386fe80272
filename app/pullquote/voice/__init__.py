"""Voice: whose words or claims each part of a document is, and how surely."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.voice.voices import (
    Voice,
    VoiceKind,
    in_doubt,
    inline,
    only_counts,
    opening,
    source_line,
    speaker_line,
    spoken,
    summary,
    voices_of,
)

if TYPE_CHECKING:
    from pullquote.voice.listener import Reader

__all__ = [
    "Voice",
    "VoiceKind",
    "find_voices",
    "in_doubt",
    "inline",
    "only_counts",
    "opening",
    "source_line",
    "speaker_line",
    "spoken",
    "summary",
    "voices_of",
]


def find_voices(
    document: Document, sentences: Sequence[Sentence], reader: "Reader | None" = None
) -> tuple[tuple[Voice, ...], ...]:
    """For every sentence of a document, structure included, the voices that cover it.

    Without a reader only marks and labels tell: nobody is named for a quotation, and no report is heard.
    """
    from pullquote.voice.listener import listen  # answering needs nothing of it

    return listen(document, sentences, reader)
