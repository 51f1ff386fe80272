"""Confidence: how likely it is that the chosen quotes answer a question, and why it gets no answer if not."""

import json
import math
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.files import make_folder
from pullquote.corpus.passages import search_key
from pullquote.errors import CorpusError, IndexCorrupt, IndexMismatch
from pullquote.index.files import json_bytes, swap_in
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.index.lexical import PRONOUNS, STOP_WORDS, terms
from pullquote.index.search import Choice

NEARBY = 2  # sentences around a quote in which a name of the question may stand
NEAR = 0.35  # cosine from which a text is on the subject; below it, every hundredth counts
_SCORES = ("near", "dense", "passage", "words", "tokens")
FEATURES = (*_SCORES, "unknown", "names_missing", "kind_missing")
FORMAT = 1  # of what an operator fitted
FEWEST, FEWEST_EACH = 20, 5  # questions to fit to; of them answered rightly, and of them not
PULL = 4.0  # how many questions' worth the shipped weights count, feature by feature
STEPS, FOLDS = 50, 5
HABITUAL = 2  # words that every English sentence has, from which a question is English
PLAIN = 7  # letters without names, from which a question's language shows
# Log-odds where a language model that was never fitted points at nothing; chosen, not measured.
NOTHING = -1.0
FAR = 0.02  # confidence below which even the nearest passage is far (docs/quality.md)
SURE = 0.8  # probability of another language from which a question is refused
_MEND = "run `pullquote eval DIR --fit` again, or delete it to use the shipped weights"

_Array = NDArray[np.float64]
Row = tuple[tuple[float, ...], bool]
"""The features of an answer, and whether one of its quotes is right."""

_NAME = re.compile(r"(?<=[\w,;:’'”\"-] )[A-Z][\w’'-]+|\b\d[\d.,]*\b|\b[A-Z]{2,}\b")
_LOADING = threading.Lock()
_POINTING = PRONOUNS | {"this", "that", "these", "those"}
_TO_COME = re.compile(  # not "When will it start?": a source may tell what is planned
    r"\bshould (?:i|we|my)\b|^\W*(?:will|who will|what will)\b|\b(?:predict|tomorrow)\b|\bnext (?:year|month|week)\b",
    re.IGNORECASE,
)
# Kinds of answer that show in a text's form: what asks for one, and what one has in it.
_NUMBER = (
    r"\bhow (?:many|much|often|large|big|far|long|old)\b|\b(?:what|which) (?:\w+ )?(?:number|percentage|share|rate)\b",
    r"\d|\b(?i:one|two|three|four|five|ten|(?:hundred|thousand|million|billion)s?|half|percent|most)\b",
)
_TIME = (
    r"^\W*(?:and |but )?when\b|\b(?:what|which) (?:year|date|month|day|time)\b",
    r"\b(?:1\d|20)\d\d|\d:\d\d|\b(?i:today|century|decades?|years? ago|last year|after|before|until|since|during)\b",
)
_PERSON = (  # a capital inside a sentence: the first word's says nothing
    r"^\W*(?:and |but )?who(?:m|se)?\b|\bwhat (?:is|was) the name\b",
    r"(?<=[\w,;:’'”\"-] )[“\"(]?[A-Z][\w.’'-]*[a-z]|\b[A-Z]{2,}\b|\b(?i:government|president|people|we)\b",
)
_KINDS = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(holds))
    for asks, holds in (_NUMBER, _TIME, _PERSON)
)


class Reason(StrEnum):
    """Why no quote is given."""

    NOT_COVERED = "not_covered"
    TOO_VAGUE = "too_vague"
    NEEDS_CONTEXT = "needs_context"
    PREDICTION_OR_ADVICE = "asks_prediction_or_advice"
    UNSUPPORTED_LANGUAGE = "unsupported_language"


def expected(question: str) -> re.Pattern[str] | None:
    """What an answer must contain: a number, a time or a name; None where anything may do."""
    return next((holds for asks, holds in _KINDS if asks.search(question)), None)


def features(generation: Generation, question: str, choices: Sequence[Choice]) -> tuple[float, ...]:
    """What speaks for and against the quotes chosen, in the order of FEATURES.

    The first five are the best hit's cosine up to NEAR and from there on, its passage's cosine, its
    BM25 share and its late interaction. Then, each from 0 to 1: the weight of the question's words
    that no document holds, the question's names and numbers that the best quote's passage lacks,
    and whether no quote has the kind of answer that is asked for.
    """
    hit, kind = choices[0].hit, expected(question)
    rarity = generation.words.weights(terms(question))
    unseen = sum(weight for term, weight in rarity.items() if term not in generation.words)
    missing = kind is not None and not any(kind.search(choice.quote.text) for choice in choices)
    dense = (min(hit.dense, NEAR), max(hit.dense, NEAR))
    scores = (*dense, hit.passage, hit.words, hit.tokens, unseen / (sum(rarity.values()) or 1.0))
    return (*scores, _names_missing(question, choices[0]), float(missing))


def _names_missing(question: str, best: Choice) -> float:
    """The share of the question's names and numbers that are not said around the best quote."""
    name_terms = {term for name in _NAME.findall(question) for term in terms(name)}
    if not name_terms:
        return 0.0
    quote = best.quote
    nearby_sentences = quote.sentences[max(0, quote.first - NEARBY) : quote.last + NEARBY + 1]
    text = " ".join(sentence.span.cut(quote.document.text) for sentence in nearby_sentences)
    return len(name_terms.difference(terms(search_key(quote.document, text)))) / len(name_terms)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the features; fitted by benchmarks/fit_calibration.py."""

    constant: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """The probability, 0 to 1, that the quotes answer."""
        products = (weight * value for weight, value in zip(self.weights, values, strict=True))
        total = self.constant + sum(products)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


# With a learned ranker the logit of how likely its best answers comes after the features, and last how far the next is
# below. Fitted on the topics kept for choosing and others (docs/quality.md).
SHIPPED = {  # by whether a ranker reads, and whether windows were compared by late interaction
    (False, False): Calibration(
        -12.459, (26.522, 4.745, 1.222, 3.878, 0.0, -0.360, -0.965, -1.135)
    ),
    (False, True): Calibration(-6.157, (0.0, 0.0, 1.558, 0.0, 8.390, 0.0, -0.983, 0.0)),
    (True, False): Calibration(-2.207, (4.405, 4.405, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.068, 0.0)),
    (True, True): Calibration(-2.182, (2.889, 0.0, 0.0, 0.0, 3.179, 0.0, 0.0, 0.0, 0.857, 0.047)),
}


def shipped(*, ranked: bool, late: bool = True) -> Calibration:
    """The weights that come with the program, with or without a ranker and late interaction."""
    return SHIPPED[ranked, late]


def pointed_prior(*, ranked: bool, late: bool = True) -> Calibration:
    """The same for an answer that a language model pointed at.

    Two features more: whether it pointed at nothing, and by how much the ranker likes its first
    window less than the best. Before a fit the ranker's opinion of that window counts.
    """
    base = shipped(ranked=ranked, late=late)
    dislike = -base.weights[len(FEATURES)] if ranked else 0.0
    return Calibration(base.constant, (*base.weights, NOTHING, dislike))


def _points(words: str) -> bool:
    """Whether words point back to something: "it", "that plan"."""
    return not _POINTING.isdisjoint(word.strip("?!.,") for word in words.lower().split())


def unaskable(question: str, resolved: str, *, has_history: bool) -> Reason | None:
    """Why a question, alone and resolved, cannot be looked up at all; None when it can."""
    if terms(resolved):
        return None
    return Reason.NEEDS_CONTEXT if _points(question) and not has_history else Reason.TOO_VAGUE


def silence(question: str, resolved: str) -> Reason:
    """Why a question that was looked up gets no answer; what earlier turns ask does not matter."""
    if _TO_COME.search(question):
        return Reason.PREDICTION_OR_ADVICE
    vague = len(terms(resolved)) <= 1 and _points(resolved)
    return Reason.TOO_VAGUE if vague else Reason.NOT_COVERED


def foreign(question: str, languages: frozenset[str], knows: Callable[[str], bool]) -> bool:
    """Whether a question is clearly in none of these languages; a scrap, a name, or words of the sources never are.

    Args:
        languages: ISO 639-1 codes of the sources' languages.
        knows: whether a word occurs in the sources.
    """
    plain = [
        word.lower()
        for position, word in enumerate(question.split())
        if position == 0 or not word.strip('¿¡“"‘(')[:1].isupper()
    ]
    short = sum(map(len, plain)) < PLAIN
    english = "en" in languages and sum(word in STOP_WORDS for word in plain) >= HABITUAL
    if short or english or all(knows(word.strip("?!.,¿¡")) for word in plain):
        return False
    with _LOADING:  # a cache takes no lock, and each thread would load it
        identifier = _identifier()
    language, probability = identifier.classify(" ".join(plain))
    return language not in languages and probability >= SURE


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier
    from stop_words import LANGUAGE_MAPPING

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in LANGUAGE_MAPPING if code in identifier.nb_classes])
    return identifier


def language_names(codes: Iterable[str]) -> str:
    """Languages by their English names, in words: "English or French"."""
    from stop_words import LANGUAGE_MAPPING

    return " or ".join(sorted(LANGUAGE_MAPPING.get(code, code).capitalize() for code in set(codes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A calibration with what it was fitted on and with; `encoder`, `ranker` and `pointer` must stay the same."""

    encoder: str
    ranker: str | None
    sets: tuple[str, ...]
    questions: int
    right: int
    constant: float
    weights: tuple[float, ...]
    pointer: str | None = None  # the language model that pointed
    format: int = FORMAT

    @property
    def calibration(self) -> Calibration:
        """What turns features into a probability."""
        return Calibration(self.constant, self.weights)

    def write(self, index: Path) -> Path:
        """Put it into the index folder, where the next start finds it."""
        make_folder(index)
        path = _path(index, self.pointer)
        swap_in(path, json_bytes(asdict(self)) + b"\n")
        return path


def _path(index: Path, pointer: str | None) -> Path:
    return Layout(index).pointed_calibration if pointer else Layout(index).calibration


def read_fitted(
    index: Path, encoder: str, ranker: str | None, pointer: str | None = None
) -> Fitted | None:
    """What an operator fitted, or None where nothing was.

    Raises:
        IndexCorrupt: the file cannot be understood.
        IndexMismatch: it was fitted with another encoder, ranker or language model.
    """
    path = _path(index, pointer)
    try:
        facts = json.loads(path.read_bytes(), parse_constant=int)  # neither NaN nor infinity
        weights, sets = tuple(map(float, facts["weights"])), tuple(facts["sets"])
        parsed = {"weights": weights, "sets": sets, "constant": float(facts["constant"])}
        fitted = Fitted(**{**facts, **parsed})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, TypeError, KeyError) as error:
        raise IndexCorrupt(f"{path} is damaged; {_MEND}") from error
    prior = (pointed_prior if pointer else shipped)(ranked=ranker is not None)
    as_now = (FORMAT, encoder, ranker, pointer, len(prior.weights))
    if (fitted.format, fitted.encoder, fitted.ranker, fitted.pointer, len(weights)) != as_now:
        raise IndexMismatch(f"{path} was fitted with another model, ranker or version; {_MEND}")
    return fitted


def fit(rows: Sequence[Row], prior: Calibration) -> Calibration:
    """Logistic regression, held near the prior so that few questions cannot carry it off.

    Raises:
        CorpusError: too few questions, or nearly all of one kind.
    """
    right = sum(row[1] for row in rows)
    if len(rows) < FEWEST or min(right, len(rows) - right) < FEWEST_EACH:
        counts = f"there are {len(rows)} questions, {right} of them answered rightly"
        needs = f"fitting needs {FEWEST}, and {FEWEST_EACH} of either kind"
        raise CorpusError(f"{counts}; {needs}; label more, some without an answer")
    return _solved(rows, prior)


def held_out(rows: Sequence[Row], prior: Calibration) -> list[float]:
    """Each question's probability by a fit that did not see it, in five folds."""
    stated = [0.0] * len(rows)
    for fold in range(FOLDS):
        fitted = _solved([row for index, row in enumerate(rows) if index % FOLDS != fold], prior)
        for index in range(fold, len(rows), FOLDS):
            stated[index] = fitted.probability(rows[index][0])
    return stated


def _solved(rows: Sequence[Row], prior: Calibration) -> Calibration:
    """The penalty is on each weight's difference from the prior's, in units of its feature's spread."""
    right = np.array([row[1] for row in rows], dtype=np.float64)
    values = np.array([row[0] for row in rows], dtype=np.float64)
    spread = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    pull = PULL * np.array([1e-6 / PULL, *(spread**2)])
    start = np.array([prior.constant, *prior.weights])
    columns = np.column_stack([np.ones(len(values)), values])
    constant, *weights = _newton(columns, right, start, pull).tolist()
    return Calibration(constant, tuple(weights))


def _newton(values: _Array, right: _Array, start: _Array, pull: _Array) -> _Array:
    """The minimum of a convex loss; each step is halved until the loss falls."""

    def loss(weights: _Array) -> float:
        scores = values @ weights
        penalty = 0.5 * pull @ (weights - start) ** 2
        return float(np.logaddexp(0, scores).sum() - right @ scores + penalty)

    weights = start.copy()
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(values @ weights, -30, 30)))
        slope = values.T @ (share - right) + pull * (weights - start)
        bend = (values * (share * (1 - share))[:, None]).T @ values + np.diag(pull + 1e-9)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-10:
            step = step / 2
        weights = weights - step
    return weights
