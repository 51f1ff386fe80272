"""Ranges of text, in code points and in UTF-16 units; errors that say what to do next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullquote.errors import CorpusError, InvalidSpan, PullquoteError
from pullquote.span import Span, utf16_length, utf16_span


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2)])
def test_what_is_no_range_is_refused_at_birth(start, end):
    with pytest.raises(InvalidSpan, match="is not a range of text"):
        Span(start, end)


def test_a_span_past_the_end_cuts_nothing():
    with pytest.raises(InvalidSpan, match="runs past a text of 5 characters"):
        Span(2, 6).cut("Hello")


@given(st.text(min_size=1), st.data())
def test_a_cut_is_the_slice_in_code_points_and_in_utf16_units(text, data):
    span = Span(
        start := data.draw(st.integers(0, len(text) - 1)),
        data.draw(st.integers(start + 1, len(text))),
    )
    assert span.cut(text) == text[span.start : span.end]
    low, high = utf16_span(text, span)
    assert text.encode("utf-16-le")[2 * low : 2 * high].decode("utf-16-le") == span.cut(text)


def test_spans_overlap_when_they_share_a_letter_and_are_ordered_by_where_they_start():
    actual = [Span(0, 5).overlaps(other) for other in (Span(5, 9), Span(4, 9), Span(2, 3))]
    assert actual == [False, True, True]
    assert sorted([Span(5, 6), Span(0, 9), Span(0, 2)]) == [Span(0, 2), Span(0, 9), Span(5, 6)]


def test_what_lies_above_the_basic_plane_counts_twice():
    actual = [utf16_length(text) for text in ("", "abc", "a\U0001f600", "\uffff\U00010000")]
    assert actual == [0, 3, 3, 3]


def test_what_is_wrong_and_the_next_step_can_be_had_apart():
    error = CorpusError("there is no folder x; create it; run `pullquote index`")
    assert (error.found, error.step) == ("there is no folder x", "create it; run `pullquote index`")
    assert PullquoteError("the range is none").step is None
