"""PayPal: claims in its Resolution Center and bank chargebacks told by it; evidence is provided where PayPal offers to take it."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="paypal",
    label="PayPal",
    config=Config,
    reads=(
        Permission(
            name="https://uri.paypal.com/services/disputes/read-seller",
            why_zh="读取争议的原因、阶段、金额和截止时间；通知本身只含一部分内容，必须回查",
            why_en="To read disputes: the webhook holds only a part of one",
        ),
    ),
    writes=(
        Permission(
            name="https://uri.paypal.com/services/disputes/update-seller",
            why_zh="批准后提交证据；不提交可不给",
            why_en="To provide evidence once approved",
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
