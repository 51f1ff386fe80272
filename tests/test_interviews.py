"""Interviews: the answers are theirs whose name opens the paragraph, and the questions the interviewer's."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from conftest import Settle
from fakes import HashEncoder
from growth import assert_in_proportion
from test_voice import Heard, hear

from pullquote.corpus.asked import asked_in
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.passages import lead
from pullquote.corpus.sentences import split_sentences
from pullquote.index import open_index
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice import VoiceKind, find_voices
from pullquote.voice.interviewed import interviewed_in
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
    more = "THE STREET: Dams are theft, many think.\n\n# About dams\n\nDams were invented long ago.\n"
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


ASKED = ("Why was the dam not built?", "Would you build it now?", "And what did the minister say?")
ANSWERED = ("Nobody asked. The river was low.", "My mother would not have it.", "He said that it would stay low.")
RIVER = Source(title="The low river", author="Bob Ott", publisher="River Post")


def interview(asks: str, answers: str, opening: str = "Ann Lee has run the bank for six years.") -> str:
    turns = (f"{asks} {question}\n\n{answers} {answer}" for question, answer in zip(ASKED, ANSWERED, strict=True))
    return "\n\n".join((opening, *turns))


def read(text: str, source: Source) -> Heard:
    document = Document(id="d", debate="d", path="d.txt", text=text, source=source)
    sentences = split_sentences(document)
    return Heard(document, sentences, find_voices(document, sentences))


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Ott:", "Lee:"),
        ("**Bob Ott:**", "**Lee:**"),
        ("**Q:**", "**Ann Lee:**"),
        ("Q:", "LEE:"),
        ("**River Post:**", "**Lee:**"),
        ("**The Post:**", "**Ann Lee:**"),
        ("RP:", "AL:"),
        ("RIVER POST:", "LEE:"),
        ("RIVER POST:", "ANN LEE:"),
    ],
)
def test_an_interview_is_heard_where_the_paper_asks_and_a_surname_answers(asks: str, answers: str) -> None:
    heard = read(interview(asks, answers), RIVER)
    assert by(heard, "The river was low") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "My mother") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "it would stay low") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "Would you build")[:2] == (VoiceKind.AUTHOR, "Bob Ott")


@pytest.mark.parametrize("asks", ["**Interviewer:**", "INTERVIEWER:"])
def test_an_interviewer_is_called_so(asks: str) -> None:
    heard = read(interview(asks, "Lee:"), RIVER)
    assert by(heard, "My mother") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "Would you build") == (VoiceKind.QUOTED, asks.strip("*:"), True)


def test_where_the_author_answers_nobody_is_named_for_the_questions() -> None:
    heard = read(interview("Q:", "Ann Lee:"), replace(RIVER, author="Ann Lee"))
    assert by(heard, "My mother")[:2] == (VoiceKind.AUTHOR, "Ann Lee")
    assert by(heard, "Would you build") == (VoiceKind.QUOTED, None, False)


@pytest.mark.parametrize(
    ("asks", "opening"),
    [
        ("Q:", "Ann Lee and Cy Lee have run the bank for six years."),
        ("Q:", "Ann Lee sat in the lee of the bank."),
        ("Notes:", "Ann Lee has run the bank for six years."),
    ],
)
def test_a_surname_that_two_bear_or_a_word_or_one_speaker_alone_make_no_interview(asks: str, opening: str) -> None:
    heard = read(interview(asks, "Lee:", opening), RIVER)
    assert by(heard, "My mother")[0] is VoiceKind.AUTHOR
    assert not by(heard, "My mother")[2]


@pytest.mark.parametrize("title", ["Mayor", "Ms", "Dr"])
def test_a_title_before_a_surname_is_no_second_person(title: str) -> None:
    heard = read(interview("Ott:", "Lee:", f"{title} Lee met us. Ann Lee has run the bank for years."), RIVER)
    assert by(heard, "My mother") == (VoiceKind.QUOTED, "Ann Lee", True)


def test_of_two_who_speak_in_capitals_the_record_names_one_and_the_document_the_other() -> None:
    text = interview("The CHAIR:", "LEE:").replace("low.", "low. Ms. TRAN: Was it?")
    heard = read(text, Source(publisher="River Board"))
    assert by(heard, "My mother") == (VoiceKind.QUOTED, "Ann Lee", True)
    assert by(heard, "Would you build") == (VoiceKind.QUOTED, "The CHAIR", True)
    assert by(heard, "Was it") == (VoiceKind.QUOTED, "Ms. TRAN", True)


@pytest.mark.parametrize("author", [None, "Committee on Rivers"])
def test_a_witness_at_a_hearing_is_heard_whether_or_not_an_author_is_recorded(author: str | None) -> None:
    turns = (
        "The CHAIR. The board will be in order.",
        "Dr. HOLM. The dam leaks.",
        "Ms. TRAN. I speak for the millers. We lost the mill.",
    )
    heard = read("\n\n".join((*turns, *turns[1:])), Source(author=author, publisher="Committee on Rivers"))
    assert by(heard, "The dam leaks") == (VoiceKind.QUOTED, "Dr. HOLM", True)
    assert by(heard, "We lost the mill") == (VoiceKind.QUOTED, "Ms. TRAN", True)


def test_surnames_and_questions_are_found_in_time_however_many_there_are() -> None:
    def prepare(size: int) -> Callable[[], object]:
        text = "\n".join(f"Q: Why? Lee{n} {n}\nAnn Lee: x" for n in range(size)) + " ".join(
            f"Ann Bee{n}x\n\nBee{n}x: yes" for n in range(size)
        )
        document = Document(id="d", debate="d", path="d.txt", text=text, source=RIVER)
        return partial(turns_of, document)

    assert_in_proportion(prepare, 5_000)


def test_a_label_is_looked_up_and_not_searched_for_however_many_there_are() -> None:
    def prepare(size: int) -> Callable[[], object]:
        text = "\n".join(f"Aa{n} Bb{n}: x" for n in range(size)) + " ".join(f"Ann B{n}" for n in range(size))
        text += "\n" + "A" + "a" * 10 * size
        document = Document(id="d", debate="d", path="d.txt", text=text, source=Source())
        assert not turns_of(document)
        return partial(turns_of, document)

    assert_in_proportion(prepare, 20_000)


def test_a_printed_record_is_read_as_one_and_its_answers_go_on_past_a_heading() -> None:
    record = (
        "Ivo Falk and Ann Lee met.\n\nMR. FALK: Why?\n\nMS. LEE: Because.\n\nMR. FALK: Indeed?\n\nMS. LEE: Yes.\n\n"
    )
    heard = hear(f"{record}# About dams\n\nDams are dear.\n")
    assert by(heard, "Because")[1] == "MS. LEE"
    assert by(heard, "Dams are dear")[1] == "MS. LEE"


MEETING = """TOWN HALL ON DAMS
Present: Cllr Ann Lee (Chair), Mr Bob Ott, about 90 residents

CHAIR: Good evening. Who would like to start?

RESIDENT 1 (Ms Fay): I live below the dam.

[applause]

CLLR FALK: A dam only moves the water.

MR OTT: That is not so.

RESIDENT 2: Who pays for the bank?

CLLR FALK: Nobody. Measure it in August.
They will not.

The river fell in May.

(laughter)

It was the third laugh.

FLOOR: Shame on all of you.

CHAIR: Order, please. (pause) The board meets on Monday.

The meeting closed at eight.
"""


def test_in_a_meeting_each_label_takes_the_word_from_the_one_before() -> None:
    heard = hear(MEETING, None)
    assert by(heard, "Good evening") == (VoiceKind.QUOTED, "CHAIR", True)
    assert by(heard, "I live") == (VoiceKind.QUOTED, "RESIDENT 1", True)
    assert by(heard, "Who pays") == (VoiceKind.QUOTED, "RESIDENT 2", True)
    assert by(heard, "Measure it") == (VoiceKind.QUOTED, "CLLR FALK", True)
    assert by(heard, "Shame on") == (VoiceKind.QUOTED, None, False)
    assert by(heard, "The board meets") == (VoiceKind.QUOTED, "CHAIR", True)


def test_in_a_meeting_what_stands_without_a_label_is_surely_nobodys() -> None:
    heard = hear(MEETING, None)
    assert by(heard, "The river fell") == (VoiceKind.QUOTED, "CLLR FALK", False)
    nobody = VoiceKind.UNCLEAR, None, False
    assert [by(heard, words) for words in ("[applause]", "(laughter)", "It was the third", "The meeting closed")] == [
        nobody
    ] * 4


TITLED = MEETING.replace("CHAIR", "Chair").replace("RESIDENT", "Resident").replace("CLLR FALK", "Bob Ott")


def test_in_a_meeting_in_small_letters_a_resident_and_a_woman_at_the_back_are_not_who_spoke_before() -> None:
    heard = hear(TITLED.replace("FLOOR", "Woman at the back"), None)
    assert by(heard, "Good evening") == (VoiceKind.QUOTED, "Chair", True)
    assert by(heard, "Who pays") == (VoiceKind.QUOTED, "Resident 2", True)
    assert by(heard, "A dam only") == (VoiceKind.QUOTED, "Bob Ott", True)
    assert by(heard, "Shame on") == (VoiceKind.QUOTED, "Woman at the back", True)


@pytest.mark.parametrize("time", ["[00:01:40] ", "(1:40) ", "00:01:40 - "])
def test_the_time_may_stand_before_a_label(time: str) -> None:
    text = f"Mayor Ann Lee and Bob Ott met.\n\n{time}Mayor Lee: Dams are dear. They are old.\n\n{time}Ott: No.\n\n{time}Fay: Yes.\n"
    heard = hear(text, None)
    assert by(heard, "They are old")[2]
    assert "Ann Lee" in (by(heard, "They are old")[1] or "")
    assert by(heard, "No.") == (VoiceKind.QUOTED, "Bob Ott", True)
    assert by(heard, "Yes.") == (VoiceKind.QUOTED, "Fay", False)


def test_a_line_without_a_stop_before_a_label_is_nobodys() -> None:
    heard = hear(MEETING.replace("That is not so.\n\n", "Hear, hear\n"), None)
    assert by(heard, "Hear, hear") == (VoiceKind.UNCLEAR, None, False)
    assert by(heard, "Measure it") == (VoiceKind.QUOTED, "CLLR FALK", True)


def test_a_list_of_who_is_what_is_no_meeting() -> None:
    rows = "Applicant: Ann Lee\nOfficer: Bob Ott\n\nA shed of brick is to be built there.\n\n"
    assert {voice.kind for voices in hear(rows * 3).found for voice in voices} == {VoiceKind.AUTHOR}


def test_the_items_of_a_timetable_are_nobodys_words() -> None:
    day = "10:00 Breakfast: The cafe opens.\n\n11:30 Parade: The band plays.\n\n14:00 Fireworks: The council pays for them.\n\nBring a coat.\n"
    heard = hear(f"The day is long.\n\n{day}", None)
    assert by(heard, "The council pays")[:2] == (VoiceKind.AUTHOR, None)
    assert by(heard, "Bring a coat")[:2] == (VoiceKind.AUTHOR, None)


def test_a_signature_with_many_commas_is_soon_read() -> None:
    def prepare(size: int) -> Callable[[], object]:
        signed = "Ann Lee" + ", Bob Ott" * (size // 6) + ", " + "x" * size
        return partial(hear, f"Dear Editor,\n\nThe road must close.\n\nYours faithfully,\n\n{signed}", None)

    assert_in_proportion(prepare, 240)


HANSARD = """**Rachel Hargreaves** (Stockport North) (Lab): The bill is fair. Families are cold.

**Sir Gerald Finch** (Mid Norfolk) (Con): The bill is a disgrace. The sector employs 200,000 people.

**Madam Deputy Speaker** (Dame Eleanor Pryce): Order. There is a limit of six minutes.

**The Secretary of State for Business, Energy and Industrial Strategy (Kit Malloy)**: I give way to nobody.

**Sir Gerald Finch**: It does not work.
"""
CANADA = """**Hon. Rachel Hargreaves (Minister of Housing, Lib.):** Mr. Speaker, families are cold.

**Mr. Gerald Finch (Red Deer—Lacombe, CPC):** Mr. Speaker, the sector employs 200,000 people.
"""
EUROPE = """**Rachel Hargreaves, rapporteur.** – Madam President, families are cold.

**Gerald Finch, on behalf of the EPP Group.** – Madam President, the sector employs 200,000 people. The bill is bad.

**President.** – The debate is closed until tomorrow.
"""


@pytest.mark.parametrize("text", [HANSARD, CANADA, EUROPE])
def test_in_a_parliament_members_take_the_word_with_their_seats_once_each(text: str) -> None:
    heard = hear(text, "Rachel Hargreaves")
    assert by(heard, "amilies are cold") == (VoiceKind.AUTHOR, "Rachel Hargreaves", True)
    assert by(heard, "he sector employs") == (VoiceKind.QUOTED, "Gerald Finch", True)


def test_in_a_parliament_an_office_in_a_label_is_whose_name_stands_beside_it_or_speaks_by_itself() -> None:
    heard = hear(HANSARD, None)
    assert by(heard, "There is a limit") == (VoiceKind.QUOTED, "Madam Deputy Speaker", True)
    assert by(heard, "I give way to nobody") == (VoiceKind.QUOTED, "Kit Malloy", True)
    assert by(heard, "It does not work") == (VoiceKind.QUOTED, "Gerald Finch", True)
    assert by(hear(EUROPE), "The debate is closed") == (VoiceKind.QUOTED, "President", True)


@pytest.mark.parametrize(
    "text",
    [
        "**Ann Lee** (1900-1980): a life in two parts.\n\n**Bob Ott** (1910-1990): a life of work and worry.",
        "**Ann Lee** (Labour): Lee has sat for ten years.\n\n**Bob Ott** (Green): Ott is a teacher of French.",
        "**Conclusion.** – The road is bad and long.\n\n**Carbon Tax.** – A levy on fuel that works.",
        "**Carbon Tax** (CT): A levy on fuel that works.\n\n**Emission Trading** (ETS): A market where firms buy.",
        "**Ann Lee** (Leeds) (chair): 01234 567\n\n**Bob Ott** (Bath) (clerk): 01234 568",
    ],
)
def test_lists_of_people_and_terms_with_brackets_or_dashes_are_no_debate(text: str) -> None:
    assert {voice.kind for voices in hear(text).found for voice in voices} == {VoiceKind.AUTHOR}
    assert all(voice.sure for voices in hear(text).found for voice in voices)


PODCAST = """**Maya:** I'm Maya Trent. With me is Ed Glass, who teaches at Brown, and Pilar Soto. Can we build?

**Ed:** Yes. Rents are half of ours in Houston.

**Pilar:** I lived there. The city said that it was safe.

**Maya:** Pilar, is that so?

**Ed:** That is fair. Nobody builds in a swamp.

**Pilar:** Vacancy is the grease in the wheels.
"""


@pytest.mark.parametrize("author", ["Maya Trent", "The Zoning Hour"])
def test_in_a_podcast_a_given_name_is_the_only_persons_who_bears_it(author: str) -> None:
    heard = hear(PODCAST, author)
    assert by(heard, "Rents are half") == (VoiceKind.QUOTED, "Ed Glass", True)
    assert by(heard, "I lived there") == (VoiceKind.QUOTED, "Pilar Soto", True)
    assert by(heard, "Can we build")[1] == "Maya Trent"
    assert (by(heard, "Can we build")[0] is VoiceKind.AUTHOR) == (author == "Maya Trent")


def test_a_given_name_that_two_bear_or_a_word_is_nobodys_label() -> None:
    two = PODCAST.replace("and Pilar Soto", "Ed Bell and Pilar Soto")
    assert by(hear(two, "Maya Trent"), "Rents are half") == (VoiceKind.QUOTED, None, False)
    words = (
        "I'm Ann Lee.\n\n"
        + "Public: Tolls cut fumes, says Public Safety.\n\nHealth: We breathe, says Health Canada.\n\n" * 2
    )
    notes = "I'm Ann Lee.\n\n**Note:** Tolls cut fumes here.\n\n**Grace:** Bread is good, and grace is said.\n\n" * 2
    for text in (words + "Our health is public.\n", notes):
        assert {voice.kind for voices in hear(text, "Ann Lee").found for voice in voices} <= {
            VoiceKind.AUTHOR,
            VoiceKind.REPORTED,
        }


ABOVE = "Ann Lee has run the quay for six years. She spoke with the Post in her office."
BOLD = """{above}

**Is the quay safe?**

I hope so. The wall is of granite.

**So you would mend it.**

No. The pond is deep.

**And what do the people say who want a bridge, and do you hear them?**

Many told me that it is late. I listen.
"""
LEE = (VoiceKind.QUOTED, "Ann Lee", False)
NOBODY = (VoiceKind.UNCLEAR, None, False)


def test_the_answers_to_bold_questions_are_the_only_persons_who_is_named_above_them() -> None:
    heard = read(BOLD.format(above=ABOVE), RIVER)
    assert by(heard, "I hope so") == by(heard, "The wall") == by(heard, "The pond is deep") == LEE
    assert by(heard, "So you would")[:2] == (VoiceKind.AUTHOR, "Bob Ott")
    assert by(heard, "it is late")[0] is VoiceKind.REPORTED
    assert heard.said_of("it is late").via == ("Ann Lee",)
    assert by(heard, "She spoke")[:2] == (VoiceKind.AUTHOR, "Bob Ott")


@pytest.mark.parametrize(
    "above",
    [
        "Ann Lee runs the quay. This interview was edited for length.",
        "Bob Ott sat down with Ann Lee in May.",
        "Meet Ann Lee of the quay. Our conversation is shortened for space.",
        "Dr. Ann Lee is the warden. She was interviewed in May. Ann Lee is 50.",
        "An interview with Ann Lee, who runs the quay.",
        "Ann Lee talks to the Post. She says that the quay is old.",
    ],
)
def test_an_interview_is_told_by_its_introduction(above: str) -> None:
    assert by(read(BOLD.format(above=above), RIVER), "The pond is deep")[1] in {"Ann Lee", "Dr. Ann Lee"}


@pytest.mark.parametrize(
    "above",
    [
        "The warden spoke with us in May.",
        "Ann Lee and Jo Fell spoke with us in May.",
    ],
)
def test_where_none_or_several_are_named_above_bold_questions_nobody_is_named_for_the_answers(above: str) -> None:
    heard = read(BOLD.format(above=above), RIVER)
    assert by(heard, "I hope so") == by(heard, "The pond is deep") == NOBODY


@pytest.mark.parametrize(
    "above",
    [
        "Ann Lee has run the quay for six years.",
        "The warden met Mayor Ann Lee. Readers sent their questions.",
        "The town's conversation about the quay is loud. Builder Ann Lee says that granite lasts.",
        "An interview is an odd game. Ann Lee once wrote that both lose.",
        "Mending is slow. Ann Lee said that it is love.",
        "Ann Lee warned of it. The questions have been edited for length.",
        "Ann Lee spoke to the House in May. The minister talks to Parliament.",
    ],
)
@pytest.mark.parametrize("heading", ["**{}**", "## {}"])
def test_where_nobody_is_met_above_questions_the_answers_are_not_said_by_whom_a_columnist_cites(
    above: str, heading: str
) -> None:
    turns = ("Is the quay yours?", "I own some of it. It is deep."), ("Would you mend it?", "I would. Stone is dear.")
    text = "\n\n".join((above, *(f"{heading.format(question)}\n\n{answer}" for question, answer in turns)))
    heard = read(text, RIVER)
    assert by(heard, "It is deep")[:2] == by(heard, "Stone is dear")[:2] == (VoiceKind.AUTHOR, "Bob Ott")


@pytest.mark.parametrize(
    "turns",
    [
        (
            ("What do you pay?", "We pay by the day. Lee reckons it is dear."),
            ("Can you row?", "We think that you can."),
        ),
        (("What do we pay?", "We pay by the day."), ("Can we row?", "We think so.")),
        (("Must I pay?", "I would. It is dear."), ("May I row?", "I fear not. My boat sank.")),
    ],
)
def test_what_a_paper_explains_with_somebodys_help_stays_the_papers(turns: tuple[tuple[str, str], ...]) -> None:
    answered = (f"**{question}**\n\n{answer}" for question, answer in turns)
    heard = read("\n\n".join(("We spoke to Ann Lee, a boatwoman, about the quay.", *answered)), RIVER)
    assert all(by(heard, answer[:9])[:2] == (VoiceKind.AUTHOR, "Bob Ott") for _, answer in turns)


def test_where_a_reporter_says_i_and_asks_nobody_by_you_it_is_not_known_whose_the_answers_are() -> None:
    text = BOLD.format(above="I spoke with Ann Lee in May.")
    assert by(read(text, RIVER), "The pond is deep") == LEE
    assert by(read(text.replace("So you", "So they"), RIVER), "The pond is deep") == NOBODY


def test_questions_may_be_headings_where_the_document_tells_of_an_interview() -> None:
    text = "# The old quay\n\n{}\n\n## Is the quay safe?\n\nI hope so.\n\n## Will you mend it?\n\nI will. It is deep.\n"
    assert by(read(text.format(ABOVE), RIVER), "It is deep") == LEE
    for above in ("Ann Lee has run the quay for six years.", "The quay is old.", "I spoke with Ann Lee. I think so."):
        assert by(read(text.format(above), RIVER), "It is deep")[:2] == (VoiceKind.AUTHOR, "Bob Ott")


def test_a_title_names_who_is_interviewed_where_nobody_else_does() -> None:
    text = BOLD.format(above="The warden of the quay sees us in May.")
    titled = replace(RIVER, title="An Interview With Ann Lee About the Quay")
    assert by(read(text, titled), "The pond is deep") == LEE
    assert by(read(text, replace(RIVER, title="The Old Quay Must Go: An Interview")), "The pond is deep") == NOBODY


def test_a_bold_turn_before_the_first_question_is_who_asks_too() -> None:
    text = BOLD.format(above=f"{ABOVE}\n\n**You are new here.**\n\nI came in May. My boat is old.")
    assert by(read(text, RIVER), "My boat is old") == LEE


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("**Is it safe?**\n\nThe wall is old.\n\n**Who pays?**\n\nWe do. You must not.", "Ort Council"),  # a FAQ
        ("I went to Ort.\n\n**Is it safe?**\n\nI doubt it.\n\n**Who pays?**\n\nI do not know.", "Bob Ott"),  # an essay
        (  # what a paper explains
            f"{ABOVE}\n\n**Is it safe?**\n\nThe wall is old.\n\n**What do we know?**\n\nWe know that it rained.",
            "Bob Ott",
        ),
        (BOLD.format(above=ABOVE), "Ann Lee"),
        (BOLD.format(above=ABOVE).replace("**So", "So").replace("it.**", "it.").replace("**And", "And"), "Bob Ott"),
    ],
)
def test_bold_questions_of_an_essay_or_to_the_author_leave_the_answers_to_the_author(text: str, author: str) -> None:
    heard = read(text, Source(author=author))
    assert {voice.kind for voices in heard.found for voice in voices} <= {VoiceKind.AUTHOR, VoiceKind.REPORTED}
    assert {voice.speaker for voices in heard.found for voice in voices if voice.kind is VoiceKind.AUTHOR} == {author}


@pytest.mark.parametrize(
    "more",
    [
        "*The Post cut the answers.*",
        "Ann Lee was born in Ort.",
        "Ann Lee died in July, and I miss her.",
        "## The quay\n\nThe quay was built in 1901.",
    ],
)
def test_a_note_a_heading_or_what_tells_of_who_answered_ends_the_answers(more: str) -> None:
    heard = read(f"{BOLD.format(above=ABOVE)}\n{more}\n\nIt is said to be dear.\n", RIVER)
    assert by(heard, more.rpartition("\n")[2].strip("*"))[:2] == (VoiceKind.AUTHOR, "Bob Ott")


@pytest.mark.parametrize("gap", ["\n\n", "\n", "  \n"])
def test_an_answer_may_stand_right_under_its_bold_question(gap: str) -> None:
    heard = read(BOLD.format(above=ABOVE).replace("**\n\n", f"**{gap}"), RIVER)
    assert by(heard, "I hope so") == by(heard, "The wall") == LEE
    assert by(heard, "Is the quay")[:2] == (VoiceKind.AUTHOR, "Bob Ott")


@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_no_window_holds_words_of_who_asks_in_bold_beside_those_of_who_answers(gap: str) -> None:
    text = BOLD.format(above=ABOVE).replace("The pond is deep.", "It is dear.").replace("**And", "**But")
    text = text.replace("No. It", "That is so. It").replace("**\n\n", f"**{gap}")
    document = Document(id="d", debate="d", path="d.txt", text=text, source=RIVER)
    sentences = split_sentences(document)
    asked = asked_in(document, sentences)
    assert asked
    assert len(asked.turns) == 3
    for last in range(len(sentences)):
        first = lead(text, sentences, last, asked.questions)
        assert len({at in asked.questions for at in range(first, last + 1)}) == 1
    assert lead(text, sentences, len(sentences) - 3) < len(sentences) - 3  # "But what" goes back where nobody asks


def test_an_index_keeps_questions_and_answers_in_windows_of_their_own(settle: Settle) -> None:
    text = BOLD.format(above=ABOVE).replace("No. The pond is deep.", "That is so. It is dear.")
    settings = settle({"quay/talk.txt": text})
    index_corpus(settings, HashEncoder())
    generation = open_index(settings).generation
    found = [generation.window(row) for row in range(len(generation.places))]
    sentences = generation.sentences(0)
    held = [text[sentences[each.first].span.start : sentences[each.last].span.end] for each in found]
    assert "That is so." in held
    assert not any("mend it" in words and "That is so" in words for words in held)


@pytest.mark.parametrize(
    "part",
    [
        "**Why?**\n\nI do.\n\n",
        "**a ",
        "** ",
        "*a* ",
        "the the interview ",
        "spoke to The Aa ",
        "interview with A",
        "our a our b interview ",
        "edited and ",
        "“I ",
        "__a_ ",
        "**Why?**\n\nAnn Lee is.\n\n",
    ],
)
def test_bold_questions_are_soon_found_however_many_there_are(part: str) -> None:
    def prepare(times: int) -> Callable[[], object]:
        text = f"{ABOVE}\n\n{part * times}\n\n**Why?**\n\nI do.\n\n**How?**\n\nI do."
        document = Document(id="d", debate="d", path="d.txt", text=text, source=RIVER)
        return partial(interviewed_in, document, split_sentences(document))

    assert_in_proportion(prepare, 12_000)
