"""What a demand is about, and whether it is for that or against it."""

import re

import pytest
from fakes import WordJudge
from hypothesis import example, given
from hypothesis import strategies as st

from pullquote.sides.demand import Demand, demand_of, wants
from pullquote.sides.stance import read


@pytest.mark.parametrize(
    ("proposition", "thing", "wanted"),
    [
        ("We should abolish road tolls.", "road tolls", False),
        ("Cities must keep road tolls.", "road tolls", True),
        ("Road tolls should be scrapped.", "Road tolls", False),
        ("Road tolls ought to be introduced in every city.", "Road tolls in every city", True),
        ("Ban road tolls", "road tolls", False),
        ("The state should simply do away with road tolls.", "road tolls", False),
        ("Coal power should be phased out.", "Coal power", False),
        ("Road tolls should be made compulsory.", "Road tolls", True),
        ("Road tolls should be illegal in cities.", "Road tolls in cities", False),
        ("The city must crack down on parking.", "parking", False),
        ("We should fight for clean air.", "clean air", True),
        ("We should fight pollution.", "pollution", False),
        ("The ban on road tolls should be lifted.", "road tolls", True),
        ("We should fight for the abolition of road tolls.", "road tolls", False),
        ("Cities should enforce the ban on cars.", "cars", False),
        ("The country should withdraw from the court.", "the court", False),
    ],
)
def test_a_demand_names_a_thing_and_is_for_it_or_against_it(proposition, thing, wanted):
    assert demand_of(proposition) == Demand(thing, wanted)


@pytest.mark.parametrize(
    "proposition",
    [
        "Road tolls cut jams.",
        "Road tolls are fair.",
        "Cities should charge road tolls.",  # the lists do not know the verb
        "Children should be banned from watching boxing.",  # not children are unwanted
        "Allow shops to open on Sundays",
        "It should be allowed to patent genes",
        "China should be allowed more control",
        "The government should back down.",
        "Leave the forests alone",
        "We should.",
        "",
    ],
)
def test_where_the_thing_is_not_what_is_wanted_there_is_no_demand(proposition):
    assert demand_of(proposition) is None


@pytest.mark.parametrize(
    ("proposition", "verdict"),
    [
        ("We should abolish road tolls.", "Road tolls are good."),
        ("We should fund a bypass.", "A bypass is good."),
        ("NATO should be disbanded.", "NATO is good."),
        ("Keep the tax on cars and lorries", "The tax on cars and lorries is good."),
    ],
)
def test_the_verdict_calls_the_thing_good_whatever_the_demand(proposition, verdict):
    assert demand_of(proposition).verdict == verdict


def test_a_demand_against_a_thing_turns_what_is_read_of_the_thing():
    judge = WordJudge()
    kept, scrapped = (read(judge, f"We should {verb} road tolls.", "They are unfair.") for verb in ("keep", "scrap"))
    assert [pair[0] for pair in judge.pairs] == [
        "We should keep road tolls.", "Road tolls are good.", "We should scrap road tolls.", "Road tolls are good.",
    ]  # fmt: skip
    assert kept.margin == -2.0  # both readings are against the tolls
    assert scrapped.margin == 0.0  # the words read against, the thing read for: neither is surer


WORDS = st.sampled_from(
    "we cities tolls the a ban end of on should must be made not abolished abolish keep legal have been and or to from ſave K . … , ? ' é"
    .split(" ")
) | st.text(max_size=3)  # fmt: skip


@given(st.lists(WORDS, max_size=9).map(" ".join), st.sampled_from(["", "We should ban ", "Tolls should be abolished "]))
@example("", "We should ban the end of .")
@example("", "Cities should ſave road tolls.")
def test_any_words_at_all_are_a_demand_on_a_thing_or_none(words, lead):
    found = demand_of(lead + words)
    assert found is None or re.fullmatch(r".*[^\W\d_].* (is|are) good\.", found.verdict, re.DOTALL)


@pytest.mark.parametrize(
    "proposition",
    [
        "Stop signs save lives", "Fight clubs are dangerous", "Use of force is justified", "Ban Ki-moon was a good leader",
        "We should have banned tolls", "Tolls should have been abolished", "Neither side should use mines",
        "Schools should use tablets less", "Europe should raise no barriers", "We should allow few exceptions",
        "It is wrong to say that we should ban tolls", "Those who say we should ban guns should be supported",
        "Cut off aid", "Keep religion out of schools", "Protect children from violence", "Leave the choice to parents",
        "Require voters to show ID", "The voting age should be raised to 21", "Abolish tolls and build trains",
    ],
)  # fmt: skip
def test_where_something_else_could_turn_it_there_is_no_demand(proposition):
    assert demand_of(proposition) is None


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [("Schools should allow phones.", True), ("Schools should ban phones.", False), ("We should lift the phone ban.", True),
     ("We should have a phone ban.", False), ("Cities should charge road tolls.", True),
     ("Tolls should be levied in cities.", True), ("Troops should be sent to the border.", True)],
)  # fmt: skip
def test_a_demand_is_for_what_it_names_last_or_against_it(statement, wanted):
    assert wants(statement).wanted is wanted


@pytest.mark.parametrize(
    "statement",
    ["Phones should be kept out of schools.", "Phones harm learning.", "Cities should charge no tolls.",
     "Israel should be boycotted.", "Migrants should be sent home.", "Lee should be charged.", "Lee should resign.",
     "Cities should charge drivers.", "Cities should charge drivers tolls.", "Toll dodgers should be charged.",
     "We should send migrants to the border."],
)  # fmt: skip
def test_a_verb_that_no_list_knows_is_neither_for_its_thing_nor_against_it(statement):
    assert wants(statement) is None
