"""What other systems do with the same passages and the same model; each run in an environment of its own.

    python benchmarks/peer.py WHAT FOLDER

FOLDER holds `model/`, `passages.json` and `questions.json`; figures are printed as JSON. One thread
each. `benchmarks/peers.py` makes the environments and calls this; nothing of Pullquote is imported.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")

K = 10  # results asked for
READ = 8  # passages that a cross-encoder reads
SAMPLE = 240  # passages whose indexing is timed


def resident() -> float:
    """Memory in use now, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


def timed(search: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    """Median and 99th percentile of a search, and its CPU time, in milliseconds."""
    for question in questions[:10]:
        search(question)
    taken, cpu = [], time.process_time()
    for question in questions:
        start = time.perf_counter()
        search(question)
        taken.append((time.perf_counter() - start) * 1_000)
    cpu = (time.process_time() - cpu) * 1_000 / len(questions)
    taken.sort()
    return {
        "p50": statistics.median(taken),
        "p99": taken[int(len(taken) * 0.99)],
        "cpu": cpu,
        "resident": resident(),
    }


def rate(index: Callable[[Sequence[str]], object], passages: Sequence[str]) -> float:
    """Passages indexed a second of CPU time."""
    cpu = time.process_time()
    index(passages[:SAMPLE])
    return SAMPLE / (time.process_time() - cpu)


def cold(model: str) -> dict[str, Any]:
    """From import to the first vector, as a program would do it that is called for one question."""
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(model, device="cpu").encode(["why might killing kingpins backfire?"])
    return {}


def plain(
    model: str, passages: Sequence[str], questions: Sequence[str], vectors: Any
) -> dict[str, Any]:
    """sentence-transformers and an exact FAISS index: no words, no text, no server."""
    import faiss
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    encoder = SentenceTransformer(model, device="cpu")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    built = rate(lambda texts: encoder.encode(list(texts), normalize_embeddings=True), passages)
    found = timed(
        lambda text: index.search(encoder.encode([text], normalize_embeddings=True), K), questions
    )
    return {**found, "rate": built}


def judged(
    model: str, passages: Sequence[str], questions: Sequence[str], vectors: Any
) -> dict[str, Any]:
    """The same with a cross-encoder of the default ranker's size over the first eight.

    Its weights are drawn by chance, since only its time is measured.
    """
    import faiss
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import AutoTokenizer, MPNetConfig, MPNetForSequenceClassification

    torch.set_num_threads(1)
    place = Path(model).parent / "cross-encoder"
    MPNetForSequenceClassification(MPNetConfig(num_hidden_layers=6, num_labels=1)).save_pretrained(
        place
    )
    AutoTokenizer.from_pretrained(model).save_pretrained(place)
    reader, encoder = (
        CrossEncoder(str(place), device="cpu"),
        SentenceTransformer(model, device="cpu"),
    )
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)

    def search(text: str) -> object:
        _, found = index.search(encoder.encode([text], normalize_embeddings=True), READ)
        return reader.predict([(text, passages[row]) for row in found[0]])

    return timed(search, questions[:60])


def llama(
    model: str, passages: Sequence[str], questions: Sequence[str], vectors: Any
) -> dict[str, Any]:
    """LlamaIndex: FAISS and BM25 joined by reciprocal ranks."""
    import faiss
    import torch
    from llama_index.core import Settings, StorageContext, VectorStoreIndex
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    torch.set_num_threads(1)
    Settings.embed_model = HuggingFaceEmbedding(model_name=model, device="cpu")
    Settings.llm = None

    def index(texts: Sequence[str], given: Any) -> tuple[VectorStoreIndex, list[TextNode]]:
        nodes = [
            TextNode(
                id_=str(number),
                text=text,
                embedding=None if given is None else given[number].tolist(),
            )
            for number, text in enumerate(texts)
        ]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(vectors.shape[1]))
        return VectorStoreIndex(
            nodes, storage_context=StorageContext.from_defaults(vector_store=store)
        ), nodes

    built = rate(lambda texts: index(texts, None), passages)
    made, nodes = index(passages, vectors)
    retriever = QueryFusionRetriever(
        [made.as_retriever(similarity_top_k=K), BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=K)],
        similarity_top_k=K, num_queries=1, mode="reciprocal_rerank", use_async=False,
    )  # fmt: skip
    return {**timed(retriever.retrieve, questions), "rate": built}


def txtai(model: str, passages: Sequence[str], folder: Path) -> dict[str, Any]:
    """txtai: a hybrid index with content, saved for its own API, with the configuration that serves it."""
    import torch
    from txtai import Embeddings

    torch.set_num_threads(1)
    how = {"path": model, "content": True, "hybrid": True, "gpu": False}
    built = rate(lambda texts: Embeddings(how).index(texts), passages)
    if not (folder / "txtai").exists():
        embeddings = Embeddings(how)
        embeddings.index(list(passages))
        embeddings.save(str(folder / "txtai"))
    config = f"writable: false\npath: {folder / 'txtai'}\nembeddings:\n  path: {model}\n  content: true\n  hybrid: true\n  gpu: false\n"
    (folder / "txtai.yml").write_text(config, encoding="utf-8")
    return {"rate": built}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "what", choices=("cold", "plain", "judged", "llama", "txtai"), help="the system to measure"
    )
    parser.add_argument("folder", type=Path, help="where model, passages and questions lie")
    given = parser.parse_args()
    what, folder = given.what, given.folder
    model = str(folder / "model")
    if what == "cold":
        cold(model)
        return
    passages = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
    questions = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    if what == "txtai":
        print(json.dumps(txtai(model, passages, folder)))
        return
    import numpy as np

    vectors = np.load(folder / "vectors.npy")
    print(
        json.dumps(
            {"plain": plain, "judged": judged, "llama": llama}[what](
                model, passages, questions[:200], vectors
            )
        )
    )


if __name__ == "__main__":
    main()
