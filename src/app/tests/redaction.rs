//! While redacted the model knows nobody's name: whatever shows is made of it.

use std::sync::Arc;

use super::super::outbox::Act;
use super::super::play::standup::{cut_off, events, loaded as gone_over, prepared};
use super::super::play::{account, desk, known};
use super::super::redaction::redacted;
use super::super::*;
use super::*;
use crate::domain::account_view::AccountView;
use crate::domain::money::Currency;
use crate::domain::outbox::{OutboxCounts, OutboxView};
use crate::domain::record::Owner;
use crate::domain::redaction::Mask;
use crate::domain::standup::Happened;

/// Names, addresses, texts and amounts of the fixtures, each of which names a customer, a person or money.
const CANARIES: [&str; 29] = [
    "Juniper",
    "Kestrel",
    "Marlow",
    "Osprey",
    "Tallinn",
    "Harbour",
    "深圳",
    "Brasserie",
    "Nordkap",
    "Quill",
    "Lindqvist",
    "Vela",
    "Pike",
    "juniper",
    "kestrel",
    "Mara",
    "Osei",
    "Dana",
    "Okafor",
    "Brandt",
    "Abara",
    "Head of operations",
    "SSO",
    "Freeze",
    "sponsor are known",
    "who signs off",
    "8400000",
    "crm.example",
    "Old Mill",
];

fn mask() -> Mask {
    Mask::new([7; 32], Vec::new(), &[])
}

/// The account of the fixtures, whose people have ids that are not their names.
fn view() -> AccountView {
    let mut view = account();
    for (number, person) in view.people.iter_mut().enumerate() {
        person.id = number.to_string().as_str().into();
    }
    view
}

fn messages() -> Vec<Msg> {
    let owner = Owner {
        id: "7".into(),
        user: None,
        email: "mara@juniper.example".to_owned(),
        name: "Mara Lindt".to_owned(),
        active: true,
        queue: false,
        teams: vec![("1".to_owned(), "Team Kestrel".to_owned())],
    };
    let run = RunId(1);
    let failure = || failure(FailureKind::Storage, "Juniper Freight cannot be read");
    vec![
        Msg::Book(BookMsg::FirstPageLoaded(summaries())),
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))),
        Msg::Desk(DeskMsg::Narrowed {
            run,
            found: Ok(Box::new(desk())),
        }),
        Msg::Account(AccountMsg::Loaded {
            run,
            view: Some(Box::new(view())),
        }),
        Msg::Standup(StandupMsg::Loaded {
            run,
            prepared: Box::new(prepared()),
        }),
        Msg::Standup(StandupMsg::Loaded {
            run,
            prepared: Box::new(cut_off()),
        }),
        Msg::Outbox(OutboxMsg::PeopleLoaded {
            me: Some(crate::domain::acts::Somebody::of(&owner)),
            people: [crate::domain::acts::Somebody::of(&owner)].into(),
            owners: [owner].into(),
        }),
        Msg::Outbox(OutboxMsg::Loaded(Arc::new(OutboxView {
            accounts: [("1".into(), "Juniper Freight".to_owned())].into(),
            counts: OutboxCounts::default(),
            ..OutboxView::default()
        }))),
        Msg::Failed(failure()),
        Msg::Account(AccountMsg::Failed {
            run,
            failure: failure(),
        }),
        Msg::Sync(SyncMsg::Progressed(SyncLine {
            failed: Some(failure()),
            notes: vec!["Juniper Freight is held back".to_owned()],
            ..SyncLine::default()
        })),
        Msg::Terminal(TerminalMsg::Told(
            "no browser here: https://crm.example/1".to_owned(),
        )),
        Msg::Standup(StandupMsg::Kept(
            "the minutes are in /home/mara/Juniper.md".to_owned(),
        )),
    ]
}

#[test]
fn no_message_that_is_masked_names_anybody_and_each_would() {
    let mut seen = String::new();
    for msg in messages() {
        let before = format!("{msg:?}");
        assert!(
            CANARIES.iter().any(|canary| before.contains(canary)),
            "nothing to hide: {before}"
        );
        let after = format!("{:?}", redacted(msg, &mask()).unwrap());
        for canary in CANARIES {
            assert!(!after.contains(canary), "{canary} in {after}");
        }
        seen += &before;
    }
    for canary in CANARIES {
        assert!(seen.contains(canary), "{canary} stands nowhere");
    }
}

#[test]
fn a_book_that_was_filled_for_me_does_not_pass() {
    let model = loaded(120, 36);
    let msg = Msg::Book(BookMsg::Loaded {
        book: Arc::clone(&model.accounts.book),
        sort: model.accounts.sort,
        rows: Arc::clone(&model.accounts.rows),
    });
    assert!(redacted(msg, &mask()).is_none());
}

/// Answers what R orders, masked, as the runtime would.
fn masked(model: &mut Model, orders: &[Cmd]) {
    let mut answers = vec![
        Msg::Book(BookMsg::FirstPageLoaded(summaries())),
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))),
    ];
    answers.extend(orders.iter().filter_map(|order| match order {
        Cmd::OpenAccount { run, .. } => Some(Msg::Account(AccountMsg::Loaded {
            run: *run,
            view: Some(Box::new(view())),
        })),
        Cmd::LoadStandup { run, .. } => Some(Msg::Standup(StandupMsg::Loaded {
            run: *run,
            prepared: Box::new(prepared()),
        })),
        _ => None,
    }));
    for answer in answers {
        update(model, redacted(answer, &mask()).unwrap());
    }
}

/// Presses a key without the fixtures' own answers, which are not masked.
fn key(model: &mut Model, key: &str) -> Vec<Cmd> {
    update(model, Msg::Terminal(TerminalMsg::Key(key.parse().unwrap())))
}

#[test]
fn r_masks_all_that_the_model_knows_and_shows_it_again() {
    let mut model = known(120, 36);
    play(&mut model, "<enter>");
    assert!(format!("{model:?}").contains("Juniper"), "the control");
    let orders = key(&mut model, "R");
    assert!(matches!(orders[0], Cmd::Redact { on: true }), "{orders:?}");
    assert!(model.account.is_some(), "the account stays open");
    masked(&mut model, &orders);
    let told = format!("{model:?}");
    for canary in CANARIES {
        assert!(!told.contains(canary), "{canary} in {told}");
    }
    assert_eq!(model.currency, Currency::HIDDEN);
    let orders = key(&mut model, "R");
    assert!(matches!(orders[0], Cmd::Redact { on: false }), "{orders:?}");
    assert!(
        !model.is_redacted() && model.accounts.book.is_empty(),
        "all is read again"
    );
    assert_eq!(model.currency, play::usd());
}

#[test]
fn nothing_is_written_while_redacted_and_nothing_shows_that_is_not_masked() {
    let mut model = known(120, 36);
    let orders = key(&mut model, "R");
    masked(&mut model, &orders);
    for letter in ["n", "t", "l", "h", "p", "A", "N", "T", "O", "M", "w", "o"] {
        let orders = key(&mut model, letter);
        let told = model.told.clone().unwrap_or_default();
        assert!(told.contains("while redacted"), "{letter}: {told:?}");
        assert!(
            orders.is_empty() && model.overlays.is_empty(),
            "{letter}: {orders:?}"
        );
    }
    assert!(model.may_write().is_err());
}

#[test]
fn what_was_done_before_can_be_undone_once_everything_shows_again() {
    let mut model = known(120, 36);
    model.outbox.acts = vec![Act {
        word: "a".to_owned(),
        decided: None,
        title: "note on Juniper Freight".to_owned(),
        leaves_at: now(),
        writes: true,
        back: Vec::new(),
        warnings: Vec::new(),
        typed: None,
    }];
    key(&mut model, "R");
    assert!(model.outbox.acts.is_empty());
    key(&mut model, "R");
    assert_eq!(model.outbox.acts.len(), 1);
}

#[test]
fn a_standup_is_begun_and_gone_through_while_redacted_and_decides_nothing() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "S");
    gone_over(&mut model, &orders, prepared());
    let orders = key(&mut model, "R");
    let me = redacted(messages().swap_remove(6), &mask()).unwrap();
    update(&mut model, me);
    masked(&mut model, &orders);
    assert!(model.in_standup().is_some(), "it is read again in its scope");
    let orders = key(&mut model, "enter");
    let begun = events(&orders);
    assert!(
        matches!(&begun[0].what, Happened::Begun(begun) if begun.agenda[0].name.starts_with("Account ")),
        "the runtime puts the names back: {begun:?}"
    );
    for order in &orders {
        if let Cmd::Write(WriteCmd::Standup { run, .. }) = order {
            let noted = OutboxMsg::StandupNoted {
                run: *run,
                done: Ok(()),
            };
            update(&mut model, Msg::Outbox(noted));
        }
    }
    let orders = key(&mut model, "J");
    assert!(
        matches!(&events(&orders)[0].what, Happened::Discussed(_)),
        "{orders:?}"
    );
    let orders = key(&mut model, "t");
    assert!(orders.is_empty() && model.overlays.is_empty(), "{orders:?}");
}
