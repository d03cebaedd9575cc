"""Orders of a Magento 2 or Adobe Commerce shop, by REST with a read-only integration."""

from goodstanding.contract import Permission, Source

from .config import Config
from .read import fetch, find, probe

source = Source(
    name="magento_orders",
    label="Magento / Adobe Commerce 订单",
    config=Config,
    find=find,
    fetch=fetch,
    probe=probe,
    reads=(
        Permission(
            name="Magento_Sales::actions_view",
            why_zh="查看订单：付款编号、收货地址、商品和退款金额，用来核对争议对应哪一单",
            why_en="View orders: payment ids, addresses, goods and refunds, to find what a dispute is about",
        ),
    ),
)

__all__ = ["Config", "source"]
