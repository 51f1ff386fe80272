"""Which questions are for somebody's words, and whose."""

from functools import partial

import pytest
from growth import assert_in_proportion

from pullquote.answers.query import Query, Turn, resolve
from pullquote.answers.spoken.asked import Asked, asked, asked_in


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Roe propose?", "Roe"),
        ("What does the Toll Board say about bridges?", "the Toll Board"),
        ("Why does Senator Roe oppose the toll?", "Senator Roe"),
        ("Does Senator Roe support the toll?", "Senator Roe"),
        ("Has the Toll Board said that bridges are safe?", "the Toll Board"),
        ("Is Roe for or against the toll?", "Roe"),
        ("What is Roe proposing?", "Roe"),
        ("According to the TB, how safe are bridges?", "the TB"),
        ("How safe are bridges, according to the TB?", "the TB"),
        ("In Roe's view, who should pay?", "Roe"),
        ("Who should pay in the view of Ann Roe?", "Ann Roe"),
        ("What is Roe's position on tolls?", "Roe"),
        ("Roe’s criticism of the toll", "Roe"),
        ("What is the position of the Toll Board on bridges?", "the Toll Board"),
        ("What was proposed by Roe?", "Roe"),
        ("Please tell me what Roe thinks of tolls", "Roe"),
        ("what does roe say about tolls", "roe"),
        ("How many bridges did Roe say would fall?", "Roe"),
        ("And what does Roe say?", "Roe"),
        ("Who does Ann Said say should pay?", "Ann Said"),
        ("How did Roe respond to it?", "Roe"),
        ("How would Roe answer critics?", "Roe"),
        ("How has the Toll Board reacted?", "the Toll Board"),
    ],
)
def test_a_question_for_somebodys_words_names_them(question, name):
    assert asked(question).name == name


@pytest.mark.parametrize(
    "question",
    [
        "What happened after Roe closed the bridge?",
        "How was Roe quoted?",
        "When did Roe start to build bridges?",
        "Where was Roe when he said that bridges fall?",
        "Who says that bridges fall?",
        "Who is against tolls?",
        "How long is the bridge?",
        "Roe on tolls",
    ],
)
def test_other_questions_ask_for_nobodys_words(question):
    assert asked(question) is None


def test_anything_that_somebody_says_is_told_from_what_they_say_of_something():
    assert asked("What does Roe say?").whole
    assert not asked("What does Roe say about tolls?").whole
    assert not asked("What does Roe propose?").whole
    assert not asked("How many bridges does Roe say?").whole


@pytest.mark.parametrize(
    "question",
    ["What does Roe say?", "Tell me what Roe said", "What Roe said", "What is Roe saying?", "What did the Toll Board report?",
     "What does Dr. A. B. Roe say?", "WHAT DOES ROE SAY?"],
)  # fmt: skip
def test_a_question_is_whole_where_nothing_follows_the_first_verb_of_saying(question):
    assert asked(question).whole


@pytest.mark.parametrize(
    "question",
    ["What does Roe say about the Toll Board report?", "What does Roe say about the legal claim?",
     "What does Roe say about what Lee said?", "What does Roe think Lee said?", "Why does Roe say so?"],
)  # fmt: skip
def test_a_question_about_what_is_said_of_something_is_not_whole(question):
    assert asked(question).name == "Roe"
    assert not asked(question).whole


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What does Roe say about toll roads?", "toll roads"),
        ("Does Roe think that tolls are fair?", "tolls are fair"),
        ("What is Roe's view of tolls?", "tolls"),
        ("What does Roe say?", ""),
        ("How many bridges did Roe say would fall?", ""),
        ("Why does Roe oppose the toll?", ""),
    ],
)
def test_what_is_asked_about_is_told_from_the_frame(question, topic):
    assert asked(question).topic == topic


def test_initials_keep_their_last_point():
    assert asked("What is the view of the U.N.?").name == "the U.N."


def test_a_question_in_capitals_is_read_too():
    assert asked("WHAT DID ROE PROPOSE?").name == "roe"


def test_a_follow_up_goes_on_asking():
    history = (Turn("What does Roe say about tolls?"),)
    assert asked_in(Query(question="And Lee?", history=history)) == Asked("Lee", bare=True, topic="tolls")
    assert asked_in(Query(question="What about the Toll Board?", history=history)) == Asked(
        "the Toll Board", bare=True, topic="tolls"
    )
    assert asked_in(Query(question="And what does Lee say?", history=history)).name == "Lee"
    assert asked_in(Query(question="What does she say about bridges?", history=history)).name == "Roe"


def test_a_follow_up_to_a_whole_question_is_whole_too():
    history = (Turn("What does Roe say?"),)
    assert asked_in(Query(question="And Lee?", history=history)) == Asked("Lee", whole=True, bare=True)
    assert asked_in(Query(question="And what does Lee say?", history=history)).whole
    narrow = (Turn("What does Roe say about tolls?"),)
    assert not asked_in(Query(question="And Lee?", history=narrow)).whole
    assert not asked_in(Query(question="And what does she say?", history=narrow)).whole


@pytest.mark.parametrize(
    "before", ["What does Roe say?", "What does Roe say about tolls?", "What is Roe's view of tolls?"]
)
def test_a_follow_up_opened_from_its_link_means_the_same(before):
    query = Query(question="And Lee?", history=(Turn(before),))
    assert asked_in(Query(question=resolve(query))) == asked_in(query)


@pytest.mark.parametrize(
    ("turns", "name"),
    [
        (("Why does Roe oppose the toll?", "And Lee?"), "Lee"),
        (("Why does Roe oppose the toll?", "What about Lee?", "What does she want?"), "Lee"),
        (("Why does Roe oppose the toll?", "And Lee?", "And the bridges?"), "Lee"),
        (("Why does Roe oppose the toll?", "And Lee?", "Why does Roe say so?"), "Roe"),
    ],
)
def test_he_or_she_is_whoever_was_asked_about_last(turns, name):
    query = Query(question="What does she say about ferries?", history=tuple(map(Turn, turns)))
    assert asked_in(query, lambda one: one.name in {"Roe", "Lee"}).name == name
    opened = Query(question=resolve(query))
    assert asked_in(opened, lambda one: one.name in {"Roe", "Lee"}).name == name


def test_a_report_is_no_he_or_she_but_may_be_it():
    history = (Turn("What does Ann Roe say about tolls?"), Turn("What does the report say about buses?"))
    for question in ("What does she say about buses?", "Why does she say so?"):
        query = Query(question=question, history=history)
        assert asked_in(query).name == "Ann Roe"
        assert asked_in(Query(question=resolve(query))).name == "Ann Roe"
    assert asked_in(Query(question="What does it say about tolls?", history=history)).name == "the report"
    assert asked_in(Query(question="What does he say about tolls?", history=history[1:])) is None


def test_one_who_was_asked_after_by_name_alone_is_kept_two_turns_on():
    history = (Turn("Why does Roe oppose the toll?"), Turn("And Mr. Lee?"), Turn("What does he say about ferries?"))
    query = Query(question="What does he say about bridges?", history=history)
    assert asked_in(Query(question=resolve(query))).name == "Mr. Lee"


def test_without_a_question_for_words_before_it_she_and_a_text_are_nobody():
    assert asked_in(Query(question="What does she say?", history=(Turn("How long is the bridge?"),))) is None
    assert asked_in(Query(question="And the report?", history=(Turn("How long is the bridge?"),))) is None
    assert asked_in(Query(question="What does she say about bridges?")) is None


@pytest.mark.parametrize("turns", [("Why charge tolls?",), ("Why charge tolls?", "Who disagrees?")])
def test_a_name_alone_asks_for_its_bearers_words_on_what_was_asked_of_nobody(turns):
    query = Query(question="And Lee?", history=tuple(map(Turn, turns)))
    assert asked_in(query) == Asked("Lee", bare=True, topic="Why charge tolls?")
    assert asked_in(Query(question=resolve(query))) == asked_in(query)


def test_a_new_topic_is_asked_of_the_same_one():
    query = Query(question="And about the buses?", history=(Turn("What did Roe say about the tolls?"),))
    assert asked_in(query) == Asked("Roe", topic="the buses")
    assert asked_in(Query(question=resolve(query))) == asked_in(query)


def test_no_question_takes_long_to_look_at():
    def look(question: str) -> None:
        asked(question)
        asked_in(Query(question=f"{question} (asked after: What does Roe say?)"))

    for part in ("and ", "what ", "in the view of ", "a’", "what is the view of a "):
        assert_in_proportion(lambda size, part=part: partial(look, (part * size)[:size]), 2_000)
