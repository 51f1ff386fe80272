"""Propositions: what a question puts up for debate, and which side of it is asked for.

One short rule turns a plain question into a statement; what it cannot tell for sure stays as it was asked.
"""

import re
from collections.abc import Sequence

from pullquote.sides.stance import Side

_UNTRUE = "It is not true that "
_BE = frozenset({"is", "are", "was", "were"})
_HAVE = frozenset({"has", "have", "had"})
_MODAL = frozenset({"should", "must", "can", "could", "will", "would", "may", "might"})
_AUXILIARIES = _BE | _HAVE | _MODAL | {"do", "does", "did"}
_ASKING = frozenset({"who", "what", "when", "where", "which", "whose", "how", "why"})
_PRONOUNS = frozenset({"we", "they", "you", "it", "he", "she", "there"})
_DETERMINERS = frozenset({"the", "a", "an", "this", "these", "our", "their", "its"})
_LINKS = frozenset({"of", "in", "on", "for", "to", "with", "from", "by", "at", "under", "that", "who", "and", "or"})
_SINGULAR = frozenset({"is", "was", "has", "does"})
_BESIDE = _LINKS - {"to", "and", "or"}  # where or how something is done
_PREDICATES = frozenset({"be", "have", "not"})  # after a modal verb one of these ends the subject
_NOUNS = 3  # words of a subject at most, where its plural tells its end
_MOTION = re.compile(
    r"(?:be it )?(?:resolved,? that|this house (?:believes that|(?P<would>would))) (?=\S)", re.IGNORECASE
)
_SHORT = re.compile(r"\b(\w+?)(?:n['’]t|(?<=can)not)\b", re.IGNORECASE)
_DENIABLE = re.compile(rf"(?<=\s)(?:{'|'.join(sorted(_BE | _HAVE | _MODAL))})\b", re.IGNORECASE)
_TURNS = re.compile(  # what is against the thing that it names
    r"\b(?:not|never|ban(?:s|ned|ning)?|end(?:s|ed|ing)?|(?:abolish|clos|crim|forbid|halt|illegal|jail|limit|outlaw|prevent"
    r"|prohibit|reject|remov|repeal|restrict|scrap|stop|withdr)\w*)\b",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"(?P<thing>[^,]+?) (?:should|must|ought to) (?P<be>be )?(?P<verb>[\w-]+) ?(?P<rest>.*)", re.IGNORECASE
)
_CUE = re.compile(
    r"\b(?:(?P<favour>(?:arguments?|case|reasons?|evidence|is|are) for|and for(?=\?)|favou?rs?|support\w*|defen[ds]\w*|benefits?|advantages?|pros|advoca\w+|proponents?)"
    r"|(?P<against>against|oppos\w+|opponents?|critic\w*|objections?|downsides?|drawbacks?|disadvantages?|risks?|cons|counter-?arguments?|disagree\w*)"
    r"|(?P<other>other side)|(?P<why>why (?:should|must)))\b",
    re.IGNORECASE,
)


def statement_of(question: str) -> str | None:
    """A yes-or-no question, or one that asks why, as the plain statement that it puts up; None where none is told for sure."""
    words = _spelled_out(question).rstrip("?.! ").split()
    why = words[:1] in (["why"], ["Why"])
    auxiliary, *words = words[why:] or [""]
    doubted = words[:1] == ["not"]
    words = words[doubted:]
    end = _subject_end(auxiliary.lower(), words) if len(words) > 1 and auxiliary.lower() in _AUXILIARIES else None
    if end is None:
        return None
    auxiliary, subject, said = auxiliary.lower(), words[:end], words[end:]
    said = ["not", *said] if doubted and why else said  # "Shouldn't we?" doubts that we should not
    denied = said[0].lower() == "not"
    if auxiliary == "does" and not denied:
        said = [third_person(said[0]), *said[1:]]
    elif auxiliary != "do" or denied:
        said = [auxiliary, *said]
    return sentence(" ".join([*subject, *said]))


def _subject_end(auxiliary: str, words: Sequence[str]) -> int | None:
    """How many words the subject has, of what follows an auxiliary verb; None where that cannot be told without grammar."""
    small = [word.lower() for word in words]
    if small[0] in _PRONOUNS:
        return 1
    if auxiliary in _MODAL and (place := next((at for at, word in enumerate(small[:-1]) if word in _PREDICATES), 0)):
        return place
    first = end = int(small[0] in _DETERMINERS)
    while end < len(words) and words[end][0].isupper():
        end += 1
    if len(words) == first + 2:
        end = first + 1
    elif auxiliary not in _SINGULAR:
        reach = _NOUNS if end == first else 1  # of "French farmers" the name is not all
        end = next((at + 1 for at in range(end, end + reach) if _ends_plural(words, at)), end)
    clear = first < end < len(words) and _LINKS.isdisjoint(small[: end + 1])
    return end if clear and not words[end - 1].endswith(("'s", "’s")) else None


def _ends_plural(words: Sequence[str], at: int) -> bool:
    """Whether a plural noun stands there, and no second one right after it."""
    return len(words) > at + 1 and _is_plural(words[at]) and not _is_plural(words[at + 1])


def _is_plural(word: str) -> bool:
    ends = word.endswith(("s", "people")) and not word.endswith(("ss", "us", "is"))
    return ends and word.islower() and word not in _DETERMINERS


def third_person(verb: str) -> str:
    """A verb as it follows "it"."""
    if verb in ("have", "be"):
        return {"have": "has", "be": "is"}[verb]
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def sentence(words: str) -> str:
    """Words with a capital at their start and a full stop at their end; of no words nothing."""
    bare = words.rstrip(".!?… ")
    return f"{bare[0].upper()}{bare[1:]}." if bare else ""


def plainly(words: str) -> str:
    """A debater's motion as the statement that is meant; any other words as they are."""
    words = " ".join(words.split())
    found = _MOTION.match(words)
    if found is None:
        return words
    return sentence(f"We should {words[found.end() :]}" if found["would"] else words[found.end() :])


def opens_yes_or_no(question: str) -> bool:
    """Whether yes or no could answer a question, or it asks why what it says is so."""
    first, second = _opening(question)
    return (second if first == "why" else first) in _AUXILIARIES


def _opening(words: str) -> tuple[str, str]:
    """The first two words in small letters."""
    first, second = [*_spelled_out(words).lower().split(maxsplit=2), "", ""][:2]
    return first, second


def proposition_of(question: str) -> str | None:
    """What a question puts up for debate, as a statement or, of a yes-or-no question, as it was asked; None for nothing."""
    words = " ".join(question.split())
    asks = _opening(words)[0] in _AUXILIARIES
    return statement_of(words) or (f"{words.rstrip('.!? ')}?" if asks else None)


def put_up(text: str) -> str | None:
    """What a text puts up for debate: a statement as it stands, or what a question does; None where it puts up nothing."""
    words = plainly(text)
    first, states = _opening(words)[0], words.endswith(".")
    if first in _AUXILIARIES or (first in _ASKING and not states):
        return proposition_of(words)
    requests = side_asked(words) is not None and not states and not _DENIABLE.search(words)
    return None if requests else words.rstrip("? ")


def asks_for_sides(question: str) -> bool:
    """Whether a question asks for what speaks for or against something, and not whether it is so."""
    first, second = _opening(question)
    return _CUE.search(_spelled_out(question)) is not None and (first not in _AUXILIARIES or second in ("there", "you"))


def side_asked(question: str, before: str = "") -> Side | None:
    """The side that a question asks for, by a few cue words; None where it asks for neither, or for both.

    Args:
        before: the question that this one leans on, of which it may ask for the other side.
    """
    question = _spelled_out(question)
    cues = list(_CUE.finditer(question)) if asks_for_sides(question) else []
    if not cues:
        return None
    first, second = cues[0], cues[1] if len(cues) > 1 else None
    if second and first.lastgroup != second.lastgroup and len(question[first.end() : second.start()].split()) < 2:
        return None  # "pros and cons"
    if first["other"]:
        return (side_asked(before) or Side.FOR).other
    return Side.AGAINST if first["against"] else Side.FOR


def alike(proposition: str) -> str:
    """What two spellings of one proposition share: no case, no mark at the end, no wider space, no motion's form."""
    return plainly(proposition).rstrip(".!… ").casefold()


def same(one: str, other: str) -> int:
    """1 where two propositions have the same words, -1 where one plainly denies the other, else 0."""
    if alike(one) == alike(other):
        return 1
    return -int(alike(opposite(one)) == alike(other) or alike(one) == alike(opposite(other)))


def denies(statement: str) -> bool:
    """Whether a statement is a denial, by a "not" in it."""
    return " not " in _spelled_out(statement)


def opposite(statement: str) -> str:
    """The plain denial of a statement, or what a denial denies."""
    words = _spelled_out(statement)
    if words.startswith(_UNTRUE):
        return sentence(words.removeprefix(_UNTRUE))
    before, denied, after = words.partition(" not ")
    if denied:
        return _affirmed(before, after)
    found = _DENIABLE.search(words)
    return f"{words[: found.end()]} not{words[found.end() :]}" if found else f"{_UNTRUE}{words[:1].lower()}{words[1:]}"


def _affirmed(before: str, after: str) -> str:
    subject, _, auxiliary = before.rpartition(" ")
    if auxiliary == "does":
        verb, space, rest = after.partition(" ")
        bare = verb.rstrip(".")
        return f"{subject} {third_person(bare)}{verb[len(bare) :]}{space}{rest}"
    return f"{subject} {after}" if auxiliary == "do" else f"{before} {after}"


def _spelled_out(words: str) -> str:
    return _SHORT.sub(lambda found: f"{ {'ca': 'can', 'wo': 'will'}.get(found[1], found[1]) } not", words)


def turns(words: str) -> bool:
    """Whether words are against the thing that they name, by an odd number of words such as "not" or "abolish"."""
    return len(_TURNS.findall(_spelled_out(words))) % 2 == 1


def verdict_of(demand: str) -> tuple[str, bool] | None:
    """What a demand is about, called good, and whether the demand is for it; None of what demands nothing of a plain thing."""
    found = _DEMAND.fullmatch(demand.rstrip(". "))
    first = found["rest"].partition(" ")[0].lower() if found else ""
    if found is None or (
        first not in _BESIDE | {""} if found["be"] else first in _LINKS | {"", "be", "up", "back", "not"}
    ):
        return None
    thing = f"{found['thing']} {found['rest']}" if found["be"] else found["rest"]
    return sentence(f"{thing.strip()} is good"), not turns(found["verb"])


def subject_words(question: str) -> str:
    """A question without the words that tell which side it asks for."""
    return _CUE.sub(" ", _spelled_out(question))
