"""What a page's own style sheets say about which elements are shown, where in the line, and whether as blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Style = Mapping[str, str]
_ASKED = ("display", "visibility", "position", "float", "vertical-align")
_SCREEN = ("@media screen", "@media all", "@layer", "@supports")  # whose rules hold where a person reads
_PSEUDO = re.compile(r":([\w:-]+)")
_STRUCTURAL = {"first-child", "last-child", "only-child", "nth-child", "first-of-type", "last-of-type", "not", "empty"}
_MOST_RULES = 5_000  # of a page: each costs a walk over it


def styles_of(tree: "LexborHTMLParser") -> dict[int, Style]:
    """What the elements' rules and `style` attributes say of their display and place, by the nodes' `mem_id`.

    Where several rules match, the more specific one counts, and of those the last, as in CSS.
    """
    sheet = "\n".join(node.text() for node in tree.css("style"))
    rules = [(selector, declared) for selectors, declared in _rules(sheet) for selector in selectors.split(",")]
    found: dict[int, dict[str, str]] = {}
    for selector, declared in sorted(rules[:_MOST_RULES], key=lambda rule: _specificity(rule[0])):
        for node in _matches(tree, selector.strip()):
            found.setdefault(node.mem_id, {}).update(declared)
    for node in tree.css("[style]"):
        found.setdefault(node.mem_id, {}).update(_declared(node.attributes.get("style") or ""))
    return dict(found)


def _matches(tree: "LexborHTMLParser", selector: str) -> "list[LexborNode]":
    # What depends on the reader's doings, or is made by the sheet itself, matches nothing when the page is first shown.
    if not selector or not {found[1] for found in _PSEUDO.finditer(selector)} <= _STRUCTURAL:
        return []
    try:
        return tree.css(selector)
    except Exception as error:  # the library's own error stands in none of its public names
        if type(error).__name__ != "SelectolaxError":
            raise
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    parts = selector.replace(">", " ").replace("+", " ").replace("~", " ").split()
    named = sum(part[:1].isalpha() for part in parts)
    return selector.count("#"), selector.count(".") + selector.count("["), named


def _rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of a style sheet that say something asked for, with those inside of what holds on a screen."""
    opened: list[str] = []  # the heads of the braces that are open
    text = "".join(part.partition("*/")[2] if number else part for number, part in enumerate(sheet.split("/*")))
    for part in text.split("}"):
        *heads, body = part.split("{")
        opened += [head.rpartition(";")[2].strip() for head in heads]
        shown = all(head.lower().startswith(_SCREEN) for head in opened[:-1])
        if opened and shown and not opened[-1].startswith("@") and (declared := _declared(body)):
            yield opened[-1], declared
        del opened[-1:]


def _declared(body: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in body.split(";"))
    found = {name.strip().lower(): value.replace("!important", "").strip().lower() for name, _, value in pairs}
    return {name: found[name] for name in _ASKED if name in found}
