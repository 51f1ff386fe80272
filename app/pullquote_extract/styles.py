"""What a page's own style sheets say about which elements are shown, where in the line, and whether as blocks."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

Style = Mapping[str, str]
_ASKED = tuple(
    """display visibility position float vertical-align opacity color background-color clip
    clip-path font-size width height max-width max-height overflow overflow-x overflow-y left
    top right bottom margin-left margin-top text-indent transform""".split()  # noqa: SIM905
)
_SCREEN = (
    "@media screen",
    "@media all",
    "@layer",
    "@supports",
)  # whose rules hold where a person reads
_PSEUDO = re.compile(r":([\w:-]+)")
_STRUCTURAL = {
    "first-child",
    "last-child",
    "only-child",
    "nth-child",
    "first-of-type",
    "last-of-type",
    "not",
    "empty",
}
_MOST_RULES = 5_000  # of a page: each costs a walk over it


def styles_of(tree: "LexborHTMLParser") -> dict[int, Style]:
    """What the elements' rules and `style` attributes say of their display and place, by the nodes' `mem_id`.

    Where several rules match, the more specific one counts, and of those the last, as in CSS.
    """
    sheet = "\n".join(node.text() for node in tree.css("style"))
    rules = [
        (selector, declared)
        for selectors, declared in _rules(sheet)
        for selector in selectors.split(",")
    ]
    styles: dict[int, dict[str, str]] = {}
    for selector, declared in sorted(rules[:_MOST_RULES], key=lambda rule: _specificity(rule[0])):
        for node in _matches(tree, selector.strip()):
            styles.setdefault(node.mem_id, {}).update(declared)
    for node in tree.css("[style]"):
        styles.setdefault(node.mem_id, {}).update(_declared(node.attributes.get("style") or ""))
    return dict(styles)


def _matches(tree: "LexborHTMLParser", selector: str) -> "list[LexborNode]":
    # What depends on the reader's doings, or is made by the sheet itself, matches nothing when the page is first shown.
    if not selector or not {pseudo[1] for pseudo in _PSEUDO.finditer(selector)} <= _STRUCTURAL:
        return []
    try:
        return tree.css(selector)
    except Exception as error:  # the library's own error stands in none of its public names
        if type(error).__name__ != "SelectolaxError":
            raise
        return []


def _specificity(selector: str) -> tuple[int, int, int]:
    simple_selectors = selector.replace(">", " ").replace("+", " ").replace("~", " ").split()
    tags = sum(simple[:1].isalpha() for simple in simple_selectors)
    return selector.count("#"), selector.count(".") + selector.count("["), tags


def _rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of a style sheet that say something asked for, with those inside of what holds on a screen."""
    opened: list[str] = []  # the heads of the braces that are open
    text = "".join(
        piece.partition("*/")[2] if number else piece
        for number, piece in enumerate(sheet.split("/*"))
    )
    for piece in text.split("}"):
        *heads, body = piece.split("{")
        opened += [head.rpartition(";")[2].strip() for head in heads]
        on_screen = all(head.lower().startswith(_SCREEN) for head in opened[:-1])
        if (
            opened
            and on_screen
            and not opened[-1].startswith("@")
            and (declared := _declared(body))
        ):
            yield opened[-1], declared
        del opened[-1:]


def _declared(body: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in body.split(";"))
    declarations = {
        name.strip().lower(): value.replace("!important", "").strip().lower()
        for name, _, value in pairs
    }
    if "background" in declarations:
        declarations["background-color"] = declarations["background"]
    return {name: declarations[name] for name in _ASKED if name in declarations}


_LENGTH = re.compile(r"(-?\d{0,9}\.?\d{1,9})(px|em|rem|ex|ch|pt|vw|vh|%)?", re.ASCII)
_FAR = {
    "px": -500,
    "pt": -400,
    "%": -100,
    "vw": -100,
    "vh": -100,
}  # lengths that lead off the screen; -30 of a letter's
_MOVES = ("left", "top", "right", "bottom")
_PUSHES = ("margin-left", "margin-top", "text-indent")
_NO_CLIP = frozenset(
    """rect(0,0,0,0) rect(0000) rect(1px,1px,1px,1px) rect(1px1px1px1px) inset(50%) inset(100%)
    circle(0) polygon(0px0px,0px0px,0px0px) rect(0px,0px,0px,0px)""".split()  # noqa: SIM905
)
_NAMED = {
    "white": "#fff",
    "black": "#000",
    "transparent": "",
    "inherit": "",
    "initial": "",
    "none": "",
}


class Hiding:
    """Which elements a page's styles keep from being seen."""

    def __init__(self, tree: "LexborHTMLParser", styles: Mapping[int, Style]) -> None:
        """Take what is stated: where no other sheet and no picture is, the page's ground is white."""
        self._styles = styles
        self._sized: set[int] = set()  # what a stated size of letters stands in
        stated = [style.get("font-size") for style in styles.values()]
        if any(size and _is_zero(size) for size in stated):
            for node in tree.css("body *"):
                size = styles.get(node.mem_id, {}).get("font-size")
                above = node.parent if size and not _is_zero(size) else None
                while above is not None and above.mem_id not in self._sized:
                    self._sized.add(above.mem_id)
                    above = above.parent
        self._grounds = (
            self._grounds_of(tree) if any("color" in style for style in styles.values()) else {}
        )

    def _grounds_of(self, tree: "LexborHTMLParser") -> dict[int, str]:
        """The colour behind each element with a colour of its own; missing where it is not known."""
        plain = tree.css_first("link[rel~=stylesheet]") is None
        grounds: dict[int, str] = {}
        for node in tree.css("*"):  # in the order of the page: what stands around comes first
            above = "#fff" if plain else ""
            if node.tag != "html" and node.parent is not None:
                above = grounds.get(node.parent.mem_id, "")
            stated = self._styles.get(node.mem_id, {}).get("background-color", "")
            grounds[node.mem_id] = _colour(stated) if _NAMED.get(stated, stated) else above
        return grounds

    def __call__(self, node: "LexborNode") -> bool:
        """Whether an element is there but not seen."""
        style = self._styles.get(node.mem_id)
        if not style or node.tag in {"html", "body"}:
            return False
        if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
            return True
        colour = _colour(style.get("color", ""))
        return (
            _is_zero(style.get("opacity", ""))
            or (_is_zero(style.get("font-size", "")) and node.mem_id not in self._sized)
            or (bool(colour) and colour == self._grounds.get(node.mem_id))
            or _is_off_screen(style)
            or _is_cut_away(style)
        )


def _colour(value: str) -> str:
    """A colour in one form where it is stated alone; a picture or a gradient is none that is known."""
    value = "".join(_NAMED.get(value, value).split())
    if value.startswith("rgb(") and re.fullmatch(r"[\d,]+", value[4:-1], re.ASCII):
        value = "#" + "".join(
            f"{int(channel[:3]):02x}" for channel in value[4:-1].split(",") if channel
        )
    doubled = len(value) == len("#ffffff") and value[1::2] == value[2::2]
    return f"#{value[1::2]}" if doubled else value if value.startswith("#") else ""


def _length(value: str) -> tuple[float, str] | None:
    match = _LENGTH.fullmatch(value)
    return (float(match[1]), match[2] or "") if match else None


def _is_zero(value: str) -> bool:
    length = _length(value)
    return length is not None and length[0] == 0


def _is_off_screen(style: Style) -> bool:
    names = (*_PUSHES, *(_MOVES if style.get("position") in {"absolute", "fixed"} else ()))
    lengths = [_length(style.get(name, "")) for name in names]
    moved = re.fullmatch(r"translate[xy]?\((-[\w.%]+).*\)", style.get("transform", ""))
    lengths.append(_length(moved[1]) if moved else None)
    far = any(length is not None and length[0] <= _FAR.get(length[1], -30) for length in lengths)
    return far or re.fullmatch(r"scale[xy]?\(0\)", style.get("transform", "")) is not None


def _is_cut_away(style: Style) -> bool:
    clips = {"".join(style.get(name, "").split()) for name in ("clip", "clip-path")}
    if not clips.isdisjoint(_NO_CLIP):
        return True
    if style.get("overflow") not in {"hidden", "clip"}:
        return False
    sizes = [
        _length(style.get(name, "")) for name in ("width", "height", "max-width", "max-height")
    ]
    return any(size is not None and size[0] <= 1 and size[1] in {"", "px"} for size in sizes)
