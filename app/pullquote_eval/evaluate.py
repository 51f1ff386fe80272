"""Measuring on labelled sets: how often the right words are quoted, how well silence is kept; and fitting the confidence."""

import math
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from pullquote.answers.answer import cite
from pullquote.answers.confidence import (
    Calibration,
    Fitted,
    Row,
    fit,
    held_out,
    pointed_prior,
    read_fitted,
    shipped,
)
from pullquote.answers.explainer import Explainer
from pullquote.answers.pointing import pointing_of
from pullquote.answers.query import Query, resolve
from pullquote.answers.ready import Ready, choose
from pullquote.index import Opened, build_index
from pullquote.index.generation import Draft
from pullquote.index.layout import STANCES
from pullquote.index.parts import Progress
from pullquote.index.search import MAX_SENTENCES, MAX_WORDS, Choice, cut
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import bundled as interaction
from pullquote.models.ranker import Ranker, bundled_judge, open_ranker
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.judging import dump_stances
from pullquote.sides.stance import Citation
from pullquote.voice.book import line_of
from pullquote_eval.datasets import Dataset, Evidence, LabelledQuestion

COVERED = 0.8  # of a gold sentence, from which a quote counts as holding it
COVERAGES = (0.5, 0.7, 0.75)  # shares of the questions, the surest first
BINS = 10
Scored = Sequence[tuple[float, bool]]


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
    fault: str | None = None  # of the language model

    def hit(self, count: int) -> bool:
        """Whether one of the first `count` quotes holds a gold span."""
        return any(self.hits[:count])


def run(
    dataset: Dataset,
    settings: Settings,
    encoder: Encoder,
    progress: Progress = lambda done, of: None,
) -> tuple[Trial, ...]:
    """Ask every question of a set whose answerability is decided; nothing is held back for doubt.

    Raises:
        EncoderError: the ranker is not there.
        IndexFault: the operator's own calibration cannot be used.
    """
    ranker = open_ranker(settings.reranker)
    fitted = read_fitted(settings.index, encoder.identity, ranker.name if ranker else None)
    explainer = open_set(
        dataset, settings, encoder, progress, ranker, fitted.calibration if fitted else None
    )
    return tuple(
        _try(explainer, question)
        for question in dataset.questions
        if question.answerable is not None
    )


def open_set(
    dataset: Dataset,
    settings: Settings,
    encoder: Encoder,
    progress: Progress,
    ranker: Ranker | None = None,
    fitted: Calibration | None = None,
) -> Explainer:
    """An explainer over a set's own documents, of which it knows what visitors' index does, and holds nothing back."""
    folder = settings.index / "eval" / dataset.name
    set_settings = replace(settings, index=folder, min_confidence=0.0)

    def enrich(draft: Draft) -> None:
        encode = encoder.encode
        draft.add(STANCES, dump_stances(draft, bundled_judge, lambda text: encode([text])[0], {}))

    built = build_index(
        set_settings,
        encoder,
        enrich,
        progress=progress,
        corpus=dataset.corpus,
        interaction=interaction(),
        attribute=partial(line_of, bundled()),
    )
    pointing = pointing_of(settings, encoder.identity, ranker)
    ready = Ready(Opened(built.generation), encoder, ranker, fitted=fitted, pointing=pointing)
    return Explainer(set_settings, ready)


def _try(explainer: Explainer, question: LabelledQuestion) -> Trial:
    query = question.query
    # This also encodes the question, outside the time taken.
    hits = explainer.retrieve(str(resolve(query)), debate=query.debate)
    start = time.thread_time()
    answer = explainer.ask(query)
    milliseconds = (time.thread_time() - start) * 1_000
    generation = explainer.generation
    # by score: they are read in another order when one leans the other way
    ranked = sorted(answer.citations, key=lambda citation: -citation.score)
    # what finding alone would quote: the best window as it is, without any choosing
    plain = cite([(Choice(cut(generation, hit), hit, hit.score), ()) for hit in hits[:1]])
    return Trial(
        question,
        answer.confidence,
        tuple(is_hit(citation, question.evidence) for citation in ranked),
        tuple(citation.quote.words for citation in answer.citations),
        _word_f1(ranked, question.evidence),
        _word_f1(plain, question.evidence),
        tuple(dict.fromkeys(generation.rows[hit.document].id for hit in hits)),
        milliseconds,
        answer.pointed.fault if answer.pointed else None,
    )


def is_hit(citation: Citation, evidence: Sequence[Evidence]) -> bool:
    """Whether a quote of readable length contains a gold span, or covers most of a gold sentence."""
    quote = citation.quote
    sentences = quote.last - quote.first + 1
    if sentences > 1 and (sentences > MAX_SENTENCES or quote.words > MAX_WORDS):
        return False
    spans = [
        span for name, span in evidence if name == quote.document.id and quote.span.overlaps(span)
    ]
    shared = [min(quote.span.end, span.end) - max(quote.span.start, span.start) for span in spans]
    return any(overlap >= COVERED * len(span) for overlap, span in zip(shared, spans, strict=True))


def _word_f1(citations: Sequence[Citation], evidence: Sequence[Evidence]) -> float:
    """F1 of the first quote's words against the gold range that it fits best."""
    best = 0.0
    for quote in [citation.quote for citation in citations[:1]]:
        ours = Counter(quote.text.lower().split())
        for span in [span for name, span in evidence if name == quote.document.id]:
            theirs = Counter(span.cut(quote.document.text).lower().split())
            best = max(best, 2 * (ours & theirs).total() / (ours.total() + theirs.total()))
    return best


Figures = dict[str, Any]
"""What a labelled set shows, as it is printed for programs; None where it has no labels for a figure."""


def figures(name: str, trials: Sequence[Trial], threshold: float) -> Figures:
    """Sum trials up, with the share of right answers among those given at a threshold."""
    marked = [trial for trial in trials if trial.question.evidence]
    answered = [trial for trial in trials if trial.confidence >= threshold]
    right, low, high = _share(answered) if answered and marked else (None, None, None)
    surest = sorted(trials, key=lambda trial: -trial.confidence)
    counts = {share: max(1, round(share * len(trials))) for share in COVERAGES} if marked else {}
    silent = [trial for trial in trials if trial.confidence < threshold]
    unanswerable = [trial for trial in trials if not trial.question.answerable]
    milliseconds = [trial.milliseconds for trial in trials]
    scored = [(trial.confidence, trial.hit(3)) for trial in trials]
    return {
        "name": name,
        "questions": len(trials),
        **_quoting_figures(trials),
        "auroc": auroc([(trial.confidence, bool(trial.question.answerable)) for trial in trials]),
        "threshold": threshold,
        "coverage": len(answered) / len(trials) if trials else 0.0,
        "right_when_answered": right,
        "right_low": low,
        "right_high": high,
        "right_at_coverage": {str(part): _share(surest[:n]) for part, n in counts.items()},
        "abstention_precision": _mean([not trial.question.answerable for trial in silent]),
        "abstention_recall": _mean([trial.confidence < threshold for trial in unanswerable]),
        "calibration_error": calibration_error(scored) if marked else None,
        "milliseconds": statistics.median(milliseconds) if trials else 0.0,
    }


def _quoting_figures(trials: Sequence[Trial]) -> Figures:
    """How well the right words and documents come first, however sure the program is."""
    marked = [trial for trial in trials if trial.question.evidence]
    relevant = [trial for trial in trials if trial.question.relevant]
    words = [count for trial in marked for count in trial.words]
    return {
        "hit_at_1": _mean([trial.hit(1) for trial in marked]),
        "hit_at_3": _mean([trial.hit(3) for trial in marked]),
        "word_f1": _mean([trial.word_f1 for trial in marked]),
        "plain_word_f1": _mean([trial.plain_f1 for trial in marked]),
        "median_words": statistics.median(words) if words else None,
        "recall_at_5": _mean([_recall(trial, 5) for trial in relevant]),
        "ndcg_at_10": _mean([_ndcg(trial, 10) for trial in relevant]),
    }


def _share(trials: Sequence[Trial]) -> tuple[float, float, float]:
    right = sum(trial.hit(3) for trial in trials)
    return right / len(trials), *wilson(right, len(trials))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _recall(trial: Trial, count: int) -> float:
    relevant = trial.question.relevant
    return len(relevant & {*trial.documents[:count]}) / len(relevant)


def _ndcg(trial: Trial, count: int) -> float:
    gains, relevant = [1 / math.log2(rank + 2) for rank in range(count)], trial.question.relevant
    ranked = zip(gains, trial.documents, strict=False)
    gained = sum(gain for gain, document in ranked if document in relevant)
    return gained / sum(gains[: len(relevant)])


def auroc(scored: Scored) -> float | None:
    """The chance that a positive scores above a negative; ties count half. None with one kind only."""
    right, wrong = (
        np.sort([score for score, true in scored if bool(true) is kind]) for kind in (True, False)
    )
    if not len(right) or not len(wrong):
        return None
    below = sum(int(np.searchsorted(wrong, right, side).sum()) for side in ("left", "right"))
    return below / 2 / (len(right) * len(wrong))


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    reach = z / (1 + z * z / total) * spread
    return middle - reach, middle + reach


def calibration_error(scored: Scored) -> float:
    """Expected calibration error: stated probability against true share, in ten bins."""
    return sum(
        count / len(scored) * abs(stated - true) for stated, true, count in reliability(scored)
    )


def reliability(scored: Scored) -> list[tuple[float, float, int]]:
    """For each tenth of the scale in use: mean stated probability, true share, how many."""
    tenths = [
        [pair for pair in scored if min(BINS - 1, int(pair[0] * BINS)) == tenth]
        for tenth in range(BINS)
    ]
    filled = (tuple(zip(*pairs, strict=True)) for pairs in tenths if pairs)
    return [
        (statistics.fmean(stated), statistics.fmean(true), len(true)) for stated, true in filled
    ]


def table(rows: Sequence[Figures]) -> str:
    """The figures of several sets side by side, in Markdown."""
    heads, *_ = cells = [tuple(zip(*_cells(row), strict=True)) for row in rows]
    lines = [heads[0], ["---"] * len(heads[0]), *(values for _, values in cells)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Figures) -> tuple[tuple[str, str], ...]:
    share, words = _decimal, row["median_words"]
    right = row["right_when_answered"], row["right_low"], row["right_high"]
    precision, recall = row["abstention_precision"], row["abstention_recall"]
    return (
        ("set", row["name"]),
        ("questions", str(row["questions"])),
        ("hit@1", share(row["hit_at_1"])),
        ("hit@3", share(row["hit_at_3"])),
        ("word-F1 (plain)", f"{share(row['word_f1'])} ({share(row['plain_word_f1'])})"),
        ("words", "-" if words is None else f"{words:.0f}"),
        ("R@5", share(row["recall_at_5"])),
        ("nDCG@10", share(row["ndcg_at_10"])),
        ("AUROC", share(row["auroc"])),
        ("coverage", share(row["coverage"])),
        ("right when answered (95 %)", _interval(*right)),
        (
            "right at .70 (95 %)",
            _interval(*row["right_at_coverage"].get("0.7", (None, None, None))),
        ),
        ("silence P / R", f"{share(precision)} / {share(recall)}"),
        ("ECE", share(row["calibration_error"])),
        ("ms", f"{row['milliseconds']:.1f}"),
    )


def _decimal(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    return "-" if value is None else f"{_decimal(value)} ({_decimal(low)}-{_decimal(high)})"


def tune(
    sets: Sequence[Dataset],
    settings: Settings,
    encoder: Encoder,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """Fit the confidence to these sets and write it into the index folder; how well it tells, as shipped and on held-out questions.

    Raises:
        CorpusError: too few labelled questions.
        EncoderError: the ranker is not there.
    """
    ranker, rows = open_ranker(settings.reranker), list[Row]()
    for dataset in sets:
        rows += rows_of(dataset, open_set(dataset, settings, encoder, progress, ranker))
    prior = (pointed_prior if settings.llm_url else shipped)(ranked=ranker is not None)
    calibration = fit(rows, prior)
    fitted = Fitted(
        encoder=encoder.identity,
        ranker=ranker.name if ranker else None,
        pointer=settings.llm_model if settings.llm_url else None,
        sets=tuple(dataset.name for dataset in sets),
        questions=len(rows),
        right=sum(right for _, right in rows),
        constant=calibration.constant,
        weights=calibration.weights,
    )
    stated = ([prior.probability(values) for values, _ in rows], held_out(rows, prior))
    path = str(fitted.write(settings.index))
    return {**asdict(fitted), "path": path, **_fit_figures(stated, [right for _, right in rows])}


def _fit_figures(stated: Iterable[Sequence[float]], right: Sequence[bool]) -> Figures:
    """How well each row of probabilities tells right answers from wrong ones, and how far off it is."""
    scored = [list(zip(probabilities, right, strict=True)) for probabilities in stated]
    return {"auroc": [*map(auroc, scored)], "calibration_error": [*map(calibration_error, scored)]}


def tuned_text(tuned: Mapping[str, Any]) -> str:
    """What was fitted, for people."""
    areas = " -> ".join("-" if area is None else f"{area:.3f}" for area in tuned["auroc"])
    errors = " -> ".join(f"{error:.3f}" for error in tuned["calibration_error"])
    summary = f"{tuned['questions']} questions of {', '.join(tuned['sets'])}, {tuned['right']} of them answered rightly"
    return f"""fitted to {summary}
on questions left out of the fit (shipped -> fitted): AUROC of right against wrong {areas}, calibration error {errors}
written to {tuned["path"]}; `index`, `ask` and `serve` use it from their next start on; delete it to go back"""


def chosen(explainer: Explainer, query: Query) -> tuple[tuple[float, ...], tuple[Choice, ...]]:
    """The features behind an answer's confidence, and its quotes; none after a fault."""
    question = str(resolve(query))
    hits = explainer.retrieve(question, debate=query.debate)
    decision, pointed = choose(explainer.ready, question, hits, query.max_quotes)
    return ((), ()) if pointed and pointed.fault else (decision.values, decision.choices)


def rows_of(dataset: Dataset, explainer: Explainer) -> list[Row]:
    """The features of each answer and whether one of its quotes is right; unmarked questions are left out."""
    rows: list[Row] = []
    for question in dataset.questions:
        if question.answerable is False or (question.answerable and question.evidence):
            values, choices = chosen(explainer, question.query)
            cited = cite([(choice, ()) for choice in choices])
            if choices:
                rows.append(
                    (values, any(is_hit(citation, question.evidence) for citation in cited))
                )
    return rows
