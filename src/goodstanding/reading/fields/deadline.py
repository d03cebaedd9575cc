"""By when the merchant must act: one date out of many, or the words of a relative term."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ..result import Alternative, DeadlineReading, Field
from .candidate import Candidate, choose
from .clock import Clock, clock_after, clock_before
from .dates import Seen, dates_in
from .tables import cells_in
from .terms import rule_in as rule_in

_BEFORE = [
    # (weight, words that lead up to a deadline, at the end of what stands before the date)
    (
        3.0,
        r"(?:deadline|due date|due by|due on|due|respond by|response (?:is )?due(?: by| on)?|reply by|answer by|last day(?: to respond)?|respond before|evidence due(?: by| on)?|no later than|not later than|at the latest(?: by)?|latest by|on or before|respond until|submit by|expires? (?:on|at)|closes on|must (?:reach|be received by|arrive)[^.]{0,30})\W{0,6}(?:(?:is|on|by|the|until|before|date|of|to)[ :]+)*$",
    ),
    (
        2.5,
        r"\b(?:by|before|until|till|prior to)\W{1,3}(?:the |close of business (?:on )?|end of (?:day|business)(?: on)?,? ?|midnight(?: on)?,? ?|noon(?: on)? ?|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? ?|\d{1,2}(?::\d\d)? ?(?:a\.?m\.?|p\.?m\.?)? ?(?:[a-z]{2,4} )?(?:on )?(?:the )?)*$",
    ),
    (
        3.0,
        r"(?:frist(?:ende|ablauf)?|stichtag|rückmeldefrist|antwortfrist|einreichfrist|fällig(?: am| bis)?|spätestens(?: bis)?(?: zum| am)?|bis spätestens(?: zum| am)?|bis zum ablauf des|endet am)\W{0,6}(?:bis |zum |am |den |der |ist |: )*$",
    ),
    (
        2.5,
        r"\bbis(?: zum| einschließlich| inkl\.?| zum ablauf des)?\W{1,3}(?:(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)?,? ?(?:den |dem |\d{1,2}(?::\d\d)? uhr (?:am )?)*$",
    ),
    (
        3.0,
        r"(?:date limite|échéance|au plus tard|délai(?: de réponse)?|expire|à rendre|avant)\W{0,6}(?:le |au |: |fixée? au |jusqu'au |expire le |de réponse )*(?:lundi |mardi |mercredi |jeudi |vendredi |samedi |dimanche )?$|(?:jusqu'au|d'ici (?:le|au)|d'ici)\W{1,3}(?:(?:lun|mar|mercre|jeu|vendre|same)di |dimanche )?$",
    ),
    (
        3.0,
        r"(?:fecha límite|plazo|a más tardar|vencimiento|vence|antes del?|hasta el|como máximo(?: el)?|no más tarde del?)\W{0,6}(?:de respuesta |es |el |día |: |del? |hasta |finaliza |vence |termina )*(?:lunes |martes |miércoles |jueves |viernes |sábado |domingo )?$",
    ),
    (
        3.0,
        r"(?:scadenza|entro(?: e non oltre)?(?: il)?|termine(?: ultimo)?|entro le ore \d{1,2}(?:[:.]\d\d)? del|non oltre(?: il)?)\W{0,6}(?:il |è |: |del |giorno |fissat\w al |per la risposta )*(?:lunedì |martedì |mercoledì |giovedì |venerdì |sabato |domenica )?$",
    ),
    (
        3.0,
        r"(?:uiterlijk|deadline|uiterste (?:datum|reactiedatum)|vóór|voor|vervaldatum|tot(?: en met)?|reactietermijn)\W{0,6}(?:op |is |: |tot )*(?:maandag |dinsdag |woensdag |donderdag |vrijdag |zaterdag |zondag )?$",
    ),
    (
        3.0,
        r"(?:do dnia|termin(?: odpowiedzi)?|najpóźniej(?: do)?(?: dnia)?|nie później niż(?: do)?(?: dnia)?|przed|\bdo)\W{0,6}(?:do |dnia |upływa |: |mija )*$",
    ),
    (3.0, r"(?:prazo|até(?: ao?)?|data limite|no máximo até)\W{0,6}(?:o dia |dia |é |: |termina (?:a|em) |final )*$"),
    (
        3.0,
        r"(?:期限|締切日?|締め切り|回答期限|提出期限|截止(?:日期|时间|日)?|期限(?:为|至|是)?|最晚|最迟|请于|應於|须于|于|务必在|请在|在)\W{0,4}(?:は|:|为|是|于|至)?\W{0,3}$",
    ),
]
_AFTER = [
    (
        3.0,
        r"^[^.。\n]{0,16}(?:まで(?:に)?|までの|以前に?|必着|前(?:提交|回复|答复|回覆|上传|完成|书面|将|处理|申诉|举证|反馈|作出)|(?:之前|以前|前)(?!天|日|期)|截止|期限)",
    ),
    (
        2.0,
        r"^\W{0,3}(?:is (?:the|your) (?:deadline|last day|due)|at the latest|latest\b|deadline|\(deadline\)|eingehend|spätestens)",
    ),
]
_AGAINST = [
    (
        4.0,
        r"(?:transaction|order|purchase|payment|charge|sale|invoice|letter|complaint|dispute|case|chargeback|filing|received|delivery|ship\w*|booking|tracking|statement|issue|notice|event|review|incident|processing|created|opened|reported)\s?(?:date|dated|on|made on|placed on|of|was (?:opened|created|filed|made|placed) on)?\W{0,4}(?:of |on |: |dated )*$",
    ),
    (
        4.0,
        r"(?:dated|ordered|bought|purchased|paid|delivered|shipped|sent|posted|placed|filed|opened|created|received|charged|processed|occurred|signed|issued|submitted|lodged|contacted|wrote|complained|since|from|as of|effective|starting|on) (?:you |us |on |it |the )*$",
    ),
    (
        4.0,
        r"(?:vom|bestellt am|bestellung vom|datum|geliefert am|seit(?: dem)?|am|eingegangen am|erhalten am|bezahlt am|rechnung vom|kaufdatum|schreiben vom|bestelldatum|eröffnet am|erstellt am|ab dem)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:\bdu|en date du|commandé le|livré le|reçu le|depuis le|payée? le|date de (?:commande|transaction|livraison|paiement|dépôt)|effectuée? le|passée le|\ble|à compter du|ouvert le|facture du)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:de fecha|fecha(?: de(?:l)? (?:pedido|compra|pago|transacción|apertura|operación))?|realizado el|comprado el|pagado el|recibido el|desde el|\bel|del día|a partir del)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:in data|\bdel|dal|data (?:ordine|transazione|acquisto|pagamento)?|effettuato il|ricevuto il|acquistato il|ordinato il|aperto il|\bil)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:op|van|sinds|besteld op|betaald op|datum|orderdatum|ontvangen op|geleverd op|d\.d\.|transactiedatum)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:z dnia|od dnia|w dniu|dnia|data (?:zamówienia|transakcji|zakupu|wpłynięcia)|zamówione|z|od)\W{0,4}(?:: )?$",
    ),
    (
        4.0,
        r"(?:注文日|購入日|取引日|発生日|受付日|発送日|決済日|日付|送信日|下单(?:时间|日期)?|交易(?:时间|日期)?|付款(?:时间|日期)?|签收(?:时间|日期)?|创建(?:时间|日期)?|日期|自|从)\W{0,4}$",
    ),
    (
        5.0,
        r"(?:hearing|decide|decision|resolve|resolution expected|refunded|credited|payout|we will (?:\w+ ){0,6}|they will (?:\w+ ){0,6}|bank (?:\w+ ){0,4}(?:by|until)|buyer has until|cardholder has until|customer has until|expects? delivery|estimated delivery|arrive|valid until|offer ends|expires|card expir\w+|born|date of birth|erwarten wir|wir werden|der käufer hat bis|nous (?:traiterons|déciderons)|decidiremos|you replied|you responded|published|effective) ?(?:on|by|until|before)?\W{0,4}$",
    ),
]
_AFTER_AGAINST = re.compile(
    r"^[^.。\n]{0,24}?(?:に(?:ご)?(?:注文|購入|決済|発生|受付|発送|申し立て|お支払)|付(?:け|の)|(?:下单|购买|付款|成交|发货|签收|提交的订单|收到的?投诉|的交易|的订单|发起|受理))"
)
_B = [(weight, re.compile(pattern)) for weight, pattern in _BEFORE]
_A = [(weight, re.compile(pattern)) for weight, pattern in _AFTER]
_N = [(weight, re.compile(pattern)) for weight, pattern in _AGAINST]
_TIME_BEFORE = re.compile(
    r"\s(?:at |um |à |a las |alle (?:ore )?|om |ore )?(?:\d{1,2}[:.]\d{2}|\d{1,2}(?= ?(?:am|pm|a\.m|p\.m|uhr|h\b|uur|noon)))\s?(?:am\b|pm\b|a\.m\.|p\.m\.|uhr|hrs?|uur|h)?"
    r"\s?(?:\(?(?:utc|gmt|[a-z]{2,4})\)?)?,?\s?(?:on|am|le|del|of|op|el|dnia)?(?: the)?\s*$"
)
_WEEKDAY = re.compile(
    r"\s(?:(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sáb|dom|gio|sab|śr|czw|sob)\.?|(?:mo|di|mi|do|fr|sa|so|ma|wo|vr|za|zo|pn|wt|pt|nd)(?:\.|(?=,))|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams)tag|mittwoch|sonntag|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|(?:maan|dins|woens|donder|vrij|zater|zon)dag|poniedziałku?|wtork\w*|wtorek|środ\w|czwartk\w*|czwartek|piątk\w*|piątek|sobot\w|niedziel\w),?\s+$"
)
_STRONG_PRECEDE = re.compile(
    r"(?:respond|reply|answer|submit|provide|evidence|response|send (?:us|your)|contact us|pay(?:ment)?|refund|antwort|stellungnahme|nachweise|einreichen|zahl|erstatt|répon|fournir|transmet|rembours|respond|present|aport|reembols|rispond|invi|rimbors|reag|aanlever|betal|odpowie|przesł|zapłat|zwrot|回答|提出|返金|支払|回复|提交|答复|举证|申诉)"
)
_OTHERS_DUTY = re.compile(
    r"(?:buyer|customer|cardholder|consumer|bank|issuer|paypal|klarna|visa|mastercard|we|they|käufer|kunde|wir|l'acheteur|le client|nous|comprador|acquirente|koper|kupujący) (?:\w+ ){0,4}(?:has|have|will|hat|haben|werden|a|aura|tiene|ha|heeft|ma)(?: \w+){0,6}\W*(?:until|by|before|bis|jusqu|hasta|entro|tot|do)?\W*(?:the |zum |au |el |il )*$"
)


_DUE_HEAD = re.compile(
    r"(?:evidence |response |reply |respond |answer |defen[cs]e |action )?(?:due|deadline|respond by|reply by|answer by|submit by|defend by|defend before|due (?:date|by|on)|(?:response|reply) (?:date|due))(?: date)?|"
    r"(?:antwort)?frist(?:ende)?|fällig(?: am)?|date limite|échéance|fecha límite|vencimiento|scadenza|uiterlijk|deadline|termin(?: odpowiedzi)?|prazo|(?:回答|提出)?期限|締切日?|截止(?:日期|时间|日)?|(?:回复|举证|申诉|响应)(?:截止|期限)(?:日期|时间)?"
)


@dataclass(frozen=True)
class Found:
    field: Field | None
    reading: DeadlineReading | None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Where:
    """The sender's home, as far as known, and when the message came."""

    order: str = ""
    zone: str = ""
    country: str = ""
    received: datetime | None = None


def deadline_in(text: str, flat: str, where: Where) -> Found:
    """The stated date. Past dates are none; a date with two readings is given at the earlier one, with a note."""
    today = where.received.date() if where.received else None
    candidates: list[Candidate] = []
    seen: dict[tuple[int, int], Seen] = {}
    heads = [cell for cell in cells_in(text, flat) if _DUE_HEAD.fullmatch(cell.head)]
    for item in dates_in(flat, where.order, today):
        weight = 3.5 if any(cell.span[0] <= item.span[0] < cell.span[1] for cell in heads) else _weigh(flat, item)
        if weight < 2.0:
            continue
        readings = _future(item.readings, today)
        if not readings:
            continue
        kept = Seen(item.span, readings, item.form, item.year_assumed)
        seen[item.span] = kept
        candidates.append(Candidate(readings[0].isoformat(), item.span, weight, f"deadline.{item.form}"))
    field, tied = choose(text, candidates, 2.0)
    if field is None or field.span is None:
        return Found(None, None)
    if tied:
        equal = [item for item in candidates if item.weight >= max(c.weight for c in candidates) - 0.01]
        first = min(equal, key=lambda item: item.value)
        field, _ = choose(
            text, [Candidate(first.value, first.span, 99, first.rule), *(c for c in candidates if c is not first)], 2.0
        )
        assert field is not None  # noqa: S101 - it was just put in
    assert field.span is not None  # noqa: S101
    item = seen[field.span]
    return _finish(text, flat, field, item, where, ("several_deadlines",) if tied else ())


def _future(readings: tuple[date, ...], today: date | None) -> tuple[date, ...]:
    return tuple(item for item in readings if today is None or item >= today)


def _weigh(flat: str, item: Seen) -> float:
    before = _WEEKDAY.sub(" ", _TIME_BEFORE.sub(" ", _sentence_before(flat, item.span[0])))
    after = flat[item.span[1] : item.span[1] + 40]
    weight = 0.0
    for value, pattern in _B:
        if pattern.search(before):
            weight = max(weight, value)
    for value, pattern in _A:
        if pattern.search(after):
            weight = max(weight, value)
    if weight == 0.0:
        for value, pattern in _N:
            if pattern.search(before):
                return -value
        return 0.0
    if _AFTER_AGAINST.search(after):
        weight -= 3.0
    for value, pattern in _N[-1:]:
        if pattern.search(before):
            weight -= value
    if _OTHERS_DUTY.search(before):
        weight -= 4.0
    if _STRONG_PRECEDE.search(before[-110:]) or _STRONG_PRECEDE.search(after):
        weight += 1.0
    return weight


def _sentence_before(flat: str, start: int) -> str:
    window = flat[max(0, start - 160) : start]
    cut = max(window.rfind("\n\n"), window.rfind("。"), window.rfind("; "))
    for match in re.finditer(r"(?<![A-Za-z]\.)(?<=[a-zäöüéèçñ)]{2})[.!?]\s", window):
        cut = max(cut, match.end() - 1)
    return re.sub(r"\s+", " ", window[cut + 1 :]) if cut >= 0 else re.sub(r"\s+", " ", window)


def _finish(text: str, flat: str, field: Field, item: Seen, where: Where, needs: tuple[str, ...]) -> Found:
    clock = clock_after(flat, item.span[1], where.country) or clock_before(flat, item.span[0], where.country)
    values: list[str] = []
    zone, origin = "", "assumed"
    for day in item.readings:
        value, zone, origin = _render(day, clock, where)
        values.append(value)
    if len(values) > 1:
        needs = (*needs, "ambiguous_date")
    notes = [*(["year_assumed"] if item.year_assumed else []), *(["two_readings"] if len(values) > 1 else [])]
    end = clock.end if clock and clock.end > item.span[1] else item.span[1]
    extra = tuple(Alternative(value, field.raw, item.span, "other_reading") for value in values[1:])
    span = (item.span[0], end)
    done = Field(
        value=values[0],
        raw=text[span[0] : span[1]],
        span=span,
        rule=field.rule,
        alternatives=(*extra, *field.alternatives),
        note=",".join(notes),
    )
    local = values[0][:19] if clock else values[0]
    reading = DeadlineReading(raw=done.raw, local=local, zone=zone, zone_origin=origin, readings=tuple(values))  # type: ignore[arg-type]
    return Found(done, reading, needs)


def _render(day: date, clock: Clock | None, where: Where) -> tuple[str, str, str]:
    zone = (clock.zone if clock else "") or where.zone or "UTC"
    origin = "stated" if clock and clock.zone else "authority" if where.zone else "assumed"
    if clock is None:
        return day.isoformat(), zone, origin
    moment = datetime.combine(day, clock.at, tzinfo=_tz(zone))
    return moment.isoformat(), zone, origin


def _tz(zone: str) -> ZoneInfo | timezone:
    if zone[:1] in "+-":
        sign = -1 if zone[0] == "-" else 1
        return timezone(sign * timedelta(hours=min(int(zone[1:3]), 14), minutes=int(zone[4:6])))
    return ZoneInfo(zone)
