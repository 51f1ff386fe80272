"""Namesakes: whether a name that was asked for and one that the sources have can be one person's."""

from collections.abc import Iterable, Sequence

from pullquote.answers.spoken.naming import Person
from pullquote.corpus.givennames import is_given_name

PREFIX = 3  # letters, at least, that a given name may be cut to: "Rob", "Robert"
# Given names and what they are usually cut to, where that is no beginning of theirs.
_USUAL = tuple(
    frozenset(names.split())
    for names in (
        "joe joseph", "ted theodore edward", "ed eddie edward", "dick rick richard", "bill will billy william",
        "bob bobby robert", "mike michael", "tom tommy thomas", "jim jimmy james", "dan danny daniel",
        "chris christopher", "chris christine christina", "kate katherine catherine kathleen", "liz beth elizabeth",
        "tony anthony", "jack john", "chuck charlie charles", "hank henry", "peggy margaret", "nick nicholas",
        "steve stephen steven", "jeff jeffrey geoffrey", "harry harold", "larry lawrence", "andy andrew", "jerry gerald",
    )
)  # fmt: skip
_OFFICES = {
    "rep": "representative", "congressman": "representative", "congresswoman": "representative", "sen": "senator",
    "pres": "president", "sec": "secretary", "gen": "general", "gov": "governor", "justice": "judge",
}  # fmt: skip
_HELD = frozenset(
    [
        "representative",
        "senator",
        "president",
        "secretary",
        "general",
        "governor",
        "judge",
        "minister",
        "ambassador",
        "mayor",
        "chancellor",
        "premier",
        "commissioner",
        "king",
        "queen",
        "pope",
        "sheriff",
    ]
)


def namesakes(asked: Person, known: Iterable[Person]) -> list[Person]:
    """Which of those of the asked family name can be the one asked for, by given name, office and generation.

    A middle name never stands in for the first. Somebody known by office and family name only may be anybody of that
    name, unless the sources know another given name; an office that was asked for must be one of theirs, where they
    are known by any.
    """
    fitting = [(one, rest) for one in known if (rest := _given(asked, one)) is not None]
    full = [one for one, rest in fitting if one.given and _same_given(rest, one.given)]
    others = any(one.given and one not in full for one, _ in fitting)
    bare = [one for one, rest in fitting if not one.given and (not rest or (not others and (full or one.titles)))]
    found = [*full, *bare]
    if asked.suffix:
        found = [one for one in found if one.suffix == asked.suffix]
    elif asked.given and any(not one.suffix for one in full):
        found = [one for one in found if not one.suffix]
    return _in_office(asked, found)


def _given(asked: Person, known: Person) -> tuple[str, ...] | None:
    """The asked given names beside a known family name, or None where that is another."""
    full = (*asked.given, *asked.family)
    return full[: -len(known.family)] if full[-len(known.family) :] == known.family else None


def _same_given(asked: Sequence[str], known: Sequence[str]) -> bool:
    """Whether given names can be one person's: an initial or a short form fits the whole, "Ann" does not fit "Bo"."""
    if not asked:
        return True
    known = _past_unknown(known, asked[0])
    middle = not asked[1:] or not known[1:] or all(any(_fits(one, of) for of in known[1:]) for one in asked[1:])
    return _fits(asked[0], known[0]) and middle


def _past_unknown(known: Sequence[str], first: str) -> Sequence[str]:
    """Known given names from the first that was asked for, where before it stands no name but an office that no list has.

    Of "Harbour Wrangler Ann Lee" that is Ann; "Roe Ann Lee" may be called Roe, and "J. Ann Lee" another's name.
    """
    place = known.index(first) if first in known else 0
    office = place > 1 and not any(len(one) < 2 or is_given_name(one.title()) for one in known[:place])
    return known[place:] if office else known


def _fits(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return short == long[0]
    if len(short) >= PREFIX and long.startswith(short):
        return True
    return one == other or any(one in names and other in names for names in _USUAL)


def _offices(person: Person) -> set[str]:
    return {office for title in person.titles if (office := _OFFICES.get(title, title)) in _HELD}


def _in_office(asked: Person, found: Sequence[Person]) -> list[Person]:
    """Who holds the office asked for, or else those who are known by none."""
    wanted = _offices(asked)
    alone = len({one.given[0][:1] for one in found if one.given}) < 2
    held = [_offices(one).union(*(_offices(of) for of in found if _one_person(one, of, alone=alone))) for one in found]
    holding = [one for one, offices in zip(found, held, strict=True) if wanted & offices or not wanted]
    return holding or [one for one, offices in zip(found, held, strict=True) if not offices]


def _one_person(one: Person, other: Person, *, alone: bool) -> bool:
    """Whether two known names are one person's; a family name by itself is that of the one who is `alone` in bearing it."""
    return _same_given(one.given, other.given) if one.given and other.given else alone
