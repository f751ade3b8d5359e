//! What a person can do about an entry that the CRM refused.

use crate::domain::outbox::{Entry, OutboxView, Remedy};

/// What helps an entry that was refused, or cannot be sent; never what does not.
pub fn what_helps(entry: &Entry, said: &str, view: &OutboxView) -> String {
    let id = entry.id;
    let (resend, discard) = (
        format!("`retain outbox resend {id}`"),
        format!("`retain outbox discard {id} --reason TEXT` gives it up"),
    );
    if let Some(before) = entry.remedy.before() {
        return format!("the CRM refused it: {said}; {before}, then {resend} sends it; {discard}");
    }
    match entry.remedy {
        Remedy::Discard => format!("cannot be sent: {said}; {discard}"),
        Remedy::Edit if !view.lines_of(entry).is_empty() => format!(
            "the CRM refused it: {said}; `retain outbox edit {id}` mends it, {resend} sends it as it is, {discard}"
        ),
        _ => format!("the CRM refused it: {said}; {resend} sends it again, {discard}"),
    }
}
