"""Files of other formats become one canonical text each: the words as a person sees them, and where they stand."""

from pullquote.extraction.extracted import SUFFIXES, Extracted, Place, extract, place_at

__all__ = ["SUFFIXES", "Extracted", "Place", "extract", "place_at"]
