"""Queries: what is asked, of whom and of what, and what a follow-up points back to."""

import re

import pytest
from fakes import rows

from pullquote.answers.query import (
    MAX_QUOTES,
    MAX_TURNS,
    QUOTE,
    SOUGHT,
    STATEMENT,
    NamedSpeaker,
    Query,
    Subject,
    Turn,
    courteous,
    follows_up,
    named_speaker,
    resolve,
    speaker_in,
    subject_asked,
    worded,
)
from pullquote.errors import QuestionError

EARLIER = Turn("Why might military strikes fail?")


def after(question, *turns, limit=None):
    return Query(question=question, history=tuple(map(Turn, turns)), limit=limit)


@pytest.mark.parametrize("question", ["", " \r\n\t", "???", "\u200b", "“”"])
def test_a_question_without_a_letter_is_empty(question):
    with pytest.raises(QuestionError, match="the question is empty; write what you want to know"):
        Query.checked(question, limit=100)


@pytest.mark.parametrize(
    ("kind", "noun"), [(STATEMENT, "proposition"), (SOUGHT, "query"), (QUOTE, "quote")]
)
def test_what_is_empty_or_too_long_is_called_what_it_is(kind, noun):
    with pytest.raises(QuestionError, match=f"the {noun} is empty; write "):
        worded(" ? ", *kind, limit=100)
    with pytest.raises(QuestionError, match=f"the {noun} has 101 characters; the limit is 100"):
        worded("a" * 101, *kind, limit=100)
    assert worded(" a  b\n", *kind, limit=3) == "a b"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"question": "a" * 101}, "the question has 101 characters; the limit is 100"),
        ({"max_quotes": 0}, "max_quotes must be from 1 to 10"),
        ({"max_quotes": MAX_QUOTES + 1}, "max_quotes must be from 1 to 10"),
        ({"history": [EARLIER] * (MAX_TURNS + 1)}, "history holds 7 turns; the limit is 6"),
        (
            {"history": [Turn("a" * 101)]},
            "the earlier question has 101 characters; the limit is 100",
        ),
    ],
)
def test_a_query_has_bounds(given, told):
    with pytest.raises(QuestionError, match=re.escape(told)):
        Query.checked(**{"question": "Why?", "limit": 100} | given)


@pytest.mark.parametrize(
    "question",
    ["Why?", "And for Mexico?", "What evidence is there for that?", "the costs", "Mongolia?"],
)
def test_a_question_that_points_back_or_is_short_follows_up(question):
    assert follows_up(question)


@pytest.mark.parametrize(
    "question",
    ["Why might killing kingpins backfire?", "What is the capital of Mongolia?", "What is said about tolls?", "Is it true that the toll pays?"],
)  # fmt: skip
def test_a_question_that_stands_alone_does_not(question):
    assert not follows_up(question)


@pytest.mark.parametrize(
    ("query", "resolved"),
    [
        (after("Why that?"), "Why that?"),
        (after("Why that?", "Do tolls pay?"), "Why that? (asked after: Do tolls pay?)"),
        (after("Does a war on drugs cut demand?", "Do tolls pay?"), "Does a war on drugs cut demand?"),
        (after("Does it?", "Do tolls pay?", "Why are military strikes wrong?", "And in Peru?"), "Does it? (asked after: Why are military strikes wrong? And in Peru?)"),
        (after("And in Peru?", "Do tolls pay?", "Thanks!"), "And in Peru? (asked after: Do tolls pay?)"),
        (after("And in Peru?", "Do tolls pay?", "What is this about?"), "And in Peru? (asked after: Do tolls pay?)"),
        (after("Who said that?", "Do tolls pay?"), "Who said that?"),
        (after("Thanks, great", "Do tolls pay?"), "Thanks, great"),
        (after("Who backs her?", "Why does Roe oppose tolls?", "And Ann Lee?", "What of ferries?"),
         "Who backs her? (asked after: Why does Roe oppose tolls? And Ann Lee? What of ferries?)"),
        (after("Does it work there?", "Do tolls cut jams?", "And in Peru?", limit=60), "Does it work there? (asked after: Do tolls cut jams?)"),
        (after("Does it work there?", "Do tolls cut jams?", "And in Peru?", limit=50), "Does it work there? (asked after: And in Peru?)"),
        (after("Does it work there?", "Do tolls cut jams?", "And in Peru?", limit=40), "Does it work there?"),
    ],
)  # fmt: skip
def test_a_follow_up_takes_along_what_it_points_back_to_as_far_as_it_fits(query, resolved):
    assert str(resolve(query)) == resolved


@rows("words, polite")
def test_a_greeting_is_no_question(words, polite):
    assert courteous(words) is polite


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Who wrote this?", Subject.AUTHORS),
        ("who is the author of this article", Subject.AUTHORS),
        ("What is this about?", Subject.TOPIC),
        ("What’s the debate about?", Subject.TOPIC),
        ("what can I ask here?", Subject.TOPIC),
        ("Summarise the debate", Subject.SUMMARY),
        ("What are the main arguments?", Subject.SUMMARY),
        ("TL;DR", Subject.SUMMARY),
        ("Which sources do you have?", Subject.SOURCES),
        ("how many documents are there?", Subject.SOURCES),
        ("When was this written?", Subject.DATES),
        ("Who said that?", Subject.SPEAKERS),
        ("Whose position is that?", Subject.SPEAKERS),
        ("Who wrote the toll law?", None),
        ("What is this treaty about?", None),
        ("What about it?", None),
        ("Who said that tolls are unfair?", None),
        ("What sources of income do drivers have?", None),
        ("What are the main arguments against tolls?", None),
        ("how old is the bridge?", None),
        ("", None),
    ],
)
def test_only_a_whole_question_is_about_the_corpus_itself(question, subject):
    assert subject_asked(question) is subject


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What did Roe propose?", NamedSpeaker("Roe")),
        (
            "What does the Toll Board say about bridges?",
            NamedSpeaker("the Toll Board", topic="bridges"),
        ),
        ("Does Senator Roe support the toll?", NamedSpeaker("Senator Roe")),
        ("Is Roe for or against the toll?", NamedSpeaker("Roe")),
        ("According to the TB, how safe are bridges?", NamedSpeaker("the TB")),
        ("How safe are bridges, according to the TB?", NamedSpeaker("the TB")),
        ("In Roe's view, who should pay?", NamedSpeaker("Roe")),
        ("What is Roe's position on tolls?", NamedSpeaker("Roe", topic="tolls")),
        ("What is the view of the U.N.?", NamedSpeaker("the U.N.")),
        ("Please tell me what Roe thinks of tolls", NamedSpeaker("Roe", topic="tolls")),
        ("And what does Roe say?", NamedSpeaker("Roe", anything=True)),
        ("WHAT DOES ROE SAY?", NamedSpeaker("roe", anything=True)),
        ("Does Roe think that tolls are fair?", NamedSpeaker("Roe", topic="tolls are fair")),
        (
            "What does Roe say about the Toll Board report?",
            NamedSpeaker("Roe", topic="the Toll Board report"),
        ),
        ("How many bridges did Roe say would fall?", NamedSpeaker("Roe")),
        ("What happened after Roe closed the bridge?", None),
        ("When did Roe start to build bridges?", None),
        ("Who says that bridges fall?", None),
        ("How long is the bridge?", None),
    ],
)
def test_a_question_for_somebodys_words_names_them(question, found):
    assert named_speaker(question) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            after("And Lee?", "What does Roe say about tolls?"),
            NamedSpeaker("Lee", bare=True, topic="tolls"),
        ),
        (after("And Lee?", "What does Roe say?"), NamedSpeaker("Lee", anything=True, bare=True)),
        (
            after("What does she say about buses?", "What does Roe say about tolls?"),
            NamedSpeaker("Roe", topic="buses"),
        ),
        (
            after("What does she want?", "Why does Roe oppose it?", "And Lee?", "And the bridges?"),
            NamedSpeaker("Lee"),
        ),
        (
            after("And about the buses?", "What did Roe say about tolls?"),
            NamedSpeaker("Roe", topic="the buses"),
        ),
        (
            after("And Lee?", "Why charge tolls?", "Who disagrees?"),
            NamedSpeaker("Lee", bare=True, topic="Why charge tolls?"),
        ),
        (after("What does she say?", "How long is the bridge?"), None),
        (after("What does she say about bridges?"), None),
    ],
)
def test_a_follow_up_goes_on_asking_and_means_the_same_when_opened_from_its_link(query, found):
    def known(one):
        return one.name in ("Roe", "Lee")

    assert speaker_in(query, known) == found
    assert speaker_in(Query(question=str(resolve(query))), known) == found
