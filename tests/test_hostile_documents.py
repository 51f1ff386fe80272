"""Hostile documents: nothing leads outside the corpus, hangs, fills the memory or hides what it says."""

import os
import socket
from pathlib import Path

import pytest
from conftest import Run, Settle
from fakes import HashEncoder, open_with_fake, write_corpus

from pullquote.answers.query import Query
from pullquote.api.responses import visible as shown_in_pages
from pullquote.api.wire import answer_wire
from pullquote.cli.terminal import visible as shown_on_terminals
from pullquote.corpus import files
from pullquote.corpus.corpus import CorpusFile, corpus_paths, load_corpus, parse_document, read_file
from pullquote.errors import CorpusError, DocumentError
from pullquote.index.lexical import clean
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

GOOD = {"d/good.txt": "Good words about tolls."}


def names(settings: Settings) -> list[str]:
    return [document.path for document in load_corpus(settings).documents]


def reasons(settings: Settings) -> dict[str, str]:
    return {file.path: file.reason for file in load_corpus(settings).skipped}


# Links, pipes, devices, names


@pytest.mark.parametrize("target", ["secret.txt", "corpus/d/good.txt", "none.txt", "corpus/d/link.txt"])
def test_a_link_is_refused_wherever_it_leads(settle: Settle, tmp_path: Path, target: str):
    settings = settle(GOOD)
    (tmp_path / "secret.txt").write_text("Secret.")
    (settings.corpus / "d" / "link.txt").symlink_to(tmp_path / target)
    assert names(settings) == ["d/good.txt"]
    assert "links are not followed" in reasons(settings)["d/link.txt"]


@pytest.mark.parametrize("target", ["elsewhere", "corpus", "corpus/d", "/proc/self/root", "/"])
def test_a_linked_folder_is_not_walked_into(settle: Settle, tmp_path: Path, target: str):
    settings = settle(GOOD)
    write_corpus(tmp_path / "elsewhere", {"secret.txt": "Secret."})
    (settings.corpus / "linked").symlink_to(tmp_path / target)
    assert names(settings) == ["d/good.txt"]
    assert reasons(settings)["linked"].startswith("is a symbolic link")


def test_where_all_debates_are_links_that_is_why_there_is_no_document(settle: Settle, tmp_path: Path):
    settings = settle({})
    write_corpus(tmp_path / "elsewhere", {"tolls.txt": "Tolls work."})
    settings.corpus.mkdir(exist_ok=True)
    (settings.corpus / "tolls").symlink_to(tmp_path / "elsewhere")
    (settings.corpus / "circle").symlink_to(settings.corpus / "circle")
    with pytest.raises(CorpusError, match="no readable document") as caught:
        load_corpus(settings)
    assert "\n  tolls: is a symbolic link; links are not followed; copy here what it leads to" in str(caught.value)


def test_a_folder_that_is_swapped_for_a_link_after_it_was_listed_leads_nowhere(settle: Settle, tmp_path: Path):
    settings = settle({**GOOD, "swap/secret.txt": "Harmless."})
    write_corpus(tmp_path / "elsewhere", {"secret.txt": "Secret."})
    listed = corpus_paths(settings)
    (settings.corpus / "swap").rename(tmp_path / "away")
    (settings.corpus / "swap").symlink_to(tmp_path / "elsewhere")
    assert "swap/secret.txt" in listed
    with pytest.raises(DocumentError, match="links are not followed"):
        read_file(settings.corpus, "swap/secret.txt", limit=100)


@pytest.mark.parametrize("path", ["../secret.txt", "d/../../secret.txt", "/etc/passwd", "d//good.txt", "./x.txt", ""])
def test_a_name_that_leads_outside_is_never_made_by_the_walk(settle: Settle, path: str):
    assert path not in corpus_paths(settle(GOOD))


def test_pipes_sockets_and_devices_neither_hang_nor_are_read(settle: Settle, monkeypatch: pytest.MonkeyPatch):
    settings = settle(GOOD)
    place = settings.corpus / "d"
    os.mkfifo(place / "pipe.txt")
    (place / "folder.txt").mkdir()
    monkeypatch.chdir(place)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        found = reasons(settings)
    assert found["d/pipe.txt"] == "is not a regular file"
    assert "cannot be opened" in found["d/socket.txt"]
    assert names(settings) == ["d/good.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser makes devices")
def test_an_endless_device_is_not_read(settle: Settle):
    settings = settle(GOOD)
    try:
        os.mknod(settings.corpus / "d" / "zero.txt", 0o020666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices cannot be made here")
    assert "d/zero.txt" in reasons(settings)


@pytest.mark.parametrize("source", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_special_file_by_any_path_is_refused(source: str):
    with pytest.raises(DocumentError):
        read_file(Path(source).parent, Path(source).name, limit=1_000)


def test_an_endless_regular_file_is_read_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch):
    """Files of /proc say that they are regular and of no size, and some go on and on."""
    read: list[int] = []
    real = os.fdopen

    def spy(descriptor, mode):
        file = real(descriptor, mode)
        read.append(descriptor)
        return file

    monkeypatch.setattr(files.os, "fdopen", spy)
    with pytest.raises(DocumentError, match="is larger than PULLQUOTE_MAX_DOCUMENT_BYTES=10"):
        read_file(Path("/proc"), "cpuinfo", limit=10)
    assert read


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "a\\..\\b",
        "con",
        "nul.txt",
        "a\nb",
        "\x1b[2J",
        "-rf",
        "a;b",
        "%2e%2e%2fx",
        "\u202egpj",
        "x" * 240,
        "{{7*7}}",
        "<b>",
    ],
)
def test_any_name_gives_a_harmless_id_and_is_shown_escaped(settle: Settle, run: Run, name: str):
    settings = settle({**GOOD, f"d/n{name}.txt": "Named words."})
    assert run(settings, "index").exit_code == 0
    shown = run(settings, "documents").output
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "good" in shown


# Limits: at the limit it works, one over it is told by the setting's name


def test_folders_are_looked_into_down_to_the_limit(settle: Settle):
    files = {**GOOD, "a/b/c/at.txt": "At.", "a/b/c/d/over.txt": "Over."}
    settings = settle(files, max_depth=3)
    assert names(settings) == ["a/b/c/at.txt", "d/good.txt"]
    assert reasons(settings) == {"a/b/c/d": "lies deeper than PULLQUOTE_MAX_DEPTH=3 folders"}


def test_two_thousand_folders_in_each_other_are_neither_walked_nor_an_error(settle: Settle):
    settings = settle(GOOD)
    above = os.open(settings.corpus, os.O_RDONLY)
    for _ in range(2_000):
        os.mkdir("f", dir_fd=above)
        below = os.open("f", os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = below
    os.close(above)
    assert names(settings) == ["d/good.txt"]
    assert len(reasons(settings)) == 1
    for _ in range(2_000):  # rmtree would run out of its own stack
        bottom = settings.corpus
        if not (bottom / "f").exists():
            break
        (bottom / "f").rename(bottom / "top")
        if (bottom / "top" / "f").exists():
            (bottom / "top" / "f").rename(bottom / "f")
        (bottom / "top").rmdir()


def test_all_documents_together_have_a_limit(settle: Settle):
    files = {f"d/{letter}.txt": letter * 1_000 for letter in "abc"}
    assert len(names(settle(files, max_corpus_bytes=3_000))) == 3
    with pytest.raises(CorpusError, match="more than PULLQUOTE_MAX_CORPUS_BYTES=2999; take documents out"):
        load_corpus(settle(files, max_corpus_bytes=2_999))


def test_too_many_files_are_not_even_listed(settle: Settle):
    settings = settle({f"d/{number}.txt": "A." for number in range(50)}, max_documents=10)
    with pytest.raises(CorpusError, match="more than PULLQUOTE_MAX_DOCUMENTS=10"):
        corpus_paths(settings)


@pytest.mark.slow
def test_thousands_of_files_are_read_in_the_order_of_their_names(settle: Settle):
    settings = settle({f"d{number % 10}/{number:05}.txt": f"Words {number}." for number in range(5_000)})
    assert names(settings) == sorted(names(settings))
    assert len(names(settings)) == 5_000


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", "Words.".encode("utf-16"), "Words.".encode("utf-32"), b"a\0b", b"\xed\xa0\x80", b"\x1f\x8b\x08", b""],
)
def test_one_file_that_is_no_text_stops_nothing_and_is_named(settle: Settle, run: Run, content: bytes):
    settings = settle({**GOOD, "d/bad.txt": content})
    done = run(settings, "index")
    assert done.exit_code == 1
    assert "skipped d/bad.txt: " in done.stderr
    assert "1 documents" in done.output


# Characters that hide or turn

HIDDEN = {
    "override": "\u202e", "isolate": "\u2066", "zero width": "\u200b", "joiner": "\u2060", "tag": "\U000e0041",
    "escape": "\x1b", "bell": "\x07", "anchor": "\ufff9", "mark": "\ufeff", "soft hyphen": "\u00ad",
}  # fmt: skip


@pytest.mark.parametrize("letter", HIDDEN.values(), ids=HIDDEN)
def test_a_hidden_character_is_kept_in_json_shown_as_an_escape_and_flagged(settle: Settle, run: Run, letter: str):
    settings = settle({"d/odd.txt": f"Road tolls {letter}pay for buses."})
    done = run(settings, "index")
    assert done.exit_code == 0
    assert f"note: d/odd.txt holds 1 hidden or direction-changing characters (U+{ord(letter):04X})" in done.stderr
    answer = open_with_fake(settings).ask(Query(question="What do road tolls pay for?"))
    quote = answer_wire(answer)["quotes"][0]
    assert quote["exact"] == f"Road tolls {letter}pay for buses."
    for shown in (shown_in_pages(quote["exact"]), shown_on_terminals(quote["exact"])):
        assert letter not in shown
        assert "\\" in shown


@pytest.mark.parametrize("letter", ["\u202e", "\u200b", "\u2060", "\U000e0041", "\u2066", "\u00ad"])
def test_a_hidden_character_is_no_part_of_a_search_key(letter: str):
    assert clean(f"to{letter}ll") == "toll"


def test_a_plain_file_has_nothing_to_be_remarked_on(settle: Settle):
    files = {
        "d/plain.txt": "\ufeffPlain — “words”, naïve.\r\nA\tB.\x0c",
        "d/script.txt": "\u05e9\u200f \u0915\u094d\u200d\u0937.",
    }
    assert load_corpus(settle(files)).remarks == ()


def test_a_file_with_a_second_name_is_flagged(settle: Settle, tmp_path: Path):
    settings = settle(GOOD)
    os.link(settings.corpus / "d" / "good.txt", tmp_path / "second.txt")
    [remark] = load_corpus(settings).remarks
    assert remark.reason.startswith("has 2 names on its disk (hard links)")


def test_a_template_in_a_document_stays_what_it_is(settle: Settle):
    text = "Road tolls cost {{7*7}} and {% raw %} pounds <b>now</b>."
    settings = settle({"d/odd.txt": text})
    index_corpus(settings, HashEncoder())
    answer = open_with_fake(settings).ask(Query(question="What do road tolls {{7*7}} cost?"))
    assert text in answer.text
    assert "49" not in answer.text


def test_a_front_matter_of_aliases_is_not_written_out():
    """Nine lines that would be a billion words."""
    block = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    with pytest.raises(DocumentError, match="has no key a0") as caught:
        parse_document(CorpusFile("d", "d/a.txt", f"---\n{block}---\nWords.".encode()), document_id="a")
    assert len(str(caught.value)) < 500
    with pytest.raises(DocumentError, match="must be a list of exact strings") as caught:
        parse_document(
            CorpusFile("d", "d/a.txt", b"---\nheadings: [&a [x, x], [*a, *a]]\n---\nWords."), document_id="a"
        )
    assert len(str(caught.value)) < 500


# Floods of near-copies


@pytest.mark.parametrize("copies", [5, 60, 300])
def test_near_copies_fill_one_place_of_an_answer_and_leave_the_others_to_other_sources(settle: Settle, copies: int):
    flood = {
        f"a/flood-{number}.txt": f"---\nauthor: Spammer {number}\n---\nRoad tolls cut traffic jams in crowded cities today."
        for number in range(copies)
    }
    others = {
        "b/buses.txt": "---\nauthor: Ann\n---\nRoad tolls pay for buses that cut traffic jams.",
        "b/poor.txt": "---\nauthor: Ben\n---\nTraffic jams in cities are cut by road tolls, but the poor pay.",
    }
    settings = settle({**flood, **others})
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    answer = explainer.ask(Query(question="Do road tolls cut traffic jams in crowded cities?", max_quotes=5))
    authors = [citation.quote.document.source.author for citation in answer.citations]
    assert sum(author.startswith("Spammer") for author in authors) == 1
    assert {"Ann", "Ben"} <= set(authors)
