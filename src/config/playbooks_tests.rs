#![allow(clippy::unwrap_used)]

use crate::config::{Dirs, Loaded, load};

/// Loads these files as the user's own.
fn loaded(files: &[(&str, &str)]) -> Loaded {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("playbooks")).unwrap();
    for (name, text) in files {
        std::fs::write(home.path().join(name), text).unwrap();
    }
    let dirs = Dirs {
        team: None,
        user: Some(home.path().to_owned()),
    };
    load(&dirs, &[], None)
}

/// What is wrong with a playbook `mine` of this text: line, column and message; and whether it can be run.
fn wrong(text: &str) -> (Vec<String>, bool) {
    let loaded = loaded(&[("playbooks/mine.toml", text)]);
    let told = loaded.diagnostics.iter();
    let told = told.map(|one| format!("{}:{}: {}", one.line, one.column, one.message));
    let offered = loaded.setup.playbooks.iter().any(|one| one.id == "mine");
    (told.collect(), offered)
}

const HEAD: &str = "id = \"mine\"\nversion = 1\ntitle = \"Mine\"\n";

#[test]
fn the_shipped_playbooks_are_sound_and_signals_name_them() {
    let loaded = loaded(&[]);
    assert_eq!(loaded.diagnostics, []);
    let ids: Vec<&str> = loaded.setup.playbooks.iter().map(|one| one.id.as_str()).collect();
    let shipped: Vec<&str> = super::SHIPPED.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, shipped);
    let named = loaded
        .setup
        .signals
        .signals
        .iter()
        .filter(|signal| signal.playbook.is_some());
    assert_eq!(named.count(), 7);
    assert!(
        loaded
            .texts
            .iter()
            .any(|(file, _)| file == "playbooks/waning-interest.toml")
    );
}

#[test]
fn a_file_of_the_same_name_is_laid_over_the_shipped_one_step_by_step() {
    let text = "version = 2\n[[steps]]\nid = \"call\"\ndue = \"+2bd\"\n[[steps]]\nid = \"ask-support\"\nenabled = false\n";
    let loaded = loaded(&[("playbooks/waning-interest.toml", text)]);
    assert_eq!(loaded.diagnostics, []);
    let playbook = loaded
        .setup
        .playbooks
        .iter()
        .find(|one| one.id == "waning-interest")
        .unwrap();
    assert_eq!(playbook.version, 2);
    let steps: Vec<(&str, i32)> = playbook
        .steps
        .iter()
        .map(|one| (one.id.as_str(), one.due.0))
        .collect();
    assert_eq!(
        steps,
        [("pull-usage", 1), ("call", 2), ("plan", 5), ("look-again", 15)]
    );
}

#[test]
fn the_name_of_the_file_is_the_id_whether_it_is_written_or_not() {
    let step = "[[steps]]\nid = \"call\"\ntitle = \"Call\"\nrole = \"csm\"\ndue = \"+2bd\"\n";
    let without = format!("version = 1\ntitle = \"Mine\"\n{step}");
    assert_eq!(wrong(&without), (Vec::new(), true));
    assert_eq!(wrong(&format!("id = \"mine\"\n{without}")), (Vec::new(), true));
    let (told, offered) = wrong(&format!("id = \"yours\"\n{without}"));
    assert_eq!(told, ["1:6: the id is `yours`, the file is called `mine.toml`"]);
    assert!(!offered);
}

#[test]
fn a_playbook_can_be_taken_away_and_then_signals_cannot_name_it() {
    let loaded = loaded(&[("playbooks/waning-interest.toml", "enabled = false\n")]);
    assert!(
        loaded
            .setup
            .playbooks
            .iter()
            .all(|one| one.id != "waning-interest")
    );
    let told: Vec<&str> = loaded
        .diagnostics
        .iter()
        .map(|one| one.message.as_str())
        .collect();
    assert_eq!(told, ["no playbook is called `waning-interest`"]);
}

#[test]
fn switching_off_a_playbook_or_a_step_that_is_not_there_is_told() {
    let check = |file: &str, text: &str, expected: &str| {
        let loaded = loaded(&[(file, text)]);
        let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
        assert!(told.len() == 1 && told[0].ends_with(expected), "{told:?}");
    };
    check(
        "playbooks/renewal-rescu.toml",
        "enabled = false\n",
        "renewal-rescu.toml:1:11: there is no playbook `renewal-rescu` to switch off (did you mean `renewal-rescue`?)",
    );
    check(
        "playbooks/waning-interest.toml",
        "[[steps]]\nid = \"ask-suport\"\nenabled = false\n",
        "2:6: there is no `ask-suport` to switch off (did you mean `ask-support`?)",
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_half_a_playbook_is_not_offered() {
    let step = |text: &str| {
        format!("{HEAD}[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\n{text}")
    };
    let check = |text: &str, complaint: &str| {
        let (told, offered) = wrong(text);
        assert!(
            told.len() == 1 && told[0].starts_with(complaint),
            "{complaint}: {told:?}"
        );
        assert!(!offered, "{complaint}");
    };
    assert_eq!(wrong(&step("")), (Vec::new(), true));
    check(HEAD, "1:1: a playbook needs a step");
    check(&step("").replace("csm", "cms"), "7:8: unknown value `cms`");
    check(
        &step("").replace("+1bd", "+1d"),
        "8:7: `+1d` is not a number of business days",
    );
    check(&step("after = [\"b\"]\n"), "9:9: no step has the id `b`");
    check(
        &step("after = [\"a\"]\n"),
        "9:9: these steps wait for each other: a",
    );
    check(
        &step("").replace("\"A\"", "\"{{ name\""),
        "6:9: this is no template",
    );
    check(
        &step("").replace("\"A\"", "\"{{ nane }}\""),
        "6:9: a template cannot name `nane`",
    );
    let twice = format!("{}{}", step(""), &step("")[HEAD.len()..]);
    check(&twice, "10:6: two have the id `a`");
    check(
        &step("").replace("\"mine\"", "\"yours\""),
        "1:6: the id is `yours`, the file is called `mine.toml`",
    );
}

#[test]
fn what_is_laid_over_a_shipped_playbook_is_blamed_and_not_what_was_shipped() {
    let check = |text: &str, place: &str, complaint: &str| {
        let loaded = loaded(&[("playbooks/waning-interest.toml", text)]);
        let told = &loaded.diagnostics[0];
        assert!(told.message.contains(complaint), "{told}");
        assert!(!told.file.contains("built-in"), "{told}");
        assert_eq!(format!("{}:{}", told.line, told.column), place, "{told}");
    };
    let step = "version = 2\n[[steps]]\nid = \"plan\"\n";
    check(
        &format!("{step}when = \"score > 3\"\n"),
        "4:8",
        "cannot be a task in the CRM",
    );
    check(
        &format!("{step}kind = \"set\"\nfield = \"stage\"\n"),
        "4:8",
        "add `value`",
    );
    check(
        &format!("{step}enabled = false\n"),
        "1:1",
        "no step has the id `plan`",
    );
}

#[test]
fn what_is_wrong_beside_the_steps_leaves_the_playbook_to_be_run() {
    let step = "[[steps]]\nid = \"a\"\ntitle = \"A {{ metrics.nothing }}\"\nrole = \"csm\"\ndue = \"+1bd\"\n";
    let (told, offered) = wrong(&format!("exit_when = \"scor > 3\"\n{HEAD}{step}"));
    assert!(told[0].starts_with("1:14: unknown name `scor`"), "{told:?}");
    assert!(told[1].contains("no metric is called `nothing`"), "{told:?}");
    assert!(offered);
}

#[test]
fn what_a_step_sets_is_held_against_the_mapping() {
    let head = format!("{HEAD}[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\n");
    let set = |field: &str, value: &str| {
        let mapping = "[account.stage]\nproperty = \"lifecycle\"\nvalues = { adopt = \"adoption\" }\n";
        let text = format!("{head}kind = \"set\"\nfield = \"{field}\"\nvalue = \"{value}\"\n");
        let loaded = loaded(&[("playbooks/mine.toml", &text), ("mapping.toml", mapping)]);
        let told = loaded.diagnostics.iter();
        let told = told.map(|one| format!("{}:{}: {} {:?}", one.line, one.column, one.message, one.hint));
        told.collect::<Vec<_>>()
    };
    assert_eq!(set("stage", "adoption"), Vec::<String>::new());
    assert_eq!(set("lifecycle", "anything"), Vec::<String>::new());
    let told = set("stag", "adoption");
    assert!(
        told[0].starts_with("10:9: no field that can be edited is called `stag`")
            && told[0].contains("`stage`"),
        "{told:?}"
    );
    let told = set("stage", "adoptoin");
    assert!(
        told[0].starts_with("11:9: no file knows the stage `adoptoin`"),
        "{told:?}"
    );
    let (told, offered) = wrong(&format!("{head}kind = \"sett\"\n"));
    assert!(
        told[0].starts_with("9:8: unknown value `sett`") && !offered,
        "{told:?}"
    );
    let (told, offered) = wrong(&format!("{head}value = \"x\"\n"));
    assert!(
        told[0].starts_with("9:9: `value` belongs") && !offered,
        "{told:?}"
    );
}

#[test]
fn a_list_step_needs_the_property_on_which_the_crms_lists_are_built() {
    let head = format!("{HEAD}[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\n");
    let text = format!("{head}kind = \"list\"\nvalue = \"news\"\n");
    let found = loaded(&[("playbooks/mine.toml", &text)]);
    let told: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        told.len() == 1 && told[0].contains(":9:8: the mapping names no property on which the CRM's lists"),
        "{told:?}"
    );
    let mapping = "[account]\nlist = \"news_list\"\n";
    let found = loaded(&[("playbooks/mine.toml", &text), ("mapping.toml", mapping)]);
    assert_eq!(found.diagnostics, []);
}

#[test]
fn a_playbook_of_which_it_cannot_be_read_whom_it_is_for_is_not_offered() {
    let step = "[[steps]]\nid = \"a\"\ntitle = \"A\"\nrole = \"csm\"\ndue = \"+1bd\"\n";
    let told = |condition: &str| wrong(&format!("applies_when = \"{condition}\"\n{HEAD}{step}"));
    assert_eq!(told("stage == 'adoption'"), (Vec::new(), true));
    let (told_of, offered) = told("stag == 'adoption'");
    assert!(told_of[0].starts_with("1:17: unknown name `stag`"), "{told_of:?}");
    assert!(!offered);
    let (told_of, offered) = wrong(&format!("{HEAD}{step}when = \"stag == 'adoption'\"\n"));
    assert!(told_of[0].starts_with("9:9: unknown name `stag`"), "{told_of:?}");
    assert!(!offered, "the step would always count");
    let (told_of, offered) = told("metric('nothing') > 3");
    assert!(
        told_of[0].contains("no metric is called `nothing`"),
        "{told_of:?}"
    );
    assert!(offered, "it may come with the mapping");
}

#[test]
fn templates_of_handoffs_are_checked() {
    let text =
        "[handoffs.support-to-csm]\nphases = [2, 7]\n[[handoffs.mine.fields]]\nid = \"a\"\ntitle = \"A\"\n";
    let loaded = loaded(&[("handoffs.toml", text)]);
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|one| one.contains(":2:10: phases are 1 to 5")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|one| one.contains("`from` is missing")),
        "{told:?}"
    );
    assert!(loaded.setup.handoffs.handoffs.contains_key("onboarding-to-csm"));
}

#[test]
fn what_is_said_of_our_people_is_checked() {
    let text = "[[people]]\nowner = \"mara@x\"\nlead = \"mara@x\"\naway = [{ from = 2026-12-21, until = 2026-12-20 }]\n";
    let found = loaded(&[("team.toml", text)]);
    let told: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        told[0].contains("team.toml:3:8: nobody leads themselves"),
        "{told:?}"
    );
    assert!(
        told[1].contains("team.toml:4:8: 2026-12-20 is before 2026-12-21"),
        "{told:?}"
    );
    let text = "[[people]]\nowner = \"Mara Lindt\"\n[[people]]\nowner = \"tom@x\"\naway = [\n  \
                { from = 2026-12-21, until = 2026-12-31 },\n  { from = 2026-12-31, until = 2027-01-04 }]\n";
    let found = loaded(&[("team.toml", text)]);
    let told: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    assert!(
        told[0].contains("team.toml:2:9: `Mara Lindt` is no e-mail address"),
        "{told:?}"
    );
    let overlap = "the leave from 2026-12-21 to 2026-12-31 and that from 2026-12-31 to 2027-01-04 overlap";
    assert!(
        told[1].contains("team.toml:5:8: ") && told[1].contains(overlap),
        "{told:?}"
    );
    let text = "[[people]]\nowner = \"mara@x\"\nled = \"mara@x\"\n";
    let found = loaded(&[("team.toml", text)]);
    assert_eq!(found.diagnostics.len(), 1, "{:?}", found.diagnostics);
    assert_eq!(found.setup.team.people.len(), 1);
    let text = "[calendars.NL]\nholidays = [\"12-25\", 2027-03-29, \"Easter\"]\n[[people]]\nowner = \"mara@x\"\n\
                role = \"cms\"\ncalendar = \"NLD\"\n";
    let found = loaded(&[("team.toml", text)]);
    let told: Vec<String> = found.diagnostics.iter().map(ToString::to_string).collect();
    let expected = [
        "team.toml:2:34: `Easter` is no day",
        "team.toml:5:8: unknown value `cms`",
        "team.toml:6:12: no calendar is called `NLD`",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(told.len(), expected.len(), "{told:?}");
    assert_eq!(found.diagnostics[2].hint.as_deref(), Some("did you mean `NL`?"));
    let holidays = &found.setup.team.calendars["NL"].holidays;
    assert_eq!(holidays.len(), 2, "what can be read counts");
}

#[test]
fn a_measure_that_a_playbook_restores_must_be_there() {
    let text = format!(
        "{HEAD}restores = [\"usage\", \"usaeg\"]\n[[steps]]\nid = \"call\"\ntitle = \"Call\"\nrole = \"csm\"\ndue = \"+1bd\"\n"
    );
    let loaded = loaded(&[("playbooks/mine.toml", &text)]);
    let [told] = &loaded.diagnostics[..] else {
        panic!("{:?}", loaded.diagnostics)
    };
    assert_eq!((told.line, told.column), (4, 22));
    assert_eq!(told.message, "no measure is called `usaeg`");
    assert_eq!(told.hint.as_deref(), Some("did you mean `usage`?"));
}

#[test]
fn a_title_is_there_and_nothing_is_put_into_it() {
    let step = "[[steps]]\nid = \"call\"\ntitle = \"Call\"\nrole = \"csm\"\ndue = \"1bd\"\n";
    let head = |title: &str| format!("id = \"mine\"\nversion = 1\ntitle = \"{title}\"\n{step}");
    let (told, offered) = wrong(&head("Mix {{ nosuch }}"));
    assert!(
        told[0].starts_with("3:9: nothing is put into the title of a playbook"),
        "{told:?}"
    );
    assert!(!offered);
    assert_eq!(wrong(&head(" ")).0, ["3:9: a playbook needs a title"]);
    let (told, _) = wrong(&format!("{HEAD}{}", step.replace("\"Call\"", "\"\"")));
    assert_eq!(told, ["6:9: `call` needs a title"]);
    let (told, _) = wrong(&format!("{HEAD}{}", step.replace("Call", "Call {{ nosuch }}")));
    assert!(told[0].contains("a template cannot name `nosuch`"), "{told:?}");
    assert_eq!(wrong(&head("Mine")).0, [""; 0]);
}

#[test]
fn one_mistake_of_a_playbook_hides_no_other_that_stands_apart() {
    let step = |id: &str, more: &str| {
        format!("[[steps]]\nid = \"{id}\"\ntitle = \"{id}\"\nrole = \"csm\"\n{more}\n")
    };
    // A circle beside a field that nobody knows.
    let circle = [
        HEAD.to_owned(),
        step("a", "due = \"+1bd\"\nafter = [\"b\"]"),
        step("b", "due = \"+1bd\"\nafter = [\"a\"]"),
        step(
            "c",
            "due = \"+1bd\"\nkind = \"set\"\nfield = \"sentimnt\"\nvalue = \"x\"",
        ),
    ];
    let (told, offered) = wrong(&circle.concat());
    assert!(
        told.len() == 2
            && told[0].contains("these steps wait for each other: a, b")
            && told[1].contains("no field that can be edited is called `sentimnt`"),
        "{told:?}"
    );
    assert!(!offered);
    // A day, a condition and a role that cannot be read, beside a step that is not there and a field that is not.
    let all = [
        HEAD.to_owned(),
        "exit_when = \"scor > 3\"\n".to_owned(),
        step("a", "due = \"soon\"\nafter = [\"nowhere\"]"),
        step("b", "due = \"+1bd\"\nafter = [\"a\"]\nwhen = \"score >\""),
        step(
            "c",
            "due = \"+1bd\"\nkind = \"set\"\nfield = \"sentimnt\"\nvalue = \"x\"",
        ),
        step("d", "due = \"+1bd\"\nkind = \"set\""),
    ];
    let (told, offered) = wrong(&all.concat());
    for what in [
        "soon",
        "scor",
        "no step has the id `nowhere`",
        "ends too early",
        "sentimnt",
        "add `field`",
        "add `value`",
    ] {
        assert!(told.iter().any(|one| one.contains(what)), "{what}: {told:?}");
    }
    assert!(!offered);
    // What follows from another is not told: of which kind it is meant to be is not known.
    let kind = step(
        "c",
        "due = \"+1bd\"\nkind = \"sett\"\nfield = \"sentiment\"\nvalue = \"x\"",
    );
    let (told, _) = wrong(&format!("{HEAD}{kind}"));
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_playbook_without_version_or_title_still_tells_its_other_mistakes() {
    let step =
        "[[steps]]\nid = \"a\"\ntitle = \"a\"\nrole = \"csm\"\ndue = \"+1bd\"\nafter = [\"nowhere\"]\n";
    for (head, lacks) in [
        ("", &["version", "title"][..]),
        ("version = 1\n", &["title"]),
        ("title = \"Mine\"\n", &["version"]),
        ("version = \"one\"\ntitle = \"Mine\"\n", &["version"]),
    ] {
        let (told, offered) = wrong(&format!("{head}{step}"));
        assert_eq!(told.len(), lacks.len() + 1, "{told:?}");
        for what in lacks.iter().chain(&["no step has the id `nowhere`"]) {
            assert!(told.iter().any(|one| one.contains(what)), "{what}: {told:?}");
        }
        assert!(!offered);
    }
    // Nothing follows from a stand-in, and it is not run with one.
    let sound = step.replace("after = [\"nowhere\"]\n", "");
    let (told, offered) = wrong(&sound);
    assert!(told.len() == 2 && !offered, "{told:?}");
}
