//! `retain connect` as a person runs it, against the embedded CRM.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use retain::demo::{DemoOptions, DemoServer, Faults};
use serde_json::Value;

use super::driver::{Cockpit, Crm, Home, Opening};

async fn serve(faults: &str) -> DemoServer {
    let mut options = DemoOptions::new("2026-11-23T08:50:00Z".parse().unwrap());
    options.accounts = 20;
    options.faults = Faults::parse(faults).unwrap();
    retain::demo::start(options).await.unwrap()
}

/// Runs the program away from the runtime's thread, which must go on serving.
async fn connect(server: &DemoServer, home: &Path, token: &str, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retain"));
    command
        .args([
            "connect",
            "--profile",
            "north",
            "--url",
            &server.url(),
            "--token-env",
            "RETAIN_TEST_TOKEN",
        ])
        .args(["--me", server.me, "--scope", "me", "--yes", "--json"])
        .args(more)
        .env("RETAIN_HOME", home)
        .env("RETAIN_TEST_TOKEN", token)
        .stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn find(home: &Path, name: &str) -> String {
    let mut waiting = vec![home.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            if entry.path().is_dir() {
                waiting.push(entry.path());
            } else if entry.file_name() == name {
                return std::fs::read_to_string(entry.path()).unwrap();
            }
        }
    }
    panic!("there is no {name}");
}

#[tokio::test]
async fn a_portal_is_connected_understood_and_read_only() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["tenant"], server.portal.to_string());
    assert_eq!(answer["sample_accounts"].as_array().unwrap().len(), 5);
    assert!(answer["missing"].as_array().unwrap().is_empty());
    let settings = find(home.path(), "retain.toml");
    assert!(settings.contains("read_only = true") && settings.contains("default_profile = \"north\""));
    let mapping = find(home.path(), "mapping.toml");
    for line in [
        "where = { lifecyclestage = [\"customer\"] }",
        "where = { pipeline = [\"renewals\"] }",
        "end = \"contract_end\"",
        "[metrics.weekly_active_users]",
        "property = \"wau\"",
    ] {
        assert!(mapping.contains(line), "{line} is not in\n{mapping}");
    }
    assert!(!format!("{told}{settings}{mapping}{answer}").contains(&server.token));
}

#[tokio::test]
async fn what_the_crm_has_is_listed_with_how_often_it_is_filled() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in [
        "Properties of accounts, filled on so many of ",
        "  100 %  name ",
        "more, and ",
        "--all-properties lists them",
        "  renewals (Renewals): ",
        "  default (",
    ] {
        assert!(told.contains(line), "{line} is not in\n{told}");
    }
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["properties"][0]["properties"][0]["filled_percent"].is_number());
    let proposed = answer["proposed"].as_array().unwrap();
    let segment = proposed
        .iter()
        .find(|one| one["key"] == "account.segment")
        .unwrap();
    assert!(
        segment["why"]
            .as_str()
            .unwrap()
            .starts_with("customer_tier (Customer tier): filled on "),
        "{segment}"
    );
    let pipelines = answer["pipelines"].as_array().unwrap();
    assert!(
        pipelines.len() > 1 && pipelines.iter().all(|one| one["contracts"].is_u64()),
        "{answer}"
    );
}

/// A proxy that would answer nothing: it is not asked, and that is said.
#[tokio::test]
async fn a_proxy_that_is_not_used_is_told() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let dead = ["--proxy", "http://127.0.0.1:2"];
    let output = connect(&server, home.path(), &server.token, &dead).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && told.contains("note: the proxy is not used"),
        "{told}"
    );
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_retain"));
    doctor
        .args(["doctor", "--offline", "--json"])
        .env("RETAIN_HOME", home.path())
        .env("RETAIN_TEST_TOKEN", &server.token);
    let told = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
    assert_eq!(told.matches("the proxy is not used").count(), 1, "{told}");
}

#[tokio::test]
async fn a_sync_warns_once_of_a_token_in_the_environment() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    connect(&server, home.path(), &server.token, &[]).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_retain"));
    command
        .arg("sync")
        .env("RETAIN_HOME", home.path())
        .env("RETAIN_TEST_TOKEN", &server.token)
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert_eq!(
        told.matches("the token comes from the environment").count(),
        1,
        "{told}"
    );
}

#[tokio::test]
async fn what_is_there_is_never_overwritten_unasked() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    assert!(
        connect(&server, home.path(), &server.token, &[])
            .await
            .status
            .success()
    );
    let again = connect(&server, home.path(), &server.token, &[]).await;
    assert_eq!(again.status.code(), Some(2));
    let forced = connect(&server, home.path(), &server.token, &["--force"]).await;
    assert!(
        forced.status.success(),
        "{}",
        String::from_utf8_lossy(&forced.stderr)
    );
}

#[tokio::test]
async fn a_missing_scope_is_named_with_what_it_costs() {
    let (server, home) = (serve("no-scope=tickets").await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("the key lacks tickets"), "{told}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["missing"][0]["kind"], "ticket");
}

#[tokio::test]
async fn that_contracts_cannot_be_told_apart_is_said_loudly_and_nothing_is_counted() {
    let faults = "missing=deals.contract_end,missing=deals.hs_arr";
    let (server, home) = (serve(faults).await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("warning: no property seems to hold when a contract ends"),
        "{told}"
    );
    assert!(
        told.contains("warning: contracts.arr is read from `amount` (Amount)"),
        "{told}"
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["warnings"].as_array().unwrap().len(), 2, "{answer}");
    for account in answer["sample_accounts"].as_array().unwrap() {
        assert!(account["arr"].is_null(), "{account}");
    }
    for asked in [&["doctor", "--offline"][..], &["check"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_retain"));
        command
            .args(asked)
            .env("RETAIN_HOME", home.path())
            .env("RETAIN_TEST_TOKEN", &server.token);
        let output = command.output().unwrap();
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let said = [
            "mapping.toml has no property for when a contract ends",
            "`end` in [contracts]",
        ];
        assert!(said.iter().all(|said| told.contains(said)), "{asked:?}: {told}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_exit_code_three_and_writes_nothing() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), "pat-eu1-wrong-canary", &[]).await;
    assert_eq!(output.status.code(), Some(3));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("canary"));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

/// Answers the questions of `connect` in a terminal, each once it is asked, up to the last one.
fn answered(home: &Home, crm: &Crm) -> Cockpit {
    home.write("token", &crm.token);
    let token = home.path().join("config/token").display().to_string();
    let mut person = Opening::new().argument("connect").begin(home);
    for (question, answer) in [
        ("What shall this connection be called? [main]", "no good!"),
        ("`no good!` cannot be the name of a profile", "north"),
        ("Address of the CRM's API?", crm.address.as_str()),
        ("1, 2, 3 or 4?", "5"),
        ("`5` is none of the four", "2"),
        ("Which file?", "/nowhere/token"),
        ("the token file /nowhere/token is not there", token.as_str()),
        ("Which accounts: me, team or all? [me]", "everyone"),
        ("`everyone` is neither me, team nor all", ""),
        (
            "Your e-mail address as an owner in the CRM?",
            "mara.lind@alderfinch.example",
        ),
        (
            "did you mean mara.lindt@alderfinch.example?",
            "mara.lindt@alderfinch.example",
        ),
    ] {
        person
            .shows(question)
            .send_raw(format!("{answer}\r").as_bytes(), 0);
    }
    person.shows("Do these accounts look right? [Y/n]");
    person
}

#[test]
fn a_person_at_a_terminal_is_asked_for_everything_and_shown_what_it_means() {
    let (crm, home) = (Crm::start(), Home::empty());
    let mut person = answered(&home, &crm);
    // In force is the contract that ends this year, not the one that is being decided.
    person.shows("Juniper Freight: CSM Mara Lindt, segment enterprise, ARR $84,000, until 2026-12-15");
    person
        .send_raw(b"\r", 0)
        .shows("north is connected, read-only until `:enable-writes` in the cockpit.");
    assert!(person.ended().success());
    person.left_the_terminal_as_it_was();
    assert!(!person.screen().contains(&crm.token));
    assert!(find(home.path(), "retain.toml").contains("default_profile = \"north\""));
    assert!(find(home.path(), "mapping.toml").contains("end = \"contract_end\""));
}

#[test]
fn accounts_that_look_wrong_connect_nothing_until_the_proposal_is_corrected() {
    let (crm, home) = (Crm::start(), Home::empty());
    let mut person = answered(&home, &crm);
    person.send_raw(b"maybe\r", 0).shows("Answer y or n.");
    person
        .send_raw(b"n\r", 0)
        .shows("nothing is connected, as the accounts do not look right");
    assert_eq!(person.ended().exit_code(), 1);
    // The hint is wrapped at words, wherever the path in it has these.
    let screen = person.screen();
    let words: Vec<&str> = screen.split_whitespace().collect();
    assert!(
        words.join(" ").contains("then `retain connect` again"),
        "{screen}"
    );
    let proposed = home.path().join("config/mapping.proposed.toml");
    assert!(find(home.path(), "mapping.proposed.toml").contains("end = \"contract_end\""));
    assert!(!home.path().join("config/mapping.toml").exists());
    assert!(!home.path().join("config/retain.toml").exists());
    let corrected = std::fs::read_to_string(&proposed).unwrap();
    let corrected = corrected.replace("end = \"contract_end\"", "end = { enabled = false }");
    home.write("mapping.proposed.toml", &corrected);
    let mut person = answered(&home, &crm);
    person
        .shows("+ end = { enabled = false }")
        .shows("Accounts as the corrected proposal reads them")
        .shows("until unknown");
    person.send_raw(b"n\r", 0).shows("nothing is connected");
    assert_eq!(person.ended().exit_code(), 1);
    assert_eq!(std::fs::read_to_string(&proposed).unwrap(), corrected);
    let mut person = answered(&home, &crm);
    person.send_raw(b"\r", 0).shows("north is connected");
    assert!(person.ended().success());
    assert_eq!(find(home.path(), "mapping.toml"), corrected);
    assert!(!proposed.exists());
}

#[tokio::test]
async fn a_mapping_that_is_there_reads_the_accounts_and_stays_unless_replaced() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    assert!(
        connect(&server, home.path(), &server.token, &[])
            .await
            .status
            .success()
    );
    let mine =
        find(home.path(), "mapping.toml").replace("end = \"contract_end\"", "end = { enabled = false }");
    let path = home.path().join("config/mapping.toml");
    std::fs::write(&path, &mine).unwrap();
    std::fs::remove_file(home.path().join("config/retain.toml")).unwrap();
    let again = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.success(), "{told}");
    assert!(
        told.contains("Accounts as your mapping.toml reads them"),
        "{told}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), mine);
    assert!(find(home.path(), "mapping.proposed.toml").contains("end = \"contract_end\""));
    let forced = connect(&server, home.path(), &server.token, &["--force"]).await;
    assert!(forced.status.success());
    assert!(find(home.path(), "mapping.toml").contains("end = \"contract_end\""));
    assert!(
        !path.with_file_name("mapping.proposed.toml").exists(),
        "it is in force, and nobody has corrected it"
    );
}

#[tokio::test]
async fn a_mistake_in_a_corrected_proposal_is_told_with_its_place_and_connects_nothing() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let path = home.path().join("config/mapping.proposed.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "[account]\nsegmnt = \"tier\"\n").unwrap();
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("mapping.proposed.toml:2:1: "), "{told}");
    assert!(!home.path().join("config/retain.toml").exists());
}

#[tokio::test]
async fn a_metric_that_the_crm_lacks_is_told_once_and_no_command_complains_of_it() {
    let (server, home) = (serve("missing=companies.wau").await, tempfile::tempdir().unwrap());
    let output = connect(&server, home.path(), &server.token, &[]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("no property seems to hold weekly_active_users"),
        "{told}"
    );
    let checked = Command::new(env!("CARGO_BIN_EXE_retain"))
        .arg("check")
        .env("RETAIN_HOME", home.path())
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
}

#[tokio::test]
async fn a_crm_that_does_not_answer_is_given_up_in_time_and_in_one_sentence() {
    for faults in ["429=1", "stall=1:60s", "latency=60s"] {
        let (server, home) = (serve(faults).await, tempfile::tempdir().unwrap());
        let output = connect(&server, home.path(), &server.token, &["--within", "2"]).await;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{faults}: {told}");
        assert!(told.contains("Asking the CRM whose key this is …"), "{told}");
        let error: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
        let hint = error["error"]["hint"].as_str().unwrap();
        assert!(hint.contains("--within SECONDS; nothing was written"), "{hint}");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_relative_token_file_is_found_from_another_directory() {
    let (crm, home) = (Crm::start(), Home::empty());
    home.write("token", &crm.token);
    let connected = home
        .command(&["connect", "--profile", "north", "--url", &crm.address, "--yes"])
        .args(["--token-file", "token", "--me", "mara.lindt@alderfinch.example"])
        .current_dir(home.path().join("config"))
        .output()
        .unwrap();
    assert!(connected.status.success(), "{connected:?}");
    let token = home.path().join("config/token").display().to_string();
    assert!(find(home.path(), "retain.toml").contains(&format!("token_file = \"{token}\"")));
    let synced = home.command(&["sync"]).current_dir("/").output().unwrap();
    assert!(synced.status.success(), "{synced:?}");
}

#[test]
fn what_is_wrong_is_corrected_by_a_flag_as_there_is_no_profile_yet() {
    let home = Home::empty();
    let check = |url: &str, source: &[&str], hint: &str| {
        let common = ["connect", "--profile", "north", "--url", url, "--yes"];
        let output = home.run(&[&common[..], &["--me", "mara.lindt@alderfinch.example"], source].concat());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{told}");
        assert!(told.contains(hint), "{told}");
        assert!(!told.contains("profile") && !told.contains("synced"), "{told}");
    };
    let token = ["--token-command", "echo token"];
    check("notaurl", &token, "hint: correct --url");
    check("http://crm.example", &token, "hint: correct --url");
    check("http://127.0.0.1:1", &token, "check the network, and --url");
    let crm = Crm::start();
    let path = format!("{}/crm/v3", crm.address);
    let known = format!("echo {}", crm.token);
    check(
        &path,
        &["--token-command", &known],
        "check that --url is the address of the CRM's API",
    );
    check(
        "http://127.0.0.1:1",
        &["--token-command", "false"],
        "correct --token-command",
    );
    check(
        "http://127.0.0.1:1",
        &["--token-env", "NOPE"],
        "correct --token-env",
    );
}

#[tokio::test]
async fn a_ca_file_is_kept_where_it_is_however_it_was_named() {
    let (server, home) = (serve("").await, tempfile::tempdir().unwrap());
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/ca.pem");
    let kept = format!("ca_file = \"{}\"", fixture.display());
    // The tests run in the directory of the manifest.
    for named in [fixture.to_str().unwrap(), "tests/it/fixtures/ca.pem"] {
        let output = connect(
            &server,
            home.path(),
            &server.token,
            &["--ca-file", named, "--force"],
        )
        .await;
        assert!(output.status.success(), "{output:?}");
        let settings = find(home.path(), "retain.toml");
        assert!(settings.contains(&kept), "{settings}");
    }
}
