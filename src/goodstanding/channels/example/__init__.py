"""Acme Pay, an invented gateway: the smallest channel that does everything. Copy this folder to begin a new one."""

from goodstanding.contract import Channel, Limits, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .parse import parse
from .read import fetch, lookup, probe
from .verify import answer, drill, verify

channel = Channel(
    name=__name__.rpartition(".")[2],  # the folder's name, so that a copy is a channel of its own
    label="Acme Pay（示例）",
    config=Config,
    reads=(
        Permission(
            name="disputes.read", why_zh="读取拒付的原因、金额和截止时间", why_en="To read reason, amount and due date"
        ),
    ),
    writes=(
        Permission(
            name="evidence.write", why_zh="提交证据；不自动提交可不给", why_en="To hand over evidence; optional"
        ),
    ),
    parse=parse,
    verify=verify,
    answer=answer,
    fetch=fetch,
    lookup=lookup,
    probe=probe,
    requirements=requirements,
    rehearse=rehearse,
    submit=Submit(send=submit, final=True, automatic=False),
    drill=drill,
    limits=Limits(
        media_types=("application/pdf", "image/png", "image/jpeg"),
        max_file_bytes=2 * 2**20,
        max_pages=20,
        max_files=5,
        max_text_chars=5_000,
        languages=("en",),
        source="Invented, as Acme Pay is",
    ),
)
