"""Where running text tells what somebody says: as the subject of a verb of saying or of stance, and nowhere else."""

from functools import partial

import pytest
from growth import assert_in_proportion

from pullquote.answers.spoken.naming import named
from pullquote.answers.spoken.telling import Telling


def tells(name, text, given=()):
    return Telling(named(name), frozenset(given)).tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "Roe said that tolls hurt.",
        "Yesterday the senator warned, and President Roe has also called for repairs.",
        "Roe, the senator from Roeland, opposes the toll.",
        "In Roe's view tolls hurt.",
        "Roe’s main objection is the price.",
        "Tolls hurt, according to Roe.",
        "Tolls hurt, according to Senator Roe.",
        "The plan was proposed by Roe.",
        "Roe: No.",
    ],
)
def test_who_says_or_wants_something_is_told_of(text):
    assert tells("Roe", text)


@pytest.mark.parametrize(
    "text",
    [
        "The mayor continues to call on Roe to extend the ban.",
        "The plan was sent to Roe, and the board said no.",
        "Roe's lawyers said that tolls hurt.",
        "The governor of Roe said that tolls hurt.",
        "Ada Roe said that tolls hurt.",
        "New Roe says no.",
        "Roe States are many, and there is a view of the bridge.",
        "Roe has a bridge. The board has said that it is old.",
        "The report on Roe describes a bridge.",
        "roe said no",
    ],
)
def test_who_is_only_named_near_what_is_said_is_not(text):
    assert not tells("Roe", text)


def test_a_full_name_that_the_sources_do_not_know_is_told_of_only_by_the_full_name():
    assert tells("Ada Roe", "Ada Roe said that tolls hurt.")
    assert tells("Ada Roe", "Ada B. Roe said that tolls hurt.")
    assert not tells("Ada Roe", "Roe said that tolls hurt.")
    assert not tells("Secretary Roe", "President Roe said that tolls hurt.")
    assert not tells("New Roeland", "Roeland said that tolls hurt.")


def test_a_known_one_is_told_of_by_the_family_name_and_the_known_given_names():
    known = ("ada", "roe")
    assert tells("Ada Roe", "Roe said that tolls hurt.", known)
    assert tells("Roe", "Ada Roe said that tolls hurt.", known)
    assert not tells("Ada Roe", "Carl Roe said that tolls hurt.", known)


def test_a_body_is_told_of_with_whatever_apostrophe():
    assert tells("the Drivers’ League", "The Drivers' League said that tolls hurt.")
    assert tells("the Café Drivers' League", "The Cafe Drivers’ League said that tolls hurt.")


def test_no_text_takes_long_to_look_at():
    telling = Telling(named("Roe"))
    for part in ("Roe ", "Roe, ", "Roe also ", "the Roe of ", "Mr. "):
        assert_in_proportion(lambda size, part=part: partial(telling.tells, part * size), 4_000)
