"""Bylines: the items of a newsletter are theirs whose name stands over them."""

import pytest
from test_voice import Heard, hear

from pullquote.voice import VoiceKind

NEWS = """# The Harbour Wire

We print what members send.

## Why I changed my mind
*By Tess Couch*

I now believe the road should be shut. Ann Lee said that it was noisy.

### In winter

Nobody drives there.

## The case of the shops
**by Piet Hosk, Hosk & Sons**

The trial cost my shop a lot.

## A third view

By Jen Bolt

The bollards are ugly.

## Cakes

The sale went well.

## From the chair
By Ed Wright

Come to the meeting.
"""


def told(heard: Heard, words: str) -> tuple[VoiceKind, str | None, bool]:
    voice = heard.said_of(words)
    return voice.kind, voice.speaker, voice.sure


def test_what_stands_under_a_byline_is_theirs_and_never_surely_the_editors() -> None:
    heard = hear(NEWS, "Ed Wright")
    assert told(heard, "I now believe") == (VoiceKind.QUOTED, "Tess Couch", False)
    assert told(heard, "Nobody drives") == (VoiceKind.QUOTED, "Tess Couch", False)
    assert told(heard, "The trial cost") == (VoiceKind.QUOTED, "Piet Hosk", False)
    assert told(heard, "The bollards") == (VoiceKind.QUOTED, "Jen Bolt", False)


def test_whom_an_item_quotes_is_heard_through_who_wrote_it() -> None:
    voice = hear(NEWS, "Ed Wright").said_of("it was noisy")
    assert (voice.kind, voice.speaker, voice.via, voice.sure) == (
        VoiceKind.REPORTED,
        "Ann Lee",
        ("Tess Couch",),
        False,
    )


@pytest.mark.parametrize("author", ["Ed Wright", "Dr. Ed Wright, editor", "Ed Wright and Al Moss"])
def test_what_stands_under_no_byline_or_under_the_authors_own_stays_the_authors(author: str) -> None:
    heard = hear(NEWS, author)
    for words in ("We print", "The sale went", "Come to"):
        assert told(heard, words) == (VoiceKind.AUTHOR, author, True)


@pytest.mark.parametrize("rule", ["---", "* * *"])
def test_a_rule_ends_what_a_byline_signs(rule: str) -> None:
    heard = hear(NEWS.replace("### In winter", rule), "Ed Wright")
    assert told(heard, "I now believe")[1] == "Tess Couch"
    assert told(heard, "Nobody drives") == (VoiceKind.AUTHOR, "Ed Wright", True)


@pytest.mark.parametrize(
    "text",
    [
        "By Sen. Ed Wright, Staff\n\nThe dam is dear.",
        "# On dams\n\n*By Cy Falk and Bob Bell*\n\nThe dam is dear.\n\n## Why\n\nIt is of clay.",
        "# On dams\n\n![A dam](dam.jpg)\n*By Cy Falk*\n\nThe dam is dear.\n\n![A bank](bank.jpg)\nBy Cy Falk\n\nIt is of clay.",
        "# On dams\n\nThe dam is dear.\n\nBy Cy Falk\n\nIt is of clay.",
    ],
)
def test_a_byline_over_a_whole_text_a_photographers_and_one_that_signs_it_change_nothing(text: str) -> None:
    heard = hear(text, "Ann Lee")
    assert told(heard, "The dam is dear") == (VoiceKind.AUTHOR, "Ann Lee", True)


@pytest.mark.parametrize("line", ["By Monday Morning", "By Spring Bank Holiday", "By Executive Order"])
def test_a_line_that_begins_with_by_names_nobody_where_its_words_are_no_name(line: str):
    told = hear(f"# Tolls\n\nThe council met.\n\n## What next\n\n{line}\n\nWe will know more.").said_of("We will")
    assert (told.kind, told.sure) == (VoiceKind.AUTHOR, True)
