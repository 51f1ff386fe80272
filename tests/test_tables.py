"""Rows of cells, with tabs or wide gaps between them."""

from collections.abc import Callable
from functools import partial

import pytest
from fakes import document_of
from growth import assert_in_proportion

from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.corpus.tables import is_table
from pullquote.span import Span

TABLE = "Answer                 Per cent\nSell the boat               44\nDo not know                 11"


def prose(text: str) -> list[str]:
    return [each.span.cut(text) for each in split_sentences(document_of(text)) if each.kind is Kind.PROSE]


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        "    2021   2022\nPaid   40     50\nOwed    9      8",
        "A\tis\nB\tis\nC\tis",
        "Elmwick   pays   the old harbour fee\nOrt       owes   nothing at all\nHem       pays   the new harbour fee",
    ],
)
def test_rows_with_gaps_in_a_common_column_are_no_prose_whatever_their_cells_say(table: str):
    assert prose(f"Boats pay.\n\n{table}\n\nCars do not.") == ["Boats pay.", "Cars do not."]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(TABLE.splitlines()[:2]),
        "The boats are old   and they\nleak, so that nobody wants   them\nand they   rot at the quay",
        "The boats are    old, and the\nquay is        not, so that\nthey rot           there.",
        "The boats are  old  and\nthe quay is    not  and\nthey  rot at   the  sea",
    ],
)
def test_lines_without_a_gap_in_a_common_column_or_with_a_full_stop_are_no_table(text: str):
    assert not is_table(text, Span(0, len(text)))


@pytest.mark.parametrize(
    "text",
    [
        "a)   it hurts the smallest boats\nb)   it fills no purse but the mayor's\nc)   it drives the trade to Ort",
        "a)   fewer boats\nb)   dearer fish\nc)   emptier quays",
        "1921   The town swore that no boat would ever pay\n1950   The mayor broke the oath\n1988   The fee doubled within a year",
        "KIRK:     The fee must go\nMOORE:    It stays\nKIRK:     Then the boats go",
        " 1    Q   Who raised the fee in the end\n 2    A   The mayor and the board raised the fee\n 3    Q   Did anybody in town object to that",
        "Elmwick   The fee drives boats away\nOrt       The fee keeps the quay whole\nHem       Nobody here pays any fee",
    ],
)
def test_what_is_said_behind_a_marker_a_year_or_a_name_is_prose(text: str):
    assert not is_table(text, Span(0, len(text)))
    assert "".join(prose(f"Boats pay.\n\n{text}\n\nCars do not.")) != "Boats pay.Cars do not."


@pytest.mark.parametrize("part", ["a: ", "a   ", "a   b\n", "\t", "   ", " ", "a\tb\n", "\n   "])
def test_a_table_without_end_is_read_in_proportion(part: str):
    def prepare(size: int) -> Callable[[], object]:
        text = "a   b\na   b\na   " + part * size
        return partial(is_table, text, Span(0, len(text)))

    assert_in_proportion(prepare, 50_000)
