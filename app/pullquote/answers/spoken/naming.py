"""Naming: the persons and bodies that a speaker's or author's name stands for, so that two names can be compared."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from pullquote.answers.spoken.offices import ROLE_NAMED, ends_office, is_office, is_title
from pullquote.corpus.givennames import is_given_name
from pullquote.corpus.institutions import NOUN
from pullquote.corpus.particles import PARTICLE
from pullquote.voice.joint import listed
from pullquote.voice.names import authors_of
from pullquote.voice.phrases import DETERMINER
from pullquote.voice.titles import ABBREVIATED

_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_WORD = rf"(?:(?:{_CAPITAL}\.)+{_CAPITAL}?|(?:{ABBREVIATED}|St|Jr|Sr)\.|{_CAPITAL}[\w’'&-]*)"
_JOIN = rf"(?:of|on|for|in|and|the|et|des|{PARTICLE})"
_RUN = re.compile(rf"{_WORD}(?:(?:\s{_JOIN}(?:\s(?:the|de[nr]|la|las|los))?)?\s{_WORD})*")
_PARTICLE = re.compile(PARTICLE)
SMALL = frozenset("the of on for in and a an et des to at by".split())  # noqa: SIM905
_COUNTRY = frozenset({"us", "u.s", "american", "uk", "u.k"})  # before a body's name: "the US Justice Department"
_BODY = re.compile(
    rf"\b(?:{NOUN}|centers|centres|caucus|chamber|conference|fund|inc|house|ltd|nations|press|project|states?|news|times|post|"
    r"journal|chronicle|herald|trust|watch|force|church|college|school|record|conversation|"
    r"club|red\s(?:crescent|cross)|orchestra|guild|forum|unit|mail|observer|guardian|telegraph|gazette|tribune|express|"
    r"encyclopa?edia|islands|friends|hosts|growers|farmers|workers|teachers|nurses|doctors|parents|students|tenants|landlords|"
    r"owners|residents|neighbou?rs|citizens|veterans|ramblers|campaigners|brothers)\b",
    re.IGNORECASE,
)
_TEXT = r"(?:reports?|surveys?|data|stud(?:y|ies)|figures|statistics|estimates?|analys[ie]s|polls?|findings|research|investigations?|review|statement|memo|strategy|assessment|editorial)"
_TEXT_OF = re.compile(rf"(?:[\w-]+\s){{0,4}}(?i:{_TEXT})\s(?:from|by|of)\s(?:the\s)?(?P<run>{_RUN.pattern})$")
_OF_BODY = re.compile(rf"\s(?:[a-z-]+\s){{0,2}}?(?:{_TEXT}|officials?|spokes\w+|representatives?|staff)\b")
_GOVERNMENT = re.compile(r"\s(?P<noun>administration|government|campaign|cabinet)$")
_MEMBERS = re.compile(r",?\s(?:including|such as|among them)\s(?:the\s)?")
_LEADS = re.compile(r"(?:(?:The|A|An|Our|Their|His|Her|Its|Some|Many|Most|Several|This|That|One|Another|All|Both)\s)+")
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
SHORTEST = 3  # letters of what a name is shortened to, unless everybody knows it
_SHORTER = frozenset({"UN", "EU", "AU", "UK", "US"})
_HANGING = frozenset("of from in at for to with by on after before against about when that".split())  # noqa: SIM905
_ASIDE = re.compile(r"\s\([^)]*\)")
_BY = re.compile(r"^.{0,40}\b(?:by|By)\s(?=[A-Z])")
_POSSESSIVE = re.compile(r"[’']s?$")
_BELONGS = re.compile(  # "Ann Lee of the Growers' League", "Lord Roe of Leeland"
    rf"(?P<who>{_WORD}(?:\s(?:{_WORD}|(?:{PARTICLE}))){{1,5}})\s(?:of|from|at|with)\s(?:the\s)?{_CAPITAL}"
)
ALIKE = str.maketrans(dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("‐‑–", "-"))  # as people type them


@dataclass(frozen=True, slots=True)
class Person:
    """A person by the parts of their name, folded; `given` is empty where only the family name is known.

    `suffix` tells a junior from the parent: "jr", "iii".
    """

    family: tuple[str, ...]
    given: tuple[str, ...] = ()
    titles: frozenset[str] = frozenset()
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A body or an outlet by the words of its name, folded and without small ones, and what they may be shortened to."""

    words: frozenset[str]
    short: frozenset[str] = frozenset()
    name: str = field(default="", compare=False)


Named = Person | Body


def fold(text: str) -> str:
    """A text without case, accents, and the points of acronyms, its apostrophes and hyphens as they are typed.

    Example: fold("Calderón of the U.N.") -> "calderon of the un"
    """
    return re.sub(r"(?<=\b\w)\.(?=\w\b|\W|$)", "", unaccented(text)).casefold()


def unaccented(text: str) -> str:
    """A text without accents, its apostrophes and hyphens as they are typed. Example: unaccented("Calderón") -> "Calderon"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(ALIKE))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def signed(author: str) -> tuple[Named, ...]:
    """Everybody whom a line of authors names, and where they belong: "Ann Lee and Bo Chen, Roe Institute"; "Lee, Ann" too."""
    bare = _ASIDE.sub("", author)
    names = [one.straight if one.given else one.family for one in authors_of(bare)]
    belongs = [part for line in bare.split(";") for part in line.split(", ")[1:]]
    found = [entity for part in (*names, *belongs) for entity in named(_BY.sub("", part.strip()))]
    return tuple(dict.fromkeys(found))


def lone(body: Body) -> Person | None:
    """Who may be meant by a name of one word, which may be a family name: "Roe", "Roe-Lee"."""
    return None if " " in body.name else Person(_family_of(body.name))


@lru_cache(maxsize=4_096)
def named(name: str) -> tuple[Named, ...]:
    """Everybody that a name may stand for; nobody where it is a description: "critics", "the mayor of Roeville".

    Example: named("US defence secretary Bo Reed") -> Person(("reed",), ("bo",))
    """
    main, *members = _MEMBERS.split(" ".join(name.split()), maxsplit=1)
    joint = [entity for part in listed(main) for entity in _of_main(part)]
    found = [*joint, *(entity for part in members for entity in _of_members(part))]
    return tuple(dict.fromkeys(found))


def _of_members(part: str) -> Iterator[Named]:
    for run in _RUN.finditer(part):
        before = part[: run.start()].rstrip().rpartition(" ")[2]
        if not before or before in {"and", "the", "or"} or before.endswith((",", "-based")):
            yield from _of_run(run.group())


def _of_main(main: str) -> Iterator[Named]:
    acronym = re.search(r"\s\(([A-Z]{2,8})\)$", main)
    if acronym:
        main = main[: acronym.start()]
    main = _LEADS.sub("", main) if _LEADS.match(main) else main
    yield from _of_member(main)
    segments = main.split(", ")
    alone = next((part for part in segments if _RUN.fullmatch(part) and not ROLE_NAMED.search(part)), None)
    if len(segments) > 1 and alone and ROLE_NAMED.search(main):  # "the secretary, Ann Lee"; "Ann Lee, the secretary"
        titles = frozenset(fold(role.group()) for role in ROLE_NAMED.finditer(main))
        yield from _person(alone.split(), titles)
        return
    if len(segments) > 1 and _RUN.fullmatch(DETERMINER.sub("", segments[0])):
        main = segments[0]  # "The Lee Record, House of Roeland"
    if owned := re.match(r"(?P<owner>.*?)[’']s\s(?P<rest>.*)$", main):
        rest = ROLE_NAMED.search(owned["rest"])
        if rest is None:
            return
        main = owned["rest"]
    yield from _of_phrase(main, frozenset(acronym.groups()) if acronym else frozenset())


def _of_member(main: str) -> Iterator[Named]:
    """The person before the body or place they are of; whether the whole is a body's name is told apart from it."""
    belongs = _BELONGS.match(main)
    words = belongs["who"].split() if belongs else []
    bare = [word for word in words if not is_title(word)]
    if _is_person(bare) or (len(bare) == 1 and bare != words and bare == words[-1:] and not _BODY.search(bare[0])):
        yield from _of_run(" ".join(words), whole=True)


def _of_phrase(phrase: str, short: frozenset[str]) -> Iterator[Named]:
    if text := _TEXT_OF.match(phrase):
        yield from _of_run(text["run"], short)
        return
    if (noun := _GOVERNMENT.search(phrase)) and (led := _last_run(phrase[: noun.start()])):
        yield Body(_words(led.split()) | {noun["noun"]}, name=f"{led} {noun['noun']}")
        return
    for run in _RUN.finditer(phrase):
        after, before = phrase[run.end() :], phrase[: run.start()]
        if after and not before and " " not in run.group() and not run.group().isupper():
            continue  # a sentence's first word
        if (not after or _OF_BODY.match(after)) and _stands_free(before):
            office = ROLE_NAMED.search(before)
            yield from _of_run(
                run.group(), short, titled=bool(office), office=before if office else "", whole=not after
            )


def _stands_free(before: str) -> bool:
    """Whether a name is no part of what hangs on a noun: not "sheriffs down in Texas", "a memo sent to Congress"."""
    last = before.rstrip().rpartition(" ")[2].casefold()
    return last not in _HANGING


def _last_run(words: str) -> str | None:
    runs = [run.group() for run in _RUN.finditer(words)]
    return runs[-1] if runs and words.endswith(runs[-1]) else None


def _of_run(
    run: str, short: frozenset[str] = frozenset(), *, titled: bool = False, office: str = "", whole: bool = True
) -> Iterator[Named]:
    """Whom a run of capitals names: a person, a body, or what could be either."""
    words = [_POSSESSIVE.sub("", word) for word in run.split() if not word.endswith("-based")]
    if "and" in words and whole and all(_is_person(part) for part in _halves(words)):
        for part in _halves(words):
            yield from _of_run(" ".join(part), titled=titled, office=office)
        return
    if not words:
        return
    first = _past_titles(words, _past_office(words))
    bare = words[first:]
    titles = frozenset(fold(word.rstrip(".")) for word in words[:first])
    titles |= frozenset(fold(role.group()) for role in ROLE_NAMED.finditer(office))
    titled = titled or bool(titles - {"the"} and not _BODY.search(" ".join(bare)))
    if whole and (
        _is_person(bare) or (titled and not is_office(bare[-1]) and _is_family(bare) and not _BODY.search(bare[-1]))
    ):
        yield from _person(bare, titles)
    if not titled:
        yield from _bodies(words, short, initials=not _is_person(bare))


def _past_titles(words: list[str], first: int) -> int:
    while first < len(words) - 1 and (is_title(words[first]) or words[first].casefold() == "the"):
        first += 1
    return first


def _past_office(words: list[str]) -> int:
    """Where a name begins after an office of several words: 2 in "Fire Chief Ann Lee"; 0 where there is none.

    There is none after a given name: "Ann Marshal Lee".
    """
    for first in range(len(words) - 1, 1, -1):
        before, rest = words[:first], words[first:]
        if not ends_office(before[-1]) or not SMALL.isdisjoint(map(str.casefold, before)):
            continue
        named_so = is_given_name(before[0]) and (len(before) == 2 or len(rest) == 1)
        alone = len(rest) == 1 and not is_office(rest[0]) and not _BODY.search(rest[0])
        if not named_so and (alone or _is_person(rest)):
            return first
    return 0


def _is_person(words: list[str]) -> bool:
    names = [word for place, word in enumerate(words) if not _is_particle(word, place)]
    if not names or is_office(words[-1]):
        return False
    plain = all(word[:1].isupper() and not (word.isupper() and len(word) > 2) for word in names)
    return 2 <= len(names) <= 4 and plain and not _BODY.search(" ".join(words)) and not _joined(words)


def _is_family(words: list[str]) -> bool:
    """Whether words are a family name by itself: "Roe", "van der Roe"."""
    return all(_is_particle(word, place) for place, word in enumerate(words[:-1]))


def _is_particle(word: str, place: int) -> bool:
    """Whether a word belongs to a family name; with a capital at the front it is a given name: "Al Roe", "Di Lee"."""
    return bool(_PARTICLE.fullmatch(word.casefold())) and (place > 0 or not word[:1].isupper())


def _joined(words: list[str]) -> bool:
    return any(word.casefold() in SMALL for word in words) or fold(words[0]).rstrip(".") in _COUNTRY


def _person(words: list[str], titles: frozenset[str]) -> Iterator[Person]:
    suffix = next((mark for word in words if (mark := fold(word).strip(".,")) in SUFFIXES), "")
    words = [word for word in words if fold(word).strip(".,") not in SUFFIXES]
    while len(words) > 1 and is_title(words[0]):
        titles |= {fold(words[0].rstrip("."))}
        words = words[1:]
    if words:
        first = len(words) - 1
        while first > 0 and _is_particle(words[first - 1], first - 1):
            first -= 1
        given = tuple(fold(word).strip(".") for word in words[:first])
        yield Person(_family_of(" ".join(words[first:])), given, titles, suffix)


def _family_of(name: str) -> tuple[str, ...]:
    return tuple(fold(name).replace("-", " ").split())


def _bodies(words: list[str], short: frozenset[str], *, initials: bool) -> Iterator[Body]:
    """The body, and the parts that "and" joins: "Roeland and Leeland"."""
    home = _home(words)
    letters = _initials(words) | _initials(home) if initials else frozenset()
    yield Body(_words(home), short | letters, " ".join(home))
    if "and" in words:
        for part in map(_home, _halves(words)):
            if part:
                yield Body(_words(part), _initials(part), " ".join(part))


def _halves(words: list[str]) -> tuple[list[str], list[str]]:
    place = words.index("and")
    return words[:place], words[place + 1 :]


def _home(words: list[str]) -> list[str]:
    """A body's name without its country: "the US Justice Department"."""
    while len(words) > 1 and (fold(words[0]).rstrip(".") in _COUNTRY or words[0].casefold() == "the"):
        words = words[1:]
    return words


def _words(words: list[str]) -> frozenset[str]:
    folded = (fold(word).strip(".") for word in " ".join(words).replace("-", " ").split())
    kept = [word for word in folded if word not in SMALL and word]
    long = [word for word in kept if word not in _COUNTRY]
    return frozenset(long or kept)


def _initials(words: list[str]) -> frozenset[str]:
    """What a name of several words is shortened to: "Office on Drugs of the U.N." has OODUN, ODUN."""
    capitals = [word for word in words if word[:1].isupper()]
    if len(capitals) < 2:
        return frozenset({words[0].replace(".", "")} if words[0].replace(".", "").isupper() else ())
    letters = "".join(_letters(word) for word in capitals)
    full = "".join(_letters(word) if word[:1].isupper() else word[0].upper() if word == "of" else "" for word in words)
    turned = f"DO{letters[:-1]}" if words[-1] == "Department" else letters  # "the Justice Department": DOJ
    found = {letters, full, turned, f"US{letters}"}
    return frozenset(short for short in found if len(short) >= SHORTEST or short in _SHORTER)


def _letters(word: str) -> str:
    bare = word.replace(".", "")
    return bare if bare.isupper() and len(bare) <= 3 else word[0].upper()
