"""The shapes of the operator's report."""

from typing import Annotated

from pydantic import BaseModel, Field

from pullquote.api.quoted import End, Start

Sentences = Annotated[int, Field(description="How many sentences of prose.")]
Formerly = Annotated[int, Field(description="The same number as `sentences`, under its first name.")]


class GapBody(BaseModel):
    """Questions alike."""

    question: str = Field(description="The first of them.")
    count: int
    reasons: dict[str, int] = Field(description="How often each reason for silence, or `one_sided`, `one_author`.")
    others: list[str] = Field(description="Further wordings, 5 at most.")


class LabelCountsBody(BaseModel):
    """All sentences of prose of the documents that the operator puts on a side."""

    favour: int = Field(alias="for")
    against: int
    neutral: int


class SideCountsBody(BaseModel):
    """Sentences by the side that they take on a proposition of the operator's, of those that were judged.

    A sample: of each document only the sentences that fit the proposition best are judged.
    """

    proposition: str
    favour: int = Field(alias="for")
    against: int
    neutral: int
    unclear: int
    beside: int = Field(description="Judged, and not about it.")
    judged: int = Field(description="All that were judged.")
    labelled: LabelCountsBody


class CountBody(BaseModel):
    """A name and how much there is of it."""

    name: str
    sentences: Sentences
    passages: Formerly


class BalanceBody(BaseModel):
    """How a debate is spread; the 15 longest rows of each list."""

    debate: str
    sentences: Sentences
    passages: Formerly
    sides: list[SideCountsBody]
    voices: list[CountBody]
    outlets: list[CountBody]
    authors: list[CountBody]
    years: list[CountBody]


class LeantOnBody(BaseModel):
    """A document and how many answers quote it."""

    document_id: str
    answers: int


class SaidBody(BaseModel):
    """A document, and how often visitors said one thing of its quotes."""

    document_id: str
    verdict: str
    count: int


class JudgedBody(BaseModel):
    """One verdict on one quote."""

    document_id: str
    start: Start
    end: End
    verdict: str
    count: int = Field(description="How often it was given.")
    question: str = Field(description="What was asked the last time.")
    generation: str = Field(description="What it was quoted from then.")
    older: bool | None = Field(
        description="Whether that is not the present generation, so that the place may hold other words now; "
        "null where no index can be used."
    )
    words: str | None = Field(description="What was quoted; null where that is not the present generation.")


class ReportBody(BaseModel):
    """What visitors asked in vain, and what the answers lean on."""

    questions: int
    unanswered: int
    gaps: list[GapBody] = Field(description="What was not answered.")
    one_sided: list[GapBody] = Field(description="What was answered from one side only.")
    one_author: list[GapBody] = Field(description="What was answered by one author alone.")
    balance: list[BalanceBody]
    sources: list[LeantOnBody]
    verdicts: list[SaidBody]
    judged: list[JudgedBody] = Field(description="The latest verdicts, each with its quote's place.")
