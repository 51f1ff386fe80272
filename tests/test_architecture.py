"""The shape of the program: ten rooms in one direction, heavy libraries in one room each, nothing dangerous."""

import ast
import os
import subprocess
import sys

import pytest
from fakes import CHECKOUT

PACKAGE = CHECKOUT / "app" / "pullquote"
APP = PACKAGE.parent
# Packages beside the core, which import it.
NEIGHBOURS = "pullquote_collect pullquote_desk pullquote_eval pullquote_extract pullquote_llm pullquote_scale".split()
GROUND = {"", "errors", "settings", "span"}  # which every room may import
ROOMS = "corpus models index voice sides verify answers upkeep api cli".split()
LIBRARIES = {  # by the rooms that may import them
    "models": "tokenizers httpcore2",
    "pullquote_eval": "torch sentence_transformers transformers huggingface_hub",
    "models pullquote_eval": "onnxruntime",
    "index": "faiss",
    "pullquote_scale": "pymilvus grpc ray redis obstore",
    "pullquote_scale upkeep": "psycopg",
    "pullquote_extract": "selectolax webvtt pypdfium2",
    "corpus": "Stemmer sentencex yaml markdown_it",
    "voice": "nameparser",
    "verify voice": "rapidfuzz",
    "corpus answers": "stop_words",
    "answers": "py3langid",
    "answers api cli": "jinja2",
    "api pullquote_desk": "fastapi",
    "api": "starlette pydantic anyio prometheus_client uvicorn mcp",
    "upkeep": "watchfiles",
    "cli": "tqdm",
    "api cli pullquote_collect pullquote_desk pullquote_eval": "click",
    "models pullquote_collect pullquote_llm": "httpx2",
}
HOMES = {name: rooms.split() for rooms, names in LIBRARIES.items() for name in names.split()}
LATE = set(
    """torch sentence_transformers onnxruntime faiss tokenizers sentencex yaml stop_words py3langid watchfiles
markdown_it nameparser rapidfuzz selectolax webvtt httpx2 redis psycopg obstore pymilvus""".split()
)
# Which are themselves imported where they are needed.
LATER = {"pullquote_scale.milvus", "pullquote_scale.postgresql", "models.exchange"}
BANNED = set("pickle cPickle marshal shelve joblib dill cloudpickle runpy code".split())
PATHS = [path for name in ("pullquote", *NEIGHBOURS) for path in sorted((APP / name).rglob("*.py"))]
TREES = {path: ast.parse(path.read_bytes()) for path in PATHS}


def name_of(path):
    """A file's dotted name below the package, "" the package itself; a neighbour's with its package."""
    parts = path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else APP).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module):
    """The room of a module, or its own name where it stands in none."""
    return module.split(".", maxsplit=1)[0]


def imported_by(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names]
    return []


WITHIN = {name_of(path): list(ast.walk(tree)) for path, tree in TREES.items()}
# Every module with each name that it imports, and with those that it imports at its top.
IMPORTS = [
    (module, name)
    for module, nodes in WITHIN.items()
    for node in nodes
    for name in imported_by(node)
]
AT_TOP = [
    (name_of(path), name)
    for path, tree in TREES.items()
    for node in tree.body
    for name in imported_by(node)
]


def ours():
    """Every module with each module of ours that it imports."""
    for module, name in IMPORTS:
        package, _, rest = name.partition(".")
        if package in NEIGHBOURS:
            yield module, name if name in WITHIN else name.rpartition(".")[0]
        # The front door names what the rooms have, and loads none of it.
        elif package == "pullquote" and module:
            yield module, rest if rest in WITHIN else rest.rpartition(".")[0]


def test_every_module_stands_in_a_room_or_on_the_ground():
    assert {room(module) for module in WITHIN} <= {*ROOMS, *NEIGHBOURS, *GROUND, "__main__"}


def test_a_room_imports_only_from_rooms_before_it_and_from_the_ground():
    order = dict.fromkeys(GROUND, -1) | {name: number for number, name in enumerate(ROOMS)}
    order |= dict.fromkeys(("__main__", *NEIGHBOURS), len(ROOMS))
    last = len(order)  # of what stands in no room
    placed = [
        (order.get(room(name), last), order.get(room(module), last)) for module, name in ours()
    ]
    assert [
        pair for pair, (named, naming) in zip(ours(), placed, strict=True)
        if named > naming and room(pair[0]) not in NEIGHBOURS
    ] == []  # fmt: skip


def test_neither_the_core_nor_another_neighbour_imports_a_neighbour():
    assert [pair for pair in ours() if room(pair[1]) in {*NEIGHBOURS} - {room(pair[0])}] == []


def test_no_modules_import_each_other_in_a_ring():
    needs = {module: set() for module in WITHIN}
    for module, name in ours():
        # A package's front door is no part of a ring.
        if name != module and not module.startswith(f"{name}."):
            needs[module].add(name)
    while free := {module for module, needed in needs.items() if not needed & needs.keys()}:
        needs = {module: needed - free for module, needed in needs.items() if module not in free}
    assert needs == {}


def test_the_page_on_the_architecture_lists_the_rooms_in_their_order():
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = [page.find(f"| `{name}/` |") for name in ROOMS]
    assert -1 not in places, dict(zip(ROOMS, places, strict=True))
    assert places == sorted(places)


def test_imports_are_absolute_and_the_package_itself_speaks_to_its_environment_alone():
    assert [pair for pair in IMPORTS if pair[1].startswith(".")] == []
    assert [name for module, name in AT_TOP if module == ""] == ["os", "typing.TYPE_CHECKING"]


def test_a_library_is_imported_only_in_its_home_and_heavy_ones_where_they_are_needed():
    pairs = [(module, name.split(".")[0]) for module, name in IMPORTS]
    assert [one for one in pairs if room(one[0]) not in HOMES.get(one[1], [room(one[0])])] == []
    assert [pair for pair in pairs if pair[1] in BANNED] == []
    heavy = [(module, name) for module, name in AT_TOP if name.split(".")[0] in LATE]
    assert [pair for pair in heavy if pair[0] not in LATER] == []
    names = [(module, name.removeprefix("pullquote.")) for module, name in AT_TOP]
    assert [pair for pair in names if pair[1].rpartition(".")[0] in LATER] == []


def dangers(node):
    """What is wrong with a piece of code: line ends that are translated, text that is run, an error that is swallowed."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called in {"read_text", "splitlines"}:
            return f"{called} translates line ends, and offsets move"
        if isinstance(node.func, ast.Name) and called in {"eval", "exec", "print"}:
            return f"{called} is called"
    if isinstance(node, ast.keyword) and node.arg in {"allow_pickle", "trust_remote_code"}:
        denied = isinstance(node.value, ast.Constant) and node.value.value is False
        return None if denied else f"{node.arg} is not False"
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        return "a bare except"
    return None


def test_nothing_shifts_offsets_runs_text_or_swallows_every_error():
    met = [(module, node, dangers(node)) for module, nodes in WITHIN.items() for node in nodes]
    told = [f"{module}:{getattr(node, 'lineno', 0)}: {what}" for module, node, what in met if what]
    assert told == []


READS = """
from pathlib import Path
from pullquote.corpus.corpus import load_corpus
from pullquote.settings import Settings
load_corpus(Settings(corpus=Path("corpus")))
"""
HELPS = """
from pullquote.cli.main import main
try: main("%s".split())
except SystemExit as end: assert not end.code
"""
MODELS = {"torch", "onnxruntime", "faiss", "numpy", "click", "fastapi"}
LOADS = [  # code, of which libraries, what it may load
    ("import pullquote", {*HOMES, "numpy"}, set()), (READS, MODELS, set()),
    *((HELPS % asked, {*HOMES, "numpy"}, {"click"}) for asked in ("--help", "ask --help", "serve --help")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "watched", "needed"), LOADS)
def test_what_needs_little_loads_little(code, watched, needed, tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Words.")
    script = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}}, file=sys.stderr)"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    run = dict(capture_output=True, text=True, env=environ, cwd=tmp_path)
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, **run)
    assert watched & {*done.stderr.split()} == needed
