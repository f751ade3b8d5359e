#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::config::settings::{Every, Outbox, Scope, Use};
use crate::domain::health::Reads;
use crate::domain::period::Period;
use crate::domain::vocabulary::OWN_METRICS;

#[path = "load_layers_tests.rs"]
mod layers;

/// Loads the given (layer directory, file, text) triples.
pub fn loaded(files: &[(&str, &str, &str)], overrides: &[Override]) -> (Loaded, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    for (layer, file, text) in files {
        let dir = home.path().join(layer);
        std::fs::create_dir_all(dir.join(file).parent().unwrap()).unwrap();
        std::fs::write(dir.join(file), text).unwrap();
        std::fs::set_permissions(dir.join(file), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let dirs = Dirs {
        team: Some(home.path().join("team")),
        user: Some(home.path().join("user")),
    };
    (load(&dirs, overrides, None), home)
}

#[test]
fn the_shipped_files_load_without_a_complaint() {
    let (loaded, _) = loaded(&[], &[]);
    assert_eq!(loaded.diagnostics, []);
    assert_eq!(loaded.setup.signals.signals.len(), 13);
    assert_eq!(loaded.setup.health.measures.len(), 5);
    assert_eq!(loaded.setup.settings.sync.users, 8);
    assert!(loaded.setup.mapping.metrics.contains_key("weekly_active_users"));
}

#[test]
fn a_phase_is_one_of_five() {
    for (phase, told) in [(0, true), (1, false), (5, false), (6, true)] {
        let text = format!("[organisation]\nphase = {phase}\n");
        let (loaded, _home) = loaded(&[("user", "retain.toml", &text)], &[]);
        let said: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
        let is_told = said
            .iter()
            .any(|one| one.contains(&format!("retain.toml:2:9: phases are 1 to 5, not {phase}")));
        assert_eq!(is_told, told, "{said:?}");
    }
}

#[test]
fn a_metric_that_the_crm_lacks_is_unknown_and_a_mistake_only_where_i_named_it() {
    let off = "[metrics.weekly_active_users]\nenabled = false\n[metrics.seats_used]\nenabled = false\n";
    let (without, _home) = loaded(&[("user", "mapping.toml", off)], &[]);
    assert!(!without.setup.mapping.metrics.contains_key("weekly_active_users"));
    assert_eq!(without.diagnostics, []);
    let mine = "[[signals]]\nid = \"mine\"\nversion = 1\ntitle = \"Mine\"\nkind = \"risk\"\nseverity = \"high\"\n\
                when = \"metric('weekly_active_users') < 3\"\n";
    let (named, _home) = loaded(
        &[("user", "mapping.toml", off), ("user", "signals.toml", mine)],
        &[],
    );
    let told: Vec<String> = named.diagnostics.iter().map(ToString::to_string).collect();
    let about = |told: &&String| told.contains("no metric is called `weekly_active_users`");
    assert_eq!(told.iter().filter(about).count(), 1, "{told:?}");
}

#[test]
fn a_mapping_without_a_property_for_ends_says_what_stays_unknown() {
    let told = |text: &str| {
        let (loaded, _home) = loaded(&[("user", "mapping.toml", text)], &[]);
        assert_eq!(loaded.diagnostics, []);
        loaded.setup.mapping.ends_unmapped()
    };
    assert_eq!(told(""), None);
    let off = "end = { enabled = false }\n";
    let (what, hint) = told(&format!("[contracts]\n{off}")).unwrap();
    assert!(
        what.contains("ARR, renewals and what is at stake are unknown"),
        "{what}"
    );
    assert!(hint.contains("`end` in [contracts]"), "{hint}");
    let by_account = format!("[contracts]\nfrom = \"account\"\n{off}");
    let (what, hint) = told(&by_account).unwrap();
    assert!(
        what.contains("renewals and what is at stake") && !what.contains("ARR"),
        "{what}"
    );
    assert!(hint.contains("`renewal_date` in [account]"), "{hint}");
    assert_eq!(
        told(&format!("{by_account}[account]\nrenewal_date = \"renews_on\"\n")),
        None
    );
}

#[test]
fn what_ships_names_no_metric_that_the_shipped_mapping_lacks() {
    let (loaded, _) = loaded(&[], &[]);
    let setup = &loaded.setup;
    let mut named: Vec<String> = Vec::new();
    for measure in &setup.health.measures {
        match &measure.reads {
            Reads::Metric { metric, per } => named.extend(per.iter().chain([metric]).cloned()),
            Reads::Value(value) => named.extend(value.metrics().into_iter().map(str::to_owned)),
        }
    }
    for signal in &setup.signals.signals {
        named.extend(signal.when.expression().metrics().into_iter().map(str::to_owned));
    }
    assert!(!named.is_empty());
    for metric in named {
        let own = OWN_METRICS.contains(&metric.as_str());
        assert!(own || setup.mapping.metrics.contains_key(&metric), "{metric}");
    }
}

#[test]
fn whether_something_counts_is_true_or_false() {
    let text = "[[signals]]\nid = \"usage-drop\"\nenabled = \"no\"\n";
    let (loaded, _home) = loaded(&[("user", "signals.toml", text)], &[]);
    let told: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|one| (one.line, one.column, one.message.as_str()))
        .collect();
    assert_eq!(told, [(3, 1, "`enabled` must be true or false")]);
    assert_eq!(loaded.setup.signals.signals.len(), 13);
}

#[test]
fn what_is_wrong_in_a_health_model_is_told_where_it_stands_and_the_rest_holds() {
    let health = r#"coverage_floor = 1.5
[[measures]]
id = "usage"
curve = [[0, 0], [0, 5]]
[[measures]]
id = "feeling"
weight = 2000
value = "sentimnt"
points = { good = 100 }
max_age = "90d"
[[measures]]
id = "round"
weight = 1
value = "score / 2"
curve = [[0, 0]]
max_age = "9d"
[[measures]]
id = "yes"
weight = 1
value = "auto_renew"
curve = [[0, 0]]
max_age = "9d"
[[measures]]
id = "momentum"
weight = 10
value = "change('weekly_activ_users', days(30))"
curve = [[-0.4, 0], [0.2, 100]]
max_age = "14d"
[overrides.segment.digital]
weights = { usag = 5 }
until = "soon"
"#;
    let (loaded, _home) = loaded(&[("user", "health.toml", health)], &[]);
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    let said = [
        (":4:9: a curve must rise", ""),
        (
            ":1:18: a share of the weight must be from 0 to 1",
            "0.5 for half of it",
        ),
        (":7:10: a weight must be from 0 to 1000", ""),
        (":8:10: unknown name `sentimnt`", "`sentiment`"),
        (":14:10: `score` rests on the score itself", ""),
        (
            ":20:10: a measure needs a number or a text, this is true or false",
            "`auto_renew ? 1 : 0`",
        ),
        (
            ":26:17: no metric is called `weekly_activ_users`",
            "`weekly_active_users`",
        ),
        (":30:20: no measure is called `usag`", "did you mean `usage`?"),
        (":31:9: `soon` is no day", "2027-03-31"),
    ];
    for (place, hint) in said {
        let found = told
            .iter()
            .any(|told| told.contains(place) && told.contains(hint));
        assert!(found, "{place}\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), said.len(), "{}", told.join("\n"));
    let model = &loaded.setup.health;
    let ids: Vec<&str> = model.measures.iter().map(|measure| measure.id.as_str()).collect();
    assert_eq!(
        ids,
        ["usage", "sponsor", "tickets", "touch", "survey", "momentum"]
    );
    assert_eq!(model.measures[0].weight, 40_000, "the shipped curve holds again");
}

#[test]
fn an_inline_table_replaces_and_an_empty_text_unmaps() {
    let mapping = "[account]\nwhere = { type = [\"CUSTOMER\"] }\nsegment = \"\"\n";
    let (loaded, _home) = loaded(&[("user", "mapping.toml", mapping)], &[]);
    assert_eq!(loaded.diagnostics, []);
    let account = &loaded.setup.mapping.account;
    assert_eq!(account.rule.keys().collect::<Vec<_>>(), ["type"]);
    assert_eq!(account.segment, None);
    assert!(account.csm.is_some());
}

#[test]
fn a_wrong_condition_is_told_where_it_stands_and_its_signal_left_out() {
    let signals = "[[signals]]\nid = \"usage-drop\"\nwhen = \"chnge('wau', days(3)) > 1\"\n\
                   [[signals]]\nid = \"new\"\ntitle = \"x\"\nwhen = \"metric('weekly_activ_users') < 3\"\nseverity = \"low\"\nkind = \"risk\"\nversion = 1\n\
                   [[signals]]\nid = \"broken\"\ntitle = \"x\"\nwhen = \"1 +\"\nseverity = \"low\"\nkind = \"risk\"\nversion = 1\n";
    let (loaded, _home) = loaded(&[("user", "signals.toml", signals)], &[]);
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told.iter()
            .any(|told| told.contains(":3:9: unknown function `chnge`") && told.contains("`change`"))
    );
    assert!(told.iter().any(|told| told.contains("`weekly_active_users`")));
    assert!(
        told.iter()
            .any(|told| told.contains("the expression ends too early"))
    );
    let ids: Vec<_> = loaded
        .setup
        .signals
        .signals
        .iter()
        .map(|signal| signal.id.as_str())
        .collect();
    assert!(ids.contains(&"usage-drop"), "the shipped condition holds again");
    assert!(ids.contains(&"new") && !ids.contains(&"broken"));
}

#[test]
fn where_the_token_goes_is_only_taken_from_a_file_that_nobody_else_can_write() {
    let text = "[profiles.x]\ntoken_command = [\"cat\", \"token\"]\ntoken_file = \"/t\"\n\
                base_url = \"https://evil.example\"\nproxy = \"http://evil.example\"\nca_file = \"/evil.pem\"\n\
                scope = \"all\"\n";
    let (safe, home) = loaded(&[("user", "retain.toml", text)], &[]);
    assert_eq!(safe.diagnostics, []);
    assert!(safe.setup.settings.profiles["x"].token_command.is_some());
    let file = home.path().join("user/retain.toml");
    let dirs = Dirs {
        team: None,
        user: Some(home.path().join("user")),
    };
    for mode in [0o666, 0o620, 0o602] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let loaded = load(&dirs, &[], None);
        let bare = Profile {
            scope: Scope::All,
            ..Profile::default()
        };
        assert_eq!(loaded.setup.settings.profiles["x"], bare, "{mode:o}");
        for key in TRUSTED {
            assert!(
                loaded.diagnostics.iter().any(|told| told.message.contains(key)),
                "{key}"
            );
        }
    }
}

#[test]
fn what_is_no_file_is_told_and_not_waited_for() {
    let (_, home) = loaded(&[("user", "retain.toml", "")], &[]);
    let file = home.path().join("user/retain.toml");
    std::fs::remove_file(&file).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &file,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let dirs = Dirs {
        team: None,
        user: Some(home.path().join("user")),
    };
    let loaded = load(&dirs, &[], None);
    assert_eq!(
        loaded.diagnostics[0].message,
        "cannot read the file: it is not a regular file"
    );
}

#[test]
fn a_file_in_the_place_of_a_directory_is_told_once_with_what_to_do() {
    for (file, place) in [("user", "user"), ("user/playbooks", "playbooks")] {
        let home = tempfile::tempdir().unwrap();
        if file != place {
            std::fs::create_dir(home.path().join("user")).unwrap();
        }
        std::fs::write(home.path().join(file), "").unwrap();
        let dirs = Dirs {
            team: None,
            user: Some(home.path().join("user")),
        };
        let told = load(&dirs, &[], None).diagnostics;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].file.ends_with(place), "{told:?}");
        assert_eq!(
            told[0].message,
            "cannot read the files in it: it is not a directory"
        );
        assert!(
            told[0]
                .hint
                .as_ref()
                .unwrap()
                .starts_with("put a directory in the place of ")
        );
    }
}

#[test]
fn of_a_playbook_that_is_no_file_nothing_more_is_told() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("user/playbooks/own.toml")).unwrap();
    let dirs = Dirs {
        team: None,
        user: Some(home.path().join("user")),
    };
    let told = load(&dirs, &[], None).diagnostics;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].message, "cannot read the file: it is not a regular file");
}

#[test]
fn the_environment_is_a_layer_of_its_own() {
    let overrides = environment(&|name| (name == "NO_COLOR").then(|| "1".to_owned()));
    let (loaded, _home) = loaded(
        &[("user", "retain.toml", "display.color = \"always\"\n")],
        &overrides,
    );
    assert_eq!(loaded.setup.settings.display.color, Use::Never);
}

#[test]
fn each_thing_that_speaks_against_writing_has_its_sentence() {
    let why = |setup: &Setup| setup.write_permit().unwrap_err().to_string();
    assert!(why(&Setup::default()).contains("retain connect"));
    let text = "[profiles.demo]\nscope = \"me\"\n";
    let (loaded, _home) = loaded(&[("user", "retain.toml", text)], &[]);
    let mut setup = loaded.setup;
    assert!(why(&setup).contains("profile `demo` is read-only") && why(&setup).contains(":enable-writes"));
    setup.settings.profiles.get_mut("demo").unwrap().read_only = false;
    assert!(setup.write_permit().is_ok());
    setup.read_only = true;
    assert!(why(&setup).contains("--read-only"));
    setup.profile = Some("gone".to_owned());
    setup.read_only = false;
    assert!(why(&setup).contains("`gone`"));
}

#[test]
fn what_is_written_waits_ten_seconds_and_two_minutes_unless_said_otherwise() {
    let (shipped, _home) = loaded(&[], &[]);
    assert_eq!(shipped.setup.settings.outbox, Outbox::default());
    let text = "[outbox]\ngrace = \"0s\"\nsettle = \"5m\"\n";
    let (own, _home) = loaded(&[("user", "retain.toml", text)], &[]);
    let outbox = own.setup.settings.outbox;
    assert_eq!(
        (outbox.grace, outbox.settle),
        (Period::seconds(0), Period::minutes(5))
    );
}

#[test]
fn a_relative_path_begins_where_its_file_lies() {
    let text = "[profiles.x]\ntoken_file = \"keys/token\"\nca_file = \"/etc/ca.pem\"\n";
    let (loaded, home) = loaded(&[("user", "retain.toml", text)], &[]);
    assert_eq!(loaded.diagnostics, []);
    let profile = &loaded.setup.settings.profiles["x"];
    assert_eq!(profile.token_file, Some(home.path().join("user/keys/token")));
    assert_eq!(profile.ca_file.as_deref(), Some(Path::new("/etc/ca.pem")));
}

#[test]
fn one_mistake_is_told_once() {
    let (loaded, _home) = loaded(&[("user", "signals.toml", "x = [[[\n")], &[]);
    assert_eq!(loaded.diagnostics.len(), 1, "{:?}", loaded.diagnostics);
}

#[test]
fn a_value_of_the_wrong_kind_is_named_by_its_path_and_without_the_parsers_words() {
    let text = "[[measures]]\nid = \"usage\"\nweight = \"x\"\n";
    let (loaded, _home) = loaded(&[("user", "health.toml", text)], &[]);
    let told = &loaded.diagnostics[0];
    assert_eq!(
        told.message,
        "`measures.usage.weight`: a number is expected, not the text \"x\""
    );
    assert_eq!((told.line, told.column), (3, 10));
}

#[test]
fn how_the_crm_is_reached_is_no_part_of_what_the_history_keeps() {
    let mine = "[me]\nowner = \"dana@northwind.example\"\n\
                [profiles.north]\nproxy = \"http://dana:canary@proxy.example\"\ntoken_command = [\"pass\", \"canary\"]\n";
    let (loaded, _home) = loaded(&[("user", "retain.toml", mine)], &[]);
    assert_eq!(loaded.diagnostics, []);
    let text_of = |name: &str| {
        loaded
            .texts
            .iter()
            .find(|(file, _)| file == name)
            .unwrap()
            .1
            .clone()
    };
    let kept = text_of("retain.toml");
    assert!(
        kept.contains("dana@northwind.example") && kept.contains("reporting_currency"),
        "{kept}"
    );
    assert!(!kept.contains("canary"), "{kept}");
}

#[test]
fn of_a_number_that_cannot_be_below_zero_it_is_said_from_where_on_it_counts() {
    let (loaded, _home) = loaded(&[("user", "retain.toml", "[warnings]\nbudget = -1\n")], &[]);
    let told = loaded
        .diagnostics
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    assert!(
        told.contains("`warnings.budget`: a whole number from 0 on is expected, not -1"),
        "{told}"
    );
}
