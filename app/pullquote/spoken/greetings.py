"""Greetings: turns of a record that say nothing: who takes the word, thanks, and "Please, no applause."."""

import re

from pullquote.conversation import courteous
from pullquote.voice.labels import LABEL

FEW = 4  # words beside a label that say nothing
INTRODUCED = 10  # words, at most, beside the name of one who says who they are
_SAYS = re.compile(  # "I oppose it.", "That is wrong."
    r"(?:I|we)\b|.*(?:\b(?:is|are|was|were|am|will|would|should|can|could|must|do|does|did|has|have|had|not|never)\b|[’'](?:s|re|t)\b)",
    re.IGNORECASE,
)
_NAME = r"(?P<name>[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3})"
_INTRODUCES = re.compile(
    rf"(?:(?:hello|hi|thank you|thanks|good (?:morning|afternoon|evening))\b[^.!?]{{0,40}}[.,!]\s)?"
    rf"(?:(?:my name is|my name’s|my name's|I am|I’m|I'm|this is)\s)?(?-i:{_NAME})(?P<rest>[,.]?.*)",
    re.IGNORECASE | re.DOTALL,
)


def only_greets(text: str) -> bool:
    """Whether a quote only thanks, or is a labelled turn that says who speaks or a few words.

    Example: only_greets("DR. ANN ROE: Ann Roe, Leeland College.") -> True
    """
    label = LABEL.match(text)
    if label is None:
        return courteous(text)
    said = text[label.end() :].strip()
    few = len(said.split()) <= FEW and not _SAYS.match(said)
    return few or courteous(said) or _introduces(said, label["label"])


def _introduces(said: str, label: str) -> bool:
    match = _INTRODUCES.fullmatch(said)
    if match is None or len(match["rest"].split()) > INTRODUCED:
        return False
    return match["name"].strip(".").rpartition(" ")[2].casefold() == label.rpartition(" ")[2].casefold()
