//! Stands between here and `engine` until its functions have landed.
#![allow(missing_docs, clippy::all, clippy::pedantic)]
use crate::config::Setup;
use crate::domain::account_view::AccountView;
use crate::domain::record::RecordId;
use crate::store::{Cache, Ledger};
use jiff::Timestamp;
#[derive(Debug, thiserror::Error)]
#[error("cannot score")]
pub struct EngineError;
pub enum What<'a> {
    All,
    Accounts(&'a [RecordId]),
}
pub fn refresh(
    _: &mut Cache,
    _: &mut Ledger,
    _: &Setup,
    _: What<'_>,
    _: Timestamp,
) -> Result<(), EngineError> {
    Ok(())
}
pub fn account_view(
    _: &Cache,
    _: &Ledger,
    _: &Setup,
    _: &RecordId,
    _: Timestamp,
) -> Result<Option<AccountView>, EngineError> {
    Ok(None)
}
