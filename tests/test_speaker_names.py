"""Names of speakers: their capital in a line, and whether they are one or several."""

import pytest

from pullquote.voice import inline, opening
from pullquote.voice.number import Number, is_several, may_be_several, number_of
from pullquote.voice.pronouns import fits


@pytest.mark.parametrize(
    ("name", "inside", "first"),
    [
        ("Some observers", "some observers", "Some observers"),
        ("the DEA", "the DEA", "The DEA"),
        ("The White House", "the White House", "The White House"),
        ("Amnesty International", "Amnesty International", "Amnesty International"),
        ("al-Qaida", "al-Qaida", "al-Qaida"),
        ("merchants", "merchants", "Merchants"),
        ("Four members", "four members", "Four members"),
        ("Teachers", "teachers", "Teachers"),
        ("Police and fire officials", "police and fire officials", "Police and fire officials"),
        ("Opponents of the ban", "opponents of the ban", "Opponents of the ban"),
        ("Teachers Union", "Teachers Union", "Teachers Union"),
        ("Lawyers for Peace", "Lawyers for Peace", "Lawyers for Peace"),
        ("Greenpeace activists", "Greenpeace activists", "Greenpeace activists"),
        ("Six Nations", "Six Nations", "Six Nations"),
        ("Bell", "Bell", "Bell"),
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
        "the police",
        "the Joneses",
        "The Zetas",
        "doctors' groups",
        "Lee and Chen",
        "Companies",
        "The Harbor Traders",
        "71 percent of the sheriffs",
        "a fair amount of historians",
        "half of the voters",
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
        "the Ministry of Works and Pensions",
        "Congress",
        "The Times",
        "the Netherlands",
        "Starbucks",
        "Hastings",
        "The historian Ann Rogers",
        "half of the country",
        "Johnson & Johnson",
        "x of y and the ",
        "",
    ],
)
def test_a_speaker_is_one_where_the_name_leaves_it_open(name: str) -> None:
    assert not is_several(name)


@pytest.mark.parametrize(
    "name", ["the United States", "the New York Times", "Starbucks", "James", "Lee & Chen", "Physicians for Peace"]
)
def test_a_name_that_fits_one_and_several_is_left_open(name: str) -> None:
    assert number_of(name) is Number.OPEN
    assert may_be_several(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Rogers",
        "The historian Ann Rogers",
        "Lee, a baker and a mayor",
        "Congress",
        "Human Rights Watch",
        "a farmers' union",
    ],
)
def test_a_name_that_can_only_mean_one_is_never_taken_for_several(name: str) -> None:
    assert number_of(name) is Number.ONE


@pytest.mark.parametrize(
    ("pronoun", "name", "meant"),
    [
        ("they", "the police", True),
        ("it", "the police", False),
        ("they", "The Joneses", True),
        ("he", "The Joneses", False),
        ("they", "Lee and Chen", True),
        ("it", "Lee and Chen", False),
        ("it", "the Ministry of Works and Pensions", True),
        ("they", "the United States", True),
        ("it", "the United States", True),
        ("she", "The historian Ann Rogers", True),
        ("they", "The historian Ann Rogers", False),
        ("he", "Hastings", True),
        ("she", "Borings", False),
        ("it", "critics of the plan", False),
    ],
)
def test_a_pronoun_means_a_name_of_its_number(pronoun: str, name: str, meant: bool) -> None:
    assert fits(pronoun, name) is meant
