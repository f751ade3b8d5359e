//! SQLite: the cache that mirrors the CRM and the ledger that cannot be fetched again. The only place that says SQL.
