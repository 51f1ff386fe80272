"""PDF, Word and OpenDocument files: the words in reading order as a person sees them, what was left out, and files that mean harm."""

import io
import json
import time
import zipfile
from pathlib import Path

import pytest
from conftest import EVAL_DATA
from fakes import CHECKOUT, HashEncoder, WordJudge, load_benchmark
from fastapi.testclient import TestClient
from growth import assert_in_proportion

from pullquote.answers.answer import Cache
from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api import facsimile
from pullquote.api.app import create_app
from pullquote.corpus.extractors import extract_file, picture_page
from pullquote.errors import DocumentError
from pullquote.index import open_index
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import place_query
from pullquote_extract import ExtractionError, extract

CASES = json.loads((CHECKOUT / "tests" / "cases" / "office.json").read_bytes())
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages, rotate=0):
    """A PDF of pages with these drawing commands; /F is a face of letters, /B the same in bold."""
    count = len(pages)
    kids = " ".join(f"{5 + 2 * n} 0 R" for n in range(count))
    held = [
        "<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]  # fmt: skip
    for n, page in enumerate(pages):
        held.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 500]/Rotate {rotate}/Contents {6 + 2 * n} 0 R"
            "/Resources<</Font<</F 3 0 R/B 4 0 R>>>>>>"
        )
        held.append(f"<</Length {len(page.encode('cp1252'))}>>stream\n{page}\nendstream")
    body, places = "%PDF-1.4\n", []
    for n, one in enumerate(held, 1):
        places.append(len(body.encode("cp1252")))
        body += f"{n} 0 obj{one}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body.encode("cp1252"))
    body += f"xref\n0 {len(held) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(held) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    return body.encode("cp1252")


def at(x, y, words, size=10, face="F", more=""):
    return f"q BT {more} /{face} {size} Tf {x} {y} Td ({words}) Tj ET Q\n"


def lines(x, y, *words, size=10):
    return "".join(at(x, y - 1.2 * size * n, line, size) for n, line in enumerate(words))


def docx(body, **parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        )
        for name, held in parts.items():
            archive.writestr(
                f"word/{name}.xml",
                held.replace("<w:", f'<w:{name} xmlns:w="{WORD}"><w:', 1) + f"</w:{name}>",
            )
    return file.getvalue()


FIRST = (
    at(180, 470, "Report on water 1")
    + lines(40, 440, "The board met in spring to hear", "what had been found by the com-", "mittee, and to say in public how")
    + lines(210, 440, "the river is to be shared among", "towns that lie below the dam. A", "second sentence goes on over")
)  # fmt: skip
SECOND = (
    at(180, 470, "Report on water 2")
    + lines(40, 440, "the end of the page. The committee", "of the well-known town said so.")
    + "0.5 w 40 80 m 90 80 l S\n" + at(40, 66, "1", 4) + at(44, 64, "A note at the foot of the page.", 7)
)  # fmt: skip


def test_sentences_go_over_lines_columns_and_pages_and_heads_stand_apart():
    found = extract("a.pdf", pdf(FIRST, SECOND))
    assert found.text == (
        "The board met in spring to hear what had been found by the committee, and to say in public how the river is to be "
        "shared among towns that lie below the dam. A second sentence goes on over the end of the page. The committee of the "
        "well-known town said so.\n\nA note at the foot of the page."
    )
    actual = [(found.text[place.start :][:7], place.page) for place in found.places]
    assert actual == [("The boa", 1), ("the end", 2)]
    assert "running heads and page numbers (2 pages)" in found.left_out


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_page_is_read_as_it_is_seen(rotate):
    turned = {0: "1 0 0 1 0 0", 90: "0 1 -1 0 400 0", 180: "-1 0 0 -1 400 500", 270: "0 -1 1 0 0 500"}[rotate]  # fmt: skip
    content = pdf(
        f"q {turned} cm "
        + lines(40, 300, "Words are read in order,", "as they stand on the page.")
        + "Q",
        rotate=rotate,
    )
    assert extract("a.pdf", content).text == "Words are read in order, as they stand on the page."


def test_what_is_not_seen_is_left_out_and_told():
    hidden = (
        at(40, 380, "invisible", more="3 Tr")
        + at(40, 360, "white", more="1 g")
        + at(40, 340, "tiny", 1)
    )
    ground = "0 0 0.5 rg 30 290 200 30 re f\n" + at(40, 300, "White on blue is seen.", more="1 g")
    found = extract(
        "a.pdf",
        pdf(at(40, 400, "Seen by all.") + hidden + at(500, 320, "beside the page") + ground),
    )
    assert found.text.replace("\n\n", " ") == "Seen by all. White on blue is seen."
    assert len(found.left_out) == 4


def test_words_keep_their_hyphens_where_a_document_divides_none():
    kept = pdf(
        lines(
            40,
            400,
            "Nobody had said how a cost-",
            "benefit study would be paid for,",
            "nor who was to read it then.",
        )
    )
    assert extract("a.pdf", kept).text.startswith("Nobody had said how a cost-benefit study would")


DIVIDED = (
    "The committee had been told in spring that the gov-",
    "ernment would hear from everybody on it.",
)


@pytest.mark.parametrize(
    ("word", "also"),
    [
        *((word, "") for word in (
            "low-income", "cost-benefit", "long-term", "self-defense", "twenty-five", "short-term", "tax-exempt",
            "evidence-based", "public-private", "two-thirds", "middle-class", "decision-making", "first-time",
        )),
        ("health-care", "health-care"),
        ("risk-averse", "Risk-averse"),
        ("over-the-counter", "over-the-counter"),
        ("healthcare", ""), ("enforcement", ""), ("harnessing", ""), ("intrastate", ""), ("undermining", ""),
        ("safeguards", ""), ("lowincome", "lowincome"),
    ],
)  # fmt: skip
def test_a_compound_keeps_its_hyphen_at_a_line_end_and_a_divided_word_loses_it(word, also):
    places = {"healthcare": 6, "enforcement": 7, "harnessing": 7, "intrastate": 5, "undermining": 5}
    cut = word.find("-") if "-" in word else places.get(word, 4 if word == "safeguards" else 3)
    end, start = word[:cut], word[cut:].removeprefix("-")
    page = lines(
        40,
        440,
        *DIVIDED,
        f"Nobody had asked what the many {end}-",
        f"{start} people said of {also} then.",
    )
    assert f" many {word} people said " in extract("a.pdf", pdf(page)).text


CAP = (
    ("he water board met in spring to say", "how the river is to be shared among"),
    "the towns that lie below it all.",
)
QUOTED = "“The board met in spring,” he said."


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (
            at(40, 404, "T", 34) + lines(64, 420, *CAP[0]) + at(40, 396, CAP[1]),
            f"T{' '.join(CAP[0])} {CAP[1]}",
        ),
        (
            at(40, 404, "A", 34) + lines(64, 420, CAP[0][0][3:], CAP[0][1]) + at(40, 396, CAP[1]),
            f"A {CAP[0][0][3:]} {CAP[0][1]} {CAP[1]}",
        ),
        (at(40, 440, QUOTED) + at(40.3, 440, "“") + at(150.8, 440, "”"), QUOTED),
        (at(40, 440, "“") + at(40.3, 440, QUOTED), QUOTED),
        (
            at(40, 440, "The fee went up") + at(109, 441.2, "3", 6) + at(117, 440, "here."),
            "The fee went up³ here.",
        ),
    ],
)
def test_print_is_read_as_it_is_seen(page, text):
    assert extract("a.pdf", pdf(page)).text == text


@pytest.mark.parametrize("size", [4, 5, 6, 7])
def test_the_figure_of_a_note_is_no_part_of_its_first_word(size):
    above = lines(
        40,
        440,
        "The board met in spring to hear of it.",
        "The fee went up here.",
        "Nobody had asked them then.",
    )
    note = at(40, 64, "3", size) + at(40.2 + 0.56 * size, 64, "A note at the foot.", 8)
    assert extract("a.pdf", pdf(above + note)).text.endswith("\n\nA note at the foot.")


def test_a_table_with_drawn_cells_is_read_row_by_row():
    grid = "".join(
        f"40 {y} m 240 {y} l S {x} 340 m {x} 400 l S\n"
        for y, x in ((340, 40), (370, 140), (400, 240))
    )
    words = (
        lines(44, 392, "A cell of", "two lines", size=8)
        + at(144, 388, "Other", 8)
        + at(44, 350, "Third", 8)
        + at(144, 350, "Last", 8)
    )
    actual = extract("a.pdf", pdf(grid + words)).text
    assert actual == "| A cell of two lines | Other |\n| Third | Last |"


def test_a_page_is_shown_with_a_passage_marked():
    content, whole = pdf(FIRST, SECOND), "A second sentence goes on over the end of the page."
    bare, *marked = (
        picture_page("a.pdf", content, page, words)
        for page, words in ((1, "none"), (1, whole), (2, whole))
    )
    assert all(one.startswith(b"\x89PNG") and one != bare for one in marked)
    with pytest.raises(DocumentError, match="has no page 3"):
        picture_page("a.pdf", content, 3, whole)


def test_the_reader_shows_the_page_that_a_quote_stands_on(settle, monkeypatch):
    settings = settle({"water/report.pdf": pdf(FIRST, SECOND)})
    index_corpus(settings, HashEncoder())
    explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
    document = explainer.document(explainer.generation.rows[0].id)
    start = document.text.index("The committee of")
    place = place_query(
        start, start + len("The committee of the well-known town said so."), document.sha256
    )
    with TestClient(create_app(explainer)) as client:
        page = client.get(f"/documents/{document.id}?{place}").text
        assert "Page 2 of the original" in page
        drawn = [client.get(f"/documents/{document.id}/page.png?{place}") for _ in range(2)]
        assert [one.status_code for one in drawn] == [200, 200]
        assert drawn[0].content == drawn[1].content
        assert drawn[0].headers["content-type"] == "image/png"
        assert (
            client.get(f"/documents/{document.id}/page.png?start=0&end=9&text={0:012}").status_code
            == 404
        )
        monkeypatch.setattr(facsimile, "_pictures", Cache(1, 1))
        (settings.corpus / "water" / "report.pdf").write_bytes(pdf(FIRST))
        assert client.get(f"/documents/{document.id}/page.png?{place}").status_code == 404


@pytest.mark.parametrize(("body", "parts", "text", "left_out"), CASES["docx"])
def test_a_word_file_reads_as_with_all_changes_accepted(body, parts, text, left_out):
    found = extract("a.docx", docx(body, **parts))
    assert (found.text, list(found.left_out)) == (text, left_out)


ODF = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name if name != "draw" else "drawing"}:1.0"'
    for name in ("office", "text", "table", "style", "draw", "meta")
)


def odt(body, styles="", **parts):
    file = io.BytesIO()
    automatic = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    content = f"{automatic}<office:body><office:text>{body}</office:text></office:body>"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in ({"content": content} | parts).items():
            archive.writestr(f"{name}.xml", f"<office:document{ODF}>{inside}</office:document>")
    return file.getvalue()


@pytest.mark.parametrize(("body", "styles", "text", "left_out"), CASES["odt"])
def test_an_opendocument_text_reads_as_with_all_changes_accepted(body, styles, text, left_out):
    found = extract("a.odt", odt(body, styles))
    assert (found.text, list(found.left_out)) == (text, left_out)


def test_a_level_that_is_no_number_to_speak_of_makes_no_heading():
    heading = f'<text:h text:outline-level="{"9" * 5_000}">Fees</text:h>'
    assert extract("a.odt", odt(heading)).text == "Fees\n"


def test_styles_that_build_on_each_other_cost_in_proportion_to_their_number():
    def prepare(size):
        chain = (
            f'<style:style style:name="s{n}" style:parent-style-name="s{n + 1}"/>'
            for n in range(size)
        )
        uses = (f'<text:p text:style-name="s{n}">a</text:p>' for n in range(size))
        content = odt("".join(uses), "".join(chain))
        return lambda: extract("a.odt", content)

    assert_in_proportion(prepare, 8_000)


def test_an_opendocument_text_tells_its_title_and_author_but_no_date():
    core = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    meta = f"<dc:title {core}>Water fees</dc:title><meta:initial-creator>Ann Lee</meta:initial-creator>"
    body = "<text:p>Water fees, by Ann Lee.</text:p>"
    found = extract("a.odt", odt(body, meta=meta + f"<dc:date {core}>2026-12-02</dc:date>"))
    assert (found.title, found.author, found.date) == ("Water fees", "Ann Lee", None)


def test_the_day_on_which_a_file_was_made_is_no_date_of_publication():
    printed = (CHECKOUT / "benchmarks/documents/pdf/own-water-rates-print.pdf").read_bytes()
    assert b"CreationDate" in printed
    made = io.BytesIO(docx("<w:p><w:r><w:t>The fee went up.</w:t></w:r></w:p>"))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(
            "docProps/core.xml",
            '<c xmlns:t="http://purl.org/dc/terms/"><t:created>2026-12-02T10:00:00Z</t:created></c>',
        )
    assert extract("a.pdf", printed).date is None
    assert extract("a.docx", made.getvalue()).date is None


@pytest.mark.parametrize("encoding", ["Shift_JIS", "EUC-JP", "GB18030", "x-nobody-knows"])
@pytest.mark.parametrize("part", ["word/document.xml", "content.xml"])
def test_an_office_file_in_an_encoding_that_is_not_read_names_it_and_what_to_do(part, encoding):
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr(part, f'<?xml version="1.0" encoding="{encoding}"?><a>Fees</a>')
    with pytest.raises(ExtractionError, match=rf"encoding .*\({encoding}\); save it as UTF-8"):
        extract("a.odt" if part == "content.xml" else "a.docx", file.getvalue())


LOCKED_PART = '<m:encryption-data xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
LOCKED = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/Root" % (
    b"0" * 64,
    b"1" * 64,
)


def test_files_that_mean_harm_cost_a_line_each():
    bomb, began = docx("<w:p>" + " " * 40_000_000 + "</w:p>"), time.monotonic()
    entity = io.BytesIO()
    with zipfile.ZipFile(entity, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    deep = docx("<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000)
    image = "q 400 0 0 500 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x30 EI Q"
    for name, content, reason in (
        ("a.docx", bomb, "unpacks to more than"),
        ("a.docx", entity.getvalue(), "declares XML entities"),
        ("a.docx", deep, "nested too deeply|breaks what reads"),
        ("a.docx", docx("<w:p>")[:200], "damaged Word file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older Word file or has a password"),
        ("a.odt", odt("<text:p>" + " " * 40_000_000 + "</text:p>"), "unpacks to more than"),
        ("a.odt", odt("<text:section>" * 20_000 + "</text:section>" * 20_000), "nested too deeply|breaks what"),
        ("a.odt", odt("<text:p>"), "damaged OpenDocument text"),
        ("a.odt", odt("", **{"META-INF/manifest": LOCKED_PART}), "OpenDocument text with a password"),
        ("a.odt", docx("<w:p/>"), "no OpenDocument text"),
        ("a.pdf", b"%PDF-1.7\n" + b"\0" * 1_000, "damaged PDF"),
        ("a.pdf", pdf(FIRST).replace(b"/Root", LOCKED), "is a PDF with a password; save it without one"),
        ("a.pdf", pdf(image), "scan without text; run `ocrmypdf`"),
        ("a.pdf", pdf(""), "PDF without text"),
    ):  # fmt: skip
        with pytest.raises(DocumentError, match=reason):
            extract_file(name, content)
    assert time.monotonic() - began < 120  # of a busy machine


@pytest.mark.slow
@pytest.mark.skipif(EVAL_DATA is None, reason="PULLQUOTE_EVAL_DATA names no folder with documents/")
@pytest.mark.parametrize(("kind", "least"), [("pdf", 0.97), ("docx", 0.99)])
def test_real_office_files_give_their_sentences_letter_for_letter(kind, least):
    benchmark, folder = load_benchmark("extraction"), Path(EVAL_DATA or ".") / "documents"
    files = [path for path in sorted((folder / kind).iterdir()) if "scan" not in path.stem]
    scores = [benchmark.score(folder, path, benchmark.ours, tell=True) for path in files]
    whole = sum(scores[1:], scores[0])
    assert whole.right >= least * whole.of > 0
    assert (whole.present, whole.failed) == (0, 0)
