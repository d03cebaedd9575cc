"""SHOPLINE Payments disputes, told by webhook. No way to read one dispute or to answer by API is documented: those are by hand."""

from goodstanding.contract import Channel, Permission

from .config import Config
from .drill import drill
from .parse import parse
from .verify import verify

channel = Channel(
    name="shopline",
    label="SHOPLINE Payments",
    config=Config,
    reads=(
        Permission(
            name="read_payment",
            why_zh="订阅 SHOPLINE Payments 的争议通知；只读，不能退款也不能改单",
            why_en="To subscribe to dispute webhooks of SHOPLINE Payments; read only",
        ),
    ),
    parse=parse,
    verify=verify,
    drill=drill,
)

__all__ = ["Config", "channel"]
