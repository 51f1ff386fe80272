"""What an assistant's tools give back, for their output schemas."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Quoted(BaseModel):
    """Words of a source, letter for letter, who says them, and where they stand."""

    exact: str = Field(description="Never to be reworded.")
    byline: str = Field(description="Who says it, and where it stands.")
    document_id: str
    start: int = Field(description="In code points of the document's text.")
    end: int
    title: str | None
    url: str = Field(description="A page that shows the words in their place; empty where none is published.")
    before: str = Field(description="The sentence before, which is needed to understand it where `leans` is true.")
    leans: bool
    speaker: str | None = Field(description="Null where it is the author, or nobody is named.")
    sure: bool = Field(description="Whether it is sure who speaks.")
    side: str | None = Field(description="Which side of the proposition it takes, where there is one.")


class Answer(BaseModel):
    """An answer made of quotes, or an abstention with the nearest passage."""

    status: Literal["answered", "abstained"]
    reason: str | None = Field(description="Why nothing is quoted.")
    confidence: float
    answer_id: str = Field(description="For submit_feedback, as is `generation`.")
    generation: str
    quotes: list[Quoted]
    nearest: list[Quoted] = Field(description="On an abstention: what comes nearest and does not clearly answer.")
    suggestions: list[str] = Field(description="What these sources do answer.")


class Quotes(BaseModel):
    """Quotes, best first."""

    quotes: list[Quoted]


class Difference(BaseModel):
    """Words that are in both, or only in one."""

    kind: Literal["same", "only_given", "only_stored"]
    text: str


class Verdict(BaseModel):
    """Whether words stand in the sources."""

    result: str = Field(description="verbatim, typography_only, altered, misattributed, or not_found.")
    attribution: str | None = Field(description="right, wrong or unsure, where a speaker or document was named.")
    matches: list[Quoted]
    diff: list[Difference]
    caveats: list[str] = Field(description="What this check does not see.")


class CheckedQuotation(Verdict):
    """A quotation of a text, and what became of it; its result may also be shortened, unclear or mention."""

    words: str
    start: int
    end: int
    speaker: str | None = Field(description="Whose words the text says that they are.")
    right: bool
    omitted: str = Field(description="Of a shortened one: the words left out that may turn its sense.")
    nearest: list[Quoted] = Field(description="Of one that is not found: the sentence most like it, if any is.")


class Checked(BaseModel):
    """Every quotation of a text; `ok` where nothing is to be said against any."""

    ok: bool
    counts: dict[str, int]
    quotations: list[CheckedQuotation]


class Sides(BaseModel):
    """Quotes for a proposition and against it."""

    proposition: str
    favour: list[Quoted]
    against: list[Quoted]
    gap: str | None = Field(description="Which side nobody takes in these sources.")


class DocumentFacts(BaseModel):
    """What is recorded of a document."""

    id: str
    debate: str
    title: str
    author: str | None
    publisher: str | None
    date: str | None
    url: str
    characters: int


class Documents(BaseModel):
    """All documents, debate by debate."""

    documents: list[DocumentFacts]


class Passage(BaseModel):
    """Whole sentences of a document around a place."""

    document_id: str
    start: int
    end: int
    text: str
    byline: str
    url: str


class Hit(BaseModel):
    """A place that `fetch` gives."""

    id: str
    title: str
    url: str


class Hits(BaseModel):
    """Places, best first."""

    results: list[Hit]


class Noted(BaseModel):
    """Whether something is on record now."""

    kept: bool


class Fetched(BaseModel):
    """A document, or a passage of it."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


def caveats_of(verdict: dict[str, Any]) -> list[str]:
    """What a check did not look at, for a verdict as the wire has it."""
    caveats = ["Only the documents of this index were compared, as they were when it was built."]
    if verdict["matches"]:
        caveats.append("Words can be exact and out of their context: read_passage gives the sentences around them.")
    else:
        caveats.append("A paraphrase or a translation is not recognised as a quotation.")
    if verdict["attribution"] is None:
        caveats.append("No speaker or document was named, so whose words they are was not compared.")
    elif verdict["attribution"] == "unsure":
        caveats.append("Who speaks there is a reading of the text and not sure.")
    return caveats
