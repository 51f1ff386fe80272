"""Silence, and its reasons."""

import pytest

from pullquote.answers.calibrate import DEFAULT, FEATURES, Calibration, Reason, features, silence, unaskable
from pullquote.answers.select import select


def test_there_is_one_weight_a_feature():
    assert len(DEFAULT.weights) == len(FEATURES)


@pytest.mark.parametrize("values", [(0.0,), (1.0,), (1e9,), (-1e9,)])
def test_a_probability_is_one_whatever_the_features(values):
    assert 0.0 <= Calibration(0.0, (1.0,)).probability(values) <= 1.0


def test_a_better_fit_is_never_less_probable():
    def of(dense):
        return DEFAULT.probability((min(dense, 0.35), max(dense, 0.35), 0.3, 0.1, 0.0, 0.0, 0.0))

    steps = [of(place / 20) for place in range(20)]
    assert steps == sorted(steps)


def test_words_that_no_document_holds_count_against_an_answer(explainer):
    def of(question):
        choices = select(explainer.generation, question, explainer.retrieve(question), 3)
        return dict(zip(FEATURES, features(explainer.generation, question, choices), strict=True))

    known, unknown = of("Do road tolls cut traffic jams?"), of("Do road tolls cut xylophones?")
    assert known["unknown"] == 0.0
    assert unknown["unknown"] > 0.0
    assert of("Do tolls cut traffic in Lisbon?")["names_missing"] == 1.0
    assert of("How many cities have tolls?")["kind_missing"] in (0.0, 1.0)


@pytest.mark.parametrize(
    ("question", "history", "reason"),
    [
        ("what about it?", False, Reason.NEEDS_CONTEXT),
        ("what about it?", True, Reason.TOO_VAGUE),
        ("why?", False, Reason.TOO_VAGUE),
        ("Why are tolls unfair?", False, None),
        ("¿Señaló algo el presidente?", False, None),
    ],
)
def test_a_question_that_cannot_be_looked_up_says_why(question, history, reason):
    assert unaskable(question, has_history=history) is reason


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Should I buy a toll pass?", Reason.PREDICTION_OR_ADVICE),
        ("Will the price of a toll pass rise tomorrow?", Reason.PREDICTION_OR_ADVICE),
        ("What is the capital of Australia?", Reason.NOT_COVERED),
        ("Should tolls be raised?", Reason.NOT_COVERED),
        ("Will tolls be fair?", Reason.PREDICTION_OR_ADVICE),
        ("When will the toll start?", Reason.NOT_COVERED),
        ("How will success be measured?", Reason.NOT_COVERED),
    ],
)
def test_silence_names_its_reason(question, reason):
    assert silence(question) is reason


def test_silence_has_no_reason_from_an_earlier_turn():
    assert silence("Why?", resolved="Why? (asked after: Should I buy a toll pass?)") is Reason.NOT_COVERED
    assert silence("Should I buy one?", resolved="Should I buy one?") is Reason.PREDICTION_OR_ADVICE
    assert silence("Why that?", resolved="Why that?") is Reason.TOO_VAGUE
