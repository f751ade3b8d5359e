//! What was written and arrived, and tasks as the CRM has them.

use super::book::{Book, NOW, at, record};
use crate::domain::outbox::{Entry, Receipt, Step};
use crate::domain::record::{Core, Kind, Record};

/// An entry reaches the CRM, which has it under this id.
pub fn arrived(book: &mut Book, entry: &Entry, id: &str) {
    let sent = Step::Sent(Receipt {
        record: id.into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    });
    let sending = Step::Sending {
        seen: None,
        keyed: false,
    };
    for step in [sending, sent] {
        book.ledger.step(entry.id, &step, at(NOW)).unwrap().unwrap();
    }
}

/// The task of a promise that handoff H-7 names, as the CRM has it: what the customer was told, whether it is done, and since when.
pub fn promise(told: &str, done: &str, changed: &str) -> Record {
    let body = format!("<p>Ben told the customer: {told}</p><p>retain: handoff H-7 promise</p>");
    let fields = [
        (Core::Subject, "Promised: Dana calls"),
        (Core::Body, body.as_str()),
        (Core::Owner, "o1"),
        (Core::Done, done),
    ];
    let mut task = record(Kind::Task, "p1", &fields);
    task.changed = at(changed);
    task
}
