"""From a corpus folder to a generation that can be asked: build, attribute, prove suggestions."""

from collections.abc import Mapping

from pullquote.decide import decide
from pullquote.documents import corpus_paths
from pullquote.encoder import Encoder, prepare_encoder
from pullquote.rerank import OnnxRanker
from pullquote.retrieve import retrieve
from pullquote.settings import Settings
from pullquote.store import Built, build_index, up_to_date
from pullquote.store.encoding import Progress
from pullquote.store.generation import Generation
from pullquote.store.layout import SUGGESTIONS, VOICES
from pullquote.suggestions import dump, prove
from pullquote.voicebook import dump_voices

SHOWN = 3  # quotes, as an answer shows unless it is asked for more or fewer


def index_corpus(
    settings: Settings, encoder: Encoder | None = None, progress: Progress = lambda done, of: None
) -> Built:
    """Build the index of the corpus folder; unchanged texts are not encoded again.

    Raises:
        CorpusError: nothing to build from.
        EncoderError: the model is not there or cannot be used.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    corpus_paths(settings)  # a missing folder is told before the model is prepared, which may take a while
    with_model = encoder or prepare_encoder(settings.model, settings.index)
    ranker = OnnxRanker.open() if settings.reranker else None

    def enrich(generation: Generation) -> Mapping[str, bytes]:
        def prover(question: str, debate: str) -> tuple[int, float] | None:
            vector = with_model.encode([question])[0]
            hits = retrieve(generation, question, vector, generation.documents_of(debate))
            decision = decide(generation, question, hits, SHOWN, ranker)
            if not decision.choices or decision.confidence < settings.min_confidence:
                return None
            return decision.choices[0].hit.row, decision.confidence

        return {VOICES: dump_voices(generation), SUGGESTIONS: dump(prove(generation, prover))}

    return build_index(settings, with_model, enrich, progress)


def index_changes(settings: Settings) -> Built | None:
    """Build where something changed since the current generation, else None.

    Raises:
        PullquoteError: as `index_corpus`.
    """
    return None if up_to_date(settings) else index_corpus(settings)
