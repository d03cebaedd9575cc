"""The sum in dispute or demanded, in major units, with its ISO 4217 code."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from goodstanding.contract import exponent

from ..result import Field
from .candidate import Candidate, choose

_CODES = "EUR|USD|GBP|JPY|CNY|RMB|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|HKD|SGD|TWD|KRW|INR|BRL|MXN|ILS|AED|SAR|TRY|THB|MYR|PHP|IDR|VND|ZAR|CLP|COP|ARS|KWD|BHD"
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "us$": "USD", "us $": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "cad$": "CAD", "hk$": "HKD", "nz$": "NZD",
    "s$": "SGD", "nt$": "TWD", "r$": "BRL", "mx$": "MXN", "zł": "PLN", "zl": "PLN", "円": "JPY", "日元": "JPY", "美元": "USD", "美金": "USD", "欧元": "EUR",
    "歐元": "EUR", "英镑": "GBP", "元": "CNY", "人民币": "CNY", "人民幣": "CNY", "港元": "HKD", "港币": "HKD", "ユーロ": "EUR", "ドル": "USD", "ポンド": "GBP", "₩": "KRW",
    "₹": "INR", "euro": "EUR", "euros": "EUR", "dollars": "USD", "pounds": "GBP", "yen": "JPY", "franken": "CHF", "fr.": "CHF", "sfr.": "CHF", "kč": "CZK",
    "rmb": "CNY", "złotych": "PLN", "pln": "PLN",
}  # fmt: skip
_COUNTRY_DOLLAR = {"AU": "AUD", "CA": "CAD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
_NUMBER = r"\d{1,3}(?:[ '.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,3})?"
_LEFT = r"us ?\$|au\$|a\$|ca\$|cad\$|c\$|hk\$|nz\$|nt\$|mx\$|s\$|r\$|\$|€|£|¥|₩|₹|sfr\.|fr\.|人民币|美元|欧元"
_RIGHT = r"us\$|\$|€|£|zł(?:otych)?|kč|kr\b|円|日元|美元|美金|欧元|歐元|英镑|人民币|元|港元|港币|ユーロ|ドル|ポンド|euros?\b|dollars?\b|pounds?\b|yen\b|franken\b"
_PATTERN = re.compile(
    rf"(?<![a-z0-9_])(?<!\d[.,])(?:(?P<l>{_LEFT})\s?(?P<n1>{_NUMBER})(?:\s?(?P<c1>{_CODES.lower()})\b)?|(?P<c2>{_CODES.lower()})\s?(?:\$|€|£|¥)?\s?(?P<n2>{_NUMBER})|(?P<n3>{_NUMBER})(?:,--|,-|\.-)?\s?(?:(?P<c3>{_CODES.lower()})\b|(?P<r>{_RIGHT})))(?![\d])"
)
_FOR = re.compile(
    r"(?:disputed?|chargeback|claim(?:ed)?|in dispute|transaction|case|debit(?:ed)?|refund|demand\w*|outstanding|owed|pay\w*|sum of|damages|compensation|inquiry|contested|reversed?|dispute) ?(?:\S+ ){0,3}?(?:amount|total|value|sum|of|for)?\W{0,4}(?:is |was |of |: |for |in the amount of |totalling )*$|"
    r"(?:amount|value|sum)(?: in dispute| disputed| of the dispute| claimed| due)?\W{0,5}(?:of |: |is )*$|(?:streit|rückbuchungs|reklamations|transaktions|forderungs|gesamt)?(?:betrag|summe|wert)\w*(?: von| in höhe von)?\W{0,4}$|in höhe von\W{0,3}$|"
    r"(?:montant|somme|valeur)(?: \S+){0,3}? ?(?:de|:|contesté|d'un)?\W{0,4}$|(?:importe|monto|cantidad|suma|cuantía)(?: \S+){0,3}? ?(?:de|:)?\W{0,4}$|(?:importo|somma)(?: \S+){0,3}? ?(?:di|:|pari a)?\W{0,4}$|pari a\W{0,3}$|"
    r"(?:bedrag|som)(?: \S+){0,3}? ?(?:van|:)?\W{0,4}$|(?:kwot\w|sum\w)(?: \S+){0,3}?\W{0,4}$|(?:valor|montante|quantia)(?: \S+){0,3}?\W{0,4}$|(?:金額|対象額|請求額|異議金額|代金|返金額|争议金额|拒付金额|交易金额|涉案金额|索赔金额|金额|退款|赔偿)(?:は|:|为|是|として|共计)?\W{0,4}$|"
    r"\b(?:of|for|über|de|di|van|por|for the|na kwotę)\s$"
)
_AGAINST = re.compile(
    r"(?:(?<![a-zà-ž])(?:order total|total order|fees?|chargeback fee|dispute fee|gebühr\w*|bearbeitungsgebühr|frais|comisi\w+|commission\w*|kosten|opłat\w|手数料|手续费|shipping|versand\w*|delivery|tax\b|vat\b|mwst|penalt(?:y|ies)|fines?|bußgeld\w*|amende\w*|multa\w*|sanzion\w*|boete\w*|kar[aęy]|罚款|過料|罰金|up to|exceed\w*|bis zu|jusqu'à|hasta|fino a|tot\b|do wysokości|最高|以下|balance|minimum|maximum|threshold|limit|voucher|coupon|discount|rabatt|free\b|over\b|more than|above|worth|saldo|solde|prize|gutschein|per (?:violation|month|item)|order value|bestellwert|gesamtbestellwert|订单总额|总价|注文合計|合計金額|net\b|costs? of)|手数料|手续费|罚款|過料|罰金|最高|以下|订单总额|总价|注文合計|合計金額) ?(?:\S+ ){0,2}?(?:of|is|was|:|von|de|di|van|in höhe von|to)?\W{0,4}$"
)
_COSTS = re.compile(r"kosten|costs|frais|gebühr|fees|spese|koszt|費用|费用")
_AFTER_AGAINST = re.compile(
    r"^[^\w\n]{0,3}(?:(?:dispute|chargeback|processing|admin\w*|handling|non-refundable|service) )?(?:fee\b|fine\b|penalt|gebühr|bußgeld|frais|手数料|手续费|以下の罰金|的?罚款|de (?:multa|frais|comisión)|off\b|voucher|per (?:month|violation|item)|discount)"
)


def amount_in(
    text: str, flat: str, *, language: str, country: str, wanted: bool, demand: bool = False
) -> tuple[Field | None, Field | None, bool]:
    """Amount and currency as two fields with one span. ``wanted``: the kind is one that is about a sum."""
    candidates: list[Candidate] = []
    codes: dict[tuple[int, int], tuple[str, str]] = {}
    for match in _PATTERN.finditer(flat):
        code, note = _currency(match, language, country)
        number = number_of(match["n1"] or match["n2"] or match["n3"], code)
        if number is None or not code:
            continue
        span = match.span()
        weight = _weigh(flat, span, demand=demand)
        codes[span] = (code, note)
        candidates.append(Candidate(_show(number, code), span, weight, "amount.currency", note))
    least = 0.5 if wanted else 1.5
    field, tied = choose(text, candidates, least)
    if field is None or field.span is None:
        return None, None, False
    code, note = codes[field.span]
    currency = Field(value=code, raw=field.raw, span=field.span, rule="currency.beside_amount", note=note)
    return field, currency, tied and field.alternatives[0].why == "equal"


def _weigh(flat: str, span: tuple[int, int], *, demand: bool) -> float:
    before = re.sub(r"\s+", " ", flat[max(0, span[0] - 70) : span[0]])
    after = flat[span[1] : span[1] + 40]
    weight = 1.0
    if _FOR.search(before):
        weight += 1.0
    if re.search(
        r"(?:disput\w*|chargeback|in dispute|contested|streit\w*|rückbuchung\w*|contest\w*|litige|disputad\w*|contracargo|betwist\w*|sporn\w*|异议|争议|拒付|異議)[^.]{0,30}$",
        before,
    ):
        weight += 1.5
    if (found := _AGAINST.search(before)) or _AFTER_AGAINST.search(after):
        # A lawyer demands costs; anywhere else costs are beside the matter.
        weight -= 0.5 if demand and found and _COSTS.search(found[0]) else 3.0
    return weight


def _currency(match: re.Match[str], language: str, country: str) -> tuple[str, str]:
    if code := match["c1"] or match["c2"] or match["c3"]:
        return ("CNY" if code == "rmb" else code.upper()), ""
    symbol = (match["l"] or match["r"] or "").strip()
    if symbol == "$":
        found = _COUNTRY_DOLLAR.get(country)
        return (found, "by_country") if found else ("USD", "assumed_us_dollar")
    if symbol == "¥":
        return ("CNY", "by_language") if language == "zh" or country == "CN" else ("JPY", "by_language")
    if symbol == "kr":
        return {"DK": "DKK", "NO": "NOK"}.get(country, "SEK"), "by_country"
    return _SYMBOLS.get(symbol, _SYMBOLS.get(symbol.rstrip("s"), "")), ""


def number_of(raw: str, currency: str = "") -> Decimal | None:
    """The number written with either decimal sign: ``1.234,56``, ``1,234.56``, ``1'234.50``, ``12,000``."""
    text = raw.replace(" ", "").replace("'", "")
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        sign, digits = text[last], len(text) - last - 1
        both = "." in text and "," in text
        several = text.count(sign) > 1
        thousands = digits == 3 and not both and (several or exponent(currency or "EUR") != 3)
        if thousands or (several and not both):
            text = text.replace(sign, "")
        else:
            other = "," if sign == "." else "."
            text = text.replace(other, "").replace(sign, ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if Decimal(0) < found < Decimal(10) ** 10 else None


def _show(number: Decimal, currency: str) -> str:
    places = exponent(currency)
    return f"{number:.{places}f}" if number == round(number, places) else str(number.normalize())
