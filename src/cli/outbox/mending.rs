//! What `retain outbox resolve` and `retain outbox edit` have in common: an entry with what is known of its fields, and
//! the step that a person orders, sent at once.

use crate::cli::CliError;
use crate::cli::context::{Context, Workplace};
use crate::cli::sending::{self, Flags};
use crate::cli::writing::Writing;
use crate::domain::acts::title::{self, Known};
use crate::domain::outbox::{Entry, EntryId, OutboxView, Step, Write};
use crate::domain::vocabulary::nearest;
use crate::runtime::outbox_view;
use crate::store::{Ledger, StoreError};

use super::{no_such, too_late};

/// Where to look when an entry is not as it was thought to be.
pub const HINT: &str = "`retain outbox` says what can be done about it";

/// An entry that a person changes.
pub struct Mending {
    /// What it takes to write.
    pub writing: Writing,
    /// What is known of fields and values.
    pub view: OutboxView,
    /// The entry as it is.
    pub entry: Entry,
}

impl Mending {
    /// Ready to change this entry; an error that says what speaks against it.
    pub fn begin(id: i64, flags: &Flags, context: &Context) -> Result<Self, CliError> {
        let writing = sending::begin(flags, context)?;
        let entry = writing.ledger().entry(EntryId(id))?.ok_or_else(|| no_such(id))?;
        let mapping = &writing.workplace.setup.mapping;
        let view = outbox_view::of(writing.ledger(), Some(writing.cache()), mapping)?;
        Ok(Self { writing, view, entry })
    }

    /// The step with which it writes this from now on, and is called accordingly; what is only queued can be taken back.
    pub fn revised(&self, write: Write) -> Step {
        let known = Known {
            view: &self.view,
            me: Some(&self.writing.on.me.id),
            zone: &self.writing.on.zone,
        };
        let new = &self.entry.new;
        let title = title::revised(&new.title, &new.write, &write, known);
        Step::Revised {
            write,
            title,
            base: Some(new.write.clone()),
            grace: Some(self.writing.on.grace),
        }
    }

    /// Takes the step, sends what is due unless it is only to be queued, and tells what became of it.
    pub fn take(mut self, step: &Step, flags: &Flags, context: &Context) -> Result<(), CliError> {
        let id = self.entry.id;
        let taken = self.writing.take(id, step)?;
        let entry = taken.map_err(|late| too_late(id.0, late))?;
        sending::finish(self.writing.end(), vec![entry], flags, context)?.print(context)
    }
}

/// An entry and what is known of fields, for reading only.
pub fn look(workplace: &Workplace, id: i64) -> Result<(OutboxView, Entry), CliError> {
    let ledger = match Ledger::open_read_only(&workplace.paths.ledger_db) {
        Err(StoreError::Missing { .. }) => return Err(no_such(id)),
        ledger => ledger?,
    };
    let entry = ledger.entry(EntryId(id))?.ok_or_else(|| no_such(id))?;
    let cache = workplace.cache()?;
    let view = outbox_view::of(&ledger, Some(&cache), &workplace.setup.mapping)?;
    Ok((view, entry))
}

/// The two sides of FIELD=VALUE.
pub fn assignment(text: &str) -> Result<(&str, &str), CliError> {
    let sides = text.split_once('=');
    let sides = sides.map(|(name, value)| (name.trim(), value.trim()));
    sides.ok_or_else(|| CliError::usage(format!("`{text}` is no change")).hint("write FIELD=VALUE"))
}

/// The place of the field that a name means among these (label, name in the CRM), or of the only one that begins so.
pub fn called(fields: &[(String, String)], name: &str) -> Result<usize, CliError> {
    let wanted = name.to_lowercase();
    let exact = |(label, field): &(String, String)| label.to_lowercase() == wanted || *field == name;
    let begins = |(label, _): &(String, String)| label.to_lowercase().starts_with(&wanted);
    let places = |test: &dyn Fn(&(String, String)) -> bool| {
        let found = fields.iter().enumerate().filter(|(_, field)| test(field));
        found.map(|(at, _)| at).collect::<Vec<usize>>()
    };
    for found in [places(&exact), places(&begins)] {
        if let [only] = found.as_slice() {
            return Ok(*only);
        }
    }
    let labels = || fields.iter().map(|(label, _)| label.as_str());
    let hint = match nearest(name, labels()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is {}", labels().collect::<Vec<_>>().join(", ")),
    };
    Err(CliError::usage(format!("it has no field that is called `{name}`")).hint(hint))
}
