"""What of a page a reader is shown: its text without what is hidden, struck through, or leads elsewhere."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullquote_extract.styles import Hiding, styles_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# What browsers show as blocks, and of what they show no words, by the HTML standard's section "Rendering".
BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol p plaintext pre search section summary
    table tbody td tfoot th thead tr ul xmp""".split()  # noqa: SIM905
)
_UNSEEN = frozenset(
    """area audio base button canvas datalist embed frameset head iframe img input link map meta noembed noframes noscript
    object optgroup option param picture progress rp rt script select style svg template textarea title track
    video annotation annotation-xml -comment""".split()  # noqa: SIM905
)
_ROLES = frozenset(
    """alert alertdialog banner complementary contentinfo dialog menu menubar navigation search tablist
    toolbar""".split()  # noqa: SIM905 -- of WAI-ARIA
)
# What elements call themselves that hold others' words, or lead elsewhere. Alone each leaves out ten foreign words or
# more of saved pages that nobody wrote for it (`benchmarks/saved_pages.py`); "caption", "byline", "meta" cost blocks.
OTHERS_WORDS = frozenset(
    """ad comentarios comment comments consent cookies feedback footer newsletter popular promo ranking related
    share sidebar signup social subscribe suggest suggested""".split()  # noqa: SIM905
)
_NEGATED = {
    "has",
    "no",
    "not",
    "with",
    "without",
}  # of a class that tells what is beside it, or is not
_TOKEN = re.compile(r"[A-Z]?[a-z]+")
MOST_OTHERS = 0.9  # of a page's letters outside of links: what holds more is the page itself
_NOTES = ("note", "doc-")  # how the role of an aside begins that belongs to the text
_SECTIONS = {"article", "main", "section", "blockquote"}  # whose head and foot are not the page's
_CELLS = {"td", "dd"}  # where links one after the other are the answer
_BRACKETS = "[](){}"
LONGEST_MARK = 12  # characters of a footnote's mark, brackets included
MENU_LINKS, MENU_SHARE, MENU_LETTERS = (
    3,
    0.8,
    60,
)  # how many links at least, of which share of all letters; a link's letters


def steps(
    root: "LexborNode",
    wanted: Callable[["LexborNode"], bool],
    enter: Callable[["LexborNode"], None],
    leave: Callable[["LexborNode"], None],
) -> None:
    """Enter and leave every wanted node, in order; never inside of itself, since pages may be nested very deeply."""
    node, depth = root, 0
    while True:
        if inside := wanted(node):
            enter(node)
        if inside and (child := node.first_child) is not None:
            node, depth = child, depth + 1
            continue
        if inside:
            leave(node)
        while depth and node.next is None:
            above = node.parent
            if above is None:
                return
            node, depth = above, depth - 1
            leave(node)
        after = node.next
        if not depth or after is None:
            return
        node = after


@dataclass(slots=True)
class Counts:
    """Of what is shown of a node: letters, those of them in links, and links; and in which sections and cells it stands."""

    letters: int = 0
    linked: int = 0
    links: int = 0
    around: frozenset[str] = frozenset()

    @property
    def prose(self) -> int:
        """The letters that stand in no link."""
        return self.letters - self.linked

    @property
    def menu(self) -> bool:
        """Whether it leads elsewhere and says nothing."""
        leads = self.links >= MENU_LINKS and self.linked >= MENU_SHARE * self.letters
        return leads and self.letters <= MENU_LETTERS * self.links


class Shown:
    """What is shown of a page; `left_out` counts what was passed over, by kind."""

    def __init__(self, tree: "LexborHTMLParser") -> None:
        self.left_out: Counter[str] = Counter()
        self._styles = styles_of(tree)
        self._hiding = Hiding(tree, self._styles)
        self._others: set[int] = (
            set()
        )  # the nodes that say of themselves that they hold others' words
        if tree.body is not None:
            self._count_all(tree.body)
            self._leave_out_others(tree, tree.body)

    def _leave_out_others(self, tree: "LexborHTMLParser", body: "LexborNode") -> None:
        all_prose = self.counts(body).prose
        if foreign_ids := self._called_others(tree):
            self._others = foreign_ids
            self._count_all(body)
        if (
            self.counts(body).prose < (1 - MOST_OTHERS) * all_prose
        ):  # these names mean something else here
            self._others = set()
            self._count_all(body)

    def _count_all(self, body: "LexborNode") -> None:
        self._counts: dict[int, Counts] = {}
        self._counting = [Counts()]
        self._links = 0  # that are open
        steps(body, lambda node: not self._why_not(node), self._count, self._counted)

    def _called_others(self, tree: "LexborHTMLParser") -> set[int]:
        """The nodes that are called others' words, but those around the page's heading or nearly all that it holds."""
        around = ancestors(tree.css("h1, main, body"))
        all_prose = self._counts[tree.body.mem_id].prose if tree.body is not None else 0
        return {
            node.mem_id
            for node in tree.css("[class], [id], [role]")
            if node.tag in BLOCKS
            and node.mem_id not in around
            and _is_called_others(node)
            and self.counts(node).prose <= MOST_OTHERS * all_prose
        }

    def counts(self, node: "LexborNode") -> Counts:
        """What stands inside of a node."""
        return self._counts.get(node.mem_id) or Counts()

    def __call__(self, node: "LexborNode") -> bool:
        """Whether a node belongs to the text."""
        why = self._why_not(node) or self._why_wayfinding(node)
        if why and why != "-":
            self.left_out[why] += 1
        return not why

    def is_block(self, node: "LexborNode") -> bool:
        """Whether it stands in lines of its own."""
        display = self._display(node)
        return (
            not display.startswith("inline")
            if display and display != "contents"
            else node.tag in BLOCKS
        )

    def is_apart(self, node: "LexborNode") -> bool:
        """Whether it stands in the line like one large letter, and so apart from its neighbours."""
        style = self._styles.get(node.mem_id, {})
        aside = style.get("position") in {"absolute", "fixed"} or style.get("float") in {
            "left",
            "right",
        }
        return aside or self._display(node).startswith("inline-")

    def is_raised(self, node: "LexborNode") -> bool:
        """Whether its words are small figures above the line, or letters."""
        return (
            node.tag == "sup" or self._styles.get(node.mem_id, {}).get("vertical-align") == "super"
        )

    def _display(self, node: "LexborNode") -> str:
        return self._styles.get(node.mem_id, {}).get("display", "")

    def _why_not(self, node: "LexborNode") -> str:
        """Why a node is no part of the text: "" where it is, "-" where there is nothing of it to read."""
        tag = node.tag or ""
        if node.is_text_node or tag in _UNSEEN:
            return "-" if tag in _UNSEEN else ""
        if tag in {"del", "s", "strike"}:
            return "words struck through"
        attributes = node.attributes
        hidden = "hidden" in attributes or (tag == "dialog" and "open" not in attributes)
        if hidden or self._hiding(node):
            return "hidden parts"
        if node.mem_id in self._others:
            return "others' words and the like"
        role = (attributes.get("role") or "").lower()
        if tag in {"nav", "menu", "search"} or role in _ROLES:
            return "menus and the like"
        return "asides" if tag == "aside" and not role.startswith(_NOTES) else ""

    def _why_wayfinding(self, node: "LexborNode") -> str:
        tag, counts = node.tag, self.counts(node)
        if tag in {"header", "footer"} and _SECTIONS.isdisjoint(counts.around):
            return "the page's own head and foot"
        if tag in BLOCKS and counts.menu and _CELLS.isdisjoint(counts.around):
            return "menus and the like"
        return (
            "footnote marks"
            if (tag == "a" or self.is_raised(node)) and self._is_note_mark(node)
            else ""
        )

    def _is_note_mark(self, node: "LexborNode") -> bool:
        """Whether a link or what is raised only leads to a note of this page, or back from one."""
        link = node if node.tag == "a" else None
        if link is None and self.counts(node).links:
            link = node.css_first("a")
        link = link or (node.parent if node.parent is not None and node.parent.tag == "a" else None)
        if link is None or "#" not in (link.attributes.get("href") or ""):
            return False
        words = node.text().strip()
        if (link.attributes.get("role") or "").startswith(("doc-noteref", "doc-backlink")):
            return True
        if len(words) > LONGEST_MARK or words != link.text().strip():
            return False
        plain, inner = words.strip(_BRACKETS), node.first_child
        raised = self.is_raised(node) or (
            inner is not None and inner.next is None and self.is_raised(inner)
        )
        return raised or not any(map(str.isalnum, words)) or (plain != words and plain.isdigit())

    def _count(self, node: "LexborNode") -> None:
        if node.is_text_node:
            letters = sum(map(len, (node.text_content or "").split()))
            self._counting[-1].letters += letters
            self._counting[-1].linked += letters if self._links else 0
            return
        self._links += node.tag == "a"
        self._counting[-1].links += node.tag == "a"
        around, outer = self._counting[-1].around, node.parent
        if outer is not None and outer.tag in _SECTIONS | _CELLS:
            around |= {outer.tag}
        self._counting.append(Counts(around=around))

    def _counted(self, node: "LexborNode") -> None:
        if node.is_text_node:
            return
        self._links -= node.tag == "a"
        inner, outer = self._counting.pop(), self._counting[-1]
        self._counts[node.mem_id] = inner
        outer.letters, outer.linked, outer.links = (
            outer.letters + inner.letters,
            outer.linked + inner.linked,
            outer.links + inner.links,
        )


def _is_called_others(node: "LexborNode") -> bool:
    attributes = node.attributes
    names = " ".join(attributes.get(key) or "" for key in ("class", "id", "role")).split()
    tokens = ({token.lower() for token in _TOKEN.findall(name)} for name in names)
    return any(not OTHERS_WORDS.isdisjoint(name) and _NEGATED.isdisjoint(name) for name in tokens)


def ancestors(nodes: "Iterable[LexborNode]") -> set[int]:
    """The nodes and all that stand around them, by `mem_id`, each looked at once."""
    around: set[int] = set()
    for node in nodes:
        above: LexborNode | None = node
        while above is not None and above.mem_id not in around:
            around.add(above.mem_id)
            above = above.parent
    return around
