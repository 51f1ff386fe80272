"""Avowals: what is granted to the other side, or was once thought, is on no side, wherever sides are told."""

import pytest
from fakes import HashEncoder
from growth import assert_in_proportion
from test_sides import TOLLS, SoftJudge, explainer_of

from pullquote.answers.query import Query
from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.index.quote import Quote
from pullquote.sides.avowal import disavows, limits
from pullquote.sides.stance import Basis, Side
from pullquote.span import Span
from pullquote.upkeep.balance import balance_of
from pullquote.upkeep.indexing import index_corpus


def quote_of(text: str, part: str) -> Quote:
    """The sentences of a text that a part of it, from the start of its first, is made of."""
    document = Document(id="d", debate="d", path="d.md", text=text)
    sentences = split_sentences(document)
    start = text.index(part)
    inside = [
        place for place, one in enumerate(sentences) if one.span.end > start and one.span.start < start + len(part)
    ]
    return Quote(document, sentences, inside[0], inside[-1])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("I grant that a toll costs the carter a penny. But the bridge stands.", "I grant"),
        ("We do not deny that tolls slow the mail.", "We do"),
        ("It is true that the gate is ugly. Yet it pays.", "It is true"),
        ("The gate, it is true, is ugly.", "The gate"),
        ("To be fair, the queue at noon is long.", "To be fair"),
        ("Admittedly, the keeper is rude.", "Admittedly"),
        ("That is so, and it is the best argument on the other side.", "That is so"),
        ("I will concede one thing to the carters. Their wheels wear out sooner.", "Their wheels"),
        ("Let me be fair. The queue is long. Horses do tire in it. But nobody is robbed.", "Horses do"),
        ("I grant that the old gates did harm. In some towns the mail came late.", "In some towns"),
    ],
)
def test_what_is_granted_is_not_held(text: str, part: str):
    assert disavows(quote_of(text, part))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("I grant that a toll costs a penny, but the bridge stands.", "I grant"),
        ("I grant that a toll costs a penny. But the bridge stands.", "But the"),
        ("I will concede one thing. Their wheels wear out. The trouble is the bridge.", "The trouble"),
        ("I grant that the old gates did harm. Build new ones.", "Build"),
        ("I will concede one thing.\n\nTolls keep the bridge up.", "Tolls keep"),
        ("Although I grant that the queue is long, tolls keep the bridge up.", "Although"),
        ("We concede nothing to the carters.", "We concede"),
        ("Nobody asks if it is true that tolls slow the mail.", "Nobody"),
        ("We grant passage to all and admit carts at dawn.", "We grant"),
        ("Tolls keep the bridge up.", "Tolls"),
    ],
)
def test_what_turns_from_what_was_granted_is_held(text: str, part: str):
    assert not disavows(quote_of(text, part))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Ten years ago I wrote here that tolls were theft. Keepers, I said, were thieves.", "Ten years"),
        ("Ten years ago I wrote here that tolls were theft. Keepers, I said, were thieves.", "Keepers"),
        ("I told the town that tolls were theft. I was wrong.", "I told"),
        ("I told the town that tolls were theft.\n\nI have changed my mind since.", "I told"),
        ("I used to think that tolls were theft.", "I used"),
        ("I thought the gate a disgrace.", "I thought"),
        ("As a boy I would have told you that tolls were theft. I have grown up, and I was mistaken.", "As a boy I would have told you that tolls were theft. I"),
        ("We once argued that tolls were theft.", "We once"),
    ],
)  # fmt: skip
def test_what_a_speaker_once_thought_is_not_held(text: str, part: str):
    assert disavows(quote_of(text, part))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("As I said ten years ago, tolls are theft.", "As I"),
        ("I told the town that tolls were theft. The town heard me.", "I told"),
        ("I have always said that tolls are theft.", "I have"),
        ("I believed, and still believe, that tolls are theft.", "I believed"),
        ("I used to think that tolls were theft, but they keep the bridge up.", "I used"),
        ("I once thought them theft. But tolls keep the bridge up.", "I once thought them theft. But"),
        ("Show me that I was wrong and I will pay.", "Show"),
        ("If I thought that tolls were theft I would say so.", "If I"),
        ("They cost more than I thought.", "They"),
        ("I thought of the keeper.", "I thought"),
    ],
)
def test_what_a_speaker_still_thinks_is_held(text: str, part: str):
    assert not disavows(quote_of(text, part))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("In 1921 I voted for tolls on this road. They mended it.", "In 1921"),
        ("We warned ten years ago that a toll would empty the market.", "We warned"),
        ("I opposed the gate in 1919 since it would rob the carter.", "I opposed"),
        ("Years ago we promised a ford, and we dug it.", "Years ago"),
    ],
)
def test_a_dated_vote_warning_or_promise_is_held_until_it_is_taken_back(text: str, part: str):
    assert not disavows(quote_of(text, part))
    assert disavows(quote_of("In 1921 I voted for tolls on this road. I was wrong.", "In 1921 I voted for tolls"))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("In 1921 I wrote that tolls were theft, and each year since has shown it.", "In 1921"),
        ("In 1921 I wrote that tolls were theft; I would write it again.", "In 1921"),
        ("In 1921 I wrote that tolls were theft. I say the same today.", "In 1921"),
        ("In 1921 I said that carters would leave. They have.", "In 1921"),
        ("I was sure that the gate would fall, and it did.", "I was sure"),
        ("I assumed that the carters would go elsewhere, and they have gone.", "I assumed"),
    ],
)
def test_what_has_come_true_or_is_said_again_is_held(text: str, part: str):
    assert not disavows(quote_of(text, part))


def test_what_has_not_come_true_is_not_held():
    text = "In 1921 I said that the bridge would fall, and it has not."
    assert disavows(quote_of(text, "In 1921"))
    text = "I used to think that a toll is theft, and that keepers are thieves."
    assert disavows(quote_of(text, "I used"))


@pytest.mark.parametrize(
    "text",
    [
        "I thought hard on tolls all winter.",
        "I thought it our duty to mend the bridge.",
        "I was convinced by the keeper that tolls pay.",
        "I hardly thought a gate would do harm.",
        "We never used to oppose a toll.",
        "In 1921 I first argued that tolls were theft.",
        "I was certain to pay the toll.",
        "I said that tolls were theft. I was not wrong.",
    ],
)
def test_weighing_a_matter_or_coming_to_a_view_gives_none_up(text: str):
    assert not disavows(quote_of(text, text.split(". ", maxsplit=1)[0]))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("We have to admit that keepers rob the carter.", "We have"),
        ("Unless we admit that carts break roads, no road will last.", "Unless"),
        ("I would not deny a widow a cart.", "I would"),
        ("We cannot deny the carters bread. It keeps them alive.", "It keeps"),
        ("There is hardly a good reason on the other side.", "There is"),
        ("We have yet to hear a strong case from the other side.", "We have"),
        ("A better reason for the other side of the hill to build is grain.", "A better"),
        ("I cannot grant the point. Tolls must end.", "Tolls must"),
        ("We concede too much to the keepers.", "We concede"),
        ("We must grant them the bridge.", "We must"),
    ],
)
def test_a_demand_a_condition_or_a_refusal_grants_nothing(text: str, part: str):
    assert not disavows(quote_of(text, part))


@pytest.mark.parametrize(
    "text",
    [
        "I must admit that a toll costs a penny.",
        "We do not deny the cost of a toll.",
        "I do not dispute, of course, that the mail is slow.",
        "We do not deny it is dear.",
        "I cannot deny there are queues.",
        "The best argument on the other side of this debate is the queue.",
    ],
)
def test_an_open_admission_still_grants(text: str):
    assert disavows(quote_of(text, text))


def test_that_a_thing_has_its_limits_may_grant_something():
    assert limits(quote_of("A toll is no cure-all. It mends no road.", "A toll"))
    assert limits(quote_of("A toll is no cure-all. It mends no road.", "It mends"))
    assert not limits(quote_of("A toll is no cure-all. Roads mend slowly.", "Roads"))


@pytest.mark.parametrize(
    "part",
    ["I grant ", "it is true ", "and ", "I once said ", "but ", "there I would concede to them the one ", "I ", "really ",
     "“", ", ", "To be fair", "ago when I was a ", "we have since ", "will not solve ", "( * _", "the best case ", "we do not deny the ", "a ", ", and ", "; it ", "not ", "until we admit that ",
     "I would ", "the best case on the other side ", "we must admit that "],
)  # fmt: skip
def test_many_words_of_granting_cost_no_more_than_their_length(part: str):
    def prepare(size: int):
        sentence = part * (size // len(part))
        document = Document(id="d", debate="d", path="d.md", text=sentence)
        quote = Quote(document, (Sentence(Span(0, len(sentence)), Kind.PROSE, 0, None),), 0, 0)
        return lambda: (disavows(quote), limits(quote))

    assert_in_proportion(prepare, 200_000)


HEAD = f"---\nauthor: Cy Dow\nproposition: {TOLLS}\nside: for\n---\n"
GRANTING = {
    "d/a.md": HEAD + "Cities should charge road tolls because tolls cut jams.\n\n"
    "I grant that road tolls hit cities with poor carters.\n",
    "d/b.md": f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: against\n---\nRoad tolls in cities hit the poor.\n",
}


def test_a_label_is_not_on_what_its_author_grants_wherever_sides_are_told(settle):
    settings = settle(GRANTING)
    explainer = explainer_of(settings)
    sides = explainer.sides(TOLLS, debate="d")
    shown = [quote.quote.text for quote in (*sides.favour, *sides.against)]
    assert [words for words in shown if words.startswith("I grant")] == []
    answer = explainer.ask(Query(question="Why do road tolls in cities hit poor carters?", debate="d"))
    [granted] = [one for one in answer.citations if one.quote.text.startswith("I grant")]
    assert granted.stance.side is Side.UNCLEAR
    [balance] = balance_of(explainer.generation)
    counts = next(iter(balance.sides.values())).judged
    assert (counts["for"], counts["against"], counts["unclear"]) == (1, 1, 1)
    place = next(one for one in explainer.generation.document(0).text.splitlines() if one.startswith("I grant"))
    start = explainer.generation.document(0).text.index(place)
    assert explainer.disputes("a", Span(start, start + len(place)))[1] is None


def test_limits_take_a_label_off_only_where_the_words_lean_to_the_other_side(settle):
    for side, counted in (("for", 0), ("against", 1)):
        text = f"---\nauthor: Cy Dow\nproposition: {TOLLS}\nside: {side}\n---\nA road toll is no cure-all in poor cities.\n"
        generation = index_corpus(settle({"d/a.md": text}), HashEncoder(), judge=SoftJudge()).generation
        [balance] = balance_of(generation)
        counts = next(iter(balance.sides.values())).judged
        assert counts[side] == counted


def test_with_all_debates_the_labels_are_those_of_the_debate_that_is_quoted(settle):
    helmets = "---\nauthor: Ann Fox\nproposition: Cyclists should wear helmets.\nside: for\n---\nA helmet protects the skull.\n"
    explainer = explainer_of(settle({**GRANTING, "e/h.md": helmets}))
    for debate in ("d", None):
        answer = explainer.ask(Query(question="What are the arguments for road tolls in cities?", debate=debate))
        assert answer.proposition == TOLLS
        assert {one.stance.basis for one in answer.citations if one.stance.side is Side.FOR} == {Basis.LABEL}
