"""Structure: which blocks and sentences of a document are no prose, so that nobody's claim is looked for in them."""

import re
from collections.abc import Sequence
from enum import StrEnum

from pullquote.corpus.blocks import ALONE, FENCE, HEADING, IMAGE, WRAPPED_LINE
from pullquote.corpus.clauses import has_verb
from pullquote.corpus.lexicon import AUXILIARIES, PARTICIPLES
from pullquote.corpus.tables import END_MARK, is_table
from pullquote.span import Span

HEAD_LINE = 80  # letters, at most, in each line of the head or the foot of a letter
LONGEST_MENU = 1_000  # letters
MENU_PART = 4  # words, at most, between the bars of a menu
LABEL_WORDS = 8  # of a label in emphasis, at most; of one that is only numbered, half as many
MOST_HEADLINES, TOLD_AGAIN = 8, 0.6  # above a release, and of each one's words
STEM = 5  # letters by which words are the same: "sinking" and "sinks"

_CONTENT = re.compile(r"[^\W_]{4,}|\d+")
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?=\S)((?:(?!\1).)+)(?<=\S)\1", re.DOTALL)
_NOTE = re.compile(  # what editors set in emphasis around a text
    r"(?:editor(?:s|['’]s|s['’])?\snote|corrections?|clarification|disclosure|disclaimer|updated?)\b[^.!?:]{0,40}:"
    r"|an\searlier\sversion\sof\sthis\s(?:article|story|piece|post)\b"
    r"|this\s(?:article|story|piece|post)\s(?:(?:was|is|has|been|first|originally|also)\s){1,3}"
    r"(?:updated|corrected|amended|published|republished|edited|adapted|produced|translated|part\sof)\b"
    r"|(?:photo(?:graph)?|image|picture|credit)s?\s?(?:by\b|:)|©"
    r"|(?:additional\s|with\s)?reporting\sby\b|by(?:\s(?:and\s)?(?-i:[A-Z])[\w.'’-]*){2,8}\.?$",
    re.IGNORECASE,
)
_WHO = r"[A-Z][\w.’'-]*(?:[ ](?:(?:de|del|van|von|der|la|al|ap)[ ]){0,2}[A-Z][\w.’'-]*){1,5}"
_BREAK = r"(?>\r\n|[\r\n])"
_HEADED = re.compile(  # a document's first line, and below it "by Ann Lee, mayor of Ort"
    rf"[\s\ufeff]*+(?P<title>(?![-+•>|]|\*\s)[^\r\n]{{1,200}}?(?<![\s.:;,…]))[ \t]*+{_BREAK}(?P<apart>[ \t]*+{_BREAK}\s*+)?[ \t]*+"
    rf"(?P<byline>[*_]{{0,3}}[Bb]y:?[ ]+[*_]{{0,3}}{_WHO}(?:(?:,|,?[ ]and|[ ]&)[ ]{_WHO}){{0,8}}[*_]{{0,3}}"
    rf"(?:(?:,|[ ][|•·–—-])[ ](?P<rest>[^!?\r\n]{{2,160}}))?)(?<![\s.:;,…])(?=[ \t]*(?:\Z|{_BREAK}[ \t]*(?P<goes_on>\S)?))"
)
_PARTICIPLE = (
    rf"(?:[a-z]{{2,}}ed|{'|'.join(sorted(PARTICIPLES))}|known|drawn|bought|taught|laid|set|told|read|run|sung|fed|met|shot|hidden|forgotten|"
    r"beaten|stolen|eaten|thrown|blown|flown|forgiven|woven|spun|dug)"
)
_WAITS = re.compile(  # for the one who did it: "The house was built", "It was settled again in 1871"
    rf"\b(?:is|are|was|were|been|being|(?:will|would)\sbe)\s(?:(?:not|never|first|once|later|also|[a-z]+ly)\s)?{_PARTICIPLE}"
    r"(?:\s(?:again|anew|first|once|twice|later|then|there|here|today|up|down|out|over|off|[a-z]+ly))?"
    r"(?:\s(?:in|at|on|for|to|from|with|of|into|onto|near|after|before|during|under|between|as|around|about)\s[^,.;:!?]{1,60})?\Z"
)
_ASKS = re.compile(r"(?:why|how|what|when|where|who)\b", re.IGNORECASE)
_TOLD_OF = re.compile(  # a clause after a name: "and the barn fell", "who had come on foot", "the mayor opened it"
    rf"(?:and|but|or|so|who|whose|whom|which|where|when|while|he|she|it|they)\b|.*?\b(?:(?:{'|'.join(sorted(AUXILIARIES))}"
    r"|came|went|took|gave|knew|chose|became|began|wrote|ran|grew|spoke|sat|drove)\b|(?:[a-z]{2,}ed|left|met|made|got|saw|taught|paid|sold|won|"
    r"lost|led|held|kept|built|brought|sent|told|bought|caught)\s(?:the|an?|his|her|its|it|them)\b)"
)
_BULLET = re.compile(r"[-*+•–]\s{1,4}")
_EMPTY_LINE = re.compile(r"(?:\r\n|[\r\n])\s*(?:\r\n|[\r\n])")
_DATE = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s\d{1,2},\s\d{4}\.?"
NOT_PROSE = re.compile(
    r"read more\b.{0,200}$|https?://\S+$|\|.*|(?:photo|image|picture|source|credit)s?\s?:.{0,120}$"
    r"|this article (?:is republished|was originally published)\b.*|(?:mr|ms|mrs|dr|sen|rep)\.\s[A-Z'-]{2,}"
    r"(?:\sof\s[\w ]+)?\.$|(?:section|sec\.|article)\s\d+\.(?:\s[A-Z][\w, ]{0,60}\.)?$"
    r"|(?-i:[*_]{0,3}By(?:\s(?:and\s)?[A-Z][\w.’'-]*){2,8}[*_]{0,3})$|[*_]{0,3}for immediate release:?[*_]{0,3}$"
    r"|dear\s[^.!?]{2,100}[,:]$|to\s(?:the\seditors?|whom\sit\smay\sconcern)[,:]$"
    r"|(?:(?:media|press)\s)?contacts?:\s(?=.{0,150}(?:@|\d{3}\)?[\s./–-]?\d{2})).{0,150}$"
    r"|was\sthis\s(?:page|article|answer|information)\s(?:helpful|useful)\?$"
    rf"|(?:(?:last\s)?(?:updated|modified|reviewed|published)(?:\son)?:?\s)?{_DATE}$|advertisement$"
    r"|sign\sup\sfor\b.{0,60}\bnewsletters?[.!]?$",
    re.IGNORECASE | re.DOTALL,
)
_SIGNED = re.compile(  # "THE WHITE HOUSE, February 1, 2025."
    rf"(?:[A-Z][A-Z.&'’-]*\s){{0,6}}[A-Z][A-Z.&'’-]+,\s{_DATE}"
)
LABEL = re.compile(
    r"[*_]{0,3}(?:(?:Section|Sec\.|Article|Art\.)\s\d+\."
    r"|\(?(?:[a-z0-9]{1,3}|[A-Z]|[IVX]{1,4}|\d{1,2}(?:\.\d{1,2})+)[.)])[*_]{0,3}"
)
_NO_LABEL = r"(?!(?:yes|no(?!\s\w+[.*_])|not|never|none|nothing|nobody|i|we|you|he|she|it|they|this|that|there)\b)"
_RUN_IN = re.compile(  # "**Equity.** Half of them own no car.", "2.2 Pilot. Two schools took part."
    rf"(?:(?:[-*+•]|(?P<number>\d{{1,2}}[.)]))\s+)?(?P<mark>\*{{1,3}}|_{{1,3}}){_NO_LABEL}(?P<words>[^\W\d_][^*_.!?:;“”\"]{{0,70}})"
    rf"(?:\.(?P=mark)|(?P=mark)\.)|\d{{1,2}}(?:\.\d{{1,2}})+\.?\s+{_NO_LABEL}(?P<plain>[^\W\d_][^.!?:;“”\"]{{0,70}})\.",
    re.IGNORECASE,
)
LONGEST_LABEL = 100  # letters
_TOLD = re.compile(r"\b(?:again|ever|here|it|now|them|there|today|too|us|you)\Z", re.IGNORECASE)  # "Deer thrive there"
_LINK = re.compile(r"\[([^\[\]]{1,60})\](?:\([^()\s]{0,300}\)|\[[^\[\]]{0,60}\])")
_BAR = re.compile(r"\s+[|>›»•·]\s+")
_NO_MENU = re.compile(r"[.!?#;|>\r\n]")
_OFFICE = re.compile(  # "Ruth Amari, Chair" under a report
    r"[*_—–-]{0,3}\s*[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3},(?:,?\s(?:[A-Z][\w’'&-]*|of|the|for|and|in)){1,10}[*_]{0,3}"
)
_NOTHING = re.compile(r"\s*\Z")
_TAKES_WORD = re.compile(  # "Senator CRUZ.", "The CHAIRMAN.": in a printed record
    r"(?:The\s(?:ACTING\s|PRESIDING\s)?[A-Z]{5,}|(?:Acting\s|Vice\s)?(?:Senator|Representative|Chair(?:man|woman|person)?|Secretary|"
    r"Ambassador|General|Admiral|Colonel|Director|Governor|Commissioner|Congress(?:man|woman)|Council(?:man|woman|member)|Delegate|"
    r"Attorney|Judge|Justice|Mayor|Minister|Professor|President|Speaker)\s(?:[A-Z][A-Z’'-]+\s?){1,3})(?:\sof\s[\w ]{2,30})?\."
)
_CLOSING = re.compile(  # of a letter, with those who sign it: "Yours faithfully,"
    r"(?:(?:very\s|most\s)?(?:sincerely|respectfully|faithfully|truly|cordially|gratefully)(?:\s(?:yours|submitted))?"
    r"|yours(?:\s(?:very|most|ever))?(?:\s(?:sincerely|faithfully|truly|respectfully|ever|etc\.?))?"
    r"|(?:with\s)?(?:(?:and|best|kind|kindest|warm|warmest)\s)+(?:regards|wishes))"
    r"(?:,|(?=\s*[\r\n]))(?P<signed>\s*[\r\n]\s*(?-i:[A-Z])(?:.(?![.!?…](?:\s|$))){0,300}\S)?",
    re.IGNORECASE | re.DOTALL,
)
_NAME_OR_PARTICIPLE = re.compile(r"\b(?:[A-Z][\w’'-]*|[a-z]+ed)\b")
_FROM_LIST = r"(?:\sfrom\s(?:this|these|our|all|the)\s(?:[\w-]+\s){0,3}(?:e-?mails?|lists?|mailings?|messages?|newsletters?|notifications?|updates?|alerts?))?"
_UNSUBSCRIBE = re.compile(  # what ends a newsletter; not "To unsubscribe, readers had to write twice."
    rf"(?:(?:to|if\syou\s(?:(?:no\slonger\s)?(?:want|wish|would\slike|prefer)\sto))\s(?:unsubscribe|opt\sout){_FROM_LIST},?\s(?:please\s)?"
    r"(?:click|tap|reply|visit|e-?mail|write\sto|send|use\sthe|follow\s(?:the|this)|go\sto|contact|see\sthe)\b[^,;]{0,120}"
    rf"|(?:please\s)?(?:click|tap|go)\s(?:[\w/:.-]+\s){{1,4}}to\s(?:unsubscribe|opt\sout|(?:manage|update|change)\syour\s(?:preferences|subscriptions?)){_FROM_LIST}\W{{0,2}}"
    rf"|(?:you\s(?:can|may)\s)?unsubscribe{_FROM_LIST}(?:\sat\sany\stime)?(?:\s(?:here|below|now)|,?\sby\s(?:clicking|replying)\b.{{0,60}})?[.!]?"
    r"|you(?:['’]re|\sare|\shave)\s(?:receiving|received)\sthis\s(?:e-?mail|message|newsletter|mailing)\sbecause\syou(?:['’](?:re|ve)|\sare|\shave)?\s"
    r"(?:signed|subscribed?|(?:a\s)?subscriber|registered|opted|asked|requested|joined|an?|on)\b.{0,160})",
    re.IGNORECASE | re.DOTALL,
)
_WORKS = r"references|bibliography|works\scited|literature\scited"
_NOTES = r"(?:end\s?|foot)?notes|sources|further\sreading"
_OVER_WORKS = re.compile(  # a heading
    rf"(?:#{{1,6}}\s+)?[*_]{{0,3}}(?:\d{{1,2}}\.?\s+)?(?:(?:{_WORKS})|(?P<notes>{_NOTES}))(?:\s(?:and|&)\s(?:{_WORKS}|{_NOTES}))?[*_]{{0,3}}:?[*_]{{0,3}}\s*#*",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:argue[sd]?|claim(?:s|ed)?|show(?:s|ed|n)?|f(?:ou|i)nds?|sa(?:y|ys|id)|notes?d?|suggest(?:s|ed)?|is|was)\sthat\b"
)
_CLAIMS = re.compile(
    r"\b(?:that|is|are|was|were|has|have|had|will|would|argue[sd]?|found|show(?:s|ed)?|do|does|did|can|could|should|must)\b"
)
_TITLED = re.compile(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’|\*[^*]+\*|_[^_]+_")  # its verb is no claim of the one who lists it
_NO_VERB = re.compile(r"(?<=[\w,.] )[A-Z][\w’'-]*|\b\w+ed\b")  # "United", "World Bank Reports"
_MARKER = r"[-*+•]?\s*+(?:(?:\[\^?\d{1,3}\]:?|\(?\d{1,3}[.)]|\d{1,3}(?=\s))\s*+)?"
_WORK = re.compile(  # "Lee, A. (2019). Tolls.", "[3] Trade Board, Annual report, 2019.", "4. Ibid., p. 7.": with a year, a page or a link
    rf"{_MARKER}(?:See\s(?:also\s)?|Cf\.\s)?(?:Ibid\b|[Oo]p\.?\scit|<?https?:|"
    r"(?=[A-Z“\"‘'*_])(?!(?:I|We|You|He|She|It|They|This|That|These|Those|There|But|And|In|On|At|For|If|As)\b)"
    r"(?=.{0,400}(?:[(,.;:]\s?(?:[A-Z][a-z]{2,8}\s)?(?:1[5-9]|20)\d\d[a-z]?\s?(?:[),.;:]|$)|\bn\.d\.|\bpp?\.\s?\d|\bdoi\b|https?:)))",
    re.DOTALL,
)


def opening_of(text: str) -> tuple[Span, Span] | None:
    """The line that a document opens with, and who wrote it in the line below; None where no byline stands there.

    In one paragraph the two may be lines of prose: "The road was opened" / "by Ann Lee and paid for".
    """
    found = _HEADED.match(text)
    if found is None or (not found["apart"] and (found["goes_on"] or _is_one_sentence(found))):
        return None
    return Span(*found.span("title")), Span(*found.span("byline"))


def _is_one_sentence(found: re.Match[str]) -> bool:
    """Whether the line below, without a capital, says by whom the line above was done, or goes on to tell more."""
    if not found["byline"].startswith("by "):
        return False
    waits = _WAITS.search(found["title"]) and not _ASKS.match(found["title"])
    return bool(waits or (found["rest"] and _TOLD_OF.match(found["rest"])))


def is_structure(text: str, block: Span, image: Span | None) -> bool:
    """Whether a whole block is an image, or a byline, a note or a caption: in emphasis, or in the line of its image."""
    words = block.cut(text)
    unended = len(words) <= WRAPPED_LINE and not END_MARK.search(words.rstrip("*_"))
    if ALONE.fullmatch(words) or _is_code(words) or is_table(text, block) or _is_head(words) or _is_menu(words):
        return True
    if block.start and unended and _OFFICE.fullmatch(words) and _NOTHING.match(text, block.end):
        return True
    if IMAGE.fullmatch(words) or (image and unended and not re.search(r"[\r\n]", text[image.end : block.start])):
        return True
    emphasis = _EMPHASIS.fullmatch(words)
    beneath = image and not _EMPTY_LINE.search(text[image.end : block.start])  # further down it may be the standfirst
    return bool(emphasis and (beneath or unended or _NOTE.match(emphasis[2])))


def _is_code(words: str) -> bool:
    mark = FENCE.match(words)
    return bool(mark and mark[1] in words[mark.end() :])


def above_prose(text: str, blocks: Sequence[Span], title: str | None) -> tuple[Span | None, frozenset[Span]]:
    """Above the first paragraph of prose: the document's recorded title, be it broken over two lines, and the headlines.

    Headlines are the items wholly in emphasis, in which a release says in brief what a paragraph tells again below.
    """
    recorded: Span | None = None
    headlines: list[Span] = []
    for place, block in enumerate(blocks):
        words = block.cut(text)
        if title and words.casefold().split() == title.casefold().split():
            recorded = recorded or block
        elif _is_headline(words):
            headlines.append(block)
        elif END_MARK.search(words.rstrip("*_")) and not (HEADING.match(words) or NOT_PROSE.match(words)):
            return recorded, _told_again(text, headlines, blocks[place:])
    return None, frozenset()


def _told_again(text: str, headlines: Sequence[Span], below: Sequence[Span]) -> frozenset[Span]:
    """Those headlines most of whose words stand in one paragraph below; the others are demands, or all that is said."""
    if not 0 < len(headlines) <= MOST_HEADLINES:
        return frozenset()
    said = {headline: _stems(headline.cut(text)) for headline in headlines}
    told = [_stems(block.cut(text)) for block in below if END_MARK.search(block.cut(text).rstrip("*_"))]
    return frozenset(
        each for each, own in said.items() if any(len(own & other) > TOLD_AGAIN * len(own) for other in told)
    )


def _stems(words: str) -> frozenset[str]:
    return frozenset(word[:STEM].casefold() for word in _CONTENT.findall(words))


def _is_headline(words: str) -> bool:
    mark = _BULLET.match(words) if len(words) <= 2 * WRAPPED_LINE else None
    return bool(mark and _EMPHASIS.fullmatch(words, mark.end()) and not END_MARK.search(words.rstrip("*_")))


def _is_head(words: str) -> bool:
    """Whether a block is the head or the foot of a letter or a release: short lines that end no sentence and tell nothing."""
    lines = [line.strip(" \t*_") for line in re.split(r"[\r\n]+", words)]
    if len(lines) < 2 or any(not _is_head_line(line) for line in lines):
        return False
    if _shouted(lines[0]):  # a headline, and what it says in a further one
        return AUXILIARIES.isdisjoint(" ".join(lines[1:]).split())
    return not has_verb(" ".join(lines))


def _is_head_line(line: str) -> bool:
    opens = line[:1].isupper() or line[:1].isdigit()
    return opens and "\t" not in line and len(line) <= HEAD_LINE and not END_MARK.search(line)


def _is_menu(words: str) -> bool:
    """Whether words only name pages with bars between them: "Home > Schools", "Yes | No"."""
    parts = _BAR.split(_LINK.sub(r"\1", words)) if len(words) <= LONGEST_MENU else []
    return len(parts) > 1 and all(len(part.split()) <= MENU_PART and not _NO_MENU.search(part) for part in parts)


def is_label(words: str) -> bool:
    """Whether words only number or name what follows them in their paragraph: "(a)", "**Equity.**", "2.2 Pilot."."""
    if LABEL.fullmatch(words):
        return True
    found = _RUN_IN.fullmatch(words) if len(words) <= LONGEST_LABEL else None
    if found is None:
        return False
    named = found["words"] or found["plain"]
    count = len(named.split())
    if found["number"] and len(found["mark"]) > 1 and count <= 2:
        return False  # a heading in the line of its text
    most = LABEL_WORDS if found["words"] else LABEL_WORDS // 2
    return count <= most and not _TOLD.search(named) and not has_verb(f"{named}.")


def is_prose(words: str) -> bool:
    """Whether a sentence is prose by its words, and no caption, label, sign-off or line of a newsletter's foot."""
    if (
        not any(map(str.isalpha, words))
        or (is_label(words) and len(words.split()) == 1)
        or LABEL.fullmatch(words)
        or _is_menu(words)
        or any(form.fullmatch(words) for form in (_SIGNED, _TAKES_WORD, _UNSUBSCRIBE))
        or _closes(words)
        or NOT_PROSE.match(words)
    ):
        return False
    return not _shouted(words)


def _closes(words: str) -> bool:
    """Whether words close a letter, and tell nothing beside the names of those who sign it, such as "Will Lee, retired"."""
    found = _CLOSING.fullmatch(words)
    return found is not None and not has_verb(_NAME_OR_PARTICIPLE.sub("Ann", found["signed"] or ""))


def _shouted(words: str) -> bool:
    letters = sum(map(str.isalpha, words))
    return letters > 3 and len(words) < 120 and words.upper() == words and words.lower() != words


class Works(StrEnum):
    """What stands under a heading such as "References": works by name, or notes that may claim something too."""

    NAMED = "named"
    NOTED = "noted"


def works_under(heading: str) -> Works | None:
    """What a heading says it lists: "## References", "Notes"; None for any other."""
    found = _OVER_WORKS.fullmatch(heading)
    return (Works.NOTED if found["notes"] else Works.NAMED) if found else None


def is_work(words: str, works: Works) -> bool:
    """Whether a block of such a list names works, with a year, a page or a link where works have them, and claims nothing."""
    if not _WORK.match(words):
        return False
    if works is Works.NAMED:
        return not _TELLS.search(words)
    return not claims(words)


def claims(note: str) -> bool:
    """Whether a note claims something, beside what the works that it names are called."""
    own = _NO_VERB.sub("Ann", _TITLED.sub("it", note))
    return bool(_CLAIMS.search(note) or has_verb(own))
