"""Impersonal openings: "It is said that tolls work", whose "it" stands for what follows and points at nothing before it."""

import re

from pullquote.corpus.lexicon import AUXILIARIES, PARTICIPLES, VERBS

CLAUSE = 400  # letters in which a clause has its verb

_ADVERBS = (
    r"(?:(?:[a-z]{2,14}ly|all|already|also|always|even|ever|far|further|hardly|indeed|long|much|never|no\slonger|not|now|often|once|"
    r"perhaps|quite|rather|sometimes|still|very|well)\s){0,3}"
)
_IS = (  # "it is", "it’s been", "it has often been", "it can hardly be"
    rf"it(?:['’]s(?:\s{_ADVERBS}been)?|['’](?:d|ll)\s{_ADVERBS}be|\s(?:is|was|(?:is|was)n['’]t|(?:has|had|hasn['’]t|hadn['’]t)\s{_ADVERBS}been"
    rf"|(?:may|might|must|can|cannot|could|should|would|will|shall|need|[a-z]{{2,6}}n['’]t)\s{_ADVERBS}(?:be|have\s{_ADVERBS}been)))"
    rf"\s{_ADVERBS}"
)
_FEELS = (  # what only somebody can be, so that "it" is a body that was named: "It is confident that tolls work."
    r"(?:un)?aware|adamant|advised|afraid|alarmed|anxious|assured|careful|concerned|confident|conscious|convinced|delighted|determined|"
    r"disappointed|dismayed|hopeful|informed|insistent|mindful|minded|notified|optimistic|persuaded|pessimistic|pleased|reminded|"
    r"satisfied|surprised|told|warned|worried|(?:un)?sure|called|named|labelled|termed"
)
_SAID = (  # only of what is thought or said, so that it may be told by whom: "It was argued by some that tolls work."
    r"agreed|alleged|argued|assumed|believed|claimed|conceded|feared|hoped|noted|objected|pointed\sout|reported|resolved|said|suggested|thought|urged"
)
_TRUE = (
    r"(?:done|felt|found|heard|held|known|put|seen|shown|understood|taken\sfor\sgranted|(?:borne|kept)\sin\s(?:mind|view)|made\s(?:clear|plain)"
    r"|pointed\sout|common\s(?:ground|knowledge)|public\sknowledge|beyond\s(?:dispute|doubt|question)|bad|clear|correct|evident|fair|false|fine|good|"
    r"ironic|no\s(?:accident|coincidence|secret|surprise|wonder)|obvious|odd|plain|rare|right|sad|strange|true|unclear|unfair|wrong|"
    r"(?:alarm|amaz|astonish|disappoint|embarrass|encourag|gall|interest|puzzl|reassur|shock|strik|surpris|tell|worry)ing|"
    r"a\s(?:pity|shame)|the\scase|a\smatter\sof\s(?:fact|law|record|regret)|a\sfact(?=\sthat\s(?:the|an?|no|not|some|many|most|few)\b)"
    r"|[a-z-]{2,16}(?:ed|able|ible|al|ful|ic|ive|ous|ant|ary|less|(?<!m)ent))"
)
_NO_SUBJECT = (  # after "that": "closed that winter", "done that way", "moored that side"
    r"(?:way|much|far|high|low|long|often|early|late|(?:same\s|very\s|first\s|last\s|next\s|fateful\s)?(?:day|night|week|weekend|"
    r"fortnight|month|quarter|year|decade|century|age|era|epoch|period|season|spring|summer|autumn|fall|winter|dawn|dusk|noon|midnight|"
    r"morning|evening|afternoon|hour|minute|moment|instant|time|date|term|session|occasion|side|end|place|spot|point|stage|kind|sort|"
    r"direction|angle|(?-i:[A-Z])[a-z]+days?|(?-i:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Christmas|Easter|Lent|Whitsun)))\b"
)
_THAT = rf"\s(?:whether|that(?!\s{_NO_SUBJECT})),?\s"  # the conjunction
_BEARS = (  # not "enough", which says half of a point
    r"absurd|acceptable|advisable|appropriate|bad|best|better|cheap|cheaper|common|convenient|costly|counterproductive|cruel|customary|"
    r"dangerous|dearer|discriminatory|dishonest|easier|expensive|fair|faster|foolish|futile|good|harder|hypocritical|illegal|inconvenient|"
    r"instructive|interesting|irresponsible|(?:un)?lawful|legal|(?:il)?legitimate|ludicrous|misleading|mistaken|(?:im)?moral|naive|natural|"
    r"nice|normal|optimal|optimum|perverse|pleasant|pointless|(?:im)?possible|preferable|premature|prudent|quicker|rare|(?:un)?reasonable|"
    r"reckless|ridiculous|right|safe|safer|sensible|shameful|simple|simpler|sufficient|tempting|unacceptable|undesirable|unethical|unfair|"
    r"unhelpful|unjust|unnatural|unnecessary|unsafe|unusual|unwise|useful|useless|usual|very\swell|wise|worse|wrong"
)
_DEED = (  # what doing something may be: "It is an honour to speak"
    r"(?:crime|delight|disgrace|duty|error|exaggeration|fallacy|felony|folly|honou?r|joy|misdemeanou?r|mistake|offen[cs]e|pity|pleasure|"
    r"privilege|relief|right|scandal|shame|sin|truism|waste\sof\s[a-z]+|(?:bad|good|poor|terrible)\s(?:idea|policy|practice|thing))"
)
_TO = (  # before a verb, and not "to the town" or "to farmers"
    r"(?:\s(?:for|of)\s[^,.;:!?]{1,60}?)?\sto\s(?:not\s)?(?!(?:the|an?|all|any|both|each|every|its|our|their|his|her|my|your|this|that|"
    r"these|those|some|most|many|me|us|you|him|them|people|others|[a-z]+[^s\W]s)\s)"
)
_DETERMINER = r"the|an?|all|another|any|both|each|either|every|its|our|their|his|my|your|some|most|many|no|several|one|two|three|four|five|ten"
_PREPOSITION = (
    r"about|above|across|after|against|along|amid|among|around|at|before|behind|below|between|beyond|by|down|during|for|from|in|inside|into|"
    r"like|near|of|off|on|onto|out|outside|over|past|per|since|through|throughout|till|to|toward|towards|under|until|up|upon|via|with|"
    r"within|without"
)
_SMALL = rf"(?:{_DETERMINER}|{_PREPOSITION}|again|and|as|because|but|here|how|if|now|once|or|so|than|there|too|unless|when|where|while)"
_WHILE = (  # what tells when, how long or how much: "every winter", "all over", "a little"
    r"(?:(?:[a-z-]{1,16}\s)?(?:second|minute|hour|day|night|week|weekend|fortnight|month|quarter|year|decade|spring|summer|autumn|winter|"
    r"morning|evening|afternoon|season|time|mile)s?|way|where|alone|along|around|across|over|round|through|longer|more|further|better|"
    r"(?:bit|little|lot|while)(?!\sof))\b"
)
_PLURAL = (  # and what can be nothing but a noun: "roads", "old wooden boats", "misinformation"
    rf"(?:(?!{_SMALL}\s|[a-z]+ly\s)[a-z][a-z'’-]{{0,30}}\s){{0,2}}(?!(?:always|afterwards|besides|indoors|nowadays|outdoors|overseas|perhaps|"
    rf"sometimes|(?:down|up)stairs|[a-z]+wards|{_SMALL})\b|{_WHILE})(?-i:[a-z])(?:[a-z'’-]{{1,30}}[^siu\W]s|[a-z-]{{2,30}}(?:tion|sion|ment|ness|"
    r"ity|ism|ship|hood|ance|ence)|children|people|police|(?:wo)?men)\b"
)
_OBJECT = (  # a verb's own: "cheaper to build roads", but "cheaper to build in May" speaks of what was named
    rf"(?:(?:{_DETERMINER}|\d[\d,.]{{0,12}})\s(?!{_WHILE}|(?!of\b)(?:{_PREPOSITION}|and|as|if|or|than|when)\b)[\w“\"‘']|(?!{_NO_SUBJECT})(?-i:[A-Z]\w)|{_PLURAL}|that\s(?!{_NO_SUBJECT})[^\s.]+\s|(?:whether|how|what|"
    r"who|why|which)\s|(?:no|some|any|every)(?:thing|body|one)\b|(?:[a-z]{2,5}sel(?:f|ves)|me|us|you)\b)"
)
_NEEDS_NONE = (  # verbs that bear no object, so that none is the "it": "wise to be careful", "wrong to speak for the town"
    r"(?:act|agree|apologi[sz]e|appear|be|become|behave|complain|depend|disagree|go|insist|interfere|intervene|lie|live|participate|pretend|"
    r"refer|rely|remain|resort|respond|seem|speak|stay|talk|vote|wait)"
)
_DO = (  # what the "it" stands for; "wrong to end it" needs what was named
    rf"{_TO}(?:{_NEEDS_NONE}\s(?:(?!{_SMALL}\b)[a-z]|(?:{_PREPOSITION})\s{_OBJECT})|(?-i:[a-z])[a-z]{{0,30}}\s"
    rf"(?!(?:him|her|it|so|such|that(?=\W{{0,3}}\Z)|them|these|this|those)\b){_OBJECT})"
)
_IMPERSONAL = re.compile(
    r"[\"'“‘(\[*_\s-]*+(?:"
    rf"(?P<says>(?:{_IS}(?:be(?=\sthat)|(?!(?:{_FEELS})\b){_TRUE}|(?:{_SAID})(?:,?\s(?:among|by|in|to|upon|with)\s(?:[\w’'-]+\s){{0,2}}?[\w’'-]+,?)?)"
    rf"|it\s(?:(?:seem|appear)s?|(?:seem|appear)ed|turn(?:s|ed)\sout)){_THAT})"
    rf"|{_IS}(?:(?:(?:more|most|less|so|too)\s)?(?:{_BEARS}){_DO}|(?:an?|no)\s(?:[a-z-]+\s){{0,2}}?{_DEED}{_DO}"
    rf"|the\s(?:duty|job|policy|responsibility|role|task)(?=\sof\s)(?:{_DO}|{_TO}[a-z]{{1,30}}\s(?!(?:{_SMALL}|[a-z]+ly)\b)[a-z]"
    r"|\sof\s[^,.;:!?]{1,60}?\sthat\s)|un(?:clear|certain|known)\s(?:how|if|what|when|where|which|who|why)\b)"
    r"|it\s(?:may|might)\s(?:well\s)?be\sthat\s|it\s(?:goes\swithout\ssaying|stands\sto\sreason)\b"
    # Whatever follows:
    r"|it (?:is|was|may be|has been|would be|will be) (?:\w+ly )?(?:possible|clear|likely|unlikely|important|"
    r"necessary|essential|hard|difficult|easy|time|true|crucial|worth|estimated|imperative|well known|my|our)\b)",
    re.IGNORECASE,
)

_VERB = re.compile(  # by its ending, or by the lists; too many rather than too few
    rf"[a-z'’-]{{2,}}(?:ed|[^s]s|n['’]t|['’](?:s|re|d|ll|ve))|be|cannot|not|became|began|bought|broke|brought|built|came|chose|"
    rf"drove|fell|found|gave|got|grew|held|kept|knew|left|let|lost|made|met|paid|put|ran|rose|sank|sat|saw|sent|set|sold|spent|spoke|stood|"
    rf"taught|told|took|went|won|wrote|{'|'.join(sorted(AUXILIARIES | VERBS | PARTICIPLES))}"
)
_MARKS = ".,;:!?\"'“”‘’()[]*_"


def is_impersonal(words: str) -> bool:
    """Whether a sentence opens with an "it" that points at nothing before it.

    Example: is_impersonal("It was agreed that tolls rise.") -> True, is_impersonal("It agreed that tolls rise.") -> False
    """
    found = _IMPERSONAL.match(words)
    return found is not None and (found["says"] is None or _is_clause(words[found.end() : found.end() + CLAUSE]))


def _is_clause(words: str) -> bool:
    """Whether words may have a subject and a verb after it, by the look of each word but the first."""
    return any(_VERB.fullmatch(word.strip(_MARKS).lower()) for word in words.split()[1:])
