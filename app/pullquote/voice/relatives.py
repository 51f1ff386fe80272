"""Relatives: whom "who", "which" and "that" stand for, and whose a clause is that they open."""

import re

from pullquote.voice.frames import LONGEST, PREDICATE
from pullquote.voice.phrases import PEOPLE, PEOPLE_FIRST

_TWO_LAST = re.compile(r"[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*\sand\s[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*$")
_OF_WHOM = re.compile(
    r",\s(?:\w+\s)?(?:most|some|many|all|several|both|few|half|none|one|two|three|four|five|six|\d+)\sof\s(?:whom|which)$"
)
LONG_CLAUSE = 6  # words; a name at the end of more is what "who" refers to

_RELATIVE = re.compile(r"\s(?:who|which|that)$")
_BEFORE_RELATIVE = re.compile(
    r"^.*\s(?:(?:in|of|by|for|to|under|from|on|at)\swhich|which\sis\s(?:why|how|where)|where(?:in|by|upon)?),?\s",
    re.DOTALL,
)
_COPULA = re.compile(r"\s(?:is|are|was|were|include|includes|including)\s")
_BEFORE_ANTECEDENT = re.compile(r"\s(?:by|to|from|with|among|between|for)\s(?=[\w’'.,\s-]{3,90}$)")
_DONE_BY = re.compile(r"^(?:\w+ly\s)?[a-z]+(?:ed|wn|en)\sby\s")  # "the view was challenged by Ann Lee, who"
_NAME_LAST = re.compile(r"[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)+$")
_ASIDE = re.compile(r"\s\([^()]{1,300}\)$")
_PREDICATED = re.compile(r"^(?P<who>(?:[A-Z][\w.’'-]*\s?){2,5})\s(?:is|was)\s(?:an?|the|one\sof\sthe)\s[^,;]{2,80}$")
_AFTER_VERB = re.compile(
    r"\s(?:of|in|on|by|to|with|for|from|against|about)\s(?P<who>(?:(?:the|an?|some|many)\s)?[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,3})$"
)
_APPOSED = re.compile(
    r"(?:^|[a-z]\s)(?P<who>[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3}),\s(?:the\s|an?\s)?[a-z]+\s(?:of|at|for|in)\s[^,]{2,60}$"
)
_PERSON_LAST = re.compile(
    rf"(?<=\w\s)(?:an?|some|many|several|two|three|four|five|six|seven|eight|nine|ten|\d+)\s(?:[\w-]+\s){{0,2}}(?:{PEOPLE})$"
)  # "tells of a man"
_OBJECT_RELATIVE = re.compile(  # "a record which Decca", "schools, which some critics"
    r"^.*\w,?\s\(?(?:which|whom|what)\s(?P<who>(?:(?:[Tt]he|some|many|most|several|his|her|their|its)\s(?:[\w-]+\s){0,2}[\w-]+|"
    r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,3}))$",
    re.DOTALL,
)
_PEOPLE_INSIDE = re.compile(
    rf"^.*\w\sthat\s(?P<who>(?:(?:some|many|most|several|other)\s)?(?:[a-z-]+\s){{0,2}}?(?:{PEOPLE}))$", re.DOTALL
)
_TEXT_LAST = re.compile(  # "Her lawyer filed the petition, which says"
    r"\s(?P<who>(?:the|an?|its|his|her|their)\s(?:[\w-]+\s){0,3}?(?:petition|report|letter|memo|memorandum|statement|study|lawsuit|suit|"
    r"complaint|article|book|ruling|opinion|brief|resolution|email|survey|poll|indictment|affidavit|paper))(?:\s(?:on|of|to|in|by|that|which)\s[^,]{1,60})?$"
)
_ECHOING = re.compile(
    r",\s(?:answering|citing|echoing|joining|quoting|repeating)\s"
)  # "said Ann Lee, echoing Bob Bell, who"
_ADVISED = re.compile(  # "on the advice of the psychologist Ann Lee, who"
    r"\b(?:on|at|by|under|following|after|upon)\s(?:the|an?)\s(?:\w+\s){1,3}(?:of|by|from|to)\s(?P<who>(?:(?:the|an?|his|her|its|their)\s)?(?:[a-z-]+\s){0,2}[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*){0,3})$"
)
_HEARD = re.compile(
    r"^.*\b(?:I|[Ww]e)\s(?:\w+\s){0,2}?(?:hear|heard)\s(?!from\b)(?P<who>\S.*)$", re.DOTALL
)  # "I heard the gentleman say"
_NOUN_INSIDE = re.compile(
    r"\b(?:land|place|town|city|country|book|song|film|thing|house|one|way|day|year|man)\s[A-Z]\w+\s$"
)  # "the land Lee claims"
_MET = re.compile(  # "One sheriff I spoke to"
    r"^(?:.*,\s)?(?P<who>(?:[Oo]ne|[Aa]n?|[Tt]he|[Mm]any|[Ss]ome|[Mm]ost|[Ee]very|[Aa]ll)\s(?:[\w’'-]+\s){1,5}?)(?:(?:that|whom|who)\s)?(?:I|we)\s(?:have\s|had\s|[’']ve\s)?"
    r"(?:spoke|spoken|talked|met|interviewed|heard|visited|know|asked|called)(?:\s(?:to|with|from|in\s[A-Z]\w+|there|here))*$"
)

NEAREST = 8  # letters before a verb that show whose it is
LONG_RELATIVE = 60  # letters of a relative pronoun and the adverbs after it
_RESTRICTIVE = re.compile(r"[\w’')]\s(?:who|that)(?:\s(?:also|has|have|had|long|now|often|once|still|\w+ly))*\s$")
_AUXILIARY = re.compile(
    r"(?<=\s)(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|do|does|did)(?:n[’']t)?(?=\s)"
)
_FINITE = re.compile(
    rf"{_AUXILIARY.pattern}|(?<=\s)(?:[a-z]{{3,}}ed|came|fell|got|grew|left|lost|made|ran|rose|said|took|went|won)(?=\s)"
)
_PLURAL = re.compile(r"\s[a-z’'-]+s\s(?:and|at|for|from|in|of|on|or|to|who|with)\b")  # "the critics of tolls who"
_BOUND = re.compile(  # what stands right before a verb that is not the main clause's: "people who are", "it is"
    r"\b(?:who|which|that|he|she|it|they|we|you|I|there|is|are|was|were|has|have|had|will|would|can|could|not|never|also)\s$"
)
_JOINED = re.compile(r"\s(?:and|or|but|if|because|when|where|while)\s")


def without_relatives(words: str) -> str:
    """A phrase before a verb with its relative pronoun replaced by what that stands for.

    Example: "The bill was written by Ann Lee, who" -> "Ann Lee"; "a law in which the court" -> "the court"
    """
    words = _BEFORE_RELATIVE.sub("", words)
    if relative := _RELATIVE.search(words):
        before = _ASIDE.sub("", words[: relative.start()].rstrip(","))
        return _antecedent(before, person=relative.group() == " who")
    if part := _OF_WHOM.search(words):  # "It paid 23 writers, most of whom say"
        two = _TWO_LAST.search(words[: part.start()])  # "Ann Lee and Bob Bell, both of whom"
        if " both " in part.group():
            return two.group() if two else "both"
        return _antecedent(words[: part.start()])
    for relative_clause in (_OBJECT_RELATIVE, _PEOPLE_INSIDE, _MET, _HEARD):
        if inside := relative_clause.match(words):
            return inside["who"]
    return words


def stands_inside(words: str) -> bool:
    """Whether a verb's subject opens a relative clause, so that only a part is claimed: "an ocean that scientists believe"."""
    return bool(_PEOPLE_INSIDE.match(words.rstrip()) or _NOUN_INSIDE.search(words))


def in_subject(words: str) -> bool:
    """Whether the words before a verb end in a relative clause of the subject, no comma before it: "The people who"."""
    relative = _RESTRICTIVE.search(words, max(0, len(words) - LONG_RELATIVE))
    before = f" {words[: relative.start() + 1]} who" if relative else ""
    acts = (verb for verb in PREDICATE.finditer(before) if not _PLURAL.match(before, verb.start()))
    return bool(relative) and next(acts, None) is None


def main_verb(words: str, content: int, *, clause: bool) -> int:
    """Where the author's own verb follows a relative clause of the subject whose content starts there; 0 where none is plain.

    Example: in "The people who say that it is safe are wrong" the place of "are".

    Args:
        clause: whether the content has a verb of its own: not "who warn of a flood".
    """
    inside = next((verb.end() for verb in _FINITE.finditer(words, content, LONGEST)), len(words)) if clause else content
    places = (verb.start() for verb in _AUXILIARY.finditer(words, inside, LONGEST))
    verbs = [at for at in places if not _BOUND.search(words[max(0, at - NEAREST) : at])]
    if not verbs or len(words[content : verbs[0]].split()) < 1 + clause:
        return 0
    several = _JOINED.search(words, inside, verbs[0])
    return verbs[-1] if several else verbs[0]


def _antecedent(words: str, *, person: bool = False) -> str:
    """What "who" or "that" at the end of `words` refers to: "seen by those" -> "those"."""
    words = _ECHOING.split(words)[-1] if person else words
    text = None if person else _TEXT_LAST.search(words)  # "a report by the commissioner, who"
    if named := text or _APPOSED.search(words) or _PREDICATED.match(words):
        return named["who"]
    tail = _DONE_BY.sub("", _COPULA.split(words)[-1])
    if somebody := _PERSON_LAST.search(tail):
        return somebody.group()
    if PREDICATE.search(tail) and (last := _AFTER_VERB.search(tail)):  # "Augustine wrote of the Manichaeans, who"
        return last["who"]
    advised = _ADVISED.search(tail) if person else None
    if advised or PEOPLE_FIRST.match(tail):
        return advised["who"] if advised else tail
    if len(tail.split()) > LONG_CLAUSE and (name := _NAME_LAST.search(tail)):
        return name.group()
    parts = _BEFORE_ANTECEDENT.split(tail)
    return parts[-1] if parts[-1].strip() else words
