"""Measuring on labelled sets: how often the right words are quoted, how well silence is kept; and fitting the confidence."""

import json
import math
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

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
from pullquote.answers.query import MAX_TURNS, Query, Turn, resolve
from pullquote.answers.ready import Ready, choose
from pullquote.corpus.corpus import Corpus, load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.errors import CorpusError, InvalidSpan
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
from pullquote.span import Span
from pullquote.voice.book import line_of

DATA = "$PULLQUOTE_EVAL_DATA"
COVERED = 0.8  # of a gold sentence, from which a quote counts as holding it
COVERAGES = (0.5, 0.7, 0.75)  # shares of the questions, the surest first
BINS = 10
Scored = Sequence[tuple[float, bool]]
Read = TypeVar("Read")
Evidence = tuple[str, Span]
"""The id of a document, and a range of it that answers a question."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, whether the documents answer it (None: undecided), and where; `debate` None asks all of them."""

    id: str
    text: str
    answerable: bool | None
    half: str | None
    debate: str | None
    history: tuple[Turn, ...]
    relevant: frozenset[str] = frozenset()
    evidence: tuple[Evidence, ...] = ()

    @property
    def query(self) -> Query:
        """As it is asked."""
        return Query(question=" ".join(self.text.split()), debate=self.debate, history=self.history)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A labelled set by its folder's name."""

    name: str
    corpus: Corpus
    questions: tuple[LabelledQuestion, ...]


def load_dataset(folder: Path, settings: Settings) -> Dataset:
    """Read queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of documents.

    Raises:
        CorpusError: a file is missing or not what it should be, or one names what another does not have.
    """
    try:
        corpus = _corpus(folder, settings)
        questions = _labelled(folder, {document.id: document.text for document in corpus.documents})
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        raise CorpusError(
            f"{folder} is no labelled set ({why}); docs/quality.md describes the format"
        ) from error
    return Dataset(folder.name, corpus, questions)


def _rows(path: Path, read: Callable[[dict[str, Any]], Read]) -> list[Read]:
    """What is read from each line; one that cannot be used is named by its file and number."""
    rows = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            rows += [read(_object(line))] if line.strip() else []
        except (ValueError, TypeError, KeyError, InvalidSpan) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else error
            why = f"no JSON ({error})" if isinstance(error, json.JSONDecodeError) else why
            raise ValueError(f"{path.name}:{number}: {why}") from error
    if not rows:
        raise ValueError(f"{path.name} is empty")
    return rows


def _object(line: bytes) -> dict[str, Any]:
    row = json.loads(line.decode("utf-8"))
    if not isinstance(row, dict):
        raise TypeError("must be a JSON object")
    return row


def _labelled(folder: Path, texts: Mapping[str, str]) -> tuple[LabelledQuestion, ...]:
    """The questions with what answers them."""
    questions = {question.id: question for question in _rows(folder / "queries.jsonl", _question)}

    def mark(row: Mapping[str, Any]) -> None:
        name, document = row["query_id"], row["doc_id"]
        if name not in questions:
            raise ValueError(f"queries.jsonl has no question {name!r}")
        if document not in texts:
            raise ValueError(f"the set has no document {document!r}")
        try:
            spans = [(document, Span(mark["start"], mark["end"])) for mark in row["evidence"]]
            _ = [span.cut(texts[document]) for _, span in spans]
        except InvalidSpan as error:
            raise ValueError(f"evidence for {name!r} in {document!r}: {error}") from error
        if row.get("relevance", 1) > 0:
            question = questions[name]
            questions[name] = replace(
                question,
                relevant=question.relevant | {document},
                evidence=(*question.evidence, *spans),
            )

    _rows(folder / "qrels.jsonl", mark)
    return tuple(questions.values())


def _question(row: Mapping[str, Any]) -> LabelledQuestion:
    if row["answerable"] not in (True, False, None):
        raise ValueError("'answerable' must be true, false or null")
    turns = [turn["text"] for turn in row.get("history", []) if turn["speaker"] == "user"]
    history = tuple(Turn(text) for text in turns[-MAX_TURNS:])
    return LabelledQuestion(
        row["id"], row["text"], row["answerable"], row.get("half"), row.get("debate"), history
    )


def _corpus(folder: Path, settings: Settings) -> Corpus:
    """The documents of a set; those of other folders are named from its own, or below PULLQUOTE_EVAL_DATA."""
    if not folder.is_dir():
        raise ValueError("there is no such folder")
    if (folder / "corpus.jsonl").is_file():
        return Corpus(tuple(_folder(folder, settings)))
    if not (folder / "documents.json").is_file():
        raise ValueError("it has neither corpus.jsonl nor documents.json")
    facts = json.loads((folder / "documents.json").read_bytes())
    folders = [("", name) for name in facts.get("folders", ())] + list(
        facts.get("debates", {}).items()
    )
    data = settings.eval_data or os.environ.get(
        DATA[1:]
    )  # where a measurement makes its settings by itself
    if not data and any(name.startswith(DATA) for _, name in folders):
        raise CorpusError(f"{folder.name} needs documents from {DATA[1:]}, which is not set")

    def documents(debate: str, name: str) -> Iterator[Document]:
        path = Path(name.replace(DATA, str(data))) if name.startswith(DATA) else folder / name
        read_documents = _folder(path, settings)
        if not debate:
            return (replace(document, debate=folder.name) for document in read_documents)
        return (
            replace(
                document,
                debate=debate,
                id=f"{debate}/{Path(document.path).stem}",
                path=f"{debate}/{document.path}",
            )
            for document in read_documents
        )

    return Corpus(
        tuple(document for debate, name in folders for document in documents(debate, name))
    )


def _folder(folder: Path, settings: Settings) -> Sequence[Document]:
    """The documents of a corpus.jsonl, or files with their front matter or a manifest.jsonl beside them."""

    def document(row: Mapping[str, Any]) -> Document:
        source = Source(title=row.get("title") or None, author=row.get("author") or None)
        debate = row.get("debate") or folder.name
        return Document(
            id=row["id"], debate=debate, path=f"{row['id']}.txt", text=row["text"], source=source
        )

    def described(row: Mapping[str, Any]) -> tuple[str, Source]:
        return row["file"], Source(
            **{field.name: row.get(field.name) or None for field in fields(Source)}
        )

    if (folder / "corpus.jsonl").is_file():
        return _rows(folder / "corpus.jsonl", document)
    documents = load_corpus(replace(settings, corpus=folder)).documents
    if not (folder / "manifest.jsonl").is_file():
        return documents
    facts = dict(_rows(folder / "manifest.jsonl", described))
    return [replace(document, source=facts[document.path]) for document in documents]


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
    dataset: Dataset, settings: Settings, encoder: Encoder, progress: Progress, ranker: Ranker | None = None,
    fitted: Calibration | None = None,
) -> Explainer:  # fmt: skip
    """An explainer over a set's own documents, of which it knows what visitors' index does, and holds nothing back."""
    set_settings = replace(
        settings, index=settings.index / "eval" / dataset.name, min_confidence=0.0
    )

    def enrich(draft: Draft) -> None:
        encode = encoder.encode
        draft.add(STANCES, dump_stances(draft, bundled_judge, lambda text: encode([text])[0], {}))

    built = build_index(
        set_settings, encoder, enrich, progress=progress, corpus=dataset.corpus, interaction=interaction(),
        attribute=partial(line_of, bundled()),
    )  # fmt: skip
    pointing = pointing_of(settings, encoder.identity, ranker)
    return Explainer(
        set_settings,
        Ready(Opened(built.generation), encoder, ranker, fitted=fitted, pointing=pointing),
    )


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
        question, answer.confidence, tuple(is_hit(citation, question.evidence) for citation in ranked),
        tuple(citation.quote.words for citation in answer.citations), _word_f1(ranked, question.evidence),
        _word_f1(plain, question.evidence), tuple(dict.fromkeys(generation.rows[hit.document].id for hit in hits)), milliseconds,
        answer.pointed.fault if answer.pointed else None,
    )  # fmt: skip


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
    relevant = [(trial.question.relevant, trial) for trial in trials if trial.question.relevant]
    answered_trials = [trial for trial in trials if trial.confidence >= threshold]
    answered = {
        "threshold": threshold,
        "coverage": len(answered_trials) / len(trials) if trials else 0.0,
    }
    right, low, high = _share(answered_trials) if answered_trials and marked else (None, None, None)
    surest = sorted(trials, key=lambda trial: -trial.confidence)
    shares = (
        {coverage: surest[: max(1, round(coverage * len(trials)))] for coverage in COVERAGES}
        if marked
        else {}
    )
    words = [count for trial in marked for count in trial.words]
    scored = [(trial.confidence, trial.hit(3)) for trial in trials]
    hit = {f"hit_at_{count}": _mean([trial.hit(count) for trial in marked]) for count in (1, 3)}
    return {
        "name": name, "questions": len(trials), **hit,
        "word_f1": _mean([trial.word_f1 for trial in marked]),
        "plain_word_f1": _mean([trial.plain_f1 for trial in marked]),
        "median_words": statistics.median(words) if words else None,
        "recall_at_5": _mean([len(one & {*trial.documents[:5]}) / len(one) for one, trial in relevant]),
        "ndcg_at_10": _mean([_ndcg(trial, 10) for _, trial in relevant]),
        "auroc": auroc([(trial.confidence, bool(trial.question.answerable)) for trial in trials]),
        **answered, "right_when_answered": right, "right_low": low, "right_high": high,
        "right_at_coverage": {str(coverage): _share(some) for coverage, some in shares.items()},
        "abstention_precision": _mean([not one.question.answerable for one in trials if one.confidence < threshold]),
        "abstention_recall": _mean([one.confidence < threshold for one in trials if not one.question.answerable]),
        "calibration_error": calibration_error(scored) if marked else None,
        "milliseconds": statistics.median(trial.milliseconds for trial in trials) if trials else 0.0,
    }  # fmt: skip


def _share(trials: Sequence[Trial]) -> tuple[float, float, float]:
    right = sum(trial.hit(3) for trial in trials)
    return right / len(trials), *wilson(right, len(trials))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _ndcg(trial: Trial, count: int) -> float:
    gains, relevant = [1 / math.log2(rank + 2) for rank in range(count)], trial.question.relevant
    gained = sum(
        gain for gain, document in zip(gains, trial.documents, strict=False) if document in relevant
    )
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
    reach = (
        z
        / (1 + z * z / total)
        * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    )
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
    return [
        (sum(stated for stated, _ in pairs) / len(pairs), sum(true for _, true in pairs) / len(pairs), len(pairs))
        for pairs in tenths if pairs
    ]  # fmt: skip


def table(rows: Sequence[Figures]) -> str:
    """The figures of several sets side by side, in Markdown."""
    heads, *_ = cells = [tuple(zip(*_cells(row), strict=True)) for row in rows]
    lines = [heads[0], ["---"] * len(heads[0]), *(values for _, values in cells)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Figures) -> tuple[tuple[str, str], ...]:
    def share(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    def within(share_of: float | None, low: float | None, high: float | None) -> str:
        return "-" if share_of is None else f"{share(share_of)} ({share(low)}-{share(high)})"

    words = row["median_words"]
    return (
        ("set", row["name"]), ("questions", str(row["questions"])), ("hit@1", share(row["hit_at_1"])),
        ("hit@3", share(row["hit_at_3"])), ("word-F1 (plain)", f"{share(row['word_f1'])} ({share(row['plain_word_f1'])})"),
        ("words", "-" if words is None else f"{words:.0f}"), ("R@5", share(row["recall_at_5"])),
        ("nDCG@10", share(row["ndcg_at_10"])), ("AUROC", share(row["auroc"])), ("coverage", share(row["coverage"])),
        ("right when answered (95 %)", within(row["right_when_answered"], row["right_low"], row["right_high"])),
        ("right at .70 (95 %)", within(*row["right_at_coverage"].get("0.7", (None, None, None)))),
        ("silence P / R", f"{share(row['abstention_precision'])} / {share(row['abstention_recall'])}"),
        ("ECE", share(row["calibration_error"])), ("ms", f"{row['milliseconds']:.1f}"),
    )  # fmt: skip


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
    ranker = open_ranker(settings.reranker)
    rows = [
        row
        for dataset in sets
        for row in rows_of(dataset, open_set(dataset, settings, encoder, progress, ranker))
    ]
    prior = (pointed_prior if settings.llm_url else shipped)(ranked=ranker is not None)
    calibration, right = fit(rows, prior), [row[1] for row in rows]
    fitted = Fitted(
        encoder=encoder.identity, ranker=ranker.name if ranker else None,
        pointer=settings.llm_model if settings.llm_url else None, sets=tuple(dataset.name for dataset in sets),
        questions=len(rows), right=sum(right), constant=calibration.constant, weights=calibration.weights,
    )  # fmt: skip
    stated = ([prior.probability(row[0]) for row in rows], held_out(rows, prior))
    scored = [list(zip(dataset, right, strict=True)) for dataset in stated]
    return {
        **asdict(fitted), "path": str(fitted.write(settings.index)),
        "auroc": [*map(auroc, scored)], "calibration_error": [*map(calibration_error, scored)],
    }  # fmt: skip


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
