"""Impersonal openings: "It is said that tolls work", whose "it" stands for what follows and points at nothing before it."""

import re

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
_THAT = (  # the conjunction, and not "closed that winter" or "done that way"
    r"\s(?:whether|that(?!\s(?:way|much|(?:same\s|very\s)?(?:day|night|week|month|year|spring|summer|autumn|winter|morning|evening|afternoon|"
    r"time|[A-Z][a-z]+day))\b)),?\s"
)
_BEARS_NO_OBJECT = (  # not "enough", which says half of a point; "wrong to say" has no reading in which "it" is said
    r"absurd|acceptable|advisable|appropriate|common|counterproductive|cruel|customary|discriminatory|dishonest|fair|foolish|futile|"
    r"hypocritical|illegal|(?:un)?lawful|(?:il)?legitimate|(?:im)?moral|(?:im)?possible|optimal|optimum|instructive|interesting|irresponsible|legal|"
    r"ludicrous|misleading|mistaken|naive|natural|normal|perverse|pointless|preferable|premature|prudent|rare|(?:un)?reasonable|reckless|"
    r"ridiculous|right|sensible|shameful|sufficient|tempting|unacceptable|undesirable|unethical|unfair|unhelpful|unjust|unnatural|"
    r"unnecessary|unusual|unwise|useful|useless|usual|very\swell|wise|wrong"
)
_BEARS_ONE = (  # "cheaper to build roads" speaks of building, "cheaper to build than a road" of what was named
    r"bad|best|better|cheap|cheaper|convenient|costly|dangerous|dearer|easier|expensive|faster|good|harder|inconvenient|nice|pleasant|"
    r"quicker|safe|safer|simple|simpler|unsafe|worse"
)
_DEED = (  # what doing something may be: "It is an honour to speak"
    r"(?:crime|delight|disgrace|duty|error|exaggeration|fallacy|felony|folly|honou?r|joy|misdemeanou?r|mistake|offen[cs]e|pity|pleasure|"
    r"privilege|relief|right|scandal|shame|sin|truism|waste\sof\s[a-z]+|(?:bad|good|poor|terrible)\s(?:idea|policy|practice|thing))"
)
_TO = (  # before a verb, and not "to the town" or "to farmers"
    r"(?:\s(?:for|of)\s[^,.;:!?]{1,60}?)?\sto\s(?:not\s)?(?!(?:the|an?|all|any|both|each|every|its|our|their|his|her|my|your|this|that|"
    r"these|those|some|most|many|me|us|you|him|them|people|others|[a-z]+[^s\W]s)\s)(?-i:[a-z])[a-z]*\s"
    r"(?!(?:him|her|it|so|such|that(?=\W{0,3}\Z)|them|these|this|those)\b)"  # "wrong to end it" needs what was named
)
_OBJECT = r"(?!(?:after|again|and|as|at|because|before|but|by|down|for|from|here|if|in|now|of|off|on|or|out|than|there|to|too|until|up|when|with)\b)"
_IMPERSONAL = re.compile(
    r"[\"'“‘(\[*_\s-]*+(?:"
    rf"{_IS}(?:(?:be(?=\sthat)|(?!(?:{_FEELS})\b){_TRUE}|(?:{_SAID})(?:,?\s(?:among|by|in|to|upon|with)\s(?:[\w’'-]+\s){{0,2}}?[\w’'-]+,?)?){_THAT}"
    rf"|(?:(?:more|most|less|so|too)\s)?(?:(?:{_BEARS_NO_OBJECT}){_TO}|(?:{_BEARS_ONE}){_TO}{_OBJECT})"
    rf"|(?:an?|no)\s(?:[a-z-]+\s){{0,2}}?{_DEED}{_TO}"
    r"|the\s(?:duty|job|policy|responsibility|role|task)\sof\s[^,.;:!?]{1,60}?\s(?:to|that)\s"
    r"|un(?:clear|certain|known)\s(?:how|if|what|when|where|which|who|why)\b)"
    rf"|it\s(?:may|might)\s(?:well\s)?be\sthat\s|it\s(?:(?:seem|appear)s?|(?:seem|appear)ed|turn(?:s|ed)\sout){_THAT}"
    r"|it\s(?:goes\swithout\ssaying|stands\sto\sreason)\b"
    # Whatever follows:
    r"|it (?:is|was|may be|has been|would be|will be) (?:\w+ly )?(?:possible|clear|likely|unlikely|important|"
    r"necessary|essential|hard|difficult|easy|time|true|crucial|worth|estimated|imperative|well known|my|our)\b)",
    re.IGNORECASE,
)


def is_impersonal(words: str) -> bool:
    """Whether a sentence opens with an "it" that points at nothing before it.

    Example: is_impersonal("It was agreed that tolls rise.") -> True, is_impersonal("It agreed that tolls rise.") -> False
    """
    return bool(_IMPERSONAL.match(words))
