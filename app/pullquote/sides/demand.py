"""Demands: what a proposition says should be done, to what, and whether that is for the thing or against it."""

import re
from dataclasses import dataclass

from pullquote.corpus.clauses import has_verb, is_plural
from pullquote.corpus.lexicon import PARTICIPLES
from pullquote.sides.relation import turns
from pullquote.sides.relation.verbs import WANTED, done

_STATES = {
    "legal": True, "lawful": True, "mandatory": True, "compulsory": True, "obligatory": True, "universal": True,
    "illegal": False, "unlawful": False, "a crime": False, "a criminal offence": False, "a criminal offense": False,
}  # fmt: skip
_BEING = {done(verb): wanted for verb, wanted in WANTED.items()} | _STATES
_OUGHT = r"(?:should|must|ought to|shall) (?:\w+ly |always |simply )?"
# ASCII: "ſ" would else be read as "s", and be no key of the lists.
_FLAGS = re.IGNORECASE | re.ASCII


def _any(words: dict[str, bool]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TO_BE_DONE = re.compile(
    rf"^(?P<thing>.+?) {_OUGHT}be (?:\w+ly |made )?(?P<verb>{_any(_BEING)})\b(?P<rest>.*)$", _FLAGS
)
_TO_DO = re.compile(rf"^(?:(?P<doer>.+?) {_OUGHT})?(?P<verb>{_any(WANTED)}) (?P<thing>.+)$", _FLAGS)
_ENDING = re.compile(
    r"^(?:(?:the |a )?(?:abolition|ban|closure|criminali[sz]ation|elimination|prohibition|removal|repeal|scrapping)"
    r"|(?:the |an )end) (?:of|on|to) ",
    _FLAGS,
)
# "Cut off aid", "ban children from watching", "leave them alone": the thing is not what is wanted or not.
_ANOTHER = re.compile(
    r"^(?:it|of|from|for|in|on|to|with|against|by|at|and|or|away|back|course|down|off|out|short|up)\b"
    r"|\bfrom \w+ing\b|\balone$|\b(?:out of|away from)\b",
    _FLAGS,
)
_LED = re.compile(r"^ (?:for|from|in|on|with|against|by|at)\b", _FLAGS)
_ENABLING = re.compile(r"(?:allow|permit|encourag|requir|leav|left)", _FLAGS)
_PLACING = re.compile(r"(?:keep|kept|protect|save)", _FLAGS)
_TO = re.compile(r"\b(?:to [a-z]|as\b)", _FLAGS)
_MEASURE = re.compile(r"^\s*to \d", _FLAGS)
# What makes less of the thing, or none of it, or another sentence of the whole.
_LESS = re.compile(
    r"\b(?:no|none|nor|neither|nobody|nothing|not|less|fewer|few|little|only|hardly|sparingly|rarely)\b", _FLAGS
)
_CLAUSE = re.compile(
    r"\b(?:should|must|that|why|who|whether|if|is|are|was|were|says?|said|thinks?|believes?|claims?|argues?)\b", _FLAGS
)
_MODAL = re.compile(r"\b(?:should|must)\b", _FLAGS)
# What is charged is a person, or a sum, and what is sent there or home: only of these the verb is for its object.
_SUM = r"(?:charges?|duties|duty|fares?|fees?|interest|lev(?:ies|y)|rents?|tariffs?|tax(?:es)?|tolls?)"
_HELP = r"(?:aid|arms|help|money|missiles|peacekeepers|soldiers|tanks|troops|weapons)"
_BEFORE = r"(?:(?:an?|the|its|their|more|higher|some) )?(?:(?!(?:an?|the) )[\w-]*[^\Ws] ){0,2}"
_WHERE = r"(?: (?:at|in|to) [^,;]+?)?"
_GIVEN = [
    re.compile(
        rf"^(?:.+? {_OUGHT}{does} (?P<active>{_BEFORE}{thing})|(?P<passive>{_BEFORE}{thing}){_WHERE} {_OUGHT}be {done}){_WHERE}$",
        _FLAGS,
    )
    for does, done, thing in (("(?:charge|levy)", "(?:charged|levied)", _SUM), ("send", "sent", _HELP))
]
_BESIDE = re.compile(r" (?:about|against|at|between|by|for|from|in|on|over|to|with) ", _FLAGS)
_SECOND = re.compile(rf"\b(?:and|but|or) (?:{_any(WANTED)})\b", _FLAGS)


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

    @property
    def itself(self) -> str:
        """The thing without what it is for or where it is. Example: of "sanctions on Russia", "sanctions"."""
        return _BESIDE.split(self.thing)[0]


def demand_of(proposition: str) -> Demand | None:
    """The demand in a proposition without a negation, or None where it makes none that the lists of verbs know.

    Where another clause, a quantity or a second verb could turn it, there is none: what is read of the proposition
    itself then counts alone.

    Example: demand_of("We should abolish tolls.") -> Demand("tolls", wanted=False)
    """
    words = " ".join(proposition.split()).rstrip(".!?,;:… ")
    if _LESS.search(words) or _SECOND.search(words):
        return None
    found = _passive(words) or _active(words)
    if found is None or _ANOTHER.search(found.thing):
        return None
    ending = _ENDING.match(found.thing)
    thing = found.thing[ending.end() :].strip() if ending else found.thing
    return Demand(thing, found.wanted ^ bool(ending)) if any(map(str.isalpha, thing)) else None


def wants(statement: str) -> Demand | None:
    """What a demand without a negation names last, and whether it is for that, or None where that cannot be told.

    To lift a ban is for what was banned. Of a verb that no list knows nothing is told: who impeaches is not for it.

    Example: wants("Schools should ban phones.") -> Demand("phones", wanted=False)
    """
    demand = demand_of(statement) or _given(statement)
    return demand and Demand(demand.thing, demand.wanted ^ turns(demand.thing))


def _given(statement: str) -> Demand | None:
    """A sum that should be charged, or help that should be sent."""
    words = statement.rstrip(".!… ")
    if _LESS.search(words) or _SECOND.search(words):
        return None
    found = next(filter(None, (form.match(words) for form in _GIVEN)), None)
    return found and Demand(found["active"] or found["passive"], wanted=True)


def _passive(words: str) -> Demand | None:
    """What should be done to the subject: "Tolls should be abolished"."""
    found = _TO_BE_DONE.match(words)
    if found is None or _MODAL.search(found["thing"]) or _MEASURE.match(found["rest"]):
        return None
    if (
        _ENABLING.match(found["verb"])
        and found["rest"]
        and (_TO.search(found["rest"]) or not _LED.match(found["rest"]))
    ):
        return None  # "allowed to vote", "allowed more control"; but not "allowed in cities"
    return Demand(found["thing"] + found["rest"], _BEING[found["verb"].lower()])


def _active(words: str) -> Demand | None:
    """What somebody, or everybody, should do to it: "We should abolish tolls", "Abolish tolls"."""
    found = _TO_DO.match(words)
    if found is None:
        return None
    doer, verb, thing = found["doer"], found["verb"].lower(), found["thing"]
    if _CLAUSE.search(doer) if doer else has_verb(f"{thing}."):
        return None  # "Those who say we should ban guns…"; "Fight clubs are dangerous"
    if (_ENABLING.match(verb) and _TO.search(thing)) or (_PLACING.match(verb) and " from " in thing):
        return None
    first = thing.split()[0].lower()
    if verb == "have" and (first.endswith("ed") or first in PARTICIPLES):
        return None  # "should have banned"
    return Demand(thing, WANTED[verb])
