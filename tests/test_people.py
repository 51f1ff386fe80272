"""People: everybody whose words a generation holds, each once, with offices and forms of the name."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes import HashEncoder, settings_below, write_corpus

from pullquote.errors import IndexMissing, NotFound
from pullquote.index.generation import Generation
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice.book import VoiceBook
from pullquote.voice.people import People, Person, call

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


SAME_FAMILY = {
    "roads/one.txt": "GREEN: Roads are good.\n\nMR. POLE: No, they are not.\n\nMR. GREEN: I say they are.\n",
    "roads/two.txt": "MR. GREEN: Roads pay.\n\nMS. POLE: I doubt that.\n\nMR. GREEN: We will see.\n",
    "roads/three.md": "---\nauthor: Al Green\n---\nRoads cost money.\n",
    "schools/one.txt": "MR. GREEN: Schools are good.\n\nMR. REED: I agree with that.\n\nMR. GREEN: Thank you.\n",
    "schools/two.txt": "MS. GREEN: Schools open.\n\nMR. REED: We close.\n\nMS. GREEN: I see.\n",
    "homes/one.md": "---\nauthor: Al Green\n---\n“Homes are dear,” said Mr. Green.\n",
    "homes/two.md": "---\nauthor: Ida Green\n---\nHomes are cheap.\n",
    "homes/three.txt": "MR. GREEN: Homes are good.\n\nMR. REED: I agree.\n\nMR. GREEN: Thank you.\n",
}


@pytest.fixture(scope="module")
def greens(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The documents of everybody of one family name."""
    folder = tmp_path_factory.mktemp("greens")
    write_corpus(folder / "corpus", SAME_FAMILY)
    generation = index_corpus(settings_below(folder), HashEncoder()).generation
    paths = [row.path.removesuffix(".md").removesuffix(".txt") for row in generation.rows]
    everybody = People(generation).all
    return {person.id: {paths[number] for number in person.documents} for person in everybody}


def test_a_family_name_alone_means_whoever_bears_it_in_the_document_else_in_the_debate(
    greens: dict[str, set[str]],
):
    assert {"roads/one", "roads/two", "roads/three", "homes/one"} <= greens["al-green"]


def test_a_family_name_alone_that_fits_nobody_or_several_stays_within_its_debate(
    greens: dict[str, set[str]],
):
    bare = [documents for name, documents in greens.items() if name.startswith("mr-green")]
    assert sorted(map(sorted, bare)) == [["homes/three"], ["schools/one"]]
    assert greens["ms-green"] == {"schools/two"}
    assert greens["mr-pole"] == {"roads/one"}
    assert greens["ida-green"] == {"homes/two"}


@pytest.mark.parametrize(
    ("office", "kept"),
    [
        ("President", True),
        ("Secretary of Health and Human Services", True),
        ("When President", False),
        ("As President", False),
        ("President Ann Lee and Vice President", False),
    ],
)
def test_an_office_that_is_cut_badly_is_dropped(office: str, kept: bool):
    person = Person("ann-lee", "Ann Lee", "Lee", "Ann")
    call(person, "Ann Lee", office)
    assert bool(person.offices) is kept


def test_who_only_passes_words_on_has_no_place():
    voices = [[0, 0, 9, "reported", "Ann Lee", ["Bo Reed"], None, True, False, False]]
    record = json.dumps({"voices": voices, "verdicts": [], "speech": False}).encode()
    desk = SimpleNamespace(speakers={})
    book = VoiceBook(SimpleNamespace(rows=[None], desk=desk, voice_record=lambda _: record))
    assert list(book.spoken()) == [(0, 0, "Ann Lee", True)]
    assert [name for _, _, name in book.named()] == ["Ann Lee", "Bo Reed"]
