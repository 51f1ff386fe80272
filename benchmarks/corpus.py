"""Generated English of any size, from the demo documents: the same files for the same size, every time.

    python benchmarks/corpus.py FOLDER [--passages 5000]

Real sentences are taken apart at a connective and put together anew, head with tail, so that each
reads like English, is distinct, and shares its words with many others, as in a real debate. Past
20,000 sentences they come again in another order, so that 50,000 passages hold no more than that.
"""

import argparse
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.settings import Settings

SEED = 20_261_124
POOL = 20_000  # distinct sentences
PARAGRAPH = 4  # sentences; about 85 words, so that a paragraph is a passage
DOCUMENT = 40  # sentences
FACTS = "---\ntitle: Remarks on drug policy\nauthor: The committee\nlanguage: en\n---\n"
JOINT = re.compile(r", (?:and|but|which|while|because) | (?:that|because|which|and|when|if|to) ")
_PLAIN = re.compile(r"[A-Z][^\"“”‘()\[\]\n;:]*[.]")


def demo_documents() -> Path:
    """The folder of the demo documents.

    Raises:
        SystemExit: PULLQUOTE_EVAL_DATA does not name where they are.
    """
    folder = Path(os.environ.get("PULLQUOTE_EVAL_DATA") or os.devnull) / "demo-docs" / "texts"
    if not folder.is_dir():
        raise SystemExit("set PULLQUOTE_EVAL_DATA to the folder that holds demo-docs/")
    return folder


def real_sentences() -> list[str]:
    """Plain sentences of the demo documents, in their order, each once."""
    found = []
    for document in load_corpus(Settings(corpus=demo_documents())).documents:
        sentences = split_sentences(document)
        words = (
            " ".join(each.span.cut(document.text).split())
            for each in sentences
            if each.kind is Kind.PROSE
        )
        found += [text for text in words if 8 <= len(text.split()) <= 45 and _PLAIN.fullmatch(text)]
    return list(dict.fromkeys(found))


def pool(count: int = POOL) -> list[str]:
    """Distinct sentences: the real ones, then heads and tails put together at the same connective."""
    real = real_sentences()
    halves: dict[str, tuple[list[str], list[str]]] = {}
    for text in real:
        middle = len(text) / 2
        joints = sorted(JOINT.finditer(text), key=lambda match: abs(match.start() - middle))
        if joints:
            heads, tails = halves.setdefault(joints[0].group(), ([], []))
            heads.append(text[: joints[0].end()])
            tails.append(text[joints[0].end() :])
    chance = random.Random(SEED)
    made = dict.fromkeys(real)
    kinds = list(halves.values())
    weights = [len(heads) * len(tails) for heads, tails in kinds]
    while len(made) < count:
        heads, tails = chance.choices(kinds, weights)[0]
        made[chance.choice(heads) + chance.choice(tails)] = None
    return list(made)[:count]


def sentences(count: int) -> Iterator[str]:
    """This many sentences: the pool shuffled, again and again."""
    drawn, chance = pool(), random.Random(SEED + 1)
    while count > 0:
        chance.shuffle(drawn)
        yield from drawn[:count]
        count -= len(drawn)


def write(folder: Path, passages: int) -> int:
    """Write documents of about this many passages in all; how many documents there are."""
    (folder / "generated").mkdir(parents=True, exist_ok=True)
    drawn = list(sentences(passages * PARAGRAPH))
    starts = range(0, len(drawn), DOCUMENT)
    for number, start in enumerate(starts):
        part = drawn[start : start + DOCUMENT]
        paragraphs = [" ".join(part[at : at + PARAGRAPH]) for at in range(0, len(part), PARAGRAPH)]
        text = FACTS + "\n\n".join(paragraphs) + "\n"
        (folder / "generated" / f"remarks-{number:05d}.txt").write_text(text, encoding="utf-8")
    return len(starts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=5_000)
    arguments = parser.parse_args()
    print(f"{write(arguments.folder, arguments.passages)} documents in {arguments.folder}")
