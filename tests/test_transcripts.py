"""Transcripts: who has the word where labels tell so."""

from dataclasses import replace

import pytest
from fakes import cases

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.voice.listener import hear
from pullquote.voice.transcripts import Turn, turns_in


def document(text: str, author: str | None = None) -> Document:
    return Document(id="d", debate="d", path="d.txt", text=text, source=Source(author=author))


def turns(text: str, author: str | None = None) -> dict[str, Turn]:
    told = document(text, author)
    sentences = split_sentences(told)
    return {sentences[at].span.cut(text): turn for at, turn in turns_in(told, sentences).items()}


def who(text: str, words: str, author: str | None = None) -> tuple[str | None, bool]:
    found = [turn for sentence, turn in turns(text, author).items() if words in sentence]
    return (found[0].speaker, found[0].sure) if found else (None, False)


def conversation(first: str, second: str) -> str:
    return (
        f"Ann Lee, who runs the bank, spoke to Bob Ott in May.\n\n{first} Why was the dam not built?\n\n"
        f"{second} Because nobody asked me. The river was low.\n\n{first} Would you build it now?\n\n"
        f"{second} No. I think that dams are theft.\n"
    )


@pytest.mark.parametrize(
    ("first", "second"), cases("transcripts", "a_turn_is_whose_label_opens_it")
)
def test_a_turn_is_whose_label_opens_it(first: str, second: str) -> None:
    text = conversation(first, second)
    assert who(text, "Because nobody") == ("Ann Lee", True)
    assert who(text, "The river was low") == ("Ann Lee", True)
    assert who(text, "Would you build") == ("Bob Ott", True)
    assert who(text, "who runs the bank") == (None, False)


@pytest.mark.parametrize(
    "label",
    ["The CHAIRMAN:", "SENATOR IVERNE:", "Chairwoman ELLERY:", "Moderator:", "Mr. DE WOLF:"],
)
def test_a_label_that_no_name_explains_stands_for_itself(label: str) -> None:
    assert who(conversation(label, "LEE:"), "Would you build") == (label.rstrip(":"), True)


def test_the_questions_of_the_author_are_the_authors() -> None:
    found = turns(conversation("OTT:", "LEE:"), "Bob Ott")
    assert {turn.speaker: turn.own for turn in found.values()} == {
        "Bob Ott": True,
        "Ann Lee": False,
    }
    assert who(conversation("Q:", "LEE:"), "Would you build", "Bob Ott") == ("Bob Ott", False)


def test_a_turn_is_sure_up_to_the_next_label_over_paragraphs_headings_and_stage_directions() -> (
    None
):
    text = f"{conversation('OTT:', 'LEE:')}\nThe bank was founded in 1901.\n\n(Laughter.)\n\n# Dams\n\nDams are old.\n"
    assert who(text, "founded in 1901") == ("Ann Lee", True)
    assert who(text, "Laughter") == (None, False)
    assert who(text, "Dams are old") == ("Ann Lee", True)


def test_what_stands_before_the_first_label_is_nobodys_unless_the_text_has_an_author() -> None:
    text = f"And so I said no.\n\n{conversation('MR. OTT:', 'MS. LEE:')}"
    assert turns(text)["And so I said no."] == Turn(None, "", sure=False)
    assert "And so I said no." not in turns(text, "Cy Dow")


@pytest.mark.parametrize(
    "words", cases("transcripts", "words_that_open_like_a_label_and_change_no_turn")
)
def test_words_that_open_like_a_label_change_no_turn(words: str) -> None:
    text = f"{conversation('MR. OTT:', 'MS. LEE:')}\n{words}\n\nThe river rose.\n"
    assert who(text, "The river rose") == ("Ann Lee", True)


def test_a_speaker_in_capitals_whom_nothing_names_is_not_the_one_before() -> None:
    text = f"{conversation('MR. OTT:', 'MS. LEE:')}\nAIDE: Last question.\n"
    assert who(text, "Last question") == ("AIDE", True)


@pytest.mark.parametrize(
    ("labels", "speakers"), cases("transcripts", "who_speaks_by_labels_that_come_once")
)
def test_labels_in_capitals_tell_who_speaks_though_each_comes_once(
    labels: tuple[str, ...], speakers: tuple[str | None, ...]
) -> None:
    text = "\n\n".join(f"{label} I thank you, as number {n}." for n, label in enumerate(labels))
    assert [who(text, f"number {n}")[0] for n, _ in enumerate(labels)] == [*speakers]


def test_an_office_in_a_label_is_its_holder_whom_author_or_title_names() -> None:
    told = replace(
        document(conversation("THE PRESIDENT:", "Q")),
        source=Source(title="Remarks by President Vale on Dams"),
    )
    sentences = split_sentences(told)
    assert {turn.speaker for turn in turns_in(told, sentences).values()} == {"President Vale", None}
    own = turns(conversation("THE PRESIDENT:", "MS. LEE:"), "President Ida M. Vale")
    assert {turn.speaker: turn.own for turn in own.values()} == {
        "President Ida M. Vale": True,
        "Ann Lee": False,
    }


def test_two_authors_are_no_one_author_of_what_stands_in_turns() -> None:
    found = turns(conversation("OTT:", "LEE:"), "Bob Ott and Ann Lee")
    assert {(turn.speaker, turn.own) for turn in found.values()} == {
        ("Bob Ott", False),
        ("Ann Lee", False),
    }


def test_a_surname_that_two_people_bear_is_not_sure() -> None:
    text = conversation("OTT:", "LEE:").replace("in May", "in May, as Cy Lee had")
    assert who(text, "Because nobody") == ("Ann Lee", False)


@pytest.mark.parametrize(
    "text", cases("transcripts", "lists_and_questions_without_names_make_no_transcript")
)
def test_lists_and_questions_without_names_make_no_transcript(text: str) -> None:
    assert turns(text) == {}


STATEMENTS = """They agree.

Rep. Ann Lee (R-TX): “Tolls are dear. They hit the poor.”

Acme’s Bob Ott: “Tolls work.

They pay for roads.”

Cy Dow, President, Toll Board: “We like them.”

The board met.
"""


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("They hit", "Rep. Ann Lee"),
        ("Tolls work", "Bob Ott"),
        ("They pay", "Bob Ott"),
        ("We like", "Cy Dow"),
        ("The board", None),
    ],
)
def test_a_collection_of_statements_is_of_those_who_stand_before_the_colons(words, speaker):
    told = document(STATEMENTS, "The Toll Review")
    sentences = split_sentences(told)
    voices = hear(told, sentences).voices
    at = next(n for n, one in enumerate(sentences) if words in one.span.cut(STATEMENTS))
    assert (voices[at][0].speaker, voices[at][0].sure) == (speaker or "The Toll Review", True)


@pytest.mark.parametrize(
    ("text", "speech"),
    [
        ("Mr. LEE. Madam President, tolls are dear. They hit the poor.\n", True),
        ("Tolls are dear. Mr. LEE. said so.\n", False),
        (STATEMENTS, False),
    ],
)
def test_a_document_that_opens_with_its_authors_label_is_speech(text, speech):
    told = document(text, "Sen. Ann Lee")
    assert hear(told, split_sentences(told)).speech is speech
