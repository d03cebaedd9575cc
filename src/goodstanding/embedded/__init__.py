"""The embedded PostgreSQL, piece by piece. Callers use `goodstanding.database`."""
