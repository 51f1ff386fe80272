"""Records of committees and chambers: numbered questions, names over speeches, formal lines, and who says none of it."""

from collections.abc import Callable

import pytest
from growth import assert_in_proportion
from test_voice import Heard, hear

from pullquote.corpus.documents import Document, Source
from pullquote.voice import VoiceKind
from pullquote.voice.insertions import Insertions
from pullquote.voice.interviews import turns_of


def by(heard: Heard, words: str) -> tuple[VoiceKind, str | None, bool]:
    voice = heard.said_of(words)
    return voice.kind, voice.speaker, voice.sure


NOBODY = VoiceKind.UNCLEAR, None, False


def said(name: str | None, *, sure: bool = True) -> tuple[VoiceKind, str | None, bool]:
    return VoiceKind.QUOTED, name, sure


# Numbered questions


def examined(opening: str, number: str, bold: str) -> str:
    """An evidence session: members ask by number, two ferrymen answer."""
    turns = [
        f"{number.format(1)}{bold}Chair:{bold} The ferry is late every day. Who owns it?",
        f"{bold}Otto Brandt:{bold} The town has owned it for years.",
        f"{number.format(2)}{bold}Dame Enid Cross:{bold} I sail on it to my own seat. Is it safe?",
        f"{bold}Otto Brandt:{bold} It is as safe as a house.",
        f"{number.format(3)}{bold}Piers Holt:{bold} My voters fear the winter. Will it sail then?",
        f"{bold}Lena Fisk:{bold} It will sail in any weather.",
    ]
    return "\n\n".join((opening, *turns))


WITNESSES = "Otto Brandt and Lena Fisk gave evidence."
NUMBERED = [("Q{} ", "**"), ("Q{}\t", ""), ("Q{}          ", ""), ("Q {}. ", "**"), ("{}. ", "**"), ("{} ", "__")]


@pytest.mark.parametrize(("number", "bold"), NUMBERED)
def test_the_number_of_a_question_may_stand_before_a_label(number: str, bold: str) -> None:
    heard = hear(examined(WITNESSES, number, bold), None)
    assert by(heard, "Who owns it") == said("Chair")
    assert by(heard, "I sail on it") == said("Enid Cross")
    assert by(heard, "Is it safe") == said("Enid Cross")
    assert by(heard, "as safe as a house") == said("Otto Brandt")
    assert by(heard, "any weather") == said("Lena Fisk")


@pytest.mark.parametrize("opening", ["**Q{} ", "**Q{}** **"])
def test_the_number_of_a_question_may_stand_within_the_bold_letters_of_a_label(opening: str) -> None:
    text = examined(WITNESSES, "{}@", "**").replace("@**", "@")
    for number in (1, 2, 3):
        text = text.replace(f"{number}@", opening.format(number))
    heard = hear(text, None)
    assert by(heard, "I sail on it") == said("Enid Cross")
    assert by(heard, "It is as safe") == said("Otto Brandt")


def test_a_member_who_is_named_only_in_the_label_of_a_question_is_not_surely_the_one() -> None:
    heard = hear(examined(WITNESSES, "Q{} ", "**"), None)
    assert by(heard, "My voters fear") == said("Piers Holt", sure=False)
    listed = hear(examined(f"Members present: Piers Holt.\n\n{WITNESSES}", "Q{} ", "**"), None)
    assert by(listed, "My voters fear") == said("Piers Holt")


@pytest.mark.parametrize(("number", "bold"), NUMBERED)
def test_numbered_questions_are_not_surely_the_authors_where_nobody_is_known(number: str, bold: str) -> None:
    heard = hear(examined("A short note.", number, bold).replace("Dame ", "").replace("Chair", "Ida Moss"), "Ann Lee")
    found = [by(heard, words) for words in ("Who owns it", "I sail on it", "Is it safe", "Will it sail")]
    assert not any(sure for _, _, sure in found)


@pytest.mark.parametrize(
    "text",
    [
        "1. **Price:** The ferry is dear. Who can pay?\n\n2. **Time:** It is slow. Who can wait?\n\n3. **Air:** It smokes.",
        "1. **Chair:** leads the talks of the board.\n\n2. **Clerk:** takes the notes of the board.\n\n**Ann Lee:** asks for quiet.",
        "Q1: Who owns the ferry?\n\nThe town owns it.\n\nQ2: Who pays for it?\n\nThe town pays for it.",
    ],
)
def test_numbered_points_and_duties_and_lists_of_questions_are_the_authors(text: str) -> None:
    assert {voice.kind for voices in hear(text).found for voice in voices} == {VoiceKind.AUTHOR}
    assert turns_of(Document(id="d", debate="d", path="d.txt", text=text, source=Source())) == {}


@pytest.mark.parametrize("label", ["(4.1) **Piers Holt:**", "4/1, **Piers Holt** (Westcliff):", "¶ 41 __Piers Holt__:"])
def test_a_bold_label_in_a_form_that_is_not_known_is_never_the_last_speakers(label: str) -> None:
    text = f"{examined(WITNESSES, 'Q{} ', '**')}\n\n{label} My voters walk. Who can swim?\n\nThey drown.\n\nQ4 **Chair:** Enough."
    heard = hear(text, None)
    assert [by(heard, words) for words in ("My voters walk", "Who can swim", "They drown")] == [NOBODY] * 3
    assert by(heard, "Enough.") == said("Chair")


def test_the_numbered_points_of_a_speech_are_nobodys_name() -> None:
    points = "1. **Fuel:** It is dear. Who can pay?\n\n2. **Crew Pay:** It is low. Who would work?"
    heard = hear(DEBATE.format(line=points, after="They strike."), None)
    found = [by(heard, words) for words in ("It is dear", "Who can pay", "It is low", "They strike")]
    assert found == [said(None, sure=False)] * 4


# The pronoun "I" and the numbers of panels


PANELS = """Witnesses

I: Professor Edda Blum, Chair of Rivers, Port College; Otto Brandt, Ferrymen's Guild.

II: Lena Fisk, Head of Moorings, Port Council.

**Chair:** Good day to you both. Who will begin?

**Professor Blum:** The river is lower than ever.

**Chair:** Mr Brandt, is that your view too?

**Otto Brandt:** {opens} say that I have seen it lower.
"""


@pytest.mark.parametrize("opens", ["May I", "Could I", "Perhaps I may", "If I may", "Should I’ve to"])
def test_a_list_of_panels_is_no_turn_and_the_pronoun_is_no_surname(opens: str) -> None:
    heard = hear(PANELS.format(opens=opens) + "\n**Professor Blum:** I have not.\n", None)
    assert by(heard, "Chair of Rivers")[:2] == (VoiceKind.AUTHOR, None)
    assert by(heard, "The river is lower") == said("Professor Edda Blum")
    assert by(heard, "I have seen it") == said("Otto Brandt")
    assert not any(" I" in (voice.speaker or "") for voices in heard.found for voice in voices)


def test_a_list_of_panels_between_turns_is_nobodys() -> None:
    text = (
        PANELS.format(opens="I must") + "\n**Professor Blum:** I have not.\n\nIII: Ivo Sand, diver; Una Sand, diver.\n"
    )
    assert by(hear(text, None), "Ivo Sand") == NOBODY


@pytest.mark.parametrize(
    "listed",
    [
        "Witness: Ivo Sand, Chief Diver, Port Docks.",
        "**Witnesses:** Ivo Sand, clerk; Una Sand, Head of Moorings",
        "Guests: Ivo Sand, Una Sand and Ada Quill.",
        "Witness: Ivo Sand, Chair of the Guild for Ferries",
    ],
)
def test_a_label_with_nothing_but_names_after_it_is_no_turn(listed: str) -> None:
    heard = hear(examined(f"{WITNESSES}\n\n{listed}", "Q{} ", "").replace("Q3 ", f"{listed}\n\nQ3 "), None)
    assert not any("itness" in (voice.speaker or "") for voices in heard.found for voice in voices)
    assert by(heard, "as safe as a house") == said("Otto Brandt")
    assert by(heard, listed.strip("*")[:7])[2:] == (True,)  # the author's, above all turns
    assert by(heard, "any weather") == said("Lena Fisk")


def test_whom_a_chair_calls_by_name_is_called_by_the_chair() -> None:
    text = examined(WITNESSES, "Q{} ", "**").replace("The ferry is late every day.", "Otto Brandt, you have the floor.")
    assert by(hear(text, None), "you have the floor") == said("Chair")


def test_who_speaks_in_capitals_is_no_list_of_names() -> None:
    text = examined(WITNESSES, "Q{} ", "").replace("It is as safe as a house.", "IT IS AS SAFE, SIR, AS A HOUSE.")
    assert by(hear(text, None), "IT IS AS SAFE") == said("Otto Brandt")


MEMORIES = """Ada Quill told her story in the library in June.

I: When did you come to the mill?

Ada Quill: I came in the spring with my aunt. May I say that it was cold?

I: And who taught you to weave?

Ada Quill: Nobody did. Could I do it today?
"""


def test_an_interviewer_called_i_is_not_whoever_says_may_i() -> None:
    heard = hear(MEMORIES, "Port Library")
    assert by(heard, "When did you come")[:2] == (VoiceKind.AUTHOR, "Port Library")
    assert by(heard, "it was cold") == said("Ada Quill")
    assert by(heard, "Nobody did") == said("Ada Quill")


# Formal lines


DEBATE = """**Nora Vane** (Westcliff) (Lib): I beg to move the bill. Ferries are dear.

**Hugh Lorne** (Port North) (Ind): I oppose the bill. Ferries are cheap enough.

{line}

{after}

**Nora Vane**: I am glad of it.
"""


@pytest.mark.parametrize(
    "line",
    [
        "*Question put and agreed to.*",
        "Question accordingly agreed to.",
        "Question put (Standing Order No. 9), That the bill be read.",
        "Question again proposed.",
        "*Resolved,*",
        "Resolved, That the ferry is dear.",
        "Ordered, That the bill be printed.",
        "*The House divided: Ayes 21, Noes 18.*",
        "The Committee divided: Ayes 9, Noes 4.",
        "Amendment, by leave, withdrawn.",
        "Clause 4 ordered to stand part of the bill.",
        "Motion agreed to.",
        "Bill read a Second time.",
        "*The lights of the hall went out for a while.*",
        "_Members sang,\nand nobody stopped them._",
    ],
)
def test_the_formal_lines_of_a_record_are_nobodys_and_end_the_turn(line: str) -> None:
    heard = hear(DEBATE.format(line=line, after="That this house has looked at ferries."), None)
    assert by(heard, line.strip("*_.,")[:12]) == NOBODY
    assert by(heard, "looked at ferries") == NOBODY
    assert by(heard, "cheap enough") == said("Hugh Lorne")
    assert by(heard, "I am glad of it") == said("Nora Vane")


@pytest.mark.parametrize(
    "line",
    [
        "The House divided the nation, and it did so often.",
        "*Questions* were put to me, and I agreed to all of them.",
        "Amendments agreed to elsewhere are none of ours.",
        "Ordered goods come by the ferry.",
    ],
)
def test_what_only_begins_like_a_formal_line_most_likely_goes_on_with_the_speech(line: str) -> None:
    heard = hear(DEBATE.format(line=line, after="Nobody sails."), None)
    assert by(heard, line[:12]) == said("Hugh Lorne", sure=False)
    assert by(heard, "Nobody sails") == said("Hugh Lorne", sure=False)


@pytest.mark.parametrize(
    "line",
    [
        "**The ferry has drowned the town.**",
        "*The ferry has drowned the town.*",
        "_Let the members swim._",
        "*We left the meeting for it.*",
        "__Nobody in the hall can swim.__",
    ],
)
def test_a_sentence_that_a_speaker_stresses_most_likely_goes_on_with_the_speech(line: str) -> None:
    heard = hear(DEBATE.format(line=line, after="Nobody sails."), None)
    assert by(heard, line.strip("*_")[:12]) == said("Hugh Lorne", sure=False)
    assert by(heard, "Nobody sails") == said("Hugh Lorne", sure=False)


@pytest.mark.parametrize(
    "line", ["Bill moved, and I stayed.", "Bill passed. I wept for a week.", "Bill moved.", "Motion carried the day."]
)
def test_whoever_is_called_bill_moves_no_bill_where_nobody_sits(line: str) -> None:
    talk = MEMORIES.replace("Could I do it today?", f"She did.\n\n{line}\n\nThe mill is shut.")
    heard = hear(talk, "Port Library")
    assert by(heard, line[:11]) == said("Ada Quill", sure=False)
    assert by(heard, "The mill is shut") == said("Ada Quill", sure=False)


@pytest.mark.parametrize(
    "line", ["Bill moved, and I stayed.", "Question put by many: who can swim?", "Bill passed. The boat sank."]
)
def test_a_formal_line_fills_its_paragraph(line: str) -> None:
    heard = hear(DEBATE.format(line=line, after="Nobody sails."), None)
    assert by(heard, line[:11]) == said("Hugh Lorne", sure=False)
    assert by(heard, "Nobody sails") == said("Hugh Lorne", sure=False)


def test_formal_lines_may_follow_each_other_in_one_paragraph() -> None:
    heard = hear(DEBATE.format(line="Question put. Bill read a Second time.\nMotion made.", after="It rains."), None)
    assert [by(heard, words) for words in ("Question put", "Bill read", "Motion made", "It rains")] == [NOBODY] * 4


# Names over speeches


FLOOR = """Port Hall

{first}

I beg to move the bill. Ferries are dear.

{second}

Will my hon. Friend give way? Ferries are cheap enough.

{again}

He knows that they are not. The fare has doubled.

They sink, too.

The Minister for Rivers and Canals (Ruth Amsel)

I thank both Members. Nobody will drown.

Mr Lorne

I am glad to hear it.
"""
LINES = [
    ("Nora Vane\n(Westcliff) (Lib)", "Sir Hugh Lorne\n(Port North) (Ind)", "Nora Vane"),
    ("**Nora Vane** (Westcliff) (Lib)", "**Sir Hugh Lorne** (Port North) (Ind)", "**Nora Vane**"),
    ("### Nora Vane (Westcliff) (Lib) [V]", "### Sir Hugh Lorne (Port North) (Ind/Co-op)", "### Nora Vane"),
    ("Ms Nora Vane (Westcliff, Lib.):", "Hon. Hugh Lorne (Port North, Ind.):", "Ms Nora Vane:"),
    ("Nora Vane\r\n(Westcliff) (Lib)", "Hugh Lorne\r\n(Port North) (Ind)", "Ms Vane"),
]


@pytest.mark.parametrize(("first", "second", "again"), LINES)
def test_a_line_with_nothing_but_a_members_name_and_seat_gives_the_speech_under_it_to_the_member(
    first: str, second: str, again: str
) -> None:
    heard = hear(FLOOR.format(first=first, second=second, again=again), "Port Record")
    assert by(heard, "Ferries are dear") == said("Nora Vane")
    assert by(heard, "Ferries are cheap") == said("Hugh Lorne")
    assert by(heard, "The fare has doubled") == said("Nora Vane")
    assert by(heard, "They sink") == said("Nora Vane", sure=False)
    assert by(heard, "Nobody will drown") == said("Ruth Amsel")
    assert by(heard, "I am glad") == said("Hugh Lorne")


def test_a_line_that_names_who_speaks_is_nobodys_words() -> None:
    heard = hear(FLOOR.format(first=LINES[0][0], second=LINES[0][1], again=LINES[0][2]), "Port Record")
    assert by(heard, "(Westcliff)") == NOBODY
    assert by(heard, "(Port North)") == NOBODY


def test_a_members_line_may_stand_right_over_the_speech() -> None:
    first, second, again = LINES[0]
    text = FLOOR.format(first=first, second=second, again=again).replace(")\n\n", ")\n")
    heard = hear(text, "Port Record")
    assert by(heard, "Ferries are dear") == said("Nora Vane")
    assert by(heard, "Ferries are cheap") == said("Hugh Lorne")


def test_the_author_of_a_record_may_be_one_who_speaks_in_it() -> None:
    heard = hear(FLOOR.format(first=LINES[0][0], second=LINES[0][1], again=LINES[0][2]), "Nora Vane")
    assert by(heard, "Ferries are dear")[:2] == (VoiceKind.AUTHOR, "Nora Vane")
    assert by(heard, "Ferries are cheap") == said("Hugh Lorne")


def test_a_name_that_no_line_with_a_seat_gives_takes_the_speech_from_the_one_before() -> None:
    first, second, _ = LINES[0]
    heard = hear(FLOOR.format(first=first, second=second, again="Una Sand"), "Port Record")
    assert by(heard, "The fare has doubled") == (VoiceKind.AUTHOR, "Port Record", False)


@pytest.mark.parametrize(
    "lives",
    ["She was born in a boat. The boat sank.", "Twenty years she has sat there. She mends nets."],
)
def test_lives_under_the_names_of_members_are_the_authors_and_not_surely(lives: str) -> None:
    heard = hear(
        f"{LINES[0][0]}\n\n{lives}\n\n{LINES[0][1]}\n\nHe rows. He sings in the choir of Port North.\n", "Ann Lee"
    )
    assert {voice.kind for voices in heard.found for voice in voices} == {VoiceKind.AUTHOR}
    assert not any(voice.sure for voices in heard.found for voice in voices)


@pytest.mark.parametrize(
    "text",
    [
        "Nora Vane (Westcliff) (Lib)\n\nHugh Lorne (Port North) (Ind)\n\nUna Sand (Bay) (Lib)\n\nI row on the river.",
        "The Old Mill (Port North)\n\nI was there in the spring.\n\nThe Far Bank (Ada Quill)\n\nI was there in June.",
        "Nora Vane (Westcliff) (Lib)\n\nI met her on the river in the spring. She rows.",
        "Nora Vane (1870-1931) (1st edition)\n\nI read it once.\n\nHugh Lorne (1880-1940) (2nd edition)\n\nI read it twice.",
    ],
)
def test_lists_of_members_and_captions_and_dates_are_no_record(text: str) -> None:
    found = hear(text, "Ann Lee").found
    assert {(voice.kind, voice.sure) for voices in found for voice in voices} == {(VoiceKind.AUTHOR, True)}


REVIEWS = (
    "{}\n\nI wept twice. The songs are short, and we sang them.\n\n{}\n\nI slept. The hall is cold in the spring.\n"
)


@pytest.mark.parametrize(
    "heads",
    [
        ("Low Water (Ida Moss, Norway)", "The Last Weir (Otto Brandt, Poland)"),
        ("## Grey Heron (Ferry Lane, Port)", "## Long Reach (Una Sand, Quill)"),
        ("**Grey Heron** (Ferry Lane, Port)", "**Long Reach** (Una Sand, Quill)"),
        ("Casa Blum (Port, Poland)", "Mill House (Ness) (Norway)"),
        ("The Ferryman (Ida Moss)", "Low Water (Otto Brandt, Poland)"),
    ],
)
@pytest.mark.parametrize("author", ["Ann Lee", None])
def test_what_is_reviewed_speaks_no_word_of_the_review(heads: tuple[str, str], author: str | None) -> None:
    found = hear(REVIEWS.format(*heads), author).found
    assert {(voice.kind, voice.speaker, voice.sure) for voices in found for voice in voices} == {
        (VoiceKind.AUTHOR, author, True)
    }


PORTRAITS = "Nora Vane (Westcliff) (Lib)\n\n{}\n\nHugh Lorne (Port North) (Ind)\n\n{}\n"


@pytest.mark.parametrize(
    ("lives", "author"),
    [
        (("Nora Vane mends nets. I met her in May.", "Lorne rows, I hear. I met him on the quay."), None),
        (("She woke at four. I saw it from above.", "He slept. I saw the hon. Member yawn."), None),
        (("Nets are mended here. I saw them.", "Boats are rowed. I saw the hon. Member row."), "Ann Lee"),
    ],
)
def test_what_a_text_tells_of_members_under_their_names_is_not_theirs(lives: tuple[str, str], author: str) -> None:
    found = hear(PORTRAITS.format(*lives), author).found
    assert {(voice.kind, voice.speaker) for voices in found for voice in voices} == {(VoiceKind.AUTHOR, author)}


@pytest.mark.parametrize(
    "more", ["Madam Speaker\n\nOrder. We must end at ten.", "Question put and agreed to.", "The hon. Lady is wrong."]
)
def test_members_of_parties_that_are_not_known_speak_where_more_tells_of_a_chamber(more: str) -> None:
    text = (
        "Nora Vane (Westcliff) (Rivers)\n\nI beg to move the bill. My hon. Friend agrees.\n\n"
        "Hugh Lorne (Port North) (Canals)\n\nI oppose the bill. Ferries are cheap.\n\n"
        f"Nora Vane\n\nI do not give way to him.\n\n{more}\n"
    )
    assert by(hear(text, None), "Ferries are cheap") == said("Hugh Lorne")
    plain = text.replace(more, "It is late.").replace("My hon. Friend", "My friend")
    assert by(hear(plain, None), "Ferries are cheap") == (VoiceKind.AUTHOR, None, True)


# However long


@pytest.mark.parametrize(
    "part",
    [
        "Q1 ",
        "1. **",
        "*Q1** ",
        "**A",
        "*a\n",
        "_a_ ",
        "_a\n",
        "*The hall ",
        "Question ",
        "Bill moved. ",
        "Motion made.\n",
        "Question again ",
        "I: Aa Bb, ",
        "Aa: Aa Bb, ",
        "Aa of the, ",
        "Aa: Aa Bb and Chair of the Bb chair, Bb and ",
        "Aa: Aa Bb and Chair of the Bb chair, Bb and x\n",
        "Aa, and chair ",
        "Aa I ",
        "(4.1) ",
        "Q1 **Aa Bb:** ",
        "Aa Bb (Cc) (Dd)\n\n",
        "Aa Bb\n\n",
        "Aa Bb\n(",
        "Aa Bb (Cc, Con",
        "Aa Bb (Cc) (Con)\n\nShe is.\n\n",
        "Mr Speaker ",
        "The Minister ",
        "The Aa ",
        "(Aa) ",
        "\n \n",
        "“",
    ],
)
def test_a_record_is_soon_read_whatever_is_repeated_in_it(part: str) -> None:
    def prepare(size: int) -> Callable[[], object]:
        floor = FLOOR.format(first=LINES[0][0], second=LINES[0][1], again=f"Nora Vane\n\n{part * size}")
        text = f"{DEBATE.format(line=part * size, after=part * size)}\n{floor}"
        document = Document(id="d", debate="d", path="d.txt", text=text, source=Source())

        def read() -> None:
            turns_of(document)
            insertions = Insertions(document)
            for at in range(0, len(text), max(1, len(text) // 40)):
                insertions.hear(text[at : at + 200], at, opens=True)

        return read

    assert_in_proportion(prepare, 20_000)
