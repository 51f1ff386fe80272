"""What indexing costs by the letter, for texts of many shapes: CPU of splitting, hearing, encoding and late interaction.

    python benchmarks/letters.py [--letters 4000] [--only "tiny sentences"]
    python benchmarks/letters.py --large 20 --only prose     # one file of so many MB, without the models

The worst shape should cost less than four times the median: no document is to hold up the others for long.
"""

import argparse
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.index.parts import keys_of, split
from pullquote.models.encoder import prepare_encoder
from pullquote.models.interaction import bundled as interaction
from pullquote.models.reader import bundled as reader
from pullquote.settings import Settings
from pullquote.voice.listener import hear

STAGES = ("split", "hear", "encode", "late")
SOURCE = Source(title="Remarks on the bill", author="Ann Lee")
Write = Callable[[random.Random, Callable[[], str]], str]


def clause(chance: random.Random, word: Callable[[], str], low: int, high: int) -> str:
    return " ".join(word() for _ in range(chance.randint(low, high)))


def sentence(low: int, high: int, form: str = "{}. ") -> Write:
    return lambda chance, word: form.format(
        clause(chance, word, low, high).capitalize(), word().title()
    )


def foreign(first: int, last: int, stop: str, blanks: float) -> Write:
    def write(chance: random.Random, _: object) -> str:
        letters = (chr(chance.randint(first, last)) for _ in range(chance.randint(20, 80)))
        return (
            "".join(letter + " " * (chance.random() < blanks) for letter in letters).strip() + stop
        )

    return write


SHAPES: dict[str, Write] = {
    "prose": lambda chance, word: sentence(8, 30)(chance, word) + "\n\n" * (chance.random() < 0.2),
    "one long paragraph": sentence(8, 30),
    "long sentences": sentence(60, 160),
    "short sentences": sentence(3, 6),
    "tiny sentences": sentence(1, 2),
    "tiny paragraphs": sentence(1, 2, "{}.\n\n"),
    "questions and answers": sentence(1, 4, "{}? Yes. "),
    "one-word turns": sentence(1, 1, "Mr. LEE. {}.\n\nMs. ROE. No.\n\n"),
    "transcript": sentence(10, 40, "Mr. LEE. {}.\n\nMs. ROE. I see.\n\n"),
    "list": sentence(2, 8, "- {}\n"),
    "numbered list": lambda chance, word: f"{chance.randint(1, 99)}. {clause(chance, word, 3, 9)}\n",
    "headings": sentence(2, 5, "## {}\n\n"),
    "headings and a line": sentence(4, 9, "## {1}\n\n{0}.\n\n"),
    "quotations": sentence(4, 12, "“{0},” said {1}. "),
    "nested quotations": sentence(4, 12, "“{0} ‘{1} is so,’ she said.” "),
    "table": sentence(2, 4, "| {0} | {1} | 3 |\n"),
    "code": lambda chance, word: f"    if ({word()} == {chance.randint(0, 99)}) {{ {word()}({word()}); }}\n",
    "addresses": lambda chance, word: f"https://{word()}.example/{word()}/{word()}?{word()}={chance.randint(0, 9999)} ",
    "figures": lambda chance, word: f"{word().capitalize()} rose {chance.randint(1, 99)}.{chance.randint(0, 9)} % by {chance.randint(1900, 2030)}. ",
    "abbreviations": sentence(1, 2, "Mr. {1} of the U.S. {0}. "),
    "brackets": sentence(3, 6, "({0} [{1}]). "),
    "Chinese": foreign(0x4E00, 0x9FA0, "。", 0.0),
    "Arabic": foreign(0x621, 0x64A, "؟ ", 0.2),
    "Russian": foreign(0x430, 0x44F, ". ", 0.2),
    "Hindi": foreign(0x905, 0x939, "। ", 0.2),
    "emoji": foreign(0x1F600, 0x1F640, "! ", 0.2),
}  # fmt: skip


def text_of(write: Write, letters: int, words: list[str]) -> str:
    chance, parts, length = random.Random(7), ["Kings fall.\n\n"], 0
    while length < letters:
        parts.append(write(chance, lambda: chance.choice(words)))
        length += len(parts[-1])
    return "".join(parts)[:letters]


def costs(text: str, index: Path) -> list[float]:
    """CPU seconds of each stage; several threads' together."""
    encoder, late, read = prepare_encoder(Settings().model, index), interaction(), reader()
    document = Document(id="page", debate="page", path="page.txt", text=text, source=SOURCE)
    times = [time.process_time()]

    def done() -> None:
        times.append(time.process_time())

    passages, windows = keys_of(document, split(document))
    done()
    hear(document, split_sentences(document), read)
    done()
    encoder.encode(list(dict.fromkeys((*passages, *windows))))
    done()
    for key in dict.fromkeys(windows):
        late.window(key)
    done()
    return [after - before for before, after in pairwise(times)]


def large(write: Write, words: list[str], letters: int) -> None:
    """What a large file takes of everything but the models."""
    document = Document(
        id="page",
        debate="page",
        path="page.txt",
        text=text_of(write, letters, words),
        source=SOURCE,
    )
    before = time.process_time()
    tables = split(document)
    middle = time.process_time()
    hear(document, split_sentences(document))
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counts = ", ".join(
        f"{len(table)} {name}"
        for table, name in zip(tables, ("sentences", "passages", "windows"), strict=True)
    )
    print(f"{letters} letters, {counts}: {middle - before:.1f} s, with marks, labels and a second splitting "
          f"{time.process_time() - before:.1f} s of CPU; {held:.0f} MB at most")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=4_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--large", type=int, default=0, metavar="MB")
    given = parser.parse_args()
    index = Settings.read(os.environ).index
    book = next(Path("corpus/drug-cartels").glob("*.txt")).read_text(encoding="utf-8")
    words = sorted({word for word in book.lower().split() if word.isalpha()})
    if given.large:
        large(
            next(write for name, write in SHAPES.items() if given.only in name),
            words,
            given.large * 1_000_000,
        )
        return
    costs(text_of(SHAPES["prose"], 1_000, words), index)
    found = {}
    for name, write in SHAPES.items():
        if given.only in name:
            found[name] = [
                1e6 * each / given.letters
                for each in costs(text_of(write, given.letters, words), index)
            ]
            print(name, *map(round, found[name]), file=sys.stderr, flush=True)
    middle = statistics.median(map(sum, found.values()))
    print(
        f"| CPU a letter, µs ({given.letters} letters) | {' | '.join(STAGES)} | together | times the median |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, each in sorted(found.items(), key=lambda pair: -sum(pair[1])):
        print(
            f"| {name} | {' | '.join(f'{one:.0f}' for one in each)} | {sum(each):.0f} | {sum(each) / middle:.1f} |"
        )


if __name__ == "__main__":
    main()
