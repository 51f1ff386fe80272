"""Propositions: what a question puts up for debate, as a statement.

Where that cannot be told for sure there is no proposition: none is better than a wrong one.
"""

import re
from collections.abc import Sequence

from pullquote.corpus.clauses import base_of, has_verb, is_plural
from pullquote.corpus.lexicon import DETERMINERS, PARTICIPLES, VERBS
from pullquote.sides.alternative import first_half
from pullquote.sides.inversion import PAST, POINTING, THERE, is_past, only_how, opening, sentence, some, statement_in
from pullquote.sides.motion import LONGEST, plainly, put_up
from pullquote.sides.pleas import plea_of

_LEAD = re.compile(
    r"^(?:(?:and|but|so|well|ok|okay|then|please|now)\b[,\s]*|(?:is it (?:really )?true that|(?:(?:to what extent|how far) )?do you (?:think|believe|agree)(?: that)?"
    r"|does (?:the|any) (?:evidence|research) (?:show|suggest|prove) that|is it (?:fair|right) to say that|can one say that"
    r"|do (?:the )?(?:sources|experts|critics) (?:say|argue|believe|think) that"
    r"|do(?:es)? (?-i:[A-Z])[\w.’'-]*(?: (?-i:[A-Z])[\w.’'-]*){0,3} (?:say|argue|claim|believe|think)(?: that)?)(?: |$))",
    re.IGNORECASE,
)  # fmt: skip
# "Tell me why phones are bad" asks for reasons; "tell me how many" and "explain how to" put up nothing.
_TELL = (
    r"(?:(?:and|but|so|well|ok|okay|now|then|please),? ){0,3}(?:(?:can|could|will|would) (?:you|someone|anyone) (?:please )?)?"
    r"(?:explain|give|show|tell)(?: to)?(?: me| us)?,? "
)
_TELLING = re.compile(rf"{_TELL}(?:how|if|what|when|where|whether|which|who|whom|whose|why)\b", re.IGNORECASE)
_TOLD = re.compile(
    rf"{_TELL}(?:(?P<reason>why|how)|whether|if) (?!(?:many|much|long|often|far|soon|old|big|to|not)\b)(?P<told>.+)",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"(?:(?:(?:personally|honestly|frankly|well|but|so|and),? ){0,2}(?:i|we) (?:(?:do|really|still|strongly|firmly|personally|honestly|just) ){0,2}"
    r"(?:think|believe|feel|reckon)(?:(?: (?:most|quite|rather|so|very))? \w{2,20}ly that| that)?|in (?:my|our) (?:opinion|view),?) "
    r"(?!(?:about|for|in|it|like|not|of|otherwise|so|that|the same|they|this)\b)(?P<held>\S.*)",
    re.IGNORECASE,
)
# Nobody is asked why they want a thing: what is doubted is that it is right. Why people should do it is a claim of its own.
_WHY_ANYONE = re.compile(
    r"why (?:would|should(?= (?:any (?:\w+ )?person|\w+) (?:be against|oppose|support)\b)) (?:(?:any|some)(?:one|body)|any (?P<kind>\w+ )?person) "
    r"(?:(?:actually|even|possibly|really|still|want to|wish to) ){0,2}"
    r"(?:(?P<against>(?:be )?(?:against|opposed to)|condemn|criticise|criticize|dislike|fear|fight|object to|oppose|reject|resist)"
    r"|(?P<favour>advocate|back|defend|endorse|favor|favour|(?:be )?(?:for|in favou?r of)|support)|(?P<act>\w+))(?: (?P<thing>.+))?",
    re.IGNORECASE,
)
_BEFALLS = frozenset(
    {"be", "become", "die", "fail", "fall", "have", "know", "lose", "need", "suffer"}
)  # nobody chooses to
# After these an auxiliary goes before its subject in a statement too: "nor can he".
_TURNS = frozenset(
    ("and", "as", "hardly", "little", "neither", "never", "nor", "not", "only", "rarely", "seldom", "so", "than")
)
_BEFORE_NO = frozenset({"at", "by", "in", "on", "under"})
FRONTED = 4  # words, from the "no" that begins a clause to its auxiliary: "under no such rule may he"
_WHO = frozenset({"he", "i", "it", "she", "they", "we", "you"})
_ONE, _MORE = frozenset({"he", "it", "she"}), frozenset({"they", "we", "you"})
_AGREES = {
    "is": _ONE,
    "does": _ONE,
    "has": _ONE,
    "was": _ONE | {"i"},
    "are": _MORE,
    "were": _MORE,
    "do": _MORE | {"i"},
    "have": _MORE | {"i"},
}
_BE = frozenset({"is", "are", "was", "were"})
_SAID_OF_IT = frozenset({"close", "live", "lower", "open", "secure", "slow"})  # verbs that are adjectives too
# Why somebody holds something puts forward what they hold, not that they hold it.
_WHY_HELD = re.compile(
    r"^(?:why|how) (?:do|does|did|has|have|would|could|can) (?:(?:[\w.’'-]+ ){1,5}?(?:say|said|think|thought|argue|argued|believe|believed)"
    r"|(?-i:[A-Z])[\w.’'-]*(?: (?-i:[A-Z])[\w.’'-]*){0,4} (?:claim|claimed|insist|maintain|contend|suggest|warn)"
    r"|(?:any|some)(?:one|body) (?:claim|insist|maintain|contend|suggest|warn)(?= that ))\b(?: that)?"
    r"(?P<held>.*)$",
    re.IGNORECASE,
)
_ASKING = frozenset({"why", "how", "who", "what", "when", "where", "which", "whose"})
_REASON = re.compile(r"^(?:why|how) (?=[a-z]+)", re.IGNORECASE)
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
_ASKED = re.compile(r"[.!?]$|^(?:how|why)$", re.IGNORECASE)
_MARKS = ".,;:!? "


def proposition_of(text: str) -> str | None:
    """The proposition that a question or statement puts forward, or None where it puts none.

    Example: proposition_of("Should the US strike cartels?") -> "The US should strike cartels."
    """
    words = " ".join(text.split()).lstrip(_MARKS)
    if not words or len(words) > LONGEST:
        return None
    words = plainly(words)
    stated = not _asks(words) or (words.endswith(".") and plea_of(words) is None and not _TELLING.match(words))
    found = plainly(_held(words) or "") if stated else plainly(_put_forward(words) or "")
    return found if found and _says(found) and found[0] not in _MARKS and not _turns_to_ask(found, words) else None


def alike(proposition: str) -> str:
    """What two spellings of one proposition share: words without case, marks at the end, wider white space or a motion's form."""
    return plainly(" ".join(proposition.split())).rstrip(".!… ").casefold()


def _held(words: str) -> str | None:
    """A statement without "I think that" and its like."""
    held = words
    while found := _HELD.fullmatch(held):
        held = found["held"]
    if held == words:
        return words
    held = held.strip(_MARKS)
    return None if not held or _asks(held) or opening(held.split()[0]) or _leads_on(held) else sentence(held)


def _leads_on(held: str) -> bool:
    """Whether a first part tells how it is held, and no thing that "that" could belong to: "sure that tolls work"."""
    tokens = held.split()
    words = [word.lower().strip(_MARKS) for word in tokens]
    that = words.index("that") if "that" in words[:-1] else 0
    before, after = words[:that], words[that + 1 : that + 2]
    if not that or tokens[0][0].isupper() or words[0] in DETERMINERS or is_plural(before) or _is_verb(*after):
        return False
    return not any(is_past(word) or _is_verb(word) for word in before)


def _is_verb(word: str) -> bool:
    return opening(word) is not None or base_of(word) in VERBS


def _turns_to_ask(words: str, typed: str) -> bool:
    """Whether a question follows a statement without a mark between them: "my son is ill can he stay"; or leads it in.

    After a mark or a "how" it may end with a full stop; else who ends with a full stop states something.
    """
    tokens = words.split()
    closed = typed.rstrip("\"“”'‘’ ").endswith(".")
    asks = any(
        (not closed or _ASKED.search(tokens[place - 1])) and _asks_at(tokens, place)
        for place in range(2, len(tokens) - 1)
    )
    return asks or _TELLING.match(words) is not None or _HELD.fullmatch(words) is not None


def _asks_at(tokens: Sequence[str], place: int) -> bool:
    """Whether an auxiliary and its subject open a question there, and are not the end of one clause and a next one."""
    before = [word.lower().strip(_MARKS) for word in tokens[max(0, place - FRONTED) : place]]
    who, *after = (word.lower().strip(_MARKS) for word in tokens[place + 1 : place + 3])
    opened = opening(tokens[place])
    if opened is None or who not in _WHO or before[-1] in _TURNS or _is_fronted(before):
        return False
    return who in _AGREES.get(opened[0], _WHO) and not (after and _is_finite(after[0], opened[0]))


def _is_fronted(before: Sequence[str]) -> bool:
    """Whether words that deny begin the clause: "at no time do they ask", "nowhere else can he go"."""
    return any(
        word == "nowhere" or (word == "no" and (place == 0 or before[place - 1] in _BEFORE_NO))
        for place, word in enumerate(before)
    )


def _is_finite(word: str, auxiliary: str) -> bool:
    """Whether a word after auxiliary and subject is a verb of its own: "the thing is it costs too much"."""
    if opening(word):
        return word not in ("do", "have", auxiliary)
    bare = auxiliary in _BE and word in VERBS and word not in PARTICIPLES | _SAID_OF_IT
    return bare or base_of(word) != word


def _says(words: str) -> bool:
    """Whether a text holds a finite verb, or a past that the lists of verbs do not have."""
    pasts = frozenset(PAST.values())
    return has_verb(words) or (words.endswith(".") and any(word.strip(".,") in pasts for word in words.split()[1:]))


def _put_forward(words: str) -> str | None:
    """What a question puts forward, as a sentence."""
    question = _last_question(words).rstrip("?!. ").strip("\"“”'‘’ ")
    question = _AT_THE_END.sub("", _EVER.sub("", first_half(question)))
    plain = _LEAD.sub("", question)
    if plea := plea_of(plain):
        return put_up(plea.statement)
    for form, stated in ((_TOLD, _told), (_WHY_HELD, _why_held), (_WHY_ANYONE, _right)):
        if (found := form.fullmatch(plain)) is not None:
            return stated(found)
    if plain != question and not _asks(plain):
        return sentence(some(plain) if THERE.match(plain) else plain) if plain else None
    return _of_question(plain)


def _of_question(plain: str) -> str | None:
    """What a question without what leads in puts forward, by its auxiliary."""
    reason = _REASON.match(plain)
    further = _FURTHER.fullmatch(plain, reason.end() if reason else 0)
    plain = plain[: further.end("first")] if further else plain
    tokens = (plain[reason.end() :] if reason else plain).split()
    if not tokens or opening(tokens[0]) is None:
        return None
    if plain.lower().startswith("how ") and only_how(" ".join(tokens)):
        return None
    return statement_in(tokens, presupposed=reason is not None)


def _why_held(found: re.Match[str]) -> str | None:
    held = found["held"].strip(_MARKS)
    return sentence(held) if held and held.split()[0].lower() not in POINTING else None


def _told(found: re.Match[str]) -> str | None:
    """What who is to tell why, how or whether something holds puts up: that it holds."""
    told, reason = found["told"].strip(_MARKS), (found["reason"] or "").lower()
    if not told or (reason == "how" and only_how(told)):
        return None
    if opening(told.split()[0]):
        return _put_forward(f"{reason} {told}".strip())
    return None if _asks(told) or told.split()[0].lower() in POINTING else sentence(told)


def _right(found: re.Match[str]) -> str | None:
    """What is up for debate where it is asked why anyone would do a thing, or be for it or against it."""
    kind, act = "against" if found["against"] else "for", (found["act"] or "").lower()
    if act in _BEFALLS:
        return _of_question(found[0]) if found["kind"] else None
    plea = plea_of(f"what is the {f'case to {act}' if act else f'arguments {kind}'} {found['thing'] or ''}")
    return plea.statement if plea else None


def statement_of(text: str) -> str | None:
    """What `sides` is asked about: a statement as it stands, with a question mark or without, or a question's proposition."""
    words = plainly(" ".join(text.split()))
    bare = words.rstrip("?\"”’' ")
    found = proposition_of(words) if _asks(words) or _HELD.fullmatch(words) else words
    return found or (None if _asks(bare) else bare) or None


def _asks(words: str) -> bool:
    if not words:
        return False
    if words.rstrip("\"”’' ").endswith("?") or plea_of(words) is not None or _TELLING.match(words):
        return True
    while words:
        first = words.split(maxsplit=1)[0].lower().strip("\"“”'‘’,")
        if first in _ASKING or opening(first) is not None:
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
