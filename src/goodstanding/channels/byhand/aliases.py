"""Headers under which people and payment back ends list disputes."""

FIELDS: dict[str, tuple[str, ...]] = {
    "case_ref": (
        "案件号", "案件编号", "争议号", "争议编号", "争议单号", "拒付号", "拒付编号", "case id", "case number", "case no", "dispute id",
        "chargeback id", "case reference", "dispute", "case",
    ),
    "reason_code": ("原因代码", "拒付原因代码", "原因码", "拒付代码", "reason code", "chargeback reason code", "network reason code", "reason"),
    "reason_text": ("原因", "拒付原因", "争议原因", "原因说明", "reason description", "reason text", "description"),
    "network": ("卡组织", "卡种", "卡品牌", "卡类型", "network", "card network", "card brand", "scheme", "card type", "brand"),
    "amount": ("金额", "争议金额", "拒付金额", "amount", "dispute amount", "disputed amount", "chargeback amount", "case amount"),
    "currency": ("币种", "货币", "争议币种", "币别", "currency", "currency code", "dispute currency"),
    "respond_by": (
        "截止日期", "截止时间", "回复截止日期", "答复期限", "举证截止", "申诉截止日期", "deadline", "due date", "due by", "respond by",
        "response due", "evidence due by", "reply by", "due",
    ),
    "occurred_at": (
        "争议日期", "拒付日期", "发起日期", "通知日期", "创建时间", "dispute date", "chargeback date", "opened at", "received date",
        "created at", "created", "date",
    ),
    "stage": ("阶段", "争议阶段", "类型", "stage", "dispute stage", "cycle", "type", "dispute type"),
    "status": ("状态", "争议状态", "status", "dispute status", "case status"),
    "order": ("订单号", "订单编号", "平台订单号", "order number", "order no", "order id", "merchant reference", "order"),
    "payment": (
        "交易号", "支付流水号", "付款流水号", "交易流水号", "transaction id", "payment id", "payment reference", "psp reference", "payment intent",
        "transaction",
    ),
    "charge": ("扣款号", "charge id", "charge"),
    "arn": ("ARN", "收单参考号", "acquirer reference number"),
    "buyer_name": ("买家", "买家姓名", "持卡人", "客户姓名", "buyer name", "cardholder", "cardholder name", "customer name"),
    "buyer_email": ("买家邮箱", "客户邮箱", "邮箱", "email", "buyer email", "customer email"),
}  # fmt: skip

#: Words for networks, as codes of the knowledge files. Anything else is passed on in lower case, as an unknown network.
NETWORKS: dict[str, str] = {
    "visa": "visa",
    "维萨": "visa",
    "mastercard": "mastercard",
    "master card": "mastercard",
    "mc": "mastercard",
    "万事达": "mastercard",
    "amex": "amex",
    "american express": "amex",
    "运通": "amex",
    "美国运通": "amex",
    "discover": "discover",
    "diners": "discover",
    "发现卡": "discover",
    "jcb": "jcb",
    "unionpay": "unionpay",
    "银联": "unionpay",
}

#: Words for the stage of the matter: the kind of notice and the stage. Anything else is a chargeback of unknown stage.
STAGES: dict[str, tuple[str, str]] = {
    "inquiry": ("pre_dispute_alert", "inquiry"),
    "retrieval": ("pre_dispute_alert", "inquiry"),
    "retrieval request": ("pre_dispute_alert", "inquiry"),
    "查询": ("pre_dispute_alert", "inquiry"),
    "调单": ("pre_dispute_alert", "inquiry"),
    "alert": ("pre_dispute_alert", "alert"),
    "预警": ("pre_dispute_alert", "alert"),
    "chargeback": ("chargeback", "dispute"),
    "first chargeback": ("chargeback", "dispute"),
    "dispute": ("chargeback", "dispute"),
    "拒付": ("chargeback", "dispute"),
    "首次拒付": ("chargeback", "dispute"),
    "pre-arbitration": ("chargeback", "pre_arbitration"),
    "pre_arbitration": ("chargeback", "pre_arbitration"),
    "second chargeback": ("chargeback", "pre_arbitration"),
    "预仲裁": ("chargeback", "pre_arbitration"),
    "二次拒付": ("chargeback", "pre_arbitration"),
    "arbitration": ("chargeback", "arbitration"),
    "仲裁": ("chargeback", "arbitration"),
}
