"""Subjects: the noun phrase beside a reporting verb."""

import re

from pullquote.voice.frames import DASHED, PREDICATE, closed_aside, holds
from pullquote.voice.lists import list_of
from pullquote.voice.mainverbs import find_verb
from pullquote.voice.nameparts import (
    OPENING,
    PREPOSITION,
    ends_in_name,
    is_description,
    is_group,
    is_name,
    is_office,
    is_office_held,
    is_surname,
)
from pullquote.voice.phrases import AUX, DETERMINER, PEOPLE, ROLE, is_fragment
from pullquote.voice.relatives import without_relatives
from pullquote.voice.tidying import FOOTNOTE, LONGEST_NAME, TIME_TAIL, tidy
from pullquote.voice.verbs import CLAUSE, THAT

LEAST_LISTED = 3  # parts; two with an "and" between are read without this

_CONJUNCTION = re.compile(
    r"^(?:(?:[a-z]+ly|perhaps|maybe|just|only)\s)?(?:while|although|though|even\s(?:though|if)|whereas|because|if|when|as|since|where)\s",
    re.IGNORECASE,
)
_AUX_TAIL = re.compile(rf"(?:(?:^|\s){AUX})+\s*$", re.IGNORECASE)
_FINITE = re.compile(
    r"(?<!\b[Tt]he)(?<!\b[Aa])(?<!\b[Aa]n)(?<!\b[Ii]ts)(?<!\b[Tt]his)\s(?:has|have|had|is|are|was|were|will|would|can|could|may|might|must|sees|saw|says|said|issued|released|"
    r"published|produced|continues?|continued|[a-z]{3,}ed(?=\s(?:the|a|an|its|his|her|their|that|to|in|on|by|for|with)\b)|"
    r"supports?|suggests|rejected|met|spoke|appeared|went|took|made|gave|wants?|wanted|asked)\s.*$",
    re.DOTALL,
)
_DAY_FIRST = re.compile(  # "On Friday the minister"
    r"^(?:(?:On|In|By|Late\son|Early\son)\s(?:(?:early|late|mid)[\s-])?(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|\d{1,2}\s[A-Z][a-z]+|\d{4})(?:\s\d{1,2})?(?:,?\s\d{4})?|"
    r"(?:Last|This|That)\s(?:week|month|year|spring|summer|autumn|fall|winter|[A-Z][a-z]+day)),?\s(?=(?:the|an?|[A-Z][\w.’'-]*)(?:\s|$))"
)
_WHO_INSIDE = re.compile(
    r"\s\((?:who|which|born|died|then|also|now|formerly|later|e\.g\.,?|i\.e\.,?|such\sas|including)\s[^()]{1,240}\)|"
    r"\s\([^(),]{1,120},\s[^()]{1,240}\)|"
    r"(?<=\w)\sas\s(?:an?\s|the\s)?(?:member|leader|head|president|chair\w*|director|founder|spokes\w+|minister)\s(?:of|for)\s[^,;]{2,80}$"
)
_CLOSED_RELATIVE = re.compile(  # "The memo, a copy of which was obtained by the Times,", "The board, of which Lee is a member,"
    r"(?<=\w),\s(?:(?:(?:an?|some|one|all|most|part)\s(?:\w+\s)?of|of|in|to|for|from|with|on|at|under|by|through)\s)?(?:which|who|whom|whose)\s[^,]{1,120},$"
)
_AGE = re.compile(r",\s\d{1,3}(?=,)")
_PARTY = re.compile(
    r"(?:a\s)?(?:Democrat|Republican|Independent|Conservative)(?:\s(?:of|from)\s.*)?|[DRI]-[A-Z][\w.-]*"
)
_EXAMPLE = re.compile(
    r"(?:including|particularly|especially|such\sas|like|among\sthem|notably|led\sby)\s", re.IGNORECASE
)
_APPOSED = re.compile(
    r"(?:the|an?|another|one\sof\s\w+|then|former|our|his|her|their|its|my|now|also|whose)\s[A-Za-z]|[A-Z][\w.-]*[’']s?\s[a-z]"
)
_ASIDE = re.compile(
    r"(?:for\s(?:example|instance)|on\sthe\s(?:other\shand|contrary|whole)|however|too|meanwhile|in\s(?:turn|contrast|fact)|of\scourse|by\scontrast|among\sothers|though|therefore)$"
)
_OBJECT_OF = re.compile(r"^(?:which|that|what|whom)\s(?=[\w’'-]+\s?)", re.IGNORECASE)
_FROM = re.compile(
    r"(?:(?:formerly|then|now|later|until\srecently)\s)?(?:of|with|at)\s"
)  # "Ann Lee, formerly of Yale,"
_SUFFIX = re.compile(r"(?:(?:Jr|Sr)\.?(?:\s(?:in|of|from)\s.*)?|(?:C\.?J|J|MP|PhD|MD|QC|D\.C)\.?)$")
_JOINT = re.compile(r"^(?:and\s|[^,]*\w\sand\s\w)")
_HEAD_OF = re.compile(r"(?:[Tt]he\s|[Aa]ll\s)?(?:[a-z]+\s)*[a-z]+s\sof\s(?:the\s)?\S")
_ASIDE_INSIDE = re.compile(
    r"(?<=s),\ssuch\sas\s[^,;]{1,90},\s|"
    r",\s(?:on\sthe\s(?:other\shand|contrary|whole)|however|by\scontrast|in\s(?:turn|contrast|fact)|"
    r"for\s(?:example|instance)),\s|"
    r",\s(?:what|which|whom)\s[^,]{1,60}\s(?:calls?|called|terms?|termed|dubs?|dubbed|names?|named)\s[^,]{1,80},\s"
)
_LIFE = re.compile(r"\s\(\s?(?:c\.\s)?\d{4}[^()]{0,30}\)")  # "Frederick Taylor (1856–1915)"
_TWO_NAMES = re.compile(r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*)+\sand\s[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*)+")
_RELATIVE_INSIDE = re.compile(r",?\s(?:who|which)\s")
_VERB_JOINED = re.compile(
    r"(?:^|\s)(?:and|but|then)(?:\s\w+ly|\salso|\soften|\sstill|\sthus|\stherefore|\ssometimes)?$"
)
_BEFORE_PRONOUN = re.compile(  # "Judge Amis stopped when I went up to her and told"
    r"^.*\s(?:when|after|before|because|while|until)\s(?=(?:I|we|he|she|they)\s[^,]*$)", re.DOTALL
)
_RELATIVE_JOINED = re.compile(r"(?P<before>.*\w),?\swho\s[^,;]+\s(?:and|but)(?:\s\w+ly|\salso|\slater)?$", re.DOTALL)
_BEFORE_SUBJECT = re.compile(  # "Imagine that", a dateline, a form of address, or the verb of the tag before: "said its chair, Dr. Petrie, who noted"
    r"^\s*(?:(?:Imagine|Suppose|Pretend)\s(?:that\s)?(?=(?:the|an?|his|her)\s|[A-Z])|"
    r"(?:[A-Z][A-Z.’'-]+,?\s){1,4}(?:\([A-Z][\w. ]+\)\s)?[—–-]{1,2}\s|(?:Dear\s\w+|Sirs?|Madam)[,:]\s|(?:said|says|wrote|writes|added|adds|asked|replied|explained)\s(?=(?:the|its|his|her|their|an?|[A-Z])))"
)
_HEADLINE = re.compile(r"^\W*(?:[A-Z\d][A-Z\d.,’'&-]*\s){5,}(?=[A-Z][a-z])")  # in capitals, over the line below it
_OPENS_LATE = re.compile(
    r"^(?:(?:Many|Several|Some|A\sfew|Two|Three|\w+)\s(?:years|months|weeks|days|hours)\s(?:later|earlier|ago|before|after)[^,]{0,40},\s|"
    r"(?:To|In|On|At|After|Before|During|By|For|As|When|While|Since|Under|With|From|Following|Although|Though|Despite)\s[^,]{1,160},\s)"
)
_BARE_NUMBER = re.compile(
    r"(?:[Tt]he|[Tt]hese|[Tt]hose|[Ss]uch|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]everal|[Mm]any|[Ss]ome|[Mm]ost|[Oo]ther)"
)

_CLAUSE_BEFORE = re.compile(  # "Bob Moe nodded as Senator Lee", "Ann Lee left and Bob Moe"
    r"^(?:.*,\s)?(?:[A-Z][\w.’'-]*\s){1,4}(?:"
    r"(?!(?:and|at|for|from|in|known|of|on|or|such|who)\b)[a-z]{3,}(?<!ing)(?:\s[^,;]{1,60})?(?:\s(?:while|when|where)|(?<!such)(?<!known)(?<!well)\sas)|"
    r"(?:left|went|came|sat|stood|rose|wept|fell|spoke|won|lost|[a-z]{3,}ed)(?:\s[^,;]{1,60})?\sand)\s"
    rf"(?=(?!(?:{ROLE})\s(?:of|for|at)\s)[A-Z]|(?:an?|his|her|its|one|the)\s(?!(?:{ROLE})\s(?:of|for|at)\s))"
)
_HAVING = re.compile(r"\s(?:regret|recall|remember|acknowledg|admit|confess|den)\w*(?:\sto)?\shaving$")  # "said"
_REPORTED_BEFORE = re.compile(rf"^.*\s(?:{CLAUSE}|{THAT}|understand|hear|heard|see|saw)\sthat\s(?=\S)", re.DOTALL)
_TALK = (" how ", " why ", " what ")
_WHOSE = re.compile(r"^.*,\swhose\s(?=[a-z])", re.DOTALL)  # "the Union, whose president, Karin Moll, said"
_TALKED_BEFORE = re.compile(r"^.*\s(?:about|of)\s(?:how|why|what)\s(?=\S)", re.DOTALL)  # "talked about how Mom says"
_PRONOUN_OPENS = re.compile(r"(?P<pronoun>He|She|They|he|she|they|I|We|we)\s")
_CONTRACTED = re.compile(r"[’'](?:ll|d|s|ve|re)$")  # "She'll say"
_PRONOUN_LAST = re.compile(r"^(?:.*\s)?(?P<pronoun>[Hh]e|[Ss]he|they)$", re.DOTALL)
_TRAILING_RUN = re.compile(
    rf"((?:\b(?:[Tt]he|[Oo]ur|former|US|U\.S\.|defen[cs]e|homeland|security|state|foreign|prime|interior|justice|health|"
    rf"(?:{ROLE})(?:\sof(?:\sthe)?)?)\s){{0,5}})((?:[A-Z][\w.’'&-]*)(?:\s(?:(?:of|on|for|and|de|von|van)\s)?(?:the\s)?[A-Z][\w.’'&-]*)*)$"
)
_CROWD = re.compile(  # "After the war many liberals", "In its ruling the court"
    rf"\b(?:many|some|most|several|numerous|other)\s(?:[\w-]+\s){{0,3}}[\w-]+s$|(?<=\w\s)the\s(?:[a-z-]+\s){{0,2}}(?:{PEOPLE})$"
)

_STATES = re.compile(rf"^{PREPOSITION.pattern}|{PREDICATE.pattern}", re.IGNORECASE)
_ONE = re.compile(r"One|Another|A\s(?:second|third)|The\s(?:first|second|third|latter|former|other)")
_CLEFT = re.compile(r"^[Ww]hat\s(?=\w)")
_POINTS_AHEAD = re.compile(  # "Here is what Ann Lee, a nurse, told us", "In short, that’s why he said"
    r"^\W{0,9}(?:(?:In|On|At|By|As|For|From|After|Before|With|When|While|Since|However|Meanwhile|[A-Z][a-z]{1,15}ly)\b[^.;:]{0,80},\s|"
    r"(?:[Aa]nd|[Bb]ut|[Ss]o|[Yy]et|[Tt]hen|[Nn]ow)\s)?(?:[Hh]ere|[Tt]his|[Tt]hat|[Tt]here)(?:[’']s|\s(?:is|are|was|were))\s"
    r"(?:(?:also|exactly|just|partly|precisely|roughly)\s)?(?:what|how|why)\s"
)
_LAST_NAMED = re.compile(
    r"[\w.’'-]+(?<!\bof)(?<!\bfor)(?<!\bon)(?<!\band)(?<!\bin)\s"
    r"(?P<name>(?:the|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)\s[A-Z][\w’'-]*(?:\s(?:(?:of|for|on)\s(?:the\s)?)?[A-Z][\w’'-]*)*)$"
)
_INSTITUTION = re.compile(
    r"^.*\b(?:Committee|Commission|Council|Court|Senate|Congress|Department|Caucus|Hearing|Assembly)\s(?=[A-Z][\w.]*\s[A-Z])",
    re.DOTALL,
)
_MONTH = re.compile(
    r"^(?:(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|"
    r"Wednesday|Thursday|Friday|Saturday|Sunday|Virginia)\s)+"
)


def subject_of(left: str) -> str:
    """The noun phrase that ends where a verb begins, its opening and its auxiliaries taken off.

    Example: subject_of("On May 2, the minister, Ann Lee, also ") -> "the minister, Ann Lee"
    """
    left = _POINTS_AHEAD.sub("", _HEADLINE.sub("", left))
    plain = DASHED.sub(" ", f"{FOOTNOTE.sub(' ', _BEFORE_SUBJECT.sub('', left))} ")
    words = _AUX_TAIL.sub("", _AGE.sub("", " ".join(plain.split())).lstrip("|-–•* "))
    if words.endswith(" to") and not words.endswith(
        (" spoke to", " spoken to", " talked to")
    ):  # "Dale took to the radio to say"
        return main_subject(words)
    words = words[: closed_aside(words, 0, len(words))]
    words = _CLOSED_RELATIVE.sub(",", _DAY_FIRST.sub("", _WHO_INSIDE.sub("", words)))
    if " who " in words and (
        relative := _RELATIVE_JOINED.match(words)
    ):  # "killed by Dwayne Lusk, who was serving life and told"
        return subject_of(f"{relative['before']}, who ")
    if _VERB_JOINED.search(words) and (first := _joined_subject(_BEFORE_PRONOUN.sub("", words))):
        return first
    words = _WHOSE.sub("the ", words) if " whose " in words else words
    words = without_relatives(_REPORTED_BEFORE.sub("", _TALKED_BEFORE.sub("", words) if holds(words, _TALK) else words))
    if words.endswith((" which it", " what it")):  # "a change which it says could come"
        return "it"
    if pronoun := _PRONOUN_LAST.search(_CONTRACTED.sub("", words)):
        return pronoun["pronoun"]
    words = _HAVING.sub("", _CLAUSE_BEFORE.sub("", words))
    parts = [part.strip() for part in words.split(", ") if not part.startswith("not ")]  # "Ann Lee, not Bob Moe, said"
    parts = [*parts[:-1], parts[-1].rstrip(",")] if parts else []
    closed = left.rstrip().endswith(",") or words.endswith(",")
    phrase = _with_apposition(_without_suffixes([part for part in parts if part]), closed=closed)
    return _trim(phrase)


def _joined_subject(words: str) -> str:
    pronoun = _PRONOUN_OPENS.match(words)
    return pronoun["pronoun"] if pronoun else main_subject(words)


def main_subject(clause: str) -> str:
    """The subject of the first verb of a clause. Example: "He left the town and" -> "He"."""
    plain = _LIFE.sub("", _ASIDE_INSIDE.sub(" ", FOOTNOTE.sub(" ", clause))).strip(" |-•*").rstrip(".!?;")
    words = _POINTS_AHEAD.sub("", _OPENS_LATE.sub("", _DAY_FIRST.sub("", f"{plain} ")))
    verb = find_verb(words)
    subject = subject_of(words[: verb.start()]) if verb else ""
    if verb and _BARE_NUMBER.fullmatch(subject):  # "Two bishops share": no verb but the noun
        return subject_of(words[: verb.end()])
    if verb and is_fragment(subject) and (later := PREDICATE.search(words, verb.end() - 1)):
        whole = subject_of(words[: later.start()])  # "veteran policy makers Ann Lee and Bob Bell reversed"
        return subject if is_fragment(whole) else whole
    return subject


def _without_suffixes(parts: list[str]) -> list[str]:
    """The parts between commas with "Jr" put back to its name, and without "of Yale" after one."""
    joined: list[str] = []
    for part in parts:
        if joined and _SUFFIX.fullmatch(part):
            joined[-1] = f"{joined[-1]} {part}"
        elif joined and (_FROM.match(part) or _PARTY.fullmatch(part)) and ends_in_name(joined[-1]):
            continue  # "Ann Lee, of Yale"
        else:
            joined.append(part)
    return joined


def _with_apposition(parts: list[str], *, closed: bool) -> str:
    while closed and len(parts) > 1 and _ASIDE.match(parts[-1]):
        parts = parts[:-1]
        closed = False
    if len(parts) <= 1:
        return parts[0] if parts else ""
    if closed and PREPOSITION.match(parts[-1]) and (several := _joint(parts[:-1]) or list_of(parts[:-1])):
        return several  # "Ann Lee, Bob Bell and Cy Dow, in a book of 2001,"
    if not closed and not PREPOSITION.match(parts[0]) and PREPOSITION.match(parts[-1]) and ends_in_name(parts[0]):
        return _with_apposition(parts[:-1], closed=True)  # "Ann Lee, the mayor, in her speech to parliament"
    if len(parts) >= LEAST_LISTED and _EXAMPLE.match(parts[1]) and not _STATES.search(parts[0]):
        return parts[0]  # "Some scholars, such as Ann Lee, dean of Yale, and Bob Bell, her deputy"
    if len(parts) >= LEAST_LISTED and _HEAD_OF.match(parts[0]) and _JOINT.match(parts[-1]):
        return parts[0]  # "The presidents of Egypt, Syria, Cyprus and Turkey"
    listed = (_of_list(parts) if closed else None) or _joint(parts) or (None if closed else list_of(parts))
    return listed or _of_two(parts[-2], parts[-1], closed=closed)


def _of_two(previous: str, last: str, *, closed: bool) -> str:
    """The subject that the last two parts between commas make up: a name with what explains it, or one of them."""
    if last.startswith("and ") and ends_in_name(previous) and is_name(last.removeprefix("and ")):
        return f"{previous} {last}"
    if closed and _ONE.fullmatch(previous) and PREPOSITION.match(last):
        return f"{previous}, {last}"  # "One, at the University of Bell, found"
    explained = ends_in_name(previous) and not PREPOSITION.match(previous)
    if len(previous) + len(last) > LONGEST_NAME and ends_in_name(previous) and is_description(last):
        return _trim(previous)
    held = is_office_held(last) and (explained or (closed and is_surname(previous)))
    if (
        _EXAMPLE.match(last)
        or held
        or (explained and is_description(last))
        or (closed and is_name(last) and is_office(previous))
    ):
        return f"{_trim(previous)}, {last}"
    if PREPOSITION.match(previous) and is_description(last) and ends_in_name(name := _trim(previous)):
        return f"{name}, {last}"  # "before the Armed Services Committee Karl Eikenberry, U.S. ambassador to Kabul"
    aside = closed and not last[0].isupper() and not DETERMINER.match(last)
    titled = explained or is_surname(previous) or (DETERMINER.match(previous) and is_office(previous))
    apposed = closed and titled and _APPOSED.match(last)
    return previous if aside or apposed or last.startswith("of ") else last  # "Dr. Lee, of Yale University"


def _of_list(parts: list[str]) -> str | None:
    """The subject that a list or a long apposition opens with: "Others, including A, and B," -> "Others"."""
    parts = parts[1:] if len(parts) > 1 and OPENING.fullmatch(f"{parts[0]}, ") else parts
    first = parts[0]
    if PREPOSITION.match(first):
        return None
    if parts[-1].startswith(("and ", "or ", "as well as ")):
        return _trim(first)
    named = len(parts) > 2 and ends_in_name(first) and (is_description(parts[1]) or is_office_held(parts[1]))
    return f"{_trim(first)}, {parts[1]}" if named else None


def _joint(parts: list[str]) -> str | None:
    """The speakers of a list that ends the phrase: "Ann Lee, Bob Bell and Cy Dow"."""
    while parts and (PREPOSITION.match(parts[0]) or OPENING.fullmatch(f"{parts[0]}, ")):
        parts = parts[1:]
    names = [part for part in parts[1:-1] if not (is_name(part) or is_group(part))]
    least = LEAST_LISTED - bool(parts and _TWO_NAMES.fullmatch(parts[-1]))
    if len(parts) < least or names or not _JOINT.match(parts[-1]) or _FINITE.search(f"{', '.join(parts)} "):
        return None
    first = parts[0]
    whole = ", ".join(parts)
    if not (ends_in_name(first) or is_group(first)) or len(whole) > LONGEST_NAME:
        return None
    return whole


def _trim(phrase: str) -> str:
    phrase = _OBJECT_OF.sub("", _CLEFT.sub("", phrase))
    phrase = _CONJUNCTION.sub("", OPENING.sub("", phrase, count=1) if OPENING.match(phrase) else phrase)
    phrase = _AUX_TAIL.sub("", _RELATIVE_INSIDE.split(phrase, maxsplit=1)[0])
    if PREPOSITION.match(phrase):
        if crowd := _CROWD.search(phrase):
            return crowd.group()
        run = _TRAILING_RUN.search(phrase)
        phrase = run.group() if run else ""
        phrase = last["name"] if (last := _LAST_NAMED.search(phrase)) else phrase
        phrase = _MONTH.sub("", _INSTITUTION.sub("", phrase).strip())
    phrase = _AUX_TAIL.sub("", _FINITE.sub("", phrase))
    return phrase if ")" in phrase[-1:] else tidy(TIME_TAIL.sub("", phrase).strip("()"))
