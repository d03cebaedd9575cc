"""Where two kinds share their words: outcome or open, inquiry or chargeback, bank or wallet, person or institution."""

from __future__ import annotations

import re

from ..organisations import PAYMENT

_ANSWER_DUE = re.compile(
    r"(?:respond|reply|submit|provide|upload|accept or|evidence (?:is )?due|response (?:is )?due|answer|act|challenge) (?:\S+ ){0,10}(?:by|before|until|within|no later than)\b|"
    r"(?:deadline|due date|due by|respond by|reply by)|action required|needs? (?:a |your )?response|"
    r"(?:you have|have) (?:until|till|\w+ (?:business |working |calendar )?days)|(?:until|by|before|within) (?:\S+ ){1,6}to (?:submit|respond|accept|contest|challenge|answer|reply)|days? left to|haven't responded|"
    r"请(?:于|在|务必).{0,24}(?:前|内)|"
    r"(?:decide|accept or \w+|counter or accept|contest|defend) (?:\S+ ){0,3}(?:by|before|until|within)|liegt noch keine st|"
    r"(?:bis|spätestens|frist|innerhalb|binnen)\b.{0,40}(?:\d)|(?:avant le|au plus tard|d'ici|sous|délai de) .{0,20}\d|(?:antes del?|hasta el|a más tardar|plazo|en un plazo) .{0,20}\d|"
    r"(?:entro|scadenza) .{0,20}\d|(?:uiterlijk|vóór|voor|binnen) .{0,16}\d|(?:do dnia|w terminie|najpóźniej|w ciągu) .{0,16}\d|"
    r"\d+日(?:まで|以内)|(?:まで|期限).{0,14}(?:提出|回答|返答|対応|ご回答)|(?:截止|之前|前|以内|内)(?:提交|回复|答复|申诉|举证|上传)|(?:回复|举证|申诉|截止)(?:期限|日期|时间)|(?:até|prazo) .{0,20}\d"
)
_BANK = re.compile(
    r"card issuer|issuing bank|credit card company|card company|\bbank\b|\bissuer\b|cardholder|chargeback|\bexternal\b|kartenherausgeber|kreditkart\w+|rückbuchung|banque|émetteur|porteur|impayé|"
    r"banco|emisor|contracargo|titular|banca|emittente|kaartuitgever|kaarthouder|terugboeking|wydawc\w|posiadacz karty|カード(?:会社|発行会社|会員)|チャージバック|银行|发卡行|持卡人|拒付|emissor"
)
_WALLET_WORDS = re.compile(
    r"resolution cent|buyer protection|käuferschutz|conflict|konflikt|centre de résolution|gestionnaire de litiges|centro de resoluc|centro risoluz|oplossingscentrum|centrum rozwiązywania|"
    r"問題解決センター|调解中心|解决中心|买家保护"
)
_NOT_CHARGEBACK = re.compile(
    r"(?:not|isn't|no) (?:yet )?(?:a |an |been )?(?:formal )?chargeback\b|(?:avoid|prevent|stop|before|becom\w+|turn\w* into|escalat\w+|lead to|result in) (?:\S+ ){0,6}chargeback|"
    r"(?:no|not) (?:funds|money|amount)|(?:funds|money|amount) (?:has|have|were|was) not|nothing has been (?:debited|withdrawn)|not been (?:debited|withdrawn|deducted)|"
    r"(?:noch )?keine (?:rückbuchung|belastung)|rückbuchung zu vermeiden|noch nicht|kein (?:geld|betrag)|pas encore|aucun (?:montant|débit|fonds)|éviter|aún no|no se (?:ha|han)|evitar|"
    r"non è ancora|nessun (?:importo|addebito)|nog geen|geen (?:geld|bedrag)|voorkom|jeszcze nie|nie (?:jest|pobrano)|uniknąć|まだ|ではありません|を防|を避|回避|尚未|未扣|没有扣|并非|避免|ainda não"
)
_DEBITED = re.compile(
    r"(?:funds|amount|money|sum|payment|balance|we|fee)\b (?:\S+ ){0,6}(?:have been|has been|was|were|have|will be|been) (?:\w+ )?(?:debited|withdrawn|deducted|withheld|charged back|removed)|(?<!not been )(?<!not )\b(?:debited|withdrawn|deducted) (?:\S+ ){0,8}(?:from|for the dispute|account|balance)|"
    r"(?<!nicht )(?<!noch nicht )(?:wurde|haben) (?:\S+ ){0,8}(?:belastet|abgebucht|eingezogen)|a été (?:débité|prélevé)|ha sido (?:cargado|debitado|retirado)|è stato addebitato|is (?:\S+ ){0,4}afgeschreven|(?:została|zostały) (?:pobran|potrącon)|(?:差し引|引き落と)(?:き|い|かれ|され)|已(?:被|从)?.{0,12}(?:扣除|扣划|扣回|冻结)"
)
_PREARB = re.compile(
    r"pre-?arb|second chargeback|arbitration (?:has|was|opened|filed)|zweite rückbuchung|pré-?arbitrage|prearbitra|pre-?arbitrat|預仲裁|预仲裁|二次拒付|仲裁前|再チャージバック"
)
_GOOD_OUTCOME = re.compile(
    r"\b(?:won|lost)\b|in (?:your|the \w+'s|their) favou?r|in favou?r of|gewonnen|verloren|zu (?:ihren|deinen) gunsten|zugunsten|en (?:votre|sa) faveur|gagné|perdu|a (?:su|tu) favor|ganad[oa]|perdid[oa]|a (?:suo|tuo|vostro) favore|vint[oa]|in uw voordeel|wygran|przegran|na (?:twoją|państwa) korzyść|勝訴|敗訴|認められ|胜诉|败诉|final decision|no further action|nothing (?:further|more)|closed the (?:case|complaint)|case (?:is|has been) closed"
)
#: An outcome that is only held out: "if we hear nothing the bank will find in the cardholder's favour".
_HELD_OUT = re.compile(
    r"(?:will|would|may|might|could|or we) (?:\S+ ){0,4}(?:find|decide|rule|rule[ds]?|close[ds]?|be lost|lose|be decided|be closed|be granted|be resolved) (?:\S+ ){0,3}(?:in|for|against|it|automatically|to)?|"
    r"(?:andernfalls|sonst|ohne (?:antwort|reaktion|rückmeldung)|reagieren sie nicht).{0,80}(?:gunsten|verloren|geschlossen|gut)|(?:à défaut|sans (?:réponse|retour)).{0,80}(?:faveur|perdu|clos)|"
    r"(?:si no|de lo contrario|en caso contrario).{0,80}(?:a favor|perdid|cerrar)|(?:altrimenti|in mancanza|in assenza).{0,80}(?:favore|pers[oa]|chius)|(?:anders|zonder reactie).{0,80}(?:voordeel|verloren|gesloten)|(?:逾期|否则|如未).{0,24}(?:判定|视为|败诉|支持买家)|(?:ない場合|なければ).{0,24}(?:確定|敗訴|認め)"
)
#: A person's own lawyer, friend or bank is talk, not a letterhead.
_OWN_LAWYER = re.compile(
    r"(?:my|mi|mio|mon|mein\w*|mijn|mój|mojego|meu|(?:ein|einen|einem|un|une|een|an?) |(?:zum|beim|al|to an?|to my|(?:my|mi) \w+ is an?) )(?:\S+ )?(?:lawyer|attorney|solicitor|abogad[oa]|avvocat[oa]|avocate?|anwalt|rechtsanwalt|advocaat|adwokat\w*|advogad[oa])\b|找律师|弁護士に相談"
)
_PAY_LATER = re.compile(
    r"klarna|riverty|afterpay|clearpay|affirm|\balma\b|\boney\b|scalapay|sequra|ratepay|sezzle|billie|paidy|pay(?:ing)? (?:later|in (?:three|four|\d))|instal+ments?|ratenkauf|ratenzahlung|rechnungskauf|échéances|mensualités?|paiement en (?:\d|plusieurs) fois|"
    r"plan de pagos|cuotas?\b|pagamento a rate|\brate\b|achteraf betalen|betaaltermijn|de factuur van|分期|先买后付|後払い"
)
_DISPUTED = re.compile(
    r"disput|reklam|bestreit|beanstand|gibt an|meldet|claims?\b|states?\b|reported|problem|litige|contest|signale|affirme|incidencia|afirma|dice que|comunicado|segnala|sostiene|geschil|betwist|geeft aan|meldt|zgłasza|反馈|投诉|申し出"
)
_INQUIRY = re.compile(
    r"inquir|enquir|retrieval|question|information|copy|recall|recogni[sz]e|fraud|warning|anfrage|rückfrage|beleg|auskunft|betrug|vraag|informatieverzoek|herkent|demande|copie|justificatif|fraude|souvient|solicitud|consulta|reconoce|richiesta|copia|frode|zapytani|kopi|oszust|照会|写し|查询|疑问|预警"
)
#: What authorities send to everybody.
_TO_EVERYBODY = re.compile(
    r"newsletter|opens? (?:a )?consultation|public consultation|we would like views|draft guidance|press release|media release|unsubscribe|pressemitteilung|konsultation|abmelden|communiqué|au sommaire|la lettre (?:de|mensuelle)|se désinscrire|"
    r"boletín|nota de prensa|consulta pública|comunicato stampa|nieuwsbrief|persbericht|biuletyn|komunikat prasowy|メールマガジン|意見募集|征求意见|新闻稿"
)
_TO_YOU = re.compile(
    r"your (?:company|business|shop|store|website|site|product|products|reply|response|ad|listing)|you (?:must|are required|are requested|are hereby)|ihr(?:em|en|er|es|e)? (?:shop|angebot|online|unternehmen|website|impressum|produkt|firma)|votre (?:site|société|entreprise|boutique)|"
    r"su (?:tienda|empresa|sitio)|vostro|codesta|uw (?:webwinkel|webshop|bedrijf)|państwa|貴社|你店|贵(?:司|店|公司)"
)
_FORMAL = re.compile(
    r"letter before (?:claim|action)|formal notice|notice before|pre-?action|small claims|county court|solicitor|attorney for|our client|my client|law (?:firm|office)|legal (?:department|counsel)|"
    r"rechtsanw|kanzlei|mandant|abmahnung|letztmalige|mise en demeure|avocat|huissier|burofax|abogad|requerimiento extrajudicial|diffida|messa in mora|avvocat|studio legale|ingebrekestelling|sommatie|advoca|deurwaarder|"
    r"przedsądow|wezwanie do zapłaty|kancelari|adwokat|radc[ay] prawn|内容証明|弁護士|催告書|律师函|律师事务所|受.{0,16}委托|存证信函|notificação extrajudicial|advogad"
)
_PERSON_THREAT = re.compile(
    r"(?:i'?ll|i will|i am going to|going to|or i|otherwise|will have to|may|might|shall|prepared to|consider\w*) (?:\S+ ){0,5}(?:sue|lawyer|attorney|solicitor|court|legal action|trading standards|report you|chargeback|dispute|small claims)|"
    r"(?:werde|sonst|andernfalls|notfalls|behalte mir) (?:\S+ ){0,8}(?:anwalt|klage|anzeige|verbraucherzentrale|rechtliche|gericht)|(?:je vais|je vous|sinon|sans réponse) (?:\S+ ){0,10}(?:avocat|plainte|tribunal|dgccrf|que choisir|justice)|"
    r"(?:voy a|si no|de lo contrario|tendré) (?:\S+ ){0,10}(?:abogado|denunci|juzgado|consumo|legal)|(?:altrimenti|mi rivolgerò|procederò) (?:\S+ ){0,10}(?:avvocato|legali|denuncia|consumator)|(?:anders|ik ga|schakel ik) (?:\S+ ){0,10}(?:advocaat|aangifte|jurist|rechter)|(?:pójdę|zgłoszę|skieruję|w przeciwnym razie) (?:\S+ ){0,10}(?:sąd|adwokat|uokik|policj|praw)|弁護士に(?:相談|依頼)|訴え|找律师|起诉你|去法院|告你们"
)
_RIGHTS = re.compile(
    r"gdpr|dsgvo|rgpd|\bavg\b|rodo\b|lgpd|ccpa|cpra|appi|subject access|art(?:icle|ikel|\.)? ?(?:15|17|20|21)\b|personal data|personenbezogen|données personnelles|datos personales|dati personali|persoonsgegevens|danych osobowych|個人(?:情報|データ)|个人(?:信息|数据)|dados pessoais|data subject|right to (?:erasure|be forgotten|access)"
)
_CLAIMANT = re.compile(
    r"your (?:claim|complaint|case|dispute|appeal) (?:against|with|about) (?:the )?(?:supplier|carrier|manufacturer|vendor|courier|factory)|we have (?:received|registered) your (?:claim|complaint|dispute|application)|your (?:application|claim form|lawsuit|trademark application)|thank you for (?:submitting|filing|reporting)|you (?:have )?(?:filed|submitted|opened|lodged) (?:a|this|your) (?:claim|complaint|report|dispute)|on your behalf|"
    r"ihre (?:schadensmeldung|klage gegen|forderung gegen|beschwerde gegen|reklamation (?:ist|wurde))|votre réclamation (?:contre|a bien été)|su reclamación contra|il vostro reclamo contro|uw claim|您对(?:供应商|承运商|物流)的|我们已(?:收到|受理)您的(?:投诉|索赔)"
)
_PSP_FAMILY = ("chargeback", "pre_dispute_alert", "refund_dispute", "dispute_result")


def settle(
    flat: str, subject: str, language: str, weights: dict[str, float], trade: str
) -> tuple[dict[str, float], frozenset[str]]:
    """Move weight where a boundary says so; name the flags that were seen."""
    _ = language
    out = dict(weights)
    flags: set[str] = set()
    _outcome_or_open(flat, subject, out, flags)
    _inquiry_or_chargeback(flat, out, flags)
    _wallet_or_bank(flat, out, trade)
    _person_or_institution(flat, out, trade, flags)
    if trade in ("authority", "data_protection_authority") and _TO_EVERYBODY.search(flat) and not _TO_YOU.search(flat):
        flags.add("to_everybody")
        out["regulator"] *= 0.4
        out["data_protection"] *= 0.4
        out["not_a_notice"] += 3.0
    if _CLAIMANT.search(flat):
        flags.add("claimant")
        out["not_a_notice"] += 2.5
    return out, frozenset(flags)


def _outcome_or_open(flat: str, subject: str, out: dict[str, float], flags: set[str]) -> None:
    due = _ANSWER_DUE.search(flat) is not None
    held_out = due and _HELD_OUT.search(flat) is not None
    ruled = not held_out and _GOOD_OUTCOME.search(flat) is not None
    if due:
        flags.add("answer_due")
    if _PREARB.search(flat) and out["dispute_result"] > 0 and (due or not ruled):
        out["dispute_result"] -= 4.0
        out["chargeback"] += 2.0
    elif out["dispute_result"] > 0 and due and not ruled:
        # "You may lose the dispute if you do not respond by …": the outcome is only held out.
        out["dispute_result"] -= 5.0 if held_out else 2.5
    elif out["dispute_result"] >= 3.5 and (ruled or not due):
        flags.add("outcome")
        for kind in ("chargeback", "refund_dispute", "pre_dispute_alert"):
            out[kind] *= 0.45
        out["dispute_result"] += 2.5 if ruled else 1.0
        if out["regulator"] > 0:
            out["regulator"] *= 0.6
        if out["review"] > 0 and not due:
            out["review"] *= 0.8
    if subject and _GOOD_OUTCOME.search(subject):
        out["dispute_result"] += 2.0


def _inquiry_or_chargeback(flat: str, out: dict[str, float], flags: set[str]) -> None:
    if out["pre_dispute_alert"] <= 0:
        if (
            out["chargeback"] <= 0
            or not (_NOT_CHARGEBACK.search(flat) and _INQUIRY.search(flat))
            or _PREARB.search(flat)
        ):
            return
        out["pre_dispute_alert"] += 2.0
    if _NOT_CHARGEBACK.search(flat) and not _PREARB.search(flat):
        out["chargeback"] -= 4.0
        out["pre_dispute_alert"] += 1.0
    elif _DEBITED.search(flat):
        flags.add("debited")
        out["pre_dispute_alert"] -= 3.5
        out["chargeback"] += 1.5
    if out["pre_dispute_alert"] > 0 and re.search(r"\brdr\b|not count as a chargeback|no chargeback will", flat):
        out["dispute_result"] *= 0.4  # settled before it began: still an alert
    if out["pre_dispute_alert"] >= 5 and not flags & {"debited"}:
        out["chargeback"] *= 0.7


def _wallet_or_bank(flat: str, out: dict[str, float], trade: str) -> None:
    bank = len(set(_BANK.findall(flat)))
    if out["refund_dispute"] <= 0:
        later = bank == 0 and trade in PAYMENT and _PAY_LATER.search(flat) and _DISPUTED.search(flat)
        if not later or out["dispute_result"] >= 4:
            return
        out["refund_dispute"] += 2.0
    wallet = bool(_WALLET_WORDS.search(flat))
    if (
        re.search(
            r"chargeback|rückbuchung|impayé|contracargo|\bexternal\b|card issuer|issuing bank|credit card company|カード会社|拒付",
            flat,
        )
        and bank
    ):
        out["refund_dispute"] -= 3.5
        out["chargeback"] += 1.5
    elif wallet or bank == 0:
        out["chargeback"] -= 2.5
        out["refund_dispute"] += 1.0


def _person_or_institution(flat: str, out: dict[str, float], trade: str, flags: set[str]) -> None:
    own = _OWN_LAWYER.search(flat) is not None
    formal = _FORMAL.search(_OWN_LAWYER.sub(" ", flat) if own else flat) is not None
    threat = _PERSON_THREAT.search(flat) is not None or (own and trade in ("person", ""))
    if out["consumer_complaint"] > 0 and trade not in ("authority", "court", "association", "review"):
        first_person = len(
            re.findall(
                r"\b(?:i|my|me|ich|mein\w*|mir|je|j'\w+|mon|ma|mes|yo|mi|mis|io|mio|mia|ik|mijn|mój|moja|moje|moją|eu|meu|minha)\b|私|我",
                flat[:4_000],
            )
        )
        if first_person >= 3:
            flags.add("first_person")
            out["consumer_complaint"] += 1.5
            for kind in (
                "regulator",
                "chargeback",
                "refund_dispute",
                "dispute_result",
                "review",
                "pre_dispute_alert",
                "spam_complaint_report",
            ):
                out[kind] -= 2.5 if trade in ("person", "") else 0.5
    if threat and not formal:
        flags.add("person_threat")
        out["legal_threat"] = out["legal_threat"] * (0.4 if own else 1.0) - 4.0
        out["regulator"] -= 2.0
        out["consumer_complaint"] += 1.5 if out["consumer_complaint"] > 0 else 0.0
    elif formal and out["legal_threat"] > 0:
        flags.add("formal")
        out["legal_threat"] += 2.0
        out["consumer_complaint"] -= 2.5
        if trade != "authority":
            out["regulator"] -= 2.0
    if _RIGHTS.search(flat) and out["data_protection"] >= 4:
        out["consumer_complaint"] -= 2.5
        if not re.search(
            r"damages|compensation of|schadensersatz|dommages|indemnización|risarcimento|schadevergoeding|odszkodowan|損害賠償|赔偿损失",
            flat,
        ):
            out["legal_threat"] -= 3.0
        if trade != "authority":
            out["regulator"] -= 1.5
