"""Both sides: at least one quote a side where there is one, many voices before one twice, and an honest gap."""

import json

import pytest
from fakes import TEXTS, HashEncoder, WordJudge, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.ready import Ready
from pullquote.corpus.corpus import CorpusFile, parse_document
from pullquote.errors import DocumentError, QuestionError, UnknownDebate
from pullquote.index import open_index
from pullquote.index.layout import STANCES
from pullquote.index.search import Role
from pullquote.sides.columns import NO_OTHER_SIDE, NO_SIDE, NO_SUPPORT
from pullquote.sides.disputes import contested
from pullquote.sides.judging import StanceBook, own_propositions
from pullquote.sides.matter import Matter, favours_of, matter_of, same_words, under_debate
from pullquote.sides.stance import Basis, Reading, Side
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus

TOLLS = "Cities should charge road tolls."
NAMED = {
    **TEXTS,
    "road-tolls/for-tolls.md": TEXTS["road-tolls/for-tolls.md"].replace(
        "side: for\n", f"side: for\nproposition: {TOLLS}\n"
    ),
}
REPORTING = {
    "road-tolls/report.md": (
        "---\nauthor: Bo Reed\nproposition: Cities should charge road tolls.\nside: for\n---\n"
        "Cities should charge road tolls because tolls cut jams.\n\n"
        "The minister claimed that road tolls in cities hit the poor hardest.\n"
    ),
}


def explainer_of(settings, judge=None) -> Explainer:
    judge = judge or WordJudge()
    index_corpus(settings, HashEncoder(), judge=judge)
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, judge))


@pytest.fixture
def named(settle) -> Explainer:
    """The small debates, one of them with its proposition named."""
    return explainer_of(settle(NAMED))


def test_a_statement_gets_quotes_on_both_sides_cut_whole(settle):
    sides = explainer_of(
        settle(TEXTS | {"road-tolls/for-tolls.md": TEXTS["road-tolls/for-tolls.md"].replace("side: for\n", "")})
    ).sides("Road tolls are fair.")
    assert any("cut traffic jams" in citation.quote.text for citation in sides.favour)
    assert any("poor commuters" in citation.quote.text for citation in sides.against)
    assert sides.gap is None
    numbers = [citation.n for citation in (*sides.favour, *sides.against, *sides.context)]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in (*sides.favour, *sides.against):
        assert citation.quote.text == citation.quote.span.cut(citation.quote.document.text)


def test_the_denial_of_a_statement_swaps_the_sides(settle):
    explainer = explainer_of(settle())
    one, other = explainer.sides("Road tolls are fair."), explainer.sides("Road tolls are not fair.")
    assert {c.quote.text for c in one.favour} == {c.quote.text for c in other.against}
    assert {c.quote.text for c in one.against} == {c.quote.text for c in other.favour}


def test_a_document_named_like_the_proposition_leaves_room_for_the_others(settle):
    news = " ".join(f"Item{n} came before member{n} of ward{n} and passed after speech{n}." for n in range(50))
    reads: set[str] = set()

    class Noting(WordJudge):
        def read(self, proposition: str, sentence: str):
            reads.add(sentence)
            return super().read(proposition, sentence)

    op_ed = "---\nauthor: Cy Dow\n---\nA fee at the gate is a fair price for a crowded street.\n"
    texts = {"d/news.md": f"---\ntitle: Board votes on road tolls in cities\n---\n{news}\n", "d/op-ed.md": op_ed}
    explainer_of(settle(texts), Noting()).sides("Cities should charge road tolls.")
    assert any("fair price" in sentence for sentence in reads)


def test_a_bare_reply_takes_no_side(settle):
    class Ready(WordJudge):
        def read(self, proposition: str, sentence: str):
            return 1.0, (-4.0, 4.0, -4.0)

    texts = {
        "d/talk.md": "---\nauthor: Cy Dow\n---\n## Do road tolls cut traffic?\n\nNo.\n\n## Why not?\n\nRoad tolls move traffic.\n"
    }
    sides = explainer_of(settle(texts), Ready()).sides("Road tolls cut traffic.")
    assert [c.quote.text for c in sides.against] == ["Road tolls move traffic."]


def test_a_question_is_turned_into_its_proposition(named):
    assert named.sides("Should cities charge road tolls?").proposition == TOLLS


def test_the_label_wins_and_is_said(named):
    labels = {c.stance.basis for c in named.sides(TOLLS).favour if c.quote.document.id == "for-tolls"}
    assert labels == {Basis.LABEL}


def test_a_reported_claim_counts_for_its_speaker_not_for_the_author(settle):
    sides = explainer_of(settle(REPORTING)).sides(TOLLS)
    assert [c.stance.basis for c in sides.favour] == [Basis.LABEL]
    (against,) = sides.against
    assert against.voice.speaker is not None
    assert "minister" in against.voice.speaker.lower()
    assert against.stance.basis is Basis.MODEL


@pytest.mark.parametrize(
    ("words", "gap"),
    [("Road tolls cut jams.", NO_OTHER_SIDE), ("Road tolls hit the poor.", NO_SUPPORT), ("Cats sleep.", NO_SIDE)],
)
def test_a_side_that_was_looked_for_and_not_found_is_named(settle, words, gap):
    assert explainer_of(settle({"tolls/a.txt": words})).sides("Road tolls are right.").gap == gap


GUESSED = 0.6  # a side is plain, though no likelier than not
DOUBTED = 1.4  # surer by this much less: a side is shown, though not plainly


class SoftJudge(WordJudge):
    """As sure of nothing as a model that half understands: the more of a third kind, the less sure."""

    def __init__(self, neither: float = 2.83) -> None:
        super().__init__()
        self.neither = neither

    def read(self, proposition, sentence):
        relevance, (favour, against, neither) = super().read(proposition, sentence)
        return relevance, (favour * 0.5, against * 0.5, self.neither if neither < 0 else neither)


def test_what_only_leans_to_a_side_is_not_shown_on_it_but_no_gap_is_claimed(settle):
    files = {"tolls/a.txt": "Road tolls cut jams.\n\nRoad tolls hit some people.\n"}
    sides = explainer_of(settle(files), SoftJudge()).sides("Road tolls are right.")
    assert sides.against == ()
    assert (sides.unclear, sides.missing) == ((Side.AGAINST,), ())
    assert sides.gap is None


def test_a_concession_is_not_shown_on_its_documents_side_and_leaves_no_gap(settle):
    files = {
        "road-tolls/a.md": f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: for\n---\n"
        "Cities should charge road tolls because tolls cut jams.\n\nRoad tolls in cities hit the poor hardest.\n"
    }
    sides = explainer_of(settle(files)).sides(TOLLS)
    assert ["cut jams" in citation.quote.text for citation in sides.favour] == [True]
    assert sides.against == ()
    assert (sides.unclear, sides.gap) == ((Side.AGAINST,), None)


PRO = f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: for\n---\nCities should charge road tolls because tolls cut jams.\n"
DOUBT = "In cities road tolls hit shops.\n"  # the one word that a judge half hears


def test_where_the_operator_puts_documents_on_one_side_alone_the_other_is_shown_only_if_plain(settle):
    sides = explainer_of(settle({"tolls/a.md": PRO, "tolls/b.txt": DOUBT}), SoftJudge(DOUBTED)).sides(TOLLS)
    assert sides.favour
    assert sides.against == ()
    assert sides.unclear == (Side.AGAINST,)


def test_the_same_doubt_is_shown_where_the_operator_says_nothing(settle):
    bare = PRO.replace("side: for\n", "")
    sides = explainer_of(settle({"tolls/a.md": bare, "tolls/b.txt": DOUBT}), SoftJudge(DOUBTED)).sides(TOLLS)
    assert [citation.quote.document.id for citation in sides.against] == ["b"]


def test_of_a_labelled_document_the_sentence_that_argues_its_side_comes_first(settle):
    files = {
        "road-tolls/a.md": f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: for\n---\n"
        "Cities charge road tolls on ten roads.\n\nWhere cities charge road tolls, tolls cut jams.\n"
    }
    first, *_ = explainer_of(settle(files)).sides(TOLLS).favour
    assert "cut jams" in first.quote.text


def test_words_that_a_longer_quote_puts_on_one_side_are_not_shown_on_the_other(settle):
    words = "Road tolls may hit trade. They also cut jams, and a fair fee is better for all of us than jams are.\n"
    sides = explainer_of(settle({"tolls/a.txt": words})).sides("Road tolls are right.")
    assert [citation.quote.text for citation in sides.favour] == [words.strip()]
    assert sides.against == ()


def test_no_voice_speaks_twice_before_every_other_has_spoken(settle):
    texts = {
        f"tolls/{name}.md": f"---\nauthor: {name}\n---\nRoad tolls cut {thing} jams.\n\nRoad tolls are better for {other}.\n"
        for name, thing, other in (
            ("ann", "morning", "trains"),
            ("ben", "evening", "walkers"),
            ("cat", "holiday", "ferries"),
        )
    }
    favour = explainer_of(settle(texts)).sides("Road tolls are right.").favour
    assert len({c.quote.document.id for c in favour}) == len(favour) == 3


def test_a_full_stop_more_or_less_changes_nothing(named):
    found = [named.sides(f"Cities should charge road tolls{mark}") for mark in ("", ".", "!", "…")]
    assert {one.proposition for one in found} == {TOLLS}
    assert len({tuple(c.quote.span for c in (*one.favour, *one.against)) for one in found}) == 1


def test_of_what_the_sources_never_mention_nothing_is_shown_on_any_side(named):
    sides = named.sides("Zorbing gladdens wombats.")
    assert (sides.favour, sides.against, sides.context) == ((), (), ())
    assert sides.gap == NO_SIDE


@pytest.mark.parametrize("words", ["Who pays road tolls?", "?", "the of and", "tolls"])
def test_what_puts_nothing_up_for_debate_is_refused_in_plain_words(named, words):
    with pytest.raises(QuestionError, match="write a statement"):
        named.sides(words)


@pytest.mark.parametrize(
    ("request_", "proposition", "side"),
    [("arguments for charging road tolls", TOLLS, Side.FOR), ("pros and cons of road tolls in cities", TOLLS, Side.FOR),
     ("arguments for abolishing road tolls", "Cities should not charge road tolls.", Side.AGAINST),
     ("What do supporters of abolishing road tolls say?", "Cities should not charge road tolls.", Side.AGAINST),
     ("rebuttals to charging road tolls", TOLLS, Side.FOR), ("What do critics say?", TOLLS, Side.FOR),
     ("quotes for a ban on road tolls", "Cities should not charge road tolls.", Side.AGAINST),
     ("Give me quotes against a ban on road tolls", "Cities should not charge road tolls.", Side.AGAINST),
     ("What is the evidence against road tolls?", TOLLS, Side.FOR)],
)  # fmt: skip
def test_a_request_for_a_side_shows_the_operators_proposition_or_its_denial(settle, request_, proposition, side):
    sides = explainer_of(settle(ARGUED)).sides(request_)
    assert sides.proposition == proposition
    labelled = [one for one in sides.favour if one.stance.basis is Basis.LABEL]
    authors = {"for" if one.quote.document.source.author == "Ann Lee" else "against" for one in labelled}
    assert authors == {side.value}


@pytest.mark.parametrize(
    "words", ["points for the opposition", "quotes about road tolls", "Steelman it", "evidence against Lee"]
)
def test_a_request_that_cannot_be_read_is_refused_and_is_no_gap(named, words):
    with pytest.raises(QuestionError, match="write a statement"):
        named.sides(words)


def test_a_statement_in_another_language_is_refused_with_that_of_the_sources(named):
    with pytest.raises(QuestionError, match="in English"):
        named.sides("Los peajes no son una buena idea para las ciudades.")


def test_an_unknown_debate_is_named(named):
    with pytest.raises(UnknownDebate):
        named.sides(TOLLS, debate="ferries")


# What is known when the index is built


def test_the_debates_own_proposition_is_judged_at_build_and_not_again(settle):
    settings, judge = settle(NAMED), WordJudge()
    explainer = explainer_of(settings, judge)
    built = len(judge.pairs)
    assert built
    explainer.sides(TOLLS, debate="road-tolls")
    assert len(judge.pairs) == built
    write_corpus(settings.corpus, {"bicycle-helmets/more.txt": "Helmets are heavy."})
    index_corpus(settings, HashEncoder(), judge=judge)
    assert len(judge.pairs) == built


def test_without_a_named_proposition_nothing_is_judged_at_build(settle):
    judge = WordJudge()
    explainer = explainer_of(settle(), judge)
    assert judge.pairs == []
    assert json.loads(explainer.generation.extra[STANCES]) == []


def test_front_matter_names_propositions_and_sides_one_by_one():
    text = b"---\nproposition: Tolls are fair.\nside: against\nsides:\n  Roads are free.: for\n---\nWords.\n"
    document = parse_document(CorpusFile("d", "d/a.md", text), document_id="a")
    assert [(p.proposition, p.side) for p in document.positions] == [
        ("Tolls are fair.", "against"),
        ("Roads are free.", "for"),
    ]
    with pytest.raises(DocumentError, match="proposition: side"):
        parse_document(CorpusFile("d", "d/a.md", b"---\nsides: [a]\n---\nWords.\n"), document_id="a")


@pytest.mark.parametrize("facts", ["proposition: Tolls are fair.\nside: agianst", "sides:\n  Tolls are fair.: maybe"])
def test_a_misspelt_side_is_told_with_those_there_are(facts):
    with pytest.raises(DocumentError, match="the sides are for, against, neutral"):
        parse_document(CorpusFile("d", "d/a.md", f"---\n{facts}\n---\nWords.\n".encode()), document_id="a")


def test_a_side_without_a_proposition_is_on_the_debates_only_one(settle):
    plain = NAMED | {"road-tolls/other.md": "---\nside: against\n---\nCities should never charge road tolls.\n"}
    explainer = explainer_of(settle(plain))
    assert own_propositions(explainer.generation, "road-tolls") == (TOLLS,)
    (other,) = [c for c in explainer.sides(TOLLS).against if c.quote.document.id == "other"]
    assert other.stance.basis is Basis.LABEL


# The ordinary answer


def test_what_the_labels_put_on_each_side_is_gathered_before_the_first_question(named, monkeypatch):
    fresh = Explainer(named.settings, Ready(open_index(named.settings), HashEncoder(), None, WordJudge()))
    fresh.expect_many()
    monkeypatch.setattr(
        "pullquote.sides.debater.labelled_quotes", lambda *_: pytest.fail("gathered while somebody waits")
    )
    assert fresh.ask(Query(question="Should cities charge road tolls?")).proposition == TOLLS


def test_an_ordinary_answer_tells_sides_and_brings_the_other_one(named):
    answer = named.ask(Query(question="Should cities charge road tolls?", debate="road-tolls", max_quotes=5))
    assert answer.proposition == TOLLS
    sides = [citation.stance.side for citation in answer.citations if citation.stance]
    assert {Side.FOR, Side.AGAINST} <= set(sides)
    assert any(citation.role is Role.COUNTERPOINT for citation in answer.citations)
    assert answer.gap is None
    assert not answer.one_sided


def test_the_gap_is_said_only_where_the_other_side_was_looked_for(settle):
    alone = {"road-tolls/for-tolls.md": NAMED["road-tolls/for-tolls.md"]}
    explainer = explainer_of(settle(alone))
    assert explainer.ask(Query(question="Should cities charge road tolls?")).gap == NO_OTHER_SIDE
    assert explainer.ask(Query(question="Who should pay for a road?")).gap is None


def test_an_answer_is_one_sided_only_where_a_side_is_taken(settle):
    alone = {"road-tolls/for-tolls.md": NAMED["road-tolls/for-tolls.md"]}
    explainer = explainer_of(settle(alone))
    assert explainer.ask(Query(question="Should cities charge road tolls?")).one_sided
    answer = explainer.ask(Query(question="Who should pay for a road?"))
    assert answer.answered
    assert not answer.one_sided


def test_an_answer_of_one_quote_claims_no_gap_where_the_other_side_is_there(named):
    answer = named.ask(Query(question="Should cities charge road tolls?", debate="road-tolls", max_quotes=1))
    assert len(answer.citations) == 1
    assert answer.gap is None


def test_without_a_named_proposition_no_gap_is_claimed_and_nothing_is_read(settle):
    judge = WordJudge()
    answer = explainer_of(settle(), judge).ask(Query(question="Do road tolls cut traffic jams?"))
    assert answer.proposition == "Road tolls cut traffic jams."
    assert answer.gap is None
    assert judge.pairs == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [("Why might road tolls hurt?", TOLLS), ("Should cities charge road tolls?", TOLLS), ("Who pays?", None),
     ("Should cyclists wear helmets?", "Cyclists should wear helmets.")],
)  # fmt: skip
def test_what_is_under_debate_is_the_debates_own_where_reasons_are_asked(question, expected):
    assert under_debate(question, [TOLLS]) == expected


QUARRY = "The old quarry should be scrapped."


@pytest.mark.parametrize(
    ("question", "expected"),
    [("arguments for a quarry museum", "A quarry museum is justified."),
     ("reasons to protect old barns", "It is right to protect old barns."),
     ("What is the case for lamps at the old quarry?", "Lamps at the old quarry are justified."),
     ("Why should the county sell old barns?", "The county should sell old barns."),
     ("arguments for old quarry fees", "Old quarry fees are justified."),
     ("Why might the old quarry hurt?", QUARRY), ("Why does the county need the old quarry?", QUARRY)],
)  # fmt: skip
def test_who_asks_for_reasons_about_another_thing_is_not_answered_on_the_debates_own(question, expected):
    assert under_debate(question, [QUARRY]) == expected


@pytest.mark.parametrize(
    ("question", "own", "side"),
    [("Why should gambling be allowed?", "Ashby should ban gambling.", None),
     ("Why is gambling harmful?", "Ashby should ban gambling.", None),
     ("How does gambling hurt families?", "Ashby should ban gambling.", None),
     ("Why would anyone oppose a ban?", "Ashby should ban gambling.", None),
     ("arguments for singing", "Ashby should ban singing.", Side.AGAINST),
     ("arguments against smoking", "Ashby should ban smoking.", Side.FOR),
     ("Why would anyone oppose fare caps?", "Cities should cap fares.", None),
     ("Why should the city join the PU?", "The city should join the Postal Union.", None),
     ("reasons for Ashby to rejoin the Postal Union", "Ashby should rejoin the Postal Union.", Side.FOR),
     ("reasons for Ashby not to rejoin the Postal Union", "Ashby should rejoin the Postal Union.", Side.AGAINST),
     ("Why should the county museum keep the coins?", "The county museum should return the Ellis coins.", None)],
)  # fmt: skip
def test_reasons_are_of_the_operators_proposition_however_its_thing_is_named(question, own, side):
    matter = matter_of(question, [own])
    assert (matter.proposition, matter.asked) == (own, side)


@pytest.mark.parametrize(
    "question",
    ["Why is fishing harmful?", "Why would anyone oppose a fishing ban?", "Why should the city join the PX?",
     "Why should the mint keep the old coins?"],
)  # fmt: skip
@pytest.mark.parametrize(
    "own",
    ["Ashby should ban gambling.", "The city should join the Postal Union.", "The county museum should return the Ellis coins."],
)  # fmt: skip
def test_reasons_about_another_thing_are_not_of_the_operators_proposition(question, own):
    assert under_debate(question, [own]) != own


@pytest.mark.parametrize(
    "named",
    [(TOLLS, "Road tolls should be charged."), ("Road tolls should be charged.", TOLLS),
     (TOLLS, "Cities should not charge road tolls.")],
)  # fmt: skip
@pytest.mark.parametrize("question", ["arguments against charging road tolls", "Why might road tolls hurt?"])
def test_one_proposition_in_several_wordings_is_one(named, question):
    assert matter_of(question, named).proposition == named[0]
    assert matter_of(question, (*named, "Streets should have lamps.")).proposition in (named[0], "Road tolls hurt.")


def test_a_request_for_a_side_is_answered_where_documents_word_the_proposition_differently(settle):
    other = ARGUED["road-tolls/against.md"].replace(TOLLS, "Road tolls should be charged.")
    answer = explainer_of(settle(ARGUED | {"road-tolls/against.md": other})).ask(
        Query(question="Arguments against charging road tolls")
    )
    assert answer.proposition in (TOLLS, "Road tolls should be charged.")
    assert answer.citations[0].stance.side is Side.AGAINST


@pytest.mark.parametrize(
    ("question", "proposition", "side"),
    [("Should the quarry be scrapped?", QUARRY, None), ("Why should we keep that quarry?", QUARRY, Side.AGAINST),
     ("Should the quarry at Ellis be scrapped?", "The quarry at Ellis should be scrapped.", None),
     ("Should the quarry owner pay?", "The quarry owner should pay.", None)],
)  # fmt: skip
def test_the_one_thing_under_debate_may_be_named_by_its_last_word(question, proposition, side):
    assert matter_of(question, [QUARRY]) == Matter(question, proposition, side, put_up=True)


@pytest.mark.parametrize(("camp", "side"), [("critics", Side.AGAINST), ("supporters", Side.FOR)])
def test_a_camp_without_a_thing_is_that_of_the_one_proposition_whatever_it_is_asked_about(camp, side):
    question, reopen = f"What do {camp} say about the wet cellars?", "The old quarry should be reopened."
    assert matter_of(question, [reopen]) == Matter(question, reopen, side)
    assert matter_of(question, [reopen, "Streets should have lamps."]) is None


@pytest.mark.parametrize(
    "question",
    ["What do critics say about the dust of quarries?", "What do opponents say about the old quarry’s noise?",
     "What do supporters say about wet cellars?", "What do critics say about Lee?"],
)  # fmt: skip
@pytest.mark.parametrize(
    "named", [QUARRY, "The county should not keep the old quarry.", "The old quarry hurts the county."]
)
def test_critics_of_a_thing_that_should_not_be_are_on_no_side_where_only_a_topic_is_named(question, named):
    assert favours_of(question, [named]) is None


@pytest.mark.parametrize(
    ("question", "side"),
    [("What do critics say about the old quarry?", Side.FOR), ("What do supporters say about it?", Side.FOR),
     ("What do critics say about scrapping the old quarry?", Side.AGAINST), ("What do critics say?", Side.AGAINST)],
)  # fmt: skip
def test_critics_of_the_thing_itself_are_for_its_end(question, side):
    assert matter_of(question, [QUARRY]).asked is side


@pytest.mark.parametrize(
    "topic", ["Lee", "Ann Lee’s paper", "the opponents", "people who oppose lamps", "her", "themselves"]
)
def test_what_critics_say_about_somebody_is_no_side_of_the_debate(topic):
    assert matter_of(f"What do critics say about {topic}?", ["The old quarry should be reopened."]) is None


def test_a_name_that_the_proposition_has_may_be_a_topic():
    reopen = "Ashby should reopen the Ellis quarry."
    assert matter_of("What do critics say about jobs at Ellis?", [reopen]).asked is Side.AGAINST


@pytest.mark.parametrize(
    "question",
    ["What do critics say?", "What do supporters say?", "Who is against it?", "What do critics say about the noise?"],
)  # fmt: skip
@pytest.mark.parametrize(
    "named",
    [("Ferries should be subsidised.", "Ferries should not be subsidised."), ("We should abolish the levy.", "We should keep the levy.")],
)  # fmt: skip
@pytest.mark.parametrize("step", [1, -1])
def test_of_two_propositions_that_deny_each_other_no_camp_without_a_thing_has_a_side(question, named, step):
    assert matter_of(question, named[::step]) is None


@pytest.mark.parametrize("step", [1, -1])
def test_of_two_propositions_that_deny_each_other_the_side_asked_for_is_the_same_in_any_order(step):
    named = ("We should abolish the levy.", "We should keep the levy.")[::step]
    matter = matter_of("arguments for the levy", named)
    assert (matter.proposition, matter.asked) == (named[0], Side.AGAINST if step == 1 else Side.FOR)


def test_where_several_things_are_under_debate_none_is_named_by_its_last_word():
    named = [QUARRY, "The new quarry should be fenced."]
    assert matter_of("Should the quarry be scrapped?", named).proposition == "The quarry should be scrapped."


ARGUED = {
    "road-tolls/for.md": f"---\nauthor: Ann Lee\nproposition: {TOLLS}\nside: for\n---\n"
    "Arguments for road tolls in cities: road tolls cut jams.\n",
    "road-tolls/against.md": f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: against\n---\n"
    "Arguments for road tolls in cities forget that road tolls hit the poor.\n\n"
    "No arguments for road tolls help those whom road tolls hurt.\n\n"
    "All arguments for road tolls, in all cities, discourage trade and shops.\n",
}


@pytest.mark.parametrize(
    ("question", "side"),
    [("Give me an argument for road tolls in cities", Side.FOR), ("Arguments against road tolls in cities", Side.AGAINST),
     ("What are the arguments for abolishing road tolls in cities?", Side.AGAINST)],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 2, 3])
def test_of_the_arguments_asked_for_those_come_first_and_the_other_side_is_a_counterpoint(
    settle, question, side, count
):
    answer = explainer_of(settle(ARGUED)).ask(Query(question=question, max_quotes=count))
    sides = [citation.stance.side for citation in answer.citations]
    assert answer.proposition == TOLLS
    assert sides == sorted(sides, key=lambda one: one is not side)
    assert len(sides) <= count
    for citation in answer.citations:
        assert (citation.role is Role.COUNTERPOINT) is (citation.stance.side is not side)


def test_where_nothing_is_judged_the_order_of_the_arguments_stays(settle):
    bare = {name: text[text.index("---\n", 4) + 4 :] for name, text in ARGUED.items()}
    explainer = explainer_of(settle(bare))
    for side in ("for", "against"):
        asked = explainer.ask(Query(question=f"What are the arguments {side} road tolls in cities?"))
        assert asked.proposition == "Road tolls in cities are justified."
        assert [citation.score for citation in asked.citations] == sorted(
            (c.score for c in asked.citations), reverse=True
        )


def sides_of(answer) -> list[Side | None]:
    return [citation.stance and citation.stance.side for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "side"),
    [("Why should cities charge road tolls?", Side.FOR), ("Why must cities charge road tolls?", Side.FOR),
     ("Why should cities not charge road tolls?", Side.AGAINST),
     ("Why shouldn’t cities charge road tolls?", Side.AGAINST),
     ("What do supporters of charging road tolls say?", Side.FOR),
     ("What do opponents of road tolls in cities say?", Side.AGAINST), ("What do critics say?", Side.AGAINST)],
)  # fmt: skip
def test_who_asks_why_something_should_be_done_or_what_one_camp_says_gets_that_side_first(settle, question, side):
    answer = explainer_of(settle(ARGUED)).ask(Query(question=question))
    assert answer.proposition == TOLLS
    assert answer.citations[0].stance.side is side
    for citation in answer.citations:
        assert (citation.role is Role.COUNTERPOINT) is (citation.stance.side is side.other)


def test_what_the_other_side_says_alone_is_told_as_the_other_side(settle):
    texts = {"road-tolls/against.md": ARGUED["road-tolls/against.md"]}
    answer = explainer_of(settle(texts)).ask(Query(question="Why should cities charge road tolls?"))
    assert {citation.role for citation in answer.citations} == {Role.COUNTERPOINT}


@pytest.mark.parametrize(("camp", "other"), [("opponents", "Supporters"), ("supporters", "Opponents")])
def test_a_camp_that_is_asked_for_is_not_answered_first_by_what_the_other_says(settle, camp, other):
    texts = {
        "tolls/a.md": f"{LEE}{other} of road tolls in cities say what they say of them.\n\nRoad tolls cost cities much.\n"
    }
    answer = explainer_of(settle(texts)).ask(Query(question=f"What do {camp} of road tolls in cities say?"))
    assert answer.proposition is None
    assert [citation.quote.text.split()[0] for citation in answer.citations] == ["Road", other]


LAMPS = "---\nauthor: Cy Dow\nproposition: Streets should have lamps.\nside: for\n---\nLamps are cheap.\n"


def test_a_camp_is_asked_about_one_proposition_of_several(settle):
    named = explainer_of(settle(ARGUED | {"road-tolls/lamps.md": LAMPS}))
    assert named.ask(Query(question="What do opponents of road tolls in cities say?")).proposition == TOLLS


SURVEY = f"---\nauthor: Di Orr\nproposition: {TOLLS}\nside: neutral\n---\n" + "".join(
    f"Whether cities should charge road tolls {words}.\n\n"
    for words in ("is old", "was asked by nine boards", "may never end", "fills halls")
)
FAR = {
    f"road-tolls/{side}.md": f"---\nauthor: {name}\nproposition: {TOLLS}\nside: {side}\n---\n{words}\n"
    for side, name, words in (
        ("for", "Ann Lee", "A fair toll pays for trains."),
        ("against", "Bo Reed", "A toll is unfair to those who drive to work."),
    )
}


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_operators_own_proposition_as_a_question_gets_a_labelled_quote_a_side(settle, count):
    answer = explainer_of(settle(FAR | {"road-tolls/survey.md": SURVEY})).ask(
        Query(question="Should cities charge road tolls?", max_quotes=count)
    )
    taken = [citation for citation in answer.citations if citation.stance.side in (Side.FOR, Side.AGAINST)]
    assert [citation.stance.side for citation in taken] == [Side.FOR, Side.AGAINST]
    assert {citation.stance.basis for citation in taken} == {Basis.LABEL}
    assert [citation.role for citation in taken] == [Role.CLAIM, Role.COUNTERPOINT]
    assert len(answer.citations) == count
    assert answer.gap is None


def test_an_answer_of_one_quote_stays_the_nearest(settle):
    answer = explainer_of(settle(FAR | {"road-tolls/survey.md": SURVEY})).ask(
        Query(question="Should cities charge road tolls?", max_quotes=1)
    )
    assert [citation.quote.document.id for citation in answer.citations] == ["survey"]


def test_a_guess_of_the_model_stands_for_no_side_that_has_a_label(settle):
    doubt = {"road-tolls/doubt.txt": "Cities charge road tolls and hit shops.\n"}
    files = {"road-tolls/for.md": PRO, **doubt}
    question = Query(question="Should cities charge road tolls?")
    guessed = explainer_of(settle(files), SoftJudge(GUESSED)).ask(question)
    assert Side.AGAINST in sides_of(guessed)
    labelled = explainer_of(settle(files | {"road-tolls/against.md": FAR["road-tolls/against.md"]}), SoftJudge(GUESSED))
    against = [one for one in labelled.ask(question).citations if one.stance.side is Side.AGAINST]
    assert {one.stance.basis for one in against} == {Basis.LABEL}


@pytest.mark.parametrize(
    ("before", "question", "side"),
    [("Should cities charge road tolls?", "Who disagrees?", Side.AGAINST),
     ("Why should cities charge road tolls?", "And who is against it?", Side.AGAINST),
     ("What do opponents of road tolls in cities say?", "Who disagrees with that?", Side.FOR)],
)  # fmt: skip
def test_who_disagrees_is_asked_of_the_proposition_before(settle, before, question, side):
    answer = explainer_of(settle(ARGUED)).ask(Query(question=question, history=(Turn(before),)))
    assert answer.proposition == TOLLS
    assert answer.citations[0].stance.side is side


@pytest.mark.parametrize(
    ("before", "question", "side"),
    [(("Should cities charge road tolls?",), "Who supports it?", Side.FOR),
     (("Should cities charge road tolls?", "Who is against it?"), "And who is for it?", Side.FOR),
     (("Should cities charge road tolls?", "Who is for it?", "Why?"), "And who is against it?", Side.AGAINST),
     (("What do opponents of road tolls in cities say?",), "And who backs them?", Side.FOR)],
)  # fmt: skip
@pytest.mark.parametrize("others", [{}, {"road-tolls/lamps.md": LAMPS}])
def test_who_is_for_it_is_asked_of_the_last_question_that_stands_alone(settle, before, question, side, others):
    query = Query(question=question, history=tuple(map(Turn, before)))
    answer = explainer_of(settle(ARGUED | others)).ask(query)
    assert answer.proposition == TOLLS
    assert answer.citations[0].stance.side is side


def test_who_supports_the_end_of_a_thing_is_against_it():
    asked = matter_of("Who supports it?", [TOLLS], "Why should cities abolish road tolls?")
    assert asked == Matter("Who supports it?", TOLLS, Side.AGAINST, put_up=True)


def test_a_camp_of_another_thing_leans_on_no_question_before():
    assert matter_of("And who supports wider lanes?", [TOLLS], "Should cities charge road tolls?") is None


MOOR = "The town should moor barges."
MOORED = {
    f"barges/{side}.md": f"---\nauthor: {name}\nproposition: {MOOR}\nside: {side}\n---\n{words}\n"
    for side, name, words in (
        ("for", "Ann Lee", "Barges that the town should moor bring shops."),
        ("against", "Bo Reed", "Barges that the town would moor foul the river."),
    )
}


@pytest.mark.parametrize(
    ("question", "side"),
    [("Should the town moor barges?", None), ("Why should the town moor barges?", Side.FOR),
     ("Why should the town not moor barges?", Side.AGAINST), ("And why shouldn’t the town moor barges?", Side.AGAINST)],
)  # fmt: skip
@pytest.mark.parametrize("others", [{}, {"barges/lamps.md": LAMPS}])
def test_the_operators_own_words_are_up_for_debate_whatever_their_verb(settle, question, side, others):
    answer = explainer_of(settle(MOORED | others)).ask(Query(question=question))
    assert answer.proposition == MOOR
    assert {Side.FOR, Side.AGAINST} <= set(sides_of(answer))
    assert side is None or sides_of(answer)[0] is side


def test_the_operators_own_words_as_a_question_get_both_sides(settle):
    sides = explainer_of(settle(MOORED)).sides("Should the town moor barges?")
    assert sides.proposition == MOOR
    assert (len(sides.favour), len(sides.against)) == (1, 1)


@pytest.mark.parametrize(
    ("question", "proposition", "same"),
    [("Should the town moor barges?", MOOR, 1), ("“Should the Town moor barges”?", MOOR, 1),
     ("Shouldn't the town moor barges?", MOOR, 1), ("Why can’t the town moor barges?", MOOR, 0),
     ("Why should the town not moor barges?", "The town should not moor barges.", 1),
     ("Why can the town not moor barges?", "The town cannot moor barges.", 1),
     ("Should the town moor barges?", "The town shouldn't moor barges.", -1),
     ("Should the town moor ferries?", MOOR, 0), ("How should the town moor barges?", MOOR, 0),
     ("Should not the town moor barges?", MOOR, -1), ("Should barges moor the town?", MOOR, 0), ("Why?", MOOR, 0)],
)  # fmt: skip
def test_a_question_has_the_words_of_a_proposition_or_denies_them_or_neither(question, proposition, same):
    assert same_words(question, proposition) == same


@pytest.mark.parametrize(
    ("question", "history"),
    [("Who disagrees with her about road tolls?", (Turn("What does Ann Lee say about road tolls?"),)),
     ("Who disagrees with Ann Lee about road tolls in cities?", ())],
)  # fmt: skip
def test_who_disagrees_with_somebody_is_not_answered_in_their_own_words(settle, question, history):
    answer = explainer_of(settle(ARGUED)).ask(Query(question=question, history=history))
    assert {citation.quote.document.source.author for citation in answer.citations} == {"Bo Reed"}
    assert (answer.proposition, answer.citations[0].role, answer.gap) == (TOLLS, Role.CLAIM, None)


CRITICS = "Critics of road tolls say that road tolls in cities are unfair to those who drive to work.\n"
OWN = "Road tolls in cities cut jams and pay for trains that cities need.\n\n"
SHOPS = "Road tolls in cities hit shops and those who drive to work, as those who pay them know.\n"
LEE = "---\nauthor: Ann Lee\n---\n"


def roles(explainer: Explainer, question: str) -> list[tuple[str, Role]]:
    """The first word of each quote, with its role."""
    answer = explainer.ask(Query(question=question))
    return [(citation.quote.text.split(maxsplit=1)[0], citation.role) for citation in answer.citations]


def test_critics_are_the_other_side_only_beside_the_author_who_reports_them(settle):
    asked = "Do road tolls in cities cut jams and pay for trains?"
    beside = roles(explainer_of(settle({"tolls/a.md": LEE + OWN + CRITICS})), asked)
    assert beside == [("Road", Role.CLAIM), ("Critics", Role.COUNTERPOINT)]
    apart = explainer_of(settle({"tolls/a.md": LEE + CRITICS, "tolls/b.md": SHOPS}))
    assert roles(apart, "Do road tolls in cities hit shops?") == [("Road", Role.CLAIM), ("Critics", Role.CLAIM)]


STUDY = "---\nauthor: Cy Dow\n---\nA study asked what critics and supporters say about road tolls in cities.\n"


@pytest.mark.parametrize(
    ("camp", "told"),
    [("critics", "Critics of road tolls in cities say that they are a burden."),
     ("supporters", "Supporters of road tolls in cities say that they are a gift.")],
)  # fmt: skip
def test_what_a_camp_that_is_asked_for_is_told_to_say_stays_before_a_stray_labelled_sentence(settle, camp, told):
    files = FAR | {"road-tolls/told.md": f"---\nauthor: Di Orr\n---\n{told}\n", "road-tolls/study.md": STUDY}
    shown = explainer_of(settle(files)).ask(Query(question=f"What do {camp} say about road tolls in cities?")).citations
    assert shown[0].quote.text == told
    assert shown[0].role is Role.CLAIM
    assert "study" in [citation.quote.document.id for citation in shown]


WHO = {
    "against": "Opponents of road tolls say that they are a burden.",
    "for": "Supporters of road tolls say so often.",
}


@pytest.mark.parametrize(("side", "other"), [("against", "for"), ("for", "against")])
def test_who_asks_who_takes_a_side_gets_what_its_camp_is_told_to_say_in_the_place_of_the_other(settle, side, other):
    nearer = WHO[other].replace(" say", " in cities who is for and against say")
    files = FAR | {"road-tolls/told.md": f"---\nauthor: Di Orr\n---\n{nearer}\n\n{STUDY[24:]}\n{WHO[side]}\n"}
    for count in (1, 2, 3):
        query = Query(question=f"Who is {side} road tolls in cities?", max_quotes=count)
        answer = explainer_of(settle(files)).ask(query)
        texts = [citation.quote.text for citation in answer.citations]
        assert answer.proposition == TOLLS
        assert any(text.startswith(WHO[side]) for text in texts)
        assert not texts[0].startswith(nearer)
        assert Role.COUNTERPOINT not in [citation.role for citation in answer.citations if citation.n == 1]


def test_a_quote_of_no_side_that_tells_who_is_against_a_thing_stays_first(settle):
    told = "The Drivers League is against road tolls in cities."
    files = FAR | {"road-tolls/told.md": f"---\nauthor: Di Orr\nproposition: {TOLLS}\nside: neutral\n---\n{told}\n"}
    shown = explainer_of(settle(files)).ask(Query(question="Who is against road tolls in cities?")).citations
    assert shown[0].quote.text == told
    assert Side.AGAINST in [citation.stance.side for citation in shown]


def test_critics_who_come_to_the_front_counter_nothing(settle):
    shown = roles(
        explainer_of(settle({"tolls/a.md": f"{LEE}Supporters of road tolls say who opposes road tolls.\n\n{CRITICS}"})),
        "Who opposes road tolls?",
    )
    assert shown == [("Critics", Role.CLAIM), ("Supporters", Role.CLAIM)]


def test_where_no_camp_is_told_to_say_anything_a_labelled_quote_of_its_side_comes_first(settle):
    answer = explainer_of(settle(FAR | {"road-tolls/study.md": STUDY})).ask(
        Query(question="What do critics say about road tolls in cities?")
    )
    assert answer.citations[0].stance.side is Side.AGAINST


@pytest.mark.parametrize(
    "question",
    ["What do critics of road tolls in cities that pay for trains say?",
     "Reasons against road tolls in cities that pay for trains",
     "Why not pay for trains with road tolls in cities?"],
)  # fmt: skip
def test_critics_are_no_other_side_where_they_are_asked_for(settle, question):
    shown = roles(explainer_of(settle({"tolls/a.md": LEE + OWN + CRITICS})), question)
    assert sorted(shown) == [("Critics", Role.CLAIM), ("Road", Role.CLAIM)]


def test_critics_of_what_arguments_are_asked_for_are_no_claim_even_where_they_fit_best(settle):
    texts = {"tolls/a.md": f"{LEE}Road tolls pay for trains.\n\nCritics: arguments for road tolls are unfair.\n"}
    shown = roles(explainer_of(settle(texts)), "Arguments for road tolls")
    assert shown == [("Road", Role.CLAIM), ("Critics:", Role.COUNTERPOINT)]


def test_max_quotes_is_never_passed(named):
    for count in (1, 2, 3):
        answer = named.ask(Query(question="Should cities charge road tolls?", debate="road-tolls", max_quotes=count))
        assert 1 <= len(answer.citations) <= count


def test_the_quote_that_took_the_side_stays_when_the_other_side_is_added(settle):
    texts = {
        "tolls/a.md": f"---\nproposition: {TOLLS}\n---\nCities charge road tolls at many bridges in the north.\n",
        "tolls/b.txt": "Cities charge road tolls in many ways on working days.\n",
        "tolls/c.txt": "People say that road tolls cut jams in cities.\n",
        "tolls/d.txt": "The tolls that cities charge hit the poor and all others.\n",
    }
    answer = explainer_of(settle(texts)).ask(Query(question="Should cities charge road tolls?", max_quotes=3))
    sides = [citation.stance.side for citation in answer.citations if citation.stance]
    assert len(answer.citations) == 3
    assert {Side.FOR, Side.AGAINST} <= set(sides)


# Disputes


def dispute_of(explainer: Explainer, document: str, words: str):
    start = explainer.document(document).text.index(words)
    return explainer.disputes(document, Span(start, start + len(words)))


def test_a_dispute_is_another_voice_on_the_other_side_of_what_the_operator_put_up(named):
    quoted, dispute = dispute_of(named, "for-tolls", "Road tolls cut")
    assert quoted.quote.text.startswith("Road tolls cut traffic jams")
    assert dispute is not None
    assert dispute.proposition == TOLLS
    assert dispute.citation.quote.document.id != "for-tolls"
    assert (dispute.own.side, dispute.citation.stance.side) == (Side.FOR, Side.AGAINST)


def test_where_the_operator_put_nothing_up_nobody_disputes_anything(settle):
    explainer = explainer_of(settle(TEXTS | {"road-tolls/for-tolls.md": "Road tolls cut traffic jams."}))
    assert dispute_of(explainer, "for-tolls", "Road tolls cut")[1] is None


def test_a_quote_that_only_asks_and_one_that_concedes_dispute_nothing(settle):
    start = f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: for\n---\n"
    against = f"---\nauthor: {{}}\nproposition: {TOLLS}\nside: against\n---\n"
    files = {
        "tolls/a.md": f"{start}Cities should charge road tolls because tolls cut jams.\n\n"
        "Road tolls in cities hit the poor hardest.\n",
        "tolls/b.md": f"{against.format('Ann Lee')}Should cities charge road tolls that hit the poor hardest?\n",
    }
    asked_only = explainer_of(settle(files))
    assert dispute_of(asked_only, "a", "Cities should charge")[1] is None
    assert dispute_of(asked_only, "b", "Should cities")[1] is None
    files["tolls/c.md"] = f"{against.format('Cy Moss')}Cities charge road tolls that are unfair and discourage trade.\n"
    argued = explainer_of(settle(files))
    _, dispute = dispute_of(argued, "a", "Cities should charge")
    assert dispute is not None
    assert dispute.citation.quote.document.id == "c"
    assert dispute_of(argued, "a", "Road tolls in cities")[1] is None  # read as against: a concession


def test_the_same_voice_does_not_dispute_itself(settle):
    labels = "---\nauthor: {}\nproposition: {}\nside: {}\n---\n"
    files = {
        "tolls/a.md": labels.format("Ann Lee", TOLLS, "for")
        + "Cities should charge road tolls because tolls cut jams.\n",
        "tolls/b.md": labels.format("Ann Lee", TOLLS, "against") + "Cities charge road tolls that are unfair.\n",
    }
    assert dispute_of(explainer_of(settle(files)), "a", "Cities should charge")[1] is None
    files["tolls/b.md"] = files["tolls/b.md"].replace("Ann Lee", "Bo Reed")
    assert dispute_of(explainer_of(settle(files)), "a", "Cities should charge")[1] is not None


def test_of_several_propositions_the_one_counts_on_which_a_quote_is_likeliest_to_argue(settle):
    other = "Lorries should be banned."
    labels = "---\nauthor: {}\nsides:\n  {}: {}\n  {}: {}\n---\n"
    files = {
        "tolls/a.md": labels.format("Ann Lee", other, "for", TOLLS, "for")
        + "Cities should charge road tolls because tolls cut jams.\n",
        "tolls/b.md": labels.format("Bo Reed", other, "against", TOLLS, "against")
        + "Road tolls in cities are unfair.\n",
    }
    _, dispute = dispute_of(explainer_of(settle(files)), "a", "Cities should charge")
    assert dispute is not None
    assert dispute.proposition == TOLLS


def taken_by(named: Explainer, **readings: Reading):
    """What is taken for contested of the labelled quote "Road tolls cut…", where it is read like this."""
    document = named.document("for-tolls")
    start = document.text.index("Road tolls cut")
    citation = named.quote_at("for-tolls", Span(start, start + 10))
    given = {{"tolls": TOLLS}.get(key, key): one for key, one in readings.items()}
    return contested(named.generation, citation.quote, citation.voices, given)


def test_of_what_a_quote_takes_sides_on_the_likeliest_counts(named):
    weak, strong = Reading(1.0, 0.1, 1.0), Reading(6.0, 0.0, 9.0)
    assert taken_by(named, tolls=weak, Fair=strong)[0] == "Fair"
    assert taken_by(named, Fair=Reading(1.0, 0.1, 1.0), tolls=strong)[0] == TOLLS


def test_a_labelled_quote_off_the_subject_or_conceding_takes_no_side(named):
    assert taken_by(named, tolls=Reading(1.0, 0.1, 1.0))[1].side is Side.FOR
    assert taken_by(named, tolls=Reading(0.0, 0.5, -6.0)) is None
    assert taken_by(named, tolls=Reading(-2.2, 0.0, 9.0)) is None


def test_what_is_barely_likelier_to_argue_disputes_nothing(settle):
    assert dispute_of(explainer_of(settle(NAMED), SoftJudge()), "for-tolls", "Road tolls cut")[1] is None


def test_nobody_disputes_what_stands_alone(settle):
    explainer = explainer_of(settle({"tolls/a.txt": "Road tolls cut jams. Road tolls hit the poor hardest."}))
    assert explainer.disputes("a", Span(0, 10))[1] is None


def test_stances_of_a_snapshot_without_them_are_none(explainer):
    assert StanceBook(explainer.generation).readings(None, TOLLS) is None
