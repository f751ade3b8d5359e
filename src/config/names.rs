//! Whether what one file names stands in another: metrics in the mapping, playbooks in their directory.

use std::collections::BTreeSet;

use crate::domain::expression::{Compared, Expression};
use crate::domain::handoff::Templates;
use crate::domain::health::{HealthModel, Reads};
use crate::domain::playbook::Template;
use crate::domain::signal::{Problem, Signals};
use crate::domain::team::Roster;
use crate::domain::vocabulary::{self, nearest};

use super::diagnostic::Diagnostic;
use super::mapping::Mapping;
use super::playbooks::{self, Read};
use super::reader::Reading;
use super::tree::{Layer, Node};

/// What mapping and health model know.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub mapping: &'a Mapping,
    pub health: &'a HealthModel,
}

/// The words for stages or segments that files know: those that the mapping gives stages, and those that the health
/// model has overrides for. Others may stand in the CRM.
pub fn words_of<'a>(name: &str, mapping: &'a Mapping, health: &'a HealthModel) -> BTreeSet<&'a str> {
    let overrides = &health.overrides;
    let mut words = BTreeSet::new();
    match name {
        "stage" => {
            let mapped = mapping
                .account
                .stage
                .iter()
                .flat_map(|stage| stage.values.values());
            words.extend(mapped.chain(overrides.stage.keys()).map(String::as_str));
            words.extend([vocabulary::ONBOARDING, vocabulary::CHURNED]);
        }
        "segment" => words.extend(overrides.segment.keys().map(String::as_str)),
        _ => {}
    }
    words
}

/// Checks every name that crosses from one file to another.
pub(super) fn check(
    mapping: &Mapping,
    health: (&HealthModel, &Node),
    signals: &Reading<Signals>,
    playbooks: &[Read],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let known = Known {
        mapping,
        health: health.0,
    };
    check_health(known, health.1, diagnostics);
    check_signals(known, signals, playbooks, diagnostics);
    check_playbooks(known, playbooks, diagnostics);
}

/// Says what cannot work in the templates of handoffs.
pub(super) fn check_handoffs(templates: &Templates, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for (id, key, message) in templates.problems() {
        let node = tree
            .at(&["handoffs", id, key])
            .or_else(|| tree.at(&["handoffs", id]));
        diagnostics.push(node.unwrap_or(tree).place.diagnostic(message, None));
    }
}

/// Says what cannot work in what is said of our people.
pub(super) fn check_team(team: &Roster, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for (at, key, message) in team.problems() {
        let member = tree.at(&["people"]).and_then(|people| people.item(at));
        let node = member.and_then(|member| member.at(&[key])).or(member);
        diagnostics.push(node.unwrap_or(tree).place.diagnostic(message, None));
    }
}

/// Templates and exit criteria may only name metrics that are known, `restores` measures that the model has.
fn check_playbooks(known: Known<'_>, playbooks: &[Read], diagnostics: &mut Vec<Diagnostic>) {
    for read in playbooks {
        let Some(playbook) = &read.playbook else { continue };
        check_restores(known.health, &playbook.restores, &read.tree, diagnostics);
        if let Some(exit) = &playbook.exit_when {
            let node = read.tree.at(&["exit_when"]);
            check_words(known, exit.expression(), node, diagnostics);
        }
        for step in &playbook.steps {
            for (key, template) in [("title", Some(&step.title)), ("guidance", step.guidance.as_ref())] {
                for metric in template.map(Template::metrics).unwrap_or_default() {
                    let node = read.tree.at(&["steps", &step.id, key]);
                    check_metric(known.mapping, &metric, node, diagnostics);
                }
            }
        }
    }
}

fn check_restores(health: &HealthModel, restores: &[String], tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let known = || health.measures.iter().map(|measure| measure.id.as_str());
    for (place, name) in restores.iter().enumerate() {
        let node = tree.at(&["restores"]);
        let node = node.and_then(|list| list.item(place)).or(node);
        // What ships may name a measure that a team left out of its model.
        let node = node.filter(|node| node.place.source.layer != Layer::BuiltIn);
        if let Some(node) = node.filter(|_| !known().any(|known| known == name)) {
            let hint = nearest(name, known()).map(|near| format!("did you mean `{near}`?"));
            let message = format!("no measure is called `{name}`");
            diagnostics.push(node.place.diagnostic(message, hint));
        }
    }
}

/// Measures may only name metrics that the mapping has, or the program's own; overrides only measures that are there.
fn check_health(known: Known<'_>, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let health = known.health;
    for measure in &health.measures {
        let mut check = |key, metric: &str| {
            let node = tree.at(&["measures", &measure.id, key]);
            check_metric(known.mapping, metric, node, diagnostics);
        };
        match &measure.reads {
            Reads::Metric { metric, per } => {
                check("metric", metric);
                if let Some(per) = per {
                    check("per", per);
                }
            }
            Reads::Value(value) => {
                let node = tree.at(&["measures", &measure.id, "value"]);
                check_words(known, value, node, diagnostics);
            }
        }
    }
    for (path, message, hint) in health.problems() {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let node = tree.at(&path).unwrap_or(tree);
        diagnostics.push(node.place.diagnostic(message, hint));
    }
}

/// Signals may only name metrics and playbooks that are known, titles only their own evidence.
pub(super) fn check_signals(
    known: Known<'_>,
    signals: &Reading<Signals>,
    playbooks: &[Read],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let tree = &signals.tree;
    let is_faulty = |id: &str, key: &str| signals.faulty.contains(&(id.to_owned(), key.to_owned()));
    for signal in &signals.value.signals {
        if let Some(name) = &signal.playbook {
            let node = tree.at(&["signals", &signal.id, "playbook"]);
            playbooks::check_named(name, playbooks, node, diagnostics);
        }
        for Problem {
            key,
            rests_on,
            message,
            hint,
        } in signal.problems()
        {
            if rests_on.iter().any(|other| is_faulty(&signal.id, other)) {
                continue;
            }
            let node = tree.at(&["signals", &signal.id, key]);
            let node = node.or_else(|| tree.at(&["signals", &signal.id])).unwrap_or(tree);
            diagnostics.push(node.place.diagnostic(message, hint));
        }
        for (key, item, expression) in signal.expressions() {
            let node = expression_of(tree, (&signal.id, key, item));
            check_words(known, expression, node, diagnostics);
        }
    }
}

/// Where an expression of a signal stands: by the signal's id, the key, and of evidence its place in the list.
pub(super) fn expression_of<'t>(
    tree: &'t Node,
    (signal, key, item): (&str, &str, Option<usize>),
) -> Option<&'t Node> {
    let node = tree.at(&["signals", signal, key]);
    match item {
        Some(place) => node.and_then(|list| list.item(place)?.at(&["value"])),
        None => node,
    }
}

/// Whether a text is surely a slip for a word: in case alone, or by one letter of a word that is not short. `tier 1` is
/// none for `tier 2`, nor `SME` for `SMB`.
fn is_slip_of(text: &str, word: &str) -> bool {
    let letters = |text: &str| text.replace(|one: char| one.is_ascii_digit(), "");
    let is_long = [text, word].iter().all(|one| one.chars().count() >= 5);
    let is_near = strsim::damerau_levenshtein(text, word) == 1 && letters(text) != letters(word);
    text.to_lowercase() == word.to_lowercase() || (is_long && is_near)
}

/// An expression may only name metrics that are known, and compare stage and segment with no slip of a known word; each
/// is told where it stands.
fn check_words(
    known: Known<'_>,
    expression: &Expression,
    node: Option<&Node>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(node) = node else { return };
    let inside = |column: usize| Node {
        place: node.place.inside(column),
        ..node.clone()
    };
    for (metric, column) in expression.named() {
        check_metric(known.mapping, metric, Some(&inside(*column)), diagnostics);
    }
    for Compared { name, text, column } in expression.compared() {
        let words = words_of(name, known.mapping, known.health);
        // What no file knows may stand in the CRM, unless it is all but a word that one knows.
        let near = words.iter().find(|word| is_slip_of(text, word));
        if let Some(near) = near.filter(|_| !words.contains(text.as_str())) {
            let message = format!("no file knows the {name} `{text}`");
            let hint = format!("did you mean `{near}`?");
            diagnostics.push(inside(*column).place.diagnostic(message, Some(hint)));
        }
    }
}

fn check_metric(mapping: &Mapping, metric: &str, node: Option<&Node>, diagnostics: &mut Vec<Diagnostic>) {
    let known = || {
        mapping
            .metrics
            .keys()
            .map(String::as_str)
            .chain(vocabulary::OWN_METRICS.iter().copied())
    };
    if known().any(|known| known == metric) {
        return;
    }
    // What ships names metrics that a CRM may not have: left out of the mapping they are unknown, which is no mistake.
    let own_word = |node: &&Node| node.place.source.layer != Layer::BuiltIn;
    if let Some(node) = node.filter(own_word) {
        let hint = match nearest(metric, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add [metrics.{metric}] to mapping.toml; until then it is unknown"),
        };
        diagnostics.push(
            node.place
                .diagnostic(format!("no metric is called `{metric}`"), Some(hint)),
        );
    }
}
