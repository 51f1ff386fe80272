"""Propositions: what a question puts up for debate, and which side of it is asked for."""

import pytest
from fakes import rows

from pullquote.sides.proposition import (
    opposite,
    proposition_of,
    put_up,
    same,
    statement_of,
    turns,
)


@rows("question, statement")
def test_a_plain_question_becomes_a_statement(question, statement):
    assert statement_of(question) == proposition_of(question) == put_up(question) == statement


@rows("question")
def test_where_the_subject_ends_nowhere_for_sure_the_question_stays_as_it_was_asked(question):
    assert statement_of(question) is None
    assert put_up(question) == question


@pytest.mark.parametrize("text", ["Who wrote this?", "How do tolls work?", "Why does rent control fail so often?", "arguments for tolls", "?"])  # fmt: skip
def test_what_asks_for_a_fact_or_for_arguments_puts_up_nothing_by_itself(text):
    assert not put_up(text)


@pytest.mark.parametrize(
    "statement",
    ["Tolls are fair.", "Where guards arrive, the police wither away.", "We should support tolls"],
)
def test_a_statement_is_put_up_as_it_stands(statement):
    assert put_up(statement) == statement


@rows("statement, denial")
def test_a_denial_is_denied_by_what_it_denies(statement, denial):
    assert opposite(statement) == denial
    assert opposite(denial) == statement
    assert same(statement, denial) == same(denial, statement) == -1


@rows("one, other, stands")
def test_two_propositions_are_one_by_their_words_or_by_a_not(one, other, stands):
    assert same(one, other) == same(other, one) == stands


def test_an_odd_number_of_words_such_as_not_or_ban_turns_a_demand_round():
    assert turns("Ban zoos.")
    assert turns("arguments for abolishing zoos")
    assert not turns("Do not close zoos.")
    assert not turns("Endorse zoos.")
