"""Ask a policy debate; read the answer in the sources' own words.

What a program needs is named in `__all__` and loaded when it is first used; other modules may change in any version.

>>> from pullquote import Explainer, Query, Settings
>>> explainer = Explainer.open(Settings())  # corpus/ and index/ here, as `pullquote index` built it
>>> answer = explainer.ask(Query(question="why might killing kingpins backfire?"))
>>> [citation.quote.text for citation in answer.citations]
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullquote.answers.answer import Answer
    from pullquote.answers.confidence import Reason
    from pullquote.answers.explainer import Explainer
    from pullquote.answers.query import Query, Turn
    from pullquote.api.wire import answer_wire
    from pullquote.corpus.documents import Document, Source
    from pullquote.corpus.quote import Quote
    from pullquote.errors import PullquoteError
    from pullquote.settings import Settings
    from pullquote.sides.columns import Sides
    from pullquote.sides.stance import Citation
    from pullquote.span import Span
    from pullquote.upkeep.indexing import index_corpus
    from pullquote.verify.match import Verdict
    from pullquote.voice.voices import Voice

__version__ = "0.1.0"
_HOMES = {
    "Answer": "answers.answer", "Citation": "sides.stance", "Document": "corpus.documents",
    "Explainer": "answers.explainer", "PullquoteError": "errors", "Query": "answers.query", "Quote": "corpus.quote",
    "Reason": "answers.confidence", "Settings": "settings", "Sides": "sides.columns", "Source": "corpus.documents",
    "Span": "span", "Turn": "answers.query", "Verdict": "verify.match", "Voice": "voice.voices",
    "answer_wire": "api.wire", "index_corpus": "upkeep.indexing",
}  # fmt: skip
__all__ = [
    "Answer",
    "Citation",
    "Document",
    "Explainer",
    "PullquoteError",
    "Query",
    "Quote",
    "Reason",
    "Settings",
    "Sides",
    "Source",
    "Span",
    "Turn",
    "Verdict",
    "Voice",
    "answer_wire",
    "index_corpus",
]

# Nothing here is sent to anybody; each is read when its library is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
