"""Square: disputes and inquiries by signed webhook; evidence is uploaded piece by piece and then submitted."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="square",
    label="Square",
    config=Config,
    reads=(
        Permission(
            name="DISPUTES_READ",
            why_zh="接收争议通知，读取原因、金额、状态和截止时间",
            why_en="To be told of disputes and read reason, amount, state and due date",
        ),
        Permission(
            name="PAYMENTS_READ",
            why_zh="读取付款上的订单参考号和卡号末四位，用来匹配订单（可选，切勿给 PAYMENTS_WRITE）",
            why_en="To read order reference and last four digits for matching (optional; never PAYMENTS_WRITE)",
        ),
    ),
    writes=(
        Permission(
            name="DISPUTES_WRITE",
            why_zh="上传证据并在批准后提交；不提交可不给",
            why_en="To upload evidence and submit it once approved",
        ),
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
