"""Every block of code in the docs: run where it can be, else read by what would run it."""

import contextlib
import io
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest
import yaml
from fakes import CHECKOUT, environ_of
from serving import served

import pullquote
from pullquote.cli.main import main
from pullquote.corpus.frontmatter import split_front_matter
from pullquote.settings import Settings

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAMPLES = {"text", "console"}  # drawings and what is printed; a console's question is asked below
# Not ours.
OTHERS = {
    "docker",
    "milvus-lite",
    "rsync",
    "echo",
    "curl",
    "openssl",
    "uvx",
    "systemctl",
    "install",
    "sudo",
    "buildah",
}


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    code: str

    def __str__(self):
        return f"{self.page.name}:{self.line}"


def blocks(*languages):
    found = []
    for page in PAGES:
        text = page.read_bytes().decode()
        found += [
            Block(page, text[: one.start()].count("\n") + 1, *one.groups())
            for one in BLOCK.finditer(text)
        ]
    return [block for block in found if not languages or block.language in languages]


def of(*languages):
    return pytest.mark.parametrize("block", blocks(*languages), ids=str)


def test_every_block_is_of_a_language_that_is_tried_here():
    actual = {block.language for block in blocks()} - SAMPLES
    assert actual == {"", "html", "js", "python", "sh", "yaml"}
    assert len(blocks()) > 20


@pytest.fixture(scope="module")
def service(shared, tmp_path_factory):
    with served(shared, tmp_path_factory.mktemp("docs")) as running:
        yield running


@of("python")
def test_a_block_of_python_runs(block, explainer, monkeypatch):
    monkeypatch.setattr(pullquote.Explainer, "open", lambda settings: explainer)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(block.code, str(block), "exec"), {})
    assert "Drivers who use a road should pay for it." in printed.getvalue()


@pytest.mark.slow
@of("js")
def test_a_block_of_javascript_runs(block, service, tmp_path):
    node = shutil.which("node") or pytest.skip("there is no node here")
    (script := tmp_path / "block.mjs").write_text(block.code.replace(":8000", f":{service.port}"))
    done = subprocess.run([node, script], capture_output=True, text=True, timeout=60, check=False)
    assert "“Drivers who use a road should pay for it." in done.stdout, done.stderr


@of("yaml")
def test_a_block_of_yaml_is_read_as_what_it_is(block):
    if block.code.startswith("---"):
        facts, start = split_front_matter(block.code + "Words.\n")
        assert (bool(facts), (block.code + "Words.\n")[start:].strip()) == (True, "Words.")
    else:
        assert yaml.safe_load(block.code)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.names |= {tag, *(name for name, _ in attrs)}


@of("html")
def test_a_block_of_html_names_what_the_widget_knows(block):
    (tags := Tags()).feed(block.code)
    widget = (CHECKOUT / "app" / "pullquote" / "widget" / "widget.js").read_bytes().decode()
    unknown = tags.names - {"script", "src", "defer", "a", "href"}
    words = {re.sub(r"^data-", "", name) for name in unknown}
    assert [word for word in sorted(words) if word not in widget] == []


def commands(block):
    """The commands of a block, a line each, continued lines as one; without comments and what runs in the background."""
    lines = block.code.replace("\\\n", " ").replace("$(hostname)", "host").split("\n")
    told = [shlex.split(line.removesuffix("&").removesuffix("& "), comments=True) for line in lines]
    return [words for words in told if words]


@of("sh", "")
def test_every_command_of_a_block_can_be_read_by_what_it_names(block, monkeypatch):
    for words in commands(block):
        given = dict(word.partition("=")[::2] for word in words if re.match(r"[A-Z_]+=", word))
        Settings.read(
            {
                name: value
                for name, value in given.items()
                if name.startswith("PULLQUOTE_") and value != "FOLDER"
            }
        )
        rest = [word for word in words if not re.match(r"[A-Z_]+=", word)]
        if rest:
            check(rest)


def check(words):
    """Fail where a command is none, or would refuse its arguments."""
    name = Path(words[0]).name or words[0]
    if name == "pullquote":
        parse(words[1:])
    elif name == "make":
        actual = subprocess.run(
            ["make", "-n", *words[1:]], cwd=CHECKOUT, capture_output=True, check=False
        ).returncode
        assert actual == 0
    elif words[:1] == ["python"] and words[1].startswith("benchmarks/"):
        files = (
            CHECKOUT / words[1],
            CHECKOUT / "benchmarks" / "training.py",
        )  # the second has what trainings share
        source = "".join(file.read_bytes().decode() for file in files)
        assert [word for word in words[2:] if word.startswith("--") and word not in source] == []
    elif name == "pip":
        assert [
            Path(word).name
            for word in words
            if word.endswith(".txt") and not (CHECKOUT / Path(word).name).is_file()
        ] == []
    elif name not in {".", "export", "python3"}:
        assert name in OTHERS, words


def parse(words):
    """What click makes of the arguments of a command; it runs nothing."""
    with click.Context(main) as context:
        if words[0] not in {"--help", "--version"}:
            command = main.get_command(context, words[0])
            assert command, words[0]
            command.make_context(words[0], list(words[1:]), parent=context)


@pytest.mark.slow
@pytest.mark.parametrize("block", [one for one in blocks("sh") if "curl " in one.code], ids=str)
def test_a_block_with_curl_gets_an_answer(block, service):
    for words in commands(block):
        if words[0] == "curl":
            given = [word.replace(":8000", f":{service.port}") for word in words[1:]]
            done = subprocess.run(
                ["curl", "--fail", *given], capture_output=True, timeout=60, check=True
            )
            assert done.stdout.startswith((b"{", b"event: "))


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_block_of_a_console_shows_what_is_printed(block, real_index, monkeypatch):
    from click.testing import CliRunner

    asked, _, shown = block.code.partition("\n")
    environ = environ_of(real_index) | dict(
        PULLQUOTE_RERANKER="on", PULLQUOTE_MIN_CONFIDENCE="0.25"
    )
    done = CliRunner().invoke(main, shlex.split(asked.removeprefix("$ pullquote ")), env=environ)
    assert shown.removesuffix("...\n").strip() in done.stdout
