"""Interviews: the answers are theirs whose name opens the paragraph, and the questions the interviewer's."""

import time

import pytest
from test_voice import Heard, hear

from pullquote.documents import Document, Source
from pullquote.voice import VoiceKind
from pullquote.voice.interviews import turns_of

CAPITALS = """Ann Lee, who runs the bank, spoke to Bob Ott in May.

OTT: Why was the dam not built?

LEE: Because nobody asked. The river was low. My clerk said that it would stay low.

OTT: The minister says that you were asked twice.

LEE: He was never here. Dams should not be built.
"""
IN_FULL = """Ann Lee has run the bank for six years.

**Bob Ott: Why was the dam not built?**

Ann Lee: Because nobody asked.

**BO:** Would you build it now?

**AL:** No. Dams should not be built.
"""


def by(heard: Heard, words: str) -> tuple[VoiceKind, str | None, bool]:
    voice = heard.said_of(words)
    return voice.kind, voice.speaker, voice.sure


@pytest.mark.parametrize("text", [CAPITALS, IN_FULL])
def test_an_answer_is_whose_name_opens_its_paragraph(text: str) -> None:
    heard = hear(text, "Bob Ott")
    assert by(heard, "Because nobody") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "Dams should") == (VoiceKind.QUOTED, "Ann Lee", True)


def test_the_questions_are_the_authors_own_where_the_author_asks() -> None:
    assert by(hear(CAPITALS, "Bob Ott"), "Why was") == (VoiceKind.AUTHOR, "Bob Ott", True)
    assert by(hear(CAPITALS, "Bob Ott"), "you were asked twice")[1] == "The minister"
    assert by(hear(CAPITALS, "Merovia Wire"), "Why was") == (VoiceKind.QUOTED, "Bob Ott", True)


@pytest.mark.parametrize(
    "opening", ["Yesterday Ann Lee, the mayor, met us.", "In May Mayor Ann Lee met us. Ann Lee is 50."]
)
def test_a_name_is_without_what_opens_a_sentence_or_a_title(opening: str) -> None:
    text = CAPITALS.replace("Ann Lee, who runs the bank, spoke to Bob Ott in May.", opening)
    assert by(hear(text, "Bob Ott"), "Because nobody") == (VoiceKind.QUOTED, "Ann Lee", True)
    source = Source(title="Interview With Ann Lee", author="Bob Ott")
    turns = turns_of(Document(id="d", debate="d", path="d.txt", text=CAPITALS.partition("\n\n")[2], source=source))
    assert {turn.name for turn in turns.values()} == {"Ann Lee", "Bob Ott"}


def test_another_label_and_a_heading_end_an_answer() -> None:
    more = "MODERATOR: Dams are theft, many think.\n\n# About dams\n\nDams were invented long ago.\n"
    heard = hear(f"{CAPITALS}\n{more}", "Bob Ott")
    assert by(heard, "Dams are theft") == (VoiceKind.QUOTED, None, False)
    assert by(heard, "Dams were invented")[0] is VoiceKind.AUTHOR


def test_a_paragraph_without_a_name_most_likely_goes_on_with_the_answer() -> None:
    heard = hear(f"{CAPITALS}\nThe bank was founded in 1901.\n", "Bob Ott")
    assert by(heard, "The bank was founded") == (VoiceKind.QUOTED, "Ann Lee", False)


BRIEF = """Public Health: Tolls cut fumes.

Public Safety: Roads are safer with tolls.

Public Health: Children breathe better. New York and its Public Health office agree.

Next Steps: Legislators should vote for tolls.

Legal Status: The Legal Status of tolls is plain, and so is that of Public Safety.
"""


@pytest.mark.parametrize(
    "text",
    [
        "MYTH: Dams are dear.\n\nFACT: They are cheap.\n\nMYTH: Dams are ugly.\n\nFACT: They are not.",
        "Key Facts: Dams are dear.\n\nKey Facts: They are ugly.\n\nKey Facts: They are old.\n\nKey Facts: They leak.",
        "Ann Lee met Bob Ott.\n\nLEE: Dams are dear.\n\nOTT: So they are.",
        BRIEF,
    ],
)
def test_labels_that_are_nobodys_name_or_too_few_make_no_interview(text: str) -> None:
    assert {voice.kind for voices in hear(text).found for voice in voices} == {VoiceKind.AUTHOR}


def test_a_surname_that_two_people_bear_is_not_sure() -> None:
    heard = hear(CAPITALS.replace("in May", "in May, as Cy Lee had"), "Bob Ott")
    assert by(heard, "Because nobody") == (VoiceKind.QUOTED, "Ann Lee", False)
    assert by(hear(CAPITALS.replace("in May", "of Mayor Ann Lee"), "Bob Ott"), "Because nobody")[2]


def test_a_label_is_looked_up_and_not_searched_for_however_many_there_are() -> None:
    text = "\n".join(f"Aa{n} Bb{n}: x" for n in range(20_000)) + " ".join(f"Ann B{n}" for n in range(20_000))
    text += "\n" + "A" + "a" * 200_000
    started = time.process_time()
    turns = turns_of(Document(id="d", debate="d", path="d.txt", text=text, source=Source()))
    assert not turns
    assert time.process_time() - started < 5


def test_a_printed_record_is_read_as_one_and_its_answers_go_on_past_a_heading() -> None:
    record = (
        "Ivo Falk and Ann Lee met.\n\nMR. FALK: Why?\n\nMS. LEE: Because.\n\nMR. FALK: Indeed?\n\nMS. LEE: Yes.\n\n"
    )
    heard = hear(f"{record}# About dams\n\nDams are dear.\n")
    assert by(heard, "Because")[1] == "MS. LEE"
    assert by(heard, "Dams are dear")[1] == "MS. LEE"
