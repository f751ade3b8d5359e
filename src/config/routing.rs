//! Whether `routing.toml` can work: rules with words, signals that there are, and signals that rules raise.

use crate::domain::routing::Routing;
use crate::domain::signal::Signals;
use crate::domain::vocabulary::nearest;

use super::diagnostic::Diagnostic;
use super::names;
use super::tree::{Layer, Node};

/// Says what cannot work in the rules, and in what signals ask of them.
pub(super) fn check(
    (routing, tree): (&Routing, &Node),
    (signals, signals_tree): (&Signals, &Node),
    diagnostics: &mut Vec<Diagnostic>,
) {
    check_rules(routing, tree, diagnostics);
    check_raises(routing, tree, signals, diagnostics);
    check_raised(routing, signals, signals_tree, diagnostics);
}

fn check_rules(routing: &Routing, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for problem in routing.problems() {
        let path: Vec<&str> = problem.path.iter().map(String::as_str).collect();
        let node = tree.at(&path).unwrap_or(tree);
        let node = problem.item.and_then(|place| node.item(place)).unwrap_or(node);
        diagnostics.push(node.place.diagnostic(problem.message, problem.hint));
    }
}

/// A rule may only raise a signal that there is.
fn check_raises(routing: &Routing, tree: &Node, signals: &Signals, diagnostics: &mut Vec<Diagnostic>) {
    let known = || signals.signals.iter().map(|signal| signal.id.as_str());
    for route in &routing.routes {
        let Some(name) = route
            .raises
            .as_deref()
            .filter(|name| known().all(|known| known != *name))
        else {
            continue;
        };
        let node = tree.at(&["routes", &route.id, "raises"]).unwrap_or(tree);
        let hint = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to signals.toml, or leave `raises` out".to_owned(),
        };
        diagnostics.push(
            node.place
                .diagnostic(format!("no signal is called `{name}`"), Some(hint)),
        );
    }
}

/// A signal may only count what a rule raises; one that ships may lack a rule that a team has taken away.
fn check_raised(routing: &Routing, signals: &Signals, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let raised = routing.raised();
    for signal in &signals.signals {
        for (key, item, expression) in signal.expressions() {
            let node = names::expression_of(tree, (&signal.id, key, item));
            let Some(node) = node.filter(|node| node.place.source.layer != Layer::BuiltIn) else {
                continue;
            };
            for (name, column) in expression.raised() {
                if raised.contains(&name.as_str()) {
                    continue;
                }
                let hint = match nearest(name, raised.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add `raises = \"{name}\"` to a rule; until then it is unknown"),
                };
                let message = format!("no rule of routing.toml raises `{name}`");
                diagnostics.push(node.place.inside(*column).diagnostic(message, Some(hint)));
            }
        }
    }
}
