"""Klarna disputes: told by webhook, read by API, answered with attachments (representment) and once more on appeal."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import LIMITS, rehearse, requirements, submit
from .drill import drill
from .parse import parse
from .read import lookup, probe
from .verify import verify

channel = Channel(
    name="klarna",
    label="Klarna",
    config=Config,
    reads=(
        Permission(
            name="Payment disputes: read",
            why_zh="查看争议的原因、金额、进展和截止时间",
            why_en="To read disputes: reason, amount, progress and due date",
        ),
    ),
    writes=(
        Permission(
            name="Payment disputes: represent and appeal",
            why_zh="批准后上传附件并提交答复、申诉；不提交可不给",
            why_en="To upload attachments and submit answer or appeal once approved",
        ),
    ),
    parse=parse,
    verify=verify,
    lookup=lookup,
    probe=probe,
    requirements=requirements,
    rehearse=rehearse,
    submit=Submit(send=submit, final=True),
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
