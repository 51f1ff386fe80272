"""Names: the people and bodies that a byline or a speaker's name stands for, so that two names can be compared."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nameparser import Parser

LONGEST = 200  # characters of a name that is taken apart
MOST_WORDS = 5  # of a person's name, beside titles
MOST_NAMES = 3  # words of a name, without title and initials
PREFIX = 3  # letters, at least, that a given name may be cut to
PARTICLES = frozenset(
    "al ap da de del della den der di do dos du el la le ten ter van von zu".split()  # noqa: SIM905
)
_BODIES = frozenset(
    """administration agency alliance association authority bank board bureau campaign center centre chamber coalition college
    commission committee company conference congress corporation council court department directorate economist executive federation
    forum foundation fund gazette government group guardian house inspectorate institute institution journal league ministry network
    news office organisation organization panel parliament party post press program project school senate service society staff
    times tribune trust union university watch""".split()  # noqa: SIM905
)
SMALL = frozenset("a an and at by des et for in of on the to".split())  # noqa: SIM905
_MANY = frozenset("both few many most other others people police several some various".split())  # noqa: SIM905
_HANGING = frozenset({"against", "from", "including", "who", "with"})
_ONE = frozenset({"a", "an", "another", "each", "one", "every"})
_TITLES = frozenset({"congressman", "congresswoman", "justice"})  # beside those of the library
_DEGREES = frozenset({"kc", "mbe", "md", "mp", "msp", "obe", "phd", "qc"})
_USUAL = tuple(  # given names and their short forms, where these are no beginning of them
    frozenset(names.split())
    for names in """bill william/bob robert/dick richard/jack john/jim james/joe joseph/mike michael/
    ted theodore edward/tony anthony""".split("/")  # noqa: SIM905
)
_TYPED = str.maketrans(
    dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("‐‑–", "-")
)  # as people type them


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts, or a body's whole name as its `family`."""

    family: str
    given: str = ""
    title: str = ""
    suffix: str = ""
    body: bool = False

    @property
    def initials(self) -> str:
        """The given names as APA has them: "J.-P. M."."""
        given_names = (given_name.split("-") for given_name in self.given.split())
        return " ".join(
            "-".join(f"{bit[0]}." for bit in given_name if bit) for given_name in given_names
        )

    @property
    def inverted(self) -> str:
        """Family name first."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def straight(self) -> str:
        """As one says it, without title and suffix."""
        return f"{self.given} {self.family}".strip()


def names_of(author: str | None) -> tuple[str, ...]:
    """Who wrote something by its author line, each as one says it; a body is one name, and where a person belongs is no author."""
    segments = [segment.strip() for segment in (author or "").split(";") if segment.strip()]
    turned = len(segments) > 1 and all(segment.count(",") == 1 for segment in segments)
    return tuple(
        dict.fromkeys(name for segment in segments for name in _of_part(segment, turned=turned))
    )


def authors_of(author: str | None) -> tuple[Name, ...]:
    """The same in their parts."""
    return tuple(map(parsed, names_of(author)))


def straight_line(author: str | None) -> str | None:
    """An author line as one says it: as it stands, but for names that it has in reverse."""
    names = names_of(author)
    if not author or all(name in author.replace(", ", " ") for name in names):
        return author
    return " and ".join(piece for piece in (", ".join(names[:-1]), names[-1]) if piece)


@lru_cache(maxsize=4_096)
def parsed(name: str) -> Name:
    """A name in its parts; what is no person's name is a body's."""
    bare = " ".join(_without_brackets(name).split()).strip(" ,;:")
    bare = _named_part(bare)
    if len(bare) > LONGEST or is_body(bare):
        return Name(bare, body=True)
    person = _parser().parse(bare)
    given_names, family = person.given_names.split(), person.family
    if not family:
        return Name(" ".join(given_names) or bare, title=person.title, suffix=person.suffix)
    title_count = max(
        (position for position, word in enumerate(given_names, 1) if _is_office(word)), default=0
    )
    title = " ".join(filter(None, (person.title, *given_names[:title_count])))
    return Name(family, " ".join(given_names[title_count:]), title, person.suffix)


def family(name: str) -> str:
    """The family name of a person, folded; a body's whole name."""
    return fold(parsed(name).family)


def same_person(name: str, other_name: str) -> bool:
    """Whether two names can be one person's: the family name is equal and the given names compatible, titles set aside."""
    ours, theirs = parsed(name), parsed(other_name)
    if ours.body or theirs.body:
        return _bare_words(ours.family) == _bare_words(theirs.family)
    alike = fold(ours.family) == fold(theirs.family) and _compatible(ours.given, theirs.given)
    return alike and (not ours.suffix or fold(ours.suffix) == fold(theirs.suffix))


def is_several(name: str) -> bool:
    """Whether a name is that of several: people or bodies that "and" joins, or a plural in small letters."""
    pieces = _joined(name if is_list(name) else name.partition(", ")[0])
    words = pieces[0].split() if pieces else []
    if "; " in name:
        return True
    if not words or words[0].casefold() in _ONE:
        return False
    if len(pieces) > 1:
        return not has_noun(name) or pieces[-1].lower().startswith("the ") or is_person(pieces[0])
    hangs = (
        position for position, word in enumerate(words[1:], 1) if word in SMALL or word in _HANGING
    )
    noun = words[next(hangs, len(words)) - 1]
    if words[0].casefold() == "the" and noun in words[1:2] and noun.istitle():
        return noun.endswith("s") and not has_noun(
            noun
        )  # "the Zetas", "The Governors of two states"
    small = noun.islower() or (noun == words[0] and "".join(words[1:]).islower())
    plural = small and noun.endswith("s") and not noun.endswith(("ss", "us", "is"))
    return plural or not _MANY.isdisjoint((words[0].casefold(), noun.casefold()))


def is_body(name: str) -> bool:
    """Whether a name is no person's: a body, an office, an outlet, or a description."""
    words = name.split()
    lowered = [fold(word) for word in words]
    if not words or has_noun(name):
        return True
    if any(character.isdigit() or character in "@/&" for character in name) or lowered[0] == "the":
        return True
    if len(words) == 1:
        return (name.isupper() and len(name) > 2) or name.islower()
    return not words[-1][:1].isupper() or bool(
        SMALL.intersection(lowered[1:]) and not _is_office(words[0])
    )


def has_noun(name: str) -> bool:
    """Whether a name holds a noun that bodies are called by."""
    words = fold(name).replace(",", "").split()
    return any(word in _BODIES or word.removesuffix("s") in _BODIES for word in words)


def is_person(name: str) -> bool:
    """Whether a name is surely shaped like a person's: given and family name, or a title and the family name."""
    if len(name) > LONGEST or "," in name or is_body(name) or not all(map(_is_part, name.split())):
        return False
    person = parsed(name)
    words = [word for word in person.straight.split() if word.casefold() not in PARTICLES]
    return bool(person.given or person.title) and len(words) <= MOST_WORDS


def fold(text: str) -> str:
    """A text without case, accents and points, its apostrophes and hyphens as they are typed."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text.translate(_TYPED))
    return "".join(
        letter for letter in plain if letter != "." and not unicodedata.combining(letter)
    ).casefold()


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    from nameparser import Lexicon, Parser

    lexicon = Lexicon.default()
    rare = lexicon.suffix_acronyms - _DEGREES  # most are somebody's name too
    return Parser(
        lexicon=lexicon.remove(suffix_acronyms=rare, suffix_acronyms_ambiguous=rare).add(
            titles=_TITLES
        )
    )


def _is_office(word: str) -> bool:
    return (word.islower() and word not in PARTICLES) or is_title(word)


def is_title(word: str) -> bool:
    """Whether a word is a title or an office by the library's list."""
    return word.strip(".,").casefold() in _parser().lexicon.titles


def _is_part(word: str) -> bool:
    return word[:1].isupper() or word.casefold() in PARTICLES


def is_suffix(word: str) -> bool:
    """Whether a word is a degree or a generation after a name."""
    plain = word.replace(".", "").casefold()
    return plain in _parser().lexicon.suffix_acronyms or _is_generation(word)


def _is_generation(word: str) -> bool:
    return word.replace(".", "").casefold() in _parser().lexicon.suffix_words


def _without_brackets(name: str) -> str:
    before, opens, after = name.partition("(")
    return before.rstrip() + after.partition(")")[2] if opens else name


def _named_part(name: str) -> str:
    """What of "the secretary, Ann Lee" or "Ann Lee, the secretary" is the name."""
    segments = [segment for segment in name.split(", ") if segment]
    if len(segments) < 2 or (len(segments) == 2 and _is_turned(*segments)):
        return name
    if has_noun(segments[0]) and all(
        _is_part(word) or word in SMALL for word in segments[0].split()
    ):
        return segments[0]
    return next(filter(is_person, segments), segments[0])


def _of_part(author_part: str, *, turned: bool) -> list[str]:
    """The names between two semicolons; `turned` where all of these have the family name first."""
    segments: list[str] = []
    suffix = ""
    for segment in (piece.strip() for piece in author_part.split(",") if piece.strip()):
        if segments and is_suffix(segment):
            suffix = f" {segment}" if _is_generation(segment) else suffix
        else:
            segments.append(segment)
    if pairs := list(
        _cited([segment.removeprefix("& ").removeprefix("and ") for segment in segments])
    ):
        return pairs
    pieces = _joined(", ".join(segments))
    names = [_straight(piece, turned=turned) for piece in pieces]
    if not all(names) or (len(pieces) == 1 and len(segments) != 2):
        names = _leading(segments) or [author_part]
    return [f"{names[0]}{suffix}"] if len(names) == 1 and names != [author_part] else names


def _straight(piece: str, *, turned: bool) -> str:
    """A name as one says it, or nothing where it is no single person's."""
    before, comma, behind = piece.partition(", ")
    if comma:
        return f"{behind} {before}" if turned or _is_turned(before, behind) else ""
    return piece if is_person(piece) else ""


def _is_turned(before: str, behind: str) -> bool:
    """Whether two parts around a comma are a family name and given names."""
    words, given_names = before.split(), behind.split()
    alone = len(words) == 1 or words[0] in PARTICLES or words[0] in ("De", "Van", "Von")
    shaped = (
        alone
        and 1 <= len(given_names) <= 3
        and all(map(_is_part, given_names))
        and _is_part(words[-1])
    )
    return shaped and not is_body(before) and not is_body(f"{behind} {before}")


def _cited(segments: list[str]) -> Iterator[str]:
    """The names of a list of references: "Lee, A., Chen, B."."""
    given_names = segments[1::2]
    if (
        len(segments) > 2
        and len(segments) % 2 == 0
        and all(len(word) < 7 and word.endswith(".") for word in given_names)
    ):
        yield from (
            f"{initials} {name}" for name, initials in zip(segments[::2], given_names, strict=True)
        )


def _leading(segments: list[str]) -> list[str]:
    """The people at the front of a line, before where they belong and what they are."""
    names: list[str] = []
    for segment in segments:
        pieces = _joined(segment)
        single = "&" not in segment and all(
            " " not in piece and _is_part(piece) for piece in pieces[1:]
        )
        opens = is_person(pieces[0]) or (single and len(pieces) > 1 and " " not in pieces[0])
        if not opens or not (
            single or all(is_person(piece) or is_body(piece) for piece in pieces[1:])
        ):
            break
        names += pieces
    return names


def _joined(text: str) -> list[str]:
    """The parts that "and" joins, with a comma before it or not."""
    return [
        piece.strip(" ,")
        for piece in text.replace(" & ", " and ").split(" and ")
        if piece.strip(" ,")
    ]


def is_list(name: str) -> bool:
    """Whether the commas of a name are those of a list of names: "Lee, Bell and Dow"; not "Lee, Head of Tolls and Ferries"."""
    pieces = [
        piece.removeprefix("the ") for conjunct in _joined(name) for piece in conjunct.split(", ")
    ]
    capitals = all(piece[:1].isupper() for piece in pieces)
    return (
        " and " in name
        and capitals
        and not any(_is_office(piece.split()[0]) for piece in pieces[1:])
    )


def name_words(name: str) -> frozenset[str]:
    """The words of a name, folded, without titles and small ones."""
    return frozenset(
        word
        for word in fold(_without_brackets(name)).replace(",", "").split()
        if word not in SMALL and not is_title(word)
    )


def _bare_words(name: str) -> frozenset[str]:
    return frozenset(word for word in fold(name).replace("-", " ").split() if word not in SMALL)


def _compatible(given_names: str, other_names: str) -> bool:
    """Whether given names can be one person's: an initial or a short form fits the whole, a middle name only beside a first."""
    ours, theirs = (fold(names).replace("-", " ").split() for names in (given_names, other_names))
    if not ours or not theirs:
        return True
    middle = not (ours[1:] and theirs[1:]) or any(_fits(a, b) for a in ours[1:] for b in theirs[1:])
    return _fits(ours[0], theirs[0]) and middle


def _fits(name: str, other_name: str) -> bool:
    short, long = sorted((name, other_name), key=len)
    begins = long.startswith(short) and (len(short) == 1 or len(short) >= PREFIX)
    return (
        begins
        or name == other_name
        or any(name in names and other_name in names for names in _USUAL)
    )
