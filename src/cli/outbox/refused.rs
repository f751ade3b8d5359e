//! What a person can do about an entry that the CRM refused.

use crate::domain::outbox::{Entry, OutboxView, Remedy};

/// What helps an entry that was refused, or cannot be sent; never what does not.
pub fn what_helps(entry: &Entry, said: &str, view: &OutboxView) -> String {
    let id = entry.id;
    let (resend, discard) = (
        format!("`retain outbox resend {id}`"),
        format!("`retain outbox discard {id} --reason TEXT` gives it up"),
    );
    let why = why(entry, said);
    if let Some(before) = entry.remedy.before() {
        return format!("{why}; {before}, then {resend} sends it; {discard}");
    }
    match entry.remedy {
        Remedy::Discard => format!("{why}; {discard}"),
        Remedy::Edit if !view.lines_of(entry).is_empty() => {
            format!("{why}; `retain outbox edit {id}` mends it, {resend} sends it as it is, {discard}")
        }
        _ => format!("{why}; {resend} sends it again, {discard}"),
    }
}

/// Why an entry stands still: the CRM's words where it refused it, ours where it was not asked.
pub fn why(entry: &Entry, said: &str) -> String {
    format!("{}: {said}", entry.remedy.became())
}
