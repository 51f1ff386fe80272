"""What a corpus is about: told from what is recorded, by lead quotes, and by questions that were proven."""

from dataclasses import replace

import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.answers.about import Suggestion, prove, subjects
from pullquote.answers.answer import Frame
from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query, Turn
from pullquote.api.wire import answer_wire
from pullquote.index import build_index
from pullquote.upkeep.indexing import index_corpus

NEWS = (
    "---\nauthor: Jo Trew\n---\n“The town is blaming the wrong people for its traffic jams,” Tom Gren said.\n\n"
    "“A toll on the bridge would punish families who work on both banks,” said Rhys Kell.\n"
)
TOLLS = "---\nproposition: Cities should charge road tolls.\nside: for\n---\nIn most cities the tolls are low.\n"


def told(explainer, question, **more):
    return explainer.ask(Query.checked(question, limit=1_000, **more))


def frames(answer):
    return [part.text for part in answer.parts if isinstance(part, Frame)]


def turn_of(answer):
    return Turn(answer.question, tuple((one.quote.document.id, one.quote.span) for one in answer.citations))


@pytest.mark.parametrize(
    ("question", "debate", "lines"),
    [
        ("Who wrote this?", "road-tolls", ["The 2 sources are by Ada Finch. 1 of the 2 sources names no author."]),
        ("Who wrote this?", "bicycle-helmets", ["The source names no author: “helmets”."]),
        ("Which sources do you have?", "bicycle-helmets", ["There is one source: “helmets”."]),
        ("When were these written?", None, ["The 3 sources are from March 2021. 2 of them have no date."]),
        ("When were these written?", "road-tolls", ["The 2 sources are from March 2021. 1 of them has no date."]),
    ],
)
def test_what_is_recorded_is_told_and_nothing_is_quoted(explainer, question, debate, lines):
    answer = told(explainer, question, debate=debate)
    wire = answer_wire(answer)
    assert frames(answer) == lines
    assert (wire["status"], wire["reason"], wire["quotes"], wire["confidence"]) == ("answered", None, [], 1.0)


def test_several_sources_are_listed(explainer):
    first, *others = frames(told(explainer, "Which sources do you have?"))
    assert first == "There are 3 sources from March 2021:"
    assert "“The case for road tolls”, Ada Finch, The Toll Review, March 2021" in others


def test_a_summary_is_a_lead_quote_from_each_source(explainer):
    answer = told(explainer, "What is this about?", max_quotes=3)
    assert {one.quote.document.id for one in answer.citations} == {"against-tolls", "for-tolls", "helmets"}
    assert frames(answer)[0] == "There are 3 sources from March 2021. In the words of some of them:"


def test_who_said_that_shows_the_quotes_of_the_turn_before_with_their_speakers(explainer):
    first = told(explainer, "What did the surgeon say about the helmet?")
    answer = told(explainer, "Who said that?", history=(turn_of(first),))
    assert [one.quote.text for one in answer.citations] == [one.quote.text for one in first.citations]
    assert (answer.resolved_question, answer.answered) == ("Who said that?", True)


@pytest.mark.parametrize("history", [(), (Turn("What pays for better buses?"),), (Turn("?", (("gone", Turn),)),)])
def test_who_said_that_with_nothing_shown_before_needs_its_context(explainer, history):
    answer = told(explainer, "Who said that?", history=history)
    assert (answer.reason, answer.citations, answer.nearest) == (Reason.NEEDS_CONTEXT, (), ())


def test_who_wrote_this_after_an_answer_is_about_the_sources_quoted_there(explainer):
    first = told(explainer, "What pays for better buses?", max_quotes=1)
    answer = told(explainer, "Who wrote that?", history=(turn_of(first),))
    assert frames(answer) == ["Ada Finch wrote this (“The case for road tolls”, The Toll Review, March 2021)."]
    assert answer.about == turn_of(first).quotes
    assert answer.id != told(explainer, "Who wrote that?").id


def test_anothers_words_are_never_what_the_author_of_the_source_writes(settle):
    index_corpus(settle({"a.md": NEWS}), encoder=HashEncoder())
    answer = told(open_with_fake(settle({})), "What is this about?", max_quotes=2)
    assert len(answer.citations) == 2
    assert not [line for line in frames(answer) if line.startswith("Jo Trew")]


# Questions worth asking


@pytest.fixture
def built(settle):
    """A generation of these files."""
    return lambda files: build_index(settle(files), HashEncoder()).generation


def test_titles_and_headings_that_name_something_are_subjects(built):
    text = "---\ntitle: The Merida Initiative\n---\n# Striking the cartels\n\n# Why tolls?\n\n# Read more\n\n# THE CASE\n\nIt rests.\n"
    assert subjects(built({"a.md": text}), "default") == ["the Merida Initiative", "striking the cartels"]


@pytest.mark.parametrize(
    ("proposition", "text", "question"),
    [
        ("Cities should charge road tolls.", "In most cities the tolls are low.", "Should cities charge road tolls?"),
        ("Trump should pay.", "Ask trump@example.org of Trump.", "Should Trump pay?"),
        ("A toll is fair.", "It is one.", "Is a toll fair?"),
    ],
)
def test_the_operators_proposition_is_the_first_question(built, proposition, text, question):
    generation = built(
        {"a.md": f"---\nproposition: {proposition}\nside: for\n---\n{text}\n\n# Bus lanes\n\nBuses pay.\n"}
    )
    found = prove(generation, lambda asked, debate: (len(asked), 0.9))
    assert found[0].question == question
    assert prove(generation, lambda asked, debate: None) == ()


def test_authors_are_asked_for_their_words_on_what_the_debate_is_about(built):
    generation = built({"a.md": "---\nauthor: Ann Lee\n---\n# Bus lanes\n\nBuses pay.\n"})
    found = {one.question for one in prove(generation, lambda asked, debate: (len(asked), 0.9))}
    assert found == {"What does Ann Lee say about bus lanes?", "What is said about bus lanes?"}


def test_debates_take_turns_and_of_questions_that_one_window_answers_the_surest_is_kept(built):
    generation = built(
        {"one/a.md": "# Toll roads\n\n# Bus lanes\n\nThey pay.\n", "two/b.md": "# Helmet laws\n\nThey save.\n"}
    )
    assert [one.debate for one in prove(generation, lambda asked, debate: (len(asked), 0.9))] == ["one", "two", "one"]
    kept = prove(generation, lambda asked, debate: (0, 0.9 if "bus" in asked else 0.5))
    assert [one.question for one in kept] == ["What is said about bus lanes?", "What is said about helmet laws?"]


def test_suggestions_are_answered_and_what_was_just_shown_is_not_suggested(settle):
    text = "---\nauthor: Ann Lee\n---\n# Bus lanes\n\nBus lanes pay for themselves.\n\n# Toll roads\n\nToll roads are dear.\n"
    settings = settle({"a.md": text})
    index_corpus(settings, encoder=HashEncoder())
    explainer = open_with_fake(settings)
    assert explainer.suggestions()
    for question in explainer.suggestions():
        answer = explainer.ask(Query(question=question))
        assert answer.answered
        assert question not in answer.suggestions


def test_a_question_that_several_debates_answer_is_suggested_once_and_the_next_are_of_the_debate_that_answered(
    indexed, monkeypatch
):
    explainer = open_with_fake(indexed)
    generation = explainer.generation
    rows = {debate: int(generation.window_rows(generation.documents_of(debate))[-1]) for debate in generation.debates}
    pool = tuple(Suggestion("What of whales?", row, debate) for debate, row in rows.items())
    monkeypatch.setattr(explainer._ready, "suggestions", pool)
    assert explainer.suggestions() == explainer.suggestions("road-tolls") == ("What of whales?",)
    only = tuple(replace(one, question=f"{one.question} {one.debate}") for one in pool)
    monkeypatch.setattr(explainer._ready, "suggestions", only)
    assert explainer.ask(Query(question="Do road tolls cut traffic jams?")).suggestions == (
        "What of whales? road-tolls",
    )
