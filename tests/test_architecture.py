"""The shape of the program: one direction, heavy libraries in one place each, nothing dangerous."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import CHECKOUT

PACKAGE = CHECKOUT / "app" / "pullquote"

# The parts of the program, and the modules of each. A module imports only modules before it;
# a folder is one place in this order. docs/architecture.md has the same list.
PARTS = {
    "ground": "errors durable cache timings values settings span hidden dates",
    "corpus": "folder formats documents frontmatter corpus lexicon institutions writings particles honorifics givennames authors clauses blocks tables structure endnotes sections sentences notes impersonal days asked passages",
    "index": "encoder store",
    "finding": "retrieve quote",
    "voice": "voice",
    "proposition": "alternative predicate inversion negation motion relation demand acts pleas camps proposition stance matter",
    "choosing": "expect select rerank reader avowal judged calibrate fitting decide",
    "answer": (
        "frame answer dissent sides counterpoint disputes links typography literal verify alteration receipt wire cite about conversation topics suggestions spoken debater "
        "overview language"
    ),
    "explainer": "staleness ready reply verification explainer",
    "upkeep": "indexing watch retention feedback listener findings doctor sources",
    "measuring": "datasets scores evaluate tuning balance report",
    "edges": "terminal dialogue api serve commands cli",
}
ORDER = [*" ".join(PARTS.values()).split(), "__main__"]

HOMES = {
    "torch": {"encoder.export", "encoder.pair"},
    "sentence_transformers": {"encoder.reference", "encoder.pair"},
    "transformers": {"encoder.reference"},
    "huggingface_hub": {"encoder.model"},
    "onnxruntime": {"encoder.onnx", "encoder.export"},
    "tokenizers": {"encoder.onnx", "rerank", "reader"},
    "faiss": {"store.vectors", "store.coarse"},
    "Stemmer": {"store.lexical"},
    "sentencex": {"sentences"},
    "yaml": {"frontmatter"},
    "stop_words": {"language"},
    "jinja2": {"frame", "api"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "pydantic": {"api"},
    "anyio": {"api"},
    "limits": {"api"},
    "prometheus_client": {"api"},
    "uvicorn": {"serve"},
    "click": {"cli", "commands", "serve"},
    "tqdm": {"commands"},
    "watchfiles": {"watch"},
}
LATE = (
    "torch",
    "sentence_transformers",
    "onnxruntime",
    "faiss",
    "tokenizers",
    "sentencex",
    "yaml",
    "stop_words",
    "watchfiles",
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """The modules that a file imports, also inside functions, and whether at its top level."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            yield name, node in tree.body


def place(module: str) -> str:
    """The place of a module of this package in the order. Example: place("store.build") -> "store"."""
    return module.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path)], ids=name_of)
def test_a_module_imports_only_those_to_its_left(path: Path):
    own = place(name_of(path))
    assert own in ORDER, f"give {own} its place in the order of modules"
    for name, _ in imports(path):
        package, _, rest = name.partition(".")
        if package == "pullquote" and rest != "__version__" and place(rest) != own:
            assert ORDER.index(place(rest)) < ORDER.index(own), (
                f"{name_of(path)} imports {rest}, which lies to its right"
            )


@pytest.mark.parametrize("part", PARTS)
def test_the_page_on_the_architecture_lists_the_modules_of_each_part(part: str):
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"| {part} | {' '.join(f'`{module}`' for module in PARTS[part].split())} |" in page


def test_no_module_stands_twice_in_the_order_or_is_gone():
    there = {place(name_of(path)) for path in MODULES} - {""}
    assert sorted(ORDER) == sorted(there)


def test_the_package_itself_imports_nothing_but_the_environment_that_it_speaks_to():
    assert list(imports(PACKAGE / "__init__.py")) == [("os", True)]


@pytest.mark.parametrize("folder", ["encoder", "store", "voice", "spoken", "api", "commands"])
def test_inside_a_folder_no_two_modules_import_each_other(folder: str):
    below = {path.stem: path for path in (PACKAGE / folder).glob("*.py") if path.stem != "__init__"}
    needs = {
        stem: {name.split(".")[2] for name, _ in imports(path) if name.startswith(f"pullquote.{folder}.")} & set(below)
        for stem, path in below.items()
    }
    while needs:
        free = {stem for stem, needed in needs.items() if not needed - {stem}}
        assert free, f"a ring of imports: {sorted(needs)}"
        needs = {stem: needed - free for stem, needed in needs.items() if stem not in free}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path) or "pullquote")
def test_a_heavy_library_is_imported_only_where_it_is_meant_to_be(path: Path):
    own = name_of(path)
    for name, at_top in imports(path):
        library = name.split(".")[0]
        if library in HOMES:
            assert {own, place(own)} & HOMES[library], f"{own} imports {library}"
        assert not (at_top and library in LATE), f"{own} imports {library} before it is needed"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path) or "pullquote")
def test_nothing_that_runs_code_from_data_is_imported(path: Path):
    banned = {"pickle", "cPickle", "marshal", "shelve", "joblib", "dill", "cloudpickle", "runpy", "code"}
    assert not {name.split(".")[0] for name, _ in imports(path)} & banned


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path) or "pullquote")
def test_nothing_that_shifts_offsets_or_runs_text_is_called(path: Path):
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in {"read_text", "splitlines"}, "line ends would be translated, and offsets move"
            assert not (isinstance(node.func, ast.Name) and name in {"eval", "exec", "print"})
        if isinstance(node, ast.keyword) and node.arg in {"allow_pickle", "trust_remote_code"}:
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


def loaded_after(code: str) -> set[str]:
    """The top-level modules that are loaded when a fresh interpreter has run this."""
    script = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], check=True, capture_output=True, text=True, env=environ
    )
    return set(done.stderr.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import pullquote") & {*HOMES, "numpy"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ask", "--help"], ["serve", "--help"]])
def test_help_loads_no_library_but_the_one_that_prints_it(arguments: list[str]):
    loaded = loaded_after(
        f"from pullquote.cli.main import main\ntry:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded & {*HOMES, "numpy"} == {"click"}


def test_opening_settings_and_corpus_loads_no_model(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Words.")
    loaded = loaded_after(
        "from pathlib import Path\nfrom pullquote.corpus.corpus import load_corpus\nfrom pullquote.settings import Settings\n"
        f"load_corpus(Settings(corpus=Path({str(tmp_path)!r})))"
    )
    assert not loaded & {"torch", "onnxruntime", "faiss", "numpy", "click", "fastapi"}
