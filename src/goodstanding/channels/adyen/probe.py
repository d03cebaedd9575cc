"""What an API key really allows, read from its own roles; nothing is tried out."""

from __future__ import annotations

import re

from goodstanding.contract import Grant, Http, Refused

from .api import call
from .config import Config

#: The one role that we ask for. It also allows accepting a dispute; Adyen has no role without that, and we never do it.
ROLE = "API dispute management"
#: Roles that read, by their names; every other one pays, refunds, stores cards or changes the account:
#: https://docs.adyen.com/development-resources/api-credentials/roles
_HARMLESS = re.compile(r"\bdisputes?\b|\breports?\b|\bread\b|\bview\b", re.IGNORECASE)


def probe(config: Config, http: Http) -> Grant:
    """The roles of the key by ``GET /me`` of the Management API. A connection without a key only listens: nothing to ask.

    A role that moves money or changes the account is ``dangerous``, and so is one whose name says nothing to us: Adyen's
    company credential holds dozens. Where Adyen does not tell the roles, Refused says so rather than calling the key safe.
    """
    if not config.api_key.strip():
        return Grant(test_mode=config.environment == "test")
    try:
        me = call("GET", f"{config.management_url}/me", None, config, http, {})
    except Refused as refused:
        if refused.code in ("key_invalid", "no_key", "key_malformed"):
            raise
        raise Refused(
            f"Adyen does not tell this key's roles; check in the Customer Area that it has only {ROLE!r} ({refused})",
            code="roles_unknown",
        ) from None
    roles = me.get("roles")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise Refused(
            f"Adyen answered without this key's roles; check in the Customer Area that it has only {ROLE!r}",
            code="roles_unknown",
        )
    named = tuple(str(role)[:120] for role in roles)
    accounts = me.get("associatedMerchantAccounts")
    missing = () if any("dispute" in role.lower() for role in named) else (ROLE,)
    if isinstance(accounts, list) and accounts and config.merchant_account.strip() not in accounts:
        missing = (*missing, f"merchant account {config.merchant_account.strip() or '?'}")
    return Grant(
        permissions=named,
        dangerous=tuple(role for role in named if _is_dangerous(role)),
        missing=missing,
        account=str(me.get("companyName") or me.get("username") or "")[:120],
        test_mode=config.environment == "test",
    )


def _is_dangerous(role: str) -> bool:
    if re.search(r"\bwrite\b", role, re.IGNORECASE):
        return True
    return not _HARMLESS.search(role)
