"""The notes under a text whose numbers stand as marks in it."""

from functools import partial

import pytest
from fakes import document_of
from growth import assert_in_proportion

from pullquote.corpus.endnotes import endnotes_of
from pullquote.corpus.sentences import Kind, split_sentences

TEXT = "Few boats pay the median fee.1 Most of them lie in Elmwick.2 They pay no tax."


def prose(text: str) -> list[str]:
    return [each.span.cut(text) for each in split_sentences(document_of(text)) if each.kind is Kind.PROSE]


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("1", "¹").replace("2", "²"), TEXT.replace(".1", ".[1]").replace(".2", ".[2]")]
)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("heading", ["", "Notes\n", "## Sources\n\n", "**Endnotes:**\n"])
def test_notes_whose_numbers_are_marks_in_the_text_are_no_prose(text: str, between: str, heading: str):
    notes = heading + between.join(["1  Median fee after mooring costs, 2022/23.", "2  Harbour board, own\ncount."])
    assert " ".join(prose(f"{text}\n\n{notes}\n")) == " ".join(prose(text))


def test_a_note_that_claims_something_stays_prose():
    assert prose(f"{TEXT}\n\n1  The fee is fair.\n2  Harbour board, own count.") == [
        *prose(TEXT),
        "1  The fee is fair.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We ask for two things.\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        "Few boats pay.1 So we ask for two things.\n\n1. Lower fees for boats.\n2. More moorings at the quay.",
        "Pier P1 is closed, and so is pier P2. Nobody minds.\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        "Boat No.1 is old, and No.2 is new.\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT}\n\n1.  Lower fees for boats.\n2.  More moorings at the quay.",
        f"{TEXT}\n\n1)  Lower fees for boats.\n2)  More moorings at the quay.",
        f"{TEXT} So:\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT}\n\nWhat the town wants\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT}\n\n## Demands\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT} We urge the town to think of boats.\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT} Two things would help.\n\n1  Lower fees for boats.\n2  More moorings at the quay.",
        f"{TEXT}\n\n1  Lower fees for boats.",
        f"{TEXT}\n\n1  Lower fees for boats.\n3  More moorings at the quay.",
        f"{TEXT}\n\n1  Lower fees for boats.\n2  More moorings at the quay.\n\nThat is all.",
        f"{TEXT}\n\n1  Lower fees for boats.\n2  {'More moorings at the quay, ' * 20}and more.",
    ],
)
def test_a_list_is_no_notes_unless_the_text_above_it_is_marked_with_all_its_numbers(text: str):
    assert endnotes_of(text) == ()
    assert any("Lower fees" in words for words in prose(text))


@pytest.mark.parametrize("part", ["1 a\n", "a1 ", "2 a\n", "\n", " ", "1", "a.1 1 a\n", "aa.", "these ", "ask "])
@pytest.mark.parametrize("opening", ["", "a.1 a.2 \n1 a\n2 ", "1 a\n2 a"])
def test_notes_are_soon_looked_for_in_any_text(opening: str, part: str):
    assert_in_proportion(lambda size: partial(endnotes_of, opening + part * size), 50_000)
