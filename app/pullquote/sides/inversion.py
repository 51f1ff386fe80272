"""Inversion: subject and verb of a question, put back in the order of a statement.

Rules over English auxiliaries and a list of verbs. Where the subject cannot be told from its verb there is no statement.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pullquote.corpus.clauses import base_of, finite_verb, is_plural
from pullquote.corpus.lexicon import AUXILIARIES, PARTICIPLES, VERBS, third_person
from pullquote.index.lexical import stems
from pullquote.sides.predicate import predicate_place

# "Any" of a question asks whether there is one. It stays where it means whichever one likes, or by how much.
_ANY = re.compile(
    r"(?<![\w-])any(?P<what>one|body|thing|where)?(?![\w-])"
    r"(?! (?:better|cheaper|easier|farther|faster|fewer|further|greater|harder|higher|larger|later|less|longer|lower|more"
    r"|older|safer|slower|smaller|sooner|stronger|way|weaker|worse|younger)\b)",
    re.IGNORECASE,
)
_ASKED_WHETHER = frozenset({"do", "does", "did", "has", "have", "had"})
_OF_WHAT_IS_TO_COME = frozenset({"will", "would"})  # but "why would any" leaves it open which
THERE = re.compile(r"there (?:is|are|was|were|(?:will|would) be)\b", re.IGNORECASE)
_WHICHEVER = re.compile(
    r"any(?:one|body|thing)?(?: \w+){0,3} (?:who|whose|that|which)\b|.*\bthan no(?:ne|thing)?\b", re.IGNORECASE
)
_PREPOSITION = re.compile(
    r"\b(?:about|against|at|by|for|from|in|into|of|on|over|through|to|under|with|within)\s$", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:as|before|hardly|if|never|not?|nor|nobody|nothing|than|too|unless|without)\b[^,;]*$", re.IGNORECASE
)
_NONE_OF = {"any": "no", "anyone": "no one", "anybody": "nobody", "anything": "nothing"}
# The pasts that do not look like the present: "The tolls cut traffic" would leave open when.
PAST = {
    "become": "became", "begin": "began", "break": "broke", "bring": "brought", "build": "built", "buy": "bought",
    "choose": "chose", "come": "came", "deal": "dealt", "do": "did", "drink": "drank", "drive": "drove", "eat": "ate",
    "fall": "fell", "feed": "fed", "fight": "fought", "find": "found", "flee": "fled", "get": "got", "give": "gave",
    "go": "went", "grow": "grew", "have": "had", "hear": "heard", "hold": "held", "keep": "kept", "know": "knew",
    "lead": "led", "leave": "left", "lend": "lent", "lose": "lost", "make": "made", "mean": "meant", "meet": "met",
    "overcome": "overcame", "pay": "paid", "rebuild": "rebuilt", "rise": "rose", "run": "ran", "say": "said",
    "seek": "sought", "sell": "sold", "send": "sent", "shoot": "shot", "shrink": "shrank", "speak": "spoke",
    "spend": "spent", "stand": "stood", "strike": "struck", "take": "took", "teach": "taught", "tell": "told",
    "understand": "understood", "wear": "wore", "win": "won", "withdraw": "withdrew",
}  # fmt: skip
_PASTS = frozenset(PAST.values())
_BE = frozenset({"is", "are", "was", "were"})
# What "how" may go with that claims something, for good as for bad: "How do tolls help?", "How do tolls hurt?"
_OUTCOMES = (
    "affect backfire benefit boost collapse contribute damage deal endanger fail failed fell flourish gain harm help hurt improve"
    " lead led lose lost matter profit prosper result ruin save strengthen succeed suffer threaten thrive undermine weaken"
    " win won worsen"
)
_OUTCOMES_WITH = frozenset(
    {("work", "against"), ("work", "for"), ("make", "for"), ("made", "for"), ("pay", "off"), ("paid", "off")}
)
_NO_OBJECT = frozenset(
    ("about", "against", "at", "by", "for", "from", "in", "into", "on", "out", "over", "through", "to", "under", "well", "with", "within")
)  # fmt: skip
_NO_PAST = frozenset({"be", "cost", "cut", "hit", "hurt", "let", "put", "spread"})
_DOUBLED = re.compile(r"(?:[^aeiou]*[aeiou][^aeiouwxy]|admit|compel|control|deter|permit)")  # stop: stopped
_MARKS = ".,;:!? "
POINTING = frozenset({"i", "you", "he", "she", "it", "they", "this", "that", "these", "those"})


def opening(word: str) -> tuple[str, bool] | None:
    """An auxiliary that opens a question, and whether it is negated."""
    plain = word.lower().replace("’", "'")
    if plain in AUXILIARIES:
        return plain, False
    stem = {"can't": "can", "won't": "will"}.get(plain) or plain.removesuffix("n't")
    return (stem, True) if plain.endswith("n't") and stem in AUXILIARIES else None


def only_how(question: str) -> bool:
    """Whether a question or clause asks in what manner, and claims nothing: its verb has no object and tells no outcome.

    Example: only_how("did the council vote on fares") -> True; of "do phones harm pupils" it is false
    """
    tokens = question.rstrip(_MARKS).split()
    opened = opening(tokens[0]) if tokens else None
    if opened is not None:
        place = predicate_place(opened[0], tokens[1:])
        return place is not None and _is_manner(tokens[place + 1 :], opened[0])
    auxiliary = next((place for place in range(1, len(tokens)) if opening(tokens[place])), None)
    if auxiliary is not None:
        return _is_manner(tokens[auxiliary + 1 :], tokens[auxiliary].lower())
    verb = finite_verb(tokens)
    place = next((at for at in range(1, len(tokens)) if is_past(tokens[at])), verb) if verb is None else verb
    return place is None or _is_manner(tokens[place:], "do")


def _is_manner(predicate: Sequence[str], auxiliary: str) -> bool:
    verb, *after = [word.lower() for word in predicate if word.lower() not in ("be", "been", "not")] or [""]
    if auxiliary in _BE and not is_past(verb):
        return False
    outcome = not stems(verb).isdisjoint(stems(_OUTCOMES)) or (base_of(verb), *after[:1]) in _OUTCOMES_WITH
    return not outcome and (not after or after[0] in _NO_OBJECT)


def is_past(word: str) -> bool:
    """Whether a word is a past or a participle, by its form or by the lists."""
    return word.endswith("ed") or word in PARTICIPLES or word in _PASTS


def statement_in(tokens: Sequence[str], *, presupposed: bool) -> str | None:
    """Subject and verb put back in the order of a statement."""
    opened = opening(tokens[0])
    if opened is None:
        return None
    auxiliary, negated = opened
    rest = list(tokens[1:])
    negated = negated and presupposed  # "Shouldn't it be legal?" means that it should
    if rest[:1] == ["not"]:
        rest, negated = rest[1:], True
    place = predicate_place(auxiliary, rest)
    if place is None:
        return None
    subject, predicate = rest[:place], rest[place:]
    if "not" in (subject[-1], predicate[0]):
        subject, predicate, negated = _without_not(subject), _without_not(predicate), True
    if not subject or not predicate or _points_elsewhere(subject, predicate):
        return None
    if auxiliary != "do" and (opening(subject[-1]) or ("", False))[1]:  # "people who don't work": no verb of its own
        return None
    if negated and subject[0].lower() in _NONE_OF:
        subject, negated = [_NONE_OF[subject[0].lower()], *subject[1:]], False
    stated = " ".join([*subject, *_predicate(auxiliary, subject, predicate, negated, presupposed)])
    whether = auxiliary in _ASKED_WHETHER or (auxiliary in _OF_WHAT_IS_TO_COME and not presupposed)
    return sentence(some(stated) if whether or THERE.match(stated) else stated)


def some(words: str) -> str:
    """A statement that holds no "any" of a question. Example: some("there is any proof") -> "there is some proof"."""
    if _WHICHEVER.match(words):
        return words

    def told(any_: re.Match[str]) -> str:
        before = words[: any_.start()]
        stays = _DENIED.search(before) or _PREPOSITION.search(before)
        return any_[0] if stays else f"some{any_['what'] or ''}"

    return _ANY.sub(told, words)


def _points_elsewhere(subject: Sequence[str], predicate: Sequence[str]) -> bool:
    """Whether only what was said before, or who asks, tells what is claimed: "Is it effective?", "Should I go?"."""
    if len(subject) > 1 or subject[0].lower() not in POINTING:
        return False
    return subject[0].lower() != "it" or not {"to", "that", "for"} & {word.lower() for word in predicate}


def _without_not(words: Sequence[str]) -> list[str]:
    return [word for word in words if word != "not"]


def _predicate(
    auxiliary: str, subject: Sequence[str], predicate: Sequence[str], negated: bool, presupposed: bool
) -> list[str]:
    verb, *rest = predicate
    # "Why might it fail?" takes the failing for granted: that is what is up for debate.
    taken = presupposed and auxiliary in ("might", "may", "could", "can")
    if negated:
        return [auxiliary, "not", *predicate]
    if auxiliary == "do" or (taken and is_plural(subject)):
        return list(predicate) if verb != "be" else ["are", *rest]
    if auxiliary in ("does", "did") and _is_coupled(rest):
        return [auxiliary, *predicate]
    if auxiliary == "does" or taken:
        return [third_person(verb), *rest]
    past = _past(verb) if auxiliary == "did" else None
    # Where another word could be taken for the verb, "did" shows which one it is.
    if past and finite_verb([*subject, past, *rest]) is None:
        return [past, *rest]
    return [auxiliary, *predicate]


def _is_coupled(words: Sequence[str]) -> bool:
    """Whether a second bare verb goes with the first, so that both need the auxiliary: "help pupils or harm teachers"."""
    return any(word in ("and", "or") and after in VERBS for word, after in pairwise(words))


def _past(verb: str) -> str | None:
    """A verb's past, or None where it is not known. Example: _past("deny") -> "denied"."""
    if verb not in VERBS or verb in _NO_PAST:
        return None
    if verb in PAST:
        return PAST[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    last = verb[-1] if _DOUBLED.fullmatch(verb) else "k" if verb.endswith("c") else ""
    return f"{verb}d" if verb.endswith("e") else f"{verb}{last}ed"


def sentence(words: str) -> str:
    """Words with a capital at their start and a full stop at their end; of no words nothing."""
    return f"{words[0].upper()}{words[1:]}." if words else ""
