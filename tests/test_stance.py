"""Stance: opposite propositions get opposite sides, the operator's label wins, and doubt is said."""

import math

import pytest
from fakes import HashEncoder, WordJudge
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.documents import Position
from pullquote.models.ranker import OnnxRanker
from pullquote.sides.judging import taking_sides
from pullquote.sides.negation import negate
from pullquote.sides.relation import relation
from pullquote.sides.stance import BAR, Basis, Reading, Side, labelled, one_speaker, read
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice import Voice, VoiceKind

FORCE = "The United States should use military force against drug cartels."
TOLLS = "Cities should charge road tolls."
OWN = (Voice(Span(0, 9), VoiceKind.AUTHOR, "Ada Finch"),)
REPORTED = (Voice(Span(0, 9), VoiceKind.REPORTED, "The minister"),)
PROPOSITIONS = [
    "The US should use military force against drug cartels.",
    "Killing kingpins backfires.",
    "Marijuana should be legal.",
    "The strikes have not worked.",
    "Tariffs reduce drug trafficking.",
    "The Merida Initiative cannot succeed.",
]
SENTENCES = [
    "Military strikes would only make the violence worse.",
    "Military strikes would not make the violence worse.",
    "No one should be in jail just for using or possessing marijuana.",
    "Considering the amount we had to spend, the Merida Initiative received strong, bipartisan support.",
]


class Fixed:
    """Gives the same logits to every pair."""

    def __init__(self, *logits: float, relevance: float = 3.0) -> None:
        self.answer = relevance, logits

    def read(self, proposition: str, sentence: str):
        return self.answer


@given(st.tuples(*[st.floats(-20, 20)] * 3), st.sampled_from(PROPOSITIONS))
def test_what_a_judge_says_of_a_proposition_is_turned_for_its_denial(logits, proposition):
    one, other = (read(Fixed(*logits), words, "Anything.") for words in (proposition, negate(proposition)))
    assert one.margin == -other.margin


@pytest.mark.parametrize("proposition", PROPOSITIONS)
def test_opposite_propositions_get_opposite_sides_by_construction(proposition):
    for sentence in ("Tolls hit the poor hardest.", "Strikes cut jams."):
        one, other = read(WordJudge(), proposition, sentence), read(WordJudge(), negate(proposition), sentence)
        assert one.margin == -other.margin
        assert (one.neither, one.relevance) == (other.neither, other.relevance)


def test_the_judge_is_asked_once_and_of_the_positive_form():
    judge = WordJudge()
    assert read(judge, negate(TOLLS), "Tolls cut jams.").margin < 0
    assert judge.pairs == [(TOLLS, "Tolls cut jams.")]


@pytest.mark.parametrize(
    ("margin", "neither", "side"),
    [(3.0, 0.0, Side.FOR), (-3.0, 0.0, Side.AGAINST), (0.02, 0.0, Side.UNCLEAR), (-0.02, 0.0, Side.UNCLEAR),
     (3.0, 0.97, Side.NEUTRAL)],
)  # fmt: skip
def test_a_side_is_said_only_above_the_bar(margin, neither, side):
    stance = Reading(margin, neither, 3.0).stance()
    assert (stance.side, stance.basis) == (side, Basis.MODEL)
    assert 0 <= stance.probability <= 1


@given(st.floats(-30, 30), st.floats(0, 1))
def test_turning_a_reading_turns_its_side_and_keeps_its_probability(margin, neither):
    reading = Reading(margin, neither, 0.0)
    assert reading.turned.stance().side is reading.stance().side.other
    assert math.isclose(reading.turned.stance().probability, reading.stance().probability)


@pytest.mark.parametrize(
    ("asked", "named", "sign"),
    [
        ("Cities should charge road tolls.", "Cities should charge road tolls", 1),
        ("Cities should not charge road tolls.", "Cities should charge road tolls.", -1),
        ("Cities should stop charging road tolls.", "Cities should charge road tolls.", -1),
        ("Cities should not stop charging road tolls.", "Cities should charge road tolls.", 1),
        ("Cyclists should wear helmets.", "Cities should charge road tolls.", 0),
        ("The US should use force against cartels.", "The United States should use military force against cartels.", 1),
        ("The US should legalise drugs.", "The United States should use military force against cartels.", 0),
        ("Cities should set speed limits on lorries.", "Cities should set speed limits against lorries.", 1),
        ("Speed limits should be set on lorries.", "Cities should set speed limits against lorries.", 1),
        ("Speed limits should be set to slow lorries.", "Cities should set speed limits against lorries.", 0),
        ("Road tolls should be charged.", "Cities should charge road tolls.", 1),
        ("Ukraine should leave Russia.", "Russia should leave Ukraine.", 0),
        ("Cartels should use force against the United States.", "The US should use force against cartels.", 0),
        ("The US should use military force against drug users.", FORCE, 0),
        ("The US should use diplomatic force against drug cartels.", FORCE, 0),
        ("Mexico should use military force against drug cartels.", FORCE, 0),
        ("Critics deny that the United States should use military force against drug cartels.", FORCE, 0),
        ("The US should use military force against drug cartels unless Congress objects.", FORCE, 0),
        ("The United States used military force against drug cartels.", FORCE, 0),
        ("The US should never use military force against drug cartels.", FORCE, -1),
        ("The U.S. should use force against drug cartels.", FORCE, 1),
        ("Cities should set no limits on lorries.", "Cities should set speed limits against lorries.", 0),
        ("Nobody should charge road tolls.", "Cities should charge road tolls.", -1),
        ("Cities should refrain from road tolls.", "Cities should charge road tolls.", -1),
        ("Cities should avoid road tolls.", "Cities should stop charging road tolls.", 1),
        ("Cities are against road tolls.", "Cities charge road tolls.", -1),
        ("Road tolls are unlawful.", "Cities should charge road tolls.", 0),
        ("Road tolls charged by cities are a mistake.", "Cities should charge road tolls.", 0),
    ],
)
def test_two_propositions_are_the_same_opposite_or_of_different_things(asked, named, sign):
    assert relation(asked, named) == sign
    assert relation(named, asked) == sign


@given(st.text(max_size=60), st.sampled_from([FORCE, TOLLS]), st.text(max_size=20))
def test_whatever_is_asked_has_a_relation_to_what_is_named(before, named, after):
    assert relation(f"{before}{named}{after}", named) in (-1, 0, 1)
    assert relation(before, after) in (-1, 0, 1)


def test_the_operators_label_counts_for_the_authors_own_words_and_turns_with_the_proposition():
    positions = (Position(TOLLS, "for"),)
    stance = labelled(positions, TOLLS, OWN)
    assert (stance.side, stance.probability, stance.basis) == (Side.FOR, 1.0, Basis.LABEL)
    assert labelled(positions, negate(TOLLS), OWN).side is Side.AGAINST
    assert labelled(positions, "Cyclists should wear helmets.", OWN) is None
    assert labelled((Position(TOLLS, "maybe"),), TOLLS, OWN) is None


def test_what_an_author_reports_of_others_is_not_on_the_documents_side():
    assert labelled((Position(TOLLS, "for"),), TOLLS, REPORTED) is None


def test_a_sentence_argues_more_likely_for_the_side_it_is_labelled_with_and_the_nearer_it_is_to_the_subject():
    reading = Reading(0.5, 0.3, 1.0)
    assert reading.argues(Side.AGAINST) < reading.argues(Side.FOR) < reading.argues(Side.FOR, labelled=True)
    assert Reading(0.5, 0.3, -3.0).argues(Side.FOR) < reading.argues(Side.FOR)


def test_a_quote_of_two_speakers_has_no_one_side():
    text = "Trade is up, and it grows."
    assert one_speaker(text, OWN)
    assert one_speaker(text, (*REPORTED, Voice(Span(9, 12), VoiceKind.QUOTED, "The minister")))
    assert not one_speaker(text, (*REPORTED, *OWN))


@pytest.mark.parametrize(
    ("own", "cue", "whole"),
    [
        ("Some observers, including the US-based Office on Trade, have suggested that ", "suggested", True),
        ("On Friday the minister told the committee that ", "told", True),
        ("Tolls are unfair to the poor, and the minister said that ", "said", False),
        ("It rained for a week. The minister said that ", "said", False),
        ("The tolls were raised again by ", None, False),
    ],
)
def test_words_that_only_tell_who_speaks_are_no_second_speakers(own: str, cue: str | None, whole: bool):
    text = f"{own}“trade will suffer”."
    voices = (
        Voice(Span(0, len(own)), VoiceKind.AUTHOR, "Ada Finch"),
        Voice(Span(len(own), len(text)), VoiceKind.QUOTED, "The minister", cue=cue),
    )
    assert one_speaker(text, voices) is whole


@pytest.fixture(scope="module")
def ranker():
    return OnnxRanker.open()


@pytest.mark.slow
@pytest.mark.parametrize("proposition", PROPOSITIONS)
def test_with_the_bundled_model_opposite_propositions_get_opposite_sides(ranker, proposition):
    for sentence in SENTENCES:
        one, other = read(ranker, proposition, sentence), read(ranker, negate(proposition), sentence)
        assert one.margin == -other.margin
        assert one.stance().side is other.stance().side.other


@pytest.mark.slow
@pytest.mark.parametrize("proposition", PROPOSITIONS)
def test_with_the_bundled_model_a_proposition_speaks_for_itself_and_its_negation_against_it(ranker, proposition):
    """Contrast pairs: the two sentences differ by a negation alone, and must not get the same side."""
    same, denied = read(ranker, proposition, proposition), read(ranker, proposition, negate(proposition))
    assert same.margin > 0 > denied.margin


def test_the_bar_asks_for_more_than_a_coin_between_the_sides():
    assert 0.5 < BAR.surer < 1
    assert 0 < BAR.leans < BAR.shown < BAR.plain < BAR.concedes < 1


@pytest.mark.parametrize("name", ["The US", "The U.S.", "The United States", "The United States of America"])
def test_the_names_of_a_country_are_one_to_a_proposition(name: str):
    named = "The United States should use military force against drug cartels."
    assert relation(f"{name} should use military force against cartels.", named) == 1
    assert relation(f"{name} should not use military force against cartels.", named) == -1


class Looked(tuple):
    """Rows of documents that count how often one is looked at."""

    __slots__ = ()
    times = 0

    def __getitem__(self, number):
        Looked.times += 1
        return super().__getitem__(number)


def test_a_debates_propositions_are_gathered_once_however_many_documents_take_a_side(settle):
    files = {f"d/{number}.txt": f"---\nside: for\n---\nTown {number} has tolls.\n" for number in range(30)}
    settings = settle({**files, "d/z.txt": f"---\nproposition: {TOLLS}\nside: for\n---\nTolls are fair.\n"})
    generation = index_corpus(settings, HashEncoder()).generation
    generation.rows = Looked(generation.rows)
    found = taking_sides(generation, TOLLS, range(len(generation.rows)))
    assert len(found) == len(generation.rows)
    assert Looked.times <= 2 * len(generation.rows)
