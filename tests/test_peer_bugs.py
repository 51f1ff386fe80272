"""Real bugs of programs like this one, one named test each: storage, documents and quotes.

Those of the HTTP edge have a file of their own; docs/reliability.md names the ones that cannot arise here, and why.
"""

import ast
import json
import os
import socket
from functools import partial

import pytest
from fakes import CHECKOUT, HashEncoder, document_of, open_with_fake, rows, write_corpus
from growth import assert_in_proportion

from pullquote.answers.query import Query
from pullquote.api.responses import safe_url
from pullquote.api.wire import answer_wire, citation_wire
from pullquote.corpus.parsing import CorpusFile, parse_document
from pullquote.errors import DocumentError, EncoderError, UnknownDocument
from pullquote.index import layout, open_index
from pullquote.index.layout import Layout
from pullquote.index.parts import keys_of, split
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.match import Result
from pullquote_eval.export import locate_model

PACKAGE = CHECKOUT / "app" / "pullquote"
MODULES = sorted(PACKAGE.parent.rglob("*.py"))


def imported(path):
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def folder_of(settings, which):
    named = json.loads(Layout(settings.index).manifest.read_bytes())
    return Layout(settings.index).generation(named[which]["generation"]).folder


@pytest.fixture
def two(settle):
    """An index of two generations; only the newer one knows trams."""
    settings = settle()
    index_corpus(settings, HashEncoder())
    write_corpus(settings.corpus, {"trams/trams.txt": "Trams carry more people than cars."})
    index_corpus(settings, HashEncoder())
    return settings


# 3: transformers CVE-2026-4372, torch CVE-2025-32434: a model folder that runs code


def test_bug_03_a_model_folder_cannot_run_code(tmp_path):
    """`auto_map` names code in the folder; the pickle would leave a mark. Neither is ever opened."""
    mark = tmp_path / "mark"
    (tmp_path / "config.json").write_text(
        json.dumps({"auto_map": {"AutoModel": "evil.Model"}, "model_type": "bert"})
    )
    (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w')\nclass Model: pass\n")
    (tmp_path / "pytorch_model.bin").write_bytes(
        b"cos\nsystem\n(S'touch " + os.fsencode(mark) + b"'\ntR."
    )
    with pytest.raises(EncoderError, match="other weight formats are refused"):
        locate_model(str(tmp_path))
    assert not mark.exists()


@pytest.mark.slow
def test_bug_03_weights_beside_code_are_loaded_without_the_code(tmp_path):
    from pullquote_eval.export import Model, SentenceTransformerEncoder

    mark = tmp_path / "mark"
    (tmp_path / "config.json").write_text(
        json.dumps({"auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Model"}})
    )
    (tmp_path / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "evil.Model"}])
    )
    (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w')\nclass Model: pass\n")
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    with pytest.raises(
        EncoderError,
        match=f"{tmp_path} asks for code of its own, which is never run; set PULLQUOTE_MODEL",
    ):
        SentenceTransformerEncoder(Model("evil", tmp_path, "00"))
    assert not mark.exists()


# 4: LangChain's index.pkl


def test_bug_04_no_module_can_unpickle():
    sources = {
        path.name: path.read_text() for path in MODULES
    }  # imports are held by tests/test_architecture.py
    assert [name for name, source in sources.items() if "allow_pickle=True" in source] == []
    assert [name for name, source in sources.items() if "weights_only=False" in source] == []


def test_bug_04_a_planted_pickle_never_fires(two, tmp_path):
    mark = tmp_path / "mark"
    pickled = b"cos\nsystem\n(S'touch " + os.fsencode(mark) + b"'\ntR."
    for name in ("index.pkl", "docstore.pkl"):
        (folder_of(two, "current") / name).write_bytes(pickled)
        (two.index / name).write_bytes(pickled)
    for name in (layout.KEYS, layout.PASSAGE_VECTORS):
        (folder_of(two, "current") / name).write_bytes(pickled)
    assert open_index(two).degraded
    assert not mark.exists()


# 5: FAISS #5485, #5313, #5468, #5400


# 6: FAISS #861: several processes read while one writes


# 7: mem0 #7117, knowledge-base-mcp #57


# 8 and 9: Open WebUI CVE-2026-45400/-45401, LangChain CVE-2026-41488: addresses checked once, fetched twice


def test_bugs_08_and_09_one_module_fetches_addresses_for_the_operator_and_the_service_never_does():
    """Beside the model's own download, at build time, and the language model at the one address that the operator set."""
    clients = (
        "requests",
        "httpx",
        "aiohttp",
        "urllib.request",
        "urllib3",
        "http.client",
        "ftplib",
        "smtplib",
    )
    fetching = {
        path.stem for path in MODULES if any(name.startswith(clients) for name in imported(path))
    }
    served = {name for path in MODULES if path.parent.name == "api" for name in imported(path)}
    assert fetching == {"exchange", "fetching", "pointer"}
    assert not [name for name in served if name.startswith("pullquote_collect")]


# 10: LlamaIndex CVE-2025-3046, ONNX GHSA-cmw6-hcpp-c6jp


# 11: Langflow CVE-2026-33497, -42867: a traversal mended in one place and left in the next


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "/etc/passwd",
        "%2e%2e%2f",
        "a\\..\\b",
        "a\0b",
        "",
        "x" * 9_000,
        "\ud800",
    ],
)
def test_bug_11_a_name_is_looked_up_and_never_a_path(explainer, name, monkeypatch):
    opened: list[object] = []
    monkeypatch.setattr(os, "open", lambda *arguments, **_: opened.append(arguments))
    monkeypatch.setattr("io.open", lambda *arguments, **_: opened.append(arguments))
    for ask in (explainer.document, lambda given: explainer.verify("Words.", document_id=given)):
        with pytest.raises(UnknownDocument):
            ask(name)
    assert opened == []


# 13: python-multipart, NLTK CVE-2021-43854, embedchain CVE-2024-23732: parsing that is not linear

PAYLOADS = ["a", "a ", "!", ". ", "(", "“", "aaaa!", "\n", "U.S. ", "Mr. ", "It only leads. ", "# x\n", "e\u0301",
            "“x” said Ann Lee. ", "according to Mr. Smith, ", "“x” said X, who said "]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_bug_13_splitting_attributing_and_matching_take_linear_time(payload):
    def read(text):
        from pullquote.api.responses import visible as in_pages
        from pullquote.cli.terminal import visible
        from pullquote.index.lexical import terms
        from pullquote.verify.match import find

        keys_of(document_of(text), split(document_of(text)))
        terms(text)
        visible(text)
        in_pages(text)
        find("words that are not there.", lambda: [document_of(text)])

    assert_in_proportion(lambda times: partial(read, "Start. " + payload * times), 16_000)


# 17: Discourse CVE-2026-27740, Open WebUI CVE-2026-44568: text taken for markup


@pytest.mark.parametrize(
    "url",
    "javascript:x()|JaVaScRiPt:x()|data:text/html,x|vbscript:x| javascript:x|\tjavascript:x|file:///a".split(
        "|"
    ),
)
def test_bug_17_a_link_leads_to_the_web_or_nowhere(url):
    assert safe_url(url) == ""
    with pytest.raises(DocumentError, match="must start with https"):
        parse_document(
            CorpusFile("d", "d/a.txt", f"---\nurl: '{url}'\n---\nWords.".encode()), document_id="a"
        )


# 18: dismech #9433, fojin #533, OpenContracts #2193: a relaxed match that is called verified


@pytest.mark.parametrize("words", ["", " ", "\n", "\u200b", "“”"])
def test_bug_18_no_words_are_never_verified(explainer, words):
    assert explainer.verify(words).result is not Result.VERBATIM


# 19: dom-anchor-text-position #6, notebooklm-py #2210: offsets in the wrong units


def test_bug_19_offsets_are_told_in_code_points_and_in_utf_16(settle):
    text = "\U0001f6a6\U0001f697\U0001f6b2\U0001f468 Road tolls are thinking."
    settings = settle({"d/a.txt": text})
    index_corpus(settings, HashEncoder())
    quote = citation_wire(open_with_fake(settings).search("road tolls thinking")[0])
    assert text[quote["start"] : quote["end"]] == quote["exact"]
    units = text.encode("utf-16-le")
    actual = units[2 * quote["start_utf16"] : 2 * quote["end_utf16"]].decode("utf-16-le")
    assert actual == quote["exact"]
    assert quote["end_utf16"] - quote["end"] == 4


# 22: Haystack #8095/#8096, banks CVE-2026-44209: somebody's text as a template

TEMPLATE = "{{ 7*7 }}{% for x in ().__class__.__bases__ %}{{ x }}{% endfor %}"


def test_bug_22_a_template_is_literal_in_text_title_name_and_question(settle):
    settings = settle(
        {
            f"d/{'{{7*7}}'}.txt": f"---\ntitle: '{TEMPLATE}'\nauthor: '{TEMPLATE}'\n---\nTolls cost {TEMPLATE} pounds."
        }
    )
    index_corpus(settings, HashEncoder())
    answer = open_with_fake(settings).ask(Query(question=f"What do tolls cost {TEMPLATE}?"))
    told = answer_wire(answer)
    assert all(quote["exact"] in f"Tolls cost {TEMPLATE} pounds." for quote in told["quotes"])
    assert told["quotes"][0]["source"]["title"] == TEMPLATE
    assert "49" not in told["text"]
    assert "class 'object'" not in told["text"]


# 24: uvicorn CVE-2020-7694, Gradio CVE-2022-24770: escape sequences and formulas


@rows("arguments")
def test_bug_24_no_escape_sequence_reaches_the_terminal(settle, run, arguments):
    settings = settle(
        {"d/a.txt": '---\ntitle: "\\e[2J evil"\n---\nRoad tolls \x1b[2J\x9b31m cut jams.'}
    )
    run(settings, "index")
    done = run(settings, *arguments)
    assert not {"\x1b", "\x9b", "\x07"} & set(done.output + done.stderr)


# 23, its half in this process: nothing listens but the port that was asked for


def test_bug_23_opening_an_index_listens_nowhere(shared, monkeypatch):
    bound: list[object] = []
    monkeypatch.setattr(socket.socket, "bind", lambda self, address: bound.append(address))
    open_with_fake(shared).ask(Query(question="Who pays for a road?"))
    assert bound == []
