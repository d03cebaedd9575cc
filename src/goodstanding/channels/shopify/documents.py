"""What we ask Shopify in GraphQL. Contract tests hold each against the introspection of the API version in use."""

from __future__ import annotations

_DISPUTE = """
    id legacyResourceId type status amount { amount currencyCode } evidenceDueBy evidenceSentOn finalizedOn initiatedAt
    reasonDetails { reason networkReasonCode }"""
_ORDER = """
    order { id legacyResourceId name }"""
#: Without files and texts of evidence: reading is possible without the evidence scope.
_SLOT = "{ id originalFileName fileSize }"
_EVIDENCE = f"""
    disputeEvidence {{
      id submitted
      disputeFileUploads {{ id originalFileName fileSize disputeEvidenceType }}
      cancellationPolicyFile {_SLOT} customerCommunicationFile {_SLOT} refundPolicyFile {_SLOT}
      serviceDocumentationFile {_SLOT} shippingDocumentationFile {_SLOT} uncategorizedFile {_SLOT}
    }}"""


def one(*, order: bool) -> str:
    """A dispute by its id."""
    return f"query Dispute($id: ID!) {{ dispute(id: $id) {{{_DISPUTE}{_ORDER if order else ''} }} }}"


def many(*, order: bool) -> str:
    """Disputes begun since a day, newest first."""
    return (
        "query Disputes($query: String!, $after: String) {"
        f" disputes(first: 50, reverse: true, query: $query, after: $after) {{ nodes {{{_DISPUTE}{_ORDER if order else ''} }}"
        " pageInfo { hasNextPage endCursor } } }"
    )


WITH_EVIDENCE = f"query DisputeWithEvidence($id: ID!) {{ dispute(id: $id) {{{_DISPUTE}{_EVIDENCE} }} }}"

ANSWER = """mutation Answer($id: ID!, $input: ShopifyPaymentsDisputeEvidenceUpdateInput!) {
  disputeEvidenceUpdate(id: $id, input: $input) {
    disputeEvidence { id submitted }
    userErrors { code field message }
  }
}"""

SCOPES = """query Scopes {
  currentAppInstallation { accessScopes { handle } }
  shop { myshopifyDomain plan { partnerDevelopment } }
}"""
