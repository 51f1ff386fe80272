"""Predicates: where, in a question, the subject ends and what is said of it starts.

Rules over English auxiliaries and lists of words; None where it cannot be told.
"""

import re
from collections.abc import Sequence

from pullquote.corpus.clauses import describes, is_plural
from pullquote.corpus.lexicon import (
    ADJECTIVES,
    AMBIGUOUS,
    AUXILIARIES,
    BEFORE_NOUN,
    DETERMINERS,
    FOLLOWS_ADJECTIVE,
    MODALS,
    NOUNS,
    OPENS_COMPLEMENT,
    PARTICIPLES,
    SUBJECTS,
    VERBS,
)
from pullquote.index.lexical import STOP_WORDS

_LEADING_TO = {("deal", "with"), ("end", "in"), ("lead", "to"), ("result", "in")}  # these are verbs
_ADJECTIVE = re.compile(r"US|U\.S\.|UK|U\.K\.|EU|UN|[A-Z]\w+(?:ian|ican|ese|ish)")  # of names without "the"
_PEOPLE = frozenset({"children", "men", "people", "police", "women"})
# No plurals, or such as stand before another noun: "gas mains", "sports grounds".
_NO_PLURALS = STOP_WORDS | frozenset(
    ("always", "arms", "bias", "besides", "christmas", "customs", "drugs", "earnings", "gas", "goods", "jobs", "ladies", "lens",
     "means", "nowadays", "parks", "perhaps", "rights", "sales", "savings", "series", "sometimes", "species", "sports", "systems",
     "yes")
)  # fmt: skip
_BARE = re.compile(r"[a-z]+(?:-[a-z]+)?")
_NO_VERB_ENDS = (
    "able", "acy", "ed", "ful", "hood", "ible", "ics", "ing", "ism", "ist", "ity", "less", "ly", "ment", "ness", "ous", "ship", "sion",
    "tion",
)  # fmt: skip
_NO_VERBS = AUXILIARIES | BEFORE_NOUN | OPENS_COMPLEMENT | frozenset(
    ("abroad", "across", "almost", "alone", "along", "among", "anywhere", "around", "away", "behind", "beside", "besides",
     "beyond", "born", "caught", "despite", "down", "elsewhere", "everywhere", "far", "here", "instead", "like", "near", "nearly",
     "now", "online", "outside", "overseas", "per", "perhaps", "previously", "since", "sometimes", "soon", "stolen", "taught",
     "then", "there", "throughout", "today", "together", "tomorrow", "unless", "unlike", "via", "whether", "without", "worldwide")
)  # fmt: skip
_RELATIVE = frozenset({"that", "which", "who"})
_POSSESSIVE = re.compile(r"(?:['’]s|s['’])$")  # "the reform's author": a noun follows
_WITHIN = frozenset({"at", "for", "from", "in", "of", "on", "with"})  # "schools in towns"
_JOINS = frozenset({"or", "nor"})  # "Should parents or schools decide?": neither by itself
_OPENS_CLAUSE = frozenset(
    ("after", "although", "because", "before", "if", "once", "than", "that", "though", "unless", "until", "when", "whenever",
     "where", "whereas", "whether", "while")
)  # fmt: skip
SUBJECT = 3  # words, up to the plural after which any word may be a verb
_BY_HOW_MUCH = frozenset({"almost", "already", "far", "much", "nearly", "quite", "rather", "simply", "way"})
# Said with "enough", beside the adjectives that the lists know.
_DEGREES = frozenset(
    ("big", "brave", "bright", "clear", "clever", "close", "competent", "deep", "early", "fast", "firm", "flexible", "generous", "hard",
     "honest", "independent", "large", "loud", "mature", "old", "quick", "ready", "rich", "robust", "serious", "severe", "short",
     "simple", "small", "smart", "stable", "strict", "stringent", "strong", "tall", "tough", "transparent", "warm", "well", "wide",
     "young")
)  # fmt: skip
_ENDINGS = ("able", "ible", "ful", "less", "ous", "ive", "ical", "ient", "iant", "ary", "ified", "ted", "ed", "ing")


def predicate_place(auxiliary: str, tokens: Sequence[str]) -> int | None:
    """Where what is said of the subject starts, in what follows an auxiliary, or None where it cannot be told."""
    if auxiliary == "ought":
        return next((place for place in range(1, len(tokens) - 1) if tokens[place].lower() == "to"), None)
    if auxiliary in MODALS or auxiliary in ("do", "does", "did"):
        return _main_verb(tokens)
    return _complement(tokens, perfect=auxiliary in ("has", "have", "had"))


def _main_verb(tokens: Sequence[str]) -> int | None:
    """Where the bare verb after a modal stands: before a clause of its own, if there; of a plural any word may be one."""
    if (denied := _after_not(_before_clause(tokens))) is not None:
        return denied
    for clause in (_before_clause(tokens), tokens):
        place = _verb(clause) if clause else None
        if place is None:
            place = _after_plural(clause, tokens)
        if place is not None:
            return place
    return None


def _after_not(clause: Sequence[str]) -> int | None:
    """Where a bare verb stands after the first "not" that follows a subject: no list has to know "cities not cap rents"."""
    place = next((at for at in range(1, len(clause) - 1) if clause[at].lower() == "not"), None)
    if place is None or clause[place - 1].lower() in AUXILIARIES or not _has_form_of_verb(clause[place + 1]):
        return None  # "people who do not vote" have a verb of their own
    return place + 1


def _before_clause(tokens: Sequence[str]) -> Sequence[str]:
    """What stands before a clause with a verb of its own. Example: "cities cap fares until wages rise": "cities cap fares"."""
    ends = (place for place in range(1, len(tokens)) if tokens[place].lower() in _OPENS_CLAUSE)
    return tokens[: next(ends, len(tokens))]


def _after_plural(clause: Sequence[str], tokens: Sequence[str]) -> int | None:
    """Where a word stands that the lists do not know, after a plural of one to three words and before what it is done to.

    Few plurals stand before another noun: what comes after "cities" and has no form of a noun is the verb.
    """
    for place in range(1, min(len(clause), len(tokens) - 1, SUBJECT + 1)):
        word = tokens[place].lower()
        if word in _JOINS:
            return None
        if word not in _WITHIN and _is_plural_noun(tokens[place - 1], tokens[:place]):
            return place if _has_form_of_verb(tokens[place]) else None
    return None


def _is_plural_noun(word: str, subject: Sequence[str]) -> bool:
    if word in _PEOPLE or _POSSESSIVE.search(word):
        return word in _PEOPLE
    return is_plural(subject) and word.endswith("s") and not word.endswith("ics") and word not in _NO_PLURALS


def _has_form_of_verb(word: str) -> bool:
    if not _BARE.fullmatch(word) or word.endswith(_NO_VERB_ENDS) or word in PARTICIPLES:
        return False
    return word not in STOP_WORDS and word not in _NO_VERBS and (word in VERBS or word not in ADJECTIVES)


def _verb(tokens: Sequence[str]) -> int | None:
    """Where the bare verb of "should X do Y" stands, or None where it cannot be told."""
    found = [place for place in range(1, len(tokens)) if _may_be_verb(tokens, place)]
    sure = [place for place in found if tokens[place].lower() in ("be", "have")]
    if sure and not any(_clearly_verb(tokens, place) for place in found if place < sure[0]):
        return sure[0]
    for place in found:
        if place + 1 not in found or _clearly_verb(tokens, place) or _before_noun(tokens, place):
            return place
    return _after_known_subject(tokens)


def _may_be_verb(tokens: Sequence[str], place: int) -> bool:
    before = tokens[place - 1].lower()
    owned = before in BEFORE_NOUN or _POSSESSIVE.search(before) is not None
    return tokens[place].lower().strip(",") in VERBS and not owned and before not in MODALS


def _clearly_verb(tokens: Sequence[str], place: int) -> bool:
    return tokens[place].lower() not in AMBIGUOUS or " ".join(tokens[:place]).lower() in SUBJECTS


def _before_noun(tokens: Sequence[str], place: int) -> bool:
    """Whether of two words in a row that may be verbs the second is the noun; else the first is: "a US strike help"."""
    first, second, *after = (word.lower() for word in tokens[place : place + 3])
    if first == "use" and (second == "force" or is_plural(tokens[:place])):
        return True
    if (second, *after) in _LEADING_TO:
        return False
    if first in NOUNS or second in NOUNS:
        return first not in NOUNS or (second in NOUNS and not after)
    if tokens[0].lower() == "the" and first != "need":  # "the Iran strike help", "the Brexit vote show fraud"
        return False
    return second in AMBIGUOUS and _is_name(tokens[:place]) and not DETERMINERS.intersection(after)


def _is_name(words: Sequence[str]) -> bool:
    """Whether words are a name of one or two words, with "the" or without, that leaves a verb to follow."""
    name = words[1:] if words[0].lower() == "the" else words
    plain = len(words) > len(name) or not _ADJECTIVE.fullmatch(name[-1])
    return 1 <= len(name) <= 2 and all(word[0].isupper() for word in name) and plain


def _after_known_subject(tokens: Sequence[str]) -> int | None:
    for length in (3, 2, 1):
        if " ".join(tokens[:length]).lower() in SUBJECTS and len(tokens) > length:
            return length
    return None


def _complement(tokens: Sequence[str], *, perfect: bool) -> int | None:
    """Where what is said of the subject of "is X Y" or "has X done Y" starts."""
    if tokens[:1] and tokens[0].lower() in ("there", "it"):
        return 1 if len(tokens) > 1 else None
    for place in range(1, len(tokens)):
        word = tokens[place].lower().strip(",")
        after = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
        if tokens[place - 1].lower() in BEFORE_NOUN:
            continue
        if perfect:
            if word.endswith("ed") or word in PARTICIPLES:
                return _with_adverbs(tokens, place)
        elif after == "enough" and _is_said(tokens, place):
            return place
        elif word in DETERMINERS and _may_be_object(tokens, place):
            return None
        elif (
            word in OPENS_COMPLEMENT
            or word in PARTICIPLES
            or ((word in ADJECTIVES or word.endswith(_ENDINGS)) and (not after or after in FOLLOWS_ADJECTIVE))
        ):
            return _with_adverbs(tokens, place)
    return _after_known_subject(tokens) if not perfect else None


def _may_be_object(tokens: Sequence[str], place: int) -> bool:
    """Whether a thing after "that preserves" may be what is preserved, as something else is left to be said."""
    led = not _RELATIVE.isdisjoint(word.lower() for word in tokens[1:place])
    later = tokens[place + 1 :]
    return led and (any(word.lower() in DETERMINERS for word in later) or not ADJECTIVES.isdisjoint(later[-1:]))


def _with_adverbs(tokens: Sequence[str], place: int) -> int:
    """Where what is said starts, with how it is said: "morally wrong", "far too loud", but not "the elderly poor"."""
    while place > 1:
        word, before = tokens[place - 1].lower(), tokens[place - 2].lower()
        if word not in _BY_HOW_MUCH and (not describes(word) or before in BEFORE_NOUN):
            break
        place -= 1
    return place


def _is_said(tokens: Sequence[str], place: int) -> bool:
    """Whether a word before "enough" is said of the subject: "are pupils mature enough", but not "are higher fines enough"."""
    if is_plural([tokens[place]]):
        return False
    return tokens[place].lower() in _DEGREES or is_plural([tokens[place - 1]])
