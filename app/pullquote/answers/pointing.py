"""The language model beside the ranker, as the core sees it; another package brings it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import entry_points
from typing import Protocol, cast

from pullquote.answers.answer import Pointed
from pullquote.answers.select import Decision
from pullquote.errors import SettingsError
from pullquote.index.generation import Generation
from pullquote.index.search import Hit
from pullquote.models.ranker import Ranker
from pullquote.settings import Settings
from pullquote.sides.stance import Citation

POINTERS = "pullquote.pointers"  # the group of entry points that open a language model


class Pointing(Protocol):
    """A language model that chooses among quotes that were found, and may sum them up."""

    @property
    def sums_up(self) -> bool:
        """Whether it is asked for summaries."""

    def point(
        self, generation: Generation, question: str, hits: Sequence[Hit], decision: Decision, count: int,
        ranker: Ranker | None,
    ) -> tuple[Decision, Pointed]:  # fmt: skip
        """At most `count` quotes that it points at; the decision made without it where it points at none."""

    def summary(self, question: str, citations: Sequence[Citation]) -> str | None:
        """What it makes of an answer's quotes, or None where nothing of that may be shown."""


OpenPointing = Callable[[Settings, str, str | None], Pointing]
"""Opens the language model of the settings, for an encoder's identity and a ranker's name."""


def pointing_of(settings: Settings, encoder: str, ranker: Ranker | None) -> Pointing | None:
    """The language model that points, where the settings name one: else nothing of it is imported.

    Raises:
        SettingsError: its address is set without its name, or no package that asks one is installed.
        IndexFault: the calibration fitted with it cannot be used.
    """
    if settings.llm_url is None:
        return None
    return open_pointing(settings)(settings, encoder, ranker.name if ranker else None)


def open_pointing(settings: Settings) -> OpenPointing:
    """What an installed package registers for opening the language model.

    Raises:
        SettingsError: the model has no name, or no package that asks one is installed.
    """
    if not settings.llm_model:
        raise SettingsError(
            "PULLQUOTE_LLM_URL is set and PULLQUOTE_LLM_MODEL is not; name the model to ask for"
        )
    for entry_point in entry_points(group=POINTERS):
        with suppress(ImportError):
            return cast("OpenPointing", entry_point.load())
    raise SettingsError(
        "PULLQUOTE_LLM_URL is set, and nothing installed asks a language model; "
        "run `pip install --force-reinstall pullquote`, or unset it"
    )
