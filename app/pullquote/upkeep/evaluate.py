"""Measuring: how often the right words are quoted, and how well silence is kept."""

import math
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from pullquote.answers.answer import Answer, cite
from pullquote.answers.confidence import Calibration, read_fitted
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, resolve
from pullquote.answers.reply import Ready
from pullquote.index import Opened, build_index
from pullquote.index.build import Enrich, Progress
from pullquote.index.layout import STANCES, VOICES
from pullquote.index.search import MAX_SENTENCES, MAX_WORDS, Choice, Hit, cut
from pullquote.models.encoder import Encoder
from pullquote.models.ranker import OnnxRanker, Ranker, open_ranker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.judging import dump_stances
from pullquote.sides.stance import Citation
from pullquote.upkeep.datasets import Dataset, Evidence, LabelledQuestion
from pullquote.upkeep.scores import auroc, bins, calibration_error, mean_of, wilson
from pullquote.voice.book import dump_voices

COVERED = 0.8  # of a gold sentence, from which a quote counts as holding it
COVERAGES = (0.5, 0.7, 0.75)  # shares of the questions, the surest first


@dataclass(frozen=True, slots=True)
class Trial:
    """One question asked: what came first, what was hit, how sure the program was."""

    question: LabelledQuestion
    confidence: float
    hits: tuple[bool, ...]
    words: tuple[int, ...]
    word_f1: float
    plain_f1: float
    documents: tuple[str, ...]
    milliseconds: float

    def hit(self, count: int) -> bool:
        """Whether one of the first `count` quotes holds a gold span."""
        return any(self.hits[:count])


@dataclass(frozen=True, slots=True)
class Figures:
    """What a labelled set shows; None where it has no labels for a figure."""

    name: str
    questions: int
    hit_at_1: float | None
    hit_at_3: float | None
    word_f1: float | None
    plain_word_f1: float | None
    median_words: float | None
    recall_at_5: float | None
    ndcg_at_10: float | None
    auroc: float | None
    threshold: float
    coverage: float
    right_when_answered: float | None
    right_low: float | None
    right_high: float | None
    right_at_coverage: dict[str, tuple[float, float, float]]
    abstention_precision: float | None
    abstention_recall: float | None
    calibration_error: float | None
    milliseconds: float


def run(
    dataset: Dataset, settings: Settings, encoder: Encoder, progress: Progress = lambda done, of: None
) -> tuple[Trial, ...]:
    """Ask every question of a set whose answerability is decided; nothing is held back for doubt.

    Raises:
        EncoderError: the ranker is not there.
        IndexFault: the operator's own calibration cannot be used.
    """
    ranker = open_ranker(settings.reranker)
    fitted = read_fitted(settings.index, encoder.identity, ranker.name if ranker else None)
    explainer = open_set(dataset, settings, encoder, progress, ranker, fitted.calibration if fitted else None)
    return tuple(_try(explainer, question) for question in decided(dataset))


def open_set(
    dataset: Dataset, settings: Settings, encoder: Encoder, progress: Progress, ranker: Ranker | None = None,
    fitted: Calibration | None = None,
) -> Explainer:  # fmt: skip
    """An explainer over a set's own documents, which holds nothing back for doubt."""
    own = replace(settings, index=settings.index / "eval" / dataset.name, min_confidence=0.0)
    built = build_index(own, encoder, _judged(encoder), progress=progress, corpus=dataset.corpus)
    return Explainer(own, Ready(Opened(built.generation), encoder, ranker, fitted=fitted))


def decided(dataset: Dataset) -> list[LabelledQuestion]:
    """The questions of which it is known whether they have an answer."""
    return [question for question in dataset.questions if question.answerable is not None]


def _judged(encoder: Encoder) -> Enrich:
    """What an index holds of voices and of the debates' own propositions, so that answers are those which visitors get."""
    judge = lru_cache(maxsize=1)(OnnxRanker.open)
    return lambda generation: {
        VOICES: dump_voices(generation, bundled()),
        STANCES: dump_stances(generation, judge, lambda text: encoder.encode([text])[0], {}),
    }


def _try(explainer: Explainer, question: LabelledQuestion) -> Trial:
    query = Query(question=" ".join(question.text.split()), debate=question.debate, history=question.history)
    # This also encodes the question, outside the time taken.
    hits = explainer.retrieve(resolve(query), debate=query.debate)
    start = time.thread_time()
    answer = explainer.ask(query)
    taken = (time.thread_time() - start) * 1_000
    quotes = answer.citations
    return Trial(
        question,
        answer.confidence,
        tuple(is_hit(citation, question.evidence) for citation in by_force(answer)),
        tuple(citation.quote.words for citation in quotes),
        _word_f1(by_force(answer), question.evidence),
        _word_f1(_plain(explainer, hits), question.evidence),
        _documents(explainer, hits),
        taken,
    )


def _documents(explainer: Explainer, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The documents by their best window, best first."""
    rows = explainer.generation.rows
    return tuple(dict.fromkeys(rows[hit.document].id for hit in hits))


def _plain(explainer: Explainer, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """What finding alone would quote: the best window as it is, without any choosing."""
    choices = [(Choice(cut(explainer.generation, hit), hit, hit.score), ()) for hit in hits[:1]]
    return cite(choices)


def by_force(answer: Answer) -> tuple[Citation, ...]:
    """The quotes by score: they are read in another order when one leans the other way."""
    return tuple(sorted(answer.citations, key=lambda citation: -citation.score))


def is_hit(citation: Citation, evidence: Sequence[Evidence]) -> bool:
    """Whether a quote of readable length contains a gold span, or covers most of a gold sentence."""
    quote = citation.quote
    sentences = quote.last - quote.first + 1
    if sentences > 1 and (sentences > MAX_SENTENCES or quote.words > MAX_WORDS):
        return False
    for mark in evidence:
        if mark.document_id != quote.document.id or not quote.span.overlaps(mark.span):
            continue
        shared = min(quote.span.end, mark.span.end) - max(quote.span.start, mark.span.start)
        if shared >= COVERED * len(mark.span):
            return True
    return False


def _word_f1(citations: Sequence[Citation], evidence: Sequence[Evidence]) -> float:
    """F1 of the first quote's words against the gold range that it fits best."""
    best = 0.0
    for citation in citations[:1]:
        ours = Counter(citation.quote.text.lower().split())
        for mark in evidence:
            if mark.document_id == citation.quote.document.id:
                theirs = Counter(mark.span.cut(citation.quote.document.text).lower().split())
                shared = sum((ours & theirs).values())
                best = max(best, 2 * shared / (sum(ours.values()) + sum(theirs.values())))
    return best


def figures(name: str, trials: Sequence[Trial], threshold: float) -> Figures:
    """Sum trials up, with the share of right answers among those given at a threshold."""
    marked = [trial for trial in trials if trial.question.evidence]
    ranked = [trial for trial in trials if trial.question.relevant]
    given = [trial for trial in trials if trial.confidence >= threshold]
    silent = [trial for trial in trials if trial.confidence < threshold]
    unanswerable = [trial for trial in trials if not trial.question.answerable]
    right = [trial for trial in given if trial.hit(3)] if marked else []
    low, high = wilson(len(right), len(given))
    words = [count for trial in marked for count in trial.words]
    return Figures(
        name=name, questions=len(trials),
        hit_at_1=_mean([trial.hit(1) for trial in marked]),
        hit_at_3=_mean([trial.hit(3) for trial in marked]),
        word_f1=_mean([trial.word_f1 for trial in marked]),
        plain_word_f1=_mean([trial.plain_f1 for trial in marked]),
        median_words=statistics.median(words) if words else None,
        recall_at_5=_mean([_recall(trial, 5) for trial in ranked]),
        ndcg_at_10=_mean([_ndcg(trial, 10) for trial in ranked]),
        auroc=auroc([(trial.confidence, bool(trial.question.answerable)) for trial in trials]),
        threshold=threshold, coverage=len(given) / len(trials) if trials else 0.0,
        right_when_answered=len(right) / len(given) if given and marked else None,
        right_low=low if given and marked else None, right_high=high if given and marked else None,
        right_at_coverage={str(share): _right_at(trials, share) for share in COVERAGES} if marked else {},
        abstention_precision=_mean([not trial.question.answerable for trial in silent]),
        abstention_recall=_mean([trial.confidence < threshold for trial in unanswerable]),
        calibration_error=calibration_error([(trial.confidence, trial.hit(3)) for trial in trials]) if marked else None,
        milliseconds=statistics.median(trial.milliseconds for trial in trials) if trials else 0.0,
    )  # fmt: skip


def _right_at(trials: Sequence[Trial], coverage: float) -> tuple[float, float, float]:
    """Of the surest questions, as many as the coverage says: the share answered rightly, with its interval."""
    surest = sorted(trials, key=lambda trial: -trial.confidence)[: max(1, round(coverage * len(trials)))]
    right = sum(trial.hit(3) for trial in surest)
    return right / len(surest), *wilson(right, len(surest))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _recall(trial: Trial, count: int) -> float:
    return len(trial.question.relevant & set(trial.documents[:count])) / len(trial.question.relevant)


def _ndcg(trial: Trial, count: int) -> float:
    gains = [1 / math.log2(rank + 2) for rank in range(count)]
    ideal = sum(gains[: len(trial.question.relevant)])
    found = sum(
        gain for gain, document in zip(gains, trial.documents, strict=False) if document in trial.question.relevant
    )
    return found / ideal


def reliability(trials: Sequence[Trial]) -> list[tuple[float, float, int]]:
    """For each tenth of the confidence scale in use: mean confidence, share right, how many."""
    members = bins([(trial.confidence, trial.hit(3)) for trial in trials])
    return [(mean_of(part, 0), mean_of(part, 1), len(part)) for part in members]


def risk_coverage(trials: Sequence[Trial]) -> list[tuple[float, float]]:
    """(share answered, share of those answered wrongly) as the threshold falls."""
    ordered = sorted(trials, key=lambda trial: -trial.confidence)
    wrong = 0
    points = []
    for count, trial in enumerate(ordered, start=1):
        wrong += not trial.hit(3)
        points.append((count / len(ordered), wrong / count))
    return points


def table(rows: Sequence[Figures]) -> str:
    """The figures of several sets side by side, in Markdown."""
    heads = ("set", "questions", "hit@1", "hit@3", "word-F1 (plain)", "words", "R@5", "nDCG@10", "AUROC", "coverage",
             "right when answered (95 %)", "right at .70 (95 %)", "silence P / R", "ECE", "ms")  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    return "\n".join(lines)


def _cells(row: Figures) -> list[str]:
    def share(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    right = surest = "-"
    if row.right_at_coverage:
        part, low, high = row.right_at_coverage["0.7"]
        surest = f"{share(part)} ({share(low)}-{share(high)})"
    if row.right_when_answered is not None:
        right = f"{share(row.right_when_answered)} ({share(row.right_low)}-{share(row.right_high)})"
    return [
        row.name, str(row.questions), share(row.hit_at_1), share(row.hit_at_3), f"{share(row.word_f1)} ({share(row.plain_word_f1)})",
        "-" if row.median_words is None else f"{row.median_words:.0f}", share(row.recall_at_5),
        share(row.ndcg_at_10), share(row.auroc), share(row.coverage), right, surest,
        f"{share(row.abstention_precision)} / {share(row.abstention_recall)}", share(row.calibration_error),
        f"{row.milliseconds:.1f}",
    ]  # fmt: skip


def figures_wire(row: Figures) -> dict[str, object]:
    """The figures for programs."""
    return asdict(row)
