"""Narrowing: a filter as what may be found of a generation."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.query import NamedSpeaker
from pullquote.errors import QuestionError
from pullquote.index.engine import Selection
from pullquote.index.facets import Filter, unknown
from pullquote.voice.voices import VoiceKind

if TYPE_CHECKING:
    from pullquote.answers.ready import Ready
    from pullquote.answers.speakers import Witness


def select(ready: "Ready", only: Filter) -> Selection:
    """What passes a filter.

    Raises:
        UnknownDebate: there is no such debate.
        QuestionError: there is no such document, outlet, kind or side, or nobody called so.
    """
    generation = ready.generation
    if not only.values:
        return generation.selection(generation.documents_of(only.debate))
    selection = generation.narrowed(ready.facets.passing(only))
    if only.who is None:
        return selection
    everywhere = range(len(generation.rows))
    speaker = NamedSpeaker(only.who, bare=True)
    witness = ready.roster.witness(speaker, everywhere)
    if witness is None or not len(witness.rows):
        raise QuestionError(unknown("voice", only.who, ready.roster.labels))
    rows = selection.keep(_spoken(ready, witness))
    return generation.narrowed(np.zeros(0, np.int64), rows)


def _spoken(ready: "Ready", witness: "Witness") -> NDArray[np.int64]:
    """The windows whose last sentence is somebody's: reported, or written and not another's."""
    generation, another = ready.generation, list[NDArray[np.int64]]()
    names = witness.speakers
    for document_id in sorted(witness.documents):
        number = generation.number(document_id)
        heard = ready.voices.heard(number)
        sentences = [
            generation.first_sentences[number] + position
            for position, voices in heard.items()
            if not any(
                voice.kind is VoiceKind.AUTHOR or names & {voice.speaker, *voice.via}
                for voice in voices
            )
        ]
        another.append(np.array(sentences, np.int64))
    ends = generation.ends[witness.rows]
    return witness.rows[~np.isin(ends, np.concatenate(another))] if another else witness.rows
