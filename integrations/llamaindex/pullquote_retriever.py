"""Pullquote as a retriever for LlamaIndex: its nodes are quotes, word for word, with who says them and where.

pip install pullquote llama-index-core
"""

from typing import Any
from urllib.parse import urljoin

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from pullquote import Explainer, Query, answer_wire


class PullquoteRetriever(BaseRetriever):
    """Gives the quotes of an answer, or none where the sources do not clearly answer."""

    def __init__(
        self, explainer: Explainer, debate: str | None = None, max_quotes: int = 5, site: str = "http://127.0.0.1:8000"
    ) -> None:
        self._explainer, self._debate, self._most, self._site = explainer, debate, max_quotes, site
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = Query(question=query_bundle.query_str, debate=self._debate, max_quotes=self._most)
        quotes = answer_wire(self._explainer.ask(query))["quotes"]
        return [
            NodeWithScore(node=TextNode(text=quote["exact"], metadata=place(quote, self._site)), score=quote["score"])
            for quote in quotes
        ]


def place(quote: dict[str, Any], site: str) -> dict[str, Any]:
    """Who says it, and where it stands, in the reader of the server at `site` too."""
    links = {"reader": urljoin(site, quote["links"]["reader"]), "source": quote["links"]["source"]}
    named = {name: quote[name] for name in ("byline", "document_id", "start", "end", "page")}
    return {**named, "title": quote["source"]["name"], "date": quote["source"]["date"], "links": links}
