"""Both sides: at least one quote a side where there is one, many voices before one twice, and an honest gap."""

import json

import pytest
from fakes import NAMED, TEXTS, TOLLS, HashEncoder, WordJudge, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.ready import Ready
from pullquote.errors import QuestionError, UnknownDebate
from pullquote.index import open_index
from pullquote.index.layout import STANCES
from pullquote.index.search import Role
from pullquote.sides.columns import NO_OTHER_SIDE, NO_SIDE, NO_SUPPORT
from pullquote.sides.stance import Basis, Side
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus

GUESSED = 0.6  # a side is plain, though no likelier than not
DOUBTED = 1.4  # surer by this much less: a side is shown, though not plainly
LABELS = "---\nauthor: {}\nproposition: " + TOLLS + "\nside: {}\n---\n{}\n"
PRO = LABELS.format("Bo Reed", "for", "Cities should charge road tolls because tolls cut jams.")
UNFAIR = "Cities charge road tolls that are unfair and discourage trade."
CON = LABELS.format("Ann Lee", "against", UNFAIR)
CONCEDING = f"{PRO}\nRoad tolls in cities hit the poor hardest.\n"
DOUBT = "In cities road tolls hit shops.\n"  # the one word that a judge half hears
ARGUED = {
    "road-tolls/for.md": LABELS.format("Ann Lee", "for", "Arguments for road tolls in cities: road tolls cut jams."),
    "road-tolls/against.md": LABELS.format(
        "Bo Reed", "against",
        "Arguments for road tolls in cities forget that road tolls hit the poor.\n\n"
        "No arguments for road tolls help those whom road tolls hurt.\n\n"
        "All arguments for road tolls, in all cities, discourage trade and shops.",
    ),
}  # fmt: skip
LAMPS = {
    "road-tolls/lamps.md": "---\nproposition: Streets should have lamps.\nside: for\n---\nLamps are cheap.\n"
}


def explainer_of(settings, judge=None):
    judge = judge or WordJudge()
    index_corpus(settings, HashEncoder(), judge=judge)
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, judge))


@pytest.fixture
def named(settle):
    """The small debates, one of them with its proposition named."""
    return explainer_of(settle(NAMED))


def ask(explainer, question, *before, count=3):
    history = tuple(map(Turn, before))
    return explainer.ask(Query(question=question, history=history, max_quotes=count))


def sides_of(answer):
    return [citation.stance and citation.stance.taken for citation in answer.citations]


# Both columns


def test_a_statement_gets_quotes_on_both_sides_and_its_denial_the_same_turned_round(settle):
    page = "road-tolls/for-tolls.md"
    explainer = explainer_of(settle(TEXTS | {page: TEXTS[page].replace("side: for\n", "")}))
    sides, denied = map(explainer.sides, ("Road tolls are fair.", "Road tolls are not fair."))
    assert any("cut traffic jams" in citation.quote.text for citation in sides.favour)
    assert any("poor commuters" in citation.quote.text for citation in sides.against)
    assert sides.gap is None
    every = (*sides.favour, *sides.against, *sides.context)
    assert [citation.n for citation in every] == list(range(1, len(every) + 1))
    quotes = [citation.quote for citation in every]
    assert all(quote.text == quote.span.cut(quote.document.text) for quote in quotes)
    assert {c.quote.text for c in sides.favour} == {c.quote.text for c in denied.against}
    assert {c.quote.text for c in sides.against} == {c.quote.text for c in denied.favour}


@pytest.mark.parametrize(
    "words",
    [TOLLS, f" {TOLLS[:-1]}!", "Should cities charge road tolls?", "arguments against road tolls that cities charge",
     "What do critics say?"],
)  # fmt: skip
def test_a_question_or_a_request_shows_the_operators_proposition_with_its_label(named, words):
    sides = named.sides(words)
    assert sides.proposition == TOLLS
    assert Basis.LABEL in {citation.stance.basis for citation in sides.favour}


def test_a_question_that_cannot_be_turned_is_shown_as_it_was_asked_under_yes_and_no(settle):
    explainer = explainer_of(settle())
    sides = explainer.sides("Is charging road tolls fair?")
    assert sides.proposition == "Is charging road tolls fair?"
    assert sides.favour
    assert sides.against


NOTHING = "nothing here to be for or against; write a statement, such as “Cities"


@pytest.mark.parametrize(("words", "error", "said"), [
    *((words, QuestionError, NOTHING) for words in ("Who pays road tolls?", "?", "the of and", "tolls", "evidence against Lee")),
    ("Los peajes no son una buena idea para las ciudades.", QuestionError, "in English"),
])  # fmt: skip
def test_what_puts_nothing_up_for_debate_is_refused_in_plain_words(named, words, error, said):
    with pytest.raises(error, match=said):
        named.sides(words)


def test_what_cannot_be_asked_is_told(named):
    with pytest.raises(UnknownDebate):
        named.sides(TOLLS, debate="ferries")


def test_a_reported_claim_counts_for_its_speaker_not_for_the_author(settle):
    reported = "The minister claimed that road tolls in cities hit the poor hardest."
    sides = explainer_of(settle({"road-tolls/report.md": f"{PRO}\n{reported}\n"})).sides(TOLLS)
    assert [citation.stance.basis for citation in sides.favour] == [Basis.LABEL]
    (against,) = sides.against
    assert "minister" in (against.voice.speaker or "").lower()
    assert against.stance.basis is Basis.MODEL


@pytest.mark.parametrize(("words", "gap"), [
    ("Road tolls cut jams.", NO_OTHER_SIDE), ("Road tolls hit the poor.", NO_SUPPORT), ("Cats sleep.", NO_SIDE),
])  # fmt: skip
def test_a_side_that_was_looked_for_and_not_found_is_named(settle, words, gap):
    assert explainer_of(settle({"tolls/a.txt": words})).sides("Road tolls are right.").gap == gap


def test_of_what_the_sources_never_mention_nothing_is_shown(named):
    sides = named.sides("Zorbing gladdens wombats.")
    assert (sides.favour, sides.against, sides.context, sides.gap) == ((), (), (), NO_SIDE)


def test_a_concession_is_not_shown_on_its_documents_side(settle):
    sides = explainer_of(settle({"tolls/a.md": CONCEDING})).sides(TOLLS)
    assert ["cut jams" in citation.quote.text for citation in sides.favour] == [True]
    assert (sides.against, sides.unclear, sides.gap) == ((), (Side.AGAINST,), None)


# What is known when the index is built


def test_the_debates_own_proposition_is_judged_at_build_and_not_again(settle):
    settings, judge = settle(NAMED), WordJudge()
    explainer = explainer_of(settings, judge)
    built = len(judge.pairs)
    assert built
    explainer.sides(TOLLS, debate="road-tolls")
    explainer.sides("Cities should not charge road tolls.", debate="road-tolls")
    write_corpus(settings.corpus, {"bicycle-helmets/more.txt": "Helmets are heavy."})
    index_corpus(settings, HashEncoder(), judge=judge)
    assert len(judge.pairs) == built


def test_without_a_named_proposition_nothing_is_judged_and_no_gap_is_claimed(settle):
    judge = WordJudge()
    explainer = explainer_of(settle(), judge)
    answer = ask(explainer, "Do road tolls cut traffic jams?")
    assert json.loads(explainer.generation.extra[STANCES]) == judge.pairs == []
    assert explainer.ready.stances.readings(None, TOLLS) is None
    assert (answer.proposition, answer.gap) == ("Road tolls cut traffic jams.", None)


# The ordinary answer


def test_an_ordinary_answer_tells_sides_and_brings_the_other_one(named):
    for count in (1, 2, 3, 5):
        answer = ask(named, "Should cities charge road tolls?", count=count)
        assert 1 <= len(answer.citations) <= count
        assert (answer.proposition, answer.gap) == (TOLLS, None)
    assert {Side.FOR, Side.AGAINST} <= set(sides_of(answer))
    assert any(citation.role is Role.COUNTERPOINT for citation in answer.citations)
    assert not answer.one_sided


def test_the_gap_is_said_only_where_the_other_side_was_looked_for(settle):
    explainer = explainer_of(settle({"road-tolls/for-tolls.md": NAMED["road-tolls/for-tolls.md"]}))
    asked, other = (
        ask(explainer, "Should cities charge road tolls?"),
        ask(explainer, "What do road tolls cut?"),
    )
    assert (asked.gap, asked.one_sided) == (NO_OTHER_SIDE, True)
    actual = (other.answered, other.gap, other.one_sided, other.proposition)
    assert actual == (True, None, False, None)


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("Give me an argument for road tolls in cities", Side.FOR), ("Arguments against road tolls in cities", Side.AGAINST),
        ("What are the arguments for abolishing road tolls in cities?", Side.AGAINST),
        ("Why should cities charge road tolls?", Side.FOR), ("Why shouldn’t cities charge road tolls?", Side.AGAINST),
        ("What do critics say?", Side.AGAINST),
    ],
)  # fmt: skip
def test_the_side_asked_for_comes_first_and_the_other_is_a_counterpoint(settle, question, side):
    explainer = explainer_of(settle(ARGUED))
    for count in (1, 3):
        answer = ask(explainer, question, count=count)
        assert answer.proposition == TOLLS
        assert sides_of(answer) == sorted(sides_of(answer), key=lambda one: one is not side)
        assert 1 <= len(answer.citations) <= count
        for citation in answer.citations:
            assert (citation.role is Role.COUNTERPOINT) is (citation.stance.side is side.other)


@pytest.mark.parametrize(
    ("before", "question", "side"),
    [("Should cities charge road tolls?", "Who disagrees?", Side.AGAINST),
     ("Why should cities abolish road tolls?", "Who supports it?", Side.AGAINST),
     ("What are the arguments against road tolls in cities?", "And the other side?", Side.FOR)],
)  # fmt: skip
def test_a_side_is_asked_of_the_question_before(settle, before, question, side):
    answer = ask(explainer_of(settle(ARGUED | LAMPS)), question, before)
    assert (answer.proposition, sides_of(answer)[0]) == (TOLLS, side)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_operators_own_proposition_as_a_question_gets_a_labelled_quote_a_side(settle, count):
    ways = ("is old", "fills halls", "may end")
    survey = "".join(f"Whether cities should charge road tolls {way}.\n\n" for way in ways)
    unfair = "A toll is unfair to those who drive to work."
    written = (
        ("survey", "Di Orr", "neutral", survey), ("for", "Ann Lee", "for", "A fair toll pays for trains."),
        ("against", "Bo Reed", "against", unfair),
    )  # fmt: skip
    files = {f"road-tolls/{name}.md": LABELS.format(*facts) for name, *facts in written}
    answer = ask(explainer_of(settle(files)), "Should cities charge road tolls?", count=count)
    stances = [(one.stance.side, one.role, one.stance.basis) for one in answer.citations if one.stance.taken]  # fmt: skip
    both = [(Side.FOR, Role.CLAIM, Basis.LABEL), (Side.AGAINST, Role.COUNTERPOINT, Basis.LABEL)]
    assert stances == (both if count > 1 else [])
    assert (len(answer.citations), answer.gap) == (min(count, 4), None)


# Disputes


def dispute_of(explainer, document, words):
    start = explainer.document(document).text.index(words)
    return explainer.disputes(document, Span(start, start + len(words)))[1]


def test_a_dispute_is_another_voice_that_the_labels_put_on_the_other_side(settle):
    explainer = explainer_of(settle({"tolls/a.md": CONCEDING, "tolls/b.md": CON}))
    dispute = dispute_of(explainer, "a", "Cities should charge")
    assert (dispute.proposition, dispute.citation.quote.document.id) == (TOLLS, "b")
    assert (dispute.disputed_stance.side, dispute.citation.stance.side) == (Side.FOR, Side.AGAINST)
    # Read as against: a concession.
    assert dispute_of(explainer, "a", "Road tolls in cities") is None
