#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::{Dirs, Setup, load};
use crate::domain::role::Role;

/// The shipped files, and beside them this `retain.toml`.
fn setup(settings: &str) -> Setup {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("retain.toml"), settings).unwrap();
    let dirs = Dirs {
        team: None,
        user: Some(home.path().to_owned()),
    };
    let loaded = load(&dirs, &[], None);
    assert_eq!(loaded.diagnostics, []);
    loaded.setup
}

fn of_phase(phase: u8) -> Setup {
    setup(&format!("[organisation]\nphase = {phase}\n"))
}

#[test]
fn each_phase_has_one_template_for_each_two_of_its_roles_and_no_other() {
    let word = |role: &Role| role.word().to_owned();
    for (phase, pairs) in [(1, 3), (2, 7), (3, 7), (4, 13), (5, 31)] {
        let roles = Role::of_phase(phase);
        let each = roles
            .iter()
            .flat_map(|from| roles.iter().map(move |to| (from, to)));
        // A CSM hands over to another one.
        let expected: BTreeSet<(String, String)> = each
            .filter(|(from, to)| from != to || **from == Role::Csm)
            .map(|(from, to)| (word(from), word(to)))
            .collect();
        assert_eq!(expected.len(), pairs, "phase {phase}");
        let shipped = of_phase(phase).handoffs;
        let found: Vec<_> = shipped
            .of_phase(phase)
            .map(|(_, one)| (word(&one.from), word(&one.to)))
            .collect();
        assert_eq!(found.len(), pairs, "phase {phase}: one each");
        assert_eq!(BTreeSet::from_iter(found), expected, "phase {phase}");
    }
}

#[test]
fn a_shipped_template_is_called_by_its_roles_and_asks_for_something() {
    for (id, template) in &of_phase(4).handoffs.handoffs {
        assert_eq!(*id, format!("{}-to-{}", template.from.word(), template.to.word()));
        let required = template.fields.iter().filter(|field| field.required).count();
        assert!(required >= 2, "{id}");
        let ids: BTreeSet<&str> = template.fields.iter().map(|field| field.id.as_str()).collect();
        assert_eq!(ids.len(), template.fields.len(), "{id}: each field once");
    }
}

#[test]
fn a_field_that_tells_of_promises_and_makes_none_is_found() {
    let mut templates = of_phase(4).handoffs;
    assert_eq!(templates.unpromised().next(), None);
    let template = templates.handoffs.get_mut("sales-to-csm").unwrap();
    template.fields.iter_mut().for_each(|field| field.promise = false);
    assert_eq!(
        templates.unpromised().collect::<Vec<_>>(),
        [("sales-to-csm", "promised")]
    );
}

#[test]
fn a_team_of_one_never_meets_a_gate() {
    let required = |phase| {
        let setup = of_phase(phase);
        let templates = setup.handoffs.handoffs.into_values();
        templates
            .flat_map(|one| one.fields)
            .filter(|field| field.required)
            .count()
    };
    assert_eq!(required(1), 0);
    assert!(required(2) > 0);
}
