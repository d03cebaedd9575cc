"""One message to one member, through the installation's own mail server."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from goodstanding.contract import Message, Refused, Unavailable


def post(message: Message, address: str) -> None:
    """Plain text. Raises Refused or Unavailable."""
    if not settings.EMAIL_HOST and settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        raise Refused("no mail server is set (GOODSTANDING_SMTP_HOST)", code="no_mail_server")
    lines = [*message.lines, *(["", f"{message.button}：{message.url}"] if message.url else [])]
    mail = EmailMessage(
        subject=" ".join(message.title.split()),
        body="\n".join(lines) + "\n",
        to=[address],
        headers={"Auto-Submitted": "auto-generated", **({"X-Priority": "1"} if message.urgent else {})},
    )
    try:
        mail.send()
    except smtplib.SMTPAuthenticationError:
        raise Refused("the mail server does not accept user or password", code="key_invalid") from None
    except smtplib.SMTPRecipientsRefused as error:
        status = max(code for code, _ in error.recipients.values())
        kind = Unavailable if status < 500 else Refused
        raise kind(f"the mail server refuses the recipient ({status})", code=f"smtp_{status}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"the mail server: {type(error).__name__}", code="mail_server") from None
