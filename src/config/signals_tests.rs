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
    (
        118,
        17,
        "the expression ends too early: a value, a name or a closing bracket is missing",
        "",
    ),
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
    (
        148,
        1,
        "`when` is missing",
        "add `when = …` to signals.missing-key",
    ),
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
fn a_signal_may_be_missing_by_a_mistake_but_not_where_it_was_taken_out_or_switched_off() {
    let off = "[[signals]]\nid = 'usage-drop'\nenabled = false\n";
    let (sound, _home) = loaded(&[("user", "signals.toml", off)], &[]);
    assert!(!sound.setup.signals_faulty, "{:?}", sound.diagnostics);
    for wrong in [WRONG, "[[signals]]\nid = 'own\n"] {
        let (faulty, _home) = loaded(&[("user", "signals.toml", wrong)], &[]);
        assert!(faulty.setup.signals_faulty);
    }
    // What is wrong in another file takes no signal out.
    let (other, _home) = loaded(&[("user", "health.toml", "thresholds = 3\n")], &[]);
    assert!(!other.diagnostics.is_empty() && !other.setup.signals_faulty);
}

/// What is told of a signal with this condition, as a person reads it.
fn told_of(when: &str, others: &[(&str, &str, &str)]) -> Vec<String> {
    let signal = format!(
        "[[signals]]\nid = \"own\"\ntitle = \"Own\"\nseverity = \"low\"\nkind = \"risk\"\nversion = 1\nwhen = \"{when}\"\n"
    );
    let files = [&[("user", "signals.toml", signal.as_str())], others].concat();
    let (loaded, home) = loaded(&files, &[]);
    let told = loaded.diagnostics.iter().map(ToString::to_string);
    let home = format!("{}/user/", home.path().display());
    told.map(|line| line.replace(&home, "")).collect()
}

#[test]
fn a_slip_for_a_stage_or_segment_that_files_know_is_told_where_it_stands() {
    let mapping = (
        "user",
        "mapping.toml",
        "[account]\nstage = { property = \"stage\", values = { A = \"adoption\" } }\n",
    );
    let health = (
        "user",
        "health.toml",
        "[overrides.segment.Enterprise.weights]\nusage = 2\n",
    );
    let check = |when: &str, told: &[&str]| assert_eq!(told_of(when, &[mapping, health]), told, "{when}");
    check(
        "score < 50 && stage == 'adoptoin'",
        &["signals.toml:7:32: no file knows the stage `adoptoin` (did you mean `adoption`?)"],
    );
    check(
        "segment in ['enterprise', 'Other'] || stage != 'onbording'",
        &[
            "signals.toml:7:21: no file knows the segment `enterprise` (did you mean `Enterprise`?)",
            "signals.toml:7:56: no file knows the stage `onbording` (did you mean `onboarding`?)",
        ],
    );
    // What is no slip may stand in the CRM.
    check(
        "stage == 'adoption' || stage == 'onboarded' || stage == 'live'",
        &[],
    );
    check(
        "segment == 'Enterprise' || segment == 'SMB' || 'Enterprise' != segment",
        &[],
    );
}

#[test]
fn of_two_mistakes_in_a_condition_both_are_told() {
    let check = |when: &str, told: &[&str]| assert_eq!(told_of(when, &[]), told, "{when}");
    check(
        "segmnt == 'small' && days_since('last_tuch') > 30",
        &[
            "signals.toml:7:9: unknown name `segmnt` (did you mean `segment`?)",
            "signals.toml:7:41: unknown name `last_tuch`, known are created, last_touch, last_survey, last_ticket, oldest_ticket, oldest_urgent_ticket, champion_left, owner_changed, stage_changed, onboarding_started (did you mean `last_touch`?)",
        ],
    );
    check(
        "metrc('a') > 1 && metrc('b') > scor && band in ['orange', 'rd']",
        &[
            "signals.toml:7:9: unknown function `metrc` (did you mean `metric`?)",
            "signals.toml:7:27: unknown function `metrc` (did you mean `metric`?)",
            "signals.toml:7:40: unknown name `scor` (did you mean `score`?)",
            "signals.toml:7:57: `band` is never 'orange', it is red, amber, green, unknown",
            "signals.toml:7:67: `band` is never 'rd', it is red, amber, green, unknown (did you mean `red`?)",
        ],
    );
    check(
        "slope('weekly_active_users', days(0)) < 0 ? segmnt == 'a' : stge == 'b'",
        &[
            "signals.toml:7:38: a time must be of 1 to 3,650 days",
            "signals.toml:7:53: unknown name `segmnt` (did you mean `segment`?)",
            "signals.toml:7:69: unknown name `stge` (did you mean `stage`?)",
        ],
    );
}

#[test]
fn a_wrong_header_and_a_missing_key_say_what_was_meant() {
    let check = |text: &str, told: &[&str]| {
        let (loaded, home) = loaded(&[("user", "signals.toml", text)], &[]);
        let home = format!("{}/user/", home.path().display());
        let lines = loaded
            .diagnostics
            .iter()
            .map(|one| one.to_string().replace(&home, ""));
        assert_eq!(lines.collect::<Vec<_>>(), told, "{text}");
        assert_eq!(loaded.setup.signals.signals.len(), 13);
    };
    check(
        "[signals.own]\ntitle = \"Own\"\n",
        &[
            "signals.toml:1:2: `signals`: a list is expected, not a table (write `[[signals]]` and below it `id = \"own\"`)",
        ],
    );
    check(
        "[signal.own]\ntitle = \"Own\"\n",
        &["signals.toml:1:2: unknown key `signal` (did you mean `signals`?)"],
    );
    check(
        "[[signals]]\nid = \"Bad Id!\"\ntitle = \"Own\"\nkind = \"risk\"\nseverity = \"low\"\nversion = 1\nwhen = \"score < 3\"\n",
        &[
            "signals.toml:2:6: the `id` of a signal has only a to z, 0 to 9, `-` and `_`, since it is typed: not `Bad Id!` (write `id = \"bad-id\"`; it is left out until then)",
        ],
    );
    check(
        "[[signal]]\nid = \"own\"\n",
        &["signals.toml:1:3: unknown key `signal` (did you mean `signals`?)"],
    );
    check(
        "[[signals]]\nid = \"own\"\nwhen = \"score < 3\"\nseverity = \"low\"\nkind = \"risk\"\nversion = 1\n",
        &["signals.toml:1:1: `title` is missing (add `title = …` to signals.own)"],
    );
}

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
    let own: Vec<&str> = ids.skip(13).collect();
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

#[test]
fn no_mistake_of_a_signal_hides_another_one() {
    let check = |text: &str, told: &[&str]| {
        let (loaded, home) = loaded(&[("user", "signals.toml", text)], &[]);
        let home = format!("{}/user/signals.toml:", home.path().display());
        let lines = loaded.diagnostics.iter();
        let lines: Vec<String> = lines.map(|one| one.to_string().replace(&home, "")).collect();
        assert_eq!(lines, told, "{text}");
        // Half a signal is none, in what is in force and in what is kept of it.
        assert_eq!(loaded.setup.signals.signals.len(), 13);
        let kept = loaded
            .origins
            .iter()
            .filter(|one| one.key.starts_with("signals.own."));
        assert_eq!(kept.count(), 0);
    };
    check(
        "[[signals]]\nid = \"own\"\ntitle = \"Own {{ labl }}\"\nkind = \"rsk\"\nseverity = \"hihg\"\nversion = 0\n\
         when = \"metric('weekly_activ_users') < 3\"\nclears_when = \"scor > 1\"\nplaybook = \"waning-intrest\"\nrearm = -1\n\
         evidence = [{ label = \"label\", value = \"score\" }]\n",
        &[
            "3:9: the title names `labl`, which is no label of its evidence (did you mean `label`?)",
            "4:8: unknown value `rsk` (did you mean `risk`?)",
            "5:12: unknown value `hihg` (did you mean `high`?)",
            "6:11: versions count from 1",
            "7:16: no metric is called `weekly_activ_users` (did you mean `weekly_active_users`?)",
            "8:16: unknown name `scor` (did you mean `score`?)",
            "9:12: no playbook is called `waning-intrest` (did you mean `waning-interest`?)",
            "10:9: `rearm` is by how much it must worsen: more than 0",
        ],
    );
    // Each key that is missing is told; what rests on a wrong one is not judged by its stand-in.
    check(
        "[[signals]]\nid = \"own\"\nwhen = \"scor < 3\"\nrearm = 2\ntitle = \"Own {{ users }}\"\n\
         evidence = [{ label = \"users\", value = \"metrik('a')\" }]\n",
        &[
            "1:1: `kind` is missing (add `kind = …` to signals.own)",
            "1:1: `severity` is missing (add `severity = …` to signals.own)",
            "1:1: `version` is missing (add `version = …` to signals.own)",
            "3:9: unknown name `scor` (did you mean `score`?)",
            "6:41: unknown function `metrik` (did you mean `metric`?)",
        ],
    );
}

#[test]
fn a_filter_of_a_title_that_there_is_not_is_told_and_one_that_there_is_is_not() {
    let told = |title: &str| {
        let text = format!(
            "[[signals]]\nid = \"own\"\ntitle = '{title}'\nwhen = \"score < 3\"\nseverity = \"low\"\nkind = \"risk\"\n\
             version = 1\nevidence = [{{ label = \"score\", value = \"score\" }}]\n"
        );
        let (loaded, home) = loaded(&[("user", "signals.toml", &text)], &[]);
        let home = format!("{}/user/signals.toml:", home.path().display());
        let lines = loaded.diagnostics.iter();
        lines
            .map(|one| one.to_string().replace(&home, ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told("Own {{ score | percnt }}"),
        ["3:9: the title uses `percnt`, which is no filter (did you mean `percent`?)"]
    );
    assert_eq!(told("{% if score | dyas == 1 %}x{% endif %}").len(), 1);
    for sound in [
        "{{ score | round | lasting }}",
        "{{ \"a | b\" }} {{ score|hours }}",
        "a | b",
    ] {
        assert_eq!(told(sound), Vec::<String>::new(), "{sound}");
    }
}
