"""Camps: supporters and opponents, whom a question asks for and whose words a sentence tells."""

import pytest
from growth import assert_in_proportion

from pullquote.sides.camps import (
    asks_who,
    camp_asked,
    camp_named,
    camp_told,
    favours_asked,
    names_no_thing,
    points_back,
)

BAN = "Parks should ban dogs."


@pytest.mark.parametrize(
    ("question", "favour"),
    [("What do opponents of dog bans say?", False), ("What do critics of banning dogs argue?", False),
     ("What do supporters of the ban say?", True), ("How would advocates of a dog ban answer?", True),
     ("What do those in favour of a dog ban think?", True), ("What do people who oppose the ban say?", False),
     ("Which arguments do opponents of the ban make?", False), ("What do critics say about dog bans?", False),
     ("What do opponents say?", False), ("And what do supporters say about it?", True),
     ("What do opponents of dog bans say about children?", False)],
)  # fmt: skip
def test_who_asks_what_one_camp_says_asks_for_its_side(question, favour):
    assert camp_asked(question) is favour
    assert favours_asked(question, BAN) is favour


@pytest.mark.parametrize(
    "question",
    ["What do opponents of the mayor say?", "What do critics say about the weather?", "What do dogs say?",
     "Who are the opponents of dog bans?", "What do supporters of dog shows say?"],
)  # fmt: skip
def test_a_camp_of_something_else_asks_for_no_side_of_it(question):
    assert favours_asked(question, BAN) is None


def test_who_asks_for_arguments_names_no_camp():
    assert camp_named("What do critics say about dog bans?") is False
    assert camp_named("What are the arguments against dog bans?") is None
    assert camp_asked("What are the arguments against dog bans?") is False


@pytest.mark.parametrize(
    ("question", "favour"),
    [("Who is against banning dogs?", False), ("Who opposes a dog ban, and why?", False),
     ("And who disagrees with the dog ban?", False), ("Who objects to dog bans?", False),
     ("Who supports dog bans?", True), ("Who is for the dog ban?", True), ("Who is for dog bans?", True),
     ("Who else is in favour of banning dogs?", True), ("Who backs a dog ban?", True)],
)  # fmt: skip
def test_who_asks_who_is_for_or_against_a_thing_asks_for_that_camp(question, favour):
    assert camp_asked(question) is camp_named(question) is favour
    assert favours_asked(question, BAN) is favour
    assert asks_who(question)


@pytest.mark.parametrize(
    "question",
    ["Who is for breakfast?", "Who is against whom?", "Who backs up the photos?", "Who supports him?",
     "Who opposes the ban and who supports it?", "Who is for the ban and who is against?",
     "Who disagrees with Di Orr about dog bans?", "Who disagrees?",
     "How are dogs for children?", "Do supporters of the ban oppose leashes?"],
)  # fmt: skip
def test_a_question_that_only_looks_like_it_names_no_camp(question):
    assert not asks_who(question)
    assert camp_asked(question) is None
    assert favours_asked(question, BAN) is None


@pytest.mark.parametrize(
    ("question", "favour"),
    [("Who supports it?", True), ("And who is for that?", True), ("Who backs them, and why?", True),
     ("Who is against this?", False), ("Who else opposes it?", False)],
)  # fmt: skip
def test_a_camp_may_be_of_what_was_spoken_of_before(question, favour):
    assert camp_asked(question) is camp_named(question) is favours_asked(question, BAN) is favour
    assert points_back(question)
    assert asks_who(question)


@pytest.mark.parametrize(
    "question",
    ["Who supports her?", "Who is for me?", "Who is against us?", "Who backs it up?", "Who disagrees with that?",
     "Who objects to it?", "Who supports dog bans?", "What do critics of dog bans say?"],
)  # fmt: skip
def test_nobody_and_no_named_thing_is_what_was_spoken_of_before(question):
    assert not points_back(question)


def test_who_asks_for_dissent_in_other_words_asks_for_those_against():
    assert camp_asked("What are the drawbacks of dog bans?") is False
    assert camp_named("What are the drawbacks of dog bans?") is None


@pytest.mark.parametrize(
    ("words", "favour"),
    [("Supporters argue that lawns stay clean.", True), ("But many critics say no.", False),
     ("Those in favour of bans say so.", True), ("Opponents of the ban, they say, are few.", None),
     ("“Critics of a ban claim too much.”", False), ("Supporters met in the hall.", None),
     ("What opponents of a ban never answer is who cleans up.", None)],
)  # fmt: skip
def test_a_sentence_that_opens_with_what_a_camp_says_is_known(words, favour):
    assert camp_told(words) is favour


@pytest.mark.parametrize(
    ("question", "no_thing"),
    [("What do critics say about the price?", True), ("What do supporters say?", True), ("Who is against it?", True),
     ("What do critics of dog bans say?", False), ("Who is against dog bans?", False), ("What do dogs say?", False)],
)  # fmt: skip
def test_a_camp_may_be_named_without_what_it_is_for(question, no_thing):
    assert names_no_thing(question) is no_thing


@pytest.mark.parametrize(
    "words",
    [
        "what do critics of ",
        "who is for the ",
        "who opposes a and why ",
        " or",
        "critics of a, ",
        "say about ",
        "the ",
        "people who oppose ",
    ],
)
def test_camps_are_read_in_time_in_proportion_to_the_words(words):
    def read(times: int):
        text = words * times
        return lambda: (camp_told(text), camp_asked(text), camp_asked(f"What do critics of {text}"),
                        camp_asked(f"Who is against {text}"), points_back(f"Who is against it{text}"), camp_asked(f"Who supports tolls, and why {text}"))  # fmt: skip

    assert_in_proportion(read, 50_000)
