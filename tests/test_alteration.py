"""Alterations: the stored words that a text differs from, and where."""

import pytest
from fakes import TEXTS, built_below, document_of, open_with_fake
from growth import assert_in_proportion

from pullquote.span import Span
from pullquote.verify.alteration import compare
from pullquote.verify.match import Match, Result

CLAUSES = "In 2023 she found that rents fell by 2.1 percent in two years, but jobs did too."
DIALOGUE = "“The council does not blame the wrong people,” Lee said. “It has built nine homes.”"
SPEECH = (
    "The council opened nine homes for old miners last winter. “Rents fell by two percent,” the mayor told a packed hall. "
    "Buses now reach every village on the eastern moor. Nobody has yet counted how many drivers gave up their cars. "
    "Shops along the harbour report better trade than before. A ferry strike in March cost the island two weeks of wages. "
    "Teachers want smaller classes and warmer rooms. The vote on the new budget comes after Easter."
).replace(". ", ".\n\n", 1)  # one sentence, and a paragraph of seven
SENTENCES = SPEECH.replace("\n\n", " ").replace(". ", ".\n").split("\n")
LONG = (
    "The ministry, which had promised a report by the end of June, told reporters from four newspapers that its engineers "
    "were still measuring how far the old sea wall had sunk since the floods of the winter before last."
)


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    """An explainer over one speech of eight sentences, and over other texts."""
    folder = tmp_path_factory.mktemp("speech")
    settings = built_below(folder, {**TEXTS, "d/speech.txt": SPEECH})
    return open_with_fake(settings)


def held_against(stored, given):
    return compare(given, [Match(document_of(stored), Span(0, len(stored)))])


def differing(verdict):
    signs = {"only_given": "-", "only_stored": "+"}
    return " ".join(signs[kind] + words for kind, words in verdict.diff if kind != "same")


@pytest.mark.parametrize(
    ("given", "stored", "found", "diff"),
    [
        ("Rents fell by 3.1 percent in two years", CLAUSES, "rents fell by 2.1 percent in two years,", "-3.1 +2.1"),
        ("rents fell in two years", CLAUSES, "rents fell by 2.1 percent in two years,", "+by 2.1 percent"),
        ("The council does blame the wrong people.", DIALOGUE, "“The council does not blame the wrong people,”", "+not"),
        ("The council does not blame the wrong people. It has built ten homes.", DIALOGUE, DIALOGUE, "+Lee said. -ten +nine"),
        ("It has “built nine homes.", DIALOGUE, "“It has built nine homes.”", "-It has “built nine homes. +“It has built nine homes.”"),
        ("Rents Fell by 2.1 Percent in Two Years", CLAUSES, "rents fell by 2.1 percent in two years,",
         "-Fell +fell -Percent +percent -Two Years +two years,"),
        ("THE COUNCIL DOES BLAME THE WRONG PEOPLE", DIALOGUE, "“The council does not blame the wrong people,”",
         "-THE COUNCIL DOES +“The council does +not -BLAME THE WRONG PEOPLE +blame the wrong people,”"),
        ("Nine trams were sold.", "NINE TRAMS WERE SOLD.", "NINE TRAMS WERE SOLD.", "-Nine trams were sold. +NINE TRAMS WERE SOLD."),
        ("Shops report, better trade.", "Shops report better trade.", "Shops report better trade.", "-report, +report"),
    ],
)  # fmt: skip
def test_an_altered_text_is_told_word_by_word_against_the_part_that_is_nearest_to_it(
    given, stored, found, diff
):
    [verdict] = held_against(stored, given)
    assert verdict.result is Result.ALTERED
    assert [place.span.cut(place.document.text) for place in verdict.places] == [found]
    assert differing(verdict) == diff


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("Soap is cheap.", "Drivers should pay."),
        ("It is one of the", "He said that it was one of the fairest tolls in the land."),
        ("“”", "Drivers should pay."),
        ("Drivers should pay.", "Drivers must pay. " * 2_000),
        (
            "The ministry, which had promised before last. Buses run.",
            f"They wait. {LONG} Buses run.",
        ),
    ],
)
def test_another_text_is_no_alteration(given, stored):
    assert held_against(stored, given) == []


@pytest.mark.parametrize("count", range(1, 9))
def test_one_word_changed_in_any_number_of_sentences_is_the_one_difference(speech, count):
    for first in range(len(SENTENCES) - count + 1):
        words = " ".join(SENTENCES[first : first + count]).split()
        middle = len(words) // 2
        for some in (words, words[1:], words[:-1]):
            at = some.index(words[middle])
            verdict = speech.verify(" ".join([*some[:at], "zebra", *some[at + 1 :]]))
            assert verdict.result == Result.ALTERED
            assert differing(verdict) == f"-zebra +{words[middle]}"


def test_words_in_another_order_are_no_alteration(speech):
    assert speech.verify(" ".join(SPEECH.split()[::-1])).result is Result.NOT_FOUND
    assert (
        speech.verify("the of and to a in " * 200 + "ferry strike budget").result
        is Result.NOT_FOUND
    )


def test_altered_words_are_held_against_the_document_that_is_named(tmp_path):
    settings = built_below(tmp_path, {f"d/{name}.txt": SENTENCES[0] for name in "abc"})
    verdict = open_with_fake(settings).verify(SENTENCES[0].replace("nine", "ten"), document_id="c")
    assert verdict.result == Result.ALTERED
    assert verdict.attribution == "right"
    assert verdict.places[0].document.id == "c"


def test_words_that_repeat_themselves_cost_no_more_than_their_length():
    assert_in_proportion(
        lambda size: lambda: held_against("the fee " * (size // 8), "fee the " * (size // 16)),
        19_000,
    )
