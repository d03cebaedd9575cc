"""``app.js`` in a real Chromium: countdowns, keyboard, choosing, the guard, uploads by drop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import goodstanding

SCRIPT = Path(goodstanding.__file__).parent / "web" / "static" / "app.js"
CHROMIUM = Path("/usr/bin/chromium")
PAGE = """<!doctype html><body data-word-left="%(span)s left" data-word-over="%(span)s overdue" data-word-day="day|days"
 data-word-hour="hour|hours" data-word-minute="minute|minutes" data-word-copied="Copied" data-word-too-large="too large">
<div class="toasts"></div>
<span class="due"><time id="soon" data-until datetime="SOON">x</time></span>
<span class="due"><time id="past" data-until datetime="PAST">x</time></span>
<input id="q" data-search>
<div data-row><input type="checkbox" name="case" value="1"><a href="#one">one</a></div>
<div data-row><input type="checkbox" name="case" value="2"><a href="#two">two</a></div>
<div data-bulk hidden><b data-bulk-count>0</b></div>
<form id="drop" data-upload="#none" data-limit="3" action="/nowhere"><input type="file" name="file"><div data-bars></div></form>
<dialog id="shortcuts"><button data-close>x</button></dialog>
</body>"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium"),
]


@pytest.fixture
def page() -> Iterator[Any]:
    from datetime import UTC, datetime, timedelta

    from playwright.sync_api import sync_playwright

    now = datetime.now(UTC)
    content = PAGE.replace("SOON", (now + timedelta(days=1, hours=2, seconds=30)).isoformat())
    content = content.replace("PAST", (now - timedelta(minutes=5, seconds=2)).isoformat())
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        shown = browser.new_page()
        shown.route("http://page.test/**", lambda route: route.fulfill(body=content, content_type="text/html"))
        shown.route(
            "http://page.test/app.js",
            lambda route: route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript"),
        )
        content = content.replace("</body>", '<script src="/app.js" defer></script></body>')
        shown.goto("http://page.test/")
        yield shown
        browser.close()


def test_countdowns_say_what_is_left(page: Any) -> None:
    assert page.inner_text("#soon") == "1 day 2 hours left"
    assert page.inner_text("#past") == "5 minutes overdue"
    assert "over" in page.evaluate("document.querySelector('#past').parentElement.className")
    assert "warm" in page.evaluate("document.querySelector('#soon').parentElement.className")


def test_the_keyboard_walks_the_rows(page: Any) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.inner_text("[data-row].picked a") == "two"
    page.keyboard.press("k")
    page.keyboard.press("x")
    assert page.is_checked("input[value='1']")
    assert page.inner_text("[data-bulk-count]") == "1"
    page.keyboard.press("Enter")
    assert page.url.endswith("#one")


def test_slash_searches_and_typing_is_left_alone(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("jk?x")
    assert page.input_value("#q") == "jk?x"
    assert page.locator("[data-row].picked").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('#shortcuts').open")


def test_a_file_over_the_limit_is_not_sent(page: Any) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.set_input_files("input[type=file]", {"name": "big.png", "mimeType": "image/png", "buffer": b"12345"})
    assert page.inner_text("#drop em") == "too large"
    assert "POST" not in sent
