"""Column names seen in 店小秘 templates. There is no public list and sellers rename them: guesses for the mapping page."""

from goodstanding.order_tables import FIELDS as GENERAL

#: Put before the general names. 包裹号 is 店小秘's own number of a parcel, never the carrier's and never the order's.
_OWN: dict[str, tuple[str, ...]] = {
    "number": ("订单号", "订单编号", "平台订单号"),
    "payment": ("交易号", "交易编号", "付款交易号", "PayPal交易号", "支付交易号"),
    "tracking_number": ("运单号", "跟踪号", "物流跟踪号", "国际跟踪号", "货运单号"),
    "carrier": ("物流方式", "物流渠道", "发货物流", "货代公司"),
    "shipped_at": ("发货时间", "发货日期", "提交发货时间"),
    "ordered_at": ("下单时间", "订单创建时间"),
    "paid_at": ("付款时间", "订单付款时间"),
    "total": ("订单金额", "订单总价", "买家支付金额"),
    "buyer_name": ("收件人姓名", "收件人", "买家姓名", "买家名称"),
    "buyer_email": ("买家邮箱", "收件人邮箱"),
    "buyer_phone": ("收件人电话", "收件人手机", "买家电话"),
    "shipping_address": ("详细地址", "收件人地址", "地址1", "收货地址"),
    "province": ("收件人省/州", "州/省"),
    "city": ("收件人城市",),
    "postcode": ("收件人邮编",),
    "country": ("收件人国家二字码", "收件人国家", "国家(中文)", "国家二字码"),
    "title": ("产品名称", "商品名称", "产品标题", "中文配货名称"),
    "sku": ("产品SKU", "平台SKU", "商品SKU"),
    "quantity": ("产品数量", "购买数量"),
    "price": ("产品单价", "产品售价"),
}

FIELDS: dict[str, tuple[str, ...]] = {
    **{name: (*_OWN.get(name, ()), *(other for other in known if other not in _OWN.get(name, ())))
       for name, known in GENERAL.items()},
    "package": ("包裹号", "包裹编号", "店小秘包裹号"),
}  # fmt: skip
