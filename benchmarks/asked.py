"""Ask "What did X say?" of everybody who is labelled on real debates, and tell whom the lines above the quotes name.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/asked.py PART [--each]

PART is `learn` or `choose` (`benchmarks/debates`); `report` is kept aside: look at its totals alone. Of whoever has the
word in a document of several speakers, and of people of whom something is reported, the question goes to their debate.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from debates import HOME
from voice_examples import texts, whole_labels

from pullquote.answers.answer import Answer, Frame
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import open_ranker
from pullquote.settings import Settings
from pullquote.voice.names import is_person
from pullquote_eval.datasets import load_dataset
from pullquote_eval.evaluate import open_set

OUTCOMES = ("named", "nobody", "somebody else", "nothing answers", "no words of")


@dataclass(frozen=True)
class Speaker:
    """Somebody labelled: in which debate, by which name, and whether a turn is theirs or others report them."""

    debate: str
    name: str
    key: str
    group: str


def speakers(part: str) -> Iterator[Speaker]:
    """Everybody who is labelled in a part, once a debate; who speaks in turns is not counted among the reported."""
    rows: dict[tuple[str, str], Speaker] = {}
    topics = json.loads((HOME / part / "documents.json").read_text("utf-8"))["debates"]
    documents = texts(Path(os.environ["PULLQUOTE_EVAL_DATA"]))
    for document, labels in whole_labels(f"debates-{part}"):
        debate = document.removeprefix("real-debates/").partition("/")[0]
        several = not documents[document].source.author
        for label in labels:
            name, key = label.get("speaker"), label.get("speaker_key")
            turn = several and label.get("turn") is True and label["kind"] == "quoted"
            if not name or not key or debate not in topics or len(key) < 2:
                continue
            if (turn and name[:4] != "The ") or (not turn and is_person(name) and key in name):
                speaker = Speaker(debate, name, key, "in turns" if turn else "reported")
                known = rows.get((debate, key))
                if known is None or (turn and known.group == "reported"):
                    rows[debate, key] = speaker
    yield from rows.values()


def outcome(speaker: Speaker, answer: Answer) -> str:
    """What the first line says of whom was asked for."""
    line = next(part.text for part in answer.parts if isinstance(part, Frame))
    if "No words of" in line:
        return "no words of"
    if "Nothing" in line or not answer.answered:
        return "nothing answers"
    if speaker.key.casefold() in line.casefold():
        return "named"
    return "nobody" if "told by" in line or "others say" in line else "somebody else"


def opened(part: str) -> Explainer:
    """An explainer over the documents of a part."""
    settings = Settings.read(os.environ)
    encoder = prepare_encoder(settings.model, settings.index)
    dataset = load_dataset(HOME / part, settings)
    return open_set(dataset, settings, encoder, lambda done, of: None, open_ranker(settings.reranker))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("learn", "choose", "report"))
    parser.add_argument(
        "--each", action="store_true", help="print every line that does not name them"
    )
    given = parser.parse_args()
    explainer, counts = opened(given.part), Counter[tuple[str, str]]()
    for speaker in speakers(given.part):
        answer = explainer.ask(
            Query(question=f"What did {speaker.name} say?", debate=speaker.debate)
        )
        told = outcome(speaker, answer)
        counts[speaker.group, told] += 1
        if given.each and told != "named":
            print(f"{told}: {speaker.name} ({speaker.debate}, {speaker.group})")
            print("   ", answer.text[:400].replace("\n", " "))
    print(f"| | {' | '.join(OUTCOMES)} |\n|---|{'--:|' * len(OUTCOMES)}")
    for group in ("in turns", "reported"):
        print(f"| {group} | {' | '.join(str(counts[group, told]) for told in OUTCOMES)} |")


if __name__ == "__main__":
    main()
