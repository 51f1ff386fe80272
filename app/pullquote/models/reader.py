"""The learned reader: whose words a sentence holds, read in its place when the index is built.

It stands on the ranker's word vectors and has layers of its own. The rules know names, marks and
forms; the reader knows better where somebody speaks at all. How it was trained, and how well the two
do together: docs/voice.md.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.errors import EncoderError
from pullquote.models.onnx import file_sha256, open_session
from pullquote.models.ranker import BUNDLED as RANKER
from pullquote.models.ranker import EMBEDDING, OnnxRanker
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.reading import KINDS, Reading, Token
from pullquote.voice.voices import spoken

BUNDLED = Path(__file__).parent / "weights" / "voice"
FILE = "model.onnx"
ANSWERS = ("kinds", "parts", "starts", "ends", "right")
PARTS = (VoiceKind.AUTHOR, VoiceKind.REPORTED, VoiceKind.QUOTED)  # in the order of its answers
LONGEST = 256  # tokens of sentence and what stands before it
AROUND = 56  # of them for the author's name and the sentences before
NAME = 12  # tokens of a name
BACK = 3  # sentences before
BACK_LETTERS = 400
LEFT = 16  # tokens of context that a long sentence leaves
OPEN, CLOSE, GAP = 101, 102, 1  # tokens: [CLS], [SEP], and one without a meaning between the pieces before the sentence
# Tokens without a meaning of their own that say what the rules heard, and whether they were sure.
HEARD = {VoiceKind.AUTHOR: 2, VoiceKind.QUOTED: 3, VoiceKind.REPORTED: 4, VoiceKind.MIXED: 5, VoiceKind.UNCLEAR: 6}
SURE, UNSURE = 7, 8


Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fed:
    """What the reader is given of a sentence: token ids, 1 for each that is the sentence's, and where that one stands in it."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    places: tuple[Place | None, ...]


def feed(
    tokenizer: Any, document: Document, sentences: Sequence[Sentence], position: int, told: Sequence[Voice]
) -> Fed:
    """A sentence with its author's name, what the rules heard in it and what stands before it, cut to what the reader can take.

    Args:
        told: the voices that the rules gave the sentence.
    """
    span = sentences[position].span
    first = sentences[max(0, position - BACK)].span.start
    begun = max(first, span.start - BACK_LETTERS)
    author = _name(tokenizer, document.source.author)
    context = tokenizer.encode(document.text[begun : span.start], add_special_tokens=False).ids
    own = tokenizer.encode(span.cut(document.text), add_special_tokens=False)
    opening = (OPEN, *author, GAP, *_heard(tokenizer, told), GAP)
    room = LONGEST - len((*opening, CLOSE, CLOSE))
    around = max(LEFT, min(AROUND - len(author) - 1, room - len(own.ids)))
    lead = (*opening, *context[-around:], CLOSE)
    left = room - len(context[-around:])
    ids, places = own.ids[:left], own.offsets[:left]
    return Fed(
        (*lead, *ids, CLOSE),
        (*(0 for _ in lead), *(1 for _ in ids), 1),
        (*(None for _ in lead), *places, None),
    )


def _name(tokenizer: Any, name: str | None) -> list[int]:
    ids: list[int] = tokenizer.encode((name or "")[:80], add_special_tokens=False).ids
    return ids[:NAME]


def _heard(tokenizer: Any, told: Sequence[Voice]) -> tuple[int, ...]:
    """What the rules heard, in tokens: the kind, whether all of it is sure, and whom they name."""
    main = spoken(told)
    sure = SURE if all(voice.sure for voice in told) else UNSURE
    named = None if main.kind is VoiceKind.AUTHOR else main.speaker
    return (HEARD[summary(tuple(told)).kind], sure, *_name(tokenizer, named))


@dataclass(frozen=True, slots=True)
class OnnxReader:
    """The bundled reader: one sentence at a time, so that no sentence changes what is read of another."""

    beneath: OnnxRanker
    layers: Any
    tokenizer: Any

    @classmethod
    def open(cls, ranker: OnnxRanker | None = None, folder: Path = BUNDLED) -> Self:
        """Open the reader after checking its weights' hash.

        Args:
            ranker: the bundled ranker where it is open already.

        Raises:
            EncoderError: it is missing or altered, or was trained on the word vectors of another ranker.
        """
        beneath = ranker or OnnxRanker.open()
        try:
            card = json.loads((folder / "config.json").read_bytes())
            altered = file_sha256(folder / FILE) != card["weights"]["sha256"]
            strange = (
                card["beneath"]["sha256"]
                != json.loads((RANKER / "config.json").read_bytes())["weights"]["sha256"][EMBEDDING]
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EncoderError(f"the reader in {folder} cannot be read; reinstall pullquote") from error
        if altered or strange:
            raise EncoderError(f"the reader in {folder} is not what was published; reinstall pullquote")
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(beneath.tokenizer.to_str())
        tokenizer.no_truncation()  # of the context the end is read
        return cls(beneath, open_session(folder / FILE), tokenizer)

    def read(self, document: Document, sentences: Sequence[Sentence], position: int, told: Sequence[Voice]) -> Reading:
        """What the sentence at `position` holds, in which the rules heard the voices `told`."""
        fed = feed(self.tokenizer, document, sentences, position, told)
        answers = self.layers.run(ANSWERS, self.beneath.embed(fed.ids, fed.types))
        kinds, parts, starts, ends, right = (answer[0] for answer in answers)
        tokens = tuple(
            Token(*place, PARTS[int(part.argmax())], float(start), float(end))
            for place, part, start, end in zip(fed.places, parts, starts, ends, strict=True)
            if place
        )
        likely = dict(zip(KINDS, (float(kind) for kind in kinds), strict=True))
        return Reading(likely, tokens, float(right[0]))


@lru_cache(maxsize=1)
def bundled() -> OnnxReader:
    """The reader that every index is built with, opened once."""
    return OnnxReader.open()
