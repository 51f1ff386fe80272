"""Names of speakers: their capital in a line, and whether they are one or several."""

import pytest

from pullquote.voice import inline, opening
from pullquote.voice.phrases import is_several


@pytest.mark.parametrize(
    ("name", "inside", "first"),
    [
        ("Some observers", "some observers", "Some observers"),
        ("the DEA", "the DEA", "The DEA"),
        ("The White House", "the White House", "The White House"),
        ("Amnesty International", "Amnesty International", "Amnesty International"),
        ("al-Qaida", "al-Qaida", "al-Qaida"),
    ],
)
def test_a_speaker_has_a_capital_by_its_place_in_the_line(name: str, inside: str, first: str):
    assert (inline(name), opening(name)) == (inside, first)


@pytest.mark.parametrize(
    "name",
    [
        "critics",
        "Experts",
        "Critics of the plan",
        "Some observers, including the Rand Corporation",
        "Our northern counterparts",
        "The Governors from Ohio and New York",
        "Senate Democrats",
        "Peru and Chile",
        "Ann Lee, Bob Bell and Cy Dow",
        "Ann Lee; Bob Bell",
        "The president and Ann Lee",
        "The Senate and the Supreme Court",
        "the mayor of Rome and the bishop of Milan",
        "Lawyers and doctors",
        "The men of the village",
        "Police",
        "Traders",
        "Shopkeepers",
        "Cyclists",
        "Fishmongers",
    ],
)
def test_speakers_who_are_several_are_known_by_their_name(name: str) -> None:
    assert is_several(name)


@pytest.mark.parametrize(
    "name",
    [
        "the United States",
        "Human Rights Watch",
        "American Addiction Centers",
        "Fox News",
        "Reuters",
        "Rogers",
        "Saunders",
        "Williams",
        "Meyers",
        "the Food and Drug Administration",
        "Health and Human Services",
        "the Department of Health and Human Services",
        "the Centers for Disease Control and Prevention",
        "the Committee on Ways and Means",
        "Physicians for Human Rights",
        "The home secretary, Maria Lopez",
        "Bob Bell, a member of the board and the head of the union",
        "a study by Ann Lee and Bob Bell",
        "one of the critics",
        "a group of experts",
        "Professor Jones of Yale",
        "x of y and the ",
        "",
    ],
)
def test_a_speaker_is_one_where_the_name_leaves_it_open(name: str) -> None:
    assert not is_several(name)
