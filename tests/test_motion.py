"""Motions: what is put before a house is shown in plain words, and what is doubted or denied as the denial."""

from pathlib import Path

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.sides.judging import own_propositions
from pullquote.sides.motion import plainly, put_up
from pullquote.sides.proposition import alike, proposition_of, statement_of
from pullquote.sides.relation import relation, turns
from pullquote.upkeep.indexing import index_corpus


@pytest.mark.parametrize(
    ("motion", "statement"),
    [("This house would build a pier", "We should build a pier."), ("THW build a pier", "We should build a pier."),
     ("thw build a pier.", "We should build a pier."), ("TH would not build a pier", "We should not build a pier."),
     ("THW not build a pier", "We should not build a pier."), ("TH wouldn't build a pier", "We should not build a pier."),
     ("This House Would Build A Pier", "We should build A Pier."), ("This house'd build a pier", "We should build a pier."),
     ("This house would rather build a pier", "We should build a pier."),
     ("This house would like to shut piers", "We should shut piers."),
     ("This house would rather swim than row", "We should rather swim than row."),
     ("This house, as Malta, would build a pier", "Malta should build a pier."),
     ("This house believes that piers are ugly", "Piers are ugly."), ("THBT piers should be shut", "Piers should be shut."),
     ("This house strongly believes piers are ugly.", "Piers are ugly."),
     ("This house does not believe that piers are ugly", "Piers are not ugly."),
     ("This house supports the closure of piers", "The closure of piers is justified."),
     ("THS piers", "Piers are justified."), ("This house is in favour of piers", "Piers are justified."),
     ("THO piers", "Piers are not justified."), ("This house would oppose rules that favour piers", "Rules that favour piers are not justified."),
     ("This house opposes the idea that piers should be shut", "Piers should not be shut."),
     ("THR the loss of piers", "The loss of piers is not justified."),
     ("This house prefers a town without piers", "A town without piers is preferable."),
     ("THP trams to buses", "Trams are preferable to buses."),
     ("Motion: this house would build a pier", "We should build a pier."), ("Resolved, that piers are ugly.", "Piers are ugly."),
     ("Resolved: That piers are ugly", "Piers are ugly."), ("Be it resolved that piers are ugly", "Piers are ugly."),
     ("Debate: should piers be shut?", "Piers should be shut."), ("Motion 3: “Piers should be shut.”", "Piers should be shut."),
     ("Topic: THBT piers pay", "Piers pay."), ("Piers should be shut. Discuss.", "Piers should be shut."),
     ("THW build a pier. Do you agree?", "We should build a pier.")],
)  # fmt: skip
def test_a_motion_is_shown_as_the_plain_statement_that_it_puts_up(motion: str, statement: str):
    found = statement_of(motion)
    assert found is not None
    assert found.rstrip(".") == statement.rstrip(".")
    assert plainly(found) == found
    assert motion.endswith("?") or alike(motion) == alike(statement)


@pytest.mark.parametrize(
    ("words", "statement"),
    [("I doubt piers should be shut", "Piers should not be shut."), ("We firmly deny that piers pay.", "Piers do not pay."),
     ("This house disagrees that piers pay", "Piers do not pay."), ("I don't think piers are ugly.", "Piers are not ugly."),
     ("We do not doubt that piers pay", "Piers pay."), ("I question whether piers are ugly", "Piers are not ugly."),
     ("We reject the claim that piers are ugly.", "Piers are not ugly."), ("I doubt that piers should not be shut.", "Piers should be shut."),
     ("It is false that piers are ugly.", "Piers are not ugly."), ("I doubt it is right to shut piers.", "It is not right to shut piers."),
     ("Do you doubt that piers should be shut?", "Piers should not be shut."), ("Do you disagree that piers are ugly?", "Piers are not ugly."),
     ("Do you agree that piers are ugly?", "Piers are ugly."), ("To what extent do you agree that piers are ugly?", "Piers are ugly.")],
)  # fmt: skip
def test_of_what_is_doubted_the_denial_is_put_up(words: str, statement: str):
    assert proposition_of(words) == statement == proposition_of(statement)


@pytest.mark.parametrize(
    "words",
    ["I doubt it", "I doubt they are right.", "We oppose rules that are unfair.", "We deny claims that are false.", "We deny the claim Lee has made.",
     "I question why piers are shut.", "Critics doubt that piers pay.", "This house believes in piers", "This house rejects the idea piers pay",
     "tho piers pay, they are ugly", "The house would pay for itself.", "Con: piers are ugly.", "Resolved disputes cost less.",
     "I doubt piers pay. They are ugly.", "Proposition 13 should end.", "I fear piers are ugly.", "The debate is over.",
     "I hardly think piers are ugly.", "I do not entirely agree that piers are ugly.", "We maintain piers badly and they are falling.",
     "I don't think piers pay, but they should stay.", "This house is for sale.", "This house backs onto the pier.",
     "I hold shares that pay fees.", "I no longer believe piers are ugly."],
)  # fmt: skip
def test_where_no_motion_is_put_and_nothing_plainly_denied_the_words_stay(words: str):
    assert plainly(words) == words


@pytest.mark.parametrize(
    "words",
    ["We dispute whether piers should be shut.", "We cannot agree whether piers pay.", "I can't say if piers are ugly.", "We question if piers pay.",
     "We don't agree whether piers are ugly.", "We disagree if piers should be shut.", "I do not say that piers are ugly.",
     "I don't argue that piers should be shut.", "We do not maintain that piers pay.", "I don't just think that piers are ugly.",
     "We do not simply believe that piers should be shut.", "I can't believe that piers are shut."],
)  # fmt: skip
def test_who_is_undecided_or_says_more_than_that_denies_nothing(words: str):
    assert plainly(words) == words
    assert (
        relation(words, "Piers should be shut.")
        == relation(words, "Piers are ugly.")
        == relation(words, "Piers pay.")
        == 0
    )


@pytest.mark.parametrize(
    ("motion", "statement"),
    [("This house opposes harbour taxes.", "Harbour taxes are not justified."), ("THO fishing bans", "Fishing bans are not justified."),
     ("THS pier taxes", "Pier taxes are justified."), ("THO raising tolls", "Raising tolls is not justified."),
     ("This house prefers not to shut piers", "We should not shut piers."), ("This house would prefer to shut piers", "We should shut piers."),
     ("This house would prefer returning the bell to Malta", "Returning the bell to Malta is preferable."),
     ("This house prefers rowing to swimming", "Rowing is preferable to swimming."),
     ("This house prefers Rome to Paris", "Rome is preferable to Paris.")],
)  # fmt: skip
def test_a_word_that_may_be_a_noun_is_no_verb_of_a_motion_and_a_place_no_comparison(motion: str, statement: str):
    assert plainly(motion) == statement


@pytest.mark.parametrize(
    "words",
    ["This house would sell better.", "This house would suit us.", "This house would cost more.", "This house prefers aid to Malta",
     "This house prefers giving piers to Malta to selling piers", "I don't believe harbour claims.", "We deny pier taxes."],
)  # fmt: skip
def test_where_a_motion_may_mean_another_thing_the_words_stay(words: str):
    assert plainly(words) == words


@pytest.mark.parametrize(
    "words", ["I've always thought piers pay.", "We have long held that piers pay.", "True or false: piers pay."]
)
def test_what_somebody_has_always_held_is_put_up(words: str):
    assert plainly(words) == "Piers pay."


def test_who_has_long_held_one_thing_but_another_now_puts_nothing_up():
    words = "I have always thought that piers pay, but they do not."
    assert plainly(words) == words


@pytest.mark.parametrize("words", ["I doubt whether piers pay.", "I question if piers pay.", "I don't really believe that piers pay.",
                                   "We cannot agree that piers pay."])  # fmt: skip
def test_who_doubts_whether_it_is_so_denies_it(words: str):
    assert plainly(words) == "Piers do not pay."


@pytest.mark.parametrize(
    "words",
    ["I don't believe the mayor, piers should be shut.", "We doubt the mayor: piers should be shut.", "I disagree with Kim, piers should be shut.",
     "I deny it, piers should be shut.", "I believe the mayor, piers should be shut.", "“I doubt that piers should be shut,” said Kim.",
     'I doubt that piers should be shut," said Kim.', "'I deny that piers should be shut', Kim wrote.",
     "I doubt the mayor is right, piers should be shut."],
)  # fmt: skip
def test_what_stands_after_whom_somebody_doubts_or_before_who_said_it_is_not_turned(words: str):
    assert plainly(words) == words
    assert relation(words, "Piers should be shut.") == 0


@pytest.mark.parametrize(
    ("plea", "proposition"),
    [("arguments against the motion that this house would build a pier", "We should build a pier."),
     ("arguments for THW build a pier", "We should build a pier."),
     ("arguments against the claim that piers are ugly", "Piers are ugly.")],
)  # fmt: skip
def test_who_asks_for_arguments_on_a_motion_puts_the_motion_up(plea: str, proposition: str):
    assert proposition_of(plea) == proposition


def test_a_plea_for_anything_else_is_put_up_as_it_is():
    assert put_up("Piers that we use are justified.") == "Piers that we use are justified."
    assert put_up("The view of the pier is justified.") == "The view of the pier is justified."


def test_an_operators_motion_is_the_same_as_the_question_and_is_shown_in_plain_words(tmp_path: Path):
    head = "---\nproposition: {}\nside: for\n---\nWords about piers."
    typed = ("THW shut piers", "This house would shut piers", "We should shut piers.")
    write_corpus(tmp_path / "corpus", {f"d/{place}.md": head.format(words) for place, words in enumerate(typed)})
    settings = settings_below(tmp_path)
    index_corpus(settings, HashEncoder())
    assert own_propositions(open_with_fake(settings).generation, "d") == ("We should shut piers.",)
    assert relation("Piers should be shut.", typed[0]) == 1
    assert relation("Piers should not be shut.", typed[1]) == -1
    assert turns("This house would not shut piers") is turns("We should not shut piers.")


PARTS = st.sampled_from(
    "Motion: Resolved, that|THW|THBT|THO|THP|this house|would|believes|doubts|opposes|I|do not|deny|that|the idea that|it is false that|piers|pay|are|"
    "not|to|.|?|as|,|discuss".split("|")
)


@given(st.lists(PARTS, max_size=9).map(" ".join))
def test_whatever_is_made_plain_stays_so(words: str):
    assert plainly(plainly(words)) == plainly(words)
    found = proposition_of(words)
    assert found is None or proposition_of(found) == found


@pytest.mark.parametrize(
    "part",
    [
        "Motion: ",
        "this house would ",
        "I doubt that ",
        "I doubt whether ",
        "I doubt, ",
        "I have always thought ",
        "This house prefers not to ",
        "true or false: ",
        "the idea that ",
        "it is ",
        "do not ",
        "Resolved, that ",
        "THBT ",
        "a. ",
    ],
)
@pytest.mark.parametrize("size", [250, 50_000])
def test_a_long_text_is_made_plain_in_proportion_to_its_length(part: str, size: int):
    def prepare(size: int):
        text = part * (size // len(part))
        return lambda: (plainly(text), put_up(text))

    assert_in_proportion(prepare, size)
