//! A playbook on many accounts at once: told of each, started on the number that is typed, one run with its exceptions.

use std::process::Output;

use serde_json::Value;

use super::driver::{Crm, Home};

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn ask(home: &Home, arguments: &[&str]) -> Value {
    let output = home.run(&[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Among all bulk plays it stands with what became of each account, exceptions first, and how far each step is.
fn listed(home: &Home, bulk: &str, starts: u64) {
    let listed = ask(home, &["play", "list", "--bulk"]);
    let listed = &listed["bulks"][0];
    assert_eq!(
        (&listed["bulk"], &listed["accounts"], &listed["started_on"]),
        (&Value::from(bulk), &Value::from(4), &Value::from(starts)),
        "{listed}"
    );
    let results = listed["results"].as_array().unwrap();
    let states: Vec<&str> = results.iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states.len(), 4, "{listed}");
    // What was left out stands last.
    let last = states.iter().rev();
    let left_out = last.take_while(|state| **state == "not-started").count() as u64;
    assert_eq!(left_out, 4 - starts, "{listed}");
    assert_eq!(listed["steps"][0]["open"], starts, "{listed}");
    let text = home.run(&["play", "list", "--bulk"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains(&format!("started on {starts} of 4")), "{text}");
}

/// It is paused, resumed two days later and given up as a whole; `made` tasks were made.
fn as_a_whole(home: &Home, bulk: &str, starts: u64, made: usize) {
    let states = |answer: &Value| -> Vec<String> {
        let results = answer["bulk"]["results"].as_array().unwrap().iter();
        results
            .map(|one| one["state"].as_str().unwrap().to_owned())
            .collect()
    };
    let paused = ask(home, &["play", "pause", bulk, "--reason", "the campaign waits"]);
    assert_eq!(
        states(&paused).iter().filter(|state| *state == "paused").count() as u64,
        starts,
        "{paused}"
    );
    // Two days later its tasks are put off by as much, upon what the CRM has of them.
    let resumed = ask(home, &["play", "resume", bulk, "--now", "2026-11-25T08:50:00Z"]);
    let put_off = resumed["entries"].as_array().unwrap();
    assert!(
        !put_off.is_empty() && put_off.iter().all(|one| one["state"] == "sent"),
        "{resumed}"
    );
    assert!(!states(&resumed).contains(&"paused".to_owned()), "{resumed}");
    // Given up as a whole, with a reason; its tasks in the CRM are closed.
    let given_up = ask(
        home,
        &["play", "abandon", bulk, "--reason", "the campaign is off"],
    );
    assert_eq!(given_up["bulk"]["given_up"], starts, "{given_up}");
    let closed = given_up["entries"].as_array().unwrap();
    assert!(made > 0 && closed.len() == made, "{given_up}");
    assert!(closed.iter().all(|one| one["state"] == "sent"), "{given_up}");
}

/// A bulk play is one run, whose exceptions alone have a line; each account has a run of its own. It runs on so many and was
/// left out on so many, this one among them.
fn one_run(home: &Home, bulk: &str, (under_way, left): (u64, u64), left_out: &str) -> Value {
    let shown = ask(home, &["play", "show", bulk]);
    let one = &shown["bulks"][0];
    assert_eq!(one["under_way"], under_way, "{shown}");
    assert_eq!(
        (
            &one["exception_count"],
            &one["left_out_count"],
            &one["exceptions"]
        ),
        (&0.into(), &left.into(), &Value::Array(Vec::new())),
        "{shown}"
    );
    let mut results = one["results"].as_array().unwrap().iter();
    assert!(
        results.any(|one| one["account_name"] == left_out && one["left_out_because"].is_string()),
        "{shown}"
    );
    shown
}

#[test]
fn a_bulk_play_is_told_of_each_account_and_started_on_the_number_that_is_typed() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let accounts = ask(&home, &["accounts"]);
    let names: Vec<&str> = accounts["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    // The same play runs on one of them already.
    ask(&home, &["play", "start", "value-review", names[0], "--anyway"]);
    let on = |more: &[&'static str]| {
        let mut all = vec!["play", "start", "value-review"];
        for name in &names[..4] {
            all.extend(["--account", name]);
        }
        all.extend(["--account", "nobody at all"]);
        all.extend(more);
        all.iter().map(|one| (*one).to_owned()).collect::<Vec<String>>()
    };
    let run = |more: &[&'static str]| {
        let all = on(more);
        home.run(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let dry = run(&["--dry-run", "--json"]);
    assert!(dry.status.success(), "{}", err(&dry));
    let plan: Value = serde_json::from_slice(&dry.stdout).unwrap();
    let lines = plan["accounts"].as_array().unwrap();
    assert_eq!(lines.len(), 5, "{plan}");
    let why = |name: &str| {
        let found = lines.iter().find(|one| one["account_name"] == name).unwrap();
        assert_eq!(found["starts"], false, "{found}");
        found["why"].as_str().unwrap().to_owned()
    };
    assert!(why(names[0]).contains("it runs already"), "{plan}");
    assert!(why("nobody at all").contains("no account is called"), "{plan}");
    let starts = plan["starts"].as_u64().unwrap();
    // Those on which it starts come first, then what nobody means, then what is left out.
    let started = lines.iter().take_while(|one| one["starts"] == true).count() as u64;
    assert_eq!(lines[started as usize]["account_name"], "nobody at all", "{plan}");
    assert_eq!(
        (&plan["exception_count"], &plan["left_out_count"]),
        (&1.into(), &(4 - starts).into()),
        "{plan}"
    );
    assert!(starts > 0 && starts == started, "{plan}");
    // Nobody is there to type the number; and another one starts nothing.
    for wrong in [run(&[]), run(&["--count", "99"])] {
        assert_eq!(wrong.status.code(), Some(2));
        assert!(err(&wrong).contains("nothing was started"), "{}", err(&wrong));
    }
    assert_eq!(ask(&home, &["play", "show"])["bulks"], Value::Array(Vec::new()));
    let count: &'static str = starts.to_string().leak();
    let output = run(&["--count", count, "--json"]);
    assert!(output.status.success(), "{}", err(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let bulk = answer["bulk"]["bulk"].as_str().unwrap();
    assert!(
        answer["entries"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["state"] == "sent"),
        "{answer}"
    );
    let shown = one_run(&home, bulk, (starts, 4 - starts), names[0]);
    let one = &shown["bulks"][0];
    let text = home.run(&["play", "show", bulk]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains(&format!("{starts} under way")), "{text}");
    listed(&home, bulk, starts);
    let under_way = ask(&home, &["play", "show"]);
    assert_eq!(under_way["bulks"].as_array().unwrap().len(), 1);
    assert_eq!(under_way["runs"].as_array().unwrap().len(), 1, "the one before");
    // A second time there is nothing to start on: each says that it runs.
    let again = run(&["--count", count]);
    assert!(
        err(&again).contains("there is no account to start it on"),
        "{}",
        err(&again)
    );
    // A step of which it is not decided whether it counts is not to do; one act does one run, or all of them.
    let undecided = one["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["step"] == "no-answer");
    let undecided = undecided.unwrap();
    assert_eq!(
        (&undecided["open"], &undecided["undecided"]),
        (&0.into(), &starts.into()),
        "{undecided}"
    );
    let done = home.run(&["play", "done", bulk, "figures"]);
    assert!(err(&done).contains("is a bulk play"), "{}", err(&done));
    as_a_whole(&home, bulk, starts, answer["entries"].as_array().unwrap().len());
}

#[test]
fn a_bulk_play_takes_a_condition_and_leaves_out_where_it_cannot_be_told() {
    let crm = Crm::small();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let dry = |condition: &str, more: &[&str]| {
        let start = ["play", "start", "value-review", "--where", condition, "--dry-run"];
        home.run(&[&start[..], more].concat())
    };
    let plan = |condition: &str, more: &[&str]| -> Value {
        let output = dry(condition, &[more, &["--json"]].concat());
        assert!(output.status.success(), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let accounts = ask(&home, &["accounts"]);
    let accounts = accounts["accounts"].as_array().unwrap();
    let is_of = |one: &&Value| {
        let arr = one["arr"]["minor"].as_i64();
        arr.is_some_and(|minor| minor > 2_000_000) && one["segment"] == "enterprise"
    };
    let expected: Vec<&Value> = accounts.iter().filter(is_of).map(|one| &one["name"]).collect();
    assert!(!expected.is_empty(), "{accounts:?}");
    let found = plan("arr > 20000 && segment == \"enterprise\"", &[]);
    let lines = found["accounts"].as_array().unwrap();
    let untold = found["cannot_tell"].as_u64().unwrap() as usize;
    let named: Vec<&Value> = lines.iter().map(|one| &one["account_name"]).collect();
    assert_eq!(named.len() - untold, expected.len(), "{found}");
    assert!(expected.iter().all(|name| named.contains(name)), "{found}");
    // What is known of none is told of all, and started on none.
    let nobody = plan("days_until('notice_by') < 10000", &[]);
    let untold = nobody["cannot_tell"].as_u64().unwrap();
    assert!(untold > 0, "{nobody}");
    let whys = nobody["accounts"].as_array().unwrap().iter();
    let whys = whys.filter(|one| {
        one["why"]
            .as_str()
            .is_some_and(|why| why.contains("cannot be told, as"))
    });
    assert!(whys.clone().count() as u64 >= untold, "{nobody}");
    assert!(whys.clone().all(|one| one["starts"] == false), "{nobody}");
    // Beside words both have to fit.
    let name = accounts[0]["name"].as_str().unwrap();
    let both = plan("arr > 1", &["--filter", name]);
    assert_eq!(both["of"], 1, "{both}");
    // A word that no account has is told: it may be a slip.
    let strange = dry("segment == \"smb\" && arr > 1", &[]);
    assert_eq!(strange.status.code(), Some(0), "{}", err(&strange));
    let told = String::from_utf8_lossy(&strange.stdout).into_owned();
    assert!(told.contains("no account has the segment `smb`"), "{told}");
    // A slip is told with its column and what was meant, before anything is read.
    let wrong = dry("arr > 1 && segmnt == 'smb'", &[]);
    assert_eq!(wrong.status.code(), Some(2));
    let told = err(&wrong);
    assert!(
        told.contains("at column 12 of --where: unknown name `segmnt`")
            && told.contains("did you mean `segment`?"),
        "{told}"
    );
}

#[test]
fn waning_interest_starts_on_few_of_an_ordinary_book() {
    let home = Home::synced();
    let start = [
        "play",
        "start",
        "waning-interest",
        "--where",
        "arr > 20000",
        "--dry-run",
    ];
    let plan = ask(&home, &start);
    let (starts, of) = (plan["starts"].as_u64().unwrap(), plan["of"].as_u64().unwrap());
    assert!(starts > 0 && starts * 2 < of, "{plan}");
}
