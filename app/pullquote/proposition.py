"""Propositions: what a question puts up for debate, as a statement.

Rules over English auxiliaries and a list of verbs. Where the subject of a question cannot be told
from its verb there is no proposition: none is better than a wrong one.
"""

import re
from collections.abc import Sequence

from pullquote.clauses import finite_verb, has_verb, is_plural
from pullquote.lexicon import (
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
    third_person,
)
from pullquote.pleas import plea_of

LONGEST = 300  # characters: a longer question is a story, not a proposition
_LEAD = re.compile(
    r"^(?:(?:and|but|so|well|ok|okay|then|please|now)\b[,\s]*|(?:is it (?:really )?true that|do you (?:think|believe|agree)(?: that)?"
    r"|does (?:the|any) (?:evidence|research) (?:show|suggest|prove) that|is it (?:fair|right) to say that|can one say that"
    r"|do (?:the )?(?:sources|experts|critics) (?:say|argue|believe|think) that"
    r"|do(?:es)? (?-i:[A-Z])[\w.’'-]*(?: (?-i:[A-Z])[\w.’'-]*){0,3} (?:say|argue|claim|believe|think)(?: that)?) )",
    re.IGNORECASE,
)  # fmt: skip
# Why somebody holds something puts forward what they hold, not that they hold it.
_WHY_HELD = re.compile(
    r"^(?:why|how) (?:do|does|did|has|have|would|could|can) (?:(?:[\w.’'-]+ ){1,5}?(?:say|said|think|thought|argue|argued|believe|believed)"
    r"|(?-i:[A-Z])[\w.’'-]*(?: (?-i:[A-Z])[\w.’'-]*){0,4} (?:claim|claimed|insist|maintain|contend|suggest|warn))\b(?: that)?"
    r"(?P<held>.*)$",
    re.IGNORECASE,
)
_ASKING = frozenset({"why", "how", "who", "what", "when", "where", "which", "whose"})
_REASON = re.compile(r"^(?:why|how) (?=[a-z]+)", re.IGNORECASE)
_ALTERNATIVE = re.compile(r",? or (?:not|will|would|is|are|does|do|should|can|could)\b.*$", re.IGNORECASE)
_FURTHER = re.compile(  # "Should farmers be paid, and how much?": what is up for debate is the first; not "ask who pays, and who gains"
    r"(?P<first>(?:(?!\b(?:how|who|what|when|where|why|which|whether)\b).)+?)"
    r"(?:,? and (?:if so,? )?how (?:much|many|long|far|soon)|, and (?:if so,? )?(?:(?:by|to|for|from|at|on) )?(?:how|who|whom|whose|what|when|where|why|which)"
    r"|, and (?:is|are|do|does|did|was|were|will|would|can|could|should) (?:it|they|he|she|we|this|that|these|those))\b.*",
    re.IGNORECASE,
)
_EVER = re.compile(
    r"(?<![\w-])(?<!than )(?<!as )(?<!for )(?<!an )ever (?!(?:more|since|greater|larger|closer|\w+ing)\b)",
    re.IGNORECASE,
)
# No more part of a statement; but "be any longer" and "pay any more" measure.
_MEASURED = "be become cost do earn get give grow have last make need pay spend stay take wait want"
_AT_THE_END = re.compile(
    rf",? (?:yet|at all|{''.join(f'(?<! {verb} )' for verb in _MEASURED.split())}any ?(?:more|longer))$", re.IGNORECASE
)
# "Any" of a question asks whether there is one. It stays where it means whichever one likes, or by how much.
_ANY = re.compile(
    r"(?<![\w-])any(?P<what>one|body|thing|where)?(?![\w-])"
    r"(?! (?:better|cheaper|easier|farther|faster|fewer|further|greater|harder|higher|larger|later|less|longer|lower|more"
    r"|older|safer|slower|smaller|sooner|stronger|way|weaker|worse|younger)\b)",
    re.IGNORECASE,
)
_ASKED_WHETHER = frozenset({"do", "does", "did", "has", "have", "had"})
_THERE = re.compile(r"there (?:is|are|was|were|(?:will|would) be)\b", re.IGNORECASE)
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
_LEADING_TO = {("deal", "with"), ("end", "in"), ("lead", "to"), ("result", "in")}  # these are verbs
_ADJECTIVE = re.compile(r"US|U\.S\.|UK|U\.K\.|EU|UN|[A-Z]\w+(?:ian|ican|ese|ish)")  # of names without "the"
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
_NO_PAST = frozenset({"be", "cost", "cut", "hit", "hurt", "let", "put", "spread"})
_DOUBLED = re.compile(r"(?:[^aeiou]*[aeiou][^aeiouwxy]|admit|compel|control|deter|permit)")  # stop: stopped
_MARKS = ".,;:!? "
_POINTING = frozenset({"i", "you", "he", "she", "it", "they", "this", "that", "these", "those"})
_ENDINGS = ("able", "ible", "ful", "less", "ous", "ive", "ical", "ient", "iant", "ary", "ified", "ted", "ed", "ing")


def proposition_of(text: str) -> str | None:
    """The proposition that a question or statement puts forward, or None where it puts none.

    Example: proposition_of("Should the US strike cartels?") -> "The US should strike cartels."
    """
    words = " ".join(text.split()).lstrip(_MARKS)
    if not words or len(words) > LONGEST:
        return None
    stated = not _asks(words) or (words.endswith(".") and plea_of(words) is None)
    found = words if stated else _put_forward(words)
    return found if found and _says(found) and found[0] not in _MARKS else None


def alike(proposition: str) -> str:
    """What two spellings of one proposition share: words without case, marks at the end and wider white space."""
    return " ".join(proposition.split()).rstrip(".!… ").casefold()


def _says(words: str) -> bool:
    """Whether a text holds a finite verb, or a past that the lists of verbs do not have."""
    pasts = frozenset(PAST.values())
    return has_verb(words) or (words.endswith(".") and any(word.strip(".,") in pasts for word in words.split()[1:]))


def _put_forward(words: str) -> str | None:
    """What a question puts forward, as a sentence."""
    question = _last_question(words).rstrip("?!. ").strip("\"“”'‘’ ")
    question = _AT_THE_END.sub("", _EVER.sub("", _ALTERNATIVE.sub("", question)))
    plain = _LEAD.sub("", question)
    if plea := plea_of(plain):
        return plea.statement
    if plain != question and not _asks(plain):
        return _sentence(_some(plain) if _THERE.match(plain) else plain) if plain else None
    if (why := _WHY_HELD.match(plain)) is not None:
        held = why["held"].strip(_MARKS)
        return _sentence(held) if held and held.split()[0].lower() not in _POINTING else None
    reason = _REASON.match(plain)
    further = _FURTHER.fullmatch(plain, reason.end() if reason else 0)
    plain = plain[: further.end("first")] if further else plain
    tokens = (plain[reason.end() :] if reason else plain).split()
    if not tokens or _opening(tokens[0]) is None:
        return None
    return _inverted(tokens, presupposed=reason is not None)


def statement_of(text: str) -> str | None:
    """What `sides` is asked about: a statement as it stands, with a question mark or without, or a question's proposition."""
    words = " ".join(text.split())
    bare = words.rstrip("?\"”’' ")
    found = proposition_of(words) if _asks(words) else words
    return found or (None if _asks(bare) else bare) or None


def _asks(words: str) -> bool:
    if not words:
        return False
    if words.rstrip("\"”’' ").endswith("?") or plea_of(words) is not None:
        return True
    while words:
        first = words.split(maxsplit=1)[0].lower().strip("\"“”'‘’,")
        if first in _ASKING or _opening(first) is not None:
            return True
        lead = _LEAD.match(words)
        if lead is None:
            return False
        words = words[lead.end() :]
    return True  # what only leads in: "And do you think that"


def _last_question(words: str) -> str:
    """The last sentence that asks. Example: "Cartels kill. Should we fight?" -> "Should we fight?"."""
    asked = re.findall(r"[^.?!]*\?", words)
    return asked[-1].strip() if asked and len(asked[-1].split()) > 1 else words


def _opening(word: str) -> tuple[str, bool] | None:
    """An auxiliary that opens a question, and whether it is negated."""
    plain = word.lower().replace("’", "'")
    if plain in AUXILIARIES:
        return plain, False
    stem = {"can't": "can", "won't": "will"}.get(plain) or plain.removesuffix("n't")
    return (stem, True) if plain.endswith("n't") and stem in AUXILIARIES else None


def _inverted(tokens: Sequence[str], *, presupposed: bool) -> str | None:
    """Subject and verb put back in the order of a statement."""
    opening = _opening(tokens[0])
    if opening is None:
        return None
    auxiliary, negated = opening
    rest = list(tokens[1:])
    negated = negated and presupposed  # "Shouldn't it be legal?" means that it should
    if rest[:1] == ["not"]:
        rest, negated = rest[1:], True
    verbal = auxiliary in MODALS or auxiliary in ("do", "does", "did")
    place = _verb(rest) if verbal else _complement(rest, perfect=auxiliary in ("has", "have", "had"))
    if place is None:
        return None
    subject, predicate = rest[:place], rest[place:]
    if "not" in (subject[-1], predicate[0]):
        subject, predicate, negated = _without_not(subject), _without_not(predicate), True
    if not subject or not predicate or _points_elsewhere(subject, predicate):
        return None
    if negated and subject[0].lower() in _NONE_OF:
        subject, negated = [_NONE_OF[subject[0].lower()], *subject[1:]], False
    stated = " ".join([*subject, *_predicate(auxiliary, subject, predicate, negated, presupposed)])
    return _sentence(_some(stated) if auxiliary in _ASKED_WHETHER or _THERE.match(stated) else stated)


def _some(words: str) -> str:
    """A statement that holds no "any" of a question. Example: _some("there is any proof") -> "there is some proof"."""
    if _WHICHEVER.match(words):
        return words

    def told(any_: re.Match[str]) -> str:
        before = words[: any_.start()]
        stays = _DENIED.search(before) or _PREPOSITION.search(before)
        return any_[0] if stays else f"some{any_['what'] or ''}"

    return _ANY.sub(told, words)


def _points_elsewhere(subject: Sequence[str], predicate: Sequence[str]) -> bool:
    """Whether only what was said before, or who asks, tells what is claimed: "Is it effective?", "Should I go?"."""
    if len(subject) > 1 or subject[0].lower() not in _POINTING:
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
    if auxiliary == "does" or taken:
        return [third_person(verb), *rest]
    past = _past(verb) if auxiliary == "did" else None
    # Where another word could be taken for the verb, "did" shows which one it is.
    if past and finite_verb([*subject, past, *rest]) is None:
        return [past, *rest]
    return [auxiliary, *predicate]


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
    return tokens[place].lower().strip(",") in VERBS and tokens[place - 1].lower() not in BEFORE_NOUN


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
                return place
        elif (
            word in OPENS_COMPLEMENT
            or word in PARTICIPLES
            or ((word in ADJECTIVES or word.endswith(_ENDINGS)) and (not after or after in FOLLOWS_ADJECTIVE))
        ):
            return place
    return _after_known_subject(tokens) if not perfect else None


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
