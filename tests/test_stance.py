"""Stance: which side, how surely, and whose."""

import pytest
from fakes import WordJudge

from pullquote.corpus.documents import Position
from pullquote.sides.judging import labelled, read, side_of
from pullquote.sides.stance import BAR, Basis, Side, StanceReading, one_speaker
from pullquote.span import Span
from pullquote.voice.voices import Voice, VoiceKind

WORDS = "Tolls cut jams."


def voice(kind, start=0, end=10, speaker=None):
    return Voice(Span(start, end), kind, speaker)


OWN, OTHERS = voice(VoiceKind.AUTHOR), voice(VoiceKind.REPORTED, 0, 300, "Ann Lee")


@pytest.mark.parametrize(
    "denial", ["Tolls are not good.", "Tolls aren’t good.", "It is not true that tolls are good."]
)
def test_a_denial_gets_the_opposite_of_what_is_read_for_what_it_denies(denial):
    judge = WordJudge()
    assert read(judge, denial, WORDS) == read(judge, "Tolls are good.", WORDS).turned


@pytest.mark.parametrize(
    ("reading", "side"),
    [(StanceReading(6.0, 0.0), Side.FOR), (StanceReading(-6.0, 0.0), Side.AGAINST), (StanceReading(0.0, 0.1), Side.UNCLEAR),
     (StanceReading(6.0, 0.999), Side.NEUTRAL)],
)  # fmt: skip
def test_a_reading_takes_a_side_only_where_it_is_likely_enough(reading, side):
    stance = reading.stance
    assert stance.side is side
    assert stance.basis is Basis.MODEL
    assert 0 <= stance.probability <= 1
    assert (stance.taken is side) == (side in (Side.FOR, Side.AGAINST))
    assert reading.turned.stance.side is side.other


def test_a_label_makes_a_side_likelier():
    reading = StanceReading(1.0, 0.2)
    assert (
        reading.argues(Side.FOR, labelled=True)
        > reading.argues(Side.FOR)
        > reading.argues(Side.AGAINST)
    )
    assert BAR.leans < BAR.labelled < BAR.shown


@pytest.mark.parametrize(
    ("voices", "one"),
    [((OWN,), True), ((OTHERS,), True), ((OTHERS, OTHERS), True), ((OWN, OTHERS), True),
     ((voice(VoiceKind.AUTHOR, 0, 300), OTHERS), False), ((OTHERS, OWN), False),
     ((OWN, voice(VoiceKind.REPORTED)), False)],
)  # fmt: skip
def test_a_few_words_before_those_of_somebody_named_only_tell_whose_they_are(voices, one):
    assert one_speaker(voices) is one


def test_the_operators_label_counts_for_the_proposition_its_denial_and_the_authors_own_words():
    positions = (Position("Tolls are fair.", "pro"),)
    assert side_of(positions, "tolls are fair") is Side.FOR
    assert side_of(positions, "Tolls are not fair.") is Side.AGAINST
    assert side_of(positions, "Tolls are dear.") is None
    assert labelled(positions, "Tolls are fair.", (OWN,)).basis is Basis.LABEL
    assert labelled(positions, "Tolls are fair.", (OTHERS,)) is None
