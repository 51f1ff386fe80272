"""Questions: what is asked, and what a follow-up leans on."""

import re
from dataclasses import replace
from functools import partial

import pytest
from growth import assert_in_proportion

from pullquote.answers.query import (
    MAX_QUOTES,
    MAX_TURNS,
    QUOTE,
    SOUGHT,
    STATEMENT,
    Leaning,
    Query,
    Turn,
    courteous,
    follows_up,
    leaning,
    resolve,
    worded,
)
from pullquote.errors import QuestionError

EARLIER = Turn("Why might military strikes fail?")


@pytest.mark.parametrize("question", ["", " \r\n\t", "???", "\u200b", "\0", "“”"])
def test_a_question_without_a_letter_is_empty(question: str):
    with pytest.raises(QuestionError, match="the question is empty; write what you want to know"):
        Query.checked(question, limit=100)


@pytest.mark.parametrize(("kind", "noun"), [(STATEMENT, "proposition"), (SOUGHT, "query"), (QUOTE, "quote")])
def test_what_is_empty_or_too_long_is_called_what_it_is(kind: tuple[str, str], noun: str):
    with pytest.raises(QuestionError, match=f"the {noun} is empty; write "):
        worded(" ? ", *kind, limit=100)
    with pytest.raises(QuestionError, match=f"the {noun} has 101 characters; the limit is 100"):
        worded("a" * 101, *kind, limit=100)
    assert worded(" a  b\n", *kind, limit=100) == "a b"


def test_a_question_may_be_as_long_as_the_limit_and_no_longer():
    assert Query.checked("a" * 100, limit=100).question == "a" * 100
    with pytest.raises(QuestionError, match="has 100,000 characters; the limit is 2,000"):
        Query.checked("a" * 100_000, limit=2_000)


def test_white_space_in_a_question_counts_once():
    assert Query.checked("  why \r\n me?\t", limit=7).question == "why me?"


@pytest.mark.parametrize("count", [0, -1, MAX_QUOTES + 1])
def test_the_number_of_quotes_has_bounds(count: int):
    with pytest.raises(QuestionError, match="max_quotes must be from 1 to 10"):
        Query.checked("Why?", limit=100, max_quotes=count)


def test_the_number_of_turns_has_a_bound():
    assert len(Query.checked("Why?", limit=100, history=[EARLIER] * MAX_TURNS).history) == MAX_TURNS
    with pytest.raises(QuestionError, match=r"history holds 7 turns; the limit is 6"):
        Query.checked("Why?", limit=100, history=[EARLIER] * (MAX_TURNS + 1))


def test_an_earlier_question_keeps_to_the_limit_too():
    query = Query.checked("And now?", limit=20, history=[Turn(" why\n\nnot?  " + " " * 20)])
    assert query.history == (Turn("why not?"),)
    with pytest.raises(QuestionError, match="the earlier question has 21 characters; the limit is 20"):
        Query.checked("And now?", limit=20, history=[Turn("Why?"), Turn("a" * 21)])


@pytest.mark.parametrize(
    ("limit", "resolved"),
    [
        (70, "Does it work there? (asked after: Do tolls cut jams? And in Peru?)"),
        (60, "Does it work there? (asked after: Do tolls cut jams?)"),
        (50, "Does it work there? (asked after: And in Peru?)"),
        (40, "Does it work there?"),
    ],
)
def test_of_what_a_question_points_back_to_only_as_much_comes_along_as_fits(limit: int, resolved: str):
    history = [Turn("Do tolls cut jams?"), Turn("And in Peru?")]
    assert resolve(Query.checked("Does it work there?", limit=limit, history=history)) == resolved


def test_no_hint_speaks_of_what_one_corpus_is_about():
    for kind in ((), STATEMENT, SOUGHT, QUOTE):
        with pytest.raises(QuestionError) as told:
            worded("?", *kind, limit=100)
        assert not re.search("kingpin|cartel|drug", str(told.value))


@pytest.mark.parametrize("question", ["Why?", "And for Mexico?", "What evidence is there for that?", "Do they work?"])
def test_a_question_that_points_back_follows_up(question: str):
    assert follows_up(question)


@pytest.mark.parametrize("question", ["Why might killing kingpins backfire?", "Does a war on drugs cut demand?"])
def test_a_question_that_stands_alone_does_not(question: str):
    assert not follows_up(question)


def test_a_question_without_history_is_taken_as_it_is():
    assert resolve(Query(question="What evidence is there for that?")) == "What evidence is there for that?"


def test_a_follow_up_takes_the_earlier_question_along():
    resolved = resolve(Query(question="What evidence is there for that?", history=(EARLIER,)))
    assert resolved.startswith("What evidence is there for that?")
    assert "strikes" in resolved


def test_a_new_question_leaves_the_earlier_one_behind():
    question = "Does a war on drugs cut demand?"
    assert resolve(Query(question=question, history=(EARLIER,))) == question


def test_a_follow_up_to_a_follow_up_goes_back_to_the_question_that_stands_alone():
    history = (Turn("Does a war on drugs cut demand?"), EARLIER, Turn("And in Mexico?"))
    resolved = resolve(Query(question="Does it work there?", history=history))
    assert "And in Mexico?" in resolved
    assert EARLIER.question in resolved
    assert "demand" not in resolved


def test_a_chain_goes_back_past_who_spoke_to_its_first_question():
    history = (EARLIER, Turn("Who said that?"), Turn("and what about the treaty?"))
    resolved = resolve(Query(question="why?", history=history))
    assert resolved == f"why? (asked after: {EARLIER.question} and what about the treaty?)"


def test_of_a_long_chain_its_first_question_and_the_last_turn_come_along():
    history = (EARLIER, Turn("And in Mexico?"), Turn("And in Peru?"))
    assert resolve(Query(question="why?", history=history)) == f"why? (asked after: {EARLIER.question} And in Peru?)"


@pytest.mark.parametrize("question", ["Who agrees with her?", "Why?"])
def test_of_a_chain_about_her_the_last_turn_with_her_name_comes_along_too(question: str):
    history = (Turn("Why does Roe oppose tolls?"), Turn("And Ann Lee?"), Turn("What does she say about ferries?"))
    resolved = resolve(Query(question=question, history=history))
    assert resolved == f"{question} (asked after: {' '.join(turn.question for turn in history)})"
    short = resolve(Query(question=question, history=history, limit=len(resolved) - 1))
    assert short == f"{question} (asked after: Why does Roe oppose tolls? And Ann Lee?)"


@pytest.mark.parametrize("turn", ["Thanks!", "OK, great, thank you", "Why?", "What is this about?", "Says who?"])
def test_a_turn_that_names_no_subject_is_passed_over(turn: str):
    resolved = resolve(Query(question="And in Mexico?", history=(EARLIER, Turn(turn))))
    assert resolved == f"And in Mexico? (asked after: {EARLIER.question})"


@pytest.mark.parametrize(
    "words", ["hello", "Hi there!", "Thanks", "thank you very much", "Thanks, that's great!", "Good morning", "OK, bye"]
)
def test_a_greeting_or_thanks_is_no_question_and_goes_on_with_none(words: str):
    assert courteous(words)
    assert resolve(Query(question=words, history=(EARLIER,))) == words


@pytest.mark.parametrize(
    "words", ["Is it good?", "OK, why?", "more please", "Thanks to whom?", "Why?", "Good governance"]
)
def test_a_question_is_one_however_courteous(words: str):
    assert not courteous(words)


def test_where_no_turn_names_a_subject_the_question_is_taken_as_it_is():
    assert resolve(Query(question="And in Mexico?", history=(Turn("Thanks!"),))) == "And in Mexico?"


def test_where_every_turn_leans_the_first_that_is_known_comes_along():
    history = (Turn("And in Mexico?"), Turn("And in Peru?"))
    assert resolve(Query(question="why?", history=history)) == "why? (asked after: And in Mexico? And in Peru?)"


@pytest.mark.parametrize("question", ["Who said that?", "Whose view is that?", "Says who?"])
def test_who_spoke_is_not_asked_of_an_earlier_question(question: str):
    assert resolve(Query(question=question, history=(EARLIER,))) == question


@pytest.mark.parametrize("question", ["The treaty?", "Kingpin strikes"])
def test_a_few_words_lean_on_what_was_asked_before(question: str):
    assert follows_up(question)


def test_a_suggested_question_stands_alone_however_few_its_words():
    assert not follows_up("What is said about drug traffickers?")
    assert follows_up("What is said about them?")


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("What is the capital of Mongolia?", False),
        ("What about costs?", True),
        ("Mongolia?", True),
        ("the costs", True),
    ],
)
def test_a_short_question_leans_on_the_one_before_unless_it_names_something(question: str, leans: bool):
    assert follows_up(question) is leans


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("arguments for?", Leaning.FOR),
        ("And in favour?", Leaning.FOR),
        ("And against?", Leaning.AGAINST),
        ("What is the strongest argument against?", Leaning.AGAINST),
        ("Could you give me two good reasons against it, please?", Leaning.AGAINST),
        ("Any objections?", Leaning.AGAINST),
        ("Give me the best counterarguments", Leaning.OTHER),
        ("What about the other side?", Leaning.OTHER),
        ("What would the opposing camp say?", Leaning.OTHER),
    ],
)
def test_who_asks_for_a_side_and_not_of_what_leans_on_the_question_before(question: str, side: Leaning):
    assert leaning(question) is side
    assert follows_up(question)


@pytest.mark.parametrize(
    "question",
    ["What is the best argument for tolls?", "What does Roe stand for?", "What are Roe's rebuttals?", "What is a toll for?",
     "Which side of the river is wet?", "What is the case against Roe about?"],
)  # fmt: skip
def test_who_says_of_what_or_asks_for_no_side_does_not(question: str):
    assert leaning(question) is None


@pytest.mark.parametrize(
    ("turns", "resolved"),
    [
        (("What did Roe say about the tolls?",), "What did Roe say about the buses?"),
        (("What did Roe say?",), "What did Roe say about the buses?"),
        (("What did Roe say about the tolls?", "And on the ferries?"), "What did Roe say about the buses?"),
        (("What did Roe say about the tolls?", "And Lee?"), "And about the buses? (asked after: What did Roe say? And Lee?)"),
        (("Why are tolls dear?",), "And about the buses? (asked after: Why are tolls dear?)"),
    ],
)  # fmt: skip
def test_a_new_topic_takes_the_place_of_the_old_one(turns: tuple[str, ...], resolved: str):
    query = Query(question="And about the buses?", history=tuple(map(Turn, turns)))
    assert resolve(query) == resolved
    assert len(resolve(replace(query, limit=25))) <= 25


@pytest.mark.parametrize(
    "question", ["And on Tuesday?", "And on balance?", "But about whom?", "Now on to buses?", "On the radio?"]
)
def test_when_and_where_something_was_said_is_no_new_topic(question: str):
    asked = "What did Roe say about the tolls?"
    assert resolve(Query(question=question, history=(Turn(asked),))) == f"{question} (asked after: {asked})"


@pytest.mark.parametrize(
    "part", ["about a ", "what say about ", "the best ", "and ", "against ", "counter", "a-", "? "]
)
def test_no_follow_up_takes_long_to_read(part: str):
    def look(words: str) -> None:
        leaning(words)
        follows_up(words)
        resolve(Query(question="And about x?", history=(Turn(words),)))
        resolve(Query(question=words, history=(Turn("What did Roe say about tolls?"),)))

    assert_in_proportion(lambda size: partial(look, (part * size)[:size]), 2_000)
