"""People: everybody whose words a generation holds, each once, with offices and forms of the name."""

from dataclasses import replace

import pytest
from fakes import HashEncoder, settings_below, write_corpus

from pullquote.errors import IndexMissing, NotFound
from pullquote.index.generation import Generation
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice.people import People

FILES = {
    "tolls/one.md": "---\ntitle: For\nauthor: Sen. Ada Finch\n---\nTolls work. They pay for roads.\n",
    "tolls/two.md": "---\ntitle: Against\nauthor: Carl Finch\n---\nA fuel tax is cheaper.\n",
    "tolls/three.txt": "MS. FINCH: Tolls are fair.\n\nMR. REED: I doubt that.\n\nHOUSE MAJORITY WHIP IDA QUILL: We vote.\n",
    "tolls/four.md": "---\ntitle: More\nauthor: Ada M. Finch\n---\nSenator Ada Finch came. Tolls rise.\n",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory) -> Generation:
    folder = tmp_path_factory.mktemp("people")
    write_corpus(folder / "corpus", FILES)
    return index_corpus(settings_below(folder), HashEncoder()).generation


@pytest.fixture(scope="module")
def people(generation: Generation) -> People:
    return People(generation)


def test_two_of_one_family_name_stay_two_and_forms_of_one_join(people: People):
    finches = [person for person in people.all if person.family == "Finch"]
    assert {"Ada M. Finch", "Carl Finch"} <= {person.name for person in finches}
    ada = people.one("Ada Finch")
    assert {"Sen. Ada Finch", "Ada M. Finch"} <= {*ada.forms}
    assert len(ada.documents) == 2
    assert "Sen." in ada.offices


@pytest.mark.parametrize("name", ["ada-m-finch", "ADA FINCH", "A. Finch", "Ada M. Fimch"])
def test_somebody_is_found_by_any_form_and_with_one_letter_mistyped(people: People, name: str):
    assert people.one(name).name == "Ada M. Finch"


def test_an_unknown_name_is_answered_with_the_nearest_and_one_of_several_with_their_ids(
    people: People,
):
    with pytest.raises(NotFound, match="Ada M. Finch"):
        people.one("Adam Flinch")
    with pytest.raises(NotFound, match=r"\(carl-finch\)"):
        people.one("Finch")


def test_an_index_without_people_opens_and_says_what_to_run(generation: Generation):
    older = Generation(
        replace(generation.card), generation.numbering.shards, {}, engine=generation.engine
    )
    with pytest.raises(IndexMissing, match="pullquote index"):
        People(older)
