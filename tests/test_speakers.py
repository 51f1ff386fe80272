"""Speakers: whom a name in a question means among those of a generation, and what is theirs."""

import pytest
from fakes import HashEncoder, cases, open_with_fake, settings_below, write_corpus
from growth import assert_in_proportion

from pullquote.answers.confidence import Reason
from pullquote.answers.query import NamedSpeaker, Query, Turn
from pullquote.answers.speakers import attribution
from pullquote.corpus.documents import Source
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice.voices import Voice, VoiceKind

FILES = {
    "tolls/finch.md": "---\ntitle: For tolls\nauthor: Sen. Ada Finch\npublisher: The Toll Review\n---\n"
    "Road tolls cut traffic jams. Senator Bo Reed said that tolls hit the poor hardest.\n",
    "tolls/other-finch.md": "---\ntitle: Against\nauthor: Carl Finch\n---\nA fuel tax is cheaper to collect.\n",
    "tolls/report.md": "---\ntitle: A report\nauthor: The Blue House\n---\n"
    "The Bridge Safety Agency says that old bridges fall. President Ida Quill built a bridge.\n",
    "tolls/vale.md": "---\ntitle: Roads\nauthor: President Joseph B. Vale Jr.\n---\nRoads need repair in every county.\n",
    "tolls/letter.md": "---\ntitle: Letter\nauthor: President Ida Quill\n---\nBridges need money now. Roe’s Lou Marsh paints them.\n",
}


@pytest.fixture(scope="module")
def explainer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    write_corpus(folder / "corpus", FILES)
    index_corpus(settings_below(folder), HashEncoder())
    return open_with_fake(settings_below(folder))


def witness(explainer, name, **more):
    ready = explainer.ready
    return ready.roster.witness(NamedSpeaker(name, **more), ready.generation.documents_of(None))


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        ("Finch", {"finch", "other-finch"}),
        ("Ada Finch", {"finch"}),
        ("A. Finch", {"finch"}),
        ("finch", {"finch", "other-finch"}),
        ("Joe Vale", {"vale"}),
        ("Joe Vale Jr.", {"vale"}),
        ("President Quill", {"letter"}),
        ("the Blue House", {"report"}),
        ("The Toll Review", {"finch"}),
    ],
)
def test_a_name_means_all_who_bear_it_and_a_given_name_tells_them_apart(explainer, name, documents):
    assert witness(explainer, name).documents == documents


@pytest.mark.parametrize("name", ["Senator Reed", "Bo Reed", "the Bridge Safety Agency", "the BSA"])
def test_whoever_is_reported_is_known_by_the_names_that_the_sources_have(explainer, name):
    found = witness(explainer, name)
    assert (found.rows.size > 0, len(found.speakers), found.documents) == (True, 1, frozenset())


@pytest.mark.parametrize(
    "name",
    "Zoe Finch|Theo Vale|Joseph C. Vale|Senator Quill|Mrs. Quill|General Bo Reed|the WHO|Ann Lee".split(
        "|"
    ),
)
def test_another_given_name_or_office_is_another_persons(explainer, name):
    found = witness(explainer, name)
    assert (found.name, found.rows.size > 0) == (name, False)


@pytest.mark.parametrize(
    "name", ["Finch's lawyers", "the Council", "farmers", "people", "Americans", "the toll"]
)
def test_a_description_names_nobody(explainer, name):
    assert witness(explainer, name) is None


def test_a_name_by_itself_must_be_known(explainer):
    assert witness(explainer, "Roeland", bare=True) is None
    assert witness(explainer, "Finch", bare=True).rows.size > 0


@pytest.mark.parametrize(
    ("question", "said"), cases("speakers", "only_the_asked_ones_words_are_quoted")
)
def test_only_the_asked_ones_words_are_quoted(explainer, question, said):
    answer = explainer.ask(Query(question=question))
    assert answer.answered
    assert all(said in citation.quote.text for citation in answer.citations)


def test_a_follow_up_asks_another_the_same(explainer):
    answer = explainer.ask(
        Query(question="And Reed?", history=(Turn("What does Ada Finch say about tolls?"),))
    )
    assert {citation.quote.document.id for citation in answer.citations} == {"finch"}


def test_somebody_who_says_nothing_here_is_met_with_silence(explainer):
    answer = explainer.ask(Query(question="What does Zoe Finch say about tolls?"))
    assert (answer.reason, answer.citations) == (Reason.NOT_COVERED, ())
    assert answer.text.startswith("No words of Zoe Finch were found here.")


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (
            "What does Lou Marsh say about dragons?",
            "Nothing from Lou Marsh here clearly answers this; 1 document names them.",
        ),
        (
            "What does Mr. Marsh say about dragons?",
            "Nothing from Mr. Marsh here clearly answers this; 1 document names them.",
        ),
        (
            "What does Roe's Lou Marsh say about dragons?",
            "Nothing from Roe's Lou Marsh here clearly answers this; 1 document names them.",
        ),
        ("What does Bo Marsh say about dragons?", "No words of Bo Marsh were found here."),
    ],
)
def test_silence_about_somebody_tells_whether_they_are_named(explainer, question, line):
    answer = explainer.ask(Query(question=question))
    assert answer.text.startswith(line)


def test_what_may_be_a_claimed_speakers_is_told_beside_what_is(explainer):
    def said_by(name, **more):
        return [Voice(Span(0, 5), VoiceKind.QUOTED, name, **more)]

    assert attribution("Reed", said_by("Senator Bo Reed"), Source()) == ("right", True)
    assert attribution("Ann Lee", said_by("Senator Bo Reed"), Source()) == ("wrong", False)
    assert attribution("Ann Lee", said_by("Bo Reed", sure=False), Source(author="Ann Lee")) == (
        "unsure",
        True,
    )


@pytest.mark.parametrize("part", ["Roe ", "of Roe ", "Roe and ", "the ", "Roe’s "])
def test_a_name_is_looked_up_in_time_that_grows_with_its_length(explainer, part):
    assert_in_proportion(
        lambda size: lambda: witness(explainer, (part * size)[:size] + "Roe"), 2_000
    )
