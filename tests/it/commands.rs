//! What is written from the command line reaches the CRM once, or says why not.

use std::fs;
use std::io::{Read, Write};
use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home, retain};

mod refused;

fn answer(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn told(output: &Output, code: i32) -> String {
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A home that may write, with everything synced.
fn writable(crm: &Crm) -> Home {
    let home = Home::new(crm).writing();
    let synced = home.run(&["sync"]);
    assert!(
        synced.status.success(),
        "{}",
        String::from_utf8_lossy(&synced.stderr)
    );
    home
}

fn states(answer: &Value) -> Vec<&str> {
    let entries = answer["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["state"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_written_is_in_the_crm_for_others_too() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let note = answer(&home.run(&[
        "note",
        "juniper",
        "Spoke about <SSO> & more.\nThey wait.",
        "--json",
    ]));
    assert_eq!(states(&note), ["sent"]);
    let logged = "call with idris: went well; next: send the offer by fri";
    let log = answer(&home.run(&["log", "juniper", logged, "--json"]));
    assert_eq!(states(&log), ["sent", "sent"]);
    let task = log["entries"][1]["record"].as_str().unwrap();
    assert_eq!(
        states(&answer(&home.run(&["task", "due", task, "+1w", "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["task", "give", task, "tom", "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["task", "done", task, "--json"]))),
        ["sent"]
    );
    assert_eq!(
        states(&answer(&home.run(&["edit", "juniper", "segment=mid", "--json"]))),
        ["sent"]
    );

    // A colleague, with a cache of their own.
    let other = Home::new(&crm);
    assert!(other.run(&["sync"]).status.success());
    let account = answer(&other.run(&["account", "Juniper Freight", "--json"]));
    let notes = account["notes"].as_array().unwrap();
    let mine: Vec<&Value> = notes
        .iter()
        .filter(|note| note["text"].as_str().unwrap().contains("<SSO> & more."))
        .collect();
    assert_eq!(mine.len(), 1, "{notes:#?}");
    assert!(mine[0]["text"].as_str().unwrap().contains("Mara Lindt · retain "));
    let timeline = account["timeline"].as_array().unwrap();
    let call = timeline
        .iter()
        .find(|line| line["words"].as_str().unwrap().contains("Idris Okafor"));
    assert!(call.is_some(), "{timeline:#?}");
    let segment = |home: &Home| {
        let accounts = answer(&home.run(&["accounts", "juniper", "--json"]));
        accounts["accounts"][0]["segment"].as_str().unwrap().to_owned()
    };
    assert_ne!(segment(&other), segment(&Home::synced()));
}

#[test]
fn without_the_crm_it_waits_and_leaves_with_the_next_sync() {
    let mut crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let queued = answer(&home.run(&["note", "juniper", "later", "--queue", "--json"]));
    assert_eq!(states(&queued), ["queued"]);
    assert!(home.run(&["sync"]).status.success());
    let outbox = answer(&home.run(&["outbox", "--json"]));
    assert_eq!(states(&outbox), ["sent"]);
    crm.vanish();
    let output = home.run(&["note", "juniper", "offline", "--json"]);
    let waiting = answer(&output);
    assert_eq!(states(&waiting), ["retry"], "{waiting}");
    assert!(
        waiting["waits_because"]
            .as_str()
            .is_some_and(|why| !why.is_empty()),
        "{waiting}"
    );
}

#[test]
fn a_crm_that_is_slow_is_told_and_given_up_in_time_and_what_was_written_is_kept() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let slow = Crm::with_faults("stall=1:60s");
    let home = home.writing_to(&slow);
    let error = told(&home.run(&["note", "juniper", "first", "--within", "3"]), 4);
    let [waits, ended, hint] = &error.lines().collect::<Vec<_>>()[..] else {
        panic!("{error}");
    };
    assert_eq!(*waits, "note: it is saved in the outbox; waiting for the CRM …");
    assert!(
        ended.starts_with("error: it is saved in the outbox, and not sent yet: "),
        "{error}"
    );
    assert!(
        hint.contains("do not write it again") && hint.contains("`retain sync`"),
        "{error}"
    );
    let output = home.run(&["note", "juniper", "second", "--within", "1", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(states(&answer), ["retry"]);
    assert!(answer["waits_because"].is_string(), "{answer}");
    let error = told(&output, 4);
    let error: Value = serde_json::from_str(error.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "unreachable");
    // What has left and is not answered is waited for no longer.
    let silent = Crm::with_faults("stall=1:60s:path=batch/create");
    let home = home.writing_to(&silent);
    let error = told(&home.run(&["note", "juniper", "stalled", "--within", "4"]), 4);
    assert!(
        error.contains("whether the CRM has it is not known: no answer within the time allowed")
            && error.contains("do not write it again: it waits in the outbox"),
        "{error}"
    );
    // So is one that answers only that it cannot do it now.
    let troubled = Crm::with_faults("503=1");
    let home = home.writing_to(&troubled);
    let error = told(&home.run(&["note", "juniper", "in trouble"]), 4);
    assert!(
        error.contains("not sent yet: the CRM at ") && error.contains("HTTP 503"),
        "{error}"
    );
    // A limit whose end nobody waits for is told at once.
    let limited = Crm::with_faults("429=1:retry-after=600");
    let home = home.writing_to(&limited);
    let error = told(&home.run(&["note", "juniper", "third"]), 4);
    assert!(error.contains("rate limit is used up"), "{error}");
}

#[test]
fn who_is_not_let_in_is_told_by_the_exit_code_and_what_was_written_is_kept() {
    let crm = Crm::small();
    let home = writable(&crm);
    home.write("token", "pat-eu1-nobody");
    let error = told(&home.run(&["note", "juniper", "first"]), 3);
    assert!(
        error.contains("not sent yet: the CRM does not accept the token")
            && error.contains("do not write it again"),
        "{error}"
    );
    home.write("token", "");
    let output = home.run(&["note", "juniper", "second", "--json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(states(&answer), ["sent"]);
    let error: Value = serde_json::from_str(told(&output, 3).lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["code"], "authentication");
}

#[test]
fn a_source_of_the_token_that_is_slow_is_waited_for_no_longer_than_was_said() {
    let crm = Crm::small();
    let home = writable(&crm);
    let settings = fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
    let late = home.path().join("late");
    let command = format!(
        "token_command = [\"sh\", \"-c\", \"sleep 4; touch '{}'\"]",
        late.display()
    );
    let lines = settings.lines().map(|line| {
        if line.starts_with("token_file") {
            command.as_str()
        } else {
            line
        }
    });
    home.write("retain.toml", &lines.collect::<Vec<_>>().join("\n"));
    let error = told(&home.run(&["note", "juniper", "first", "--within", "1"]), 3);
    assert!(error.contains("not sent yet: ") && !late.exists(), "{error}");
}

#[test]
fn a_change_that_the_crm_could_not_do_once_is_tried_again_at_once_and_told_as_what_it_was() {
    let crm = Crm::small();
    let home = writable(&crm);
    let troubled = Crm::small_with_faults("503=1:path=companies/batch/update");
    let home = home.writing_to(&troubled);
    // The clock of the tests stands still, so nothing is waited for.
    let error = told(&home.run(&["edit", "juniper", "segment=mid"]), 4);
    assert!(
        error.contains("it is not written yet: the CRM answered HTTP 503, and the CRM does not have it"),
        "{error}"
    );
    let troubled = Crm::small_with_faults("503=1:times=1:path=companies/batch/update");
    let home = writable(&troubled);
    let words = ["edit", "juniper", "segment=mid", "--within", "20", "--json"];
    let output = retain()
        .env("RETAIN_HOME", home.path())
        .args(words)
        .output()
        .unwrap();
    assert_eq!(states(&answer(&output)), ["sent"]);
}

#[test]
fn a_sync_says_what_it_leaves_in_the_outbox_and_until_when() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    let settings = fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
    home.write(
        "retain.toml",
        &settings.replace("grace = \"0s\"", "grace = \"10s\""),
    );
    assert!(home.run(&["sync"]).status.success());
    answer(&home.run(&["note", "juniper", "later", "--queue", "--json"]));
    let said = told(&home.run(&["sync"]), 0);
    assert!(
        said.contains("1 entry in the outbox waits to leave, from ") && said.contains(":50:10 on"),
        "{said}"
    );
}

#[test]
fn the_examples_of_edit_are_true_on_the_demo() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm).writing();
    let help = home.run(&["edit", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let examples: Vec<&str> = help
        .lines()
        .filter_map(|line| line.split("retain edit ").nth(1))
        .collect();
    let examples: Vec<&&str> = examples
        .iter()
        .filter(|line| line.starts_with("juniper"))
        .collect();
    assert!(examples.len() > 1, "{help}");
    for example in examples {
        let mut words = vec!["edit".to_owned()];
        for (at, part) in example.split('\'').enumerate() {
            if at % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words.push("--json".to_owned());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let told = answer(&home.run(&words));
        assert!(states(&told).iter().all(|state| *state == "sent"), "{told}");
        assert_eq!(states(&told).len(), 2, "{told}");
    }
}

#[test]
fn a_colleague_joins_the_demo_of_another() {
    let crm = Crm::start();
    let home = Home::empty();
    let joined = home.run(&["demo", "--as", "ida", "--join", &crm.address, "--json"]);
    assert!(
        joined.status.success(),
        "{}",
        String::from_utf8_lossy(&joined.stderr)
    );
    let error = told(&home.run(&["demo", "--as", "nobody", "--join", &crm.address]), 2);
    assert!(error.contains("Ida Vance"), "{error}");
}

#[test]
fn a_field_of_one_of_several_contracts_is_edited_by_the_contracts_name() {
    let home = Home::synced().writing();
    let account = answer(&home.run(&["account", "juniper", "--json"]));
    let contracts = account["contracts"].as_array().unwrap();
    let routing = contracts
        .iter()
        .find(|line| line["name"].as_str().unwrap().contains("Routing"))
        .unwrap();
    let name = routing["name"].as_str().unwrap();
    let by_name = format!("ARR of {name}=19k");
    for words in [
        &[
            "edit",
            "juniper",
            "--contract",
            "routing",
            "ARR=19k",
            "--queue",
            "--json",
        ][..],
        &["edit", "juniper", &by_name, "--queue", "--json"],
    ] {
        assert!(home.run(words).status.success(), "{words:?}");
    }
    let outbox = answer(&home.run(&["outbox", "--json"]));
    for entry in outbox["entries"].as_array().unwrap() {
        assert_eq!(entry["title"], format!("ARR of {name}: 19000"));
    }
    let listed = answer(&home.run(&["edit", "juniper", "--json"]));
    let fields = listed["fields"].as_array().unwrap();
    for field in fields.iter().filter(|field| field["label"] == "ARR") {
        let is_routing = field["record"] == routing["id"];
        assert_eq!(field["value"] == "19000", is_routing, "{field:#}");
    }
}

#[test]
fn a_day_that_is_hard_to_believe_is_written_with_force_and_held_against_the_days_of_the_same_command() {
    let home = Home::synced().writing();
    let edit = ["edit", "juniper", "--contract", "routing", "--queue"];
    for words in [
        &["renewal date=2062-01-01", "--force"][..],
        &["contract start=2029-01-01", "renewal date=2029-12-31"],
    ] {
        let output = home.run(&[&edit[..], words].concat());
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn a_call_with_somebody_whom_the_crm_does_not_have_is_logged_and_that_is_said() {
    let home = Home::synced().writing();
    let logged = home.run(&[
        "log",
        "juniper",
        "call with Bob Miller: went well",
        "--queue",
        "--json",
    ]);
    let said = String::from_utf8_lossy(&logged.stderr).into_owned();
    assert!(said.contains("Bob Miller is no contact here"), "{said}");
    let title = &answer(&logged)["entries"][0]["title"];
    assert_eq!(title, "Call with Bob Miller: went well");
}

#[test]
fn what_has_left_is_undone_by_the_command_that_the_error_names() {
    let home = Home::synced().writing();
    let sent = answer(&home.run(&["note", "juniper", "a slip", "--json"]));
    assert_eq!(states(&sent), ["sent"]);
    let id = sent["entries"][0]["id"].to_string();
    let error = told(&home.run(&["outbox", "undo", &id]), 1);
    let command = format!("`retain outbox undo {id} --in-crm`");
    assert!(error.contains("too late") && error.contains(&command), "{error}");
    let undo = ["outbox", "undo", &id, "--in-crm", "--json"];
    let undone = answer(&home.run(&undo));
    assert_eq!(states(&undone), ["sent"], "{undone}");
    assert_eq!(undone["entries"][0]["title"], "Undo: Note: a slip");
    let error = String::from_utf8_lossy(&home.run(&undo).stderr).into_owned();
    assert!(error.contains("taken back already"), "{error}");
}
