"""Questions worth asking next: each was asked, and answered, when the index was built."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pullquote.answers.query import FORM
from pullquote.answers.topics import bids, subjects
from pullquote.corpus.clauses import base_of, question_of
from pullquote.corpus.lexicon import ADJECTIVES, AMBIGUOUS, VERBS
from pullquote.index.generation import Generation
from pullquote.index.layout import SUGGESTIONS
from pullquote.index.lexical import STOP_WORDS, stems
from pullquote.sides.judging import own_propositions, positions_of, side_of
from pullquote.sides.proposition import opposite
from pullquote.sides.stance import Side

POOL = 12  # proven questions kept for a debate
TRIED = 60  # candidates that are tried for it
_FORMED = FORM.partition("{}")[0]
LEADING = 3  # questions after the operator's own propositions, which come first
CHANGED = 0.1  # share of a debate's documents up to which only those that changed are looked through
FRESH = 4  # candidates that are tried for each of these


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that was answered, and the row of the window that answered it best."""

    question: str
    row: int
    debate: str


# Asks a question of a debate; the best window's row and the confidence, or None when it abstains.
Prover = Callable[[str, str], tuple[int, float] | None]


def prove(generation: Generation, prover: Prover) -> tuple[Suggestion, ...]:
    """For each debate, the operator's propositions and the candidates that are answered most surely; debates take turns."""
    found = [_proven(generation, debate, prover) for debate in generation.debates]
    return tuple(entry for turn in zip_longest(*found) for entry in turn if entry is not None)


def _proven(generation: Generation, debate: str, prover: Prover) -> list[Suggestion]:
    stated = [_inside(generation, debate, one) for one in own_propositions(generation, debate)]
    leading = _surest(filter(None, map(_asked, stated)), debate, prover)[:LEADING]
    again = _asked_again(generation, debate)
    found = _surest(again, debate, prover)
    if 2 * len(found) < POOL:
        found = _surest([_question(subject) for subject in subjects(generation, debate)[:TRIED]], debate, prover)
    told = {entry.row for entry in leading}
    found = [entry for entry in found if entry.row not in told]
    if 2 * len(found) < POOL:  # few documents, in which little recurs
        found += [entry for statement in stated for entry in _both_whys(generation, debate, statement, prover)]
    return [*leading, *found][:POOL]


def _inside(generation: Generation, debate: str, statement: str) -> str:
    """A statement as it stands inside a question: without its capital where its first word has one only there.

    Where the debate does not tell, a word that any debate has in small letters, or the lists of words, is no name.
    What a link holds is no word: "news.example.org/trump-impeached".
    """
    first = statement.partition(" ")[0]
    if not (first == "A" or first[1:].islower()):
        return statement
    plain, named = _in_small(first.lower()), _amid(first)
    texts = [generation.document(number).text for number in generation.documents_of(debate)]
    small, capital = (sum(len(form.findall(text)) for text in texts) for form in (plain, named))
    if small or capital:
        return _small(statement) if small > capital else statement
    return _small(statement) if _is_word(generation, first.lower()) else statement


def _in_small(word: str) -> re.Pattern[str]:
    """A word in small letters that is no part of a link."""
    plain = re.escape(word)
    return re.compile(rf"{plain}(?<![\w/.@-]{plain})(?![\w/@-]|\.\w)")


def _amid(word: str) -> re.Pattern[str]:
    """A word in mid-sentence."""
    name = re.escape(word)
    return re.compile(rf"{name}(?:(?<=[a-z] {name})|(?<=[a-z][,;] {name}))(?!\w)")


def _is_word(generation: Generation, word: str) -> bool:
    """Whether the lists of words know a word, or any debate has it in small letters, in the singular or the plural."""
    forms = {word, base_of(word), f"{word}s", word.removesuffix("s")} | (
        {f"{word.removesuffix('ies')}y"} if word.endswith("ies") else set()
    )
    if not forms.isdisjoint(STOP_WORDS | VERBS | ADJECTIVES):
        return True
    texts = (
        generation.document(number).text for debate in generation.debates for number in generation.documents_of(debate)
    )
    plain = [_in_small(form) for form in sorted(forms)]
    return any(form.search(text) for text in texts for form in plain)


def _small(statement: str) -> str:
    return statement[:1].lower() + statement[1:]


def _asked(statement: str) -> str | None:
    """The question that puts forward just this statement, or None where there is none, as of what bids: "let tolls rise"."""
    first, second = [*statement.lower().split(), "", ""][:2]
    # "Travel bans hurt": there the second word is a verb too; but "let" opens nothing else.
    if first not in AMBIGUOUS and (first == "let" or base_of(second) == second) and bids(first, second):
        return None
    return question_of(statement)


def _both_whys(generation: Generation, debate: str, statement: str, prover: Prover) -> list[Suggestion]:
    """Why a statement holds and why it does not, where the sources answer both: one alone would take a side.

    Each is to be answered by a document that the operator puts on its side: "Why should X?" may well find what is against it.
    """
    denied = opposite(statement)
    both = (statement, _small(denied) if statement[:1].islower() else denied)
    asked = {
        f"Why {_small(question)}": one for one in both if " not true that " not in one and (question := _asked(one))
    }
    proven = _surest(asked, debate, prover)
    sided = [entry for entry in proven if _argues(generation, entry.row, asked[entry.question])]
    return sided if len(sided) > 1 else []


def _argues(generation: Generation, row: int, statement: str) -> bool:
    positions = positions_of(generation, generation.window(row).document, statement)
    return side_of(positions, statement) is Side.FOR


def _asked_again(generation: Generation, debate: str) -> list[str]:
    """What is tried where few documents of a debate changed, or none: its questions so far, and the changed ones' subjects.

    Each is proven anew. What the documents that did not change are about was found out before.
    """
    before = generation.before
    if before is None or before.card.encoder != generation.card.encoder:
        return []
    documents = generation.documents_of(debate)
    changed = [number for number in documents if before.number_of_same(generation.rows[number]) is None]
    gone = sum(row.debate == debate for row in before.rows) - (len(documents) - len(changed))
    if max(len(changed), gone) > CHANGED * len(documents):
        return []
    known = [
        entry.question
        for entry in suggestions_of(before)
        if entry.debate == debate and entry.question.startswith(_FORMED)
    ]
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
