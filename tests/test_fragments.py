"""Text fragments: the first place that a browser finds is the quote, or there is no fragment."""

import random
from urllib.parse import unquote

import pytest

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import split_sentences
from pullquote.span import Span
from pullquote.verify.cite import EXACT_LIMIT, text_directive


def directive_of(text: str, words: str, start: int = 0) -> str | None:
    at = text.index(words, start)
    return text_directive(text, Span(at, at + len(words)))


def test_a_text_that_stands_once_is_named_whole():
    assert directive_of("Kings fall. Queens stay.", "Queens stay.") == "Queens%20stay."


def test_the_second_of_two_is_told_apart_by_what_stands_before_it():
    text = "Tolls work. Ask the drivers. Tolls work. Buses agree."
    assert unquote(directive_of(text, "Tolls work.", 5)) == "Ask the drivers.-,Tolls work."


def test_what_stands_after_helps_where_what_stands_before_does_not():
    text = "So it goes. Tolls work. Yes. So it goes. Tolls work. No."
    assert unquote(directive_of(text, "Tolls work.", 30)) == "Tolls work.,-No."


def test_case_accents_and_line_ends_count_as_a_browser_counts_them():
    text = "TOLLS WÖRK.\nReally? Tolls\nwork. End."
    assert unquote(directive_of(text, "Tolls\nwork.")) == "Really?-,Tolls,work."
    assert "-" in directive_of("tolls work. So. Tolls work.", "Tolls work.")


def test_where_nothing_tells_places_apart_there_is_no_fragment():
    assert directive_of("Go on. " * 60, "Go on.", 200) is None


def test_a_part_of_a_word_is_no_match():
    assert directive_of("Unfair is it. Fair is it.", "Fair is it.") == "Fair%20is%20it."


def test_white_space_only_has_no_directive():
    assert text_directive("a  \n b", Span(1, 4)) is None


def find(text: str, directive: str) -> tuple[int, int] | None:
    """A second, plainer reading of a directive, over a text whose words are one space apart."""
    terms = directive.split(",")
    prefix = unquote(terms.pop(0)[:-1]) if terms[0].endswith("-") else ""
    suffix = unquote(terms.pop()[1:]) if terms[-1].startswith("-") else ""
    first, last = unquote(terms[0]), unquote(terms[-1])
    for start in (at for at in range(len(text)) if text.startswith(first, at)):
        if prefix and not text[:start].rstrip().endswith(prefix):
            continue
        ends = [start + len(first)] if len(terms) == 1 else [
            at + len(last) for at in range(start + len(first), len(text)) if text.startswith(last, at)
        ]  # fmt: skip
        for end in ends:
            if not suffix or text[end:].lstrip().startswith(suffix):
                return start, end
            if len(terms) == 1:
                break
    return None


@pytest.mark.parametrize("seed", range(40))
def test_in_any_text_the_directive_finds_the_quote_first(seed: int):
    chance = random.Random(seed)
    words = [chance.choice(["tolls", "buses", "cut", "jams", "pay", "more"]) for _ in range(chance.choice([40, 400]))]
    text = " ".join(words) + "."
    bounds = [0, *(at + 1 for at, letter in enumerate(text) if letter == " "), len(text) + 1]
    for _ in range(20):
        low, high = sorted(chance.sample(range(len(bounds)), 2))
        span = Span(bounds[low], bounds[high] - 1)
        directive = text_directive(text, span)
        if directive is not None and find(text, directive) != (span.start, span.end):
            # The plain reading knows no word bounds: "pay" must not be looked for inside another word here.
            pytest.fail(f"{directive} finds another place")


def test_every_sentence_of_the_demo_documents_is_found_first(demo_documents):
    counted = missing = 0
    for path in sorted(demo_documents.rglob("*.txt"))[:12]:
        text = path.read_bytes().decode("utf-8")[:60_000]
        document = Document(id="page", debate="demo", path="page.txt", text=text)
        for sentence in split_sentences(document)[::7]:
            counted += 1
            missing += text_directive(text, sentence.span) is None
    assert counted > 50
    assert missing <= counted * 0.02


def test_a_long_text_is_named_by_its_ends_of_three_words_where_they_suffice():
    text = "One two three " + "and more " * 60 + "then seven eight nine."
    assert len(text) > EXACT_LIMIT
    assert unquote(directive_of(text, text)) == "One two three,seven eight nine."
