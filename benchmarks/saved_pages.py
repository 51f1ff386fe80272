"""Score what is read of news sites' saved pages: words of the article that are kept, and words of others let through.

    python benchmarks/saved_pages.py FOLDER [--half development|others] [--each]

FOLDER is `test/test-pages` of https://github.com/mozilla/readability (Apache-2.0): one folder a page, with `source.html`
as it was saved and `expected.html`, the article that its authors took from it. The pages below are those of newspapers,
magazines and news sites; every second is for development, the others are not looked at. Words are compared as counts:
*kept* are the expected words that the text holds, *foreign* those of the text beyond them. A *block* is an expected
paragraph, kept where the text holds its words in a row.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from pullquote.errors import DocumentError
from pullquote_extract import extract

PAGES = """aclu aktualne ars-1 bbc-1 breitbart buzzfeed-1 citylab-1 cnet cnet-svg-classes cnn ebb-org ehow-1 ehow-2
engadget folha gmw guardian-1 heise herald-sun-1 iab-1 la-nacion lemonde-1 liberation-1 lifehacker-post-comment-load
lifehacker-working lwn-1 medicalnewstoday msn nytimes-1 nytimes-2 nytimes-3 nytimes-4 nytimes-5 qq quanta-1 salon-1
seattletimes-1 spiceworks telegraph theverge tmz-1 wapo-1 wapo-2 webmd-1 webmd-2 yahoo-1 yahoo-2 yahoo-3 yahoo-4
youth""".split()  # noqa: SIM905
HALVES = {"development": PAGES[::2], "others": PAGES[1::2]}
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def scored(folder: Path) -> tuple[Counter[str], Counter[str], int, int]:
    """The expected words and the text's of a page, and how many of how many expected blocks are kept."""
    tree = LexborHTMLParser((folder / "expected.html").read_text(encoding="utf-8"))
    expected = Counter(words(tree.body.text(separator=" ") if tree.body else ""))
    try:
        text_words = words(extract("page.html", (folder / "source.html").read_bytes()).text)
    except DocumentError:
        text_words = []
    text = f" {' '.join(text_words)} "
    blocks = [block for node in tree.css("p") if len(block := words(node.text())) > 1]
    return (
        expected,
        Counter(text_words),
        sum(f" {' '.join(block)} " in text for block in blocks),
        len(blocks),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=HALVES, nargs="+", default=list(HALVES))
    parser.add_argument("--each", action="store_true", help="a line for each page of a half")
    arguments = parser.parse_args()
    print("| pages | number | expected words | kept % | foreign words | blocks kept | of |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for half in arguments.half:
        rows = [(name, *scored(arguments.folder / name)) for name in HALVES[half]]
        lines = [(half, rows), *((row[0], [row]) for row in rows if arguments.each)]
        for name, group in lines:
            expected = sum(row[1].total() for row in group)
            kept = sum((row[1] & row[2]).total() for row in group)
            foreign = sum((row[2] - row[1]).total() for row in group)
            blocks, of = sum(row[3] for row in group), sum(row[4] for row in group)
            share = 100 * kept / max(expected, 1)
            print(
                f"| {name} | {len(group)} | {expected} | {share:.1f} | {foreign} | {blocks} | {of} |"
            )


if __name__ == "__main__":
    main()
