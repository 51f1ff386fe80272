"""Pullquote as a retriever for LangChain: its documents are quotes, word for word, with who says them and where.

pip install pullquote langchain-core
"""

from typing import Any
from urllib.parse import urljoin

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from pullquote import Explainer, Query, answer_wire


class PullquoteRetriever(BaseRetriever):
    """Gives the quotes of an answer, or none where the sources do not clearly answer."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    explainer: Explainer
    debate: str | None = None
    max_quotes: int = 5
    site: str = "http://127.0.0.1:8000"  # where `pullquote serve` shows the documents

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        asked = Query(question=query, debate=self.debate, max_quotes=self.max_quotes)
        quotes = answer_wire(self.explainer.ask(asked))["quotes"]
        return [Document(page_content=quote["exact"], metadata=place(quote, self.site)) for quote in quotes]


def place(quote: dict[str, Any], site: str) -> dict[str, Any]:
    """Who says it, and where it stands, in the reader of the server at `site` too."""
    links = {"reader": urljoin(site, quote["links"]["reader"]), "source": quote["links"]["source"]}
    named = {name: quote[name] for name in ("byline", "document_id", "start", "end", "page")}
    return {**named, "title": quote["source"]["name"], "date": quote["source"]["date"], "links": links}
