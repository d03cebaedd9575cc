"""A person's way through the real thing: log-in, inbox, case, upload, approval by a second person, download.

Starts `goodstanding serve --demo` in a fresh home and drives it with Chromium, as `make run` does for a newcomer.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from goodstanding import database
from goodstanding.rendering.archive import verify_archive
from goodstanding.rendering.pdf_facts import inspect
from goodstanding.testing import homes

CHROMIUM = os.environ.get("GOODSTANDING_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not CHROMIUM, reason="no Chromium here: install Debian's package chromium, or set GOODSTANDING_CHROMIUM"
    ),
    pytest.mark.skipif(
        not database.embedded(), reason="DATABASE_URL names a server; the demo goes into a server of its own"
    ),
]


class Product:
    """A running installation with its demo merchant."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "goodstanding.cli", "serve", "--demo", "--json", "--port", str(port)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, "GOODSTANDING_HOME": str(home)}, text=True
        )
        self.said: list[dict[str, Any]] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self.said.append(json.loads(line))
                if self.said[-1].keys() & {"ready", "error"}:
                    break
        self.address = next((item["ready"] for item in self.said if "ready" in item), "")
        self.login = next((item for item in self.said if "password" in item), {})


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    home = homes.make()
    running = Product(home)
    try:
        assert running.address, running.said
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(30)
        homes.destroy(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


def signed_in(browser: Any, product: Product, user: str, **options: Any) -> Any:
    page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, **options).new_page()
    page.goto(product.address)
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", product.login["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/m/demo/**")
    return page


def proof_of_delivery() -> bytes:
    """A carrier's slip as a picture in a PDF."""
    picture = Image.new("RGB", (1000, 700), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(("PROOF OF DELIVERY", "18 Alder Lane, Portland, OR 97205", "Signed: J. Lee")):
        draw.text((60, 60 + 60 * number), line, fill="black")
    out = io.BytesIO()
    picture.save(out, "PDF")
    return out.getvalue()


def test_a_chargeback_from_log_in_to_download(product: Product, browser: Any, tmp_path: Path) -> None:
    owner, approver = product.login["users"]
    page = signed_in(browser, product, owner)

    # Both drill notices are in the inbox, marked as drills; the worker may still be reading them.
    for _ in range(60):
        if page.locator("a[href*='/m/demo/cases/']").count() >= 2 or page.get_by_text("60714").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert page.get_by_text("Visa 13.1").first.is_visible()
    assert page.get_by_text("60714").first.is_visible()

    # One click to the case: the original beside its explanation, the deadline in both zones.
    page.get_by_text("Visa 13.1").first.click(force=True)  # the whole row is one link, laid over its words
    page.wait_for_url("**/cases/*/")
    case_url = page.url
    assert page.get_by_text("是什么").first.is_visible()
    assert page.get_by_text("北京").first.is_visible()
    assert page.get_by_text("还没有材料包").is_visible()

    # Proof goes in; draft, checks and package follow by themselves.
    slip = tmp_path / "签收证明 POD.pdf"
    slip.write_bytes(proof_of_delivery())
    page.set_input_files("#file", str(slip))
    page.get_by_role("button", name="批准这一份").wait_for(
        timeout=30_000
    )  # the page refreshes itself until it is there
    assert page.locator("object.pdf").get_attribute("data")
    assert page.get_by_text("等审批").first.is_visible()

    # A second person looks and approves.
    second = signed_in(browser, product, approver, accept_downloads=True)
    second.goto(case_url)
    second.get_by_role("button", name="批准这一份").click()
    second.get_by_text("等提交").first.wait_for()

    # What is downloaded is what was approved: unchanged, archival, all its pages there.
    with second.expect_download() as waiting:
        second.get_by_role("link", name="ZIP").click()
    content = Path(waiting.value.path()).read_bytes()
    assert verify_archive(content) == []
    with second.expect_download() as waiting:
        second.get_by_role("link", name="PDF", exact=True).click()
    facts = inspect(Path(waiting.value.path()).read_bytes())
    assert facts.archival
    assert facts.pages >= 4
    trail = second.content()
    assert "批准了材料包 P1" in trail


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_no_page_is_wider_than_the_screen_or_says_things_to_the_console(
    product: Product, browser: Any, width: int, height: int
) -> None:
    page = signed_in(browser, product, product.login["users"][0])
    page.set_viewport_size({"width": width, "height": height})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (
        "",
        "cases/1/",
        "deliveries/",
        "connections/",
        "connections/new/stripe/",
        "orders/",
        "people/",
        "settings/",
    ):
        answer = page.goto(f"{product.address}/m/demo/{path}")
        assert answer is not None
        assert answer.status == 200, path
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} at {width}: {overflow} px too wide"
    assert said == []
