"""Hatchling, but that what it builds asks for the packages of weights; an editable install reads those of its checkout.

Its `prepare_metadata_for_build_wheel` is left out: it would not tell what a hook adds, so uv builds the wheel and reads that.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.build import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]


class Weights(BuildHookInterface):
    """Adds the requirements that hatch writes into what it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before a wheel or a source distribution is built; `version` is that of the way to build."""
        sys.path.insert(0, str(Path(self.root) / "app"))
        from pullquote.models.bundled import REQUIREMENTS

        if version != "editable":
            build_data["dependencies"] += sorted(set(REQUIREMENTS.values()))
