"""Propositions: what a question puts up for debate, and which side of it is asked for.

One short rule turns a plain question into a statement; what it cannot tell for sure stays as it was asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.index.lexical import PRONOUNS, STOP_WORDS, terms
from pullquote.sides.routes import route_of, subject_of
from pullquote.sides.stance import Side

LEAST_WORDS = 2  # that say something, of what is put up for debate
# Cosines from which a question concerns one of the operator's propositions (tests/gold/sides/questions.jsonl).
ASKED = 0.45  # where it asks for a side
STATED = 0.65  # where yes or no could answer it
# The same, for the sides of the proposition to be shown in place of the question's own
SURELY = 0.8
CLAIM_WORDS = (4, 16)  # of a claim or question of the sources that becomes a question
_UNTRUE = "It is not true that "
_BE, _HAVE, _DO = {"is", "are", "was", "were"}, {"has", "have", "had"}, {"do", "does", "did"}
_MODAL = frozenset({"should", "must", "can", "could", "will", "would", "may", "might"})
_AUXILIARIES = _MODAL | _BE | _HAVE | _DO
_ASKING = frozenset({"who", "what", "when", "where", "which", "how", "why"})
_PRONOUNS = frozenset({"we", "they", "it", "he", "she", "there"})
_DETERMINERS = frozenset({"the", "a", "an", "our", "their", "its"})
_LINKS = STOP_WORDS - _DETERMINERS  # with one of these a subject goes on, or is none of a few words
_BESIDE = _LINKS - {"to", "and", "or", "not"}  # where or how something is done
_SINGULAR = {"is", "was", "has", "does"}
_PREDICATES = {"be", "have", "not"}  # after a modal verb one of these ends the subject
_NOUNS = 3  # words of a subject at most, where its plural tells its end
_SHORT = re.compile(r"\b(\w+?)(?:n['’]t|(?<=can)not)\b", re.IGNORECASE)
_DENIABLE = re.compile(rf"(?<=\s)(?:{'|'.join(_MODAL | _BE | _HAVE)})\b", re.IGNORECASE)
# What is against the thing that it names; other words for it were no better.
_TURNS = re.compile(
    r"\b(?:not|never|ban(?:s|n\w+)?|end(?:s|i\w+)?|(?:abolish|clos|crim|jail|limit|prohibit|remov|restrict|stop)\w*)\b",
    re.IGNORECASE,
)
_VERBS = frozenset("should must can could will would is are was were has have".split())  # noqa: SIM905
_POINTING = PRONOUNS | frozenset(
    "i me my mine we us our you your this that these those here there such".split()  # noqa: SIM905
)


def statement_of(question: str) -> str | None:
    """A yes-or-no or why question as the statement that it puts up; None where that is unsure."""
    words = _spelled_out(question).rstrip("?.! ").split()
    why = bool(words) and words[0].lower() == "why"
    auxiliary, words = " ".join(words[why : why + 1]).lower(), words[why + 1 :]
    # "Shouldn't we?" says that we should, "Why shouldn't we?" that we should not.
    doubted = words[:1] == ["not"]
    clear = auxiliary in _AUXILIARIES and len(words) > 1
    end = _subject_end(auxiliary, words[doubted:]) if clear else None
    if end is None:
        return None
    subject, predicate = words[doubted : doubted + end], words[doubted + end :]
    predicate = ["not", *predicate] if doubted and why else predicate
    if auxiliary == "does" and predicate[0] != "not":
        predicate = [third_person(predicate[0]), *predicate[1:]]
    elif auxiliary != "do" or predicate[0] == "not":
        predicate = [auxiliary, *predicate]
    return sentence(" ".join([*subject, *predicate]))


def _subject_end(auxiliary: str, words: Sequence[str]) -> int | None:
    """How many of the words after an auxiliary verb are the subject; None where that is unsure."""
    small = [word.lower() for word in words]
    if len(words) < 2 or small[0] in _PRONOUNS:
        return 1 if len(words) > 1 else None
    predicates = (at for at, word in enumerate(small[:-1]) if word in _PREDICATES)
    if auxiliary in _MODAL and (predicate_at := next(predicates, 0)):
        return predicate_at
    first = end = int(small[0] in _DETERMINERS)
    while end < len(words) and words[end][0].isupper():
        end += 1
    if len(words) == first + 2:
        end = first + 1
    elif auxiliary not in _SINGULAR:
        reach = _NOUNS if end == first else 1  # of "French farmers" the name is not all
        end = next((at + 1 for at in range(end, end + reach) if _ends_plural(words, at)), end)
    inside = first < end < len(words) and _LINKS.isdisjoint(words[:end])
    clear = inside and small[end] not in _BESIDE and not words[end - 1].endswith(("'s", "’s"))
    return end if clear else None


def _ends_plural(words: Sequence[str], at: int) -> bool:
    """Whether a plural noun stands there, and no second one right after it."""
    return [_is_plural(word) for word in words[at : at + 2]] == [True, False]


def _is_plural(word: str) -> bool:
    plural = word.islower() and word.endswith(("s", "people"))
    return plural and not word.endswith(("ss", "us", "is", "its"))


def third_person(verb: str) -> str:
    """A verb as it follows "it"."""
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    if verb == "have":
        return "has"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{verb}s"


def sentence(words: str) -> str:
    """Words with a capital at their start and a full stop at their end; of no words nothing."""
    bare = words.rstrip(".!?… ")
    return f"{bare[0].upper()}{bare[1:]}." if bare else ""


def opens_yes_or_no(question: str) -> bool:
    """Whether yes or no could answer a question, or it asks why what it says is so."""
    first, second = _opening(question)
    return (second if first == "why" else first) in _AUXILIARIES


def _opening(words: str) -> tuple[str, str]:
    """The first two words in small letters."""
    first, second = [*_spelled_out(words).lower().split(maxsplit=2), "", ""][:2]
    return first, second


def proposition_of(question: str) -> str | None:
    """What a question puts up for debate: a statement, else a yes-or-no question as asked, or None."""
    words = " ".join(question.split())
    asks = _opening(words)[0] in _AUXILIARIES
    return statement_of(words) or (f"{words.rstrip('.!? ')}?" if asks else None)


def put_up(text: str) -> str | None:
    """What a text puts up for debate: itself, or what it asks; None where it puts up nothing."""
    words = " ".join(text.split())
    first, states = _opening(words)[0], words.endswith(".")
    if first in _AUXILIARIES or (first in _ASKING and not states):
        return proposition_of(words)
    requests = route_of(words).asks_for_sides and not states and not _DENIABLE.search(words)
    return None if requests or len(terms(words)) < LEAST_WORDS else words.rstrip("? ")


def alike(proposition: str) -> str:
    """What two spellings of one proposition share: no case, no mark at the end, no wider space."""
    return " ".join(proposition.split()).rstrip(".!… ").casefold()


def same(first: str, second: str) -> int:
    """1 where two propositions have the same words, -1 where one plainly denies the other, else 0."""
    if alike(first) == alike(second):
        return 1
    return -int(alike(opposite(first)) == alike(second) or alike(first) == alike(opposite(second)))


def denies(statement: str) -> bool:
    """Whether a statement is a denial, by a "not" in it."""
    return " not " in _spelled_out(statement)


def opposite(statement: str) -> str:
    """The plain denial of a statement, or what a denial denies."""
    words = _spelled_out(statement)
    if words.startswith(_UNTRUE):
        return sentence(words.removeprefix(_UNTRUE))
    before, denied, after = words.partition(" not ")
    if not denied:
        if deniable := _DENIABLE.search(words):
            return f"{words[: deniable.end()]} not{words[deniable.end() :]}"
        return f"{_UNTRUE}{words[:1].lower()}{words[1:]}"
    subject, _, auxiliary = before.rpartition(" ")
    verb, *remainder = after.split(" ")
    verb = third_person(verb.rstrip(".")) if auxiliary == "does" else verb
    subject = subject if auxiliary in ("do", "does") else before
    return sentence(" ".join([subject, verb, *remainder]))


def _spelled_out(words: str) -> str:
    """Words with "not" for "n't"."""
    stems = {"ca": "can", "wo": "will"}
    return _SHORT.sub(lambda match: f"{stems.get(match[1], match[1])} not", words)


def turns(words: str) -> bool:
    """Whether words are against the thing that they name, by an odd number of words such as "not" or "abolish"."""
    return len(_TURNS.findall(_spelled_out(words))) % 2 == 1


@dataclass(frozen=True, slots=True)
class Concern:
    """One of the operator's propositions that a question is about: in its words, or for its opposite."""

    proposition: str
    turned: bool = False
    worded: bool = False

    def side(self, asked_side: Side | None) -> Side | None:
        """The side of the proposition, for that which a question asks for of what it puts up."""
        return asked_side.other if asked_side and self.turned else asked_side


def concern_of(
    question: str,
    propositions: Sequence[str],
    nearness: Sequence[float],
    *,
    asks: bool,
    surely: bool,
) -> Concern | None:
    """The one of some propositions that a question asks about, or asks a side of; None where it is none.

    `nearness` has its cosine with each; `asks`: whether it asks for a side; `surely`: whether one that yes or no could
    answer must ask nearly the same.
    """
    statement = statement_of(question)
    if statement:
        for proposition in propositions:
            if stands := same(statement, proposition):
                return Concern(proposition, stands < 0, worded=True)
    if not propositions or not (asks or opens_yes_or_no(question)):
        return None
    # "What do critics say?"
    bare = asks and terms(question) and len(terms(subject_of(question))) < LEAST_WORDS
    if bare and len(propositions) == 1:
        return Concern(propositions[0])
    cosine, proposition = max(zip(nearness, propositions, strict=True))
    least = ASKED if asks else SURELY if surely else STATED
    is_turned = turns(question) is not turns(proposition)
    return Concern(proposition, is_turned) if cosine >= least else None


def to_question(first: str, *words: str) -> str:
    """Words as a question; an empty one falls out."""
    return f"{first.capitalize()} {' '.join(filter(None, words))}?"


def stands_alone(sentence: str) -> bool:
    """Whether a sentence is short and points to nothing outside it, neither to who speaks nor to what was said."""
    words = [word.strip("\"“”'’.,;:!?()").lower() for word in sentence.split()]
    plain = not set(',;:"“”()[]') & set(sentence) and "--" not in sentence
    return plain and CLAIM_WORDS[0] <= len(words) <= CLAIM_WORDS[1] and _POINTING.isdisjoint(words)


def clauses_of(statement: str) -> tuple[str, str, str] | None:
    """Subject, verb and rest of a statement, where a question made of them puts forward just this; else None."""
    words = statement.rstrip(".!… ").split()
    verb = next((verb_at for verb_at, word in enumerate(words) if word in _VERBS), 0)
    clauses = " ".join(words[:verb]), words[verb], " ".join(words[verb + 1 :])
    back = statement_of(to_question(clauses[1], clauses[0], clauses[2])) if verb else None
    return clauses if back and back.rstrip(".").casefold() == " ".join(words).casefold() else None


def how_many(sentence: str) -> str | None:
    """How many, of a sentence whose subject begins with a number: no word of it changes its place."""
    words = sentence.rstrip(".").split()
    number_at = next((at for at, word in enumerate(words[:4]) if word[0].isdigit()), len(words))
    after = words[number_at + 1 :]
    if not after or not after[0].isalpha() or not after[0].islower() or _VERBS.isdisjoint(after):
        return None
    if after[0] == "percent":
        return f"What percentage {' '.join(after[1:])}?" if after[1:2] == ["of"] else None
    number, several = (
        words[number_at].replace(",", "").isdigit(),
        any(one.endswith("s") for one in after[:2]),
    )
    return (
        f"How many {' '.join(after)}?"
        if number and several and after[0] not in STOP_WORDS
        else None
    )
