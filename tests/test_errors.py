"""Errors: a message says what is wrong and what to do next, and both can be had apart."""

import pytest

from pullquote.errors import CorpusError, EncoderError, PullquoteError


@pytest.mark.parametrize(
    ("error", "found", "step"),
    [
        (CorpusError("there is no corpus folder x; create it, or set PULLQUOTE_CORPUS"),
         "there is no corpus folder x", "create it, or set PULLQUOTE_CORPUS"),
        (EncoderError("the weights are altered; delete them; run `pullquote index`"),
         "the weights are altered", "delete them; run `pullquote index`"),
        (PullquoteError("the range is none"), "the range is none", None),
    ],
)  # fmt: skip
def test_what_is_wrong_and_the_next_step_can_be_had_apart(error: PullquoteError, found: str, step: str | None):
    assert (error.found, error.step) == (found, step)
