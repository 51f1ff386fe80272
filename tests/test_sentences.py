"""Blocks, sentences and passages: every visible letter in one of them, structure told from prose, whole windows."""

from functools import partial

import pytest
from fakes import CHECKOUT, cases, document_of
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.blocks import is_wrapped
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.english import LANGUAGE
from pullquote.corpus.passages import (
    MAX_LEAD,
    PASSAGE_WORDS,
    Passage,
    lead,
    lead_in,
    search_key,
    split_passages,
)
from pullquote.corpus.sentences import BLOCK_LIMIT, Kind, split_sentences
from pullquote.settings import Settings
from pullquote.span import Span

# What breaks splitters: line ends of every kind, invisible and combining letters, marks that open and never close.
PIECES = st.sampled_from(
    [*"ab.!? \n\r\t\"'()[]-#|>", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\x0c", "\x0b", "\ufeff", "\u200b", "\u200d",
     "\u0301", "\ufe0f", "\U0001f600", "\u05d0", "\u202e", "\u00a0", "\u3000", "“", "”", "‘", "’", "Dr. ", "U.S. ", "e.g. ", "[1]", "It did. ",
     "Read more: x", "# H", "- x", "1. ", "…", "。", "？", "·", "```\n", "| a |\n|--|\n", "<!--", "[a]: b\n", "    x\n"]
)  # fmt: skip
MESSY_TEXTS = st.lists(PIECES, max_size=60).map("".join)


def cut(document: Document, kind: Kind | None = None) -> list[str]:
    return [s.span.cut(document.text) for s in split_sentences(document) if kind in (None, s.kind)]


@given(MESSY_TEXTS | st.text(max_size=200))
def test_sentences_are_in_order_trimmed_and_hold_every_visible_letter(text: str):
    covered = text.startswith("\ufeff")
    for sentence in split_sentences(document_of(text)):
        words = sentence.span.cut(text)
        assert words == words.strip()
        assert not text[covered : sentence.span.start].strip()
        covered = sentence.span.end
    assert not text[covered:].strip()


@given(MESSY_TEXTS)
def test_paragraphs_count_up_and_headings_lie_before(text: str):
    sentences = split_sentences(document_of(text))
    paragraphs = [sentence.paragraph for sentence in sentences]
    assert paragraphs == sorted(paragraphs)
    for place, sentence in enumerate(sentences):
        assert sentence.heading is None or (
            sentence.heading < place and sentences[sentence.heading].kind is Kind.HEADING
        )


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Tolls work. Taxes do not.", ["Tolls work.", "Taxes do not."]),
        ("Dr. Finch spoke. So did Cllr. Gray.", ["Dr. Finch spoke.", "So did Cllr. Gray."]),
        ("The U.S. acted. It won.", ["The U.S. acted.", "It won."]),
        ("It cost US$2.50 (£1.90). Too much?", ["It cost US$2.50 (£1.90).", "Too much?"]),
        (
            "“It failed,” she said. “Badly.” Nobody knew.",
            ["“It failed,” she said.", "“Badly.”", "Nobody knew."],
        ),
        (
            "“We lost,” he said. “I slept outside.\n\nNo.",
            ["“We lost,” he said.", "“I slept outside.", "No."],
        ),
        (
            "Rents rose.¹ Wages did not.[^3] So it was.",
            ["Rents rose.¹", "Wages did not.[^3]", "So it was."],
        ),
        ("*It is not funded.* Nobody knows.", ["*It is not funded.*", "Nobody knows."]),
        ("2.1. Tolls pay. J. Smith said so.", ["2.1. Tolls pay.", "J. Smith said so."]),
        ("**Equity.** Half own no car. Few do.", ["**Equity.** Half own no car.", "Few do."]),
        ("One.\r\n\r\nTwo.\r\n", ["One.", "Two."]),
        ("One.\r\rTwo.", ["One.", "Two."]),
        ("One.\u2029Two.", ["One.", "Two."]),
        ("First line\nof one sentence. Next.", ["First line\nof one sentence.", "Next."]),
        ("- one thing.\n- another.", ["- one thing.", "- another."]),
        (
            "See:\n3) one thing.\n• another.\n(b) more.",
            ["See:", "3) one thing.", "• another.", "(b) more."],
        ),
        ("> One who\n> knows. Two.\n\nThree.", ["> One who\n> knows.", "Two.", "Three."]),
        ("A title\n=====\n\nOne.", ["A title\n=====", "One."]),
        ("One is\n    all of it.\n\n    Two.", ["One is\n    all of it.", "Two."]),
        ("[a]: https://a.example\n\nOne.", ["[a]: https://a.example", "One."]),
        ("Accents e\u0301. Next.", ["Accents e\u0301.", "Next."]),
        ("Twice. Twice.", ["Twice.", "Twice."]),
        ("  \n\n ", []),
    ],
)
def test_a_text_is_split_where_a_reader_would(text: str, sentences: list[str]):
    assert cut(document_of(text)) == sentences


LINES = {
    Kind.HEADING: ["# Fairness", "Striking the cartels", "**Why it matters**", "2 Costs"],
    Kind.NOT_PROSE: [
        "Read more: tolls and you", "https://tolls.example/a", "Photo: Ada Finch", "*By Jenna Trewin and Rhys Kellow*",
        "*The harbour in May*", "| a | b |\n|---|---|\n| c | d |", "Name\tFee\nBoats\t5\nCars\t7", "Home\nAbout us\nContact",
        "```\nTolls = 5\n\nTolls pay.\n```", "<!-- Tolls pay.\n\nThey do. -->", "<div class='note'>", "* * *",
        "![Cottages! They are old.](a.jpg)", "[![Cottages](a.jpg)](b.html)", "A WHOLE LINE OF SHOUTING.", "Mr. POE of Texas.",
        "3:06 P.M. EDT", "[Tweet, 5/6/24]", "[The statement of Mr. Poe can be found on page 5.]",
        "March 5, 2025.", "Dear President Carranza,", "iVBORw0KGgo+AAANSUhEUgAA/AAUA9fj3 " * 9, "3f4a 8b2c 77d0 1e5f " * 9,
        "var a=function(b){return b+1};c=a(2);if(c>3){d();}" * 9,
    ],
    Kind.PROSE: [
        "[They] won [it].",
        "You can read it at https://tolls.example/a/very/long/way.", "交通が減る、道路は静かになる。", "Senator Cruz won.",
        "*Nobody is listening to us.*", "MS. LEE: Well, I —", "lower case without an end", "They asked: why?",
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_a_block_is_prose_or_structure(kind: Kind):
    found = {
        line: split_sentences(document_of(f"{line}\n\nAnd then some prose follows."))[0]
        for line in LINES[kind]
    }
    assert {line: (first.kind, len(first.span)) for line, first in found.items()} == {
        line: (kind, len(line.strip())) for line in LINES[kind]
    }


def test_a_documents_recorded_title_is_a_heading_though_it_asks():
    document = document_of("Who pays?\n\nBoats leak.", source=Source(title="Who  pays?"))
    assert cut(document, Kind.HEADING) == ["Who pays?"]


def test_the_last_line_is_never_taken_for_a_heading():
    assert cut(document_of("Some prose.\n\nShort last line"), Kind.HEADING) == []


def test_what_the_operator_names_is_structure_wherever_it_stands():
    document = document_of("Buy now! Words here. Buy now!\n\nthe end of it\n\nMore words.", not_prose=("Buy now!",),
                           headings=("the end of it",))  # fmt: skip
    assert cut(document, Kind.PROSE) == ["Words here.", "More words."]
    assert cut(document, Kind.HEADING) == ["the end of it"]


@given(MESSY_TEXTS, st.lists(st.lists(PIECES, min_size=1, max_size=3).map("".join), max_size=4))
def test_a_sentence_is_no_prose_wherever_one_of_the_operators_strings_covers_it(
    text: str, exact: list[str]
):
    named = tuple(words for words in exact if words.strip())
    marks = [
        (at, at + len(words))
        for words in named
        for at in range(len(text))
        if text.startswith(words, at)
    ]
    for sentence in split_sentences(document_of(text, not_prose=named)):
        if any(start <= sentence.span.start and sentence.span.end <= end for start, end in marks):
            assert sentence.kind is not Kind.PROSE


def test_the_article_is_split_as_it_was_written():
    document = load_corpus(Settings(corpus=CHECKOUT / "corpus")).documents[0]
    prose = cut(document, Kind.PROSE)
    assert cut(document, Kind.HEADING) == ["Striking the cartels", "Addiction at home"]
    assert "“It’s an extremely dangerous and unprecedented situation.”" in prose
    assert not any(
        "Read more" in words or "Rawpixel" in words or "republished" in words for words in prose
    )


def _many(piece: str, size: int, not_prose: tuple[str, ...] = ()) -> Document:
    return document_of(piece * (size // len(piece)), not_prose=not_prose)


@pytest.mark.parametrize(
    "piece", ["a ", "“a ", "(", "a.\n", "\u0301", "- a\n", "![a](b) ", "[![", "**a.** ", "a.¹ ", "```a\n", "a\tb\n", "<!-- ", "> ", "- - ", "|-|\n"]
)  # fmt: skip
def test_splitting_takes_time_in_proportion_to_the_length(piece: str):
    assert_in_proportion(lambda size: partial(split_sentences, _many(piece, size)), 8 * BLOCK_LIMIT)


WRAPPED = """The mayor of the town told the council on Monday
that the ferry would have to be given up unless
the ministry paid for a new engine before the long
end of the year, which nobody believes."""
ENDED = """The mayor of the town told the council everything:
Nobody rows any more, and the boats lie on the sand.
Nobody pays any more, and the engine is not mended."""


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (WRAPPED, True),
        (ENDED, False),
        ("The mayor\nof the town\ntold the council", False),
        ("a " * 40, False),
    ],
)
def test_lines_that_were_only_full_are_told_from_lines_that_mean_something(
    block: str, expected: bool
):
    assert is_wrapped(block) is expected


@given(MESSY_TEXTS)
def test_passages_hold_every_sentence_of_prose_once_and_nothing_else(text: str):
    document = document_of(text)
    sentences = split_sentences(document)
    inside = [
        place
        for passage in split_passages(document, sentences)
        for place in range(passage.first, passage.end)
    ]
    assert inside == [
        place for place, sentence in enumerate(sentences) if sentence.kind is Kind.PROSE
    ]


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


LEANING = (
    "It only leads to fragmentation.", "They’ve released their pictures.", "“But it should not be discounted.”",
    "However, these attacks are unlikely to stop.", "For example, tolls fell.", "(These are old figures.)", "On that he is right.",
    "Most of them left.", "We do not think so.", "No.",
)  # fmt: skip
ALONE = (
    "Tolls work.", "It is true that tolls work.", "It would be wrong to end them.", "This year the fee rises.",
    "Those who pay are few.", "Both the mayor and the council agree.", "Item one is dear.", "Thistles grow.", "Nobody knows.",
)  # fmt: skip


def test_a_sentence_leans_that_points_back_or_only_replies():
    assert [words for words in (*LEANING, *ALONE) if LANGUAGE.leans(words)] == list(LEANING)


@pytest.mark.parametrize(
    ("text", "window"), cases("sentences", "a_leaning_sentence_takes_the_ones_before_it_along")
)
def test_a_leaning_sentence_takes_the_ones_before_it_along(text: str, window: str):
    sentences = split_sentences(document_of(text))
    first = lead(text, sentences, len(sentences) - 1)
    assert Span(sentences[first].span.start, sentences[-1].span.end).cut(text) == window


@pytest.mark.parametrize(
    ("text", "led_by"), cases("sentences", "the_items_of_a_list_have_what_leads_it_in")
)
def test_the_items_of_a_list_have_what_leads_it_in(text: str, led_by: str | None):
    sentences = split_sentences(document_of(f"{text}\n\nThe end."))
    led = lead_in(text, sentences, len(sentences) - 2)
    assert (None if led is None else sentences[led].span.cut(text)) == led_by


def test_short_paragraphs_are_joined_and_no_passage_crosses_a_heading():
    long = "word " * (PASSAGE_WORDS - 1) + "end."
    document = document_of(f"One two. Three.\n\nFour.\n\n# Head\n\nFive.\n\n{long}\n\nSeven.")
    assert split_passages(document, split_sentences(document)) == (
        Passage(0, 3),
        Passage(4, 6),
        Passage(6, 7),
    )


def test_what_is_matched_names_title_author_and_heading():
    document = document_of("Words.", source=Source(title="On tolls.", author="Ann"))
    assert search_key(document, "Words.") == "On tolls. Ann. Words."
    assert search_key(document, "Words.", "## Fairness ") == "On tolls. Ann. Fairness. Words."
