"""The table of sentences as a document's sentences, made when they are asked for."""

from collections.abc import Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.sentences import Kind, Sentence
from pullquote.span import Span

KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)  # a row has the number of its own


class Sentences(Sequence[Sentence]):
    """A document's sentences, each made of its row of the table when it is first asked for."""

    __slots__ = ("_made", "_table")

    def __init__(self, table: NDArray[np.int32]) -> None:
        self._table = table
        self._made: list[Sentence | None] = [None] * len(table)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Sentence: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Sentence, ...]: ...

    def __getitem__(self, place: int | slice) -> Sentence | tuple[Sentence, ...]:
        if isinstance(place, slice):
            return tuple(self[number] for number in range(*place.indices(len(self))))
        found = self._made[place]
        if found is None:
            start, end, kind, paragraph, heading = self._table[place].tolist()
            found = Sentence(Span(start, end), KINDS[kind], paragraph, None if heading < 0 else heading)
            self._made[place] = found
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
