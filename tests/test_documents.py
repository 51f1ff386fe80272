"""Documents: read byte for byte, named when they cannot be read, known by stable ids."""

import hashlib
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake, write_corpus
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.answers.query import Query
from pullquote.corpus.corpus import (
    Corpus,
    CorpusFile,
    Ids,
    corpus_hashes,
    corpus_paths,
    load_corpus,
    parse_document,
    read_file,
)
from pullquote.corpus.documents import Document
from pullquote.corpus.files import looks_like_html, refusal
from pullquote.corpus.frontmatter import split_front_matter
from pullquote.errors import CorpusError, DocumentError
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus


def parsed(content: str | bytes, path: str = "debate/page.txt") -> Document:
    content = content if isinstance(content, bytes) else content.encode("utf-8")
    return parse_document(CorpusFile("debate", path, content), document_id="page")


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nb\r\n",
        "a\rb",
        "a\u2028b\u2029c\x85d\x0ce",
        "\ufeffHello.",
        "e\u0301 \u00e9 \ufb01",
        "\u202eright\u202c",
        "\U0001f600",
    ],
)
def test_the_text_is_the_decoded_file_letter_for_letter(text: str):
    assert parsed(text).text == text
    assert parsed(text).sha256 == hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("closing", ["---", "..."])
def test_front_matter_ends_where_the_text_starts(end: str, mark: str, closing: str):
    document = parsed(f"{mark}---{end}author: Ann{end}{closing}{end}{end}Words.{end}")
    assert document.source.author == "Ann"
    assert document.text == f"{end}Words.{end}"


@pytest.mark.parametrize(
    "text",
    ["--- not a fence\nWords.", "----\nWords.", "---\nnever closed", " ---\na: b\n---\n", "Words.\n---\na: b\n---\n"],
)
def test_what_is_no_block_between_fences_is_text(text: str):
    assert parsed(text).text == text


def test_every_fact_of_the_front_matter_is_kept_as_it_is_written():
    document = parsed(
        "---\ntitle: 'On: tolls'\nauthor: Ann\npublisher: Press\ndate: 2025-10\nurl: https://a.example/1\n"
        "licence: CC BY\nlanguage: en\nside: for\nheadings: [One, ' Two ']\nnot_prose:\n  - Read more\n---\nWords."
    )
    source = document.source
    assert (source.title, source.author, source.publisher) == ("On: tolls", "Ann", "Press")
    assert (source.date, source.url, source.licence) == ("2025-10", "https://a.example/1", "CC BY")
    assert (document.language, document.side) == ("en", "for")
    assert (document.headings, document.not_prose) == (("One", " Two "), ("Read more",))


@pytest.mark.parametrize("block", ["title: |\n  One line", "title: >-\n  One\n  line", "title: One\n  line"])
def test_a_line_may_be_written_in_any_way_that_yaml_has(block: str):
    assert parsed(f"---\n{block}\n---\nWords.").source.title == "One line"


@pytest.mark.parametrize("date", ["2024", "2024-02", "2024-02-29", "0001-01-01", "9999-12-31"])
def test_a_date_may_be_any_of_the_calendar(date: str):
    assert parsed(f"---\ndate: {date}\n---\nWords.").source.date == date


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        ("---\ntitle: Tolls\nauthor: Ann\n\nWords.", 1), ("\ufeff---\r\ntitle:\r\nWords.", 1),
        ("---\ntitle: Tolls\n---\nWords.", 0), ("---\n\nWords: a rule, then prose.", 0), ("---\nWords.", 0),
        ("---\nhttps://tolls.example", 0),
    ],
)  # fmt: skip
def test_a_front_matter_that_nothing_closes_is_remarked_on(settle: Settle, text: str, remarks: int):
    found = load_corpus(settle({"d/a.md": text})).remarks
    assert ["no second `---` closes" in remark.reason for remark in found] == [True] * remarks


@pytest.mark.parametrize(
    "text",
    ["\n---\nauthor: Ann\n---\nWords.", " ---\nauthor: Ann\n---\nWords.", "\ufeff\r\n---\r\nAuthor: Ann\r\n", "—\ntitle: Tolls\n—\nWords.",
     "----\ntitle: Tolls\n----\nWords.", "title: Tolls\nauthor: Ann\n\nWords.", "+++\ntitle = 'Tolls'\n+++\nWords."],
)  # fmt: skip
def test_front_matter_that_is_not_read_is_remarked_on(settle: Settle, text: str):
    [remark] = load_corpus(settle({"d/a.md": text})).remarks
    assert "opens with what looks like front matter and is read as text: its first line must be `---`" in remark.reason


@pytest.mark.parametrize(
    "text",
    ["---\nauthor: Ann\n---\ntitle: Words.", "Words.\n\ntitle: Tolls", "Titles: two.", "— Tolls work.", "Our side: it pays."],
)  # fmt: skip
def test_a_text_that_only_holds_a_key_is_not_remarked_on(settle: Settle, text: str):
    assert load_corpus(settle({"d/a.md": text})).remarks == ()


@pytest.mark.parametrize(
    ("line", "lost"),
    [("title: Plan #3 explained", "#3"), ("title: 'Plan #3'", None), ("date: 2024 # when it came out", None), ("title: C#", None)],
)  # fmt: skip
def test_a_value_that_yaml_ends_at_a_number_sign_is_remarked_on(settle: Settle, line: str, lost: str | None):
    remarks = load_corpus(settle({"d/a.md": f"---\n{line}\n---\nWords."})).remarks
    told = f"has a title that YAML ends before {lost}, which makes the rest a comment; put the value in quotation marks"
    assert [remark.reason for remark in remarks] == ([told] if lost else [])


@pytest.mark.parametrize(("before", "size", "after"), [("", 400_000, "x"), ("---\ntitle:", 60_000, "x\n---\nWords.")])
def test_white_space_without_end_is_soon_looked_through(settle: Settle, before: str, size: int, after: str):
    def prepare(size: int) -> Callable[[], object]:
        settings = settle({"d/a.md": f"{before}{' ' * size}{after}"})
        assert load_corpus(settings).remarks == ()
        return partial(load_corpus, settings)

    assert_in_proportion(prepare, size)


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("[Ann Lee]", "Ann Lee"),
        ("[Ann Lee, Bo Chen]", "Ann Lee and Bo Chen"),
        ("\n- Ann Lee\n- Bo Chen\n- Cy Ray", "Ann Lee, Bo Chen and Cy Ray"),
        ('["Lee, Ann", Hosken & Sons]', "Lee, Ann; Hosken & Sons"),
        ("[]", None),
    ],
)
def test_several_authors_may_be_a_list(written: str, author: str | None):
    assert parsed(f"---\nauthor: {written}\n---\nWords.").source.author == author


@pytest.mark.parametrize(
    ("written", "tag"),
    [("English", "en"), ("french", "fr"), ("en-GB", "en-GB"), ("en_GB", "en-GB"), ("tlh", "tlh")],
)
def test_a_language_is_a_code_or_an_english_name_that_has_one(written: str, tag: str):
    assert parsed(f"---\nlanguage: {written}\n---\nWords.").language == tag


@pytest.mark.parametrize("side", ["for", "against", "neutral", "pro", "con", "For", "CON"])
def test_a_side_may_stand_without_a_proposition(side: str):
    document = parsed(f"---\nside: {side}\n---\nWords.")
    assert (document.side, document.positions) == (side, ())


def test_without_front_matter_the_author_is_unknown_and_the_title_comes_from_the_file_name():
    document = parsed("Words.", "debate/border-war_2009.txt")
    assert (document.source.title, document.source.author) == ("border war 2009", None)


def test_a_title_set_to_null_is_not_invented():
    document = parsed("---\ntitle: null\n---\nWords.", "debate/border-war.txt")
    assert document.source.title is None
    assert document.name == "border war"


@pytest.mark.parametrize("block", ["", "\n", "# only a comment\n"])
def test_an_empty_front_matter_says_nothing(block: str):
    assert parsed(f"---\n{block}---\nWords.").text == "Words."


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("autor: Ann", "has no key autor; the keys are author,"),
        ("author: [Ann", "is not YAML"),
        (
            "author: a: b",
            "is not YAML (line 2 of the file): put the value in quotation marks, since it holds a colon",
        ),
        ("author:\tAnn", "is not YAML (line 2 of the file): use a space after the colon, not a tab"),
        ("author: @ann", "put the value in quotation marks (found character '@'"),
        ('title: "Tolls" and jams', "put the value in quotation marks (expected <block end>"),
        ("author: *Ann*", "put the value in quotation marks (expected alphabetic"),
        ("language: Klingon", "language 'Klingon' must be a code, such as en, fr or pt-BR"),
        ("language: English and French", "must be a code"),
        ("just words", "must be `key: value` lines"),
        ("- a\n- b", "must be `key: value` lines"),
        ("author: [Ann, [Ben]]", "author must be one line of text"),
        ("title: {a: b}", "title must be one line of text"),
        ("headings: One", "headings must be a list"),
        ("headings: [[One]]", "headings must be a list"),
        ("date: October 2025", "date 'October 2025' must be YYYY"),
        ("side: agianst", "agianst is no side of a proposition; the sides are for, against, neutral, pro, con"),
        ("side: yes", "yes is no side of a proposition"),
        ("proposition: Tolls work.\nside: maybe", "maybe is no side of a proposition"),
        ("sides: {Tolls work.: maybe, Tolls pay.: so}", "maybe, so are no sides of a proposition"),
        ("author: Ann Lee\nauthor: Bob Kay", "author stands twice (line 3 of the file)"),
        ("{title: One, title: Two}", "title stands twice"),
        ("sides:\n  Tolls work.: for\n  Tolls work.: against", "Tolls work. stands twice (line 4 of the file)"),
        ("author: |\n  Ann Lee\n  Bob Kay", "author must be one line of text"),
        ('title: "One\\nTwo"', "title must be one line of text"),
        ('title: "One\\u2028Two"', "title must be one line of text"),
        ('sides: {"Tolls\\nwork.": for}', "a proposition must be one line of text"),
        ("date: 2024-02-31", "date '2024-02-31' must be YYYY, YYYY-MM or YYYY-MM-DD, and in the calendar"),
        ("date: 2023-02-29", "in the calendar"),
        ("date: '0000'", "in the calendar"),
        ("date: ٢٠٢٤", "must be YYYY"),
        ("date: 2025-13", "must be YYYY"),
        ("date: 2025-1", "must be YYYY"),
        ("date: 2025-02-32", "must be YYYY"),
        ("url: javascript:alert(1)", "url must start with https"),
        ("url: ftp://a.example", "url must start with https"),
        ("? [a, b]\n: c", "is not YAML"),
        ("a: &x [1]\nb: *y", "is not YAML"),
        ("author: " + "[" * 20_000, "front matter"),
        ("title: !!python/object/apply:os.system ['true']", "title must be one line of text"),
    ],
)
def test_a_mistake_in_the_front_matter_names_what_is_wrong(block: str, reason: str):
    with pytest.raises(DocumentError, match=re.escape(reason)):
        parsed(f"---\n{block}\n---\nWords.")


@pytest.mark.parametrize(
    ("block", "meant"),
    [
        ("Title: One", "url; did you mean title?"),
        ("AUTHOR: Ann\nPublisher: Paper", "url; did you mean author, publisher?"),
        ("license: CC0\nnot-prose: [a]", "url; did you mean licence, not_prose?"),
        ("weather: fine", None),
        ("title" * 150 + ": long", None),
    ],
)
def test_a_key_that_there_is_not_is_told_with_the_nearest_one_that_there_is(block: str, meant: str | None):
    with pytest.raises(DocumentError, match="has no key") as caught:
        parsed(f"---\n{block}\n---\nWords.")
    assert str(caught.value).endswith(meant or "title, url")


def test_thousands_of_keys_that_there_are_not_are_told_at_once():
    def refused(count: int) -> Callable[[], object]:
        def work() -> None:
            with pytest.raises(DocumentError, match="has no key"):
                split_front_matter(text)

        text = "---\n" + "".join(f"titl{number}: a\n" for number in range(count)) + "---\nWords."
        return work

    assert_in_proportion(refused, 4_000)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_front_matter_takes_a_prefix_and_nothing_else(body: str):
    text = f"---\nauthor: Ann\n---\n{body}"
    facts, start = split_front_matter(text)
    assert (facts, text[start:]) == ({"author": "Ann"}, body)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"caf\xe9", "is not UTF-8 (byte 3); convert it"),
        (b"caf\xe9", "`iconv -f WINDOWS-1252 -t UTF-8`"),
        ("Words.".encode("utf-16"), "is not UTF-8 (byte 0); convert it, for example with `iconv -f UTF-16 -t UTF-8`"),
        (b"\xfe\xff" + "Words.".encode("utf-16-be"), "`iconv -f UTF-16 -t UTF-8`"),
        ("Words.".encode("utf-16-le"), "contains NUL characters"),
        (b"\xed\xa0\x80", "is not UTF-8"),
        (b"a\0b", "contains NUL characters"),
        (b"", "holds no text"),
        (b" \r\n\t", "holds no text"),
        (b"\xef\xbb\xbf\n", "holds no text"),
        (b"---\nauthor: Ann\n---\n\n", "holds no text"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_the_reason(content: bytes, reason: str):
    with pytest.raises(DocumentError, match=re.escape(reason)):
        parsed(content)


PAGE = "is a web page (HTML); save its text"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!doctype html>\n<p>Words.</p>", PAGE),
        ("\ufeff\r\n <!DOCTYPE  HTML PUBLIC>", PAGE),
        ("<html lang='en'>Words.", PAGE),
        ('<?xml version="1.0"?>\n<!-- saved -->\n<!DOCTYPE html>', PAGE),
        ("---\ntitle: One\n---\n<html>\n<p>Words.", PAGE),
        (
            '<?xml version="1.0"?>\n<speech by="lee"><p>Words.</p></speech>',
            "is an XML file; save the text that it holds",
        ),
        ("%PDF-1.4\nstream", "is a PDF file; save its text"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "is a PDF file; save its text"),
        ("{\\rtf1\\ansi Words.}", "is an RTF file; save it as plain text"),
        (b"PK\x03\x04\x14\0\0", "is a ZIP or an office file; save it as plain text"),
    ],
)
def test_the_code_of_another_format_is_no_text_and_what_to_do_is_said(content: str | bytes, reason: str):
    with pytest.raises(DocumentError, match=re.escape(reason)):
        parsed(content)


@pytest.mark.parametrize(
    "text",
    [
        "<html5 is a name.", "A page opens with <!doctype html>.", "50%PDF-1", "{\\r}", "<!doctype book>",
        "<!-- a note --> Words.", "<b>Words</b> come first.", "<HTML> is what the clerk wrote.",
    ],
)  # fmt: skip
def test_a_text_that_only_speaks_of_another_format_is_read(text: str):
    assert parsed(text).text == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<div class='a'>\n<p>Mills stand\nempty.</p>\n</div>", True),
        ("<p>Mills stand empty.<br/>They could be homes.</p>", True),
        ("<P>Mills</P>\r<P>Quays</P>\r", True),
        ("Mills stand <b>empty</b>.\n\nThey could be homes.\n\nSo could quays.\n\nH<sub>2</sub>O.\n\nEnd.\n\nEnd.\n\nEnd.", False),
        ("<ann> We pay.\n<bob> We do not.\n<ann> You should.", False),
        ("See <https://a.example>.\n<applause>\n1 < 2 and 3 > 2.", False),
    ],
)  # fmt: skip
def test_a_text_of_which_many_lines_hold_tags_is_read_and_remarked_on(settle: Settle, text: str, told: bool):
    corpus = load_corpus(settle({"d/a.md": text}))
    assert [document.text for document in corpus.documents] == [text]
    assert [remark.reason.startswith("looks like HTML") for remark in corpus.remarks] == [True] * told


@pytest.mark.parametrize("part", ["<a ", "<", "<p", "</b/", "<!-- ", "<?xml ", "<!doctype ", "\n<a", "<p" + " " * 400])
def test_what_format_a_text_has_is_told_in_time_that_grows_with_its_length(part: str):
    def told(size: int) -> Callable[[], object]:
        text = part * (size // len(part))
        return lambda: (refusal(text), looks_like_html(text))

    assert_in_proportion(told, 200_000)


def test_one_bad_file_is_named_and_the_rest_is_read(settle: Settle):
    corpus = load_corpus(settle({"d/bad.txt": b"\xff\xfe", "d/good.txt": "Words.", "d/empty.md": ""}))
    assert [document.path for document in corpus.documents] == ["d/good.txt"]
    assert [(skipped.path, skipped.reason.split(";")[0]) for skipped in corpus.skipped] == [
        ("d/bad.txt", "is not UTF-8 (byte 0)"),
        ("d/empty.md", "holds no text"),
    ]
    assert corpus.hashes["d/bad.txt"] == hashlib.sha256(b"\xff\xfe").hexdigest()


def test_a_folder_is_a_debate_and_a_loose_file_is_of_the_default_one(settle: Settle):
    corpus = load_corpus(
        settle({"loose.txt": "A.", "one/a.md": "B.", "one/deep/er/b.markdown": "C.", "two/c.TXT": "D."})
    )
    assert {document.path: document.debate for document in corpus.documents} == {
        "loose.txt": "default",
        "one/a.md": "one",
        "one/deep/er/b.markdown": "one",
        "two/c.TXT": "two",
    }


@pytest.mark.parametrize(
    "name", ["README.md", "readme.txt", "ReadMe.markdown", ".hidden.txt", ".git/a.txt", "a.pdf", "txt"]
)
def test_what_is_no_document_is_left_out(settle: Settle, name: str):
    assert corpus_paths(settle({f"debate/{name}": "No.", "debate/a.txt": "Yes."})) == ["debate/a.txt"]


def test_a_file_whose_name_only_starts_with_readme_is_a_document(settle: Settle):
    assert corpus_paths(settle({"d/readme-first.txt": "Words."})) == ["d/readme-first.txt"]


def test_files_that_are_no_documents_are_told(settle: Settle):
    settings = settle({"d/a.txt": "Words.", "README.md": "No.", "d/.hidden": "No.", "d/b.docx": "No."})
    [remark] = load_corpus(settings).remarks
    assert remark.path == str(settings.corpus)
    assert remark.reason == "holds 1 file that is not Markdown or plain text (.md, .markdown, .txt): d/b.docx"
    write_corpus(settings.corpus, {f"d/{name}.pdf": "No." for name in "cdefgh"})
    [remark] = load_corpus(settings).remarks
    assert remark.reason.endswith(": d/b.docx, d/c.pdf, d/d.pdf, d/e.pdf, d/f.pdf and 2 more")


def test_a_corpus_without_documents_names_what_it_holds(settle: Settle):
    with pytest.raises(CorpusError, match=r"not Markdown or plain text, or a README: d/a\.docx, d/readme\.txt"):
        load_corpus(settle({"d/a.docx": "No.", "d/readme.txt": "No."}))


def test_a_missing_corpus_folder_says_what_to_do(tmp_path: Path):
    with pytest.raises(CorpusError, match=r"there is no corpus folder .*create it .*PULLQUOTE_CORPUS"):
        load_corpus(Settings(corpus=tmp_path / "none"))


def test_a_corpus_that_is_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match="there is no corpus folder"):
        load_corpus(Settings(corpus=tmp_path / "file"))


def test_a_corpus_without_documents_says_what_to_do(tmp_path: Path):
    with pytest.raises(CorpusError, match="put Markdown or plain-text files into"):
        load_corpus(Settings(corpus=tmp_path))


def test_a_corpus_of_unreadable_files_only_names_them(settle: Settle):
    with pytest.raises(CorpusError, match=r"debate/a\.txt: holds no text"):
        load_corpus(settle({"debate/a.txt": ""}))


def test_a_corpus_over_the_limit_is_refused(settle: Settle):
    files = {f"debate/{name}.txt": "Words." for name in "abc"}
    assert len(load_corpus(settle(files, max_documents=3)).documents) == 3
    with pytest.raises(CorpusError, match="more than PULLQUOTE_MAX_DOCUMENTS=2"):
        load_corpus(settle(files, max_documents=2))


def test_a_file_over_the_limit_is_skipped_and_one_at_the_limit_is_read(settle: Settle):
    corpus = load_corpus(settle({"d/at.txt": "a" * 1_024, "d/over.txt": "a" * 1_025}, max_document_bytes=1_024))
    assert [document.id for document in corpus.documents] == ["at"]
    assert "is larger than PULLQUOTE_MAX_DOCUMENT_BYTES=1024" in corpus.skipped[0].reason


def test_a_link_is_not_followed(settle: Settle, tmp_path: Path):
    settings = settle({"debate/a.txt": "Words."})
    (tmp_path / "secret.txt").write_text("Secret.")
    (settings.corpus / "debate" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (settings.corpus / "debate" / "loop").symlink_to(settings.corpus)
    corpus = load_corpus(settings)
    assert [document.path for document in corpus.documents] == ["debate/a.txt"]
    said = "is a symbolic link; links are not followed; copy here what it leads to"
    assert [(file.path, file.reason) for file in corpus.skipped] == [("debate/link.txt", said), ("debate/loop", said)]


def test_a_named_pipe_does_not_hang_the_build(settle: Settle):
    settings = settle({"debate/a.txt": "Words."})
    os.mkfifo(settings.corpus / "debate" / "pipe.txt")
    assert [(file.path, file.reason) for file in load_corpus(settings).skipped] == [
        ("debate/pipe.txt", "is not a regular file")
    ]


def test_a_file_name_that_is_not_utf8_is_named_readably_and_skipped(settle: Settle):
    settings = settle({"debate/a.txt": "Words."})
    Path(os.fsdecode(os.fsencode(settings.corpus / "debate") + b"/\xff.txt")).write_text("Words.")
    [skipped] = load_corpus(settings).skipped
    assert skipped.path == "debate/\\udcff.txt"
    assert skipped.path in corpus_hashes(settings)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_or_folder_without_permission_is_named(settle: Settle):
    settings = settle({"debate/a.txt": "Words.", "debate/b.txt": "Words.", "other/c.txt": "Words."})
    (settings.corpus / "debate" / "b.txt").chmod(0)
    assert "cannot be opened (Permission denied)" in load_corpus(settings).skipped[0].reason
    (settings.corpus / "other").chmod(0)
    try:
        with pytest.raises(CorpusError, match="other"):
            load_corpus(settings)
    finally:
        (settings.corpus / "other").chmod(0o755)


def test_a_file_that_vanished_is_a_document_error(tmp_path: Path):
    with pytest.raises(DocumentError, match="No such file"):
        read_file(tmp_path, "gone.txt", limit=10)


def test_the_same_file_name_in_two_debates_gives_two_ids(settle: Settle):
    ids = [document.id for document in load_corpus(settle({"one/a.txt": "A.", "two/a.txt": "B."})).documents]
    assert ids[0] == "a"
    assert re.fullmatch(r"a-[0-9a-f]{8}", ids[1])


@pytest.mark.parametrize("name", ["A b_C", "été", "日本", "x" * 200, "---", "a..b", "\N{BICYCLE}", "a\nb"])
def test_every_id_is_of_the_plain_alphabet_and_short(settle: Settle, name: str):
    document = load_corpus(settle({f"debate/{name}.txt": "Words."})).documents[0]
    assert re.fullmatch(r"[a-z0-9-]{1,80}", document.id)


@given(st.lists(st.text("aAéß日-_. ", min_size=1, max_size=5), min_size=1, max_size=8))
def test_ids_never_meet(names: list[str]):
    paths = sorted({f"{place % 2}/{name}.txt" for place, name in enumerate(names)})
    ids = Ids({})
    assert len({ids.give(path) for path in paths}) == len(paths)


def test_an_id_stays_when_the_text_changes_and_when_files_come_and_go(settle: Settle):
    settings = settle({"two/a.txt": "A."})
    known = {document.path: document.id for document in load_corpus(settings).documents}
    write_corpus(settings.corpus, {"one/a.txt": "New.", "two/a.txt": "Changed."})
    ids = {document.path: document.id for document in load_corpus(settings, known).documents}
    assert ids["two/a.txt"] == known["two/a.txt"] == "a"
    assert ids["one/a.txt"] != "a"


def ids_of(settings: Settings, before: Corpus | None = None) -> dict[str, str]:
    known = {document.path: document.id for document in before.documents} if before else {}
    found = load_corpus(settings, known, known_hashes=before.hashes if before else None)
    return {document.path: document.id for document in found.documents}


def test_an_id_stays_when_a_debate_or_a_file_is_renamed_or_moved(settle: Settle):
    settings = settle({"one/a.txt": "A.", "one/b.txt": "B.", "two/a.txt": "C."})
    before = load_corpus(settings)
    known = ids_of(settings)
    (settings.corpus / "one").rename(settings.corpus / "three")
    (settings.corpus / "two" / "a.txt").rename(settings.corpus / "two" / "z.txt")
    moved = {"three/a.txt": known["one/a.txt"], "three/b.txt": known["one/b.txt"], "two/z.txt": known["two/a.txt"]}
    assert ids_of(settings, before) == moved


def test_an_id_moves_to_one_file_only_and_only_where_it_is_clear_which_file_it_was(settle: Settle):
    settings = settle({"one/a.txt": "A.", "one/b.txt": "A.", "one/c.txt": "C.", "one/d.txt": "D."})
    before, known = load_corpus(settings), ids_of(settings)
    for name in "abc":
        (settings.corpus / "one" / f"{name}.txt").unlink()
    write_corpus(settings.corpus, {"two/e.txt": "A.", "two/f.txt": "C.", "two/g.txt": "C.", "two/h.txt": "D."})
    found = ids_of(settings, before)
    assert found["one/d.txt"] == known["one/d.txt"]
    assert found["two/f.txt"] == known["one/c.txt"]
    assert (found["two/e.txt"], found["two/g.txt"], found["two/h.txt"]) == ("e", "g", "h")
    assert len(set(found.values())) == len(found)


APART, COMPOSED = "de\u0301bats", "d\u00e9bats"


def test_a_debate_is_asked_for_with_its_accents_composed_or_apart(settle: Settle):
    settings = settle(
        {f"{APART}/a.txt": "Road tolls pay.", f"{COMPOSED}/b.txt": "Road tolls cost.", "x/c.txt": "Tolls."}
    )
    generation = index_corpus(settings, HashEncoder()).generation
    assert generation.debates == (COMPOSED, "x")
    assert {row.path for row in generation.rows} == {f"{APART}/a.txt", f"{COMPOSED}/b.txt", "x/c.txt"}
    explainer = open_with_fake(settings)
    assert explainer.suggestions(APART) == explainer.suggestions(COMPOSED) != ()
    for name in (APART, COMPOSED):
        assert list(generation.documents_of(name)) == [0, 1]
        assert explainer.ask(Query(question="Who pays road tolls?", debate=name)).debate == COMPOSED
        assert explainer.sides("Road tolls pay.", debate=name).debate == COMPOSED


def test_a_document_keeps_its_id_in_an_index_whose_debate_was_renamed(settle: Settle):
    settings = settle({"one/a.txt": "Road tolls pay.", "one/b.txt": "Road tolls cost."})
    known = [row.id for row in index_corpus(settings, HashEncoder()).generation.rows]
    (settings.corpus / "one").rename(settings.corpus / "two")
    rows = index_corpus(settings, HashEncoder()).generation.rows
    assert [(row.id, row.debate) for row in rows] == [(known[0], "two"), (known[1], "two")]


def test_the_hashes_on_disk_are_those_that_were_read(settle: Settle):
    settings = settle({"debate/a.txt": "A.", "debate/bad.txt": b"\xff"})
    (settings.corpus / "debate" / "link.txt").symlink_to("a.txt")
    assert corpus_hashes(settings) == load_corpus(settings).hashes
    assert corpus_hashes(settings)["debate/link.txt"] == ""
