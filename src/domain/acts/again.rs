//! What a person changes of a write that is on its way no more: what the CRM has is corrected there, what was taken
//! back is written anew.

use std::collections::BTreeSet;

use super::{About, Occasion};
use crate::domain::outbox::{Change, Entry, Field, NewEntry, State, Target, Write};
use crate::domain::record::{Core, ValueType};
use crate::domain::words;

/// How the title of an entry begins that corrects another one.
const CORRECTION: &str = "Correction: ";

/// The write that makes what a sent entry did into what it says now. `title` is what that is called. The error is one
/// sentence.
pub fn correct(on: &Occasion, entry: &Entry, now: &Write, title: &str) -> Result<NewEntry, String> {
    let (State::Sent, Some(receipt)) = (entry.state, &entry.receipt) else {
        return Err("the CRM has not got it: there is nothing to correct".to_owned());
    };
    let changes = match (&entry.new.write, now) {
        (Write::Create { fields: before, .. }, Write::Create { fields: after, .. }) => {
            let all: BTreeSet<&Field> = before.keys().chain(after.keys()).collect();
            let change = |field: &Field| {
                let (base, to) = (before.get(field).cloned(), after.get(field).cloned());
                change(field, base, to, ValueType::Text)
            };
            all.into_iter().filter_map(change).collect()
        }
        (Write::Update { changes: before, .. }, Write::Update { changes: after, .. }) => {
            let old = |field: &Field| before.iter().find(|old| old.field == *field);
            let change = |new: &Change| {
                let base = old(&new.field).map_or_else(|| new.base.clone(), |old| old.to.clone());
                change(&new.field, base, new.to.clone(), new.value_type)
            };
            after.iter().filter_map(change).collect()
        }
        _ => Vec::new(),
    };
    if changes.is_empty() {
        return Err("nothing was changed: the CRM has it so".to_owned());
    }
    let write = Write::Update {
        kind: now.kind(),
        target: Target::Record(receipt.record.clone()),
        changes,
    };
    let title = title.strip_prefix(CORRECTION).unwrap_or(title);
    Ok(on.entry(about(entry).as_ref(), format!("{CORRECTION}{title}"), write))
}

/// The write of an entry that was taken back or given up, made anew. The error is one sentence.
pub fn anew(on: &Occasion, entry: &Entry, now: Write, title: &str) -> Result<NewEntry, String> {
    check_anew(entry)?;
    Ok(on.entry(about(entry).as_ref(), title.to_owned(), now))
}

/// Whether an entry that was taken back can be written anew by itself; the error is one sentence.
pub fn check_anew(entry: &Entry) -> Result<(), String> {
    let word = entry.state.word();
    if !matches!(entry.state, State::TakenBack | State::Discarded) {
        return Err(format!("it is {word}"));
    }
    if entry.new.write.waits_for().next().is_some() || !is_typed(&entry.new.write) {
        return Err(format!(
            "it is {word}: nothing of it is sent, and it is done anew where it was done"
        ));
    }
    Ok(())
}

/// Whether a write is what a person typed, and neither part of a handoff or of a run of a playbook, nor done by one key.
fn is_typed(write: &Write) -> bool {
    match write {
        Write::Create { fields, .. } => {
            let body = fields.get(&Field::Core(Core::Body));
            body.is_none_or(|text| !text.lines().any(words::is_mark))
        }
        Write::Update { changes, .. } => changes
            .iter()
            .all(|change| change.field != Field::Core(Core::Done)),
        Write::Archive { .. } => false,
    }
}

fn change(field: &Field, base: Option<String>, to: Option<String>, value_type: ValueType) -> Option<Change> {
    let field = field.clone();
    (base != to).then_some(Change {
        field,
        base,
        to,
        value_type,
    })
}

fn about(entry: &Entry) -> Option<About> {
    entry.new.account.clone().map(|id| About {
        id,
        name: String::new(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{note::note, tests::occasion};
    use super::*;
    use crate::domain::outbox::{EntryId, Receipt, Step};
    use crate::domain::record::{Kind, RecordId};

    fn noted(text: &str, steps: Vec<Step>) -> Entry {
        let on = occasion();
        let juniper = About {
            id: RecordId::from("1"),
            name: String::new(),
        };
        let new = note(&on, &juniper, text).unwrap();
        let mut entry = Entry::queued(EntryId(1), String::new(), "K1".to_owned(), new, on.now);
        for step in steps {
            entry.take(step, on.now);
        }
        entry
    }

    fn saying(entry: &Entry, text: &str) -> Write {
        let mut write = entry.new.write.clone();
        let body = Field::Core(Core::Body);
        write.set(&body, Some(text.to_owned()), ValueType::Text).unwrap();
        write
    }

    #[test]
    fn what_the_crm_has_is_changed_there_from_what_was_written() {
        let receipt = Receipt {
            record: RecordId::from("901"),
            link: None,
            replaced: Vec::new(),
            there: false,
        };
        let steps = vec![
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Sent(receipt),
        ];
        let sent = noted("Ana leaves", steps);
        let now = saying(&sent, "Ana stays");
        let new = correct(&occasion(), &sent, &now, "Note: Ana stays").unwrap();
        assert_eq!(new.title, "Correction: Note: Ana stays");
        let Write::Update {
            kind: Kind::Note,
            target,
            changes,
        } = &new.write
        else {
            panic!("{new:?}");
        };
        assert_eq!(*target, Target::Record(RecordId::from("901")));
        let [change] = changes.as_slice() else {
            panic!("{changes:?}");
        };
        let texts = (change.base.as_deref(), change.to.as_deref());
        assert_eq!(texts, (Some("Ana leaves"), Some("Ana stays")));
        assert!(correct(&occasion(), &sent, &sent.new.write, "").is_err());
        assert!(anew(&occasion(), &sent, now, "").is_err());
    }

    #[test]
    fn what_was_taken_back_is_written_anew_unless_it_was_part_of_something_larger() {
        let back = || vec![Step::TakenBack];
        let alone = noted("Ana leaves", back());
        let now = saying(&alone, "Ana stays");
        let new = anew(&occasion(), &alone, now.clone(), "Note: Ana stays").unwrap();
        assert_eq!((new.write, new.account), (now, alone.new.account));
        let handoff = noted("Goals: none\n\nretain: handoff H-1 event 1", back());
        let now = saying(&handoff, "Goals");
        assert!(
            anew(&occasion(), &handoff, now, "")
                .unwrap_err()
                .contains("done anew where")
        );
    }
}
