//! What a command refuses, and how it says so.

use super::*;

#[test]
fn a_read_only_profile_writes_nothing_and_says_why() {
    let home = Home::synced();
    for words in [
        &["note", "juniper", "x"][..],
        &["log", "juniper", "call: x"],
        &["task", "add", "juniper", "x"],
        &["task", "done", "1"],
        &["edit", "juniper", "segment=mid"],
    ] {
        let error = told(&home.run(words), 2);
        assert!(
            error.contains("read-only") && error.contains(":enable-writes"),
            "{words:?}: {error}"
        );
    }
    let fields = home.run(&["edit", "juniper"]);
    assert!(fields.status.success(), "to list them writes nothing: {fields:?}");
    let home = home.writing();
    let error = told(&home.run(&["note", "juniper", "x", "--read-only"]), 2);
    assert!(error.contains("--read-only"), "{error}");
    assert_eq!(
        states(&answer(&home.run(&["outbox", "--json"]))),
        Vec::<&str>::new()
    );
}

#[test]
fn what_cannot_be_understood_is_said_and_queues_nothing() {
    let home = Home::synced().writing();
    for (words, part) in [
        (&["log", "juniper", "hello"][..], "begin with call"),
        (&["log", "juniper", "call with nobody"], "there is "),
        (&["task", "add", "juniper", "x", "--due", "someday"], "is no day"),
        (
            &["task", "add", "juniper", "x", "--due", "2062-01-01"],
            "2062-01-01 is more than 2 years ahead",
        ),
        (
            &["log", "juniper", "call: fine; next: send it by 2062-01-01"],
            "the next step: 2062-01-01 is more than 2 years ahead",
        ),
        (
            &["log", "juniper", "call 1 may 1990: fine"],
            "1990-05-01 is more than 1 year ago",
        ),
        (
            &["handoff", "send", "csm-to-sales", "juniper", "--to", "zoe"],
            "nobody of us",
        ),
        (&["task", "done", "1"], "no task has the id"),
        (&["task", "add", "juniper", "x", "--owner", "zoe"], "nobody of us"),
        (&["edit", "juniper", "colour=red"], "no field"),
        (&["edit", "juniper", "segment=purple"], "no value is called"),
        (
            &["edit", "juniper", "ARR=70000"],
            "`ARR` is a field of 2 contracts: ",
        ),
        (
            &["edit", "juniper", "--contract", "nowhere", "ARR=70000"],
            "no contract of the account is called",
        ),
        (
            &[
                "edit",
                "juniper",
                "--contract",
                "routing",
                "renewal date=2001-01-01",
            ],
            "2001-01-01 is before the contract's start, ",
        ),
        (
            &[
                "edit",
                "juniper",
                "--contract",
                "routing",
                "renewal date=2062-01-01",
            ],
            "`--force` writes it all the same",
        ),
        (
            &["edit", "marlow", "--contract", "insights", "ARR=€5"],
            "`€5` is in €, but the contract is in GBP",
        ),
        (
            &["edit", "marlow", "--contract", "insights", "ARR=-5"],
            "below zero",
        ),
        (
            &["edit", "marlow", "--contract", "insights", "ARR=18.500"],
            "write 18500, 18500.00 or 18.5",
        ),
        (
            &[
                "edit",
                "marlow",
                "--contract",
                "insights",
                "ARR=999999999999999999",
            ],
            "`--force` writes it all the same",
        ),
        (
            &["edit", "juniper", "churned on=2020-01-01"],
            "is before the start of the first contract, ",
        ),
        (
            &["edit", "juniper", "sentiment=happy", "sentiment=neutral"],
            "sentiment is given twice",
        ),
        (
            &["log", "juniper", "meeting with Zorro 31 feb: x"],
            "`31 feb` is no day",
        ),
        (&["note", "juniper", " "], "the note is empty"),
    ] {
        let output = home.run(words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && error.contains(part),
            "{words:?}: {error}"
        );
    }
    assert_eq!(
        states(&answer(&home.run(&["outbox", "--json"]))),
        Vec::<&str>::new()
    );
}

#[test]
fn who_joins_what_cannot_be_joined_is_told_why_in_one_sentence() {
    let crm = Crm::start();
    let home = Home::empty();
    let check = |url: &str, more: &[&str], code: i32, words: [&str; 2]| {
        let join = [&["demo", "--as", "ida", "--join", url][..], more].concat();
        let error = told(&home.run(&join), code);
        assert!(words.iter().all(|part| error.contains(part)), "{url}: {error}");
        assert_eq!(error.matches("error: ").count(), 1, "{error}");
    };
    check(
        &crm.address,
        &["--seed", "2"],
        2,
        ["has not the seed 2", "--seed N"],
    );
    for nonsense in [
        "what",
        "https://127.0.0.1:1",
        "http://example.com",
        "ftp://127.0.0.1",
    ] {
        check(
            nonsense,
            &[],
            2,
            ["is no address of a demo", "http://127.0.0.1:PORT"],
        );
    }
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", other.local_addr().unwrap());
    let serve = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked);
        let none = b"HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\nconnection: close\r\n\r\nno\n";
        let _ = stream.write_all(none);
    });
    check(&url, &[], 2, ["it is no demo of retain", "--port PORT"]);
    serve.join().unwrap();
    check(&url, &[], 4, ["no demo answers at", "retain demo --port PORT"]);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let home = Home::empty();
    for words in [&["demo-server", "--port", &port][..], &["demo", "--port", &port]] {
        let error = told(&home.run(words), 2);
        let expected = format!("port {port} of this machine is taken by another program");
        assert!(
            error.contains(&expected) && error.contains("give another with"),
            "{error}"
        );
    }
}
