"""The quoted parts of each sentence, and which of them are only terms, titles or scare quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.quotations import Quotation, find_quotations

MASK = "§"  # stands for every letter of a quotation while its surroundings are read
_SMALL_WORDS = frozenset(
    ["of", "the", "and", "on", "in", "for", "a", "an", "to", "with", "by", "at", "from", "–", "—", "&", "-"]
)
_BEFORE_TERM = re.compile(
    r"(?!(?:[Ii]ts|[Hh]is|[Tt]his|was|is|has)\s)\b\w+(?:ed|s|id|ote|ys|lls)(?:\s(?:that|it|this|them|him|her))?[,:]?\s$|\b(?:call|term|label)(?:\s(?:that|it|this|them|him|her))?\s$"
)
_DEFINED = re.compile(
    r"\b(?:terms?|phrase|words?|so-called|known\sas|called|titled|entitled|headed|dubbed|named|hereinafter|slogan|"
    r"motto|status\sas|collectively|admitted\sas|meaning|literally)[\s,:(]*$",
    re.IGNORECASE,
)
_NAMES = re.compile(  # "called the briefing “corrosive” and “outrageous”"
    r"(?<!so-)\b(?:call|term|label|brand|describ|characteri[sz]|deem|dismiss|denounc|condemn|criticiz|criticis|hail|derid)(?:s|es|ed|led|ing)\s(?:[\w’'.-]+\s){1,6}?(?:an?\s|the\s)?$"
)
_ODD_SPACE = re.compile(r"[^\S ]")
_JOINS = re.compile(r",?\s(?:and|or|but|and\sthe|and\sa)\s|,\s")
_DETERMINED = re.compile(r"\b(?:an?|the|this|that|these|those|his|her|their|its|our|such)\s$", re.IGNORECASE)
_DEFINES = re.compile(r"[,]?\s(?:means?|includes?|with\srespect\sto|has\sthe\s(?:same\s)?meaning|refers?\sto)\b")
_USED = re.compile(r"\s\w")
_IN_BRACKET = re.compile(  # "the County Council (hereinafter the “Council”)"
    r"\((?:(?:together|collectively|hereinafter|hereafter|referred\sto\sas|the|each|an?),?\s){0,4}$", re.IGNORECASE
)
_NAMED_BY_SOME = re.compile(r"\b(?:has|have|had)\s(?:\w+\s)?been\s(?:\w+ly\s)?(?:called|dubbed|termed|labell?ed)\s$")
_SET_AGAINST = re.compile(r"\b(?:rather\sthan|instead\sof|not(?:\san?)?)\s$")
_NAMED = re.compile(r"\b(?:known\s(?:to\s\w+\s)?as|the\s(?:title|term|name|phrase|heading|slogan))\s$")
SCARE_WORDS = 2  # quoted words up to here that the sentence goes on from, inside a report, are no quotation
_TEXT_BEFORE = re.compile(
    r"\b(?:report|book|article|study|paper|essay|album|song|film|speech|pamphlet|letter|work|novel|poem|column|series|documentary)"
    r"[,:]?\s(?:called\s|titled\s|entitled\s)?$"
)
_TITLED = re.compile(r"\b(?:titled|entitled|headlined)\s$")
TITLE_WORDS = 12
PHRASE_WORDS = 5  # after "a" or "the" so many quoted words may still be a term: 'a “preponderance of the evidence”'
TERM_WORDS = 3  # quoted words up to here are a term or a scare quote, unless somebody is named for them

_NUMBER = re.compile(  # "3.1 Shopkeepers", "2. Officers", "1\tOfficers"; not "3.5 million"
    r"\A\(?\d{1,3}(?:(?:\.\d{1,3})+[.)]?|[.)]|(?=\t|[ ]{2}))\s+(?=[“\"‘*_\[]{0,3}[A-Z])"
)
_MARKS = re.compile(r"[*_\[]")
_MARKUP = re.compile(  # "the [town plan](https://…)", "**Ann Lee:**"
    r"\[(?=[^\[\]]*\]\()|(?<=\S)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)|"
    r"(?<![\w*_])(?:\*{1,3}|_{1,3})(?=[\w“‘\"'(])|(?<=[\w.,:;!?”’\"')])(?:\*{1,3}|_{1,3})(?![\w*_])"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence inside quotation marks, with offsets into the sentence."""

    start: int
    end: int
    quotation: Quotation
    words: int
    title: bool


def pieces_by_sentence(text: str, sentences: Sequence[Sentence]) -> list[tuple[Piece, ...]]:
    """The quoted parts of every sentence."""
    quotations = find_quotations(text, _blocks(sentences))
    pieces: list[tuple[Piece, ...]] = []
    first = 0
    for sentence in sentences:
        while first < len(quotations) and quotations[first].span.end <= sentence.span.start:
            first += 1
        here = []
        at = first
        while at < len(quotations) and quotations[at].span.start < sentence.span.end:
            here.append(_piece(text, sentence.span, quotations[at]))
            at += 1
        pieces.append(tuple(here))
    return pieces


def _blocks(sentences: Sequence[Sentence]) -> list[Span]:
    blocks: list[Span] = []
    for position, sentence in enumerate(sentences):
        if position and sentence.paragraph == sentences[position - 1].paragraph:
            blocks[-1] = Span(blocks[-1].start, sentence.span.end)
        else:
            blocks.append(sentence.span)
    return blocks


def _piece(text: str, sentence: Span, quotation: Quotation) -> Piece:
    start, end = max(sentence.start, quotation.span.start), min(sentence.end, quotation.span.end)
    quoted = text[quotation.span.start : min(quotation.span.end, quotation.span.start + 400)].split()
    count = len(quoted) - quoted.count("``") - quoted.count("''")  # marks that stand apart are no words
    inside = " ".join(text[start:end].strip("“”„«»‘’'\"` ,.").split())
    title = all(word in _SMALL_WORDS or not word[0].islower() for word in inside.split())
    return Piece(start - sentence.start, end - sentence.start, quotation, count, title)


def is_term(piece: Piece, words: str) -> bool:
    """Whether quoted words nobody is named for are a title, a term or a scare quote."""
    whole = piece.start == 0 and piece.end == len(words) and words.rstrip("”\"'’ ").endswith((".", "!", "?"))
    if (piece.words <= TERM_WORDS and not (whole and piece.words > 1)) or piece.title:
        return True
    before, after = words[max(0, piece.start - 60) : piece.start], words[piece.end : piece.end + 20]
    if piece.words <= PHRASE_WORDS and words[piece.start] in "'‘" and not whole:
        return True  # single marks set off a term
    phrase = piece.words <= PHRASE_WORDS and _DETERMINED.search(before) and not after.lstrip().startswith(",")
    named = piece.words > TERM_WORDS and _NAMED_BY_SOME.search(before)  # "It has been called “the best of his videos”"
    return bool(phrase or (_DEFINED.search(before) and not named) or _DEFINES.match(after))


def is_title(piece: Piece, words: str) -> bool:
    """Whether quoted words are the title of a text: 'its report: “Corruption in Peru”'."""
    before = words[max(0, piece.start - 40) : piece.start]
    return piece.title and piece.words <= TITLE_WORDS and bool(_TEXT_BEFORE.search(before) or _TITLED.search(before))


def is_scare(piece: Piece, words: str) -> bool:
    """Whether quoted words inside a report are a term of it: 'the “false” assumption', 'known as “dumping”'."""
    before, after = words[max(0, piece.start - 60) : piece.start], words[piece.end : piece.end + 20]
    if defines(piece, words):
        return True
    named = piece.title and piece.words <= TERM_WORDS and after.startswith(",")  # "when he heard “Cinnamon Girl”, he"
    used = named or (piece.words <= SCARE_WORDS and _USED.match(after))
    used = used or (piece.words <= SCARE_WORDS and _SET_AGAINST.search(before))  # "rather than “anti-human”"
    return bool(used) or (piece.words <= TERM_WORDS and bool(_NAMED.search(before)))


def defines(piece: Piece, words: str) -> bool:
    """Whether quoted words fill a bracket, as a term does that a text defines: 'her landlord (“the Respondent”)'."""
    closed = words[piece.end : piece.end + 1] == ")"
    return (
        closed
        and piece.words <= PHRASE_WORDS
        and bool(_IN_BRACKET.search(words[max(0, piece.start - 60) : piece.start]))
    )


def mask(words: str, pieces: Sequence[Piece]) -> str:
    """The sentence with its quotations hidden, letter by letter, so that only the frame is read."""
    parts: list[str] = []
    reached, hide = 0, False
    for piece in pieces:
        hide = bool(
            piece.words > TERM_WORDS
            or piece.start == 0
            or _BEFORE_TERM.search(words[max(0, piece.start - 30) : piece.start])
            or _NAMES.search(words[max(0, piece.start - 80) : piece.start])
            or (hide and reached and _JOINS.fullmatch(words[reached : piece.start]))
        )
        inside = words[piece.start : piece.end]
        parts += [words[reached : piece.start], MASK * len(inside) if hide else inside]
        reached = piece.end
    return _ODD_SPACE.sub(" ", _blank("".join([*parts, words[reached:]])))


def _blank(words: str) -> str:
    """The same words with spaces for the number in front of them and for the marks of links and emphasis."""
    words = _NUMBER.sub(lambda match: " " * len(match.group()), words)
    return _MARKUP.sub(lambda match: " " * len(match.group()), words) if _MARKS.search(words) else words


def outside(words: str, pieces: Sequence[Piece]) -> str:
    """The words of a sentence that stand in none of its quotations."""
    parts, reached = [], 0
    for piece in pieces:
        parts.append(words[reached : piece.start])
        reached = piece.end
    return re.sub(r"[^\w\s’'-]", " ", " ".join([*parts, words[reached:]]))
