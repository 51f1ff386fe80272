"""The shapes of a quote: its words and their place, whose they are, and where they were published."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

START = "In code points of the document's text, from 0."
END = "In code points; the first one after the words."
Start = Annotated[int, Field(description=START)]
End = Annotated[int, Field(description=END)]
Utf16 = Annotated[int, Field(description="The same place in UTF-16 units, as JavaScript counts.")]
Around = Annotated[str, Field(description="The 32 code points beside the words, as W3C selectors have them.")]
Byline = Annotated[str, Field(description="Who says it, ready to be shown.")]


class VoiceBody(BaseModel):
    """Whose words or claims they are."""

    kind: Literal["author", "reported", "quoted", "mixed", "unclear"] = Field(
        description="The author's own, another's as the author retells them or in quotation marks, several, or unclear."
    )
    speaker: str | None = Field(description="Null where nobody is named.")
    via: list[str] = Field(description="Who passed it on, the one nearest to the speaker first.")
    cue: str | None = Field(description="The words that gave it away.")
    sure: bool


class VoiceSpanBody(VoiceBody):
    """A voice within a quote."""

    start: Start
    end: End


class StanceBody(BaseModel):
    """Which side a quote takes."""

    side: Literal["for", "against", "neutral", "unclear"]
    probability: float = Field(description="0 to 1: that it is this side.")
    basis: Literal["label", "model"] = Field(description="The operator's label of the document, or a model's reading.")


class SourceBody(BaseModel):
    """Who published the document, where and when; null is not recorded."""

    title: str | None
    author: str | None
    publisher: str | None
    date: str | None = Field(description="YYYY, YYYY-MM or YYYY-MM-DD.")
    url: str | None
    licence: str | None
    sha256: str = Field(description="Of the document's text in UTF-8.")


class LinksBody(BaseModel):
    """The place in the reader here, and on the published page."""

    reader: str = Field(
        description="With `&text=` and the first 12 digits of the source's sha256 before its `#`, another text is not marked."
    )
    source: str | None = Field(description="With a text fragment that browsers scroll to.")


class QuoteBody(BaseModel):
    """Words of a source, letter for letter, with their place."""

    n: int = Field(description="Its number in this answer, from 1.")
    document_id: str
    exact: str = Field(description="The words.")
    start: Start
    end: End
    start_utf16: Utf16
    end_utf16: Utf16
    prefix: Around
    suffix: Around
    before: str = Field(description='The sentence before, or what leads in the list that this is an item of; else "".')
    after: str = Field(description='The sentence after, or "".')
    leans: bool = Field(description="Whether the words need what is in `before` to be understood.")
    wrapped: bool = Field(description="Whether a single line end in it says no more than a space.")
    section: str | None = Field(description="The heading that it stands under.")
    page: int | None
    language: str | None
    role: Literal["claim", "evidence", "counterpoint", "context"] = Field(description="The part it plays here.")
    voice: VoiceBody = Field(description="Of the whole quote.")
    byline: Byline
    voices: list[VoiceSpanBody] = Field(description="Every voice in it, in order.")
    stance: StanceBody | None = Field(description="Null where nothing is known.")
    score: float = Field(description="How well it fits; only to be compared within one answer.")
    source: SourceBody
    links: LinksBody


class FoundBody(BaseModel):
    """Where the words that were checked stand by themselves, and whose they are there."""

    start: Start
    end: End
    start_utf16: Utf16
    end_utf16: Utf16
    exact: str = Field(description="The words as the source has them.")
    prefix: Around
    suffix: Around
    voice: VoiceBody
    byline: Byline


class MatchBody(QuoteBody):
    """The whole sentences that hold the words, and the words by themselves."""

    found: FoundBody
