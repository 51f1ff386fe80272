"""What a program may rely on: the names of the package, how they are loaded, and the recipes that are built on them."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from fakes import CHECKOUT
from serving import served

import pullquote
from pullquote import answer_wire

RECIPES = CHECKOUT / "integrations"
QUESTION = "Who should pay for a road?"
OFF_TOPIC = "What is the capital of Australia?"


def test_what_is_public_is_listed_loaded_when_it_is_used_and_told_in_the_docs():
    section = (CHECKOUT / "docs" / "doors.md").read_bytes().decode().split("\n## ")[1]
    told = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(told) == sorted(pullquote.__all__) == sorted(pullquote._HOMES)
    actual = {getattr(pullquote, name).__name__ for name in pullquote.__all__}
    assert actual == set(pullquote.__all__)
    assert set(pullquote.__all__) <= set(dir(pullquote))
    with pytest.raises(AttributeError, match="has no attribute 'Explainers'"):
        _ = pullquote.Explainers


def test_what_a_type_checker_is_told_is_what_is_loaded():
    tree = ast.parse(Path(pullquote.__file__).read_bytes())
    [checking] = [node for node in tree.body if isinstance(node, ast.If)]
    told = {alias.name: node.module for node in checking.body for alias in node.names}
    assert told == {name: f"pullquote.{home}" for name, home in pullquote._HOMES.items()}
    assert Path(pullquote.__file__).with_name("py.typed").is_file()


def recipe(library, folder, monkeypatch):
    pytest.importorskip(library, reason=f"a recipe's library is not installed: {library}")
    monkeypatch.setattr(sys, "path", [str(RECIPES / folder), *sys.path])
    monkeypatch.delitem(sys.modules, "pullquote_retriever", raising=False)
    return importlib.import_module("pullquote_retriever")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # theirs
def test_the_recipe_for_llamaindex_gives_quotes_as_nodes(explainer, monkeypatch):
    nodes = (
        recipe("llama_index.core", "llamaindex", monkeypatch)
        .PullquoteRetriever(explainer)
        .retrieve(QUESTION)
    )
    assert "Drivers who use a road should pay for it." in nodes[0].node.text
    assert nodes[0].node.text == cut(explainer, nodes[0].node.metadata)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_recipe_for_langchain_gives_quotes_as_documents(explainer, monkeypatch):
    retriever = recipe("langchain_core", "langchain", monkeypatch).PullquoteRetriever(
        explainer=explainer
    )
    found = retriever.invoke(QUESTION)
    assert "Drivers who use a road should pay for it." in found[0].page_content
    assert found[0].page_content == cut(explainer, found[0].metadata)


@pytest.mark.parametrize("folder", ["langchain", "llamaindex"])
def test_a_recipe_tells_title_date_page_and_addresses_that_need_no_base(explainer, folder):
    source = (RECIPES / folder / "pullquote_retriever.py").read_bytes().decode()
    place = next(
        one
        for one in ast.parse(source).body
        if isinstance(one, ast.FunctionDef) and one.name == "place"
    )
    names: dict[str, Any] = {"Any": Any, "urljoin": urljoin}
    exec(compile(ast.Module([place], []), folder, "exec"), names)  # without the library
    quote = answer_wire(explainer.ask(QUESTION))["quotes"][0]
    told = names["place"](quote, "https://debate.example")
    assert told["links"]["reader"] == f"https://debate.example{quote['links']['reader']}"
    assert told["title"] == quote["source"]["name"]
    assert told["date"] == quote["source"]["date"]
    assert told["page"] is None


def cut(explainer, place):
    """The words where a recipe says that they stand."""
    return explainer.document(place["document_id"]).text[place["start"] : place["end"]]


@pytest.mark.parametrize(
    "name", ["llamaindex/pullquote_retriever.py", "langchain/pullquote_retriever.py"]
)
def test_a_recipe_is_36_lines_of_code_on_public_names_alone(name):
    source = (RECIPES / name).read_bytes().decode()
    lines = [line for line in source.partition('"""\n\n')[2].split("\n") if line.strip()]
    assert len(lines) <= 36
    assert set(re.findall(r"^from (pullquote[\w.]*) import", source, re.MULTILINE)) == {"pullquote"}


@pytest.mark.slow
def test_the_javascript_example_reads_an_answer_and_a_problem(shared, tmp_path):
    node = shutil.which("node") or pytest.skip("there is no node here")
    with served(shared, tmp_path) as service:

        def run(question):
            command = [
                node,
                str(RECIPES / "javascript" / "ask.mjs"),
                f"http://127.0.0.1:{service.port}",
                question,
            ]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

        said, wrong = run(QUESTION), run("x" * 3_000)
    assert "“Drivers who use a road should pay for it." in said.stdout, said.stderr
    assert f"http://127.0.0.1:{service.port}/documents/" in said.stdout
    assert "question" in wrong.stderr
    assert wrong.returncode == 1


def test_each_public_value_reads_as_one_short_line(explainer):
    answer = explainer.ask("Who should pay for a road?\n" + "Who? " * 50)
    sides = explainer.sides("A road should be paid for by tolls.")
    asked = explainer.ask(QUESTION)
    quoted = asked.citations[0]
    for value in (
        explainer,
        answer,
        asked,
        sides,
        quoted,
        quoted.quote,
        quoted.quote.document,
        asked.citations,
    ):
        assert "\n" not in repr(value)
    for value in (explainer, answer, asked, sides, quoted, quoted.quote, quoted.quote.document):
        assert len(repr(value)) <= 160, repr(value)
    assert repr(asked) == f"<Answer {QUESTION!r}: {len(asked.citations)} quotes>"
