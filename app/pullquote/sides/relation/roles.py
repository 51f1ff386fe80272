"""Roles: who does what to which thing, and beside what else, in a statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pullquote.corpus.clauses import finite_verb, has_verb, is_adverb, is_main_verb
from pullquote.corpus.lexicon import AUXILIARIES, DETERMINERS, VERBS, third_person
from pullquote.sides.relation.verbs import BAR, ENDING, KEEP, PREVENT, PREVENTING, WANTED, is_participle, stems_of
from pullquote.sides.relation.verbs import done as past

_TOKEN = re.compile(r"[\w’'-]+")
_PREPOSITIONS = frozenset(
    """
    of on in at for to with from against by over between about during into within under through across after before as
    per via toward towards among around near since until onto
    """.split()  # noqa: SIM905
)
_COMPLEMENTS = frozenset(("of", "on", "to", "against", "for"))  # after these stands what is banned, or ended
_OUGHT = frozenset(("should", "must", "shall"))
_BE = frozenset("am is are was were be been being".split())  # noqa: SIM905
_COUPLING = frozenset(("and", "or", "but"))
_ADVERBS = frozenset("not always simply also just still again now today altogether soon instead".split())  # noqa: SIM905
_TIMES = frozenset(
    """
    now then today tomorrow tonight next age birth start beginning outset dawn dusk noon midnight monday tuesday wednesday
    thursday friday saturday sunday january february march april may june july august september october november december
    """.split()  # noqa: SIM905
)
# What somebody says or holds is not what is: neither for whoever doubts it nor for whoever fears it.
_SAYING = """
    accept admit agree allege argue assert assume believe claim concede contend contest declare deny disagree dispute doubt
    expect fear feel hear hold hope imagine insist know maintain mind predict pretend propose question reckon regret reject
    say suggest suppose suspect think understand want warn wish wonder worry
"""
_SAYS = {form for verb in _SAYING.split() for form in (third_person(verb), past(verb))}
_SAYS |= {"held", "knew", "said", "thought", "understood"}
_SAY = frozenset(_SAYING.split())
_WHO = frozenset("i we you they some many most others those people children men women police".split())  # noqa: SIM905
_CLAIMS = frozenset(
    "argument assertion belief claim doubt fact fear hope idea motion notion opinion proposal suggestion theory thought view".split()  # noqa: SIM905
)
_LABEL = re.compile(r"(?P<label>[^.?!:]{1,80}): ")
_TOPIC = 4  # words: longer than this is no topic that a statement stands under
# "Rebuttal: tolls work": under these it may be the opposite that is meant.
_OPPOSING = frozenset(
    """
    against argument argued answer believe case claim con cons contra critic critics deny denial disagree doubt fact fallacy
    false fiction hoax lie misconception myth neg negative never no nobody none not nonsense objection objections opponents
    oppose opposed opposing opposition other question rebuttal rebuttals refutation refuted rejected reply response unlike untrue
    """.split()  # noqa: SIM905
) | {"opponent", "sceptic", "sceptics", "skeptic", "skeptics", "versus", "vs", "whether", "without", "wrong"}
_RELATIVE = frozenset(("who", "which", "that"))
_REACH = 30  # words within which it stands what somebody is kept from
_DEPTH = 4  # "the end of the ban on the use of…": deeper than this nobody names what they debate

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roles:
    """The stems of a statement by what they are in it.

    Of a thing the last stem is the one that names it: in "drug cartels" it is the cartels.
    """

    doer: Phrase
    done: Phrase  # a stem as often as it is done: to ban a ban is not to ban
    thing: Phrase
    beside: tuple[tuple[str, Phrase], ...]  # preposition, and what follows it
    by: str = ""  # the preposition before the thing, where there is one: "refrain from tolls"

    @property
    def does(self) -> frozenset[str]:
        """The stems of what is done."""
        return frozenset(self.done)

    @property
    def named(self) -> frozenset[str]:
        """All stems but those of what is done."""
        return frozenset((*self.doer, *self.thing, *self.besides))

    @property
    def besides(self) -> Phrase:
        """All stems that stand beside the thing, in order."""
        return tuple(stem for _, stems in self.beside for stem in stems)

    @property
    def stems(self) -> frozenset[str]:
        """All of them."""
        return self.does | self.named

    def preposition(self, stem: str) -> str:
        """What stands before a stem beside the thing."""
        return next((prep for prep, stems in self.beside if stem in stems), "")

    def peeled(self, verbs: frozenset[str]) -> "Roles":
        """The same with nouns for what is done among what is done: a ban on phones, and a phone ban, ban phones.

        Args:
            verbs: that the other statement has; what ends a thing always counts.
        """
        roles = self
        for _ in range(_DEPTH):
            found = roles._noun_for_a_verb(verbs)
            if found is None:
                break
            roles = roles._without(found)
        return roles

    def _noun_for_a_verb(self, verbs: frozenset[str]) -> str | None:
        head = self.thing[-1:]
        # "Banned books" are no ban on books: what is done already is a noun for it only at the end.
        known = [stem for stem in self.thing if stem in verbs and (stem in head or stem not in self.done)]
        known += [stem for stem in head if stem in ENDING]
        complement = next((prep for prep, _ in self.beside if prep in _COMPLEMENTS), None)
        return next((stem for stem in known if len(self.thing) > 1 or complement or stem in verbs), None)

    def _without(self, noun: str) -> "Roles":
        rest = tuple(stem for stem in self.thing if stem != noun)
        done = (*self.done, noun)
        after = next((place for place, (prep, _) in enumerate(self.beside) if prep in _COMPLEMENTS), None)
        if self.thing[-1] != noun or after is None or (rest and self.beside[after][0] == "for"):
            return replace(self, done=done, thing=rest)
        beside = self.beside[:after] + self.beside[after + 1 :]
        return replace(self, done=done, thing=rest + self.beside[after][1], beside=beside)


def without_topic(statement: str) -> str:
    """A statement without the topic it stands under: of "Tolls: towns should charge them." what towns should do."""
    found = _LABEL.match(statement)
    words = [word.lower() for word in _TOKEN.findall(found["label"])] if found else []
    if found is None or len(words) > _TOPIC or has_verb(found["label"]):
        return statement
    opposes = any(word in _OPPOSING or word.startswith(("counter", "anti-")) for word in words)
    rest = statement[found.end() :].lstrip()
    return statement if opposes or not rest else f"{rest[0].upper()}{rest[1:]}"


def is_reported(statement: str) -> bool:
    """Whether somebody is said to hold a statement's main part, or it stands under a label: "Lee says tolls work"."""
    tokens = _TOKEN.findall(statement)
    verb = _verb_at(tokens)
    alone = sum(word.lower() in AUXILIARIES for word in tokens) == 1
    return _LABEL.match(statement) is not None or _is_held(tokens[:verb], whose=alone)


def roles_of(statement: str) -> Roles | None:
    """The roles in a statement without a negation, or None where its verb cannot be told."""
    return _roles(_TOKEN.findall(statement), _DEPTH)


def _roles(tokens: Sequence[str], depth: int) -> Roles | None:
    start = _verb_at(tokens)
    if start is None:
        return None
    verb, passive = _main_verb(tokens, start)
    subject, rest = tokens[:start], tokens[verb:]
    if not rest or _is_function(rest[0]) or (passive is None and tokens[verb - 1].lower() == "have"):
        return _active(subject, (), rest)
    done = stems_of(rest[0])
    if (
        not PREVENTING.isdisjoint(done)
        and depth
        and tokens[start].lower() in _OUGHT
        and (inner := _prevented(subject, rest, passive is True, depth))
    ):
        return inner
    done, after = _further(_kept_from(done, rest, passive is True), rest[1:])
    return _passive(subject, done, after) if passive else _active(subject, done, after)


def _is_held(subject: Sequence[str], *, whose: bool) -> bool:
    """Whether what stands before the verb says that somebody holds the rest, or calls it a claim: "Lee says tolls".

    Args:
        whose: whether no other verb follows, so that what "people who fear tolls" fear is a thing and no clause.
    """
    words = [word.lower() for word in subject]
    return any(
        (
            _is_said(words, place)
            and words[place + 1] not in _PREPOSITIONS
            and not (whose and words[place - 1] in _RELATIVE and words[place + 1] != "that")
        )
        or (words[place] in _CLAIMS and words[place + 1] == "that")
        for place in range(1, len(words) - 1)
    )


def _is_said(words: Sequence[str], place: int) -> bool:
    """Whether a word is a verb of saying there, and no noun: "banks fear loans", but not "the fear", "question time"."""
    word, before = words[place], words[place - 1]
    if word in _SAYS:
        return before not in DETERMINERS
    many = words[0] in _WHO or before in _WHO or (before.endswith("s") and not before.endswith(("'s", "’s", "ss")))
    return word in _SAY and (many or is_adverb(before))


def _verb_at(tokens: Sequence[str]) -> int | None:
    """Where the first auxiliary stands, or else the finite verb; "be" is none of its own."""
    for place in range(1, len(tokens)):
        if tokens[place].lower() in AUXILIARIES:
            return place
    return finite_verb(tokens)


def _main_verb(tokens: Sequence[str], place: int) -> tuple[int, bool | None]:
    """Where what is done stands, and whether it is done to the subject; None where it is only had, or done."""
    passive: bool | None = False
    while place < len(tokens):
        word = tokens[place].lower()
        if word in ("has", "have", "had", "do", "does", "did") and is_main_verb(tokens, place):
            return place + 1, None
        if word in _BE:
            passive = True
        elif word not in AUXILIARIES and word not in _ADVERBS and not is_adverb(word):
            break
        place += 1
    if passive and place < len(tokens) and not is_participle(tokens[place].lower()):
        passive = False
    return place, passive


def _is_function(word: str) -> bool:
    return word.lower() in DETERMINERS or word.lower() in _PREPOSITIONS


def _kept_from(done: Phrase, rest: Sequence[str], passive: bool) -> Phrase:
    """What is done, "prevent" where somebody is barred from a thing, or is kept from it.

    To keep money from tolls may be either, so there "from" is done too, which no list knows.
    """
    if BAR not in done and KEEP not in done:
        return done
    words = [word.lower() for word in rest[: _REACH + 2] if word.lower() not in DETERMINERS]
    place = words.index("from") if "from" in words else len(words)
    if place + 1 >= len(words) or words[place + 1] in _TIMES or words[place + 1].isdigit():
        return done
    return (PREVENT,) if BAR in done or (passive and place == 1) else (*done, "from")


def _further(done: Phrase, rest: Sequence[str]) -> tuple[Phrase, Sequence[str]]:
    """What is done, with what follows it at once: "refuse to pay", "stop charging"."""
    if rest and (rest[0].lower() in _COUPLING or _is_particle(rest)):
        return (*done, rest[0].lower()), rest[1:]  # "stop and search", "pass on to": more is done than the verb says
    for _ in range(_DEPTH):
        skipped = 1 if rest[:1] == ["to"] else 0
        word = rest[skipped].lower() if len(rest) > skipped else ""
        if not (word in VERBS or word in WANTED) if skipped else not (word.endswith("ing") and len(word) > 5):
            break
        done, rest = (*done, *stems_of(word)), rest[skipped + 1 :]
    return done, rest


def _is_particle(rest: Sequence[str]) -> bool:
    return rest[0].lower() in ("by", "in", "on", "through") and (len(rest) == 1 or rest[1].lower() in _PREPOSITIONS)


def _prevented(subject: Sequence[str], rest: Sequence[str], passive: bool, depth: int) -> Roles | None:
    """What somebody is kept from doing, with that they are: "forbid cities to charge tolls"."""
    for place in range(1, min(len(rest) - 1, _REACH)):
        word = rest[place].lower()
        if (word == "from" and rest[place + 1].lower().endswith("ing")) or (
            word == "to" and rest[0].lower().startswith("forb")
        ):
            who = subject if passive else rest[1:place] or subject
            inner = _roles([*who, "should", *rest[place + 1 :]], depth - 1)
            if inner is None or passive:
                return inner and replace(inner, done=(*inner.done, PREVENT))
            return replace(inner, done=(*inner.done, PREVENT), beside=(*inner.beside, ("by", _phrases(subject)[0])))
    return None


def _active(subject: Sequence[str], done: Phrase, rest: Sequence[str]) -> Roles:
    thing, beside = _phrases(rest)
    by = ""
    if not thing and beside:
        (by, thing), beside = beside[0], beside[1:]
    doer, about = _phrases(subject)
    return Roles(doer, done, thing, (*about, *beside), by)


def _passive(subject: Sequence[str], done: Phrase, rest: Sequence[str]) -> Roles:
    thing, about = _phrases(subject)
    how, beside = _phrases(rest)
    doer = next((stems for prep, stems in beside if prep == "by" and not any(s.isdigit() for s in stems)), ())
    beside = tuple((prep, stems) for prep, stems in beside if not (prep == "by" and stems == doer))
    return Roles(doer, done, thing, (*about, *((("", how),) if how else ()), *beside))


def _phrases(tokens: Sequence[str]) -> tuple[Phrase, tuple[tuple[str, Phrase], ...]]:
    """What a text names first, and what follows its prepositions."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for token in tokens:
        word = token.lower()
        if word in _PREPOSITIONS:
            found.append((word, []))
        elif word not in _ADVERBS and not is_adverb(word):
            found[-1][1].extend(stems_of(token))
    return tuple(found[0][1]), tuple((prep, tuple(stems)) for prep, stems in found[1:] if stems)
