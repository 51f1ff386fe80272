"""Checking a whole draft on the command line: as text with lines to jump to, as JSON, or as SARIF for a pipeline."""

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pullquote import __version__
from pullquote.cli import terminal
from pullquote.cli.terminal import ABSTAINED, ANSWERED, Read
from pullquote.errors import QuestionError

DRAFTS = (".md", ".markdown")
SAYS = {
    "verbatim": "stands so in the sources",
    "typography_only": "stands so in the sources, but for typography",
    "unclear": "stands so in the sources; whose words they are is not clear",
    "altered": "the source has other words",
    "misattributed": "somebody else said it",
    "shortened": "what the source goes on to say is left out, and may turn the sense",
    "not_found": "stands nowhere in the sources",
    "mention": "is not held against anybody",
}


def names_draft(given: str) -> bool:
    """Whether an argument is the name of a draft, there or not."""
    return given.lower().endswith(DRAFTS) and len(given.split()) == 1


def check_draft(read: Read, given: str, form: str) -> int:
    """Check every quotation of a draft; the exit code.

    Args:
        given: a file's name, or - for the input.
        form: "text", "json" or "sarif".

    Raises:
        UsageError: the file cannot be read, or holds no text.
    """
    from pullquote.api.wire import checked_wire

    text, explainer = _text(given), terminal.open_explainer(read)
    try:
        wire = checked_wire(text, explainer.check(text, bounded=False), explainer.quote_at)
    except QuestionError as error:
        raise click.UsageError(str(error)) from error
    lines = [0, *(end.end() for end in re.finditer("\n", text))]
    for one in wire["quotations"]:
        one["line"], one["column"] = _place(lines, one["start"])
    told = sarif(wire, given) if form == "sarif" else wire
    terminal.show(form != "text", told, terminal.render("checked", wire, name=given, says=SAYS))
    return ANSWERED if wire["ok"] else ABSTAINED


def _text(given: str) -> str:
    try:
        content = Path(given).read_bytes() if given != "-" else sys.stdin.buffer.read() if sys.stdin else b""
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise click.UsageError(f"{given} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{given} is no text in UTF-8; save it so, and check it again") from error


def _place(lines: Sequence[int], offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, given where each line starts."""
    line = bisect_right(lines, offset)
    return line, offset - lines[line - 1] + 1


def sarif(wire: dict[str, Any], name: str) -> dict[str, Any]:
    """What is to be said against a draft, as SARIF 2.1.0, which code hosts and editors read."""
    rules = [{"id": rule, "shortDescription": {"text": says}} for rule, says in SAYS.items()]
    driver = {"name": "pullquote", "version": __version__, "rules": rules}
    results = [_result(one, name) for one in wire["quotations"] if not one["right"]]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _result(one: dict[str, Any], name: str) -> dict[str, Any]:
    region = {
        "startLine": one["line"], "startColumn": one["column"], "charOffset": one["start"],
        "charLength": one["end"] - one["start"], "snippet": {"text": one["words"]},
    }  # fmt: skip
    sources = "".join(
        f" Source ({match['found']['byline']}): {match['found']['exact']}" for match in one["matches"][:2]
    )
    artifact = {"uri": "stdin" if name == "-" else Path(name).as_posix()}
    return {
        "ruleId": one["result"], "level": "error", "message": {"text": f"{SAYS[one['result']]}.{sources}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }  # fmt: skip
