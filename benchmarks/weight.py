"""Measure what the pages and the widget weigh and how soon they answer, from a running `pullquote serve`.

    python benchmarks/weight.py [http://127.0.0.1:8000] [--rounds 3]

Each row is a browser that has nothing of the site yet, on the line that chromium's developer tools call slow 4G: 562 ms
until a request's answer begins, 1,440 kbit/s down, 675 kbit/s up, held by the browser itself (the protocol's
`Network.emulateNetworkConditions`). What is asked are the debate's own first suggestions, one a round.
"""

import argparse
import gzip
import json
import shutil
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, sync_playwright

PACKAGE = Path(__file__).parents[1] / "app" / "pullquote"
FILES = ("widget/widget.js", "widget/embed.js", "api/static/page.js", "api/static/style.css")
KBIT = 1_000 / 8
SLOW_4G = {"latency": 562.5, "downloadThroughput": 1_440 * KBIT, "uploadThroughput": 675 * KBIT}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
SHIFT = (
    "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })"
    ".observe({type: 'layout-shift', buffered: true});"
)
HOST = "<!doctype html><html lang=en><title>Host</title><script src='/widget.js' data-label='Ask' defer></script><h1>Host</h1>"


class Line:
    """A page on a slow line, with what came over it since the last look."""

    def __init__(self, page: Page) -> None:
        self.page, self.requests, self.bytes = page, 0, 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_4G})
        session.on("Network.responseReceived", lambda _: self._count(requests=1))
        session.on(
            "Network.loadingFinished",
            lambda event: self._count(size=int(event["encodedDataLength"])),
        )
        self.start = time.perf_counter()

    def _count(self, *, requests: int = 0, size: int = 0) -> None:
        self.requests += requests
        self.bytes += size

    def since(self, last: float) -> list[float]:
        """Requests, kB and milliseconds until `last`, counted from the look before; what still comes is waited for."""
        self.page.wait_for_timeout(1_500)
        taken = [self.requests, self.bytes / 1_000, (last - self.start) * 1_000]
        self.requests, self.bytes, self.start = 0, 0, time.perf_counter()
        return taken


@contextmanager
def line(browser: Browser) -> Iterator[Line]:
    """A slow line in a browser of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(SHIFT)
    yield Line(page)
    context.close()


def seen(place: Locator) -> float:
    """When something is there."""
    place.first.wait_for()
    return time.perf_counter()


def painted(page: Page, start: float) -> float:
    """When the page showed its first words."""
    return start + float(page.evaluate(PAINT)) / 1_000


Rows = dict[str, list[float]]


def by_page(browser: Browser, origin: str, question: str) -> Rows:
    """The first page, a question asked there, and its quote's place opened beside it."""
    rows: Rows = {}
    with line(browser) as slow:
        page = slow.page
        page.goto(origin)
        rows["first page, until it is painted"] = slow.since(painted(page, slow.start))
        page.fill("#q", question)
        slow.start = time.perf_counter()
        page.press("#q", "Enter")
        rows["an answer there, until its first quote"] = slow.since(
            seen(page.locator("figure.quote"))
        )
        page.locator('a[data-f="place"]').first.click()
        rows["its source beside it, until the mark is seen"] = slow.since(
            seen(page.locator(".source mark.here"))
        )
    return rows


def by_address(browser: Browser, address: str, name: str) -> Rows:
    """A page by its address."""
    with line(browser) as slow:
        slow.page.goto(address)
        return {name: slow.since(painted(slow.page, slow.start))}


def by_widget(browser: Browser, origin: str, question: str) -> Rows:
    """The widget in a page that holds nothing else: closed, opened, asked."""
    rows: Rows = {}
    with line(browser) as slow:
        page = slow.page
        page.route("**/host", lambda route: route.fulfill(body=HOST, content_type="text/html"))
        page.goto(f"{origin}/host")
        closed = slow.since(seen(page.locator("pullquote-chat button")))
        rows["widget closed, until its button is seen"] = [
            closed[0] - 1,
            *closed[1:],
        ]  # without the host's own page
        page.locator("pullquote-chat button").click()
        page.wait_for_function("document.querySelector('pullquote-chat').ready === true")
        rows["widget opened, until one can type"] = slow.since(time.perf_counter())
        frame = next(frame for frame in page.frames if "/embed" in frame.url)
        frame.fill("#q", question)
        slow.start = time.perf_counter()
        frame.press("#q", "Enter")
        rows["an answer there, until its first quote (widget)"] = slow.since(
            seen(frame.locator("figure.quote"))
        )
        print(f"layout shift of the host page: {page.evaluate('shift')}")
    return rows


def fetched(url: str) -> dict[str, object]:
    """What an address of the service gives."""
    with urllib.request.urlopen(url, timeout=60) as reply:
        return dict(json.load(reply))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "origin",
        nargs="?",
        default="http://127.0.0.1:8000",
        help="where it is served (%(default)s)",
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    origin, taken = given.origin.rstrip("/"), dict[str, list[list[float]]]()
    questions = list(fetched(f"{origin}/v1/suggestions")["suggestions"])[: given.rounds]  # type: ignore[call-overload]
    document = fetched(f"{origin}/v1/documents")["documents"][0]["id"]  # type: ignore[index]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for question in questions:
            measured: list[Callable[[], Rows]] = [
                lambda asked=question: by_page(browser, origin, asked),
                lambda asked=question: by_address(
                    browser,
                    f"{origin}/?q={quote(asked)}",
                    "an answer by its address, until it is painted",
                ),
                lambda: by_address(
                    browser, f"{origin}/documents/{document}", "the reader, until it is painted"
                ),
                lambda asked=question: by_widget(browser, origin, asked),
            ]
            for each in measured:
                for name, row in each().items():
                    taken.setdefault(name, []).append(row)
        browser.close()
    for name in FILES:
        code = (PACKAGE / name).read_bytes()
        print(f"{name}: {len(code):,} bytes, {len(gzip.compress(code, 9)):,} gzipped")
    print(
        f"\n| slow 4G, nothing kept, median of {len(questions)} | requests | kB | s |\n|---|--:|--:|--:|"
    )
    for name, rows in taken.items():
        requests, size, wait = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"| {name} | {requests:.0f} | {size:.1f} | {wait / 1_000:.2f} |")


if __name__ == "__main__":
    main()
