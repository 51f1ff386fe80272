"""The names of authors, as citations have them: persons by family name, bodies whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pullquote.corpus.givennames import is_given_name
from pullquote.corpus.honorifics import TITLES
from pullquote.corpus.institutions import NOUN
from pullquote.corpus.particles import PARTICLE

_PARTICLE = re.compile(PARTICLE)
_BODY = re.compile(
    rf"\b(?:{NOUN}|conference|editors?|fund|inc|ltd|nations|press|project|staff|state|trust|watch)\b|^the\b|[\d@/]",
    re.IGNORECASE,
)
_FIRM = r"(?:Sons?|Daughters?|Co|Company|Partners|Associates|Brothers|Bros)\b"  # "Hosken & Sons" is one
_NAMED_BODY = re.compile(
    r"\s(?:of|for|and|&)\s|[a-z]\s[A-Z]{2,3}$"
)  # "Chamber of Trade", "Health and Safety Executive", "Greenpeace UK"
_BODY_LAST = re.compile(  # after a name that holds an "and"; those of all bodies are looked for before
    r"\b(?:Academy|Archive|Campaign|Club|College|Directorate|Exchange|Executive|Forum|Guild|Inspectorate|Laboratory|Library|Limited|LLC|"
    r"LLP|Museum|Observatory|Ombudsman|PLC|plc|Regulator|Research|School|Studies|Survey|Taskforce|UK|Unit|US)$"
)
_AND = re.compile(rf",?[ \t\r\n]+(?:and|&)\s+(?!{_FIRM})")
_ONE_BODY = re.compile(  # "Chamber of Trade and Industry"; not "Chamber of Trade and Ann Lee", nor "Friends of Roads and Greenpeace"
    r"\b(?:Academy|Alliance|Chamber|College|Confederation|Directorate|Faculty|Guild|Institution|League|Museum|School)\s(?:of|for)\s"
    r"(?:[\w-]+\s){1,4}?(?:and|&)\s[\w-]+(?=\s*(?:$|[,;]|\s(?:of|for|in|and|&)\s))"
)
_GIVEN = re.compile(  # given names of those who have two family names
    r"Alejandr[oa]|Alberto|Ana|Andrés|Ángel|Ant[oó]nio|Beatriz|Carlos|Carmen|Carolina|Cristina|Eduardo|Elena|Enrique|Ernesto|"
    r"Felipe|Fernando|Francisco|Gabriel|Guillermo|Ignacio|Isabel|Javier|Jesús|João|Jorge|Jos[eé]|Juan|Luisa?|Luís|Manuel|"
    r"Margarita|Mar[ií]a|Mario|Marta|Miguel|Pablo|Paulo|Pedro|Pilar|Rafael|Ramón|Ricardo|Roberto|Sofía|Teresa"
)
_FAMILY = re.compile(  # of such names: both of "García Márquez"
    r"(?!In[eé][sz])[A-ZÁÉÍÓÚÑ][\w’'-]+[aeiouáéíóú]z|Almeida|Blanco|Borges|Castillo|Castro|Costa|Cruz|Delgado|Ferreira|Flores|"
    r"Fuentes|Garc[ií]a|Herrera|Llosa|Medina|Molina|Morales|Moreno|Navarro|Oliveira|Ortega|Pereira|Ramos|Reyes|Rojas|Romero|"
    r"Santos|Silva|Sou[sz]a|Torres|Vargas"
)
_INITIAL = re.compile(r"[A-Z]\.")
_INITIALS = re.compile(  # "A.", "A. M.", "J.-P."; not where a body is: "Tollwise, U.K."
    r"(?!(?:U\.[KNS]|U\.S\.A|U\.A\.E|D\.C|E\.U|N\.Y)\.$)[A-ZÀ-ÖØ-Þ]\.(?:[ -]?[A-ZÀ-ÖØ-Þ]\.){0,4}"
)
_GENERATION = re.compile(r"\b(?:Jr\b\.?|Sr\b\.?|III|II|IV)")
_NOT_FAMILY = re.compile(  # outlets, agencies and bodies, and what stands for a name: no part of a person's
    r"\b(?:agence|agencies|amnesty|anonymous|ansa|associated|axios|bloomberg|chronicle|columnist|contributors?|correspondents?|daily|"
    r"economist|editorials?|express|figaro|gazette|greenpeace|guardian|herald|independent|interfax|journal|letters?|magazine|mail|"
    r"mirror|monde|newsroom|news|observer|opinion|oxfam|politico|post|repubblica|reuters|review|reporters?|spiegel|standaard|tass|"
    r"telegraph|times|today|tribune|unicef|weekly|wikipedia|xinhua)\b|,\s*the\b",
    re.IGNORECASE,
)
MOST_BESIDE_BODY = 20  # persons before a body's name in a line of authors
_KEPT = "\N{NO-BREAK SPACE}"  # for the space before an "and" that joins no two authors
_TITLE = re.compile(
    rf"(?:(?:(?:{TITLES})\.|(?:M(?:rs?|s|x|iss)|Dr|Prof|Rev|Sen|Rt|Hon|Cllr|Sir|Dame|Lord|Lady|Baron(?:ess)?|Professor|Doctor|"
    r"Senator|Councill?or|Reverend)\.?)\s+)+(?=\S)"
)
_AFTER_NAME = re.compile(  # what stands behind a name: "Wenna Rowe, MP"
    r"(?:,\s*(?:MA|BA|BSc|MSc|MBA|MD|KC|QC|RN|AM|TD|[CMO]BE|FRS|Esq\.?)|,?\s+(?:M[ES]?P|Ph\.?\s?D\.?|D\.?Phil\.?|Jr\.?|Sr\.?|II|III|IV))+"
    r"(?=\s*(?:$|[,;]|\s(?:and|&)\s))"
)


@dataclass(frozen=True, slots=True)
class Author:
    """An author: a person's family and given name, or a body's whole name."""

    family: str
    given: str = ""

    @property
    def initials(self) -> str:
        """Given names as APA has them. Example: "Jean-Paul Marie" -> "J.-P. M."."""
        parts = (part.split("-") for part in self.given.split())
        return " ".join("-".join(f"{bit[0]}." for bit in part if bit) for part in parts)

    @property
    def inverted(self) -> str:
        """Family name first."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def straight(self) -> str:
        """As one says it."""
        return f"{self.given} {self.family}".strip()


def authors_of(author: str | None) -> tuple[Author, ...]:
    """The authors of a line such as "Amalendu Misra and Ann Lee"; a body is kept whole."""
    pieces = (piece for part in _parts(author or "") for piece in _joined(part))
    return tuple(Author(piece) if _BODY.search(piece) else _name(piece) for piece in pieces)


def straight_names(author: str) -> tuple[str, ...]:
    """The parts of a line of authors, with the family name last.

    Example: straight_names("Lee, Ann; Sen. Bo Chen and Cy Ray") -> ("Ann Lee", "Sen. Bo Chen and Cy Ray")
    """
    return tuple(name for part in _parts(author) for name in _straight(part, _is_turned))


def straight_line(author: str | None) -> str | None:
    """A line of authors as one says it, or as it stands where no family name is surely first: "Oxfam, Greenpeace".

    Example: straight_line("Lee, Ann; Chen, Bo") -> "Ann Lee and Bo Chen"
    """
    parts = _parts(author or "")
    alike = len(parts) > 1 and all(_may_be_shown_turned(piece) for part in parts for piece in _joined(part))
    names = [name for part in parts for name in _shown(part, _may_be_shown_turned if alike else _is_surely_turned)]
    if not author or names == parts:
        return author
    if any(_BODY.search(name) or re.search(r",|\s(?:and|&)\s", name) for name in names):
        return "; ".join(names)
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _shown(part: str, turns: Callable[[str], bool]) -> list[str]:
    """The names of a part with the family name last, or the part as it stands where that would leave one as it was."""
    pieces = _joined(part)
    doubtful = any("," in piece and not turns(piece) for piece in pieces)
    several = len(pieces) > 1 and _generation(part)  # whose "Jr." it is
    return [part] if doubtful or several else _straight(part, turns)


def _straight(part: str, turns: Callable[[str], bool]) -> list[str]:
    pieces = _joined(part)
    turned = [_name(piece).straight if turns(piece) else piece for piece in pieces]
    if turned == pieces:
        return [part]  # with what stands behind a name, such as "Jr."
    return turned if turned[1:] else [f"{turned[0]} {_generation(part)}".strip()]


def _generation(part: str) -> str:
    """The "Jr." of "King, Martin Luther, Jr.", wherever it stands."""
    behind = (_GENERATION.search(after.group()) for after in _AFTER_NAME.finditer(part))
    return next((found.group() for found in behind if found), "")


def _parts(author: str) -> list[str]:
    return [part.strip() for part in author.split(";") if part.strip()]


def _joined(part: str) -> list[str]:
    """The names between two semicolons, each as it stands there: "Lee, Ann", "Bo Chen", a body whole."""
    if _BODY.search(part):
        return _beside_body(part)
    bare = _ONE_BODY.sub(_unparted, _AFTER_NAME.sub("", part))
    names = _parted(_AND.split(bare))
    if len(names) == 1 and names != [bare]:
        return [part]
    one_word = any(name and not re.search(r"[\s,]", name) for name in names)  # "Oxfam, Greenpeace and Reuters"
    return [piece.replace(_KEPT, " ") for name in names for piece in _listed(name, one_word=one_word) if piece]


def _beside_body(part: str) -> list[str]:
    """A body's name whole, after those who stand before it: "Ann Lee and the Oak Alliance", but not "Bo Lee and Ann Roe Fund"."""
    people: list[str] = []
    while len(people) < MOST_BESIDE_BODY and _BODY.search(part):
        one, *more = _AND.split(part, maxsplit=1)
        if not more or not _is_person(one) or _is_family(more[0]):
            break
        people, part = [*people, one], more[0]
    if people and not _BODY.search(part):
        return [*people, *_joined(part)]
    who, _, body = part.partition(", ")  # "Ann Lee and Bo Chen, Oak Alliance"
    return [*people, who, body] if people and body and "," not in body and _is_person(who) else [*people, part]


def _is_family(name: str) -> bool:
    """Whether a body is named after a person, as in "Bo Lee and Ann Roe Fund"."""
    alone = "," not in name and not _AND.search(name)
    return alone and bool(_BODY.search(name)) and is_given_name(name.partition(" ")[0])


def _is_person(name: str) -> bool:
    """Whether a name is a known given name and a family's; "Kate League" too."""
    words = _bare_words(name)
    named = len(words) in (2, 3) and is_given_name(words[0]) and not _INITIALS.fullmatch(words[-1])
    return named and (len(words) == 2 or not _BODY.search(name)) and not _NAMED_BODY.search(name)


def _bare_words(name: str) -> list[str]:
    """The words of a name without titles and the small words of a family name."""
    return [word for word in _TITLE.sub("", name, count=1).split() if not _PARTICLE.fullmatch(word.lower())]


def _parted(names: list[str]) -> list[str]:
    """The names on both sides of an "and", or one where it is within a body's name: "Health and Safety Executive"."""
    if len(names) == 2 and "," not in names[0] and not _are_two(*names):
        return [" and ".join(names)]
    return names


def _are_two(one: str, other: str) -> bool:
    """Whether two names are two authors', and not one body's, of which the last word is a noun of bodies."""
    words, others = _bare_words(one), _bare_words(other)
    if len(others) < 2:  # "Clinics for Flu Control and Prevention"
        return _NAMED_BODY.search(one) is None or _NOT_FAMILY.search(other) is not None
    alone = len(words) == 1 and not is_given_name(others[0]) and not _NOT_FAMILY.search(one)
    return not (alone and _BODY_LAST.search(other))


def _is_turned(piece: str) -> bool:
    """Whether a name surely has the family name first: "Lee, Ann"; not "Ann Lee, Reuters", which may be where she belongs."""
    family, _, given = piece.partition(",")
    words = given.split()
    if (
        _BODY.search(piece)
        or "," in given
        or not words
        or not all(word[:1].isupper() or _PARTICLE.fullmatch(word) for word in words)
    ):
        return False
    return len(family.split()) == 1 or _opens_family(family) or _are_families(family)


def _may_be_shown_turned(piece: str) -> bool:
    """Whether a name has the family name first unless it is a body and its town, and is no body that is known as one."""
    capitals = any(word.isupper() and word[1:] for word in piece.partition(",")[0].split())  # "AFP"
    return _is_turned(piece) and not capitals and not _NOT_FAMILY.search(piece)


def _is_surely_turned(piece: str) -> bool:
    """Whether a name by itself proves that the family name is first: "Lee, A.", "Lee, Dr. Bo", "Lee, Ann"; not "Oxfam, Greenpeace"."""
    given = piece.partition(",")[2].strip()
    proved = _TITLE.match(given) or all(map(_is_given, given.split()))
    return bool(proved) and _may_be_shown_turned(piece)


def _is_given(word: str) -> bool:
    """Whether a word behind the comma is a given name, an initial, or the "van der" of the family name."""
    initial = len(word) == 1 and word.isupper()
    return bool(initial or _INITIALS.fullmatch(word) or _PARTICLE.fullmatch(word) or is_given_name(word))


def _unparted(body: re.Match[str]) -> str:
    """A body's name whose own "and" parts it no more."""
    return re.sub(r"\s(?=(?:and|&)\s)", _KEPT, body.group())


def _listed(part: str, *, one_word: bool) -> list[str]:
    """The names of "Ann Lee, Bo Chen"; but "Lee, Ann" and "van der Berg, Jan Piet" are one each.

    Args:
        one_word: whether a name beside these is a single word, so that "Lee, Ann" would be two.
    """
    pieces = [piece.strip() for piece in part.split(",")]
    if _are_cited(pieces):
        return [", ".join(pair) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    inverted = len(pieces[1:]) == 1 and (
        _opens_family(pieces[0]) or (_are_families(pieces[0]) and _are_given(pieces[1]))
    )
    return pieces if (one_word or all(" " in piece for piece in pieces)) and not inverted else [part]


def _are_cited(pieces: list[str]) -> bool:
    """Whether every second piece is initials, as in a list of references: "Lee, A., Chen, B."."""
    paired = len(pieces) % 2 == 0
    return paired and all(
        bool(_INITIALS.fullmatch(piece)) == bool(place % 2) and piece for place, piece in enumerate(pieces)
    )


def _opens_family(words: str) -> bool:
    first = words.partition(" ")[0]  # "Al" and "Di" are given names too
    return bool(_PARTICLE.fullmatch(first)) or first in ("De", "Van", "Von")


def _are_families(words: str) -> bool:
    names = words.split()
    return len(names) == 2 and all(_FAMILY.fullmatch(name) and not _GIVEN.fullmatch(name) for name in names)


def _are_given(words: str) -> bool:
    """Whether what a comma sets after "García Márquez" is given names: "Gabriel José", "Gabriel J."."""
    first, *others = words.split()
    return bool(_GIVEN.fullmatch(first)) and all(_GIVEN.fullmatch(name) or _INITIAL.fullmatch(name) for name in others)


def _name(person: str) -> Author:
    named = _TITLE.sub("", person.strip(), count=1)
    family, comma, given = named.partition(",")
    if "," in given:
        return Author(person.strip())  # "Lee, Ann, Bo Chen": who is who cannot be told
    if comma:
        return Author(family.strip(), _TITLE.sub("", given.strip(), count=1))
    if _NAMED_BODY.search(person):
        return Author(person.strip())
    words = named.split()
    if not words[1:] or _PARTICLE.fullmatch(words[0]):  # "van der Berg", of whom no given name is told
        return Author(named)
    first = len(words) - 1
    while first > 1 and _PARTICLE.fullmatch(words[first - 1].lower()):
        first -= 1
    return Author(" ".join(words[first:]), " ".join(words[:first]))
