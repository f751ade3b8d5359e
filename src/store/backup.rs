//! Copies of the ledger.
