"""Quotation marks: what of a text stands in them."""

import pytest
from fakes import cases

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import split_sentences
from pullquote.span import Span
from pullquote.voice.quotations import quotations_in


def marked(text: str) -> list[tuple[Span, ...]]:
    return quotations_in(
        text, split_sentences(Document(id="d", debate="d", path="d.txt", text=text))
    )


def inside(text: str) -> list[str]:
    return [each.cut(text) for found in marked(text) for each in found]


@pytest.mark.parametrize(("opens", "closes"), cases("quotations", "every_family_of_marks_is_known"))
def test_every_family_of_marks_is_known(opens: str, closes: str) -> None:
    quoted = f"{opens}The boats will not come back{closes}"
    assert inside(f"Maria Lopez wrote: {quoted}, and left.") == [quoted]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The cartels’ routes and the '90s weren't the towns' only worry.", []),
        ("“He said ‘no’ to me,” she wrote.", ["“He said ‘no’ to me,”"]),
        ("‘He said “no” to me,’ she wrote.", ["‘He said “no” to me,’"]),
        ("“One,” he said, “and two.”", ["“One,”", "“and two.”"]),
        ("It is 6'2\" tall.", []),
    ],
)
def test_the_outermost_quotations_are_told_from_apostrophes(text: str, found: list[str]) -> None:
    assert inside(text) == found


def test_a_quotation_goes_on_over_sentences_and_paragraphs_that_open_with_its_mark() -> None:
    found = marked("“One is gone. Two is here.\n\n“Three is late,” she said.\n\n“Four,” he said.")
    assert all(found)


def test_a_quotation_that_is_never_closed_ends_with_its_paragraph() -> None:
    assert inside("He said: “One is gone.\n\nTwo is here.") == ["“One is gone."]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("He said: “One is gone.\n\nTwo is here.\n\nThree is late.” We left.", "Three is late.”"),
        ("He said: ''One is gone.\n\nTwo is late.'' We left.", "Two is late.''"),
    ],
)
def test_a_mark_that_stays_open_holds_what_stands_up_to_the_one_that_closes_it(
    text: str, last: str
) -> None:
    found = inside(text)
    assert found[-1] == last
    assert not any("We left" in words for words in found)
    assert "Two is here." in "\n".join(found) or "Two is late" in last


def test_a_mark_is_not_closed_by_one_that_opens() -> None:
    assert inside("He said: “One.\n\nTwo.\n\n“Three,” she said.") == ["“One.", "“Three,”"]
    text = "He said: “One.\n\nShe said “two” here.\n\nThree.” And four."
    assert inside(text) == ["“One.", "“two”"]
