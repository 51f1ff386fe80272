"""Routes and arguments: what a question wants, of what, and quotes that argue, each voice once and none twice."""

import pytest
from fakes import NAMED, HashEncoder, WordJudge

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.ready import Ready
from pullquote.index import open_index
from pullquote.sides.routes import Route, route_of, subject_of
from pullquote.upkeep.indexing import index_corpus


@pytest.mark.parametrize(
    ("question", "follows", "route"),
    [
        ("What are the arguments for road tolls?", False, Route.FOR),
        ("arguments against road tolls", False, Route.AGAINST),
        ("pros and cons of road tolls", False, Route.BOTH),
        ("Who supports road tolls?", False, Route.WHO_FOR),
        ("Who opposes road tolls?", False, Route.WHO_AGAINST),
        ("And the other side?", True, Route.OTHER),
        ("Does anyone disagree?", True, Route.DISAGREE),
        ("What else?", True, Route.MORE),
        ("How much is a road toll?", False, Route.NONE),
        ("How many firms were on the other side of the river?", False, Route.NONE),
    ],
)
def test_a_question_tells_by_its_cues_what_it_wants(question, follows, route):
    assert route_of(question, follows=follows) is route


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What are the arguments for tolls on roads?", "tolls on roads"),
        ("pros and cons of ferries", "ferries"),
        ("and the other side?", ""),
    ],
)
def test_what_a_question_is_about_stands_between_the_words_that_no_route_goes_by(question, subject):
    assert subject_of(question) == subject


@pytest.fixture
def explainer(settle):
    settings, judge = settle(NAMED), WordJudge()
    index_corpus(settings, HashEncoder(), judge=judge)
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, judge))


def places(answer):
    return tuple((one.quote.document.id, one.quote.span) for one in answer.citations)


def test_the_other_side_repeats_nothing_and_takes_the_other_side(explainer):
    first = explainer.ask("What are the arguments for road tolls in cities?")
    assert first.citations
    assert {one.stance.side.value for one in first.citations} == {"for"}
    history = (Turn(first.question, places(first)),)
    other = explainer.ask(Query(question="And the other side?", history=history))
    assert not set(places(first)) & set(places(other))
    assert {one.stance.side.value for one in other.citations} <= {"against"}


def test_both_sides_are_told_to_be_asked_for_with_what_they_are_on(explainer):
    answer = explainer.ask("pros and cons of road tolls in cities")
    assert answer.sides_asked
    assert answer.proposition
