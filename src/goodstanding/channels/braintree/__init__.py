"""Braintree: chargebacks, pre-arbitrations and retrievals told by signed XML; evidence is added and finalized where the key may."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import answer, verify

channel = Channel(
    name="braintree",
    label="Braintree",
    config=Config,
    reads=(
        Permission(
            name="Disputes: view",
            why_zh="读取争议的原因、金额和截止日，补收漏掉的通知",
            why_en="To read reason, amount and reply-by date of disputes, and to catch up on missed notices",
        ),
    ),
    writes=(
        Permission(
            name="Disputes: add evidence",
            why_zh="批准后上传证据并提交；不提交可不给",
            why_en="To add evidence and finalize once approved",
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
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
