//! Reads the layers of each file and says what is wrong in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::address;
use super::diagnostic::Diagnostic;
use super::feeds;
use super::file::{Text, read_text};
use super::keyed;
use super::keys::{self, Keys};
use super::mapping::Mapping;
use super::names;
use super::origins::{KeyOrigin, keep_origins};
use super::place::{Place, Source};
use super::playbooks;
use super::reader::{self, Reading};
use super::routing;
use super::settings::{Profile, Settings};
use super::tree::{Layer, Node, Value};
use crate::domain::calendar::Calendars;
use crate::domain::handoff;
use crate::domain::health::HealthModel;
use crate::domain::outbox::{ReadOnly, WritePermit};
use crate::domain::playbook::Playbook;
use crate::domain::record::Owner;
use crate::domain::role::Role;
use crate::domain::routing::Routing;
use crate::domain::signal::Signals;
use crate::domain::team::Roster;

/// The shipped files, by name.
pub const SHIPPED: [(&str, &str); 7] = [
    ("retain.toml", include_str!("../../config/retain.toml")),
    ("mapping.toml", include_str!("../../config/mapping.toml")),
    ("health.toml", include_str!("../../config/health.toml")),
    ("signals.toml", include_str!("../../config/signals.toml")),
    ("handoffs.toml", include_str!("../../config/handoffs.toml")),
    ("routing.toml", include_str!("../../config/routing.toml")),
    ("team.toml", include_str!("../../config/team.toml")),
];

/// Where the files of the layers lie.
#[derive(Debug, Clone)]
pub struct Dirs {
    /// The team's layer, on a shared box.
    pub team: Option<PathBuf>,
    /// The user's own layer.
    pub user: Option<PathBuf>,
}

/// One value from the environment or the command line.
#[derive(Debug, Clone)]
pub struct Override {
    /// [`Layer::Environment`] or [`Layer::Flag`].
    pub layer: Layer,
    /// Name of the variable or flag, for messages.
    pub name: String,
    /// Lines of `retain.toml`, e.g. `display.ascii = "always"`.
    pub toml: String,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Setup {
    /// `retain.toml`.
    pub settings: Settings,
    /// `mapping.toml`.
    pub mapping: Mapping,
    /// `health.toml`.
    pub health: HealthModel,
    /// `signals.toml`.
    pub signals: Signals,
    /// Whether `signals.toml` of any layer has mistakes: a signal may be missing because of them.
    pub signals_faulty: bool,
    /// `handoffs.toml`.
    pub handoffs: handoff::Templates,
    /// `team.toml`.
    pub team: Roster,
    /// `routing.toml`.
    pub routing: Routing,
    /// `playbooks/*.toml`, in the order of their ids.
    pub playbooks: Vec<Playbook>,
    /// `keys.toml`.
    pub keys: Keys,
    /// Name of the profile in use.
    pub profile: Option<String>,
    /// Whether `--read-only` was given.
    pub read_only: bool,
    /// Whether `--redact` was given.
    pub redacted: bool,
}

impl Setup {
    /// The profile in use.
    pub fn profile(&self) -> Option<&Profile> {
        self.settings.profiles.get(self.profile.as_deref()?)
    }

    /// Which signal is answered by which playbook: ids.
    pub fn answers(&self) -> Vec<(String, String)> {
        let signals = self.signals.signals.iter();
        let answers = signals.filter_map(|signal| Some((signal.id.clone(), signal.playbook.clone()?)));
        answers.collect()
    }

    /// The permission to write to the CRM, or what speaks against it.
    pub fn write_permit(&self) -> Result<WritePermit, ReadOnly> {
        let allowed = self.profile().is_some_and(|profile| !profile.read_only);
        let (why, by_profile) = match &self.profile {
            _ if self.read_only => (
                "nothing is written, as --read-only was given; start again without it".to_owned(),
                false,
            ),
            None => (
                "nothing is written, as no CRM is connected; run `retain connect`".to_owned(),
                false,
            ),
            Some(name) if !allowed => (
                format!(
                    "nothing is written, as profile `{name}` is read-only; allow it with :enable-writes in the cockpit, \
                     or with read_only = false in [profiles.{name}] of retain.toml"
                ),
                true,
            ),
            Some(_) => return WritePermit::unless(None),
        };
        WritePermit::unless(Some(ReadOnly { why, by_profile }))
    }

    /// The same after the person has allowed writing in the profile in use.
    #[must_use]
    pub fn allowing_writes(&self) -> Self {
        let mut setup = self.clone();
        let name = setup.profile.as_deref().unwrap_or_default();
        if let Some(profile) = setup.settings.profiles.get_mut(name) {
            profile.read_only = false;
        }
        setup
    }

    /// On which days each of us works.
    pub fn calendars(&self, owners: &[Owner]) -> Calendars {
        self.team.calendars(self.settings.organisation.weekdays(), owners)
    }

    /// What I do, which decides which handoffs are mine: what I say myself, else what `team.toml` says of me, else CSM.
    pub fn my_role(&self) -> Role {
        let of_team = || self.team.role_of(&self.my_owner()?);
        self.settings.me.role.or_else(of_team).unwrap_or_default()
    }

    /// My owner's e-mail address in the CRM, lower case.
    pub fn my_owner(&self) -> Option<String> {
        self.settings.my_owner(self.profile())
    }
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// What is in force.
    pub setup: Setup,
    /// What is wrong in the files, each from the top.
    pub diagnostics: Vec<Diagnostic>,
    /// Which layer set each key.
    pub origins: Vec<KeyOrigin>,
    /// Each file as it is in force, as one text, to be kept by its hash.
    pub texts: Vec<(String, String)>,
}

impl Loaded {
    /// The first mistake in `retain.toml` while no profile could be read: what has a mistake is left out, and may have
    /// been one.
    pub fn may_hide_a_profile(&self) -> Option<&Diagnostic> {
        let is_of_settings = |one: &&Diagnostic| one.file.ends_with(SHIPPED[0].0);
        let none = self.setup.settings.profiles.is_empty();
        self.diagnostics.iter().filter(|_| none).find(is_of_settings)
    }

    /// What is in force; with `strict` only if nothing is wrong in the files.
    pub fn checked(self, strict: bool) -> Result<Setup, Vec<Diagnostic>> {
        if strict && !self.diagnostics.is_empty() {
            return Err(self.diagnostics);
        }
        Ok(self.setup)
    }
}

/// Reads every file of every layer. Nothing here fails: what is wrong is left out and reported.
pub fn load(dirs: &Dirs, overrides: &[Override], profile: Option<&str>) -> Loaded {
    let mut loaded = Loaded::default();
    let (settings, settings_tree) = read_file::<Settings>(dirs, 0, overrides, &mut loaded);
    let (mut mapping, mut mapping_tree) = read_file::<Mapping>(dirs, 1, &[], &mut loaded);
    feeds::settle(&mut mapping, &mut mapping_tree, &mut loaded.diagnostics);
    let (health, health_tree) = read_file::<HealthModel>(dirs, 2, &[], &mut loaded);
    let faults = loaded.diagnostics.len();
    let signals = read_signals(dirs, &[], &mut loaded);
    let signals_faulty = loaded.diagnostics.len() > faults;
    address::check(&settings, &settings_tree, &mut loaded.diagnostics);
    let (handoffs, handoffs_tree) = read_file::<handoff::Templates>(dirs, 4, &[], &mut loaded);
    let (rules, rules_tree) = read_file::<Routing>(dirs, 5, &[], &mut loaded);
    let (team, team_tree) = read_file::<Roster>(dirs, 6, &[], &mut loaded);
    let read = playbooks::read(dirs, &mut loaded);
    let diagnostics = &mut loaded.diagnostics;
    names::check_team(&team, &team_tree, diagnostics);
    names::check(
        (&mapping, &rules),
        (&health, &health_tree),
        &signals,
        &read,
        diagnostics,
    );
    names::check_handoffs(&handoffs, &handoffs_tree, diagnostics);
    routing::check(
        (&rules, &rules_tree),
        (&signals.value, &signals.tree),
        diagnostics,
    );
    let is_one = settings.organisation.phase == 1;
    let handoffs = if is_one {
        handoffs.without_gates()
    } else {
        handoffs
    };
    let profile = match profile {
        Some(name) => Some(name.to_owned()),
        None => settings.profile(None).map(|(name, _)| name.to_owned()),
    };
    let keys = keys::read(dirs, &mut loaded.diagnostics);
    tell_once(&mut loaded.diagnostics);
    loaded.setup = Setup {
        settings,
        mapping,
        health,
        signals: in_force(signals),
        signals_faulty,
        handoffs,
        team,
        routing: rules,
        playbooks: {
            let sound = read.into_iter().filter(|one| one.is_sound);
            sound.filter_map(|one| one.playbook).collect()
        },
        keys,
        profile,
        redacted: false,
        read_only: false,
    };
    loaded
}

/// The signals that would be in force if a text were laid over the layers of `signals.toml`, and what is wrong in it.
pub fn signals_with(dirs: &Dirs, name: &str, text: String) -> (Signals, Vec<Diagnostic>) {
    let mut loaded = Loaded::default();
    let mapping = read_file::<Mapping>(dirs, 1, &[], &mut loaded).0;
    let health = read_file::<HealthModel>(dirs, 2, &[], &mut loaded).0;
    let routing = read_file::<Routing>(dirs, 5, &[], &mut loaded).0;
    let over = Override {
        layer: Layer::Flag,
        name: name.to_owned(),
        toml: text,
    };
    let signals = read_signals(dirs, &[over], &mut loaded);
    let read = playbooks::read(dirs, &mut loaded);
    let known = names::Known {
        mapping: &mapping,
        health: &health,
        routing: &routing,
    };
    names::check_signals(known, &signals, &read, &mut loaded.diagnostics);
    loaded.diagnostics.retain(|one| one.file == name);
    tell_once(&mut loaded.diagnostics);
    (in_force(signals), loaded.diagnostics)
}

/// The mapping that would be in force if a text were laid over the layers of `mapping.toml`, and what is wrong in it.
pub fn mapping_with(dirs: &Dirs, name: &str, text: String) -> (Mapping, Vec<Diagnostic>) {
    let mut loaded = Loaded::default();
    let over = Override {
        layer: Layer::Flag,
        name: name.to_owned(),
        toml: text,
    };
    let (mut mapping, mut tree) = read_file::<Mapping>(dirs, 1, &[over], &mut loaded);
    feeds::settle(&mut mapping, &mut tree, &mut loaded.diagnostics);
    loaded.diagnostics.retain(|one| one.file == name);
    tell_once(&mut loaded.diagnostics);
    (mapping, loaded.diagnostics)
}

/// From the top, and each mistake once: one is found again by every reader of its file.
fn tell_once(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort();
    let mut told = BTreeSet::new();
    diagnostics.retain(|one| told.insert((one.file.clone(), one.line, one.column, one.message.clone())));
}

/// The layer that the environment makes: `NO_COLOR`, `RETAIN_OWNER`, `RETAIN_TIME_ZONE`, `RETAIN_ASCII`.
pub fn environment(variable: &dyn Fn(&str) -> Option<String>) -> Vec<Override> {
    let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let set = |name: &str, key: &str, value: &dyn Fn(&str) -> String| {
        let found = variable(name).filter(|found| !found.is_empty())?;
        Some(Override {
            layer: Layer::Environment,
            name: name.to_owned(),
            toml: format!("{key} = {}", value(&found)),
        })
    };
    [
        set("NO_COLOR", "display.color", &|_| text("never")),
        set("RETAIN_ASCII", "display.ascii", &|_| text("always")),
        set("RETAIN_OWNER", "me.owner", &text),
        set("RETAIN_TIME_ZONE", "me.time_zone", &text),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read_file<T: DeserializeOwned + Default>(
    dirs: &Dirs,
    shipped: usize,
    overrides: &[Override],
    loaded: &mut Loaded,
) -> (T, Node) {
    let tree = layered(dirs, shipped, overrides, loaded);
    let (read, tree) = reader::read::<T>(tree, &mut loaded.diagnostics);
    keep_origins(SHIPPED[shipped].0, &tree, loaded);
    (read, tree)
}

/// What stands in for what a signal does not say rightly, so that what else is wrong in it is told too.
const STAND_INS: &str = "title = ''\nwhen = 'score < 50'\nseverity = 'low'\nkind = 'risk'\nversion = 1\n";

/// Reads `signals.toml`, with the signals of which a part is a stand-in: [`in_force`] leaves them out.
fn read_signals(dirs: &Dirs, overrides: &[Override], loaded: &mut Loaded) -> Reading<Signals> {
    const FILE: usize = 3;
    let tree = layered(dirs, FILE, overrides, loaded);
    let stand_ins = Source::new(Layer::BuiltIn, "stand-ins", STAND_INS);
    let stand_ins = Node::parse(&Arc::new(stand_ins), &mut loaded.diagnostics).value;
    let read: Reading<Signals> = reader::read_in_full(tree, &stand_ins, &mut loaded.diagnostics);
    let mut tree = read.tree.clone();
    if let Some(Value::Array(signals)) = table(&mut tree)
        .and_then(|root| root.get_mut("signals"))
        .map(|(_, signals)| &mut signals.value)
    {
        signals.retain(|one| !one.id().is_some_and(|id| read.stood_in.contains(id)));
    }
    keep_origins(SHIPPED[FILE].0, &tree, loaded);
    read
}

/// The signals that were read whole.
fn in_force(read: Reading<Signals>) -> Signals {
    let Reading {
        mut value, stood_in, ..
    } = read;
    value.signals.retain(|signal| !stood_in.contains(&signal.id));
    value
}

/// The layers of a file over one another, without what is switched off.
fn layered(dirs: &Dirs, shipped: usize, overrides: &[Override], loaded: &mut Loaded) -> Node {
    let (file, built_in) = SHIPPED[shipped];
    let source = |layer, name: String, text: String| Arc::new(Source::new(layer, name, text));
    let mut tree = Node::parse(
        &source(Layer::BuiltIn, format!("built-in {file}"), built_in.to_owned()),
        &mut loaded.diagnostics,
    );
    let layers = [(Layer::Team, &dirs.team), (Layer::User, &dirs.user)];
    for (layer, dir) in layers
        .into_iter()
        .filter_map(|(layer, dir)| Some((layer, dir.as_ref()?)))
    {
        let path = dir.join(file);
        if let Some(Text { text, is_mine }) = read_text(&path, &mut loaded.diagnostics) {
            let source = source(layer, path.display().to_string(), text);
            let mut upper = Node::parse(&source, &mut loaded.diagnostics);
            keyed::settle(&mut upper, &mut loaded.diagnostics);
            if !is_mine {
                refuse_trusted(&mut upper, &path, &mut loaded.diagnostics);
            }
            resolve_paths(&mut upper, dir);
            feeds::overlay(&mut tree, &mut upper, dir);
            tree = tree.overlaid_by(upper);
        }
    }
    for over in overrides {
        let source = source(over.layer, over.name.clone(), over.toml.clone());
        let mut upper = Node::parse(&source, &mut loaded.diagnostics);
        keyed::settle(&mut upper, &mut loaded.diagnostics);
        tree = tree.overlaid_by(upper);
    }
    tree.drop_disabled(&mut loaded.diagnostics);
    tree
}

/// Keys of a profile that run a program, or say where the token comes from or goes to.
const TRUSTED: [&str; 5] = ["token_command", "token_file", "base_url", "proxy", "ca_file"];

/// Such keys are honoured only from a file that nobody else can write.
fn refuse_trusted(tree: &mut Node, path: &Path, diagnostics: &mut Vec<Diagnostic>) {
    for keys in profiles(tree) {
        for key in TRUSTED {
            if let Some((place, _)) = keys.remove(key) {
                diagnostics.push(place.diagnostic(
                    format!("`{key}` is ignored: others can write this file"),
                    Some(format!("chmod go-w {}, and own it yourself", path.display())),
                ));
            }
        }
    }
}

/// Keys of a profile that name a file.
const PATHS: [&str; 2] = ["token_file", "ca_file"];

/// A relative path means the same from whichever directory the program is started: it begins where the file lies.
fn resolve_paths(tree: &mut Node, directory: &Path) {
    for keys in profiles(tree) {
        for key in PATHS {
            resolve(keys, key, directory);
        }
    }
    let team = table(tree).and_then(|root| table(&mut root.get_mut("team")?.1));
    if let Some(keys) = team {
        resolve(keys, "journal", directory);
    }
}

fn resolve(keys: &mut BTreeMap<String, (Place, Node)>, key: &str, directory: &Path) {
    if let Some((_, node)) = keys.get_mut(key)
        && let Value::Text(path) = &mut node.value
        && !path.is_empty()
    {
        *path = directory.join(&*path).display().to_string();
    }
}

/// The keys of each profile.
fn profiles(tree: &mut Node) -> impl Iterator<Item = &mut BTreeMap<String, (Place, Node)>> {
    let profiles = table(tree).and_then(|root| table(&mut root.get_mut("profiles")?.1));
    profiles
        .into_iter()
        .flat_map(BTreeMap::values_mut)
        .filter_map(|(_, profile)| table(profile))
}

fn table(node: &mut Node) -> Option<&mut BTreeMap<String, (Place, Node)>> {
    match &mut node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "keyed_tests.rs"]
mod keyed_tests;

#[cfg(test)]
#[path = "signals_tests.rs"]
mod signals_tests;

#[cfg(test)]
#[path = "routing_tests.rs"]
mod routing_tests;
