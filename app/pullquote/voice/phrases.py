"""Phrases: what the subject of a reporting verb can be: the author, a pronoun, nobody, or somebody who can speak; one or several."""

import re

from pullquote.corpus.institutions import NOUN

MOST_WORDS = 16  # a longer "subject" is most likely two clauses

ROLE = (
    r"president|secretary|minister|senator|chief|director|governor|judge|professor|spokes\w+|general|ambassador|"
    r"attorney|chair\w*|commissioner|officer|leader|mayor|administrator|representative|congress\w+|analyst|researcher|"
    r"economist|expert|lawyer|author|prosecutor|agent|official|prime\sminister|chancellor|king|queen|head|adviser|advisor|"
    r"sheriff|principal|scientist|historian|journalist|reporter|lawmaker|deputy|envoy|founder|doctor|candidate|"
    r"sultan|emperor|pope|cardinal|archbishop|bishop|prince|philosopher|theologian|sociologist|physician|writer|columnist|"
    r"activist|politician|editor|colonel|admiral|premier|physicist|psychologist|anthropologist|novelist|poet"
)
AUX = (
    r"(?:has|have|had|is|are|was|were|will|would|did|does|do|also|later|then|now|still|once|often|already|further|again|therefore|thus|"
    r"first|even|himself|herself|themselves|itself|used\sto|however|"
    r"(?:seem|appear|continue|come|came|start|try|tries|tried|want|beg[ai]n)(?:s|ed|d)?\sto|(?:went|goes|gone|going)\son(?:\sto)?|"
    r"no\slonger|furthermore|moreover|nevertheless|nonetheless|meanwhile|one\stime|(?-i:[a-z]+ly))"
)
PEOPLE = (
    r"\b(?:experts?|critics|observers|investigators|officials|authorities|supporters|opponents?|advocates|proponents|"
    r"researchers|scientists|analysts|economists|lawyers|doctors|groups?|organi[sz]ations|police|prosecutors|residents|"
    r"parents|teachers|students|families|witness(?:es)?|mayor|people|voters|stud(?:y|ies)|surveys?|polls?|reports?|research|"
    r"analys[ie]s|statistics|figures|estimates|data|evidence|news\s\w+|press|media|memo|opinion|document|grader|mother|father|"
    r"grandfather|grandmother|brother|sister|son|daughter|wife|husband|nephew|niece|uncle|aunt|cousin|widow|widower|"
    r"neighbou?r|friend|man|woman|boy|girl|child|survivor|nurse|"
    r"government|administration|committee|commission|court|agency|department|council|union|bank|company|unit|"
    r"(?!(?:cons|ex|pers|ins|l|ass|res|s|enl|m|tw|f|wr)ists?\b)[\w-]*(?:ists?|icians?|crats?|scholars?|theorists?|philosophers?|defenders?|activists?|politicians?|lawsuits?|suits?|academics|"
    r"writers?|makers?|preachers?|reformers?|thinkers?|farmers?|workers?|buyers?|consumers?|americans|church|clergy|bishops?|residents?|buyers?|members?|"
    r"sources|insiders?|commentators?|campaigners?|protesters?|diplomats?|villagers?|relatives|colleagues?|theologians?|"
    r"detractors?|sceptics|skeptics|reviewers?|conservatives?|liberals?|libertarians?|republicans?|progressives?|"
    r"majority|minority|plaintiffs?|defendants?|dissent|theory|hypothesis|doctrine)|"
    rf"(?:{ROLE}))s?\b"
)
_PEOPLE = re.compile(PEOPLE, re.IGNORECASE)
PEOPLE_FIRST = re.compile(rf"(?:[\w-]+\s){{0,3}}?(?:{_PEOPLE.pattern})", re.IGNORECASE)
_BODY = re.compile(
    rf"\b(?:{NOUN}|staff|crew|campaign|army|military|navy|newspaper|magazine|embassy|delegation|"
    r"letter|indictment|lawsuit|petition|complaint|affidavit|brief|ruling|editorial|article|book|essay|column|speech|op-ed|"
    r"assessment|audit|inquiry|investigation|statement|testimony|poll|authors?|sheriffs?|companies|agencies|ministries|firms|parties|armies|"
    r"governments|countries|nations|universities|newspapers|cities)\b(?!\s\d)",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"(?:his|her|its|their)\s", re.IGNORECASE)
_EVIDENCE = re.compile(
    r"\b(?:stud(?:y|ies)|surveys?|polls?|research|reports?|analys[ie]s|statistics|figures|data|evidence|reviews?|papers?|findings?|"
    r"models?|tests?|records?|results?|estimates?|documents?|theory|theories)\b",
    re.IGNORECASE,
)
_SHOWS = (
    "indicat",
    "show",
    "suggest",
    "reveal",
    "confirm",
    "underl",
    "undersc",
    "emphasi",
    "demonstrat",
    "project",
    "forecast",
    "predict",
    "prov",
)
_OWNED = re.compile(r"(?:\S+\s){0,4}?[A-Z][\w.-]*[’']s?\s(?P<rest>[a-z](?:(?!\sof\s)[^,])*)")
_ACRONYM_BESIDE = re.compile(r"\((?:[A-Z][\w.&-]*|\d{4})\)")
_BROKEN = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|did|do|will|would|can|could|cannot|whom|believe|wrote|says?|said|who|which|that|where|made|harming|further)\b|[A-Z][\w.’'-]*\s[a-z]+s\s(?:the|an?|his|her|their|its|this)\s|"
    r"\b(?:in|of|it|to|and|by|with|for|as|be|having)$|\s(?:while|when|whereas|(?<!such\s)(?<!known\s)as)\s(?:[A-Z]|(?:the|an?)\s)|[\[\](|]|^(?:In|On|At)\s",
)
_ET_AL = re.compile(r"\set\sal\.?(?:\s\(\d{4}\w?\))?$")  # "Blattman et al."
_PLACE = re.compile(r"D\.C\.?|[A-Z]\.?")
_FIRST_PERSON = re.compile(
    r"^(?:I|[Ww]e|[Ll]et\sme|[Ll]et\sus)\b|\b(?:I|we|let\sme)$"
    r"|^(?:[Mm]y|[Oo]ur)\s(?:own\s)?(?:findings?|report|analys[ie]s|estimates?|research|study|view|point|cost|results?|data|evidence|modell?ing|calculations?|surveys?|models?|figures|brief|arguments?|"
    r"conclusions?|contention|interviews|tests|trials?|reviews?|audit|inquiry|investigation|sample|examination)\b"
    r"|^[Oo]ur\s(?:own\s)?(?:alliance|association|cent(?:er|re)|charity|coalition|commission|committee|federation|foundation|institute|network|"
    r"organi[sz]ation|panel|society|team|think\stank|union)$"  # for which the author speaks; not "our council"
)
_FIRST_PERSON_LEFT = re.compile(rf"^\s*(?:I|We),|\b(?:I|we|me)(?:\s{AUX}|\sjust)*\s*$")
_EXPLETIVE = re.compile(
    r"^(?:in|on|at|by|for|from|with|regarding|concerning|considering|given|while|although|though|after|before|because|since|when|whether|having|instead|rather|furthermore|[a-z]+ly|"
    r"the|a|an|there|it|this|that|these|those|which|what|who|you|one|nothing|no\sone|nobody|everyone|and|but|or|nor|yet|his|her|its|their|my|our|your|let|let[’']s|please|not|otherwise|elsewhere|above|so|is|be|required|provided|(?:do|did|does|if|as|when)\syou|some\sof\sit)$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:neither|no|not\seven|none|nobody|nothing|not\s(?:one|a|all)|hardly\sany)\s", re.IGNORECASE
)  # "neither of them has said that"
_PRONOUN = re.compile(
    r"^(?:he|she|they|it|all|both|they\sall|they\sboth|(?:[\d.]+|\w+)\s(?:percent|per\scent))$", re.IGNORECASE
)
DETERMINER = re.compile(r"^(?:the|a|an|our|your|my|their|its|his|her|this|these|that)\s+", re.IGNORECASE)
_QUANTIFIER = re.compile(
    r"(?:some|many|others?|certain|various|numerous|most|those|few|several|both|all|each|every|another|any|one|two|three|four|five|six|\d+)\b",
    re.IGNORECASE,
)
_GENERIC_SOURCE = re.compile(
    r"^(?:the\s|a\s|an\s|its\s|their\s|his\s|her\s|our\s)?(?:law|laws|rules?|terms|needs?|section|provisions?|"
    r"procedures?|size|number|degree|whether|schedule|plan|regulations?|subsection|paragraph|standards?|ability|"
    r"mass|weight|length|volume|value|price|severity|level|amount|type|criteria|requirements|principles?|whom|which|what|how)\b",
    re.IGNORECASE,
)


_NAMED = re.compile(
    r"(?!\w+ing\b|(?:ever|since|when|while|as|if|before|after|that|because|where|in|on|at|by|with|from|for|to|of|and|or|but)\b)[a-z][\w-]*\s(?:[\w’'.-]+\s){0,5}[A-Z][\w’'.-]*\s[A-Z].*"
)  # "veteran ministers Ann Lee and Bob Bell"

_HEAD = re.compile(r"\s(?:of|for|in|on|to|by|that|or)\s")
_GENERIC_LAST = re.compile(
    r"\b[A-Z]\w+\s(?:Code|Act|Statutes?|Regulations?)(?:\s[\d§.()-]+)*$|\b(?:rules|specifications?|schedule|regulations|standards|criteria|requirements|settings?)$",
    re.IGNORECASE,
)


def is_first_person(subject: str, left: str = "") -> bool:
    """Whether the author speaks of themselves. Example: "I", "We", "our findings".

    `left` is all that stands before the verb: "I, ANN LEE, President of …, find".
    """
    return bool(_FIRST_PERSON.search(subject) or _FIRST_PERSON_LEFT.search(left))


_ASKED = re.compile(r"(?:has|have|had|did|does|do|is|are|was|were|will|would|can|could|should|may)\s", re.IGNORECASE)
_ADDRESSED = re.compile(  # "Can you easily predict", "The secretary shall report", "Make sure everyone"
    r"\b[Yy]ou\b|\sshall\s|\b(?:[Aa]nyone|[Ee]veryone|[Ss]omeone|[Nn]obody|[Aa]nybody|[Ww]hoever)$|^[Ww]hoever\s|^(?:Make|Let|Ask|Tell|See|Check|Learn|Read|Visit|Contact)\s[a-z]"
)


def is_nobody(subject: str) -> bool:
    """Whether a subject names no speaker: "There", "It", "you", or nothing at all."""
    return (
        not subject
        or bool(
            _EXPLETIVE.match(subject)
            or subject.endswith(" been")
            or _NEGATED.match(subject)
            or _ASKED.match(subject)
            or _ADDRESSED.search(subject)
        )
        or not any(letter.isalpha() for letter in subject)
    )


_AGENTS = re.compile(  # "adversaries of the law", "ranchers along the river"
    r"(?!(?:off|consid|rememb|ent|ref|cov|deliv|suff|diff|ord|numb|matt|answ|off|trigg|bord|pow)ers\b|(?:pres|prev|consid|repres|docum|comm|ev|curr)ents\b)"
    r"(?:[a-z][\w-]*\s)?[a-z]{2,}(?:ers|ors|ants|ents|ans|ees|aries|ates|men|women)(?:\s(?:of|in|along|across|from|near|around|on|at|with)\s.*)?"
)


_ACTED = re.compile(r"[a-z]+ed\s(?:the|an?|its|his|her|their|this|that)\s")
_TORN = re.compile(
    r"(?:found|known|made|held|seen|shown|written|given|taken|built|[a-z]+ed)\s(?:by|in|from|to|at|on|as)\s"
)
_DOCTRINE = re.compile(r"(?:[a-z-]+\s){0,2}[a-z]{4,}ism")  # "economic liberalism"


def is_fragment(subject: str) -> bool:
    """Whether a "subject" is the torn-off end of another clause: "defined in 19 CFR"."""
    opening = subject.split(" ", 1)[0]
    if _TORN.match(subject):
        return True
    if opening.islower() and opening.endswith("ed") and (_ACTED.match(subject) or not _NAMED.fullmatch(subject)):
        return True  # "blocked a resolution of the council"
    return opening.islower() and not (
        DETERMINER.match(subject)
        or _QUANTIFIER.match(subject)
        or _PEOPLE.search(subject)
        or _NAMED.fullmatch(subject)
        or _AGENTS.fullmatch(subject)
        or _DOCTRINE.fullmatch(subject)
    )


def is_well_formed(subject: str) -> bool:
    """Whether a subject reads like somebody who can speak: a name, or people, or a study."""
    words = subject.split()
    if _THEIRS.match(subject) and not re.search(r"\b[A-Z]", " ".join(words[1:])):
        return False  # "Its statement": whose, the sentence does not say
    if (
        _PLACE.fullmatch(subject)
        or len(words) > MOST_WORDS
        or "§" in subject
        or re.search("“[a-z]", subject)  # "an “ironic jab” at the people"
        or _BROKEN.search(_ACRONYM_BESIDE.sub("", subject))
    ):
        return False
    if (owned := _OWNED.match(subject)) and not (_PEOPLE.search(owned["rest"]) or _BODY.search(owned["rest"])):
        return False  # "Lee's lack of experience raises doubts"
    if words and words[0][:1].islower() and not (DETERMINER.match(subject) or _QUANTIFIER.match(subject)):
        return bool(PEOPLE_FIRST.match(subject))
    known = _PEOPLE.search(subject) or _BODY.search(subject) or _ET_AL.search(subject)
    return bool(known or re.search(r"\b[A-Z]", " ".join(words[1:]) or subject))


def speaks(subject: str, cue: str) -> bool:
    """Whether what follows "according to" or "described by" is somebody: not "the changing positions of the Moon"."""
    if cue.startswith(_SHOWS):  # "Surpluses indicate waste"
        head = _HEAD.split(subject, maxsplit=1)[0]
        told = (
            subject if head[-1:].isupper() or re.search(r"\b[A-Z][\w’'-]*$", head) else head
        )  # "The experience of Velland"
        known = _PEOPLE.search(told) or _BODY.search(told) or _EVIDENCE.search(told)
        return bool(known or re.search(r"\s(?:[a-z]+\s)*[A-Z]", told))
    if not cue.lower().endswith((" by", " to")) or cue.startswith("claim"):
        return True
    head = _HEAD.split(subject, maxsplit=1)[0]
    return bool(_PEOPLE.search(head) or re.search(r"\b[A-Z]", DETERMINER.sub("", head)))


def is_pronoun(subject: str) -> bool:
    """Whether a subject is a personal pronoun of the third person."""
    return bool(_PRONOUN.match(subject))


def is_generic_source(subject: str) -> bool:
    """Whether "according to" names a rule or measure and no speaker: "according to law"."""
    return not subject or bool(_GENERIC_SOURCE.match(subject) or _GENERIC_LAST.search(subject))
