"""Fitting the confidence: near the shipped weights with little to go by, kept, checked, refused when damaged."""

import json
import math
import random

import pytest
from fakes import HashEncoder

from pullquote.answers.calibrate import DEFAULT, FEATURES, Calibration
from pullquote.answers.fitting import FEWEST, Fitted, fit, held_out, read_fitted
from pullquote.answers.ready import Ready
from pullquote.errors import CorpusError, IndexCorrupt, IndexMismatch
from pullquote.index.layout import SUGGESTIONS
from pullquote.upkeep.datasets import load_dataset
from pullquote.upkeep.evaluate import run
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.tuning import tune

PRIOR = Calibration(0.0, (0.0, 0.0))


def rows(count: int, slope: float):
    """Answers whose first feature decides, the second being noise."""
    draw = random.Random(2)
    drawn = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(count)]
    return [(pair, draw.random() < 1 / (1 + math.exp(-slope * pair[0]))) for pair in drawn]


def test_a_fit_finds_the_feature_that_decides():
    found = fit(rows(400, 5.0), PRIOR)
    assert found.weights[0] > 3.0
    assert abs(found.weights[1]) < 0.6


def test_the_order_of_the_questions_does_not_matter():
    some = rows(60, 3.0)
    first, second = fit(some, PRIOR), fit(some[::-1], PRIOR)
    assert first.weights == pytest.approx(second.weights, abs=1e-6)


def test_few_questions_move_the_shipped_weights_less_than_many():
    prior = Calibration(0.0, (4.0, 0.0))
    few, many = fit(rows(30, -4.0), prior), fit(rows(2_000, -4.0), prior)
    assert many.weights[0] < few.weights[0] < 4.0


def test_a_feature_that_never_differs_keeps_its_shipped_weight():
    found = fit([((value[0], 1.0), right) for value, right in rows(100, 3.0)], Calibration(0.0, (1.0, 2.5)))
    assert found.weights[1] == pytest.approx(2.5, abs=1e-6)


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


def test_what_was_fitted_is_read_back(tmp_path):
    path = fitted().write(tmp_path / "index")
    assert path.name == "calibration.json"
    assert read_fitted(tmp_path / "index", HashEncoder.identity, None) == fitted()
    assert read_fitted(tmp_path, HashEncoder.identity, None) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"\xff", b'{"weights": ["x"]}', b'{"weights": [NaN], "sets": [], "constant": 0}'],
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, content):
    (tmp_path / "calibration.json").write_bytes(content)
    with pytest.raises(
        IndexCorrupt, match=r"calibration\.json is damaged; run `pullquote eval DIR --fit` again, or delete"
    ):
        read_fitted(tmp_path, HashEncoder.identity, None)


def test_a_weight_that_is_no_number_is_damage(tmp_path):
    facts = json.loads(fitted().write(tmp_path).read_bytes())
    (tmp_path / "calibration.json").write_text(json.dumps({**facts, "constant": math.inf}), encoding="utf-8")
    with pytest.raises(IndexCorrupt):
        read_fitted(tmp_path, HashEncoder.identity, None)


@pytest.mark.parametrize("changed", [{"encoder": "00"}, {"ranker": "on"}, {"weights": (1.0,)}, {"format": 99}])
def test_what_was_fitted_with_something_else_is_not_used(tmp_path, changed):
    fitted(**changed).write(tmp_path)
    with pytest.raises(IndexMismatch, match="was fitted with another model, ranker or version"):
        read_fitted(tmp_path, HashEncoder.identity, None)


def test_an_explainer_answers_by_what_was_fitted(indexed, monkeypatch):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder())
    assert Ready.open(indexed).fitted is None
    fitted().write(indexed.index)
    assert Ready.open(indexed).fitted == fitted().calibration


def test_suggestions_are_proven_by_what_was_fitted(settle):
    settings = settle(min_confidence=0.1)
    fitted(constant=-30.0).write(settings.index)
    assert index_corpus(settings, HashEncoder()).generation.extra[SUGGESTIONS] == b"[]"


@pytest.fixture
def labelled(tmp_path):
    """A set of 24 questions, a third of which no document answers."""
    folder = tmp_path / "own"
    folder.mkdir()
    towns = ["Oslo", "Bergen", "Turku", "Malmo", "Riga", "Gdansk", "Kiel", "Hull"]
    texts = [f"The toll in {town} is {place + 2} crowns. Buses in {town} are free." for place, town in enumerate(towns)]
    questions = [(f"What is the toll in {town}?", place, True) for place, town in enumerate(towns)]
    questions += [(f"Are buses free in {town}?", place, True) for place, town in enumerate(towns)]
    questions += [(f"Who designed the opera house near {town}?", place, False) for place, town in enumerate(towns)]
    corpus = [{"id": f"d{place}", "title": "", "text": text} for place, text in enumerate(texts)]
    queries = [{"id": f"q{n}", "text": text, "answerable": known} for n, (text, _, known) in enumerate(questions)]
    marks = [(0, texts[place].index(".") + 1) if "toll" in text else (texts[place].index(".") + 2, len(texts[place]))
             for text, place, _ in questions]  # fmt: skip
    qrels = [
        {"query_id": f"q{n}", "doc_id": f"d{place}", "relevance": 1, "evidence": [{"start": mark[0], "end": mark[1]}]}
        for n, ((_, place, known), mark) in enumerate(zip(questions, marks, strict=True)) if known
    ]  # fmt: skip
    for name, content in (("corpus", corpus), ("queries", queries), ("qrels", qrels)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in content), encoding="utf-8")
    return folder


def test_an_operators_own_questions_make_silence_better_and_are_used_from_then_on(labelled, settle):
    settings = settle()
    dataset = load_dataset(labelled, settings)
    before = run(dataset, settings, HashEncoder())
    tuned = tune([dataset], settings, HashEncoder())
    assert tuned.fitted.questions == 24
    assert tuned.fitted.sets == ("own",)
    assert str(tuned.path) in tuned.text
    assert tuned.wire["weights"] == tuned.fitted.weights
    after = run(dataset, settings, HashEncoder())
    assert [trial.hits for trial in after] == [trial.hits for trial in before]

    def loss(trials):
        stated = [trial.confidence if trial.hit(3) else 1 - trial.confidence for trial in trials]
        return -sum(math.log(max(share, 1e-9)) for share in stated)

    assert loss(after) < loss(before)
    assert tune([dataset], settings, HashEncoder()).fitted == tuned.fitted, "fitting twice gives the same"
    assert DEFAULT.weights != tuned.fitted.weights
