"""The browser of the tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from stage import FLAGS, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")  # no longer: while it is open no other test can run a loop of its own
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # where it is missing the tests are skipped, and say so

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()
