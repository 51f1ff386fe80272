"""What a corpus is about: told from what is recorded, by lead quotes, and by questions that were proven."""

from dataclasses import replace

import pytest
from fakes import HashEncoder, open_with_fake, rows

from pullquote.answers.answer import Frame
from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query, Turn
from pullquote.answers.suggestions import Suggestion
from pullquote.api.wire import answer_wire
from pullquote.index import build_index
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.questions import prove
from pullquote.upkeep.topics import topics
from pullquote.voice.book import VoiceBook

NEWS = (
    "---\nauthor: Jo Trew\n---\n“The town is blaming the wrong people for its traffic jams,” Tom Gren said.\n\n"
    "“A toll on the bridge would punish families who work on both banks,” said Rhys Kell.\n"
)


def told(explainer, question, **more):
    return explainer.ask(Query.checked(question, limit=1_000, **more))


def frames(answer):
    return [part.text for part in answer.parts if isinstance(part, Frame)]


def turn_of(answer):
    return Turn(
        answer.question, tuple((one.quote.document.id, one.quote.span) for one in answer.citations)
    )


@rows("question, debate, lines")
def test_what_is_recorded_is_told_and_nothing_is_quoted(explainer, question, debate, lines):
    answer = told(explainer, question, debate=debate)
    wire = answer_wire(answer)
    assert frames(answer) == list(lines)
    assert wire["status"] == "answered"
    assert wire["reason"] is None
    assert wire["quotes"] == []
    assert wire["confidence"] == 1.0


def test_several_sources_are_listed(explainer):
    first, *others = frames(told(explainer, "Which sources do you have?"))
    assert first == "There are 3 sources from March 2021:"
    assert "“The case for road tolls”, Ada Finch, The Toll Review, March 2021" in others


def test_a_summary_is_a_lead_quote_from_each_source(explainer):
    answer = told(explainer, "What is this about?", max_quotes=3)
    actual = {one.quote.document.id for one in answer.citations}
    assert actual == {"against-tolls", "for-tolls", "helmets"}
    assert frames(answer)[0] == "There are 3 sources from March 2021. In the words of some of them:"


def test_who_said_that_shows_the_quotes_of_the_turn_before_with_their_speakers(explainer):
    first = told(explainer, "What did the surgeon say about the helmet?")
    answer = told(explainer, "Who said that?", history=(turn_of(first),))
    actual = [one.quote.text for one in answer.citations]
    assert actual == [one.quote.text for one in first.citations]
    assert (answer.resolved_question, answer.answered) == ("Who said that?", True)


@pytest.mark.parametrize(
    "history", [(), (Turn("What pays for better buses?"),), (Turn("?", (("gone", Turn),)),)]
)
def test_who_said_that_with_nothing_shown_before_needs_its_context(explainer, history):
    answer = told(explainer, "Who said that?", history=history)
    assert (answer.reason, answer.citations, answer.nearest) == (Reason.NEEDS_CONTEXT, (), ())


def test_who_wrote_this_after_an_answer_is_about_the_sources_quoted_there(explainer):
    first = told(explainer, "What pays for better buses?", max_quotes=1)
    answer = told(explainer, "Who wrote that?", history=(turn_of(first),))
    assert frames(answer) == [
        "Ada Finch wrote this (“The case for road tolls”, The Toll Review, March 2021)."
    ]
    assert answer.about == turn_of(first).quotes
    assert answer.id != told(explainer, "Who wrote that?").id


def test_anothers_words_are_never_what_the_author_of_the_source_writes(settle):
    index_corpus(settle({"a.md": NEWS}), encoder=HashEncoder())
    answer = told(open_with_fake(settle({})), "What is this about?", max_quotes=2)
    assert len(answer.citations) == 2
    assert not [line for line in frames(answer) if line.startswith("Jo Trew")]


# Questions worth asking


@pytest.fixture
def asked(settle, monkeypatch):
    """The questions that are put to the sources of these files when their index is built; none gets an answer."""
    monkeypatch.setattr(
        "pullquote.upkeep.questions.WORTH", -9.0
    )  # the stand-in's vectors tell nothing of it

    def questions(files):
        generation, found = build_index(settle(files), HashEncoder()).generation, []
        actual = prove(
            generation,
            VoiceBook(generation),
            HashEncoder().encode,
            lambda one, debate: found.append(one),
        )
        assert actual == ()
        return found

    return questions


def test_a_topic_is_what_several_documents_name_where_only_a_noun_can_stand():
    texts = [
        ["Senators spoke about the Merida Initiative.", "It fights for drug cartels in Mexico and Peru.", "Ask of Ada Finch."],
        ["Money for the Merida Initiative is gone.", "They tell of striking cartels.", "She left the Department of Homeland Security."],
        ["Drug cartels gain.", "Striking cartels hurts.", "I work for Homeland Security with Ada Finch.", "He reports on roads.", "Minutes of the"],
    ]  # fmt: skip
    found = {one.words: dict(one.by) for one in topics(texts, frozenset({"Ada", "Finch"}))}
    assert found == {
        "the Merida Initiative": {0: 1, 1: 1},
        "drug cartels": {0: 1, 2: 1},
        "Homeland Security": {1: 1, 2: 1},
    }


@rows("proposition, text, questions")
def test_the_operators_propositions_are_asked_first_and_why_and_why_not(
    asked, proposition, text, questions
):
    found = asked({"a.md": f"---\nproposition: {proposition}\nside: for\n---\n{text}\n"})
    assert [one for one in found if one in questions] == list(questions)


CLAIMS = (
    "Jams are worst near road tolls. Road tolls are a tax on the poor. Are road tolls fair to nurses? They say road tolls are bad.\n\n"
    "About 240 cars are stopped by road tolls. More than 90 percent of drivers are against road tolls. In 2008 road tolls were new.\n"
)


def test_claims_questions_and_counts_that_stand_alone_are_asked_back(asked):
    found = asked(
        {"a.md": f"---\nauthor: Ann Lee\n---\n{CLAIMS}", "b.md": "Nobody asks for road tolls.\n"}
    )
    assert set(found) >= {
        "Are road tolls a tax on the poor?", "Are road tolls fair to nurses?", "How many cars are stopped by road tolls?",
        "What percentage of drivers are against road tolls?", "What does Ann Lee say about road tolls?",
        "What is said about road tolls?",
    }  # fmt: skip
    assert not [one for one in found if "they" in one.lower() or "2008" in one]


def test_what_is_suggested_is_answered_by_a_quote_not_just_shown_and_never_twice_in_a_conversation(
    settle, monkeypatch
):
    monkeypatch.setattr("pullquote.upkeep.questions.SURE", 0.0)
    monkeypatch.setattr("pullquote.answers.suggestions.RAISED", -9.0)
    plain = {f"{name}.md": f"---\nauthor: {who}\n---\nThe council of our town is split on {what} again this year.\n\n"
             f"Most of the shops near the bridge would gain from {what} in the end.\n"
             for name, who, what in (("a", "Ann Lee", "bus lanes"), ("b", "Bo Reed", "bus lanes"), ("c", "Cy Dow", "toll roads"),
                                     ("d", "Di Orr", "toll roads"))}  # fmt: skip
    settings = settle(plain)
    index_corpus(settings, encoder=HashEncoder())
    explainer = open_with_fake(settings)
    assert len(explainer.suggestions()) > 1
    history, told = (), []
    for question in [*explainer.suggestions(), "What does Ann Lee say about bus lanes?"]:
        answer = explainer.ask(Query(question=question, history=history[-6:]))
        assert answer.answered
        assert not {question, *told} & set(answer.suggestions)
        for one in answer.suggestions:
            actual = [each.quote for each in answer.citations]
            assert explainer.ask(Query(question=one)).citations[0].quote not in actual
        told += [question, *answer.suggestions]
        history = (*history, turn_of(answer))


def test_debates_take_turns_and_the_next_are_of_the_debate_that_answered(indexed, monkeypatch):
    explainer = open_with_fake(indexed)
    generation = explainer.generation
    rows = {
        debate: int(generation.window_rows(generation.documents_of(debate))[-1])
        for debate in generation.debates
    }
    pool = tuple(Suggestion("What of whales?", row, debate) for debate, row in rows.items())
    monkeypatch.setattr("pullquote.answers.suggestions.RAISED", -9.0)
    monkeypatch.setattr(explainer.ready, "suggestions", pool)
    assert explainer.suggestions() == explainer.suggestions("road-tolls") == ("What of whales?",)
    only = tuple(replace(one, question=f"{one.question} {one.debate}") for one in pool)
    monkeypatch.setattr(explainer.ready, "suggestions", only)
    actual = explainer.ask(Query(question="Do road tolls cut traffic jams?")).suggestions
    assert actual == ("What of whales? road-tolls",)
