//! How layers of files lie over each other, and what a slip in one leaves standing.

use super::*;

#[test]
fn later_layers_win_key_by_key_and_each_key_knows_its_layer() {
    let flag = Override {
        layer: Layer::Flag,
        name: "--ascii".to_owned(),
        toml: "display.ascii = \"always\"".to_owned(),
    };
    let (loaded, _home) = loaded(
        &[
            ("team", "retain.toml", "[sync]\nusers = 20\nevery = \"5m\"\n"),
            (
                "user",
                "retain.toml",
                "[sync]\nusers = 30\n[profiles.demo]\nscope = \"owner\"\n",
            ),
        ],
        &[flag],
    );
    assert_eq!(loaded.diagnostics, []);
    let settings = &loaded.setup.settings;
    assert_eq!(settings.sync.users, 30);
    assert_eq!(settings.sync.every, Every::Fixed(Period::minutes(5)));
    assert_eq!(settings.display.ascii, Use::Always);
    assert_eq!(settings.profiles["demo"].scope, Scope::Me);
    assert!(
        settings.profiles["demo"].read_only,
        "a new tenant starts read-only"
    );
    assert_eq!(loaded.setup.profile.as_deref(), Some("demo"));
    let layer = |key: &str| {
        let origin = loaded
            .origins
            .iter()
            .find(|origin| origin.file == "retain.toml" && origin.key == key);
        origin.map(|origin| (origin.layer, origin.line, origin.value.as_str()))
    };
    assert_eq!(layer("sync.users"), Some((Layer::User, 2, "30")));
    assert_eq!(layer("sync.every"), Some((Layer::Team, 3, "\"5m\"")));
    assert_eq!(layer("display.ascii"), Some((Layer::Flag, 1, "\"always\"")));
    assert_eq!(layer("organisation.phase").unwrap().0, Layer::BuiltIn);
}

#[test]
fn every_mistake_is_told_once_with_its_place_and_the_rest_loads() {
    let text = "[sync]\nuser = 3\nevery = \"5 parsecs\"\nlookback = \"20m\"\n[me]\nrole = \"cms\"\n";
    let (loaded, _home) = loaded(&[("user", "retain.toml", text)], &[]);
    let told: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|told| {
            (
                told.line,
                told.column,
                told.message.as_str(),
                told.hint.as_deref().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&(2, 1, "unknown key `user`", "did you mean `users`?")));
    assert!(told.contains(&(6, 8, "unknown value `cms`", "did you mean `csm`?")));
    assert!(
        told.iter()
            .any(|told| told.0 == 3 && told.1 == 9 && told.2.contains("not a length of time"))
    );
    assert_eq!(loaded.setup.settings.sync.lookback, Period::minutes(20));
    assert_eq!(
        loaded.setup.settings.sync.every,
        Every::Auto,
        "the layer below shows again"
    );
    assert!(loaded.checked(true).is_err());
}

#[test]
fn text_that_is_not_toml_is_told_and_the_layers_below_hold() {
    let (loaded, _home) = loaded(&[("user", "health.toml", "version = \n[[measures\n")], &[]);
    assert!(!loaded.diagnostics.is_empty());
    assert_eq!(loaded.diagnostics[0].message, "`version` has no value");
    assert_eq!(loaded.setup.health.measures.len(), 5);
}

#[test]
fn half_a_section_is_left_out_and_the_others_hold() {
    let (loaded, _home) = loaded(&[("user", "retain.toml", "[sync]\nusers = 3\n\n[broken\n")], &[]);
    assert_eq!(loaded.diagnostics.len(), 1, "{:?}", loaded.diagnostics);
    assert_eq!(loaded.setup.settings.sync.users, 3);
}

#[test]
fn two_slips_in_one_section_leave_out_that_section_alone() {
    let text = "[me]\nowner = \"dana@example.com\"\n[sync]\nusers = 8,\nevery = 5m\n";
    let (loaded, _home) = loaded(&[("user", "retain.toml", text)], &[]);
    assert_eq!(loaded.diagnostics.len(), 2, "{:?}", loaded.diagnostics);
    assert_eq!(
        loaded.setup.settings.me.owner.as_deref(),
        Some("dana@example.com")
    );
    assert_eq!(loaded.setup.settings.sync.users, Settings::default().sync.users);
}

#[test]
fn a_slip_in_one_table_of_a_list_leaves_out_that_one_alone() {
    let off = |id: &str| format!("[[signals]]\nid = \"{id}\"\nenabled = false\n");
    let text = format!(
        "{}[[signals]]\nid = \"no-touch\"\ntitle = \"half\n{}",
        off("usage-drop"),
        off("renewal-near")
    );
    let (loaded, _home) = loaded(&[("user", "signals.toml", &text)], &[]);
    assert_eq!(loaded.diagnostics.len(), 1, "{:?}", loaded.diagnostics);
    let there = |id: &str| loaded.setup.signals.signals.iter().any(|signal| signal.id == id);
    assert!(
        !there("usage-drop") && !there("renewal-near"),
        "both are off as they say"
    );
    assert!(there("no-touch"), "the layer below shows again");

    let text = "[profiles.north]\ntoken_env = \"T\n[profiles.south]\ntoken_env = \"S\"\n";
    let (loaded, _home) = self::loaded(&[("user", "retain.toml", text)], &[]);
    let names: Vec<&String> = loaded.setup.settings.profiles.keys().collect();
    assert_eq!(names, ["south"]);
}

#[test]
fn arrays_of_tables_merge_by_id_and_enabled_false_removes_one() {
    let health =
        "[[measures]]\nid = \"survey\"\nenabled = false\n[[measures]]\nid = \"usage\"\nweight = 50\n";
    let (loaded, _home) = loaded(&[("user", "health.toml", health)], &[]);
    assert_eq!(loaded.diagnostics, []);
    let measures: Vec<_> = loaded
        .setup
        .health
        .measures
        .iter()
        .map(|m| (m.id.as_str(), m.weight))
        .collect();
    let expected = [
        ("usage", 50_000),
        ("sponsor", 20_000),
        ("tickets", 15_000),
        ("touch", 15_000),
    ];
    assert_eq!(measures, expected);
}

#[test]
fn switching_off_what_is_not_there_is_told_and_a_new_one_may_be_written_off() {
    let check = |file: &str, text: &str, expected: &[&str]| {
        let (loaded, home) = loaded(&[("user", file, text)], &[]);
        let home = format!("{}/user/", home.path().display());
        let lines = loaded.diagnostics.iter();
        let told: Vec<String> = lines.map(|one| one.to_string().replace(&home, "")).collect();
        assert_eq!(told, expected, "{text}");
    };
    check(
        "signals.toml",
        "[[signals]]\nid = \"usage-dorp\"\nenabled = false\n",
        &["signals.toml:2:6: there is no `usage-dorp` to switch off (did you mean `usage-drop`?)"],
    );
    check(
        "health.toml",
        "[[measures]]\nenabled = false\nid = \"surve\"\n",
        &["health.toml:3:6: there is no `surve` to switch off (did you mean `survey`?)"],
    );
    check(
        "health.toml",
        "[[measures]]\nid = \"margin\"\nenabled = false\n",
        &[
            "health.toml:2:6: there is no `margin` to switch off (what is here: usage, sponsor, tickets, touch, survey)",
        ],
    );
    check(
        "mapping.toml",
        "[metrics.seats_usd]\nenabled = false\n",
        &["mapping.toml:1:10: there is no `seats_usd` to switch off (did you mean `seats_used`?)"],
    );
    check(
        "handoffs.toml",
        "[handoffs.csm-to-sale]\nenabled = false\n",
        &["handoffs.toml:1:11: there is no `csm-to-sale` to switch off (did you mean `csm-to-sales`?)"],
    );
    // What a person writes and switches off is theirs to keep.
    let own = "id = \"own\"\nenabled = false\n";
    check(
        "signals.toml",
        &format!("[[signals]]\n{own}title = \"Own\"\n"),
        &[],
    );
    check(
        "signals.toml",
        "[[signals]]\nid = \"usage-drop\"\nenabled = false\n",
        &[],
    );
    check("mapping.toml", "[metrics.seats_used]\nenabled = false\n", &[]);
    check("mapping.toml", "[account]\nsegment = { enabled = false }\n", &[]);
}

#[test]
fn what_i_do_is_what_i_say_else_what_the_team_says_of_me() {
    let team = "[[people]]\nowner = \"Ida@alder.example\"\nrole = \"onboarding\"\n";
    let role = |mine: &str| {
        let files = [("team", "team.toml", team), ("user", "retain.toml", mine)];
        let (loaded, _home) = loaded(&files, &[]);
        assert_eq!(loaded.diagnostics, []);
        loaded.setup.my_role()
    };
    let ida = "[me]\nowner = \"ida@alder.example\"\n";
    assert_eq!(role(ida), Role::Onboarding);
    assert_eq!(role(&format!("{ida}role = \"csm\"\n")), Role::Csm);
    assert_eq!(role("[me]\nowner = \"tom@alder.example\"\n"), Role::Csm);
    assert_eq!(role(""), Role::Csm);
}
