"""Demands: what a proposition says should be done, to what, and whether that is for the thing or against it."""

import re
from dataclasses import dataclass

from pullquote.clauses import is_plural

_FOR = """
accept|adopt|advance|allow|approve|authorise|authorize|back|bring back|broaden|build|champion|continue|create
|decriminalise|decriminalize|defend|deploy|develop|embrace|encourage|endorse|enforce|establish|expand|extend|favor|favour
|fight for|finance|fund|have|implement|improve|increase|install|institute|introduce|invest in|keep|launch|legalise
|legalize|maintain|mandate|normalise|normalize|pass|permit|preserve|promote|protect|provide|pursue|raise|ratify|recognise
|recognize|reinstate|reintroduce|require|respect|restore|retain|save|set up|sponsor|strengthen|subsidise|subsidize
|support|sustain|tolerate|unleash|uphold|use|welcome
"""
_AGAINST = """
abandon|abolish|avoid|axe|ban|block|cancel|cease|censor|clamp down on|close|combat|condemn|crack down on|criminalise
|criminalize|curb|cut|decommission|defund|disband|discard|discontinue|discourage|dismantle|dissolve|ditch|do away with
|drop|eliminate|end|eradicate|fight|forbid|freeze|get rid of|halt|leave|lift|limit|minimise|minimize|oppose|outlaw
|overturn|phase out|prohibit|pull out of|quit|reduce|refuse|reject|remove|renounce|repeal|rescind|resist|restrict|reverse
|revoke|roll back|scale back|scrap|shut down|slash|stop|suspend|tear down|terminate|undo|veto|weaken|wind down
|withdraw from|withdraw
"""
_STATES = {
    "legal": True, "lawful": True, "mandatory": True, "compulsory": True, "obligatory": True, "universal": True,
    "illegal": False, "unlawful": False, "a crime": False, "a criminal offence": False, "a criminal offense": False,
}  # fmt: skip
_PARTICIPLES = {
    "bring": "brought", "build": "built", "cut": "cut", "do": "done", "fight": "fought", "forbid": "forbidden",
    "freeze": "frozen", "get": "got", "keep": "kept", "leave": "left", "quit": "quit", "set": "set", "shut": "shut",
    "tear": "torn", "undo": "undone", "uphold": "upheld", "wind": "wound", "withdraw": "withdrawn", "ban": "banned",
    "drop": "dropped", "permit": "permitted", "scrap": "scrapped", "stop": "stopped",
}  # fmt: skip


def _verbs(words: str) -> list[str]:
    return words.replace("\n", "").split("|")


def _done(verb: str) -> str:
    """A verb's past participle. Example: _done("phase out") -> "phased out"."""
    first, space, rest = verb.partition(" ")
    regular = f"{first[:-1]}ied" if first.endswith("y") else f"{first}d" if first.endswith("e") else f"{first}ed"
    return _PARTICIPLES.get(first, regular) + space + rest


_WANTED = {verb: wanted for words, wanted in ((_FOR, True), (_AGAINST, False)) for verb in _verbs(words)}
_BEING = {_done(verb): wanted for verb, wanted in _WANTED.items()} | _STATES
_OUGHT = r"(?:should|must|ought to|shall) (?:\w+ly |always |simply )?"


def _any(words: dict[str, bool]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TO_BE_DONE = re.compile(rf"^(?P<thing>.+?) {_OUGHT}be (?:\w+ly |made )?(?P<verb>{_any(_BEING)})\b(?P<rest>.*)$")
_TO_DO = re.compile(rf"^(?:.+? {_OUGHT})?(?P<verb>{_any(_WANTED)}) (?P<thing>.+)$", re.IGNORECASE)
_ENDING = re.compile(
    r"^(?:the |a )?(?:abolition|ban|closure|criminali[sz]ation|elimination|end|prohibition|removal|repeal|scrapping) (?:of|on|to) ",
    re.IGNORECASE,
)
# "Allow shops to open", "ban children from watching", "allowed more control": the thing is not what is wanted or not.
_ANOTHER = re.compile(
    r"^(?:it|from|for|in|on|to|with|against|by|at|away|down|off|up|out)\b|\bfrom \w+ing\b|\balone$", re.IGNORECASE
)
_ENABLING = re.compile(r"(?:allow|permit|encourag)", re.IGNORECASE)
_TO = re.compile(r"\bto [a-z]")


@dataclass(frozen=True, slots=True)
class Demand:
    """What something should be done to, and whether that is for it, such as to keep it, or against it."""

    thing: str
    wanted: bool

    @property
    def verdict(self) -> str:
        """The thing called good, whatever the demand."""
        thing = self.thing[0].upper() + self.thing[1:]
        return f"{thing} {'are' if is_plural(self.thing.lower().split()) else 'is'} good."


def demand_of(proposition: str) -> Demand | None:
    """The demand in a proposition without a negation, or None where it makes none that the lists of verbs know.

    Example: demand_of("We should abolish tolls.") -> Demand("tolls", wanted=False)
    """
    words = proposition.strip().rstrip(".!")
    if found := _TO_BE_DONE.match(words):
        if _ENABLING.match(found["verb"]) and found["rest"] and not _ANOTHER.match(found["rest"].strip()):
            return None
        thing, wanted = found["thing"] + found["rest"], _BEING[found["verb"]]
    elif found := _TO_DO.match(words):
        thing, wanted = found["thing"], _WANTED[found["verb"].lower()]
    else:
        return None
    if _ANOTHER.search(thing) or (_ENABLING.match(found["verb"]) and _TO.search(thing)):
        return None
    ending = _ENDING.match(thing)
    return Demand(thing[ending.end() :], not wanted) if ending else Demand(thing, wanted)
