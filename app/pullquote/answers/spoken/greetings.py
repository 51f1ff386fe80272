"""Greetings: turns of a record that say nothing: who takes the word, thanks, and "Please, no applause."."""

import re

from pullquote.answers.query import courteous
from pullquote.corpus.clauses import has_verb
from pullquote.voice.labels import LABEL

FEW = 4  # words, at most, of a call or a name beside a label
INTRODUCED = 10  # words, at most, beside the name of one who says who they are
_POLITE = r"(?:yes|no|ok|okay|sure|sorry|hello|hi|please|good (?:morning|afternoon|evening)|(?:thanks|thank you)(?: (?:all|so much|very much))?)"
_CALLS = re.compile(  # "Yes, sir.", "Thank you, Dr. Roe.", "Dr. Ann Roe?", "Please, no applause."
    rf"(?:(?:{_POLITE}[,.!]?\s)*(?:please,?\s)?(?:no applause|be seated|sit down|proceed|continue|go ahead|next (?:speaker|question))(?:,? please)?"
    rf"|{_POLITE}[,.!]\s(?:sir|ma[’']am|madam(?: \w+)?|everyone|everybody|(?-i:NAME(?:\sNAME){{0,2}}))"
    r"|(?-i:NAME(?:\sNAME){1,3}))[.,?]?".replace("NAME", r"[A-Z](?:\.|[\w’'-]*[a-z][\w’'-]*\.?)"),
    re.IGNORECASE,
)
_NAME = r"(?P<name>[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3})"
_INTRODUCES = re.compile(
    rf"(?:(?:hello|hi|thank you|thanks|good (?:morning|afternoon|evening))\b[^.!?]{{0,40}}[.,!]\s)?"
    rf"(?:(?:my name is|my name’s|my name's|I am|I’m|I'm|this is)\s)?(?-i:{_NAME})(?P<rest>[,.]?.*)",
    re.IGNORECASE | re.DOTALL,
)
_LIVES = re.compile(  # "and I live here", "I run the ferry": not "and I oppose it"
    r"[,.]?\s(?:and\s)?(?:I\s(?:also\s)?(?:live|lived|run|work|worked|teach|own|farm|grew\sup|come|represent|serve|chair|"
    r"speak\s(?:for|on\sbehalf))|I(?:\sam|[’']m)\s(?:an?|the|from|with|here))\b(?P<more>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BELONGS = re.compile(  # ", a miller from Leeland", " with the Toll Board", ", Leeland College"
    r"(?:,?\s(?:(?:an?|the|my|of|from|with|at|for|here|on\sbehalf\sof|representing|speaking\sfor)\b|\d|(?-i:[A-Z]))[^,]*)*",
    re.IGNORECASE,
)
_GOES_ON = re.compile(  # to say something
    r"[.!?;:]\s|\b(?:and|but|so|because|since|while|that|who|which|where|if|against|favou?r|oppos\w+|support\w*)\b",
    re.IGNORECASE,
)


def only_greets(text: str) -> bool:
    """Whether a quote only thanks, or is a labelled turn that says who speaks or calls on somebody.

    Example: only_greets("DR. ANN ROE: Ann Roe, Leeland College.") -> True
    """
    label = LABEL.match(text)
    if label is None:
        return courteous(text)
    said = text[label.end() :].strip()
    return _calls(said) or courteous(said) or _introduces(said, label["label"])


def _calls(said: str) -> bool:
    return len(said.split()) <= FEW and bool(_CALLS.fullmatch(said)) and not has_verb(said)


def _introduces(said: str, label: str) -> bool:
    match = _INTRODUCES.fullmatch(said)
    if match is None or len(match["rest"].split()) > INTRODUCED or not _belongs(match["rest"].rstrip(".! ")):
        return False
    return match["name"].strip(".").rpartition(" ")[2].casefold() == label.rpartition(" ")[2].casefold()


def _belongs(rest: str) -> bool:
    """Whether what follows a name only tells where its bearer lives, works or belongs."""
    lives = _LIVES.fullmatch(rest)
    if lives:
        return not _GOES_ON.search(lives["more"])
    return bool(_BELONGS.fullmatch(rest)) and not _GOES_ON.search(rest) and not has_verb(f"{rest}.")
