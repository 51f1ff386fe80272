"""How two propositions stand to each other: the same, opposite, or of different things."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pullquote.corpus.clauses import is_adverb
from pullquote.corpus.lexicon import AUXILIARIES
from pullquote.sides.motion import plainly, put_up
from pullquote.sides.negation import denies, negate
from pullquote.sides.relation.roles import Phrase, Roles, is_reported, roles_of, without_topic
from pullquote.sides.relation.verbs import (
    CHARGING,
    ENABLING,
    ENDING,
    ENDS,
    KEEP,
    KEEPING,
    LESSENING,
    MEASURES,
    OF_RESTRAINTS,
    PREVENT,
    RESTRAINTS,
    SUMS,
    in_one_word,
    stems_of,
)
from pullquote.sides.relation.verdicts import as_demand

# "US" reads as a word that is not searched ("us"): a name of its own stands for all its forms.
_UNITED_STATES = re.compile(r"\b(?:the )?United States(?: of America)?\b|\bU\.S\.(?:A\.)?(?!\w)|\bUSA?\b")
SAME = 0.6  # share of stems in common from which two propositions are about the same
# One who is against a thing in one of these ways may not be in another, and one for more of it or
# less not for it at all: nothing follows for the other proposition.
_JUDGING = MEASURES | frozenset(
    stems_of(
        "unlawful illegal unconstitutional legal immoral moral bad good harmful dangerous safe fail backfire mistake justified"
        " unjustified effective ineffective counterproductive"
        " lower higher shorter longer smaller larger bigger greater weaker stronger stricter looser tighter easier harder slower"
        " faster cheaper dearer later earlier better worse best worst double halve half decrease rise fall"
        " grow shrink anti non free former fake zero away outside opponent opposition critic lack absence shortage alternative"
    )
)
# Within a statement these deny or weaken a part of it, or measure it, who knows how, or say it of another case.
_TURNING = frozenset(
    """
    no nor neither not without hardly barely seldom rarely few fewer only if unless until when before after that but except
    instead rather less little least too up down off out under over above below beyond unlike despite
    far almost nearly once apart aside
    """.split()  # noqa: SIM905
)
# Of a part, a time or a manner: who does not want a thing done to all of it, or at once, may want it done.
_IN_PART = frozenset(
    """
    all always any both each even every everybody everyone everything everywhere first forever immediately just many most
    much now often once overnight quite so sometimes soon still too very yet
    """.split()  # noqa: SIM905
)
# Adverbs that say only how sure somebody is of it.
_SURELY = frozenset(
    "certainly clearly definitely evidently frankly honestly obviously plainly really seriously surely truly undoubtedly".split()  # noqa: SIM905
)
_CONTRARY = (
    (frozenset(("to", "into", "towards")), frozenset(("from",))),
    (frozenset(("for",)), frozenset(("against",))),
)
_SHOULD = frozenset(("should", "must", "shall"))  # what should be done and what is done are two things
_OUGHT = re.compile(r"\bought to\b", re.IGNORECASE)
_HAVE_TO = re.compile(r"\bhave to\b", re.IGNORECASE)  # who should not have to do it still may
_PLACES = frozenset(("in", "at", "on", "within", "across"))
_COMPARED = re.compile(r" (?:than|instead of|rather than) ", re.IGNORECASE)
# "Be against tolls" takes a side; "force against cartels" only says whom it strikes.
_AGAINST = re.compile(
    r"\b(?P<verb>am|is|are|was|were|be|been|stands?|stood|argues?|argued|votes?|voted|speaks?|spoke|decides?|decided)\s+"
    r"(?:\w+ly\s+)?against\b",
    re.IGNORECASE,
)
_BEFORE_NOT = re.compile(r"\b(\w+),? not\b", re.IGNORECASE)
_WORD = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A proposition as it is compared: in its positive form, and whether it was denied."""

    words: frozenset[str]
    order: Phrase
    denied: bool
    than: frozenset[str]
    roles: Roles | None

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(self.order)


@lru_cache(maxsize=1024)  # one answer asks the same of every quote
def relation(asked: str, named: str) -> int:
    """1 where two propositions say the same, -1 where one denies the other, 0 where they are of different things.

    One may say more than the other, but not another thing in its place; and who does it to whom must not change. Where
    one has a verb that the other lacks, and no list knows which way it goes, nothing is said.

    Example: relation("Tolls are not fair.", "Tolls are fair.") -> -1
    """
    one, other = _meant(asked), _meant(named)
    found = _compared(_read(one), _read(other))
    if found or (as_demand(one), as_demand(other)) == (one, other):
        return found
    return _compared(_read(as_demand(one)), _read(as_demand(other)))


def _meant(words: str) -> str:
    return without_topic(put_up(plainly(words)))


def _compared(one: _Statement, other: _Statement) -> int:
    if (one.stems ^ other.stems) & _JUDGING or not _comparable(one, other) or _denied_in_part(one, other):
        return 0
    if one.roles is None or other.roles is None:
        same = bool(one.order) and one.order == other.order
        return (-1 if one.denied ^ other.denied else 1) if same else 0
    left, right = one.roles.peeled(other.roles.does), other.roles.peeled(one.roles.does)
    differing = left.does ^ right.does
    known = _known(left, one, right) and _known(right, other, left) and _as_often(left, right)
    if (
        not known
        or not _alike((left.stems | one.than) - differing, (right.stems | other.than) - differing)
        or not _same_roles(left, right)
    ):
        return 0
    if (one.denied or other.denied) and not (_holds_no_more(one, left, right) and _holds_no_more(other, right, left)):
        return 0
    return -1 if one.denied ^ other.denied ^ _is_odd((*left.done, *right.done), ENDING) else 1


def turns(proposition: str) -> bool:
    """Whether a proposition is against the thing it names: by a negation or a word such as "abolish", not by both."""
    read = _read(_meant(proposition))
    done = read.roles.peeled(frozenset()).done if read.roles and read.words & _SHOULD else ()
    return read.denied ^ (_is_odd(done, ENDING | LESSENING) if done else len(read.stems & ENDS) % 2 == 1)


def _is_odd(done: Phrase, stems: frozenset[str]) -> bool:
    """Whether some stems stand an odd number of times in what is done: to end the end of a thing is to keep it."""
    return sum(stem in stems for stem in done) % 2 == 1


@lru_cache(maxsize=1024)
def _read(proposition: str) -> _Statement:
    plain = _plain(proposition)
    own, _, compared = _COMPARED.sub("\n", plain, count=1).partition("\n")
    reported = is_reported(own)  # by whom and how then counts too, to the word
    return _Statement(
        frozenset(word.lower() for word in _WORD.findall(plain)) | ({"not"} if _denies_a_part(proposition) else set()),
        tuple(_WORD.findall(plain.lower())) if reported else stems_of(plain),
        denies(proposition),
        frozenset(stems_of(compared)),
        None if reported else roles_of(own),
    )


def _denies_a_part(proposition: str) -> bool:
    """Whether what is denied is less than the whole: who may not pay, and who may choose not to, are two."""
    words = (found[1].lower() for found in _BEFORE_NOT.finditer(proposition))
    return any(word not in AUXILIARIES and not word.endswith("ly") for word in words)


def _plain(proposition: str) -> str:
    """A proposition in its positive form, with one name for the United States and "oppose" for "be against"."""
    words = " ".join((negate(proposition) if denies(proposition) else proposition).split())
    words = _AGAINST.sub(lambda found: f"{found['verb']} oppose", in_one_word(_HAVE_TO.sub("need to", words)))
    return _OUGHT.sub("should", _UNITED_STATES.sub("Unitedstates", words))


def _comparable(one: _Statement, other: _Statement) -> bool:
    """Whether no small word turns one of them, and what they compare with is the same."""
    if (one.words ^ other.words) & _TURNING or bool(one.words & _SHOULD) != bool(other.words & _SHOULD):
        return False
    mine, theirs = one.words - other.words, other.words - one.words
    if any((mine & a and theirs & b) or (mine & b and theirs & a) for a, b in _CONTRARY):
        return False
    if bool(one.than) != bool(other.than):
        return False
    return one.than <= other.than or other.than <= one.than


def _known(roles: Roles, own: _Statement, other: Roles) -> bool:
    """Whether the lists know which way everything goes that is done here and not in the other statement."""
    alone = roles.does - other.does
    if alone & ENABLING and (roles.does & other.does or not other.does & ENDING):
        return False  # to allow rent caps is not to cap rents
    if alone & KEEPING and (other.does - roles.does) & KEEPING:
        return False
    if alone & OF_RESTRAINTS and not (own.stems & RESTRAINTS):
        return False
    away = {stem for prep, stems in roles.beside if prep == "from" for stem in stems}
    if PREVENT in alone and KEEP in other.does and away - set(other.besides):
        return False  # to keep cars is not the opposite of keeping them from the park
    return all(stem in ENDING or stem in KEEPING or (stem in CHARGING and own.stems & SUMS) for stem in alone)


def _as_often(one: Roles, other: Roles) -> bool:
    """Whether what both do is done as often, but for what ends or keeps: to cut a tax cut is not to cut the tax."""
    both = (one.does & other.does) - ENDING - KEEPING
    return all(one.done.count(stem) == other.done.count(stem) for stem in both)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two propositions are about the same, and only one of them says more; nothing in that may turn it."""
    if len(one & other) < SAME * len(one | other) or not one & other:
        return False
    return not (one - other and other - one) and not (one ^ other) & ENDING


def _denied_in_part(one: _Statement, other: _Statement) -> bool:
    """Whether one is denied and only one says of how much, how often or in what manner."""
    words = (one.words ^ other.words) - _SURELY if one.denied or other.denied else frozenset()
    return not words.isdisjoint(_IN_PART) or any(is_adverb(word) for word in words)


def _holds_no_more(own: _Statement, roles: Roles, other: Roles) -> bool:
    """Whether nothing is named that the other lacks; what is not denied may still say of what kind: "high tolls".

    Who does it may stand in one only, "Lee should not ban it", but not how it is done: "not be banned by decree".
    """
    if roles.doer and not other.doer and own.denied and "by" in own.words:
        return False
    doer = () if roles.doer and other.doer else roles.doer
    heads = frozenset((*roles.thing[-1:], *(stems[-1] for _, stems in roles.beside)))
    return (roles.named if own.denied else heads) - set(doer) <= other.named


def _same_roles(one: Roles, other: Roles) -> bool:
    """Whether the same does it to the same; where nobody is named who does, what stands beside may be who."""
    if one.thing[-1:] != other.thing[-1:] or (one.doer and other.doer and one.doer[-1] != other.doer[-1]):
        return False
    if (one.named ^ other.named) & ENDING:
        return False  # "banned books" beside "books": the same stem is done in both, but said of the books in one
    return _keeps_place(one, other) and _keeps_place(other, one) and _in_order(one, other)


def _keeps_place(one: Roles, other: Roles) -> bool:
    """Whether nothing that the one has as verb, thing or doer stands somewhere else in the other."""
    elsewhere = {*other.thing, *other.besides, *other.doer}
    if one.does & elsewhere - other.does or (set(one.thing[-1:]) - set(other.thing)) & elsewhere:
        return False
    moved = (set(one.doer) - set(other.doer)) & elsewhere
    return not other.doer and all(_fits("in", one, other.preposition(stem), other) for stem in moved) if moved else True


def _fits(mine: str, one: Roles, theirs: str, other: Roles) -> bool:
    """Whether two prepositions say the same of a place; who is banned from it is banned in it."""
    if mine == theirs:
        return True
    if {mine, theirs} == {"on", "against"}:  # limits on lorries, or against them
        return not RESTRAINTS.isdisjoint((*one.done, *one.thing, *other.done, *other.thing))
    return all(
        prep in _PLACES or (prep == "from" and not ENDING.isdisjoint(roles.done))
        for prep, roles in ((mine, one), (theirs, other))
    )


def _in_order(one: Roles, other: Roles) -> bool:
    """Whether the same stands beside in the same way and order: "from A to B" is not "from B to A"."""
    both = frozenset(one.besides) & frozenset(other.besides)
    if one.by and other.by and not _fits(one.by, one, other.by, other):
        return False
    if not all(_fits(one.preposition(stem), one, other.preposition(stem), other) for stem in both):
        return False
    return [stem for stem in dict.fromkeys(one.besides) if stem in both] == [
        stem for stem in dict.fromkeys(other.besides) if stem in both
    ]
