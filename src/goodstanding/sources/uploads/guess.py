"""Which proof a file may be, from its name and its text: a suggestion that a person confirms.

Ids are those of the evidence list in the knowledge files. A guess needs a telling word; without one there is none.
"""

from __future__ import annotations

import re

# Ordered: the more particular proof first. Each: id, words in a file's name, words in its text.
_RULES: tuple[tuple[str, str, str], ...] = (
    ("ev.withdrawal_letter", r"withdraw\w*.{0,10}(?:letter|dispute)|撤销(?:争议|拒付)|撤诉", r"no longer (?:wish to )?disput"),
    ("ev.signature_pod", r"signature|signed|签名", r"signature (?:proof|image|obtained)|signed (?:for )?by"),
    ("ev.delivery_full_address", r"\bpod\b|proof.of.delivery|delivery.(?:proof|confirm)|delivered|签收|妥投|送达", r"proof of delivery|签收证明|妥投证明"),
    ("ev.tracking_partial", r"track(?:ing)?|shipment|logistic|waybill|轨迹|物流|运单|面单", r"tracking (?:number|history|details)|物流轨迹|运单号"),
    ("ev.refund_proof", r"refund(?!.?polic)|credit.?note|退款(?!政策|条款)", r"refund (?:id|issued|processed|succeeded)|退款成功|退款凭证"),
    ("ev.refund_policy", r"(?:refund|return)s?.?polic|退款政策|退货政策|退换货", r"(?:refund|return) policy|退款政策|退货政策"),
    ("ev.policy_disclosed", r"checkout|结账|勾选", r"i agree to the (?:terms|refund)"),
    ("ev.terms_accept_log", r"terms?.?(?:of.?(?:service|sale)|accept|log)|\btos\b|条款", r"terms of (?:service|sale) accepted"),
    ("ev.renewal_notice", r"renewal|续费|试用到期", r"will (?:automatically )?renew"),
    ("ev.subscription_consent", r"subscri|订阅", r"you (?:have )?subscribed"),
    ("ev.digital_download", r"download|下载", r"download(?:ed)? (?:log|at|from ip)"),
    ("ev.usage_log", r"usage|access.?log|login.?log|使用日志|登录日志", r"last login|登录日志"),
    ("ev.device_ip", r"\bip\b|device|fingerprint|设备", r"device fingerprint"),
    ("ev.three_ds", r"\b3.?ds\b|3d.?secure|\beci\b", r"3-?d secure|\bCAVV\b"),
    ("ev.avs_match", r"\bavs\b", r"\bAVS (?:result|match)"),
    ("ev.auth_record", r"authori[sz]ation|授权", r"authori[sz]ation code"),
    ("ev.authenticity", r"authentic|brand.?auth|licen[cs]e|正品|品牌授权|授权书", r"certificate of authenticity|品牌授权"),
    ("ev.quality_proof", r"quality|\bqc\b|inspection|packing.?photo|质检|发货照片|打包", r"inspection report|质检报告"),
    ("ev.return_instructions", r"return.?(?:label|instruction)|\brma\b|退货(?:指引|地址|单)", r"return (?:label|instructions)"),
    ("ev.replacement_or_repair", r"replace|reship|repair|补发|重发|维修", r"replacement (?:order|shipped)"),
    ("ev.product_page", r"product.?page|listing|商品页|产品页|详情页", r"add to cart|加入购物车"),
    ("ev.customer_comm", r"chat|e-?mail|message|ticket|whatsapp|conversation|聊天|沟通|邮件|客服|工单|对话", r"wrote:|发件人[:：]"),
    ("ev.receipt_invoice", r"invoice|receipt|发票|收据", r"\binvoice (?:no|number|date)|发票号码"),
    ("ev.order_record", r"order|订单", r"order (?:number|confirmation|details)|订单号"),
)  # fmt: skip
_NAMES = tuple((kind, re.compile(name, re.IGNORECASE)) for kind, name, _ in _RULES)
_TEXTS = tuple((kind, re.compile(text, re.IGNORECASE)) for kind, _, text in _RULES)
_SEEN = 20_000


def guess_kind(filename: str, text: str = "", media_type: str = "") -> str:
    """The id of the proof that the file seems to be, or "". The name counts before the text."""
    name = re.sub(r"[_\-.]+", " ", filename.rpartition(".")[0] or filename)
    for kind, pattern in _NAMES:
        if pattern.search(name):
            return kind
    if media_type == "message/rfc822":
        return "ev.customer_comm"
    for kind, pattern in _TEXTS:
        if pattern.search(text[:_SEEN]):
            return kind
    return ""
