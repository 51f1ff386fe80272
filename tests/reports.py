"""Reports of tests as they go from one process to another, which cannot carry half a letter."""

from collections.abc import Generator
from typing import Any

import pytest


def whole(value: Any) -> Any:
    """The same with every half of a letter spelt out, as in "\\ud800"."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {whole(key): whole(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(whole, value))
    return value


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """A report on its way to the process that prints it."""
    return whole((yield))
