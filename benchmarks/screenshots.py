"""Take the screenshots of docs/screenshots, from a running `pullquote serve`."""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
QUESTION = "Why might killing kingpins backfire?"
DEBATED = "Should the US use military force against drug cartels?"
PROPOSITION = "The United States should use military force against drug cartels."
SILENT = "What is the capital of Mongolia?"
PHONE, WIDE = {"width": 390, "height": 780}, {"width": 1280, "height": 760}


def main() -> None:
    """Every state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "origin",
        nargs="?",
        default="http://127.0.0.1:8000",
        help="where it is served (%(default)s)",
    )
    origin = parser.parse_args().origin.rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        pages(browser, origin)
        both_sides(browser, origin)
        widgets(browser, origin)
        browser.close()


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of its own profile."""
    context = browser.new_context(**{"viewport": {"width": 900, "height": 760}, **options})
    yield context.new_page()
    context.close()


def ask(frame: Page | Frame, question: str) -> None:
    """Ask, and wait for the whole answer."""
    done = frame.locator('[data-f="tools"]:not([hidden])')
    count = done.count()
    frame.fill("#q", question)
    frame.press("#q", "Enter")
    expect(done).to_have_count(count + 1)


def save(page: Page, name: str, *, whole: bool = False) -> None:
    """Write one screenshot."""
    page.wait_for_timeout(350)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=whole)


def pages(browser: Browser, origin: str) -> None:
    """The chat page, the reader, the sources."""
    with opened(browser) as page:
        page.goto(origin)
        save(page, "page")
        ask(page, QUESTION)
        save(page, "answer", whole=True)
        page.locator(".turn summary").first.click()
        page.get_by_role("link", name="APA").first.click()
        page.locator(".cited:visible").wait_for()
        page.locator("figure").first.screenshot(path=FOLDER / "cite.png")
        ask(page, SILENT)
        page.locator(".turn").last.screenshot(path=FOLDER / "silence.png")
        page.route("**/v1/chat", lambda route: route.abort())
        page.fill("#q", QUESTION)
        page.press("#q", "Enter")
        page.locator(".failed").wait_for()
        page.locator(".turn").last.screenshot(path=FOLDER / "unreachable.png")
        page.unroute_all()
        page.get_by_role("link", name="Read in context").first.click()
        page.locator(".source mark.here").wait_for()
        save(page, "source")
        page.locator(".source-foot a").first.click()
        page.wait_for_url("**/documents/**")
        save(page, "reader")
        page.goto(f"{origin}/documents")
        save(page, "sources")
        page.goto(f"{origin}/sides?proposition={PROPOSITION}")
        save(page, "sides", whole=True)
    with opened(browser, viewport=PHONE, color_scheme="dark") as page:
        page.goto(origin)
        ask(page, QUESTION)
        save(page, "answer-phone-dark")
        page.goto(f"{origin}/sides?proposition={PROPOSITION}")
        save(page, "sides-phone-dark")


def both_sides(browser: Browser, origin: str) -> None:
    """Both sides opened under an answer and in the reader."""
    for name, options in (
        ("", {"viewport": {"width": 1200, "height": 1100}}),
        ("-phone-dark", {"viewport": PHONE, "color_scheme": "dark"}),
    ):
        with opened(browser, **options) as page:
            page.goto(origin)
            ask(page, DEBATED)
            page.locator('.turn [data-f="proposition"]').click()
            page.locator(".turn .both").wait_for()
            save(page, f"sides-in-answer{name}")
            page.goto(
                page.get_by_role("link", name="Read in context").first.evaluate("link => link.href")
            )
            page.locator(".debated a").first.click()
            page.locator("#both-sides").wait_for()
            save(page, f"sides-in-reader{name}")
            page.get_by_role("link", name="Show in the text").first.click()
            save(page, f"sides-in-text{name}")


def frame_of(page: Page) -> Frame:
    """The bubble's frame, opened."""
    page.locator("pullquote-chat button").click()
    page.wait_for_timeout(600)
    return next(frame for frame in page.frames if "bubble" in frame.url)


def widgets(browser: Browser, origin: str) -> None:
    """The bubble closed, open, answered, dark, on a phone."""
    for name, options in (
        ("widget", {"viewport": WIDE}),
        ("widget-dark", {"viewport": WIDE, "color_scheme": "dark"}),
        ("widget-phone", {"viewport": PHONE}),
    ):
        with opened(browser, **options) as page:
            page.goto(f"{origin}/demo")
            if name == "widget-phone":
                page.mouse.wheel(0, 5_000)  # the box is not to lie behind the bubble
            if name == "widget":
                save(page, "widget-closed")
            frame = frame_of(page)
            if name == "widget":
                save(page, "widget-open")
            ask(frame, QUESTION)
            save(page, name)


if __name__ == "__main__":
    main()
