"""From a corpus folder to a generation that can be asked: build, attribute, prove suggestions."""

from collections.abc import Mapping

from pullquote.decide import decide
from pullquote.documents import corpus_paths
from pullquote.encoder import Encoder, prepare_encoder
from pullquote.fitting import read_fitted
from pullquote.rerank import open_ranker
from pullquote.retrieve import retrieve
from pullquote.settings import Settings
from pullquote.store import Built, build_index
from pullquote.store.build import Progress
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
        IndexFault: the operator's own calibration is damaged or was fitted with another model.
        EncoderError: the model is not there or cannot be used.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    corpus_paths(settings)  # a missing folder is told before the model is prepared, which may take a while
    with_model = encoder or prepare_encoder(settings.model, settings.index)
    ranker = open_ranker(settings.reranker)
    fitted = read_fitted(settings.index, with_model.identity, ranker.name if ranker else None)
    weights = fitted.calibration if fitted else None

    def enrich(generation: Generation) -> Mapping[str, bytes]:
        def prover(question: str, debate: str) -> tuple[int, float] | None:
            vector = with_model.encode([question])[0]
            hits = retrieve(generation, question, vector, generation.documents_of(debate))
            decision = decide(generation, question, hits, SHOWN, ranker, weights)
            if not decision.choices or decision.confidence < settings.min_confidence:
                return None
            return decision.choices[0].hit.row, decision.confidence

        return {VOICES: dump_voices(generation), SUGGESTIONS: dump(prove(generation, prover))}

    return build_index(settings, with_model, enrich, progress)
