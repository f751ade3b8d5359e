//! What a person wrote, of what came too late: it is kept as a draft.

use crate::domain::outbox::{Change, Field, Write, own_words};
use crate::domain::overtaken::Said;
use crate::domain::playbook::{Deed, What};
use crate::domain::record::{Core, RecordId};

/// What a person wrote in an act, and of which account: in a note, or why they left a step out.
pub fn said_in(deed: &Deed) -> Option<(&RecordId, String)> {
    let written = deed
        .entries
        .iter()
        .filter_map(|entry| Some((entry.account.as_ref()?, said_by(&entry.write)?)));
    let reasons = deed.events.iter().filter_map(|event| match &event.what {
        What::Skipped { why, .. } => Some((&event.account, why.clone())),
        _ => None,
    });
    written.chain(reasons).find(|(_, words)| !words.is_empty())
}

/// Whether a draft has each line of what was written, whatever stands between them.
pub fn has_all(draft: &str, words: &str) -> bool {
    words.lines().all(|line| draft.contains(line.trim()))
}

/// What a person wrote in a note: of a handoff's without its head, and nothing that binds it.
fn said_by(write: &Write) -> Option<String> {
    let fields = write.of_note()?;
    match Said::by(write) {
        Some(Said::Event(event)) => Some(event.text),
        Some(Said::Outcome(said)) => said.why,
        None => fields.get(&Field::Core(Core::Body)).cloned(),
    }
}

/// What a person wrote in a write that another one does not say, a line each: nothing that would bind another text.
pub fn words_of(write: &Write, other: &Write) -> String {
    let values = |write: &Write| -> Vec<String> {
        let words = |field: &Field, value: &String| own_words(field, value).to_owned();
        match write {
            Write::Create { fields, .. } => {
                let own = [Core::Subject, Core::Body].map(Field::Core);
                own.iter()
                    .filter_map(|field| Some(words(field, fields.get(field)?)))
                    .collect()
            }
            Write::Update { changes, .. } => {
                let words = |change: &Change| Some(words(&change.field, change.to.as_ref()?));
                changes.iter().filter_map(words).collect()
            }
            Write::Archive { .. } => Vec::new(),
        }
    };
    let known = values(other);
    let mut new = values(write);
    new.retain(|value| !known.contains(value));
    new.join("\n")
}
