"""Names by which the sender knows the matter: case, order, reason code, network."""

from __future__ import annotations

import re
from functools import lru_cache

from ..organisations import Organisation
from ..result import Field
from ..yamlfile import HERE, load
from .candidate import Candidate, choose
from .tables import cells_in

_VALUE = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._/#\-–]|:(?=[A-Z0-9]{1,8}\b)|(?<=[A-Z0-9]) (?=[A-Z]{0,3}\d))*[A-Za-z0-9](?:\([A-Za-z0-9]{1,4}\))?"
)
#: Numbers of courts and offices in Chinese and Japanese: 令和8年(ワ)第118号, （2026）浙律函字第0881号, 消表対第1187号.
_WIDE_VALUE = re.compile(
    r"(?:(?:令和|平成)(?:\d{1,2}|元)年|[（(〔\[]20\d\d[）)〕\]])?\s?[（(]?[一-龥ァ-ヶ]{0,12}[）)]?(?:20\d\d)?[一-龥]{0,6}第?\s?\d{1,8}(?:-\d{1,4})?\s?号"
)
_WIDE_ALONE = re.compile(
    r"[（(〔\[]20\d\d[）)〕\]]\s?[一-龥]{1,14}\d{0,6}[一-龥]{0,6}第?\s?\d{1,8}(?:-\d{1,4})?\s?号|(?:令和|平成)(?:\d{1,2}|元)年\s?[（(][一-龥ァ-ヶ]{1,3}[）)]\s?第\s?\d{1,8}号"
)
_SEP = re.compile(
    r"\s*(?:\(\w{1,12}\)\s*)?(?:is|lautet|ist|est|es|è|は|为|是|nr\b\.?|no\b\.?|n°|nº|n\.|number|numéro|id\b)?\s*[:#：=|№]{0,2}[ \t#|]*(?:\n[ \t]*(?=\S))?[\[\(\"']?"
)
#: In the subject, in brackets, letters and digits: [SU-77120], [dsp_9f3ac0b2e1], (Case 1712), [#4411-AB].
_BRACKETED = re.compile(
    r"[\[(【](?:#|id:? ?)?(?P<v>(?=[^\]\n)】]{0,24}\d)(?:[A-Za-z]{1,6}[-_/#]?)?[A-Za-z0-9]{1,16}(?:[-_/:][A-Za-z0-9]{1,16}){0,5})[\])】]"
)
_SPAMCOP = re.compile(r"\[spamcop \([^)\n]{1,60}\) id:(?P<v>\d{6,14})\]")


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[float, re.Pattern[str]], ...]:
    """The matter's own labels first, then the sender's references."""
    rows = load(HERE / "case_labels.yaml")
    own = "|".join(rows["own"].values())
    ours = "|".join(rows["ours"].values())
    edge = r"(?<![a-zà-ž])"
    return (4.0, re.compile(rf"{edge}(?:{own})")), (2.5, re.compile(rf"{edge}(?:{ours})"))


@lru_cache(maxsize=1)
def _kinds() -> re.Pattern[str]:
    rows = load(HERE / "case_labels.yaml")["kinds"]
    return re.compile(
        rf"(?<![a-zà-ž])(?:{'|'.join(rows)})(?: (?:notification|notice|advice|alert|case|précontentieux|meldung|mitteilung))?\s?#?\s?(?=[a-z]{{0,6}}[-_/]?\d|[a-z]{{1,4}}[-_/][a-z]{{1,4}}[-_/]\d|\d{{1,4}}[a-z-])"
    )


_NOT_CASE = re.compile(
    r"(?<![a-zà-ž])(?:shopper|card ?holder|transaction|order|invoice|payment|tracking|charge|customer|your|ihr(?:e)?|ihr zeichen|votre|vos|su|vostro|vs\.?|v/|uw|arn|acquirer|merchant|card|account|bestell\w*|auftrags\w*|rechnungs?\w*|transaktions?\w*|commande|facture|pedido|factura|ordine|fattura|bestelling|factuur|zamówieni\w*|faktur\w*|注文|取引|订单|交易|运单|发票|original|retrieval|auth\w*|member|booking|item|message|store|kunden\w*|vertrags\w*)[ \-./]*(?:id|number|no|nr)?[ .\-:#]*$"
)
_NOT_VALUE = re.compile(
    r"^(?:\d{23}|ch_\w+|pi_\w+|py_\w+|txn_\w+|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|20\d\d-\d\d-\d\d|\d{1,2}|(?:19|20)\d\d)$"
)
_ORDER_LABELS = re.compile(
    r"(?:\border(?:s)?(?: (?:number|no\b\.?|nr\.?|id|code|ref(?:erence)?\b\.?(?: (?:number|no\.?|id))?|#))?|merchant (?:order |transaction )?ref(?:erence)?(?: (?:number|no\.?|id))?|purchase order|\bpo (?:number|no\.?)|"
    r"(?:bestell|auftrags|bestellungs)-?(?:nummer|nr\.?|id)|bestellung(?: (?:nr\.?|nummer|mit der nummer))?|auftrag(?: nr\.?)?|(?:numéro|n°|nº|réf(?:érence)?\.?) (?:de |de la )?commande|commande(?: (?:n°|nº|numéro|no\.?|réf\.?))?|"
    r"(?:número|nº|n\.º|núm\.?) (?:de |del )?pedido|pedido(?: (?:nº|n\.º|número|núm\.?|n°))?|encomenda(?: n\.º| nº)?|(?:numero|n\.|n°) (?:d'|dell'|di )?ordine|ordine(?: (?:n\.|n°|numero|nr\.?))?|"
    r"(?:bestel|order)-?nummer|bestelling(?: (?:nr\.?|nummer))?|(?:numer|nr) zamówienia|zamówieni[ea](?: (?:nr|numer|o numerze))?|(?:ご)?注文(?:番号|id|no\.?)?|オーダー番号|订单(?:编号|号码|号|id)?|訂單(?:編號|號碼|號)?)"
    r"\s*[\"'\[\(]?\s*(?:is|lautet|nr\.?|no\b\.?|n°|nº|number|は|为)?\s?[:#：]?\s*[#＃]?\s*(?P<v>[A-Za-z0-9][A-Za-z0-9_\-/]{1,30}(?<![\-/_]))"
)
_REASON_LABEL = re.compile(
    r"(?:reason|dispute|chargeback|condition|scheme|network|issuer)? ?(?:reason )?(?:code|condition)(?: number)?\W{1,4}(?:is |: )?(?:\w+ ){0,1}?(?P<v>\d{1,2}\.\d{1,2}(?:\.\d)?|\d{2,4}|[a-z]{1,2}\d{1,2}|[a-z]{2})\b|"
    r"(?:reason|motif|motivo|grund|begründung|reden|powód|przyczyna|causale|理由|原因)\w*\W{1,4}(?:\w+ ){0,2}?(?P<w>\d{1,2}\.\d{1,2}(?:\.\d)?|4\d{3}|[acfmprs]\d{2}|(?:md|ms|ac|am|ag|rr)\d{2})\b|"
    r"(?:grundcode|begründungscode|ursachencode|rückgabegrund|code[ -]motif|code (?:de )?raison|motif de rejet|código de (?:motivo|razón)|codice (?:motivo|motivazione|causale)|redencode|kod (?:przyczyny|powodu)|理由コード|リーズンコード|原因代码|拒付原因代码|原因码)\s*(?:\(\w+\))?\s*(?:[:：]|ist|lautet|は|为)?\s*(?:visa |mastercard |amex )?(?P<x>\d{1,2}\.\d{1,2}(?:\.\d)?|\d{2,4}|[a-z]{1,2}\d{1,2}|[a-z]{2})\b"
)
_REASON_BARE = re.compile(
    r"(?:visa|reason|condition|code|dispute|grund|motif|motivo|理由|原因)[^.\n]{0,24}?\b(?P<v>1[0-3]\.[1-9](?:\.[1-3])?)\b|\b(?:mastercard|code|reason)[^.\n]{0,24}?\b(?P<m>48(?:0[178]|12|3[1-47]|4[0-9]|5[0-9]|6[0-3]|7[01]))\b|"
    r"\b(?P<s>md0[1-9]|ms0[23]|ac0[1-6]|am04|sl01)\b|(?:american express|amex)[^.\n]{0,40}?\b(?P<a>[acfmpr]\d{2})\b|\b(?P<q>1[0-3]\.[1-9](?:\.[1-3])?) ?(?:-|\(|:)?\s?(?:fraud|other fraud|merchandise|not as described|cancelled|credit not|duplicate|services|counterfeit|misrepresentation|card-absent)"
)
_CODE_IN_CELL = re.compile(
    r"(?<![\w.])(?P<v>1[0-3]\.\d{1,2}(?:\.\d)?|4(?:8[0-7]\d|999)|[acfmpr]\d{2}|md0[1-9]|ms0[23]|ac0[1-6]|am04)(?![\w.])"
)
_NETWORKS = {
    "visa": re.compile(r"\bvisa\b(?! (?:application|requirement))|ビザカード"),
    "mastercard": re.compile(r"\bmaster ?card\b|マスターカード|万事达"),
    "amex": re.compile(r"\bamerican express\b|\bamex\b|アメックス|アメリカン・エキスプレス|美国运通|运通卡"),
    "discover": re.compile(
        r"\bdiscover (?:card|network|global)\b|(?:network|brand|scheme|card type|alert|card)\W{1,3}discover\b|\bdiscover\W{1,3}(?:dispute|chargeback|reason|card|network)|\bdiners(?: club)?\b"
    ),
    "jcb": re.compile(r"\bjcb\b"),
    "unionpay": re.compile(r"\bunion ?pay\b|银联|銀聯"),
    "elo": re.compile(r"\b(?:cartão |cartao )elo\b|network\W{1,3}elo\b|bandeira\W{1,3}elo\b"),
    "sepa_debit": re.compile(
        r"\bsepa\b|sdd\b|(?:md|ms)0[1-6]\b|lastschrift|prélèvement sepa|adeudo directo|incasso sepa"
    ),
}


def case_in(text: str, flat: str, organisation: Organisation | None) -> tuple[Field | None, bool]:
    """The case's identifier, and whether another one has the same standing."""
    candidates: list[Candidate] = []
    for pattern in organisation.case_ids if organisation else ():
        for match in re.finditer(pattern, text):
            bad = _NOT_CASE.search(flat[max(0, match.start() - 28) : match.start()])
            candidates.append(
                Candidate(
                    match[0],
                    match.span(),
                    2.0 if bad else 5.0,
                    f"case_id.shape.{organisation.id}" if organisation else "",
                )
            )
    for match in re.finditer(
        r"\b(?:dp|du|pdp|dsp)_[A-Za-z0-9]{8,40}\b|\bPP-[RD]-[A-Z0-9]{3,12}-\d{5,14}\b|\bPP(?:-\d{3}){3,5}\b|\bPP-[RD]-\d{6,14}\b",
        text,
    ):
        candidates.append(Candidate(match[0], match.span(), 5.0, "case_id.shape"))
    for weight, label in _labels():
        for match in label.finditer(flat):
            if _NOT_CASE.search(flat[max(0, match.start() - 24) : match.start()]) and weight < 4:
                continue
            candidates.extend(_behind(text, flat, match.end(), weight))
    own = _labels()[0][1]
    for cell in cells_in(text, flat):
        if own.fullmatch(cell.head) and (found := _VALUE.match(text, *cell.span)) and _speaking(found[0]):
            candidates.append(Candidate(found[0], found.span(), 4.0, "case_id.table"))
    for match in _kinds().finditer(flat):
        if _NOT_CASE.search(flat[max(0, match.start() - 24) : match.start()]):
            continue
        found = _VALUE.match(text, match.end())
        if found and _speaking(value := _trim(found[0])):
            candidates.append(Candidate(value, (found.start(), found.start() + len(value)), 2.2, "case_id.noun"))
    head = text.split("\n", 1)[0][:300]
    for match in _BRACKETED.finditer(head):
        if _speaking(match["v"]) and not _NOT_CASE.search(
            flat[max(0, match.start() - 24) : match.start() + 1].rstrip("[(【")
        ):
            candidates.append(Candidate(match["v"], match.span("v"), 2.1, "case_id.subject"))
    for match in _SPAMCOP.finditer(flat):
        candidates.append(Candidate(match["v"], match.span("v"), 5.0, "case_id.spamcop"))
    for match in _WIDE_ALONE.finditer(text):
        candidates.append(Candidate(match[0], match.span(), 2.2, "case_id.court"))
    field, tied = choose(text, candidates, 2.0)
    return field, tied and field is not None and not _same_thing(field)


def _behind(text: str, flat: str, at: int, weight: float) -> list[Candidate]:
    """The identifier behind a label, if one stands there."""
    sep = _SEP.match(flat, at)
    start = sep.end() if sep else at
    broken = "\n" in text[at:start]
    wide = _WIDE_VALUE.match(text, start) if not broken else None
    if wide and re.search(r"[一-龥]", wide[0]):
        return [Candidate(wide[0], wide.span(), weight, "case_id.label")]
    found = _VALUE.match(text, start, start + 60)
    if not found:
        return []
    words = _trim(found[0])
    # A code of letters alone counts where it is plainly one: written large, and long.
    lettered = words.isalpha() and words.isupper() and len(words) >= 8
    if not lettered and (not any(char.isdigit() for char in words) or _NOT_VALUE.match(words) or len(words) < 3):
        return []
    if broken and (weight < 4 or not _speaking(words)):
        return []
    return [Candidate(words, (start, start + len(words)), weight, "case_id.label")]


def _speaking(value: str) -> bool:
    """An identifier by its look: digits, with letters, dashes or slashes among them, or many digits."""
    if _NOT_VALUE.match(value) or len(value) < 4 or not any(char.isdigit() for char in value):
        return False
    if re.fullmatch(r"\d{1,4}(?:st|nd|rd|th|-?star|-?day|h|am|pm|x|%|px|kg|cm|ml|d|s)", value, re.I):
        return False
    return not value.isdigit() or len(value) >= 5


def _trim(words: str) -> str:
    """Without a word that follows the number in the same line ("AB-12 PLEASE")."""
    kept = re.match(r"[^ ]+(?: (?=[A-Z]{0,3}\d)[^ ]*\d[^ ]*)*", words)
    return (kept[0] if kept else words).rstrip(".-/#–")


def _same_thing(field: Field) -> bool:
    """One of the two is only the other one shortened."""
    short = re.sub(r"\W", "", field.value).lower()
    rivals = [re.sub(r"\W", "", item.value).lower() for item in field.alternatives if item.why == "equal"]
    return all(other in short or short in other for other in rivals)


def order_in(text: str, flat: str, case_id: str) -> Field | None:
    """The shop's own order reference."""
    candidates: list[Candidate] = []
    for match in _ORDER_LABELS.finditer(flat):
        start, end = match.span("v")
        value = text[start:end].strip("#")
        if (
            not any(char.isdigit() for char in value)
            or value == case_id
            or re.fullmatch(r"(?:19|20)\d\d|\d{1}|\d{1,2}(?:st|nd|rd|th)|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?", value)
        ):
            continue
        if re.match(r"\s*(?:days?|items?|x |tage|jours|%|€|\.\d\d|:\d\d)", flat[end : end + 8]):
            continue
        labelled = bool(re.search(r"[:#：]|number|no\b|nr|n°|nº|番号|编号|号|id\b|numer", flat[match.start() : start]))
        at = start + (len(text[start:end]) - len(text[start:end].lstrip("#")))
        candidates.append(Candidate(text[at:end], (at, end), 3.0 if labelled else 1.5, "order_id.label"))
    return choose(text, candidates, 1.0)[0]


def reason_code_in(text: str, flat: str) -> Field | None:
    """A scheme's, bank's or issuer's code."""
    candidates: list[Candidate] = []
    for weight, pattern, rule in ((3.0, _REASON_LABEL, "reason_code.label"), (2.0, _REASON_BARE, "reason_code.shape")):
        for match in pattern.finditer(flat):
            name = next((key for key, value in match.groupdict().items() if value), None)
            if name is None:
                continue
            start, end = match.span(name)
            raw = text[start:end]
            if raw.isalpha() and (not raw.isupper() or len(raw) > 3):
                continue
            candidates.append(Candidate(raw.upper(), (start, end), weight, rule))
    for cell in cells_in(text, flat):
        if re.search(r"reason|grund|motif|motivo|reden|powód|理由|原因|code|condition", cell.head) and (
            shape := _CODE_IN_CELL.search(flat, *cell.span)
        ):
            raw = text[shape.start("v") : shape.end("v")]
            candidates.append(Candidate(raw.upper(), shape.span("v"), 2.5, "reason_code.table"))
    return choose(text, candidates, 2.0)[0]


def network_in(text: str, flat: str) -> Field | None:
    """The card network or debit scheme, if exactly one is named in a way that is not a mere list."""
    found = {name: match for name, pattern in _NETWORKS.items() if (match := pattern.search(flat))}
    if not found:
        return None
    if len(found) > 1:
        labelled = {
            name: match
            for name, match in found.items()
            if re.search(
                r"(?:network|card (?:type|brand|network)|scheme|payment method|kartentyp|karte|netzwerk|réseau|carte|red|tarjeta|circuito|carta|kaart|karta|ブランド|カード種別|卡组织|卡种|card)\W{1,4}$",
                flat[max(0, match.start() - 24) : match.start()],
            )
        }
        if len(labelled) != 1:
            return None
        found = labelled
    name, match = next(iter(found.items()))
    return Field(value=name, raw=text[match.start() : match.end()], span=match.span(), rule="network.name")
