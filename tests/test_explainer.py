"""The explainer: one snapshot an answer, told when the corpus moved on."""

import gc
import json
import weakref

import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.answers.about import Suggestion, prove, subjects
from pullquote.answers.confidence import Reason
from pullquote.answers.explainer import DAMAGED
from pullquote.answers.query import Query, Turn
from pullquote.answers.reply import Ready
from pullquote.errors import EncoderError, IndexMismatch, UnknownDebate, UnknownDocument
from pullquote.index import current_name
from pullquote.index.generation import Generation
from pullquote.index.layout import TEXTS, Layout
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.match import Result

NAMES = [f"{one}{two}" for one in "ABCDE" for two in "abcde"]

KNOWN = "Do road tolls cut traffic jams in crowded cities?"


def test_an_unknown_debate_names_those_there_are(explainer):
    with pytest.raises(UnknownDebate, match="bicycle-helmets, road-tolls"):
        explainer.ask(Query(question=KNOWN, debate="trains"))


def test_a_debate_keeps_the_answer_to_its_documents(explainer):
    answer = explainer.ask(Query(question="Do helmets protect cyclists?", debate="road-tolls"))
    shown = [*answer.citations, *answer.nearest]
    assert {citation.quote.document.debate for citation in shown} <= {"road-tolls"}


def test_a_newer_generation_is_taken_up_whole(own_explainer, indexed):
    before = own_explainer.ask(Query(question=KNOWN)).generation
    (indexed.corpus / "road-tolls" / "new.txt").write_text("Road tolls pay for tunnels.\n", encoding="utf-8")
    assert own_explainer.ask(Query(question=KNOWN)).generation == before
    index_corpus(indexed, HashEncoder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pullquote.answers.reply.open_encoder", lambda index, identity, model: HashEncoder())
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
    monkeypatch.setattr("pullquote.answers.reply.open_encoder", lambda index, identity, model: HashEncoder())
    (indexed.corpus / "road-tolls" / "new.txt").write_text("Road tolls pay for tunnels.\n", encoding="utf-8")
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
        assert (newer.refused.generation, newer.refused.reason) == (current_name(newer.settings), reason)
        assert reason in newer.degraded
        assert "secret" not in newer.degraded
        assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [("ERROR", True)]
        assert newer.refused.generation in caplog.text
        assert newer.refresh() is False
    monkeypatch.setattr("pullquote.answers.explainer.REFUSED_SECONDS", 0.0)
    assert newer.refresh()
    assert (newer.refused, newer.degraded) == (None, None)


def test_after_one_that_cannot_be_used_the_next_is_taken_up_at_once(newer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Ready, "open", lambda settings: 1 // 0)
        assert not newer.refresh()
    (newer.settings.corpus / "road-tolls" / "new.txt").write_text("Road tolls are new.\n", encoding="utf-8")
    index_corpus(newer.settings, HashEncoder())
    assert newer.refresh()
    assert newer.generation.card.name == current_name(newer.settings)
    assert newer.refused is None


def test_what_was_refused_is_forgotten_where_it_is_withdrawn(newer, monkeypatch):
    manifest = newer.settings.index / "MANIFEST.json"
    named = json.loads(manifest.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(Ready, "open", lambda settings: 1 // 0)
        assert not newer.refresh()
    manifest.write_text(json.dumps(named | {"current": named["previous"]}), encoding="utf-8")
    assert not newer.refresh()
    assert newer.refused is None


def test_what_looks_twice_looks_at_one_generation(newer, monkeypatch):
    """A swap between two looks: the document is found in the one and gone from the other."""
    (newer.settings.corpus / "road-tolls" / "against-tolls.txt").unlink()
    index_corpus(newer.settings, HashEncoder())
    quote_at, number = Ready.quote_at, Generation.number

    def found(ready, document_id, span):
        citation = quote_at(ready, document_id, span)
        newer.refresh()
        return citation

    def counted(generation, document_id):
        place = number(generation, document_id)
        newer.refresh()
        return place

    held, old = newer.now(), newer._ready
    with monkeypatch.context() as patch:
        patch.setattr(Ready, "quote_at", found)
        quoted, _ = newer.disputes("against-tolls", Span(0, 30))
        assert newer.generation is not old.generation
        newer._ready = old
        words = quoted.quote.text
        assert newer.verify(words, speaker="Bo Reed").places[0].document is quoted.quote.document
        newer._ready = old
        patch.setattr(Generation, "number", counted)
        assert newer.document("against-tolls") is quoted.quote.document
    assert held.generation is old.generation


def test_the_index_of_a_moment_knows_what_is_known_of_the_corpus(own_explainer, monkeypatch):
    """So that no answer reads the whole corpus again."""
    own_explainer.changed_files()
    monkeypatch.setattr("pullquote.index.corpus_paths", lambda settings: pytest.fail("read again"))
    assert own_explainer.now().ask(Query(question=KNOWN)).stale is False
    assert own_explainer.now().changed_files() == ()


@pytest.fixture
def away(newer):
    """A file of the newer generation, moved away for a while, and where it belongs."""
    texts = Layout(newer.settings.index).generation(current_name(newer.settings)).folder / TEXTS
    return texts.rename(newer.settings.index / "away"), texts


def test_a_damaged_newer_generation_is_logged_once_and_the_present_one_is_not_opened_in_its_place(
    newer, away, monkeypatch, caplog
):
    before = newer._ready
    assert not newer.refresh()
    monkeypatch.setattr("pullquote.answers.explainer.REFUSED_SECONDS", 0.0)
    assert not newer.refresh()
    assert newer._ready is before
    assert (newer.refused.generation, newer.refused.reason) == (current_name(newer.settings), DAMAGED)
    assert [record.message for record in caplog.records] == [newer.degraded]
    assert TEXTS in newer.degraded


def test_while_a_newer_generation_is_damaged_neither_the_present_one_nor_a_model_is_opened(newer, away, monkeypatch):
    monkeypatch.setattr("pullquote.answers.reply.open_encoder", lambda *_: pytest.fail("a model was opened"))
    monkeypatch.setattr("pullquote.answers.reply.open_ranker", lambda *_: pytest.fail("a model was opened"))
    opened, opener = [], Generation.open
    monkeypatch.setattr(Generation, "open", lambda files, sha256: opened.append(files) or opener(files, sha256))
    assert not newer.refresh()
    assert [files.folder.name for files in opened] == [current_name(newer.settings)]
    assert "the previous generation serves" in newer.degraded


@pytest.mark.parametrize("started", [False, True], ids=["while another serves", "at the start"])
def test_a_generation_that_lacked_a_file_is_tried_again_after_a_while(newer, away, started, monkeypatch):
    explainer = open_with_fake(newer.settings) if started else newer
    assert not explainer.refresh()
    away[0].rename(away[1])
    assert not explainer.refresh()
    assert explainer.degraded
    monkeypatch.setattr("pullquote.answers.explainer.REFUSED_SECONDS", 0.0)
    assert explainer.refresh()
    assert explainer.generation.card.name == current_name(explainer.settings)
    assert (explainer.refused, explainer.degraded) == (None, None)


def test_a_generation_between_the_present_one_and_a_damaged_one_is_taken_up(newer):
    between = current_name(newer.settings)
    (newer.settings.corpus / "road-tolls" / "new.txt").write_text("Road tolls are new.\n", encoding="utf-8")
    index_corpus(newer.settings, HashEncoder())
    (Layout(newer.settings.index).generation(current_name(newer.settings)).folder / TEXTS).write_bytes(b"")
    assert newer.refresh()
    assert (newer.generation.card.name, newer.refused.generation) == (between, current_name(newer.settings))
    assert not newer.refresh()


def test_what_another_generation_replaced_leaves_the_memory_at_once(newer):
    """Without waiting for the collector of rings, which comes seldom while the old texts and vectors lie there."""
    newer.ask(Query(question=KNOWN))
    newer.ask(Query(question="What did the surgeon say?"))
    newer.search("tolls")
    newer.sides("Cities should charge road tolls.")
    newer.disputes("for-tolls", Span(5, 9))
    newer.expect_many()
    held = [weakref.ref(one) for one in (newer.generation, newer._ready, newer._ready.voices, newer._ready.debater)]
    gc.disable()
    try:
        assert newer.refresh()
        assert [one() for one in held] == [None] * len(held)
    finally:
        gc.enable()


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


def test_suggestions_were_proven_when_the_index_was_built(explainer):
    for question in explainer.suggestions():
        assert explainer.ask(Query(question=question)).answered, question


def test_a_question_that_several_debates_answer_is_suggested_once(explainer, monkeypatch):
    asked = [Suggestion(KNOWN, 0, "road-tolls"), Suggestion(KNOWN, 1, "bicycle-helmets")]
    monkeypatch.setattr(explainer._ready, "suggestions", tuple(asked))
    assert explainer.suggestions() == explainer.suggestions("road-tolls") == (KNOWN,)


def test_what_was_just_shown_is_not_suggested(explainer):
    for question in explainer.suggestions("road-tolls"):
        answer = explainer.ask(Query(question=question, debate="road-tolls"))
        assert question not in answer.suggestions


def test_what_to_ask_next_is_of_the_debate_that_the_answer_is_from(indexed, monkeypatch):
    """Whoever asked every debate goes on with the one that answered."""
    explainer = open_with_fake(indexed)
    generation = explainer.generation
    last = {debate: int(generation.window_rows(generation.documents_of(debate))[-1]) for debate in generation.debates}
    pool = tuple(Suggestion(f"What of {debate} and whales?", row, debate) for debate, row in last.items())
    monkeypatch.setattr(explainer._ready, "suggestions", pool)
    assert explainer.ask(Query(question=KNOWN)).suggestions == ("What of road-tolls and whales?",)
    assert len(explainer.ask(Query(question="Hello!")).suggestions) == len(pool)


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
        ("Road tolls cut traffic jams in crowded cities.", {"speaker": "Ada Finch"}, Result.VERBATIM),
        ("Road tolls cut traffic jams in crowded cities.", {"speaker": "Bo Reed"}, Result.MISATTRIBUTED),
    ],
)
def test_a_check_tells_altered_from_misattributed_from_not_found(explainer, words, more, result):
    assert explainer.verify(words, **more).result is result


def test_an_altered_quote_shows_what_was_changed(explainer):
    verdict = explainer.verify("Helmet laws encourage cycling.")
    assert ("only_given", "encourage") in verdict.diff
    assert ("only_stored", "discourage") in verdict.diff


def test_answers_and_searches_are_the_same_every_time(explainer):
    spans = [[c.quote.span for c in explainer.search("tolls", count=5)] for _ in range(3)]
    assert spans[0] == spans[1] == spans[2]


def test_a_subject_that_always_has_its_article_is_asked_about_with_it(settle):
    text = (
        "The toll commission met. Later the toll commission voted. We want fuel taxes. Drivers say fuel taxes fell.\n"
    )
    settings = settle({"a.txt": text})
    index_corpus(settings, encoder=HashEncoder())
    found = subjects(open_with_fake(settings).generation, "default")
    assert "the toll commission" in found
    assert "fuel taxes" in found


def test_no_subject_is_torn_out_of_a_longer_phrase(settle):
    text = (
        "Toll Reform Act\n\nA direct toll refund helps. A direct toll levy hurts. The toll refund is old. War against tolls is old.\n"
        "The war against tolls goes on. They list the tolls described. The tolls described are high. Fuel taxes rose.\n"
        "Fuel taxes fell.\n"
    )
    settings = settle({"a.txt": text})
    index_corpus(settings, encoder=HashEncoder())
    found = subjects(open_with_fake(settings).generation, "default")
    assert "Fuel taxes" in found
    assert "toll refund" in found
    assert "Toll Reform Act" in found
    assert {"direct toll", "War against", "war against", "against tolls", "tolls described"}.isdisjoint(found)


def test_after_a_change_only_the_questions_so_far_and_those_on_the_change_are_tried(settle, monkeypatch):
    files = {
        f"{name}.txt": f"# Toll roads of {name}\n\nThe toll road pays. The toll road of {name} pays.\n"
        for name in NAMES
    }
    settings = settle(files, min_confidence=0.0)
    index_corpus(settings, encoder=HashEncoder())
    so_far = set(open_with_fake(settings).suggestions())
    assert so_far
    (settings.corpus / "Aa.txt").write_text("# Ferry boats of Aa\n\nThe ferry sails. Nobody pays.\n", encoding="utf-8")
    tried: list[str] = []

    def watched(generation, prover):
        def noted(question: str, debate: str):
            tried.append(question)
            return prover(question, debate)

        return prove(generation, noted)

    monkeypatch.setattr("pullquote.upkeep.indexing.prove", watched)
    index_corpus(settings, encoder=HashEncoder())
    assert [question.casefold() for question in set(tried) - so_far] == ["what is said about ferry boats of aa?"]
    assert so_far <= set(tried)
    assert open_with_fake(settings).suggestions()


def test_a_change_of_much_of_a_debate_has_all_its_subjects_tried(settle, monkeypatch):
    settings = settle({"a.txt": "# Toll roads\n\nThe toll road pays.\n", "b.txt": "# Helmet laws\n\nHelmets save.\n"})
    index_corpus(settings, encoder=HashEncoder())
    (settings.corpus / "a.txt").write_text("# Ferry boats\n\nThe ferry sails.\n", encoding="utf-8")
    tried: list[str] = []
    monkeypatch.setattr(
        "pullquote.upkeep.indexing.prove", lambda generation, _: prove(generation, lambda q, _: tried.append(q))
    )
    index_corpus(settings, encoder=HashEncoder())
    assert set(tried) == {"What is said about ferry boats?", "What is said about helmet laws?"}


@pytest.mark.parametrize("question", ["What will happen next year?", "what is going to happen?", "Who will win?"])
def test_a_plain_question_about_what_is_to_come_is_not_searched_for(explainer, question):
    answer = explainer.ask(Query(question=question))
    assert (answer.reason, answer.citations, answer.nearest) == (Reason.PREDICTION_OR_ADVICE, (), ())


def test_what_is_to_come_of_a_subject_is_searched_for(explainer):
    assert explainer.ask(Query(question="What will happen to road tolls?")).confidence > 0
    turn = Turn("Do road tolls cut traffic jams?")
    assert explainer.ask(Query(question="What will happen next?", history=(turn,))).confidence > 0
