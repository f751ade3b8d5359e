//! A file with more than twenty mistakes of different kinds: each is told precisely, and the rest loads.

use super::tests::loaded;

const WRONG: &str = include_str!("../../tests/it/faults/signals.toml");

/// What is told of it: line, column, message, and what was meant.
const TOLD: &[(u32, u32, &str, &str)] = &[
    (14, 36, "unknown function `mising`", "did you mean `missing`?"),
    (22, 9, "unknown name `segmnt`", "did you mean `segment`?"),
    (
        30,
        20,
        "unknown name `last_tuch`, known are created, last_touch, last_survey, last_ticket, oldest_ticket, oldest_urgent_ticket, champion_left, owner_changed, stage_changed, onboarding_started",
        "did you mean `last_touch`?",
    ),
    (
        38,
        20,
        "unknown name `renewal`, known are renewal_date, notice_by, decision",
        "did you mean `renewal_date`?",
    ),
    (
        46,
        30,
        "no metric is called `weekly_activ_users`",
        "did you mean `weekly_active_users`?",
    ),
    (
        54,
        9,
        "`slope` takes the id of a metric and a time, like days(30)",
        "",
    ),
    (62, 29, "expected a text, found a number", ""),
    (70, 17, "expected a number, found a text", ""),
    (78, 30, "a time must be of 1 to 3,650 days", ""),
    (86, 30, "a time must be a fixed number of days, like days(30)", ""),
    (94, 9, "this condition is always true, whatever the account", ""),
    (102, 31, "`count('contacts') < 0` is never true", ""),
    (110, 9, "a condition must be true or false, this is a number", ""),
    (118, 17, "not an expression: mismatched input the end", ""),
    (
        127,
        17,
        "`band` is never 'orange', it is red, amber, green, unknown",
        "",
    ),
    (
        135,
        16,
        "roles are written in lower case and with spaces, not `Decision_Maker`",
        "did you mean `decision maker`?",
    ),
    (144, 12, "unknown value `hihg`", "did you mean `high`?"),
    (148, 1, "`when` is missing", ""),
    (159, 1, "unknown key `clear_when`", "did you mean `clears_when`?"),
    (
        170,
        11,
        "`signals.wrong-type.version`: a whole number is expected, not the text \"two\"",
        "",
    ),
    (
        178,
        12,
        "no playbook is called `waning-intrest`",
        "did you mean `waning-interest`?",
    ),
    (
        183,
        9,
        "the title names `scor`, which is no label of its evidence",
        "did you mean `score`?",
    ),
    (199, 29, "unknown function `metrik`", "did you mean `metric`?"),
    (
        206,
        15,
        "`clears_when` is the same as `when`: it would clear at once",
        "",
    ),
    (
        212,
        6,
        "two have the id `sound`",
        "the first stands in line 3; this one is left out",
    ),
];

#[test]
fn each_mistake_in_signals_is_told_where_it_stands_and_the_rest_loads() {
    let (loaded, _home) = loaded(&[("user", "signals.toml", WRONG)], &[]);
    let told: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|one| {
            (
                one.line,
                one.column,
                one.message.as_str(),
                one.hint.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(told, TOLD);
    let ids = loaded
        .setup
        .signals
        .signals
        .iter()
        .map(|signal| signal.id.as_str());
    let own: Vec<&str> = ids.skip(12).collect();
    // A wrong name leaves the signal to the words that are known; a wrong condition leaves nothing to evaluate.
    let expected = [
        "sound",
        "unknown-metric",
        "unknown-key",
        "unknown-playbook",
        "wrong-title",
        "wrong-evidence",
        "same",
        "sound-too",
    ];
    assert_eq!(own, expected);
}
