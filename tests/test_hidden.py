"""Letters that hide: the same ones are written out on a page, by the script, on a terminal, in a table and in a remark."""

import re

import pytest
from fakes import CHECKOUT

from pullquote.api import responses as render
from pullquote.cli import terminal
from pullquote.corpus.files import HIDDEN, visible
from pullquote.upkeep.balance import _safe

EVERY = "".join(map(chr, range(0x110000)))


def test_the_script_writes_out_the_very_letters_that_a_page_does():
    script = (CHECKOUT / "app/pullquote/widget/embed.js").read_text(encoding="utf-8")
    found = re.search(r"const HIDDEN = /(\[.+\])/gu;", script)
    assert found
    in_script = re.compile(re.sub(r"\\u\{(\w+)\}", lambda code: f"\\U{code.group(1):0>8}", found.group(1)))
    assert in_script.findall(EVERY) == HIDDEN.findall(EVERY)


@pytest.mark.parametrize("shown", [render.visible, terminal.visible, _safe], ids=["page", "terminal", "table"])
@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "क्\u200dष", "שלום\u200f!", "عدد \u0600٢", "\ue000", "a\tb\nc", "Shop\u00adkeepers"]
)
def test_what_a_script_is_written_with_stays_whole_wherever_it_is_shown(shown, text: str):
    assert shown(text) == text


@pytest.mark.parametrize("shown", [render.visible, terminal.visible, _safe], ids=["page", "terminal", "table"])
def test_no_hidden_letter_is_left_wherever_it_is_shown(shown):
    assert not HIDDEN.search(shown(EVERY))


def test_what_is_written_out_is_read_by_python_as_it_was():
    letters = "".join(HIDDEN.findall(EVERY))
    assert visible(letters).encode("ascii").decode("unicode_escape") == letters
