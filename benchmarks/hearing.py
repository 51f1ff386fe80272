"""Measure whose words sentences are told to hold, on documents labelled whole and on single sentences.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/hearing.py [--half b] [--model FOLDER] [--errors]
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/hearing.py --half single

Half `a` chose the limits in `voice/reports.py`; halves `b`, `c` and `d` are kept aside: do not print their errors.
The single sentences were learned from.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice_examples import is_named, single_labels, texts, whole_labels

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.models.reader import BUNDLED, OnnxReader
from pullquote.voice.listener import Reader, hear
from pullquote.voice.voices import Voice, VoiceKind, spoken, summary

ROWS = {
    "sentences of the author's": ("own",),
    "kind right": ("own kind", "own"),
    "given to the author, and sure": ("own stated", "own"),
    "another named and stated as sure": ("own wrong",),
    "sentences of others": ("others",),
    "kind right, strictly": ("others kind", "others"),
    "kind right, or one the labels call defensible": ("others defensible", "others"),
    "speaker right": ("speaker", "others"),
    "speaker right, and sure": ("speaker stated", "others"),
    "taken for the author's": ("taken", "others"),
    "taken for the author's, and sure": ("taken stated", "others"),
    "wrong speaker named and stated as sure": ("others wrong",),
    "sentences in turns of a transcript": ("turns",),
    "their speaker right": ("turns speaker", "turns"),
    "their speaker right, and sure": ("turns speaker stated", "turns"),
    "of a turn, wrong and sure": ("turns wrong",),
}


@dataclass(frozen=True)
class Judged:
    """A labelled sentence as it was heard; `right` is about who speaks."""

    label: Mapping[str, Any]
    voice: Voice
    main: Voice
    right: bool
    words: str


def judged(documents: Mapping[str, Document], half: str, reader: Reader | None) -> Iterator[Judged]:
    """Hear every document of a half; the turns of a transcript, which labels and program call otherwise, are left out."""
    whole = half != "single"
    for name, labels in whole_labels(half) if whole else single_labels():
        document = documents[name]
        sentences = split_sentences(document)
        found = hear(document, sentences, reader).voices
        told = {label["start"]: label for label in labels}
        for sentence, voices in zip(sentences, found, strict=True):
            label = told.get(sentence.span.start, {"kind": "author"} if whole else None)
            if label and sentence.kind is not Kind.HEADING and not _is_turn(label, voices):
                yield _judge(document, sentence, voices, label)


def _is_turn(label: Mapping[str, Any], voices: tuple[Voice, ...]) -> bool:
    first = voices[0]  # whose cue is the label that opens the turn
    named = f"{first.cue}".rpartition(" ")[2].casefold() in f"{first.speaker}".casefold()
    return label["kind"] == "author" and first.kind is VoiceKind.QUOTED and first.sure and named


def _judge(
    document: Document, sentence: Sentence, voices: tuple[Voice, ...], label: Mapping[str, Any]
) -> Judged:
    voice = summary(voices)
    main = spoken(voices)
    own, given = label["kind"] == "author", voice.kind is VoiceKind.AUTHOR
    # A speech that the record opens with "Mr. LEE." is Mr. Lee's whether it counts as a turn or as the author's own.
    theirs = label.get("turn") is True and given and is_named(document.source.author, label)
    right = given if own else theirs or (not given and is_named(main.speaker, label))
    return Judged(label, voice, main, right, sentence.span.cut(document.text))


def count(found: Iterator[Judged]) -> Counter[str]:
    """How many came out how."""
    counts: Counter[str] = Counter()
    for one in found:
        own, given = one.label["kind"] == "author", one.voice.kind is VoiceKind.AUTHOR
        group = (
            "own"
            if own
            else "turns"
            if one.label.get("turn") is True and one.label["kind"] == "quoted"
            else "others"
        )
        counts[group] += 1
        counts[f"{group} kind"] += one.voice.kind == one.label["kind"]
        counts[f"{group} defensible"] += one.voice.kind in {
            one.label["kind"],
            *one.label.get("kind_also", []),
        }
        counts[f"{group} wrong"] += (
            not given and not one.right and one.main.sure and one.main.speaker is not None
        )
        if own:
            counts["own stated"] += given and one.voice.sure
        else:
            before = "turns " if group == "turns" else ""
            counts[f"{before}speaker"] += one.right
            counts[f"{before}speaker stated"] += one.right and one.main.sure
            counts[f"{before}taken"] += given
            counts[f"{before}taken stated"] += given and one.voice.sure
    return counts


def cell(counts: Counter[str], names: tuple[str, ...]) -> str:
    """A count, with its share where there is something that it is a share of."""
    share = (
        f" ({counts[names[0]] / counts[names[1]]:.0%})"
        if len(names) > 1 and counts[names[1]]
        else ""
    )
    return f"{counts[names[0]]:,}{share}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", default="b")
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument(
        "--errors", action="store_true", help="print what came out wrong with the reader"
    )
    given = parser.parse_args()
    documents = texts(Path(os.environ["PULLQUOTE_EVAL_DATA"]))
    found = list(judged(documents, given.half, OnnxReader.open(folder=given.model)))
    counts = count(iter(found))
    print("| | with the reader |\n|---|--:|")
    for title, names in ROWS.items():
        print(f"| {title} | {cell(counts, names)} |")
    for one in found if given.errors else ():
        if one.voice.kind != one.label["kind"] or not one.right:
            print(
                f"{one.label['kind']} of {one.label.get('speaker')}: {one.voice.kind} of {one.main.speaker}: {one.words}"
            )


if __name__ == "__main__":
    main()
