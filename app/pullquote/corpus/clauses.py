"""Clauses: where the finite verb of an English statement stands, as far as the lists of words know."""

import re
from collections.abc import Sequence

from pullquote.corpus.lexicon import AMBIGUOUS, AUXILIARIES, BEFORE_NOUN, IRREGULAR_THIRD, PARTICIPLES, VERBS

NEGATED = re.compile(r"\b(?:never |cannot|can't|can’t|won't|won’t|(\w+?)n['’]t|(\w+) not)\b", re.IGNORECASE)
_DEPENDS = frozenset(  # after these the first verb is not the statement's own
    ("although", "as", "because", "if", "since", "than", "that", "unless", "what", "when", "where", "which", "while", "who",
     "whom", "whose")
)  # fmt: skip
_PREPOSITION = re.compile(
    r"\s(?:of|in|on|for|to|with|from|against|by|at|over|between|about|without|that|which|who|whose)\s"
)
_NOUNS_IN_LY = frozenset(
    ("ally", "anomaly", "assembly", "belly", "bully", "butterfly", "elderly", "family", "fly", "folly", "italy", "july", "lily",
     "monopoly", "rally", "reply", "sicily", "supply", "tally")
)  # fmt: skip
# Adjectives that say of what kind a thing is, and no adverbs.
_ADJECTIVES_IN_LY = frozenset(
    ("costly", "daily", "deadly", "early", "friendly", "likely", "lonely", "monthly", "only", "orderly", "ugly", "unlikely",
     "weekly", "yearly")
)  # fmt: skip


def has_verb(words: str) -> bool:
    """Whether a text holds a finite verb, as far as the lists know."""
    tokens = [token.strip('.,;:!?"“”') for token in words.split()]
    if any(token.lower() in AUXILIARIES or NEGATED.fullmatch(token) for token in tokens):
        return True
    verb = finite_verb(tokens)
    # Without a full stop a word such as "strikes" is sooner a noun: people type keywords.
    sure = verb is not None and (words.endswith(".") or base_of(tokens[verb].lower()) not in AMBIGUOUS)
    return sure or any(token.lower().endswith("ed") for token in tokens[1:])


def is_main_verb(tokens: Sequence[str], place: int) -> bool:
    """Whether has, have or do stands without another verb: "Tolls have a cost"."""
    if tokens[place].lower() not in ("has", "have", "had", "do", "does", "did"):
        return False
    after = tokens[place + 1].lower().strip(".,") if place + 1 < len(tokens) else ""
    return not (after.endswith("ed") or after in PARTICIPLES or after in VERBS)


def finite_verb(tokens: Sequence[str]) -> int | None:
    """Where a verb in the present stands, after the first word; one that may be a noun only where there is no other."""
    unsure: int | None = None
    for place in range(1, len(tokens)):
        word, before = tokens[place].lower().strip('.,;:!?"“”'), tokens[place - 1].lower().rstrip(",")
        base = base_of(word)
        bare = base == word and word in VERBS and before.endswith("s")
        if before in BEFORE_NOUN or not (bare or (base != word and base in VERBS)):
            continue
        if base not in AMBIGUOUS:
            return place
        unsure = place if unsure is None else unsure
    return unsure


def base_of(word: str) -> str:
    """A verb's bare form, from that with -s."""
    core = word.rstrip('.,;:!?"“”')
    for verb, third in IRREGULAR_THIRD.items():
        if core == third:
            return verb + word[len(core) :]
    for ending, plain in (("ies", "y"), ("es", ""), ("es", "e"), ("s", "")):
        if core.endswith(ending) and core[: -len(ending)] + plain in VERBS:
            return core[: -len(ending)] + plain + word[len(core) :]
    return word


def is_plural(subject: Sequence[str]) -> bool:
    """Whether a subject takes a verb without -s, by its first and its last word before a preposition."""
    if subject[0].lower().endswith("ing") and len(subject[0]) > 4:
        return False
    phrase = _PREPOSITION.split(" ".join(subject))[0]
    head = phrase.split()[-1].strip(",.")
    if head.lower() in ("they", "we", "you", "i", "these", "those", "people", "police", "children"):
        return True
    return " and " in f" {phrase} " or (head.islower() and head.endswith("s") and not head.endswith(("ss", "us", "is")))


def is_adverb(word: str) -> bool:
    """Whether a word is an adverb by its ending. Example: is_adverb("morally") -> True"""
    return word.endswith("ly") and word not in _NOUNS_IN_LY and len(word) > 4


def describes(word: str) -> bool:
    """Whether a word is an adverb that may stand before an adjective: "morally wrong", but not "the elderly"."""
    return is_adverb(word) and word not in _ADJECTIVES_IN_LY


def question_of(statement: str) -> str | None:
    """What a statement answers, or None where its verb cannot be told for sure; its words keep their capitals.

    Example: question_of("the Pact deserves support.") -> "Does the Pact deserve support?"
    """
    tokens = statement.rstrip(".!… ").split()
    verb = finite_verb(tokens)
    auxiliary = next((place for place in range(1, len(tokens)) if _is_auxiliary(tokens, place)), None)
    place = verb if auxiliary is None else auxiliary
    if place is None or any(word.endswith((",", ";", ":")) or word.lower() in _DEPENDS for word in tokens[:place]):
        return None
    if auxiliary is not None:
        before = finite_verb(tokens[:auxiliary])
        if before is not None and base_of(tokens[before].lower()) not in AMBIGUOUS:
            return None
        opening, rest = tokens[auxiliary], tokens[auxiliary + 1 :]
    else:
        base = base_of(tokens[place])
        opening, rest = "do" if base == tokens[place] else "does", [base, *tokens[place + 1 :]]
    return f"{' '.join([opening.capitalize(), *tokens[:place], *rest])}?"


def _is_auxiliary(tokens: Sequence[str], place: int) -> bool:
    denied = tokens[place + 1 : place + 2] == ["not"]
    return tokens[place].lower() in AUXILIARIES and (denied or not is_main_verb(tokens, place))
