use std::fs;

use serde_json::json;

use super::*;
use crate::config::settings::Profile;
use crate::config::{Dirs, load};
use crate::store::{Event, NewEvent};
use crate::sync::schema::bound;

fn at(minute: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
    begin + jiff::SignedDuration::from_mins(minute)
}

/// A folder that all share.
struct Team(tempfile::TempDir);

/// One of them at a machine of their own.
struct Seat {
    setup: Setup,
    ledger: Ledger,
    home: tempfile::TempDir,
}

impl Team {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn seat(&self, who: &str) -> Seat {
        let nowhere = Dirs {
            team: None,
            user: None,
        };
        let mut setup = load(&nowhere, &[], None).setup;
        let profile = Profile {
            read_only: false,
            ..Profile::default()
        };
        setup.settings.profiles.insert("north".to_owned(), profile);
        setup.profile = Some("north".to_owned());
        setup.settings.me.owner = Some(format!("{who}@alder.example"));
        setup.settings.team.journal = Some(self.0.path().to_owned());
        let home = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&home.path().join("ledger.db"), who).unwrap().0;
        ledger.append(&[bound("7", at(0))], at(0)).unwrap();
        Seat { setup, ledger, home }
    }

    /// The files of the tenant.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.0.path().join("hubspot-7"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }
}

impl Seat {
    fn exchange(&self) -> Exchange {
        Exchange::of(&self.setup, &self.ledger).unwrap().unwrap()
    }

    fn note(&mut self, account: &str, kind: &str, minute: i64) {
        let event = NewEvent {
            account: Some(account.into()),
            kind: kind.to_owned(),
            effective_at: at(minute),
            payload: json!({ "signal": "usage-drop", "minute": minute }),
        };
        self.ledger.append(&[event], at(minute)).unwrap();
    }

    fn say(&self) -> usize {
        self.exchange().say(&self.ledger).unwrap()
    }

    fn hear(&mut self) -> Heard {
        self.exchange().hear(&mut self.ledger, at(60)).unwrap()
    }

    /// What it has of the team's, as bytes.
    fn shared(&self) -> String {
        let kinds: Vec<&str> = crate::domain::team_journal::kinds().collect();
        let events = self.ledger.events(None, &kinds).unwrap();
        let told = |event: &Event| {
            let Event {
                writer,
                written,
                clock,
                author,
                account,
                kind,
                effective_at,
                recorded_at,
                payload,
                ..
            } = event;
            format!(
                "{clock} {writer} {written} {author} {account:?} {kind} {effective_at} {recorded_at} {payload}\n"
            )
        };
        events.iter().map(told).collect()
    }

    fn told(&mut self) -> Vec<String> {
        let notices = self.hear().notices.into_iter();
        let told = notices.map(|notice| notice.summary.split_once(": ").unwrap().1.to_owned());
        told.collect()
    }
}

#[test]
fn what_one_says_the_other_has_and_both_have_it_in_one_order() {
    let team = Team::new();
    let (mut mara, mut priya) = (team.seat("mara"), team.seat("priya"));
    mara.note("1", "account-seen", 1);
    mara.note("1", "warning-snoozed", 2);
    priya.note("2", "churn-judged", 3);
    assert_eq!(
        (mara.say(), mara.say(), priya.say()),
        (1, 0, 1),
        "the team's, once"
    );
    assert!(mara.exchange().is_behind(&mara.ledger).unwrap());
    let heard = mara.hear();
    assert_eq!(heard.accounts, BTreeSet::from(["2".into()]));
    assert_eq!(heard.notices, []);
    assert!(!mara.exchange().is_behind(&mara.ledger).unwrap());
    assert_eq!(mara.hear(), Heard::default(), "once");
    priya.hear();
    assert_eq!(mara.shared(), priya.shared());
    let theirs = |seat: &Seat| {
        let events = seat.ledger.events(None, &[]).unwrap().into_iter();
        events
            .filter(|event| !event.here)
            .map(|event| event.author)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (theirs(&mara), theirs(&priya)),
        (vec!["priya".to_owned()], vec!["mara".to_owned()])
    );
    // What follows from what was heard comes after it, whatever the clocks say.
    priya.note("1", "warning-closed", -50);
    priya.say();
    mara.hear();
    assert_eq!(mara.shared(), priya.shared());
    let last = mara.ledger.events(Some(&"1".into()), &[]).unwrap().pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.author.as_str()),
        ("warning-closed", "priya")
    );
    assert!(mara.ledger.check().unwrap().is_empty());
}

#[test]
fn a_wiped_machine_regains_all_that_was_said_its_own_too() {
    let team = Team::new();
    let (mut mara, mut priya) = (team.seat("mara"), team.seat("priya"));
    for minute in 1..20 {
        mara.note("1", "warning-snoozed", minute);
        priya.note("2", "promise-kept", minute);
    }
    mara.say();
    priya.say();
    mara.hear();
    let before = mara.shared();
    let mut wiped = team.seat("mara");
    wiped.hear();
    assert_eq!(wiped.shared(), before);
    wiped.note("1", "warning-roused", 21);
    wiped.say();
    priya.hear();
    assert_eq!(priya.shared(), wiped.shared());
    assert_eq!(team.files().len(), 3, "it has a file of its own");
}

#[test]
fn a_ledger_from_a_backup_regains_what_it_had_said_since() {
    let team = Team::new();
    let mut mara = team.seat("mara");
    mara.note("1", "warning-snoozed", 1);
    mara.say();
    let copy = mara.home.path().join("copy.db");
    mara.ledger.backup(&copy).unwrap();
    mara.note("1", "warning-closed", 2);
    mara.say();
    mara.hear();
    let before = mara.shared();
    Ledger::restore(&copy, &mara.home.path().join("ledger.db")).unwrap();
    mara.ledger = Ledger::open(&mara.home.path().join("ledger.db"), "mara")
        .unwrap()
        .0;
    assert_ne!(mara.shared(), before);
    assert_eq!(mara.hear().notices, []);
    assert_eq!(mara.shared(), before);
}

#[test]
fn two_ledgers_that_write_under_one_id_are_told_apart() {
    let team = Team::new();
    let mut mara = team.seat("mara");
    mara.note("1", "warning-snoozed", 1);
    mara.say();
    mara.hear();
    let mut clone = team.seat("mara");
    let path = clone.home.path().join("clone.db");
    mara.ledger.backup(&path).unwrap();
    clone.ledger = Ledger::open(&path, "mara").unwrap().0;
    mara.note("1", "warning-closed", 2);
    mara.say();
    let told = clone.told();
    assert!(told[0].contains("two ledgers write under one id"), "{told:?}");
    assert_eq!(clone.shared(), mara.shared());
    clone.note("2", "warning-closed", 3);
    clone.say();
    mara.hear();
    assert_eq!(clone.shared(), mara.shared());
    assert_eq!(clone.told(), [""; 0], "once");
}

#[test]
fn whoever_only_reads_says_nothing_and_hears_all() {
    let team = Team::new();
    let (mut mara, mut priya) = (team.seat("mara"), team.seat("priya"));
    priya.setup.read_only = true;
    priya.note("2", "warning-snoozed", 1);
    assert_eq!(priya.say(), 0);
    mara.note("1", "warning-snoozed", 1);
    mara.say();
    assert_eq!(team.files().len(), 1);
    assert_eq!(priya.hear().accounts.len(), 1);
    priya.setup.read_only = false;
    assert_eq!(priya.say(), 1, "once it may");
}

#[test]
fn what_is_wrong_with_a_file_is_told_once_and_the_rest_is_heard() {
    let team = Team::new();
    let (mut mara, mut priya) = (team.seat("mara"), team.seat("priya"));
    for minute in 1..4 {
        mara.note("1", "warning-snoozed", minute);
    }
    mara.say();
    let file = team.files().remove(0);
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, whole.replace("\"minute\":2", "\"minute\":7")).unwrap();
    assert_eq!(priya.told(), ["line 3 is not as it was written, and is left out"]);
    assert_eq!(priya.shared().lines().count(), 2);
    assert_eq!(priya.told(), [""; 0]);
    // It is mended, shorter at first.
    fs::write(&file, whole.lines().take(1).collect::<String>() + "\n").unwrap();
    assert!(priya.told()[0].starts_with("it was rewritten"));
    fs::write(&file, &whole).unwrap();
    priya.hear();
    assert_eq!(priya.shared(), mara.shared());
    // Its writer vanishes, and comes back.
    fs::remove_file(&file).unwrap();
    assert!(priya.told()[0].starts_with("it is not there any more"));
    assert_eq!(priya.told(), [""; 0]);
    assert_eq!(priya.shared(), mara.shared(), "what was taken over stays");
    mara.note("1", "warning-closed", 300);
    mara.say();
    let told = priya.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("runs ahead"), "{told:?}");
    assert_eq!(priya.shared(), mara.shared());
    let states = priya.exchange().states(&priya.ledger).unwrap();
    assert_eq!(states.len(), 1);
    assert!(!states[0].own && !states[0].behind && states[0].mark.words().starts_with("mara@"));
}

#[test]
fn a_file_of_nonsense_or_of_another_tenant_spoils_nothing() {
    let team = Team::new();
    let (mut mara, mut priya) = (team.seat("mara"), team.seat("priya"));
    mara.note("1", "warning-snoozed", 1);
    mara.say();
    let folder = team.files()[0].parent().unwrap().to_owned();
    fs::write(folder.join("a.jsonl"), [0xFF, b'\n', 0, b'\n']).unwrap();
    fs::write(folder.join("b.jsonl"), "").unwrap();
    fs::create_dir(folder.join("c.jsonl")).unwrap();
    fs::write(folder.join("notes.txt"), "not ours").unwrap();
    let told = priya.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("its first line") && told[1].starts_with("it cannot be read"));
    assert_eq!(priya.shared(), mara.shared());
}

#[test]
fn without_a_folder_nothing_is_exchanged_and_one_that_is_gone_is_an_error() {
    let team = Team::new();
    let mut mara = team.seat("mara");
    mara.note("1", "warning-snoozed", 1);
    mara.setup.settings.team.journal = Some(team.0.path().join("away"));
    mara.exchange().say(&mara.ledger).unwrap_err();
    mara.exchange().hear(&mut mara.ledger, at(60)).unwrap_err();
    assert!(!team.0.path().join("away").exists(), "nobody makes it by a slip");
    mara.setup.settings.team.journal = Some(PathBuf::new());
    assert!(Exchange::of(&mara.setup, &mara.ledger).unwrap().is_none());
}
