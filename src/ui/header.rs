//! The first two lines: whose book this is and how far it can be trusted; the day, or the open account.

use super::canvas::{Canvas, Line};
use super::day;
use super::health;
use super::theme::Role;
use super::widgets::spinner::spinner;
use super::words;
use crate::app::Model;
use crate::app::account::AccountScreen;
use crate::app::failure::FailureKind;
use crate::app::layout::Area;
use crate::app::sync_line::{Progress, WAITING};
use crate::domain::account_view::AccountView;
use crate::domain::countdown::Countdown;
use crate::domain::outbox::OutboxView;
use crate::domain::reach::Reach;
use crate::domain::wrap::width;

/// Data older than this many seconds is marked as doubtful.
const OLD: i64 = 6 * 3_600;

/// Draws both lines.
pub fn draw(model: &Model, canvas: &mut Canvas, area: Area) {
    trust(model, canvas.theme().ascii, &mut canvas.line(area, 0));
    // What is trusted is drawn first and keeps its place; the names take what is left.
    let taken = trust_width(model);
    let mut line = canvas.line(
        Area {
            width: area.width.saturating_sub(taken + 2),
            ..area
        },
        0,
    );
    line.gap(1).text("retain", Role::Plain.strong()).gap(2);
    if has_room_for_both(model, area) {
        line.text(&model.tenant, Role::Plain)
            .gap(2)
            .text(model.book_words(), Role::Dim);
    }
    let mut second = canvas.line(area, 1);
    second.gap(1);
    match &model.account {
        Some(account) => account_line(model, account, canvas, area),
        None => day::draw(model, &mut second),
    }
}

/// The texts at the right end of the first line, from right to left.
fn trusted(model: &Model, ascii: bool) -> Vec<(String, Role)> {
    let mut texts = Vec::new();
    if model.is_redacted() {
        texts.push(("redacted".to_owned(), Role::Doubtful));
    }
    if model.is_read_only() {
        texts.push(("read-only".to_owned(), Role::Dim));
    }
    let failed = model.sync.failed.as_ref().map(|failure| failure.kind);
    // The first attempt tells, long before a sync gives up.
    let failed = match model.reach.0 {
        Reach::Answers => failed,
        Reach::Silent => Some(FailureKind::Unanswered),
        Reach::Unreachable => Some(FailureKind::Offline),
    };
    let until = match failed {
        // The open account may have been read since; what failed is about all the rest.
        Some(_) => model.sync.last_success,
        None => model.data_until(),
    };
    let age = until.map(|then| words::age(model.now, then, &model.zone));
    let old = until.is_some_and(|then| model.now.duration_since(then).as_secs() > OLD);
    let unfinished = model.read_so_far().is_some();
    let data = match (&age, failed) {
        // What shows without a list has no age.
        _ if model.unreadable && !model.accounts.loaded => ("▲ cache unreadable".to_owned(), Role::Bad),
        (None, Some(kind)) if unfinished && is_of_the_way(kind) => (
            format!("▲ first sync not finished, {}", why_failed(model, kind)),
            Role::Bad,
        ),
        (None, Some(_)) if unfinished => ("▲ first sync not finished".to_owned(), Role::Bad),
        (None, None) if unfinished && model.sync.under_way.is_none() => {
            ("○ first sync not finished".to_owned(), Role::Doubtful)
        }
        (None, Some(kind)) if is_of_the_way(kind) => {
            (format!("▲ no data yet, {}", why_failed(model, kind)), Role::Bad)
        }
        (None, None) if model.sync.under_way.is_some() => ("○ first sync".to_owned(), Role::Doubtful),
        (None, None) => ("○ never synced".to_owned(), Role::Doubtful),
        (None, Some(_)) => ("▲ no data yet".to_owned(), Role::Bad),
        (Some(age), Some(kind)) => (
            format!("▲ data {}, {}", failed_age(age), why_failed(model, kind)),
            Role::Bad,
        ),
        (Some(age), None) if model.sync.overdue(model.now).is_some() => {
            let why = model.sync.kept_by.as_ref();
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            (format!("▲ data {age} old, sync stalled{why}"), Role::Bad)
        }
        (Some(age), None) if model.sync.is_limited() => (format!("◆ {}", failed_age(age)), Role::Doubtful),
        (Some(_), None) if model.desk.loaded && !model.is_judged() => {
            ("○ signals are looking".to_owned(), Role::Doubtful)
        }
        (Some(age), None) if old => (format!("◆ {age} old"), Role::Doubtful),
        (Some(age), None) if age == "now" => ("● now".to_owned(), Role::Good),
        (Some(age), None) => (format!("● {age} old"), Role::Good),
    };
    texts.extend(outbox(&model.outbox.view));
    texts.push(data);
    if model.by_former_model {
        texts.push(("◆ scored by the former model".to_owned(), Role::Doubtful));
    }
    match model.sync.notes.len() + usize::from(model.standing.is_some()) {
        0 => {}
        1 => texts.push(("◆ 1 note".to_owned(), Role::Doubtful)),
        notes => texts.push((format!("◆ {notes} notes"), Role::Doubtful)),
    }
    if let Some(since) = model.sync.stalled(model.now) {
        let stood = words::age(model.now, since, &model.zone);
        let why = if model.sync.is_limited() {
            ": rate limit"
        } else {
            ""
        };
        texts.push((format!("▲ sync stalled {stood}{why}"), Role::Bad));
    } else if model.sync.is_limited() && failed != Some(FailureKind::Limited) {
        texts.push((format!("▲ {WAITING}"), Role::Bad));
    } else if let Some(progress) = &model.sync.under_way {
        texts.push((under_way(progress, spinner(model.now, ascii)), Role::Here));
    }
    texts.extend(drafts(&model.outbox.view).filter(|_| model.outbox.view.counts.open() > 0));
    texts
}

/// Whether it is the CRM, or the way to it, that keeps data from coming.
fn is_of_the_way(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Offline | FailureKind::Unanswered | FailureKind::Trouble | FailureKind::Limited
    )
}

/// Why the data does not get younger, in a few words.
fn why_failed(model: &Model, kind: FailureKind) -> String {
    let words = match (kind, model.reach) {
        (FailureKind::Unanswered, (Reach::Silent, since)) => {
            let since = since.to_zoned(model.zone.clone());
            let time = since.strftime("%H:%M");
            return match since.date() {
                today if today == model.today => format!("no answer since {time}"),
                day => format!("no answer since {} {time}", words::calendar_day(model.today, day)),
            };
        }
        (FailureKind::Unanswered, _) => "no answer",
        (FailureKind::Offline, _) => "offline",
        (FailureKind::Trouble, _) => "the CRM has trouble",
        (FailureKind::Limited, _) => "told to wait",
        _ => "sync failed",
    };
    words.to_owned()
}

/// What waits in the outbox, from right to left: first what needs a person. Drafts wait for nobody: beside something else
/// they come last of all.
fn outbox(view: &OutboxView) -> Vec<(String, Role)> {
    let counts = &view.counts;
    let conflicts = if counts.conflict == 1 {
        "conflict"
    } else {
        "conflicts"
    };
    let mut texts: Vec<(String, Role)> = [
        (counts.damaged, "damaged", Role::Bad),
        (counts.parked, "parked", Role::Bad),
        (counts.unknown, "unknown", Role::Doubtful),
        (counts.conflict, conflicts, Role::Doubtful),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, word, role)| (format!("{count} {word}"), role))
    .collect();
    if texts.len() > 2 {
        texts = vec![(format!("{} need you", counts.needs_a_person()), Role::Bad)];
    }
    texts.extend(counts.on_their_way().map(|text| (text, Role::Plain)));
    if texts.is_empty() {
        texts.extend(drafts(view));
    }
    texts
}

fn drafts(view: &OutboxView) -> Option<(String, Role)> {
    let count = view.drafts.len() as u64;
    (count > 0).then(|| (words::counted(count, "draft", "drafts"), Role::Dim))
}

/// Beside a failure data is never "now": whoever reads it must see that it does not get younger.
fn failed_age(age: &str) -> String {
    match age {
        "now" => "under 1 min old".to_owned(),
        age => format!("{age} old"),
    }
}

fn under_way(progress: &Progress, spinner: &str) -> String {
    let done = words::grouped(progress.done.into());
    match progress.total {
        Some(total) => format!(
            "{spinner} {} {done} of {}",
            progress.what,
            words::grouped(total.into())
        ),
        None if progress.done == 0 => format!("{spinner} {}", progress.what),
        None => format!("{spinner} {} {done}", progress.what),
    }
}

fn trust(model: &Model, ascii: bool, line: &mut Line) {
    line.gap_right(1);
    for (text, role) in trusted(model, ascii) {
        // The symbol carries the state; the words stay quiet unless something is wrong.
        match text.split_once(' ') {
            Some((symbol, rest)) if role == Role::Good => {
                line.right(rest, Role::Dim)
                    .right(" ", Role::Dim)
                    .right(symbol, role);
            }
            _ => {
                line.right(&text, role);
            }
        }
        line.gap_right(3);
    }
}

fn trust_width(model: &Model) -> u16 {
    trusted(model, true).iter().map(|(text, _)| width(text) + 3).sum()
}

/// One figure, whole or not at all.
fn figure(line: &mut Line, label: &str, value: &str, role: Role, strong: bool) {
    if line.left() > width(label) + width(value) {
        line.text(label, Role::Dim)
            .gap(1)
            .text(value, role.strong_if(strong))
            .gap(3);
    }
}

/// Cells of what stands before an account's name.
fn before_account(model: &Model) -> u16 {
    1 + 6 + 2 + width(&model.tenant) + 2 + width(model.book_words()) + 1
}

/// Whether tenant and book have room beside an open account's name: of all names that one is the last to go.
fn has_room_for_both(model: &Model, area: Area) -> bool {
    /// So much of the name says which account it is.
    const ENOUGH: u16 = 12;
    let free = area.width.saturating_sub(trust_width(model) + 2);
    model.account.is_none() || before_account(model) + 2 + ENOUGH <= free
}

/// The open account: its name in the first line, what matters of it in the second.
fn account_line(model: &Model, account: &AccountScreen, canvas: &mut Canvas, area: Area) {
    let name = account
        .view
        .as_deref()
        .map_or(account.name.as_str(), |view| &view.summary.name);
    let before = if has_room_for_both(model, area) {
        before_account(model)
    } else {
        1 + 6 + 1
    };
    let free = area.width.saturating_sub(trust_width(model) + 2);
    if before < free {
        let area = Area { width: free, ..area };
        canvas
            .line(area, 0)
            .gap(before)
            .text("› ", Role::Dim)
            .text(name, Role::Plain.strong());
    }
    if let Some(view) = account.view.as_deref() {
        account_figures(model, view, &mut canvas.line(area, 1));
    }
}

fn account_figures(model: &Model, view: &AccountView, line: &mut Line) {
    let summary = &view.summary;
    line.gap(1);
    if summary.has_churned() {
        line.text("churned", Role::Dim.strong()).gap(3);
    }
    let shown = words::Health::of(summary.band, summary.last_band, summary.score);
    line.text(&shown.words(), health::role(shown).strong()).gap(3);
    let at_least = if summary.arr_at_least { "≥" } else { "" };
    figure(
        line,
        "at stake",
        &words::at_stake(summary.at_stake, model.currency),
        Role::Bad,
        true,
    );
    figure(
        line,
        "ARR",
        &format!("{at_least}{}", words::money(summary.arr, model.currency)),
        Role::Plain,
        true,
    );
    let countdown = Countdown::of(summary);
    match summary.notice_by {
        Some(notice) if notice < model.today => figure(
            line,
            "notice",
            &format!("passed {}", words::calendar_day(model.today, notice)),
            Role::Dim,
            false,
        ),
        Some(notice) => {
            let value = format!(
                "{}, {}",
                words::calendar_day(model.today, notice),
                words::until(model.today, notice)
            );
            figure(
                line,
                "notice by",
                &value,
                super::panes::urgency(model.today, notice),
                true,
            );
        }
        None if summary.has_churned() => {}
        None => figure(
            line,
            "notice by",
            if summary.monthly { "monthly" } else { "?" },
            Role::Dim,
            false,
        ),
    }
    if let Some(ends) = summary.ends {
        let day = words::calendar_day(model.today, ends);
        // Once notice has passed it is the end that is counted down to.
        let (value, role) = match countdown.notice_passed(model.today) {
            Some(_) => (
                format!("{day}, {}", words::until(model.today, ends)),
                super::panes::urgency(model.today, ends),
            ),
            None => (day, Role::Plain),
        };
        figure(line, "ends", &value, role, false);
    }
    let names: Vec<String> = [
        summary.csm_name.clone(),
        view.commercial_owner
            .as_ref()
            .map(|seller| format!("{seller} sells")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let names = names.join(", ");
    // What the account is gives way to who is responsible for it.
    let mut about: Vec<&str> = [&summary.segment, &summary.stage, &view.entitlement]
        .into_iter()
        .filter_map(|text| text.as_deref())
        .collect();
    while !about.is_empty() && width(&about.join(" · ")) + 3 + width(&names) > line.left() {
        about.pop();
    }
    if !about.is_empty() {
        line.text(&about.join(" · "), Role::Dim).gap(3);
    }
    if names_fit(&names, line.left()) {
        line.text(&names, Role::Plain);
    }
}

/// A name that would be cut says less than none.
fn names_fit(names: &str, cells: u16) -> bool {
    width(names) <= cells
}
