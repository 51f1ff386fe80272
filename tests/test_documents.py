"""Documents: read byte for byte, named when they cannot be read, known by stable ids; nothing leads outside or hides."""

import hashlib
import os
import re
import socket
from pathlib import Path

import pytest
from conftest import Run, Settle
from fakes import HashEncoder, cases, open_with_fake, write_corpus
from hypothesis import given
from hypothesis import strategies as st

from pullquote.answers.query import Query
from pullquote.api.responses import visible as shown_in_pages
from pullquote.api.wire import answer_wire
from pullquote.cli.terminal import visible as shown_on_terminals
from pullquote.corpus import files
from pullquote.corpus.corpus import Corpus, load_corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.folder import corpus_paths, folder_hashes
from pullquote.corpus.frontmatter import split_front_matter
from pullquote.corpus.ids import Ids
from pullquote.corpus.parsing import CorpusFile, parse_document, read_file
from pullquote.errors import CorpusError, DocumentError
from pullquote.index import build_index
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

GOOD = {"d/good.txt": "Good words about tolls."}


def parsed(content: str | bytes, path: str = "debate/page.txt") -> Document:
    content = content if isinstance(content, bytes) else content.encode("utf-8")
    return parse_document(CorpusFile("debate", path, content), document_id="page")


def names(settings: Settings) -> list[str]:
    return [document.path for document in load_corpus(settings).documents]


def reasons(settings: Settings) -> dict[str, str]:
    return {file.path: file.reason for file in load_corpus(settings).skipped}


# Text and front matter


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_the_text_is_the_decoded_file_letter_for_letter(text: str):
    document = parsed(f"A {text}")
    assert document.text == f"A {text}"
    assert document.sha256 == hashlib.sha256(document.text.encode("utf-8")).hexdigest()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_front_matter_takes_a_prefix_and_nothing_else(body: str):
    text = f"---\nauthor: Ann\n---\n{body}"
    facts, start = split_front_matter(text)
    assert (facts, text[start:]) == ({"author": "Ann"}, body)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_ends_where_the_text_starts(end: str):
    for mark in ("", "\ufeff"):
        for closing in ("---", "..."):
            document = parsed(f"{mark}---{end}author: Ann{end}{closing}{end}{end}Words.{end}")
            assert (document.source.author, document.text) == ("Ann", f"{end}Words.{end}")


def test_every_fact_of_the_front_matter_is_kept_as_it_is_written():
    document = parsed(
        "---\ntitle: 'On: tolls'\nauthor: [Ann Lee, Bo Chen]\npublisher: Press\ndate: 2024-02-29\nurl: https://a.example/1\n"
        "licence: CC BY\nlanguage: French\nside: for\nproposition: Tolls work.\nsides: {They pay.: con}\n"
        "headings: [One, ' Two ']\nnot_prose:\n  - Read more\n---\nWords."
    )
    source = document.source
    assert (source.title, source.author, source.publisher) == (
        "On: tolls",
        "Ann Lee and Bo Chen",
        "Press",
    )
    assert (source.date, source.url, source.licence) == (
        "2024-02-29",
        "https://a.example/1",
        "CC BY",
    )
    assert (document.language, document.side, document.proposition) == ("fr", "for", "Tolls work.")
    assert [(each.proposition, each.side) for each in document.positions] == [
        ("Tolls work.", "for"),
        ("They pay.", "con"),
    ]
    assert (document.headings, document.not_prose) == (("One", " Two "), ("Read more",))


def test_what_is_not_recorded_is_not_invented_but_for_a_title_from_the_files_name():
    source = parsed("Words.", "debate/border-war_2009.txt").source
    assert (source.title, source.author, source.date) == ("border war 2009", None, None)
    document = parsed("---\ntitle: null\nlanguage: en_GB\n---\nWords.", "debate/border-war.txt")
    assert (document.source.title, document.name, document.language) == (
        None,
        "border war",
        "en-GB",
    )


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("autor: Ann", "has no key autor; the keys are author,"),
        ("license: CC0", "; did you mean licence?"),
        ("author: [Ann", "is not YAML"),
        (
            "author: a: b",
            "is not YAML (line 2 of the file): put the value in quotation marks, since it holds a colon",
        ),
        (
            "author:\tAnn",
            "is not YAML (line 2 of the file): use a space after the colon, not a tab",
        ),
        ("author: @ann", "put the value in quotation marks (found character '@'"),
        ("- a\n- b", "must be `key: value` lines"),
        ("author: [Ann, [Ben]]", "author must be one line of text"),
        ('title: "One\\u2028Two"', "title must be one line of text"),
        ("headings: One", "headings must be a list of exact strings"),
        (
            "date: October 2025",
            "date 'October 2025' must be YYYY, YYYY-MM or YYYY-MM-DD, and in the calendar",
        ),
        ("date: 2023-02-29", "in the calendar"),
        ("date: ٢٠٢٤", "must be YYYY"),
        ("language: English and French", "must be a code, such as en, fr or pt-BR"),
        (
            "sides: {Tolls work.: maybe, Tolls pay.: so}",
            "maybe, so are no sides of a proposition; the sides are for,",
        ),
        ("author: Ann Lee\nauthor: Bob Kay", "author stands twice (line 3 of the file)"),
        (
            "sides:\n  Tolls work.: for\n  Tolls work.: against",
            "Tolls work. stands twice (line 4 of the file)",
        ),
        ("url: javascript:alert(1)", "url must start with https"),
        ("author: " + "[" * 20_000, "front matter"),
        ('title: "\\ud83d\\ude00"', "names half a letter"),
        ("title: !!python/object/apply:os.system ['true']", "title must be one line of text"),
    ],
)
def test_a_mistake_in_the_front_matter_names_what_is_wrong(block: str, reason: str):
    with pytest.raises(DocumentError, match=re.escape(reason)):
        parsed(f"---\n{block}\n---\nWords.")


def test_a_front_matter_of_aliases_is_not_written_out():
    """Nine lines that would be a billion words."""
    block = "a0: &a0 [x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    with pytest.raises(DocumentError, match="has no key a0") as caught:
        parsed(f"---\n{block}---\nWords.")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "remark"),
    cases("documents", "what_is_odd_about_a_file_is_remarked_on_and_its_text_is_kept"),
)
def test_what_is_odd_about_a_file_is_remarked_on_and_its_text_is_kept(
    settle: Settle, text: str, remark: str
):
    corpus = load_corpus(settle({"d/a.md": text}))
    assert [remark in each.reason for each in corpus.remarks] == [True]
    assert corpus.documents[0].text in text


def test_the_tables_of_a_file_are_counted(settle: Settle):
    table = "<table><tr><th>Town</th><th>Fee</th></tr><tr><td>A</td><td>1</td></tr></table>"
    corpus = load_corpus(
        settle({"d/a.html": f"<p>Fees rose.</p>{table}<p>They did.</p>{table}", "d/b.txt": "a | b"})
    )
    assert [remark.reason for remark in corpus.remarks] == [
        "holds 2 tables, shown to readers but never quoted"
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"caf\xe9",
            "is not UTF-8 (byte 3); convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
        ),
        (
            "Words.".encode("utf-16"),
            "is not UTF-8 (byte 0); convert it, for example with `iconv -f UTF-16 -t UTF-8`",
        ),
        (b"a\0b", "contains NUL characters, so it is not text"),
        (b"\xed\xa0\x80", "is not UTF-8"),
        (b"\xef\xbb\xbf\n", "holds no text"),
        (b"---\nauthor: Ann\n---\n\n", "holds no text"),
        (
            "\ufeff\r\n <!DOCTYPE  HTML PUBLIC>",
            "is a web page (HTML); give its name the ending .html",
        ),
        (
            "---\ntitle: One\n---\n<html>\n<p>Words.",
            "is a web page (HTML); give its name the ending .html",
        ),
        (
            '<?xml version="1.0"?>\n<speech>Words.</speech>',
            "is an XML file; save the text that it holds",
        ),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "is a PDF file; give its name the ending .pdf"),
        ("{\\rtf1\\ansi Words.}", "is an RTF file; save it as plain text"),
        (b"PK\x03\x04\x14\0\0", "is a ZIP or an office file; give a Word document"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_the_reason(content: str | bytes, reason: str):
    with pytest.raises(DocumentError, match=re.escape(reason)):
        parsed(content)


# The folder


def test_a_folder_is_a_debate_and_a_loose_file_is_of_the_default_one(settle: Settle):
    found = load_corpus(
        settle({"loose.txt": "A.", "one/deep/b.markdown": "C.", "two/c.TXT": "D."})
    ).documents
    assert [(each.path, each.debate) for each in found] == [
        ("loose.txt", "default"), ("one/deep/b.markdown", "one"), ("two/c.TXT", "two"),
    ]  # fmt: skip


def test_what_is_no_document_is_left_out_and_told(settle: Settle):
    settings = settle(
        {"d/readme-first.md": "Yes.", "README.md": "No.", "d/.git/a.txt": "No.", "d/b.rtf": "No."}
    )
    assert corpus_paths(settings) == ["d/readme-first.md"]
    [remark] = load_corpus(settings).remarks
    convert = "; convert it: `soffice --headless --convert-to docx d/b.rtf`"
    kinds = ".md, .markdown, .txt, .html, .htm, .xhtml, .vtt, .srt, .pdf, .docx, .odt, .epub"
    assert (
        remark.reason == f"holds 1 file that is of no kind that is read ({kinds}): d/b.rtf{convert}"
    )
    write_corpus(settings.corpus, {f"d/{name}.png": "No." for name in "cdefgh"})
    [remark] = load_corpus(settings).remarks
    assert remark.reason.endswith(
        f": d/b.rtf, d/c.png, d/d.png, d/e.png, d/f.png and 2 more{convert}"
    )


def test_one_bad_file_is_named_and_the_rest_is_read(settle: Settle, run: Run):
    settings = settle({**GOOD, "d/bad.txt": b"\xff\xfe"})
    assert reasons(settings)["d/bad.txt"].startswith("is not UTF-8 (byte 0)")
    assert load_corpus(settings).hashes["d/bad.txt"] == hashlib.sha256(b"\xff\xfe").hexdigest()
    for options, code in (((), 0), (("--strict",), 1)):
        done = run(settings, "index", *options)
        assert (
            done.exit_code,
            "skipped d/bad.txt: " in done.stderr,
            "1 document, " in done.output,
        ) == (code, True, True)
        assert "1 file of the corpus skipped; the rest can be asked" in done.stderr


def test_a_corpus_that_holds_nothing_to_read_says_what_to_do(settle: Settle, tmp_path: Path):
    with pytest.raises(
        CorpusError, match=r"there is no corpus folder .*create it .*PULLQUOTE_CORPUS"
    ):
        load_corpus(Settings(corpus=tmp_path / "none"))
    with pytest.raises(
        CorpusError, match="put Markdown, text, web pages or subtitles into"
    ) as caught:
        load_corpus(settle({"d/a.rtf": "No.", "d/readme.txt": "No.", "d/b.txt": ""}))
    assert "of no kind that is read, or a README: d/a.rtf, d/readme.txt" in str(caught.value)
    assert "d/b.txt: holds no text" in str(caught.value)


def test_every_limit_names_its_setting(settle: Settle):
    files = {f"d/{letter}.txt": letter * 1_024 for letter in "abc"}
    assert (
        len(names(settle(files, max_documents=3, max_corpus_bytes=3_072, max_document_bytes=1_024)))
        == 3
    )
    with pytest.raises(CorpusError, match="more than PULLQUOTE_MAX_DOCUMENTS=2; take some out"):
        load_corpus(settle(files, max_documents=2))
    with pytest.raises(
        CorpusError, match="more than PULLQUOTE_MAX_CORPUS_BYTES=3071; take documents out"
    ):
        load_corpus(settle(files, max_corpus_bytes=3_071))
    settings = settle(
        {**files, "d/over.txt": "a" * 1_025, "a/b/c/d/deep.txt": "A."},
        max_document_bytes=1_024,
        max_depth=3,
    )
    assert reasons(settings) == {
        "a/b/c/d": "lies more than PULLQUOTE_MAX_DEPTH=3 folders",
        "d/over.txt": "is larger than PULLQUOTE_MAX_DOCUMENT_BYTES=1024",
    }


def test_pipes_sockets_and_devices_neither_hang_nor_are_read(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    settings = settle(GOOD)
    place = settings.corpus / "d"
    os.mkfifo(place / "pipe.txt")
    monkeypatch.chdir(place)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        found = reasons(settings)
    assert found["d/pipe.txt"] == "is not a regular file"
    assert "cannot be opened" in found["d/socket.txt"]
    for name in ("zero", "null", "gone.txt"):
        with pytest.raises(DocumentError):
            read_file(Path("/dev"), name, limit=1_000)


def test_what_the_machine_cannot_read_just_now_loses_no_document(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> int:
        raise OSError(24, "Too many open files")

    settings = settle(GOOD)
    monkeypatch.setattr(files.os, "open", full)
    with pytest.raises(CorpusError, match="cannot be read just now"):
        load_corpus(settings)


def test_two_thousand_folders_in_each_other_are_neither_walked_nor_an_error(settle: Settle):
    settings = settle(GOOD)
    above = os.open(settings.corpus, os.O_RDONLY)
    for _ in range(2_000):
        os.mkdir("f", dir_fd=above)
        below = os.open("f", os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    os.close(above)
    assert (names(settings), len(reasons(settings))) == (["d/good.txt"], 1)
    for _ in range(2_000):  # rmtree would run out of its own stack
        (settings.corpus / "f").rename(settings.corpus / "top")
        if (settings.corpus / "top" / "f").exists():
            (settings.corpus / "top" / "f").rename(settings.corpus / "f")
        (settings.corpus / "top").rmdir()
        if not (settings.corpus / "f").exists():
            break


@pytest.mark.parametrize("name", ["..", "\x1b[2J", "\u202egpj", "x" * 240, "日本"])
def test_any_name_gives_a_harmless_id_and_is_shown_escaped(settle: Settle, run: Run, name: str):
    settings = settle({f"d/n{name}.txt": "Named words."})
    assert re.fullmatch(r"[a-z0-9-]{1,80}", load_corpus(settings).documents[0].id)
    run(settings, "index")
    assert not {"\x1b", "\u202e"} & set(run(settings, "documents").output)


def test_a_file_name_that_is_not_utf8_is_named_readably_and_skipped(settle: Settle):
    settings = settle(GOOD)
    Path(os.fsdecode(os.fsencode(settings.corpus / "d") + b"/\xff.txt")).write_text("Words.")
    assert list(reasons(settings)) == ["d/\\udcff.txt"]
    assert folder_hashes(settings, {})[0] == load_corpus(settings).hashes


# Ids


def ids_of(settings: Settings, before: Corpus | None = None) -> dict[str, str]:
    known = {document.path: document.id for document in before.documents} if before else {}
    found = load_corpus(settings, known, known_hashes=before.hashes if before else None)
    return {document.path: document.id for document in found.documents}


def test_an_id_stays_when_a_file_changes_or_is_moved_and_others_come(settle: Settle):
    settings = settle({"one/a.txt": "A.", "one/b.txt": "B.", "two/a.txt": "C."})
    before, known = load_corpus(settings), ids_of(settings)
    (settings.corpus / "one").rename(settings.corpus / "three")
    write_corpus(settings.corpus, {"one/a.txt": "New.", "two/a.txt": "Changed."})
    found = ids_of(settings, before)
    assert (found["three/b.txt"], found["two/a.txt"]) == (known["one/b.txt"], known["two/a.txt"])
    assert len(set(found.values())) == 4


# What hides, and what floods


@pytest.mark.parametrize("letter", ["\u202e", "\x1b", "\u00ad"])
def test_a_hidden_character_is_kept_in_json_and_shown_as_an_escape(settle: Settle, letter: str):
    settings = settle({"d/odd.txt": f"Road tolls {letter}pay for {{{{7*7}}}} buses."})
    index_corpus(settings, HashEncoder())
    quote = answer_wire(
        open_with_fake(settings).ask(Query(question="What do road tolls pay for?"))
    )["quotes"][0]
    assert quote["exact"] == f"Road tolls {letter}pay for {{{{7*7}}}} buses."
    for shown in (shown_in_pages(quote["exact"]), shown_on_terminals(quote["exact"])):
        assert letter not in shown
        assert "\\" in shown


def test_no_two_documents_get_one_id_whatever_their_files_are_called():
    mark = Ids({}, {}, [])
    mark.give("a/x.md")
    taken = mark.give("b/x.md")
    ids = Ids({}, {}, [])
    given_ids = [ids.give(path) for path in ("a/x.md", f"b/{taken}.md", "b/x.md")]
    assert given_ids[:2] == ["x", taken]
    assert len(set(given_ids)) == 3


@pytest.mark.parametrize("name", ["path", "id"])
def test_documents_in_memory_that_share_a_path_or_an_id_are_refused(settle: Settle, name: str):
    facts = [{"id": f"d{number}", "path": f"d{number}.txt"} | {name: "same"} for number in range(2)]
    documents = tuple(Document(debate="d", text="Tolls cut traffic.", **each) for each in facts)
    with pytest.raises(CorpusError, match=f"several documents have the {name} 'same'"):
        build_index(settle(), HashEncoder(), corpus=Corpus(documents))
