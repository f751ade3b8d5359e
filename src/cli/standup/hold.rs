//! A standup as it is held on the command line: begun, talked through, decided in, ended.

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::Plain;
use crate::cli::sending::{self, Believing, Flags};
use crate::cli::writing::{Writing, about};
use crate::domain::acts::task::{self, NewTask};
use crate::domain::acts::{About, Somebody, days, note};
use crate::domain::base32;
use crate::domain::record::RecordId;
use crate::domain::standup::{
    Decided, Discussed, Ended, Happened, Held, Kind, Order, Scope, Settled, StandupEvent, note_of, open,
};
use crate::domain::words;
use crate::engine::standup as engine;

use super::{json, scope, told, unread};

/// What to do with a standup.
#[derive(Debug, clap::Subcommand)]
pub enum Act {
    /// Begin one over what changed, or go on with the one that was cut off
    Begin {
        /// Whose accounts: mine, team, team:NAME, owner:WHO,WHO or segment:NAME
        #[arg(long, value_name = "SCOPE", default_value = "mine")]
        scope: String,
        /// In which order
        #[arg(long, value_enum, value_name = "BY")]
        by: Option<super::By>,
    },
    /// Say that an account was talked about
    Discussed {
        /// The account: its id, or its name or a part of it
        account: String,
        /// Of which standup: the scope
        #[arg(long, value_name = "SCOPE", default_value = "mine")]
        scope: String,
    },
    /// Say what was decided on an account: the next standup asks whether it was done
    Decide {
        /// The account: its id, or its name or a part of it
        account: String,
        /// What is to be done, in one line
        what: String,
        /// Who does it: e-mail address or name, or a part of them; you when left out
        #[arg(long, value_name = "WHO")]
        who: Option<String>,
        /// By when: today, fri, +3d, +2bd, 27 nov, 2026-11-27
        #[arg(long, value_name = "DAY")]
        by: Option<String>,
        /// Make a task of it in the CRM: once that is done, the promise is kept
        #[arg(long)]
        task: bool,
        /// In which standup: the scope
        #[arg(long, value_name = "SCOPE", default_value = "mine")]
        scope: String,
        #[command(flatten)]
        believing: Believing,
        #[command(flatten)]
        flags: Flags,
    },
    /// Say whether something that was promised in a standup was kept
    Settle {
        /// Id of the decision, as `retain standup --print` shows it
        decision: String,
        /// Whether it was
        #[arg(value_enum)]
        kept: Kept,
        /// Why not
        why: Vec<String>,
    },
    /// End it: what was not talked about goes to the minutes as not discussed
    End {
        /// Which one: the scope
        #[arg(long, value_name = "SCOPE", default_value = "mine")]
        scope: String,
    },
    /// Write what the minutes say of each account as a note on it
    Note {
        /// Id of the standup; the last one of the scope when left out
        id: Option<String>,
        /// Of which scope
        #[arg(long, value_name = "SCOPE", default_value = "mine")]
        scope: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Whether a promise was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kept {
    /// It was
    Kept,
    /// It was not
    NotKept,
}

/// Does it, and tells how the standup stands.
pub fn run(act: &Act, context: &Context) -> Result<(), CliError> {
    match act {
        Act::Begin { scope, by } => begin(scope, by.map(super::By::order).unwrap_or_default(), context),
        Act::Discussed { account, scope } => discussed(account, scope, context),
        Act::Decide { .. } => decide(act, context),
        Act::Settle { decision, kept, why } => settle(decision, *kept, &why.join(" "), context),
        Act::End { scope } => end(scope, context),
        Act::Note { id, scope, flags } => notes(id.as_deref().unwrap_or_default(), scope, flags, context),
    }
}

/// The scope, and the standup of it that is under way.
fn under_way(text: &str, writing: &Writing, context: &Context) -> Result<(Scope, Option<Held>), CliError> {
    let scope = scope(text, writing.cache(), &writing.workplace, context.now())?;
    let all = engine::all(writing.ledger(), &writing.workplace.setup).map_err(|error| unread(&error))?;
    let held = open(&all, &scope.key).cloned();
    Ok((scope, held))
}

/// The same, where there must be one.
fn open_one(text: &str, writing: &Writing, context: &Context) -> Result<Held, CliError> {
    let (scope, held) = under_way(text, writing, context)?;
    held.ok_or_else(|| {
        CliError::usage(format!("no standup of {} is under way", scope.title))
            .hint("`retain standup begin` begins one; --scope names another scope")
    })
}

fn begin(text: &str, order: Order, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let (scope, held) = under_way(text, &writing, context)?;
    if let Some(held) = held {
        return tell(&held, "goes on", context);
    }
    let setup = writing.workplace.setup.clone();
    let id = format!("S-{}", base32::of_texts(&[&writing.on.act, &scope.key], 8));
    let asked = (scope, None, order);
    let review = engine::review(writing.cache(), writing.ledger(), &setup, asked, context.now());
    let review = review.map_err(|error| unread(&error))?;
    let (minutes, currency) = (
        setup.settings.standup.minutes,
        setup.settings.organisation.reporting_currency,
    );
    let by = writing.on.me.name.clone();
    let begun = review.agenda.begun((&id, &by), minutes, &review.frame, currency);
    keep(
        &mut writing,
        &id,
        None,
        Happened::Begun(Box::new(begun)),
        "begun",
        context,
    )
}

fn discussed(account: &str, text: &str, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let held = open_one(text, &writing, context)?;
    let about = on_it(&held, &writing, account, context)?;
    let last = held.visits.last().map_or(held.at, |visit| visit.until);
    let decided = held.decided_on(&about.id).map(|decision| decision.at).min();
    let first = decided.map(|at| at.duration_since(last).as_secs().max(0));
    let happened = Happened::Discussed(Discussed {
        standup: held.id.clone(),
        from: last,
        first_decision: first,
    });
    keep(&mut writing, &held.id, Some(about.id), happened, "noted", context)
}

/// The account that a text means: one of the agenda before any other.
fn on_it(held: &Held, writing: &Writing, text: &str, context: &Context) -> Result<About, CliError> {
    let by_id = held
        .begun
        .agenda
        .iter()
        .find(|line| line.account.as_str() == text);
    if let Some(line) = by_id {
        return Ok(About {
            id: line.account.clone(),
            name: line.name.clone(),
        });
    }
    Ok(about(&writing.account(text, context)?))
}

fn decide(act: &Act, context: &Context) -> Result<(), CliError> {
    let Act::Decide {
        account,
        what,
        who,
        by,
        task: is_task,
        scope,
        believing,
        flags,
    } = act
    else {
        return Ok(());
    };
    let mut writing = sending::begin(flags, context)?;
    let held = open_one(scope, &writing, context)?;
    let about = on_it(&held, &writing, account, context)?;
    let who: Option<Somebody> = who
        .as_ref()
        .map(|who| sending::one_of_us(&writing, who))
        .transpose()?;
    let on = writing.on.clone();
    let due = by.as_ref().map(|by| days::parse(&on, by)).transpose();
    let due = due.map_err(CliError::usage)?;
    if let (Some(by), Some((day, _))) = (by, due) {
        believing.check(task::doubt_of(&on, by, day))?;
    }
    task::check_subject(what).map_err(CliError::usage)?;
    let (day, at) = due.unzip();
    let entries = if *is_task {
        let new = NewTask {
            subject: what.clone(),
            body: format!("Decided in the standup of {}", held.begun.local.date()),
            due: day,
            at: at.flatten(),
            owner: who.clone(),
        };
        vec![task::make(&on, &about, &new).map_err(CliError::usage)?]
    } else {
        Vec::new()
    };
    let decision = format!("D-{}", base32::of_texts(&[&on.act, about.id.as_str(), what], 8));
    let decided = Decided {
        standup: held.id.clone(),
        decision: decision.clone(),
        name: about.name.clone(),
        kind: Kind::Assigned,
        who: Some(who.unwrap_or_else(|| on.me.clone()).name),
        words: what.trim().to_owned(),
        by: day,
        act: entries.first().map(|entry| entry.act.clone()),
    };
    let told = decided_words(&decided, &about, on.today());
    let event = StandupEvent {
        account: Some(about.id.clone()),
        what: Happened::Decided(decided),
    };
    let queued = writing.standup(&[event], &entries)?;
    let done = sending::finish(writing.end(), queued, flags, context)?;
    if !context.output.is_text() {
        let mut answer = done.shape(context.now());
        answer["standup"] = held.id.as_str().into();
        answer["decision"] = decision.as_str().into();
        context.output.values(&answer, Plain::Values)?;
        return done.not_done();
    }
    context.output.text(&format!("{told} [{decision}]"))?;
    done.tell(context)?;
    done.not_done()
}

/// `Juniper Freight: Priya Nair: call the sponsor, by Tue 24 Nov`
fn decided_words(decided: &Decided, about: &About, today: jiff::civil::Date) -> String {
    let who = decided.who.as_deref().unwrap_or_default();
    let by = decided.by.map(|by| format!(", by {}", words::weekday(today, by)));
    format!(
        "{}: {who}: {}{}",
        about.name,
        decided.words,
        by.unwrap_or_default()
    )
}

fn settle(id: &str, kept: Kept, why: &str, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let all = engine::all(writing.ledger(), &writing.workplace.setup).map_err(|error| unread(&error))?;
    let made = all.iter().find_map(|held| {
        let decision = held.promises().find(|one| one.id.eq_ignore_ascii_case(id))?;
        Some((held, decision))
    });
    let Some((held, decision)) = made else {
        return Err(CliError::usage(format!("no standup promised `{id}`"))
            .hint("`retain standup --print` shows what was promised, each with its id"));
    };
    if kept == Kept::NotKept && why.trim().is_empty() {
        return Err(CliError::usage("say why it was not kept"));
    }
    let settled = Settled {
        standup: held.id.clone(),
        decision: decision.id.clone(),
        kept: kept == Kept::Kept,
        why: why.trim().to_owned(),
        during: open(&all, &held.begun.scope).map(|held| held.id.clone()),
    };
    let (standup, account) = (held.id.clone(), decision.account.clone());
    let happened = Happened::Settled(settled);
    keep(&mut writing, &standup, Some(account), happened, "noted", context)
}

fn end(text: &str, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let held = open_one(text, &writing, context)?;
    let happened = Happened::Ended(Ended {
        standup: held.id.clone(),
        local: writing.on.here().datetime(),
        not_discussed: held.not_discussed().map(|line| line.account.clone()).collect(),
    });
    keep(&mut writing, &held.id, None, happened, "ended", context)
}

fn notes(id: &str, of: &str, flags: &Flags, context: &Context) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let stores = (writing.cache(), writing.ledger());
    let held = told::find(id, of, stores, &writing.workplace, context)?;
    let name = engine::names(writing.cache()).map_err(|error| unread(&error))?;
    let mut entries = Vec::new();
    for line in &held.begun.agenda {
        let Some(text) = note_of(&held, &line.account, &name) else {
            continue;
        };
        let about = About {
            id: line.account.clone(),
            name: line.name.clone(),
        };
        entries.push(note::note(&writing.on, &about, &text).map_err(CliError::usage)?);
    }
    if entries.is_empty() {
        return Err(CliError::usage(format!(
            "no account was talked about in {}",
            held.id
        )));
    }
    sending::carry_out(writing, entries, flags, context)
}

/// Keeps what happened, and tells how the standup stands.
fn keep(
    writing: &mut Writing,
    standup: &str,
    account: Option<RecordId>,
    what: Happened,
    said: &str,
    context: &Context,
) -> Result<(), CliError> {
    writing.standup(&[StandupEvent { account, what }], &[])?;
    let all = engine::all(writing.ledger(), &writing.workplace.setup).map_err(|error| unread(&error))?;
    match all.iter().find(|held| held.id == standup) {
        Some(held) => tell(held, said, context),
        None => Err(CliError::failed("the standup is not in the journal")),
    }
}

fn tell(held: &Held, said: &str, context: &Context) -> Result<(), CliError> {
    if !context.output.is_text() {
        return context.output.values(&json::held(held), Plain::Values);
    }
    let (agenda, left) = (held.begun.agenda.len(), held.not_discussed().count());
    context.output.text(&format!(
        "{said}: standup of {} [{}] · {} of {agenda} discussed, {left} left · {} decided",
        held.begun.title,
        held.id,
        held.discussed().len(),
        held.decisions.len()
    ))
}
