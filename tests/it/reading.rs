//! What the reading side promises of the command line: one page before a call, errors for programs, one id or another.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::driver::{Crm, Home, retain};

fn text(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_brief_is_one_page_with_people_their_addresses_and_last_touch() {
    let home = Home::synced();
    for name in [
        "juniper", "kestrel", "harbour", "vela", "osprey", "petrel", "moss",
    ] {
        let page = text(&home.run(&["brief", name]));
        let lines = page.lines().count();
        assert!((10..=45).contains(&lines), "{lines} lines: {page}");
    }
    let page = text(&home.run(&["brief", "juniper"]));
    for part in [
        "Pays    ARR $84,000 · notice by 2 Dec (9 d) · ends 15 Dec",
        "champion Dana Wolf left",
        "Idris Okafor  budget holder, touch 14 d ago",
        "idris.okafor1@juniperfreight.example",
        "Who takes over from Dana Wolf?",
    ] {
        assert!(page.contains(part), "`{part}` is not in\n{page}");
    }
}

/// The last line on standard error, which with `--json` is the error.
fn error(arguments: &[&str], home: Option<&Home>) -> Value {
    let output = match home {
        Some(home) => home.run(arguments),
        None => retain().args(arguments).output().unwrap(),
    };
    assert!(output.stdout.is_empty());
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = errors.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_else(|_| panic!("no JSON: {errors}"));
    assert_eq!(
        error["error"]["exit_code"],
        output.status.code().unwrap(),
        "{error}"
    );
    error["error"].clone()
}

#[test]
fn with_json_every_error_is_json() {
    let home = Home::synced();
    let unknown = error(&["account", "nobody", "--json"], Some(&home));
    assert_eq!(unknown["code"], "usage");
    assert_eq!(unknown["message"], "no account is called `nobody`");
    assert!(unknown["hint"].as_str().unwrap().contains("retain accounts WORD"));
    let several = error(&["--json", "brief", "press"], Some(&home));
    assert_eq!(several["details"].as_array().unwrap().len(), 2);
    for arguments in [
        &["--json", "nonsense"][..],
        &["risks", "--json", "--limit", "x"],
        &["--json"],
    ] {
        let wrong = error(arguments, None);
        assert_eq!(
            (&wrong["code"], &wrong["exit_code"]),
            (&"usage".into(), &2.into())
        );
        assert!(!wrong["hint"].as_str().unwrap().is_empty(), "{wrong}");
    }
    let cockpit = error(&["--json"], None);
    assert!(
        cockpit["message"].as_str().unwrap().contains("the cockpit"),
        "{cockpit}"
    );
}

#[test]
fn a_sync_of_everything_says_what_it_did() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    let first = text(&home.run(&["sync"]));
    assert!(first.contains("records new or changed, 0 removed"), "{first}");
    let full = text(&home.run(&["sync", "--full"]));
    assert!(
        full.contains("all of them and their links compared with the CRM"),
        "{full}"
    );
}

/// What the address answers, head and body.
fn page(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_link_of_the_demo_leads_to_the_record_in_the_demo() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    let output = home.run(&["account", "juniper", "--json"]);
    let account: Value = serde_json::from_slice(&output.stdout).unwrap();
    let link = account["link"].as_str().unwrap();
    let answer = page(link);
    assert!(answer.starts_with("HTTP/1.1 200"), "{link}: {answer}");
    assert!(
        answer.contains("text/html") && answer.contains("<h1>Juniper Freight</h1>"),
        "{answer}"
    );
    assert!(page(&format!("{link}999")).starts_with("HTTP/1.1 404"));
}
