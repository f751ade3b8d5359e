//! What is wrong in `routing.toml` is told where it stands, and the rest holds.

use super::tests::loaded;

/// What is told of a file of the user's: line, column, message, hint; and the ids of the rules in force.
fn told(text: &str) -> (Vec<String>, Vec<String>) {
    let (loaded, _home) = loaded(&[("user", "routing.toml", text)], &[]);
    let told = loaded.diagnostics.iter().map(|one| {
        let hint = one.hint.as_deref().unwrap_or_default();
        format!("{}:{}: {} ({hint})", one.line, one.column, one.message)
    });
    let ids = loaded.setup.routing.routes.iter().map(|route| route.id.clone());
    (told.collect(), ids.collect())
}

const SHIPPED: [&str; 7] = [
    "password",
    "how-to",
    "users",
    "trouble",
    "feature-request",
    "capability",
    "complaint",
];

#[test]
fn the_shipped_rules_have_both_desks_and_a_complaint_raises_its_signal() {
    let (loaded, _home) = loaded(&[], &[]);
    assert_eq!(loaded.diagnostics, []);
    let routing = &loaded.setup.routing;
    assert_eq!(routing.raised(), ["complaint"]);
    assert_eq!(routing.escalate_arr, Some(25_000));
    assert_eq!(told("").1, SHIPPED);
}

#[test]
fn a_layer_adds_changes_and_takes_away_rules_by_their_ids() {
    let (wrong, ids) = told(
        "escalate_arr = 0\n[[routes]]\nid = \"how-to\"\ndesk = \"csm\"\n[[routes]]\nid = \"users\"\nenabled = false\n\
         [[routes]]\nid = \"export\"\ndesk = \"support\"\nany_of = [\"export\"]\n",
    );
    assert_eq!(wrong, [""; 0]);
    assert!(!ids.contains(&"users".to_owned()) && ids.last().is_some_and(|last| last == "export"));
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let rule = "[[routes]]\nid = \"mine\"\ndesk = \"support\"\n";
    let check = |text: &str, expected: &[&str]| assert_eq!(told(text).0, expected, "{text}");
    check(
        &format!("{rule}any_of = []\n"),
        &[
            "4:10: a rule without a word matches nothing (name at least one, or take the rule away with `enabled = false`)",
        ],
    );
    check(
        &format!("{rule}any_of = [\"x\"]\nraises = \"complain\"\n"),
        &["5:10: no signal is called `complain` (did you mean `complaint`?)"],
    );
    check(
        &format!("{rule}any_of = [\"x\"]\nraises = \"zzz\"\n"),
        &["5:10: no signal is called `zzz` (add it to signals.toml, or leave `raises` out)"],
    );
    check(
        &format!("{rule}any_of = [\"Zoë\", \"y\", \"ZOE\"]\n"),
        &["4:23: `ZOE` stands there twice: case and accents are ignored ()"],
    );
    check(
        "[entitlement]\nnone = [\"24X7\"]\n",
        &["2:9: `24X7` stands under `always` already ()"],
    );
    let (wrong, ids) =
        told("[[routes]]\nid = \"mine\"\ndesk = \"sales\"\nany_of = [\"x\"]\nany_off = [\"y\"]\n");
    assert!(wrong[0].starts_with("3:8: unknown value `sales`"), "{wrong:?}");
    assert!(!ids.contains(&"mine".to_owned()), "a rule without a desk is none");
    let (wrong, _) = told(&format!("{rule}any_off = [\"y\"]\nany_of = [\"x\"]\n"));
    assert_eq!(wrong, ["4:1: unknown key `any_off` (did you mean `any_of`?)"]);
    let (wrong, ids) = told(&format!("{rule}any_of = [\"x\", \"?!\", \"a. b\"]\n"));
    assert!(
        wrong[0].contains("`?!` has no word") && wrong[1].contains("`a. b` can match nothing"),
        "{wrong:?}"
    );
    assert!(ids.contains(&"mine".to_owned()));
}

#[test]
fn a_signal_that_asks_for_what_no_rule_raises_is_told() {
    let signal = "[[signals]]\nid = \"x\"\ntitle = \"x\"\nseverity = \"low\"\nkind = \"risk\"\nversion = 1\nwhen = \"raised('complain') > 0\"\n";
    let (loaded, _home) = loaded(&[("user", "signals.toml", signal)], &[]);
    let one = &loaded.diagnostics[0];
    assert_eq!(
        (one.line, one.column, one.message.as_str()),
        (7, 16, "no rule of routing.toml raises `complain`")
    );
    assert_eq!(one.hint.as_deref(), Some("did you mean `complaint`?"));
}
