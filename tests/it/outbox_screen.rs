//! The outbox in the real program: what another program does to it shows, and what the keys do reaches the ledger.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use retain::domain::outbox::{
    Change, Conflict, Entry, Field, NewEntry, Receipt, Remedy, Step, Target, Write, WritePermit,
};
use retain::domain::record::{Core, Kind, RecordId, ValueType};
use retain::store::{Cache, Ledger};

use super::driver::{Home, NOW, Opening};

/// An entry in each state that a person meets, put into the ledger beside the cockpit. Nothing leaves, also where the
/// profile may write: what is queued waits out its grace by a clock that stands still.
pub fn fill(home: &Home) {
    let (mut ledger, accounts) = opened(home);
    let now: Timestamp = NOW.parse().unwrap();
    let ago = |minutes| now - SignedDuration::from_mins(minutes);
    let sending = Step::Sending {
        seen: None,
        keyed: false,
    };
    let receipt = Receipt {
        record: RecordId::from("90142"),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    let sent = note(&accounts[0], "Ana Ruiz leaves at the end of the month", ago(40));
    take(
        &mut ledger,
        sent,
        &[sending.clone(), Step::Sent(receipt)],
        ago(40),
    );
    let said = "“cost_center” must not be empty".to_owned();
    let parked = note(&accounts[1], "Send the security answers", ago(31));
    take(
        &mut ledger,
        parked,
        &[
            sending.clone(),
            Step::Parked {
                said,
                remedy: Remedy::Edit,
            },
        ],
        ago(31),
    );
    take(
        &mut ledger,
        change(&accounts[2], ago(12)),
        &[conflict(ago(75))],
        ago(12),
    );
    let why = "the connection broke before an answer came".to_owned();
    let unknown = note(&accounts[3], "The pilot goes well", ago(1));
    take(
        &mut ledger,
        unknown,
        &[sending, Step::Unknown { why, settled: false }],
        ago(1),
    );
    let queued = note(&accounts[4], "Their new sponsor wants a review in January", now);
    take(&mut ledger, queued, &[], now);
}

fn opened(home: &Home) -> (Ledger, Vec<RecordId>) {
    let (ledger, _) = Ledger::open(&home.find("ledger.db"), "mara.lindt@alderfinch.example").unwrap();
    let cache = Cache::open_read_only(&home.find("cache.db")).unwrap();
    let accounts = cache.top_summaries(5).unwrap();
    (ledger, accounts.into_iter().map(|account| account.id).collect())
}

fn take(ledger: &mut Ledger, new: NewEntry, steps: &[Step], at: Timestamp) -> Entry {
    let permit = WritePermit::unless(None).unwrap();
    let mut entry = ledger.enqueue(permit, &[new], &[], at).unwrap().remove(0);
    for step in steps {
        entry = ledger.step(entry.id, step, at).unwrap().unwrap();
    }
    entry
}

fn note(account: &RecordId, text: &str, at: Timestamp) -> NewEntry {
    let write = Write::Create {
        kind: Kind::Note,
        fields: BTreeMap::from([(Field::Core(Core::Body), text.to_owned())]),
        about: vec![(Kind::Account, Target::Record(account.clone()))],
    };
    new(account, format!("Note: {text}"), write, at)
}

fn change(account: &RecordId, at: Timestamp) -> NewEntry {
    let write = Write::Update {
        kind: Kind::Account,
        target: Target::Record(account.clone()),
        changes: vec![Change {
            field: Field::Core(Core::Domain),
            base: Some("jade.example".to_owned()),
            to: Some("jade-lantern.example".to_owned()),
            value_type: ValueType::Text,
        }],
    };
    new(account, "Domain: jade-lantern.example".to_owned(), write, at)
}

fn conflict(theirs_at: Timestamp) -> Step {
    let fields = vec![Conflict {
        field: Field::Core(Core::Domain),
        base: Some("jade.example".to_owned()),
        mine: Some("jade-lantern.example".to_owned()),
        theirs: Some("jadelanterntea.example".to_owned()),
        theirs_at: Some(theirs_at),
        theirs_by: None,
    }];
    Step::Conflict { fields }
}

fn new(account: &RecordId, title: String, write: Write, at: Timestamp) -> NewEntry {
    NewEntry {
        act: title.clone(),
        account: Some(account.clone()),
        title,
        write,
        leaves_at: at + SignedDuration::from_secs(9),
    }
}

#[test]
fn what_another_program_queues_shows_while_the_cockpit_is_open() {
    let home = Home::synced();
    let mut cockpit = Opening::new().open(&home);
    cockpit
        .lacks("to send")
        .press("O")
        .shows("Nothing waits to be sent");
    fill(&home);
    cockpit
        .shows("1 to send")
        .shows("1 looked for")
        .shows("Send the security answers")
        .shows("the CRM has it as 90142");
}

#[test]
fn read_only_the_outbox_can_be_read_and_says_why_nothing_is_sent() {
    let home = Home::synced();
    fill(&home);
    let mut cockpit = Opening::new().argument("--read-only").open(&home);
    cockpit.press("O r").shows("--read-only was given");
    let (ledger, _) = opened(&home);
    assert_eq!(ledger.outbox_counts().unwrap().parked, 1);
}
