"""Tags: whether nothing stands beside another's words but who says so."""

import re
from collections.abc import Sequence

from pullquote.voice.denials import doubtful
from pullquote.voice.frames import LONGEST, PREDICATE, Attribution, Form
from pullquote.voice.pieces import Piece
from pullquote.voice.sourcenames import source_of
from pullquote.voice.subjects import subject_of
from pullquote.voice.voices import Attributed

_NOTE = re.compile(r"\[\w+\]")
_WORD = re.compile(r"\w[\w.’'/-]*")
_OPENS_CONTENT = re.compile(r"\bthat\s+\w")  # "believed that after the war, “…”"
_CLAUSE_JOINT = re.compile(r"\b(?:and|but|who|which)\s")
_OPENS_LINE = re.compile(r"^(?:\[\w+\]|[|\s•*–-])+")
_DESCRIBED = re.compile(r",\s(?:an?|the|his|her|its|their)\s[^,;:§]{3,60}[.,]?\s*")
_SENTENCE_ENDS = re.compile(r"[a-z\d]{3}[.!?][\"”’)]*\s+\W?[A-Z]")
LONGEST_TAG = 9  # words that may name a speaker, their office, and when or where they spoke
MOST_BEFORE = 3  # of them before the name: "In January 2010,"
MOST_AFTER = 5  # and after the verb: "wrote in The Wealth of Nations"


def is_tagged(masked: str, piece: Piece, attributed: Attributed) -> bool:
    """Whether nothing stands beside a quotation but who says so: "Prime Minister Ann Lee said that “…” [REF]."."""
    if not any(letter.isalpha() for letter in _NOTE.sub("", masked[: piece.start])):
        return _is_tag(masked[piece.end :], attributed)
    forms = {Form.SOURCE, Form.DIRECT, Form.INDIRECT}
    first = next((each for each, _ in attributed if each.start < piece.start and each.form in forms), None)
    if first is None or any(letter.isalpha() for letter in _NOTE.sub("", masked[piece.end :])):
        return False
    before = _OPENS_LINE.sub("", _NOTE.sub("", masked[: piece.start]))
    if len(_WORD.findall(before)) > LONGEST_TAG:
        return False
    if first.form is Form.SOURCE:  # "According to a 2007 study in Nature, “…”"
        return first.start == 0 and not PREDICATE.search(before)
    direct = next((each for each, _ in attributed if each.form is Form.DIRECT and each.start < piece.start), first)
    if len(_WORD.findall(masked[direct.content : piece.start])) > (direct.form is not Form.DIRECT):
        return False  # "issued a statement saying “…”" leaves one word between
    said = masked[direct.start : piece.start]
    more = len(_WORD.findall(said)) - len(direct.cue.split()) > MOST_AFTER or _OPENS_CONTENT.search(said)
    return not (more or _says_more(_OPENS_LINE.sub("", masked[: first.start])))


def ends_in_tag(words: str, start: int, attributions: Sequence[Attribution]) -> bool:
    """Whether the words from `start` on, after a quotation, tell nothing but who said it: ", said Ann Lee in Leeds."."""
    tags = (each for each in attributions if each.form in {Form.AFTER, Form.INVERTED} and each.content == start)
    return any(not PREDICATE.search(f"{words[tag.start + len(tag.cue) :]} ") for tag in tags)


def only_attributes(words: str, cue: str | None) -> bool:
    """Whether words of the author's before another's only say whose those are, as in: Some observers, among them the WOLA, have suggested that.

    Args:
        words: what stands before the other's words, from where the sentence or another's words end.
        cue: what gave that other away; without one nothing attributes.
    """
    at = words.casefold().rfind(cue.casefold()) if cue else -1
    if at <= 0 or not cue:
        return False
    before, rest = _OPENS_LINE.sub("", _NOTE.sub("", words[:at])), words[at + len(cue) :]
    more = PREDICATE.search(f"{rest} ") or _SENTENCE_ENDS.search(before) or _says_more(before)
    return len(_WORD.findall(rest)) <= MOST_AFTER and not more


def adds(words: str, cue: str | None) -> bool:
    """Whether words of the author's after a quotation tell of more than who said it: "Lee said, a claim that few believe".

    Args:
        cue: the verb that gave the speaker away.
    """
    at = words.find(cue) if cue else -1
    rest = (words[at + len(cue) :] if at >= 0 and cue else words)[:LONGEST]
    return bool(PREDICATE.search(f" {rest.rstrip('.!?”)')} ") or doubtful(rest))


def _says_more(left: str) -> bool:
    """Whether the words before a reporting verb tell of more than who spoke, and when: "He left the room and said"."""
    subject = subject_of(left)
    at = left.rfind(subject) if subject else -1
    if at < 0 or len(left[:at].split()) > MOST_BEFORE:
        return True
    return bool(PREDICATE.search(f" {left[:at]}") or _CLAUSE_JOINT.search(left[at + len(subject) :]))


def _is_tag(tail: str, attributed: Attributed) -> bool:
    """Whether the words after a quotation only say who spoke, as in: wrote Judge Ann Lee for the court."""
    tag = next((each for each, _ in attributed if each.form in {Form.AFTER, Form.INVERTED}), None)
    words = _NOTE.sub("", tail).strip(" ,.").split()
    if tag is None or len(words) > LONGEST_TAG:
        return False
    subject = source_of(tag.subject, tag=True) if tag.form is Form.INVERTED else subject_of(tag.subject)
    rest = tail.partition(subject)[2] if subject else ""
    if tag.form is Form.INVERTED and _DESCRIBED.fullmatch(_NOTE.sub("", rest)):  # "said Ann Lee, a mother of two"
        return True
    return len(words) - len(subject.split()) <= len(tag.cue.split()) + 1
