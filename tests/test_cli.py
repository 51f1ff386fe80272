"""The command line: what it prints, what it says when something is wrong, and its exit codes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import TEXTS, HashEncoder, cases, environ_of, rows, write_corpus

from pullquote.api.wire import answer_wire
from pullquote.cli import terminal
from pullquote.cli.asking import converse
from pullquote.cli.main import main
from pullquote.cli.terminal import render
from pullquote.index.layout import TEXTS as STORED_TEXTS
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

ANSWERED, FAILED, USAGE, ABSTAINED = 0, 1, 2, 3
QUESTION, KINGPINS = "Who should pay for a road?", "Why might killing kingpins backfire?"


def test_an_answer_shows_the_words_who_said_them_and_their_place_and_json_is_the_wire_form(
    run, shared
):
    result = run(shared, "ask", QUESTION)
    words = " ".join(result.output.split())
    assert result.exit_code == ANSWERED
    for told in (
        "“Drivers who use a road should pay for it.",
        "for-tolls:112-153",
        "[1] Ada Finch, The Toll Review, March 2021",
    ):
        assert told in words
    answer = json.loads(run(shared, "ask", QUESTION, "--json", "--max-quotes", "1").stdout)
    assert (answer["status"], [quote["n"] for quote in answer["quotes"]]) == ("answered", [1])


def test_a_question_that_nothing_answers_is_met_with_silence_and_exit_code_3(run, shared):
    strict = Settings(corpus=shared.corpus, index=shared.index, min_confidence=1.0)
    result = run(strict, "ask", "What is the capital of Australia?", "--json")
    assert (result.exit_code, json.loads(result.stdout)["reason"]) == (ABSTAINED, "not_covered")
    nothing = run(shared, "search", "why is that so")
    assert (nothing.exit_code, nothing.stdout) == (ABSTAINED, "Nothing fits.\n")


@pytest.mark.parametrize(("arguments", "code", "told"), [
    (["ask", ""], FAILED, "is empty"), (["search", "x" * 9_000], FAILED, "9,000 characters"),
    (["ask", "Who should pay?", "--debate", "tolls"], FAILED, "there are: bicycle-helmets, road-tolls"),
    (["disputes", "for-tolls"], FAILED, "is not a place; write it as `ask` prints it"),
    (["disputes", "for-tolls:9-3"], FAILED, "the end does not come after the start"),
    (["report"], FAILED, "name a file with PULLQUOTE_STORE"), (["verify", "no.json"], FAILED, "cannot be read"),
    (["ask"], USAGE, ""), (["ask", "why", "--max-quotes", "11"], USAGE, ""), (["serve", "--port", "0"], USAGE, ""), (["fly"], USAGE, ""),
    (["verify", "receipt.json", "--speaker", "Ada Finch"], USAGE, "a receipt names its own"),
    (["verify", "receipt.json", "--document", "for-tolls"], USAGE, "a receipt names its own"), (["balance", "--csv", "--json"], USAGE, ""),
])  # fmt: skip
def test_what_is_wrong_is_one_line_on_stderr_with_its_exit_code(run, shared, arguments, code, told):
    result = run(shared, *arguments)
    assert (result.exit_code, told in result.stderr, result.stdout) == (code, True, "")
    assert code == USAGE or (result.stderr.startswith("pullquote: "), len(result.stderr) < 300) == (
        True,
        True,
    )


def test_an_unknown_setting_stops_the_start_and_names_the_nearest(
    run, shared, tmp_path, monkeypatch
):
    (tmp_path / "mine.toml").write_text("max_questoin = 10\n")
    named = run(shared, "--config", str(tmp_path / "mine.toml"), "documents")
    assert "mine.toml: no such setting: max_questoin; did you mean max_question?" in named.stderr
    monkeypatch.setenv("PULLQUOTE_CORPSE", "x")
    result = run(shared, "ask", "Who should pay?")
    assert (result.exit_code, "did you mean PULLQUOTE_CORPUS?" in result.stderr) == (FAILED, True)


# index


def test_a_build_says_what_it_does_with_each_debate(run, settle):
    settings = settle(TEXTS)
    assert {
        "pullquote: bicycle-helmets: finding what can be asked",
        "pullquote: road-tolls: finding what can be asked",
    } <= {*run(settings, "index").stderr.splitlines()}


def test_without_a_terminal_a_long_build_says_how_far_it_is(capsys, monkeypatch):
    monkeypatch.setattr(terminal, "TOLD_SECONDS", -1)
    with terminal.progress() as shown:
        shown(1_000, 4_000)
    assert capsys.readouterr().err == "pullquote: 1,000 of 4,000 letters\n"


def test_a_bad_file_is_named_whenever_it_is_left_out_and_the_rest_is_indexed(run, settle):
    settings = settle({**TEXTS, "road-tolls/bad\x1b[2J.txt": b"caf\xe9"})
    for ending in (")\n", "; nothing changed\n"):
        result = run(settings, "index")
        assert result.exit_code == ANSWERED
        assert result.stdout[:13] == "3 documents, "
        assert result.stdout.endswith(ending)
        assert (
            "pullquote: skipped road-tolls/bad\\u001b[2J.txt: is not UTF-8 (byte 3)"
            in result.stderr
        )
        (settings.index / "encoders" / HashEncoder.identity).mkdir(parents=True, exist_ok=True)
    assert run(settings, "ask", QUESTION).exit_code == ANSWERED


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["search", "tolls"], ["documents"], ["balance"], ["chat"],
                                       ["verify", "Nobody else should have to."], ["sides", "Road tolls are fair."]])  # fmt: skip
def test_every_command_that_reads_an_older_generation_than_the_newest_says_so(
    run, indexed, arguments
):
    newest = index_corpus(indexed, HashEncoder()).generation.card.name
    (Layout(indexed.index).generation(newest).folder / STORED_TEXTS).write_bytes(b"")
    done = run(indexed, *arguments)
    assert done.stderr.count("pullquote: warning: ") == 1
    assert "the previous generation serves; run `pullquote index`" in done.stderr


# What is printed


def test_documents_and_what_changed_since_are_told(run, indexed):
    assert (
        "road-tolls  for-tolls  The case for road tolls\n    Ada Finch, The Toll Review, March 2021; "
        in run(indexed, "documents").stdout
    )
    listed = json.loads(run(indexed, "documents", "--json").stdout)["documents"]
    actual = [(document["id"], document["text"]) for document in listed]
    assert actual == [("helmets", None), ("against-tolls", None), ("for-tolls", None)]
    write_corpus(indexed.corpus, {"road-tolls/new.txt": "New."})
    told = " ".join(run(indexed, "ask", QUESTION).output.split())
    assert "The corpus changed after this index was built; run `pullquote index`." in told


@rows("stance, line")
def test_a_quote_says_who_judged_its_side_and_a_question_is_answered_yes_or_no(
    explainer, stance, line
):
    from pullquote.answers.query import Query

    wire = answer_wire(explainer.ask(Query(question=QUESTION, max_quotes=1)))
    long = f"Cities should charge road tolls{' on every road' * 12}."
    for proposition, told in (
        (long, line),
        ("Should cities charge?", line.replace("For", "Yes").replace("Against", "No")),
    ):
        wire["proposition"], wire["quotes"][0]["stance"] = (
            proposition,
            dict(zip(("side", "probability", "basis"), stance, strict=True)),
        )
        shown = render("answer", wire, chat=False)
        assert " ".join(shown.split(":112-153")[1].split("Both sides:")[0].split()) == told
        assert f"Both sides:\n  pullquote sides '{proposition}'" in shown, (
            "a command to copy is never wrapped"
        )
    sides = {
        "proposition": "Should cities charge?",
        "for": [],
        "against": [],
        "context": [],
        "gap": None,
        "unclear": ["for"],
    }
    actual = render("sides", sides | {"for": wire["quotes"]}).split("\n\n")[:2]
    assert actual == ["On: Should cities charge?", "Yes:"]


def test_a_document_cannot_drive_the_terminal(run, settle):
    settings = settle(
        {
            "a/a.txt": "Tolls \x1b[31mred\x1b[0m \u202ework. Tolls \x07ring.",
            "a/b\x1b]0;x\x07.txt": "Other tolls.",
        }
    )
    run(settings, "index")
    for arguments in cases("cli", "a_document_cannot_drive_the_terminal"):
        assert not set(run(settings, *arguments).output) & {"\x1b", "\x07", "\u202e"}, arguments


# chat


def said(explainer, *lines):
    """What a terminal conversation of these lines prints."""
    printed: list[str] = []
    converse(explainer, lines, printed.append)
    return "\n".join(printed)


def test_the_conversation_resolves_follow_ups_forgets_and_goes_on_after_a_bad_line(explainer):
    told = said(explainer, QUESTION, "!?", "", "And why is that?", "/quit", "never read")
    for words in (
        "“Drivers who use a road should pay for it.",
        "the question is empty",
        "Understood as:",
    ):
        assert words in told
    assert "Understood as:" not in said(explainer, QUESTION, "/new", "And why is that?")
    assert "“" in said(explainer, "1")


def test_the_chat_command_reads_lines_until_they_end_or_there_are_none(
    shared, fake_model, monkeypatch, capsys
):
    done = CliRunner().invoke(
        main,
        ["chat"],
        env=environ_of(shared),
        input=b"\xff\xfe tolls?\n" + QUESTION.encode() + b"\n",
    )
    assert done.exit_code == ANSWERED
    assert "“Drivers who use a road should pay for it." in done.output
    for name, value in environ_of(shared).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SystemExit, check=lambda end: not end.code):
        main.main(["chat"])
    assert "Ask a question" in capsys.readouterr().out


# verify


@pytest.mark.parametrize(("words", "options", "code", "result"), [
    ("Wealthy drivers barely notice the charge.", [], ANSWERED, "verbatim"), ('"Wear one \N{BICYCLE}," said', [], ABSTAINED, "typography only"),
    ("Wealthy drivers hardly notice the charge.", [], ABSTAINED, "altered"), ("Soap is cheap in winter.", [], ABSTAINED, "not found"),
    ("Wealthy drivers barely notice the charge.", ["--document", "helmets"], ABSTAINED, "misattributed"),
    ("The server sends answer.json", ["--speaker", "Ada Finch"], ABSTAINED, "not found"),
])  # fmt: skip
def test_a_quote_is_checked_against_the_sources(run, shared, words, options, code, result):
    done = run(shared, "verify", words, *options)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (code, result)
    actual = json.loads(run(shared, "verify", words, *options, "--json").stdout)["result"]
    assert actual == result.replace(" ", "_")


# serve


def test_a_port_in_use_is_told_before_anything_is_loaded_and_an_index_that_is_missing_after(
    run, settle
):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        taken.listen()
        told = run(settle(), "serve", "--port", port).stderr
        assert told.endswith(
            "(Address already in use); choose another port with PULLQUOTE_PORT or `serve --port`\n"
        )
    assert "run `pullquote index`" in run(settle(), "serve", "--port", port).stderr


# With the real model and the article


def command(settings, *arguments):
    """A command line in a process of its own, warnings as errors, that must do without torch."""
    env = dict(
        PATH=os.environ["PATH"], PYTHONPATH=os.pathsep.join(sys.path), PYTHONIOENCODING="utf-8"
    )
    env |= environ_of(Settings(corpus=settings.corpus, index=settings.index))
    code = "import sys; sys.modules['torch'] = None\nfrom pullquote.cli.main import main; main()"
    given = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(
        given, capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )


@pytest.mark.slow
def test_the_kingpin_question_is_answered_in_the_articles_words_and_an_off_topic_one_with_silence(
    real_index,
):
    result = command(real_index, "ask", KINGPINS, "--json")
    assert result.returncode == ANSWERED, result.stderr
    quotes = json.loads(result.stdout)["quotes"]
    assert (
        "also does not necessarily bring an end to that organisation. It only leads to fragmentation"
        in quotes[0]["exact"]
    )
    assert any("Los Zetas" in quote["exact"] for quote in quotes[:3])
    for question in (
        "What is the capital of Australia?",
        "How do I bake sourdough bread?",
        "How does photosynthesis work?",
    ):
        assert command(real_index, "ask", question).returncode == ABSTAINED
    for question in (b"why \xff tolls", b"\xed\xa0\x80 kingpins"):
        assert "Traceback" not in command(real_index, "ask", os.fsdecode(question)).stderr


# A newcomer


@pytest.mark.slow
def test_in_an_empty_folder_the_demonstration_answers(fake_model, tmp_path, monkeypatch):
    (empty := tmp_path / "empty").mkdir()
    monkeypatch.chdir(empty)
    environ = dict(XDG_CACHE_HOME=str(tmp_path / "cache"))
    environ |= {"PULLQUOTE_RERANKER": "off", "PULLQUOTE_MIN_CONFIDENCE": "0"}

    def told(*words, **more):
        return CliRunner().invoke(main, words, env=environ | more)

    for _ in range(2):
        done = told("ask", KINGPINS)
        assert (done.exit_code, "Amalendu Misra" in done.stdout) == (ANSWERED, True)
        assert "no corpus is here yet" in done.stderr
        assert "run `pullquote index`" in done.stderr
    for words in (["search", "kingpins"], ["sides", "Killing kingpins works."], ["doctor"]):
        output = told(*words).output
        assert "there is no index" not in output, words
        assert "demonstration" in output, words
    assert list(empty.iterdir()) == []
    assert len(fake_model.encoded) < 200, "built once, in the cache"
    (receipt := tmp_path / "r.json").write_text(told("ask", KINGPINS, "--json").stdout)
    (draft := tmp_path / "draft.md").write_text("“It only leads to fragmentation.”")
    done = told("verify", str(receipt))
    assert (done.exit_code, "the demonstration answers" in done.stderr) == (ANSWERED, True)
    for words in (str(draft), "It only leads to fragmentation."):
        done = told("verify", words)
        assert (done.exit_code, "there is no index" in done.stderr) == (FAILED, True), words
    for name in ("PULLQUOTE_INDEX", "PULLQUOTE_CORPUS"):
        assert "there is no index in" in told("ask", KINGPINS, **{name: "other"}).stderr
    (empty / "corpus").mkdir()
    refused = told("ask", KINGPINS).stderr
    assert refused == "pullquote: there is no index in index; run `pullquote index`\n"


@pytest.mark.slow
@pytest.mark.parametrize(("options", "shown"), [([], True), (["--host", "0.0.0.0"], False), (["--watch"], False)])  # fmt: skip
def test_only_here_a_newcomer_is_served_the_demonstration(
    fake_model, tmp_path, monkeypatch, options, shown
):
    (empty := tmp_path / "empty").mkdir()
    monkeypatch.chdir(empty)
    served = []
    monkeypatch.setattr(
        "pullquote.api.app.serve", lambda settings, *_: served.append(settings.index)
    )
    monkeypatch.setattr("pullquote.upkeep.watch.follow_beside", lambda *_: lambda: None)
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = CliRunner().invoke(main, ["serve", *options], env=environ)
    assert done.exit_code == ANSWERED, done.output
    [index] = served
    assert (index.is_absolute(), (index / "MANIFEST.json").is_file()) == (shown, shown)
    assert ("the demonstration answers" in done.stderr) is shown
    assert list(empty.iterdir()) == []


def test_the_core_answers_without_the_packages_beside_it(shared):
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "for name in ('collect', 'eval', 'extract', 'llm', 'scale'): sys.modules['pullquote_' + name] = None\n"
        "from fakes import HashEncoder; import pullquote.answers.ready as ready\n"
        "ready.open_encoder = lambda *_: HashEncoder()\n"
        "from pullquote.cli.main import main; main()"
    )

    def alone(*arguments):
        command = [sys.executable, "-c", code, str(Path(__file__).parent), *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environ_of(shared)
        )

    helped, asked, unknown = alone("--help"), alone("ask", QUESTION), alone("add", "a.pdf")
    assert (helped.returncode, asked.returncode, unknown.returncode) == (ANSWERED, ANSWERED, USAGE)
    assert " verify " in helped.stdout
    assert "recheck" not in helped.stdout
    assert "Drivers who use a road should pay for it." in " ".join(asked.stdout.split())
    assert "No such command 'add'" in unknown.stderr
