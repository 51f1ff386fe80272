"""Verifying: verbatim, only typography differs, altered, or not there at all."""

import json
import string
import sys
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from asgi import assert_shape
from click.testing import CliRunner
from conftest import Run, Settle
from fakes import TEXTS, HashEncoder, document_of, environ_of, open_with_fake, settings_below, write_corpus
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.answers.spoken.claimed import attribution, checked
from pullquote.api.app import create_app
from pullquote.api.wire import answer_wire, citation_wire, sides_wire
from pullquote.cli.main import main
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.errors import QuestionError, ReceiptError, UnknownDocument
from pullquote.index.quote import Quote
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify import match as typography
from pullquote.verify.alteration import LONGEST, compare, stretches
from pullquote.verify.match import Folded, Place, Result, find, may_hold
from pullquote.verify.receipt import Claim, check, hearing, read_receipt
from pullquote.voice import Voice, VoiceKind

TEXT = "“It’s a long–term plan”, she said.\r\n\r\nCafe\u0301 owners pay US$10,000. They pay. They pay."
KNOWN = [document_of(TEXT), document_of("They pay nothing.", id="other")]


def places(words: str) -> list[str]:
    return [place.span.cut(place.document.text) for place in find(words, lambda: KNOWN).places]


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("she said.", Result.VERBATIM),
        ("  she said.\n", Result.VERBATIM),
        ("“she said.”", Result.VERBATIM),
        ("“It’s a long–term plan”", Result.VERBATIM),
        ('"It\'s a long-term plan"', Result.TYPOGRAPHY_ONLY),
        ("she said. Cafe\u0301 owners", Result.TYPOGRAPHY_ONLY),
        ("Caf\u00e9 owners", Result.TYPOGRAPHY_ONLY),
        ("long\u00adterm", Result.NOT_FOUND),
        ("Cafe owners", Result.NOT_FOUND),
        ("Cafe", Result.NOT_FOUND),
        ("US$10.000", Result.NOT_FOUND),
        ("US$10,00", Result.NOT_FOUND),
        ("she  said", Result.TYPOGRAPHY_ONLY),
        ("She said.", Result.TYPOGRAPHY_ONLY),
        ("She Said.", Result.NOT_FOUND),
        ("He said.", Result.NOT_FOUND),
        ("he said", Result.NOT_FOUND),
        ("they pay.", Result.TYPOGRAPHY_ONLY),
        ("they", Result.NOT_FOUND),
        ("it’s a long–term plan", Result.TYPOGRAPHY_ONLY),
        ("it’s a long–term plan.", Result.TYPOGRAPHY_ONLY),
        ("“It’s a long–term plan,” she said.", Result.NOT_FOUND),
        ("uS$10,000. They pay.", Result.NOT_FOUND),
        ("pay US$10", Result.NOT_FOUND),
        ("pay US$10,", Result.NOT_FOUND),
        ("000. They pay", Result.NOT_FOUND),
        ("", Result.NOT_FOUND),
        ("“”", Result.NOT_FOUND),
        ("\u200b", Result.NOT_FOUND),
    ],
)
def test_a_text_is_verbatim_or_differs_in_typography_or_is_not_there(words: str, result: Result):
    assert find(words, lambda: KNOWN).result is result


TAGGED = [
    document_of("Rents fell by 3.1 percent. “The ban is wrong,” Lee said. She called the Polish vote “a folly” too.")
]


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("the ban is wrong", "The ban is wrong"),
        ("The ban is wrong.", "The ban is wrong,"),
        ("the ban is wrong.", "The ban is wrong,"),
        ("A folly.", "a folly"),
        ("She called the Polish vote.", None),
        ("the ban is wrong; Lee said", None),
        ("polish vote", None),
        ("Rents fell by 3", None),
        ("1 percent", None),
        ("rents fell by 3.1 percent", "Rents fell by 3.1 percent"),
    ],
)
def test_a_clause_may_be_set_as_an_editor_sets_it_and_is_given_as_it_is_stored(words: str, stored: str | None):
    verdict = find(words, lambda: TAGGED)
    assert [place.span.cut(place.document.text) for place in verdict.places] == ([stored] if stored else [])
    assert verdict.result is (Result.TYPOGRAPHY_ONLY if stored else Result.NOT_FOUND)


def test_every_place_of_a_repeated_text_is_given():
    assert places("They pay") == ["They pay", "They pay", "They pay"]


def test_a_place_found_by_typography_is_given_in_the_stored_letters():
    assert places('"It\'s a long-term plan", she said.') == ["“It’s a long–term plan”, she said."]
    assert places("Caf\u00e9") == ["Cafe\u0301"]


@given(st.text(max_size=60))
@example("\u1fef")
def test_folding_keeps_an_origin_for_every_letter(text: str):
    folded = Folded(text)
    origins = [folded.origin(offset) for offset in range(len(folded.text))]
    assert origins == sorted(origins)
    assert Folded(folded.text).text == folded.text


@given(st.text("a\u00e9\u0301\u0323\u00a0\u00ad\u200b \n–“", max_size=30), st.integers(1, 4))
def test_a_text_is_folded_the_same_in_pieces_of_any_size(text: str, size: int):
    whole = Folded(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(typography, "PIECE", size)
        pieces = Folded(text)
        assert pieces.text == whole.text == _folded_letter_by_letter(text)[0]
        assert [pieces.origin(at) for at in range(len(pieces.text))] == _folded_letter_by_letter(text)[1]


def _folded_letter_by_letter(text: str) -> tuple[str, list[int]]:
    """What folding is, the slow way: each letter by itself."""
    letters: list[str] = []
    origins: list[int] = []
    for offset, letter in enumerate(text.replace("–", "-").replace("“", '"')):
        kept = " " if letter.isspace() else unicodedata.normalize("NFD", letter)
        if letter not in "\u00ad\u200b" and not (kept == " " and letters[-1:] in ([], [" "])):
            letters += kept
            origins += [offset] * len(kept)
    return "".join(letters).rstrip(" "), origins[: len("".join(letters).rstrip(" "))]


@given(st.text("aeKL19\u00e9\u0301\u00a0\u00ad\u200b\u212a –“", max_size=20), st.data())
def test_a_text_that_holds_folded_words_is_never_passed_over(text: str, data: st.DataObject):
    folded = Folded(text).text
    start = data.draw(st.integers(0, len(folded)))
    assert may_hold(text, folded[start : data.draw(st.integers(start, len(folded)))])


def test_no_letter_but_the_kelvin_sign_becomes_a_latin_one_or_ends_in_one():
    letters, latin = typography._Letters(), string.ascii_letters + string.digits
    assert {code for code in range(128, sys.maxunicode + 1) if letters[code] and letters[code][-1] in latin} == {0x212A}


@pytest.mark.parametrize("words", ["“These words stand nowhere.”", "she said – a long term plan"])
def test_texts_are_looked_through_one_at_a_time_in_a_few_times_their_own_memory(words: str):
    text = "“It’s a long–term plan”, she said.\r\n" * 8_000  # no more than this and its folded form are in memory

    def documents() -> Iterator[Document]:
        return (document_of(f"{number} {text}") for number in range(8))

    tracemalloc.start()
    try:
        find(words, documents)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * sys.getsizeof(text)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.data())
def test_what_is_cut_between_two_words_is_found_verbatim_there(text: str, data: st.DataObject):
    document = document_of(f"Start {text} end.")
    verdict = find(f"Start {text} end.", lambda: [document])
    assert verdict.result is Result.VERBATIM
    assert verdict.places[0].span == Span(0, len(document.text))


def test_an_altered_text_is_told_word_by_word():
    place = Place(document_of("Drivers who use a road should pay for it."), Span(0, 41))
    [verdict] = compare("Drivers who use a road must pay for it.", [place])
    assert verdict.result is Result.ALTERED
    assert verdict.diff == (
        ("same", "Drivers who use a road"),
        ("only_given", "must"),
        ("only_stored", "should"),
        ("same", "pay for it."),
    )


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("Soap is cheap.", "Drivers should pay."),
        ("It is one of the", "He said that it was one of the fairest tolls in the land."),
        ("“”", "Drivers should pay."),
        ("Drivers should pay.", "Drivers must pay. " * 2_000),
    ],
)
def test_another_text_is_no_alteration(given: str, stored: str):
    assert compare(given, [Place(document_of(stored), Span(0, len(stored)))]) == []


CLAUSES = "In 2023 she found that rents fell by 2.1 percent in two years, but jobs did too."
DIALOGUE = "“The council does not blame the wrong people,” Lee said. “It has built nine homes.”"


def assert_altered(given: str, stored: str, found: str, diff: str) -> None:
    """Held against a stored text the words are an alteration of this part of it, with this difference."""
    [verdict] = compare(given, [Place(document_of(stored), Span(0, len(stored)))])
    assert verdict.result is Result.ALTERED
    assert [place.span.cut(place.document.text) for place in verdict.places] == [found]
    signs = {"only_given": "-", "only_stored": "+"}
    assert " ".join(signs[kind] + words for kind, words in verdict.diff if kind != "same") == diff


@pytest.mark.parametrize(
    ("given", "stored", "found", "diff"),
    [
        ("Rents fell by 3.1 percent in two years", CLAUSES, "rents fell by 2.1 percent in two years,", "-3.1 +2.1"),
        ("rents fell in two years", CLAUSES, "rents fell by 2.1 percent in two years,", "+by 2.1 percent"),
        ("The council does blame the wrong people.", DIALOGUE, "“The council does not blame the wrong people,”", "+not"),
        (
            "The council does not blame the wrong people. It has built ten homes.", DIALOGUE, DIALOGUE,
            "+Lee said. -ten +nine",
        ),
        ("It has “built nine homes.", DIALOGUE, "“It has built nine homes.”", "-It +“It -“built +built -homes. +homes.”"),
        ("That is so.", "That is not so.", "That is not so.", "+not"),
    ],
)  # fmt: skip
def test_a_clause_that_was_altered_is_held_against_the_part_of_the_text_that_is_nearest_to_it(
    given: str, stored: str, found: str, diff: str
):
    assert_altered(given, stored, found, diff)


@pytest.mark.parametrize(
    ("given", "stored", "found", "diff"),
    [
        (
            "RENTS FELL BY 2.1 PERCENT IN TWO YEARS", CLAUSES, "rents fell by 2.1 percent in two years,",
            "-RENTS FELL BY +rents fell by -PERCENT IN TWO YEARS +percent in two years,",
        ),
        (
            "Rents Fell by 2.1 Percent in Two Years", CLAUSES, "rents fell by 2.1 percent in two years,",
            "-Fell +fell -Percent +percent -Two Years +two years,",
        ),
        (
            "THE COUNCIL DOES BLAME THE WRONG PEOPLE", DIALOGUE, "“The council does not blame the wrong people,”",
            "-THE COUNCIL DOES +“The council does +not -BLAME THE WRONG PEOPLE +blame the wrong people,”",
        ),
        ("the council does not blame the wrong people, lee said.", DIALOGUE,
         "“The council does not blame the wrong people,” Lee said.", "-lee +Lee"),
        ("Nine trams were sold.", "NINE TRAMS WERE SOLD.", "NINE TRAMS WERE SOLD.",
         "-Nine trams were sold. +NINE TRAMS WERE SOLD."),
    ],
)  # fmt: skip
def test_words_in_other_letters_than_the_stored_ones_are_an_alteration_of_them(
    given: str, stored: str, found: str, diff: str
):
    assert_altered(given, stored, found, diff)


def test_one_word_that_is_the_same_but_for_its_capital_makes_no_two_texts_alike():
    stored = "Buses reach every village. The dam"
    assert compare("Buses reach every village by the road", [Place(document_of(stored), Span(0, len(stored)))]) == []


SPEECH = (
    "The council opened nine homes for old miners last winter. “Rents fell by two percent,” the mayor told a packed hall. "
    "Buses now reach every village on the eastern moor. Nobody has yet counted how many drivers gave up their cars. "
    "Shops along the harbour report better trade than before. A ferry strike in March cost the island two weeks of wages. "
    "Teachers want smaller classes and warmer rooms. The vote on the new budget comes after Easter."
).replace(". ", ".\n\n", 1)  # one sentence, and a paragraph of seven


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    """An explainer over one speech of eight sentences, and over other texts."""
    folder = tmp_path_factory.mktemp("speech")
    write_corpus(folder / "corpus", {**TEXTS, "d/speech.txt": SPEECH})
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


def sentences_of_speech() -> list[str]:
    return SPEECH.replace("\n\n", " ").replace(". ", ".\n").split("\n")


@pytest.mark.parametrize("count", range(1, 9))
def test_one_word_changed_in_any_number_of_sentences_is_the_one_difference(speech: Explainer, count: int):
    sentences = sentences_of_speech()
    for first in range(len(sentences) - count + 1):
        words = " ".join(sentences[first : first + count]).split()
        middle = len(words) // 2
        for some in (words, words[1:], words[:-1]):
            at = some.index(words[middle])
            verdict = speech.verify(" ".join([*some[:at], "zebra", *some[at + 1 :]]))
            assert verdict.result is Result.ALTERED
            told = [words for kind, words in verdict.diff if kind != "same"]
            assert told == ["zebra", words[middle]]


@pytest.mark.parametrize("form", [str.upper, str.lower, string.capwords])
def test_a_headline_is_found_by_its_words_however_its_letters_are_set(speech: Explainer, form: Callable[[str], str]):
    for sentence in sentences_of_speech():
        verdict = speech.verify(form(sentence.strip("“")))
        assert verdict.result in (Result.ALTERED, Result.TYPOGRAPHY_ONLY)
        assert {place.document.id for place in verdict.places} == {"speech"}


def test_a_sentence_left_out_between_others_is_the_one_difference(speech: Explainer):
    sentences = sentences_of_speech()
    verdict = speech.verify(" ".join([*sentences[2:4], *sentences[5:]]))
    assert verdict.result is Result.ALTERED
    assert [line for line in verdict.diff if line[0] != "same"] == [("only_stored", sentences[4])]


LONG = (
    "The ministry, which had promised a report by the end of June, told reporters from four newspapers that its engineers "
    "were still measuring how far the old sea wall had sunk since the floods of the winter before last."
)


@pytest.mark.parametrize(("gap", "told"), [(LONG, True), (f"{LONG} {LONG}", True), (f"{LONG} {LONG} {LONG}", False)])
def test_a_long_sentence_left_out_between_short_ones_is_the_one_difference(gap: str, told: bool):
    before, after = "Buses now reach every village on the moor.", "Nobody has yet counted the cars."
    document = document_of(f"Rents fell. {before} {gap} {after} Shops report better trade.")
    place = Place(document, Span(0, len(document.text)))
    found = compare(f"{before} {after}", [place])
    assert [verdict.diff for verdict in found] == [(("same", before), ("only_stored", gap), ("same", after))] * told


def test_what_is_left_out_within_a_sentence_counts():
    document = document_of(f"They wait. {LONG} Buses now reach every village.")
    place = Place(document, Span(0, len(document.text)))
    words = "The ministry, which had promised before last. Buses now reach every village."
    assert compare(words, [place]) == []


def test_a_long_sentence_of_a_stored_text_may_be_left_out(tmp_path: Path):
    before, after = "Nine trams were sold to a museum.", "Two remain in the depot today."
    write_corpus(tmp_path / "corpus", {**TEXTS, "d/trams.txt": f"{before} {LONG} {after}"})
    settings = settings_below(tmp_path)
    index_corpus(settings, HashEncoder())
    verdict = open_with_fake(settings).verify(f"{before} {after}")
    assert (verdict.result, verdict.changed) == (Result.ALTERED, len(LONG.split()))


@pytest.mark.parametrize("blank", [" ", "\x1c", "\u2003", "\n"])
def test_white_space_before_words_is_none_of_them_however_much(speech: Explainer, blank: str):
    assert speech.verify(blank * 4_100 + "ferries swim to the moon by night").result is Result.NOT_FOUND


def test_of_a_long_text_the_first_whole_words_are_compared(speech: Explainer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pullquote.verify.alteration.COMPARED", 60)
    verdict = speech.verify(SPEECH.replace("nine", "ten"))
    assert verdict.result is Result.ALTERED
    shown = " ".join(words for kind, words in verdict.diff if kind != "only_stored")
    assert shown == "The council opened ten homes for old miners last winter."


def test_places_around_passages_that_overlap_are_one_and_never_longer_than_is_compared():
    document = document_of("They pay. " * 9_000)
    sentences = split_sentences(document)
    near = stretches([Quote(document, sentences, at, at) for at in (100, 104, 102)], 50)
    assert [(place.span.start, place.span.end) for place in near] == [(950, 1_099)]
    assert {
        len(place.span) <= LONGEST
        for place in stretches([Quote(document, sentences, at, at) for at in range(0, 9_000, 300)], 4_000)
    } == {True}


def test_the_passage_that_words_were_taken_from_is_found_however_long_it_is(spoken: Settings):
    explainer = open_with_fake(spoken)
    verdict = explainer.verify("president of the Harlow Federation of Pupils", speaker="Ada Finch")
    assert verdict.result is Result.ALTERED
    assert [place.document.id for place in verdict.places] == ["hall"]


@pytest.mark.parametrize(
    ("words", "options", "result"),
    [
        ("Nobody else should have to.", {}, Result.VERBATIM),
        ("Nobody else should have to.", {"document_id": "for-tolls"}, Result.VERBATIM),
        ("Wealthy drivers barely notice the charge.", {"document_id": "helmets"}, Result.MISATTRIBUTED),
        ("Drivers who use a road should pay for it.", {"speaker": "Ada Finch"}, Result.VERBATIM),
        ("Drivers who use a road should pay for it.", {"speaker": "Finch"}, Result.VERBATIM),
        ("Drivers who use a road should pay for it.", {"speaker": "Bo Gray"}, Result.MISATTRIBUTED),
        ("Drivers who use a road must pay for it.", {}, Result.ALTERED),
        ("Soap is cheap in winter.", {}, Result.NOT_FOUND),
        ("why", {}, Result.NOT_FOUND),
    ],
)
def test_the_explainer_also_says_who_is_meant_to_have_said_it(explainer: Explainer, words, options, result):
    assert explainer.verify(words, **options).result is result


def test_a_document_that_there_is_not_is_an_error(explainer: Explainer):
    with pytest.raises(UnknownDocument):
        explainer.verify("Nobody", document_id="nowhere")


def receipt(document: Document, first: int, last: int, **changes: object) -> dict[str, object]:
    quote = {
        "document_id": document.id,
        "source": {"sha256": document.sha256},
        "start": first,
        "end": last,
        "exact": document.text[first:last],
    }
    return {**quote, **changes}


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, Result.VERBATIM),
        ({"exact": "Tidy"}, Result.ALTERED),
        ({"start": 1}, Result.ALTERED),
        ({"start": -1}, Result.ALTERED),
        ({"end": 10**9}, Result.ALTERED),
        ({"source": {"sha256": "0" * 64}}, Result.NOT_FOUND),
        ({"document_id": "renamed"}, Result.MISATTRIBUTED),
    ],
)
def test_a_claim_is_held_against_the_text_of_the_hash_it_names(changes: dict[str, object], result: Result):
    content = json.dumps({"quotes": [receipt(KNOWN[0], 0, 4, **changes)]}).encode()
    [claim] = read_receipt(content)
    assert check(claim, KNOWN).result is result


def test_a_receipt_may_be_an_answer_a_list_or_one_quote():
    quote = receipt(KNOWN[0], 0, 4)
    claims = [read_receipt(json.dumps(form).encode()) for form in ({"quotes": [quote]}, [quote], quote)]
    assert claims[0] == claims[1] == claims[2] == (Claim("page", KNOWN[0].sha256, 0, 4, "“It’"),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"{}", "lacks 'document_id'"),
        (b"[]", "holds no quotes"),
        (b"7", "holds no quotes"),
        (b'{"quotes": {}}', "holds no quotes"),
        (b'{"quotes": [7]}', "lacks 'document_id': it is no object"),
        (b"[1]", "lacks 'document_id': it is no object"),
        (b'{"for": [], "against": []}', "holds no quotes"),
        (b'{"quotes": [{"document_id": "a"}]}', "lacks 'source'"),
        (b'{"quotes": [{"document_id": "a", "source": "b"}]}', "lacks"),
    ],
)
def test_a_receipt_that_cannot_be_read_says_what_it_lacks(content: bytes, reason: str):
    with pytest.raises(ReceiptError, match=reason):
        read_receipt(content)


@pytest.mark.parametrize("start", [True, 1.5, "1", None])
def test_the_offsets_of_a_receipt_are_whole_numbers(start: object):
    with pytest.raises(ReceiptError, match="whole numbers"):
        read_receipt(json.dumps(receipt(KNOWN[0], 0, 4, start=start)).encode())


# Whose words they are

SPOKEN = {
    "d/hall.md": """---
author: Ada Finch
publisher: The Toll Review
url: https://toll.example/hall#top
---
Tolls raise money for buses. “Fares will rise in May,” said Senator Tom Barlow. Critics met the mayor and Ruth Adeyemi \
on Monday in the old hall. She said that the schools would close at noon.

Ruth Adeyemi, president of the Harlow Federation of Teachers, said that pay is too low. The ministry disagreed.

“Pupils would lose,” said the Harlow Federation of Teachers.
""",
    "d/unsigned.txt": "“Fares will rise in May,” said Bo Reed. Buses are late.",
}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index in which several people speak, which no test may change."""
    folder = tmp_path_factory.mktemp("spoken")
    write_corpus(folder / "corpus", SPOKEN)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return settings


def said_by(speaker: str | None, kind: VoiceKind = VoiceKind.QUOTED, *, sure: bool = True) -> Sequence[Voice]:
    return [Voice(Span(0, 5), kind, speaker, sure=sure)]


@pytest.mark.parametrize(
    ("heard", "claimed", "fit"),
    [
        ("Sen. Tom Barlow", "Senator Tom Barlow", "right"),
        ("Sen. Tom Barlow", "Senator Barlow", "right"),
        ("Sen. Tom Barlow", "barlow", "right"),
        ("Sen. Tom Barlow", "TOM BARLOW", "right"),
        ("Sen. Tom Barlow", "Councilman Tom Barlow (D-Ohio)", "right"),
        ("Sen. Tom Barlow", "Tom Barlow, chair of the committee", "right"),
        ("Sen. Tom Barlow", "Tom", "wrong"),
        ("Tom Barlow", "Tom", "wrong"),
        ("Sen. Tom Barlow", "Bo Barlow", "wrong"),
        ("Sen. Tom Barlow", "Ruth Adeyemi", "wrong"),
        ("Barlow", "Tom Barlow", "unsure"),
        ("TRUSTEE BARLOW", "Tom Barlow", "right"),
        ("Selectwoman Lee", "Ann Lee", "right"),
        ("Nurse Lee", "Bo Barlow", "wrong"),
        ("Ruth Adeyemi", "Ms. Adeyemi", "right"),
        ("Ruth Adeyemi", "Ruth Adeyemi, president of the Harlow Federation of Teachers", "right"),
        ("Ruth Adeyemi, president of the Harlow Federation of Teachers", "Adeyemi", "right"),
        ("Ruth Adeyemi", "Ruth Adeyemi of the Harlow Federation of Teachers", "right"),
        ("Peña Nieto", "Enrique Peña Nieto", "unsure"),
        ("US Secretary of State Ann Lee", "Lee", "right"),
        ("Ann Lee", "Secretary of State Lee", "right"),
        ("Ann van Dyke", "Ms. van Dyke", "right"),
        ("the Harlow Federation of Teachers", "Harlow Federation of Teachers", "right"),
        ("Harlow Federation of Teachers", "the harlow federation of teachers", "right"),
        ("the Drug Enforcement Administration", "DEA", "right"),
        ("the Harlow Federation of Teachers", "Harlow Federation", "unsure"),
        ("the Harlow Federation of Teachers", "the Bolton Federation of Teachers", "wrong"),
        ("the surgeon", "surgeon", "right"),
        ("the surgeon", "Ann Lee", "unsure"),
        ("The noble Baroness", "Lady Lee", "unsure"),
        ("the right honourable Member", "Ann Lee", "unsure"),
        ("The Liberal Democrat spokesman", "Ann Lee", "unsure"),
        ("the Leeland MP", "Ann Lee", "unsure"),
        ("an American", "Ann Lee", "unsure"),
        ("the Pentagon", "Ann Lee", "wrong"),
        ("the economist Tom Barlow", "Ann Lee", "wrong"),
        ("the president", "the president", "right"),
        ("a leaked memo", "Ann Lee", "wrong"),
        (None, "Ann Lee", "unsure"),
        ("a critic of the World Bank", "the World Bank", "unsure"),
        ("opponents of the World Bank", "World Bank", "unsure"),
        ("a lawyer for Ann Lee", "Ann Lee", "unsure"),
        ("Sean O’Brien", "Sean O'Brien", "right"),
        ("Ann–Marie Lee", "Ann-Marie Lee", "right"),
        ("Ann Lee, Bo Bell and Cy Dow", "Ann Lee", "right"),
        ("Ann Lee, Bo Bell and Cy Dow", "Bo Bell", "right"),
        ("Ann Lee, Bo Bell and Cy Dow", "Ms. Dow", "right"),
        ("Ann Lee, Bo Bell and Cy Dow", "Ann Dow", "wrong"),
        ("The Ramblers, the Moor Trust and Friends of Harlow", "the Moor Trust", "right"),
        ("The Ramblers, the Moor Trust and Friends of Harlow", "Friends of Harlow", "right"),
        ("The Ramblers, the Moor Trust and Friends of Harlow", "Friends of Bolton", "wrong"),
    ],
)
def test_a_speaker_is_compared_by_name_and_not_by_title(heard: str | None, claimed: str, fit: str):
    assert attribution(claimed, said_by(heard), Source()) == fit


def test_a_guess_makes_nobody_right_or_wrong():
    for claimed in ("Ann Lee", "Bo Reed"):
        assert attribution(claimed, said_by("Ann Lee", sure=False), Source()) == "unsure"


@pytest.mark.parametrize(
    ("author", "claimed", "fit"),
    [
        ("Ann Lee and Bo Chen", "Bo Chen", "right"),
        ("Lee, Ann", "Ann Lee", "right"),
        ("Lee, Ann", "Ann", "wrong"),
        ("Sean O’Brien", "O'Brien", "right"),
        ("Ann Lee, Roe Institute", "the Roe Institute", "right"),
        ("Ann Lee", "The Toll Review", "wrong"),
        (None, "The Toll Review", "right"),
        (None, "Ann Lee", "unsure"),
    ],
)
def test_the_authors_own_words_are_the_authors_or_the_publishers_where_none_is_recorded(
    author: str | None, claimed: str, fit: str
):
    source = Source(author=author, publisher="The Toll Review")
    assert attribution(claimed, said_by(author, VoiceKind.AUTHOR), source) == fit


@pytest.mark.parametrize("speaker", ["", " ", "???", "the", "of the", "Mr.", "Senator", "he", "42", "(Ann Lee)"])
def test_a_speaker_who_could_be_nobody_is_an_error_that_says_so(
    run: Run, explainer: Explainer, shared: Settings, speaker: str
):
    words = "Nobody else should have to."
    with pytest.raises(QuestionError, match="the speaker is"):
        explainer.verify(words, speaker=speaker)
    with TestClient(create_app(explainer)) as client:
        problem = client.post("/v1/verify", json={"quote": words, "speaker": speaker})
    assert problem.status_code == 422
    assert problem.json()["detail"].startswith("the speaker is")
    done = run(shared, "verify", words, "--speaker", speaker)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("pullquote: the speaker is")


@pytest.mark.parametrize("speaker", ["Ann", "May", "Will Smith", "350.org", "the president", "the trustee", "王小明"])
def test_a_word_that_could_name_somebody_is_enough(speaker: str):
    assert checked(f" {speaker} ") == speaker


@pytest.mark.parametrize(
    ("words", "options", "result", "fit", "shown"),
    [
        ("Tolls raise money for buses.", [], "verbatim", None, "Ada Finch, The Toll Review"),
        ("Tolls raise money for buses.", ["Finch"], "verbatim", "right", "Ada Finch, The Toll Review"),
        ("Fares will rise in May", ["Sen. Barlow"], "verbatim", "right", "Senator Tom Barlow, quoted by Ada Finch"),
        ("Fares will rise in May", ["Bo Reed"], "verbatim", "right", "Bo Reed, quoted by"),
        ("Fares will rise in May", ["Ada Finch"], "misattributed", "wrong", "Senator Tom Barlow, quoted by Ada Finch"),
        ("“Fares will rise in June,” said Bo Reed.", ["Reed"], "altered", "right", "Bo Reed, quoted by"),
        ("“Fares will rise in June,” said Bo Reed.", ["Ann Lee"], "altered", "wrong", "They are not whose"),
        ("pay is too low", ["Ruth Adeyemi"], "verbatim", "right", "Ruth Adeyemi, president of"),
        ("Pupils would lose", ["Harlow Federation of Teachers"], "verbatim", "right", "The Harlow Federation of Teachers"),
        ("She said that the schools", ["Ruth Adeyemi"], "verbatim", "unsure", "Ruth Adeyemi (probably), as reported by"),
        ("She said that the schools", ["Bo Reed"], "misattributed", "unsure", "Ruth Adeyemi (probably), as reported by"),
        ("She said that the schools", ["Ada Finch"], "verbatim", "unsure", "Ruth Adeyemi (probably), as reported by"),
        ("The ministry disagreed.", ["Ada Finch"], "verbatim", "unsure", "Ada Finch, The Toll Review (probably)"),
        ("Soap is cheap in winter.", ["Bo Reed"], "not_found", None, ""),
    ],
)  # fmt: skip
def test_a_verdict_says_whose_words_they_are_and_when_it_cannot_tell(
    run: Run, spoken: Settings, words: str, options: list[str], result: str, fit: str | None, shown: str
):
    arguments = ["verify", words, *(f"--speaker={speaker}" for speaker in options)]
    told, done = json.loads(run(spoken, *arguments, "--json").stdout), run(spoken, *arguments)
    assert (told["result"], told["attribution"]) == (result, fit)
    assert done.exit_code == (0 if result == "verbatim" and fit in (None, "right") else 3)
    assert done.stdout.splitlines()[0] == result.replace("_", " ")
    assert shown in done.stdout
    assert ("cannot be told for sure" in done.stdout) == (fit == "unsure" and result != "not_found")
    for match in told["matches"]:
        assert match["voice"]["sure"] == ("(probably)" not in done.stdout)


def test_only_the_voices_of_the_words_themselves_count(explainer: Explainer):
    words, whole = "Wear one \N{BICYCLE}", "However, a helmet protects the skull in a fall. “Wear one \N{BICYCLE}"
    [match] = verdict_of(explainer, quote=whole, speaker="the surgeon")["matches"]
    assert (match["voice"]["kind"], match["found"]["voice"]["kind"]) == ("mixed", "mixed")
    [match] = verdict_of(explainer, quote=words, speaker="the surgeon")["matches"]
    assert match["found"]["voice"]["kind"] == "quoted"


def test_a_document_that_is_named_is_looked_into_first(tmp_path: Path):
    files = {f"d/{name}.txt": "Tolls are fair. Tolls are fair. Tolls are fair." for name in "abc"}
    write_corpus(tmp_path / "corpus", files)
    settings = settings_below(tmp_path)
    index_corpus(settings, HashEncoder())
    verdict = open_with_fake(settings).verify("Tolls are fair.", document_id="c")
    assert (verdict.result, verdict.attribution) == (Result.VERBATIM, "right")
    assert {place.document.id for place in verdict.places} == {"c"}


def test_a_speaker_is_sought_at_more_places_than_are_shown(tmp_path: Path):
    text = "“Tolls are fair,” said Ann Lee.\n\n" * 9 + "“Tolls are fair,” said Bo Reed.\n"
    write_corpus(tmp_path / "corpus", {"d/a.txt": text})
    settings = settings_below(tmp_path)
    index_corpus(settings, HashEncoder())
    verdict = open_with_fake(settings).verify("Tolls are fair", speaker="Bo Reed")
    assert [place.span.start for place in verdict.places] == [text.rindex("Tolls")]


def verdict_of(explainer: Explainer, **body: str) -> dict[str, Any]:
    with TestClient(create_app(explainer)) as client:
        answered = client.post("/v1/verify", json=body)
    assert answered.status_code == 200, answered.text
    assert_shape("VerdictBody", answered.json())
    return dict(answered.json())


def test_the_command_prints_what_the_api_sends_with_the_words_themselves_as_the_match(run: Run, spoken: Settings):
    words = "rise in May"
    sent = verdict_of(open_with_fake(spoken), quote=words)
    told = json.loads(run(spoken, "verify", words, "--json").stdout)
    assert told == {**sent, "matches": [{**match, **match["found"]} for match in sent["matches"]]}
    for match in told["matches"]:
        text = SPOKEN["d/unsigned.txt"] if match["document_id"] == "unsigned" else SPOKEN["d/hall.md"].split("---\n")[2]
        assert match["exact"] == text[match["start"] : match["end"]] == words
        assert text[: match["start"]].endswith(match["prefix"])
        assert text[match["end"] :].startswith(match["suffix"])
    assert all(words in match["exact"] != words for match in sent["matches"])


@pytest.mark.parametrize("quote", [".", "“”", "— …"])
def test_a_quote_without_a_letter_or_figure_is_a_problem(explainer: Explainer, quote: str):
    with TestClient(create_app(explainer)) as client:
        problem = client.post("/v1/verify", json={"quote": quote})
    assert problem.status_code == 422
    assert problem.json()["detail"].startswith("the quote is empty")


# Receipts that were tampered with


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ((), None, []),
        (("document_id",), "unsigned", ["document_id"]),
        (("source", "author"), "Bo Reed", ["author"]),
        (("source", "date"), "1999", ["date"]),
        (("source", "url"), "https://elsewhere.example", ["url"]),
        (("voice", "speaker"), "Bo Reed", ["speaker"]),
        (("byline",), "Bo Reed, quoted by Ada Finch, The Toll Review", ["byline"]),
        (("byline",), "As Senator Tom Barlow told Ada Finch", []),
        (("source", "licence"), "CC0", ["licence"]),
        (("voice", "kind"), "author", ["kind"]),
        (("voice", "sure"), False, ["sure"]),
        (("links", "source"), "https://elsewhere.example/#:~:text=Fares", ["links.source"]),
        (("links", "source"), None, ["links.source"]),
        (("links", "source"), "https://toll.example/hall", []),
        (("start_utf16",), 3, ["start_utf16"]),
        (("end_utf16",), 3, ["end_utf16"]),
        (("prefix",), "Tolls cost money for buses. ", ["prefix"]),
        (("prefix",), "money for buses. ", []),
        (("prefix",), "", ["prefix"]),
        (("suffix",), "", ["suffix"]),
        (("before",), "", ["before"]),
        (("before",), "raise money for buses.", ["before"]),
        (("leans",), True, ["leans"]),
        (("section",), "Fares", ["section"]),
        (("voice", "via"), ["Bo Reed"], ["via"]),
        (("voices",), [], ["voices"]),
        (("voices", 0, "speaker"), "Bo Reed", ["voices"]),
        (("voices", 0, "start"), 0, ["voices"]),
        (("links", "reader"), "/documents/hall?start=0&end=9#quote", ["links.reader"]),
        (("links", "reader"), "https://elsewhere.example/documents/unsigned", ["links.reader"]),
        (("links", "reader"), "http://[x", ["links.reader"]),
        (("suffix",), " Critics met nobody", ["suffix"]),
        (("before",), "Tolls cost money for buses.", ["before"]),
        (("after",), "She said that the schools would close at noon.", ["after"]),
    ],
)
def test_a_receipt_whose_facts_are_not_those_stored_is_misattributed(
    run: Run, spoken: Settings, tmp_path: Path, path: tuple[str | int, ...], value: object, wrong: list[str]
):
    explainer = open_with_fake(spoken)
    [quote] = verdict_of(explainer, quote="Fares will rise in May", document_id="hall")["matches"]
    of = quote
    for step in path[:-1]:
        of = of[step]
    of.update({path[-1]: value} if path else {})
    (tmp_path / "receipt.json").write_text(json.dumps({"quotes": [quote]}), encoding="utf-8")
    done = run(spoken, "verify", str(tmp_path / "receipt.json"), "--json")
    [row] = json.loads(done.stdout)["quotes"]
    assert (row["document_id"], row["wrong"]) == ("hall", wrong)
    assert (row["result"], done.exit_code) == (("misattributed", 3) if wrong else ("verbatim", 0))
    line = run(spoken, "verify", str(tmp_path / "receipt.json")).stdout
    assert line.startswith(f"{row['result']}  hall:")
    assert all(name in line for name in wrong)


def test_what_an_answer_says_of_its_quotes_holds_with_an_index_and_without(explainer: Explainer):
    answer = answer_wire(explainer.ask(Query(question="Do helmets protect the skull of a cyclist?", max_quotes=10)))
    shown = [*answer["quotes"], *(citation_wire(one) for one in explainer.search("road tolls", count=20))]
    generation = explainer.generation
    known = [generation.document(number) for number in range(len(generation.rows))]
    for claim in read_receipt(json.dumps(shown).encode()):
        for hear in (None, hearing(generation)):
            assert check(claim, known, hear=hear).wrong == ()
    assert len(shown) > 5


def test_what_leads_a_list_in_is_what_stands_before_its_items():
    document = document_of("We reject three claims:\n\n- Lynx eat sheep.\n- Lynx bite cats.\n- Lynx eat birds.\n")
    start = document.text.index("- Lynx bite")
    for before, wrong in [("We reject three claims:", ()), ("- Lynx eat sheep.", ()), ("We accept it:", ("before",))]:
        quote = receipt(document, start, start + len("- Lynx bite cats."), before=before)
        [claim] = read_receipt(json.dumps(quote).encode())
        assert check(claim, [document]).wrong == wrong


def test_a_speaker_is_not_compared_where_no_index_hears_the_text():
    claim = Claim("page", KNOWN[0].sha256, 0, 4, "“It’", {"speaker": "Bo Reed"})
    assert check(claim, KNOWN).result is Result.VERBATIM


def test_a_receipt_fits_any_of_the_documents_with_its_text():
    twin = document_of(TEXT, id="twin", source=Source(author="Ann Lee"))
    claim = Claim("twin", twin.sha256, 0, 4, "“It’", {"author": "Ann Lee", "byline": "Ann Lee"})
    assert check(claim, [*KNOWN, twin]).result is Result.VERBATIM
    assert check(claim, [twin, *KNOWN]).document is twin


MILLS = "Old mills stand empty. They could be homes."


@pytest.mark.parametrize(
    ("files", "now", "told"),
    [
        ({"d/mills.txt": f"A note comes first. {MILLS}"}, {"document_id": "mills", "start": 43, "end": 63},
         "the document's text is another now; these words stand at mills:43-63"),
        ({"d/mills.txt": f"They could be homes. {MILLS}"}, {"document_id": "mills", "start": 44, "end": 64},
         "the document's text is another now; these words stand at mills:44-64"),
        ({"d/mills.txt": "Old mills stand empty."}, None,
         "the document's text is another now; these words stand nowhere in it"),
        ({"d/mills.txt": "Old mills stand empty.", "d/quays.txt": "They could be homes. So could the quays."},
         {"document_id": "quays", "start": 0, "end": 20},
         "the document's text is another now; these words stand at quays:0-20"),
        ({"d/mills.txt": "", "d/quays.txt": "They could be homes. So could the quays."},
         {"document_id": "quays", "start": 0, "end": 20},
         "there is no such document now; these words stand at quays:0-20"),
    ],
)  # fmt: skip
def test_a_receipt_of_a_text_that_changed_says_where_its_words_stand_now(
    run: Run, settle: Settle, tmp_path: Path, files: dict[str, str], now: dict[str, object] | None, told: str
):
    quote = receipt(document_of(MILLS, id="mills"), 23, 43)
    (tmp_path / "receipt.json").write_text(json.dumps(quote), encoding="utf-8")
    settings = settle(files)
    done = run(settings, "verify", str(tmp_path / "receipt.json"), "--json")
    [row] = json.loads(done.stdout)["quotes"]
    assert (done.exit_code, row["result"], row["now"]) == (3, "not_found", now)
    assert "sha256" in row["wrong"]
    line = run(settings, "verify", str(tmp_path / "receipt.json")).stdout
    assert line == f"not found  mills:23-43  ({told})\n"


def test_of_a_changed_document_the_newest_text_counts_not_one_that_an_index_still_holds():
    [claim] = read_receipt(json.dumps(receipt(document_of(MILLS, id="mills"), 23, 43)).encode())
    found = check(claim, [document_of("Nothing is left.", id="mills"), document_of(f"Then: {MILLS}", id="mills")])
    assert (found.result, found.wrong, found.now) == (Result.NOT_FOUND, ("sha256",), None)


def test_a_document_is_split_once_for_all_quotes_of_a_receipt(
    run: Run, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    document, split = document_of(MILLS, id="mills", debate="d", path="d/mills.txt"), []
    quotes = [receipt(document, start, end, section=None) for start, end in ((0, 22), (23, 43), (0, 43))]
    (tmp_path / "receipt.json").write_text(json.dumps(quotes), encoding="utf-8")
    monkeypatch.setattr(
        "pullquote.corpus.sentences.split_sentences",
        lambda document: split.append(document) or split_sentences(document),
    )
    done = run(settle({"d/mills.txt": MILLS}), "verify", str(tmp_path / "receipt.json"))
    assert (done.stdout.count("verbatim"), len(split)) == (3, 1)


def test_a_receipt_cannot_drive_the_terminal_or_forge_a_line(run: Run, shared: Settings, tmp_path: Path):
    quote = receipt(KNOWN[0], 0, 4, document_id="a\x1b[2J\u202e\nverbatim  b")
    (tmp_path / "receipt.json").write_text(json.dumps(quote), encoding="utf-8")
    done = run(shared, "verify", str(tmp_path / "receipt.json"))
    assert done.stdout == "not found  a\\u001b[2J\\u202e verbatim  b:0-4\n".replace("verbatim  b", "verbatim b")


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("Mexico can.", "Mexico can't be trusted."), ("Mexico can", "Mexico can’t be trusted."),
        ("We must fire the workers.", "We must fire the workers' managers."),
        ("It costs 1.", "It costs 1'000 francs."), ("It costs 1", "It costs 1’000 francs."),
        ("000 francs", "It costs 1’000 francs."), ("In the 1990.", "In the 1990's it fell."),
        ("He is 6.", "He is 6′ tall."), ("The wall is 10.", "The wall is 10″ thick."),
        ("The pipe is 10.", 'The pipe is 10" wide.'), ("5 percent in May", "It fell by .5 percent in May."),
        ("10 degrees that night", "It was -10 degrees that night."),
    ],
)  # fmt: skip
def test_no_apostrophe_point_or_sign_lets_a_part_of_a_word_or_number_pass(asked: str, stored: str):
    assert find(asked, lambda: [document_of(stored)]).result is Result.NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("The treaty was signed in 2010.", "The treaty was signed in 2010.5 The next one was not."),
        ("first proposed in 1990", "It was first proposed in 1990,6 when it rained."),
        ("between 5", "It lies between 5 and 10."),
    ],
)
def test_the_figure_of_a_note_behind_a_year_is_no_part_of_it(asked: str, stored: str):
    assert find(asked, lambda: [document_of(stored)]).result is Result.VERBATIM


def test_both_sides_as_json_are_a_receipt():
    one = {"document_id": "d", "source": {"sha256": "0"}, "start": 0, "end": 2, "exact": "ab"}
    sides = {"proposition": "It rains.", "for": [one], "against": [one], "context": [], "gap": None}
    assert [claim.document_id for claim in read_receipt(json.dumps(sides).encode())] == ["d", "d"]


@pytest.mark.parametrize(("below", "wrong"), [("for", ()), ("against", ("stance.side",)), ("context", ())])
def test_a_quote_that_stands_below_the_other_side_is_misattributed(below: str, wrong: tuple[str, ...]):
    quote = receipt(KNOWN[0], 0, 4, stance={"side": "for", "probability": 1.0, "basis": "label"})
    [claim] = read_receipt(json.dumps({"proposition": "It rains.", below: [quote]}).encode())
    assert check(claim, KNOWN).wrong == wrong


def test_both_sides_that_are_swapped_against_the_operators_labels_are_misattributed(settle: Settle):
    facts = "---\nproposition: Road tolls are fair.\nside: {}\n---\n"
    settings = settle({
        "tolls/yes.txt": facts.format("for") + "Road tolls are fair because drivers pay for the roads that they use.",
        "tolls/no.txt": facts.format("against") + "Road tolls are unfair because the poor pay what the rich do.",
    })  # fmt: skip
    index_corpus(settings, HashEncoder())
    generation = open_with_fake(settings).generation
    known = [generation.document(number) for number in range(len(generation.rows))]
    for document in known:
        own, other = ("for", "against") if document.id == "yes" else ("against", "for")
        for side, wrong in ((own, ()), (other, ("stance.side",))):
            quote = receipt(document, 0, len(document.text), stance={"side": side, "basis": "label"})
            [claim] = read_receipt(json.dumps({"proposition": "Road tolls are fair.", side: [quote]}).encode())
            assert check(claim, known, hear=hearing(generation)).wrong == wrong
            assert check(claim, known).wrong == ()


def test_what_both_sides_say_as_json_holds(explainer: Explainer):
    sides = sides_wire(explainer.sides("Road tolls are fair."))
    generation = explainer.generation
    claims = read_receipt(json.dumps(sides).encode())
    for claim in claims:
        assert (
            check(claim, list(map(generation.document, range(len(generation.rows)))), hear=hearing(generation)).wrong
            == ()
        )


def test_without_an_index_the_voices_of_a_receipt_are_named_as_not_compared(run: Run, spoken: Settings, tmp_path: Path):
    [quote] = verdict_of(open_with_fake(spoken), quote="Fares will rise in May", document_id="hall")["matches"]
    quote["voice"]["speaker"] = "Bo Reed"
    (tmp_path / "receipt.json").write_text(json.dumps(quote), encoding="utf-8")
    without = settings_below(tmp_path, corpus=spoken.corpus)
    done = run(without, "verify", str(tmp_path / "receipt.json"))
    assert done.stderr.startswith("pullquote: warning: the index cannot be used (there is no index in")
    assert "who speaks was not compared" in done.stderr
    assert "(not compared: voices, speaker, kind, sure, via)" in done.stdout
    told = json.loads(run(without, "verify", str(tmp_path / "receipt.json"), "--json").stdout)
    assert told["quotes"][0]["unchecked"] == ["voices", "speaker", "kind", "sure", "via"]


def test_a_document_that_the_index_reads_otherwise_has_its_voices_named_as_not_compared():
    claim = Claim("page", KNOWN[0].sha256, 0, 4, "“It’", {"speaker": "Bo Reed", "title": None})
    assert check(claim, KNOWN, hear=lambda document, span: None).unchecked == ("speaker",)


@pytest.mark.parametrize("name", ["R.JSON", "receipt.txt", "receipt"])
def test_a_file_of_json_is_a_receipt_whatever_its_name(run: Run, spoken: Settings, tmp_path: Path, name: str):
    [quote] = verdict_of(open_with_fake(spoken), quote="Fares will rise in May", document_id="hall")["matches"]
    (tmp_path / name).write_text(json.dumps(quote), encoding="utf-8")
    assert run(spoken, "verify", str(tmp_path / name)).stdout.startswith("verbatim  hall:")
    assert run(spoken, "verify", str(tmp_path / name), "--speaker", "Bo Reed").exit_code == 2
    given = CliRunner().invoke(main, ["verify", "-"], env=environ_of(spoken), input=json.dumps([quote]))
    assert given.stdout.startswith("verbatim  hall:")


def test_what_else_a_file_holds_is_a_quote_and_so_is_a_sentence_that_ends_in_a_files_name(
    run: Run, spoken: Settings, tmp_path: Path
):
    (tmp_path / "quote.txt").write_text("Fares will rise in May\n", encoding="utf-8")
    assert run(spoken, "verify", str(tmp_path / "quote.txt")).stdout.startswith("verbatim\n")
    (tmp_path / "quote.txt").write_text("[F]ares will rise in May\n", encoding="utf-8")
    assert run(spoken, "verify", str(tmp_path / "quote.txt")).exit_code == 3
    assert run(spoken, "verify", "The server sends answer.json").stdout.startswith("not found")
    missing = run(spoken, "verify", "answer.json")
    assert (missing.exit_code, "answer.json cannot be read" in missing.stderr) == (1, True)
