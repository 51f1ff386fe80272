"""Many generated documents, many questions: each quote is what an oracle of its own reads in the file's bytes."""

import random

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus

from pullquote.answers.query import Query
from pullquote.api.wire import answer_wire, citation_wire
from pullquote.upkeep.indexing import index_corpus

QUESTIONS = 5
WORDS = """toll tax road bus rider city mayor price traffic jam policy vote budget cost fee court law border cartel
police school health climate carbon energy housing rent wage trade tariff farm water""".split()
ODD = (
    "Cafe\u0301", "nai\u0308ve", "\ufb01nance", "\u212b", "\u2126", "soft\u00adhyphen", "zero\u200bwidth", "\u202eright\u202c",
    "\u2066iso\u2069", "\u05e9\u05dc\u05d5\u05dd", "\U0001f6b2", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U000e0041tag", "\ufeffmid",
    "交通", "İstanbul", "ß", "e\u0301\u0327\u0323", "\u200fmark", "U.S.", "Dr.", "16.7 %", "£10,000", "“said”", "[1]", "<b>",
    "{{7*7}}", "=1+1", "\x1b[2J", "&amp;", "\\u0041", "%s", "a\tb", "\x07bell", "\uffff",
)  # fmt: skip
ENDS = (
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0c",
    "\x0b",
    " ",
    "  ",
    "\t",
)
FRONTS = (
    "",
    "\ufeff",
    "---\nauthor: Ann \U0001f600\n---\n",
    "---\r\ndate: 2020\r\n...\r\n",
    "\ufeff---\rside: for\r---\r",
)


def document(rng):
    """A file of odd text, as its bytes."""
    sentences = []
    for _ in range(rng.randrange(2, 9)):
        words = [
            rng.choice(ODD if rng.random() < 0.2 else WORDS) for _ in range(rng.randrange(3, 14))
        ]
        sentences.append(" ".join(words).capitalize() + rng.choice(".?!") + rng.choice(ENDS))
    return (rng.choice(FRONTS) + "".join(sentences)).encode("utf-8")


def text_of(content):
    """The oracle: the file's text after its front matter, told from the bytes alone."""
    head = content.removeprefix(b"\xef\xbb\xbf")
    if head[:3] != b"---" or head[3:4] not in (b"\r", b"\n"):
        return str(content, "utf-8")
    place = len(content) - len(head) + 3
    while True:
        place += 2 if content[place : place + 2] == b"\r\n" else 1
        if content[place : place + 3] in (b"---", b"..."):
            place += 3
            end = 2 if content[place : place + 2] == b"\r\n" else len(content[place : place + 1])
            return str(content[place + end :], "utf-8")
        while content[place : place + 1] not in (b"\r", b"\n"):
            place += 1


def asked(rng, content):
    """A question in a document's own words, or in words of no document."""
    words = [word for word in text_of(content).split() if word.isalpha()]
    return "What of " + " ".join(rng.sample(words, min(4, len(words))) or ["nothing"]) + "?"


def assert_verbatim(quote, text):
    units = text.encode("utf-16-le")
    assert text[quote["start"] : quote["end"]] == quote["exact"] != ""
    actual = units[2 * quote["start_utf16"] : 2 * quote["end_utf16"]].decode("utf-16-le")
    assert actual == quote["exact"]
    assert text[: quote["start"]].endswith(quote["prefix"])
    assert text[quote["end"] :].startswith(quote["suffix"])


@pytest.mark.parametrize(
    "count",
    [pytest.param(40, marks=pytest.mark.slow), pytest.param(1_000, marks=pytest.mark.torture)],
)
def test_every_quote_of_generated_documents_is_verbatim(tmp_path, count, tell):
    rng = random.Random(6)
    files = {f"d{number % 7}/page-{number}.txt": document(rng) for number in range(count)}
    settings = settings_below(tmp_path)
    write_corpus(settings.corpus, files)
    assert not index_corpus(settings, HashEncoder()).skipped
    explainer = open_with_fake(settings)
    texts = {
        row.id: text_of((settings.corpus / row.path).read_bytes())
        for row in explainer.generation.rows
    }
    quotes = 0
    for content in files.values():
        for _ in range(QUESTIONS):
            answer = answer_wire(explainer.ask(Query(question=asked(rng, content), max_quotes=10)))
            for quote in [*answer["quotes"], *answer["nearest"]]:
                assert_verbatim(quote, texts[quote["document_id"]])
                quotes += 1
            assert all(quote["exact"] in answer["text"] for quote in answer["quotes"])
    for row in explainer.generation.rows:
        assert explainer.document(row.id).text == texts[row.id]
    for citation in explainer.search("toll traffic city", count=50):
        assert_verbatim(citation_wire(citation), texts[citation.quote.document.id])
    tell(f"F6: {count} documents x {QUESTIONS} questions, {quotes} quotes, all verbatim")
    assert quotes > 2 * count


def test_the_oracle_catches_one_altered_letter():
    quote = dict(start=0, end=3, start_utf16=0, end_utf16=3, exact="a\rb", prefix="", suffix="")
    assert_verbatim(quote, text_of(b"---\r\nauthor: Ann\r\n---\r\na\rb"))
    with pytest.raises(AssertionError):
        assert_verbatim({**quote, "exact": "a\nb"}, text_of(b"a\rb"))
