"""Names: who an author line names, and whether two names can be one person's."""

from functools import partial

import pytest
from growth import assert_in_proportion

from pullquote.voice.names import Name, authors_of, fold, is_several, names_of, parsed, same_person, straight_line


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (None, ()),
        ("Plato", ("Plato",)),
        ("Human Rights Watch", ("Human Rights Watch",)),
        ("White House Office", ("White House Office",)),
        ("Penwith Chamber of Trade and Industry", ("Penwith Chamber of Trade and Industry",)),
        ("Health and Safety Executive", ("Health and Safety Executive",)),
        ("Road & Rail Executive", ("Road & Rail Executive",)),
        ("Hosken & Sons", ("Hosken & Sons",)),
        ("Governments of Aldermoor and Ostrevia", ("Governments of Aldermoor and Ostrevia",)),
        ("US Department of State; Office of Roads", ("US Department of State", "Office of Roads")),
        ("Personnel Agency, Federated States", ("Personnel Agency, Federated States",)),
        ("Ann Lee and Bo Chen", ("Ann Lee", "Bo Chen")),
        ("Ann Lee, Bo Chen and Cy Ray", ("Ann Lee", "Bo Chen", "Cy Ray")),
        ("Lee, Ann; Chen, Bo", ("Ann Lee", "Bo Chen")),
        ("García Márquez, Gabriel; Vargas Llosa, Mario", ("Gabriel García Márquez", "Mario Vargas Llosa")),
        ("Lee, Ann and Chen, Bo", ("Ann Lee", "Bo Chen")),
        ("van der Berg, Jan Piet", ("Jan Piet van der Berg",)),
        ("King, Martin Luther, Jr.", ("Martin Luther King Jr.",)),
        ("Lee, A., Chen, B., & Roe, C. M.", ("A. Lee", "B. Chen", "C. M. Roe")),
        ("Ann Lee and the Oak Alliance", ("Ann Lee", "the Oak Alliance")),
        ("Oxfam and Greenpeace", ("Oxfam", "Greenpeace")),
        ("Rowe, Sir Piran", ("Sir Piran Rowe",)),
        ("Wenna Rowe, MP", ("Wenna Rowe",)),
        ("Ann Lee, Reuters", ("Ann Lee",)),
        ("Marcus Threlfall, energy analyst, Center for Restraint", ("Marcus Threlfall",)),
        ("P. Lindqvar and H. Sato-Bell, School of Law, University of Tarn", ("P. Lindqvar", "H. Sato-Bell")),
    ],
)  # fmt: skip
def test_an_author_line_names_people_and_bodies(line, names):
    assert names_of(line) == names


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Sen. Patrick Leahy", "Leahy", "Patrick"),
        ("Ursula von der Leyen", "von der Leyen", "Ursula"),
        ("Di Wu", "Wu", "Di"),
        ("the defence secretary, Bo Reed", "Reed", "Bo"),
        ("US defence secretary Bo Reed", "Reed", "Bo"),
        ("Ann Lee, the mayor", "Lee", "Ann"),
        ("President Roe", "Roe", ""),
        ("Drug Enforcement Administration (DEA)", "Drug Enforcement Administration", ""),
        ("The Economist", "The Economist", ""),
        ("the mayor of Roeville", "the mayor of Roeville", ""),
    ],
)
def test_a_name_has_a_family_name_and_given_names(name, family, given):
    found = parsed(name)
    assert (found.family, found.given) == (family, given)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (None, None),
        ("Lee, Ann; Chen, Bo", "Ann Lee and Bo Chen"),
        ("Finch, A., Reed, B., & Dow, C.", "A. Finch, B. Reed and C. Dow"),
        ("Ada Finch MP, Bo Reed", "Ada Finch MP, Bo Reed"),
        ("Joseph R. Roe, Jr.", "Joseph R. Roe, Jr."),
        ("Marcus Threlfall, energy analyst", "Marcus Threlfall, energy analyst"),
        ("Hosken & Sons", "Hosken & Sons"),
    ],
)
def test_an_author_line_is_told_with_the_family_name_last_and_else_as_it_is_recorded(line, said):
    assert straight_line(line) == said


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Roe", "President Ann Roe", True),
        ("Felipe Calderon", "Felipe Calderón", True),
        ("A. Lee", "Ann Lee", True),
        ("Rob Lee", "Robert M. Lee", True),
        ("Theodore Roe", "Ted Roe", True),
        ("Bo Lee", "Ann Lee", False),
        ("Marie Lee", "Ann Marie Lee", False),
        ("Ann Lee", "Ann Roe", False),
        ("Bo Roe Jr.", "Bo Roe", False),
        ("Bo Roe", "Bo Roe Jr.", True),
        ("the White House", "White House", True),
        ("Oak Agency", "Oak Council", False),
    ],
)
def test_two_names_are_one_persons_where_the_family_name_is_one_and_the_given_names_fit(one, other, same):
    assert same_person(one, other) is same


@pytest.mark.parametrize(
    "name",
    ["critics", "Critics of the plan", "Some observers, including the Rand Corporation", "Peru and Chile", "the police",
     "Ann Lee, Bob Bell and Cy Dow", "The president and Ann Lee", "the Zetas", "human rights activists"],
)  # fmt: skip
def test_a_name_is_that_of_several(name):
    assert is_several(name)


@pytest.mark.parametrize(
    "name",
    ["the United States", "Human Rights Watch", "Rogers", "the Food and Drug Administration", "a group of experts",
     "The home secretary, Maria Lopez", "Bob Bell, a member of the board and the head of the union", "Congress", ""],
)  # fmt: skip
def test_a_name_is_that_of_one(name):
    assert not is_several(name)


def test_initials_and_order_are_those_of_citations():
    (name,) = authors_of("Sartre, Jean-Paul Marie")
    assert name == Name("Sartre", "Jean-Paul Marie")
    assert (name.initials, name.inverted, name.straight) == (
        "J.-P. M.",
        "Sartre, Jean-Paul Marie",
        "Jean-Paul Marie Sartre",
    )


def test_folded_names_have_no_case_accents_or_points():
    assert fold("Calderón–Lee of the U.N.") == "calderon-lee of the un"


@pytest.mark.parametrize("part", ["Lee, Ann; ", "Al Roe and ", "van der ", "A., ", "Jr. ", ",  ", "the ", "("])
def test_a_line_without_end_is_read_in_proportion(part):
    assert_in_proportion(lambda size: partial(straight_line, part * size), 20_000)
