#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::outbox::{Field, Write};
use crate::domain::record::{Core, Kind};

fn minute(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

/// What a session that ended at minute 10 left, taken over at minute 20.
fn take(ledger: &mut Ledger, orders: Vec<Order>, known: &[i64]) {
    let orders = orders.into_iter().map(|order| Kept {
        at: minute(10),
        order,
    });
    let file = File::of(orders.collect(), known.iter().copied().collect());
    // As the file has it.
    let file: File = serde_json::from_str(&serde_json::to_string(&file).unwrap()).unwrap();
    let means = Means {
        permit: WritePermit::unless(None).unwrap(),
        grace: SignedDuration::ZERO,
        now: minute(20),
    };
    let notices = carry_all_out(ledger, means, &file).unwrap();
    drop(notices);
}

fn save(text: &str) -> Order {
    Order::SaveDraft {
        name: "note:7".to_owned(),
        text: text.to_owned(),
    }
}

fn drop_it(only_ours: bool) -> Order {
    Order::DropDraft {
        name: "note:7".to_owned(),
        only_ours,
    }
}

fn done() -> Order {
    Order::Queue {
        entries: Vec::new(),
        events: Vec::new(),
        drafts_done: vec!["note:7".to_owned()],
        standup: Vec::new(),
    }
}

fn body(ledger: &Ledger, name: &str) -> Option<String> {
    ledger.draft(name).unwrap().map(|draft| draft.body)
}

#[test]
fn a_draft_that_another_session_keeps_is_neither_replaced_nor_dropped() {
    let home = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "test").unwrap();
    ledger.put_draft("note:7", "theirs", minute(5)).unwrap();
    take(&mut ledger, vec![save("mine")], &[1]);
    assert_eq!(body(&ledger, "note:7").as_deref(), Some("theirs"));
    assert_eq!(body(&ledger, "note:7:+2").as_deref(), Some("mine"));
    take(&mut ledger, vec![drop_it(true), done()], &[1]);
    assert_eq!(body(&ledger, "note:7").as_deref(), Some("theirs"));
    take(&mut ledger, vec![drop_it(false)], &[1]);
    assert_eq!(body(&ledger, "note:7"), None, "a person said so of this one");
}

/// A reply to a handoff of account 7, made by an act.
fn reply(act: &str, asks: &str) -> Order {
    let body =
        format!("Handoff CSM → CSM: returned\nBy: Dana Reyes\nQuestion: {asks}\nretain: handoff H-1 event 2");
    let entry = NewEntry {
        act: act.to_owned(),
        account: Some("7".into()),
        title: "Handoff returned".to_owned(),
        write: Write::Create {
            kind: Kind::Note,
            fields: [(Field::Core(Core::Body), body)].into(),
            about: Vec::new(),
        },
        leaves_at: minute(10),
    };
    Order::Queue {
        entries: vec![entry],
        events: Vec::new(),
        drafts_done: vec!["reply:7:H-1 returned".to_owned()],
        standup: Vec::new(),
    }
}

#[test]
fn a_reply_that_comes_too_late_after_all_is_not_queued_and_its_words_are_kept() {
    let home = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "test").unwrap();
    take(
        &mut ledger,
        vec![reply("a1", "When?"), reply("a2", "Whose?")],
        &[],
    );
    assert_eq!(ledger.entries_of_act("a1").unwrap().len(), 1);
    assert_eq!(ledger.entries_of_act("a2").unwrap(), []);
    assert_eq!(body(&ledger, "note:7").as_deref(), Some("Question: Whose?"));
    // The same one once more is there already: nothing is kept of it.
    take(&mut ledger, vec![reply("a1", "When?")], &[]);
    assert_eq!(body(&ledger, "note:7:+2"), None);
}

#[test]
fn a_draft_of_the_sessions_own_is_replaced_and_dropped() {
    let home = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "test").unwrap();
    ledger.put_draft("note:7", "mine", minute(5)).unwrap();
    let mark = ledger.draft("note:7").unwrap().unwrap().mark;
    take(&mut ledger, vec![save("mine, and more")], &[mark]);
    assert_eq!(body(&ledger, "note:7").as_deref(), Some("mine, and more"));
    for order in [drop_it(true), done()] {
        ledger.put_draft("note:7", "mine", minute(5)).unwrap();
        let mark = ledger.draft("note:7").unwrap().unwrap().mark;
        take(&mut ledger, vec![order], &[mark]);
        assert_eq!(body(&ledger, "note:7"), None);
    }
}

#[test]
fn what_was_written_after_the_draft_was_saved_is_kept_too_when_it_comes_too_late() {
    let home = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "test").unwrap();
    take(&mut ledger, vec![reply("a1", "When?")], &[]);
    let name = "reply:7:H-1 returned";
    ledger.put_draft(name, "Question: Whose?", minute(5)).unwrap();
    take(&mut ledger, vec![reply("a2", "Whose?")], &[]);
    assert_eq!(body(&ledger, "note:7"), None, "the draft has it");
    take(&mut ledger, vec![reply("a3", "Whose? And who pays?")], &[]);
    assert_eq!(
        body(&ledger, "note:7").as_deref(),
        Some("Question: Whose? And who pays?")
    );
    assert_eq!(body(&ledger, name).as_deref(), Some("Question: Whose?"));
}

#[test]
fn why_a_step_is_left_out_is_kept_when_it_comes_too_late() {
    let home = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(&home.path().join("ledger.db"), "test").unwrap();
    let skipped = What::Skipped {
        run: "P-1".to_owned(),
        step: "call".to_owned(),
        why: "they called us".to_owned(),
    };
    let deed = deed(&[], &[("7".into(), skipped)], SignedDuration::ZERO, minute(20));
    drafted(&mut ledger, &deed, &[], minute(20)).unwrap();
    assert_eq!(body(&ledger, "note:7").as_deref(), Some("they called us"));
}
