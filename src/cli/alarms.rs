//! `retain alarms`: how each signal does, and the record of customers that left.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::app::reading::alarms::{lead, warned};
use crate::domain::team_journal::ONLY_YOU;
use crate::domain::warning::alarms::median;
use crate::domain::warning::{AlarmReport, ChurnRecord, SignalReport, Suggestion};
use crate::domain::words;
use crate::engine;

use super::CliError;
use super::as_of::FIRST_LOOK_LATER;
use super::context::Context;
use super::health::end_of_day;
use super::output::{Column, Plain};
use super::shape::Shape;
use super::writing::Writing;

const COLUMNS: [Column; 8] = [
    Column::names("signal"),
    Column::number("fired"),
    Column::number("acted"),
    Column::number("real"),
    Column::number("known"),
    Column::number("noise"),
    Column::words("precision"),
    Column::sentences("lead time and what would be better"),
];
const CHURNS: [Column; 4] = [
    Column::words("left"),
    Column::names("account"),
    Column::words("reason"),
    Column::sentences("what was known"),
];
const PLAIN: Plain = Plain::Table(
    "signals",
    &[
        "signal",
        "version",
        "fired",
        "acted",
        "real",
        "known",
        "noise",
        "precision_percent",
    ],
);
const CHURNS_PLAIN: Plain = Plain::Table("churns", &["account", "name", "on", "reason", "owner", "missed"]);

/// Why it is unknown which customers had left by a day.
const BEGAN_LATER: &str = "the ledger began after that day";

/// What a report of the past takes from today.
const OF_TODAY: [&str; 2] = [
    "names of accounts and people",
    "which versions of signals are in force",
];

/// How each signal does: what it fired, what people judged and did, how long before the end it spoke
#[derive(Debug, Default, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Acted: a person acknowledged it, made a plan, or runs a playbook that answers it; to snooze or to close it is not.\n\
    Precision: real of all judged. A risk on an account that left, of which nobody said anything, is real.\n\
    --as-of takes what journal and ledger had noted by then: warnings, verdicts, churn dates, reasons, owners. Names and\n\
    which versions are in force are those of today.\n\
    Example: retain alarms judge juniper yes we saw the usage fall and did nothing"
)]
pub struct Args {
    /// What to say of a churn
    #[command(subcommand)]
    act: Option<Act>,
    /// The customers that left: reason, first warning, what was ignored, owner on the day
    #[arg(long)]
    churns: bool,
    /// As it was known at the end of this day: 2026-10-01, yesterday, 30d ago
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
}

/// What to say of a churn.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Say whether a churn could have been avoided, and why
    Judge {
        /// Its id, or its name or a part of it
        account: String,
        /// Whether it could
        #[arg(value_enum)]
        avoidable: YesNo,
        /// Why
        why: Vec<String>,
    },
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum YesNo {
    Yes,
    No,
}

/// Prints how the alarms do.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if let Some(Act::Judge {
        account,
        avoidable,
        why,
    }) = &args.act
    {
        return judge(account, *avoidable == YesNo::Yes, &why.join(" "), context);
    }
    let workplace = context.workplace_to_answer()?;
    let settings = &workplace.setup.settings;
    let until = args
        .as_of
        .as_ref()
        .map(|text| end_of_day(text, settings, context.now()));
    let (day, until) = until.transpose()?.unzip();
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let report = engine::alarms(&cache, &ledger, &workplace.setup, context.now(), until);
    let report = report.map_err(|error| CliError::of_engine("the alarms cannot be told", &error))?;
    let shared = workplace.setup.settings.team.folder().is_some();
    if !context.output.is_text() {
        let plain = if args.churns { CHURNS_PLAIN } else { PLAIN };
        return context.output.values(&answer(&report, day, shared), plain);
    }
    if args.churns {
        churns(&report, context, shared)
    } else if let Some(why) = unlooked(&report, day) {
        context.output.text(&format!("unknown: {why}"))
    } else {
        signals(&report, context, shared)
    }
}

/// Why nothing is known of what signals did by a day; `None` where it is known.
fn unlooked(report: &AlarmReport, day: Option<Date>) -> Option<&'static str> {
    (day.is_some() && report.first_look.is_none()).then_some(FIRST_LOOK_LATER)
}

fn judge(account: &str, avoidable: bool, why: &str, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let view = writing.account(account, context)?;
    if !view.summary.has_churned() {
        let error = CliError::usage(format!("{} has not left", view.summary.name));
        return Err(
            error.hint("only of a customer that left it can be said whether that could have been avoided")
        );
    }
    writing.judge_churn(&view.summary.id, avoidable, why)?;
    let words = if avoidable { "avoidable" } else { "not avoidable" };
    if context.output.is_text() {
        return context.output.text(&format!("{}: {words}", view.summary.name));
    }
    let answer = json!({ "account": view.summary.id, "avoidable": avoidable, "why": why });
    context.output.values(&answer, Plain::Values)
}

/// ` · only you see this`; nothing where the team does.
fn only_you(shared: bool) -> String {
    if shared {
        String::new()
    } else {
        format!(" · {ONLY_YOU}")
    }
}

fn signals(report: &AlarmReport, context: &Context, shared: bool) -> Result<(), CliError> {
    let rows: Vec<Vec<String>> = report.signals.iter().map(row).collect();
    context.output.table(&COLUMNS, &rows)?;
    let missed: Vec<&str> = report.missed().map(|churn| churn.name.as_str()).collect();
    let missed = report.missed_in_words(match missed.as_slice() {
        [] => "no churn was missed".to_owned(),
        some => format!("missed: {}", some.join(", ")),
    });
    let since = report.first_look.map_or_else(
        || "signals were never evaluated".to_owned(),
        |day| format!("signals look since {day}"),
    );
    let only_you = only_you(shared);
    context.output.aside(&format!("\n{missed} · {since}{only_you}"))
}

fn row(report: &SignalReport) -> Vec<String> {
    let tally = &report.tally;
    let better = report
        .suggestion
        .as_ref()
        .map(|suggestion| format!(" · {}", suggestion.words()));
    vec![
        format!("{} v{}", report.signal, report.version),
        tally.fired.to_string(),
        tally.acted.to_string(),
        tally.real.to_string(),
        tally.known.to_string(),
        tally.noise.to_string(),
        report.precision(),
        format!("{}{}", lead(report), better.unwrap_or_default()),
    ]
}

fn churns(report: &AlarmReport, context: &Context, shared: bool) -> Result<(), CliError> {
    if report.began_later {
        let unknown = format!("unknown which customers had left: {BEGAN_LATER}");
        return context.output.text(&unknown);
    }
    if report.churns.is_empty() {
        return context.output.text("no customer has left");
    }
    let row = |churn: &ChurnRecord| {
        let ignored = churn
            .ignored
            .iter()
            .map(|ignored| format!(" · ignored {ignored}"));
        vec![
            churn.on.to_string(),
            churn.name.clone(),
            churn.reason.clone().unwrap_or_else(|| "?".to_owned()),
            format!(
                "{}{}{}",
                warned(churn),
                why_of(churn),
                ignored.collect::<String>()
            ),
        ]
    };
    let rows: Vec<Vec<String>> = report.churns.iter().map(row).collect();
    context.output.table(&CHURNS, &rows)?;
    let missed = words::counted(report.missed().count() as u64, "churn was", "churns were");
    let missed = format!("{missed} missed: signals looked and none had warned");
    let missed = report.missed_in_words(missed);
    context.output.aside(&format!("\n{missed}{}", only_you(shared)))
}

/// Who said whether it could have been avoided, and why: ` (Dana Reyes: “we saw it”)`.
fn why_of(churn: &ChurnRecord) -> String {
    let avoidable = churn.avoidable.as_ref();
    avoidable.map_or_else(String::new, |avoidable| format!(" ({})", avoidable.words()))
}

fn answer(report: &AlarmReport, day: Option<Date>, shared: bool) -> Value {
    let ids = |churns: Vec<&ChurnRecord>| {
        let ids = churns.iter().map(|churn| churn.account.clone());
        ids.collect::<Vec<_>>()
    };
    let left_before = report.churns.iter().filter(|churn| churn.is_untold());
    let looked = unlooked(report, day).is_none();
    let known = !report.began_later;
    Shape::default()
        .maybe("as_of", day, "it is told as of now")
        .with("shared", shared)
        .with("of_today", day.map_or(&[][..], |_| &OF_TODAY))
        .maybe(
            "signals",
            looked.then(|| report.signals.iter().map(signal).collect::<Vec<_>>()),
            FIRST_LOOK_LATER,
        )
        .maybe(
            "churns",
            known.then(|| report.churns.iter().map(churn).collect::<Vec<_>>()),
            BEGAN_LATER,
        )
        .maybe(
            "missed",
            known.then(|| ids(report.missed().collect())),
            BEGAN_LATER,
        )
        .maybe(
            "left_before_signals_looked",
            known.then(|| ids(left_before.collect())),
            BEGAN_LATER,
        )
        .maybe(
            "first_look",
            report.first_look,
            if day.is_some() {
                FIRST_LOOK_LATER
            } else {
                "signals were never evaluated"
            },
        )
        .done()
}

fn signal(report: &SignalReport) -> Value {
    let tally = &report.tally;
    let none = "no such end yet";
    Shape::default()
        .with("signal", &report.signal)
        .with("version", report.version)
        .with("in_force", report.in_force)
        .with("fired", tally.fired)
        .with("standing", tally.standing)
        .with("acted", tally.acted)
        .with("real", tally.real)
        .with("known", tally.known)
        .with("noise", tally.noise)
        .with("recovered", tally.recovered)
        .with("lost", tally.lost)
        .with("withdrawn", tally.withdrawn)
        .with("open", tally.open)
        .with("held_back", tally.held)
        .maybe("precision_percent", tally.precision(), "nothing was judged")
        .maybe(
            "precision_interval",
            tally.interval(),
            "fewer than 10 were judged",
        )
        .maybe("median_days_to_notice", median(&tally.to_notice), none)
        .maybe("median_days_to_red", median(&tally.to_red), none)
        .maybe("median_days_to_churn", median(&tally.to_churn), none)
        .maybe(
            "suggestion",
            report.suggestion.as_ref().map(suggestion),
            "nothing would be better by what was judged",
        )
        .done()
}

/// What to do: the thresholds are in words, as the title of the signal has them.
fn suggestion(suggestion: &Suggestion) -> Value {
    match suggestion {
        Suggestion::Mute => json!({ "do": "mute", "words": suggestion.words() }),
        Suggestion::MoveThreshold { from, to, moved } => json!({
            "do": "move-threshold",
            "from": from,
            "to": to,
            "noise": moved.noise,
            "noise_less": moved.noise_less,
            "known_less": moved.known_less,
            "unjudged": moved.unjudged,
            "unjudged_less": moved.unjudged_less,
            "real": moved.real,
            "words": suggestion.words(),
        }),
    }
}

fn churn(churn: &ChurnRecord) -> Value {
    Shape::default()
        .with("account", &churn.account)
        .with("name", &churn.name)
        .with("on", churn.on)
        .maybe("reason", churn.reason.as_ref(), super::shape::NOT_SET)
        .maybe(
            "avoidable",
            churn.avoidable.as_ref(),
            "nobody has said: retain alarms judge",
        )
        .maybe(
            "owner",
            churn.owner.as_ref(),
            "the ledger knows no owner on that day",
        )
        .maybe(
            "first_warning",
            churn.first.as_ref(),
            "no signal warned of it in the year before",
        )
        .with("ignored", &churn.ignored)
        .with("looked", churn.looked)
        .maybe(
            "missed",
            (!churn.is_untold()).then(|| churn.is_missed()),
            "it left before signals looked",
        )
        .done()
}

#[cfg(test)]
#[test]
fn a_suggestion_for_programs_has_its_thresholds_as_people_read_them_alone() {
    let moved = crate::domain::warning::alarms::Moved {
        to: 81_000,
        noise_less: 3,
        noise: 4,
        known_less: 1,
        unjudged_less: 9,
        unjudged: 12,
        real: 5,
    };
    let told = suggestion(&Suggestion::MoveThreshold {
        from: "90 %".to_owned(),
        to: "81 %".to_owned(),
        moved,
    });
    assert_eq!(
        (&told["do"], &told["to"]),
        (&json!("move-threshold"), &json!("81 %"))
    );
    assert_eq!(
        (&told["noise"], &told["noise_less"], &told["known_less"]),
        (&json!(4), &json!(3), &json!(1))
    );
    assert_eq!(
        told["words"],
        "move 90 % to 81 %: 3 of 4 noise would not have fired, nor 1 known, nor 9 of 12 unjudged; all 5 real would"
    );
    assert!(!told.to_string().contains("81000"), "{told}");
    assert_eq!(suggestion(&Suggestion::Mute)["do"], "mute");
}
