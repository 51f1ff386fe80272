"""Verbs that are for a thing or against it, and their forms."""

import re
from collections.abc import Iterable

from pullquote.corpus import lexicon
from pullquote.corpus.lexicon import third_person
from pullquote.index.lexical import terms

FOR = """
accept|adopt|advance|allow|approve|authorise|authorize|back|bring back|broaden|build|champion|continue|create
|decriminalise|decriminalize|defend|deploy|develop|embrace|encourage|endorse|enforce|establish|expand|extend|favor|favour
|fight for|finance|fund|have|implement|improve|increase|install|institute|introduce|invest in|keep|launch|legalise
|legalize|maintain|mandate|normalise|normalize|pass|permit|preserve|promote|protect|provide|pursue|raise|ratify|recognise
|recognize|reinstate|reintroduce|require|respect|restore|retain|save|set up|sponsor|strengthen|subsidise|subsidize
|support|sustain|tolerate|unleash|uphold|use|welcome
"""
AGAINST = """
abandon|abolish|avoid|axe|ban|block|cancel|cease|censor|clamp down on|close|combat|condemn|crack down on|criminalise
|criminalize|curb|cut|decommission|defund|disband|discard|discontinue|discourage|dismantle|dissolve|ditch|do away with
|drop|eliminate|end|eradicate|fight|forbid|freeze|get rid of|halt|leave|lift|limit|minimise|minimize|oppose|outlaw
|overturn|phase out|prohibit|pull out of|quit|reduce|refuse|reject|remove|renounce|repeal|rescind|resist|restrict|reverse
|revoke|roll back|scale back|scrap|shut down|slash|stop|suspend|tear down|terminate|undo|veto|weaken|wind down
|withdraw from|withdraw
"""
PARTICIPLES = {
    "ban": "banned", "bring": "brought", "build": "built", "cancel": "cancelled", "cut": "cut", "do": "done",
    "drop": "dropped", "fight": "fought", "forbid": "forbidden", "freeze": "frozen", "get": "got", "have": "had",
    "keep": "kept", "leave": "left", "permit": "permitted", "quit": "quit", "scrap": "scrapped", "set": "set",
    "shut": "shut", "stop": "stopped", "tear": "torn", "undo": "undone", "uphold": "upheld", "wind": "wound",
    "withdraw": "withdrawn",
}  # fmt: skip


def listed(words: str) -> list[str]:
    """The verbs of one of the lists above."""
    return words.replace("\n", "").split("|")


def done(verb: str) -> str:
    """A verb's past participle. Example: done("phase out") -> "phased out"."""
    first, space, rest = verb.partition(" ")
    short = first.endswith("y") and first[-2] not in "aeiou"
    regular = f"{first[:-1]}ied" if short else f"{first}d" if first.endswith("e") else f"{first}ed"
    return PARTICIPLES.get(first, regular) + space + rest


WANTED = {verb: wanted for words, wanted in ((FOR, True), (AGAINST, False)) for verb in listed(words)}

# What makes more of a thing or less of it: who is against that need not be against the thing, or for it.
_MEASURES = """
advance|broaden|censor|close|combat|condemn|curb|cut|defund|deploy|develop|discourage|encourage|enforce|expand|extend
|favor|favour|fight|finance|freeze|fund|have|improve|increase|leave|limit|mandate|minimise|minimize|normalise|normalize
|promote|protect|provide|pursue|raise|reduce|require|respect|restrict|save|slash|sponsor|strengthen|subsidise|subsidize
|suspend|use|weaken
"""
# Whoever lifts wages raises them: only what holds something down is ended by being lifted, or by the like.
_OF_RESTRAINTS = "lift reverse"
_RESTRAINTS = """
ban blockade boycott cap ceiling control curfew embargo freeze limit limitation lockdown moratorium prohibition quota
restriction sanction
"""
_ENABLING = "accept allow approve authorise authorize decriminalise decriminalize legalise legalize permit recognise recognize tolerate"
_IRREGULAR = {
    "brought": "bring", "built": "build", "dealt": "deal", "fought": "fight", "forbidden": "forbid", "frozen": "freeze",
    "given": "give", "held": "hold", "kept": "keep", "left": "leave", "made": "make", "paid": "pay", "sent": "send",
    "shot": "shoot", "sold": "sell", "spent": "spend", "struck": "strike", "taken": "take", "taught": "teach",
    "torn": "tear", "undone": "undo", "upheld": "uphold", "withdrawn": "withdraw",
    "withheld": "withhold", "written": "write",
}  # fmt: skip
# Several words that say what one does, in each of their forms.
_PHRASES = {
    "abolish": ("do|does|done|doing away with", "get|gets|got|getting rid of", "phase|phases|phased|phasing out",
                "roll|rolls|rolled|rolling back", "shut|shuts|shut|shutting down", "tear|tears|torn|tearing down",
                "pull|pulls|pulled|pulling out of"),
    "curb": ("clamp|clamps|clamped|clamping down on", "crack|cracks|cracked|cracking down on",
             "scale|scales|scaled|scaling back", "wind|winds|wound|winding down"),
    "reject": ("vote|votes|voted|voting down",),
    "restore": ("bring|brings|brought|bringing back",),
    "establish": ("set|sets|set|setting up",),
    "support": ("fight|fights|fought|fighting for", "vote|votes|voted|voting for"),
}  # fmt: skip


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(terms(" ".join(words)))


def _simple(words: str) -> set[str]:
    return {verb for verb in listed(words) if " " not in verb}


_FORMS = {stem: terms(base)[0] for word, base in _IRREGULAR.items() for stem in terms(word)}
MEASURES = _stems(listed(_MEASURES))
ENDING = _stems(
    (_simple(AGAINST) - set(listed(_MEASURES)))
    | set("abolition elimination prohibition removal prevent refrain unfair withdrawal wrong".split())  # noqa: SIM905
)
LESSENING = _stems(_simple(AGAINST) & set(listed(_MEASURES)))
# Of these also the noun says so: a ban is against what is banned, but a tower block blocks nothing.
ENDS = _stems(
    """
    ban abolish abolition stop end cease halt repeal removal scrap oppose reject refuse prohibit prohibition avoid refrain
    withdraw withdrawal elimination wrong unfair
    """.split()  # noqa: SIM905
)
KEEPING = _stems((_simple(FOR) - set(listed(_MEASURES))) | {"fair", "impose", "right"})
ENABLING = _stems(_ENABLING.split())
OF_RESTRAINTS, RESTRAINTS = _stems(_OF_RESTRAINTS.split()), _stems(_RESTRAINTS.split())
_EMPTY = _stems(("true", "against", "somebody", "someone", "something", "some"))  # of a denial's positive form
# "Forbid cities to charge tolls", "prevent them from charging tolls": that they charge them is what is not wanted.
PREVENTING = _stems("ban bar block forbid keep prevent prohibit stop".split())  # noqa: SIM905
PREVENT, KEEP, BAR = terms("prevent")[0], terms("keep")[0], terms("bar")[0]
CHARGING, SUMS = _stems(("charge", "levy")), _stems("charge duty fare fee interest levy rent tariff tax toll".split())  # noqa: SIM905


def _in_one_word() -> dict[str, str]:
    one: dict[str, str] = {}
    for verb, phrases in _PHRASES.items():
        core = verb.removesuffix("e")
        forms = verb, third_person(verb), f"{core}ed", f"{core}ing"
        for phrase in phrases:
            first, rest = phrase.split(" ", 1)
            one |= {f"{word} {rest}": form for word, form in zip(first.split("|"), forms, strict=True)}
    return one


_ONE_WORD = _in_one_word()
# Who keeps somebody out of a place bars them from it; to keep out of it oneself is another thing.
_BARRING = {"keep": "bar", "keeps": "bars", "keeping": "barring", "kept": "barred"}
_OUT_OF = re.compile(
    r"\b(?P<verb>kept|keep(?:s|ing)?(?! out of))(?P<who>(?: (?!(?:and|but|from|or|that|to|who) )[\w’'-]{1,40}){0,5}?) out of\b"
    r"(?! (?:control|danger|date|debt|hand|harm|line|mind|order|place|reach|sight|step|touch|trouble|use|view|work)\b)",
    re.IGNORECASE | re.ASCII,
)
_SEVERAL = re.compile(rf"\b(?:{'|'.join(sorted(_ONE_WORD, key=len, reverse=True))})\b", re.IGNORECASE | re.ASCII)


def in_one_word(words: str) -> str:
    """A text with one verb where several words are one. Example: in_one_word("Do away with tolls") -> "abolish tolls"."""
    words = _OUT_OF.sub(lambda found: f"{_BARRING[found['verb'].lower()]}{found['who']} from", words)
    return _SEVERAL.sub(lambda found: _ONE_WORD[found.group().lower()], words)


def stems_of(words: str) -> tuple[str, ...]:
    """The stems of a text in order, "sent" being one with "send"."""
    return tuple(_FORMS.get(stem, stem) for stem in terms(words) if stem not in _EMPTY)


def is_participle(word: str) -> bool:
    """Whether after "be" a word says what is done to somebody."""
    return word.endswith("ed") or word in _PARTICIPLES


_PARTICIPLES = (
    frozenset("bought caught cast cost drawn eaten fed grown heard hidden known let lost read rid set spread stolen worn".split())  # noqa: SIM905
    | lexicon.PARTICIPLES | frozenset(PARTICIPLES.values()) | _IRREGULAR.keys()
)  # fmt: skip
