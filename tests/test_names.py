"""Names: who an author line names, and whether two names can be one person's."""

from fakes import rows

from pullquote.voice.names import (
    Name,
    authors_of,
    fold,
    is_several,
    names_of,
    parsed,
    same_person,
    straight_line,
)
from pullquote.voice.offices import without_office


@rows("line, names")
def test_an_author_line_names_people_and_bodies(line, names):
    assert names_of(line) == names


@rows("name, family, given")
def test_a_name_has_a_family_name_and_given_names(name, family, given):
    found = parsed(name)
    assert (found.family, found.given) == (family, given)


@rows("line, said")
def test_an_author_line_is_told_with_the_family_name_last_and_else_as_it_is_recorded(line, said):
    assert straight_line(line) == said


@rows("one, other, same")
def test_two_names_are_one_persons_where_the_family_name_is_one_and_the_given_names_fit(
    one, other, same
):
    assert same_person(one, other) is same


@rows("name")
def test_a_name_is_that_of_several(name):
    assert is_several(name)


@rows("name")
def test_a_name_is_that_of_one(name):
    assert not is_several(name)


def test_initials_and_order_are_those_of_citations():
    (name,) = authors_of("Sartre, Jean-Paul Marie")
    assert name == Name("Sartre", "Jean-Paul Marie")
    assert name.initials == "J.-P. M."
    assert name.inverted == "Sartre, Jean-Paul Marie"
    assert name.straight == "Jean-Paul Marie Sartre"


def test_folded_names_have_no_case_accents_or_points():
    assert fold("Calderón–Lee of the U.N.") == "calderon-lee of the un"


@rows("text, name")
def test_an_office_before_a_name_is_no_part_of_it(text, name):
    start = (
        max(text.find(" of ") + 4, text.find(" for ") + 5)
        if " of " in text or " for " in text
        else 0
    )
    assert without_office(text, start, len(text)) == name
