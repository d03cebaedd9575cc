"""Reading typical notices on one core: notices per second and memory, beside language detection alone over the same texts.

Mails are those of ``tests/reading/dev_kinds.yaml`` in a usual envelope, the trained head included.
"""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from time import process_time

import yaml

from goodstanding.reading import Tools, read
from goodstanding.reading.classify.head import load_head
from goodstanding.reading.language import detect

MESSAGES = Path(__file__).parents[1] / "tests/reading/dev_kinds.yaml"
RECEIVER = "mx.shop.example"
ROUNDS = 3


def main() -> None:
    rows = [row for rows in yaml.safe_load(MESSAGES.read_text(encoding="utf-8")).values() for row in rows]
    mails = [mail(*row[2:]) for row in rows]
    texts = [f"{row[3]}\n\n{row[4]}" for row in rows]
    tools = Tools(head=load_head())
    before = rss()
    for raw in mails[:24]:
        read(raw, receivers=(RECEIVER,), tools=tools)
    gc.freeze()
    ours = best(lambda: [read(raw, receivers=(RECEIVER,), tools=tools) for raw in mails])
    rules = best(lambda: [read(raw, receivers=(RECEIVER,)) for raw in mails])
    theirs = best(lambda: [detect(text) for text in texts])
    print(
        f"reading: {len(mails) / ours:.0f} notices/s on one core (goal 100), rules alone {len(mails) / rules:.0f}/s, "
        f"language detection alone {len(texts) / theirs:.0f}/s, ratio {ours / theirs:.1f}; "
        f"{rss():.0f} MB (goal 250; {before:.0f} before the first notice)"
    )


def mail(sender: str, subject: str, body: str) -> bytes:
    message = EmailMessage()
    message["Received"] = f"from x by {RECEIVER}; Tue, 24 Nov 2026 08:00:00 +0000"
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["Authentication-Results"] = f"{RECEIVER}; dmarc=pass header.from={domain}"
    message["From"], message["Subject"], message["Date"] = sender, subject, "Tue, 24 Nov 2026 08:00:00 +0000"
    message.set_content(body)
    return message.as_bytes()


def best(call: Callable[[], object]) -> float:
    """Seconds of processor time of the best round: what the work needs when nothing else runs."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        call()
        times.append(process_time() - start)
    return min(times)


def rss() -> float:
    """Megabytes at the highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
