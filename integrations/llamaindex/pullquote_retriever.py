"""Pullquote as a retriever for LlamaIndex: its nodes are quotes, word for word, with who says them and where.

pip install pullquote llama-index-core
"""

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from pullquote import Explainer, Query, answer_wire


class PullquoteRetriever(BaseRetriever):
    """Gives the quotes of an answer, or none where the sources do not clearly answer."""

    def __init__(self, explainer: Explainer, debate: str | None = None, max_quotes: int = 5) -> None:
        self._explainer, self._debate, self._most = explainer, debate, max_quotes
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query(question=query_bundle.query_str, debate=self._debate, max_quotes=self._most)
        quotes = answer_wire(self._explainer.ask(query))["quotes"]
        return [
            NodeWithScore(node=TextNode(text=quote["exact"], metadata=place(quote)), score=quote["score"])
            for quote in quotes
        ]


def place(quote: dict[str, object]) -> dict[str, object]:
    """Who says it, and where it stands."""
    return {name: quote[name] for name in ("byline", "document_id", "start", "end", "links")}
