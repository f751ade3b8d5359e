//! Whether what one file names stands in another: metrics in the mapping, playbooks in their directory.

use std::collections::BTreeSet;

use crate::domain::expression::{Compared, Expression};
use crate::domain::handoff::Templates;
use crate::domain::health::{HealthModel, Reads};
use crate::domain::playbook::{StepKind, StepTemplate, Template};
use crate::domain::routing::Routing;
use crate::domain::signal::{Problem, Signal, Signals};
use crate::domain::team::Roster;
use crate::domain::vocabulary::{self, nearest};

use super::diagnostic::Diagnostic;
use super::fields;
use super::mapping::Mapping;
use super::playbooks::{self, Read};
use super::reader::Reading;
use super::tree::{Layer, Node};

/// What mapping and health model know.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub mapping: &'a Mapping,
    pub health: &'a HealthModel,
    pub routing: &'a Routing,
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
    (mapping, routing): (&Mapping, &Routing),
    health: (&HealthModel, &Node),
    signals: &Reading<Signals>,
    playbooks: &[Read],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let known = Known {
        mapping,
        health: health.0,
        routing,
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
    for one in team.problems() {
        let member = tree.at(&["people"]).and_then(|people| people.item(one.at));
        let node = member.and_then(|member| member.at(&[one.key])).or(member);
        diagnostics.push(node.unwrap_or(tree).place.diagnostic(one.message, one.hint));
    }
}

/// Templates and conditions may only name metrics that are known, `restores` measures that the model has.
fn check_playbooks(known: Known<'_>, playbooks: &[Read], diagnostics: &mut Vec<Diagnostic>) {
    for read in playbooks {
        let Some(playbook) = &read.playbook else { continue };
        check_restores(known.health, &playbook.restores, &read.tree, diagnostics);
        for (path, condition) in playbook.conditions() {
            check_words(known, condition.expression(), read.tree.at(&path), diagnostics);
        }
        for step in &playbook.steps {
            check_field(known, step, &read.tree, diagnostics);
            for (key, template) in [("title", Some(&step.title)), ("guidance", step.guidance.as_ref())] {
                for metric in template.map(Template::metrics).unwrap_or_default() {
                    let node = read.tree.at(&["steps", &step.id, key]);
                    check_metric(known.mapping, &metric, node, diagnostics);
                }
            }
        }
    }
}

/// A step may only name a field that the mapping has, and set the stage to no slip of a word that a file knows.
fn check_field(known: Known<'_>, step: &StepTemplate, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let Some(field) = step.about() else { return };
    if step.kind == StepKind::List && known.mapping.account.list.is_none() {
        let message = "the mapping names no property on which the CRM's lists are built".to_owned();
        let hint = Some("name it with `list` under [account] in mapping.toml".to_owned());
        let node = tree.at(&["steps", &step.id, "kind"]);
        diagnostics.extend(node.map(|node| node.place.diagnostic(message, hint)));
        return;
    }
    let is = |name: &str| name.to_lowercase() == field.to_lowercase();
    let (called, properties) = (fields::called(known.mapping), fields::properties(known.mapping));
    let node = |key: &str| {
        let node = tree.at(&["steps", &step.id, key]);
        node.filter(|node| node.place.source.layer != Layer::BuiltIn)
    };
    if !called.iter().chain(&properties).any(|name| is(name)) {
        let hint = match nearest(field, called.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the mapping has {}", called.join(", ")),
        };
        let message = format!("no field that can be edited is called `{field}`");
        diagnostics.extend(node("field").map(|node| node.place.diagnostic(message, Some(hint))));
    }
    let (Some(value), true) = (&step.value, is(fields::STAGE)) else {
        return;
    };
    let words = words_of(fields::STAGE, known.mapping, known.health);
    let near = words.iter().find(|word| is_slip_of(value, word));
    if let Some(near) = near.filter(|_| !words.contains(value.as_str())) {
        let message = format!("no file knows the stage `{value}`");
        let hint = format!("did you mean `{near}`?");
        diagnostics.extend(node("value").map(|node| node.place.diagnostic(message, Some(hint))));
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
            diagnostics.push(place_of(tree, signal, (key, rests_on), message, hint));
        }
        if !["when", "clears_when"]
            .iter()
            .any(|key| is_faulty(&signal.id, key))
        {
            check_overlap(signal, tree, diagnostics);
        }
        for (key, item, expression) in signal.expressions() {
            let node = expression_of(tree, (&signal.id, key, item));
            check_words(known, expression, node, diagnostics);
        }
    }
}

/// Tells what cannot work in a signal where its reader can mend it: of the key and those that it rests on at the one of the
/// highest layer, for a shipped signal of which one key was replaced has the others from a file that nobody edits.
fn place_of(
    tree: &Node,
    signal: &Signal,
    (key, rests_on): (&'static str, &[&'static str]),
    message: String,
    hint: Option<String>,
) -> Diagnostic {
    let at = |key: &'static str| Some((key, tree.at(&["signals", &signal.id, key])?));
    let own = at(key);
    let mut chosen = own;
    for other in rests_on.iter().filter_map(|other| at(other)) {
        let is_higher = |(_, node): (_, &Node)| other.1.place.source.layer > node.place.source.layer;
        if chosen.is_none_or(is_higher) {
            chosen = Some(other);
        }
    }
    let Some((chosen, node)) = chosen.or_else(|| Some((key, tree.at(&["signals", &signal.id])?))) else {
        return tree.place.diagnostic(message, hint);
    };
    let message = match own {
        Some((key, _)) if chosen != key => {
            format!("{message}; `{key}` is inherited, `retain config show --origin` tells from where")
        }
        _ => message,
    };
    node.place.diagnostic(message, hint)
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
pub(super) fn check_words(
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
        if name == "entitlement" {
            check_entitlement(known.routing, text, &inside(*column), diagnostics);
            continue;
        }
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

/// What customers can have bought of support stands in `routing.toml`, whole. What ships may name what a team has not.
fn check_entitlement(routing: &Routing, text: &str, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let lists = routing.entitlement.lists();
    let words: Vec<&str> = lists
        .iter()
        .flat_map(|(_, list, _)| *list)
        .map(String::as_str)
        .collect();
    let is_known = words
        .iter()
        .any(|word| word.to_lowercase() == text.to_lowercase());
    if is_known || node.place.source.layer == Layer::BuiltIn {
        return;
    }
    let hint = match nearest(text, words.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "add it to a list in [entitlement] of routing.toml".to_owned(),
    };
    let message = format!("no file knows the entitlement `{text}`");
    diagnostics.push(node.place.diagnostic(message, Some(hint)));
}

/// A warning would be open and cleared at once where both conditions hold. Either may stand in another layer; the upper
/// one is to be mended.
fn check_overlap(signal: &Signal, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let Some(clears) = signal
        .clears_when
        .as_ref()
        .filter(|one| signal.when.overlaps(one))
    else {
        return;
    };
    let node = |key| tree.at(&["signals", &signal.id, key]);
    let (Some(when), Some(clears_when)) = (node("when"), node("clears_when")) else {
        return;
    };
    let layer = |node: &Node| node.place.source.layer;
    let (mended, other, name) = if layer(when) > layer(clears_when) {
        (when, clears_when, "clears_when")
    } else {
        (clears_when, when, "when")
    };
    let message = format!(
        "`when` and `clears_when` can both hold: `{}` and `{}`",
        signal.when.expression().source(),
        clears.expression().source()
    );
    let place = other.place.diagnostic("", None).place();
    let hint = format!("let one begin where the other ends; `{name}` stands in {place}");
    diagnostics.push(mended.place.diagnostic(message, Some(hint)));
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
