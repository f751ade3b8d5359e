//! What a person wrote, of what came too late: it is kept as a draft.

use crate::domain::outbox::{Change, Field, Write, own_words};
use crate::domain::overtaken::Said;
use crate::domain::record::Core;

/// What a person wrote in a note: of a handoff's without its head, and nothing that binds it.
pub fn said_by(write: &Write) -> Option<String> {
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
