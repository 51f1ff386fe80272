"""The explainer: one snapshot an answer, told when the corpus moved on."""

import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.calibrate import Reason
from pullquote.conversation import Query, Turn
from pullquote.errors import UnknownDebate, UnknownDocument
from pullquote.indexing import index_corpus
from pullquote.span import Span
from pullquote.suggestions import prove, subjects
from pullquote.verify import Result

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
        patch.setattr("pullquote.ready.open_encoder", lambda index, identity, model: HashEncoder())
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


def test_what_was_just_shown_is_not_suggested(explainer):
    for question in explainer.suggestions("road-tolls"):
        answer = explainer.ask(Query(question=question, debate="road-tolls"))
        assert question not in answer.suggestions


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

    monkeypatch.setattr("pullquote.indexing.prove", watched)
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
        "pullquote.indexing.prove", lambda generation, _: prove(generation, lambda q, _: tried.append(q))
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
