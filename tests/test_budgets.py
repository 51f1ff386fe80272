"""How large the program may be: a stranger must be able to live in it. `benchmarks/modules.py` counts."""

import importlib.util
import sys
from functools import cache

import pytest
from fakes import CHECKOUT


@cache
def house():
    """The counts of this checkout."""
    place = CHECKOUT / "benchmarks" / "modules.py"
    specification = importlib.util.spec_from_file_location("modules_counted", place)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # where a dataclass looks for its own module
    specification.loader.exec_module(module)
    return module


def most(counts: dict[str, int]) -> str:
    """The largest shares, for whoever has to make room."""
    return ", ".join(
        f"{name or 'pullquote'} {count}"
        for name, count in sorted(counts.items(), key=lambda one: -one[1])[:5]
    )


def test_lines_modules_patterns_and_words_stay_within_their_budgets():
    known = house().modules(CHECKOUT)
    counts = {
        "lines": (28_800, {name: module.lines for name, module in known.items()}),
        "modules": (133, dict.fromkeys(known, 1)),
        "patterns": (100, {name: module.patterns for name, module in known.items()}),
        "words in lists and patterns": (
            1_250,
            {name: module.words + module.alternatives for name, module in known.items()},
        ),
    }
    over = [
        f"{what}: {sum(each.values())} > {limit} ({most(each)})"
        for what, (limit, each) in counts.items()
        if sum(each.values()) > limit
    ]
    assert over == []


def test_each_package_beside_the_core_stays_within_its_lines():
    budgets = {
        "pullquote_collect": 850,
        "pullquote_desk": 1_240,
        "pullquote_eval": 1_010,
        "pullquote_extract": 4_200,
        "pullquote_llm": 500,
        "pullquote_scale": 1_770,
    }
    lines = {
        name: sum(module.lines for module in files.values())
        for name, files in house().neighbours(CHECKOUT).items()
    }
    assert lines.keys() == budgets.keys()
    assert [name for name, count in lines.items() if count > budgets[name]] == []


def test_the_command_that_counts_prints_a_row_for_every_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["modules.py"])
    house().main()
    printed = capsys.readouterr().out
    assert all(f"| {name} |" in printed for name in ("core", *house().neighbours(CHECKOUT)))


def test_no_file_is_over_520_lines_and_no_function_over_30():
    known = house().modules(CHECKOUT)
    assert [name for name, module in known.items() if module.lines > 520] == []
    assert [
        f"{name}.{function}"
        for name, module in known.items()
        for function, lines in module.functions()
        if lines > 30
    ] == []


def test_no_chain_of_imports_is_longer_than_27_modules():
    chain = house().chain(house().modules(CHECKOUT))
    assert len(chain) <= 27, " > ".join(chain)


def test_names_say_what_they_hold():
    packages = {"pullquote": house().modules(CHECKOUT), **house().neighbours(CHECKOUT)}
    for package, files in packages.items():
        names, share = house().contentless(files)
        assert share <= 0.03, (package, names.most_common(10))


def test_few_names_mean_different_classes_in_different_modules():
    collisions = house().collisions(house().modules(CHECKOUT))
    assert len(collisions) <= 9, collisions


@pytest.mark.slow
def test_a_question_enters_at_most_37_modules_and_indexing_a_document_68():
    found = house().entered(CHECKOUT)
    over = {
        what: names
        for what, names in found.items()
        if len(names) > {"question": 37, "indexing": 68}[what]
    }
    assert not over, "\n".join(
        f"{what} enters {len(names)}: {' '.join(names)}" for what, names in over.items()
    )


def test_tests_are_at_most_21_400_lines():
    tests = CHECKOUT / "tests"
    lines = {
        str(path.relative_to(tests)): path.read_bytes().count(b"\n") for path in tests.rglob("*.py")
    }
    assert sum(lines.values()) <= 21_400, most(lines)
