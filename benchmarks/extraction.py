"""Score how documents are read, beside the common converters: sentences exactly right, and words that stand in no source.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/extraction.py [--kinds html captions] [--converters] [--missing]

FOLDER/documents, and `documents/` here, hold files of several producers by kind, and in `expected/` for some of them
NAME.txt, a sentence that a person typed from the page on each line (a tab and notes may follow), and NAME.absent.txt, what
must not come out. Of other files of FOLDER `typed.json` has how many words each typed sentence has and how its SHA-256
begins: their words are not ours to keep (`--type NAME.txt...` adds such). White space is compared as one blank. A sentence is right where it stands in the text letter for letter. *Foreign* are words of
the text that stand nowhere in the file's own letters, as an ordinary parser of its kind gives them. Converters are
measured where they are installed: put them into an environment of their own (`pip install trafilatura html2text
markdownify readability-lxml inscriptis markitdown`), with this package on PYTHONPATH.
"""

import argparse
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pullquote_extract import ExtractionError, extract, suffixes

KINDS = {
    "html": (".html", ".htm"),
    "captions": (".vtt", ".srt"),
    "pdf": (".pdf",),
    "docx": (".docx",),
}
WORD = re.compile(r"[^\W_]+")
Convert = Callable[[Path], str]


@dataclass(frozen=True)
class Score:
    """What one way to read came to on the files of one kind."""

    right: int = 0
    of: int = 0
    present: int = 0  # of what must be absent
    foreign: int = 0
    files: int = 0
    failed: int = 0

    def __add__(self, other: "Score") -> "Score":
        mine, theirs = vars(self), vars(other)
        return Score(**{name: mine[name] + theirs[name] for name in mine})


HERE = Path(__file__).parent / "documents"
DIGITS = 16  # of a typed sentence's hash


def digest(words: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:DIGITS]


def typed() -> dict[str, list[tuple[int, str]]]:
    """The sentences that were typed from a file, by its name: how many words, and the hash."""
    return {
        name: [(int(count), str(mark)) for count, mark in rows]
        for name, rows in json.loads((HERE / "typed.json").read_bytes()).items()
    }


def keep_typed(files: list[Path]) -> None:
    """Keep what was typed from files, a sentence a line, as hashes."""
    rows: dict[str, list[tuple[int, str]]] = typed()
    for file in files:
        lines = [
            line.split() for line in file.read_text(encoding="utf-8").split("\n") if line.strip()
        ]
        rows[file.stem] = [(len(words), digest(words)) for words in lines]
    told = ",\n".join(f" {json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows))
    (HERE / "typed.json").write_text(f"{{\n{told}\n}}\n", encoding="utf-8")


def unheard(text: str, rows: list[tuple[int, str]]) -> list[str]:
    """The hashes of typed sentences that no run of as many words of a text has."""
    words, missing = text.split(), []
    for count in sorted({count for count, _ in rows}):
        there = {digest(words[at : at + count]) for at in range(len(words) - count + 1)}
        missing += [
            f"a typed sentence of {count} words ({mark})"
            for number, mark in rows
            if number == count and mark not in there
        ]
    return missing


def spaced(text: str) -> str:
    return " ".join(text.split())


def expected(folder: Path, name: str, ending: str) -> list[str]:
    place = folder / "expected" / f"{name}{ending}"
    lines = place.read_text(encoding="utf-8").split("\n") if place.is_file() else []
    return [spaced(line.partition("\t")[0]) for line in lines if line.strip()]


def ours(path: Path) -> str:
    # Blocks' marks are no words of the source; what is told apart by them is not compared here.
    return extract(path.name, path.read_bytes()).text


def converters() -> Iterator[tuple[str, tuple[str, ...], Convert]]:
    """Whatever is installed: its name, the kinds that it reads, and how it is called in its plainest way."""

    def html(path: Path) -> str:
        return path.read_bytes().decode("utf-8", "replace")

    def load(
        module: str, kinds: tuple[str, ...], make: Callable[[object], Convert]
    ) -> Iterator[tuple[str, tuple[str, ...], Convert]]:
        try:
            found = __import__(module)
        except ImportError:
            return
        yield module, kinds, make(found)

    yield from load("trafilatura", ("html",), lambda m: lambda path: m.extract(html(path)) or "")  # type: ignore[attr-defined]
    yield from load("html2text", ("html",), lambda m: lambda path: m.html2text(html(path)))  # type: ignore[attr-defined]
    yield from load("markdownify", ("html",), lambda m: lambda path: m.markdownify(html(path)))  # type: ignore[attr-defined]
    yield from load("inscriptis", ("html",), lambda m: lambda path: m.get_text(html(path)))  # type: ignore[attr-defined]
    yield from load(
        "readability", ("html",), lambda m: lambda path: _text(m.Document(html(path)).summary())
    )  # type: ignore[attr-defined]
    yield from load(
        "docx",
        ("docx",),
        lambda m: lambda path: "\n".join(p.text for p in m.Document(str(path)).paragraphs),
    )  # type: ignore[attr-defined]
    yield from load(
        "mammoth", ("docx",), lambda m: lambda path: m.extract_raw_text(path.open("rb")).value
    )  # type: ignore[attr-defined]
    yield from load(
        "pypdf",
        ("pdf",),
        lambda m: lambda path: "\n".join(p.extract_text() for p in m.PdfReader(path).pages),
    )  # type: ignore[attr-defined]
    yield from load(
        "pdfminer", ("pdf",), lambda m: __import__("pdfminer.high_level").high_level.extract_text
    )
    yield from load(
        "markitdown",
        tuple(KINDS),
        lambda m: lambda path: m.MarkItDown().convert(str(path)).text_content,
    )  # type: ignore[attr-defined]


def _text(markup: str) -> str:
    from lxml import html

    return str(html.fromstring(markup).text_content())


def raw_words(path: Path) -> Counter[str] | None:
    """The words of a file's own letters; None where no plain parser here gives them."""
    if path.suffix in KINDS["html"]:
        from selectolax.lexbor import LexborHTMLParser

        # With a blank between nodes and without: a word may be in several, and two words side by side in two.
        tree = LexborHTMLParser(path.read_bytes().decode("utf-8", "replace"))
        texts = [
            tree.html or "",
            *((tree.body.text(separator=s) if tree.body else "") for s in ("", " ")),
        ]
        return Counter(
            word
            for text in texts
            for word in WORD.findall(text.replace("\xad", "").replace("\u200b", ""))
        )
    if path.suffix in KINDS["pdf"]:
        import pypdfium2

        pages = "\n".join(
            page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)
        ).replace("\r", "")
        # A word divided at a line's end as one, and with its hyphen.
        texts = [pages.replace("\ufffe\n", mark).replace("\ufffe", mark) for mark in ("", "-")]
        # And without the figures of notes, which stand close to the words that they open or follow.
        texts += [re.sub(r"\d+", " ", pages), pages.replace("-\n", "")]
        return Counter(word for text in texts for word in WORD.findall(text))
    if path.suffix in KINDS["docx"]:
        import zipfile
        from xml.etree import ElementTree

        with zipfile.ZipFile(path) as archive:
            parts = [
                ElementTree.fromstring(archive.read(name))
                for name in archive.namelist()
                if name.endswith(".xml")
            ]
        for part in (
            part
            for root in parts
            for part in root.iter()
            if part.tag.endswith(("}tab", "}br", "}cr"))
        ):
            part.text = " "
        paragraphs = (part for root in parts for part in root.iter() if part.tag.endswith("}p"))
        return Counter(
            word for part in paragraphs for word in WORD.findall("".join(part.itertext()))
        )
    if path.suffix in KINDS["captions"]:
        import html as entities

        return Counter(
            WORD.findall(entities.unescape(path.read_bytes().decode("utf-8", "replace")))
        )
    return None


def score(folder: Path, path: Path, convert: Convert, *, tell: bool) -> Score:
    lines, absent = (expected(folder, path.stem, ending) for ending in (".txt", ".absent.txt"))
    rows = typed().get(path.stem, [])
    of = len(lines) + len(rows)
    try:
        text = convert(path)
    except ExtractionError as error:
        print(f"  {path.name}: {error}")
        return Score(of=of, files=1, failed=1)
    except Exception as error:  # noqa: BLE001 -- a converter may do anything
        print(f"  {path.name}: {type(error).__name__}")
        return Score(of=of, files=1, failed=1)
    whole, own = spaced(text), raw_words(path)
    missing = [line for line in lines if line not in whole] + unheard(whole, rows)
    foreign = [
        word
        for word in WORD.findall(text)
        if own is not None and word not in own and not word.isdigit()
    ]
    if tell:
        for line in missing:
            print(f"  {path.name}: missing: {line}")
        for word in dict.fromkeys(foreign):
            print(f"  {path.name}: foreign: {word}")
    return Score(of - len(missing), of, sum(one in whole for one in absent), len(foreign), 1, 0)


def files_of(folder: Path, kind: str) -> list[Path]:
    """The files of a kind, in order."""
    return [
        path
        for path in sorted((folder / kind).glob("*"))
        if path.suffix in KINDS[kind] and path.suffix in suffixes
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument(
        "--converters", action="store_true", help="measure what else is installed too"
    )
    parser.add_argument(
        "--missing", action="store_true", help="name each sentence and word that is wrong"
    )
    parser.add_argument(
        "--type",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="keep what was typed from files, as hashes",
    )
    given = parser.parse_args()
    if given.type:
        keep_typed(given.type)
        return
    if "PULLQUOTE_EVAL_DATA" not in os.environ:
        parser.exit(2, "name the folder that holds documents/ with PULLQUOTE_EVAL_DATA\n")
    folder = Path(os.environ["PULLQUOTE_EVAL_DATA"], "documents")
    ways = [("pullquote", tuple(KINDS), ours), *(converters() if given.converters else ())]
    print(
        "| kind | read by | sentences right | of | must be absent, is there | foreign words | files | failed |"
    )
    print("| --- | --- | --: | --: | --: | --: | --: | --: |")
    for kind in given.kinds:
        files = [(folder, path) for path in files_of(folder, kind)] + [
            (HERE, path) for path in files_of(HERE, kind)
        ]
        for name, kinds, convert in ways:
            if kind in kinds:
                one = sum(
                    (
                        score(place, path, convert, tell=given.missing and name == "pullquote")
                        for place, path in files
                    ),
                    Score(),
                )
                print(
                    f"| {kind} | {name} | {one.right} | {one.of} | {one.present} | {one.foreign} | {one.files} | {one.failed} |"
                )


if __name__ == "__main__":
    main()
