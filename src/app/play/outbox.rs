//! An outbox with an entry in every state.

use std::collections::BTreeMap;

use super::{ago, now};
use crate::domain::outbox::{
    Change, Conflict, DraftLine, Entry, EntryId, Field, NewEntry, OutboxCounts, OutboxView, Receipt, Remedy,
    Step, Target, Write,
};
use crate::domain::record::{Core, Kind, RecordId, ValueType};
use jiff::{SignedDuration, Timestamp};

fn seconds(count: i64) -> Timestamp {
    now() + SignedDuration::from_secs(count)
}

fn entry(id: i64, account: &str, title: &str, write: Write, steps: Vec<(Step, i64)>) -> Entry {
    let new = NewEntry {
        act: format!("act-{id}"),
        account: Some(RecordId::from(account)),
        title: title.to_owned(),
        write,
        leaves_at: seconds(9),
    };
    let mut entry = Entry::queued(EntryId(id), "mara".to_owned(), format!("KEY{id}"), new, ago(3));
    for (step, at) in steps {
        entry.take(step, seconds(at));
    }
    entry
}

fn note(text: &str) -> Write {
    Write::Create {
        kind: Kind::Note,
        fields: BTreeMap::from([(Field::Core(Core::Body), text.to_owned())]),
        about: vec![(Kind::Account, Target::Record(RecordId::from("1")))],
    }
}

/// The field whose conflict the fixtures show.
pub fn segment() -> Field {
    Field::Mapped("segment".to_owned())
}

fn renewal() -> Field {
    Field::Mapped("renewal_date".to_owned())
}

fn changes() -> Write {
    let change = |field: Field, base: &str, to: &str| Change {
        field,
        base: Some(base.to_owned()),
        to: Some(to.to_owned()),
        value_type: ValueType::Text,
    };
    Write::Update {
        kind: Kind::Account,
        target: Target::Record(RecordId::from("2")),
        changes: vec![
            change(segment(), "mid", "ent"),
            change(renewal(), "2026-12-15", "2027-01-31"),
        ],
    }
}

fn conflict(field: Field, base: &str, mine: &str, theirs: &str) -> Conflict {
    Conflict {
        field,
        base: Some(base.to_owned()),
        mine: Some(mine.to_owned()),
        theirs: Some(theirs.to_owned()),
        theirs_at: Some(ago(1)),
        theirs_by: Some("Tom Berg".to_owned()),
    }
}

fn sending() -> Step {
    Step::Sending {
        seen: None,
        keyed: false,
    }
}

/// An entry with two fields that somebody else changed too.
pub fn conflicting() -> Entry {
    let fields = vec![
        conflict(segment(), "mid", "ent", "smb"),
        conflict(renewal(), "2026-12-15", "2027-01-31", "2026-12-31"),
    ];
    let steps = vec![(Step::Conflict { fields }, -600)];
    entry(
        2,
        "2",
        "Segment: Enterprise, Renewal date: 31 Jan",
        changes(),
        steps,
    )
}

/// Entries that are done, newest first.
fn done() -> Vec<Entry> {
    let receipt = Receipt {
        record: RecordId::from("90142"),
        link: Some("https://crm.example/notes/90142".to_owned()),
        replaced: Vec::new(),
        there: false,
    };
    let replacing = Receipt {
        record: RecordId::from("3"),
        link: None,
        replaced: vec![conflict(segment(), "mid", "ent", "smb")],
        there: false,
    };
    let sent = |receipt, at: i64| vec![(sending(), at - 1), (Step::Sent(receipt), at)];
    vec![
        entry(9, "2", "Note: new sponsor", note("x"), sent(receipt, -899)),
        entry(8, "3", "Segment: Enterprise", changes(), sent(replacing, -980)),
        entry(7, "3", "Note: typo", note("x"), vec![(Step::TakenBack, -1_800)]),
    ]
}

/// An outbox with two entries that the CRM has, of which the first was undone and the second is to be.
pub fn undone() -> OutboxView {
    let receipt = |id: &str| {
        Step::Sent(Receipt {
            record: RecordId::from(id),
            link: None,
            replaced: Vec::new(),
            there: false,
        })
    };
    let sent = |id: &str, at: i64| vec![(sending(), at - 1), (receipt(id), at)];
    let back = |id: &str| Write::Archive {
        kind: Kind::Note,
        target: Target::Record(RecordId::from(id)),
    };
    OutboxView {
        open: vec![entry(14, "1", "Undo: Note: two", back("92"), Vec::new())],
        done: vec![
            entry(13, "1", "Undo: Note: one", back("91"), sent("91", -60)),
            entry(12, "1", "Note: two", note("two"), sent("92", -120)),
            entry(11, "1", "Note: one", note("one"), sent("91", -180)),
        ],
        ..OutboxView::default()
    }
}

/// An outbox with an entry in every state, an entry that is damaged, and a draft.
pub fn mixed() -> OutboxView {
    let parked = Step::Parked {
        said: "Property values were not valid: the due date must not be more than ten years ahead".to_owned(),
        remedy: Remedy::Edit,
    };
    let unknown = Step::Unknown {
        why:
            "the CRM does not show it: send it again, which may make it twice, or discard it (no answer came)"
                .to_owned(),
        settled: true,
    };
    let retry = Step::Retry {
        at: seconds(42),
        why: "the CRM asks to wait".to_owned(),
    };
    let text = "Ana Ruiz leaves at the end of the month; Piet takes over the rollout";
    let open = vec![
        entry(
            1,
            "1",
            "Task: call Ana",
            note("call Ana"),
            vec![(sending(), -7_200), (parked, -7_100)],
        ),
        conflicting(),
        entry(
            3,
            "4",
            "Note: pilot goes well",
            note("pilot"),
            vec![(sending(), -300), (unknown, -240)],
        ),
        entry(
            4,
            "1",
            "Note: Ana Ruiz leaves at the end of the month; Piet …",
            note(text),
            Vec::new(),
        ),
        entry(
            5,
            "3",
            "Call: quarterly review",
            note("review"),
            vec![(sending(), -20), (retry, -18)],
        ),
        entry(6, "5", "Stage: adopted", note("stage"), vec![(sending(), -1)]),
    ];
    let names = [
        ("1", "Juniper Freight"),
        ("2", "Kestrel Foods"),
        ("3", "Marlow & Pike"),
        ("4", "Osprey Clinics"),
    ];
    let values = [
        ("mid", "Mid-market"),
        ("ent", "Enterprise"),
        ("smb", "Small business"),
    ];
    OutboxView {
        counts: OutboxCounts::of(&open, 1),
        open,
        done: done(),
        damaged: vec![EntryId(10)],
        drafts: vec![DraftLine {
            name: "note:1".to_owned(),
            begins: "Before the renewal call: ask for".to_owned(),
            saved_at: ago(2),
        }],
        accounts: names
            .map(|(id, name)| (RecordId::from(id), name.to_owned()))
            .into(),
        labels: [
            (segment(), "Segment".to_owned()),
            (renewal(), "Renewal date".to_owned()),
        ]
        .into(),
        values: values
            .map(|(value, label)| ((segment(), value.to_owned()), label.to_owned()))
            .into(),
        properties: BTreeMap::new(),
    }
}
