"""Passages and the self-contained windows that quotes are cut from."""

from functools import partial

import pytest
from fakes import document_of
from growth import assert_in_proportion
from hypothesis import given
from test_sentences import MESSY_TEXTS

from pullquote.corpus.documents import Source
from pullquote.corpus.passages import (
    LIST_REACH,
    MAX_LEAD,
    PASSAGE_LIMIT,
    PASSAGE_WORDS,
    Passage,
    lead,
    lead_in,
    leans,
    only_replies,
    search_key,
    split_passages,
)
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.span import Span


@given(MESSY_TEXTS)
def test_passages_hold_every_sentence_of_prose_once_and_nothing_else(text: str):
    document = document_of(text)
    sentences = split_sentences(document)
    inside = [place for passage in split_passages(document, sentences) for place in range(passage.first, passage.end)]
    assert inside == [place for place, sentence in enumerate(sentences) if sentence.kind is Kind.PROSE]


@given(MESSY_TEXTS)
def test_a_window_leads_back_a_little_over_prose_only(text: str):
    sentences = split_sentences(document_of(text))
    for place, sentence in enumerate(sentences):
        if sentence.kind is Kind.PROSE:
            first = lead(text, sentences, place)
            window = sentences[first : place + 1]
            assert place - first <= MAX_LEAD
            assert all(part.kind is Kind.PROSE for part in window)
            assert len({part.paragraph for part in window}) <= 2


@pytest.mark.parametrize(
    "words",
    [
        "It only leads to fragmentation.",
        "This could include retaliation.",
        "They’ve released their pictures.",
        "“But it should not be discounted.”",
        "However, these attacks are unlikely to stop.",
        "For example, tolls fell.",
        "(These are old figures.)",
        "On that he is right.",
        "I do not think so.",
        "The ministers don't.",
        "London has.",
        "We disagree.",
        "“No.”",
        "Of course not.",
        "That is quite correct.",
        "Allow them at lunch.",
        "Nobody mentions that.",
        "I have sympathy for that argument.",
        "A locked pouch would end that.",
        "Everyone knows this except the Board.",
        "We are moving it in front of children.",
        "With respect, he has never driven a bus.",
    ],
)
def test_a_sentence_that_points_back_leans(words: str):
    assert leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "Research supports this argument.",
        "It is possible that tolls fall.",
        "This article is about tolls.",
        "Those who pay are few.",
        "Itemised bills help.",
        "I know that tolls work.",
        "We think that argument works best in class.",
        "We know this town.",
        "I doubt it will rain.",
        "Give children time to read.",
        "Teachers told pupils to put phones away and fetch them at noon.",
        "With respect, tolls fail.",
        "In short, it is clear that tolls work.",
        "Soap is cheap.",
        "Android phones sell.",
        "Both the parties agree on that law.",
        "Crime fell in May.",
        "Nobody needs a toll.",
        "We disagree with the ministry.",
        "",
    ],
)
def test_a_sentence_that_stands_alone_does_not_lean(words: str):
    assert not leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "Nine saw no change.",
        "Two reported a small loss.",
        "Twenty-six have closed already.",
        "Two hundred and eighty were nurses.",
        "1,200 went home.",
        "62% voted for it.",
        "Nearly a third had moved.",
        "A few had moved by then.",
        "Most told us that they would stay.",
        "“Some stand idle,” she wrote.",
        "Not all were sold.",
        "One came back in spring.",
        "Each was asked twice.",
        "None survives a look.",
        "Half of it was burnt.",
        "At least one of these must be shut.",
        "Most of those roads flood.",
        "The first is the price.",
    ],
)
def test_a_count_of_what_was_named_before_leans(words: str):
    assert leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "Some argue that tolls work.",
        "Some have said that tolls fail.",
        "Most have long been convinced that tolls work.",
        "Many feared the tolls.",
        "Most people pay.",
        "Two lost years followed.",
        "Two armed men came in.",
        "Two hundred people came.",
        "One hundred and four towns joined.",
        "Many retired nurses vote.",
        "Some lower courts allow tolls.",
        "Most live music is loud.",
        "One reason is cost.",
        "One can argue about tolls.",
        "One has to ask why.",
        "Each town has a flag.",
        "1994 was a bad year.",
        "None of the trams run.",
        "Many of those who drive are old.",
        "Some of those living there vote.",
        "All is well.",
    ],
)
def test_a_count_of_what_it_names_itself_or_of_people_at_large_stands_alone(words: str):
    assert not leans(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The others kept their old roofs.", True),
        ("The rest is paid by the county.", True),
        ("The rest of them left.", True),
        ("The other three stayed.", True),
        ("The other complaint is the noise.", True),
        ("The rest of the country pays.", False),
        ("The other day a bridge fell.", False),
        ("The otherworldly light fades.", False),
    ],
)
def test_what_is_left_over_of_something_leans(words: str, expected: bool):
    assert leans(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Beyond that the county pays.", True),
        ("Against this, the harbour gains a ferry.", True),
        ("Without it the village would have no bus.", True),
        ("Without that bridge nobody would come.", False),
        ("Before it is too late, the county must act.", False),
        ("Given that the county pays, nobody minds.", False),
    ],
)
def test_what_goes_beyond_something_leans_unless_it_names_it(words: str, expected: bool):
    assert leans(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "The board has turned down that objection at every one of its eleven meetings since the spring of last year.",
            True,
        ),
        ("Surveys bear out that view.", True),
        ("Surveys bear out this view.", False),
        ("I take that claim seriously, but the harbour has room for both.", True),
        ("The board thinks that view is wrong.", False),
        ("Drivers say that tolls are dear, and the board takes that argument to heart.", False),
        ("The board knows that objection will come.", False),
    ],
)
def test_what_others_said_leans_where_only_the_sentence_before_says_it(words: str, expected: bool):
    assert leans(words) is expected


@pytest.mark.parametrize(
    "words",
    [
        "Studies show that hope for a cure has grown among the old.",
        "The survey found again that criticism from a coach does more harm than a lost game.",
        "Nurses know that worry about rent costs sleep.",
        "We are sure that logic without kindness convinces nobody.",
        "Farmers believe that fear, more than hail, empties a valley.",
        "The survey shows that complaint by letter is rare.",
        "Nobody denies that reason without feeling is cold.",
        "Trainers point out that worry about dogs fades by itself.",
    ],
)
def test_that_which_opens_what_is_found_or_thought_points_at_nothing(words: str):
    assert not leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "We found that claim in a drawer of the town hall.",
        "Parents share that fear about the crossing.",
        "I understand that worry, but the crossing is safe.",
        "The board made that point on the day the crossing was opened.",
    ],
)
def test_that_which_names_an_argument_still_points_back(words: str):
    assert leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "All must pay the levy.",
        "All have a right to a seat.",
        "The other members of WHALE pay more.",
        "Only few can keep a horse.",
        "All are equal before a judge.",
        "Four drowned when a ferry sank off the pier at Elmwick.",
        "Hundreds died during the Elmwick fire.",
        "Two thousand were killed in the siege of Elmwick.",
        "1,200 lived in Elmwick by then.",
        "The other northern towns of Westmarch have trams.",
        "The rest is silence.",
    ],
)
def test_a_count_that_says_itself_whom_it_counts_stands_alone(words: str):
    assert not leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "Four drowned in May.",
        "Hundreds fled on a Monday in March.",
        "Four drowned off Elmwick.",
        "Hundreds were sold in Elmwick.",
        "All were closed.",
        "The other tram in Elmwick was late.",
        "The other stops of the tram are dark.",
    ],
)
def test_a_count_that_only_says_when_or_of_what_it_may_be_leans(words: str):
    assert leans(words)


def test_what_goes_on_to_the_next_point_does_not_belong_to_the_last():
    assert not leans("Then there is the price.")
    assert leans("Then the price fell.")


@pytest.mark.parametrize(
    "part",
    [
        "two-",
        "that idea ",
        "two hundred and ",
        "some have been ",
        "the other ",
        "of those ",
        "we find that fear of ",
        "died when a ",
        "hundred ",
        "that hope, a ",
    ],
)
@pytest.mark.parametrize("opening", ["", "Two ", "Some have ", "The board heard ", "Hundreds died when a "])
def test_a_count_without_end_is_read_in_proportion(opening: str, part: str):
    assert_in_proportion(lambda size: partial(leans, opening + part * size), 50_000)


def test_a_long_rule_is_soon_seen_to_be_no_reply():
    assert_in_proportion(lambda size: partial(leans, "-" * size + " a b"), 100_000)
    assert not leans("-" * 100 + " a b")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("That is correct.", True),
        ("He was plainly wrong.", True),
        ("No.", True),
        ("I do not think so.", True),
        ("That is correct in law, but not in life.", False),
        ("It only leads to more.", False),
    ],
)
def test_a_sentence_that_only_says_what_it_thinks_of_another_is_a_reply(words: str, expected: bool):
    assert only_replies(words) is expected


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("Kings fall. It only leads to more.", "Kings fall. It only leads to more."),
        ("One. Kings fall. They split. It leads on.", "Kings fall. They split. It leads on."),
        ("Ann left. They ran. They hid. They won.", "They ran. They hid. They won."),
        ("Kings fall.\n\nIt leads on.", "Kings fall.\n\nIt leads on."),
        ("Kings fall.\n\nThey split.\n\nIt leads on.", "They split.\n\nIt leads on."),
        ("Kings fall.\n\n# Next\n\nIt leads on.", "It leads on."),
        ("It leads on.", "It leads on."),
        ("Kings fall. Queens rise.", "Queens rise."),
        ("Six kings fell. Five rose. Two fled. Queens sat.", "Queens sat."),
        ("Six kings fell. Five were safe. Two fled to sea.", "Six kings fell. Five were safe. Two fled to sea."),
        ("Kings fall.\n\nThen there are queens.", "Then there are queens."),
        ("None of this is true:\n- Kings fall.", "None of this is true:\n- Kings fall."),
        (
            "None of this is true:\n\n1. Kings fall. Queens rise.",
            "None of this is true:\n\n1. Kings fall. Queens rise.",
        ),
        ("Kings fall. These are lies:\n- It leads on.", "Kings fall. These are lies:\n- It leads on."),
        ("Kings.\n\nThese are lies:\n- It leads on.", "These are lies:\n- It leads on."),
        ("This is false:\n- Kings fall.\n- Queens rise.", "- Queens rise."),
        ("This is false:\n- Kings fall. They split. Queens rise.", "Queens rise."),
        ("This is false:\n\n## Myths\n\n- Kings fall.", "- Kings fall."),
        ("This is false:\n\nKings fall.", "Kings fall."),
        ("Who falls?\n\nQ. Why do kings fall?\nA. It was time.", "Q. Why do kings fall?\nA. It was time."),
    ],
)
def test_a_leaning_sentence_takes_the_ones_before_it_along(text: str, window: str):
    sentences = split_sentences(document_of(text))
    first = lead(text, sentences, len(sentences) - 1)
    assert Span(sentences[first].span.start, sentences[-1].span.end).cut(text) == window


@pytest.mark.parametrize(
    ("text", "led_by"),
    [
        ("False:\n- Kings fall.", "False:"),
        ("False:\n- Kings fall.\n- Queens rise. They stay.", "False:"),
        ("**We reject these:**\n* Kings fall.\n* Queens rise.", "**We reject these:**"),
        ("They say:\n(a) Kings fall, and:\n(i) knights;\n(ii) rooks;\n(b) queens rise.", "They say:"),
        ("They say:\n(a) Kings fall, and:\n(i) knights;\n(ii) rooks.", "(a) Kings fall, and:"),
        ("They say:\n- Kings fall.\n1. Queens rise.", None),
        ("They say:\n- Kings fall.\n\nSo they do.\n\n- Queens rise.", None),
        ("They say:\n- Kings fall.\n\nQueens rise.", None),
        ("They left.\n- Kings fall.", None),
        ("## They say:\n- Kings fall.", None),
        ("| They say:\n- Kings fall.", None),
        ("- Kings fall.", None),
        ("They say:\n1.1 Kings fall.\n1.2. Queens rise.", "They say:"),
    ],
)
def test_the_items_of_a_list_have_what_leads_it_in(text: str, led_by: str | None):
    sentences = split_sentences(document_of(f"{text}\n\nThe end."))
    led = lead_in(text, sentences, len(sentences) - 2)
    assert (None if led is None else sentences[led].span.cut(text)) == led_by


def test_a_list_without_end_is_not_searched_for_what_leads_it_in():
    text = "False:\n" + "- Kings fall.\n" * (LIST_REACH + 1)
    sentences = split_sentences(document_of(text))
    assert [lead_in(text, sentences, place) for place in (1, LIST_REACH, LIST_REACH + 1)] == [0, 0, None]


def test_short_paragraphs_are_joined_and_no_passage_crosses_a_heading():
    text = "One two. Three.\n\nFour.\n\n# Head\n\nFive.\n\nSix."
    document = document_of(text)
    assert split_passages(document, split_sentences(document)) == (Passage(0, 3), Passage(4, 6))


def test_a_long_paragraph_ends_a_passage():
    paragraph = "word " * (PASSAGE_WORDS - 1) + "end."
    document = document_of(f"{paragraph}\n\nNext.")
    assert split_passages(document, split_sentences(document)) == (Passage(0, 1), Passage(1, 2))


def test_a_passage_stays_under_its_limit_unless_one_sentence_is_longer():
    document = document_of(
        " ".join(f"A{place} {'word ' * 39}end." for place in range(9)) + " " + "long " * 200 + "end."
    )
    sentences = split_sentences(document)
    for passage in split_passages(document, sentences):
        span = Span(sentences[passage.first].span.start, sentences[passage.end - 1].span.end)
        words = span.cut(document.text).split()
        assert len(words) <= PASSAGE_LIMIT or passage.end - passage.first == 1


@pytest.mark.parametrize(
    ("source", "heading", "key"),
    [
        (Source(), None, "Words."),
        (Source(title="On tolls.", author="Ann"), None, "On tolls. Ann. Words."),
        (Source(title="On tolls"), "## Fairness ", "On tolls. Fairness. Words."),
    ],
)
def test_what_is_matched_names_title_author_and_heading(source: Source, heading: str | None, key: str):
    assert search_key(document_of("Words.", source=source), "Words.", heading) == key


@pytest.mark.parametrize(
    "words",
    [
        "Repairing it would cost more.",
        "Taking them out takes a week.",
        "The town faces fines after that date.",
        "Nobody may park there until that day.",
        "The mayor left town before that meeting.",
        "Most boats were sold after that vote.",
    ],
)
def test_a_sentence_leans_that_does_something_to_it_or_means_a_day_that_it_does_not_tell(words: str) -> None:
    assert leans(words)


@pytest.mark.parametrize(
    "words",
    [
        "Repairing the dam would cost more.",
        "Taking it slowly, the crews reached the dam.",
        "The permit ends on 3 May, and after that date fines apply.",
        "The permit ends on Friday, and after that date fines apply.",
        "Boats come home for New Year’s Eve, and after that day none sails.",
        "Boats come home at Easter, and until that day the quay is bare.",
        "The board met in the church, and after that meeting the quay was closed.",
        "The town will vote on the quay, and until that vote nothing moves.",
        "The last tide of autumn is the limit, and after that date boats stay in.",
    ],
)
def test_a_sentence_that_says_what_it_means_does_not_lean(words: str) -> None:
    assert not leans(words)
