"""Speakers: by which name a document first calls whoever a short form, a surname or an acronym means."""

import bisect
import re
from dataclasses import dataclass, replace
from functools import cached_property

from pullquote.corpus.documents import Document
from pullquote.corpus.honorifics import TITLES
from pullquote.corpus.institutions import NOUN
from pullquote.corpus.particles import PARTICLE
from pullquote.voice.bearers import LONGEST_BESIDE, Bearer, Families
from pullquote.voice.names import Name as Author
from pullquote.voice.names import authors_of
from pullquote.voice.offices import Offices
from pullquote.voice.phrases import DETERMINER, ROLE
from pullquote.voice.tidying import LONGEST_NAME
from pullquote.voice.titles import OFFICES, TITLED

_WORD = rf"(?:(?:[A-Z]\.)+|(?:{TITLES}|St|Jr)\.|[A-Z][\w’'&-]*)"
_RUN = re.compile(
    rf"(?<![\w.]){_WORD}(?:(?:\s(?:of|on|for|in|and|the)(?:\sthe)?|(?:\s{PARTICLE}){{1,3}})?[ \n]{_WORD})*"
)
_FAMILY = re.compile(rf"(?:(?i:{PARTICLE})\s){{0,3}}(?P<last>[A-Z][\w’'-]*)")
_ADDRESSED = re.compile(rf"(?P<title>{TITLED.pattern})(?P<name>(?:{PARTICLE}\s){{0,3}}[A-Z][\w’'-]*)")
_KNIGHT = re.compile(  # called by the given name, or without the place: "Dame Helen Crossley", "Lord Hale of Dunmore"
    r"(?P<short>(?:Sir|Dame|Lord|Lady|Baroness|Father|Sister)\s[A-Z][\w’'-]*)(?:\sof(?:\sthe)?)?(?:\s[A-Z][\w’'-]*){1,3}"
)
_PLACE = re.compile(r"\s(?:of|on|for|in)\s")
_SECOND_NAME = re.compile(r"(?<!\bof)(?<!\bon)(?<!\bfor)(?<!\bin)(?<!\band)\sthe\s")
_NOUN = rf"(?:{NOUN}|church)"
_BODY = re.compile(rf"(?:the|this|its)\s(?P<noun>{_NOUN})", re.IGNORECASE)
_IS_BODY = re.compile(rf"\s{_NOUN}$", re.IGNORECASE)
_REPORT_OF = re.compile(  # a title: "Report of the Device Policy Committee"
    r"(?:.*\s)?(?:Report|Findings|Recommendations|Statement|Testimony|Comments)\s(?:of|from)\s(?:[Tt]he\s)?"
    rf"(?P<body>(?:[A-Z][\w’'&-]*\s(?:(?:and|for|of|on)\s)?){{1,5}}?(?i:{_NOUN}))(?![\w’'-])"
)
_ACTIVITY = re.compile(r"[A-Z][a-z]+ing")
_SHORT = re.compile(r"(?:[Tt]he|[Tt]his)\s(?P<noun>[A-Z][\w’'-]+)")
_BEYOND = re.compile(r"\s?[,(]")  # where an author's name goes on with a place or a person
_OF_BODY = re.compile(r"\s(?:of|for)\s(?:the\s)?[A-Z][\w’'-]*(?:\s(?:and\s)?[A-Z][\w’'-]*)*")
_GRAMMAR = re.compile(
    r"(?:(?:Although|Though|Because|Until|Unlike|Despite|During|Among|Like|Following|Later|Yet|Still|Such|Each|Every|Most|"
    r"Other|Another|Both|Neither|Nor|The|A|An|In|On|At|But|And|As|For|From|By|With|When|While|If|Since|After|Before|However|Our|Their|His|Her|"
    r"Its|This|That|These|Those|Today|Yesterday|According\sto|To|Of|Some|Many|It|He|She|They|We|I|So|Or|Then|Now|"
    r"Is|Are|Was|Did|Does|Do|Has|Have|Can|Will|Not|No|Yes|Only|Even|Hence|Thus|Therefore|Moreover|Furthermore|Also|Consequently|Accordingly|Finally|Additionally|Under|Over|Where|Why|What|How|Who|See|Compare|Mr|Madam)"
    r"(?:\sthe)?\s)+"
)
_TITLE_BEFORE = re.compile(
    rf"(?:\b(?:the|our|a|an)\s)?(?:(?-i:(?:[A-Z][\w.]*\s){{0,3}}[A-Z]\w+|(?<![\w’'-])[a-z]+)[’']s?\s)?(?:\b(?:US|U\.S\.|UK|UN|U\.N\.|EU|former|then|executive|[A-Z][a-z]+)\s)?"
    rf"(?:(?<![\w’'-])(?:[a-z]+|US|U\.S\.)\s){{0,4}}(?<![\w’'-])(?:{ROLE})(?:\s(?:of|for)\s(?:the\s)?(?!the\s)[A-Z][\w. ]{{2,50}})?,?\s$",
    re.IGNORECASE,
)
_OFFICES_BEFORE = re.compile(rf"^(?:{OFFICES})s\s")  # "Trustees Amy Bell and Gordon Price"
_BEFORE_OFFICE = re.compile(
    r"^.*\b(?:Dear\s\w+,\s|(?:said|says|wrote|writes|added|adds|asked|whose|which|with|by|from|between|against|been|was|is|were|are|that|when|than|"
    r"but|yet|nor|so|although|though|while|because|as|if|after|where)\s|to\s(?=(?:the|our|an?|[A-Z]\w+)\s)|"
    rf"(?:and|or)\s(?=(?:the|an?|its|his|her|our|their)\s(?:[\w’'-]+\s){{0,4}}?(?:{ROLE})\b))|^(?:and|or)\s",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^(?:Only|Even|Also|Then|Yet|Still|us|them|me|him)\s"
)  # "Only Chair Amy Bell", "a letter to us its chair"
_OFFICIAL = re.compile(
    r"^(?:the\s)?(?:(?:[\w-]+\s)?administration|strategy|plan|(?:executive\s)?order|memorandum|proclamation|"
    r"united\sstates|white\shouse|president|vice\spresident|first\slady|fact\ssheet|federal\sgovernment|"
    r"president\s[\w. ]+|vice\spresident\s[\w. ]+)$",
    re.IGNORECASE,
)
_GOVERNING = re.compile(r"\b(?:President|White House|Prime Minister|Government|Ministry|Cabinet)\b")
NAMES_COMPARED = 20  # earlier mentions of a surname that are looked at to see whether they are one person


@dataclass(frozen=True, slots=True)
class Name:
    """A speaker by the document's first mention of them; `sure` when only one can be meant."""

    shown: str
    sure: bool = True
    own: bool = False  # the document's author, or an office that speaks through it


class Names:
    """The proper names of one document, and which of them a short form stands for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text = document.text
        self._offices = Offices(document.text)
        self._shown: dict[str, str] = {}
        self._families_told = Families(document.text)
        self._others: dict[str, int] = {}  # where a body of another name than the author's is named first, by its noun

    @cached_property
    def _author(self) -> str | None:
        """Who wrote the document; where nobody is recorded, the body whose report its title says it is, or that published it."""
        source = self._document.source
        if source.author:
            return source.author
        reports = _REPORT_OF.match(source.title or "")
        published = DETERMINER.sub("", (source.publisher or "").strip())
        return reports["body"] if reports else published if _IS_BODY.search(published) else None

    @cached_property
    def _families(self) -> frozenset[str]:
        """The family names of those who wrote the document; the last word of its author too: "the UN" is not the mission to the UN."""
        names = (name for each in authors_of(self._author) for name in (each.family, each.straight))
        return frozenset(name.casefold() for name in (*names, *(self._author or "").split()[-1:]))

    @cached_property
    def _runs(self) -> list[tuple[int, str]]:
        runs = ((match.start(), match.group()) for match in _RUN.finditer(self._text))
        return [
            (at + lead(run), " ".join(run[lead(run) :].split()).removesuffix("’s").removesuffix("'s"))
            for at, run in runs
        ]

    @cached_property
    def _within(self) -> frozenset[str]:
        """Words such as "Fleming" that have a capital within a sentence."""
        return frozenset(re.findall(rf"(?<=[a-z,;] )(?:{_ACTIVITY.pattern})\b", self._text))

    @cached_property
    def _by_last(self) -> dict[str, list[tuple[int, str]]]:
        """Names of several words by their last word, possessive and full stop taken off."""
        names: dict[str, list[tuple[int, str]]] = {}
        for at, run in self._runs:
            last = run.rsplit(" and the ", 1)[-1]  # "the Senate and the Supreme Court" is two bodies
            last = _SECOND_NAME.split(last)[-1]  # "Habitats Act the Board"
            for one in _PLACE.split(last, maxsplit=1)[0].split(" and "):  # "Amy Bell and Ann Lee": each of the two
                head = _OFFICES_BEFORE.sub("", one.removeprefix("and "))  # "Mr and Mrs Bell"
                if " " in head:
                    start = at + run.index(head)
                    names.setdefault(_bare(head.rsplit(" ", 1)[1]), []).append((start, head))
        return names

    @cached_property
    def _knights(self) -> dict[str, list[tuple[int, str]]]:
        """Names with "Sir", "Dame" or "Lord" by the short form of them: "Dame Helen", "Lord Hale"."""
        names: dict[str, list[tuple[int, str]]] = {}
        for at, run in self._runs:
            for match in _KNIGHT.finditer(run):
                names.setdefault(match["short"], []).append((at + match.start(), match.group()))
        return names

    @cached_property
    def _acronyms(self) -> dict[str, tuple[int, str]]:
        """Long names by the acronym beside them: "Drug Enforcement Administration (DEA)"."""
        pattern = re.compile(
            r"((?:the\s|The\s)?(?:[A-Z][\w.’'-]*\s(?:(?:of|on|for|and|the)\s){0,2}){2,9})\(([A-Z]{2,8})\)"
        )
        long: dict[str, tuple[int, str]] = {}
        for match in pattern.finditer(self._text if "(" in self._text else ""):
            long.setdefault(match[2], (match.start(), " ".join(match.group().split())))
        return long

    def resolve(self, subject: str, position: int) -> Name:
        """Who `subject`, read at `position`, is.

        Example: "Noem" -> "The US homeland security secretary, Kristi Noem".
        """
        if self._is_own(subject, position):
            return Name(self._document.source.author or subject, own=True)
        bare = DETERMINER.sub("", subject)
        if bare in self._acronyms:
            return Name(self._acronyms[bare][1])
        if (body := _BODY.fullmatch(subject)) and (long := self._body(body["noun"].capitalize(), position)):
            return long
        if holder := self._offices.holder(subject, position):
            return replace(self.resolve(holder, position), sure=False)
        if family := _FAMILY.fullmatch(bare):
            return self._full_name(subject, family["last"], position)
        addressed = _ADDRESSED.fullmatch(bare)
        found = self._addressed(addressed, position) if addressed else None
        return found or Name(self._with_title(subject, position))

    def _addressed(self, called: re.Match[str], position: int) -> Name | None:
        """Who "Mr Strang", "Professor Adeyemi" or "Dame Helen" is; None where nobody is known to be, or two may be."""
        knights = {name for at, name in self._knights.get(called.group(), []) if at < position}
        if knights:
            return Name(self._with_title(knights.pop(), position)) if len(knights) == 1 else None
        title, last = called["title"], called["name"].rpartition(" ")[2]
        found = self._full_name(called["name"], last, position)
        unknown = not found.sure or found.shown == called["name"] or _IS_BODY.search(f" {last}")
        full = [each for each in self._earlier(last, position) if not _ADDRESSED.fullmatch(each[1])]
        return found if not unknown and self._can_mean(title, full) else None

    def _can_mean(self, title: str, named: list[tuple[int, str]]) -> bool:
        """Whether a title and the family name can only mean the one person who is named in full at these places."""
        return self._families_told.have_one(title, [self._bearer(name, at) for at, name in named])

    def _bearer(self, name: str, at: int) -> Bearer:
        end = at + len(name)
        before, after = self._text[max(0, at - LONGEST_BESIDE) : at], self._text[end : end + LONGEST_BESIDE]
        return Bearer(name, before, after, self._with_title(name, at).removesuffix(name).strip())

    def is_word(self, name: str) -> bool:
        """Whether a word has its capital only from the sentence it opens: "Guards", where "a guard" or "guards" follow; "Idling"."""
        if _ACTIVITY.fullmatch(name):
            return not (self._by_last.get(name) or name in self._within)
        if not re.fullmatch(r"[A-Z][a-z]+s", name):
            return False
        return bool(re.search(rf"\b{name.lower().removesuffix('s')}s?\b", self._text))

    def _another(self, noun: str, author: str, position: int) -> bool:
        """Whether the text has named another body of that kind: "the Department of Trade" in one of the Department of Health."""
        if noun not in self._others:
            named = re.finditer(
                rf"(?<![\w’'-])(?:[A-Z][\w’'-]{{0,40}} ){{0,5}}{noun}\b(?: (?:of|for|on) (?:the )?[A-Z][\w’'-]{{1,40}})?",
                self._text,
            )
            others = (match.start() for match in named if DETERMINER.sub("", match.group()) not in author)
            self._others[noun] = next(others, len(self._text))
        return self._others[noun] < position

    def _body(self, noun: str, position: int) -> Name | None:
        """The one body of that kind that the document has named so far: "the union" for a Teachers Union."""
        names = self._by_last.get(noun, [])
        count = bisect.bisect_left(names, (position, ""))
        earlier = {name for _, name in names[max(0, count - NAMES_COMPARED) : count]}
        return Name(earlier.pop(), sure=False) if len(earlier) == 1 else None

    def _full_name(self, subject: str, bare: str, position: int) -> Name:
        earlier = self._earlier(bare, position)
        if not earlier:
            return Name(subject)
        full = [each for each in earlier if not _ADDRESSED.fullmatch(each[1])]
        titles = {match["title"] for _, name in earlier if (match := _ADDRESSED.fullmatch(name))}
        if titles and all(self._can_mean(title, full) for title in titles):
            earlier = full  # not by "Mr. Strang"
        at, name = earlier[0]
        names = {DETERMINER.sub("", each) for _, each in earlier}
        same = all(other.endswith(name) or name.endswith(other) or _same_person(name, other) for other in names)
        if same and subject != bare and (body := self._whole(earlier)):
            return body
        return Name(self._with_title(name, at)) if same else Name(subject, sure=False)

    def _earlier(self, last: str, position: int) -> list[tuple[int, str]]:
        """The first name in full by its last word before a place, and those nearest to it."""
        names = self._by_last.get(_bare(last), [])
        count = bisect.bisect_left(names, (position, ""))
        return names[: min(count, 1)] + names[max(1, count - NAMES_COMPARED) : count]

    def _whole(self, named: list[tuple[int, str]]) -> Name | None:
        """The body that "the Chamber" is, by all of its name: "Penwith Chamber of Trade"; None where that has no "of"."""
        rests = [_OF_BODY.match(self._text, at + len(name)) for at, name in named]
        whole = ((name, rest) for (_, name), rest in zip(named, rests, strict=True) if rest)
        names = list(dict.fromkeys(" ".join(f"{name}{rest.group()}".split()) for name, rest in whole))
        return Name(names[0], sure=len(names) == 1) if names else None

    def _with_title(self, name: str, position: int) -> str:
        """The name with the office written before its first mention."""
        if name not in self._shown:
            self._shown[name] = self._titled(name, position)
        return self._shown[name]

    def _titled(self, name: str, position: int) -> str:
        first = self._text.find(name, 0, position + len(name) + LONGEST_NAME)
        first = first if first >= 0 else position
        before = self._text[max(0, first - 100) : first]
        if not re.match(r"[A-Z]", name) or " " not in name:
            return name
        line = re.split(r"[.!?:;\n\r“”\"]\s*", before)[-1]
        title = _TITLE_BEFORE.search(line)
        office = _ONLY.sub("", _BEFORE_OFFICE.sub("", title.group().lstrip())) if title else ""
        return " ".join(f"{office}{name}".split())

    def _is_anothers(self, family: str, position: int) -> bool:
        """Whether the text has given somebody else of that family in full, who is meant by it from there on."""
        names = [_untitled(name) for _, name in self._earlier(family, position) if not _ADDRESSED.fullmatch(name)]
        authors = [each for each in authors_of(self._author) if each.given]
        return bool(authors) and not all(any(_may_be(name, each) for each in authors) for name in names)

    def _is_own(self, subject: str, position: int) -> bool:
        author = self._author
        if not author or not author.strip():
            return False
        bare = DETERMINER.sub("", subject)
        if bare.casefold() == author.casefold() or (bare == subject and self._families >= _surnames(subject)):
            return not any(self._is_anothers(family, position) for family in re.findall(r"[\w’'-]+", subject))
        if (body := _BODY.fullmatch(subject)) and author.partition(",")[0].endswith(f" {body['noun'].capitalize()}"):
            return True  # "The Commission believes" in a text of the Sentencing Commission
        if (part := _SHORT.fullmatch(subject)) and part["noun"] in _heads(author):
            return not self._another(part["noun"], author, position)
        return bool(_GOVERNING.search(author) and _OFFICIAL.match(subject))


def _heads(author: str) -> frozenset[str]:
    """What an office calls itself: "Board" for "Board of Trade, Merovia"; "Office" and "Ombudsman" for "Office of the Ombudsman"."""
    office, *beyond = _PLACE.split(_BEYOND.split(author, maxsplit=1)[0])
    parts = [office, *beyond[:1]] if office.endswith("Office") and beyond and beyond[0].startswith("the ") else [office]
    return frozenset(part.split()[-1] for part in parts if part.split())


def _surnames(subject: str) -> set[str]:
    """Each of those whom a reference names. Example: _surnames("Keller and Obi") -> {"keller", "obi"}."""
    return set(re.split(r",?\s(?:and|&)\s|,\s", subject.casefold()))


def lead(run: str) -> int:
    """How many letters at a run's start are words of grammar and no name: "The ", "But In "."""
    words = _GRAMMAR.match(run)
    return words.end() if words else 0


def _bare(word: str) -> str:
    return re.sub(r"[’']s?$|\.$", "", word)


def _same_person(name: str, other: str) -> bool:
    """Whether two full names share their first two words or differ by a title only."""
    one, two = (set(_untitled(each).casefold().split()) for each in (name, other))
    return one <= two or two <= one


def _may_be(name: str, author: Author) -> bool:
    """Whether a name is an author's, perhaps with initials: "A. Lee", "Ann Lee"."""
    first, own = name.partition(" ")[0].rstrip("."), author.given.partition(" ")[0].rstrip(".")
    initials = first[:1] == own[:1] and min(len(first), len(own)) == 1
    return initials or _same_person(name, author.straight)


def _untitled(name: str) -> str:
    """A name without its titles, where more than a family name is left: "Dean Smith" may be a given name's."""
    bare = TITLED.sub("", name)
    return bare if " " in bare else name
