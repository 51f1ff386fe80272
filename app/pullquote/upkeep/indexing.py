"""From a corpus folder to a generation that can be asked: build, attribute, prove suggestions."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from pullquote.answers.confidence import read_fitted
from pullquote.answers.ready import Ready
from pullquote.answers.reply import prover
from pullquote.answers.suggestions import dump
from pullquote.corpus.corpus import Skipped, load_corpus
from pullquote.corpus.documents import Document
from pullquote.corpus.folder import corpus_paths
from pullquote.corpus.sentences import Kind
from pullquote.errors import CorpusError, IndexFault
from pullquote.index import Built, Opened, build_index, open_index, up_to_date
from pullquote.index.engine import level
from pullquote.index.generation import Draft, Generation
from pullquote.index.layout import DISPUTES, PEOPLE, STANCES, SUGGESTIONS, program
from pullquote.index.parts import Progress, Work, make_parts
from pullquote.index.plan import Enrich, merge_due
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.interaction import bundled as interaction
from pullquote.models.ranker import bundled_judge, open_ranker
from pullquote.models.reader import bundled
from pullquote.settings import Settings, cache_folder
from pullquote.sides.book import readings_by_text
from pullquote.sides.debater import dump_disputes
from pullquote.sides.judging import NAME_IT, UNUSED_SIDE, dump_stances, unused_sides
from pullquote.sides.stance import Judge, StanceReading
from pullquote.upkeep.questions import prove
from pullquote.voice.book import line_of
from pullquote.voice.people import dump_people

Tell = Callable[[str], None]  # what a build does now, in a line


def index_corpus(
    settings: Settings, encoder: Encoder | None = None, progress: Progress = lambda done, of: None,
    judge: Judge | None = None, *, tell: Tell = lambda line: None,
    again: bool = False, apart: bool = False, work: Work = make_parts,
) -> Built:  # fmt: skip
    """Build the index of the corpus folder from what changed; with `apart` that stays apart from a large rest.

    Raises:
        CorpusError: nothing to build from.
        IndexFault: the operator's own calibration is damaged or was fitted with another model.
        EncoderError: the model is not there or cannot be used.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    # What is missing, a folder or a model, is told before anything that takes long.
    corpus_paths(settings)
    with_model = encoder or prepare_encoder(settings.model, settings.index)
    enrich = _enriching(settings, with_model, judge, tell)
    built = build_index(
        settings,
        with_model,
        enrich,
        progress,
        attribute=partial(line_of, bundled()),
        interaction=interaction(),
        work=work,
        again=again,
        apart=apart,
    )
    return _remarked(built)


def _enriching(settings: Settings, encoder: Encoder, judge: Judge | None, tell: Tell) -> Enrich:
    """What works out of a whole generation which sides its sentences take, who disputes whom, and what may be asked."""
    ranker = open_ranker(settings.reranker)
    judging, encode = (lambda: judge) if judge else bundled_judge, encoder.encode
    fitted = read_fitted(settings.index, encoder.identity, ranker.name if ranker else None)

    def enrich(draft: Draft) -> None:
        earlier = _known_readings(draft.before)
        reading = lambda debate: tell(f"{debate}: reading who is for and against")  # noqa: E731
        asking = lambda debate: tell(f"{debate}: finding what can be asked")  # noqa: E731
        encode_one = lambda text: encode([text])[0]  # noqa: E731
        draft.add(STANCES, dump_stances(draft, judging, encode_one, earlier, reading))
        ready = Ready(Opened(draft), encoder, ranker, fitted=fitted.calibration if fitted else None)
        draft.add(DISPUTES, dump_disputes(ready.stances))
        draft.add(PEOPLE, dump_people(draft, ready.voices))
        questions = prove(draft, ready.voices, encode, prover(ready, settings.threshold), asking)
        draft.add(SUGGESTIONS, dump(questions))

    return enrich


def _remarked(built: Built) -> Built:
    """What was built, with what only the documents of a debate together tell about one of them."""
    sided = any(built.generation.column("side"))
    odd = (
        Skipped(path, f"{UNUSED_SIDE}; {NAME_IT}")
        for path in unused_sides(built.generation.rows if sided else ())
    )
    return replace(built, remarks=(*built.remarks, *odd))


def _known_readings(generation: Generation | None) -> Mapping[tuple[str, str], StanceReading]:
    """What the generation before read, where this same program read it."""
    return (
        readings_by_text(generation) if generation and generation.card.program == program() else {}
    )


def moved(before: Generation, after: Generation) -> Iterator[str]:
    """Which texts another extractor has changed, each with how many sentences no longer stand in it, and the first."""
    for number, row in enumerate(after.rows):
        old = before.taken_out(row.origin.sha256) if row.origin else None
        if old and old.origin and row.origin and old.sha256 != row.sha256:
            text = after.document(number).text
            spans = [
                sentence.span
                for sentence in before.sentences(before.number(old.id))
                if sentence.kind is Kind.PROSE
            ]
            gone = [words for words in (span.cut(old.text) for span in spans) if words not in text]
            example = f", the first: “{gone[0]}”" if gone else ""
            change = f"{row.path}: “{old.origin.extractor}” gave way to “{row.origin.extractor}”"
            yield f"{change}; {len(gone)} of {len(spans)} sentences are no longer in its text{example}"


def demonstration(settings: Settings) -> Settings | None:
    """Settings of the debate that travels with the program, indexed in the user's cache, for who has nothing here yet.

    None where the folder holds a corpus or an index, or a setting names one.
    """
    folders = (settings.corpus, settings.index)
    if folders != (Settings().corpus, Settings().index) or any(
        folder.exists() for folder in folders
    ):
        return None
    package = Path(__file__).parents[1]
    corpus = package / "demo" if (package / "demo").is_dir() else package.parents[1] / "corpus"
    return replace(settings, corpus=corpus, index=cache_folder() / "demo")


def index_changes(settings: Settings) -> Built | None:
    """Build where something changed since the current generation, else None; raises what `index_corpus` does.

    What changed stays apart from a large rest, however much it is, since readers wait for it. Once nothing more changed it is
    put together with the rest.
    """
    with level(settings):
        current = up_to_date(settings)
        if current is not None and not merge_due(current):
            return None
        return index_corpus(settings, apart=current is None)


def every_document(settings: Settings) -> tuple[Document, ...]:
    """What the corpus folder and the index hold: a receipt may be older than the files are now.

    Raises:
        CorpusError: there is neither.
    """
    documents, generation = list[Document](), None
    with suppress(IndexFault):
        generation = open_index(settings).generation
    with suppress(CorpusError):
        documents += load_corpus(
            settings, kept=generation.taken_out if generation else lambda sha256: None
        ).documents
    if generation:
        documents += map(generation.document, range(len(generation.rows)))
    if not documents:
        where = f"there are no documents to check against in {settings.corpus} or {settings.index}"
        raise CorpusError(f"{where}; set PULLQUOTE_CORPUS to the folder that holds them")
    return tuple(documents)
