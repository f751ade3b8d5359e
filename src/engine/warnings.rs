//! Signals evaluated over a judged account: which warnings open, stay and clear.

use std::collections::BTreeMap;

use jiff::Timestamp;
use minijinja::{Environment, Error, ErrorKind};

use crate::domain::countdown::Countdown;
use crate::domain::desk::{Severity, Warning};
use crate::domain::expression::Value;
use crate::domain::risk;
use crate::domain::signal::{COUNTDOWN, Evidence, Signal};
use crate::domain::summary::Band;
use crate::domain::values::{ago, days, hours, in_words, lasting, part, percent};
use crate::domain::warning::{
    Gauge, Level, Life, Line, Lives, Opened, Plan, Waking, WarningEvent, What, gauge,
};
use crate::store::NewEvent;

use super::first_looks::FirstLooks;
use super::judge::Judge;
use super::lives;
use super::moment::Moment;
use super::world::World;

/// What signals say of one account.
#[derive(Debug, Default)]
pub struct Verdict<'a> {
    /// Warnings whose condition holds, worst first; those that a person closed are among them, and silent.
    pub warnings: Vec<Warning>,
    /// The signals that cannot tell.
    pub cannot_tell: Vec<&'a Signal>,
    /// What opened, woke and cleared.
    pub events: Vec<NewEvent>,
}

impl Verdict<'_> {
    /// How many warnings are open: nobody closed them.
    pub fn open(&self) -> usize {
        let is_open = |warning: &&Warning| warning.line.closed.is_none();
        self.warnings.iter().filter(is_open).count()
    }
}

/// What is known of an account's warnings before they are evaluated.
#[derive(Debug, Default)]
pub struct Before {
    /// Their lives.
    pub lives: Lives,
    /// What runs of playbooks do about them.
    pub plans: Vec<Plan>,
    /// Whether the account is evaluated for the first time.
    pub is_new: bool,
}

/// Evaluates signals. Made once per run: titles are compiled once.
pub struct Evaluator<'a> {
    pub(super) world: &'a World<'a>,
    titles: Environment<'a>,
    first: &'a FirstLooks,
    now: Timestamp,
}

impl<'a> Evaluator<'a> {
    /// Ready to evaluate the signals in force.
    pub fn new(world: &'a World<'a>, first: &'a FirstLooks) -> Self {
        let mut titles = environment();
        for signal in world.signals() {
            // A title that cannot be compiled was reported when its file was loaded.
            let _ = titles.add_template(&signal.id, &signal.title);
        }
        let now = lives::kept(world.now);
        Self {
            world,
            titles,
            first,
            now,
        }
    }

    /// Evaluates every signal on one account.
    pub fn evaluate(&self, judge: &Judge<'_>, before: &Before) -> Verdict<'a> {
        let mut verdict = Verdict::default();
        let has_churned = judge.has_churned();
        let mut lives = before.lives.clone();
        let mut seen = Vec::new();
        if judge.world.complete {
            let asked = self
                .world
                .signals()
                .iter()
                .filter(|one| one.left_too || !has_churned);
            for signal in asked {
                let moment = Moment::now(judge);
                let holds = signal.when.holds(&moment);
                if holds.is_none() {
                    verdict.cannot_tell.push(signal);
                }
                if let Some(what) = self.resumed(signal, &lives) {
                    lives.take(&what, "", self.now);
                    verdict.events.push(self.event(judge, what));
                }
                let what = match (lives.current(&signal.id), holds) {
                    (Some(life), _) if signal.stays(holds, &moment) => {
                        let now = level(signal, &Moment::now(judge), judge.band());
                        self.went_on(signal, judge, life, &now)
                    }
                    (None, Some(true)) => Some(What::Opened(self.opened(signal, judge, before.is_new))),
                    _ => continue,
                };
                if let Some(what) = what {
                    lives.take(&what, "", self.now);
                    verdict.events.push(self.event(judge, what));
                }
                seen.push(signal);
            }
        }
        if judge.world.complete {
            for signal in self.world.signals() {
                let holds = lives.current(&signal.id).is_some();
                if holds && !seen.iter().any(|one| one.id == signal.id) {
                    let what = What::Cleared {
                        signal: signal.id.clone(),
                        lost: has_churned && !signal.left_too,
                        gone: false,
                    };
                    verdict.events.push(self.event(judge, what));
                }
            }
            let withdrawn = self.withdrawn(&before.lives);
            verdict
                .events
                .extend(withdrawn.map(|what| self.event(judge, what)));
        }
        for signal in seen {
            if let Some(life) = lives.current(&signal.id) {
                let now = level(signal, &Moment::now(judge), judge.band());
                let mut line = Line::of(life, &before.plans, now);
                // What is critical by now waits for no budget, whatever it was when it opened.
                line.held &= signal.severity != Severity::Critical;
                verdict.warnings.push(self.warning(signal, judge, life, line));
            }
        }
        verdict
            .warnings
            .sort_by_key(|warning| (warning.kind, std::cmp::Reverse(warning.severity)));
        verdict
    }

    /// The ends of what signals said that the configuration has no more. Where a file has mistakes, one may be missing
    /// because of them: what it said goes on once it is back.
    fn withdrawn(&self, lives: &Lives) -> impl Iterator<Item = What> {
        let (signals, faulty) = (self.world.signals(), self.world.setup.signals_faulty);
        let is_withdrawn = move |id: &&str| !faulty && !signals.iter().any(|signal| signal.id == *id);
        let holding = lives.holding().filter(is_withdrawn);
        holding.map(|id| What::Withdrawn {
            signal: id.to_owned(),
        })
    }

    /// That a warning goes on which ended since the customer had left, or account or signal were not here: that was taken
    /// back. Whether its condition still holds is asked as of one that never ended.
    fn resumed(&self, signal: &Signal, lives: &Lives) -> Option<What> {
        let life = lives.interrupted(&signal.id, self.now)?;
        (life.opened.version == signal.version).then(|| What::Resumed {
            signal: signal.id.clone(),
        })
    }

    /// What happens to a warning that holds on: one that was closed speaks again once it is so much worse, one that
    /// sleeps wakes.
    fn went_on(&self, signal: &Signal, judge: &Judge<'_>, life: &Life, now: &Level) -> Option<What> {
        if let Some((closed, _)) = life.closing() {
            let again = gauge::past_rearm(signal, &closed.level, now)?;
            return Some(What::Opened(Opened {
                again: Some(again),
                ..self.opened(signal, judge, false)
            }));
        }
        let (snoozed, _) = life.snooze()?;
        let worse = snoozed
            .or_worse
            .then(|| gauge::got_worse(signal, &snoozed.level, now))
            .flatten();
        let by = match worse {
            Some((then, now)) => Waking::Worse(then, now),
            None => Waking::Date(snoozed.until.filter(|until| self.world.today >= *until)?),
        };
        Some(What::Woke {
            signal: signal.id.clone(),
            by,
        })
    }

    fn opened(&self, signal: &Signal, judge: &Judge<'_>, is_new: bool) -> Opened {
        let standing = is_new || self.first.is_first(signal, self.now);
        Opened {
            signal: signal.id.clone(),
            version: signal.version,
            since: self.world.today,
            standing,
            reason: self.reason(signal, judge).unwrap_or_else(|| signal.id.clone()),
            kind: signal.kind,
            severity: signal.severity,
            budgeted: !standing && signal.severity != Severity::Critical,
            playbook: signal.playbook.clone(),
            level: level(signal, &Moment::now(judge), judge.band()),
            at_stake: judge.at_stake(),
            decide_by: judge.decision(),
            score: judge.score.shown(),
            again: None,
        }
    }

    fn event(&self, judge: &Judge<'_>, what: What) -> NewEvent {
        let account = judge.account.id.clone();
        lives::noted(&WarningEvent { account, what }, self.now)
    }

    /// The reason in words; `None` where its title needs what is unknown.
    fn reason(&self, signal: &Signal, judge: &Judge<'_>) -> Option<String> {
        self.reason_at(signal, judge, &Moment::told(judge))
    }

    /// The same as it was at a moment.
    pub fn reason_at(&self, signal: &Signal, judge: &Judge<'_>, moment: &Moment<'_, '_>) -> Option<String> {
        let mut context: BTreeMap<String, minijinja::Value> = evidence(signal, moment)
            .iter()
            .map(|(evidence, value)| (evidence.name(), for_template(value.as_ref())))
            .collect();
        let renewals = moment.renewals();
        let countdown = Countdown {
            notice_by: renewals.first().and_then(|renewal| renewal.notice_by),
            ends: judge.next_end_on(moment),
        };
        let words = countdown.words(moment.day());
        context.insert(COUNTDOWN.to_owned(), words.into());
        self.titles.get_template(&signal.id).ok()?.render(&context).ok()
    }

    /// Tells a warning that was kept on another day in the words of today.
    pub fn retell(&self, judge: &Judge<'_>, warning: &mut Warning) {
        let rules = self.world.signals();
        let is_same = |rule: &&Signal| rule.id == warning.signal && rule.version == warning.version;
        if let Some(rule) = rules.iter().find(is_same)
            && let Some(reason) = self.reason(rule, judge)
        {
            warning.reason = reason;
            warning.evidence = evidence_in_words(rule, judge);
        }
    }

    fn warning(&self, signal: &Signal, judge: &Judge<'_>, life: &Life, line: Line) -> Warning {
        let (today, next) = (self.world.today, judge.renewals.first());
        let (score, coverage) = (judge.score.shown(), judge.score.coverage());
        let basis = next
            .filter(|_| signal.kind.is_at_stake())
            .and_then(|next| risk::basis(next, score, coverage, today));
        Warning {
            account: judge.account.id.clone(),
            signal: signal.id.clone(),
            version: signal.version,
            kind: signal.kind,
            severity: signal.severity,
            // What the title names may be unknown by now: then the words are the last that are known.
            reason: self
                .reason(signal, judge)
                .unwrap_or_else(|| life.opened.reason.clone()),
            evidence: evidence_in_words(signal, judge),
            since: life.opened.since,
            standing: life.opened.standing,
            line: Line {
                worse_from: gauge::worse_from(signal, &line.level),
                playbook: signal.playbook.clone(),
                rearms: signal.rearm.is_some(),
                basis,
                decide_by: judge.decision(),
                ..line
            },
        }
    }
}

/// How bad a warning is at a moment, on an account of this band.
pub fn level(signal: &Signal, moment: &Moment<'_, '_>, band: Band) -> Level {
    let value = Gauge::of(signal).and_then(|gauge| {
        let value = gauge.evidence.value.value(moment);
        Some((
            gauge::thousandths(value.as_ref())?,
            in_words(gauge.evidence.value.unit(), value.as_ref()),
        ))
    });
    let (gauge, words) = value.unzip();
    Level {
        gauge,
        words: words.unwrap_or_default(),
        band: Some(band),
    }
}

fn evidence_in_words(signal: &Signal, judge: &Judge<'_>) -> Vec<(String, String)> {
    let words = |(evidence, value): (&Evidence, Option<Value>)| {
        let words = in_words(evidence.value.unit(), value.as_ref());
        (evidence.label.clone(), words)
    };
    evidence(signal, &Moment::told(judge))
        .into_iter()
        .map(words)
        .collect()
}

fn evidence<'s>(signal: &'s Signal, moment: &Moment<'_, '_>) -> Vec<(&'s Evidence, Option<Value>)> {
    let value = |evidence: &'s Evidence| (evidence, evidence.value.value(moment));
    signal.evidence.iter().map(value).collect()
}

/// The environment of titles: their filters, and nothing else beside what the language has.
fn environment<'a>() -> Environment<'a> {
    let mut titles = Environment::new();
    titles.add_filter("percent", |value: &minijinja::Value| number(value).map(percent));
    titles.add_filter("share", |value: &minijinja::Value| number(value).map(part));
    titles.add_filter("days", |value: &minijinja::Value| number(value).map(days));
    titles.add_filter("ago", |value: &minijinja::Value| number(value).map(ago));
    titles.add_filter("lasting", |value: &minijinja::Value| number(value).map(lasting));
    titles.add_filter("hours", |value: &minijinja::Value| number(value).map(hours));
    titles
}

fn number(value: &minijinja::Value) -> Result<f64, Error> {
    f64::try_from(value.clone()).map_err(|_| Error::new(ErrorKind::InvalidOperation, "not a number"))
}

fn for_template(value: Option<&Value>) -> minijinja::Value {
    match value {
        Some(Value::Number(number)) if number.fract() == 0.0 => minijinja::Value::from(*number as i64),
        Some(Value::Number(number)) => minijinja::Value::from(*number),
        Some(Value::Text(text)) => minijinja::Value::from(text.as_str()),
        Some(Value::Bool(yes)) => minijinja::Value::from(*yes),
        None => minijinja::Value::from("unknown"),
    }
}
