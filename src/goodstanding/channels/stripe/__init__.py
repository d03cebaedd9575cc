"""Stripe: disputes, inquiries and early fraud warnings; evidence is staged, and sent where the key may."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="stripe",
    label="Stripe",
    config=Config,
    reads=(
        Permission(
            name="Disputes: Read",
            why_zh="读取争议的原因、金额和截止时间",
            why_en="To read reason, amount and due date of disputes",
        ),
        Permission(
            name="Events: Read", why_zh="补收漏掉的通知（可选）", why_en="To catch up on missed events (optional)"
        ),
        Permission(
            name="Radar early fraud warnings: Read", why_zh="读取早期欺诈预警", why_en="To read early fraud warnings"
        ),
        Permission(
            name="Charges and Refunds: Read",
            why_zh="读取付款上的订单号和卡号末四位，用来匹配订单（可选，切勿给 Write）",
            why_en="To read order number and last four digits for matching (optional; never Write)",
        ),
    ),
    writes=(
        Permission(
            name="Disputes: Write", why_zh="暂存并提交证据；不提交可不给", why_en="To stage and submit evidence"
        ),
        Permission(name="Files: Write", why_zh="上传证据文件；不提交可不给", why_en="To upload evidence files"),
    ),
    parse=parse,
    verify=verify,
    fetch=fetch,
    lookup=lookup,
    probe=probe,
    requirements=requirements,
    rehearse=rehearse,
    submit=Submit(send=submit, final=True, automatic=False),
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
