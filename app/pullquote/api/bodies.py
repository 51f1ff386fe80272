"""The shapes of requests and answers, for validation and for OpenAPI."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from pullquote.api import ids, places
from pullquote.api.quoted import END, START, End, MatchBody, QuoteBody, SourceBody, Start

LONGEST = "x-longest"  # names the setting that limits a text; `description` puts its number there
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
LENGTH = "PULLQUOTE_MAX_QUESTION says how long it may be."
Question = Annotated[Text, Field(description=LENGTH, json_schema_extra={LONGEST: "max_question", "minLength": 1})]
Before = Annotated[Text, Field(description=LENGTH, json_schema_extra={LONGEST: "max_question"})]  # one that was asked


def _no_likeness(value: object) -> object:
    if isinstance(value, (bool, str)):  # `true` and "3" are no numbers, as the description has it
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


Integer = Annotated[int, BeforeValidator(_no_likeness)]


class Strict(BaseModel):
    """A request whose unknown fields are mistakes, not ignored."""

    model_config = ConfigDict(extra="forbid")


class QuotePlace(Strict):
    """Where an earlier quote stood, in code points."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"document_id": "id-of-a-document", "start": 0, "end": 80}]},
    )
    document_id: str = Field(max_length=ids.LENGTH)
    start: Integer = Field(ge=0, description=START)
    end: Integer = Field(ge=1, description=END)


class DisputedPlace(QuotePlace):
    """The place of a quote that somebody may dispute."""

    text: str = Field(default="", max_length=64, description=places.TEXT)


class EarlierTurn(Strict):
    """A question asked before, and the quotes that answered it."""

    question: Before
    quotes: list[QuotePlace] = Field(default=[], max_length=10)


class AskBody(Strict):
    """A question to the sources."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Why should drivers pay for the road?"}]},
    )
    question: Question
    debate: str | None = Field(default=None, description="A debate's name; null asks all.", max_length=200)
    max_quotes: Integer = Field(default=3, ge=1, le=10)
    history: list[EarlierTurn] = Field(default=[], max_length=6)
    mode: Literal["auto", "extractive", "generative"] = Field(
        default="auto",
        description="This build has no language model: whatever the mode, answers are made of quotes.",
    )


class VerifyBody(Strict):
    """Words that are said to stand in the sources."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"quote": "Drivers who use a road should pay for it."}]},
    )
    quote: Text = Field(min_length=1, max_length=20_000, description="At least one letter or figure.")
    speaker: str | None = Field(
        default=None, max_length=500,
        description="Who is said to have said it; titles, and what follows a comma or stands in brackets, are set aside.",
    )  # fmt: skip
    document_id: str | None = Field(default=None, max_length=ids.LENGTH)


class AliveBody(BaseModel):
    """That the process answers."""

    status: Literal["ok"]


class PartBody(BaseModel):
    """A line of the frame, or the place of a quote."""

    kind: Literal["frame", "quote"]
    text: str | None = Field(default=None, description="Of a frame.")
    n: int | None = Field(default=None, description="Of a quote: its number in `quotes`.")


class AsOfBody(BaseModel):
    """The dates of the oldest and newest source quoted."""

    oldest: str | None
    newest: str | None


class IndexBody(BaseModel):
    """Which generation of the index answered."""

    generation: str
    built_at: str
    stale: bool


class AnswerBody(BaseModel):
    """An answer in the sources' own words, or an abstention."""

    id: str
    question: str
    resolved_question: str = Field(description="As it was understood, with what came before it.")
    about: list[QuotePlace] = Field(
        description="Where the quotes of the turn before stand, where it was asked about these."
    )
    debate: str | None
    proposition: str | None = Field(description="What its both sides can be asked of, with `/v1/sides`.")
    status: Literal["answered", "abstained"]
    reason: (
        Literal["not_covered", "too_vague", "needs_context", "asks_prediction_or_advice", "unsupported_language"] | None
    ) = Field(description="Why there is no answer.")
    confidence: float = Field(description="0 to 1.")
    parts: list[PartBody] = Field(description="The answer in order.")
    text: str = Field(description="The parts as plain text.")
    quotes: list[QuoteBody]
    nearest: list[QuoteBody] = Field(description="Where there is no answer: what comes nearest, and is none.")
    gap: str | None = Field(description="That one side is missing.")
    suggestions: list[str] = Field(description="Questions that have an answer here.")
    as_of: AsOfBody
    index: IndexBody
    timings_ms: dict[str, float]


class SearchBody(BaseModel):
    """Windows that fit a query, best first, whether or not they answer it."""

    query: str
    debate: str | None
    quotes: list[QuoteBody]


class DocumentBody(BaseModel):
    """A document's facts, and its text where the operator lets it be shown whole."""

    id: str
    debate: str
    path: str
    language: str | None
    side: str | None
    characters: int
    sentences: int
    source: SourceBody
    text: str | None


class DocumentsBody(BaseModel):
    """All documents, without their texts."""

    documents: list[DocumentBody]


class DebateBody(BaseModel):
    """A debate and how many documents it has."""

    name: str
    documents: int
    oldest: str | None
    newest: str | None


class DebatesBody(BaseModel):
    """All debates."""

    debates: list[DebateBody]


class SuggestionsBody(BaseModel):
    """Questions that were asked, and answered, when the index was built."""

    debate: str | None
    suggestions: list[str]


class CitationsBody(BaseModel):
    """A document, or a quote in it, cited in every style."""

    document_id: str
    start: Start
    end: End
    citations: dict[str, str]


class FeedbackBody(Strict):
    """What a visitor says of one quote of an answer."""

    verdict: Literal["helpful", "wrong_quote", "wrong_speaker"]
    question: Before
    answer_id: str = Field(max_length=64)
    generation: str = Field(max_length=200)
    document_id: str = Field(max_length=ids.LENGTH)
    start: Integer = Field(ge=0, lt=2**53, description=START)
    end: Integer = Field(ge=1, lt=2**53, description=END)


class DiffBody(BaseModel):
    """Some words of an altered quote: of both texts, or of one."""

    kind: Literal["same", "only_given", "only_stored"]
    text: str


class VerdictBody(BaseModel):
    """Whether the words stand in the sources.

    `attribution` is null where no speaker or document was asked about, or the words stand nowhere.
    """

    result: Literal["verbatim", "typography_only", "altered", "misattributed", "not_found"]
    matches: list[MatchBody]
    diff: list[DiffBody] = Field(description="Where they are altered: the words in order.")
    attribution: Literal["right", "wrong", "unsure"] | None


class RefusedBody(BaseModel):
    """A newer generation that cannot be taken up, and why."""

    generation: str
    reason: str


class ReadyBody(BaseModel):
    """Whether the service answers, and from a fresh index.

    `changed_files` names files that may not be published yet: it is filled for whoever brings the admin key, or, where
    there is none, asks from this machine, and empty for everybody else. `changed` is how many there are, and `skipped`
    how many files of the corpus could not be used when the index was built; `pullquote doctor` names them.
    """

    status: Literal["ready", "degraded"]
    generation: str
    built_at: str
    stale: bool
    changed: int
    changed_files: list[str]
    skipped: int
    advice: str | None
    refused: RefusedBody | None


class ProblemBody(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
