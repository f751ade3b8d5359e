//! `retain nps`: what customers answered to "would you recommend us".

use clap::ValueEnum;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::acts::days;
use crate::domain::money::Currency;
use crate::domain::nps::{DEFINITION, Group, Report, Silent, Tally, Verbatim};
use crate::domain::{values, words};
use crate::engine;

use super::CliError;
use super::context::Context;
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape::{self, Shape};

/// Without `--limit` so many of each list are printed.
const SHOWN: usize = 10;
const TREND: [Column; 5] = [
    Column::words("quarter"),
    Column::number("NPS"),
    Column::number("answers"),
    Column::number("9–10"),
    Column::number("0–6"),
];
const VERBATIMS: [Column; 4] = [
    Column::words("age"),
    Column::number("gave"),
    Column::names("account"),
    Column::sentences("words"),
];
const SILENT: [Column; 4] = [
    Column::number("ARR"),
    Column::names("account"),
    Column::number("contacts"),
    Column::words("last answer"),
];
const GROUPS: [&str; 5] = ["name", "nps", "responses", "silent", "accounts"];
/// What a report of the past takes from today.
const OF_TODAY: [&str; 3] = ["dates and amounts of contracts", "churn dates", "names"];
/// Why there is no score.
const TOO_FEW: &str = "fewer than 5 answers";
/// Why nobody knows how many were asked.
const NOT_ASKED: &str = "the CRM does not tell who was asked";

/// By what accounts are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// By segment.
    Segment,
    /// By CSM.
    Owner,
}

/// What customers answered to "would you recommend us": score, trend, wins and pains, and who is silent
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Of each contact the latest answer of the 12 months up to the day counts. The score is the share\n\
    of 9 and 10 minus the share of 0 to 6; below 5 answers there is none.\n\
    --as-of takes answers, contacts, segment and CSM as the CRM's dates and history have them for that day; dates and\n\
    amounts of contracts, churn dates and names are those of today.\n\
    Examples: retain nps\n\
    \x20         retain nps --by owner --as-of 2026-09-30"
)]
pub struct Args {
    /// Only the table of segments or CSMs
    #[arg(long, value_name = "segment|owner", value_enum, hide_possible_values = true)]
    by: Option<By>,
    /// As of the end of this day, by what the CRM has today
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// At most so many of each list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Prints it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let zone = workplace.setup.settings.zone();
    let today = context.now().to_zoned(zone.clone()).date();
    let day = day(args, today)?;
    let told = engine::nps(&cache, &workplace.ledger()?, &workplace.setup, day, context.now())
        .map_err(|error| CliError::of_engine("the answers cannot be told", &error))?;
    let currency = shape::currency(&workplace.setup);
    if !context.output.is_text() {
        let plain = match args.by {
            None => Plain::Values,
            Some(By::Segment) => Plain::Table("segments", &GROUPS),
            Some(By::Owner) => Plain::Table("owners", &GROUPS),
        };
        return context
            .output
            .values(&answer(&told, &freshness, (currency, today), args), plain);
    }
    if let Some(why) = &told.unread {
        context.output.text(&format!("NPS unknown: {why}"))?;
    } else {
        context.output.text(&headline(&told))?;
        let page = Page {
            told: &told,
            most: args.limit.unwrap_or(SHOWN),
            currency,
            context,
        };
        match args.by {
            Some(by) => page.groups(by)?,
            None => page.all()?,
        }
        context.output.aside(&format!("\n{DEFINITION}"))?;
    }
    context.output.aside(&freshness.words(context.now(), &zone))
}

fn day(args: &Args, today: Date) -> Result<Option<Date>, CliError> {
    let Some(text) = &args.as_of else { return Ok(None) };
    let day = days::past(today, text).ok_or_else(|| {
        CliError::usage(format!("`{text}` is no day of the past"))
            .hint(format!("write {}", days::PAST_EXAMPLES))
    })?;
    Ok(Some(day))
}

/// `NPS +12 on 23 Nov 2026: 25 answers since 24 Nov 2025, 12 promoters, 4 passives, 9 detractors; …`.
fn headline(told: &Report) -> String {
    let on = |day: Date| day.strftime("%-d %b %Y");
    let mut parts = vec![format!(
        "NPS {} on {}: {} since {}, {}; {NOT_ASKED}",
        told.tally.words(),
        on(told.day),
        words::counted(told.tally.responses().into(), "answer", "answers"),
        on(told.from),
        voices(told.tally),
    )];
    if told.of_nobody > 0 {
        let nobody = words::counted(told.of_nobody.into(), "answer", "answers");
        parts.push(format!("{nobody} of nobody at these accounts not counted"));
    }
    parts.join("; ")
}

fn voices(tally: Tally) -> String {
    [
        words::counted(tally.promoters.into(), "promoter", "promoters"),
        words::counted(tally.passives.into(), "passive", "passives"),
        words::counted(tally.detractors.into(), "detractor", "detractors"),
    ]
    .join(", ")
}

/// The report as it is printed.
struct Page<'a> {
    told: &'a Report,
    most: usize,
    currency: Currency,
    context: &'a Context,
}

impl Page<'_> {
    fn all(&self) -> Result<(), CliError> {
        let output = self.context.output;
        output.text("\ntrend")?;
        let row = |quarter: &crate::domain::nps::Quarter| {
            vec![
                quarter.name(),
                quarter.tally.words(),
                quarter.tally.responses().to_string(),
                quarter.tally.promoters.to_string(),
                quarter.tally.detractors.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = self.told.quarters.iter().map(row).collect();
        output.table(&TREND, &rows)?;
        self.verbatims("wins", &self.told.wins)?;
        self.verbatims("pains", &self.told.pains)?;
        self.verbatims("passives", &self.told.passives)?;
        self.silent()?;
        self.groups(By::Segment)?;
        self.groups(By::Owner)
    }

    fn verbatims(&self, title: &str, all: &[Verbatim]) -> Result<(), CliError> {
        let row = |one: &Verbatim| {
            vec![
                words::since(self.told.day, one.day),
                values::plain(one.score),
                one.name.clone(),
                if one.words.is_empty() {
                    "no words".to_owned()
                } else {
                    one.words.clone()
                },
            ]
        };
        let rows: Vec<Vec<String>> = all.iter().take(self.most).map(row).collect();
        self.list(title, all.len(), &VERBATIMS, &rows)
    }

    fn silent(&self) -> Result<(), CliError> {
        let row = |one: &Silent| {
            let at_least = if one.arr_at_least && one.arr.is_some() {
                "≥ "
            } else {
                ""
            };
            vec![
                format!("{at_least}{}", words::money(one.arr, self.currency)),
                one.name.clone(),
                one.contacts.to_string(),
                one.last.map_or("never".to_owned(), |day| day.to_string()),
            ]
        };
        let silent = &self.told.silent;
        let rows: Vec<Vec<String>> = silent.iter().take(self.most).map(row).collect();
        let title = format!(
            "silent for 12 months: of {} with contacts, {} ARR",
            words::counted(self.told.askable.into(), "account", "accounts"),
            words::sum(&self.told.silent_arr(), self.currency)
        );
        self.list(&title, silent.len(), &SILENT, &rows)
    }

    fn list(
        &self,
        title: &str,
        all: usize,
        columns: &[Column],
        rows: &[Vec<String>],
    ) -> Result<(), CliError> {
        let output = self.context.output;
        let shown = if rows.len() < all {
            format!(", {} shown", rows.len())
        } else {
            String::new()
        };
        output.text(&format!("\n{title} · {}{shown}", words::count(all)))?;
        if rows.is_empty() {
            return Ok(());
        }
        output.table(columns, rows)
    }

    fn groups(&self, by: By) -> Result<(), CliError> {
        let (title, groups, none) = match by {
            By::Segment => ("segment", &self.told.segments, "no segment"),
            By::Owner => ("CSM", &self.told.owners, "no CSM"),
        };
        let columns = [
            Column::names(title),
            Column::number("NPS"),
            Column::number("answers"),
            Column::number("silent"),
            Column::number("accounts"),
        ];
        let row = |group: &Group| {
            vec![
                group.name.clone().unwrap_or_else(|| none.to_owned()),
                group.tally.words(),
                group.tally.responses().to_string(),
                group.silent.to_string(),
                group.accounts.to_string(),
            ]
        };
        let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
        self.context.output.text(&format!("\nby {title}"))?;
        self.context.output.table(&columns, &rows)
    }
}

fn answer(told: &Report, freshness: &Freshness, (currency, today): (Currency, Date), args: &Args) -> Value {
    let most = args.limit.unwrap_or(usize::MAX);
    let known = told.unread.is_none();
    let unread = told.unread.as_deref();
    let list = |all: &[Verbatim]| all.iter().take(most).map(verbatim).collect::<Vec<_>>();
    let silent = |one: &Silent| {
        Shape::default()
            .with("account", &one.account)
            .with("name", &one.name)
            .maybe(
                "arr",
                shape::money(one.arr, currency),
                "no contract with a known annual value and a rate",
            )
            .with("arr_at_least", one.arr_at_least)
            .with("contacts", one.contacts)
            .maybe("last_answer", one.last, "nobody there ever answered")
            .done()
    };
    let groups = |groups: &[Group]| groups.iter().map(|one| group(one, unread)).collect::<Vec<_>>();
    let quarters: Vec<Value> = told
        .quarters
        .iter()
        .map(|quarter| {
            let shape = Shape::default()
                .with("quarter", quarter.name())
                .with("from", quarter.from);
            counts(shape, quarter.tally, unread).done()
        })
        .collect();
    let shape = Shape::default()
        .with("data", freshness.json_of(told.day < today))
        .with("definition", DEFINITION)
        .with("as_of", told.day)
        .with("of_today", if told.day < today { &OF_TODAY[..] } else { &[] })
        .with("from", told.from);
    let shape = counts(shape, told.tally, unread)
        .maybe("asked", None::<u32>, NOT_ASKED)
        .with("answers_of_nobody", told.of_nobody);
    let shape = match args.by {
        Some(By::Segment) => return shape.with("segments", groups(&told.segments)).done(),
        Some(By::Owner) => return shape.with("owners", groups(&told.owners)).done(),
        None => shape,
    };
    shape
        .with("quarters", quarters)
        .with("wins", list(&told.wins))
        .with("passive", list(&told.passives))
        .with("pains", list(&told.pains))
        .maybe(
            "silent_accounts",
            known.then_some(told.silent.len()),
            unread.unwrap_or_default(),
        )
        .maybe(
            "accounts_with_contacts",
            known.then_some(told.askable),
            unread.unwrap_or_default(),
        )
        .with(
            "silent",
            told.silent.iter().take(most).map(silent).collect::<Vec<_>>(),
        )
        .with("segments", groups(&told.segments))
        .with("owners", groups(&told.owners))
        .done()
}

/// A score with what it is made of; nothing of it is known where answers cannot be read.
fn counts(shape: Shape, tally: Tally, unread: Option<&str>) -> Shape {
    let known = |count: u32| unread.is_none().then_some(count);
    let why = unread.unwrap_or_default();
    shape
        .maybe(
            "nps",
            tally.score().filter(|_| unread.is_none()),
            unread.unwrap_or(TOO_FEW),
        )
        .maybe("responses", known(tally.responses()), why)
        .maybe("promoters", known(tally.promoters), why)
        .maybe("passives", known(tally.passives), why)
        .maybe("detractors", known(tally.detractors), why)
}

fn group(group: &Group, unread: Option<&str>) -> Value {
    let shape = Shape::default().maybe("name", group.name.as_ref(), "they have none");
    counts(shape, group.tally, unread)
        .with("silent", group.silent)
        .with("accounts", group.accounts)
        .done()
}

fn verbatim(one: &Verbatim) -> Value {
    json!({
        "account": one.account,
        "name": one.name,
        "contact": one.who,
        "day": one.day,
        "score": one.score,
        "words": one.words,
    })
}
