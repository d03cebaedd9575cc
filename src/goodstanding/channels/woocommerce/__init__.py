"""WooCommerce: the shop's signed webhooks, and disputes of WooPayments, which tell no one and are asked for.

There is no ``submit``: WooCommerce's keys read everything or write everything, and one that writes can refund.
"""

from goodstanding.contract import Channel, Permission

from .config import Config
from .drill import drill
from .parse import parse
from .read import fetch, lookup, probe, requirements
from .requirements import LIMITS
from .verify import verify

channel = Channel(
    name="woocommerce",
    label="WooCommerce / WooPayments",
    config=Config,
    reads=(
        Permission(
            name="REST API key: Read",
            why_zh="轮询 WooPayments 的争议：原因、金额、状态、截止时间；WooPayments 不向外推送争议",
            why_en="To ask WooPayments for disputes, which it sends to no one",
        ),
    ),
    parse=parse,
    verify=verify,
    fetch=fetch,
    lookup=lookup,
    probe=probe,
    requirements=requirements,
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
