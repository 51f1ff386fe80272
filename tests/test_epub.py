"""EPUB: chapters in the order of the spine, the package's facts, and no book that costs more than its limits."""

import io
import zipfile

import pytest

from pullquote_extract import ExtractionError, epub, extract

PACKAGE = """<?xml version="1.0"?><package><metadata xmlns:dc="x"><dc:title>Fees</dc:title><dc:creator>Ann Lee</dc:creator>
<dc:creator>Bo Ray</dc:creator><dc:date>2021-03-04T00:00:00Z</dc:date></metadata><manifest>
<item id="b" href="two%20b.xhtml"/><item id="a" href="one.xhtml"/><item id="n" href="nav.xhtml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="n" linear="no"/></spine></package>"""
PARTS = {
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>',
    "OPS/p.opf": PACKAGE,
    "OPS/one.xhtml": "<html><head><title/></head><body><h1>One</h1><p><a id='x'/>The fee rose.</p></body></html>",
    "OPS/two b.xhtml": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body><h1>Two</h1><p>&a; fell.</p></body></html>',
    "OPS/nav.xhtml": "<html><body><p>Not read.</p></body></html>",
}


def book(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (PARTS | parts).items():
            archive.writestr(name, part)
    return content.getvalue()


def test_a_book_is_read_in_its_spines_order_in_time_by_its_chapters_without_entities(monkeypatch):
    earned = []  # seconds of the processor
    monkeypatch.setattr(epub, "extend_cpu_limit", earned.append)
    found = extract("a.epub", book())
    assert found.text.startswith("# One\n\nThe fee rose.\n\n# Two\n\n")
    assert "&a; fell." in found.text
    assert "Not read" not in found.text
    assert (found.title, found.author, found.date) == ("Fees", "Ann Lee; Bo Ray", "2021-03-04")
    assert earned == [epub.SECONDS_A_CHAPTER, 2 * epub.SECONDS_A_CHAPTER]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (book(**{"OPS/one.xhtml": " " * (epub.MOST_BYTES + 1)}), "unpacks to more than 32 MB"),
        (book(**{"OPS/p.opf": PACKAGE.replace("<spine>", "<spine>" + '<itemref idref="a"/>' * 2_000)}), "than 2,000"),
        (book(**{"META-INF/container.xml": "<x/>"}), "damaged"),
        (book(**{"OPS/p.opf": PACKAGE.replace("one.xhtml", "../../../etc/passwd")}), "damaged"),
        (book()[:200], "damaged"),
        (b"", "damaged"),
    ],
)  # fmt: skip
def test_a_book_that_cannot_be_read_says_why(content, reason):
    with pytest.raises(ExtractionError, match=reason):
        extract("a.epub", content)
