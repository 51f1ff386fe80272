"""Letters that hide: the same ones are written out on a page, by the script, on a terminal, in a table and in a remark."""

import re

import pytest
from fakes import CHECKOUT

from pullquote.api import responses
from pullquote.cli import terminal
from pullquote.corpus.files import HIDDEN, visible
from pullquote.upkeep.report import _safe

EVERY = "".join(map(chr, range(0x110000)))
SCRIPTS = ("می\u200cخواهم", "क्\u200dष", "שלום\u200f!", "عدد \u0600٢", "\ue000", "a\tb\nc", "Shop\u00adkeepers")


def test_the_script_writes_out_the_very_letters_that_a_page_does():
    script = (CHECKOUT / "app/pullquote/widget/embed.js").read_text(encoding="utf-8")
    found = re.search(r"const HIDDEN = /(\[.+\])/gu;", script)
    assert found
    in_script = re.compile(re.sub(r"\\u\{(\w+)\}", lambda code: f"\\U{code.group(1):0>8}", found.group(1)))
    assert in_script.findall(EVERY) == HIDDEN.findall(EVERY)


@pytest.mark.parametrize("shown", [responses.visible, terminal.visible, _safe], ids=["page", "terminal", "table"])
def test_what_hides_is_written_out_wherever_it_is_shown_and_what_scripts_need_stays(shown):
    assert not HIDDEN.search(shown(EVERY))
    assert [shown(text) for text in SCRIPTS] == list(SCRIPTS)


def test_what_is_written_out_is_read_by_python_as_it_was():
    letters = "".join(HIDDEN.findall(EVERY))
    assert visible(letters).encode("ascii").decode("unicode_escape") == letters
