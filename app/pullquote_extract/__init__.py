"""The text of web pages, PDF, Word, OpenDocument, EPUB and subtitles as a person sees it, with where it stands."""

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted
from pullquote_extract.formats import extract, has_pages, media_types, picture, suffixes, version
from pullquote_extract.places import Place, SpeakerTurn

failure = ExtractionError  # what Pullquote expects of an extractor: see pullquote.corpus.extractors

__all__ = [
    "Extracted",
    "ExtractionError",
    "Place",
    "SpeakerTurn",
    "extract",
    "failure",
    "has_pages",
    "media_types",
    "picture",
    "suffixes",
    "version",
]
