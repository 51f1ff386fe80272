"""Words and drafts compared with the sources of one generation."""

from collections.abc import Sequence
from functools import partial
from itertools import chain

from pullquote.answers.query import worded
from pullquote.answers.ready import Ready, quote_at, search
from pullquote.answers.speakers import attribution, claimed
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote, quote_span
from pullquote.errors import spend
from pullquote.index.lexical import terms
from pullquote.index.search import cut, documents_containing
from pullquote.span import Span
from pullquote.verify import verify
from pullquote.verify.check import QuotationCheck, Sources, check
from pullquote.verify.draft import quotations_of
from pullquote.verify.match import Attribution, Match, Verdict
from pullquote.voice.entities import entities, same_speaker
from pullquote.voice.names import is_body, is_person, name_words, names_of
from pullquote.voice.voices import Voice, VoiceKind

# Passages that words may be altered from: those that share the most words, and the best found.
NEAR, NEAREST = 20, 5
DRAFT = ("text", "send the draft whose quotations are to be checked")


def verify_words(
    ready: Ready, words: str, *, speaker: str | None, document_id: str | None
) -> Verdict:
    """Whether the sources hold words, and whether they are whose and from where they are said to be."""
    name = None if speaker is None else claimed(speaker)
    generation = ready.generation
    numbers = list(documents_containing(generation, words))
    if document_id is not None:
        first = generation.number(document_id)
        numbers.sort(key=lambda number: number != first)  # what it holds must be found
    documents = partial(map, generation.document, numbers)
    fit = partial(attribution, name) if name else None
    near, voices_at = partial(_near, ready), partial(_voices_at, ready)
    return verify(words, documents, near, voices_at, document_id=document_id, fit=fit)


def check_draft(ready: Ready, text: str, *, bounded: bool) -> tuple[QuotationCheck, ...]:
    """Every quotation of a draft, Markdown or plain text, in order, compared with the sources."""
    worded(text, *DRAFT, limit=len(text))
    from pullquote.models.reader import bundled

    quotations = quotations_of(text, bundled(), bounded=bounded)
    generation = ready.generation
    numbers: set[int] = set()
    for words in chain.from_iterable(quotation.parts for quotation in quotations):
        spend()
        numbers.update(documents_containing(generation, " ".join(word.key for word in words)))
    documents = map(generation.document, sorted(numbers))
    sources = Sources(
        documents,
        partial(_with_shared_words, ready),
        partial(_sentence, ready),
        partial(_voices_at, ready),
        partial(_whose, ready),
    )
    return check(text, quotations, sources)


def _whose(
    ready: Ready, speaker: str, voices: Sequence[Voice], source: Source
) -> tuple[Attribution, bool] | None:
    """Whether words are those of whom a draft names; None where that names nobody for sure: "critics", "the senator".

    What an author retells in words of their own is theirs too.
    """
    short_name = speaker.partition(" of ")[0]
    name = short_name if is_person(short_name) else speaker
    organisation = is_body(name) or ready.roster.knows(name)
    proper = name.rpartition(" ")[2][:1].isupper() and organisation and entities(name)
    if not (is_person(name) or proper):
        return None
    quoted = any(voice.kind is VoiceKind.QUOTED for voice in voices)
    authors = names_of(source.author)
    wrote = any(same_speaker(name, author) for author in authors)
    # The reader may take a word beside a name for a part of it; all of a name means nobody else.
    reported = {voice.speaker or "" for voice in voices if voice.kind is not VoiceKind.AUTHOR}
    held_names = (name_words(label) for label in (reported if quoted else authors))
    words = name_words(name)
    holds = any(len(held_words) > 1 and held_words <= words for held_words in held_names)
    if holds or (wrote and not quoted):
        return Attribution.RIGHT, True
    return attribution(name, voices, source)


def _sentence(ready: Ready, match: Match) -> Span:
    """The whole sentences that hold a match."""
    spend()
    sentences = ready.generation.sentences(ready.generation.number(match.document.id))
    quote = quote_span(match.document, sentences, match.span)
    return quote.span if quote else match.span


def _near(ready: Ready, words: str) -> list[Quote]:
    """The windows that share the most telling words with a text, and those that fit it best."""
    best = search(ready, words, NEAREST)
    return [*_with_shared_words(ready, words), *(citation.quote for citation in best)]


def _with_shared_words(ready: Ready, words: str) -> list[Quote]:
    """The windows that share the most telling words with a text."""
    lexical = ready.generation.words
    rows = lexical.search_flat(lexical.weights(terms(words)), NEAR).tolist()
    return [cut(ready.generation, ready.generation.window(row)) for row in rows]


def _voices_at(ready: Ready, match: Match) -> Sequence[Voice]:
    spend()
    citation = quote_at(ready, match.document.id, match.span)
    voices = citation.voices if citation else ()
    return [voice for voice in voices if voice.span.overlaps(match.span)]
