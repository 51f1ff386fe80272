"""Drafts with planted faults: how many of them checking a text finds, and of how many sound quotations it complains.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/drafts.py PART --index FOLDER [--show]

The sentences are drawn by offset from real debates, by a seed; the frames around them are ours (`drafts/PART.json`). Parts a
and b were looked at while the check was made, c was reported on once. Which debates each draws from: DEBATES.
"""

import argparse
import json
import os
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import IndexFault
from pullquote.index import Opened, build_index, open_index
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.voice.book import line_of

HOME = Path(__file__).parent / "drafts"
DEBATES = {
    "a": ("guantanamo-closure", "gi-bill"),
    "b": ("children-health-insurance", "darfur-and-divestment"),
    "c": ("aig-rescue", "border-and-asylum", "refugees"),
    "d": ("social-security", "stem-cell-research"),
}
ELSEWHERE = {
    "a": "farm-subsidies",
    "b": "earmarks",
    "c": "cuba-embargo",
    "d": "hate-crimes-law",
}  # in no index: its words are not to be found
SEED = {"a": 20_261_130, "b": 20_261_201, "c": 20_261_202, "d": 20_261_203}
DRAFTS, FAULTS, SOUND, MENTIONS = 25, 6, 9, 2  # of a half; in a draft
TURN = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|nothing|without|cannot|but|unless|except|however|though|although)\b|n['’]t\b",
    re.IGNORECASE,
)
ADVERBS = ("truly", "often", "quickly", "perhaps", "deeply", "clearly")
MODALS = {
    "will": "would",
    "should": "could",
    "must": "may",
    "can": "might",
    "is": "was",
    "are": "were",
    "have": "had",
}
TOKEN = re.compile(r"\ue000(\d+)\ue001(.*?)\ue002", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a document with one author, who says it, and the one after it in its paragraph, or ""."""

    text: str
    speaker: str
    document: str
    after: str
    third: str


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at a range of a draft: sound (a manner) or faulty (a kind of fault), and in which frame."""

    start: int
    end: int
    kind: str
    fault: bool
    frame: str


def read(data: Path, debate: str) -> Iterator[tuple[dict[str, Any], str]]:
    folder = data / "real-debates" / debate
    for row in map(json.loads, (folder / "manifest.jsonl").open("rb")):
        yield row, (folder / row["file"]).read_bytes().decode()


class Blank:
    """An encoder that tells nothing apart: checking a text takes no vectors, and making them takes minutes."""

    identity, dimension = "0" * 64, 8

    def encode(self, texts: Sequence[str]) -> Any:
        return np.full((len(texts), self.dimension), self.dimension**-0.5, np.float32)


def opened(data: Path, half: str, folder: Path) -> Explainer:
    """What checks by an index of a half's debates, with their voices, built where there is none."""
    for debate in DEBATES[half]:
        (folder / "corpus" / debate).mkdir(parents=True, exist_ok=True)
        for row, text in read(data, debate):
            facts = {
                key: row[key] for key in ("title", "author", "publisher", "date") if row.get(key)
            }
            head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in facts.items())
            (folder / "corpus" / debate / Path(row["file"]).name).write_bytes(
                f"---\n{head}\n---\n{text}".encode()
            )
    settings = Settings(corpus=folder / "corpus", index=folder / "index", min_free_bytes=0)
    try:
        generation = open_index(settings).generation
    except IndexFault:
        generation = build_index(
            settings, Blank(), attribute=partial(line_of, bundled())
        ).generation
    return Explainer(settings, Ready(Opened(generation), Blank()))


def pool(data: Path, debates: Sequence[str]) -> list[Said]:
    """Sentences of prose that one author says for himself: none beside a quotation, each once in the corpus."""
    found, every = [], []
    for debate in debates:
        for row, text in read(data, debate):
            every.append(text)
            if (
                row.get("author")
                and ";" not in row["author"]
                and " " in row["author"].removeprefix("Sen. ")
            ):
                found += _sentences(row, text)
    whole = "\n".join(every)
    return [one for one in found if whole.count(one.text) == 1]


def _sentences(row: dict[str, Any], text: str) -> Iterator[Said]:
    document = Document(id="x", debate="x", path="x.txt", text=text)
    told = [one for one in split_sentences(document) if one.kind is Kind.PROSE]
    paragraphs = defaultdict(str)
    for one in told:
        paragraphs[one.paragraph] += one.span.cut(text) + " "
    quoting = {number for number, words in paragraphs.items() if words.rstrip().endswith(":")}
    aside = {number + step for number in quoting for step in (0, 1, 2, 3)}
    for number, one in enumerate(told):
        near = [
            each.span.cut(text)
            for each in told[number : number + 3]
            if each.paragraph == one.paragraph
        ]
        if one.paragraph not in aside and _plain(near[0]):
            near = [*near, "", ""][:3]
            yield Said(
                near[0],
                row["author"],
                row["file"],
                near[1] if _plain(near[1]) else "",
                near[2] if _plain(near[2]) else "",
            )


def _plain(words: str) -> bool:
    sane = (
        9 <= len(words.split()) <= 45
        and words[:1].isupper()
        and words.endswith(".")
        and "\n" not in words
    )
    return sane and not re.search(
        r"''|``|[\"“”:;\[\]()*_]|\.\.|Mr\. President|Madam|[A-Z]{4}|--", words
    )


class Drawn:
    """What one draft is made of, by a seed."""

    def __init__(
        self, half: str, said: Sequence[Said], elsewhere: Sequence[Said], seed: int
    ) -> None:
        self.frames: dict[str, list[str]] = json.loads((HOME / f"{half}.json").read_bytes())
        self.said, self.elsewhere, self.draw = said, elsewhere, random.Random(seed)
        self.words = sorted(
            {word for one in said for word in re.findall(r"\b[a-z]{6,}\b", one.text)}
        )
        self.names = sorted({one.speaker for one in said})
        self.labels: list[tuple[str, bool, str]] = []

    def one(self, fits: Any = bool) -> Said:
        while True:
            found = self.draw.choice(self.said)
            if fits(found):
                return found

    def mark(self, words: str, kind: str, *, fault: bool, frame: str) -> str:
        self.labels.append((kind, fault, frame))
        return f"\ue000{len(self.labels) - 1}\ue001{words}\ue002"

    def fill(
        self,
        frame: str,
        manner: str,
        slots: dict[str, str],
        speaker: str,
        kind: str,
        *,
        fault: bool,
        faulty: str = "",
    ) -> str:
        """A frame with its slots filled; the slot called `faulty`, or all, hold the fault."""
        last = re.sub(r",? Jr\.?$", "", speaker).split()[-1]
        split = "A" in slots and "B" in slots

        def put(found: re.Match[str]) -> str:
            name, form = found[1], found[2]
            if name == "S":
                return speaker
            if name == "L":
                return last
            if name == "rest":
                return slots["rest"]
            words = slots[name.upper() if name == "q" else name].rstrip()
            body = words.rstrip(".,")
            if name == "q" and not body.startswith("I "):
                body = body[0].lower() + body[1:]
            words = body + {".": ".", ",": ",", "": "", "'.": "."}[form]
            own = fault and (not faulty or faulty == name.upper())
            return (
                self.mark(words, kind if own or not fault else "verbatim", fault=own, frame=manner)
                if not split or name == "A"
                else words
            )

        made = re.sub(r"\{(S|L|rest|Q2|Q|q|A|B|F)('?[.,]?)\}", put, frame)
        if split:  # the label of both parts reaches from the one to the other
            number = len(self.labels) - 1
            made = made.replace("\ue002", "", 1)
            end = max(made.rfind(mark) for mark in "”’\"'")
            made = made[:end] + "\ue002" + made[end:]
            assert made.count(f"\ue000{number}\ue001") == 1
        return made

    # Sound quotations
    def sound(self, manner: str) -> str:
        frame = (
            self.draw.choice(self.frames[manner])
            if manner in self.frames
            else self.draw.choice(self.frames["whole"])
        )
        slots, speaker = getattr(self, f"_{manner}", self._whole)()
        return self.fill(frame, manner, slots, speaker, manner, fault=False)

    def _whole(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: one.after)
        return {"Q": found.text, "Q2": found.after}, found.speaker

    def _split(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: _halves(one.text))
        return dict(zip("AB", _halves(found.text), strict=True)), found.speaker

    def _fragment(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: _fragments(one.text))
        return {"F": self.draw.choice(_fragments(found.text))}, found.speaker

    _headline = _fragment

    def _not(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: _denied(one.text))
        return {"F": _denied(found.text)}, found.speaker

    def _but(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: _turned(one.text))
        first, rest = _turned(found.text)
        return {"A": first, "rest": rest.rstrip(".")}, found.speaker

    def _ellipsis(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: len(one.text.split()) > 20 and not TURN.search(one.text))
        words = found.text.split()
        cut = self.draw.randrange(6, len(words) - 11)
        return {
            "Q": " ".join(
                [*words[:cut], self.draw.choice(["…", "...", "[…]", ". . ."]), *words[cut + 4 :]]
            )
        }, found.speaker

    def _sentences_left_out(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: one.after and one.third)
        return {"Q": f"{found.text} … {found.third}"}, found.speaker

    def _bracket(self) -> tuple[dict[str, str], str]:
        pronoun = re.compile(r"(?<=[a-z] )(?:he|she|they|it|this|we|them|us)(?= [a-z])")
        found = self.one(lambda one: pronoun.search(one.text))
        return {"Q": pronoun.sub("[the agency]", found.text, count=1)}, found.speaker

    def _capital(self) -> tuple[dict[str, str], str]:
        found = self.one(lambda one: _fragments(one.text))
        words = self.draw.choice(_fragments(found.text))
        return {"Q": f"[{words[0].upper()}]{words[1:]}"}, found.speaker

    # Faulty ones
    def faulty(self, kind: str) -> str:
        return str(getattr(self, f"_fault_{kind}")())

    def _changed(self, text: str) -> tuple[str, str]:
        words = text.split()
        ways = ["replaced", "dropped", "added", "swapped"]
        ways += ["number"] * 2 * bool(re.search(r"\d", text)) + ["denial"] * 2 * (" not " in text)
        ways += ["modal"] if MODALS.keys() & set(words[1:-1]) else []
        way, at = self.draw.choice(ways), self.draw.randrange(2, len(words) - 2)
        if way == "replaced":
            inner = self.draw.choice(re.findall(r"\b[a-z]{5,}\b", text) or [words[at]])
            return way, re.sub(
                rf"\b{re.escape(inner)}\b",
                self.draw.choice([w for w in self.words if w != inner]),
                text,
                count=1,
            )
        if way == "number":
            return way, re.sub(
                r"\d", lambda digit: str((int(digit.group()) + 3) % 10), text, count=1
            )
        if way == "denial":
            return way, text.replace(" not ", " ", 1)
        if way == "modal":
            known = self.draw.choice(sorted(MODALS.keys() & set(words[1:-1])))
            return way, re.sub(rf"(?<=\s){known}(?=\s)", MODALS[known], text, count=1)
        if way == "dropped":
            del words[at]
        elif way == "added":
            words.insert(at, self.draw.choice(ADVERBS))
        elif words[at] == words[at + 1]:
            return self._changed(text)
        else:
            words[at], words[at + 1] = words[at + 1], words[at]
        return way, " ".join(words)

    def _fault_altered(self) -> str:
        manner = self.draw.choice(
            ["whole", "whole", "whole", "pronoun", "two", "block", "paragraphs", "nobody", "split"]
        )
        if manner == "split":
            found = self.one(lambda one: _halves(one.text))
            way, text = self._changed(found.text)
            slots = dict(zip("AB", _halves(text) or _halves(found.text), strict=True))
            if not _halves(text):
                return self._fault_altered()
        else:
            found = self.one(lambda one: one.after)
            way, text = self._changed(found.text)
            slots = {"Q": text, "Q2": found.after}
        return self.fill(
            self.draw.choice(self.frames[manner]),
            manner,
            slots,
            found.speaker,
            f"altered: {way}",
            fault=True,
            faulty="" if manner == "split" else "Q",
        )

    def _fault_fragment(self) -> str:
        while True:
            found = self.one(lambda one: _fragments(one.text))
            words = self.draw.choice(_fragments(found.text)).split()
            at = next((n for n in range(1, len(words)) if re.fullmatch(r"[a-z]{5,}", words[n])), 0)
            if at:
                words[at] = self.draw.choice([w for w in self.words if w != words[at]])
                frame = self.draw.choice([*self.frames["fragment"], *self.frames["headline"]])
                return self.fill(
                    frame,
                    "fragment",
                    {"F": " ".join(words)},
                    found.speaker,
                    "altered: fragment",
                    fault=True,
                )

    def _fault_misattributed(self) -> str:
        manner = self.draw.choice(
            ["whole", "whole", "pronoun", "two", "split", "block", "fragment"]
        )
        slots, speaker = getattr(self, f"_{manner}", self._whole)()
        other = self.draw.choice(
            [name for name in self.names if name.split()[-1] != speaker.split()[-1]]
        )
        return self.fill(
            self.draw.choice(self.frames[manner]), manner, slots, other, "misattributed", fault=True
        )

    def _fault_left_out(self) -> str:
        inner = re.compile(
            r"^(?:\S+ ){4,}?(?=(?:\S+ ){0,2}(?:not|never|cannot|\w+n't) )((?:\S+ ){2,5})(?=(?:\S+ ){4,})"
        )
        found = self.one(lambda one: (m := inner.search(one.text)) and TURN.search(m[1]))
        m = inner.search(found.text)
        text = f"{found.text[: m.start(1)].rstrip()} {self.draw.choice(['…', '...', '[…]'])} {found.text[m.end(1) :]}"
        return self.fill(
            self.draw.choice(self.frames["whole"]),
            "whole",
            {"Q": text},
            found.speaker,
            "shortened: … over a not",
            fault=True,
        )

    def _fault_cut_before(self) -> str:
        found = self.one(lambda one: _turned(one.text))
        frame = self.draw.choice(self.frames["whole"])
        return self.fill(
            frame,
            "whole",
            {"Q": _turned(found.text)[0]},
            found.speaker,
            "shortened: cut before but",
            fault=True,
        )

    def _fault_cut_after(self) -> str:
        # Elsewhere somebody may say the very words without a "not", and then nothing is wrong with them.
        found = self.one(
            lambda one: (
                (said := _denied(one.text)) and sum(said in each.text for each in self.said) == 1
            )
        )
        frame = self.draw.choice(self.frames["fragment"])
        return self.fill(
            frame,
            "fragment",
            {"F": _denied(found.text)},
            found.speaker,
            "shortened: cut after not",
            fault=True,
        )

    def _fault_invented(self) -> str:
        manner = self.draw.choice(["whole", "pronoun", "block", "split"])
        if manner == "split":
            slots = dict(zip("AB", _halves(self.one_elsewhere(_halves)), strict=True))
        else:
            words = (
                self.draw.choice(self.frames["invented"])
                if self.draw.random() < 0.5
                else self.one_elsewhere(bool)
            )
            slots = {"Q": words, "Q2": self.one_elsewhere(bool)}
        return self.fill(
            self.draw.choice(self.frames[manner]),
            manner,
            slots,
            self.draw.choice(self.names),
            "not found",
            fault=True,
        )

    def one_elsewhere(self, fits: Any) -> str:
        return next(
            one.text
            for one in iter(lambda: self.draw.choice(self.elsewhere), None)
            if fits(one.text)
        )

    def _fault_spliced(self) -> str:
        one, other = self.one(), self.one()
        words, others = one.text.split(), other.text.split()
        text = " ".join([*words[: len(words) // 2], *others[len(others) // 2 :]])
        return self.fill(
            self.draw.choice(self.frames["whole"]),
            "whole",
            {"Q": text},
            one.speaker,
            "spliced",
            fault=True,
        )

    # A draft
    def draft(self, number: int) -> tuple[str, list[Label]]:
        rotating = ["fragment", "spliced", "left_out", "fragment", "cut_before", "cut_after"]
        faults = ["altered", "altered", "misattributed", "invented"]
        faults += [rotating[number % 6], ["left_out", "cut_before", "cut_after"][number % 3]]
        sound = self.draw.choices(
            [
                "whole",
                "pronoun",
                "two",
                "split",
                "fragment",
                "block",
                "paragraphs",
                "headline",
                "nobody",
                "not",
                "but",
                "ellipsis",
                "sentences_left_out",
                "bracket",
                "capital",
            ],
            [4, 2, 2, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            k=SOUND,
        )
        pieces = [(self.faulty, one) for one in faults] + [(self.sound, one) for one in sound]
        self.draw.shuffle(pieces)
        made = [make(one) for make, one in pieces]
        for _ in range(MENTIONS):
            mention = self.draw.choice(self.frames["mention"])
            made.insert(
                self.draw.randrange(len(made)),
                self.mark(mention, "mention", fault=False, frame="mention"),
            )
        for _ in range(3):
            made.insert(self.draw.randrange(len(made)), self.draw.choice(self.frames["filler"]))
        return unmarked("\n\n".join(made) + "\n", self.labels)


def _halves(text: str) -> tuple[str, str] | None:
    """A sentence parted at a comma near its middle; neither half is short."""
    places = [
        at.start()
        for at in re.finditer(", ", text)
        if min(len(text[: at.start()].split()), len(text[at.end() :].split())) >= 4
    ]
    at = min(places, key=lambda place: abs(place - len(text) // 2), default=0)
    return (text[:at], text[at + 2 :]) if at and not TURN.match(text[at + 2 :]) else None


def _fragments(text: str) -> list[str]:
    """Runs of five to eight words inside a clause that nothing around them in it turns."""
    found, start = [], 0
    for clause in re.split(r"([,.;] ?)", text):
        words = clause.split()
        for first in range(1, len(words) - 5):
            some = words[first : first + 5 + first % 4]
            turned = (
                TURN.search(" ".join(words[:first]))
                or TURN.match(" ".join(words[first + len(some) :]))
                or TURN.match(text[start + len(clause) :].lstrip(" ,"))
            )
            if (
                not turned
                and some[0][0].islower()
                and len(some) >= 5
                and len(some[-1]) > 1
                and not {some[-1]} & {"the", "a", "of", "to", "and", "in", "that"}
            ):
                found.append(" ".join(some))
        start += len(clause)
    return found


def _denied(text: str) -> str:
    """What a sentence says that somebody does not: the words after "should not" and the like, up to the clause's end."""
    found = re.search(
        r"\b(?:should|must|can|will|would|could|do|does|did)(?: not|not|n't) ((?:[a-z][\w'-]* ){4,9}[a-z][\w'-]*)[,.]",
        text,
    )
    return found[1] if found and not TURN.search(found[1]) else ""


def _turned(text: str) -> tuple[str, str] | None:
    first, but, rest = text.partition(", but ")
    return (first, rest) if but and len(first.split()) >= 6 and len(rest.split()) >= 3 else None


def unmarked(text: str, labels: Sequence[tuple[str, bool, str]]) -> tuple[str, list[Label]]:
    """A draft without our signs, and where each label stands."""
    found, made, reached = [], "", 0
    for match in TOKEN.finditer(text):
        made += text[reached : match.start()]
        found.append(Label(len(made), len(made) + len(match[2]), *labels[int(match[1])]))
        made, reached = made + match[2], match.end()
    return made + text[reached:], found


def drafts(half: str, data: Path) -> Iterator[tuple[str, list[Label]]]:
    said, elsewhere = pool(data, DEBATES[half]), pool(data, [ELSEWHERE[half]])
    for number in range(DRAFTS):
        yield Drawn(half, said, elsewhere, SEED[half] + number).draft(number)


EXPECTED: dict[str, Any] = {
    "alte": "altered",
    "misa": "misattributed",
    "shor": "shortened",
    "not ": "not_found",
    "spli": ("altered", "not_found"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("half", choices=DEBATES)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    data = Path(os.environ["PULLQUOTE_EVAL_DATA"])
    explainer = opened(data, options.half, options.index)
    planted, found, named, sound, complained = Counter(), Counter(), Counter(), Counter(), Counter()
    spent = letters = 0.0
    for text, labels in drafts(options.half, data):
        began = time.process_time()
        held = explainer.check(text)
        spent, letters = spent + time.process_time() - began, letters + len(text)
        for label in labels:
            there = [
                one
                for one in held
                if one.quotation.span.start < label.end and label.start < one.quotation.span.end
            ]
            wrong = [one for one in there if not one.right]
            if not label.fault:  # a quotation may hold both a sound sentence and a faulty one
                faulty = [other for other in labels if other.fault]
                wrong = [
                    one
                    for one in wrong
                    if not any(
                        one.quotation.span.start < bad.end and bad.start < one.quotation.span.end
                        for bad in faulty
                    )
                ]
            if label.fault:
                planted[label.kind] += 1
                found[label.kind] += bool(wrong)
                named[label.kind] += any(one.outcome in EXPECTED[label.kind[:4]] for one in wrong)
            else:
                sound[label.kind] += 1
                complained[label.kind] += bool(wrong)
            if options.show and (
                label.fault != bool(wrong) or not (there or label.kind == "mention")
            ):
                print(
                    "MISSED" if label.fault else "COMPLAINED" if wrong else "UNSEEN",
                    label.kind,
                    label.frame,
                )
                print("   ", text[max(0, label.start - 120) : label.end + 80].replace("\n", "⏎"))
                for one in there:
                    print(
                        "    ->",
                        one.outcome,
                        one.quotation.speaker,
                        one.quotation.others,
                        one.omitted,
                        [
                            (p.document.source.author, p.span.cut(p.document.text)[:90])
                            for p in one.places[:2]
                        ],
                        one.attribution,
                    )
    print("| planted | number | found | of its kind |\n| --- | --: | --: | --: |")
    for kind in sorted(planted):
        print(f"| {kind} | {planted[kind]} | {found[kind]} | {named[kind]} |")
    print(
        f"| all | {planted.total()} | {found.total()} ({found.total() / planted.total():.1%}) | {named.total()} |\n"
    )
    print("| sound | number | complained of |\n| --- | --: | --: |")
    for kind in sorted(sound):
        print(f"| {kind} | {sound[kind]} | {complained[kind]} |")
    print(
        f"| all | {sound.total()} | {complained.total()} ({complained.total() / sound.total():.1%}) |"
    )
    print(f"{spent:.1f} s of CPU for {letters:.0f} letters")


if __name__ == "__main__":
    main()
