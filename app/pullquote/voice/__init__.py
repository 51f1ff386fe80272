"""Voice: whose words or claims each part of a document is, and how surely."""

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

__all__ = [
    "Voice",
    "VoiceKind",
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
