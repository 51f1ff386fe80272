"""The shapes of requests and answers, for validation and for OpenAPI."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from pullquote.api import ids, places

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


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
        json_schema_extra={"examples": [{"document_id": "cartels-misra-conversation", "start": 4522, "end": 4791}]},
    )
    document_id: str = Field(max_length=ids.LENGTH)
    start: Integer = Field(ge=0)
    end: Integer = Field(ge=1)


class DisputedPlace(QuotePlace):
    """The place of a quote that somebody may dispute."""

    text: str = Field(default="", max_length=64, description=places.TEXT)


class EarlierTurn(Strict):
    """A question asked before, and the quotes that answered it."""

    question: Text = Field(description="At most PULLQUOTE_MAX_QUESTION characters.")
    quotes: list[QuotePlace] = Field(default=[], max_length=10)


class AskBody(Strict):
    """A question to the sources."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"question": "Why might killing kingpins backfire?", "debate": "drug-cartels"}]
        },
    )
    question: Text = Field(description="At most PULLQUOTE_MAX_QUESTION characters.")
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
        json_schema_extra={"examples": [{"quote": "A war on drugs needs to be a war against addiction in the US."}]},
    )
    quote: Text = Field(min_length=1, max_length=20_000, description="At least one letter or figure.")
    speaker: str | None = Field(
        default=None, max_length=500,
        description="Who is said to have said it; titles, and what follows a comma or stands in brackets, are set aside.",
    )  # fmt: skip
    document_id: str | None = Field(default=None, max_length=ids.LENGTH)


class VoiceBody(BaseModel):
    """Whose words or claims they are."""

    kind: Literal["author", "reported", "quoted", "mixed", "unclear"]
    speaker: str | None
    via: list[str]
    cue: str | None
    sure: bool


class VoiceSpanBody(VoiceBody):
    """A voice within a quote."""

    start: int
    end: int


class StanceBody(BaseModel):
    """Which side a quote takes."""

    side: Literal["for", "against", "neutral", "unclear"]
    probability: float
    basis: Literal["label", "model"]


class SourceBody(BaseModel):
    """Who published the document, where and when; null is not recorded."""

    title: str | None
    author: str | None
    publisher: str | None
    date: str | None
    url: str | None
    licence: str | None
    sha256: str


class LinksBody(BaseModel):
    """The place in the reader here, and on the published page."""

    reader: str = Field(
        description="With `&text=` and the first 12 digits of the source's sha256 before its `#`, another text is not marked."
    )
    source: str | None


class QuoteBody(BaseModel):
    """Words of a source, letter for letter, with their place."""

    n: int
    document_id: str
    exact: str
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    prefix: str
    suffix: str
    before: str
    after: str
    leans: bool
    section: str | None
    page: int | None
    language: str | None
    role: Literal["claim", "evidence", "counterpoint", "context"]
    voice: VoiceBody
    byline: str
    voices: list[VoiceSpanBody]
    stance: StanceBody | None
    score: float
    source: SourceBody
    links: LinksBody


class PartBody(BaseModel):
    """A line of the frame, or the place of a quote."""

    kind: Literal["frame", "quote"]
    text: str | None = None
    n: int | None = None


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
    resolved_question: str
    debate: str | None
    proposition: str | None
    status: Literal["answered", "abstained"]
    reason: (
        Literal["not_covered", "too_vague", "needs_context", "asks_prediction_or_advice", "unsupported_language"] | None
    )
    confidence: float
    parts: list[PartBody]
    text: str
    quotes: list[QuoteBody]
    nearest: list[QuoteBody]
    gap: str | None
    suggestions: list[str]
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
    start: int
    end: int
    citations: dict[str, str]


class FeedbackBody(Strict):
    """What a visitor says of one quote of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{
            "verdict": "helpful", "question": "Why might killing kingpins backfire?", "answer_id": "43e891a970a86f39",
            "generation": "20261124-205346-f256ce", "document_id": "cartels-misra-conversation", "start": 4522, "end": 4791,
        }]},
    )  # fmt: skip
    verdict: Literal["helpful", "wrong_quote", "wrong_speaker"]
    question: Text = Field(description="At most PULLQUOTE_MAX_QUESTION characters.")
    answer_id: str = Field(max_length=64)
    generation: str = Field(max_length=200)
    document_id: str = Field(max_length=ids.LENGTH)
    start: Integer = Field(ge=0, lt=2**53)
    end: Integer = Field(ge=1, lt=2**53)


class ReportBody(BaseModel):
    """What visitors asked in vain, and what the answers lean on."""

    questions: int
    unanswered: int
    gaps: list[dict[str, Any]]
    one_sided: list[dict[str, Any]]
    one_author: list[dict[str, Any]]
    balance: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    verdicts: list[dict[str, Any]]


class FoundBody(BaseModel):
    """Where the words that were checked stand by themselves, and whose they are there."""

    start: int
    end: int
    start_utf16: int
    end_utf16: int
    exact: str
    prefix: str
    suffix: str
    voice: VoiceBody
    byline: str


class MatchBody(QuoteBody):
    """The whole sentences that hold the words, and the words by themselves."""

    found: FoundBody


class VerdictBody(BaseModel):
    """Whether the words stand in the sources.

    `attribution` is null where no speaker or document was asked about, or the words stand nowhere.
    """

    result: Literal["verbatim", "typography_only", "altered", "misattributed", "not_found"]
    matches: list[MatchBody]
    diff: list[dict[str, str]]
    attribution: Literal["right", "wrong", "unsure"] | None


class RefusedBody(BaseModel):
    """A newer generation that cannot be taken up, and why."""

    generation: str
    reason: str


class ReadyBody(BaseModel):
    """Whether the service answers, and from a fresh index.

    `changed_files` names files that may not be published yet: it is filled for whoever brings the admin key, or, where
    there is none, asks from this machine, and empty for everybody else. `changed` is how many there are.
    """

    status: Literal["ready", "degraded"]
    generation: str
    built_at: str
    stale: bool
    changed: int
    changed_files: list[str]
    advice: str | None
    refused: RefusedBody | None


class ProblemBody(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
