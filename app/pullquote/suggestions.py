"""Questions worth asking next: each was asked, and answered, when the index was built."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pullquote.sentences import Kind
from pullquote.store.generation import Generation
from pullquote.store.layout import SUGGESTIONS
from pullquote.store.lexical import STOP_WORDS, stems, terms

POOL = 12  # proven questions kept for a debate
TRIED = 60  # candidates that are tried for it
FORM = "What is said about {}?"
_JOINING = frozenset(  # words beside which a phrase is torn
    ("across", "against", "along", "among", "around", "despite", "forth", "like", "otherwise", "shall", "since", "took",
     "toward", "towards", "via", "within", "without")
)  # fmt: skip
CHANGED = 0.1  # share of a debate's documents up to which only those that changed are looked through
FRESH = 4  # candidates that are tried for each of these
_WORD = re.compile(r"[^\W\d_][\w’'-]*[^\W_]|[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that was answered, and the row of the window that answered it best."""

    question: str
    row: int
    debate: str


# Asks a question of a debate; the best window's row and the confidence, or None when it abstains.
Prover = Callable[[str, str], tuple[int, float] | None]


def prove(generation: Generation, prover: Prover) -> tuple[Suggestion, ...]:
    """For each debate, the questions among the candidates that are answered most surely."""
    return tuple(suggestion for debate in generation.debates for suggestion in _proven(generation, debate, prover))


def _proven(generation: Generation, debate: str, prover: Prover) -> list[Suggestion]:
    again = _asked_again(generation, debate)
    found = _surest(again, debate, prover)
    if 2 * len(found) < POOL:
        found = _surest([_question(subject) for subject in subjects(generation, debate)[:TRIED]], debate, prover)
    return found


def _asked_again(generation: Generation, debate: str) -> list[str]:
    """What is tried where only a few documents of a debate changed: its questions so far, and the changed ones' subjects.

    Each is proven anew. What the documents that did not change are about was found out before.
    """
    before = generation.before
    if before is None or before.card.encoder != generation.card.encoder:
        return []
    documents = generation.documents_of(debate)
    changed = [number for number in documents if before.number_of_same(generation.rows[number]) is None]
    gone = sum(row.debate == debate for row in before.rows) - (len(documents) - len(changed))
    if not 0 < max(len(changed), gone) <= CHANGED * len(documents):
        return []
    known = [entry.question for entry in suggestions_of(before) if entry.debate == debate]
    fresh = [_question(subject) for subject in subjects(generation, debate, changed)[: FRESH * len(changed)]]
    return list(dict.fromkeys([*known, *fresh[:TRIED]]))


def _question(subject: str) -> str:
    return FORM.format(subject)


def _surest(questions: Iterable[str], debate: str, prover: Prover) -> list[Suggestion]:
    best: dict[int, tuple[float, str]] = {}
    for question in questions:
        proof = prover(question, debate)
        if proof is not None and proof[1] > best.get(proof[0], (0.0, ""))[0]:
            best[proof[0]] = (proof[1], question)
    ranked = sorted(best.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return [Suggestion(question, row, debate) for row, (_, question) in ranked[:POOL]]


def subjects(generation: Generation, debate: str, documents: Iterable[int] | None = None) -> list[str]:
    """What a debate, or some documents of it, are about: headings, then the pairs of words that recur most tellingly."""
    headings: list[str] = []
    pairs: Counter[str] = Counter()
    definite: Counter[str] = Counter()
    longer: list[tuple[str, str]] = []
    for number in generation.documents_of(debate) if documents is None else documents:
        text = generation.document(number).text
        for sentence in generation.sentences(number):
            words = sentence.span.cut(text)
            if sentence.kind is Kind.HEADING and 2 <= len(words.split()) <= 8 and words.upper() != words:
                headings.append(_lowered(words.strip(" #")))
            elif sentence.kind is Kind.PROSE:
                found = dict(_pairs(words))
                pairs.update(found.keys())
                definite.update(pair for pair, the in found.items() if the)
                longer += [(one, two) for one, two in pairwise(found) if one.split(" ", 1)[1] == two.split(" ", 1)[0]]
    # "suspected drug" is torn out of "suspected drug traffickers", where "drug traffickers" recurs too.
    torn = Counter(pair for pair, rest in longer if pairs[rest] > 1)
    telling = sorted(
        (pair for pair, count in pairs.items() if count > 1 and 2 * torn[pair] < count and not pair.endswith("ed")),
        key=lambda pair: (-(pairs[pair] ** 0.5) * _rarity(generation, pair), pair),
    )
    named = [f"the {pair}" if 2 * definite[pair] > pairs[pair] else pair for pair in telling]
    return list(dict.fromkeys(headings + named))


def _rarity(generation: Generation, words: str) -> float:
    return sum(generation.lexical.rarity(term) for term in terms(words))


def _lowered(words: str) -> str:
    named = any(word[:1].isupper() for word in words.split()[1:])  # "Presidential Determination": a name, as a whole
    return words[0].lower() + words[1:] if words[1:2].islower() and not named else words


def _pairs(words: str) -> Iterator[tuple[str, bool]]:
    """Neighbouring words of weight, such as "drug traffickers", and whether "the" stands before them.

    A name keeps its capitals.
    """
    found = list(_WORD.finditer(words))
    for place, (one, two) in enumerate(pairwise(found)):
        if words[one.end() : two.start()] == " " and _telling(one.group()) and _telling(two.group()):
            yield f"{one.group()} {two.group()}", place > 0 and found[place - 1].group().lower() == "the"


@lru_cache(maxsize=65_536)
def _telling(word: str) -> bool:
    return len(word) > 2 and word.lower() not in STOP_WORDS and word.lower() not in _JOINING


def dump(suggestions: Sequence[Suggestion]) -> bytes:
    """As a file of the index."""
    rows = [[entry.question, entry.row, entry.debate] for entry in suggestions]
    return json.dumps(rows, ensure_ascii=False).encode("utf-8")


def suggestions_of(generation: Generation) -> tuple[Suggestion, ...]:
    """The proven questions that the generation holds."""
    rows = json.loads(generation.extra.get(SUGGESTIONS, b"[]"))
    return tuple(Suggestion(question, row, debate) for question, row, debate in rows)


def next_questions(
    pool: Iterable[Suggestion], question: str, *, told: Callable[[int], bool], debate: str | None, count: int = 3
) -> tuple[str, ...]:
    """The proven questions nearest to a question in their words, but not those whose answer was just told."""
    asked = stems(question)
    left = [entry for entry in pool if debate in (None, entry.debate) and not told(entry.row)]
    left = [entry for entry in left if stems(entry.question) - asked]
    left.sort(key=lambda entry: -len(asked & stems(entry.question)))  # stable: the surest first
    return tuple(entry.question for entry in left[:count])
