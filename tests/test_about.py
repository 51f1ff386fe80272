"""Questions about the corpus itself are answered from what is recorded, and no others are taken for them."""

import numpy as np
import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.answers.about import Subject, subject_asked
from pullquote.answers.answer import Frame
from pullquote.answers.calibrate import Reason
from pullquote.answers.overview import spread
from pullquote.answers.query import Query, Turn
from pullquote.api.wire import answer_wire
from pullquote.upkeep.indexing import index_corpus


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Who wrote this?", Subject.AUTHORS),
        ("who is the author of this article", Subject.AUTHORS),
        ("By whom was this written?", Subject.AUTHORS),
        ("What is this about?", Subject.TOPIC),
        ("What’s the debate about?", Subject.TOPIC),
        ("Please tell me what this article is about", None),
        ("what can I ask here?", Subject.TOPIC),
        ("Summarise the debate", Subject.SUMMARY),
        ("Could you please summarize this for me?", Subject.SUMMARY),
        ("give me a short overview", Subject.SUMMARY),
        ("What are the main arguments?", Subject.SUMMARY),
        ("TL;DR", Subject.SUMMARY),
        ("Which sources do you have?", Subject.SOURCES),
        ("how many documents are there?", Subject.SOURCES),
        ("Where does this come from?", Subject.SOURCES),
        ("List your sources", Subject.SOURCES),
        ("When was this written?", Subject.DATES),
        ("How up to date are your sources?", Subject.DATES),
        ("Who said that?", Subject.SPEAKERS),
        ("Whose words are these?", Subject.SPEAKERS),
        ("Whose position is that?", Subject.SPEAKERS),
        ("Who made that claim?", Subject.SPEAKERS),
        ("So who thinks that?", Subject.SPEAKERS),
    ],
)
def test_a_question_about_the_corpus_is_known(question: str, subject: Subject | None):
    assert subject_asked(question) is subject


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the toll law?",
        "What is this treaty about?",
        "What is the debate about helmets?",
        "Who said that tolls are unfair?",
        "When was the war on drugs declared?",
        "What sources of income do drivers have?",
        "Which documents did the ministry publish?",
        "Summarise the senator's proposal",
        "What are the main arguments against tolls?",
        "Who is the author of the bill?",
        "how old is the bridge?",
        "Where does fentanyl come from?",
        "What do they say about buses?",
        "",
        "?",
    ],
)
def test_a_question_about_the_subject_is_left_to_the_sources(question: str):
    assert subject_asked(question) is None


def told(explainer, question, **more):
    return explainer.ask(Query.checked(question, limit=1_000, **more))


def frames(answer):
    return [part.text for part in answer.parts if isinstance(part, Frame)]


def test_the_author_is_told_from_what_is_recorded_and_nothing_is_quoted(explainer):
    answer = told(explainer, "Who wrote this?", debate="road-tolls")
    assert frames(answer) == ["The 2 sources are by Ada Finch. 1 of the 2 sources names no author."]
    wire = answer_wire(answer)
    assert (wire["status"], wire["reason"], wire["quotes"], wire["confidence"]) == ("answered", None, [], 1.0)


def test_one_source_is_named_with_all_that_is_known_of_it(explainer):
    assert frames(told(explainer, "Which sources do you have?", debate="bicycle-helmets")) == [
        "There is one source: “helmets”."
    ]
    assert frames(told(explainer, "Who wrote this?", debate="bicycle-helmets")) == [
        "The source names no author: “helmets”."
    ]


def test_several_sources_are_listed(explainer):
    answer = told(explainer, "Which sources do you have?")
    assert frames(answer)[0] == "There are 3 sources from March 2021:"
    assert "“The case for road tolls”, Ada Finch, The Toll Review, March 2021" in frames(answer)


def test_dates_are_told_and_those_that_are_missing_counted(explainer):
    assert frames(told(explainer, "When were these written?")) == [
        "The 3 sources are from March 2021. 2 of them have no date."
    ]
    assert frames(told(explainer, "When were these written?", debate="road-tolls")) == [
        "The 2 sources are from March 2021. 1 of them has no date."
    ]


@pytest.mark.parametrize("question", ["Summarise the debate", "What is this about?"])
def test_a_summary_is_a_lead_quote_from_each_source(explainer, question):
    answer = told(explainer, question, max_quotes=3)
    assert sorted({citation.quote.document.id for citation in answer.citations}) == [
        "against-tolls", "for-tolls", "helmets",
    ]  # fmt: skip
    for citation in answer.citations:
        document = citation.quote.document
        assert citation.quote.text == document.text[citation.quote.span.start : citation.quote.span.end]
    assert frames(answer)[0] == "There are 3 sources from March 2021. In the words of some of them:"


def test_a_summary_of_one_source_has_several_places_of_it_in_their_order(explainer):
    answer = told(explainer, "summarise this", debate="road-tolls", max_quotes=3)
    assert len(answer.citations) == 3
    places = [(c.quote.document.id, c.quote.span.start) for c in answer.citations]
    assert len(set(places)) == 3
    spans = [c.quote.span for c in answer.citations if c.quote.document.id == places[0][0]]
    assert spans == sorted(spans)


def test_who_said_that_shows_the_quotes_of_the_turn_before_with_their_speakers(explainer):
    first = told(explainer, "What did the surgeon say about the helmet?")
    turn = Turn(first.question, tuple((c.quote.document.id, c.quote.span) for c in first.citations[:1]))
    answer = told(explainer, "Who said that?", history=(turn,))
    assert [c.quote.text for c in answer.citations] == [first.citations[0].quote.text]
    assert answer.answered


@pytest.mark.parametrize("history", [(), (Turn("What pays for better buses?"),)])
@pytest.mark.parametrize("question", ["Who said that?", "Whose view is that?", "Who made the argument?"])
def test_who_said_that_with_nothing_shown_before_needs_its_context(explainer, question, history):
    answer = told(explainer, question, history=history)
    assert (answer.reason, answer.citations, answer.nearest) == (Reason.NEEDS_CONTEXT, (), ())
    assert answer.resolved_question == question


def test_who_wrote_this_after_an_answer_is_about_the_sources_quoted_there(explainer):
    first = told(explainer, "What pays for better buses?")
    turn = Turn(first.question, tuple((c.quote.document.id, c.quote.span) for c in first.citations[:1]))
    answer = told(explainer, "Who wrote that?", history=(turn,))
    assert frames(answer) == ["Ada Finch wrote this (“The case for road tolls”, The Toll Review, March 2021)."]


def test_a_turn_whose_source_is_gone_is_passed_over(explainer):
    first = told(explainer, "What pays for better buses?")
    gone = Turn("before", (("gone", first.citations[0].quote.span),))
    assert told(explainer, "Who said that?", history=(gone,)).reason is Reason.NEEDS_CONTEXT


def test_what_is_it_about_after_a_question_points_back_to_that(explainer):
    turn = Turn("What does the fuel tax do?")
    answer = told(explainer, "What is it about?", history=(turn,))
    assert answer.resolved_question != answer.question


def test_the_vectors_chosen_are_central_and_unlike_each_other():
    near, copy, far = [1.0, 0.1, 0.0], [1.0, 0.1, 0.0], [0.4, 1.0, 0.0]
    chosen = spread(np.array([near, copy, near, far], np.float32), 2)
    assert chosen == [0, 3]


def test_no_vector_is_chosen_twice_even_when_all_are_equal_or_zero():
    assert sorted(spread(np.zeros((3, 4), np.float32), 3)) == [0, 1, 2]


def test_what_the_corpus_tells_of_itself_is_not_understood_as_something_else(explainer):
    first = told(explainer, "What pays for better buses?")
    turn = Turn(first.question, tuple((c.quote.document.id, c.quote.span) for c in first.citations[:1]))
    assert told(explainer, "Who said that?", history=(turn,)).resolved_question == "Who said that?"


def test_an_entry_of_a_list_stands_for_no_source(settle):
    entries = "\n\n".join(f"- expanding the tolls on roads of kind {name};" for name in "abcdefgh")
    settings = settle(
        {"a.txt": f"Road tolls are the fairest way to pay for the roads of a crowded town.\n\n{entries}\n"}
    )
    index_corpus(settings, encoder=HashEncoder())
    answer = told(open_with_fake(settings), "What is this about?", max_quotes=1)
    assert [citation.quote.text[:10] for citation in answer.citations] == ["Road tolls"]


@pytest.mark.parametrize(
    "opening", ["He’s", "They", "It'll soon be said that he", "However, he", "Accordingly, we", "The town"]
)
def test_a_sentence_that_opens_with_what_was_named_before_it_stands_for_no_source(settle, opening):
    leaning = "\n\n".join(f"{opening} put several tolls on the roads of kind {name} today." for name in "abcdefgh")
    settings = settle({"a.txt": f"Road tolls are the fairest way to pay for the roads of a town.\n\n{leaning}\n"})
    index_corpus(settings, encoder=HashEncoder())
    answer = told(open_with_fake(settings), "What is this about?", max_quotes=1)
    assert [citation.quote.text[:10] for citation in answer.citations] == ["Road tolls"]


@pytest.mark.parametrize("question", ["Who wrote that?", "When was this published?", "Who said that?"])
def test_an_answer_about_quotes_shown_before_says_which_and_is_another_for_others(explainer, question):
    first = told(explainer, "What pays for better buses?")
    other = told(explainer, "Do helmet laws discourage cycling?")
    turns = [
        Turn(one.question, tuple((c.quote.document.id, c.quote.span) for c in one.citations)) for one in (first, other)
    ]
    alone, *after = [told(explainer, question, history=history) for history in ((), turns[:1], turns[1:])]
    assert [answer.about for answer in after] == [turn.quotes for turn in turns]
    assert (alone.about, len({answer.id for answer in (alone, *after)})) == ((), 3)


def test_an_answer_that_no_quote_shown_before_bears_on_is_about_none(explainer):
    first = told(explainer, "What pays for better buses?")
    turn = Turn(first.question, tuple((c.quote.document.id, c.quote.span) for c in first.citations))
    asked = ("Do helmet laws discourage cycling?", "What sources do you have?")
    for question in asked:
        alone, after = told(explainer, question), told(explainer, question, history=(turn,))
        assert (after.about, after.id) == ((), alone.id)
