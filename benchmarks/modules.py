"""Count what our budgets bound: what a question and a document's indexing enter, the longest chain of imports, and sizes.

    python benchmarks/modules.py [--checkout FOLDER] [--entered] [--offenders]

The core, and each package beside it, are counted apart. *Lines* are all lines of a package's Python files, *modules* these files, `__init__` too. A *pattern* is a call of
`re.compile`, `search`, `match`, `fullmatch`, `sub`, `subn`, `split`, `findall` or `finditer`. *Words in lists* are the
words (letters, apostrophes, hyphens and spaces alone) that stand as constants in a set, list or tuple, or as keys of a
dictionary, and the words of a constant that is split (`"one two".split()`), where there are five of them or more. What
stands between the bars of a pattern is none of them, and is told beside. A *function* is as long as from its `def` to
its end, docstring included. The *chain* is the longest path in the graph of imports between our modules, those inside
functions included and those for type checking left out, counted in modules. *Entered* is a module of which a function
runs on any thread, after opening: in answering one ordinary question, and in indexing two new documents, a text and a
PDF. A *contentless name* is one of CONTENTLESS, which say nothing of what they hold; its share is of all names that are
assigned. A *collision* is a class or a type's alias whose name stands in another module too.
"""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
WORD = re.compile(r"[A-Za-z' -]+")
FEWEST = 5  # words that make a list
CONTENTLESS = frozenset(
    "asked each found given held here kept known made named near one other others own part parts place places"  # noqa: SIM905
    " rest said same seen shown taken there told way what which whole".split()
)
QUESTION = "why might killing kingpins backfire?"
# Runs in a process of its own, with the checkout on its path: what is entered prints as JSON.
ENTERED = """
import json, os, sys, tempfile, threading
from pathlib import Path
import pullquote
home = os.path.dirname(pullquote.__file__) + os.sep
entered = set()
def note(frame, event, argument):
    if event == "call" and frame.f_code.co_name != "<module>" and frame.f_code.co_filename.startswith(home):
        entered.add(frame.f_code.co_filename[len(home):])
def told(run):
    entered.clear()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return sorted(entered)
from click.testing import CliRunner
from pullquote.settings import Settings
try:
    from pullquote.cli.main import main
    from pullquote.answers.explainer import Explainer
    try:
        from pullquote.answers.query import Query
    except ImportError:
        from pullquote.answers.explainer import Query
except ModuleNotFoundError:  # as it was laid out before
    from pullquote.cli import main
    from pullquote.explainer import Explainer
    from pullquote.conversation import Query
with tempfile.TemporaryDirectory() as folder:
    corpus, index = Path(folder, "corpus"), Path(folder, "index")
    (corpus / "debate").mkdir(parents=True)
    article = next(Path(sys.argv[1], "corpus").rglob("*.txt")).read_bytes()
    (corpus / "debate" / "one.txt").write_bytes(article)
    os.environ |= {"PULLQUOTE_CORPUS": str(corpus), "PULLQUOTE_INDEX": str(index)}
    if len(sys.argv) > 3:  # an exported model
        index.mkdir()
        (index / "encoders").symlink_to(sys.argv[3], target_is_directory=True)
    def run():
        done = CliRunner().invoke(main, ["index"])
        assert done.exit_code == 0, done.output
    run()
    (corpus / "debate" / "two.txt").write_bytes(article.replace(b"cartel", b"gang").replace(b"kingpin", b"leader"))
    (corpus / "debate" / "three.pdf").write_bytes(sorted(Path(sys.argv[1], "benchmarks/documents/pdf").rglob("*.pdf"))[0].read_bytes())
    indexing = told(run)
    explainer = Explainer.open(Settings.read(os.environ))
    explainer.ask(Query(question="Who is paid by the cartels?"))
    asking = told(lambda: explainer.ask(Query(question=sys.argv[2])))
print(json.dumps({"question": asking, "indexing": indexing}))
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A file of the package: its dotted name below the package ("" is the package itself), and what stands in it."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def patterns(self) -> int:
        """Calls that compile or use a pattern by its text."""
        return sum(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
            and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            for node in ast.walk(self.tree)
        )  # fmt: skip

    @property
    def words(self) -> int:
        """Words in hand-made lists."""
        return sum(_words(node) for node in ast.walk(self.tree))

    @property
    def alternatives(self) -> int:
        """Words between bars, of texts with five bars or more."""
        texts = (_text(node) for node in ast.walk(self.tree))
        return sum(
            len(re.findall(r"[a-z]{2,}", text)) for text in texts if text.count("|") >= FEWEST
        )

    @property
    def assigned(self) -> list[str]:
        """Every name that is assigned, as often as it is."""
        return [
            node.id
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]

    @property
    def types(self) -> set[str]:
        """The classes, and the aliases of types: names at the module's level with a capital and a small letter."""
        assigned = {
            target.id
            for node in self.tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        classes = {node.name for node in self.tree.body if isinstance(node, ast.ClassDef)}
        return classes | {name for name in assigned if name[:1].isupper() and not name.isupper()}

    def functions(self) -> Iterator[tuple[str, int]]:
        """Each function with its length in lines."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _words(node: ast.AST) -> int:
    if isinstance(node, (ast.Set, ast.List, ast.Tuple, ast.Dict)):
        listed = node.keys if isinstance(node, ast.Dict) else node.elts
        found = sum(bool(WORD.fullmatch(_text(one))) for one in listed)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "split"
    ):
        found = len(_text(node.func.value).split())
    else:
        found = 0
    return found if found >= FEWEST else 0


def modules(checkout: Path = ROOT, package: str = "pullquote") -> dict[str, Module]:
    """A package's files by name; the core's, or those of a neighbour."""
    folder, modules_by_name = checkout / "app" / package, {}
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(
            part for part in path.relative_to(folder).with_suffix("").parts if part != "__init__"
        )
        text = path.read_bytes().decode()
        modules_by_name[name] = Module(name, path, text, ast.parse(text))
    return modules_by_name


def neighbours(checkout: Path = ROOT) -> dict[str, dict[str, Module]]:
    """The files of each package beside the core."""
    folders = (path.parent.name for path in sorted(checkout.glob("app/*/__init__.py")))
    return {name: modules(checkout, name) for name in folders if name != "pullquote"}


def contentless(known: Mapping[str, Module]) -> tuple[Counter[str], float]:
    """How often each contentless name is assigned, and the share that all of them have of what is."""
    counts = Counter(name for module in known.values() for name in module.assigned)
    empty = Counter({name: count for name, count in counts.items() if name in CONTENTLESS})
    return empty, empty.total() / counts.total()


def collisions(known: Mapping[str, Module]) -> dict[str, list[str]]:
    """The names of classes and aliases that stand in several modules, private ones too, with these modules."""
    holders: dict[str, list[str]] = {}
    for name, module in known.items():
        for kind in module.types:
            holders.setdefault(kind.lstrip("_"), []).append(name)
    return {kind: modules for kind, modules in sorted(holders.items()) if len(modules) > 1}


def imported(module: Module, known: Mapping[str, Module]) -> set[str]:
    """The modules of ours that a file imports, but for type checking."""
    skipped = {
        inner for node in ast.walk(module.tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for part in node.body for inner in ast.walk(part)
    }  # fmt: skip
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and node not in skipped:
            base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for name in (f"{base}{alias.name}" for alias in node.names):
                package, _, rest = name.partition(".")
                if package == "pullquote":
                    found.add(rest if rest in known else rest.rpartition(".")[0])
    return (found & known.keys()) - {module.name, ""}


def chain(known: Mapping[str, Module]) -> list[str]:
    """The longest path of imports, from the module that imports to the last one; a ring is gone round once at most."""
    needs = {name: imported(module, known) for name, module in known.items()}
    longest: dict[str, list[str]] = {}

    def below(name: str, above: tuple[str, ...]) -> list[str]:
        if name not in longest:
            paths = [below(one, (*above, name)) for one in sorted(needs[name]) if one not in above]
            longest[name] = [name, *max(paths, key=len, default=[])]
        return longest[name]

    return max((below(name, ()) for name in sorted(known)), key=len)


def entered(
    checkout: Path = ROOT, question: str = QUESTION, encoders: Path | None = None
) -> dict[str, list[str]]:
    """The files that a question, and indexing a document, enter; `encoders` of an index saves the model's export."""
    given = [] if encoders is None else [encoders]
    done = subprocess.run(
        [sys.executable, "-c", ENTERED, checkout, question, *given], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(checkout / "app"), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkout", type=Path, default=ROOT)
    parser.add_argument(
        "--entered", action="store_true", help="count what is entered too (builds an index)"
    )
    parser.add_argument(
        "--offenders", action="store_true", help="print the chain, and what is longest and entered"
    )
    given = parser.parse_args()
    known = modules(given.checkout.resolve())
    rooms: dict[str, list[Module]] = {}
    for name, module in known.items():
        rooms.setdefault(
            name.split(".")[0] if module.path.parent.name != "pullquote" else "ground", []
        ).append(module)
    print(
        "| room | modules | lines | patterns | words in lists | words in patterns |\n|---|--:|--:|--:|--:|--:|"
    )
    beside = neighbours(given.checkout.resolve())
    for room, found in [
        *sorted(rooms.items()),
        ("core", list(known.values())),
        *((name, list(files.values())) for name, files in beside.items()),
    ]:
        sums = [
            sum(getattr(one, what) for one in found)
            for what in ("lines", "patterns", "words", "alternatives")
        ]
        print(f"| {room} | {len(found)} | {' | '.join(map(str, sums))} |")
    files = sorted(((one.lines, name) for name, one in known.items()), reverse=True)
    functions = sorted(
        (
            (length, f"{name}.{function}")
            for name, one in known.items()
            for function, length in one.functions()
        ),
        reverse=True,
    )
    path = chain(known)
    names, share = contentless(known)
    print(f"contentless names {share:.1%} of what is assigned; collisions {len(collisions(known))}")
    for name, files_beside in beside.items():
        print(f"{name}: contentless names {contentless(files_beside)[1]:.1%}")
    if given.offenders:
        print(names.most_common(), *collisions(known).items(), sep="\n")
    print(f"longest file {files[0]}, function {functions[0]}, chain {len(path)}")
    if given.offenders:
        print("chain:", " > ".join(path), "\nfiles:", files[:10], "\nfunctions:", functions[:20])
    if given.entered:
        for what, names in entered(given.checkout.resolve()).items():
            print(f"{what} enters {len(names)}", *(names if given.offenders else []))


if __name__ == "__main__":
    main()
