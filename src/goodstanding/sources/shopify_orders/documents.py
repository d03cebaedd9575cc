"""The questions put to Shopify's Admin GraphQL API: https://shopify.dev/docs/api/admin-graphql"""

VERSION = "2026-10"

SCOPES = "{ shop { myshopifyDomain } currentAppInstallation { accessScopes { handle } } }"

ORDERS = """
query Orders($query: String!, $after: String, $first: Int!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name legacyResourceId createdAt processedAt email phone clientIp
      customer { displayName email }
      totalPriceSet MONEY
      totalRefundedSet MONEY
      shippingAddress { formatted countryCodeV2 name phone }
      billingAddress { formatted name }
      lineItems(first: 50) { nodes { title quantity sku originalUnitPriceSet MONEY } }
      fulfillments(first: 20) { createdAt deliveredAt trackingInfo(first: 20) { number company } }
      transactions(first: 20) { id kind status paymentId authorizationCode processedAt accountNumber }
    }
  }
}
""".replace("MONEY", "{ presentmentMoney { amount currencyCode } }")
