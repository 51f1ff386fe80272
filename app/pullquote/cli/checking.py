"""Checking a draft on the command line: as text with line numbers, as JSON, or as SARIF."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pullquote import __version__
from pullquote.cli import terminal
from pullquote.cli.terminal import ABSTAINED, ANSWERED, ReadSettings
from pullquote.errors import QuestionError

DRAFTS = (".md", ".markdown")
SAYS = {
    "verbatim": "is in the sources as quoted",
    "typography_only": "is in the sources, apart from typography",
    "unclear": "is in the sources; whose words they are is unclear",
    "altered": "the source words it differently",
    "misattributed": "somebody else said it",
    "shortened": "leaves out what the source says next, which may change the sense",
    "not_found": "is not in the sources",
    "mention": "quotes nobody, or is too short to tell",
}


def names_draft(argument: str) -> bool:
    """Whether an argument is the name of a draft, there or not."""
    return argument.lower().endswith(DRAFTS) and len(argument.split()) == 1


def check_draft(read: ReadSettings, argument: str, form: str) -> int:
    """Check every quotation of a draft; the exit code.

    Args:
        given: a file's name, or - for the input.
        form: "text", "json" or "sarif".

    Raises:
        UsageError: the file cannot be read, or holds no text.
    """
    from pullquote.api.wire import checked_wire

    text, explainer = _text(argument), terminal.open_explainer(read)
    try:
        wire = checked_wire(text, explainer.check(text, bounded=False), explainer.quote_at)
    except QuestionError as error:
        raise click.UsageError(str(error)) from error
    lines = [0, *(end.end() for end in re.finditer("\n", text))]
    for quotation in wire["quotations"]:
        quotation["line"], quotation["column"] = _place(lines, quotation["start"])
    printed = sarif(wire, argument) if form == "sarif" else wire
    terminal.show(
        form != "text", printed, terminal.render("checked", wire, name=argument, says=SAYS)
    )
    return ANSWERED if wire["ok"] else ABSTAINED


def _text(argument: str) -> str:
    try:
        return terminal.read_input(argument).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise click.UsageError(f"{argument} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(
            f"{argument} is not UTF-8 text; save it as UTF-8 and check it again"
        ) from error


def _place(lines: Sequence[int], offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, given where each line starts."""
    line = bisect_right(lines, offset)
    return line, offset - lines[line - 1] + 1


def sarif(wire: dict[str, Any], name: str) -> dict[str, Any]:
    """What is to be said against a draft, as SARIF 2.1.0, which code hosts and editors read."""
    rules = [{"id": rule, "shortDescription": {"text": says}} for rule, says in SAYS.items()]
    driver = {"name": "pullquote", "version": __version__, "rules": rules}
    results = [
        _result(quotation, name) for quotation in wire["quotations"] if not quotation["right"]
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _result(quotation: dict[str, Any], name: str) -> dict[str, Any]:
    region = {
        "startLine": quotation["line"],
        "startColumn": quotation["column"],
        "charOffset": quotation["start"],
        "charLength": quotation["end"] - quotation["start"],
        "snippet": {"text": quotation["words"]},
    }
    sources = "".join(
        f" Source ({match['found']['byline']}): {match['found']['exact']}"
        for match in quotation["matches"][:2]
    )
    artifact = {"uri": "stdin" if name == "-" else Path(name).as_posix()}
    return {
        "ruleId": quotation["result"],
        "level": "error",
        "message": {"text": f"{SAYS[quotation['result']]}.{sources}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
