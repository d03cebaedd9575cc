"""One message over SMTP. The server's address is checked before it is called: none inside this network."""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from goodstanding.contract import Http, Message, Refused, Unavailable

from .config import Config

TIMEOUT = 20.0
_INNER_HOSTS = "GOODSTANDING_INNER_HOSTS"  # hosts inside the network that may be called, comma separated
_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")


def send(message: Message, config: Config, http: Http) -> None:  # noqa: ARG001 - mail is no HTTP
    """Raises Refused or Unavailable where the server did not take the message for every recipient."""
    recipients = _recipients(config)
    try:
        with _server(config) as server:
            if config.user:
                server.login(config.user, config.password)
            refused = server.send_message(letter(message, config.sender, recipients), config.sender, recipients)
    except smtplib.SMTPAuthenticationError:
        raise Refused("SMTP: user or password is not accepted; enter them anew", code="key_invalid") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _by_code(max(codes), "every recipient is refused; correct the addresses") from None
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, _said(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"SMTP: its certificate is not valid: {error.verify_message}", code="tls") from None
    except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
        raise Refused(f"SMTP: {str(error)[:120]}; compare port and encryption", code="not_supported") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"SMTP: no connection ({type(error).__name__})", code="unreachable") from None
    if refused:
        raise Refused(f"SMTP: {len(refused)} of {len(recipients)} recipients are refused", code="recipient")


def letter(message: Message, sender: str, recipients: list[str]) -> EmailMessage:
    """Plain text: it is read everywhere."""
    mail = EmailMessage()
    mail["Subject"] = re.sub(r"\s+", " ", message.title)
    mail["From"], mail["To"] = sender, ", ".join(recipients)
    mail["Date"], mail["Message-ID"] = formatdate(localtime=False), make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    if message.urgent:
        mail["X-Priority"] = "1"
    lines = [*message.lines, *(["", f"{message.button}：{message.url}"] if message.url else [])]
    mail.set_content("\n".join(lines) + "\n", charset="utf-8")
    return mail


def _recipients(config: Config) -> list[str]:
    found = [item for item in re.split(r"[\s,;，；]+", config.recipients) if item]
    bad = [item for item in [config.sender, *found] if not _ADDRESS.fullmatch(item)]
    if bad or not found:
        raise Refused("SMTP: sender or recipients are no e-mail addresses; correct them", code="bad_address")
    return found


def _server(config: Config) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if config.plain:
        return _Plain(config.host, config.port, timeout=TIMEOUT)
    if config.tls == "tls":
        return _Encrypted(config.host, config.port, timeout=TIMEOUT, context=context)
    server = _Plain(config.host, config.port, timeout=TIMEOUT)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


class _Plain(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _connected(host, port, timeout)


class _Encrypted(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_connected(host, port, timeout), server_hostname=host)


def _connected(host: str, port: int, timeout: float) -> socket.socket:
    """The address that was checked is the one connected to."""
    found = [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    known = host in os.environ.get(_INNER_HOSTS, "").split(",")
    outer = [item for item in found if known or ipaddress.ip_address(item.split("%")[0]).is_global]
    if not outer:
        raise Refused(f"SMTP: {host} leads to an address inside this network and is not called", code="inner_address")
    return socket.create_connection((outer[0], port), timeout)


def _by_code(status: int, text: str) -> Refused | Unavailable:
    if 400 <= status < 500:
        return Unavailable(f"SMTP: {status}: {text}; it will be tried again", code=f"smtp_{status}", retry_after=60.0)
    return Refused(f"SMTP: {status}: {text}", code=f"smtp_{status}")


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return re.sub(r"\S+@\S+", "***", words)[:120]
