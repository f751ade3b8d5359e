//! Lists of tables with ids: one that cannot be told apart is told, and takes nothing else away. And what one part of a
//! signal says against another.

#![allow(clippy::unwrap_used)]

use super::Setup;
use super::tests::loaded;

/// What is told of one file of the user's, and what is in force.
fn told(file: &str, text: &str) -> (Vec<String>, Setup) {
    let (loaded, home) = loaded(&[("user", file, text)], &[]);
    let home = format!("{}/user/{file}:", home.path().display());
    let lines = loaded.diagnostics.iter();
    let lines = lines.map(|one| one.to_string().replace(&home, "")).collect();
    (lines, loaded.setup)
}

fn shipped() -> Setup {
    loaded(&[], &[]).0.setup
}

/// A signal of one's own.
fn own(lines: &str) -> String {
    format!(
        "[[signals]]\nid = \"own\"\ntitle = \"Own\"\nkind = \"risk\"\nseverity = \"low\"\nversion = 1\n{lines}"
    )
}

#[test]
fn one_of_a_list_that_has_no_id_of_its_own_is_told_and_takes_no_other_away() {
    let sound = own("when = \"score < 5\"\n");
    for (wrong, expected) in [
        (
            "[[signals]]\nwhen = \"score < 7\"\n",
            "8:1: a signal needs an `id` (add `id = \"…\"`; it is left out until then)",
        ),
        (
            "[[signals]]\nid = 7\n",
            "9:6: the `id` of a signal is a text in quotes (write `id = \"7\"`; it is left out until then)",
        ),
        (
            "[[signals]]\nid = \" \"\n",
            "9:6: the `id` of a signal is empty (give it one of its own; it is left out until then)",
        ),
        (
            "[[signals]]\nid = \"own\"\n",
            "9:6: two have the id `own` (the first stands in line 2; this one is left out)",
        ),
    ] {
        let (lines, setup) = told("signals.toml", &format!("{sound}{wrong}"));
        assert_eq!(lines, [expected]);
        assert_eq!(setup.signals.signals.len(), shipped().signals.signals.len() + 1);
        assert!(setup.signals_faulty);
    }
    for (text, expected) in [
        (
            "[signals]\nid = \"own\"\nenabled = false\n",
            "1:2: `signals`: a list is expected, not a table (write `[[signals]]` and below it `id = \"own\"`)",
        ),
        ("signals = [\"own\"]\n", "1:12: a signal is a table with an `id`"),
    ] {
        let (lines, setup) = told("signals.toml", text);
        assert_eq!(lines, [expected]);
        assert_eq!(setup.signals, shipped().signals);
    }
}

#[test]
fn measures_rules_and_fields_without_an_id_take_no_other_away() {
    let (lines, setup) = told("health.toml", "[[measures]]\nweight = 3\n");
    assert_eq!(
        (lines.len(), setup.health.measures),
        (1, shipped().health.measures)
    );
    let (lines, setup) = told("routing.toml", "[[routes]]\ndesk = \"csm\"\n");
    assert_eq!((lines.len(), setup.routing), (1, shipped().routing));
    let field = "[[handoffs.csm-to-csm.fields]]\ntitle = \"What else\"\n";
    let (lines, setup) = told("handoffs.toml", field);
    assert_eq!((lines.len(), setup.handoffs), (1, shipped().handoffs));
}

#[test]
fn a_playbook_with_a_step_that_has_no_id_is_left_out_whole() {
    let (lines, setup) = told("playbooks/renewal-rescue.toml", "[[steps]]\ntitle = \"Call\"\n");
    assert_eq!(
        lines.first().map(String::as_str),
        Some("1:1: a step needs an `id` (add `id = \"…\"`; it is left out until then)")
    );
    assert!(setup.playbooks.iter().all(|one| one.id != "renewal-rescue"));
}

#[test]
fn conditions_that_can_both_hold_are_told_where_the_upper_layer_says_one() {
    let check = |text: &str, expected: &[&str]| {
        let (lines, _) = told("signals.toml", text);
        assert_eq!(lines.len(), expected.len(), "{text} {lines:?}");
        for (line, expected) in lines.iter().zip(expected) {
            assert!(line.starts_with(expected), "{line}");
        }
    };
    check(
        &own("when = \"score < 50\"\nclears_when = \"score < 40\"\n"),
        &[
            "8:15: `when` and `clears_when` can both hold: `score < 50` and `score < 40` (let one begin where the other ends; \
           `when` stands in 7:8)",
        ],
    );
    check(
        &own("when = \"score <= 50\"\nclears_when = \"50 <= score\"\n"),
        &["8:15: `when` and `clears_when` can both hold"],
    );
    for clears in [
        "score >= 50",
        "score > 60",
        "coverage < 40",
        "score < 40 && coverage > 3",
    ] {
        check(
            &own(&format!("when = \"score < 50\"\nclears_when = \"{clears}\"\n")),
            &[],
        );
    }
    // What is inherited counts too, and is not what is to be mended.
    let shipped = shipped().signals.signals;
    let one = shipped.iter().find(|one| one.id == "usage-drop").unwrap();
    let clears = one.clears_when.as_ref().unwrap().expression().source();
    let changed =
        format!("[[signals]]\nid = \"usage-drop\"\nwhen = \"{clears}\"\nclears_when = \"{clears} \"\n");
    assert!(!told("signals.toml", &changed).0.is_empty());
}

#[test]
fn an_entitlement_that_no_file_knows_is_told_with_the_nearest_word() {
    let (lines, _) = told("signals.toml", &own("when = \"entitlement == '24x8'\"\n"));
    assert_eq!(
        lines,
        ["7:24: no file knows the entitlement `24x8` (did you mean `24x7`?)"]
    );
    for known in ["24x7", "24X7", "Community"] {
        let (lines, _) = told(
            "signals.toml",
            &own(&format!("when = \"entitlement == '{known}'\"\n")),
        );
        assert_eq!(lines, [""; 0]);
    }
}

#[test]
fn a_time_without_a_unit_and_a_division_by_zero_are_told() {
    let check = |when: &str, expected: &str| {
        let (lines, _) = told("signals.toml", &own(&format!("when = \"{when}\"\n")));
        assert_eq!(lines, [expected]);
    };
    check(
        "change('weekly_active_users', 30) < -0.3",
        "7:39: a time needs a unit (did you mean `days(30)`?)",
    );
    check(
        "count('touchpoints', 4 * 7) > 3",
        "7:32: a time needs a unit (did you mean `days(28)`?)",
    );
    check("score / 0 > 1", "7:17: nothing can be divided by 0");
    check(
        "score < ",
        "7:17: the expression ends too early: a value, a name or a closing bracket is missing",
    );
    check("score < 3 )", "7:19: this cannot be read from `)` on");
}

#[test]
fn what_a_replaced_key_makes_of_inherited_ones_is_told_where_it_was_replaced() {
    let (lines, _) = told(
        "signals.toml",
        "[[signals]]\nid = \"usage-drop\"\nversion = 2\nwhen = \"missing('stage')\"\ntitle = \" \"\n",
    );
    assert_eq!(
        lines,
        [
            "4:8: `rearm` would never speak: `when` compares no line of evidence with a number; `rearm` is inherited, \
             `retain config show --origin` tells from where (add the term that `when` compares with a number to \
             `evidence`)",
            "5:9: the title is empty (say in a few words what is noticed)",
        ]
    );
}

#[test]
fn what_may_be_a_secret_is_not_said_again() {
    let token = "pat-na1-6b1c0f9e-2d4a-4c11-9f2e-0123456789ab";
    let of_profile = format!("[profiles.own]\nbase_url = {token}\n");
    for text in [
        format!("{token}\n"),
        format!("{token}==\n"),
        format!("token: {token}\n"),
        format!("token {token}\n"),
        format!("\n= {token}\n"),
        of_profile,
        format!("[profiles.own]\nread_only = \"{token}\"\n"),
    ] {
        let (lines, _) = told("retain.toml", &text);
        assert!(!lines.is_empty(), "{text}");
        assert!(!lines.concat().contains("6b1c0f9e"), "{lines:?}");
    }
    let (lines, _) = told("retain.toml", &format!("{token}\n"));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("1:1: this is no TOML ("), "{lines:?}");
}
