"""Openings whose "it" points at nothing before it."""

from functools import partial

import pytest
from growth import assert_in_proportion

from pullquote.corpus.impersonal import is_impersonal
from pullquote.corpus.passages import leans


@pytest.mark.parametrize(
    "words",
    [
        "It has been proposed that the ferry be sold.",
        "It was agreed that the ferry be sold.",
        "It was agreed by the members that the ferry be sold.",
        "It's been said that the ferry pays.",
        "It is often said that the ferry pays.",
        "It had long been thought that the ferry would pay.",
        "It cannot be denied that the ferry pays.",
        "It should be remembered that the ferry pays.",
        "It is not disputed that the ferry pays.",
        "It isn’t clear whether the ferry pays.",
        "It was asked whether the ferry pays.",
        "It is well known that, in winter, the ferry is late.",
        "It is common ground that the ferry pays.",
        "It is no secret that the ferry pays.",
        "It is a fact that the ferry pays.",
        "It may well be that the ferry pays.",
        "It seems that the ferry pays.",
        "It is a great honour to speak for the ferrymen.",
        "It is a bad idea to sell a ferry.",
        "It is the duty of the state to keep a ferry.",
        "It is much cheaper to run a ferry than to build a bridge.",
        "It is more sensible to keep the ferry.",
        "It would be wrong to sell the ferry.",
        "It is wrong to sell old wooden boats.",
        "It is cheaper to leave boats in the harbour.",
        "It is unfair to punish Elmwick.",
        "It is cruel to spread misinformation about boatmen.",
        "It is wrong to say that the ferry leaks.",
        "It is wise to be careful on the quay.",
        "It is the duty of the state to protect life at sea.",
        "It is known that Ann Lee went home.",
        "It is wrong of a mayor to sell a ferry.",
        "It is unknown how many people take the ferry.",
        "“It is unknown why the ferry sank.”",
    ],
)
def test_it_that_stands_for_what_follows_points_at_nothing(words: str):
    assert is_impersonal(words)
    assert not leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "It has shown that ferries pay.",
        "It agreed that the ferry be sold.",
        "It is arguing that ferries pay.",
        "It is confident that ferries pay.",
        "It was told that the ferry had been sold.",
        "It was closed that winter.",
        "It was sold that March to the town.",
        "It was found that September.",
        "It was closed that decade, as boats leaked.",
        "It was made fast that side of the quay.",
        "It was sold that way.",
        "It was so late that nobody waited.",
        "It is not that I like ferries.",
        "It is a scheme to sell the ferry.",
        "It is a boat that nobody wants.",
        "It is a disgrace to the town.",
        "It is unfair to passengers in winter.",
        "It is cheaper to run than a bridge.",
        "It is expected to cost a million.",
        "It is easier.",
        "It is not enough to mend the ferry.",
        "It is not safe to go down there.",
        "It would be wrong to sell it.",
        "It is legal to moor in most harbours.",
        "It is safe to drink cold.",
        "It is illegal to sail near beaches.",
        "It is costly to repair well.",
        "It is cheap to keep every summer.",
        "It is cheap to keep a whole summer.",
        "It is useful to keep outdoors.",
        "It is rare to see at sea.",
        "It is nice to live in.",
        "It is cheaper to moor Sundays.",
        "It is wrong to teach both at school and at sea.",
        "It is a joy to sail in summer.",
        "It is wrong to keep sailing.",
        "It is the task of the harbour board to repair.",
        "It is foolish to ignore that.",
    ],
)
def test_it_that_was_named_before_still_points_back(words: str):
    assert not is_impersonal(words)
    assert leans(words)


@pytest.mark.parametrize(
    "part",
    [
        "also ",
        "not very well ",
        "thought by ",
        "a",
        "wrong of ",
        "wrong for a to ",
        "the duty of ",
        "a-b ",
        "(",
        "it is ",
        "to a ",
        "old ",
        "boats",
        "that ",
    ],
)
@pytest.mark.parametrize(
    "opening",
    [
        "",
        "It ",
        "It is ",
        "It has ",
        "It is thought by ",
        "It is wrong for ",
        "It is a ",
        "It is the duty of ",
        "It is wrong to sell ",
        "It is known that ",
    ],
)
def test_an_opening_without_end_is_read_in_proportion(opening: str, part: str):
    assert_in_proportion(lambda size: partial(is_impersonal, opening + part * size), 50_000)
