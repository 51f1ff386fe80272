"""Queries: what is asked, of whom and of what, and what a follow-up points back to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from pullquote.errors import QuestionError
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.index.lexical import PRONOUNS, STOP_WORDS, terms
from pullquote.sides.routes import Route
from pullquote.sides.stance import Side
from pullquote.span import Span

FORM = "What is said about {}?"  # of words that no search weighs
MAX_TURNS = 6
MAX_QUOTES = 10
# Between a question and those that it points back to, which end at the last bracket.
_AFTER = " (asked after: "
FEW_WORDS = 2  # that say something; a question of no more leans on what was asked before
MOST_WORDS = 10  # of a question about the corpus itself
GREETS = 0.45  # cosine with a greeting from which a question is one (benchmarks/greetings.py)
LONGEST = 9  # words of a name with its office
STATEMENT = ("proposition", "write a statement that somebody may be for or against")
SOUGHT = ("query", "write what to look for")
QUOTE = ("quote", "write the words to be checked")


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
    only: Filter = EVERYTHING
    extractive: bool = False  # whether no language model is to be asked, though one is set
    limit: int | None = None  # characters of the question with what it points back to

    @property
    def filter(self) -> Filter:
        """What may answer it, the debate included."""
        return replace(self.only, debate=self.debate)

    @classmethod
    def checked(
        cls,
        question: str,
        *,
        limit: int,
        debate: str | None = None,
        max_quotes: int = 3,
        history: Sequence[Turn] = (),
        only: Filter = EVERYTHING,
        extractive: bool = False,
    ) -> "Query":
        """A query within its bounds.

        Raises:
            QuestionError: the question is empty, it or an earlier one is over the limit, or there
                are too many quotes or turns.
        """
        words = worded(question, limit=limit)
        if not 1 <= max_quotes <= MAX_QUOTES:
            raise QuestionError(f"max_quotes must be from 1 to {MAX_QUOTES}")
        return cls(
            question=words,
            debate=debate,
            max_quotes=max_quotes,
            history=_checked_turns(history, limit),
            only=only,
            extractive=extractive,
            limit=limit,
        )


def _checked_turns(history: Sequence[Turn], limit: int) -> tuple[Turn, ...]:
    if len(history) > MAX_TURNS:
        raise QuestionError(f"history holds {len(history)} turns; the limit is {MAX_TURNS}")
    return tuple(
        replace(turn, question=spaced(turn.question, "earlier question", limit)) for turn in history
    )


def worded(
    text: str,
    noun: str = "question",
    advice: str = "write what you want to know of these sources",
    *,
    limit: int,
) -> str:
    """What somebody typed, with single spaces; `noun` says what it is, `advice` what would do.

    Raises:
        QuestionError: it holds no letter or figure, or more characters than the limit.
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


@dataclass(frozen=True, slots=True)
class NamedSpeaker:
    """Whose words a question is for, by the name that it uses.

    `anything`: all that they say answers it. `bare`: it holds nothing but the name. `topic`: what
    they are asked about, or "" where the question does not set it apart.
    """

    name: str
    anything: bool = False
    bare: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question and the earlier ones that it points back to; as a string it stands alone."""

    question: str
    before: str = ""

    @classmethod
    def parse(cls, text: str) -> "Resolved":
        """From its string, as an answer or a link holds it."""
        question, _, before = text.removesuffix(")").partition(_AFTER)
        return cls(question, before) if before and text.endswith(")") else cls(text)

    def __str__(self) -> str:
        return f"{self.question}{_AFTER}{self.before})" if self.before else self.question


@dataclass(frozen=True, slots=True)
class Request:
    """What a query asks, read once and carried through every stage of its answer.

    `proposition` is what it puts up for debate, `side` the side of it that is asked for, `route` what is
    wanted of it, and `speaker` whose words are asked for.
    """

    resolved: Resolved
    proposition: str | None = None
    side: Side | None = None
    route: Route = Route.NONE
    speaker: NamedSpeaker | None = None

    @property
    def question(self) -> str:
        """The question as it stands alone."""
        return str(self.resolved)


class Subject(StrEnum):
    """What is asked about the corpus itself."""

    AUTHORS = "authors"
    TOPIC = "topic"
    SUMMARY = "summary"
    SOURCES = "sources"
    DATES = "dates"
    SPEAKERS = "speakers"


_SOMEBODY = frozenset({"he", "him", "his", "she", "her"})
_KINDS = frozenset("article debate document page text source speech".split())  # noqa: SIM905
_BIDS = frozenset({"please", "list", "show", "give"})
_ASKED = (  # by which question words, and by which others; of those the first tell by themselves
    (Subject.AUTHORS, {"who", "whom"}, {"author", "wrote", "written", "published"}, set[str]()),
    (Subject.SPEAKERS, {"who", "whose"}, {"said", "says", "think", "view"}, set[str]()),
    (Subject.SPEAKERS, {"who", "whose"}, {"position", "made", "word"}, {"claim", "argument"}),
    (Subject.DATES, {"when", "how"}, {"written", "published", "old", "date"}, set[str]()),
    (Subject.TOPIC, {"what"}, {"about", "topic", "ask"}, {"know"}),
    (Subject.SUMMARY, set[str](), {"summarise", "summarize", "summary", "overview"}, {"short"}),
    (Subject.SUMMARY, set[str](), {"main", "say", "tl"}, {"argument", "point", "dr"}),
    (Subject.SOURCES, {"what", "which", "where", "how", "list"}, _KINDS | {"come"}, set[str]()),
)


def subject_asked(question: str) -> Subject | None:
    """What a question asks about the corpus itself, or None when it asks what the sources say.

    Only whole questions count: "What is this about?" does, "What is this treaty about?" does not.
    """
    split = question.lower().replace(";", " ").replace("’s ", " ").replace("'s ", " ").split()
    words = [word.strip("?!.,:“”\"'’") for word in split]
    question_words = {
        word.removesuffix("s") if word not in STOP_WORDS else word for word in words if word
    }
    telling = {
        word
        for word in question_words
        if word in ("about", "said", "say", "says") or word not in STOP_WORDS
    } - _BIDS
    if len(words) > MOST_WORDS or ("say" in question_words and not question_words & _KINDS):
        return None
    if telling == {"about"} and question.lower().startswith(("what about", "how about")):
        return None
    for subject, by, first, more in _ASKED:
        remaining = telling - by - (set() if subject is Subject.SOURCES else _KINDS)
        if remaining & first and not remaining - first - more and (question_words & by or not by):
            return subject
    return None


_FOLLOWS = re.compile(
    r"^(?:and|but|so|then|also|or)\b|^(?:what|how) about\b|^why(?: not)?\W*$|^(?:really|how so|says who)\b"
    rf"|\b(?:this|these|those(?! who)|(?<!\bso )that(?! (?:the|an?)\b)|(?<!\bis )(?<!\bwas )it|{'|'.join(PRONOUNS - {'it'})}|the (?:same|latter|former))\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?<=[a-z,] )[A-Z][a-z]")  # a capital in mid-sentence
# Stems of "thanks a lot", "ok, great" and their like, which name no subject.
_COURTESY = frozenset("thank lot hello hi hey bye ok okay yes no sure great good nice morn".split())  # noqa: SIM905


def resolve(query: Query) -> Resolved:
    """The question with what it points back to, so that it stands alone; shown to whoever asked.

    Where the one before followed up itself, the nearest one that stood alone comes along too, and where "she" is
    asked about, the last one with a name. Turns about the corpus or who spoke, and such as "thanks" or "why?", name
    no subject and are passed over. What would make the question longer than the query's limit stays behind.
    """
    question = query.question
    alone = courteous(question) or not follows_up(question)
    earlier = [turn.question for turn in query.history if _has_subject(turn.question)]
    if alone or not earlier or subject_asked(question) is Subject.SPEAKERS:
        return Resolved.parse(question)
    before = tuple(dict.fromkeys((leant_on(earlier), *_naming(question, earlier), earlier[-1])))
    for carried in filter(None, (before, before[:-1], before[:1], before[-1:])):
        resolved = Resolved(question, " ".join(carried))
        if query.limit is None or len(str(resolved)) <= query.limit:
            return resolved
    return Resolved.parse(question)


def leant_on(turns: Sequence[str]) -> str:
    """The nearest turn that stood alone, or the first with a subject where none did; nothing where none has one."""
    earlier = [turn for turn in turns if _has_subject(turn)]
    alone = [turn for turn in earlier if not follows_up(turn)]
    return next(iter(alone[-1:] or earlier), "")


def _naming(question: str, earlier: Sequence[str]) -> tuple[str, ...]:
    """The last turn with a name, where the question, or the one before it, asks about "him" or "her"."""
    words = f"{question} {earlier[-1]}".lower().replace("?", " ").split()
    named = [turn for turn in earlier if _NAMES.search(turn)]
    return tuple(named[-1:]) if _SOMEBODY.intersection(words) else ()


def _has_subject(question: str) -> bool:
    """Whether a turn says what is spoken of, so that a later one can point back to it."""
    return not _COURTESY.issuperset(terms(question)) and subject_asked(question) is None


def courteous(question: str) -> bool:
    """Whether it is a greeting, thanks or the like, and no question."""
    words = set(terms(question))
    return bool(words) and words <= _COURTESY and not question.rstrip().endswith("?")


@cache
def greetings() -> tuple[str, ...]:
    """Greetings, thanks and questions of what can be asked here, as people typed them."""
    text = (Path(__file__).parent / "greetings.txt").read_bytes().decode("utf-8")
    return tuple(text.strip().split("\n"))


def follows_up(question: str) -> bool:
    """Whether a question leans on an earlier one. A suggested one never does: it was answered by itself."""
    if _FOLLOWS.search(question):
        return True
    # "What is the capital of Mongolia?" holds a name.
    names = _NAMES.search(question) or question.startswith(FORM.partition("{}")[0])
    return len(terms(question)) <= FEW_WORDS and not names


_TELL = (
    r"(?:sa(?:y|id)|t(?:ell|old)|th(?:ink|ought)|believ|argu|propos|suggest|recommend|support|oppos|favou?r|critici[sz]|warn|wr(?:it|ote)"
    r"|insist|ask|reject|explain|respond|repl|react|answer|want|claim|report|object|call)(?:e|s|es|ed|ing|y|ied|ies)?(?!\s(?:say|think|want))"
)
_VIEW = r"(?:(?:view|opinion|position|stance)|(?:concern|criticism|argument|proposal))s?"
_AUX = r"(?:does|do|did|ha[sd]|have|would)"
_IS = r"(?:is|are|was|were)"
_WHO = r"(?P<who>\S{1,60}(?:\s\S{1,60}){0,8}?)"
_END = r"\W{0,20}$"  # within bounds, as all that may be tried from many places is
_FORMS = tuple(
    re.compile(
        rf"\W*+(?:(?:and|but|so|please),?\s){{0,3}}(?:(?:can you )?tell me\s)?{form}", re.IGNORECASE
    )
    for form in (
        rf"(?:(?:wh\w+|how)\b(?:\s(?!{_AUX}\b)\S+){{0,6}}?\s)?{_AUX}\s{_WHO}(?:\s(?:also|not|really))?\s(?P<verb>{_TELL})(?=\W|$)",
        rf"what\s(?!(?:{_AUX}|{_IS}|will|should)\b){_WHO}\s(?P<verb>said|says|thought|thinks|argued)(?=\W|$)",
        rf"according\sto\s{_WHO}(?=,|{_END}|\s(?:wh\w+|how|{_IS}|{_AUX})\b)",
        rf"[^?]*?\b(?:according\sto|in\sthe\s{_VIEW}\sof)\s{_WHO}{_END}",
        rf"(?:[^?]*?\s)?in\s{_WHO}[’']s?\s{_VIEW}\b",
        rf"(?:what\s{_IS}\s)?{_WHO}[’']s?\s(?:main\s)?(?P<verb>{_VIEW})\b",
        rf"what\s{_IS}\sthe\s{_VIEW}\sof\s{_WHO}(?=\s(?:on|about|for|to)\s|{_END})",
        rf"{_IS}\s{_WHO}\s(?:for\sor\sagainst|against|in\sfavou?r\sof|opposed\sto)\s",
        rf"(?:what|why)\s{_IS}\s{_WHO}\s(?P<verb>saying|proposing|arguing|asking)(?=\W|$)",
    )
)
_CONTINUES = re.compile(
    r"\W*(?:and|but|(?:and )?(?:what|how) about)\s(?P<topic>about\s)?(?P<rest>[^?]+?)(?:\sthen)?\W{0,20}",
    re.IGNORECASE,
)
_SAYS = ("sa", "arg", "cla", "repo")  # all of what is said answers "What does Roe say?"
_ON_TOPIC = (*_SAYS, "th", "bel", "vie", "opi", "pos", "cri")  # what follows is what is asked about


def named_speaker(question: str) -> NamedSpeaker | None:
    """Who is asked about, in the question's words, or None where it does not plainly ask for somebody's words.

    Whether that is a name at all, and whose, is for the roster to decide.
    """
    words = question.lower() if question.isupper() else question
    match = next(filter(None, (form.match(words) for form in _FORMS)), None)
    name = match["who"].strip(" ,;:?!\"“”'’") if match else ""
    if match is None or not name or len(name.split()) > LONGEST:
        return None
    verb = (match.groupdict().get("verb") or "").lower()
    remainder = words[match.end() :].strip(" ?.!,")
    before = words[: match.start("who")].lower().replace(",", "").split()
    plain = all(word in STOP_WORDS or word in ("tell", "please") for word in before)
    first, _, left = (remainder if plain and verb.startswith(_ON_TOPIC) else "").partition(" ")
    topic = left if first in ("about", "on", "of", "that") else f"{first} {left}".strip()
    bare = name if name[-3:-2] in (".", " ") else name.rstrip(".")  # "the U.N."
    anything = plain and verb.startswith(_SAYS) and not remainder
    return NamedSpeaker(bare, anything=anything, topic=topic)


def speaker_in(query: Query, is_known: Callable[[NamedSpeaker], bool]) -> NamedSpeaker | None:
    """The same of a question with the turns before it: "and Roe?" goes on asking, "she" is whoever was asked about last.

    The turns may be part of the question itself, as in its link.

    Args:
        is_known: whether a name is somebody's: "And the costs?" leaves "she" to the turn before.
    """
    link = Resolved.parse(query.question)
    carried = link.before.replace("? ", "?\n").split("\n")
    turns = [*(turn.question for turn in query.history), *carried]
    before: list[NamedSpeaker] = []
    for index, turn in enumerate(turns):
        person = _speaker_after(turn, before, turns[:index])
        if person and is_known(person):
            before.append(person)
    return _speaker_after(link.question, before, turns)


def _speaker_after(
    question: str, before: Sequence[NamedSpeaker], turns: Sequence[str]
) -> NamedSpeaker | None:
    """Who is asked about by a question after turns, and after those who were asked about in them."""
    person, last = named_speaker(question), before[-1] if before else None
    if person and person.name.lower() not in PRONOUNS:
        return person
    if person:
        anything = person.anything and last is not None and last.anything
        return replace(person, name=last.name, anything=anything) if last else None
    goes_on = _CONTINUES.fullmatch(question)
    if goes_on is None or len(goes_on["rest"].split()) > LONGEST:
        return None
    if goes_on["topic"]:
        return NamedSpeaker(last.name, topic=goes_on["rest"]) if last else None
    if last:
        return replace(last, name=goes_on["rest"], bare=True)
    topic = leant_on(turns)
    return NamedSpeaker(goes_on["rest"], bare=True, topic=topic) if topic else None
