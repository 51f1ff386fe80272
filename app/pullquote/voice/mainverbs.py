"""Main verbs: where the first verb of a clause stands, told from plural nouns that look like one."""

import re

from pullquote.voice.frames import PREDICATE

LONGEST_VERB = 24  # letters of an adverb and a verb
_PLURAL_VERB = re.compile(
    r"(?:(?<=[a-z]s)|(?<=[a-z]s,)|(?<=\b[Oo]thers)|(?<=\b[Ff]ew)|(?<=\b[Ss]ome)|(?<=\b[Mm]any))\s(?:[a-z]+ly\s|also\s|often\s)?"
    r"(?:support|oppose|favou?r|advocate|believe|argue|claim|say|think|derive|seek|want|see|tend|express|hold|view|feel|reject|"
    r"criticize|criticise|maintain|contend|agree|point|suggest|disagree|regard|consider|defend|call|share|acknowledge|accept|admit|recognize|recognise|concede|cite|warn|note|insist|complain|deny|propose|know|fear|write|live|work)\s"
)
_NUMBERS = frozenset(
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "many", "most", "both"]
)
_ARTICLES = frozenset(["the", "a", "an", "its", "his", "her", "their"])
_PREPOSITIONS = frozenset(
    ["of", "in", "for", "with", "by", "from", "to", "on", "against", "about", "some", "many", "this"]
)
_COMPOUND = re.compile(  # "A federal appeals court"
    r"\s(?:appeals|arms|claims|earnings|goods|operations|rights|sales|savings|sports|systems|weapons)\s"
    r"(?:agency|agents?|analysts?|bank|board|chief|company|courts?|dealers?|director|editor|firms?|groups?|industry|inspectors?|judges?|makers?|"
    r"managers?|officials?|panel|reporters?|team|union)\b"
)
_AFTER_PLURAL = re.compile(r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|did|do)\s")
_PEOPLE_NOUN = re.compile(
    r"\s(?:(?!(?:ins|cons|pers|ass|res|enl|ex|tw|m)ists)\w{2,}ists|\w+icians|officials|leaders|ministers|makers|members|senators|scholars|lawyers|critics|groups|"
    r"countries|supporters|opponents|advocates|professors|authors|writers|officers|teachers|governments|organi[sz]ations)\s$"
)


def _is_adjective(words: str, verb: re.Match[str]) -> bool:
    """Whether what looks like a verb stands where none can: after an article, or as a participle after a preposition."""
    before = words[max(0, verb.start() - LONGEST_VERB) : verb.start()].rpartition(" ")[2].lower()
    counted = verb.group().endswith("s ") and before in _NUMBERS  # "leaders of three faiths issued"
    return (
        before in _ARTICLES
        or counted
        or bool(_COMPOUND.match(words, verb.start()))
        or (verb.group().endswith("ed ") and before in _PREPOSITIONS)
    )


def find_verb(words: str) -> re.Match[str] | None:
    """The first verb of a clause, the spaces around it included.

    Example: in "many historians oppose the law" it is " oppose ", though "historians" ends as verbs do.
    """
    verb = PREDICATE.search(words)
    while verb and _is_adjective(words, verb):  # "defenders of standardised tests are", "the lost paradox is"
        verb = PREDICATE.search(words, verb.end() - 1)
    if verb and verb.group().endswith("s "):  # "many historians is", "officials Ann Lee and Bob Bell left"
        people = _PEOPLE_NOUN.match(verb.group())
        next_one = PREDICATE.search(words, verb.end() - 1) if people else verb
        verb = _AFTER_PLURAL.match(words, verb.end() - 1) or next_one
    plural = _PLURAL_VERB.search(words[: verb.end() + LONGEST_VERB] if verb else words)
    return plural if plural and (verb is None or plural.start() < verb.end()) else verb
