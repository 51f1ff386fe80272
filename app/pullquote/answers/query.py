"""Questions: what is asked, and what a follow-up means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pullquote.answers.about import Subject, subject_asked
from pullquote.errors import QuestionError
from pullquote.index.lexical import terms
from pullquote.span import Span

FORM = "What is said about {}?"  # of words that no search weighs
MAX_TURNS = 6
MAX_QUOTES = 10
AFTER = " (asked after: "  # between a question and those that it points back to, up to a last bracket
FEW_WORDS = 2  # that say something; a question of no more leans on what was asked before

_FOLLOWS = re.compile(
    r"^(?:and|but|so|then|also|or)\b|^(?:what|how) about\b|^why(?: not)?\W*$|^(?:really|how so|says who|such as)\b"
    r"|\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|the same|the latter|the former)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z][a-z]")  # a capital in mid-sentence
_SOMEBODY = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
# Stems of "thanks a lot", "ok, great" and their like, which name no subject.
_COURTESY = frozenset(
    "thank thx lot cheer hello hi hey bye goodby ok okay yes yeah no sure great good nice cool perfect pleas sorri morn afternoon".split()  # noqa: SIM905
)
_BESIDE = frozenset("a all and much evening for it s so that the there this to very you your".split())  # noqa: SIM905
# "It is true that" and "those who" point at nothing said before.
_NOT_POINTING = re.compile(r"\b(?:is|was) it\b|\bthose who\b|\bso that\b|\bthat (?:the|a|an)\b", re.IGNORECASE)
_ABOUT = r"(?:about|on|regarding|concerning)"
_NEW_TOPIC = re.compile(
    r"(?:(?:and|but|or|also|then|now),? ){0,2}"
    r"(?:about|regarding|concerning|on(?= (?:the|an?|his|her|its|their|our|this|that|these|those)\b)"  # not "on Tuesday"
    r"(?! the (?:contrary|day|evening|morning|news|other|phone|radio|television|tv|web|whole)\b)) "
    r"(?!(?:to|what|when|where|which|who|whom|whose|how|why)\b)(?P<topic>[^?]{1,300}?)\W{0,5}",
    re.IGNORECASE,
)
_OLD_TOPIC = re.compile(
    rf"(?P<frame>.{{1,200}}?\b(?:say|said|says|think|thinks|thought|tell|told|write|wrote|argue|argued|views?|opinions?|positions?))"
    rf"(?: {_ABOUT} [^?]{{1,500}})?(?P<mark>\??)",
    re.IGNORECASE,
)
# "And against?", "What is the best argument for it?", "Give me the counterarguments", "What would the other side say?"
_OTHER_SIDE = r"(?P<{}>(?:other|opposite|opposing) (?:arguments?|camp|case|opinions?|positions?|side|view(?:point)?s?))"
_SIDE = re.compile(
    r"\W{0,5}(?:(?:and|but|so|ok|okay|now|then|well),? ){0,2}(?:"
    r"(?:(?:what|how) about )?(?:(?:those|people|who(?: is| are)?) )?(?:(?P<for>for|in favou?r|in support)|against|opposed)"
    r"|(?:(?:what|which)(?: (?:is|are|was|were)|[’']s) |(?:what|how) about |(?:is|are) there "
    r"|(?:please )?(?:let(?: me|[’']s) |i(?:[’']d| would)? (?:like|want) (?:to )?)?(?:(?:can|could|will|would) you (?:please )?)?(?:explain|find|give|hear|list|make|name|outline|present|quote|see|show|state"
    r"|summari[sz]e|tell) (?:(?:me|us) )?)?(?:(?:the|an?|any|some|all|your|one|two|three) )?(?:[a-z-]{1,20} ){0,2}?"
    r"(?:(?:arguments?|case|evidence|points?|quotes?|reasons?) (?:(?P<favour>for|in favou?r|in support)|against|in opposition)"
    rf"|objections?|criticisms?|(?P<counter>counter-? ?(?:arguments?|points?)|rebuttals?)|{_OTHER_SIDE.format('other')})"
    rf"|(?:what|how) (?:do|does|did|might|would) (?:the |those on the )?(?:opposition|{_OTHER_SIDE.format('said')}) (?:answer|argue|believe|reply|respond|say|think|want)"
    r")(?: (?:it|that|this|them))?(?:,? (?:then|please))?\W{0,5}",
    re.IGNORECASE,
)


class Leaning(StrEnum):
    """Which side of what was asked before a question is for."""

    FOR = "for"
    AGAINST = "against"
    OTHER = "other"  # than was asked for last


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and where the quotes stood that answered it."""

    question: str
    quotes: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to one debate, or to all of them, with the turns before it."""

    question: str
    debate: str | None = None
    max_quotes: int = 3
    history: tuple[Turn, ...] = ()
    limit: int | None = None  # characters of the question with what it points back to

    @classmethod
    def checked(
        cls, question: str, *, limit: int, debate: str | None = None, max_quotes: int = 3,
        history: Sequence[Turn] = (),
    ) -> "Query":  # fmt: skip
        """A query whose question is neither empty nor over the limit, which the earlier ones keep to as well.

        Raises:
            QuestionError: it is, or one of those is over it, or the number of quotes or turns is out of range.
        """
        words = worded(question, limit=limit)
        if not 1 <= max_quotes <= MAX_QUOTES:
            raise QuestionError(f"max_quotes must be from 1 to {MAX_QUOTES}")
        if len(history) > MAX_TURNS:
            raise QuestionError(f"history holds {len(history)} turns; the limit is {MAX_TURNS}")
        turns = tuple(replace(turn, question=spaced(turn.question, "earlier question", limit)) for turn in history)
        return cls(question=words, debate=debate, max_quotes=max_quotes, history=turns, limit=limit)


STATEMENT = ("proposition", "write a statement that somebody may be for or against")
SOUGHT = ("query", "write what to look for")
QUOTE = ("quote", "write the words to be checked")


def worded(
    text: str, noun: str = "question", advice: str = "write what you want to know of these sources", *, limit: int
) -> str:
    """What somebody typed, with single spaces.

    Raises:
        QuestionError: it holds no letter or figure, or more characters than the limit; `noun` says what it is, `advice` what would do.
    """
    if not any(character.isalnum() for character in text):
        raise QuestionError(f"the {noun} is empty; {advice}")
    return spaced(text, noun, limit)


def spaced(text: str, noun: str, limit: int) -> str:
    """A text with single spaces, empty or not.

    Raises:
        QuestionError: it has more characters than the limit.
    """
    words = " ".join(text.split())
    if len(words) > limit:
        raise QuestionError(f"the {noun} has {len(words):,} characters; the limit is {limit:,}")
    return words


def resolve(query: Query) -> str:
    """The question with what it points back to, so that it stands alone; shown to whoever asked.

    Where the one before followed up itself, the nearest one that stood alone comes along too, and where "she" is
    asked about, the last one with a name. Turns about the corpus or who spoke, and such as "thanks" or "why?", name
    no subject and are passed over. What would make the question longer than the query's limit stays behind.

    Example: after "Why might strikes fail?", "What evidence is there for that?" becomes
    "What evidence is there for that? (asked after: Why might strikes fail?)"; after "What did Roe say about tolls?",
    "And about buses?" becomes "What did Roe say about buses?"
    """
    if courteous(query.question) or not follows_up(query.question):
        return query.question
    if subject_asked(query.question) is Subject.SPEAKERS:  # a matter of the quotes shown, not of what was asked
        return query.question
    earlier = [turn.question for turn in query.history if _has_subject(turn.question)]
    if not earlier:
        return query.question
    topic = new_topic(query.question)
    if topic and (words := _reworded(topic, earlier)) and (query.limit is None or len(words) <= query.limit):
        return words
    before = tuple(dict.fromkeys((leant_on(earlier), *_naming(query.question, earlier), earlier[-1])))
    if topic:
        before = tuple(_without_topic(turn) for turn in before)
    fewer = (before, before[:-1], before[:1], before[-1:])
    wordings = (f"{query.question}{AFTER}{' '.join(kept)})" for kept in fewer if kept)
    return next((words for words in wordings if query.limit is None or len(words) <= query.limit), query.question)


def _reworded(topic: str, earlier: Sequence[str]) -> str:
    """The question for somebody's words that was asked last, on a new topic; nothing where another was asked last."""
    last = next((turn for turn in reversed(earlier) if not new_topic(turn)), "")
    asked = _OLD_TOPIC.fullmatch(last)
    return f"{asked['frame']} about {topic}?" if asked else ""


def _without_topic(turn: str) -> str:
    asked = _OLD_TOPIC.fullmatch(turn)
    return f"{asked['frame']}{asked['mark']}" if asked else turn


def leant_on(turns: Sequence[str]) -> str:
    """The nearest turn that stood alone, or the first with a subject where none did; nothing where none has one."""
    earlier = [turn for turn in turns if _has_subject(turn)]
    return next((turn for turn in reversed(earlier) if not follows_up(turn)), earlier[0] if earlier else "")


def _naming(question: str, earlier: Sequence[str]) -> tuple[str, ...]:
    """The last turn with a name, where the question, or the one before it, asks about "him" or "her"."""
    if not any(map(_SOMEBODY.search, (question, earlier[-1]))):
        return ()
    return tuple(turn for turn in earlier if _NAMES.search(turn))[-1:]


def last_of(resolved: str) -> str:
    """The question by itself, of one that was resolved. Example: last_of("And Lee? (asked after: Why?)") -> "And Lee?"."""
    return resolved.partition(AFTER)[0]


def new_topic(question: str) -> str:
    """What a question goes on to in place of what was asked about before, or nothing. Example: "And about tolls?" -> "tolls"."""
    found = _NEW_TOPIC.fullmatch(question.strip())
    return found["topic"] if found else ""


def leaning(question: str) -> Leaning | None:
    """Which side a question is for that does not say of what, so that this is what was asked before; None for no such one.

    Example: leaning("What is the best argument against?") -> Leaning.AGAINST
    """
    found = _SIDE.fullmatch(question)
    if found is None:
        return None
    if found["counter"] or found["other"] or found["said"]:
        return Leaning.OTHER
    return Leaning.FOR if found["for"] or found["favour"] else Leaning.AGAINST


def _has_subject(question: str) -> bool:
    """Whether a turn says what is spoken of, so that a later one can point back to it."""
    return not _COURTESY.issuperset(terms(question)) and subject_asked(question) is None


def courteous(question: str) -> bool:
    """Whether it is a greeting, thanks or the like, and no question. Example: courteous("Thanks, that's great!") -> True"""
    words = [word for word in re.findall(r"\w+", question.lower()) if word not in _BESIDE]
    return bool(words) and all(_COURTESY.intersection(terms(word)) for word in words)


def follows_up(question: str) -> bool:
    """Whether a question leans on an earlier one. A suggested one never does: it was answered by itself."""
    if question.startswith(FORM.partition("{}")[0]) and not _FOLLOWS.search(question):
        return False
    if len(terms(question)) <= FEW_WORDS and not _NAMES.search(question):
        return True  # unless it names somebody or something: "What is the capital of Mongolia?" stands alone
    if leaning(question):
        return True
    return bool(_FOLLOWS.search(_NOT_POINTING.sub(" ", question)))
