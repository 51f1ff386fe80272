"""The command line: what it prints, what it says when something is wrong, and its exit codes."""

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Run, Settle
from fakes import CHECKOUT, TEXTS, HashEncoder, environ_of, write_corpus

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.cli.main import main
from pullquote.cli.terminal import visible
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.files import only_writer
from pullquote.index.layout import TEXTS as STORED_TEXTS
from pullquote.index.layout import Layout
from pullquote.models.encoder import encoder_folder
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

ANSWERED, FAILED, USAGE, ABSTAINED = 0, 1, 2, 3
KINGPINS = "Why might killing kingpins backfire?"
OFF_TOPIC = (
    "What is the capital of Australia?",
    "How do I bake sourdough bread?",
    "Who won the 1998 World Cup final?",
    "What is the boiling point of ethanol?",
    "How does photosynthesis work?",
    "Which Beethoven symphony has a choir?",
)


def test_a_question_for_the_words_of_one_speaker_is_answered_in_them_or_not_at_all(run: Run, indexed: Settings):
    result = run(indexed, "ask", "What does Ada Finch say about poor commuters?")
    assert result.exit_code == ANSWERED
    assert "Wealthy drivers" not in result.stdout
    unknown = run(indexed, "ask", "What did Napoleon say about road tolls?")
    assert unknown.exit_code == ABSTAINED
    assert "No words of Napoleon were found in the sources here." in unknown.stdout


def test_an_answer_shows_the_words_who_said_them_and_their_place(run: Run, indexed: Settings):
    result = run(indexed, "ask", "Who should pay for a road?")
    assert result.exit_code == ANSWERED
    text = load_corpus(indexed).documents[2].text
    start = text.index("Drivers who use a road")
    words = " ".join(result.output.split())
    assert "“Drivers who use a road should pay for it." in words
    assert f"for-tolls:{start}-" in words
    assert "Ada Finch" in words


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("encoding", ["latin-1", "cp1251"])
def test_letters_that_the_terminal_lacks_are_written_out(shared: Settings, encoding: str):
    def asked(*options: str) -> str:
        words = ["ask", "What did the surgeon say to wear?", "--debate", "bicycle-helmets", *options]
        done = CliRunner(charset=encoding).invoke(main, words, env=environ_of(shared), prog_name="pullquote")
        assert (done.exit_code, done.stderr) == (ANSWERED, "")
        return done.stdout

    assert "\\U0001f6b2" in asked()
    assert "\N{BICYCLE}" in str(json.loads(asked("--json"))["quotes"])


def test_an_answer_in_json_is_the_wire_form(run: Run, indexed: Settings):
    answer = json.loads(run(indexed, "ask", "Who should pay for a road?", "--json", "--max-quotes", "1").stdout)
    assert (answer["status"], answer["reason"]) == ("answered", None)
    assert [quote["n"] for quote in answer["quotes"]] == [1]


def test_a_question_that_nothing_answers_is_met_with_silence_and_exit_code_3(run: Run, indexed: Settings):
    strict = Settings(corpus=indexed.corpus, index=indexed.index, min_confidence=1.0)
    result = run(strict, "ask", "What is the capital of Australia?", "--json")
    assert result.exit_code == ABSTAINED
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["quotes"]) == ("abstained", [])
    assert answer["reason"] == "not_covered"


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "reason"), [("", "is empty"), (" \n ", "is empty"), ("x" * 100_000, "100,000 characters")]
)
def test_a_question_that_cannot_be_used_says_why(run: Run, indexed: Settings, command: str, question: str, reason: str):
    result = run(indexed, command, question)
    assert result.exit_code == FAILED
    assert reason in result.stderr
    assert len(result.stderr) < 300


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["ask", "why", "--max-quotes", "11"],
        ["serve", "--port", "0"],
        ["fly"],
        ["ask", "why", "--jsno"],
        # What would be left out of account is not taken.
        ["verify", "receipt.json", "--speaker", "Ada Finch"],
        ["verify", "receipt.json", "--document", "for-tolls"],
        ["balance", "--csv", "--json"],
    ],
)
def test_wrong_usage_has_an_exit_code_of_its_own(run: Run, indexed: Settings, arguments: list[str]):
    assert run(indexed, *arguments).exit_code == USAGE


def test_the_list_of_commands_cuts_no_sentence_short():
    listed = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.split("Commands:")[1].split("Exit codes")[0]
    assert all(line.endswith(".") and not line.endswith("...") for line in listed.strip().splitlines())
    assert len(listed.strip().splitlines()) == len(main.commands)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["ask", "-h"], ["index", "--help"]])
def test_help_needs_no_settings_and_no_index(arguments: list[str]):
    result = CliRunner().invoke(main, arguments, env={"PULLQUOTE_NONSENSE": "1"})
    assert result.exit_code == ANSWERED
    assert "Usage:" in result.output


def test_the_version_is_told():
    assert CliRunner().invoke(main, ["--version"]).output == f"pullquote, version {__version__}\n"


def test_without_an_index_the_command_that_builds_one_is_named(run: Run, settle: Settle):
    result = run(settle(), "ask", "Who should pay?")
    assert result.exit_code == FAILED
    assert result.stderr.startswith("pullquote: there is no index in ")
    assert result.stderr.endswith("run `pullquote index`\n")


def test_an_unknown_debate_names_those_there_are(run: Run, indexed: Settings):
    result = run(indexed, "ask", "Who should pay?", "--debate", "tolls")
    assert result.exit_code == FAILED
    assert "there are: bicycle-helmets, road-tolls" in result.stderr


def test_an_unknown_setting_stops_the_start_and_names_the_nearest(
    run: Run, indexed: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PULLQUOTE_CORPSE", "x")
    result = run(indexed, "ask", "Who should pay?")
    assert result.exit_code == FAILED
    assert "did you mean PULLQUOTE_CORPUS?" in result.stderr


def test_a_settings_file_is_named_with_config(run: Run, indexed: Settings, tmp_path: Path):
    (tmp_path / "mine.toml").write_text("max_questoin = 10\n")
    result = run(indexed, "--config", str(tmp_path / "mine.toml"), "documents")
    assert "mine.toml: no such setting: max_questoin; did you mean max_question?" in result.stderr


# index


def test_building_an_index_counts_what_it_holds(run: Run, settle: Settle):
    result = run(settle(), "index")
    assert result.exit_code == ANSWERED
    assert result.stdout.startswith("3 documents, ")
    assert result.stderr == ""


def test_a_bad_file_is_named_the_rest_is_indexed_and_the_exit_code_says_so(run: Run, settle: Settle):
    settings = settle({**TEXTS, "road-tolls/bad\x1b[2J.txt": b"caf\xe9"})
    result = run(settings, "index")
    assert result.exit_code == FAILED
    assert "3 documents, " in result.stdout
    assert "pullquote: skipped road-tolls/bad\\u001b[2J.txt: is not UTF-8 (byte 3)" in result.stderr
    assert run(settings, "ask", "Who should pay for a road?").exit_code == ANSWERED


def test_a_bad_file_is_named_again_where_nothing_changed_and_no_new_generation_is_made(run: Run, settle: Settle):
    settings = settle({**TEXTS, "road-tolls/bad.txt": b"caf\xe9"})
    run(settings, "index")
    encoder_folder(settings.index, HashEncoder.identity).mkdir(parents=True)
    again = run(settings, "index")
    assert again.exit_code == FAILED
    assert again.stdout.endswith("; nothing changed\n")
    assert "pullquote: skipped road-tolls/bad.txt: is not UTF-8 (byte 3)" in again.stderr


def test_a_misspelt_side_is_named_with_its_file_and_the_sides_that_there_are(run: Run, settle: Settle):
    result = run(settle({**TEXTS, "road-tolls/bad.md": "---\nside: agianst\n---\nTolls hurt.\n"}), "index")
    assert result.exit_code == FAILED
    assert result.stderr == (
        "pullquote: skipped road-tolls/bad.md: front matter: agianst is no side of a proposition; "
        "the sides are for, against, neutral, pro, con\n"
    )


@pytest.mark.parametrize("files", [{}, {"debate/README.md": "No."}, {"debate/a.txt": b"\xff"}])
def test_a_corpus_without_a_readable_document_says_what_to_do(run: Run, settle: Settle, files: dict[str, str | bytes]):
    settings = settle(files)
    settings.corpus.mkdir(exist_ok=True)
    result = run(settings, "index")
    assert result.exit_code == FAILED
    assert "no readable document" in result.stderr
    assert "put Markdown or plain-text files into" in result.stderr


def test_a_missing_corpus_folder_says_what_to_do(run: Run, settle: Settle):
    result = run(settle({}), "index")
    assert result.exit_code == FAILED
    assert "there is no corpus folder" in result.stderr


def test_a_second_build_at_the_same_time_is_told_to_wait(run: Run, indexed: Settings):
    with only_writer(Layout(indexed.index).lock):
        result = run(indexed, "index")
    assert result.exit_code == FAILED
    assert "another process is building" in result.stderr


def test_two_builds_in_two_processes_leave_one_whole_index(settle: Settle):
    settings = settle()
    script = (
        "import sys; sys.path.insert(0, {tests!r})\nfrom fakes import HashEncoder, settings_below\nfrom pathlib import Path\n"
        "from pullquote.errors import IndexLocked\nfrom pullquote.upkeep.indexing import index_corpus\n"
        "for _ in range(3):\n    try:\n        index_corpus(settings_below(Path({folder!r})), HashEncoder())\n"
        "    except IndexLocked:\n        pass\n"
    ).format(tests=str(CHECKOUT / "tests"), folder=str(settings.corpus.parent))
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [subprocess.Popen([sys.executable, "-W", "error", "-c", script], env=environ) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    index_corpus(settings, HashEncoder())
    assert len(list(Layout(settings.index).generations.iterdir())) <= 2


def test_a_damaged_index_answers_from_the_generation_before_and_warns(run: Run, indexed: Settings):
    built = index_corpus(indexed, HashEncoder())
    Layout(indexed.index).generation(built.generation.card.name).file(STORED_TEXTS).write_bytes(b"")
    result = run(indexed, "ask", "Who should pay for a road?")
    assert result.exit_code == ANSWERED
    assert "pullquote: warning: " in result.stderr
    assert "the previous generation serves; run `pullquote index`" in result.stderr


def test_a_changed_corpus_is_told_under_the_answer(run: Run, indexed: Settings):
    write_corpus(indexed.corpus, {"road-tolls/new.txt": "New."})
    result = run(indexed, "ask", "Who should pay for a road?")
    assert "The corpus changed after this index was built; run `pullquote index`." in " ".join(result.output.split())


def test_a_place_whose_end_comes_before_its_start_is_told_in_words(run: Run, indexed: Settings):
    result = run(indexed, "disputes", "for-tolls:9-3")
    assert result.exit_code == FAILED
    assert result.stderr == "pullquote: 9 to 3 is not a range of text: the end does not come after the start\n"


# search, documents, verify


def test_search_shows_what_fits_best_and_json_has_every_offset(run: Run, indexed: Settings):
    result = run(indexed, "search", "helmet laws", "-k", "2", "--json")
    assert result.exit_code == ANSWERED
    quotes = json.loads(result.stdout)["quotes"]
    assert len(quotes) == 2
    assert quotes[0]["exact"].startswith("Helmet laws discourage cycling.")
    assert "“Helmet laws discourage cycling." in run(indexed, "search", "helmet laws").stdout


def test_search_without_a_telling_word_finds_nothing(run: Run, indexed: Settings):
    result = run(indexed, "search", "why is that so")
    assert (result.exit_code, result.stdout) == (ABSTAINED, "Nothing fits.\n")


def test_documents_are_listed_with_their_source(run: Run, indexed: Settings):
    result = run(indexed, "documents")
    assert (
        "road-tolls  for-tolls  The case for road tolls\n    Ada Finch, The Toll Review, March 2021; " in result.stdout
    )
    assert "source not recorded" in result.stdout
    listed = json.loads(run(indexed, "documents", "--json").stdout)["documents"]
    assert [document["id"] for document in listed] == ["helmets", "against-tolls", "for-tolls"]
    assert {document["text"] for document in listed} == {None}


@pytest.mark.parametrize(
    ("words", "options", "code", "said"),
    [
        ("Wealthy drivers barely notice the charge.", [], ANSWERED, "verbatim"),
        ("“Wear one \N{BICYCLE},” said", [], ANSWERED, "verbatim"),
        ('"Wear one \N{BICYCLE}," said', [], ABSTAINED, "typography only"),
        ("Wealthy drivers hardly notice the charge.", [], ABSTAINED, "altered"),
        ("Soap is cheap in winter.", [], ABSTAINED, "not found"),
        ("Wealthy drivers barely notice the charge.", ["--document", "helmets"], ABSTAINED, "misattributed"),
        ("Drivers who use a road should pay for it.", ["--speaker", "Bo Gray"], ABSTAINED, "misattributed"),
    ],
)
def test_a_quote_is_checked_against_the_sources(run: Run, indexed: Settings, words, options, code, said):
    result = run(indexed, "verify", words, *options)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (code, said)
    verdict = json.loads(run(indexed, "verify", words, *options, "--json").stdout)
    assert verdict["result"] == said.replace(" ", "_")


def test_a_receipt_is_checked_without_the_index(run: Run, indexed: Settings, tmp_path: Path):
    answer = json.loads(run(indexed, "ask", "Who should pay for a road?", "--json").stdout)
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(answer), encoding="utf-8")
    bare = Settings(corpus=indexed.corpus, index=tmp_path / "none")
    result = run(bare, "verify", str(receipt))
    assert result.exit_code == ANSWERED
    assert result.stdout.startswith("verbatim  ")
    answer["quotes"][0]["exact"] = answer["quotes"][0]["exact"].replace("road", "rode")
    receipt.write_text(json.dumps(answer), encoding="utf-8")
    result = run(bare, "verify", str(receipt), "--json")
    assert result.exit_code == ABSTAINED
    assert json.loads(result.stdout)["quotes"][0]["result"] == "altered"


def test_a_receipt_holds_after_the_file_changed_as_long_as_the_index_keeps_the_text(
    run: Run, indexed: Settings, tmp_path: Path
):
    receipt = tmp_path / "receipt.json"
    receipt.write_text(run(indexed, "ask", "Do helmet laws discourage cycling?", "--json").stdout, encoding="utf-8")
    write_corpus(indexed.corpus, dict.fromkeys(TEXTS, "Changed."))
    assert run(indexed, "verify", str(receipt)).exit_code == ANSWERED


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b"[" * 100_000])
def test_a_receipt_that_cannot_be_read_is_an_error(run: Run, indexed: Settings, tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "receipt.json").write_bytes(content)
    result = run(indexed, "verify", str(tmp_path / "receipt.json"))
    assert result.exit_code == FAILED
    assert result.stderr.startswith("pullquote: ")


def test_a_receipt_without_any_document_to_hold_it_against_names_the_setting(run: Run, tmp_path: Path):
    (tmp_path / "receipt.json").write_text(
        '{"document_id": "a", "source": {"sha256": "b"}, "start": 0, "end": 1, "exact": "c"}'
    )
    result = run(Settings(corpus=tmp_path / "no", index=tmp_path / "none"), "verify", str(tmp_path / "receipt.json"))
    assert result.exit_code == FAILED
    assert "set PULLQUOTE_CORPUS" in result.stderr


# On a terminal


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", "a\\u001b[2Jb"),
        ("a\u202eb", "a\\u202eb"),
        ("soft\u00adhyphen \u00ad\u200b", "soft\u00adhyphen \\u00ad\\u200b"),
        ("\ufeffa\rb", "\\ufeffa\\rb"),
        ("a\r\nb", "a\nb"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("می\u200cخواهم \u05e9\u200f", "می\u200cخواهم \u05e9\u200f"),
        ("é \U0001f468\u200d\U0001f469 e\u0301\n\t日本", "é \U0001f468\u200d\U0001f469 e\u0301\n\t日本"),
    ],
)
def test_what_could_drive_a_terminal_or_hide_is_written_out(text: str, shown: str):
    assert visible(text) == shown


def test_a_document_cannot_drive_the_terminal(run: Run, settle: Settle):
    settings = settle(
        {"a/a.txt": "Tolls \x1b[31mred\x1b[0m \u202ework. Tolls \x07ring.", "a/b\x1b]0;x\x07.txt": "Other tolls."}
    )
    run(settings, "index")
    for arguments in (["ask", "Do tolls work?"], ["search", "tolls"], ["documents"], ["verify", "Other tolls."]):
        output = run(settings, *arguments).output
        assert not set(output) & {"\x1b", "\x07", "\u202e"}, arguments


# serve


def test_a_port_in_use_is_told_before_anything_is_loaded(run: Run, settle: Settle):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = run(settle(), "serve", "--port", port)
    assert result.exit_code == FAILED
    assert result.stderr == (
        f"pullquote: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another with PULLQUOTE_PORT or `serve --port`\n"
    )


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("192.0.2.1", "192.0.2.1:8000 (no address of this machine)"),
        ("a..b", "a..b:8000 (not the name of a host)"),
        ("long" * 20, "long:8000 (not the name of a host)"),
        ("\u00e9..b", ":8000 (not the name of a host)"),
        ("\udcff", ":8000 (not the name of a host)"),
        ("http://x", "http://x:8000 ("),
        ("a\nb", "a b:8000 ("),
        ("", "listen on :8000 ("),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_told_in_one_line(
    run: Run, settle: Settle, monkeypatch: pytest.MonkeyPatch, host: str, why: str
):
    resolved = socket.getaddrinfo

    def offline(name: str, *arguments: Any, **options: Any) -> Any:
        """No name is asked of the network."""
        return resolved(name, *arguments, flags=socket.AI_NUMERICHOST, **options)

    monkeypatch.setattr("pullquote.upkeep.doctor.socket.getaddrinfo", offline)
    result = run(settle(), "serve", "--host", host)
    assert result.exit_code == FAILED
    assert why in result.stderr
    assert result.stderr.endswith("); correct PULLQUOTE_HOST or `serve --host`\n")
    assert (result.stderr.startswith("pullquote: cannot listen on "), result.stderr.count("\n")) == (True, 1)


def test_a_port_that_this_user_may_not_take_is_told_with_another_way(
    run: Run, settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("pullquote.upkeep.doctor.socket.socket.bind", refuse)
    result = run(settle(), "serve", "--port", "80")
    assert result.exit_code == FAILED
    assert "cannot listen on 127.0.0.1:80 (Permission denied); let a proxy listen there" in result.stderr


def test_serving_without_an_index_names_the_command(run: Run, settle: Settle):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    result = run(settle(), "serve", "--port", port)
    assert result.exit_code == FAILED
    assert "run `pullquote index`" in result.stderr


# With the real model and the article


def command(settings: Settings, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command line in a process of its own, warnings as errors."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    given = environ_of(Settings(corpus=settings.corpus, index=settings.index))
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "from pullquote.cli.main import main; main()", *arguments],
        capture_output=True, text=True, encoding="utf-8", env={**env, **given, **environ}, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_kingpin_question_is_answered_in_the_articles_words(real_index: Settings):
    result = command(real_index, "ask", KINGPINS, "--json")
    assert result.returncode == ANSWERED, result.stderr
    quotes = json.loads(result.stdout)["quotes"]
    assert (
        "also does not necessarily bring an end to that organisation. It only leads to fragmentation"
        in quotes[0]["exact"]
    )
    assert "the emergence of new tiers of leaders" in quotes[0]["exact"]
    assert any("Los Zetas" in quote["exact"] for quote in quotes[:3])


@pytest.mark.slow
@pytest.mark.parametrize("question", OFF_TOPIC)
def test_an_off_topic_question_is_met_with_silence(real_index: Settings, question: str):
    result = command(real_index, "ask", question)
    assert result.returncode == ABSTAINED, result.stdout + result.stderr


@pytest.mark.slow
def test_a_question_is_answered_without_torch(real_index: Settings):
    code = f"from pullquote.cli.main import main\ntry:\n    main(['ask', {KINGPINS!r}])\nexcept SystemExit:\n    pass\nimport sys\nassert 'torch' not in sys.modules"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    env |= environ_of(Settings(corpus=real_index.corpus, index=real_index.index))
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, check=True, capture_output=True)


@pytest.mark.slow
def test_every_suggestion_is_answered(real_explainer: Explainer):
    from pullquote.answers.query import Query

    suggested = real_explainer.suggestions()
    assert suggested
    assert all(real_explainer.ask(Query(question=question)).answered for question in suggested)


@pytest.mark.slow
def test_the_demo_documents_are_indexed_as_they_are(demo_documents: Path, real_index: Settings, tmp_path: Path):
    settings = Settings(corpus=demo_documents, index=tmp_path / "index")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "encoders").symlink_to(real_index.index / "encoders")
    assert command(settings, "index").returncode == ANSWERED
    result = command(settings, "ask", "What did the Merida Initiative provide to Mexico?", "--json")
    assert result.returncode == ANSWERED, result.stdout + result.stderr
    for quote in json.loads(result.stdout)["quotes"]:
        [path] = demo_documents.glob(f"{quote['document_id']}.txt")
        assert path.read_bytes().decode("utf-8")[quote["start"] : quote["end"]] == quote["exact"]


@pytest.mark.slow
@pytest.mark.parametrize("question", [b"why \xff tolls", b"\xed\xa0\x80 kingpins", b"kingpins \xf0\x9f\x98\x80"])
def test_a_question_that_is_no_text_is_answered_or_refused_but_never_a_traceback(real_index: Settings, question: bytes):
    for options in ([], ["--json"]):
        result = command(real_index, "ask", os.fsdecode(question), *options)
        assert result.returncode in (ANSWERED, FAILED, ABSTAINED)
        assert "Traceback" not in result.stderr


# What the system refuses


@pytest.mark.parametrize("arguments", [["ask", KINGPINS], ["ask", KINGPINS, "--json"], ["documents"], ["--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written_is_one_line_on_stderr(shared: Settings, arguments: list[str], unbuffered: str):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": unbuffered}
    code = (
        "import sys; sys.path.insert(0, {tests!r})\nfrom fakes import HashEncoder\nimport pullquote.answers.reply\n"
        "pullquote.answers.reply.open_encoder = lambda *given: HashEncoder()\nfrom pullquote.cli.main import main\nmain()"
    ).format(tests=str(CHECKOUT / "tests"))
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            stdout=full, stderr=subprocess.PIPE, text=True, env={**env, **environ_of(shared)}, check=False,
        )  # fmt: skip
    assert result.returncode == FAILED
    assert result.stderr == (
        "pullquote: the output cannot be written (No space left on device); make room on the disk, or write to another one\n"
    )


def test_a_folder_that_cannot_be_made_is_named_with_the_next_step(run: Run, settle: Settle):
    result = run(settle(index=Path("/proc/nowhere/index")), "index")
    assert result.exit_code == FAILED
    assert result.stderr == (
        "pullquote: /proc/nowhere cannot be read or written (No such file or directory); "
        "correct the setting or the argument that names it\n"
    )


def test_a_write_that_the_system_refuses_names_the_index(run: Run, settle: Settle, monkeypatch: pytest.MonkeyPatch):
    def refuse(*given: object, **named: object) -> None:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))

    monkeypatch.setattr("pullquote.index.files.os.fsync", refuse)
    settings = settle()
    result = run(settings, "index")
    assert result.exit_code == FAILED
    assert result.stderr == (
        f"pullquote: {settings.index} cannot be read or written (File too large); "
        "let this user's files be larger (`ulimit -f`), or write to another disk\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Who should pay for a road?"], ["search", "tolls"], ["documents"], ["balance"], ["chat"],
        ["verify", "Nobody else should have to."], ["sides", "Road tolls are fair."], ["disputes", "for-tolls:5-9"],
    ],
)  # fmt: skip
def test_every_command_that_reads_an_older_generation_than_the_newest_says_so(
    run: Run, indexed: Settings, arguments: list[str]
):
    index_corpus(indexed, HashEncoder())
    newest = json.loads((indexed.index / "MANIFEST.json").read_bytes())["current"]["generation"]
    Layout(indexed.index).generation(newest).file(STORED_TEXTS).write_bytes(b"")
    done = run(indexed, *arguments)
    assert done.stderr.count("pullquote: warning: ") == 1
    assert "the previous generation serves" in done.stderr
