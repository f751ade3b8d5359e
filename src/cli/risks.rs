//! `retain risks`: the risk queue, what is apart from it, how it was, and what people say of warnings.

mod act;
mod past;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::countdown::Countdown;
use crate::domain::desk::{Desk, RiskRow, SegmentRow, WarningKind, at_stake};
use crate::domain::money::Currency;
use crate::domain::risk;
use crate::domain::team_journal::ONLY_YOU;
use crate::domain::warning::Shelf;
use crate::domain::words;
use crate::runtime::scoring;

use super::CliError;
use super::context::Context;
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape::{self, Shape};

const COLUMNS: [Column; 6] = [
    Column::words(""),
    Column::names("account"),
    Column::number("P"),
    Column::number("at stake"),
    Column::words("notice by"),
    Column::sentences("why"),
];

const PLAIN: Plain = Plain::Table(
    "risks",
    &[
        "account",
        "name",
        "at_stake",
        "arr",
        "notice_by",
        "band",
        "score",
        "signals",
    ],
);

/// What is said where the sums of the groups add up to more than all is.
const REPEATS: &str =
    "\nan account with several warnings stands in each of its groups, with all that is at stake on it";

/// What stands below the help: the curve is printed where P is.
const HELP: &str = "P is the probability that the next renewal does not happen: an assumption from score, coverage and \
    time to notice, and 1 % where a contract renews by itself and its notice date has passed. The curve over the score:\n\
    0 → 65 %, 30 → 50 %, 50 → 32 %, 65 → 16 %, 80 → 6 %, 100 → 2 %; what coverage lacks counts at 15 %; as the decision comes\n\
    near it rises by up to a fifth, by half once it is late. --json has the points that each account stands between.\n\
    Example: retain risks close juniper:usage-drop noise as every summer";

/// List the risk queue, most pressing first, each with its reasons; close, snooze, take on
#[derive(Debug, Default, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = HELP
)]
pub struct Args {
    /// What to say of a warning
    #[command(subcommand)]
    act: Option<act::Act>,
    /// Only warnings of this kind
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Group them
    #[arg(long, value_enum, value_name = "BY")]
    group_by: Option<By>,
    /// What is held back, sleeps or was closed too
    #[arg(long)]
    all: bool,
    /// As it was known at the end of this day: 2026-10-01, yesterday, 30d ago
    #[arg(long, value_name = "DAY", conflicts_with_all = ["group_by"])]
    as_of: Option<String>,
    /// At most so many accounts
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// A kind of warning on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindArg {
    Risk,
    Opportunity,
    Defect,
}

impl KindArg {
    fn kind(self) -> WarningKind {
        match self {
            Self::Risk => WarningKind::Risk,
            Self::Opportunity => WarningKind::Opportunity,
            Self::Defect => WarningKind::Defect,
        }
    }
}

/// What the queue is grouped by on the command line.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    Signal,
    Segment,
    Owner,
}

/// Prints the queue, or does something to a warning.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.act.is_some() || args.as_of.is_some() {
        context.refuse_redacted("what is done to a warning, or was on a day of the past,")?;
    }
    if let Some(act) = &args.act {
        return act::run(act, context);
    }
    let kind = args.kind.map(KindArg::kind);
    if let Some(day) = &args.as_of {
        return past::run(day, kind, args.all, args.limit, context);
    }
    let workplace = context.workplace_to_answer()?;
    let (cache, mut desk) = (workplace.cache()?, workplace.desk(context.now())?);
    let ledger = &workplace.paths.ledger_db;
    scoring::retell(&cache, ledger, &workplace.setup, context.now(), &mut desk)
        .map_err(|error| CliError::of_engine("the reasons cannot be told", &error))?;
    let desk = context.masked(desk, &workplace);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let currency = shape::currency(&workplace.setup);
    let today = workplace.setup.settings.day_of(context.now());
    let rows = of_kind(&desk.risks, kind);
    let shown = &rows[..rows.len().min(args.limit.unwrap_or(usize::MAX))];
    let shared = workplace.setup.settings.team.folder().is_some();
    if !context.output.is_text() {
        let mut answer = answer(args, (&rows, shown.len()), &desk, (&freshness, currency));
        answer["shared"] = shared.into();
        return context.output.values(&answer, PLAIN);
    }
    let segments: Vec<&SegmentRow> = desk
        .segments
        .iter()
        .filter(|one| kind.is_none_or(|kind| kind == one.kind))
        .collect();
    for segment in &segments {
        let words = segment_words(segment, currency);
        context.output.text(&format!("{words}\n"))?;
        if args.all {
            members(segment, (currency, today), context)?;
        }
    }
    if rows.is_empty() && segments.is_empty() {
        let none = match desk.told(freshness.has_synced()).risks {
            Ok(_) => "no warning is open".to_owned(),
            Err(why) => format!("open warnings unknown: {why}"),
        };
        context.output.text(&none)?;
    }
    match args.group_by {
        Some(by) => {
            let groups = groups(&rows, by, shown.len());
            let repeats = groups.iter().map(|group| group.rows.len()).sum::<usize>() > rows.len();
            for group in groups {
                context.output.text(&format!("\n{}\n", group.title(currency)))?;
                if group.shown > 0 {
                    table(&group.rows[..group.shown], (currency, today), context)?;
                }
            }
            if repeats {
                context.output.aside(REPEATS)?;
            }
        }
        None if shown.is_empty() => {}
        None => table(shown, (currency, today), context)?,
    }
    if args.all {
        for shelf in Shelf::APART {
            let rows = of_kind(desk.apart.rows(shelf), kind);
            if !rows.is_empty() {
                context
                    .output
                    .text(&format!("\n{}\n", desk.list_in_words(shelf, kind)))?;
                table(&rows, (currency, today), context)?;
            }
        }
    }
    let zone = workplace.setup.settings.zone();
    let counts = counts(&desk, shown.len(), freshness.has_synced());
    let said = if args.all && !shared {
        format!(" · what is said of warnings: {ONLY_YOU}")
    } else {
        String::new()
    };
    context.output.aside(&format!("\n{counts}{said}"))?;
    context
        .output
        .aside(&freshness.words_of_lists(context.now(), &zone))
}

fn table(rows: &[RiskRow], (currency, today): (Currency, Date), context: &Context) -> Result<(), CliError> {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| fields(row, (currency, today))).collect();
    context.output.table(&COLUMNS, &rows)
}

/// The rows with warnings of a kind, each with those alone.
fn of_kind(rows: &[RiskRow], kind: Option<WarningKind>) -> Vec<RiskRow> {
    let narrowed = rows.iter().map(|row| {
        let mut row = row.clone();
        row.warnings
            .retain(|one| kind.is_none_or(|kind| kind == one.kind));
        row
    });
    narrowed.filter(|row| !row.warnings.is_empty()).collect()
}

/// Rows that have something in common.
struct Group {
    name: String,
    /// All of them, in the order of the queue.
    rows: Vec<RiskRow>,
    /// So many of them are listed, the first ones.
    shown: usize,
}

impl Group {
    /// `usage-drop · $84k at stake · 2 of 14 shown`: the sum is that of all.
    fn title(&self, currency: Currency) -> String {
        let stake = at_stake_words(&self.rows, currency);
        let shown = if self.shown < self.rows.len() {
            format!(" · {} of {} shown", self.shown, self.rows.len())
        } else {
            String::new()
        };
        format!("{}{stake}{shown}", self.name)
    }
}

/// The rows in their groups, that with the most pressing one first; the first `most` rows are listed. By signal an
/// account may stand in several.
fn groups(rows: &[RiskRow], by: By, most: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let mut put = |name: String, row: RiskRow| {
            let at = groups.iter().position(|group| group.name == name);
            let at = at.unwrap_or_else(|| {
                groups.push(Group {
                    name,
                    rows: Vec::new(),
                    shown: 0,
                });
                groups.len() - 1
            });
            groups[at].rows.push(row);
            groups[at].shown += usize::from(place < most);
        };
        let or = |name: &Option<String>, none: &str| name.clone().unwrap_or_else(|| none.to_owned());
        match by {
            By::Segment => put(or(&row.segment, "no segment"), row.clone()),
            By::Owner => put(or(&row.csm, "no CSM"), row.clone()),
            By::Signal => {
                for warning in &row.warnings {
                    let alone = RiskRow {
                        warnings: vec![warning.clone()],
                        ..row.clone()
                    };
                    put(warning.signal.clone(), alone);
                }
            }
        }
    }
    groups
}

/// `usage-drop on 14 of 52 accounts of SMB · $84k at stake`
fn segment_words(segment: &SegmentRow, currency: Currency) -> String {
    let stake = if segment.kind.is_at_stake() {
        format!(" · {} at stake", words::sum(&segment.at_stake, currency))
    } else {
        String::new()
    };
    format!(
        "{} on {} of {} accounts of {}{stake}",
        segment.signal, segment.accounts, segment.of, segment.segment
    )
}

/// ` · $84k at stake`; nothing where no row is at risk.
fn at_stake_words(rows: &[RiskRow], currency: Currency) -> String {
    if rows.iter().any(RiskRow::is_at_stake) {
        format!(" · {} at stake", words::sum(&at_stake(rows), currency))
    } else {
        String::new()
    }
}

/// The accounts of a segment warning, and how many more it has.
fn members(segment: &SegmentRow, on: (Currency, Date), context: &Context) -> Result<(), CliError> {
    table(&segment.rows, on, context)?;
    match u128::from(segment.accounts).saturating_sub(segment.rows.len() as u128) {
        0 => context.output.text("\n"),
        more => context
            .output
            .text(&format!("and {} more\n", words::grouped(more))),
    }
}

fn answer(
    args: &Args,
    (rows, shown): (&[RiskRow], usize),
    desk: &Desk,
    (freshness, currency): (&Freshness, Currency),
) -> Value {
    let kind = args.kind.map(KindArg::kind);
    let cannot_tell: Vec<_> = desk
        .cannot_tell
        .iter()
        .map(|(signal, accounts)| json!({ "signal": signal, "accounts": accounts }))
        .collect();
    let list =
        |rows: &[RiskRow]| -> Vec<Value> { rows.iter().map(|row| shape::risk(row, currency)).collect() };
    let told = desk.told(freshness.has_synced());
    let early = told.risks.as_ref().err();
    let mut answer = Shape::default().with("data", freshness.json()).known_list(
        "risks",
        list(&rows[..shown]),
        early.cloned(),
    );
    let segments = desk
        .segments
        .iter()
        .filter(|one| kind.is_none_or(|kind| kind == one.kind));
    let segments: Vec<Value> = segments.map(|one| shape::segment(one, currency)).collect();
    answer = answer.with("segments", segments);
    if let Some(by) = args.group_by {
        let groups = groups(rows, by, shown);
        let groups: Vec<Value> = groups.iter().map(|one| group(one, currency)).collect();
        answer = answer.with("groups", groups);
    }
    let accounts = |shelf| desk.accounts(shelf, kind);
    let apart = json!({
        "held_back": accounts(Shelf::Held),
        "snoozed": accounts(Shelf::Snoozed),
        "closed": accounts(Shelf::Closed),
    });
    answer = answer.with("apart", apart);
    if args.all {
        let apart = |shelf| list(&of_kind(desk.apart.rows(shelf), kind));
        answer = answer
            .with("held_back", apart(Shelf::Held))
            .with("snoozed", apart(Shelf::Snoozed))
            .with("closed", apart(Shelf::Closed));
    }
    let total = told.risks.as_ref().map(|_| desk.queue).map_err(String::clone);
    answer
        .known("open_risks", &told.risks)
        .known("accounts_at_risk", &told.at_risk)
        .known("total", &total)
        .with("cannot_tell", cannot_tell)
        .with("curve", curve())
        .done()
}

fn group(group: &Group, currency: Currency) -> Value {
    let listed = group.rows[..group.shown].iter();
    let stake = shape::sum(&at_stake(&group.rows), currency);
    let stake = group.rows.iter().any(RiskRow::is_at_stake).then_some(stake);
    Shape::default()
        .with("group", &group.name)
        .with("accounts", listed.map(|row| &row.account).collect::<Vec<_>>())
        .with("total", group.rows.len())
        .maybe("at_stake", stake, shape::NO_RISK)
        .done()
}

/// The assumption that P rests on, for programs.
fn curve() -> Value {
    json!({
        "assumption": true,
        "points": risk::CURVE.map(|(score, permille)| json!({ "score": score, "not_renewing_permille": permille })),
        "base_rate_permille": risk::BASE_RATE,
    })
}

fn fields(row: &RiskRow, (currency, today): (Currency, Date)) -> Vec<String> {
    // Of what is no risk neither is told.
    let (likely, at_stake) = if row.is_at_stake() {
        let likely = row.not_renewing();
        let likely = likely.map_or("?".to_owned(), |p| format!("{} %", p.percent()));
        (likely, row.at_stake)
    } else {
        ("·".to_owned(), Some(0))
    };
    vec![
        words::warning_sign(row.warnings.first()).to_owned(),
        row.name.clone(),
        likely,
        words::at_stake(at_stake, currency),
        notice(row.countdown(), today),
        reasons(row, today),
    ]
}

/// `2026-12-09`, `passed 2026-12-09`
fn notice(countdown: Countdown, today: Date) -> String {
    let passed = countdown.notice_passed(today).map(|day| format!("passed {day}"));
    let ahead = || countdown.notice_by.map(|day| day.to_string());
    passed.or_else(ahead).unwrap_or_else(|| "?".to_owned())
}

/// Why an account is in the queue, worst first, and where that stands.
fn reasons(row: &RiskRow, today: Date) -> String {
    let reasons = row.warnings.iter().map(|warning| {
        let said = warning.line.said(today);
        said.map_or_else(
            || warning.reason.clone(),
            |said| format!("{} [{said}]", warning.reason),
        )
    });
    let first = row.warnings.first();
    let p = first.and_then(|warning| warning.line.locked_in_words(today));
    let p = p.map(|why| format!("P: {why}"));
    reasons.chain(p).collect::<Vec<_>>().join(" · ")
}

/// How much there is: `24 risks on 13 accounts · 15 accounts in the queue · 10 shown`.
fn counts(desk: &Desk, shown: usize, has_synced: bool) -> String {
    let told = desk.told(has_synced);
    let mut parts = vec![format!(
        "{} on {}",
        words::counted_known(&told.risks, "risk", "risks"),
        words::counted_known(&told.at_risk, "account", "accounts")
    )];
    if has_synced && (desk.queue > 0 || !desk.signals_faulty) {
        let queue = words::counted(u64::from(desk.queue), "account", "accounts");
        parts.push(format!("{queue} in the queue"));
    }
    if shown < desk.risks.len().max(desk.accounts(Shelf::Queue, None)) {
        parts.push(format!("{shown} shown"));
    }
    for shelf in Shelf::APART {
        if desk.accounts(shelf, None) > 0 {
            parts.push(desk.list_in_words(shelf, None));
        }
    }
    let untold: u32 = desk.cannot_tell.iter().map(|(_, accounts)| accounts).sum();
    if untold > 0 {
        parts.push(words::untold(untold));
    }
    parts.join(" · ")
}

#[cfg(test)]
#[path = "risks_tests.rs"]
mod tests;
