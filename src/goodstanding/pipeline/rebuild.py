"""After a person changed what a case rests on: draft and assemble anew."""

from __future__ import annotations

from . import assemble, draft


def rebuild(merchant_id: int, case_id: int) -> None:
    """A machine-made draft follows the new proof; a person's text stays as it is."""
    draft.draft(merchant_id, case_id)
    assemble.assemble(merchant_id, case_id)
