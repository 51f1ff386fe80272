"""Take the screenshots of docs/screenshots and print the widget's figures, from a running `pullquote serve`."""

import argparse
import gzip
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
WIDGET = Path(__file__).parents[1] / "app" / "pullquote" / "widget"
QUESTION = "Why might killing kingpins backfire?"
DEBATED = "Should the US use military force against drug cartels?"
PROPOSITION = "The United States should use military force against drug cartels."
SILENT = "What is the capital of Mongolia?"
PHONE = {"width": 390, "height": 780}
SHIFT = (
    "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })"
    ".observe({type: 'layout-shift', buffered: true});"
)


def main() -> None:
    """Every state, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("origin", nargs="?", default="http://127.0.0.1:8000", help="where it is served (%(default)s)")
    origin = parser.parse_args().origin.rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        pages(browser, origin)
        both_sides(browser, origin)
        widgets(browser, origin)
        figures(browser, origin)
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
            page.get_by_role("link", name="Read in context").first.click()
            page.wait_for_url("**/documents/**")
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
        ("widget", {}),
        ("widget-dark", {"color_scheme": "dark"}),
        ("widget-phone", {"viewport": PHONE}),
    ):
        with opened(browser, **options) as page:
            page.goto(f"{origin}/demo")
            if name == "widget":
                save(page, "widget-closed")
            frame = frame_of(page)
            if name == "widget":
                save(page, "widget-open")
            ask(frame, QUESTION)
            save(page, name)


def figures(browser: Browser, origin: str) -> None:
    """Sizes, requests, time to the first quote, layout shift."""
    for name in ("widget.js", "embed.js"):
        code = (WIDGET / name).read_bytes()
        print(f"{name}: {len(code):,} bytes, {len(gzip.compress(code, 9)):,} gzipped")
    with opened(browser) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url.removeprefix(origin)))
        page.add_init_script(SHIFT)
        page.goto(f"{origin}/demo")
        page.wait_for_timeout(500)
        before = len(requests)
        frame = frame_of(page)
        print(
            f"requests: {before} for the demonstration page with its inline box, {len(requests) - before} to open the bubble"
        )
        taken = []
        for n in range(10):
            start = time.perf_counter()
            frame.fill("#q", f"{QUESTION} {'?' * n}")
            count = frame.locator("figure").count()
            frame.press("#q", "Enter")
            frame.locator("figure").nth(count).wait_for()
            taken.append((time.perf_counter() - start) * 1_000)
            expect(frame.locator('[data-f="tools"]:not([hidden])')).to_have_count(n + 1)
        taken.sort()
        print(f"time to first quote, typing included: median {taken[5]:.0f} ms, longest {taken[-1]:.0f} ms")
        print(f"layout shift of the host page: {page.evaluate('shift')}")


if __name__ == "__main__":
    main()
