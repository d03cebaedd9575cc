"""Orders, payments and shipments of a Shopify shop, read by its Admin GraphQL API."""

from goodstanding.contract import Permission, Source

from .config import Config
from .read import fetch, find, probe

source = Source(
    name="shopify_orders",
    label="Shopify 订单",
    config=Config,
    find=find,
    fetch=fetch,
    probe=probe,
    reads=(
        Permission(
            name="read_orders",
            why_zh="读取订单、付款编号、发货和收货地址，用来核对争议对应哪一单、货发到了哪里",
            why_en="Orders, payment ids, shipments and addresses, to find what a dispute is about",
        ),
    ),
)

__all__ = ["Config", "source"]
