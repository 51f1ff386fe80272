"""What is read of a question before anything is looked up: never in more time than its length deserves."""

from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from growth import assert_in_proportion

from pullquote.answers.about import subject_asked
from pullquote.answers.calibrate import silence
from pullquote.answers.expect import expected
from pullquote.answers.query import Query, Turn, follows_up, resolve
from pullquote.answers.spoken.asked import asked
from pullquote.index.lexical import stems, terms
from pullquote.index.search import is_question
from pullquote.sides.proposition import put_up, same, side_asked, statement_of, turns, verdict_of

READERS: tuple[Callable[[str], object], ...] = (
    put_up, side_asked, statement_of, turns, verdict_of, subject_asked, silence, follows_up,
    expected, is_question, asked, terms, stems,
    lambda words: same(words, "Cities should charge tolls."),
    lambda words: resolve(Query(question=words, history=(Turn("Why does Roe oppose the toll?"), Turn(words)))),
)  # fmt: skip
LONGEST = 2_000  # letters of a question, where the operator allows no more
STARTS = (
    "", "What are the arguments for ", "Why should ", "What does Roe say about ", "Should cities ", "Is it true that ",
    "Who is against ", "According to ", "And ",
)  # fmt: skip
PIECES = (
    "!", "?", " ", "a", "a ", "A ", "and ", "not ", "no, ", "the ", "of ", "that ", "what ", "why ", "to ", "is ", "should ",
    "be ", "please, ", ", ", "-", "’", "'s ", "“", '"', "(", "...", "\n", "\t", "1 ", "1,", "more ", "than ", "or ", "Mr. ",
    "in the view of ", "arguments for ", "best ", "\u0301",
)  # fmt: skip


def read(question: str) -> None:
    for reader in READERS:
        reader(question)


@pytest.mark.parametrize("start", STARTS)
def test_no_question_takes_long_to_look_at(start: str):
    def prepare(size: int, piece: str, end: str) -> Callable[[], object]:
        return partial(read, f"{start}{piece * (size // len(piece))}{end}")

    for piece, end in product(PIECES, ("", " x", "x?")):
        assert_in_proportion(partial(prepare, piece=piece, end=end), LONGEST)
