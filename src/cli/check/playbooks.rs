//! What of playbooks somebody should know, though nothing of it keeps them from running.

use super::{cache, place};
use crate::cli::context::Context;
use crate::cli::writing;
use crate::config::Loaded;
use crate::config::tree::Layer;
use crate::domain::playbook::{Playbook, unmanned};
use crate::domain::record::Owner;
use crate::domain::text::SafeText;
use crate::domain::words;
use crate::engine;
use crate::store::Ledger;

/// Steps that are due before what they wait for, roles that nobody has, people whom the CRM does not have, and playbooks
/// that are not what their version was: each with its place. The last two are asked of my own stores, if `mine`.
pub fn notes(loaded: &Loaded, context: &Context, mine: bool) -> Vec<String> {
    let playbooks = &loaded.setup.playbooks;
    let mut notes: Vec<String> = playbooks.iter().flat_map(|one| early(loaded, one)).collect();
    notes.extend(nobodys(loaded));
    if mine {
        notes.extend(strangers(loaded, context));
        notes.extend(unraised(loaded, context));
    }
    notes
        .iter()
        .map(|note| SafeText::line(note).to_string())
        .collect()
}

fn file(playbook: &str) -> String {
    format!("playbooks/{playbook}.toml")
}

fn of_step(loaded: &Loaded, playbook: &str, step: &str, key: &str) -> String {
    place(loaded, &file(playbook), &format!("steps.{step}.{key}"))
}

fn early(loaded: &Loaded, playbook: &Playbook) -> Vec<String> {
    let told = playbook.oddities().into_iter();
    told.map(|(step, key, message)| format!("{}: {message}", of_step(loaded, &playbook.id, step, key)))
        .collect()
}

/// The roles that no one of us has alone. Where `team.toml` names nobody, only steps of one's own are told of: what ships
/// falls to who looks after the account then.
fn nobodys(loaded: &Loaded) -> Vec<String> {
    let setup = &loaded.setup;
    let has_team = !setup.team.people.is_empty();
    let is_own = |playbook: &str, step: &str| {
        let (file, key) = (file(playbook), format!("steps.{step}.role"));
        let mut origins = loaded.origins.iter();
        origins.any(|one| one.file == file && one.key.replace('"', "") == key && one.layer != Layer::BuiltIn)
    };
    let told = unmanned(&setup.playbooks, setup.my_role(), &setup.team).into_iter();
    told.filter_map(|one| {
        let mut steps = one.steps;
        steps.retain(|(playbook, step)| has_team || is_own(playbook, step));
        let (playbook, step) = steps.first()?;
        let place = of_step(loaded, playbook, step, "role");
        let names: Vec<String> = steps
            .iter()
            .map(|(playbook, step)| format!("`{step}` of {playbook}"))
            .collect();
        let falls = if names.len() == 1 { "falls" } else { "fall" };
        Some(format!(
            "{place}: {}: {} {falls} to who looks after the account",
            one.fell.words(one.role),
            names.join(", ")
        ))
    })
    .collect()
}

/// Before the first sync the CRM's people are not known.
fn strangers(loaded: &Loaded, context: &Context) -> Vec<String> {
    let owners = cache(context).and_then(|cache| writing::owners(&cache).ok());
    let owners = owners.filter(|owners| !owners.is_empty());
    let Some(owners) = owners else {
        return Vec::new();
    };
    let is_known = |person: &str| Owner::find(&owners, person).is_some_and(|owner| owner.active);
    let mut found = Vec::new();
    for playbook in &loaded.setup.playbooks {
        for step in &playbook.steps {
            if let Some(person) = step.person.as_deref().filter(|person| !is_known(person)) {
                let place = of_step(loaded, &playbook.id, &step.id, "person");
                found.push(format!(
                    "{place}: the CRM has nobody active who is `{person}`: `{}` cannot be started",
                    playbook.id
                ));
            }
        }
    }
    found
}

fn unraised(loaded: &Loaded, context: &Context) -> Vec<String> {
    let ledger = || {
        let workplace = context.workplace_for_a_status_line(false).ok()?;
        let path = &workplace.paths.ledger_db;
        path.exists().then(|| Ledger::open_read_only(path))?.ok()
    };
    let changed =
        ledger().and_then(|ledger| engine::plays::of_same_version(&ledger, &loaded.setup.playbooks).ok());
    let setup = &loaded.setup;
    let told = changed.into_iter().flatten().filter_map(|(id, since)| {
        let playbook = setup.playbooks.iter().find(|one| one.id == id)?;
        let day = words::calendar_day(
            setup.settings.day_of(context.now()),
            setup.settings.day_of(since),
        );
        let place = place(loaded, &file(&id), "version");
        Some(format!(
            "{place}: `{id}` is not what a run of {day} began with, and has version {} too: what came of both would be \
             counted as one; raise `version`",
            playbook.version
        ))
    });
    told.collect()
}
