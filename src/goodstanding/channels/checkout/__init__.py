"""Checkout.com: disputes by signed webhook; evidence is provided, then submitted, under an OAuth token of few scopes."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="checkout",
    label="Checkout.com",
    config=Config,
    reads=(
        Permission(
            name="disputes:view",
            why_zh="读取争议的原因、金额、状态、截止时间和所需证据",
            why_en="To read reason, amount, status, due date and relevant evidence of disputes",
        ),
    ),
    writes=(
        Permission(
            name="disputes:provide-evidence",
            why_zh="上传证据并在批准后提交；不提交可不给",
            why_en="To provide and submit evidence once approved",
        ),
        Permission(name="files:upload", why_zh="上传证据文件；不提交可不给", why_en="To upload evidence files"),
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
