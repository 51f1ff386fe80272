"""Letters that hide: the same ones are written out on a page, by the script, on a terminal, in a table and in a remark."""

from functools import partial

import pytest
import regex
from fakes import CHECKOUT
from hypothesis import given
from hypothesis import strategies as st

from pullquote.api import responses
from pullquote.cli import terminal
from pullquote.corpus.files import hidden, safe_cell, visible

EVERY = "".join(map(chr, range(0x110000)))
ORDINARY = ("می\u200cخواهم", "क्\u200dष", "שלום\u200f!", "عدد \u0600٢", "\ue000", "a\tb\nc", "Shop\u00adkeepers", "❤\ufe0f 1\ufe0f\u20e3 ℹ\ufe0f",
            "葛\U000e0100城", "ᠠ\u180b")  # fmt: skip
UNSEEN = "\u034f\u061c\u115f\u3164\uffa0\u180e\ufe0f\U000e0100\U000e0041\u2066\u200b"
HELD = st.text([*UNSEEN, *"aé1.ℹ葛❤\u00ad\u0301\u200d \r\n", "\ud800"], max_size=9)


def by_script(text):
    """What the script shows; its patterns are in Unicode's own properties, as this library knows them too."""
    script = (CHECKOUT / "app/pullquote/widget/embed.js").read_text(encoding="utf-8")
    hiding, kept = (
        regex.search(rf"const {name} = /(.+)/g?u;", script)[1] for name in ("HIDDEN", "ORDINARY")
    )
    pieces = enumerate(regex.split(kept, text.replace("\r\n", "\n")))
    escaped = partial(regex.sub, hiding, lambda found: visible(found.group()))
    return "".join(piece if at % 2 else escaped(piece) for at, piece in pieces)


@given(HELD)
def test_the_script_writes_out_the_very_letters_that_a_page_does(text):
    assert by_script(text) == visible(text)


@pytest.mark.parametrize(
    "shown", [responses.visible, terminal.visible, safe_cell], ids=["page", "terminal", "table"]
)
def test_what_hides_is_written_out_wherever_it_is_shown_and_what_scripts_need_stays(shown):
    assert not hidden(shown(EVERY))
    assert [shown(text) for text in ORDINARY] == list(ORDINARY)
    assert hidden(f"a{UNSEEN}") == list(UNSEEN)


def test_what_is_written_out_is_read_by_python_as_it_was():
    letters = "".join(hidden(EVERY))
    assert by_script(EVERY) == visible(EVERY)
    assert visible(letters).encode("ascii").decode("unicode_escape") == letters
