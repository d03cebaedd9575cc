"""How a plug-in's config dataclass describes its fields, so that the settings form builds itself."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One field of a connection's settings as a form shows it. ``secret`` values are encrypted and never shown again."""

    name: str
    label_zh: str
    label_en: str
    help_zh: str = ""
    help_en: str = ""
    secret: bool = False
    required: bool = True
    type: str = "text"  # text, secret, number, flag, choice, hosts
    choices: tuple[str, ...] = ()
    default: Any = ""
    hidden: bool = False  # not shown in the form: for tests and for who runs a proxy


def setting(
    zh: str,
    en: str,
    *,
    help_zh: str = "",
    help_en: str = "",
    secret: bool = False,
    default: Any = MISSING,
    choices: tuple[str, ...] = (),
    hidden: bool = False,
) -> Any:
    """Declare a field of a config dataclass: ``key: str = setting("受限密钥", "Restricted key", secret=True)``."""
    metadata = {
        "zh": zh,
        "en": en,
        "help_zh": help_zh,
        "help_en": help_en,
        "secret": secret,
        "choices": choices,
        "hidden": hidden,
    }
    if default is MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


def settings_of(config: type) -> tuple[Setting, ...]:
    """The declared settings of a config dataclass, in order."""
    return tuple(_setting(item) for item in fields(config))


def _setting(item: Field[Any]) -> Setting:
    meta = item.metadata
    required = item.default is MISSING
    kind = "secret" if meta["secret"] else "choice" if meta["choices"] else "text"
    if item.type in (int, "int"):
        kind = "number"
    elif item.type in (bool, "bool"):
        kind = "flag"
    return Setting(
        name=item.name,
        label_zh=meta["zh"],
        label_en=meta["en"],
        help_zh=meta["help_zh"],
        help_en=meta["help_en"],
        secret=meta["secret"],
        required=required,
        type=kind,
        choices=meta["choices"],
        default="" if required else item.default,
        hidden=meta["hidden"],
    )
