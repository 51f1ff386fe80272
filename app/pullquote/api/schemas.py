"""The shapes of requests, for validation and OpenAPI; `wire.json` has those of responses."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from pullquote.index.facets import Filter
from pullquote.sides.columns import EACH, MOST_EACH
from pullquote.verify import draft

_WIRE = json.loads(Path(__file__).with_name("wire.json").read_bytes())
_NAMED = "#/components/schemas/{}"
SHAPES: dict[str, dict[str, Any]] = {  # a key is always there, unless its shape says otherwise
    name: {"type": "object", "required": list(shape["properties"]), **shape}
    for name, shape in _WIRE["shapes"].items()
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _NAMED.format("ProblemBody")}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    int(status): {"description": title, "content": _PROBLEM}
    for status, title in _WIRE["problems"].items()
}
ID_LENGTH = 80  # characters of a document's id
START = "In code points of the document's text, from 0."
END = "In code points; the first one after the words."
SAME_TEXT = (
    "The first digits, such as 12, of the sha256 that the document had when the place was found: "
    "where its text is another now, the answer is a problem, not other words. Without them "
    "nothing is compared."
)
LENGTH = "PULLQUOTE_MAX_QUESTION says how long it may be."

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
# That something must stand in it is only told here: what is wrong with words is said in words.
Question = Annotated[Text, Field(description=LENGTH, json_schema_extra={"minLength": 1})]
EarlierQuestion = Annotated[Text, Field(description=LENGTH)]
DebateName = Annotated[
    str | None, Field(description="A debate's name; null asks all.", max_length=200)
]
DraftText = Annotated[  # that it is too long is only told here: the check says it in words
    str,
    Field(
        description=f"At least one letter or figure; {draft.LIMITS}.",
        json_schema_extra={"minLength": 1, "maxLength": draft.LETTERS},
    ),
]
DocumentId = Annotated[str, Field(max_length=ID_LENGTH)]


class Strict(BaseModel):
    """A request whose unknown fields are mistakes, not ignored."""

    model_config = ConfigDict(extra="forbid")


class QuotePlace(Strict):
    """Where a quote stands, in code points."""

    document_id: DocumentId
    start: StrictInt = Field(ge=0, lt=2**53, description=START)
    end: StrictInt = Field(ge=1, lt=2**53, description=END)


class DisputedPlace(QuotePlace):
    """The place of a quote that somebody may dispute."""

    text: str = Field(default="", max_length=64, description=SAME_TEXT)


class EarlierTurn(Strict):
    """A question asked before, and the quotes that answered it."""

    question: EarlierQuestion
    quotes: list[QuotePlace] = Field(default=[], max_length=10)


Narrowed = Annotated[str | None, Field(max_length=500)]


class Narrowing(Strict):
    """What is looked for only in; whatever is left out does not narrow."""

    who: Narrowed = Field(default=None, description="Whose words, as author or as quoted.")
    document: Narrowed = Field(default=None, description="A document's id.")
    outlet: Narrowed = Field(default=None, description="A publisher.")
    since: Narrowed = Field(
        default=None, description="YYYY[-MM[-DD]]: documents dated then or later."
    )
    until: Narrowed = Field(default=None, description="YYYY[-MM[-DD]]: dated then or earlier.")
    kind: Narrowed = Field(default=None, description="pdf, html, ... by the file, or transcript.")
    side: Narrowed = Field(default=None, description="for, against or neutral, as labelled.")

    @property
    def filter(self) -> Filter:
        """As it goes the whole way.

        Raises:
            QuestionError: a date is none, or the dates are the wrong way round.
        """
        return Filter.checked(**{name: getattr(self, name) for name in Narrowing.model_fields})


class AskBody(
    Narrowing,
    json_schema_extra={"examples": [{"question": "Why should drivers pay for the road?"}]},
):
    """A question to the sources."""

    question: Question
    debate: DebateName = None
    max_quotes: StrictInt = Field(default=3, ge=1, le=10)
    history: list[EarlierTurn] = Field(default=[], max_length=6)
    mode: Literal["auto", "extractive", "generative"] = Field(
        default="auto",
        description="Answers are made of quotes in every mode; in `extractive` no language model "
        "chooses among them, though one is set.",
    )


class SidesQuery(
    Narrowing, json_schema_extra={"examples": [{"proposition": "Drivers should pay for the road."}]}
):
    """A proposition, or a question that holds one."""

    proposition: Question
    debate: DebateName = None
    each: StrictInt = Field(
        default=EACH, ge=1, le=MOST_EACH, description="Quotes of a side, at most."
    )


class VerifyBody(
    Strict, json_schema_extra={"examples": [{"quote": "Drivers who use a road should pay for it."}]}
):
    """Words that are said to stand in the sources."""

    quote: Text = Field(
        min_length=1, max_length=20_000, description="At least one letter or figure."
    )
    speaker: str | None = Field(
        default=None,
        max_length=500,
        description="Who is said to have said it; titles, and what follows a comma or stands in "
        "brackets, are set aside.",
    )
    document_id: DocumentId | None = None


class DraftBody(
    Strict,
    json_schema_extra={
        "examples": [{"text": "“Drivers who use a road should pay for it,” Ada Finch wrote."}]
    },
):
    """A text whose quotations are to be checked, Markdown or plain."""

    text: DraftText


class FeedbackBody(QuotePlace):
    """What a visitor says of one quote of an answer."""

    verdict: Literal["helpful", "wrong_quote", "wrong_speaker"]
    question: EarlierQuestion
    answer_id: str = Field(max_length=64)
    generation: str = Field(max_length=200)


def gives(shape: str) -> dict[int | str, dict[str, Any]]:
    """How a route's answer is described: by the name of its shape in `wire.json`."""
    return {200: {"content": {"application/json": {"schema": {"$ref": _NAMED.format(shape)}}}}}
