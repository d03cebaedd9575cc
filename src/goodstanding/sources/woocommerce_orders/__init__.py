"""Orders of a WooCommerce shop, by REST with a read-only key."""

from goodstanding.contract import Permission, Source

from .config import Config
from .read import fetch, find, probe

source = Source(
    name="woocommerce_orders",
    label="WooCommerce 订单",
    config=Config,
    find=find,
    fetch=fetch,
    probe=probe,
    reads=(
        Permission(
            name="REST API key: Read",
            why_zh="读取订单、付款编号、收货地址和退款记录，用来核对争议对应哪一单",
            why_en="Orders, payment ids, addresses and refunds, to find what a dispute is about",
        ),
    ),
)

__all__ = ["Config", "source"]
