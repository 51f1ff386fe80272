"""Passages, the retrievable units, and the self-contained windows that quotes are cut from."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pullquote.corpus.days import is_undated
from pullquote.corpus.documents import Document
from pullquote.corpus.impersonal import is_impersonal
from pullquote.corpus.sentences import Kind, Sentence

PASSAGE_WORDS = 60  # paragraphs shorter than this are joined with the next one of their section
PASSAGE_LIMIT = 130  # words; about 180 tokens, so that a passage with its title fits the encoder's 256
MAX_LEAD = 2  # sentences before the one that leans
LIST_REACH = 60  # sentences of a list before the one whose lead-in is looked for

_PRONOUN = (
    "it|its|it's|it’s|this|these|those|they|they've|they’ve|they're|they’re|them|their|such|he|his|she|her|that|"
    "that's|that’s|both|neither|either|others|another|some of them|the former|the latter|the same"
)
_CONNECTIVE = (
    "but|however|and|so|yet|or|nor|instead|moreover|furthermore|thus|therefore|hence|also|still|then|"
    "nevertheless|nonetheless|consequently|similarly|likewise|meanwhile|otherwise|rather|besides|indeed|"
    "for example|for instance|as a result|in addition|in contrast|in other words|on the other hand|"
    "because of this|for this reason|of these|among them|in this|at this|under this|with this|by contrast|that is|"
    "on this|after this|on that|in that|after that|from that|with that|at that|by that|for that|to that"
)
_ANSWER = r"(?:[*_]{0,3}(?-i:A)[.:][*_]{0,3}\s+)?"  # the label of one: "A. It moves."
_LEANS = re.compile(rf"{_ANSWER}[\"'“‘(\[*_\s-]*(?:{_PRONOUN}|{_CONNECTIVE})(?![\w’'-])", re.IGNORECASE)
# What points at nothing before it, though it opens like what does.
_EXPLETIVE = re.compile(
    r"[\"'“‘(\s]*(?:this (?:year|month|week|evening|morning|memorandum|order|article|report|house|congress|administration|body)\b"
    r"|those who\b|that (?:is why)?\s?the\b|some of the\b|both (?:the|of)\b|such as\b"
    r"|(?:and )?then (?:there(?:['’]s| is| are)|comes?)\b)",  # goes on to the next point: "Then there is the price."
    re.IGNORECASE,
)
_BARE = "do|does|did|is|are|was|were|has|have|had|will|would|can|cannot|could|should|must"
_END = r"[.!\"'”’)*_\s]*\Z"
# A short sentence that answers the one before it: "No.", "They do not.", "I do not think so.", "We disagree."
_REPLY = re.compile(
    r"[\"'“‘(\[*_\s-]*+(?:(?:yes|no|never|hardly|perhaps|maybe|exactly|nonsense|true|not (?:at all|quite|necessarily|always|yet|true)"
    rf"|(?:of course|certainly|absolutely|probably)(?: not)?)"
    rf"|(?:[\w’'-]+,? ){{1,6}}(?:so|not|either|neither|too|otherwise|{_BARE}|\w+n['’]t|(?:dis)?agree[sd]?|doubt it)){_END}",
    re.IGNORECASE,
)
_DOING = re.compile(  # "Repairing it would cost more."
    r"[\"'“‘(\[*_\s-]*+[A-Z][a-z]+ing\s(?:it|them|this|these|those)\s(?:[a-z]+\s){0,2}?"
    r"(?:can|cannot|could|costs?|does|had|has|is|may|means?|might|must|should|takes?|was|will|would)\b"
)
_VERDICT = re.compile(
    r"[\"'“‘(\[*_\s-]*(?:that|this|it|he|she|they|you)(?: (?:is|was|are|were)|['’](?:s|re))(?: [a-z]+){0,2} "
    rf"(?:true|false|untrue|right|wrong|correct|incorrect|mistaken|nonsense|fair|unfair|absurd){_END}",
    re.IGNORECASE,
)
_AFTER = rf"(?:{_END}|\s(?:all|as|at|away|back|by|except|for|from|in|on|to|with)\b)"
_OBJECT = (  # "that argument" points back, "that tolls work" does not
    rf"(?:(?:it|them|this){_AFTER}|that{_END}|(?:that|this)\s(?:argument|claim|idea|objection|point|reason|view){_END})"
)
# A short sentence with nothing before its object that this could mean: "Allow them at lunch.", "Nobody mentions that."
_POINTS = re.compile(
    rf"[\"'“‘(\[*_\s-]*+(?:(?:i|we|you|nobody|no one|everyone|everybody|few|many)\s(?:[a-z’']+\s){{1,3}}?{_OBJECT}"
    rf"|(?:allow|ask|ban|call|fix|give|keep|leave|make|put|stop|take|teach|tell|try|use)\s(?:it|them){_AFTER}"
    rf"|(?:[\w’'-]+\s){{1,6}}(?:can|could|may|might|must|should|will|would)\s(?:not\s|never\s)?[a-z]+\s(?:that|this){_END})",
    re.IGNORECASE,
)
POINTING = 12  # words, at most, of such a sentence
_ASIDE = re.compile(  # before what a sentence is about: "With respect, he has never driven a bus."
    r"[\"'“‘(\[*_\s-]*(?:with (?:all |the )?(?:due |great |greatest )?respect|in (?:short|truth|reality|any case|the end|practice|theory|"
    rf"my (?:view|opinion))|of course|to be (?:sure|fair|honest|clear)|for my part),\s(?=(?:{_PRONOUN})(?![\w’'-]))",
    re.IGNORECASE,
)
_MARKS = r"[\"'“‘(\[*_\s-]*+"
_STOPS = r"(?![\w’'-])"
_BELOW = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
_NUMBER = (
    rf"(?:(?:{_BELOW}|hundreds|thousands|dozens|(?:one|a)\s(?=hundred|thousand|dozen))(?:[\s-]?(?:{_BELOW}|one|and|hundred|thousand|million|dozen)){{0,6}}"
    r"|\d{1,3}(?:,\d{3}){0,2})(?:\s?%|\sper\s?cent)?"
)
_PART = r"(?:half|(?:a|one|two|three)[\s-](?:third|quarter|fifth|tenth)s?|a\s(?:few|handful|minority|majority|couple))"
_ABOUT = r"(?:(?:only|just|nearly|almost|about|around|roughly|at least|at most|(?:more|less|fewer) than|over|not|the|all)\s)?"
_ADVERB = r"(?:(?:also|still|even|ever|never|not|now|later|already|just|soon|often|long|[a-z]{2,12}ly)\s)?"
_HELPS = r"(?:are|were|have|had|did|do|will|would|can|could|may|might|must|should|cannot|[a-z]{2,6}n['’]t)"
_DID = (  # verbs that describe no noun: "two found", not "two lost years"
    "found|said|told|gave|went|came|took|got|became|began|knew|wrote|chose|kept|grew|fell|rose|ran|spoke|stood|saw|died|made|met|"
    "bought|brought|sold|sent"
)
_DO = "remain|stay|stand|fail|go|come|die|become|give|take|tend|belong|get|keep|seem|survive|depend"
_MAY = (  # what may describe one, before what follows a verb: "two voted for it", not "two armed men"
    r"(?:(?!hundred|indeed)[a-z]{2,14}ed|live|lie|look|work|need|sit|lose|win|sell|buy|pay|lost|left|felt|held|paid|won|spent|built)"
    r"(?=[,.;:!]|\s(?:the|an?|no|his|her|its|their|our|my|it|them|that|this|these|those|to|in|on|at|by|for|from|with|as|into|of|"
    r"after|before|when|because|only|not|nothing|more|less|fewer|up|out|off|down|over|under|about|against|between|and|or|again|"
    r"already|there|here|alone|[a-z]{2,12}ly)\b)"
)
_PLURAL = rf"(?-i:{_ADVERB}(?:{_HELPS}|{_DID}|{_DO}|{_MAY}){_STOPS})"
_SINGULAR = (
    rf"(?-i:{_ADVERB}(?:was|had|has(?!\sto\b)|says|is\s(?:an?|the|that|in|from|on|now|not)|{_DID}|{_MAY}){_STOPS})"
)
_THINK = (
    r"(?:accept|admit|agree|argu|ask|assum|believ|blam|call|claim|complain|conced|concern|consider|convinc|criti|den[iy]|describ|"
    r"disagree|dismiss|disput|doubt|expect|favou?r|fear|hop|insist|object|oppos|point|prais|prefer|question|recogni|regard|reject|"
    r"remember|s[ck]eptic|suggest|support|suspect|understand|view|want|warn|wish|wonder|worr)[a-z]{0,5}|thought|felt"
)
_ANYBODY = (  # "Some have argued that", "Most feared it": nobody asks who they are
    rf"(?:some|many|most|few)\s{_ADVERB}(?:(?:(?:{_HELPS}|be|been)\s{_ADVERB}){{1,3}}(?:say|said|saying|tell|told|think|see|seen|"
    rf"find|found|feel|hold|held|know|known|afraid|sure|wary|{_THINK})|{_THINK}){_STOPS}"
)
_OF_THEM = rf"\sof\s(?:them|it|these|this|that|those(?!\s(?:who|whose|with|in|on|[a-z]{{2,12}}(?:ed|ing))\b)){_STOPS}"
_NAME = r"(?-i:(?!(?:Jan|Febr)uary|March|April|May|June|July|August|(?:Sept|Nov|Dec)ember|October|[MTWFS][a-z]{2,5}day)[A-Z][\w.])"
_PLACE = rf"\b(?:in|at|near|during|of)\s(?:the\s)?{_NAME}"
_SUFFER = (  # what only people do or undergo
    r"(?:died|drowned|perished|starved|suffered|fled|lived?|emigrated|marched|gathered|protested|demonstrated|went\shungry|"
    r"lost\s(?:their|his|her)\s|(?:have\s|had\s)?(?:were|been|are)\s(?:killed|injured|hurt|wounded|arrested|jailed|executed|deported|evacuated|"
    r"displaced|expelled|murdered|exiled))"
)
_MANY = r"(?:hundreds|thousands|dozens|(?:[a-z]{1,9}[\s-]){1,4}?(?:hundred|thousand|million)|\d{1,3}(?:,\d{3}){1,2}|\d{3})\s"
# Counts that say themselves whom they count: "All are welcome.", "Three died when a bridge fell in Ort."
_OF_PEOPLE = (
    rf"{_ABOUT}(?:(?:all|few)\s(?:must|can|cannot|may|should|are|have\s(?:an?|the|equal)\srights?){_STOPS}"
    rf"|{_MANY}(?:have\s)?{_SUFFER}[^.;:!?]{{0,120}}?{_PLACE}"
    rf"|{_NUMBER}\s(?:have\s)?{_SUFFER}[^.;:!?]{{0,60}}?\b(?:when|after|as|during)\s(?:an?|the)\s[^.;:!?]{{0,60}}?{_PLACE})"
)
# A count of what was named before: "Two found none.", "Most of them left.", "The other three stayed."
_COUNTS = re.compile(
    rf"{_MARKS}(?!{_ANYBODY}|{_OF_PEOPLE})(?:{_ABOUT}(?:(?:{_NUMBER}|{_PART}|some|many|most|few|several|all)(?:\s(?:more|others|further))?"
    rf"(?:\s{_PLURAL}|{_OF_THEM})|(?:one|each|none){_OF_THEM}|(?:{_PART}|most|some)\s{_ADVERB}(?:is|was|has)\s"
    rf"|(?:one|each)\s{_SINGULAR}|none\s(?:{_PLURAL}|(?:is|[a-z]{{2,14}}s){_STOPS}))"
    rf"|the\s(?:(?:first|second|third|fourth|last)\s{_ADVERB}(?:is|was|has|concerns|{_HELPS})\s|others{_STOPS}"
    rf"|rest(?:(?!\sof\b|\sis\s(?:history|silence)\b){_STOPS}|{_OF_THEM})"
    rf"|other\s(?!(?:day|night|week|evening|morning|sides?|hand|party)\b|(?:[\w-]+\s){{1,3}}of\s(?:the\s)?{_NAME})(?:{_NUMBER}|[a-z]{{3,20}}){_STOPS}))",
    re.IGNORECASE,
)
_BEYOND = re.compile(  # "Beyond that the city pays.", but not "Without that bridge"
    rf"{_MARKS}(?:(?:above|against|alongside|apart from|aside from|because of|before|behind|below|besides|between|beyond|despite|of|"
    r"over|since|through|to|unlike|until|without)\s(?:that|this)|(?:against|before|beyond|despite|from|in|under|with|without)\s"
    r"(?:it|them))(?:,|\s(?:it|he|she|they|we|i|you|there|the|an?|no|nothing|everything|nobody)\b)",
    re.IGNORECASE,
)
_TAKES_CLAUSE = (  # after these "that" opens what is thought, found or said
    r"(?:think|thought|believ|know|knew|find|found|show|suggest|learn|see|saw|understand|understood|indicat|prov|demonstrat|reveal|"
    r"conclud|report|argu|assum|suppos|realis|realiz|recognis|recogniz|reckon|feel|felt|fear|hop|mean|expect|notic|observ|confirm|"
    r"agree|admit|remember|hear|discover|predict|warn|insist)(?:e?[sdn]?|ing|t)|noted?|notes|stated?|states|den(?:y|ies|ied)|(?:points?|pointed|found)\sout|us|me|them|clear(?:ly)?|sure|"
    r"certain|true|likely|aware|convinced|fact|evidence|sign|proof"
)
_MASS = "belief|criticism|fear|hope|logic|objection|opinion|position|reason|reasoning|theory|worry"  # also without an article
_FROM = "about|at|by|for|from|in|of|on|through|to|with|without"
_OPENS = (  # the conjunction: "They find that worry about money kills."
    rf"(?:{_TAKES_CLAUSE})(?:\s(?:also|too|again))?\sthat\s(?:(?:{_MASS})(?:\s(?:{_FROM})\b|,\s(?!and\b|but\b|or\b)[^,;.]{{3,60}},\s)"
    rf"|[a-z]++\s(?:{_FROM})\s(?:(?!(?:and|but|who|which|when|where|it|he|she|they|we)\b)[\w’'-]++\s){{1,6}}?(?:is|was|has|does|{_HELPS}){_STOPS})"
)
# What others said, named before: "The board rejected that argument in May.", but not "I think that argument fails.";
# "this argument" is mostly the author's own, and what is said of it misleads nobody.
_NAMED = re.compile(
    rf"{_MARKS}(?:(?!(?:that|and|but|or|because|if|whether|which|who|whom|what|how|when|where|why|as|than|says?|said|argues?|claims?)\b|{_OPENS})"
    r"[\w’'-]++\s){1,8}?that\s(?:argument|assertion|assumption|belief|charge|claim|complaint|conclusion|criticism|fear|hope|"
    r"idea|logic|notion|objection|opinion|point|position|premise|proposal|question|reason|reasoning|suggestion|theory|view|worry)"
    rf"(?:[,;]|{_END}|\s(?:about|again|all|at|before|by|every|everywhere|for|from|in|often|on|since|so|through|to|too|very|with|"
    r"without|many|more|seriously|several)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"(?:([-*+•–])|(\d{1,2}(?:\.\d{1,2})+)\.?|\(?(?:(\d{1,3})|([ivx]{1,4})|([a-z]))[.)])\s")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of prose sentences [first, end) of one document, as positions in its list of sentences."""

    first: int
    end: int


def leans(words: str) -> bool:
    """Whether a sentence needs the one before it to be understood: by its opening, by its object, or since it only replies.

    Example: leans("It only leads to fragmentation.") -> True, leans("Two found a decline.") -> True
    """
    if aside := _ASIDE.match(words):
        words = words[aside.end() :]
    if _POINTS.match(words) and len(words.split()) <= POINTING:
        return True
    if _DOING.match(words) or is_undated(words):
        return True
    if _LEANS.match(words) and not (_EXPLETIVE.match(words) or is_impersonal(words)):
        return True
    return any(pattern.match(words) for pattern in (_REPLY, _COUNTS, _BEYOND, _NAMED))


def only_replies(words: str) -> bool:
    """Whether a sentence says nothing but what it thinks of another, such as "We disagree." or "That is correct."."""
    return bool(_REPLY.match(words) or _VERDICT.match(words))


def split_passages(document: Document, sentences: Sequence[Sentence]) -> tuple[Passage, ...]:
    """Group a document's prose into passages of whole sentences; none crosses a heading."""
    return tuple(
        passage for first, end in _runs(sentences) for passage in _cut_run(document.text, sentences, first, end)
    )


def _runs(sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Stretches of prose without structure in between."""
    first: int | None = None
    for position, sentence in enumerate(sentences):
        if sentence.kind is not Kind.PROSE:
            if first is not None:
                yield first, position
            first = None
        elif first is None:
            first = position
    if first is not None:
        yield first, len(sentences)


def _cut_run(text: str, sentences: Sequence[Sentence], first: int, end: int) -> Iterator[Passage]:
    start, words = first, 0
    for position in range(first, end):
        length = len(sentences[position].span.cut(text).split())
        new_paragraph = position > start and sentences[position].paragraph != sentences[position - 1].paragraph
        if position > start and (words + length > PASSAGE_LIMIT or (new_paragraph and words >= PASSAGE_WORDS)):
            yield Passage(start, position)
            start, words = position, 0
        words += length
    yield Passage(start, end)


def lead(text: str, sentences: Sequence[Sentence], position: int, apart: Collection[int] = ()) -> int:
    """The first sentence of the self-contained window that ends with the sentence at `position`.

    Goes back while the opening leans, and from an item of a list to what leads the list in: at most
    MAX_LEAD sentences, over at most one paragraph break and never over structure.

    Args:
        apart: sentences that stand in no window with others, such as the questions of an interview.
    """
    first, breaks = position, 0
    led = lead_in(text, sentences, position)
    if led is not None and _near(sentences, led, position) and led not in apart:
        first, breaks = led, 1
    while position - first < MAX_LEAD and leans(sentences[first].span.cut(text)):
        if first == 0 or sentences[first - 1].kind is not Kind.PROSE:
            break
        breaks += sentences[first - 1].paragraph != sentences[first].paragraph
        if breaks > 1 or (first - 1 in apart) != (first in apart):
            break
        first -= 1
    return first


def _near(sentences: Sequence[Sentence], led: int, position: int) -> bool:
    close = position - led <= MAX_LEAD and sentences[position].paragraph - sentences[led].paragraph == 1
    return close and all(sentences[between].kind is Kind.PROSE for between in range(led, position))


def lead_in(text: str, sentences: Sequence[Sentence], position: int) -> int | None:
    """The sentence with a colon that leads in the list in which the one at `position` stands; None outside of such a list.

    Example: of "Opponents say:", "- It is dear.", "- It is late." both items have the first.
    """
    first = _opening(sentences, position)
    mark = _mark(text, sentences[first])
    inner = False  # whether items with other marks were met that may hang on an item of this list
    while mark and first > 0 and position - first < LIST_REACH:
        last = first - 1
        first = _opening(sentences, last)
        theirs = _mark(text, sentences[first])
        if theirs == mark:
            inner = False
        elif sentences[last].span.cut(text).rstrip("*_").endswith(":"):
            return last if sentences[last].kind is Kind.PROSE and not inner else None
        elif theirs is None:
            return None
        else:
            inner = True
    return None


def _opening(sentences: Sequence[Sentence], position: int) -> int:
    """The first sentence of the paragraph, or one far enough before this one."""
    first, paragraph = position, sentences[position].paragraph
    while first > 0 and position - first < LIST_REACH and sentences[first - 1].paragraph == paragraph:
        first -= 1
    return first


def _mark(text: str, sentence: Sentence) -> str | int | None:
    """The kind of mark that an item opens with; "(i)" and "(a)" are of two lists."""
    item = _ITEM.match(text, sentence.span.start, sentence.span.end)
    return item and (item[1] or item.lastindex)


def search_key(document: Document, words: str, heading: str | None = None) -> str:
    """What is matched against a question: the words, with who wrote them and under which title."""
    parts = (document.source.title, document.source.author, heading)
    known = ". ".join(part.strip(" .#*_") for part in parts if part)
    return f"{known}. {words}" if known else words
