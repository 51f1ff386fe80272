"""The explainer: one snapshot an answer, told when the corpus moved on."""

from dataclasses import replace

import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.answers.suggestions import Suggestion
from pullquote.errors import EncoderError, IndexMismatch, UnknownDebate, UnknownDocument
from pullquote.index import current_name
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.match import Result

KNOWN = "Do road tolls cut traffic jams in crowded cities?"


def test_an_unknown_debate_names_those_there_are(explainer):
    with pytest.raises(UnknownDebate, match="bicycle-helmets, road-tolls"):
        explainer.ask(Query(question=KNOWN, debate="trains"))


@pytest.fixture
def suggesting(own_explainer):
    """An explainer with six questions that were proven for a debate, and one for another."""
    asked = [
        *(Suggestion(f"What is toll {n}?", 0, "road-tolls") for n in range(6)),
        Suggestion("Why?", 0, "trains"),
    ]
    own_explainer.ready.suggestions = tuple(asked)
    return own_explainer


@pytest.mark.parametrize(
    "words", ["hello", "what are you able to help me with", "are you a human or a bot"]
)
def test_who_greets_or_asks_who_answers_is_given_the_first_questions_of_the_debate(
    suggesting, words, monkeypatch
):
    monkeypatch.setattr(suggesting, "settings", replace(suggesting.settings, min_confidence=1.0))
    answer = suggesting.ask(Query(question=words, debate="road-tolls"))
    assert (answer.reason, answer.nearest) == (Reason.TOO_VAGUE, ())
    assert answer.text.startswith("Welcome. Ask a question about the sources here")
    assert answer.suggestions == tuple(f"What is toll {n}?" for n in range(5))


def test_what_is_said_of_the_corpus_comes_with_questions_that_can_be_asked(suggesting):
    answer = suggesting.ask(Query(question="what can I ask here?", debate="road-tolls"))
    assert (answer.reason, len(answer.suggestions)) == (None, 5)


def test_a_question_that_nothing_answers_is_no_greeting(suggesting, monkeypatch):
    monkeypatch.setattr(suggesting, "settings", replace(suggesting.settings, min_confidence=1.0))
    answer = suggesting.ask(
        "Which chess player won the regional amateur tournament held near Ulaanbaatar last winter?"
    )
    assert (answer.reason, answer.suggestions) == (Reason.NOT_COVERED, ())


def test_a_debate_keeps_the_answer_to_its_documents(explainer):
    answer = explainer.ask(Query(question="Do helmets protect cyclists?", debate="road-tolls"))
    shown = [*answer.citations, *answer.nearest]
    assert {citation.quote.document.debate for citation in shown} <= {"road-tolls"}


def test_a_newer_generation_is_taken_up_whole(own_explainer, indexed):
    before = own_explainer.ask(Query(question=KNOWN)).generation
    (indexed.corpus / "road-tolls" / "new.txt").write_text(
        "Road tolls pay for tunnels.\n", encoding="utf-8"
    )
    assert own_explainer.ask(Query(question=KNOWN)).generation == before
    index_corpus(indexed, HashEncoder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder()
        )
        assert own_explainer.refresh()
        assert not own_explainer.refresh()
    after = own_explainer.ask(Query(question=KNOWN))
    assert after.generation != before
    assert not after.stale


def test_a_broken_newer_generation_leaves_the_present_one_serving(own_explainer, indexed):
    before = own_explainer.generation.card.name
    (indexed.index / "MANIFEST.json").write_bytes(b"{")
    assert not own_explainer.refresh()
    assert own_explainer.generation.card.name == before


@pytest.fixture
def newer(own_explainer, indexed, monkeypatch):
    """An explainer beside which a newer generation was built, which nothing has opened yet."""
    monkeypatch.setattr(
        "pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder()
    )
    (indexed.corpus / "road-tolls" / "new.txt").write_text(
        "Road tolls pay for tunnels.\n", encoding="utf-8"
    )
    index_corpus(indexed, HashEncoder())
    return own_explainer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (EncoderError("/srv/secret"), "a model that it needs is not here, or cannot be used"),
        (IndexMismatch("/srv/secret"), "it is damaged, or of another format"),
        (RuntimeError("/srv/secret"), "something went wrong on the server"),
    ],
)
def test_a_newer_generation_that_cannot_be_used_is_logged_once_and_tried_again_after_a_while(
    newer, error, reason, monkeypatch, caplog
):
    tried: list[bool] = []

    def fail(*given):
        tried.append(True)
        raise error

    before = newer.generation
    with monkeypatch.context() as patch:
        patch.setattr(Ready, "open", fail)
        assert not any(newer.refresh() for _ in range(3))
        assert len(tried) == 1
        patch.setattr("pullquote.answers.explainer.REFUSED_SECONDS", 0.0)
        assert not newer.refresh()
        assert len(tried) == 2
        assert newer.generation is before
        assert (newer.refused.generation, newer.refused.reason) == (
            current_name(newer.settings),
            reason,
        )
        assert reason in newer.degraded
        assert "secret" not in newer.degraded
        assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [
            ("ERROR", True)
        ]
        assert newer.refused.generation in caplog.text
        assert newer.refresh() is False
    monkeypatch.setattr("pullquote.answers.explainer.REFUSED_SECONDS", 0.0)
    assert newer.refresh()
    assert (newer.refused, newer.degraded) == (None, None)


def test_changed_files_are_named(indexed):
    explainer = open_with_fake(indexed)
    assert explainer.changed_files() == ()
    (indexed.corpus / "road-tolls" / "against-tolls.txt").write_bytes(b"Other words.\n")
    assert open_with_fake(indexed).changed_files() == ("road-tolls/against-tolls.txt",)


def test_an_index_serves_without_its_corpus_folder(indexed):
    indexed.corpus.rename(indexed.corpus.with_name("gone"))
    explainer = open_with_fake(indexed)
    assert explainer.changed_files() == ()
    assert explainer.ask(Query(question=KNOWN)).answered


def test_a_quote_at_a_range_is_whole_sentences(explainer):
    citation = explainer.quote_at("for-tolls", Span(5, 9))
    assert citation.quote.text == "Road tolls cut traffic jams in crowded cities."
    with pytest.raises(UnknownDocument):
        explainer.quote_at("nowhere", Span(0, 1))


@pytest.mark.parametrize(
    ("words", "more", "result"),
    [
        ("Helmet laws discourage cycling.", {}, Result.VERBATIM),
        ("“Helmet laws discourage cycling.”", {}, Result.VERBATIM),
        ('in a fall. "Wear one \N{BICYCLE}," said the surgeon.', {}, Result.TYPOGRAPHY_ONLY),
        ("Helmet laws encourage cycling.", {}, Result.ALTERED),
        ("The moon is made of cheese.", {}, Result.NOT_FOUND),
        ("Helmet laws discourage cycling.", {"document_id": "for-tolls"}, Result.MISATTRIBUTED),
        (
            "Road tolls cut traffic jams in crowded cities.",
            {"speaker": "Ada Finch"},
            Result.VERBATIM,
        ),
        (
            "Road tolls cut traffic jams in crowded cities.",
            {"speaker": "Bo Reed"},
            Result.MISATTRIBUTED,
        ),
    ],
)
def test_a_check_tells_altered_from_misattributed_from_not_found(explainer, words, more, result):
    assert explainer.verify(words, **more).result is result
