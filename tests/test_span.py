"""Ranges of text, in code points and in UTF-16 units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullquote.errors import InvalidSpan
from pullquote.span import Span, utf16_length, utf16_span


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2), (0, 0)])
def test_what_is_no_range_is_refused_at_birth(start: int, end: int):
    with pytest.raises(InvalidSpan, match="is not a range of text"):
        Span(start, end)


def test_a_span_past_the_end_cuts_nothing():
    with pytest.raises(InvalidSpan, match="runs past a text of 5 characters"):
        Span(2, 6).cut("Hello")


@given(st.text(min_size=1), st.data())
def test_a_cut_is_the_slice_and_as_long_as_the_span(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert Span(start, end).cut(text) == text[start:end]
    assert len(Span(start, end)) == end - start


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Span(0, 5), Span(5, 9), False),
        (Span(0, 5), Span(4, 9), True),
        (Span(0, 9), Span(2, 5), True),
        (Span(2, 5), Span(2, 5), True),
    ],
)
def test_spans_overlap_when_they_share_a_letter(one: Span, other: Span, overlap: bool):
    assert one.overlaps(other) is other.overlaps(one) is overlap


def test_spans_are_ordered_by_where_they_start():
    assert sorted([Span(5, 6), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(5, 6)]


@pytest.mark.parametrize(("text", "units"), [("", 0), ("abc", 3), ("a\U0001f600", 3), ("\uffff\U00010000", 3)])
def test_what_lies_above_the_basic_plane_counts_twice(text: str, units: int):
    assert utf16_length(text) == units


@given(st.text(min_size=1), st.data())
def test_utf16_offsets_cut_the_same_words_from_utf16(text: str, data: st.DataObject):
    span = Span(start := data.draw(st.integers(0, len(text) - 1)), data.draw(st.integers(start + 1, len(text))))
    low, high = utf16_span(text, span)
    assert text.encode("utf-16-le")[2 * low : 2 * high].decode("utf-16-le") == span.cut(text)
