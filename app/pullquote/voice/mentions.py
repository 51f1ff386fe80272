"""Mentions: the people whom a sentence names anywhere in it, ranked by how well "he" or "she" can mean them."""

import re
from dataclasses import dataclass

from pullquote.voice.phrases import ROLE
from pullquote.voice.titles import TITLE

LONGEST_READ = 1_200
_HE = r"man|boy|father|grandfather|brother|son|grandson|husband|uncle|nephew|widower|king|prince|brother-in-law|father-in-law|son-in-law"
_SHE = (
    r"woman|girl|mother|grandmother|sister|daughter|granddaughter|wife|aunt|niece|widow|queen|princess|nun|sister-in-law|"
    r"mother-in-law|daughter-in-law|midwife"
)
_BOTH = (
    r"friend|colleague|neighbou?r|teacher|farmer|rancher|survivor|victim|resident|veteran|nurse|critic|witness|driver|pilot|captain|"
    r"owner|manager|widow|student|patient|client|worker|fisherman|shopkeeper|baker|warden|sergeant|constable|priest|defendant|claimant|"
    r"appellant|applicant|petitioner|respondent|psychiatrist|surgeon|engineer|banker|trader|landlord|tenant|boss|cousin|child|trustee"
)
_WORD = r"[A-Z][\w’'-]*[a-z][\w’'-]*"
_NAMED = re.compile(
    rf"(?<![\w.’'-])(?P<title>(?:{TITLE})\.?\s)?(?P<name>(?:(?:[A-Z]\.\s?)+)?{_WORD}(?:\s(?:(?:[A-Z]\.|de|del|van|von|al|bin|la)\s){{0,2}}{_WORD})*)"
)
_KIN = re.compile(
    rf"\b(?P<whole>(?:(?:the|an?|one|his|her|their|its|my|our|that|this|{_WORD}[’']s)\s)(?:(?!(?:of|and|or|to|in|on|for|with|the|an?)\b)[a-z-]+\s){{0,3}}?"
    rf"(?:(?P<he>{_HE})|(?P<she>{_SHE})|(?P<both>{_BOTH}|{ROLE})))(?![\w’'-])(?!\s(?:of\s(?:the|this|a)\s(?:{ROLE})\b|[a-z]+ing\b))",
    re.IGNORECASE,
)
_NO_PERSON = frozenset(  # words of the names of places, bodies, texts and times
    ["Act", "Acts", "Administration", "Agency", "Alliance", "America", "American", "Army", "Article", "Assembly",
     "Association", "Authority", "Avenue", "Bank", "Bay", "Bill", "Board", "Bureau", "Canal", "Centre", "Center",
     "Chamber", "Charter", "Church", "City", "Coast", "Code", "College", "Command", "Commission", "Committee",
     "Company", "Congress", "Constitution", "Convention", "Corporation", "Council", "County", "Court", "Courts",
     "Department", "Directorate", "District", "East", "Economics", "Executive", "Fair", "Federation", "Fellowship",
     "Foundation", "Front", "Fund", "Hotel", "Government", "Group", "Harbor", "Harbour", "Hall", "Health", "Herald",
     "High", "Hill", "Hills", "Hospital", "House", "Industries", "Institute", "International", "Island", "Islands",
     "Journal", "Kingdom", "Lake", "Law", "Laws", "League", "Library", "Limited", "Ministry", "Mountain",
     "Mountains", "Movement", "Museum", "National", "Nations", "Navy", "Network", "New", "News", "North", "Office",
     "Order", "Organisation", "Organization", "Pact", "Parliament", "Park", "Party", "Police", "Port", "Post",
     "Prison", "Project", "Province", "Question", "Railway", "Red", "Reform", "Region", "Register", "Registry",
     "Republic", "Review", "River", "Road", "Row", "Saint", "San", "School", "Section", "Senate", "Service",
     "Services", "Society", "South", "Square", "St", "State", "States", "Station", "Street", "Supreme", "Tax",
     "Times", "Treasury", "Treaty", "Tribune", "Trust", "Union", "United", "University", "Valley", "Village", "War",
     "Water", "West", "White", "Works", "World", "January", "February", "March", "April", "May", "June", "July",
     "August", "September", "October", "November", "December", "Monday", "Tuesday", "Wednesday", "Thursday",
     "Friday", "Saturday", "Sunday"]
)  # fmt: skip
_SURNAMES = frozenset(
    (
        "Bay",
        "Church",
        "Hall",
        "High",
        "Hill",
        "Lake",
        "Law",
        "North",
        "Park",
        "Post",
        "South",
        "Street",
        "West",
        "White",
    )
)
_NO_NAME = frozenset(  # words that have a capital where a sentence starts
    ["A", "After", "All", "Although", "An", "And", "Any", "As", "At", "Because", "Before", "Both", "But", "By",
     "Can", "Despite", "During", "Each", "Even", "Every", "Few", "For", "From", "Had", "Has", "He", "Her", "Here",
     "His", "How", "However", "I", "If", "In", "Instead", "Is", "It", "Its", "Last", "Later", "Like", "Many", "Most",
     "My", "Neither", "No", "Nobody", "Nor", "Not", "Nothing", "Now", "Of", "On", "One", "Only", "Or", "Our", "Over",
     "Some", "Since", "So", "Such", "That", "The", "Their", "Then", "There", "These", "They", "This", "Those",
     "Though", "Three", "To", "Today", "Two", "Under", "Until", "We", "What", "When", "Where", "Which", "While",
     "Who", "Why", "With", "Without", "Yes", "Yet", "You", "Your", "Mr", "Mrs", "Ms", "Miss", "Dr", "Sir", "Madam"]
)  # fmt: skip
_ADDRESSED = frozenset(
    ("President", "Speaker", "Chairman", "Chair", "Chairwoman", "Chairperson")
)  # "Mr. President, I rise"
_MAN = frozenset(("Mr", "Sir", "Lord", "Father"))
_WOMAN = frozenset(("Mrs", "Ms", "Miss", "Lady", "Dame", "Madam", "Sister"))
_KINGS = frozenset(("King", "Prince", "Emperor", "Pope", "Duke", "Baron", "Count", "Earl", "Tsar", "Sultan"))
_QUEENS = frozenset(("Queen", "Princess", "Empress", "Duchess", "Baroness", "Countess"))  # with a name after it
_OF = re.compile(r"\s(?:of|who|and)\s")
_PLACED = re.compile(
    r"\b(?:in|at|near|from|of|to|off|across|outside|on|under|over)\s(?:[A-Z][\w’'-]*\s){0,3}(?:and\s)?$", re.IGNORECASE
)
_THEIRS = re.compile(rf"\b(?:{_HE}|{_SHE}|friend|partner)s?\sof\s$")  # "the mother of Conor Daly"
_PRESENTED = re.compile(r",?\s(?:who|whose|whom)\b|,\s(?:the|an?|his|her|their|its|now|then|former|\d)")
_BEHIND = re.compile(r"\b(?:like|than|against|about|after|before|since)\s$")
_SURE_HE = re.compile(rf"\b(?:an?|the|his|her)\s(?:[a-z-]+\s){{0,2}}(?:{_HE})\b")
_SURE_SHE = re.compile(rf"\b(?:an?|the|his|her)\s(?:[a-z-]+\s){{0,2}}(?:{_SHE})\b")
_IS = re.compile(
    r"\b(?:is|are|was|were|am|be|been|became|as)\s(?:not\s|also\s|now\s)?$"
)  # "He is a careful man": no second person
_HE_LAST = re.compile(rf"\b(?:{_HE}|[a-z]+[a-z]man)$")
_SHE_LAST = re.compile(rf"\b(?:{_SHE}|[a-z]+woman)$")
_MORE = re.compile(r",|\s(?:who|whose|of|and)\b")
LONGEST_APPOSITION = 50
APART = 20  # letters after a name in which a word of kin or trade most likely tells what that person is


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody whom a sentence names: where, which pronoun suits them if that shows, and how much stands out."""

    name: str
    at: int
    suits: str | None = None
    rank: int = 0


def is_other(pronoun: str, name: str) -> bool:
    """Whether a name shows, by its title or by a word of kin, that the other pronoun is theirs: "he" for "Mrs. Bell"."""
    shown = _shown(name)
    return pronoun in {"he", "she"} and shown is not None and shown != pronoun


def _shown(name: str) -> str | None:
    """The pronoun that a name shows: "he" for "Her son, Mark" and "King Charles", "she" for "Mrs. Bell"."""
    for part in name.split(", "):
        head = _OF.split(part, maxsplit=1)[0]
        if _HE_LAST.search(head) or _SHE_LAST.search(head):
            return None if part.startswith("whose ") else "she" if _SHE_LAST.search(head) else "he"
    title = name.partition(" ")[0].rstrip(".")
    crowned = name.count(" ") and title
    if title in _WOMAN or title.endswith("woman") or crowned in _QUEENS:
        return "she"
    return "he" if title in _MAN or title.endswith(("man", "master")) or crowned in _KINGS else None


def whom(pronoun: str, words: str) -> str | None:
    """The one person of a sentence whom "he" or "she" can mean; None where there is none or where two stand out alike.

    Example: whom("she", "The vote came after Joy Calloway, whose father was murdered, changed her mind") -> "Joy Calloway"
    """
    told = [each for each in people_in(words) if each.suits in {None, pronoun.lower()}]
    able = [each for each in told if not is_other(pronoun.lower(), each.name)]
    best = max((each.rank for each in able), default=0)
    first = [each for each in able if each.rank == best]
    return first[0].name if len({each.name for each in first}) == 1 else None


def people_in(words: str) -> list[Mention]:
    """The people whom a sentence names or calls by kin, office or trade, in order."""
    read = words[:LONGEST_READ]
    named = [mention for match in _NAMED.finditer(read) if (mention := _named(match, read))]
    taken = [(each.at, each.at + len(each.name)) for each in named]
    kin = []
    for match in _KIN.finditer(read):
        beside = _NAMED.match(read, match.end() + 2) if read.startswith(", ", match.end()) else None
        beside = beside or (_NAMED.match(read, match.end() + 1) if read.startswith(" ", match.end()) else None)
        if beside and _named(beside, read):  # "his mother, Mrs. Adaire": told with the name
            named = [_told_with(each, match) if each.at == beside.start() else each for each in named]
        elif not (
            _IS.search(read[: match.start()]) or any(start <= match.end() - 1 < end + APART for start, end in taken)
        ):
            kin.append(_kin(match, read))
    return sorted([*named, *kin], key=lambda each: each.at)


def _named(match: re.Match[str], words: str) -> Mention | None:
    title = (match["title"] or "").strip(" .")
    parts, start = match["name"].split(), match.start()
    while parts and not title and parts[0] in _NO_NAME:
        start = words.index(parts.pop(0), start)
        start = words.index(parts[0], start + 1) if parts else start
    after = words[match.end() : match.end() + LONGEST_APPOSITION]
    presented = bool(_PRESENTED.match(after))
    places = {part for part in parts if part in _NO_PERSON} - (_SURNAMES if presented else frozenset())
    if not parts or (len(parts) == 1 and (not title or parts[0] in _ADDRESSED)) or places:
        return None
    placed = _PLACED.search(words[:start]) and not after.startswith((", who", " who"))
    if not title and (placed or _THEIRS.search(words[:start])):
        return None
    name = re.sub(r"[’']s?$", "", words[start : match.end()])
    suits = "he" if title in _MAN else "she" if title in _WOMAN else None
    if presented and suits is None and after.startswith(", "):
        told = _MORE.split(after[2:], maxsplit=1)[0]
        suits = "he" if _SURE_HE.match(told) else "she" if _SURE_SHE.match(told) else None
    rank = 2 + presented - bool(_BEHIND.search(words[:start])) - bool(match.group().endswith(("’s", "'s")))
    return Mention(name, start, suits, rank)


def _told_with(mention: Mention, match: re.Match[str]) -> Mention:
    suits = mention.suits or ("he" if match["he"] else "she" if match["she"] else None)
    return Mention(mention.name, mention.at, suits, mention.rank + 1)


def _kin(match: re.Match[str], words: str) -> Mention:
    presented = bool(_PRESENTED.match(words, match.end()))
    suits = "he" if match["he"] else "she" if match["she"] else None
    return Mention(match["whole"], match.start(), suits, int(presented))
