"""Questions about the corpus itself: answered from what is recorded, not from the texts' claims."""

import pytest

from pullquote.about import LISTED, Subject, asked_about, described, leads
from pullquote.conversation import Query, Turn
from pullquote.span import Span


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("who wrote this?", Subject.AUTHORS),
        ("And who is the author?", Subject.AUTHORS),
        ("Who are the authors of these documents?", Subject.AUTHORS),
        ("Which sources do you have?", Subject.SOURCES),
        ("list the sources", Subject.SOURCES),
        ("how many documents are there?", Subject.SOURCES),
        ("What is this about?", Subject.CONTENT),
        ("Can you please summarise the debate?", Subject.CONTENT),
        ("summarize this article", Subject.CONTENT),
        ("what are the main arguments?", Subject.CONTENT),
        ("TL;DR", Subject.CONTENT),
    ],
)
def test_a_question_about_the_corpus_is_seen(question: str, subject: Subject):
    assert asked_about(Query(question=question)) is subject


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the bill on road tolls?",
        "What is the toll in Oslo about to become?",
        "Which sources of income do cartels have?",
        "Who is the author of the toll act?",
        "What are the arguments against tolls?",
        "Summarise the case against road tolls",
        "Where does this money come from?",
    ],
)
def test_a_question_about_the_subject_is_not_one(question: str):
    assert asked_about(Query(question=question)) is None


def test_who_said_something_can_be_told_only_of_quotes_shown_before():
    question = "Who said that?"
    assert asked_about(Query(question=question)) is None
    assert asked_about(Query(question=question, history=(Turn("Why?"),))) is None
    assert asked_about(Query(question=question, history=(Turn("Why?", (("a", Span(0, 5)),)),))) is Subject.SPEAKER


def test_who_wrote_it_is_told_without_a_quote(explainer):
    answer = explainer.ask(Query(question="Who wrote this?"))
    assert answer.answered
    assert not answer.citations
    assert "author not recorded" in answer.text
    assert "The case for road tolls" in answer.text


def test_after_quotes_it_is_their_sources_that_are_meant(explainer):
    first = explainer.ask(Query(question="Who is hit by road tolls?"))
    quote = first.citations[0].quote
    turn = Turn(first.question, ((quote.document.id, quote.span),))
    answer = explainer.ask(Query(question="Who wrote that?", history=(turn,)))
    assert answer.text.startswith("One source: ")
    assert quote.document.name in answer.text


def test_who_said_that_shows_the_quotes_again_with_their_voice(explainer):
    first = explainer.ask(Query(question="Who is hit by road tolls?"))
    quote = first.citations[0].quote
    turn = Turn(first.question, ((quote.document.id, quote.span), ("gone-since", Span(0, 4))))
    answer = explainer.ask(Query(question="and who said that?", history=(turn,)))
    assert [citation.quote.text for citation in answer.citations] == [quote.text]
    assert answer.citations[0].voices


def test_what_it_is_about_is_told_by_one_lead_quote_a_source(explainer):
    answer = explainer.ask(Query(question="What is this about?"))
    names = [citation.quote.document.id for citation in answer.citations]
    assert names
    assert len(names) == len(set(names)) <= 3
    for citation in answer.citations:
        document = explainer.document(citation.quote.document.id)
        assert document.text[citation.quote.span.start : citation.quote.span.end] == citation.quote.text


def test_a_debate_is_described_by_its_own_sources(explainer):
    generation = explainer.generation
    for debate in generation.debates:
        numbers = generation.documents_of(debate)
        line = described(generation, Subject.SOURCES, numbers)
        assert all(generation.document(number).name in line for number in numbers)
        assert all(generation.number(quote.document.id) in numbers for quote in leads(generation, numbers, 2))


def test_a_long_list_is_cut_and_the_rest_counted(explainer):
    line = described(explainer.generation, Subject.SOURCES, [0] * (LISTED + 5))
    assert "and 5 more." in line
