"""Narrowing: a filter as what may be found of a generation."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.query import NamedSpeaker
from pullquote.answers.speakers import Roster, Witness
from pullquote.errors import QuestionError
from pullquote.index.engine import Selection
from pullquote.index.facets import Facets, Filter, unknown
from pullquote.index.generation import Generation
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import VoiceKind


def select(
    generation: Generation,
    facets: Facets,
    voices: VoiceBook,
    roster: Callable[[], Roster],
    only: Filter,
) -> Selection:
    """What passes a filter; the roster is made only for a voice.

    Raises:
        UnknownDebate: there is no such debate.
        QuestionError: there is no such document, outlet, kind or side, or nobody called so.
    """
    selection = generation.narrowed(facets.passing(only))
    if only.who is None:
        return selection
    everywhere = range(len(generation.rows))
    speaker = NamedSpeaker(only.who, bare=True)
    witness = roster().witness(speaker, everywhere)
    if witness is None or not len(witness.rows):
        raise QuestionError(unknown("voice", only.who, roster().labels))
    rows = selection.keep(_spoken(generation, voices, witness))
    return generation.narrowed(np.zeros(0, np.int64), rows)


def _spoken(generation: Generation, voices: VoiceBook, witness: Witness) -> NDArray[np.int64]:
    """The windows whose last sentence is somebody's: reported, or written and not another's."""
    another, names = list[NDArray[np.int64]](), witness.speakers
    for document_id in sorted(witness.documents):
        number = generation.number(document_id)
        heard = voices.heard(number)
        sentences = [
            generation.first_sentences[number] + position
            for position, sentence_voices in heard.items()
            if not any(
                voice.kind is VoiceKind.AUTHOR or names & {voice.speaker, *voice.via}
                for voice in sentence_voices
            )
        ]
        another.append(np.array(sentences, np.int64))
    ends = generation.ends[witness.rows]
    return witness.rows[~np.isin(ends, np.concatenate(another))] if another else witness.rows
