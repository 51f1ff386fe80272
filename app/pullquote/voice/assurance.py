"""How plainly an attribution says that somebody spoke: "said" is plain, "reportedly said" and "fears" are not."""

import re

from pullquote.voice.frames import Attribution, Form
from pullquote.voice.lists import is_cut
from pullquote.voice.secondhand import is_passed_on
from pullquote.voice.verbs import IMPLYING, PLAIN, PLAIN_ACTS, PLAIN_PARTICIPLES, SPOKEN

_REASON = re.compile(r"\b(?:since|because)\s+(?:[\w’'-]+\s?){0,4}$")
_HEARSAY = r"(?:alleged|apparent|ostensib|presumab|purported|reported|supposed)ly"
# "Lee reportedly said", "Reportedly, Lee said", "Lee would have said", "Lee would say that … if"
_AS_TOLD = re.compile(
    rf"\b{_HEARSAY}(?:\s\w+)?,?\s*$|^\W*(?:{_HEARSAY}|imagine|suppose|pretend)\b|\bwould\s(?:\w+\s)?have\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\bwould\s(?:\w+ly\s)?$")


def is_plain(attribution: Attribution) -> bool:
    """Whether its verb leaves little doubt that somebody spoke."""
    if attribution.form is Form.INTRODUCES:
        return attribution.cue in SPOKEN or attribution.cue.startswith(("had this", "put it"))
    if attribution.cue.endswith(" by") and attribution.cue.startswith(IMPLYING):
        return False
    if attribution.cue.endswith("ing") and attribution.cue not in PLAIN_ACTS:
        return attribution.cue in PLAIN_PARTICIPLES
    told = attribution.cue in PLAIN or attribution.cue.partition(" ")[0] in PLAIN_ACTS
    return attribution.form is not Form.INDIRECT or told


def is_doubted(attribution: Attribution, masked: str, subject: str) -> bool:
    """Whether the words around it take the claim from its `subject`, in a sentence whose quotations are masked."""
    return (
        is_cut(masked, subject)
        or _is_hearsay(attribution, masked)
        or is_passed_on(masked, attribution)
        or _gives_reason(attribution, masked)
    )


def _is_hearsay(attribution: Attribution, masked: str) -> bool:
    """Whether somebody is only thought to have said it, or would say it: "Lee reportedly said", "Lee would have said"."""
    supposed = _WOULD.search(attribution.subject) and " if " in masked[attribution.content :]
    return bool(supposed or _AS_TOLD.search(attribution.subject))


def _gives_reason(attribution: Attribution, masked: str) -> bool:
    """Whether the author only gives a reason for an event: "It was shut because Lee thought"."""
    return _REASON.search(f"{masked[: attribution.start]}{attribution.subject}") is not None
