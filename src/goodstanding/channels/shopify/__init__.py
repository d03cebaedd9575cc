"""Shopify Payments disputes: told by webhook, read by GraphQL; evidence files go by REST and are attached by GraphQL."""

from goodstanding.contract import Channel, Permission, Submit

from .config import Config
from .defend import rehearse, requirements, submit
from .drill import drill
from .evidence import LIMITS
from .parse import parse
from .read import fetch, lookup, probe
from .verify import verify

channel = Channel(
    name="shopify",
    label="Shopify Payments",
    config=Config,
    reads=(
        Permission(
            name="read_shopify_payments_disputes",
            why_zh="接收争议通知，读取原因、金额、状态和截止时间",
            why_en="To be told of disputes and read reason, amount, status and due date",
        ),
        Permission(
            name="read_shopify_payments_dispute_evidences",
            why_zh="查看 Shopify 已收集的证据、是否已提交",
            why_en="To see the evidence that Shopify holds and whether it was submitted",
        ),
        Permission(
            name="read_orders",
            why_zh="读取争议对应的订单号，用来自动匹配（可选，切勿给 write_orders）",
            why_en="To read the order number for matching (optional; never write_orders)",
        ),
    ),
    writes=(
        Permission(
            name="write_shopify_payments_dispute_evidences",
            why_zh="上传证据文件并在批准后提交；不提交可不给",
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
    submit=Submit(send=submit, final=True, automatic=True),
    drill=drill,
    limits=LIMITS,
)

__all__ = ["Config", "channel"]
