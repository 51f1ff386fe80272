"""What is taken out of a file: one canonical text, what the file tells of itself, and where each stretch stands in it.

The text consists of blocks divided by one blank line. A block is a heading ("# …" to "###### …"), an entry of a list
("- …" or "1. …"), a quotation ("> …" on each line), the rows of a table ("| … | … |" on each line) or, with none of
these marks, a paragraph; a paragraph that a person spoke may open with "NAME: ". Nothing a person sees is escaped: a
paragraph whose own words open with such a mark stands one space further in, and is read as a paragraph by that.
"""

from dataclasses import dataclass

from pullquote_extract.places import Place, SpeakerTurn

BORNE_OUT = (
    0.8  # of the words of a title or a name: running heads, where some of them stand, are left out
)


@dataclass(frozen=True, slots=True)
class Extracted:
    """The canonical text of a file, made by an extractor of this name and version ("html 1").

    Title, author, date (of publication: YYYY, YYYY-MM or YYYY-MM-DD) and url are what the file itself says.
    `left_out` says in words what was not taken. `turns` follow one another, with the labels that name
    their speakers in between.
    """

    text: str
    extractor: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    places: tuple[Place, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    left_out: tuple[str, ...] = ()


def ends_open(words: str) -> bool:
    """Whether words break off before their sentence ends."""
    return not words.rstrip(" \"'”’»)]").endswith((".", "!", "?", "…", ":", ";"))


def borne_out(fact: str | None, text: str) -> str | None:
    """A title or an author that the text names too; many files keep another's title, or the name of who typed them."""
    words, text_words = (
        [word for word in _words(source) if len(word) > 2] for source in (fact or "", text)
    )
    matching_words = sum(word in set(text_words) for word in words)
    return (
        fact.strip()
        if fact and len(words) > 1 and matching_words >= BORNE_OUT * len(words)
        else None
    )


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalpha() else " " for letter in text.lower()).split()
