"""Reporting verbs, by what must follow them to make a report of somebody's words."""

import re
from functools import lru_cache


def _forms(words: str) -> str:
    """A pattern of any of the words, gathered by first letters, which is several times faster to try."""
    by_opening: dict[str, list[str]] = {}
    for word in sorted(words.split(), key=len, reverse=True):
        by_opening.setdefault(word[:2], []).append(word[2:])
    by_letter: dict[str, list[str]] = {}
    for opening, rests in by_opening.items():
        by_letter.setdefault(opening[0], []).append(f"{opening[1:]}(?:{'|'.join(rests)})")
    return "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


CLAUSE = _forms(
    "say says said claim claims claimed suggest suggests suggested argue argues argued believe believes believed "
    "think thinks thought estimate estimates estimated assert asserts asserted allege alleges alleged contend "
    "contends contended insist insists insisted presume presumed presumes assume "
    "assumes assumed warn warns warned report reports reported fear fears feared predict predicts predicted "
    "complain complains complained suspect suspects suspected reckon reckons reckoned doubt doubts doubted know knows knew"
)
THAT = _forms(
    "maintain maintains maintained boast boasts boasted write writes wrote written add adds added reveal reveals revealed conclude concludes "
    "concluded note notes noted find finds found tell tells told testify testifies testified acknowledge "
    "acknowledges acknowledged admit admits admitted announce announces announced declare declares declared state "
    "states stated observe observes observed remark remarks remarked comment comments commented explain explains "
    "explained describe describes described detail details detailed indicate indicates indicated confirm confirms "
    "confirmed deny denies denied recommend recommends recommended propose proposes proposed hold holds held rule "
    "rules ruled agree agrees agreed caution cautions cautioned concede concedes conceded stress stresses stressed "
    "emphasize emphasizes emphasized emphasise emphasises emphasised reiterate reiterates reiterated recall recalls "
    "recalled continue continues continued reply replies replied answer answers answered respond responds responded "
    "ask asks asked worry worries worried mention mentions mentioned document documents documented determine "
    "determines determined affirm affirms affirmed pledge pledges pledged promise promises promised vow vows vowed "
    "quip quips quipped joke joked lament laments lamented counter counters countered repeat repeats repeated "
    "tweet tweets tweeted post posted demand demands demanded urge urges urged hint hints hinted postulate "
    "advise advises advised inform informs informed remind reminds reminded discover discovers discovered judge judges "
    "judged assess assesses assessed consider considers considered signal signals signaled signalled certify certifies certified hope hopes "
    "hoped expect expects expected recognize recognizes recognized recognise recognises recognised realize realizes "
    "realized learn learns learned cite cites cited record records recorded "
    "wonder wonders wondered infer infers inferred reaffirm reaffirms reaffirmed underline underlines underlined underscore underscores underscored "
    "attest attests attested plead pleads pleaded decry decries decried bemoan bemoans bemoaned "
    "teach teaches taught opine opines opined posit posits posited submit submits submitted proclaim proclaims "
    "proclaimed speculate speculates speculated hypothesize hypothesizes hypothesized hypothesise "
    "hypothesised theorize theorizes theorized decide decides decided feel feels felt reasoned charged protested "
    "conjectured surmised foresee foresees foresaw term terms termed label labels labeled labelled brand brands branded "
    "characterize characterizes characterized characterise characterises characterised retort retorts retorted exclaim exclaims exclaimed disclose discloses accept accepts "
    "accepted deem deems deemed object objects objected preach preaches preached swear swears swore "
    "clarify clarifies clarified interpret interprets interpreted guess guesses guessed muse muses mused implied insinuate "
    "insinuates insinuated assure assures assured reassure reassured recount recounts recounted highlight highlights highlighted relay relays "
    "relayed volunteered griped thundered shout shouted cried intoned sniffed chimed whispered advocated "
    "calculate calculates calculated project projects projected forecast forecasts ask put puts call calls called"
)
_EVIDENCE_VERB = _forms(
    "show shows showed shown demonstrate demonstrates demonstrated illustrate illustrates illustrated prove proves "
    "proved proven establish establishes established disclose disclosed identify identifies identified"
)
_OBJECT = (
    r"(?:accus(?:e|es|ed)(?!\sof\b)|blam(?:e|es|ed)(?!\s(?:for|on)\b)|reproach(?:es|ed)?|(?:rebuke|chide|deride|berate|ridicule)[sd]?|lambast(?:e|es|ed)|assail(?:s|ed)?|deplor(?:e|es|ed)|"
    r"(?:slam(?:s|med)|blast(?:s|ed)|fault(?:s|ed))(?=\s(?:the\s(?:\w+\s)?(?:plan|bill|decision|move|ruling|proposal|law|idea|policy|report|administration|government|president|strikes?|attacks?|court|company)|[A-Z]\w+))|(?:condemn(?:s|ed)?|denounc(?:e|es|ed)|criticis(?:e|es|ed)|criticiz(?:e|es|ed))(?!\s(?:for|to|as|in)\b)|attribut(?:e|es|ed)(?!\sto\b)(?=\s(?:[^\s,;:§]+\s){1,12}to\b)"
    r"|question(?:s(?=\s(?:the|whether|how|why|his|her|its|their|this)\b)|ed)|disput(?:es?(?=\s(?:the|that|this|his|her|its|their|any)\b)|ed)|reject(?:s|ed)?\sthe\s(?:idea|claim|notion|argument)|"
    r"(?:warn|complain|boast)(?:s|ed)?\s(?:of|about|against)|casts?\sdoubt|rais(?:e|es|ed)\s(?:\w+\s)?(?:concerns?|doubts?|questions?)|"
    r"express(?:es|ed)?\s(?!that\b|this\b|such\b)(?:\w+\s)?(?:concerns?|doubts?|fears?|alarm|regret|support|opposition|confidence|hope|outrage)|call(?:s|ed)?\sfor|"
    r"puts?\s(?:forth|forward)\s(?:the|an?|his|her|their|its)\s(?:\w+\s)?(?:idea|theory|argument|claim|proposal|hypothesis|view|case|thesis|notion)|"
    r"linked(?:(?<=\bhave\slinked)|(?<=\bhas\slinked))(?=\s(?:[^\s,;:§]+\s){1,10}(?:to|with)\b)|announced(?=\s(?:the|an?|its|his|her|their|plans)\s)|"
    r"(?:argue[sd]?|spoke|speaks?)\s(?:out\s)?(?:against|in\sfavou?r\sof)|"
    r"(?:found|finds?)\s(?:(?:no|little|some|strong|clear|ample)\s)?(?:evidence|proof|signs?|indications?)(?=\s(?:that|of|for)\b)|"
    r"found(?=\s(?:[^\s,;:§]+\s){1,6}to\sbe\b)|"
    r"den(?:y|ies|ied)(?=\s(?:\w+ing|any|all|involvement|wrongdoing|responsibility|knowledge|the\s(?:allegation|claim|charge|accusation)s?)\b)|"
    r"claim(?:s|ed)?\s(?:(?:it|them|this|that|him|her)\s)?to(?=\s[a-z])|ask(?<!\bwho\sask)(?<!\bthat\sask)(?:s|ed)?\sfor(?!\sit\b)|"
    r"(?<!,\s)estimat(?:e|es|ed)\sat|put(?:s)?\sthe\s(?:figure|number|cost|total|toll)|puts?\s(?:the\s(?:[\w-]+\s){1,3}|it\s|this\s|them\s)at(?=\s(?:around|about|nearly|some|half|an?|one|two|three|over|under|between|roughly|\d)))(?!\w)"
)
_AS = r"(?:se(?:e|es)|saw|identif(?:y|ies|ied)|classif(?:y|ies|ied)|view(?:s|ed)?|regard(?:s|ed)?|describ(?:e|es|ed)|characteri[sz](?:e|es|ed)|dismiss(?:es|ed)?|reject(?:s|ed)?|attack(?:s|ed)?|explain(?:s|ed)?|interpret(?:s|ed)?|prais(?:e|es|ed)|hail(?:s|ed)?|derid(?:e|es|ed)|tout(?:s|ed)?|brand(?:s|ed)?|portray(?:s|ed)?|depict(?:s|ed)?|(?:refer(?:s|red)?\sto))\s(?!(?:them|him|her|it)sel|(?:in|by|under|above|below|at|herein)\s)(?:[^\s,;:§]+\s){1,6}as"
_CALLED = (  # "called the remarks irresponsible", "called it a failure"
    r"(?:(?:call|label|term|brand|declar)(?:s|ed|led)|(?:consider|deem|regard)(?:s|ed)?)\s(?:it|them|him|her|that|this|(?:the|his|her|its|their|these|those|such)\s(?:[\w-]+\s){0,2}?[\w-]+|[A-Z][\w’'-]*)"
    r"\s(?:(?<=\bit\s)(?:(?:the|his|her|its|their)\s)?(?!(?:a|an|quits|off|out|in|on|into|back|for|the|to|and|or|by|at|when|because|that|as)\b)[a-z]{3,}|an?\s(?!meeting|vote|halt|special|press|strike|referendum|truce|ceasefire|general)\w+|(?:un|ir|il|im|dis)[a-z]{4,}|[a-z]+(?:able|ible|ous|less|ive|ary))(?=[\s.,;]|$)"
)
_URGE = r"(?:urg(?:e|es|ed)|expect(?:s|ed)?|call(?:s|ed)?\son|call(?:s|ed)?\supon)\s(?:[^\s,;:§]+\s){1,8}to"
_ISSUED = (
    r"(?:issued|released|published|put\sout|made|sent|wrote|signed|ran|carried|posted|delivered)\s(?:an?|its|their|his|her|the\sfollowing)\s(?:\w+\s){0,4}"
    r"(?:advisory|warning|statement|alert|notice|response|reply|letter|report|declaration|article|op-ed|editorial|paper|headline|story|message|speech|tweet|post|verdict)"
    r"(?:(?=:|\s(?:that|saying|warning|stating|arguing|claiming|accusing|criticizing|criticising|condemning|denouncing|disputing|"
    r"rejecting|urging|calling\sfor)\s)|\sin\swhich\s(?:he|she|they|it)\s(?:\w+\s)?(?:said|says|stated|states|argued|argues|claimed|wrote)(?=\sthat\b))"
)
VERB = re.compile(
    r"(?<![\w’'-])(?=[a-z]{3})(?!(?:the|and|that|for|are|was|with|from|this|have|which|not|its|their|were|has|been|his|but|they)\b)"  # spares the rest
    rf"(?:(?P<object>{_OBJECT})|(?P<as>{_AS})|(?P<urge>{_URGE}|{_CALLED})|(?P<clause>{CLAUSE})|(?P<that>{THAT})"
    rf"|(?P<evidence>{_EVIDENCE_VERB})|(?P<issue>{_ISSUED})|(?P<comment>had\s(?:this\s(?:comment|to\ssay)|this\swarning)|"
    rf"put\sit(?:\s\w+)?\sway|point(?:s|ed)?\sout|made\s(?:it\s)?clear))(?![\w’'-])"
)


@lru_cache(maxsize=4)
def find_verbs(words: str) -> tuple[re.Match[str], ...]:
    """The words of a masked sentence that look like reporting verbs; two rules ask for them, one after the other."""
    return tuple(VERB.finditer(words))


PLURAL_NOUN = frozenset({"claims", "estimates", "reports", "fears", "suspects", "alleged", "estimated", "suspected"})
BASE_NOUN = frozenset({"claim", "estimate", "report", "fear", "doubt", "suspect", "know", "hope"})
NOUN_LIKE = _set(
    "state rule project judge document record forecast question post demand promise answer reply signal "
    "object report claim fear doubt hope estimate note comment view"
)
"""Base forms that are more often nouns: they report only after a plural subject."""
PARTICIPLE = _forms(
    "saying arguing claiming warning noting adding stating explaining insisting alleging suggesting finding concluding "
    "observing believing contending asserting maintaining reasoning predicting complaining declaring announcing writing "
    "charging stressing emphasizing emphasising remarking commenting responding replying recalling acknowledging admitting "
    "testifying lamenting proclaiming describing calling labeling labelling terming denouncing condemning dismissing praising "
    "characterizing characterising ruling holding determining recalling vowing pledging promising cautioning reiterating "
    "joking conceding confirming revealing disclosing deciding fearing hoping thinking worrying suspecting doubting implying"
)
NAMING = _set(
    "call calls called describe describes described term terms termed label labels labeled labelled brand brands branded "
    "characterize characterizes characterized characterise characterises characterised deem deems deemed"
)
"""Verbs after which a quotation is what their subject calls a thing."""
NOUNS_TOO = _set(
    "rules records projects documents details demands notes comments hopes judges signals forecasts fears doubts objects"
)
"""Forms that are plural nouns as often: they report only after a singular subject."""
SAID_PLAINLY = _set("say argue tell suggest admit complain warn declare insist acknowledge testify")
"""Base forms after "I heard him" that report what was heard."""
FOUND = _set(
    "found finds reveals revealed documents documented estimates estimated indicates indicated concluded "
    "confirms confirmed shows showed identified"
)
PLAIN = _set(
    "say says said claim claims claimed boast boasts boasted suggest suggests suggested argue argues "
    "argued warn warns warned report reports reported conclude concludes concluded note notes noted "
    "estimate estimates estimated tell tells told testify testifies testified add adds added reveal "
    "reveals revealed write writes wrote detail details detailed find finds found state states stated "
    "assert asserts asserted contend contends contended maintain maintains maintained insist insists "
    "insisted allege alleges alleged explain explains explained emphasize emphasizes emphasized stress "
    "stresses stressed admit admits admitted acknowledge acknowledges acknowledged teach teaches taught "
    "believe believes believed caution cautions cautioned show shows showed shown hold holds held rule rules ruled "
    "announce announces announced declare declares declared observe observes observed remark remarks remarked comment comments "
    "commented reply replies replied respond responds responded answered recommend recommends recommended propose "
    "proposes proposed predict predicts predicted project projects projected forecast complain complains complained concede "
    "concedes conceded confirm confirms confirmed reiterate reiterates reiterated reaffirm reaffirms reaffirmed pledge pledged "
    "promised vow vows vowed tweet tweeted lament laments lamented counter counters countered retorted quip quips quipped joked "
    "urge urges urged advise advises advised agree agrees agreed proclaim proclaims proclaimed opine opines opined clarify "
    "clarified attest attests attested recount recounts recounted recall recalls recalled charged protested deny denies denied "
    "underline underlines underlined underscored emphasise emphasises emphasised indicate indicates indicated assured reasoned"
) | {"point out", "points out", "pointed out"}
"""Verbs that leave little doubt that their subject said so; the others are never stated as sure."""
PLAIN_ACTS = _set(
    "accuse accuses accused condemn condemns condemned denounce denounces denounced criticise criticises criticised criticize "
    "criticizes criticized dispute disputes disputed deny denies denied warn warns warned complain complains complained "
    "boasted call calls called urge urges urged describe describes described dismiss dismisses dismissed express expresses "
    "expressed argue argues argued praised hailed issued released published "
    "announce announces announced found claim claims claimed rejected reproach reproaches reproached calling urging demanding accusing"
)
"""First words of longer cues ("accused", "called for", "issued a report that") that leave as little doubt."""
PLAIN_PARTICIPLES = _set(
    "saying stating writing adding arguing claiming warning noting concluding declaring announcing insisting alleging asserting "
    "contending maintaining complaining testifying calling describing denouncing condemning explaining stressing emphasizing "
    "predicting telling charging"
)
IMPLYING = (
    "counted",
    "classed",
    "classified",
    "considered",
    "believed",
    "thought",
    "deemed",
    "seen",
    "viewed",
    "regarded",
    "portrayed",
    "hailed",
    "praised",
)
"""Participles before "by" that tell of an opinion, perhaps never spoken."""
SPOKEN = _set(
    "say says said tell tells told write writes wrote testify testifies testified state states stated "
    "report reports reported add adds added warn warns warned declare declares declared conclude "
    "concludes concluded reply replied ask asks asked recommend recommends recommended find finds found"
)
"""Verbs after whose colon a paragraph is surely their subject's."""
AUXILIARY = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|do|does|did)\b")
"""Auxiliary verbs, in the forms that a clause in the third person has."""
