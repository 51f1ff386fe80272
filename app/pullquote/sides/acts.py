"""Acts: what a demand, or a plea for one, would have done to what, by the stems of verb and object, whatever the verb."""

import re
from dataclasses import dataclass

from pullquote.index.lexical import terms

_OUGHT = r"(?:should|must|shall|ought to) "
_PASSIVE = re.compile(
    rf"(?P<object>.+?) {_OUGHT}be (?:\w{{1,20}}ly )?(?P<verb>[\w-]{{1,40}})(?P<rest>.*)", re.IGNORECASE
)
_ACTIVE = re.compile(rf"(?P<doer>.+?) {_OUGHT}(?:\w{{1,20}}ly )?(?P<verb>[\w-]{{1,40}}) (?P<object>.+)", re.IGNORECASE)
# With another of these behind it a verb is another: "phase in", "phase out".
_PARTICLE = re.compile(r"\s*(?P<particle>(?:in|out|up|down|off|on|over|back|away)\b)?\s*(?P<rest>.*)", re.IGNORECASE)
_BESIDE = re.compile(
    r"\b(?:about|after|against|as|at|because|before|between|by|during|for|from|if|in|into|of|on|over|through|to|under|unless"
    r"|until|when|where|while|with|within)\b",
    re.IGNORECASE,
)
# What makes less of the thing, or another sentence of the whole.
_TURNED = re.compile(
    r"\b(?:no|none|nor|neither|nobody|nothing|not|never|less|fewer|few|little|only|hardly|rarely|than|without|instead)\b",
    re.IGNORECASE,
)
# Nouns for what is done whose stem is not that of their verb.
_NOUNS = {
    "abolition": "abolish", "admission": "admit", "cessation": "cease", "closure": "close", "defence": "defend",
    "defense": "defend", "demolition": "demolish", "destruction": "destroy", "disclosure": "disclose",
    "dissolution": "dissolve", "exclusion": "exclude", "expansion": "expand", "expulsion": "expel",
    "extension": "extend", "imposition": "impose", "inclusion": "include", "introduction": "introduce",
    "payment": "pay", "permission": "permit", "provision": "provide", "ratification": "ratify",
    "recognition": "recognise", "reduction": "reduce", "reintroduction": "reintroduce", "renunciation": "renounce",
    "retention": "retain", "revocation": "revoke", "sale": "sell", "suspension": "suspend", "taxation": "tax",
}  # fmt: skip
_VERBS = {terms(noun)[0]: terms(verb)[0] for noun, verb in _NOUNS.items()}
_NOUN = re.compile(r"(?:an? |the |any |such )?(?P<before>(?:[\w’'-]{1,40} ){0,5})(?P<verb>[\w-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Act:
    """A verb with its particle, the thing that it is done to, and the stems of all that is said beside the verb."""

    verb: str
    particle: str
    thing: tuple[str, ...]
    words: frozenset[str]

    def is_of(self, other: "Act") -> bool:
        """Whether it is the same done to the same: one may say more than the other, but not another thing in its place."""
        same = (self.verb, self.particle) == (other.verb, other.particle)
        return same and self._to_the_same(other) and (self.words <= other.words or other.words <= self.words)

    def _to_the_same(self, other: "Act") -> bool:
        if not self.thing:  # "the ban"
            return True
        ours, theirs = set(self.thing), set(other.thing)
        return self.thing[-1:] == other.thing[-1:] and (ours <= theirs or theirs <= ours)


def demanded(statement: str) -> Act | None:
    """The act that a statement without a negation demands, or None.

    Example: demanded("Fares should be capped.") -> Act("cap", "", ("fare",), frozenset({"fare"}))
    """
    words = " ".join(statement.split()).rstrip(".!?… ")
    if _TURNED.search(words):
        return None
    if passive := _PASSIVE.fullmatch(words):
        return _act(passive["verb"], passive["object"], passive["rest"], led=passive["rest"])
    active = _ACTIVE.fullmatch(words)
    return active and _act(active["verb"], active["object"], active["doer"], led=active["object"])


def meant(thing: str) -> tuple[Act, ...]:
    """The acts that a gerund or a noun may name: "capping fares", "fare caps", "a cap on fares", "the cap", "a lower fare"."""
    if _TURNED.search(thing):
        return ()
    first, _, rest = thing.partition(" ")
    if first.lower().endswith("ing") and rest:
        return _acts(_act(first, rest, "", led=rest))
    beside = _BESIDE.search(thing)
    named = _NOUN.fullmatch(thing[: beside.start()].strip() if beside else thing.strip())
    if named is None:
        return ()
    after = thing[beside.end() :].strip() if beside else ""
    leading, _, led = f"{named['before']}{named['verb']}".partition(" ")
    return _acts(
        _act(named["verb"], named["before"] or after, after, led=""), _act(leading, led, after, led="") if led else None
    )


def _acts(*acts: Act | None) -> tuple[Act, ...]:
    return tuple(act for act in acts if act)


def _act(verb: str, thing: str, beside: str, *, led: str) -> Act | None:
    """An act; where a particle may lead its thing or what is beside it in `led`, the verb takes it along."""
    stems = terms(verb)
    particle = _PARTICLE.fullmatch(led)
    apart = (particle["particle"] or "").lower() if particle else ""
    core = particle["rest"] if particle and led == thing else thing
    ends = _BESIDE.search(core)
    words = frozenset(terms(f"{thing} {beside}"))
    if len(stems) != 1 or stems[0] in words:  # "banning the ban"
        return None
    return Act(_VERBS.get(stems[0], stems[0]), apart, tuple(terms(core[: ends.start()] if ends else core)), words)
