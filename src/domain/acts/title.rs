//! What an entry is called once a person has changed what it writes.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::edit::EditableField;
use super::{first_line, note, task};
use crate::domain::outbox::{Change, Field, OutboxView, Write};
use crate::domain::record::{Core, Kind, RecordId, ValueType};

/// What a value that is empty is called.
pub const NOTHING: &str = "nothing";
/// How the title of an entry begins that takes another one back.
pub const UNDO: &str = "Undo: ";

/// What is known of those whom a title names.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// What the CRM calls fields and values.
    pub view: &'a OutboxView,
    /// Who sits here: what is for them names nobody.
    pub me: Option<&'a RecordId>,
    /// The zone in which a due instant is a day with a time.
    pub zone: &'a TimeZone,
}

impl Known<'_> {
    fn shown(&self, field: &Field, value: Option<&str>) -> String {
        self.view.value(field, value).unwrap_or(NOTHING).to_owned()
    }

    /// What a change sets, as the field that it is of shows it.
    fn read(&self, kind: Kind, change: &Change) -> String {
        let is_when = matches!(change.value_type, ValueType::Date | ValueType::DateTime);
        let editable = self.view.editable(kind, &change.field).filter(|_| is_when);
        match (editable, &change.to) {
            (Some(editable), Some(to)) => EditableField {
                value: Some(to.clone()),
                ..editable
            }
            .shown(&[], self.zone),
            _ => self.shown(&change.field, change.to.as_deref()),
        }
    }

    fn day(&self, value: Option<&str>) -> String {
        let instant = value.and_then(|value| value.parse::<Timestamp>().ok());
        let zoned = instant.map(|instant| instant.to_zoned(self.zone.clone()));
        let told = zoned.map(|zoned| task::due_words(zoned.date(), zoned.time()));
        told.unwrap_or_else(|| NOTHING.to_owned())
    }
}

/// What an entry is called when it writes this from now on; `None` when that is what it is called already. A title that
/// does not tell what is written, as that of a handoff, stays.
pub fn revised(called: &str, before: &Write, after: &Write, known: Known<'_>) -> Option<String> {
    let title = match (before, after) {
        (Write::Create { .. }, Write::Create { .. }) => {
            let tells = made(before, known).is_some_and(|told| told == called);
            made(after, known).filter(|_| tells)?
        }
        (Write::Update { changes: before, .. }, Write::Update { kind, changes, .. }) => {
            let mut title = called.to_owned();
            for change in changes {
                let old = before.iter().find(|old| old.field == change.field);
                if let Some(old) = old.filter(|old| old.to != change.to) {
                    title = changed(&title, *kind, (old, change), known);
                }
            }
            title
        }
        _ => return None,
    };
    (title != called).then_some(title)
}

/// What a new record is called when it is queued.
fn made(write: &Write, known: Known<'_>) -> Option<String> {
    let Write::Create { kind, fields, .. } = write else {
        return None;
    };
    let text = |core| fields.get(&Field::Core(core)).map(String::as_str);
    let (subject, body) = (text(Core::Subject), text(Core::Body).unwrap_or_default());
    Some(match kind {
        Kind::Note => note::title(body),
        Kind::Task => {
            let owner = text(Core::Owner).filter(|id| known.me.is_some_and(|me| me.as_str() != *id));
            let name = owner.map(|id| known.shown(&Field::Core(Core::Owner), Some(id)));
            task::title(subject?, name.as_deref())
        }
        _ => match first_line(body, note::TITLE) {
            outcome if outcome.is_empty() => subject?.to_owned(),
            outcome => format!("{}: {outcome}", subject?),
        },
    })
}

/// A title with the new value of a field in the place of the old one.
fn changed(title: &str, kind: Kind, (old, new): (&Change, &Change), known: Known<'_>) -> String {
    let subject = || {
        let bare = title.strip_prefix(UNDO).unwrap_or(title);
        bare.split_once(": ").map_or(bare, |(_, subject)| subject)
    };
    let shown = |change: &Change| known.read(kind, change);
    match new.field {
        Field::Core(Core::Due) => task::due_title(&known.day(new.to.as_deref()), subject()),
        Field::Core(Core::Owner) => {
            let before = task::owner_title(&shown(old), "");
            let subject = title.strip_prefix(&before).unwrap_or_else(subject);
            task::owner_title(&shown(new), subject)
        }
        Field::Core(Core::Done) => task::done_title(new.to.as_deref() == Some("true"), subject()),
        Field::Core(_) => {
            let line = |change: &Change| first_line(change.to.as_deref().unwrap_or_default(), note::TITLE);
            let head = title.strip_suffix(&line(old)).filter(|head| !head.is_empty());
            head.map_or_else(|| title.to_owned(), |head| format!("{head}{}", line(new)))
        }
        Field::Mapped(_) => {
            let head = title.strip_suffix(&format!(": {}", shown(old)));
            let label = || known.view.label(&new.field);
            let head = head.filter(|head| !head.starts_with(UNDO));
            format!("{}: {}", head.map_or_else(label, str::to_owned), shown(new))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::task::{NewTask, Task};
    use super::super::{About, Occasion, Somebody};
    use super::*;
    use crate::domain::acts::{note::note, tests, undo};
    use crate::domain::outbox::{Entry, EntryId, NewEntry, Receipt, Step, Target};

    fn view() -> OutboxView {
        let owner = Field::Core(Core::Owner);
        let segment = Field::Mapped("segment".to_owned());
        OutboxView {
            labels: [(segment.clone(), "Segment".to_owned())].into(),
            values: [
                ((owner.clone(), "7".to_owned()), "Mara Lindt".to_owned()),
                ((owner, "8".to_owned()), "Priya Nair".to_owned()),
                ((segment.clone(), "smb".to_owned()), "Small business".to_owned()),
                ((segment, "mid".to_owned()), "Mid-market".to_owned()),
            ]
            .into(),
            ..OutboxView::default()
        }
    }

    fn juniper() -> About {
        About {
            id: RecordId::from("1"),
            name: "Juniper".to_owned(),
        }
    }

    /// What an entry is called after its field was changed.
    fn after(on: &Occasion, entry: &NewEntry, core: Field, to: Option<&str>) -> Option<String> {
        let mut write = entry.write.clone();
        match &mut write {
            Write::Create { fields, .. } => {
                fields.insert(core, to.unwrap().to_owned());
            }
            Write::Update { changes, .. } => {
                let change = changes.iter_mut().find(|change| change.field == core).unwrap();
                change.to = to.map(str::to_owned);
            }
            Write::Archive { .. } => {}
        }
        let (view, zone) = (view(), TimeZone::UTC);
        let known = Known {
            view: &view,
            me: Some(&on.me.id),
            zone: &zone,
        };
        revised(&entry.title, &entry.write, &write, known)
    }

    #[test]
    fn what_is_made_is_called_by_what_it_says_now() {
        let on = tests::occasion();
        let body = || Field::Core(Core::Body);
        let entry = note(&on, &juniper(), "Ana leaves").unwrap();
        let told = after(&on, &entry, body(), Some("Ana stays\nafter all"));
        assert_eq!(told.as_deref(), Some("Note: Ana stays"));
        assert_eq!(after(&on, &entry, body(), Some("Ana leaves\nin May")), None);
        let task = NewTask {
            subject: "Call Ana".to_owned(),
            ..NewTask::default()
        };
        let entry = task::make(&on, &juniper(), &task).unwrap();
        let told = after(&on, &entry, Field::Core(Core::Subject), Some("Call Ben"));
        assert_eq!(told.as_deref(), Some("Task: Call Ben"));
        let told = after(&on, &entry, Field::Core(Core::Owner), Some("8"));
        assert_eq!(told.as_deref(), Some("Task for Priya Nair: Call Ana"));
        let mut handoff = note(&on, &juniper(), "Goals: fewer escalations").unwrap();
        handoff.title = "Handoff to Priya Nair".to_owned();
        assert_eq!(after(&on, &handoff, body(), Some("Goals: none")), None);
    }

    #[test]
    fn a_change_is_called_by_the_value_that_it_sets_now() {
        let on = tests::occasion();
        let task = Task {
            target: Target::Record(RecordId::from("5")),
            subject: "Call: Ana".to_owned(),
            due: None,
            done: None,
            owner: Some("7".to_owned()),
            about: Some(juniper()),
        };
        let day = jiff::civil::date(2026, 12, 1);
        let due = task::reschedule(&on, &task, day, None).unwrap();
        let told = after(&on, &due, Field::Core(Core::Due), Some("2026-12-24T16:00:00Z"));
        assert_eq!(told.as_deref(), Some("Due 2026-12-24 16:00: Call: Ana"));
        let priya = Somebody {
            id: RecordId::from("8"),
            name: "Priya Nair".to_owned(),
        };
        let given = task::reassign(&on, &task, &priya);
        let told = after(&on, &given, Field::Core(Core::Owner), Some("7"));
        assert_eq!(told.as_deref(), Some("To Mara Lindt: Call: Ana"));
        let done = task::complete(&on, &task);
        let told = after(&on, &done, Field::Core(Core::Done), Some("false"));
        assert_eq!(told.as_deref(), Some("Reopen: Call: Ana"));
    }

    #[test]
    fn a_field_keeps_the_contract_that_it_is_of_and_an_undo_that_sets_another_value_is_none() {
        let on = tests::occasion();
        let segment = || Field::Mapped("segment".to_owned());
        let change = Change {
            field: segment(),
            base: Some("mid".to_owned()),
            to: Some("smb".to_owned()),
            value_type: ValueType::Choice,
        };
        let write = Write::Update {
            kind: Kind::Account,
            target: Target::Record(RecordId::from("1")),
            changes: vec![change],
        };
        let title = "Segment of Juniper 2026: Small business".to_owned();
        let entry = on.entry(Some(&juniper()), title, write);
        let told = after(&on, &entry, segment(), Some("mid"));
        assert_eq!(told.as_deref(), Some("Segment of Juniper 2026: Mid-market"));
        let told = after(&on, &entry, segment(), None);
        assert_eq!(told.as_deref(), Some("Segment of Juniper 2026: nothing"));
        let mut sent = Entry::queued(EntryId(1), String::new(), String::new(), entry, on.now);
        sent.take(
            Step::Sending {
                seen: None,
                keyed: false,
            },
            on.now,
        );
        let receipt = Receipt {
            record: RecordId::from("1"),
            link: None,
            replaced: Vec::new(),
            there: false,
        };
        sent.take(Step::Sent(receipt), on.now);
        let back = undo::compensate(&on, &sent).unwrap();
        let told = after(&on, &back, segment(), Some("ent"));
        assert_eq!(told.as_deref(), Some("Segment: ent"));
    }
}
