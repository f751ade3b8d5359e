//! `playbooks/*.toml`: one file per playbook, shipped, the team's and the user's, laid over one another by
//! the file's name.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::domain::playbook::{Playbook, Problem};
use crate::domain::vocabulary::nearest;

use super::diagnostic::{Diagnostic, UNREAD, meant};
use super::file::{Text, read_text, unread};
use super::keyed;
use super::load::{Dirs, Loaded};
use super::origins::keep_origins;
use super::reader::{self, Reading};
use super::tree::{ENABLED, Layer, Node, Place, Source, Value};

/// The directory, below a layer's own.
pub const DIRECTORY: &str = "playbooks";

/// The shipped playbooks, by id.
pub const SHIPPED: [(&str, &str); 8] = [
    (
        "champion-left",
        include_str!("../../config/playbooks/champion-left.toml"),
    ),
    (
        "detractor-follow-up",
        include_str!("../../config/playbooks/detractor-follow-up.toml"),
    ),
    (
        "expansion-by-seats",
        include_str!("../../config/playbooks/expansion-by-seats.toml"),
    ),
    (
        "onboarding-kick-off",
        include_str!("../../config/playbooks/onboarding-kick-off.toml"),
    ),
    (
        "renewal-180-90-30",
        include_str!("../../config/playbooks/renewal-180-90-30.toml"),
    ),
    (
        "renewal-rescue",
        include_str!("../../config/playbooks/renewal-rescue.toml"),
    ),
    (
        "value-review",
        include_str!("../../config/playbooks/value-review.toml"),
    ),
    (
        "waning-interest",
        include_str!("../../config/playbooks/waning-interest.toml"),
    ),
];

/// A playbook and where its parts were written.
pub(super) struct Read {
    /// Id of the playbook: the name of its file.
    pub id: String,
    /// What was read: good for finding what else is wrong in it, and for use if `is_sound`; `None` when nothing is left.
    pub playbook: Option<Playbook>,
    /// Whether all of it was read and can be run.
    pub is_sound: bool,
    /// Where it was written.
    pub tree: Node,
}

impl Read {
    /// A playbook whose files cannot be read, as was told: nothing more is said of what it lacks.
    fn unread(id: &str) -> Self {
        let source = Source::new(Layer::User, format!("{DIRECTORY}/{id}.toml"), "");
        Self {
            id: id.to_owned(),
            playbook: None,
            is_sound: false,
            tree: Node::empty(&Arc::new(source)),
        }
    }
}

/// Reads every playbook of every layer, in the order of their ids. One in which a step or whom it is for cannot be read,
/// or a step waits for itself, is reported and left out whole: half a playbook would be taken for a whole one. One mistake
/// hides no other that does not follow from it.
pub(super) fn read(dirs: &Dirs, loaded: &mut Loaded) -> Vec<Read> {
    let shipped = SHIPPED.iter().map(|(id, _)| (*id).to_owned());
    let mut ids: BTreeSet<String> = shipped.collect();
    for dir in [&dirs.team, &dirs.user].into_iter().flatten() {
        ids.extend(found_in(&dir.join(DIRECTORY), &mut loaded.diagnostics));
    }
    let mut read = Vec::new();
    for id in &ids {
        let (tree, whole) = layered(id, dirs, &mut loaded.diagnostics);
        let Some(mut tree) = tree else {
            read.push(Read::unread(id));
            continue;
        };
        let says_more = tree.says_more_than_enabled();
        let place = tree.place_of(ENABLED);
        if tree.take_enabled() == Some(false) {
            if let Some(place) = place.filter(|_| !says_more) {
                let others: Vec<&str> = ids.iter().filter(|one| *one != id).map(String::as_str).collect();
                let message = format!("there is no playbook `{id}` to switch off");
                let hint = meant(id, &others, "the others are");
                loaded.diagnostics.push(place.diagnostic(message, hint));
            }
            continue;
        }
        tree.drop_disabled(&mut loaded.diagnostics);
        tree.name(id);
        let (steps, keys) = (steps_of(&tree).len(), keys_that_decide(&tree));
        let reading: Reading<Option<Playbook>> =
            reader::read_in_full(tree, &stand_ins(), &mut loaded.diagnostics);
        let is_whole = |one: &Playbook| {
            let all = one.steps.len() == steps && keys_that_decide(&reading.tree) == keys;
            whole && all && reading.stood_in.is_empty()
        };
        let is_whole = reading.value.as_ref().is_some_and(is_whole);
        let told = told(id, &reading, is_whole, &mut loaded.diagnostics);
        let Reading { value, tree, .. } = reading;
        keep_origins(&format!("{DIRECTORY}/{id}.toml"), &tree, loaded);
        read.push(Read {
            id: id.clone(),
            playbook: value,
            is_sound: is_whole && !told,
            tree,
        });
    }
    read
}

/// Says of a name that no playbook has it.
pub(super) fn check_named(name: &str, read: &[Read], node: Option<&Node>, diagnostics: &mut Vec<Diagnostic>) {
    let ids = || read.iter().map(|one| one.id.as_str());
    if ids().any(|id| id == name) {
        return;
    }
    if let Some(node) = node {
        let hint = match nearest(name, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add {DIRECTORY}/{name}.toml"),
        };
        let message = format!("no playbook is called `{name}`");
        diagnostics.push(node.place.diagnostic(message, Some(hint)));
    }
}

/// Ids of the files in a directory. That it is not there is no mistake.
fn found_in(directory: &Path, diagnostics: &mut Vec<Diagnostic>) -> Vec<String> {
    let listed = std::fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let files = match listed {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        // The shipped playbooks are looked for in it too: that tells it.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Vec::new(),
        Err(error) => {
            let why = match error.kind() {
                io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                _ => error.to_string(),
            };
            let hint = "let yourself in: `chmod u+rx FILE`";
            diagnostics.push(unread(directory, format!("{UNREAD}s in it: {why}"), Some(hint)));
            return Vec::new();
        }
    };
    let names = files
        .into_iter()
        .filter_map(|file| file.file_name().into_string().ok());
    names
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .filter(|id| !id.is_empty() && !id.starts_with('.'))
        .collect()
}

/// The layers of a playbook over one another, `None` where none of them can be read; and whether no step of them was left
/// out.
fn layered(id: &str, dirs: &Dirs, diagnostics: &mut Vec<Diagnostic>) -> (Option<Node>, bool) {
    let source = |layer, name: String, text: String| Arc::new(Source::new(layer, name, text));
    let file = format!("{DIRECTORY}/{id}.toml");
    let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == id);
    let shipped = shipped.map(|(_, text)| {
        let source = source(Layer::BuiltIn, format!("built-in {file}"), (*text).to_owned());
        Node::parse(&source, diagnostics)
    });
    let (mut tree, mut whole) = (shipped, true);
    for (layer, dir) in [(Layer::Team, &dirs.team), (Layer::User, &dirs.user)] {
        let Some(path) = dir.as_ref().map(|dir| dir.join(&file)) else {
            continue;
        };
        if let Some(Text { text, .. }) = read_text(&path, diagnostics) {
            let mut upper = Node::parse(&source(layer, path.display().to_string(), text), diagnostics);
            whole &= keyed::settle(&mut upper, diagnostics);
            tree = Some(match tree {
                Some(lower) => lower.overlaid_by(upper),
                None => upper,
            });
        }
    }
    (tree, whole)
}

fn steps_of(tree: &Node) -> &[Node] {
    match tree.at(&["steps"]).map(|steps| &steps.value) {
        Some(Value::Array(steps)) => steps,
        _ => &[],
    }
}

/// How many keys say what is to be done, and on which accounts.
fn keys_that_decide(tree: &Node) -> usize {
    let keys = |step: &Node| match &step.value {
        Value::Table(keys) => keys.len(),
        _ => 0,
    };
    let whom = usize::from(tree.at(&["applies_when"]).is_some());
    whom + steps_of(tree).iter().map(keys).sum::<usize>()
}

/// Stands where a playbook or a step does not say, or not in a way that can be read, what it must say.
fn stand_ins() -> Value {
    let text = "version = 1\ntitle = \"…\"\nrole = \"csm\"\ndue = \"+1bd\"\n";
    let source = Source::new(Layer::BuiltIn, "stand-ins", text);
    Node::parse(&Arc::new(source), &mut Vec::new()).value
}

/// The keys of a step that say nothing of its kind, nor of what that asks for.
const APART: [&str; 7] = ["title", "role", "person", "due", "guidance", "when", "after"];

/// Whether a problem may only be there since something of its step could not be read.
fn follows(problem: &Problem, playbook: &Playbook, faulty: &BTreeSet<(String, String)>) -> bool {
    let Some(step) = problem.step.and_then(|at| playbook.steps.get(at)) else {
        return false;
    };
    let is_apart = |key: &str| APART.contains(&key);
    let of_step = faulty.iter().filter(|(id, _)| *id == step.id);
    of_step.into_iter().any(|(_, key)| {
        let of_kind = !is_apart(key) && problem.keys.iter().all(|key| !is_apart(key) && *key != "id");
        problem.keys.contains(&key.as_str()) || of_kind
    })
}

/// Says what speaks against running it, and whether anything does. Of one that was not read whole only that which does not
/// follow from what is missing.
fn told(
    id: &str,
    reading: &Reading<Option<Playbook>>,
    is_whole: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some(playbook) = &reading.value else {
        return false;
    };
    let (mut told, tree) = (false, &reading.tree);
    if playbook.id != id {
        let place = &tree.at(&["id"]).unwrap_or(tree).place;
        let message = format!("the id is `{}`, the file is called `{id}.toml`", playbook.id);
        diagnostics.push(place.diagnostic(message, Some("they are to be the same".to_owned())));
        told = true;
    }
    let problems = playbook.problems().into_iter();
    for problem in problems.filter(|one| is_whole || !follows(one, playbook, &reading.faulty)) {
        let step = problem.step.and_then(|at| steps_of(tree).get(at));
        let place = to_blame(tree, step, problem.keys);
        diagnostics.push(place.diagnostic(problem.message, problem.hint));
        told = true;
    }
    told
}

/// Where that was written which makes these keys of a step not go together: the topmost layer. What is shipped is sound, so
/// where none of them was laid over it, it is whatever else was.
fn to_blame<'t>(tree: &'t Node, step: Option<&'t Node>, keys: &[&str]) -> &'t Place {
    let written = keys.iter().filter_map(|key| step.unwrap_or(tree).at(&[key]));
    let last = written.map(|node| &node.place).reduce(|one, other| {
        if other.source.layer > one.source.layer {
            other
        } else {
            one
        }
    });
    let place = last.or(step.map(|step| &step.place)).unwrap_or(&tree.place);
    if place.source.layer == Layer::BuiltIn {
        &tree.place
    } else {
        place
    }
}

#[cfg(test)]
#[path = "playbooks_tests.rs"]
mod tests;
