"""Quotes of which it is known what a check must say: drawn from the demonstration documents, the same ones every time."""

import json
import random
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 20_261_130
EACH = 40  # cases of a kind
SENTENCE = re.compile(r"(?:(?<=[.!?] )|^)[A-Z][^.!?\n“”\"‘’']{70,240}[.](?= [A-Z]|$)", re.MULTILINE)
STRANGERS = (
    "Ursula Vandenberg",
    "Tobias Okonkwo",
    "Marguerite Delacroix",
)  # who are in none of the documents
FOREIGN = (
    "The lighthouse keeper counted seventeen herons before the fog came in from the estuary.",
    "Our orchard gave more quinces this autumn than in all the years since my aunt planted it.",
    "Nobody had told the violinist that the concert hall would be repainted during the rehearsal.",
    "A slow ferry crosses the fjord twice a day and carries mostly cheese, mail and schoolchildren.",
    "The committee of beekeepers met on Thursday to discuss the price of glass jars and lavender.",
)


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """A document as it lies in the corpus: its file's name, its facts, and its text."""

    name: str
    facts: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A quote to check, and what must be said of it."""

    kind: str
    body: Mapping[str, Any]
    result: str
    attribution: str | None = None

    def holds(self, told: Mapping[str, Any]) -> bool:
        """Whether a check said that."""
        return bool(
            told["result"] == self.result and self.attribution in {None, told["attribution"]}
        )


def demonstration(checkout: Path, data: Path) -> list[Demonstrated]:
    """The article and the demonstration documents, with the operator's sides on the ten propositions."""
    gold = checkout / "tests" / "gold" / "sides"
    named = {
        row["id"]: row["proposition"]
        for row in map(json.loads, (gold / "propositions.jsonl").open("rb"))
    }
    given = json.loads((gold / "positions.json").read_bytes())

    def position(document: str) -> dict[str, str]:
        return {
            named[name]: side for name, both in given.items() for side, documents in both.items() if document in documents
        }  # fmt: skip

    article = next((checkout / "corpus").rglob("cartels-misra-conversation*"))
    head, text = article.read_bytes().decode().removeprefix("---\n").split("\n---\n", 1)
    head = re.sub(
        r"^(?:proposition|side): .*\n", "", head, flags=re.MULTILINE
    )  # said anew, as of all
    found = [Demonstrated(article.name, {"": head, "sides": position(article.stem)}, text)]
    for row in map(json.loads, (data / "demo-docs" / "manifest.jsonl").open("rb")):
        path = data / "demo-docs" / row["file"]
        facts = {key: row[key] for key in ("title", "author", "publisher", "date") if row.get(key)}
        found.append(
            Demonstrated(
                path.name, {**facts, "sides": position(path.stem)}, path.read_bytes().decode()
            )
        )
    return found


def write_corpus(folder: Path, documents: Sequence[Demonstrated]) -> None:
    """Lay documents out as a debate, their facts before the text."""
    (folder / "drugs").mkdir(parents=True, exist_ok=True)
    for one in documents:
        lines = [
            value if not key else f"{key}: {json.dumps(value)}"
            for key, value in one.facts.items()
            if value
        ]
        (folder / "drugs" / one.name).write_bytes(
            "\n".join(["---", *lines, "---", one.text]).encode()
        )


def send(port: int, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a server on this machine answers to a POST."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return dict(json.loads(answer.read()))


def cases(documents: Sequence[Demonstrated]) -> Iterator[Case]:
    """All of them, in a fixed order."""
    draw = random.Random(SEED)
    whole = "\n".join(one.text for one in documents)
    every = [(one, found[0]) for one in documents for found in SENTENCE.finditer(one.text)]
    plain = [(one, text) for one, text in every if whole.count(text) == 1]
    words = sorted({word for _, text in plain for word in re.findall(r"\b[a-z]{6,}\b", text)})
    for kind, (change, result) in CHANGES.items():
        for _, text in draw.sample(plain, EACH):
            yield Case(kind, {"quote": change(text, draw, words), "document_id": None}, result)
    yield from _attributed(documents, plain, draw)
    for number in range(EACH):
        scrambled = " ".join(draw.sample(words, 12)).capitalize() + "."
        yield Case(
            "foreign words",
            {"quote": FOREIGN[number] if number < len(FOREIGN) else scrambled},
            "not_found",
        )


def _attributed(
    documents: Sequence[Demonstrated],
    plain: Sequence[tuple[Demonstrated, str]],
    draw: random.Random,
) -> Iterator[Case]:
    """Quotes with a speaker or a document that is right or wrong."""
    signed = [
        (one, text) for one, text in plain if one.name.startswith("cr-") and " I " in f" {text}"
    ]
    for one, text in draw.sample(signed, min(EACH, len(signed))):
        author = str(one.facts["author"])
        yield Case("speaker right", {"quote": text, "speaker": author}, "verbatim", "right")
        yield Case(
            "speaker right, family name",
            {"quote": text, "speaker": author.rsplit(maxsplit=1)[-1]},
            "verbatim",
            "right",
        )
    for one, text in draw.sample(plain, EACH):
        other = draw.choice([each for each in documents if each is not one])
        yield Case(
            "speaker wrong", {"quote": text, "speaker": draw.choice(STRANGERS)}, "misattributed"
        )
        yield Case(
            "document right",
            {"quote": text, "document_id": Path(one.name).stem},
            "verbatim",
            "right",
        )
        yield Case(
            "document wrong",
            {"quote": text, "document_id": Path(other.name).stem},
            "misattributed",
            "wrong",
        )


def _replaced(text: str, draw: random.Random, words: Sequence[str]) -> str:
    inner = draw.choice(re.findall(r"\b[a-z]{5,}\b", text))
    return re.sub(
        rf"\b{inner}\b", draw.choice([word for word in words if word != inner]), text, count=1
    )


def _dropped(text: str, draw: random.Random, _words: Sequence[str]) -> str:
    inner = text.split(" ")
    del inner[draw.randrange(1, len(inner) - 1)]
    return " ".join(inner)


def _added(text: str, draw: random.Random, _words: Sequence[str]) -> str:
    inner = text.split(" ")
    inner.insert(draw.randrange(1, len(inner) - 1), "not")
    return " ".join(inner)


def _part(text: str, _draw: random.Random, _words: Sequence[str]) -> str:
    inner = text.split(" ")
    return " ".join(inner[1:-1]).rstrip(",;:")


CHANGES = {
    "verbatim": (lambda text, draw, words: text, "verbatim"),
    "verbatim in quotation marks": (lambda text, draw, words: f"“{text}”", "verbatim"),
    "a part of a sentence": (_part, "verbatim"),
    "white space": (
        lambda text, draw, words: text.replace(" ", "  ", 2).replace(", ", ",\n", 1),
        "typography_only",
    ),
    "a small first letter": (
        lambda text, draw, words: text[0].lower() + text[1:],
        "typography_only",
    ),
    "a word replaced": (_replaced, "altered"),
    "a word left out": (_dropped, "altered"),
    "a not put in": (_added, "altered"),
}
