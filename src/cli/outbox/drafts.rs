//! Texts that are being composed in the cockpit: nothing of them waits to be sent, and nothing of them is lost.

use jiff::Timestamp;
use serde_json::Value;

use crate::app::overlay::form::Draft;
use crate::cli::shape::Shape;
use crate::domain::outbox::DraftLine;
use crate::domain::words;

use super::Names;

/// The word for where a draft stands.
const STATE: &str = "draft";

/// A row of each draft, in the columns of the outbox.
pub fn rows(names: &Names, now: Timestamp) -> Vec<Vec<String>> {
    let row = |draft: &DraftLine| {
        let account = draft.account();
        let account = account.as_ref().map(|id| names.view.account_name(id));
        vec![
            String::new(),
            STATE.to_owned(),
            words::age(now, draft.saved_at, &names.zone),
            format!("{}: {}", draft.what(), Draft::words_of(draft)),
            account.unwrap_or_default().to_owned(),
            "is not sent: it goes on in the cockpit, from `O`".to_owned(),
        ]
    };
    names.view.drafts.iter().map(row).collect()
}

/// A draft as JSON.
pub fn shape(draft: &DraftLine) -> Value {
    Shape::default()
        .with("state", STATE)
        .with("what", draft.what())
        .maybe("account", draft.account(), "it is about no account")
        .with("begins", Draft::words_of(draft))
        .with("saved_at", draft.saved_at)
        .done()
}
