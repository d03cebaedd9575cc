"""Things that look wrong in a message. None of them proves anything alone; all are shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .authenticity.sender import Sender, sender_in
from .fold import fold
from .organisations import organisational
from .result import Ground, Link, ground
from .text.message import Mail
from .text.visible import Visible

_CREDENTIALS = re.compile(
    r"(?:confirm|verify|enter|provide|send|reply with|update) (?:\S+ ){0,5}(?:your )?(?:password|passcode|pin\b|one-time (?:code|password)|2fa|api key|secret key|full card number|cvv|login (?:details|credentials))|"
    r"(?:passwort|kennwort|zugangsdaten) (?:\S+ ){0,4}(?:bestätigen|eingeben|senden)|(?:confirmez|saisissez) (?:\S+ ){0,4}mot de passe|(?:confirme|introduzca) (?:\S+ ){0,4}contraseña|パスワードを(?:入力|確認)|(?:输入|提供|确认).{0,8}(?:密码|验证码)"
)
_ODD_PAYMENT = re.compile(
    r"gift ?cards?|bitcoin|\bbtc\b|\busdt\b|crypto ?(?:currency|wallet)?|western union|itunes card|steam card|geschenkkarten?|cartes? cadeaux?|tarjetas? regalo|carte regalo|礼品卡|比特币|ギフトカード"
)
_TO_MACHINE = re.compile(
    r"(?:ignore|disregard|forget) (?:all |any |the )?(?:previous|prior|above|earlier) (?:instructions|prompts|rules)|you are (?:now )?an? (?:ai|assistant|language model)|system prompt|as an ai\b|classify this (?:message|e-?mail) as|"
    r"ignoriere (?:alle )?(?:vorherigen|bisherigen) (?:anweisungen|instruktionen)|ignorez (?:toutes )?les instructions|ignora (?:todas )?las instrucciones|忽略(?:之前|以上|上面)的?(?:所有)?(?:指令|指示)|前の指示を無視"
)
_ARCHIVE = re.compile(r"\.(?:zip|rar|7z|iso|img|exe|scr|js|vbs|bat|cmd|lnk|html?|jar|ace|msi|docm|xlsm)$", re.I)
_DOMAIN = re.compile(r"^(?:https?://)?((?:[\w-]+\.)+[a-z]{2,24})(?:[/?#].*)?$", re.I)


def mail_signals(mail: Mail, visible: Visible, sender: Sender, text: str) -> tuple[Ground, ...]:
    """Signals of a mail, in the order in which they are shown."""
    found: list[Ground] = [ground(kind) for kind in dict.fromkeys(visible.invisible)]
    if visible.hidden:
        found.append(ground("hidden_text"))
    if "alternative_mismatch" in visible.problems:
        found.append(ground("alternative_mismatch"))
    found.extend(ground(code, domain=", ".join(sender.others) or sender.domain) for code in sender.tricks)
    reply = sender_in(mail.root.get("reply-to")) if mail.root.get("reply-to") else None
    if reply and reply.domain and organisational(reply.domain) != sender.org_domain:
        found.append(ground("reply_elsewhere", domain=reply.domain))
    if mismatch := _link_mismatch(visible.links):
        found.append(mismatch)
    for item in mail.attachments:
        if _ARCHIVE.search(item.name):
            found.append(ground("archive_attachment", name=item.name[:80]))
            break
    return (*found, *text_signals(text + "\n" + "\n".join(visible.hidden)))


def text_signals(text: str) -> tuple[Ground, ...]:
    """What the words alone give away."""
    flat = " ".join(fold(text[:24_000]).split())
    rows = (
        ("asks_credentials", _CREDENTIALS),
        ("asks_odd_payment", _ODD_PAYMENT),
        ("instructions_to_machine", _TO_MACHINE),
    )
    return tuple(ground(code) for code, pattern in rows if pattern.search(flat))


def _link_mismatch(links: list[Link]) -> Ground | None:
    for link in links:
        shown = _DOMAIN.match(link.shown.strip())
        if not shown or not link.target.lower().startswith(("http://", "https://")):
            continue
        try:
            host = urlsplit(link.target).hostname or ""
        except ValueError:
            continue
        if host and organisational(shown[1].lower()) != organisational(host):
            return ground("link_mismatch", shown=shown[1][:100], target=host[:100])
    return None
