"""Names under which exports are known to carry each field.

From the column names that Shopify's order export, WooCommerce exporters, 店小秘 and 马帮 templates use, and from what people
write by hand. ERP templates are user-defined: these are guesses for the mapping page, never a fixed layout.
"""

FIELDS: dict[str, tuple[str, ...]] = {
    "number": (
        "订单号", "订单编号", "平台订单号", "店铺订单号", "原始订单号", "order number", "order no", "order id", "order", "order name",
        "platform order id", "platformOrderId", "sales record number", "name", "单号",
    ),
    "ordered_at": (
        "下单时间", "订单时间", "创建时间", "下单日期", "订单日期", "created at", "order date", "ordered at", "date created", "order time",
        "purchase date", "date",
    ),
    "paid_at": ("付款时间", "支付时间", "付款日期", "paid at", "payment date", "paid time", "date paid"),
    "total": (
        "订单金额", "订单总金额", "订单总额", "实付金额", "总金额", "总计", "total", "order total", "order amount", "amount", "grand total",
        "金额",
    ),
    "currency": ("币种", "货币", "订单币种", "币别", "currency", "currency code", "order currency"),
    "buyer_name": (
        "买家姓名", "收件人", "收货人", "收件人姓名", "客户姓名", "买家", "buyer name", "customer name", "recipient", "shipping name",
        "billing name", "customer",
    ),
    "buyer_email": ("买家邮箱", "客户邮箱", "邮箱", "电子邮箱", "email", "buyer email", "customer email", "e-mail", "billing email"),
    "buyer_phone": ("电话", "手机", "收件人电话", "买家电话", "联系电话", "phone", "shipping phone", "buyer phone", "mobile", "tel"),
    "buyer_ip": ("下单IP", "买家IP", "IP地址", "ip", "ip address", "browser ip", "customer ip", "buyer ip"),
    "shipping_address": (
        "收货地址", "收件地址", "详细地址", "地址", "shipping address", "ship to", "delivery address", "shipping street", "address",
        "shipping address1", "address1", "街道", "地址1",
    ),
    "address2": ("地址2", "address2", "shipping address2"),
    "city": ("城市", "收件城市", "city", "shipping city"),
    "province": ("省/州", "省份", "州", "省", "state", "province", "shipping province", "shipping state"),
    "postcode": ("邮编", "邮政编码", "zip", "postcode", "postal code", "zip code", "shipping zip"),
    "country": (
        "国家代码", "国家二字码", "收件国家", "国家", "国家/地区", "countryCode", "country code", "shipping country", "country", "ship country",
    ),
    "billing_address": ("账单地址", "billing address", "billing address1", "billing street"),
    "sku": ("SKU", "商品SKU", "平台SKU", "商品编码", "lineitem sku", "item sku", "sku code"),
    "title": (
        "商品名称", "产品名称", "商品标题", "品名", "中文品名", "product", "product name", "item name", "lineitem name", "title", "item",
    ),
    "quantity": ("数量", "商品数量", "产品数量", "购买数量", "quantity", "qty", "lineitem quantity"),
    "price": ("单价", "商品单价", "售价", "unit price", "price", "lineitem price", "item price"),
    "tracking_number": (
        "运单号", "跟踪号", "追踪号", "物流单号", "快递单号", "货运单号", "国际运单号", "tracking number", "tracking no", "trackNumber", "tracking",
        "tracking id",
    ),
    "carrier": (
        "物流方式", "物流公司", "承运商", "快递公司", "物流渠道", "myLogisticsChannelName", "carrier", "shipping carrier", "courier",
        "shipping method",
    ),
    "shipped_at": ("发货时间", "发货日期", "expressTime", "shipped at", "ship date", "fulfilled at", "shipping date", "date shipped"),
    "delivered_at": ("签收时间", "妥投时间", "送达时间", "delivered at", "delivery date", "date delivered"),
    "delivered_to": ("签收地点", "妥投地点", "delivered to", "delivery location"),
    "signed_by": ("签收人", "signed by", "received by"),
    "refunded": ("退款金额", "已退款", "已退金额", "refunded amount", "refunded", "refund amount", "refund"),
    "payment": (
        "交易号", "支付流水号", "付款流水号", "支付单号", "transaction id", "payment reference", "payment id", "payment references",
        "payment intent", "transaction",
    ),
    "charge": ("扣款号", "charge id", "charge"),
    "arn": ("ARN", "收单参考号", "acquirer reference number"),
    "last4": ("卡号后四位", "卡末四位", "last4", "last 4", "card last4"),
}  # fmt: skip

#: What the mapping page calls each field.
LABELS: dict[str, tuple[str, str]] = {
    "number": ("订单号", "Order number"),
    "ordered_at": ("下单时间", "Ordered at"),
    "paid_at": ("付款时间", "Paid at"),
    "total": ("订单金额", "Order total"),
    "currency": ("币种", "Currency"),
    "buyer_name": ("买家姓名", "Buyer's name"),
    "buyer_email": ("买家邮箱", "Buyer's e-mail"),
    "buyer_phone": ("买家电话", "Buyer's phone"),
    "buyer_ip": ("下单 IP", "Buyer's IP"),
    "shipping_address": ("收货地址", "Shipping address"),
    "address2": ("地址第二行", "Address line 2"),
    "city": ("城市", "City"),
    "province": ("省／州", "State or province"),
    "postcode": ("邮编", "Postcode"),
    "country": ("国家", "Country"),
    "billing_address": ("账单地址", "Billing address"),
    "sku": ("SKU", "SKU"),
    "title": ("商品名称", "Product"),
    "quantity": ("数量", "Quantity"),
    "price": ("单价", "Unit price"),
    "tracking_number": ("运单号", "Tracking number"),
    "carrier": ("承运商", "Carrier"),
    "shipped_at": ("发货时间", "Shipped at"),
    "delivered_at": ("签收时间", "Delivered at"),
    "delivered_to": ("签收地点", "Delivered to"),
    "signed_by": ("签收人", "Signed by"),
    "refunded": ("已退款金额", "Refunded"),
    "payment": ("支付交易号", "Payment id"),
    "charge": ("扣款号", "Charge id"),
    "arn": ("ARN", "ARN"),
    "last4": ("卡号后四位", "Card's last four"),
}
