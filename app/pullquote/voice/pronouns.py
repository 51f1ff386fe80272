"""Pronouns: whom "he", "she", "it" and "they" can mean, by number and kind, and who is named for them nearby."""

import re

from pullquote.corpus.institutions import NOUN, NOUNS
from pullquote.voice.frames import PREDICATE
from pullquote.voice.mentions import is_other
from pullquote.voice.number import MANY, is_several, may_be_several
from pullquote.voice.phrases import PEOPLE, ROLE, is_first_person, is_nobody, is_pronoun, is_well_formed
from pullquote.voice.subjects import main_subject, subject_of

LONGEST_READ = 2_000
_THING = re.compile(
    r"\b(?:stud(?:y|ies)|surveys?|polls?|reports?|research|statement|memo|press|media|"
    r"critics|opponents|proponents|supporters|experts|officials|many|some|others|data|analysis|act|law|states)\b|\s(?:and|&)\s",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"\b(?:memo|memorandum|report|letter|study|survey|poll|article|statement|petition|lawsuit|complaint|ruling|opinion|book|paper)$",
    re.IGNORECASE,
)
_BODIES = re.compile(
    rf"\b(?:{NOUN}|firms|cartels?|gangs?|rebels?|army|police|house|workers|farmers|residents|lawmakers|senators|republicans|democrats|prosecutors|lawyers|teachers|parents|men|women|people|voters)\b",
    re.IGNORECASE,
)
_OFFICER = re.compile(  # named after the body
    r"\b(?:Bank|Board|Commission|Committee|Company|Council|Department|Party|Union)\s(?:[Mm]ember|[Cc]hair\w*|[Cc]hief|[Dd]irector|[Hh]ead|[Ll]eader|[Pp]resident|[Ss]ecretary)\s[A-Z]"
)
_STATION = re.compile(r"(?:[Tt]he\s)?[KW][A-Z]{2,3}(?:[- ](?:TV|[AF]M))?")  # a call sign: "KELM"
_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|Justice|President|Senator|Secretary|General|Governor|Judge|Sen|Rep|Gov|Gen)\.?\s(?P<name>[A-Z][\w’-]+(?:\s[A-Z][\w’-]+)*)|"
    r"(?P<pair>(?!The\s|A\s|In\s|On\s)[A-Z][a-z]+\s[A-Z][a-z]+)\b"
)
_OTHERS = re.compile(
    rf"\b(?:{ROLE}|man|woman|boy|girl|lawyer|father|mother|wife|husband|brother|sister|son|daughter|friend|him|her)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(
    r"\s(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|"
    r"Fri|Satur|Sun)day|Congress|Washington|Senate|House|White|American|Mexican|I)\b)[A-Z][\w.’-]*"
)
_SINGLE = re.compile(
    r"\b(?:that|with|by|to|of|and|than|for|from)\s(?=[A-Z])(?!(?:the|Congress|Washington)\b)[A-Z][a-z]+(?=\s(?:had|has|was|is|would|will|paid|did|were|[a-z]+ed)\b)"
)
_MET = re.compile(r"\b[a-z]+(?:ed|s)\s[A-Z][\w’-]+\s(?:as|when|because|that)\s")  # "interrupted Lee as she"
LONGEST_OPENING = 120  # letters in which the subject of a sentence begins
_PLACES = frozenset(
    ["United", "New", "North", "South", "East", "West", "Supreme", "White", "House", "States", "Street", "City", "County", "Court",
     "University", "Department", "Congress", "Times", "Post", "Nations", "Union", "Party", "Bank", "World", "National", "American",
     "Act", "Committee", "Council", "Commission", "Institute", "Association", "Agency", "Administration", "Security", "Justice"]
)  # fmt: skip
_BODY_LAST = re.compile(
    rf"\b(?:{NOUNS}|house|army|military|campaign|pentagon|kremlin|police|newspaper|magazine|times|post|journal|reuters|cnn|cartel|team)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|Justice|Rev|Reverend)\b|\b(?:{ROLE}|opponent|man|woman|boy|girl|"
    r"friend|colleague|neighbou?r|father|mother|wife|husband|brother|sister|son|daughter|nephew|niece|uncle|aunt|cousin|widow|widower|teacher|farmer|rancher|survivor|victim|"
    r"resident|gentle\w*man|lady|veteran|nurse|critic|witness)\b",
    re.IGNORECASE,
)
_HEAD_ENDS = re.compile(r",|\s(?:of|in|from|to|for|on|at|with|such|like|who|including|opposed|against)\s")
_BEST_WHEN = re.compile(r"\s(?:said\sit\sbest|put\sit\sbest|got\sit\sright|was\s\w+)?\s?(?:when|as)\s(?:he|she)\s$")
_AGREED_WITH = re.compile(  # "I agree with Secretary Gates when he"
    r"\b(?:with|to|from|like|quote|thank|join)\s(?P<name>(?:(?:the|my|our)\s)?(?:[a-z]+\s){0,2}[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,3}),?\s(?:when|as|because|that)\s(?:he|she)\s$"
)
_ABSTRACT = re.compile(r"[A-Z][a-z]+(?:tion|sion|ism|dom|ity|ment|ness)$")
_ANYBODY = re.compile(r"(?:some|any|every|no)(?:body|one)\b|who\b|(?:here|there)$", re.IGNORECASE)
_COUNT_ALONE = re.compile(
    r"two|three|four|five|six|seven|eight|nine|ten|others|some|many|most|few|several|both|all", re.IGNORECASE
)
_OWNER = re.compile(
    r"(?P<name>(?!(?:In|At|On|For|From|By|With|After|To|Despite|Under|Since)\s)[A-Z][\w-]*(?:\s[A-Z][\w-]*){0,3})[’']s?\s(?:\w+\s){0,2}"
    r"(?:essay|book|article|speech|paper|report|study|letter|statement|work|theory|novel|writings|argument|view|office)\b"
)
_AGENTS = re.compile(r"ed\sby\s((?:[\w-]+\s){0,4}[\w-]+s)(?=[,.;]|\s(?:for|on|who|as|in|because|based|since)\s)")
_NAME_LAST = re.compile(r",\s[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){1,3}$")
_FULL_NAME = re.compile(r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*)+")
_ONE_NAME = re.compile(r"(?:[A-Z][\w-]*\.?\s)?[A-Z][a-z]+\s(?:[A-Z]\.\s)?[A-Z][\w’'-]+")  # "Sen. Ed Muskie"
_CASE = re.compile(r"\sv[s.]?\s")  # "Roe v Wade"
LONGEST_IT = 6  # words of a subject, not itself a speaker, that "it" points back to
_TEXT_BEFORE = re.compile(  # "The Times has an article today, and it says"
    r"\b(?:has|have|had|published|issued|released|wrote|ran|sent|put\sout|carried)\s(?P<text>(?:an?|its|their)\s(?:[\w-]+\s){0,3}"
    r"(?:report|article|study|letter|statement|memo|editorial|survey|poll|story|paper))\b[^;:]{0,80},?\s(?:and|but|which|in\swhich)\s$"
)
ADDRESSED = re.compile(  # "I asked the ambassador whether it was so. He said", "We spoke with experts from the army. They said"
    r"(?:[^,]{1,60},\s)?(?:I|[Ww]e|Reporters|Journalists|Lawmakers|Senators)\s(?:have\s|had\s|also\s|recently\s)*(?:asked(?!\sfor\b)|told|met|visited|questioned|interviewed|invited|called|phoned|telephoned|rang|wrote|spoke|spoken|talked|heard)\s(?:(?:to|with|from)\s)?"
    rf"(?P<name>(?:(?:the|an?|our|some|several|many|two|three)\s)?(?:(?:(?!(?:about|whether|if|to|in|on|of|and|that|how|why)\b)[\w-]+\s){{0,3}}?(?:{PEOPLE})|[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){{0,4}}))\b"
)
_SHARE = re.compile(r"[\d.]+\s|\w+\s(?:percent|per\scent)$")
_ASKED = re.compile(  # "When Dr. Bell asked 1,900 pupils in private, 68 percent said"
    r"\b(?:asked|surveyed|polled|interviewed|questioned|of|among)\s(?P<who>(?:the\s)?(?:[\d,]+\s)?(?:(?!of\b|the\b)[\w-]+\s){0,3}?(?!percent)[a-z]{3,}s)\b"
)
_CONCEDES = re.compile(r"^(?:while|although|though|even\sthough|whereas)\s", re.IGNORECASE)


def is_thing(name: str) -> bool:
    """Whether a speaker is a text, a body or a group, which "he" cannot mean; "Council Member Cortez" is none."""
    if _OFFICER.search(name):
        return False
    if _BODY_LAST.search(_HEAD_ENDS.split(name, maxsplit=1)[0]):
        return True
    return bool(_THING.search(name)) and not re.search(r"\bby\s.*[A-Z]\w+\s[A-Z]", name)


def is_text(name: str) -> bool:
    """Whether a name is that of a text, which can say something: "the memo"."""
    return bool(_TEXT.search(_HEAD_ENDS.split(name, maxsplit=1)[0]))


def another_person(words: str, name: str) -> bool:
    """Whether a sentence names a second person beside the one of that name: "Lee said that Bob Bell had gone"."""
    spoken = set(name.replace(",", "").split())
    named = (set((match["name"] or match["pair"]).split()) for match in _PERSON.finditer(words[:LONGEST_READ]))
    return any(not (parts & spoken or parts & _PLACES) for parts in named)


def is_person(name: str) -> bool:
    """Whether a name is surely one person's: "Ann Lee", "The sheriff"; not "the Globe"."""
    return not is_thing(name) and not (name.lower().startswith("the ") and not _ROLE.search(name))


def is_one_person(pronoun: str, name: str) -> bool:
    """Whether "they" is said and a single full name stands for it, which it cannot mean: "Ed Muskie"; a firm's may."""
    named = pronoun.lower() == "they" and _ONE_NAME.fullmatch(name)
    return bool(named) and not (fits(pronoun, name) or may_be_several(name.rpartition(" ")[2]))


def another_group(words: str, name: str) -> bool:
    """Whether a sentence speaks of a second group, body or text beside the one of that name."""
    rest = words.replace(name, " ")
    return bool(
        _THING.search(rest) or _BODIES.search(rest) or re.search(r"\b(?:its|their)\s", rest) or _ACRONYM.search(rest)
    )


def others_after(words: str, name: str) -> bool:
    """Whether a sentence speaks of other people, by role or by one name, after the last name of its speaker."""
    rest = words.rpartition(name.rsplit(" ", 1)[-1])[2]
    return bool(_OTHERS.search(rest) or _SINGLE.search(rest))


def names_another(words: str, name: str) -> bool:
    """Whether the words before "when he said" name a second person whom the pronoun may mean: "Lee applauded Bell"."""
    rest = words.rpartition(name.rsplit(" ", 1)[-1])[2]
    return another_person(words, name) or others_after(words, name) or bool(_MET.search(rest))


def alone(words: str, name: str) -> bool:
    """Whether a sentence that opens with a person's name or office names nobody else, as in: Ann Lee defended the plan."""
    start = words[:LONGEST_OPENING].find(name)
    if start < 0 or not re.search(r"\b[A-Z][a-z]+", name) or is_thing(name):
        return False
    rest = words[start + len(name) :]
    verb = PREDICATE.search(f"{rest} ")
    if verb is None:
        return False
    return not (_OTHERS.search(rest, verb.start()) or _CAPITAL.search(rest, verb.end() - 1))


def fits(pronoun: str, name: str) -> bool:
    """Whether a pronoun can mean a speaker of that name, by number and by kind."""
    word = pronoun.lower()
    if _COUNT_ALONE.fullmatch(name):
        return word == "they"
    if word in {"he", "she"}:
        if is_other(word, name) or _STATION.fullmatch(name):
            return False
        name = _alone(name)
        head = _HEAD_ENDS.split(name, maxsplit=1)[0].split()
        apposed = bool(_NAME_LAST.search(name))  # "The manager of the shop, Jo Strand"
        named = apposed or (bool(head) and head[-1][:1].isupper() and not (len(head) == 1 and _ABSTRACT.match(head[0])))
        several = is_several(name) or (" " in name and may_be_several(name))  # "Rogers" by itself is one
        return not (is_thing(name) or several or _CASE.search(name)) and (named or bool(_ROLE.search(name)))
    if word == "it":
        return not (is_several(name) or _ROLE.search(name))
    return may_be_several(name) or (is_thing(name) and not _ROLE.search(name))  # "they", "both", "68 percent"


def _alone(name: str) -> str:
    """A person's name without the office after it: "Jo Strand" of "Jo Strand, chair of the Owners' Association"."""
    first, comma, office = name.partition(", ")
    return first if comma and _FULL_NAME.fullmatch(first) and not is_thing(first) and _ROLE.search(office) else name


def named_before(words: str, pronoun: str) -> str | None:
    """Whom a pronoun means that the words before it, in the same sentence, have named.

    Example: named_before("Smith left the town; ", "he") -> "Smith"
    """
    before = words[:LONGEST_READ]
    name = main_subject(before)
    conceded = _CONCEDES.match(before.lstrip())
    if conceded:
        name = main_subject(before.lstrip()[conceded.end() :]) or name
    if pronoun.lower() == "it":  # only where the sentence sets two claims of its subject together
        bound = conceded or before.rstrip().endswith(", which")
        if text := _TEXT_BEFORE.search(before):
            return text["text"]
        plain = bound and name and not (is_pronoun(name) or is_nobody(name)) and len(name.split()) <= LONGEST_IT
        return name if plain and fits("it", name) else None
    if (met := ADDRESSED.match(before.lstrip())) and fits(pronoun, met["name"]):
        return met["name"]
    if is_speaker(name) and fits(pronoun, name):
        return name
    if pronoun.lower() == "they" and (agents := list(_AGENTS.finditer(before))) and is_several(agents[-1][1]):
        return agents[-1][1]  # "opposed by many groups, based on their claim"
    owners = [] if pronoun.lower() not in {"he", "she"} else list(_OWNER.finditer(before))
    return owners[-1]["name"] if owners and fits(pronoun, owners[-1]["name"]) else None


def is_speaker(name: str) -> bool:
    """Whether a subject names somebody by itself, so that a pronoun can point back to it."""
    if is_pronoun(name) or is_nobody(name) or is_first_person(name) or _ANYBODY.match(name):
        return False
    return bool(MANY.fullmatch(name)) or is_well_formed(name)


def person_before(words: str) -> str | None:
    """The subject that "when he said" points back to: the sentence's only person before it."""
    if with_whom := _AGREED_WITH.search(words):
        return with_whom["name"]
    match = _BEST_WHEN.search(words)
    if not match or not match.start():
        return None
    name = main_subject(words[: match.start()]) or subject_of(words[: match.start()])
    return name if is_speaker(name) and fits("he", name) else None


def means_person(pronoun: str) -> bool:
    """Whether a pronoun means one person: "he" or "she"."""
    return pronoun.lower() in {"he", "she"}


def is_share(subject: str) -> bool:
    """Whether a subject is only a share of others: "68 percent"."""
    return bool(_SHARE.match(subject))


def asked_before(words: str) -> str | None:
    """Those whom the words before a share say were asked: "When Dr. Bell asked 1,900 pupils" -> "1,900 pupils"."""
    asked = _ASKED.search(words)
    return asked["who"] if asked else None
