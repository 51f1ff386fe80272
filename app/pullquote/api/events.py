"""The shapes of the events that `POST /v1/chat` streams: each has a name, and one JSON object as its data."""

from typing import Literal

from pydantic import BaseModel, Field

from pullquote.api.bodies import AnswerBody, PartBody, ProblemBody
from pullquote.api.quoted import QuoteBody


class StageBody(BaseModel):
    """What is being done."""

    stage: Literal["searching"]


class UnderstoodBody(BaseModel):
    """How the question was understood, before anything that answers it."""

    resolved_question: str
    proposition: str | None = Field(description="What quotes of the answer are for or against; null where none is.")


class NextQuoteBody(BaseModel):
    """A quote, before the part that has its place."""

    quote: QuoteBody


class NextPartBody(BaseModel):
    """A part of the answer, whole and in order."""

    part: PartBody


class WholeBody(BaseModel):
    """The answer as `/v1/ask` gives it."""

    answer: AnswerBody


class BrokenBody(ProblemBody):
    """What went wrong after the stream had begun."""

    problem: ProblemBody = Field(description="The same members once more.")


class StatusEvent(BaseModel):
    """The first event."""

    event: Literal["status"]
    data: StageBody


class QuestionEvent(BaseModel):
    """The second event."""

    event: Literal["question"]
    data: UnderstoodBody


class QuoteEvent(BaseModel):
    """As many as the answer has quotes."""

    event: Literal["quote"]
    data: NextQuoteBody


class TextEvent(BaseModel):
    """As many as the answer has parts."""

    event: Literal["text"]
    data: NextPartBody


class DoneEvent(BaseModel):
    """The last event, where nothing went wrong."""

    event: Literal["done"]
    data: WholeBody


class ErrorEvent(BaseModel):
    """The last event, where something did."""

    event: Literal["error"]
    data: BrokenBody


Event = StatusEvent | QuestionEvent | QuoteEvent | TextEvent | DoneEvent | ErrorEvent
