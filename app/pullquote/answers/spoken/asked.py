"""Questions for somebody's words: who is asked about, where a question plainly wants what a named one says."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pullquote.answers.query import AFTER, Query, follows_up, leant_on, new_topic
from pullquote.answers.spoken.texts import is_kind

LONGEST = 9  # words of a name with its office

TELL = (
    r"sa(?:y|ys|id|ying)|t(?:ell|ells|old|elling)|th(?:ink|inks|ought|inking)|believ(?:e|es|ed|ing)|argu(?:e|es|ed|ing)|"
    r"propos(?:e|es|ed|ing)|suggest(?:s|ed|ing)?|recommend(?:s|ed|ing)?|support(?:s|ed|ing)?|oppos(?:e|es|ed|ing)|"
    r"favou?r(?:s|ed|ing)?|critici[sz](?:e|es|ed|ing)|warn(?:s|ed|ing)?|mention(?:s|ed|ing)?|wr(?:ite|ites|ote|iting)|"
    r"maintain(?:s|ed|ing)?|insist(?:s|ed|ing)?|contend(?:s|ed|ing)?|assert(?:s|ed|ing)?|"
    r"advis(?:e|es|ed|ing)|advocat(?:e|es|ed|ing)|urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:for|on)|"
    r"ask(?:s|ed|ing)?|plead(?:s|ed|ing)? for|reject(?:s|ed|ing)?|disput(?:e|es|ed|ing)|den(?:y|ies|ied|ying)|"
    r"complain(?:s|ed|ing)?|acknowledg(?:e|es|ed|ing)|admit(?:s|ted|ting)?|conced(?:e|es|ed|ing)|conclud(?:e|es|ed|ing)|"
    r"explain(?:s|ed|ing)?|describ(?:e|es|ed|ing)|predict(?:s|ed|ing)?|protest(?:s|ed|ing)?|"
    r"agree(?:s|d|ing)?|disagree(?:s|d|ing)?|respond(?:s|ed|ing)?|react(?:s|ed|ing)?|"
    r"justif(?:y|ies|ied|ying)|defend(?:s|ed|ing)?|"
    r"regard(?:s|ed|ing)?|want(?:s|ed|ing)?|prefer(?:s|red|ring)?|(?:make|makes|made|making) of|"
    # These are nouns too: "What does the audit report say?"
    r"(?:(?:report|claim|stat|demand|answer|repl|object|view)(?:e|y|es|ies|s|ed|ied|ing)?)"
    r"(?=\W*$|\s(?:that|the|an?|about|on|in|of|to|as|his|her|its|their|any|for|it|this|these|those|whether|what|how|why|when)\b)"
)
GIVEN = (  # what somebody "gives" or "has", of words
    r"(?:view|opinion|position|stance|take|argument|proposal|claim|criticism|objection|answer|reply|response|"
    r"recommendation|reason|statement|thought|concern|message|explanation|reasoning|attitude|remark|comment|justification)s?"
)
_FINITE = (
    r"says|said|thinks|thought|believes|believed|argues|argued|proposes|proposed|claims|claimed|suggests|suggested|"
    r"recommends|recommended|supports|supported|opposes|opposed|wants|wanted|wrote|writes"
)
_AUX = r"(?:does|do|did|has|have|had|would)"
_ASKS = r"(?:what|which|why|how|who|whom|where|when|whether)"
_SMALL = r"(?-i:(?=[a-z]))"  # what Edward Said says
_WHO = r"(?P<who>\S+(?:\s\S+){0,8}?)"
_POLITE = (
    r"(?:(?:and|but|so|also|then|now|ok|okay|please|well),?\s){0,3}"
    r"(?:(?:please\s)?(?:tell me|show me|explain|say|(?:i (?:want|would like|'d like) to|let me) (?:know|hear)|"
    r"(?:can|could|would|will) you (?:please )?(?:tell|show|explain to) me|do you know)\s)?"
)
_FORMS = tuple(
    re.compile(rf"^\W*+{_POLITE}{form}", re.IGNORECASE)
    for form in (
        # What did Lee propose? Which kind of rule does Lee want? Why has the Board said that …?
        rf"{_ASKS}\b(?:\s(?!(?:{_AUX})\b)\S+){{0,6}}?\s{_AUX}\s{_WHO}\s(?:(?:also|really|actually|ever|not)\s)?{_SMALL}(?:{TELL})(?=\W|$)",
        # How did Lee answer critics?
        rf"how\s{_AUX}\s{_WHO}\s{_SMALL}(?:answer|counter|reply)(?=\W|$)",
        # Which reasons does Lee give?
        rf"{_ASKS}\s(?:\S+\s){{0,3}}?{GIVEN}\s(?:\S+\s){{0,6}}?{_AUX}\s{_WHO}\s(?:give|make|offer|raise|have|advance|state)n?\b",
        # Does Lee support the plan? Has Lee said that …?
        rf"{_AUX}\s{_WHO}\s(?:(?:also|really|actually|ever|not)\s)?{_SMALL}(?:{TELL})(?=\W|$)",
        # Is Lee for or against the plan? What is Lee proposing?
        rf"(?:is|are|was|were)\s{_WHO}\s(?:for\sor\sagainst|against|in\sfavou?r\sof|in\ssupport\sof|opposed\sto|critical\sof|supportive\sof)\s",
        r"(?:what|why|how)\s(?:is|are|was|were)\s" + _WHO + r"\s(?:saying|proposing|arguing|suggesting|calling\sfor|asking\sfor|demanding|claiming|recommending)(?=\W|$)",
        # What Lee said about the plan
        rf"(?:what|why|how|whether|if)\s(?!(?:{_AUX}|is|are|was|were|will|can|could|should|else)\b){_WHO}\s{_SMALL}(?:{_FINITE})(?=\W|$)",
        # According to Lee, …; in Lee's view
        rf"according\sto\s{_WHO}(?=,|\s(?:what|which|why|how|who|whom|where|when|is|are|was|were|does|do|did|has|have|can|should|will|would)\b)",
        r".*\baccording\sto\s" + _WHO + r"\W*$",
        r"(?:.*\s)?in\s(?:the\s(?:view|opinion|eyes|words)\sof\s(?P<who>[^,?]{1,80}?)(?=,|\W*$)|(?P<whose>[^,?]{1,80}?)[’']s?\s(?:view|opinion|eyes|words)(?=,|\W*$))",
        # What is Lee's view of …? Lee's criticism of the plan; what is the position of the Board on …?
        rf"(?:(?:what|which|how)\s(?:is|are|was|were)\s)?(?P<who>\S+(?:\s\S+){{0,5}}?)[’']s?\s(?:(?:main|own|first|chief|key|strongest|biggest)\s)?{GIVEN}(?=\W|$)",
        rf"what\s(?:is|are|was|were)\sthe\s(?:(?:main|first|chief|key)\s)?{GIVEN}\sof\s(?P<who>[^?]{{1,80}}?)(?=\s(?:on|about|for|against|to|regarding|towards?)\s|\W*$)",
        # What was proposed by Lee?
        r"(?:what|which)\b[^?]*?\b(?:said|proposed|argued|claimed|suggested|recommended|demanded|written)\sby\s" + _WHO + r"(?=\s(?:about|on|for|against|in|at|to|as|that)\s|\W*$)",
    )
)  # fmt: skip
_CONTINUES = re.compile(
    r"^\W*+(?:and|but|or|what about|how about|and what about)\s(?P<who>[^?]+?)(?:\sthen)?\W*$", re.IGNORECASE
)
_SAYS = r"(?:say|says|said|saying|argue|argues|argued|arguing|claim|claims|claimed|claiming|report|reports|reported)"
_WHOLE = (  # "What does Lee say?", "Tell me what Lee said": nothing follows the first verb of saying
    rf"\W*{_POLITE}what\s(?:(?:{_AUX}|is|are|was|were)\s)?NAME\W*\s{_SAYS}\W*"
)
_FRAME = (  # holds nothing of what is asked about, unlike "How many tolls does Lee say" or "Why does Lee oppose"
    rf"\W*{_POLITE}(?:(?:(?:what|how|why)\s)?(?:{_AUX}|is|are|was|were)\s|what\s)?"
    rf"NAME(?:\W*\s(?:{_SAYS}|think|thinks|thought|believe|believes|believed)|[’']s?\s(?:\w+\s)?{GIVEN})"
)
_AFTER = re.compile(r"\W*(?:(?:that|about|on|of|regarding|concerning)\s)?(?P<topic>\w.*?)\W*", re.IGNORECASE)
_CARRIED = re.compile(rf"(?P<question>.+){re.escape(AFTER)}(?P<before>.+)\)")
_PRONOUN = re.compile(r"(?:(?P<somebody>he|she|him|her|his)|they|it|them|their|its)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose words a question is for, by the name that it uses.

    `whole` where all that they say answers it: "What does Roe say?". `bare` where it holds nothing but the name.
    `topic` is what is asked about, without the frame: "tolls" in "What does Roe say about tolls?".
    """

    name: str
    whole: bool = False
    bare: bool = False
    topic: str = ""


def asked(question: str) -> Asked | None:
    """Who is asked about, in the question's words, or None where it is not plainly for somebody's words.

    Whether that is a name at all, and whose, is for the roster to tell.

    Example: asked("Why did Senator Roe oppose the bill?") -> Asked("Senator Roe")
    """
    words = question.lower() if question.isupper() else question
    for form in _FORMS:
        match = form.match(words)
        if match is None:
            continue
        groups = match.groupdict()
        name = (groups.get("who") or groups.get("whose") or "").strip(" ,.;:?!\"“”'’")
        if name and len(name.split()) <= LONGEST:
            whole = re.fullmatch(_WHOLE.replace("NAME", re.escape(name)), words, re.IGNORECASE)
            return Asked(_pointed(name), whole=whole is not None, topic=_topic(name, words, match.end()))
    return None


def _topic(name: str, words: str, end: int) -> str:
    """What stands after a frame that ends there, or nothing where the frame says some of it."""
    plain = re.fullmatch(_FRAME.replace("NAME", re.escape(name)), words[:end], re.IGNORECASE)
    rest = _AFTER.fullmatch(words[end:]) if plain else None
    return rest["topic"] if rest else ""


def _pointed(name: str) -> str:
    """A name with the last point of its initials: "the U.N."."""
    return f"{name}." if re.search(r"\b(?:[A-Z]\.)+[A-Z]$", name) else name


def asked_in(query: Query, names: Callable[[Asked], bool] = lambda _: True) -> Asked | None:
    """The same of a question with the turns before it: "and Roe?" goes on asking, "she" is whoever was asked about last.

    A text such as "the report" is nobody: it leaves "she" to the one before. The turns may stand in the question itself, as its link has them.

    Args:
        names: whether what an earlier turn asks after is somebody: "And the costs?" leaves "she" to the one before.

    Example: after "What does Roe say?", "And Lee?" -> Asked("Lee", whole=True, bare=True)
    """
    question, turns = _unfolded(query)
    before = _before(turns, names)
    found = _asked_after(question, before, turns)
    # It goes on about what was asked before.
    narrowed = turns and follows_up(question) and not (before and before[-1].whole)
    return replace(found, whole=False) if found and narrowed else found


def _asked_after(question: str, before: Sequence[Asked], turns: Sequence[str]) -> Asked | None:
    """Who is asked about by a question after turns, and after those who were asked about in them."""
    found = asked(question)
    pronoun = _PRONOUN.fullmatch(found.name) if found else None
    if found and pronoun is None:
        return found
    last = next((one for one in reversed(before) if not (pronoun and pronoun["somebody"] and is_kind(one.name))), None)
    if found:
        return replace(found, name=last.name, whole=found.whole and last.whole) if last else None
    if last and (topic := new_topic(question)):
        return replace(last, whole=False, topic=topic)
    goes_on = _CONTINUES.match(question)
    if goes_on is None or len(goes_on["who"].split()) > LONGEST:
        return None
    return replace(last, name=goes_on["who"], bare=True) if last else _on_what_was_asked(goes_on["who"], turns)


def _on_what_was_asked(name: str, turns: Sequence[str]) -> Asked | None:
    """Who is asked, by name alone, about what was asked of nobody before: "Why charge tolls?", "And Lee?"."""
    before = leant_on(turns)
    return Asked(name, bare=True, topic=before) if before and not is_kind(name) else None


def _unfolded(query: Query) -> tuple[str, tuple[str, ...]]:
    """A question and those before it, taken out of "And Lee? (asked after: What does Roe say?)" where they stand there."""
    turns = tuple(turn.question for turn in query.history)
    carried = _CARRIED.fullmatch(query.question)
    if carried is None:
        return query.question, turns
    return carried["question"], (*turns, *re.split(r"(?<=\?)\s", carried["before"]))


def _before(turns: Sequence[str], names: Callable[[Asked], bool]) -> list[Asked]:
    """Who was asked about: each turn is read with those before it."""
    before: list[Asked] = []
    for place, turn in enumerate(turns):
        found = _asked_after(turn, before, turns[:place])
        if found and names(found):
            before.append(found)
    return before
