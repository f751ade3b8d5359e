//! How the alarms do: read when opened, a signal opens to its warnings, a warning to its account.

use super::super::cmd::RunId;
use super::super::layout::Size;
use super::super::overlay::{Alarms, Overlay};
use super::super::play::{known, play, today};
use super::super::*;
use crate::domain::warning::alarms::Tally;
use crate::domain::warning::{
    AlarmReport, Avoidable, CaseLine, ChurnRecord, SignalReport, Stage, Suggestion, Verdict,
};

#[test]
fn the_alarms_are_read_when_they_are_opened_and_close_again() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "A");
    let Some(Cmd::LoadAlarms { run }) = orders.last() else {
        panic!("{orders:?}")
    };
    let report = Box::default();
    update(&mut model, Msg::Desk(DeskMsg::Alarms { run: *run, report }));
    assert!(matches!(model.overlays.last(), Some(Overlay::Alarms(screen)) if screen.report.is_some()));
    play(&mut model, "j <esc>");
    assert!(model.overlays.is_empty());
    play(&mut model, "A A");
    assert!(model.overlays.is_empty(), "its own key closes it too");
}

/// The alarms were asked for.
fn awaiting() -> (Model, RunId) {
    let mut model = known(120, 36);
    let orders = play(&mut model, "A");
    let Some(Cmd::LoadAlarms { run }) = orders.last() else {
        panic!("{orders:?}")
    };
    let run = *run;
    (model, run)
}

fn alarms_screen(model: &Model) -> &Alarms {
    let Some(Overlay::Alarms(screen)) = model.overlays.last() else {
        panic!("{:?}", model.overlays)
    };
    screen
}

#[test]
fn alarms_that_cannot_be_read_close_with_a_reason() {
    let (mut model, run) = awaiting();
    let why = "the ledger is damaged".to_owned();
    update(&mut model, Msg::Desk(DeskMsg::AlarmsFailed { run, why }));
    assert!(model.overlays.is_empty());
    assert_eq!(model.told.as_deref(), Some("the ledger is damaged"));
}

fn signal(name: &str, cases: Vec<CaseLine>) -> SignalReport {
    let tally = Tally {
        fired: cases.len() as u32,
        ..Tally::default()
    };
    SignalReport {
        signal: name.to_owned(),
        version: 1,
        in_force: true,
        tally,
        suggestion: Some(Suggestion::Mute),
        cases,
    }
}

fn case(account: &str, name: &str) -> CaseLine {
    CaseLine {
        account: account.into(),
        name: name.to_owned(),
        on: today(),
        stage: Stage::Accepted,
        held: false,
        acted: false,
        judged: Some(Verdict::Noise),
        said: Some(("Dana Reyes".to_owned(), "as every summer".to_owned())),
        saw: String::new(),
    }
}

/// The alarms of these signals, read.
fn alarms_of(signals: Vec<SignalReport>, churns: Vec<ChurnRecord>) -> Model {
    let (mut model, run) = awaiting();
    let report = Box::new(AlarmReport {
        signals,
        churns,
        first_look: None,
        began_later: false,
    });
    update(&mut model, Msg::Desk(DeskMsg::Alarms { run, report }));
    model
}

#[test]
fn the_alarms_are_put_into_lines_when_they_arrive_and_when_the_screen_changes() {
    assert_eq!(alarms_screen(&awaiting().0).lines, []);
    let mut model = alarms_of(vec![signal("usage-drop", Vec::new()); 40], Vec::new());
    let wide = alarms_screen(&model).lines.len();
    play(&mut model, "G");
    for (width, height) in [(120, 36), (50, 20), (200, 60)] {
        let size = Size { width, height };
        update(&mut model, Msg::Terminal(TerminalMsg::Resized(size)));
        let screen = alarms_screen(&model);
        assert_eq!(screen.lines.len() > wide, width == 50, "{size:?}");
        let inside = Alarms::area(size).inside();
        let shown = screen.shown(size);
        assert_eq!(shown.len(), usize::from(inside.height), "{size:?}");
        assert_eq!(
            shown.iter().filter(|laid| laid.row == Some(39)).count(),
            3 + usize::from(width == 50),
            "{size:?}"
        );
    }
    play(&mut model, "g");
    let screen = alarms_screen(&model);
    assert_eq!(
        (screen.at, screen.top),
        (0, 0),
        "with the heading above the first"
    );
}

#[test]
fn a_signal_opens_to_its_warnings_and_a_warning_to_its_account() {
    let cases = vec![case("1", "Juniper Freight"), case("2", "Kestrel Foods")];
    let mut model = alarms_of(
        vec![signal("a", Vec::new()), signal("usage-drop", cases)],
        Vec::new(),
    );
    play(&mut model, "<enter>");
    assert_eq!(
        alarms_screen(&model).rows.len(),
        2,
        "what never fired opens to nothing"
    );
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.contains("never fired"))
    );
    play(&mut model, "j <enter>");
    assert_eq!(alarms_screen(&model).rows.len(), 4);
    let said = alarms_screen(&model).lines.iter();
    let why = "Dana Reyes: “as every summer”";
    assert_eq!(
        said.filter(|laid| laid.line == reading::alarms::Line::SaidOfCase(why.to_owned()))
            .count(),
        2
    );
    play(&mut model, "<enter>");
    assert_eq!(alarms_screen(&model).rows.len(), 2, "and closes");
    let orders = play(&mut model, "<enter> j j <enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, ..] if id.as_str() == "2"),
        "{orders:?}"
    );
    assert!(model.overlays.is_empty());
}

#[test]
fn a_customer_that_left_opens_and_says_why_it_could_have_been_avoided() {
    let churn = ChurnRecord {
        account: "3".into(),
        name: "Marlow & Pike".to_owned(),
        on: today(),
        reason: None,
        avoidable: Some(Avoidable {
            yes: true,
            why: "we saw the usage fall".to_owned(),
            by: "dana@alder.example".to_owned(),
            by_name: "Dana Reyes".to_owned(),
        }),
        owner: None,
        first: None,
        ignored: Vec::new(),
        looked: true,
    };
    let mut model = alarms_of(vec![signal("a", Vec::new())], vec![churn]);
    let why = reading::alarms::Line::Said("Dana Reyes: “we saw the usage fall”".to_owned());
    assert!(alarms_screen(&model).lines.iter().any(|laid| laid.line == why));
    let orders = play(&mut model, "G <enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, ..] if id.as_str() == "3"),
        "{orders:?}"
    );
}
