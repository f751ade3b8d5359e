//! `retain doctor`: what is wrong with this installation, and what to do about each.
//!
//! Every check gives findings; none of them stops the others. Only a person's own files are read,
//! and the CRM is asked only with a profile and without `--offline`.

mod connection;
mod files;
mod fix;
mod local;
mod team;

use serde::Serialize;
use serde_json::{Value, json};

use crate::config::{Diagnostic, Loaded};

use super::CliError;
use super::context::Context;
use super::output::Plain;
use super::shape::Shape;

/// The area of findings about the last sync.
const SYNC: &str = "sync";
const PLAIN: Plain = Plain::Table("findings", &["area", "level", "what", "hint"]);

/// Say what is wrong with files, databases, token, CRM and terminal, and what to do about it
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 0 when nothing is wrong, 1 otherwise.")]
pub struct Args {
    /// Do not ask the CRM anything
    #[arg(long)]
    offline: bool,
    /// Add to the CRM the property that keeps a write from being made twice; asks first
    #[arg(long, conflicts_with = "offline")]
    fix: bool,
    /// With --fix: do not ask
    #[arg(long, requires = "fix")]
    yes: bool,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// Something does not work, or is not safe.
    Problem,
}

/// One thing that was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// What it is about: `configuration`, `files`, `databases`, `token`, `crm`, `mapping`, `sync`, `team`, `terminal`.
    area: &'static str,
    /// How much it matters.
    level: Level,
    /// One sentence.
    what: String,
    /// What to do about it.
    hint: Option<String>,
    /// What lies behind it, where other findings may come from the same: scopes and properties that are missing.
    causes: Vec<String>,
}

/// Collects findings, area by area.
#[derive(Debug, Default)]
struct Report {
    area: &'static str,
    findings: Vec<Finding>,
}

impl Report {
    /// What follows is about this area.
    fn about(&mut self, area: &'static str) -> &mut Self {
        self.area = area;
        self
    }

    fn fine(&mut self, what: impl Into<String>) {
        self.add(Level::Fine, what.into(), None);
    }

    fn note(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Level::Note, what.into(), Some(hint.into()));
    }

    fn problem(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Level::Problem, what.into(), Some(hint.into()));
    }

    /// What was added last comes from these causes.
    fn comes_from(&mut self, causes: impl IntoIterator<Item = String>) {
        if let Some(finding) = self.findings.last_mut() {
            finding.causes.extend(causes);
        }
    }

    /// One cause is told once and counted once, and each area stands in one place. A sync that stopped for what is told
    /// in a line of its own is no second problem.
    fn once(&mut self) {
        self.tell_causes_once();
        let others: Vec<String> = self
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Problem && finding.area != SYNC)
            .map(|finding| finding.what.clone())
            .collect();
        self.findings.retain(|finding| {
            let reason = finding.what.strip_prefix(local::STOPPED);
            finding.area != SYNC
                || reason.is_none_or(|reason| !others.iter().any(|other| other.ends_with(reason)))
        });
    }

    /// That the last sync was well says little where none can follow.
    fn no_sync_now(&mut self, why: Option<&str>) {
        let Some(why) = why else { return };
        let is_well = |one: &&mut Finding| one.area == SYNC && one.level == Level::Fine;
        for finding in self.findings.iter_mut().filter(is_well) {
            finding.level = Level::Note;
            finding.what = format!("{}; {why}", finding.what);
        }
    }

    /// Of findings of the same causes the one stays that says most: what the CRM answers now comes before what the last
    /// sync noted, and that before what is seen of it in the cache.
    fn tell_causes_once(&mut self) {
        let rank = |finding: &Finding| match (finding.level, finding.area) {
            (Level::Problem, SYNC) => 1,
            (Level::Problem, _) => 0,
            _ => 2,
        };
        let mut told: Vec<(u8, String)> = Vec::new();
        for finding in &self.findings {
            told.extend(finding.causes.iter().map(|cause| (rank(finding), cause.clone())));
        }
        self.findings.retain(|finding| {
            let is_told = |cause: &String| {
                told.iter()
                    .any(|(other, told)| told == cause && *other < rank(finding))
            };
            finding.causes.is_empty() || !finding.causes.iter().all(is_told)
        });
        let mut areas: Vec<&str> = Vec::new();
        for finding in &self.findings {
            if !areas.contains(&finding.area) {
                areas.push(finding.area);
            }
        }
        self.findings
            .sort_by_key(|finding| areas.iter().position(|area| *area == finding.area));
    }

    fn add(&mut self, level: Level, what: String, hint: Option<String>) {
        let hint = hint.map(not_in_a_circle);
        self.findings.push(Finding {
            area: self.area,
            level,
            what,
            hint: hint.filter(|hint| !hint.is_empty()),
            causes: Vec::new(),
        });
    }
}

/// Runs every check and prints what was found.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.fix {
        return fix::run(args.yes, context);
    }
    let findings = examine(args, context)?;
    let problems = findings
        .iter()
        .filter(|finding| finding.level == Level::Problem)
        .count();
    if context.output.is_text() {
        context.output.text(&text(&findings))?;
    } else {
        let findings: Vec<Value> = findings.iter().map(answer).collect();
        let answer = json!({ "problems": problems, "findings": findings });
        context.output.values(&answer, PLAIN)?;
    }
    match problems {
        0 => Ok(()),
        1 => Err(CliError::failed("doctor found one problem")),
        many => Err(CliError::failed(format!("doctor found {many} problems"))),
    }
}

fn examine(args: &Args, context: &Context) -> Result<Vec<Finding>, CliError> {
    let places = context.places()?;
    let loaded: Loaded = context.loaded()?;
    let mut report = Report::default();
    local::configuration(report.about("configuration"), &loaded);
    files::look(report.about("metric files"), &loaded.setup, context.now());
    let closed = local::places(report.about("files"), &places);
    let setup = &loaded.setup;
    if let Some((name, profile)) = setup.profile.as_deref().zip(setup.profile()) {
        let paths = places.profile(name, profile.crm.word(), profile.tenant.as_deref());
        local::databases(report.about("databases"), &paths, &closed);
        local::sync(report.about(SYNC), setup, &paths, context.now());
        team::look(report.about("team"), setup, &paths);
        if !loaded.diagnostics.iter().any(Diagnostic::is_unread) {
            local::fill(report.about("mapping"), &paths, &setup.mapping);
        }
        let token = connection::token(report.about("token"), setup, profile);
        connection::proxy(report.about("crm"), profile);
        if args.offline {
            report
                .about("crm")
                .note("the CRM was not asked", "leave out --offline to ask it");
        } else if token {
            let why = connection::crm(report.about("crm"), setup, profile);
            report.no_sync_now(why);
        } else {
            report.no_sync_now(Some("there is no token now"));
        }
    }
    local::terminal(report.about("terminal"));
    report.once();
    Ok(report.findings)
}

/// The cause that a mapped property is missing in the CRM.
fn missing_property(kind: &str, property: &str) -> String {
    format!("property {kind}.{property}")
}

/// The cause that the key lacks a scope.
fn missing_scope(scope: &str) -> String {
    format!("scope {scope}")
}

fn answer(finding: &Finding) -> Value {
    Shape::default()
        .with("area", finding.area)
        .with("level", finding.level)
        .with("what", &finding.what)
        .maybe("hint", finding.hint.as_ref(), "nothing is to be done")
        .done()
}

fn text(findings: &[Finding]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let mut area = "";
    for finding in findings {
        if finding.area != area {
            area = finding.area;
            let _ = writeln!(text, "{area}");
        }
        let mark = match finding.level {
            Level::Fine => "ok     ",
            Level::Note => "note   ",
            Level::Problem => "problem",
        };
        let _ = writeln!(text, "  {mark}  {}", finding.what);
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "           {hint}");
        }
    }
    text
}

/// Who is told so by the doctor has asked it already.
fn not_in_a_circle(hint: String) -> String {
    if let Some((what, _)) = hint.split_once("; `retain doctor`") {
        return what.to_owned();
    }
    if hint.contains("`retain doctor`") {
        return "run `retain sync`; what still keeps it from coming to its end is told here".to_owned();
    }
    hint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doctor_sends_nobody_to_the_doctor() {
        let hint = |hint: &str| not_in_a_circle(hint.to_owned());
        let no_token = crate::crm::CrmError::NoToken(String::new());
        assert_eq!(hint(no_token.hint()), "mend the source of the token");
        assert!(hint("`retain doctor` checks the databases").starts_with("run `retain sync`"));
        assert_eq!(hint("wait"), "wait");
    }

    #[test]
    fn a_sync_that_was_well_is_no_good_news_while_the_crm_does_not_answer() {
        let mut report = Report::default();
        report.about(SYNC).fine("the last sync came to its end at 08:50");
        report.about("terminal").fine("TERM is xterm");
        report.no_sync_now(None);
        assert!(report.findings.iter().all(|one| one.level == Level::Fine));
        report.no_sync_now(Some("the CRM does not answer now"));
        assert_eq!(
            text(&report.findings),
            "sync\n  note     the last sync came to its end at 08:50; the CRM does not answer now\n\
             terminal\n  ok       TERM is xterm\n"
        );
    }

    #[test]
    fn one_cause_is_told_once_and_an_area_stands_in_one_place() {
        let mut report = Report::default();
        report
            .about(SYNC)
            .problem("the key lacks the scope deals", "give it");
        report.comes_from([missing_scope("deals")]);
        report
            .about("mapping")
            .note("`tier` is filled on 0 of 9 accounts", "correct it");
        report.comes_from([missing_property("account", "tier")]);
        report.fine("`arr` is filled on 9 of 9 accounts");
        report.about(SYNC).problem("the CRM has no property `tier`", "");
        report.comes_from([missing_property("account", "tier")]);
        report.problem("the CRM has no property `gone`", "");
        report.comes_from([missing_property("contact", "gone")]);
        report.problem(format!("{}the key lacks deals", local::STOPPED), "");
        report
            .about("crm")
            .problem("contracts cannot be read: the key lacks deals", "add the scope");
        report.comes_from([missing_scope("deals")]);
        report
            .about("mapping")
            .problem("the CRM has no property `tier` of accounts", "correct it");
        report.comes_from([missing_property("account", "tier")]);
        report.once();
        let told: Vec<(&str, &str)> = report
            .findings
            .iter()
            .map(|one| (one.area, one.what.as_str()))
            .collect();
        let expected = [
            ("mapping", "`arr` is filled on 9 of 9 accounts"),
            ("mapping", "the CRM has no property `tier` of accounts"),
            ("sync", "the CRM has no property `gone`"),
            ("crm", "contracts cannot be read: the key lacks deals"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn findings_are_printed_by_area_with_what_to_do() {
        let mut report = Report::default();
        report.about("files");
        report.fine("all private");
        report.problem("others may read it", "chmod 600");
        report.problem("it stopped", "`retain doctor` says why");
        assert_eq!(
            text(&report.findings),
            "files\n  ok       all private\n  problem  others may read it\n           chmod 600\n  \
             problem  it stopped\n           run `retain sync`; what still keeps it from coming to its end is told here\n"
        );
    }
}
