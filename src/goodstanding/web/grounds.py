"""English sentences for the reasons that reading gives; the Chinese ones are reading's own."""

from __future__ import annotations

from collections.abc import Mapping

_DO = " Do not follow links in the mail; type the organisation's own address into the browser."
EN = {
    "dmarc_pass": "The receiving host {host} confirms DMARC: the sender's domain {domain} is the organisation's. Still compare the case in its portal.",
    "dkim_aligned": "The receiving host {host} confirms a valid DKIM signature of the sender's domain {domain}. Still compare the case in its portal.",
    "dkim_verified_here": "The DKIM signature of {domain} was verified here; it is valid and fits the sender's domain.",
    "domain_unconfirmed": "That {domain} belongs to {claimed} has not been checked on its own site; its portal decides.",
    "dmarc_fail": "The receiving host {host} found that DMARC failed for {domain}: somebody used the domain without right." + _DO,
    "wrong_domain": "The mail says that it comes from {claimed}, but the domain {domain} is not theirs." + _DO,
    "name_of_another": "The display name says {claimed}, but the domain {domain} belongs to another organisation." + _DO,
    "lookalike_homoglyph": "The domain {domain} imitates {claimed} with similar characters.",
    "lookalike_other_ending": "The domain {domain} borrows the name of {claimed} under an ending that is not theirs.",
    "lookalike_subdomain": "The domain {domain} puts {claimed} into a sub-domain; its owner is the domain behind it.",
    "lookalike_brand_in_domain": "The domain {domain} contains the name of {claimed} and is not theirs.",
    "lookalike_typo": "The domain {domain} differs from that of {claimed} by one letter.",
    "free_mailbox": "{domain} gives free mailboxes to anyone; organisations do not send notices from there." + _DO,
    "multiple_from": "The mail names several senders, some of which are not the organisation's." + _DO,
    "arc_own_list": "DMARC failed, but the mail came through your own mailing list (valid ARC); it can be neither proven nor ruled out. Check in the portal.",
    "own_people": "The mail came from your own people, form or list; where it first came from cannot be checked. Check in the portal.",
    "forwarded": "A forwarded mail: the original's authentication no longer counts. Check in the portal.",
    "no_trusted_result": "None of your receiving hosts left an authentication result." + _DO,
    "foreign_results": "The mail brought results signed {host}, which is not one of your receiving hosts; they do not count.",
    "result_error": "The receiving host met an error while checking {domain}." + _DO,
    "result_none": "There is no DMARC or aligned DKIM result for {domain}." + _DO,
    "unknown_sender": "The domain {domain} is of no organisation known here. Confirm by the contact details on their own site.",
    "no_institution": "The writer is a person, law firm or association without an institution to check against. Verify who they are before you pay or sign.",
    "nothing_claimed": "It does not look like a notice and claims no known organisation; that does not make it safe.",
    "no_sender": "There is no sender to check (text, scan or uploaded file). Compare the case id through an official way.",
    "signature_valid": "The signature is valid: it comes from {claimed}.",
    "signature_invalid": "The signature is invalid: {claimed} did not send this, or the secret is wrong. Check in the portal before acting.",
    "signature_unknown": "No signing secret of {claimed} was entered, so this cannot be verified.",
    "hidden_text": "The mail had invisible text, which was removed.",
    "zero_width": "The text had zero-width characters, which were removed.",
    "bidi": "The text had characters that change its direction, which were removed.",
    "link_mismatch": "A link shows {shown} and leads to {target}.",
    "other_address_in_name": "The display name holds another address: {domain}.",
    "punycode": "The sender's domain has non-Latin characters: {domain}.",
    "hidden_in_name": "The display name has invisible characters.",
    "reply_elsewhere": "Replies would go to another domain: {domain}.",
    "asks_credentials": "It asks for passwords, codes, keys or full card numbers; no proper organisation does.",
    "asks_odd_payment": "It asks for payment by gift card or cryptocurrency, as swindlers do.",
    "archive_attachment": "An attachment is an archive or a program ({name}); do not open it.",
    "instructions_to_machine": "It contains instructions to automatic programs, which were read as mere text.",
    "alternative_mismatch": "Its plain text and its web version differ; the web version counts.",
}  # fmt: skip


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def english(code: str, params: Mapping[str, str]) -> str:
    """The sentence for a reason; an unknown code is shown with spaces."""
    return EN.get(code, code.replace("_", " ")).format_map(_Blank({key: value or "–" for key, value in params.items()}))
