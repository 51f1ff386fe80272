"""The shape of the program: ten rooms in one direction, heavy libraries in one room each, nothing dangerous."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fakes import CHECKOUT

PACKAGE = CHECKOUT / "app" / "pullquote"
NEIGHBOURS = (  # packages beside the core, which import it
    "pullquote_collect",
    "pullquote_eval",
    "pullquote_extract",
    "pullquote_llm",
    "pullquote_scale",
)
GROUND = {"", "errors", "settings", "span"}  # which every room may import
ROOMS = (
    "corpus",
    "models",
    "index",
    "voice",
    "sides",
    "verify",
    "answers",
    "upkeep",
    "api",
    "cli",
)
HOMES = {
    "torch": {"pullquote_eval"},
    "sentence_transformers": {"pullquote_eval"},
    "transformers": {"pullquote_eval"},
    "huggingface_hub": {"pullquote_eval"},
    "onnxruntime": {"models", "pullquote_eval"},
    "tokenizers": {"models"},
    "faiss": {"index"},
    "Stemmer": {"corpus"},
    "pymilvus": {"pullquote_scale"},
    "grpc": {"pullquote_scale"},
    "selectolax": {"pullquote_extract"},
    "webvtt": {"pullquote_extract"},
    "pypdfium2": {"pullquote_extract"},
    "sentencex": {"corpus"},
    "yaml": {"corpus"},
    "markdown_it": {"corpus"},
    "nameparser": {"voice"},
    "rapidfuzz": {"verify"},
    "stop_words": {"corpus", "answers"},
    "py3langid": {"answers"},
    "jinja2": {"answers", "api", "cli"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "pydantic": {"api"},
    "anyio": {"api"},
    "ray": {"pullquote_scale"},
    "redis": {"pullquote_scale"},
    "psycopg": {"pullquote_scale", "upkeep"},
    "obstore": {"pullquote_scale"},
    "prometheus_client": {"api"},
    "uvicorn": {"api"},
    "click": {"api", "cli", "pullquote_collect", "pullquote_eval"},
    "tqdm": {"cli"},
    "watchfiles": {"upkeep"},
    "httpx2": {"models", "pullquote_collect", "pullquote_llm"},
    "httpcore2": {"models"},
    "mcp": {"api"},
}
LATE = {
    "torch", "sentence_transformers", "onnxruntime", "faiss", "tokenizers", "sentencex", "yaml", "stop_words", "py3langid",
    "watchfiles", "markdown_it", "nameparser", "rapidfuzz", "selectolax", "webvtt",
    "httpx2", "redis", "psycopg", "obstore", "pymilvus",
}  # fmt: skip
LATER = {
    "pullquote_scale.milvus",
    "pullquote_scale.postgresql",
    "models.exchange",
}  # which are themselves imported where they are needed
BANNED = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "joblib",
    "dill",
    "cloudpickle",
    "runpy",
    "code",
}
FOLDERS = (PACKAGE, *(PACKAGE.parent / name for name in NEIGHBOURS))
TREES = {
    path: ast.parse(path.read_bytes())
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.py"))
}


def none_of(offenders: Iterable[str]) -> None:
    """Fail with all of them, a line each."""
    found = sorted(set(offenders))
    assert not found, "\n".join(found)


def name_of(path: Path) -> str:
    """A file's dotted name below the package, "" the package itself; a neighbour's with its package."""
    base = PACKAGE if path.is_relative_to(PACKAGE) else PACKAGE.parent
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    """The room of a module, or its own name where it stands in none."""
    return module.split(".", maxsplit=1)[0]


def imports(*, within: type[ast.AST] = ast.AST) -> Iterator[tuple[str, str]]:
    """Every module with each name that it imports; of those at its top alone where `within` is `ast.Module`."""
    for path, tree in TREES.items():
        for node in tree.body if within is ast.Module else ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((name_of(path), alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (
                    (name_of(path), f"{'.' * node.level}{node.module}.{alias.name}")
                    for alias in node.names
                )


def ours() -> Iterator[tuple[str, str]]:
    """Every module with each module of ours that it imports."""
    known = {name_of(path) for path in TREES}
    for module, name in imports():
        package, _, rest = name.partition(".")
        if package in NEIGHBOURS:
            yield module, name if name in known else name.rpartition(".")[0]
        # The front door names what the rooms have, and loads none of it.
        elif package == "pullquote" and module:
            yield module, rest if rest in known else rest.rpartition(".")[0]


def test_every_module_stands_in_a_room_or_on_the_ground():
    none_of(
        name_of(path)
        for path in TREES
        if room(name_of(path)) not in {*ROOMS, *NEIGHBOURS, *GROUND, "__main__"}
    )


def test_a_room_imports_only_from_rooms_before_it_and_from_the_ground():
    order = {
        **dict.fromkeys(GROUND, -1),
        **{name: number for number, name in enumerate(ROOMS)},
        "__main__": len(ROOMS),
        **dict.fromkeys(NEIGHBOURS, len(ROOMS)),
    }
    last = len(order)  # of what stands in no room
    none_of(
        f"{module} imports {name}"
        for module, name in ours()
        if room(module) not in NEIGHBOURS
        if order.get(room(name), last) > order.get(room(module), last)
    )


def test_neither_the_core_nor_another_neighbour_imports_a_neighbour():
    none_of(
        f"{module} imports {name}"
        for module, name in ours()
        if room(name) in NEIGHBOURS and room(module) != room(name)
    )


def test_no_modules_import_each_other_in_a_ring():
    needs: dict[str, set[str]] = {name_of(path): set() for path in TREES}
    for module, name in ours():
        if name != module and not module.startswith(
            f"{name}."
        ):  # a package's front door is no part of a ring
            needs[module].add(name)
    while free := {module for module, needed in needs.items() if not needed & needs.keys()}:
        needs = {module: needed - free for module, needed in needs.items() if module not in free}
    none_of(
        f"{module} imports {' '.join(sorted(needed & needs.keys()))}"
        for module, needed in needs.items()
    )


def test_the_page_on_the_architecture_lists_the_rooms_in_their_order():
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = [page.find(f"| `{name}/` |") for name in ROOMS]
    assert -1 not in places, dict(zip(ROOMS, places, strict=True))
    assert places == sorted(places)


def test_imports_are_absolute():
    none_of(f"{module} imports {name}" for module, name in imports() if name.startswith("."))


def test_the_package_itself_imports_nothing_but_the_environment_that_it_speaks_to():
    assert [name for module, name in imports(within=ast.Module) if module == ""] == [
        "os",
        "typing.TYPE_CHECKING",
    ]


def test_a_library_is_imported_only_in_its_home():
    found = [(module, name.split(".")[0]) for module, name in imports()]
    assert not [
        f"{module} imports {name}"
        for module, name in found
        if room(module) not in HOMES.get(name, {room(module)})
    ]


def test_a_heavy_library_is_imported_where_it_is_needed():
    found = [(module, name.split(".")[0]) for module, name in imports(within=ast.Module)]
    none_of(
        f"{module} imports {name} at its top"
        for module, name in found
        if name in LATE and module not in LATER
    )
    whole = (
        (module, name.removeprefix("pullquote.")) for module, name in imports(within=ast.Module)
    )
    none_of(
        f"{module} imports {name} at its top"
        for module, name in whole
        if name.rpartition(".")[0] in LATER
    )


def test_nothing_that_runs_code_from_data_is_imported():
    none_of(
        f"{module} imports {name}" for module, name in imports() if name.split(".")[0] in BANNED
    )


def dangers(node: ast.AST) -> str | None:
    """What is wrong with a piece of code: line ends that are translated, text that is run, an error that is swallowed."""
    if isinstance(node, ast.Call):
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in {"read_text", "splitlines"}:
            return f"{name} translates line ends, and offsets move"
        if isinstance(node.func, ast.Name) and name in {"eval", "exec", "print"}:
            return f"{name} is called"
    if isinstance(node, ast.keyword) and node.arg in {"allow_pickle", "trust_remote_code"}:
        return (
            None
            if isinstance(node.value, ast.Constant) and node.value.value is False
            else f"{node.arg} is not False"
        )
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        return "a bare except"
    return None


def test_nothing_shifts_offsets_runs_text_or_swallows_every_error():
    found = [(path, node, dangers(node)) for path, tree in TREES.items() for node in ast.walk(tree)]
    none_of(
        f"{name_of(path)}:{getattr(node, 'lineno', 0)}: {what}"
        for path, node, what in found
        if what
    )


def loaded_after(code: str) -> set[str]:
    """The top-level modules that are loaded when a fresh interpreter has run this."""
    script = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=True,
        capture_output=True,
        text=True,
        env=environ,
    )
    return set(done.stderr.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import pullquote") & {*HOMES, "numpy"}


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["serve", "--help"]])
def test_help_loads_no_library_but_the_one_that_prints_it(arguments: list[str]):
    loaded = loaded_after(
        f"from pullquote.cli.main import main\ntry:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded & {*HOMES, "numpy"} == {"click"}


def test_reading_settings_and_a_corpus_loads_no_model(tmp_path: Path):
    (tmp_path / "a.txt").write_text("Words.")
    loaded = loaded_after(
        "from pathlib import Path\nfrom pullquote.corpus.corpus import load_corpus\nfrom pullquote.settings import Settings\n"
        f"load_corpus(Settings(corpus=Path({str(tmp_path)!r})))"
    )
    assert not loaded & {"torch", "onnxruntime", "faiss", "numpy", "click", "fastapi"}
