"""Names: whom they stand for, and whom a name in a question means among the speakers of a generation."""

from dataclasses import replace

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus
from growth import assert_in_proportion

from pullquote.answers.calibrate import Reason
from pullquote.answers.decide import decide
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.spoken import UNHEARD, tempered
from pullquote.answers.spoken.asked import Asked, asked
from pullquote.answers.spoken.claimed import attribution
from pullquote.answers.spoken.greetings import only_greets
from pullquote.answers.spoken.namesake import namesakes
from pullquote.answers.spoken.naming import Body, Person, fold, named, signed
from pullquote.answers.spoken.offices import is_title
from pullquote.corpus.authors import Author, authors_of, straight_line
from pullquote.corpus.documents import Source
from pullquote.corpus.givennames import is_given_name
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice import Voice, VoiceKind
from pullquote.voice.joint import listed
from pullquote.voice.labels import surname
from pullquote.voice.mentions import people_in


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("US defence secretary Bo Reed", Person(("reed",), ("bo",), frozenset({"secretary"}))),
        ("The toll secretary, Bo Reed", Person(("reed",), ("bo",), frozenset({"secretary"}))),
        ("Bo Reed, U.S. Ambassador to Roeland", Person(("reed",), ("bo",), frozenset({"ambassador"}))),
        ("Senator Reed", Person(("reed",), (), frozenset({"senator"}))),
        ("Rep. Ada Finch-Lee", Person(("finch", "lee"), ("ada",), frozenset({"rep"}))),
        ("President Bo R. Reed Jr.", Person(("reed",), ("bo", "r"), frozenset({"president"}), "jr")),
        ("Felipe Calderón", Person(("calderon",), ("felipe",))),
        ("TRUSTEE REED", Person(("reed",), (), frozenset({"trustee"}))),
        ("Selectwoman Ada Finch", Person(("finch",), ("ada",), frozenset({"selectwoman"}))),
    ],
)
def test_a_person_is_known_by_family_name_given_name_and_office(name, person):
    assert person in named(name)


@pytest.mark.parametrize(
    "office",
    ["Harbour Manager", "City Engineer", "Fire Chief", "District Attorney", "Public Works Director", "School Superintendent",
     "County Executive", "Health Officer", "Housing Minister", "State Sen.", "Leeland Fire Marshal", "Engineer",
     "US Deputy Attorney General", "US Congresswoman", "Roe Bank President", "Chief Executive Officer"],
)  # fmt: skip
def test_no_word_of_an_office_of_several_words_is_taken_for_a_given_name(office):
    (known,) = named(f"{office} Ada Finch")
    assert (known.given, known.family) == (("ada",), ("finch",))
    (short,) = named(f"{office} Finch")
    assert (short.given, short.family) == ((), ("finch",))


@pytest.mark.parametrize("name", ["Ada Marshal Finch", "Ada King Roe Finch", "Ada Judge Finch", "Ada Clerk Roe Finch"])
def test_a_middle_name_that_may_be_an_office_stays_one(name):
    assert named(name)[0].given == tuple(name.lower().split()[:-1])


def test_an_office_alone_is_no_person():
    assert not any(isinstance(one, Person) for one in named("Harbour Manager"))


def test_whoever_speaks_under_an_office_of_several_words_is_found_by_full_name(settle):
    settings = settle(
        {
            "harbour/report.txt": "Harbour Manager Hugo Holt said that the mud was deep. “It is clean,” Holt said.\n",
            "harbour/column.txt": "Boats need water. Everybody in town knows that the harbour must be dredged soon.\n",
        }
    )
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    for name in ("Hugo Holt", "Holt", "Harbour Manager Holt", "the harbour manager Hugo Holt"):
        assert witness(explainer, name).speakers
    history = (Turn("Why must the harbour be dredged?"), Turn("Who disagrees?"))
    answer = explainer.ask(Query(question="And Hugo Holt?", history=history))
    assert {one.quote.document.id for one in answer.citations} == {"report"}


def test_nobody_joined_to_another_is_lost_before_an_office():
    people = [one.family for one in named("Harbour Manager Bo Lee and Fire Chief Al Roe") if isinstance(one, Person)]
    assert people == [("lee",), ("roe",)]
    assert Body(frozenset({"roe", "institute"}), frozenset({"USRI"}), "Roe Institute") in named(
        "Roe Institute and Harbour Manager Bo Lee"
    )


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (("harbour", "wrangler", "ada"), True),  # an office that no list has
        (("ann", "bo", "ada"), False),
        (("harbour", "j", "ada"), False),
        (("roe", "ada"), False),
    ],
)
def test_a_given_name_is_found_behind_an_office_that_is_not_known_but_not_behind_another_name(known, found):
    assert bool(namesakes(Person(("finch",), ("ada",)), [Person(("finch",), known)])) is found


@pytest.mark.parametrize(
    "title", ["Trustee", "Supervisor", "Moderator", "Detective", "Pastor", "Coach", "Member", "Mr", "Sen"]
)
def test_one_list_of_titles_is_read_in_names_labels_and_sentences(title):
    assert is_title(title)
    assert is_title(title.upper())
    assert [one.name for one in people_in(f"{title} Reed was late.")] == [f"{title} Reed"]
    assert surname(f"{title.upper()} REED") == ("" if title in {"Mr", "Sen"} else "REED")  # beside a known name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Some observers, including the US-based Rivertown Office on Late Arrivals", "ROLA"),
        ("the Bridge Safety Administration (BSA)", "BSA"),
        ("An unreleased Bridge Safety Agency report", "BSA"),
        ("Provisional data from the Bridge Safety Agency", "BSA"),
        ("the U.N. Office on Tolls and Bridges", "UNOTB"),
        ("our Justice Department", "DOJ"),
        ("American Automobile Association", "AAA"),
    ],
)
def test_a_body_is_known_by_its_initials_too(name, short):
    assert any(short in one.short for one in named(name) if isinstance(one, Body))


@pytest.mark.parametrize(
    "name",
    [
        "critics of the plan",
        "A leaked memo sent to Congress",
        "One of the sheriffs down in Roeland",
        "the Governors from Roeland and New Leeland",
        "Roeland's current president",
        "the senator from Roeland",
        "happened after Roe",
    ],
)
def test_a_description_names_nobody(name):
    assert named(name) == ()


@pytest.mark.parametrize(
    "name", ["", "and", "US-based and Lee", "Lee and US-based", "Jr.", "The", "’s", "Mr. Jr.", "A and B"]
)
def test_odd_names_do_no_harm(name):
    assert all(isinstance(one, Person | Body) for one in (*named(name), *signed(name)))


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Ada Finch of the Growers' League", Person(("finch",), ("ada",))),
        ("Ada Finch of the Grower’s League", Person(("finch",), ("ada",))),
        ("Professor Ada Finch of the Leeland School of Economics", Person(("finch",), ("ada",), frozenset({"professor"}))),
        ("Ada de la Cruz from the University of Leeland", Person(("de", "la", "cruz"), ("ada",))),
        ("Lord Reed of Leeland", Person(("reed",), (), frozenset({"lord"}))),
        ("Cllr. Ada Finch at Leeland Council", Person(("finch",), ("ada",), frozenset({"cllr"}))),
    ],
)  # fmt: skip
def test_a_person_is_known_beside_the_body_or_the_place_they_are_of(name, person):
    assert person in named(name)


@pytest.mark.parametrize(
    "name",
    [
        "Friends of the River",
        "Bridge Rights Watch of New Leeland",
        "Attorney General of Leeland",
        "Lord Mayor of Roeland",
    ],
)
def test_an_office_or_a_body_of_a_place_is_nobody(name):
    assert not any(isinstance(one, Person) for one in named(name))


@pytest.mark.parametrize(
    "name",
    [
        "Roe Club of Leeland",
        "Daily Mail of Leeland",
        "Red Crescent of Roeland",
        "Lee Orchestra of Roeland",
        "Harrow Growers",
        "Holiday Hosts of Roeland",
    ],
)
def test_a_body_is_no_person_of_its_last_word(name):
    assert named(name)
    assert not any(isinstance(one, Person) for one in named(name))


@pytest.mark.parametrize("name", ["Ann Chambers", "Bo Peters of the Roe Club", "Ann Rivers", "Bo Cross"])
def test_a_family_name_may_look_like_a_plural_or_a_common_noun(name):
    assert any(isinstance(one, Person) for one in named(name))


@pytest.mark.parametrize(
    "name",
    ["The Department for Food, Farms and Rural Affairs", "The Food, Farms and Countryside Commission"],
)
def test_a_body_whose_name_has_commas_is_not_several(name):
    assert listed(name) == [name]


def test_the_offices_that_somebody_holds_are_no_list_of_speakers():
    assert named("Bo Reed, Secretary of State for Health and Social Care") == (
        Person(("reed",), ("bo",), frozenset({"secretary"})),
    )


def test_a_line_of_authors_is_taken_apart():
    found = signed("Dr. Ada Finch and Bo Reed, Roe Institute for Tolls")
    assert {one.family for one in found if isinstance(one, Person)} == {("finch",), ("reed",)}
    assert frozenset({"roe", "institute", "tolls"}) in {one.words for one in found if isinstance(one, Body)}


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Finch, Ada", Person(("finch",), ("ada",))),
        ("Finch, Ada; Reed, Bo", Person(("reed",), ("bo",))),
        ("Finch, A. M.; Bridge Safety Agency", Person(("finch",), ("a", "m"))),
        ("Finch-Lee, Ada and Bo Reed", Person(("finch", "lee"), ("ada",))),
        ("van der Marsh, Ada", Person(("van", "der", "marsh"), ("ada",))),
        ("Marsh, Ada van der", Person(("van", "der", "marsh"), ("ada",))),
        ("Reed Finch, Ada", Person(("finch",), ("ada", "reed"))),
        ("Ada Finch, Reuters", Person(("finch",), ("ada",))),
        ("Senator Bo Reed Jr.; Finch, Ada", Person(("reed",), ("bo",), frozenset({"senator"}), "jr")),
    ],
)
def test_an_author_is_the_same_person_whichever_name_is_written_first(line, person):
    assert person in signed(line)


def test_a_given_name_before_which_a_comma_stands_is_nobody_by_itself():
    assert Body(frozenset({"ada"})) not in signed("Finch, Ada")
    assert Body(frozenset({"reuters"})) in signed("Ada Finch, Reuters")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Finch, Ada", "Ada Finch"),
        ("Finch, Ada; Reed, Bo", "Ada Finch and Bo Reed"),
        ("Finch, Ada; Reed, Bo; Cy Dow", "Ada Finch, Bo Reed and Cy Dow"),
        ("Finch, Ada; Office of Tolls and Ferries", "Ada Finch; Office of Tolls and Ferries"),
        ("Finch, Dr. Ada, MP", "Ada Finch"),
        ("Marsh, Ada van der", "Ada van der Marsh"),
        ("Sen. Ada Finch", "Sen. Ada Finch"),
        ("Ada Finch MP, Bo Reed Jr. and Cy Dow", "Ada Finch MP, Bo Reed Jr. and Cy Dow"),
        ("Ada Finch, Reuters", "Ada Finch, Reuters"),
        ("Finch, who keeps the toll", "Finch, who keeps the toll"),
        ("Finch, Ada (Toll Watch)", "Finch, Ada (Toll Watch)"),
        ("The Food, Farms and Roads Commission", "The Food, Farms and Roads Commission"),
        ("Quayside, Tollwise and Ferrynow", "Quayside, Tollwise and Ferrynow"),
        (";", ";"),
        ("", ""),
        (None, None),
    ],
)
def test_a_line_of_authors_is_told_with_the_family_name_last_and_else_as_it_is_recorded(line, said):
    assert straight_line(line) == said


@pytest.mark.parametrize(
    "line",
    [
        "Quayside, Tollwise",
        "Tollwise, Elmwick",
        "TWN, Elmwick",
        "TWN, Ada",
        "Observer, Ada Finch",
        "Quayside, Ada Ferrynow",
        "Leader, The Tollwise",
        "Anonymous, Tollwise",
        "Anonymous, Elmwick; Observer, Roeville",
        "De Tolwijzer, Elmwick",
        "Tollwise, U.K.",
        "Tollwise, Elmwick and Finch, Ada",
        "Finch, Zbyněk",
    ],
)
def test_an_outlet_before_its_town_or_another_outlet_is_no_family_name(line):
    assert straight_line(line) == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Finch, A.", "A. Finch"),
        ("Finch, A", "A Finch"),
        ("Finch, É. M.", "É. M. Finch"),
        ("Finch, Dame Zbyňka", "Zbyňka Finch"),
        ("Finch, José", "José Finch"),
        ("Finch, Jean-Paul", "Jean-Paul Finch"),
        ("van der Marsh, Jan", "Jan van der Marsh"),
        ("Finch, Zbyněk; Reed, Kwabena", "Zbyněk Finch and Kwabena Reed"),
        ("Tollwise, Elmwick; TWN, Roeville; Finch, Ada", "Tollwise, Elmwick; TWN, Roeville; Ada Finch"),
    ],
)
def test_a_family_name_is_first_before_initials_a_title_or_a_common_given_name_and_in_a_row_of_such(line, said):
    assert straight_line(line) == said


def test_a_person_is_looked_up_by_a_name_that_may_be_turned():
    assert Person(("finch",), ("zbynek",)) in signed("Finch, Zbyněk")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Finch, A., Reed, B., & Dow, C.", "A. Finch, B. Reed and C. Dow"),
        ("Finch, A. M., Reed, B., Dow, C.", "A. M. Finch, B. Reed and C. Dow"),
        ("Finch-Lee, J.-P., Marsh, B. and Cy Dow", "J.-P. Finch-Lee, B. Marsh and Cy Dow"),
        ("Finch, A., & Tollwise", "A. Finch and Tollwise"),
        ("Finch, Ada, Reed, Bo, and Dow, Cy", "Finch, Ada, Reed, Bo, and Dow, Cy"),
        ("Finch, Ada, Bo Reed and Cy Dow", "Finch, Ada, Bo Reed and Cy Dow"),
        ("Finch, Ada, Reed, B.", "Finch, Ada, Reed, B."),
        ("Finch, A., Reed, B., Tollwise", "Finch, A., Reed, B., Tollwise"),
    ],
)
def test_a_list_of_references_is_told_name_by_name_where_each_has_initials_and_else_as_it_is_recorded(line, said):
    assert straight_line(line) == said


def test_in_a_citation_each_name_with_initials_is_one_author_and_names_that_cannot_be_told_apart_stay_together():
    assert authors_of("Finch, A. M., Reed, B., & Dow, C.") == (
        Author("Finch", "A. M."),
        Author("Reed", "B."),
        Author("Dow", "C."),
    )
    assert authors_of("Finch, Ada, Reed, Bo") == (Author("Finch, Ada, Reed, Bo"),)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Finch, Ada Mae, Jr.", "Ada Mae Finch Jr."),
        ("Finch Jr., Ada Mae", "Ada Mae Finch Jr."),
        ("Finch III, Bo", "Bo Finch III"),
        ("Finch, Bo, Sr.; Reed, Ada", "Bo Finch Sr. and Ada Reed"),
        ("Finch, Bo and Reed, Tom, Jr.", "Finch, Bo and Reed, Tom, Jr."),
    ],
)
def test_a_junior_stays_a_junior_where_the_family_name_was_first(line, said):
    assert straight_line(line) == said


def test_no_common_given_name_is_a_well_known_place():
    assert not any(
        map(is_given_name, ("Florence", "London", "Paris", "Sydney", "León", "Victoria", "Jordan", "Georgia"))
    )


def test_authors_between_semicolons_are_persons_beside_a_body_and_single_words_are_one_each():
    assert authors_of("Finch, Ada; Toll Institute") == (Author("Finch", "Ada"), Author("Toll Institute"))
    assert authors_of("Quayside, Tollwise and Ferrynow") == tuple(map(Author, ("Quayside", "Tollwise", "Ferrynow")))


@pytest.mark.parametrize(
    "part",
    [
        "Lee, Ann; ", "Lee, ", "Al Roe and ", "Roe van der ", "van der ", "A and ", "Roe-", "Mr. ", "Lee, A., ", "A. ", "A.-",
        "Lee, Jr., ", "Jr. ", ", the ", ",  ", "II ", "Ann-", "Lee, Ann and ",
    ],
)  # fmt: skip
def test_a_line_of_authors_is_read_in_time_that_grows_with_its_length(part):
    assert_in_proportion(lambda size: lambda: (straight_line(part * size), signed(part * size)), 20_000)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Al Reed", Person(("reed",), ("al",))),
        ("Di Finch", Person(("finch",), ("di",))),
        ("Senator Van Marsh", Person(("marsh",), ("van",), frozenset({"senator"}))),
        ("Della Reed of the Growers' League", Person(("reed",), ("della",))),
        ("Al van der Reed", Person(("van", "der", "reed"), ("al",))),
        ("Ada De La Cruz", Person(("de", "la", "cruz"), ("ada",))),
        ("Ms. van der Reed", Person(("van", "der", "reed"), (), frozenset({"ms"}))),
    ],
)
def test_a_particle_with_a_capital_at_the_front_is_a_given_name_and_else_of_the_family_name(name, person):
    assert person in named(name)


def test_names_are_compared_without_case_accents_and_points():
    assert fold("Calderón of the U.N.") == "calderon of the un"


def test_names_are_compared_with_whatever_apostrophe_or_hyphen_they_are_written():
    assert fold("O’Reed‑Lee") == fold("O'Reed-Lee")


FILES = {
    "tolls/finch.md": "---\ntitle: For tolls\nauthor: Sen. Ada Finch\npublisher: The Toll Review\n---\n"
    "Road tolls cut traffic jams. Senator Bo Reed said that tolls hit the poor hardest.\n",
    "tolls/other-finch.md": "---\ntitle: Against\nauthor: Carl Finch\n---\nA fuel tax is cheaper to collect.\n",
    "tolls/report.md": "---\ntitle: The Quill administration acts\nauthor: The Blue House\n---\n"
    "The Bridge Safety Agency says that old bridges fall. Roeland and Leeland have condemned the tolls. "
    "President Ida Quill built a bridge.\n",
    "tolls/vale.md": "---\ntitle: Roads\nauthor: President Joseph B. Vale Jr.\n---\nRoads need repair in every county. "
    "Senator Marsh said that tolls hit ferries hardest. "
    "Kurt Dray said that roads are long. Will there be xylophones? “Never,” he said. "
    "Bea Frost, Abe Stone and Una Hart argue that lanes should be narrow. "
    "Ada O’Marsh of the Ferry League said that ferries are slow. "
    "A note on a ferry reads “do not pay the toll, do not thank the keeper, do not come back”.\n",
    "tolls/letter.md": "---\ntitle: Letter\nauthor: President Ida Quill\n---\nBridges need money now.\n",
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    write_corpus(folder / "corpus", FILES)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


def witness(explainer, name, **more):
    ready = explainer._ready
    return ready.roster.witness(Asked(name, **more), ready.generation.documents_of(None))


def test_a_family_name_that_two_bear_means_both_and_a_given_name_tells_them_apart(ready):
    assert witness(ready, "Finch").documents == {"finch", "other-finch"}
    assert witness(ready, "Ada Finch").documents == {"finch"}
    assert witness(ready, "A. Finch").documents == {"finch"}
    assert not witness(ready, "Zoe Finch").known


@pytest.mark.parametrize(
    "name",
    ["Penelope Reed", "Rob Reed", "R. Reed", "Ann Quill", "Irene Quill", "Bess Vale", "Ann Vale", "Theo Vale"],
)
def test_a_near_given_name_is_another_persons(ready, name):
    found = witness(ready, name)
    assert not found.known
    assert found.name == name


@pytest.mark.parametrize(
    "name", ["Joe Vale", "Jos. Vale", "J. Vale", "Joseph Vale", "Joseph B. Vale", "Vale", "Mr. Vale"]
)
def test_a_short_form_or_an_initial_is_the_same_persons(ready, name):
    assert witness(ready, name).documents == {"vale"}


def test_another_middle_name_is_another_persons(ready):
    assert not witness(ready, "Joseph C. Vale").known


@pytest.mark.parametrize("name", ["Mrs. Reed", "Miss Finch", "Bo Reed Jr.", "Bo Reed III"])
def test_who_may_be_a_relative_is_left_to_the_ordinary_way(ready, name):
    assert witness(ready, name) is None


WOMEN = {
    "ferry/hearing.md": "---\ntitle: Hearing on the ferry\npublisher: The House\n---\n"
    "The CHAIR. We shall hear two of you on the ferry.\n\n"
    "Ms. ORDWAY. The ferry brings our pupils to school.\n\nMr. HALE. Why should the county pay for it?\n\n"
    "Ms. HALE. It is a road like any other one.\n\nMr. HALE. Roads are paid for by those who drive.\n",
    "ferry/letter.md": "---\ntitle: Letter\nauthor: Greta Pell\n---\nThe ferry is late on most days.\n",
    "ferry/other.md": "---\ntitle: Reply\nauthor: Abe Hale\n---\nThe ferry is late in fog alone.\n",
}


@pytest.fixture(scope="module")
def women(tmp_path_factory):
    folder = tmp_path_factory.mktemp("women")
    write_corpus(folder / "corpus", WOMEN)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


@pytest.mark.parametrize(
    ("name", "speaker"),
    [("Ms. Ordway", "ORDWAY"), ("Ms Ordway", "ORDWAY"), ("ms. ordway", "ORDWAY"), ("Miss Ordway", "ORDWAY"),
     ("Ms. Hale", "Ms. HALE"), ("Ms. Ordway and Ms. Hale", "HALE ORDWAY")],
)  # fmt: skip
def test_a_woman_whom_the_sources_address_so_too_is_found_by_it_and_no_man_of_her_name(women, name, speaker):
    found = witness(women, name)
    assert found.known
    assert all(any(word in label for label in found.speakers) for word in speaker.split())
    assert not any(label.startswith("Mr") for label in found.speakers)
    assert not found.documents


def test_a_form_of_address_before_a_full_name_that_the_sources_have_means_its_bearer(women):
    assert witness(women, "Ms. Greta Pell").documents == {"letter"}
    for relative in ("Mrs. Greta Pell", "Ms. Pell", "Ms. G. Pell", "Ms. Ann Pell", "Ms. Ordway and Mrs. Pell"):
        assert witness(women, relative) is None


def test_a_junior_is_found_as_a_junior(ready):
    assert witness(ready, "Joe Vale Jr.").documents == {"vale"}


@pytest.mark.parametrize("name", ["President Reed", "Senator Quill", "General Bo Reed", "Governor Ida Quill"])
def test_another_office_is_another_persons(ready, name):
    assert not witness(ready, name).known


@pytest.mark.parametrize("name", ["Sen. Reed", "President Quill", "former President Ida Quill", "Judge Carl Finch"])
def test_the_same_office_or_none_known_is_the_same_persons(ready, name):
    assert witness(ready, name).known


def test_an_office_tells_two_of_one_name_apart(ready):
    assert witness(ready, "Senator Finch").documents == {"finch"}


def test_who_is_known_by_office_and_family_name_only_is_found_by_the_full_name(ready):
    assert witness(ready, "Olga Marsh").known
    assert not witness(ready, "Olga Roeland").known


def test_several_are_asked_where_each_is_known_and_else_the_question_goes_the_ordinary_way(ready):
    assert witness(ready, "Ada Finch and Vale").documents == {"finch", "vale"}
    assert witness(ready, "Ada Finch, Vale and Quill").documents == {"finch", "vale", "letter"}
    assert witness(ready, "Joe Vale, Jr.").documents == {"vale"}
    assert witness(ready, "Vale and Napoleon") is None


@pytest.mark.parametrize("name", ["Vale's lawyers", "vale's lawyers", "Vale's Critics", "Ada Finch's Brother"])
def test_who_belongs_to_somebody_is_another(ready, name):
    assert witness(ready, name) is None


def test_who_is_reported_is_found_by_name_and_office(ready):
    for name in ("Reed", "reed", "Senator Reed", "Bo Reed", "REED"):
        assert witness(ready, name).known, name


def test_initials_mean_the_long_name_and_the_question_is_worded_with_it(ready):
    found = witness(ready, "the BSA")
    assert found.known
    question = "What does the BSA say about bridges?"
    assert found.reworded(question, asked(question)) == "What does Bridge Safety Agency say about bridges?"
    assert witness(ready, "bsa").known


TURNED = {
    "tolls/finch.md": "---\nauthor: Finch, Ada\n---\nRoad tolls cut traffic jams in the old town.\n",
    "tolls/both.md": "---\nauthor: Marsh, Olga; Dow-Lee, Cy\n---\nA bridge without a keeper is a bridge without a future.\n",
    "tolls/news.md": "---\nauthor: Una Hart\n---\n“The ferry is slow in winter,” said Al Reed, the former mayor. "
    "“Buses are late in autumn,” said Di Frost. Roe-Bell said that the lamps are dim.\n",
}


@pytest.fixture(scope="module")
def turned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turned")
    write_corpus(folder / "corpus", TURNED)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


@pytest.mark.parametrize(
    ("name", "document"),
    [("Ada Finch", "finch"), ("Finch", "finch"), ("A. Finch", "finch"), ("Olga Marsh", "both"), ("Cy Dow-Lee", "both")],
)
def test_an_author_recorded_with_the_family_name_first_is_found_by_name(turned, name, document):
    assert witness(turned, name).documents == {document}
    assert not witness(turned, f"Zoe {name.split()[-1]}").known


def test_the_line_above_a_quote_names_its_author_as_one_says_it_and_the_source_as_it_is_recorded(turned):
    answer = turned.ask(Query(question="What does Ada Finch say about tolls?"))
    assert answer.text.startswith("Ada Finch argues:")
    assert [one.quote.document.source.author for one in answer.citations] == ["Finch, Ada"]
    joint = turned.ask(Query(question="What does Olga Marsh say about a bridge?"))
    assert joint.text.startswith("Olga Marsh and Cy Dow-Lee argue:")
    assert "Ada Finch writes:" in turned.ask(Query(question="Summarise the debate")).text
    assert "Olga Marsh and Cy Dow-Lee" in turned.ask(Query(question="Who wrote this?")).text


@pytest.mark.parametrize("name", ["Al Reed", "Reed", "Mr. Reed"])
def test_who_has_a_particle_for_a_given_name_is_found_by_the_family_name(turned, name):
    assert witness(turned, name).speakers == {"Al Reed"}
    assert not witness(turned, "Bo Reed").known


def test_who_is_known_by_a_double_family_name_alone_is_found_with_a_form_of_address(turned):
    for name in ("Roe-Bell", "Mr. Roe-Bell"):
        assert witness(turned, name).speakers == {"Roe-Bell"}


@pytest.mark.parametrize(
    ("heard", "claimed", "fit"),
    [
        ("Al Reed", "Mr. Reed", "right"),
        ("Al Reed", "Reed", "right"),
        ("Al Reed", "Al", "wrong"),
        ("Al Reed", "Bo Reed", "wrong"),
        ("Di Frost", "Ms. Frost", "right"),
        ("Ann Van Dyke", "Van Dyke", "right"),
        ("Ann van der Roe", "Ms. van der Roe", "right"),
        ("Ada Finch-Lee", "Finch-Lee", "right"),
        ("Ada Finch-Lee", "finch-lee", "right"),
        ("Ada O’Finch-Lee", "O'Finch-Lee", "right"),
        ("Ada Finch-Lee", "Roe-Lee", "unsure"),
        ("Ada-Ann Finch", "Ada-Ann", "wrong"),
        ("Finch-Lee", "Ada Finch-Lee", "unsure"),
    ],
)
def test_a_family_name_is_enough_for_a_claimed_speaker_also_beside_a_particle_or_a_hyphen(heard, claimed, fit):
    assert attribution(claimed, [Voice(Span(0, 5), VoiceKind.QUOTED, heard)], Source()) == fit


@pytest.mark.parametrize(
    ("author", "claimed", "fit"),
    [
        ("Finch, Ada; Reed, Bo", "Bo Reed", "right"),
        ("Finch, Ada; Reed, Bo", "Reed", "right"),
        ("Finch, Ada; Reed, Bo", "Bo", "wrong"),
        ("Reed Finch, Ada", "Ada Reed Finch", "right"),
        ("Reed Finch, Ada", "Ada", "wrong"),
        ("Quayside, Tollwise and Ferrynow", "Tollwise", "right"),
    ],
)
def test_a_claimed_author_is_compared_with_each_of_the_line_and_not_by_a_given_name(author, claimed, fit):
    source = Source(author=author)
    assert attribution(claimed, [Voice(Span(0, 5), VoiceKind.AUTHOR, author)], source) == fit


def test_an_outlet_means_what_it_published(ready):
    assert witness(ready, "the Toll Review").documents == {"finch"}


@pytest.mark.parametrize("name", ["the letter", "this letter", "the letter from Ida Quill", "the Quill letter"])
def test_a_kind_of_text_means_the_documents_so_called(ready, name):
    assert witness(ready, name).documents == {"letter"}


def test_a_text_asked_after_by_its_kind_may_be_called_so_in_its_title_or_its_files_name(settle):
    settings = settle({
        "tolls/ask.md": "---\ntitle: Tolls, frequently asked questions\n---\nA toll pass costs two pounds a day.\n",
        "tolls/fact-sheet-2.md": "---\ntitle: Ferries\n---\n“Ferries cost nothing,” said Bo Reed. The toll pass is blue.\n",
    })  # fmt: skip
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    for name, said in (("FAQ", "A toll pass costs two pounds a day."), ("fact sheet", "The toll pass is blue.")):
        answer = explainer.ask(Query(question=f"What does the {name} say about the toll pass?"))
        assert answer.citations[0].quote.text == said
    reported = explainer.ask(Query(question="What does the fact sheet say about what ferries cost?"))
    assert "“Ferries cost nothing,” said Bo Reed." in [one.quote.text for one in reported.citations]


@pytest.mark.parametrize("name", ["the FAQ", "the press release", "the Napoleon letter", "the staff memo"])
def test_a_kind_of_text_that_there_is_not_is_nobody(ready, name):
    assert witness(ready, name) is None
    assert "No words of" not in ready.ask(Query(question=f"What does {name} say about xylophones?")).text


def test_nobody_who_is_named_in_full_beside_another_is_said_to_have_no_words(settle):
    settings = settle({"tolls/vote.txt": "Ann Kerr and Bo Bell voted against the toll. Ida Park, a clerk, and Zoe Hill came. "
                       "Bell said that tolls are dear. Hill said that roads are long. Park said that it rained.\n"})  # fmt: skip
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    for name in ("Bo Bell", "Ann Kerr", "Zoe Hill", "Cy Bell", "Ida Park"):
        told = explainer.ask(Query(question=f"What did {name} say about tolls?")).text
        assert ("No words of" in told) is (name in {"Ann Kerr", "Cy Bell"}), name


def test_somebody_who_is_nowhere_is_a_witness_without_words(ready):
    assert not witness(ready, "Napoleon").known


@pytest.mark.parametrize(
    "name",
    ["critics", "the author", "you", "she", "the Board", "Roeland's president", "the local MP", "Italians", "people",
     "the Chief Justice", "what", "the law"],
)  # fmt: skip
def test_what_may_be_no_name_is_left_to_the_ordinary_way(ready, name):
    assert witness(ready, name) is None


def test_a_name_by_itself_must_be_a_speakers(ready):
    assert witness(ready, "Finch", bare=True).known
    assert witness(ready, "Roeland", bare=True) is None


@pytest.mark.parametrize("name", ["O'Marsh", "Ada O'Marsh", "O’Marsh of the Ferry League"])
def test_who_is_reported_with_the_body_that_they_are_of_is_found_by_their_own_name(ready, name):
    assert witness(ready, name).speakers == {"Ada O’Marsh of the Ferry League"}


@pytest.mark.parametrize("name", ["Bea Frost", "Abe Stone", "Una Hart"])
def test_each_of_several_who_speak_together_is_found_by_name(ready, name):
    assert witness(ready, name).speakers == {"Bea Frost, Abe Stone and Una Hart"}


def test_an_answer_holds_the_words_of_the_one_asked_and_of_nobody_else(ready):
    answer = ready.ask(Query(question="What does Ada Finch say about tolls?"))
    assert [citation.quote.document.id for citation in answer.citations][:1] == ["finch"]
    assert {citation.quote.document.id for citation in answer.citations} == {"finch"}
    reported = ready.ask(Query(question="What does Reed say about tolls?"))
    assert [citation.voice.speaker for citation in reported.citations] == ["Senator Bo Reed"]


def test_what_a_government_tells_of_itself_stands_in_where_its_head_says_nothing(ready):
    answer = ready.ask(Query(question="What does Quill say about condemned tolls?"))
    assert answer.answered
    assert all(citation.quote.document.id in {"letter", "report"} for citation in answer.citations)


def test_where_nobody_of_that_name_speaks_the_answer_is_silence_that_says_so(ready):
    answer = ready.ask(Query(question="What did Napoleon say about road tolls?"))
    assert not answer.answered
    assert answer.confidence == 0.0
    assert answer.text.startswith("No words of Napoleon were found in the sources here.")
    assert answer.nearest


def test_where_they_say_nothing_on_it_the_silence_names_them(ready):
    strict = Explainer(replace(ready.settings, min_confidence=0.99), ready._ready)
    answer = strict.ask(Query(question="What does Carl Finch say about the moon?"))
    assert answer.text.startswith("Nothing from Carl Finch in the sources here clearly answers this question.")


@pytest.mark.parametrize(
    "turn",
    ["MS. ADA FINCH: Ada Finch, Leeland College.", "BO REED: My name is Bo Reed and I live here.", "Thank you all.",
     "CHAIR REED: Please, no applause.", "BO REED: Good evening. Bo Reed, I run the ferry.", "CHAIR REED: Yes, sir.",
     "CHAIR REED: Thank you, Dr. Finch.", "CHAIR REED: Dr. Ada Finch?", "CHAIR REED: Next speaker, please.",
     "MS. ADA FINCH: I'm Ada Finch, a miller from Leeland.", "BO REED: Bo Reed with the Toll Board."],
)  # fmt: skip
def test_a_greeting_or_who_says_who_they_are_is_no_answer(turn):
    assert only_greets(turn)


@pytest.mark.parametrize(
    "turn",
    ["MS. ADA FINCH: Tolls are far too dear.", "BO REED: I oppose it.", "Ada Finch said no.", "Bo Reed, a miller, likes tolls.",
     "BO REED: Ada Finch is wrong.", "MR. CARL POE: Vote against bridge tolls.", "ANN ROE: Tolls hurt the poor.",
     "ANN ROE: Abolish the tolls now!", "ANN ROE: No tolls, ever.", "ANN ROE: NO TOLLS.", "MS. ROE: Peace requires justice.",
     "MS. ROE: Please oppose tolls.", "MS. DORA FAY: I'm Dora Fay, and bridge tolls ruin every shop in Leeland.",
     "MS. DORA FAY: I'm Dora Fay and I oppose tolls.", "MS. DORA FAY: I'm Dora Fay, a miller against tolls.",
     "MS. FAY: Dora Fay, I live here and tolls ruin us.", "MS. ROE: Thank you. Ann Roe opposes tolls and so do I."],
)  # fmt: skip
def test_what_says_something_is_no_greeting(turn):
    assert not only_greets(turn)


def test_a_question_by_name_is_answered_by_what_is_said_and_not_by_the_label(settle):
    settings = settle(
        {
            "tolls/record.txt": """\
CHAIR LEE: Thank you, Dr. Roe. You have the floor.

DR. ANN ROE: Ann Roe, Leeland College. I count cars for a living. Tolls cut traffic in the centre by a third.

CHAIR LEE: Thank you.
"""
        }
    )
    index_corpus(settings, HashEncoder())
    answer = open_with_fake(settings).ask(Query(question="What does Ann Roe say about tolls?"))
    assert answer.citations[0].quote.text == "Tolls cut traffic in the centre by a third."
    assert not any("Leeland College" in one.quote.text for one in answer.citations)


def test_a_name_alone_carries_no_answer_where_they_say_nothing_of_what_is_asked_about(ready):
    for name in ("Carl Finch", "Reed"):
        known = ready.ask(Query(question=f"What does {name} say about {'tolls' if name == 'Reed' else 'fuel'}?"))
        unheard = ready.ask(Query(question=f"What does {name} say about xylophones?"))
        assert unheard.confidence <= UNHEARD < known.confidence


def sure_of(explainer, name, topic):
    """Whoever is named, the windows that may hold their words, and a choice among these as if it were sure."""
    who = witness(explainer, name)
    own = explainer._ready.find_spoken(topic, who)
    return who, own, replace(decide(explainer._ready.generation, topic, own, 3), confidence=0.9)


def test_who_replies_to_a_sentence_on_the_topic_says_something_about_it(ready):
    who, own, sure = sure_of(ready, "Kurt Dray", "xylophones")
    apart = [replace(hit, words=0.0, dense=0.0) for hit in own]
    heard = tempered(sure, who, "xylophones", apart)
    assert heard.confidence == 0.9
    assert [choice.quote.text for choice in heard.choices] == ["“Never,” he said."]
    assert tempered(sure, who, "trumpets", apart).confidence == UNHEARD


def test_a_common_word_of_the_topic_alone_makes_no_words_fit_it(ready):
    who, own, sure = sure_of(ready, "Carl Finch", "fuel")
    shared = [tempered(sure, who, "", [replace(own[0], words=words, dense=0.0)]) for words in (0.03, 0.2)]
    assert [one.confidence for one in shared] == [UNHEARD, 0.9]


def test_words_are_trusted_more_the_nearer_they_are_to_the_topic(ready):
    who, own, sure = sure_of(ready, "Carl Finch", "fuel")
    near = [tempered(sure, who, "", [replace(own[0], words=0.0, dense=dense)]) for dense in (0.1, 0.28, 0.32, 0.35)]
    assert [round(one.confidence, 2) for one in near] == [UNHEARD, 0.37, 0.73, 0.9]


def test_what_points_back_to_an_earlier_question_is_not_all_that_is_asked_about(ready):
    history = (Turn("Is a fuel tax cheaper to collect?"),)
    answer = ready.ask(Query(question="What does Carl Finch say about that xylophone?", history=history))
    assert answer.confidence > UNHEARD


@pytest.mark.parametrize("words", ["hello", "Thanks, that's great!"])
def test_a_greeting_or_thanks_is_met_with_silence_that_asks_for_a_question(ready, words):
    answer = ready.ask(Query(question=words))
    assert (answer.reason, answer.citations, answer.nearest) == (Reason.TOO_VAGUE, (), ())


@pytest.mark.parametrize("name", ["Ann Quill", "Secretary Quill"])
def test_what_a_government_tells_of_itself_is_not_told_of_a_namesake(ready, name):
    assert not ready.ask(Query(question=f"What does {name} say about condemned tolls?")).answered


def test_what_is_mostly_anothers_quoted_words_is_not_its_authors(ready):
    generation = ready._ready.generation
    number = generation.number("vale")
    document, sentences, vale = generation.document(number), generation.sentences(number), witness(ready, "Vale")
    quotes = [Quote(document, sentences, place, place) for place in range(len(sentences))]
    owned = [quote.text for quote in quotes if vale.owns(quote, [Voice(quote.span, VoiceKind.AUTHOR, "Vale")])]
    assert "Roads need repair in every county." in owned
    assert not any("do not pay" in text for text in owned)


def test_all_that_an_author_says_is_told_by_leads_of_what_they_wrote(ready):
    answer = ready.ask(Query(question="What does Carl Finch say?"))
    assert [citation.quote.text for citation in answer.citations] == ["A fuel tax is cheaper to collect."]


def test_tell_me_what_somebody_said_is_a_question_for_all_that_they_say(ready):
    answer = ready.ask(Query(question="Tell me what Carl Finch said"))
    assert [citation.quote.text for citation in answer.citations] == ["A fuel tax is cheaper to collect."]


@pytest.mark.parametrize("topic", ["a fuel tax", "fuel tax collection", "cheaper taxes"])
def test_the_confidence_is_no_lower_than_the_ordinary_ones_in_the_same_quote(ready, topic):
    ordinary = ready.ask(Query(question=topic))
    named = ready.ask(Query(question=f"What does Carl Finch say about {topic}?"))
    capitals = ready.ask(Query(question=f"What does Carl Finch say about {topic}?".upper()))
    assert {citation.quote.document.id for citation in named.citations} == {"other-finch"}
    if "other-finch" in {citation.quote.document.id for citation in ordinary.citations}:
        assert named.confidence >= ordinary.confidence
    assert capitals.answered


def test_a_follow_up_opened_from_its_link_is_answered_alike(ready):
    query = Query(question="And Carl Finch?", history=(Turn("What does Ada Finch say?"),))
    answer = ready.ask(query)
    linked = ready.ask(Query(question=answer.resolved_question))
    assert [one.quote.text for one in answer.citations] == ["A fuel tax is cheaper to collect."]
    assert [one.quote.text for one in linked.citations] == [one.quote.text for one in answer.citations]


def test_a_follow_up_names_the_next_speaker(ready):
    history = (Turn("What does Ada Finch say about tolls?"),)
    answer = ready.ask(Query(question="And Reed?", history=history))
    assert [citation.voice.speaker for citation in answer.citations] == ["Senator Bo Reed"]


def test_other_questions_are_answered_by_whoever_answers_them(ready):
    answer = ready.ask(Query(question="Is a fuel tax cheaper to collect?"))
    assert answer.citations[0].quote.document.id == "other-finch"
