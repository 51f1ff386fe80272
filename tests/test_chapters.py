"""Chapters: what others write or say in a document is not its author's, where a line over it or at its end tells so."""

from collections.abc import Callable
from functools import partial

import pytest
from growth import assert_in_proportion
from test_voice import Heard, hear

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.voice import VoiceKind
from pullquote.voice.chapters import guests_in


def told(heard: Heard, words: str) -> tuple[VoiceKind, str | None, bool]:
    voice = heard.said_of(words)
    return voice.kind, voice.speaker, voice.sure


def quoted(name: str) -> tuple[VoiceKind, str | None, bool]:
    return VoiceKind.QUOTED, name, False


UNCLEAR = (VoiceKind.UNCLEAR, None, False)

COURT = """JUSTICE ALVAREZ delivered the opinion of the Court.

## I

The farm was taken.

{line}

The rule has no limit.

## II

Cities will drown people. The majority says that its rule is narrow.

JUSTICE ALVAREZ, concurring.

The gate was open.
"""


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("JUSTICE THORNE, dissenting.", "Justice Thorne"),
        (
            "Justice Thorne, with whom Justice Abbott joins, concurring in part and dissenting in part.",
            "Justice Thorne",
        ),
        ("**JUSTICE THORNE, with whom JUSTICE ABBOTT joins as to Part II, dissenting.**", "Justice Thorne"),
        ("LORD JUSTICE BOYD:", "Lord Justice Boyd"),
        ("Lady Hale (dissenting):", "Lady Hale"),
        ("THORNE, J., dissenting:", "Thorne, J."),
        ("CHIEF JUSTICE O’NEILL, concurring in the judgment.", "Chief Justice O’Neill"),
    ],
)
def test_what_a_judge_writes_who_is_not_the_author_is_theirs_up_to_the_next_judge(line: str, name: str) -> None:
    heard = hear(COURT.format(line=line), "Justice Alvarez")
    assert told(heard, "The farm was taken") == (VoiceKind.AUTHOR, "Justice Alvarez", True)
    assert told(heard, "The rule has") == quoted(name)
    assert told(heard, "Cities will") == quoted(name)
    assert heard.said_of("its rule is narrow").via == (name,)
    assert told(heard, "The gate was open") == (VoiceKind.AUTHOR, "Justice Alvarez", True)


@pytest.mark.parametrize(
    "line",
    [
        "JUSTICE ALVAREZ:",
        "Justice Thorne, dissenting, wrote of floods.",
        "The dissenting judge was Justice Thorne.",
        "JUSTICE THORNE took no part in the case.",
        "There was no justice.",
    ],
)
def test_the_authors_own_label_and_prose_about_a_judge_change_nothing(line: str) -> None:
    heard = hear(COURT.format(line=line), "Justice Alvarez")
    assert told(heard, "The rule has") == (VoiceKind.AUTHOR, "Justice Alvarez", True)


REPORT = "# Bill\n\nThe bill is good.\n\n{line}\n\nThe bill is bad.\n\n### Costs\n\nIt is dear.\n\n## Annex\n\nIt has two parts.\n"


@pytest.mark.parametrize(
    ("line", "voice"),
    [
        ("## MINORITY VIEWS", UNCLEAR),
        ("## Dissenting and additional views", UNCLEAR),
        ("## ADDITIONAL VIEWS OF REPRESENTATIVE JOAN PIKE", quoted("Representative Joan Pike")),
        ("## Supplemental Views of Mr. Duque and Ms. Latham", quoted("Mr. Duque and Ms. Latham")),
    ],
)
def test_what_stands_under_the_views_of_a_minority_is_never_the_committees(
    line: str, voice: tuple[VoiceKind, str | None, bool]
) -> None:
    heard = hear(REPORT.format(line=line), "Committee on Commerce")
    assert told(heard, "The bill is good")[0] is VoiceKind.AUTHOR
    assert told(heard, "The bill is bad") == voice
    assert told(heard, "It is dear") == voice
    assert told(heard, "It has two parts") == (VoiceKind.AUTHOR, "Committee on Commerce", True)


@pytest.mark.parametrize(
    "line",
    ["The minority's views were heard.", "## Views from the minority-owned firms", "## Dissenting opinion", "## Views"],
)
def test_other_headings_and_prose_about_views_change_nothing(line: str) -> None:
    heard = hear(REPORT.format(line=line), "Committee on Commerce")
    assert told(heard, "The bill is bad") == (VoiceKind.AUTHOR, "Committee on Commerce", True)


STORY = "The police came in March.\n\n{line}\n\nThey came at five. I have not slept well since.\n\n## After\n\nThe school is shut.\n"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("**Joseph M., 51, carpenter**", "Joseph M."),
        ("*Rosario Leal, 41, Laredo*", "Rosario Leal"),
        ("*Bill Teague (67), St. Louis*", "Bill Teague"),
        ("**Ana de la Cruz, aged 33**", "Ana de la Cruz"),
    ],
)
def test_what_stands_under_a_name_and_an_age_is_most_likely_theirs_up_to_a_heading(line: str, name: str) -> None:
    heard = hear(STORY.format(line=line), "Rights Monitor")
    assert told(heard, "The police came")[2]
    assert told(heard, "They came at five") == quoted(name)
    assert told(heard, "I have not slept") == quoted(name)
    assert told(heard, "The school is shut") == (VoiceKind.AUTHOR, "Rights Monitor", True)


@pytest.mark.parametrize(
    "line",
    [
        "**Item 6. Ordinance 1142, leaf blowers**",
        "**May 12, 2010**",
        "**Route 66, the road**",
        "**Carbon tax**",
        "**Serves 12, with rice**",
        "**Bach, 48 preludes**",
        "*Ann Lee, 34, at her stall in June.*",
        "![A stall](stall.jpg)\n*Ann Lee, 34, at her stall*",
        "![A stall](stall.jpg)\n\n*Ann Lee, 34, at her stall*",
        "*Rhea Monk, 60, author of this blog*",
    ],
)
def test_other_lines_in_emphasis_captions_and_the_authors_own_change_nothing(line: str) -> None:
    heard = hear(STORY.format(line=line), "Rhea Monk")
    assert told(heard, "I have not slept")[:2] == (VoiceKind.AUTHOR, "Rhea Monk")
    assert told(heard, "They came at five")[2]


def test_profiles_in_which_nobody_speaks_stay_the_authors() -> None:
    text = "**Ann Lee, 45, lawyer**\n\nLee built the school.\n\n**Bob Bell, 50, baker**\n\nBell “likes my school”.\n"
    assert told(hear(text, "Rights Monitor"), "Lee built") == (VoiceKind.AUTHOR, "Rights Monitor", True)


def test_beside_several_of_them_a_line_in_emphasis_under_a_heading_names_nobody_but_is_one_too() -> None:
    more = "*Rosario Leal, 41, Laredo*\n\nI do not ask.\n\n### The agent\n\n*An agent who asked not to be named*\n\nIt buys us time.\n"
    heard = hear(f"{STORY.format(line='*Bill Teague, 67, Leeds*')}\n{more}", "Rights Monitor")
    assert not told(heard, "It buys us time")[2]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("**Dear Amelia,** I have asthma. He should stay home. — Worried in Wigan", "Worried in Wigan"),
        ("I am 17 and I have asthma, as my uncle knows. He should stay home. — Dev P., Tulsa", "Dev P., Tulsa"),
        (
            "The trains are dirty, and nobody cleans the platforms. He should stay home! *—Mrs. L. Gray, Macon*",
            "Mrs. L. Gray, Macon",
        ),
    ],
)
def test_a_paragraph_that_another_signs_at_its_end_is_theirs_and_never_surely_the_authors(text: str, name: str) -> None:
    heard = hear(f"{text}\n\nStay away from him.\n", "Amelia Rook")
    assert told(heard, "He should stay home") == quoted(name)
    assert told(heard, "Stay away") == (VoiceKind.AUTHOR, "Amelia Rook", True)


@pytest.mark.parametrize(
    "end",
    [
        "He is the last of them — Ann Lee.",
        "He should stay. — Amelia Rook",
        "He should stay. — A.R.",
        "He should stay. — Ed.",
        "He should stay. — Reuters",
        "He should stay in the U.S. — Canada is cold.",
        "He should stay. — June 2019",
        "He should stay. — And so should she",
        "Stir it well — Serve with rice.",
        "He should stay. — The road is long.",
    ],
)
def test_a_dash_before_anything_else_and_the_authors_own_signature_change_nothing(end: str) -> None:
    heard = hear(
        f"The trains are dirty. Nobody cleans the platforms at the station. {end}\n\nStay away.\n", "Amelia Rook"
    )
    assert told(heard, "The trains are dirty") == (VoiceKind.AUTHOR, "Amelia Rook", True)


def test_a_letter_to_the_author_is_anothers_up_to_the_answer() -> None:
    text = "{dear}I have asthma.\n\nHe should stay home.\n\n**Dear Worried,** Stay away.\n\nNobody has a right to it.\n"
    for dear in ("**Dear Amelia,** ", "Dear Amelia,\n\n", "**Dear Ms. Rook:** "):
        heard = hear(text.format(dear=dear), "Amelia Rook")
        assert told(heard, "He should stay home") == UNCLEAR
        assert told(heard, "Nobody has a right") == (VoiceKind.AUTHOR, "Amelia Rook", True)
    for author in ("Friends of Amelia", "Bob Bell"):
        assert told(hear(text.format(dear="**Dear Amelia,** "), author), "He should stay home")[0] is VoiceKind.AUTHOR


REPLIES = "The Office got mail.\n\n{comment} The rule is bad.\n\nIt is old too.\n\n{response} It is good.\n\nIt is new."


@pytest.mark.parametrize(
    ("comment", "response"),
    [
        ("*Comment:*", "*Response:*"),
        ("**Comment 2.**", "**Response to Comment 2.**"),
        ("Commenter:", "Agency:"),
        ("**You said:**", "**Our response:**"),
        ("**You said:**", "**We did:**"),
    ],
)
def test_a_comment_is_never_the_authors_who_responds_to_it(comment: str, response: str) -> None:
    heard = hear(REPLIES.format(comment=comment, response=response), "Harbour Office")
    assert told(heard, "The rule is bad") == UNCLEAR
    assert told(heard, "It is old too") == UNCLEAR
    assert told(heard, "It is good")[0] is VoiceKind.AUTHOR
    assert told(heard, "It is new") == (VoiceKind.AUTHOR, "Harbour Office", True)


def test_a_comment_that_nobody_responds_to_may_be_the_authors() -> None:
    heard = hear("The Office got mail.\n\nComment: The rule is bad.\n", "Harbour Office")
    assert told(heard, "The rule is bad") == (VoiceKind.AUTHOR, "Harbour Office", False)
    heard = hear("We welcome comment. Comment is free.\n\nThe comment: the rule is bad.\n", "Harbour Office")
    assert told(heard, "the rule is bad") == (VoiceKind.AUTHOR, "Harbour Office", True)


def test_a_body_whose_label_opens_a_paragraph_speaks_there() -> None:
    text = (
        "We got 4,212 replies.\n\nEastham Cycling Campaign: We support it. It should grow.\n\n"
        "- Licensed Drivers' Association: The scheme is bad. Taxis must be exempt.\n"
    )
    heard = hear(text, "Borough of Eastham")
    assert told(heard, "It should grow") == quoted("Eastham Cycling Campaign")
    assert told(heard, "Taxis must be exempt") == quoted("Licensed Drivers' Association")


def test_at_a_roundtable_each_speaker_is_who_the_label_names_though_they_speak_once() -> None:
    text = (
        "We asked three economists.\n\n**Claudia Stone, former Fed economist:** Stop. Prices fall.\n\n"
        "**Jason Ferman, Harvard:** Keep going. Rents are high.\n\nThey are too high.\n\n"
        "**Adam Posner, Bell Institute:** Three percent would do.\n\n## Paul Renner responds\n\nThe target should stay.\n"
    )
    heard = hear(text, "Paul Renner")
    assert told(heard, "Prices fall") == quoted("Claudia Stone")
    assert told(heard, "Rents are high") == quoted("Jason Ferman")
    assert told(heard, "Three percent") == quoted("Adam Posner")
    assert not told(heard, "They are too high")[2]
    assert told(heard, "The target should") == (VoiceKind.AUTHOR, "Paul Renner", True)


@pytest.mark.parametrize(
    "text",
    [
        "Our response: We watched roads.",
        "Note: We watched roads.",
        "United Kingdom: Prices fell.\n\nUnited States: Prices rose.",
        "Step One: We watched roads.\n\nStep Two: We asked.",
        "Key Findings: We found that roads are full.\n\nKey Recommendations: We would shut them.",
        "Margin of error: 2.2 points.",
        "Borough of Eastham: We shall build.",
        "Olive Oil: two spoons.\n\nBlack Pepper: a little.",
        "Bar Council: the body of barristers.\n\nInns of Court: the four societies of barristers.",
        "Town Hall, Main Street: open daily.\n\nCity Library, Mill Lane: shut on Mondays.",
        "New York, New York: rents rose.\n\nLos Angeles, California: rents fell.",
        "Seven Lanterns: a ballet in three acts.\n\nWinter Journey: songs by Ann Lee.",
        "Full Disclosure: I own shares.",
        "**Ann Lee** (1900-1980): a life in two parts. I read it twice.",
        "**Carbon Tax** (CT): a levy on fuel. We like it.",
        "Dear Ms. Rook: We thank you.",
    ],
)
def test_other_labels_change_nothing(text: str) -> None:
    heard = hear(f"It was a year of change.\n\n{text}\n\nThe year is over.\n", "Borough of Eastham")
    kinds = {voice.kind for voices in heard.found for voice in voices}
    assert kinds == {VoiceKind.AUTHOR}
    assert told(heard, "The year is over")[2]


def test_a_reader_who_speaks_of_themselves_after_a_plain_name_is_not_surely_the_author() -> None:
    heard = hear("It was a year of change.\n\nBob Ott: I lost my shop. The road killed it.\n", "Borough of Eastham")
    assert told(heard, "The road killed it") == (VoiceKind.AUTHOR, "Borough of Eastham", False)


POSTS = """Traffic fell.

{head}

The trains are dirty.

**Neil Abara** says:
July 9, 2024 at 9:03 pm

Fair point.
"""


@pytest.mark.parametrize(
    "head",
    [
        "**BayRidgeBob** says:\nJuly 9, 2024 at 8:12 pm",
        "## Comments\n\nBayRidgeBob\nJuly 9, 2024 at 8:12 pm",
        "**3 comments**\n\n**BayRidgeBob**, 9 July 2024, 20:12",
        "## Discussion (3)\n\nBayRidgeBob · 3 hours ago",
    ],
)
def test_a_readers_comment_is_theirs_up_to_the_next_one(head: str) -> None:
    heard = hear(POSTS.format(head=head), "Neil Abara")
    assert told(heard, "Traffic fell")[2]
    assert told(heard, "The trains are dirty") == quoted("BayRidgeBob")
    assert told(heard, "Fair point") == (VoiceKind.AUTHOR, "Neil Abara", True)


@pytest.mark.parametrize(
    "head",
    [
        "Daily Wire\nJuly 9, 2024 at 8:12 pm",
        "Updated:\nJuly 9, 2024 at 8:12 pm",
        "Doors open, July 9, 2024",
        "Doors open\n8:30 to 16:30\n\nFamily Law\n8:30 to 15:00",
        "## Comments\n\nThe page opened at 8:12 pm.",
    ],
)
def test_one_line_of_name_and_time_elsewhere_is_only_when_a_text_was_printed(head: str) -> None:
    heard = hear(f"Traffic fell.\n\n{head}\n\nThe trains are dirty.\n", "Neil Abara")
    assert told(heard, "The trains are dirty") == (VoiceKind.AUTHOR, "Neil Abara", True)


MAIL = """Officials knew of the lead.

**From:** Dennis Muck
**Sent:** Friday, August 21, 2015
**Subject:** RE: Flint

These folks are angry. The water is bad.

The pipes are old.

Muck declined to comment on Friday.

The city has a new mayor.
"""


def test_an_e_mail_in_an_article_is_whose_it_is_until_the_article_tells_of_them() -> None:
    heard = hear(MAIL, "Kara Dunn")
    assert told(heard, "The water is bad") == quoted("Dennis Muck")
    assert told(heard, "The pipes are old") == (VoiceKind.AUTHOR, "Kara Dunn", False)
    assert told(heard, "The city has") == (VoiceKind.AUTHOR, "Kara Dunn", True)
    assert told(hear(MAIL.replace("\n**S", " **S"), "Kara Dunn"), "The water is bad") == quoted("Dennis Muck")


def test_a_mail_of_the_authors_own_and_a_memorandum_that_is_the_document_change_nothing() -> None:
    assert told(hear(MAIL, "Dennis Muck"), "The water is bad") == (VoiceKind.AUTHOR, "Dennis Muck", True)
    memo = MAIL.partition("\n\n")[2]
    assert told(hear(memo, "Water Board"), "The water is bad") == (VoiceKind.AUTHOR, "Water Board", True)
    heard = hear("It rained.\n\nFrom: Leeds\n\nThe bus is late.\n", "Kara Dunn")
    assert told(heard, "The bus is late") == (VoiceKind.AUTHOR, "Kara Dunn", True)


LETTER = "March 2025\n\nDear President Bell,\n\nWe ask you to vote no. {more}\n\nRespectfully,\n\n{signers}\n{after}"


@pytest.mark.parametrize(
    ("more", "signers"),
    [
        ("The ban is unfair.", "Imani Walker, president\nTeo Marsh, secretary"),
        ("The Student Council of Larkfield wrote of it.", "Imani Walker"),
        ("The ban is unfair.", "Imani Walker, Larkfield Student Council"),
    ],
)
def test_a_letter_that_people_sign_for_the_body_that_is_its_author_is_the_bodys(more: str, signers: str) -> None:
    heard = hear(LETTER.format(more=more, signers=signers, after=""), "Larkfield Student Council")
    assert told(heard, "We ask you") == (VoiceKind.AUTHOR, "Larkfield Student Council", True)


@pytest.mark.parametrize(
    ("author", "signers", "after"),
    [
        ("Westbury Courier", "Imani Walker, Larkfield", ""),
        ("Cy Dow", "Imani Walker\nTeo Marsh", ""),
        (
            "Larkfield Student Council",
            "Imani Walker\nTeo Marsh",
            "\nThat was the letter, and here is what we make of it as a council of many.",
        ),
    ],
)
def test_a_letter_that_a_paper_prints_or_that_stands_in_a_longer_text_is_of_who_signs(
    author: str, signers: str, after: str
) -> None:
    heard = hear(LETTER.format(more="The ban is unfair.", signers=signers, after=after), author)
    assert told(heard, "We ask you")[0] is VoiceKind.QUOTED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('Sen. Ron Whitfield: "We must take it now."', "Sen. Ron Whitfield"),
        ("- **Rep. Joan Pike (D-Ohio):** “We must take it now.”", "Rep. Joan Pike"),
        ("American Cancer Society: “We must take it now.”", "American Cancer Society"),
        ("“We must take it now.”\n\n— Sen. Burt Callan (R-Neb.), to reporters", "Sen. Burt Callan"),
        ("“We must take it now.” – Joe Park, Park Foods", "Joe Park, Park Foods"),
    ],
)
def test_a_quotation_that_is_a_paragraph_is_whose_name_stands_before_it_or_under_it(text: str, name: str) -> None:
    heard = hear(f"He spoke in the hall.\n\n{text}\n\nThe bill failed.\n")
    assert told(heard, "We must take") == quoted(name)
    assert told(heard, "The bill failed")[2]


@pytest.mark.parametrize(
    "text",
    [
        "Myth: “We must take it now.”",
        "The reason why: “We must take it now.”",
        "“We must take it now.”\n\n— and so on",
        "“We must take it now.”\n\nThe bill of Ann Lee",
        "Carbon Tax: “a levy on fuel”",
    ],
)
def test_a_quotation_beside_anything_else_stays_nobodys(text: str) -> None:
    heard = hear(f"He spoke in the hall.\n\n{text}\n\nThe bill failed.\n")
    assert all(voice.speaker in {None, "Ann Author"} for voices in heard.found for voice in voices)


SECTION = (
    "We are the traders.\n\n{heading}\n\nLast year was hard.\n\nDoors were closed.\n\n{line}\n\nRates should fall.\n"
)


def test_a_section_that_a_line_under_it_signs_is_theirs() -> None:
    heard = hear(SECTION.format(heading="## From our chair", line="— Dame Ruth Holt, Chair"), "Chamber of Trade")
    assert told(heard, "We are the traders")[2]
    assert told(heard, "Last year was") == quoted("Dame Ruth Holt")
    assert told(heard, "Doors were closed") == quoted("Dame Ruth Holt")
    assert told(heard, "Rates should fall") == (VoiceKind.AUTHOR, "Chamber of Trade", True)


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("## Costs", "— Chamber of Trade"),
        ("## Costs", "— Costs"),
        ("## Costs", "— and more"),
        ("Costs were high.", "— Dame Ruth Holt, Chair"),
        ("## Costs", "“We must take it now.”\n\n— Dame Ruth Holt, Chair"),
    ],
)
def test_a_line_that_signs_no_section_changes_nothing_of_it(heading: str, line: str) -> None:
    heard = hear(SECTION.format(heading=heading, line=line), "Chamber of Trade")
    assert told(heard, "Last year was") == (VoiceKind.AUTHOR, "Chamber of Trade", True)


PAGE = "## Late again\n\nI wait at the quay each day.\n\nNo ferry comes.\n\n{}\n\n## Sell it\n\nTwo boats are too many.\n\n{}\n"
UNSIGNED = (VoiceKind.AUTHOR, "Ann Author", True)


@pytest.mark.parametrize(
    "signed",
    [
        "{}, {}",
        "*{}, {}*",
        "_{}, {}_",
        "**{}**, {}",
        "***{}, {}***",
        "— {}, {}",
        "— *{}, {}*",
        "-- {}, {}",
        "{}, {}.",
        "{}\n{}",
        "{},\n{}",
        "**{}**  \n*{}*",
    ],
)
@pytest.mark.parametrize("capitals", [False, True])
def test_letters_under_headings_are_theirs_whose_name_and_place_end_them(signed: str, capitals: bool) -> None:
    names = ("Mona Quill", "Ted Orde")
    shown = [name.upper() if capitals else name for name in names]
    page = PAGE.format(signed.format(shown[0], "Port Ness"), signed.format(shown[1], "chair, Ness Traders"))
    heard = hear(page, "The Gazette")
    assert told(heard, "I wait") == quoted("Mona Quill")
    assert told(heard, "No ferry comes") == quoted("Mona Quill")
    assert told(heard, "Two boats") == quoted("Ted Orde")


def test_a_note_on_who_wrote_a_letter_is_the_papers_and_several_letters_may_share_a_heading() -> None:
    signed = (
        "*Mona Quill, Port Ness*\n\n*The writer keeps the lighthouse.*\n\nWe need three boats.\n\n*Sir Al Gant, Ness*"
    )
    heard = hear(PAGE.format(signed, "*Ted Orde, Port Ness*"))
    assert told(heard, "No ferry comes") == quoted("Mona Quill")
    assert told(heard, "The writer keeps")[:2] == UNSIGNED[:2]
    assert told(heard, "We need three") == quoted("Sir Al Gant")
    assert told(heard, "Two boats") == quoted("Ted Orde")


LETTERS = "I wait at the quay.\n\n{}\n\nTwo boats are too many.\n\n{}\n\nThe fare is high.\n\n{}\n"


def test_letters_without_headings_are_theirs_who_sign_them_where_there_are_three() -> None:
    heard = hear(LETTERS.format("Mona Quill, Port Ness", "Ted Orde, Ness", "Al Gant, Port Ness"))
    assert told(heard, "I wait") == quoted("Mona Quill")
    assert told(heard, "Two boats") == quoted("Ted Orde")
    assert told(heard, "The fare") == quoted("Al Gant")


@pytest.mark.parametrize(
    "text",
    [
        PAGE.format("*Mona Quill, Port Ness*", "*The fare will rise.*"),  # one alone
        PAGE.format("![A quay](a.png)\n\n*Mona Quill, Ness*", "![A boat](b.png)\n\n*Ted Orde, Ness*"),
        PAGE.format("Mona Quill, Ness\n\nAl Gant, Ness", "Ted Orde, chair\n\nJo Fell, clerk"),  # lists of names
        PAGE.format("- Mona Quill, Ariel\n- Al Gant, Lear", "- Ted Orde, Puck\n- Jo Fell, Iago"),
        PAGE.format("*Town Hall, Port Ness*", "*Market Square, Ness*"),
        PAGE.format("Quill, Mona. *The Quay*. Ness, 2019.", "Orde, Ted. *A Boat*. Ness, 2020."),
        PAGE.format("*Photo: Mona Quill, Ness*", "*Ted Orde, photographer*"),
        PAGE.format("*Ann Author, Ness*", "*Ann Author, Ness*"),
        PAGE.format("*Mona Quill, Ness*", "*Ted Orde, Ness*").replace("I wait", "They wait"),  # news, or captions
        "## Late\n\n*Mona Quill, Ness*\n\nI wait.\n\n## Sold\n\n*Ted Orde, Ness*\n\nI am sad.\n",  # bylines
        LETTERS.format("Mona Quill, Ness", "Ted Orde, Ness", "The boats were sold."),
        LETTERS.format("Mona Quill, Ness", "Ted Orde, Ness", "Al Gant, Ness\n\nThe boats were sold."),
    ],
)
@pytest.mark.parametrize("author", ["Ann Author", "The Gazette"])
def test_captions_lists_of_names_places_bylines_and_books_sign_nothing(text: str, author: str) -> None:
    heard = hear(text.replace("Ann Author", author), author)
    assert {(voice.kind, voice.speaker) for voices in heard.found for voice in voices} == {(VoiceKind.AUTHOR, author)}


PORTRAIT = "## {}\n\n{} I liked the shed.\n\nIt smells of tar.\n\n**{}**\n"


@pytest.mark.parametrize(
    "opens", [("I met Mona Quill.", "Mr Orde rows.", "Gant is old."), ("She mends nets.", "He rows.", "He is old.")]
)
@pytest.mark.parametrize("author", ["Ann Author", "The Gazette"])
def test_what_tells_of_who_is_named_under_it_is_no_letter(opens: tuple[str, ...], author: str) -> None:
    names = ("Mona Quill, netmaker", "Ted Orde, pilot", "Al Gant, cook")
    text = "\n".join(PORTRAIT.format(name[-5:], told, name) for told, name in zip(opens, names, strict=True))
    heard = hear(text, author)
    assert {(voice.kind, voice.speaker) for voices in heard.found for voice in voices} == {(VoiceKind.AUTHOR, author)}


def test_two_names_under_sections_of_an_authors_text_sign_letters_only_where_its_title_tells_of_them() -> None:
    text = PAGE.format("*Mona Quill, Port Ness*", "*Ted Orde, Ness*")
    assert told(hear(text), "No ferry comes")[:2] == UNSIGNED[:2]
    source = Source(title="Letters: the ferry", author="Ann Author")
    document = Document(id="d", debate="d", path="d.txt", text=text, source=source)
    sentences = split_sentences(document)
    assert {guest.name for guest in guests_in(document, sentences).values()} == {"Mona Quill", "Ted Orde"}


def test_a_name_right_under_a_block_signs_nothing_above_the_block() -> None:
    block = "> The ferry is my road.\n\n*Mona Quill, Port Ness*"
    report = PAGE.format(block, "> It is mine, too.\n\n*Ted Orde, Ness*")
    heard = hear(report, "The Gazette")
    assert told(heard, "No ferry comes") == told(heard, "Two boats") == (VoiceKind.AUTHOR, "The Gazette", True)
    heard = hear(LETTERS.format(f"{block}\n\nI would mend it.\n\nJo Fell, Ness", "Ted Orde, Ness", "Al Gant, Ness"))
    assert told(heard, "I wait")[:2] == UNSIGNED[:2]
    assert told(heard, "I would mend") == quoted("Jo Fell")


def test_whom_a_guest_tells_of_is_heard_through_them_and_their_own_words_are_theirs() -> None:
    heard = hear(
        "**Bill Teague, 51, carpenter**\n\nI came. Ann Lee said that it rained. Bill Teague said that it was cold.\n"
    )
    assert heard.said_of("it rained").via == ("Bill Teague",)
    assert heard.said_of("it was cold").via == ()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (20_000, lambda n: "Ann Lee of the " * n),
        (12_000, lambda n: "**Ann Lee, 51, x**\n\n" * n),
        (20_000, lambda n: "Ann Lee: I do.\n\n" * n),
        (12_000, lambda n: "From: x\nSent: y\n\nIt rained.\n\n" * n),
        (12_000, lambda n: "Ann says:\nJuly 9, 2024 at 8:12 pm\n\nI do.\n\n" * n),
        (32_000, lambda n: "It rained. — " * n),
        (12_000, lambda n: "I do.\n\n*Ann Lee, Ort*\n\n" * n),
        (12_000, lambda n: "I do.\n\n*Ann Lee, Ort*\n\n" + "*I am.*\n\n" * n),
        (12_000, lambda n: "> I do.\n\n*Ann Lee, Ort*\n\n" * n),
        (36_000, lambda n: f"I do.\n\nAnn Lee, {'Ort, ' * n}"),
        (36_000, lambda n: f"JUSTICE LEE, with whom {'a b ' * n}joins"),
    ],
)
def test_guests_are_soon_found_however_many_lines_there_are(size: int, text: Callable[[int], str]) -> None:
    def prepare(times: int) -> Callable[[], object]:
        whole = f"It was so.\n\n{text(times)}"
        document = Document(id="d", debate="d", path="d.txt", text=whole, source=Source(author="Bob Ott"))
        return partial(guests_in, document, split_sentences(document))

    assert_in_proportion(prepare, size)
