"""Pleas: questions that ask for arguments, of which thing, and for it or against it."""

import re
from dataclasses import dataclass, replace

from pullquote.corpus.clauses import has_verb, is_plural
from pullquote.corpus.lexicon import AMBIGUOUS, AUXILIARIES, DETERMINERS, VERBS
from pullquote.index.lexical import terms
from pullquote.sides.acts import Act, demanded, meant
from pullquote.sides.demand import wants
from pullquote.sides.negation import denies, negate
from pullquote.sides.relation import SAME, relation
from pullquote.sides.relation.verbs import ENDS

_DESCRIBING = (
    r"(?:(?:best|chief|common|compelling|conservative|good|honest|key|liberal|main|major|more|negative|other|positive|principled"
    r"|progressive|serious|simple|strong|talking|top|one|two|three|four|five|\d+|\w+(?:al|est|ic)),? (?:and )?){0,2}"
)
_COUNTERS = r"objections?|counter-?arguments?|rebuttals?"
LEADS_IN = r"(?:(?:and|but|so|well|ok|okay|then|now),? )?"  # "And who is against it?"
_PLEA = re.compile(
    rf"{LEADS_IN}(?:please,? )?(?P<lead>(?:what|which)(?: (?:is|are|was|were)|[’']s|[’']re) "
    r"|(?:(?:can|could|will|would) you (?:please )?)?(?:explain|find|give|list|make|name|outline|present|provide|quote|show"
    r"|state|steel-?man|summari[sz]e|tell)(?: (?:me|us))? |i(?: would|[’']d)? (?:like|need|want) |(?P<any>(?:is|are) there )(?:any )?)?"
    r"(?:(?:the|an?|any|some|all|your|his|her|their|its|our|my|one|two|three|four|five|\d+|several)(?: of the)? )?"
    rf"(?P<how>(?(lead)(?:[\w-]+,? (?:and )?){{0,2}}?|{_DESCRIBING}))"
    rf"(?P<kind>arguments?|points|case|(?P<weak>reasons?)|(?P<shown>evidence|quot(?:es|ations))|(?P<counter>{_COUNTERS})|(?P<critical>criticisms?)|(?P<reply>responses?)|(?P<both>(?:pros|advantages|benefits|arguments)(?: and| or|,)"
    r" (?:the )?(?:cons|disadvantages|drawbacks|downsides|costs|counter-?arguments))|pros|cons) "
    r"(?P<link>for (?:and|or|&) against|for (?:and|or) not|for why|for|against|in (?:favou?r|support) of|in opposition to"
    r"|of|supporting|opposing|not to|to|why|that) (?P<thing>[^:;]+)(?:[:;].*)?",
    re.IGNORECASE,
)
# Of points and a case another word before it makes another thing: "entry points", "the use case".
_DESCRIBED = re.compile(_DESCRIBING, re.IGNORECASE)
# "What is the case against Lee about?" asks for what was left out at its end.
_OPEN_END = re.compile(r"\b(?:about|against|for|from|like|of|with)$", re.IGNORECASE)
# One of these is in every plea.
_NAMED = re.compile(
    r"argument|point|case|reason|objection|rebuttal|criticism|response|evidence|quot|pros|cons|advantages|benefits",
    re.IGNORECASE,
)
_ASKING = (
    rf"{LEADS_IN}(?:please,? )?(?:(?:(?:can|could|will|would) you|how (?:can|could|do|might|should|would) (?:you|one|we|i))"
    r" (?:please )?|help me (?:to )?)?"
)
_THE_CLAIM = (
    r"(?:(?:the|any|an?) )?(?:argument|assertion|belief|claim|idea|notion|statement|suggestion|thesis|view)s? that "
)
_LINK = r"(?:for|against|in (?:favou?r|support) of)"
_IS_SAID = r"(?:(?:can|could|might) (?:be said|one say|you say)|(?:is (?:there )?|there is )to (?:be said|say)|speaks?)"
# What asks for arguments by its verb, and the same by the noun.
_BY_VERB = [
    (re.compile(form, re.IGNORECASE), noun)
    for form, noun in (
        (rf"{_ASKING}argue (?P<rest>(?:{_LINK}|that) .+)", "arguments"),
        (rf"{_ASKING}argue (?:(?:an?|the|your) )?(?P<rest>(?:[\w-]{{1,40}} )?case {_LINK} .+)", "the"),
        (rf"{_ASKING}(?:convince|persuade) (?:me|us) (?P<rest>that .+)", "arguments"),
        (rf"{_ASKING}(?:convince|persuade) (?:me|us) (?P<rest>(?:not )?to .+)", "reasons"),
        (rf"{_ASKING}(?:counter|rebut|refute) (?P<rest>(?:{_THE_CLAIM}|[\"“]).+)", "objections to"),
        (rf"{_ASKING}(?:steel-?man|(?P<wanted>defend)) (?P<rest>.+)", "arguments for"),
        (rf"{LEADS_IN}what {_IS_SAID} (?P<rest>{_LINK} .+)", "arguments"),
    )
]
_ANY_KIND = rf"(?:arguments?|points|case|reasons?|evidence|quot(?:es|ations)|pros|cons|criticisms?|{_COUNTERS})"
_BEFORE_COLON = re.compile(r"[^:;]+")
_REQUEST = re.compile(
    rf"{_ASKING}(?:(?P<verb>(?:argue|convince|persuade|rebut|refute|steel-?man|summari[sz]e|outline)\b"
    r"|(?:explain|find|give|list|make|name|present|provide|quote|show|state|tell|write) (?:(?:me|us)\b|(?:[\w-]{1,40} ){0,4}"
    rf"{_ANY_KIND}\b))|(?:[\w-]{{1,40}} ){{0,4}}{_ANY_KIND}(?: (?:about|against|for|from|in|of|on|to|that)\b|$))",
    re.IGNORECASE,
)
# "Give us clean water." demands a thing; "Give us something on water." asks to be told.
_TO_US = re.compile(rf"{_ASKING}[\w-]{{1,40}} (?:me|us)\b", re.IGNORECASE)
_GIVE_US = re.compile(
    rf"(?:find|give|make) us (?!(?:all|anything|everything|more|something|the gist|what|your)\b)"
    rf"(?:(?!(?:{_ANY_KIND}|about|of|on)\b)[\w’'-]{{1,40}},? ){{1,3}}",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(r" (?:that|which|who|whom|whose|how|what|whether|where|when|why|if|because) ", re.IGNORECASE)
_SHOWS_THAT = re.compile(rf"\b{_ANY_KIND} (?!against\b)\w{{2,20}}s that\b", re.IGNORECASE)  # "evidence suggests that"
_SHOWN = re.compile(rf"\b(?:evidence|quot(?:es|ations)) (?={_LINK} )", re.IGNORECASE)
_EXTENT = re.compile(
    rf"{LEADS_IN}(?:(?:to what extent|how (?:far|much|strongly)) do you (?:dis)?agree (?:with {_THE_CLAIM}|that )"
    r"|(?:do you not|don['’]?t you) (?:agree|believe|think) that )(?P<rest>.+)",
    re.IGNORECASE,
)
_CLAIM = re.compile(rf"{_THE_CLAIM}(?P<said>.+)|(?P<mark>[\"“'‘])(?P<quoted>.+)", re.IGNORECASE)
_LINKS = {  # those that each kind may have; another makes it no plea: "the case of Ann Lee"
    "argument": "for against in supporting opposing to not that why",
    "point": "for against in",
    "case": "for against in to not that",
    "reason": "for against in to not why that",
    "counter": "to against",
    "critical": "to against of",
    "reply": "to",
    "shown": "for against in supporting opposing that",
    "pro": "of for to",
    "con": "of for to",
}
_COUNTERING = frozenset({"counter", "critical", "reply"})
_QUOTES = " \"“”'‘’.,!"
_CLAUSES = frozenset({"why", "that", "for why"})  # after these a whole statement follows
_AGAINST = re.compile(r"against|in opposition to|opposing|not to", re.IGNORECASE)
_POINTING = frozenset({"it", "that", "this", "these", "those", "them", "him", "her", "me", "us",
                       "the opposition", "the proposition", "the other side", "either side", "both sides"})  # fmt: skip
_NO_VERBS = DETERMINERS | AUXILIARIES | {"both", "her", "him", "me", "more", "most", "no", "one", "them", "us", "you"}
_NOT = re.compile(r"^(?:not|never) ", re.IGNORECASE)
# "Reasons for Ashby to sell the pier" are why it should; a "case for tolls to fund buses" is for tolls.
_WHO_ACTS = re.compile(
    r"(?P<who>(?!an? )[\w’'-]{1,40}(?: [\w’'-]{1,40}){0,5}?) (?P<not>not )?to (?P<act>.+)", re.IGNORECASE
)
_NOT_DOING = re.compile(r"(?:not|never) \w+ing\b", re.IGNORECASE)
_RELATIVE = re.compile(r" (?:that|which|who|whose|where|when|if|because) ", re.IGNORECASE)
# What arguments and evidence do, and no thing that one argues for.
_DONE_BY_ARGUMENTS = frozenset(
    """
    abound abounds accumulates collapse collapses convince convinces exist exists fail fails grows mount mounts outnumber
    outweigh outweighs persuade persuades prevail prevails remain remains seem seems suffice suffices sway vary varies
    """.split()  # noqa: SIM905
)
_BEFORE_BARE = frozenset({"daring", "going", "helping", "letting", "needing"})
# Who asks for those who are against something gets no other side where these speak.
_DISSENT = re.compile(
    r"\b(?:critics?|critici[sz]\w*|detractors?|disagree\w*|dislikes?|drawbacks?|downsides?|object(?:s|ing)? to|objected|objections?"
    r"|oppose[sd]?|(?:are|is|of|people|those|was|were|who) opposing|opposing (?:an?|it|that|the|this)"
    r"|opposition(?= (?:about|against|among|argues?|from|has|in|is|of|says?|thinks?|to|was)\b|\W*$)"
    r"|opponents?|s[ck]eptics?)\b|^who objects\b|\b(?:am|is|are|was|were|be|been|argu\w+|says?|said|speaks?|spoke|stands?|votes?|voted|ha(?:s|ve|d)) against\b|^why (?:not|\w+ not|(?:\w+ ){2,8}not|\w+n['’]t)\b",
    re.IGNORECASE,
)
# "Should parents oppose fares?" asks whether to, and not for those who do; "Does anyone oppose fares?" asks for them.
_WHETHER = re.compile(
    r"(?!(?:can|could|will|would) you |do you know )(?:(?:and|but|so|well|now),? )?(?:(?:should|must|shall|can|could|may|might|will|would|is|are|was|were|do|does|did|has|have)(?:n?['’]t)?)"
    r" (?!there\b|any|some)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Plea:
    """What arguments are asked for: the thing, the statement that it puts up for debate, and whether they are for it.

    `favour` is None where both are asked for; `weak` is a plea that may as well ask for causes: "the reasons for".
    """

    thing: str
    statement: str
    favour: bool | None
    weak: bool


def plea_of(question: str) -> Plea | None:
    """The plea that a question makes, also where it has no verb, or None.

    Example: plea_of("Give me an argument against tolls") -> Plea("tolls", "Tolls are justified.", favour=False, weak=False)
    """
    words = _without_end(question)
    if extent := _EXTENT.fullmatch(words):
        plea = _by_noun(f"arguments that {extent['rest']}", stated=False)
        return plea and replace(plea, favour=None)
    stated = question.rstrip().endswith(".")
    return _by_noun(words, stated=stated) or _by_verb(words, stated=stated)


def _by_verb(words: str, *, stated: bool) -> Plea | None:
    """The plea in "Argue for tolls", "Rebut the claim that tolls hurt", "What can be said for tolls", or None.

    "Defend tolls." with a full stop is a demand.
    """
    for form, noun in _BY_VERB:
        found = form.fullmatch(words)
        if found and not (stated and found.groupdict().get("wanted")):
            return _by_noun(f"{noun} {found['rest']}", stated=False)
    return None


def _by_noun(words: str, *, stated: bool) -> Plea | None:
    """The plea in "arguments for tolls"; of what is `stated` with a full stop only one that is told to be given."""
    found = _PLEA.fullmatch(words) if _NAMED.search(words) else None
    if found is None or not _asks(found, stated=stated):
        return None
    link, thing, kind = found["link"].lower(), found["thing"], _kind(found)
    claim = _CLAIM.fullmatch(thing) if kind in _COUNTERING else None
    if claim:
        return _against_a_claim((claim["said"] or claim["quoted"]).strip(_QUOTES))
    statement = _statement(link, kind, thing) if _may_be_argued(found, kind) else None
    if statement is None:
        return None
    both = found["both"] or " and " in link or " or " in link or "&" in link
    favour = not (_AGAINST.match(link) or kind in _COUNTERING or kind == "con")
    return Plea(thing, statement, None if both else favour, found["weak"] is not None and link != "against")


def _asks(found: re.Match[str], *, stated: bool) -> bool:
    """Whether words such as "arguments for" ask for arguments: its kind has such a link, and nothing was left out."""
    kind = _kind(found)
    if (found["lead"] is None and stated) or (found["any"] and found["weak"]) or _OPEN_END.search(found["thing"]):
        return False
    if not found["both"] and found["link"].lower().split()[0] not in _LINKS[kind].split():
        return False
    return kind not in ("point", "case") or _DESCRIBED.fullmatch(found["how"]) is not None


def _may_be_argued(found: re.Match[str], kind: str) -> bool:
    """Whether a thing is one that arguments are for or against; not "the response to the flood", "evidence against Lee"."""
    link, thing = found["link"].lower(), found["thing"]
    clause = link in _CLAUSES
    shown = kind == "shown" and (found["any"] or not (clause or thing.split()[0].lower().endswith("ing")))
    if kind == "reply" or shown or thing.lower() in _POINTING:
        return False
    return found["lead"] is not None or clause or not _claims(thing)


def _kind(found: re.Match[str]) -> str:
    """The kind of what is asked for, as the links know it."""
    named = next((name for name in ("critical", "reply", "counter", "shown") if found[name]), None)
    return named or found["kind"].lower().rstrip("s")


def _against_a_claim(claim: str) -> Plea | None:
    """The plea for what speaks against a claim: "objections to the claim that tolls hurt"."""
    statement = _statement("that", "argument", claim)
    return Plea(claim, statement, favour=False, weak=False) if statement else None


def asks_for_words(text: str) -> bool:
    """Whether a text that is no plea still asks to be told something, and so states nothing: "Rebut Lee", "points for us"."""
    part = _BEFORE_COLON.match(text.strip())
    found = _REQUEST.match(part[0]) if part else None
    if part is None or found is None:
        return False
    closed = text.rstrip().endswith(".")
    if found["verb"] is None:
        return not (closed or has_verb(part[0]))
    return not (closed and _states(part[0]))


def _states(sentence: str) -> bool:
    """Whether a sentence that opens as a request does states something: "Name calling is no argument for tolls."."""
    if _TO_US.match(sentence):
        return _GIVE_US.match(sentence) is not None
    return has_verb(_SUBORDINATE.split(sentence.rstrip("."), maxsplit=1)[0]) or _SHOWS_THAT.search(sentence) is not None


def as_arguments(text: str) -> str:
    """A request for what is shown, as one for arguments: "quotes against a ban" are asked for like "arguments against a ban".

    Of evidence that holds only where what it is for is up for debate: "the evidence against Lee" argues nothing.
    """
    return _SHOWN.sub("arguments ", text, count=1)


def _without_end(question: str) -> str:
    """A question without the marks at its end and a last "please"; no regex, as one of three runs costs the cube."""
    words = question.rstrip(' \t\n.?!"”’')
    return (words[: -len(" please")] if words.lower().endswith(" please") else words).rstrip(" \t\n.?!,")


def _claims(thing: str) -> bool:
    """Whether a question that has no verb before the thing has one in it, and so is a statement: "tolls is weak"."""
    words = _RELATIVE.split(thing)[0].split()
    doing = words[0].lower().endswith("ing")
    if not AUXILIARIES.isdisjoint(words) or (not doing and has_verb(" ".join(words))):
        return True
    second = (
        words[1].lower() if len(words) > 1 and doing else ""
    )  # "fracking convince nobody", but not "helping save fish"
    sure = second in _DONE_BY_ARGUMENTS or second in VERBS - AMBIGUOUS
    return sure and words[0].lower() not in _BEFORE_BARE


def _statement(link: str, kind: str, thing: str) -> str | None:
    """What is up for debate where arguments for a thing are asked for, as a sentence."""
    if link in _CLAUSES:
        return f"{thing[0].upper()}{thing[1:]}." if has_verb(f"{thing}.") else None
    first = thing.split(maxsplit=1)[0].lower()
    if link in ("to", "not to") and kind not in (*_COUNTERING, "pro", "con"):
        return f"It is right to {thing}." if first in VERBS or (kind == "reason" and _may_be_done(thing)) else None
    if link == "for" and (act := _WHO_ACTS.fullmatch(thing)) and _is_acting(act, kind):
        who = act["who"][0].upper() + act["who"][1:]
        return f"{who} should {'not ' if act['not'] else ''}{act['act']}."
    plural = is_plural(thing.split()) and not _NOT_DOING.match(thing)
    return f"{thing[0].upper()}{thing[1:]} {'are' if plural else 'is'} justified."


def _is_acting(found: re.Match[str], kind: str) -> bool:
    """Whether it is somebody that acts: not "the shift to remote work", and "tolls to fund buses" only after "reasons for"."""
    named = not any(word[0].islower() for word in found["who"].removeprefix("the ").split())
    first, _, rest = found["act"].partition(" ")
    known = first in VERBS and not rest.startswith("of ")
    return (named and (known or _may_be_done(found["act"]))) or (kind == "reason" and known)


def _may_be_done(thing: str) -> bool:
    """Whether what follows "reasons to" may be a verb with a thing, which no list knows: "hunt wolves"; not "the contrary"."""
    first, _, rest = thing.partition(" ")
    return bool(rest) and first.islower() and first.isalpha() and first not in _NO_VERBS and not first.endswith("ing")


def asks_for_dissent(question: str) -> bool:
    """Whether a question is for those who are against something, or for what speaks against it."""
    plea = plea_of(question)
    if plea is not None and plea.favour is False:
        return True
    return _DISSENT.search(question) is not None and _WHETHER.match(question) is None


def favours(plea: Plea, proposition: str) -> bool | None:
    """Whether the arguments asked for are for a proposition, or None where that cannot be told or both are asked for.

    Example: favours(plea_of("arguments for a phone ban"), "Schools should allow phones.") -> False
    """
    if plea.favour is None or proposition == plea.statement:
        return plea.favour
    if same := relation(plea.statement, proposition):
        return plea.favour ^ (same < 0)
    plain = negate(proposition) if denies(proposition) else proposition
    done = demanded(plain)
    if done and any(act.is_of(done) for act in _acts(plea)):
        return plea.favour ^ _undoes(plea) ^ denies(proposition)
    return _of_its_thing(plea, proposition, plain)


def _acts(plea: Plea) -> tuple[Act, ...]:
    """What who argues for a thing may want done, as far as its verb or noun names it; without a "not"."""
    stated = f"We should {plea.thing}." if plea.statement.startswith("It is right to ") else plea.statement
    act = demanded(negate(stated) if denies(stated) else stated)
    return (act,) if act else meant(_NOT.sub("", plea.thing, count=1))


def _undoes(plea: Plea) -> bool:
    """Whether the thing is that something is not done."""
    return _NOT.match(plea.thing) is not None or (" should " in plea.statement and denies(plea.statement))


def _of_its_thing(plea: Plea, proposition: str, plain: str) -> bool | None:
    """The same by what is to be done to the thing, for it or against it, as the lists of verbs know."""
    act = f"We should {_demanded(plea)}"
    asked, named = wants(act), wants(plain)
    if plea.favour is None or asked is None or named is None:
        return None
    own = set(terms(asked.thing))
    if not own or len(own & set(terms(proposition))) < (1.0 if plea.weak else SAME) * len(own):
        return None
    # Who does it, or where: "arguments for schools", that should ban phones; or something of it: "school fees".
    heads = [stem for stem in terms(asked.itself) if stem not in ENDS]  # of a phone ban, the phones
    if not set(heads[-1:]) & set(terms(named.itself)):
        return None
    return plea.favour ^ (asked.wanted ^ named.wanted) ^ denies(proposition)


def _demanded(plea: Plea) -> str:
    """What who argues for a thing would have done. Example: of "banning phones", "ban phones"; of "tolls", "have tolls"."""
    first, _, rest = plea.thing.partition(" ")
    if plea.statement.startswith("It is right to "):
        return plea.thing
    stem = first.lower().removesuffix("ing")
    base = (
        next((verb for verb in (stem, f"{stem}e", stem[:-1]) if verb in VERBS), None) if stem != first.lower() else None
    )
    return f"{base} {rest}" if base and rest else f"have {plea.thing}"
