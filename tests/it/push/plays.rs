//! A playbook and a handoff all the way: kept here, sent, answered in the CRM, synced.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use retain::config::{Dirs, Setup, load};
use retain::domain::account_view::AccountView;
use retain::domain::acts::{self, About, Occasion, Somebody};
use retain::domain::desk::DueItem;
use retain::domain::desk::{DueKind, HandoffCard, HandoffState};
use retain::domain::handoff;
use retain::domain::outbox::{Entry, Field, Remedy, State, Step, Target, Undone};
use retain::domain::playbook::{self, Deed, Ground, Run, StepState, Team};
use retain::domain::record::{Core, Kind, Owner, RecordId, ValueType};
use retain::engine::{self, What};
use retain::runtime::outbox_view;

use super::bench::{Bench, object, permit};
use super::undo::is_archived;

/// A bench with the shipped configuration, as the one whose book it is.
struct Desk {
    bench: Bench,
    setup: Setup,
    owners: Vec<Owner>,
    account: RecordId,
}

impl Desk {
    fn new() -> Self {
        let bench = Bench::new();
        let dirs = Dirs {
            team: None,
            user: None,
        };
        let mut setup = load(&dirs, &[], None).setup;
        setup.settings.me.owner = Some(bench.server.me.to_owned());
        let owners = bench.stores.cache.document("owners").unwrap().unwrap();
        Self {
            owners: serde_json::from_str(&owners).unwrap(),
            account: bench.account(0),
            bench,
            setup,
        }
    }

    fn on(&self, act: &str) -> Occasion {
        let me = Owner::find(&self.owners, self.bench.server.me).unwrap();
        Occasion {
            me: Somebody {
                id: me.id.clone(),
                name: me.name.clone(),
            },
            now: self.bench.clock.get(),
            zone: TimeZone::UTC,
            calendars: Arc::new(self.setup.calendars(&self.owners)),
            grace: SignedDuration::ZERO,
            act: act.to_owned(),
        }
    }

    fn refresh(&mut self) {
        let (stores, now) = (&mut self.bench.stores, self.bench.clock.get());
        engine::refresh(&mut stores.cache, &mut stores.ledger, &self.setup, What::All, now).unwrap();
    }

    fn view(&mut self) -> AccountView {
        self.refresh();
        let (stores, now) = (&self.bench.stores, self.bench.clock.get());
        let view = engine::account_view(&stores.cache, &stores.ledger, &self.setup, &self.account, now);
        view.unwrap().unwrap()
    }

    fn run(&mut self) -> Run {
        self.view().plays.remove(0)
    }

    fn commit(&mut self, deed: &Deed) {
        let now = self.bench.clock.get();
        engine::plays::commit(&mut self.bench.stores.ledger, permit(), deed, &[], now)
            .unwrap()
            .unwrap();
    }

    /// The start of the playbook for waning interest.
    fn waning(&mut self) -> Deed {
        let view = self.view();
        let playbook = self
            .setup
            .playbooks
            .iter()
            .find(|one| one.id == "waning-interest");
        let team = Team {
            owners: &self.owners,
            role: self.setup.my_role(),
            roster: &self.setup.team,
            currency: self.setup.settings.organisation.reporting_currency,
        };
        playbook::start(&self.on("start"), playbook.unwrap(), &view, team, None).unwrap()
    }

    /// Starts it, and sends its tasks.
    fn start(&mut self) {
        let deed = self.waning();
        self.commit(&deed);
        assert_eq!(self.bench.push().unwrap().sent, 2);
    }

    /// A person changes the text of an entry that waits, as the form and the command do: what they see of it first.
    fn reword(&mut self, entry: &Entry, text: &str) -> String {
        let view = outbox_view::of(&self.bench.stores.ledger, None, &self.bench.mapping).unwrap();
        let body = Field::Core(Core::Body);
        let lines = view.lines_of(entry).into_iter();
        let shown = lines
            .filter(|line| line.field == body)
            .find_map(|line| line.value);
        let mut write = entry.new.write.clone();
        write.set(&body, Some(text.to_owned()), ValueType::Text).unwrap();
        let revised = Step::Revised {
            write,
            title: None,
            base: Some(entry.new.write.clone()),
            grace: None,
        };
        self.bench.step(entry, &revised);
        shown.unwrap()
    }

    fn waiting(&self, title: &str) -> Entry {
        let open = self.bench.stores.ledger.outbox_open().unwrap();
        let titles: Vec<String> = open.iter().map(|entry| entry.new.title.clone()).collect();
        let found = open.into_iter().find(|entry| entry.new.title.contains(title));
        found.unwrap_or_else(|| panic!("{title}: {titles:?}"))
    }

    fn task(&mut self, step: &str) -> RecordId {
        match &self.run().step(step).unwrap().task {
            Some(Target::Record(id)) => id.clone(),
            other => panic!("{step} has no task in the CRM: {other:?}"),
        }
    }

    /// A colleague changes a task in the CRM, and we sync.
    fn set_task(&mut self, task: &RecordId, status: &str) {
        let number = task.as_str().parse().unwrap();
        self.bench.wait(60);
        let set = |portal: &mut retain::demo::Portal| {
            portal.set(object(Kind::Task), number, "hs_task_status", Some(status))
        };
        assert!(self.bench.server.with_portal(set));
        self.bench.wait(60);
        self.bench.sync();
        self.refresh();
    }

    /// Hands the account over, which waits: the card of it.
    fn hand_over(&mut self) -> HandoffCard {
        let view = self.view();
        let template = self.setup.handoffs.handoffs["csm-to-onboarding"].clone();
        let me = self.bench.server.me;
        let to = self.owners.iter().find(|owner| owner.active && owner.email != me);
        let to = to.map(|owner| Somebody {
            id: owner.id.clone(),
            name: owner.name.clone(),
        });
        let values = ["wanted", "told_us", "people"].map(|id| (id.to_owned(), format!("all about {id}")));
        let about = About {
            id: self.account.clone(),
            name: view.summary.name,
        };
        let values = BTreeMap::from(values);
        let entries = handoff::compose(
            &self.on("hand"),
            &about,
            &template,
            &to.unwrap(),
            handoff::Saying::of(&values, &handoff::Ground::default()),
        );
        self.commit(&Deed {
            entries: entries.unwrap(),
            events: Vec::new(),
        });
        self.card()
    }

    /// The card of the handoff that says so.
    fn card(&mut self) -> HandoffCard {
        let cards = self.view().handoffs;
        let ours = |card: &&HandoffCard| card.text.contains("all about wanted");
        let found: Vec<_> = cards.iter().filter(ours).cloned().collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    fn state(&mut self, step: &str) -> StepState {
        self.run().step(step).unwrap().state.clone()
    }
}

#[test]
fn a_task_that_is_completed_in_the_crm_completes_its_step_after_a_sync() {
    let mut desk = Desk::new();
    desk.start();
    let task = desk.task("call");
    let body = desk.bench.value(Kind::Task, &task, "hs_task_body").unwrap();
    let run = desk.run();
    assert!(
        body.contains(&format!("retain: play {} step call", run.id)),
        "{body}"
    );
    // The step and its task are due once.
    desk.refresh();
    let due = desk.bench.stores.cache.desk().unwrap().unwrap().due;
    let of_step = |id: &str| {
        due.iter()
            .filter(|item| item.record == RecordId::from(id))
            .collect::<Vec<_>>()
    };
    let call = of_step(task.as_str());
    assert_eq!((call.len(), call[0].kind), (1, DueKind::Step));
    assert_eq!(desk.state("call"), StepState::Open);
    desk.set_task(&task, "COMPLETED");
    assert_eq!(desk.state("call"), StepState::Done);
    assert_eq!(desk.run().progress(), (1, 5));
    desk.set_task(&task, "NOT_STARTED");
    assert_eq!(desk.state("call"), StepState::Open);
}

#[test]
fn a_step_that_is_done_and_undone_here_closes_and_opens_its_task_in_the_crm() {
    let mut desk = Desk::new();
    desk.start();
    let task = desk.task("call");
    for step in ["pull-usage", "ask-support", "call"] {
        let (view, people) = (&desk.view(), &[][..]);
        let ground = Ground { view, people };
        let deed = playbook::complete(&desk.on(step), &view.plays[0], ground, step, Some("They stay."));
        let deed = deed.unwrap();
        desk.commit(&deed);
    }
    desk.bench.push().unwrap();
    let status = |desk: &Desk| desk.bench.value(Kind::Task, &task, "hs_task_status");
    assert_eq!(status(&desk).as_deref(), Some("COMPLETED"));
    desk.bench.wait(60);
    desk.bench.sync();
    assert_eq!(
        (desk.state("call"), desk.run().progress()),
        (StepState::Done, (3, 5))
    );
    let deed = playbook::reopen(&desk.on("undo"), &desk.run(), "it", "call").unwrap();
    desk.commit(&deed);
    desk.bench.push().unwrap();
    assert_ne!(status(&desk).as_deref(), Some("COMPLETED"));
    desk.bench.wait(60);
    desk.bench.sync();
    assert_eq!(desk.state("call"), StepState::Open);
}

/// What the cockpit orders where some of an act has left.
fn undo(desk: &mut Desk, act: &str) -> Undone {
    let (on, now) = (desk.on("undo"), desk.bench.clock.get());
    let ledger = &mut desk.bench.stores.ledger;
    let entries = ledger.entries_of_act(act).unwrap();
    let back: Vec<_> = entries
        .iter()
        .filter_map(|entry| acts::undo::compensate(&on, entry))
        .collect();
    engine::plays::undo(ledger, permit(), act, &back, now).unwrap()
}

#[test]
fn a_play_whose_tasks_the_crm_has_is_given_up_with_them() {
    let mut desk = Desk::new();
    desk.start();
    let task = desk.task("call");
    let undone = undo(&mut desk, "start");
    assert_eq!((undone.ended.len(), undone.queued.len(), undone.left), (0, 2, 0));
    assert_eq!(desk.bench.push().unwrap().sent, 2);
    let task = task.as_str().parse().unwrap();
    assert!(is_archived(&desk.bench, Kind::Task, task));
    assert!(desk.run().abandoned.is_some());
}

#[test]
fn a_play_of_which_one_task_was_refused_and_one_waits_is_given_up_whole() {
    let mut desk = Desk::new();
    let deed = desk.waning();
    desk.commit(&deed);
    let entries = desk.bench.stores.ledger.entries_of_act("start").unwrap();
    desk.bench.step(
        &entries[0],
        &Step::Sending {
            seen: None,
            keyed: false,
        },
    );
    let said = "no such property".to_owned();
    desk.bench.step(
        &entries[0],
        &Step::Parked {
            said,
            remedy: Remedy::Edit,
        },
    );
    let undone = undo(&mut desk, "start");
    let states: Vec<State> = undone.ended.iter().map(|entry| entry.state).collect();
    assert_eq!(states, [State::Discarded, State::TakenBack]);
    assert!(desk.run().abandoned.is_some());
    assert!(desk.bench.stores.ledger.outbox_open().unwrap().is_empty());
    assert!(!undo(&mut desk, "start").is_any(), "nothing is left of it");
}

#[test]
fn of_an_act_nothing_is_undone_while_the_crm_may_have_it() {
    let mut desk = Desk::new();
    let deed = desk.waning();
    desk.commit(&deed);
    for entry in desk.bench.stores.ledger.entries_of_act("start").unwrap() {
        desk.bench.step(
            &entry,
            &Step::Sending {
                seen: None,
                keyed: false,
            },
        );
    }
    assert_eq!(undo(&mut desk, "start").left, 2);
    assert!(desk.run().abandoned.is_none());
}

#[test]
fn a_task_whose_text_is_changed_while_it_waits_is_the_task_of_its_step() {
    let mut desk = Desk::new();
    let deed = desk.waning();
    desk.commit(&deed);
    let step = desk
        .run()
        .steps
        .into_iter()
        .find(|step| step.task.is_some())
        .unwrap();
    let Some(Target::Entry(id)) = step.task else {
        panic!("{step:?}");
    };
    let entry = desk.bench.stores.ledger.entry(id).unwrap().unwrap();
    let shown = desk.reword(&entry, "Before noon, please.");
    assert!(!shown.contains("retain: play"), "{shown}");
    assert_eq!(desk.bench.push().unwrap().sent, 2);
    desk.bench.wait(60);
    desk.bench.sync();
    let task = desk.task(&step.step.id);
    let number = task.as_str().parse().unwrap();
    let value = |portal: &mut retain::demo::Portal| portal.value(object(Kind::Task), number, "hs_task_body");
    let said = desk.bench.server.with_portal(value).unwrap();
    let lines = retain::domain::html::lines(&said);
    assert_eq!(lines[0], "Before noon, please.");
    let mark = playbook::Mark::read(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(mark.step, step.step.id, "a colleague sees it too: {lines:?}");
    desk.set_task(&task, "COMPLETED");
    assert_eq!(desk.state(&step.step.id), StepState::Done);
}

#[test]
fn a_note_that_is_changed_while_it_waits_is_the_handoff_that_it_was() {
    let mut desk = Desk::new();
    let before = desk.hand_over();
    let entry = desk.waiting("Handoff to");
    let shown = desk.reword(&entry, "What they want: a quiet year");
    assert!(shown.contains("all about wanted"), "{shown}");
    assert!(
        !shown.contains("retain: handoff") && !shown.contains("Fields:"),
        "{shown}"
    );
    let task = desk.waiting("Accept or return");
    desk.reword(&task, "Read it today.");
    let card = |desk: &mut Desk| {
        let cards = desk.view().handoffs;
        let found = cards
            .into_iter()
            .find(|card| card.handoff == before.handoff)
            .unwrap();
        assert_eq!(found.text, "What they want: a quiet year");
        assert_eq!((found.state, found.to.clone()), (before.state, before.to.clone()));
    };
    card(&mut desk);
    assert_eq!(desk.bench.push().unwrap().sent, 2);
    desk.bench.wait(60);
    desk.bench.sync();
    card(&mut desk);
    let unlinked = desk.view().handoff_tasks;
    let mut asks = unlinked.iter().filter_map(DueItem::answers);
    assert!(asks.any(|one| one == before.handoff), "{unlinked:?}");
}

#[test]
fn a_handoff_shows_here_at_once_and_reads_the_same_once_the_crm_has_it() {
    let mut desk = Desk::new();
    let before = desk.hand_over();
    assert_eq!(
        (before.state, before.fields, before.for_me),
        (HandoffState::Sent, Some((3, 4)), false)
    );
    assert_eq!(desk.bench.push().unwrap().sent, 2);
    desk.bench.wait(60);
    desk.bench.sync();
    let after = desk.card();
    assert_eq!(
        (after.handoff, after.fields, after.answer_by),
        (before.handoff, before.fields, before.answer_by)
    );
    assert_eq!(
        after.text, before.text,
        "the signature is no part of what is handed over"
    );
}
