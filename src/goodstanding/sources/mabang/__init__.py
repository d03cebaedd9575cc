"""Orders and parcels from 马帮 ERP, by its signed interface; unofficial."""

from goodstanding.contract import Permission, Source

from .config import Config
from .read import LIST, fetch, find, probe

source = Source(
    name="mabang",
    label="马帮 ERP",
    config=Config,
    find=find,
    fetch=fetch,
    probe=probe,
    reads=(
        Permission(
            name=LIST,
            why_zh="读取订单列表：平台订单号、收件地址、运单号、发货时间，用来核对争议和取物流证据",
            why_en="The list of orders: platform numbers, addresses, tracking numbers, shipping times",
        ),
    ),
)

__all__ = ["Config", "source"]
