"""Motions: what debaters put before a house, and what somebody doubts or denies, as the plain statement that is meant.

Where it cannot be told what is meant, the words stay as they are.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from pullquote.corpus.clauses import base_of, finite_verb, has_verb, is_plural
from pullquote.corpus.lexicon import AMBIGUOUS
from pullquote.sides.inversion import POINTING, opening, sentence
from pullquote.sides.negation import negate

LONGEST = 300  # characters: longer than this no motion is
_QUOTED = "\"“”'‘’ "
# What only says that a motion follows. "Con:" or "Rebuttal:" says more, and is not taken off.
_LABEL = re.compile(
    r"(?:(?:the|our|this|today['’]s) )?(?:debate|motion|proposition|question|resolution|resolved|statement|thesis|topic)(?: \d{1,3})?: ?"
    r"(?:that )?|(?:agree or disagree|right or wrong|true or false|yes or no)[:?] ?|(?:be it |it is )?(?:hereby |therefore )?resolved,? that |be it (?:hereby |therefore )?resolved,? ",
    re.IGNORECASE,
)
_DISCUSS = re.compile(
    r"(?<=[.!?\"”’])\s(?:(?:please )?(?:debate|discuss)(?: (?:it|this))?|do you agree|agree or disagree|true or false|yes or no)[.!?]{0,3}$",
    re.IGNORECASE,
)
# "THBT", "THW": whoever types these in small letters means them too, but "tho" is a word.
_LETTERS = {
    "THBT": "This house believes that ", "THB": "This house believes ", "THW": "This house would ",
    "THO": "This house opposes ", "THP": "This house prefers ", "THR": "This house regrets ", "THS": "This house supports ",
}  # fmt: skip
_SHORT = re.compile(r"(?P<letters>THO|THP|THR|THS|(?i:THBT|THB|THW)),? (?=\S)")
_HOUSE = r"(?:this house|TH)"
_WOULD = re.compile(
    rf"{_HOUSE}(?:, as (?P<doer>[^,]{{1,80}}),)?(?: would|(?P<hyphen>['’]d))(?P<denied>n['’]t| not)?(?: (?P<rather>rather)| like to)?"
    r" (?P<verb>[\w-]{1,40})(?P<rest>(?: .*)?)",
    re.IGNORECASE,
)
_PREFERS = re.compile(
    rf"{_HOUSE} (?:would prefer|prefers) (?P<thing>.+?)(?: (?:to|over) (?P<other>.+))?", re.IGNORECASE
)
_TO_DO = re.compile(r"(?:(?P<denied>not) )?to (?P<what>.+)", re.IGNORECASE)
_DOING = re.compile(r"[a-z]{2,30}ing (?=\S|$)", re.IGNORECASE)
# "This house would sell faster with a garage": a house of bricks.
_OF_A_BUILDING = re.compile(
    r"(?:cost|fetch|fit|look|rent|sell|suit)(?: (?:at|for|in|like|me|more|us|well|within|you|[\w-]{1,40}(?:er|ly))(?: .*)?)?",
    re.IGNORECASE,
)
# "Hardly" and "formerly" turn it: so those that do not are listed.
_FIRMLY = (
    r"(?:(?:absolutely|also|certainly|clearly|deeply|do|does|firmly|frankly|genuinely|honestly|just|personally|really|respectfully"
    r"|seriously|simply|sincerely|still|strongly|truly|very much) ){0,2}"
)
_NOT = r"(?:do not|does not|don['’]t|doesn['’]t)"
_CANNOT = r"(?:cannot|can['’]t|can not)"  # with "believe" it is as often only surprising
_REALLY = r"(?:(?:actually|genuinely|honestly|personally|really|seriously|truly) ){0,2}"  # "not just" denies nothing
# Of the latter a thing is the object as often as a clause: only with "that" they are of a clause for sure.
_HOLDING = r"(?:agrees?|believes?|reckons?|thinks?|(?:accepts?|feels?|holds?)(?=%s))"
_SAYING = r"(?:argues?|maintains?|says?)(?=%s)"  # who does not say so may still hold it
_DOUBTING = r"(?:denies|deny|disagrees?|disbelieves?|disputes?|doubts?)"
_MORE = r"(?:contests?|opposes?|questions?|rejects?)(?=%s)"
_THAT = (
    r"(?: (?P<that>(?:with )?the (?:argument|assertion|claim|idea|notion|premise|statement|suggestion|view) that|that))"
)
_HOLDING, _SAYING, _MORE = (words % _THAT.replace("?P<that>", "?:") for words in (_HOLDING, _SAYING, _MORE))
_FAVOURS = re.compile(
    rf"{_HOUSE} (?:would |strongly )?(?:(?P<against>condemns?|deplores?|opposes?|regrets?|rejects?|is (?:against|opposed to))"
    rf"|backs?|celebrates?|endorses?|favou?rs?|supports?|welcomes?|is in favou?r of){_THAT}? (?P<held>.+)",
    re.IGNORECASE,
)
_BELIEVES = re.compile(rf"(?:I|we|{_HOUSE}) {_FIRMLY}(?:{_HOLDING}|{_SAYING}){_THAT}?,? (?P<held>.+)", re.IGNORECASE)
_LONG = re.compile(
    r"(?:I|we)(?: have|['’]ve) (?:always|long) (?:(?:believed|reckoned|thought)(?P<that> that)?|(?:felt|held|maintained) that) (?P<held>.+)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    rf"(?:(?:I|we|{_HOUSE}) {_FIRMLY}(?:{_DOUBTING}|{_MORE}|{_NOT} {_REALLY}{_HOLDING}|{_CANNOT} {_REALLY}(?:accept|agree)(?= ))"
    rf"|(?:(?:and|but|so|why),? )?do (?:you|we) {_FIRMLY}{_DOUBTING}"
    rf"|it(?: is|['’]s) (?:false|untrue)(?= that )){_THAT}? (?P<held>.+)",
    re.IGNORECASE,
)
# Who disputes whether it is so, or cannot tell, has not decided; who doubts it has.
_WHETHER = re.compile(
    rf"(?:(?:I|we|{_HOUSE}|(?:(?:and|but|so|why),? )?do (?:you|we)) {_FIRMLY}doubts?|I {_FIRMLY}question) (?P<that>whether|if) (?P<held>.+)",
    re.IGNORECASE,
)
_AFFIRMS = re.compile(rf"(?:I|we|{_HOUSE}) {_NOT} (?:deny|dispute|doubt){_THAT}? (?P<held>.+)", re.IGNORECASE)
# "I doubt it", "I believe in trams": no clause, or none that can be understood by itself; "it is right to" can.
_NO_CLAUSE = re.compile(
    r"(?:in|of|on|onto|out|up|down|off|about|for|how|if|to|what|when|where|whether|who|why)\b", re.IGNORECASE
)
# Without "that" it is of somebody, and what follows is held: "I doubt Lee, tolls help", "I disagree with Lee, tolls help".
_OF_SOMEBODY = re.compile(r"(?:against|at|by|from|over|with)\b|[^,:;\"“”]{0,300}[,:;\"“”](?!\d)", re.IGNORECASE)
_CITED = re.compile(r"[,.!?][\"”’'] ")  # "I doubt it helps," said Lee
_CITED_WHOLE = re.compile(r"[\"”’'],? ")
# "I do not think tolls help, but they should stay": only the first is denied.
_TWO_PARTS = re.compile(r"\b(?:although|but|though|whereas|while)\b|;|, and\b", re.IGNORECASE)
_CLAIM = re.compile(
    r"the (?:argument|assertion|claim|idea|notion|premise|statement|suggestion|view)\b(?! of\b)", re.IGNORECASE
)
_THINKING = re.compile(r"\b(?:reckon|think)s?\b", re.IGNORECASE)  # of a thing nobody thinks or reckons
_BANS = re.compile(r"bans|caps|curbs|limits|quotas", re.IGNORECASE)
_EMPTY_IT = re.compile(r"it (?:is|was|would be|will be) (?:[\w-]{1,30} ){1,3}?(?:to|that)\b", re.IGNORECASE)
_RELATIVE = frozenset({"that", "which", "who", "whom", "whose", "where", "when", "because", "if", "as"})
_NEXT = re.compile(r"(?<![A-Z])[.!?][\"”’)]? +[A-Z]")  # a sentence more: what is said of the first is not said of both
_PUT_UP = re.compile(
    r"(?P<named>the (?:claim|idea|motion|notion|proposition|resolution|statement|view)(?P<that> that|:)? )?(?P<motion>.+) (?:is|are) justified\.",
    re.IGNORECASE,
)


@lru_cache(maxsize=1_024)  # the operator's propositions are read again for every question
def plainly(words: str) -> str:
    """A motion, or what is doubted or denied, as the statement that is meant; any other words as they are.

    Example: plainly("THW abolish zoos") -> "We should abolish zoos."
    """
    for _ in range(LONGEST):  # each turn takes words off
        plain = _once(words) if len(words) <= LONGEST else words
        if plain == words:
            break
        words = plain
    return words


def put_up(statement: str) -> str:
    """What is meant where a plea is for a motion: of "THW abolish zoos are justified." the motion, plainly."""
    found = _PUT_UP.fullmatch(statement) if len(statement) <= LONGEST else None
    if found is None:
        return statement
    motion = found["motion"].strip(_QUOTED)
    plain = plainly(motion)
    if plain != motion:
        return plain
    return sentence(motion) if found["that"] and has_verb(motion) else statement


def _once(words: str) -> str:
    bare = words.strip().lstrip(_QUOTED)
    if label := _LABEL.match(bare):
        rest = bare[label.end() :]
        return _capital(rest.strip(_QUOTED) if rest[:1] in _QUOTED else rest) or words
    if asked := _DISCUSS.search(bare):
        return bare[: asked.start()].rstrip(_QUOTED) or words
    if short := _SHORT.match(bare):
        return _LETTERS[short["letters"].upper()] + bare[short.end() :]
    motion = bare.rstrip(f"{_QUOTED}.!?… ")
    cited = _CITED if len(bare) == len(words.strip()) else _CITED_WHOLE
    if _NEXT.search(motion) or cited.search(motion):
        return words
    for form, told in _FORMS:
        if found := form.fullmatch(motion):
            return told(found) or words
    return words


def _prefers(found: re.Match[str]) -> str | None:
    thing, other = found["thing"], found["other"]
    whole = found.string[found.start("thing") : found.end()]
    if to_do := _TO_DO.fullmatch(whole):
        return sentence(f"we should{' not' if to_do['denied'] else ''} {to_do['what']}")
    if other and found.string.startswith(" to ", found.end("thing")):
        if _DOING.match(thing) and not _DOING.match(f"{other} "):  # "returning it to Greece" is one thing
            return None if " to " in other else sentence(f"{whole} is preferable")
        if other[0].isupper() and not thing[0].isupper():  # "aid to Greece"
            return None
    return sentence(f"{thing} {_is(thing)} {f'preferable to {other}' if other else 'preferable'}")


def _favours(found: re.Match[str]) -> str | None:
    thing = found["held"]
    if _CLAIM.match(thing) or _NO_CLAUSE.match(thing):
        return None
    if _is_clause(found):
        return negate(sentence(thing)) if found["against"] else sentence(thing)
    return sentence(f"{thing} {_is(thing)}{' not' if found['against'] else ''} justified")


def _would(found: re.Match[str]) -> str | None:
    if _OF_A_BUILDING.fullmatch(f"{found['verb']}{found['rest']}"):
        return None
    rather = " rather" if found["rather"] and " than " in found["rest"] else ""
    denied = " not" if found["denied"] or found["verb"].lower() == "not" else ""
    verb = "" if found["verb"].lower() == "not" else f" {found['verb'].lower()}"
    return sentence(f"{found['doer'] or 'we'} should{denied}{rather}{verb}{found['rest']}")


def _believes(found: re.Match[str]) -> str | None:
    return sentence(found["held"]) if _is_clause(found) else None


def _long_held(found: re.Match[str]) -> str | None:
    return None if _TWO_PARTS.search(found["held"]) else _believes(found)


def _denies(found: re.Match[str]) -> str | None:
    held = found["held"]
    parts = _TWO_PARTS.search(held) or any(has_verb(part) for part in held.split(", ")[1:])
    return negate(sentence(held)) if _is_clause(found) and not parts else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_AFFIRMS, _believes), (_WHETHER, _denies), (_DENIES, _denies), (_PREFERS, _prefers), (_FAVOURS, _favours), (_WOULD, _would),
    (_BELIEVES, _believes), (_LONG, _long_held),
)  # fmt: skip


def _is_clause(found: re.Match[str]) -> bool:
    """Whether what is held or denied is a statement of its own, that can be understood without what was said before."""
    held = found["held"]
    tokens = held.lower().split()
    if (
        len(tokens) < 2
        or _NO_CLAUSE.match(held)
        or _CLAIM.match(held)
        or (tokens[0] in POINTING - {"i"} and not _EMPTY_IT.match(held))
    ):
        return False
    auxiliary = next((place for place in range(1, len(tokens)) if opening(tokens[place])), None)
    verb = finite_verb(held.split()) if auxiliary is None else auxiliary
    if verb is None or found["that"]:
        return verb is not None
    if auxiliary is None and not _is_surely_said(found, held.split(), verb):
        return False
    # "We deny claims that are false" denies no clause, but a thing.
    return (_RELATIVE | POINTING).isdisjoint(tokens[1:verb]) and not _OF_SOMEBODY.match(" ".join(tokens[: verb + 1]))


def _is_surely_said(found: re.Match[str], tokens: Sequence[str], verb: int) -> bool:
    """Whether a word that may be a noun is the verb of a clause without "that": "tax cuts harm", not "meat taxes"."""
    if base_of(tokens[verb].lower()) not in AMBIGUOUS or _THINKING.search(found.string, 0, found.start("held")):
        return True
    after = tokens[verb + 1 : verb + 2]
    led = not after or _NO_CLAUSE.match(after[0]) or _OF_SOMEBODY.match(after[0])
    return found.re is not _FAVOURS and not led and finite_verb(tokens[verb:]) is None


def _is(thing: str) -> str:
    tokens = thing.split()
    # "Smoking bans are", but "raising taxes is".
    plural = is_plural(tokens) or (len(tokens) == 2 and _BANS.fullmatch(tokens[1]) is not None)
    return "are" if plural else "is"


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
