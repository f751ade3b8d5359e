//! Moves data from the CRM into ledger and cache: plan, pull, sweep, back-fill.
