"""The law: every quote is, letter for letter, what stands in the file at its offsets.

The oracle below shares no code with the program: it reads the file's bytes itself, takes the front
matter off itself and slices.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.wire import answer_wire, citation_wire
from pullquote.upkeep.indexing import index_corpus

SENTENCES = (
    "Road tolls cut traffic jams in crowded cities.",
    "They also pay for better buses.",
    "It only leads to more traffic.",
    "However, the charge is small [1].",
    "“Nobody else should pay,” said the mayor.",
    "'[1]' is what the sign says.",
    "Cafe\u0301 owners — nai\u0308ve ones — paid US$10,000 (£7,500).",
    "The toll \U0001f6a6\U0001f697 rose \U0001f468\u200d\U0001f469\u200d\U0001f467 by 16.7 %!",
    "\u05d4\u05d0\u05d2\u05e8\u05d4 \u202btraffic\u202c \u05e2\u05dc\u05d4.",
    "Zero\u200bwidth tolls and soft\u00adhyphens work.",
    "\ufb01nance \u2126 \u00c5 A\u030a tolls.",
    "Dr. Finch of the U.S. said so.",
    "Is a toll fair?",
    "toll toll toll",
    "交通が減る。",
    "# A heading",
    "Of tolls this is said:",
    "- a list entry about tolls.",
    "Read more: tolls",
    "---",
)
GAPS = (
    " ",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\r\r",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0c",
    "\t",
    "\u00a0",
)
FRONTS = (
    "",
    "---\nauthor: Ann\n---\n",
    "---\r\nauthor: Ann\r\nnot_prose: ['toll toll toll']\r\n---\r\n\r\n",
    "---\rtitle: A toll\r...\r",
    "\ufeff---\nauthor: Ann \U0001f600\n---\n",
    "\ufeff",
    "\n",
)
QUESTIONS = (
    "Do road tolls cut traffic?",
    "Who said that nobody should pay [1]?",
    "What did Café owners pay?",
    "toll",
)

loose = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
bodies = st.lists(
    st.tuples(st.sampled_from(SENTENCES) | loose, st.sampled_from(GAPS)), min_size=1, max_size=12
).map(lambda pairs: "".join(words + gap for words, gap in pairs))
files = st.builds(
    lambda front, body: (front + body).encode("utf-8"), st.sampled_from(FRONTS), bodies
)


def stored_text(content: bytes) -> str:
    """The oracle: what stands in the file after its front matter."""
    text = content.decode("utf-8")
    lines = lines_of(text)
    if lines[0][0].removeprefix("\ufeff").rstrip(" \t") == "---" and lines[0][1]:
        after = len("".join(lines[0]))
        for line, end in lines[1:]:
            after += len(line + end)
            if line.rstrip(" \t") in ("---", "..."):
                return text[after:]
    return text


def lines_of(text: str) -> list[tuple[str, str]]:
    """Lines and their ends, where only CR, LF and CR LF end one."""
    lines, line, place = [], "", 0
    while place < len(text):
        end = (
            "\r\n"
            if text[place : place + 2] == "\r\n"
            else text[place]
            if text[place] in "\r\n"
            else ""
        )
        if end:
            lines.append((line, end))
            line = ""
        else:
            line += text[place]
        place += len(end) or 1
    return [*lines, (line, "")]


def assert_verbatim(quote: dict[str, Any], text: str) -> None:
    start, end = quote["start"], quote["end"]
    assert text[start:end] == quote["exact"] != ""
    units = text.encode("utf-16-le")
    assert (
        units[2 * quote["start_utf16"] : 2 * quote["end_utf16"]].decode("utf-16-le")
        == quote["exact"]
    )
    assert text[max(0, start - 32) : start] == quote["prefix"]
    assert text[end : end + 32] == quote["suffix"]
    led = quote["leans"] and quote["before"].rstrip("*_").endswith(
        ":"
    )  # it may stand before other items of the list
    assert (
        quote["before"] in text[:start] if led else text[:start].rstrip().endswith(quote["before"])
    )
    assert text[end:].lstrip().startswith(quote["after"])
    assert [voice["start"] for voice in quote["voices"]][:1] == [start]
    assert [voice["end"] for voice in quote["voices"]][-1:] == [end]


def quotes_of(explainer: Explainer, question: str) -> list[dict[str, Any]]:
    answer = answer_wire(explainer.ask(Query(question=question, max_quotes=10)))
    found = [citation_wire(citation) for citation in explainer.search(question, count=50)]
    for quote in answer["quotes"]:
        assert quote["exact"] in answer["text"]
    return [*answer["quotes"], *answer["nearest"], *found]


@pytest.fixture(scope="module")
def checked() -> Iterator[list[int]]:
    """A mark for each quote that was held against its file: the law was put to the test many times."""
    marks: list[int] = []
    yield marks
    assert len(marks) > 1_000


@settings(
    max_examples=120, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip
@given(files, files)
def test_every_quote_stands_word_for_word_in_the_file(
    checked: list[int], content: bytes, other: bytes
):
    folder = Path(tempfile.mkdtemp())
    try:
        given_settings = settings_below(folder)
        write_corpus(
            given_settings.corpus,
            {"a/page.md": content, "b/page.txt": other, "b/fixed.txt": "A toll is a fee."},
        )
        index_corpus(given_settings, HashEncoder())
        explainer = open_with_fake(given_settings)
        paths = {row.id: row.path for row in explainer.generation.rows}
        for question in QUESTIONS:
            for quote in quotes_of(explainer, question):
                path = given_settings.corpus / paths[quote["document_id"]]
                assert_verbatim(quote, stored_text(path.read_bytes()))
                checked.append(1)
    finally:
        shutil.rmtree(folder)
