"""What an assistant's tools give back, for their output schemas."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Literal, Self

from pydantic import BaseModel, Field

from pullquote.api.responses import VISIT
from pullquote.api.wire import Wire

# where people find this server's pages, over stdio
PUBLIC: ContextVar[str] = ContextVar("pullquote_public", default="")


def link_to(path: str, source: str | None) -> str:
    """The address of a place: this server's page, or without one what was published."""
    visit = VISIT.get(None)
    origin = visit.origin if visit else PUBLIC.get()
    return f"{origin}{path}" if origin else source or ""


class Quoted(BaseModel):
    """Words of a source, letter for letter, who says them, and where they stand."""

    exact: str = Field(description="Never to be reworded.")
    byline: str = Field(description="Who says it, and where it stands.")
    document_id: str
    start: int = Field(description="In code points of the document's text.")
    end: int
    title: str | None
    url: str = Field(
        description="A page that shows the words in their place; empty where none is published."
    )
    before: str = Field(
        description="The sentence before, which is needed to understand it where `leans` is true."
    )
    leans: bool
    speaker: str | None = Field(description="Null where it is the author, or nobody is named.")
    sure: bool = Field(description="Whether it is sure who speaks.")
    side: str | None = Field(
        description="Which side of the proposition it takes, where there is one."
    )

    @classmethod
    def of(cls, quote: Wire) -> Self:
        """A quote of the wire, flat."""
        links, stance = quote["links"], quote["stance"]
        more = {"title": quote["source"]["title"], "side": stance and stance["side"]}
        more["url"] = link_to(links["reader"], links["source"])
        return cls.model_validate(quote | quote["voice"] | more)

    @property
    def place(self) -> str:
        """Where it stands, in one word."""
        return f"{self.document_id}:{self.start}-{self.end}"

    @property
    def shown(self) -> str:
        """It as it reads alone."""
        exact = self.exact.replace("\n", "\n> ")
        before = f"(Just before it: {self.before})\n" if self.leans and self.before else ""
        reference = ", ".join(filter(None, (self.place, self.url)))
        return f"{before}> {exact}\n— {self.byline} ({reference})"


def quotes_of(quotes: Iterable[Wire]) -> list[Quoted]:
    """Quotes of the wire, flat."""
    return [Quoted.of(quote) for quote in quotes]


def shown(quotes: Iterable[Quoted]) -> str:
    """Quotes one under the other."""
    return "\n\n".join(quote.shown for quote in quotes)


class AskResult(BaseModel):
    """An answer made of quotes, or an abstention with the nearest passage."""

    status: Literal["answered", "abstained"]
    reason: str | None = Field(description="Why nothing is quoted.")
    confidence: float
    answer_id: str = Field(description="For submit_feedback, as is `generation`.")
    generation: str
    quotes: list[Quoted]
    nearest: list[Quoted] = Field(
        description="On an abstention: what comes nearest and does not clearly answer."
    )
    beyond: list[Quoted] = Field(
        default=[], description="What would answer without `only`, where nothing there does."
    )
    suggestions: list[str] = Field(description="What these sources do answer.")


class Quotes(BaseModel):
    """Quotes, best first."""

    quotes: list[Quoted]


class Difference(BaseModel):
    """Words that are in both, or only in one."""

    kind: Literal["same", "only_given", "only_stored"]
    text: str


class VerifyResult(BaseModel):
    """Whether words stand in the sources."""

    result: str = Field(
        description="verbatim, typography_only, altered, misattributed, or not_found."
    )
    attribution: str | None = Field(
        description="right, wrong or unsure, where a speaker or document was named."
    )
    matches: list[Quoted]
    diff: list[Difference]
    caveats: list[str] = Field(description="What this check does not see.")

    @classmethod
    def of(cls, verdict: Wire) -> Self:
        """A verdict of the wire; each match is the words by themselves."""
        names = [name for name in ("matches", "nearest") if name in verdict]
        quotes = {
            name: quotes_of({**match, **match["found"]} for match in verdict[name])
            for name in names
        }
        return cls.model_validate(verdict | quotes)

    @property
    def compared(self) -> str:
        """What differs, and where the words stand."""
        signs = {"same": " ", "only_given": "-", "only_stored": "+"}
        differences = [f"{signs[difference.kind]} {difference.text}" for difference in self.diff]
        return "\n".join([*differences, *(match.shown for match in self.matches[:2])])


class CheckedQuotation(VerifyResult):
    """A quotation and its outcome; `result` may also be shortened, unclear or mention."""

    words: str
    start: int
    end: int
    speaker: str | None = Field(description="Whose words the text says that they are.")
    right: bool
    omitted: str = Field(description="Of a shortened one: words left out that may turn its sense.")
    nearest: list[Quoted] = Field(
        description="Of one not found: the sentence most like it, if any."
    )


class DraftResult(BaseModel):
    """Every quotation of a text; `ok` where nothing is to be said against any."""

    ok: bool
    counts: dict[str, int]
    quotations: list[CheckedQuotation]


class SidesResult(BaseModel):
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

    @classmethod
    def of(cls, document: Wire) -> Self:
        """A document of the wire, flat."""
        source = document["source"]
        url = link_to(f"/documents/{document['id']}", source["url"])
        return cls.model_validate(source | document | {"title": source["name"], "url": url})


class Documents(BaseModel):
    """All documents, debate by debate."""

    documents: list[DocumentFacts]


class PassageResult(BaseModel):
    """Whole sentences of a document around a place."""

    document_id: str
    start: int
    end: int
    text: str
    byline: str
    url: str


class SearchHit(BaseModel):
    """A place that `fetch` gives."""

    id: str
    title: str
    url: str


class SearchHits(BaseModel):
    """Places, best first."""

    results: list[SearchHit]


class FeedbackResult(BaseModel):
    """Whether something is on record now."""

    kept: bool


class FetchResult(BaseModel):
    """A document, or a passage of it."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]
