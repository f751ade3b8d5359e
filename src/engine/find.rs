//! Finds accounts by id, name, former name or domain, for the command line.

use crate::domain::record::{Kind, RecordId};
use crate::domain::summary::Summary;
use crate::store::{Cache, Ledger};

use super::EngineError;

/// At most so many matches are given.
const MOST: usize = 20;

/// The accounts that a text means: one with this id, or with one that was merged into it, else those with exactly this name or domain, else
/// those whose name, former name or domain contains it. Case is ignored. Ordered worst first. Digits alone
/// are an id, or the whole of a name, and never a part of one: `1` must not open the account of `a1.example`.
pub fn find_account(cache: &Cache, ledger: &Ledger, text: &str) -> Result<Vec<Summary>, EngineError> {
    let text = text.trim();
    let id = RecordId::from(text);
    if let Some(summary) = cache.summary(&id)? {
        return Ok(vec![summary]);
    }
    // An id that the CRM merged away means the account that it lives on in.
    if let Some(summary) = cache.summary(&ledger.resolve(Kind::Account, &id)?)? {
        return Ok(vec![summary]);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let wanted = text.to_lowercase();
    let (mut exact, mut partial) = (Vec::new(), Vec::new());
    if wanted.is_empty() {
        return Ok(exact);
    }
    cache.each_summary(&mut |summary| {
        let domain = summary.domain.iter();
        let mut names = std::iter::once(&summary.name)
            .chain(domain)
            .chain(&summary.former_names);
        if names.clone().any(|name| name.to_lowercase() == wanted) {
            exact.push(summary);
        } else if !is_number
            && partial.len() < MOST
            && names.any(|name| name.to_lowercase().contains(&wanted))
        {
            partial.push(summary);
        }
    })?;
    Ok(if exact.is_empty() { partial } else { exact })
}
