"""Confidence: how sure an answer is, why there is none, and fitting it to an operator's own questions."""

import json
import math
import random

import pytest
from fakes import HashEncoder, rows

from pullquote.answers.confidence import (
    FEATURES,
    FEWEST,
    Calibration,
    Fitted,
    Reason,
    expected,
    features,
    fit,
    foreign,
    held_out,
    language_names,
    read_fitted,
    shipped,
    silence,
    unaskable,
)
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.answers.select import select
from pullquote.errors import CorpusError, IndexCorrupt, IndexMismatch

PRIOR = Calibration(0.0, (0.0, 0.0))


@rows("question, holding, lacking")
def test_a_text_holds_the_kind_of_answer_that_is_asked_for_or_does_not(question, holding, lacking):
    kind = expected(question)
    assert kind is not None
    assert (bool(kind.search(holding)), bool(kind.search(lacking))) == (True, False)
    assert expected("Should tolls be raised when fuel is dear?") is None


def test_a_better_fit_is_never_less_probable_and_a_probability_is_one():
    steps = [
        shipped(ranked=False, late=False).probability(
            (min(n / 20, 0.35), max(n / 20, 0.35), 0.3, 0.1, 0.5, 0, 0, 0)
        )
        for n in range(20)
    ]
    assert steps == sorted(steps)
    assert all(0 <= Calibration(0.0, (1.0,)).probability((value,)) <= 1 for value in (1e9, -1e9))


def test_words_and_names_that_no_document_holds_count_against_an_answer(explainer):
    def of(question):
        choices = select(explainer.generation, question, explainer.retrieve(question), 3)
        return dict(zip(FEATURES, features(explainer.generation, question, choices), strict=True))

    assert (
        of("Do road tolls cut traffic jams?")["unknown"]
        == 0.0
        < of("Do road tolls cut xylophones?")["unknown"]
    )
    assert of("Do tolls cut traffic in Lisbon?")["names_missing"] == 1.0


@pytest.mark.parametrize(
    ("question", "history", "reason"),
    [
        ("what about it?", False, Reason.NEEDS_CONTEXT),
        ("what about it?", True, Reason.TOO_VAGUE),
        ("why?", False, Reason.TOO_VAGUE),
        ("Why are tolls unfair?", False, None),
    ],
)
def test_a_question_that_cannot_be_looked_up_says_why(question, history, reason):
    assert unaskable(question, question, has_history=history) is reason


@pytest.mark.parametrize(
    ("question", "resolved", "reason"),
    [
        ("Should I buy a toll pass?", None, Reason.PREDICTION_OR_ADVICE),
        ("Will tolls be fair?", None, Reason.PREDICTION_OR_ADVICE),
        ("When will the toll start?", None, Reason.NOT_COVERED),
        ("Should tolls be raised?", None, Reason.NOT_COVERED),
        ("Why?", "Why? (asked after: Should I buy a toll pass?)", Reason.NOT_COVERED),
        ("Why that?", "Why that?", Reason.TOO_VAGUE),
    ],
)
def test_silence_names_its_reason(question, resolved, reason):
    assert silence(question, resolved or question) is reason


@pytest.mark.parametrize(
    ("question", "languages", "is_foreign"),
    [
        ("¿quién manda en México?", {"en"}, True),
        ("Warum scheitert die Jagd auf Drogenbosse?", {"en"}, True),
        ("por que os ataques podem falhar?", {"en"}, True),
        ("Что говорят о пошлинах?", {"en"}, True),
        ("为什么会这样失败？", {"en"}, True),
        ("why might killing kingpins backfire?", {"en"}, False),
        ("Los Zetas de Tamaulipas?", {"en"}, False),
        ("What type of company is Van Gend en Loos?", {"en"}, False),
        ("Quid pro quo?", {"en"}, False),
        ("fentanyl", {"en"}, False),
        ("pourquoi les péages sont-ils injustes ?", {"en", "fr"}, False),
        ("почему пошлины несправедливы?", {"ru"}, False),
    ],
)
def test_another_language_is_told_only_where_it_is_clear(question, languages, is_foreign):
    assert foreign(question, frozenset(languages), {"tolls"}.__contains__) is is_foreign


def test_the_silence_names_the_language_to_ask_in(explainer):
    answer = explainer.ask(
        Query.checked("pourquoi les péages sont-ils injustes pour les pauvres ?", limit=1_000)
    )
    assert answer.reason is Reason.UNSUPPORTED_LANGUAGE
    assert answer.text == "The sources here are in English. Please ask in English."
    assert language_names(["fr", "en", "fr"]) == "English or French"


# Fitting


def rows(count, slope):
    """Answers whose first feature decides, the second being noise."""
    draw = random.Random(2)
    drawn = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(count)]
    return [(pair, draw.random() < 1 / (1 + math.exp(-slope * pair[0]))) for pair in drawn]


def test_a_fit_finds_the_feature_that_decides_whatever_the_order():
    some = rows(400, 5.0)
    first, second = fit(some, PRIOR), fit(some[::-1], PRIOR)
    assert first.weights[0] > 3.0
    assert abs(first.weights[1]) < 0.6
    assert first.weights == pytest.approx(second.weights, abs=1e-6)


def test_few_questions_move_the_shipped_weights_less_than_many_and_what_never_differs_not_at_all():
    prior = Calibration(0.0, (4.0, 2.5))
    few, many = (
        fit([((pair[0], 1.0), right) for pair, right in rows(count, -4.0)], prior)
        for count in (30, 2_000)
    )
    assert many.weights[0] < few.weights[0] < 4.0
    assert many.weights[1] == pytest.approx(2.5, abs=1e-6)


def test_what_is_held_out_was_not_fitted_on():
    some = rows(100, 4.0)
    flipped = [*some[:-1], (some[-1][0], not some[-1][1])]
    assert held_out(some, PRIOR)[-1] == held_out(flipped, PRIOR)[-1]
    assert held_out(some, PRIOR)[0] != held_out(flipped, PRIOR)[0]


@pytest.mark.parametrize("some", [[], [((0.1, 0.2), True)] * 200, rows(FEWEST - 1, 1.0)])
def test_too_few_questions_or_only_one_kind_are_refused_with_what_to_do(some):
    with pytest.raises(CorpusError, match="label more, some without an answer"):
        fit(some, PRIOR)


def fitted(**changed):
    facts = {
        "encoder": HashEncoder.identity, "ranker": None, "sets": ("own",), "questions": 30, "right": 20,
        "constant": -30.0, "weights": (0.0,) * len(FEATURES),
    }  # fmt: skip
    return Fitted(**{**facts, **changed})


def test_what_was_fitted_is_read_back_and_used(indexed, monkeypatch):
    monkeypatch.setattr(
        "pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder()
    )
    assert read_fitted(indexed.index, HashEncoder.identity, None) is None
    assert fitted().write(indexed.index).name == "calibration.json"
    assert read_fitted(indexed.index, HashEncoder.identity, None) == fitted()
    assert Ready.open(indexed).fitted == fitted().calibration


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff", b'{"weights": [NaN], "sets": [], "constant": 0}']
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, content):
    (tmp_path / "calibration.json").write_bytes(content)
    with pytest.raises(
        IndexCorrupt,
        match=r"calibration\.json is damaged; run `pullquote eval DIR --fit` again, or",
    ):
        read_fitted(tmp_path, HashEncoder.identity, None)


def test_a_weight_that_is_no_number_is_damage(tmp_path):
    facts = json.loads(fitted().write(tmp_path).read_bytes())
    (tmp_path / "calibration.json").write_text(
        json.dumps({**facts, "constant": math.inf}), encoding="utf-8"
    )
    with pytest.raises(IndexCorrupt):
        read_fitted(tmp_path, HashEncoder.identity, None)


@pytest.mark.parametrize(
    "changed", [{"encoder": "00"}, {"ranker": "on"}, {"weights": (1.0,)}, {"format": 99}]
)
def test_what_was_fitted_with_something_else_is_not_used(tmp_path, changed):
    fitted(**changed).write(tmp_path)
    with pytest.raises(IndexMismatch, match="was fitted with another model, ranker or version"):
        read_fitted(tmp_path, HashEncoder.identity, None)
