//! What goes wrong at the command line is told in one clear sentence, with a hint and the documented exit code.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use retain::domain::desk::Desk;
use retain::store::Cache;

use super::driver::{Crm, Home, Opening, retain};

mod unknown;

/// Exit code, and what standard error must say.
fn check(output: &Output, code: i32, said: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    for text in said {
        assert!(errors.contains(text), "`{text}` is not in\n{errors}");
    }
    assert!(
        !errors.contains('\x1b') && !output.stdout.contains(&0x1b),
        "no escape byte in a pipe"
    );
}

#[test]
fn an_unknown_command_or_flag_is_a_usage_error() {
    check(&retain().arg("nonsense").output().unwrap(), 2, &["nonsense"]);
    check(
        &retain().args(["risks", "--nonsense"]).output().unwrap(),
        2,
        &["--nonsense"],
    );
    check(&retain().arg("--help").output().unwrap(), 0, &[]);
}

#[test]
fn without_a_profile_or_a_terminal_it_says_what_to_do() {
    let home = Home::empty();
    check(
        &home.run(&["sync"]),
        2,
        &["error: no CRM is connected yet", "hint: `retain connect`"],
    );
    check(
        &home.run(&[]),
        2,
        &["error: the cockpit needs a terminal", "hint:"],
    );
    check(
        &Home::synced().run(&["--profile", "other", "risks"]),
        2,
        &["no profile `other`", "hint: there is: test"],
    );
}

#[test]
fn a_wrong_token_is_an_authentication_error() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    home.write("token", "wrong");
    check(
        &home.run(&["sync"]),
        3,
        &["error: the CRM does not accept the token", "hint:"],
    );
}

#[test]
fn a_token_that_others_can_read_is_refused() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    fs::set_permissions(
        home.path().join("config/token"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let output = home.run(&["sync"]);
    assert_ne!(output.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("token"),
        "{output:?}"
    );
}

#[test]
fn a_wrong_address_is_not_reachable() {
    let mut crm = Crm::start();
    let home = Home::new(&crm);
    crm.vanish();
    check(
        &home.run(&["sync"]),
        4,
        &["error: cannot reach the CRM at http://127.0.0.1", "hint:"],
    );
}

#[test]
fn a_missing_scope_is_named_and_the_sync_goes_on() {
    let crm = Crm::with_faults("no-scope=tickets");
    let home = Home::new(&crm);
    check(&home.run(&["sync"]), 0, &["warning:", "ticket"]);
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_refused_when_strict() {
    let home = Home::synced();
    home.append("retain.toml", "[display]\nasci = \"always\"\n");
    check(
        &home.run(&["risks"]),
        0,
        &["warning:", "retain.toml:", "asci", "ascii"],
    );
    check(
        &home.run(&["--strict", "risks"]),
        2,
        &["error:", "hint: `retain check`"],
    );
}

#[test]
fn a_damaged_cache_is_rebuilt_and_that_is_said() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    fs::write(
        home.find("cache.db"),
        b"this is no database at all, not by any means".repeat(100),
    )
    .unwrap();
    check(
        &home.run(&["sync"]),
        0,
        &["warning: the cache was damaged and is rebuilt"],
    );
    let output = home.run(&["accounts", "--json"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("Juniper Freight"));
}

#[test]
fn after_a_damaged_cache_was_set_aside_nothing_is_synced_rather_than_nothing_there() {
    let crm = Crm::start();
    let home = Home::synced_to(&crm);
    fs::write(
        home.find("cache.db"),
        b"this is no database at all, not by any means".repeat(100),
    )
    .unwrap();
    check(&home.run(&["accounts"]), 1, &["the cache was damaged"]);
    for arguments in [&["accounts"][..], &["accounts", "--json"]] {
        check(
            &home.run(arguments),
            1,
            &["nothing has been synced yet", "retain sync"],
        );
    }
}

#[test]
fn an_unreadable_database_is_named() {
    // Root reads everything: a directory in the file's place cannot be read by anyone.
    let home = Home::synced();
    let cache = home.find("cache.db");
    fs::remove_file(&cache).unwrap();
    fs::create_dir(&cache).unwrap();
    let output = home.run(&["risks"]);
    assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("cache.db"),
        "{output:?}"
    );
}

#[test]
fn a_configuration_that_is_a_directory_says_what_to_do() {
    let home = Home::synced();
    let file = home.find("retain.toml");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    check(
        &home.run(&["accounts"]),
        2,
        &[
            "retain.toml: cannot read the file: it is not a regular file",
            "hint: put a file in the place of",
        ],
    );
}

#[test]
fn a_damaged_page_of_the_cache_says_what_to_do() {
    let home = Home::synced();
    let cache = home.find("cache.db");
    let mut bytes = fs::read(&cache).unwrap();
    let (from, to) = (20 * 4_096, (170 * 4_096).min(bytes.len()));
    bytes[from..to].fill(0xA5);
    fs::write(&cache, bytes).unwrap();
    check(
        &home.run(&["account", "Juniper"]),
        1,
        &["damaged", "hint: run `retain sync`"],
    );
}

#[test]
fn the_account_list_takes_a_fuzzy_filter_as_the_cockpit_does() {
    let home = Home::synced();
    let output = home.run(&["accounts", "~jnpr"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("Juniper"), "{told}");
    assert!(!told.contains("Tallinn"), "{told}");
}

#[test]
fn the_scopes_of_a_key_that_the_readme_names_can_be_left_out() {
    let crm = Crm::with_faults("no-scope=sales-email-read");
    let home = Home::new(&crm);
    check(
        &home.run(&["sync"]),
        0,
        &["warning:", "sales-email-read", "no e-mail can be read"],
    );
    let crm = Crm::with_faults("no-scope=crm.schemas.companies.read");
    check(
        &Home::new(&crm).run(&["sync"]),
        3,
        &["crm.schemas.companies.read"],
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = Home::synced();
    let mut child = home
        .command(&["accounts", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    check(&child.wait_with_output().unwrap(), 0, &[]);
}

#[test]
fn everything_that_is_written_is_private_whatever_the_umask() {
    let home = Home::synced();
    for path in super::driver::files(home.path()) {
        if path.starts_with(home.path().join("state")) || path.starts_with(home.path().join("cache")) {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
}

#[test]
fn completions_and_the_manual_page_are_printed() {
    let output = retain().args(["completions", "bash"]).output().unwrap();
    assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("demo-server"));
    let output = retain().arg("man").output().unwrap();
    assert!(output.status.success() && output.stdout.starts_with(b".ie"));
}

#[test]
fn a_demo_in_a_pipe_prints_the_risk_queue_and_leaves_nothing_behind() {
    let home = Home::empty();
    check(&home.run(&["demo"]), 0, &[]);
    let output = home.run(&["demo", "--json"]);
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("\"risks\""),
        "{output:?}"
    );
    let left: Vec<_> = super::driver::files(home.path());
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn without_colour_or_capable_terminal_no_colour_is_written() {
    let coloured = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.split("\x1b[").skip(1).any(|rest| {
            let end = rest
                .find(|letter: char| letter.is_ascii_alphabetic())
                .unwrap_or(0);
            rest[end..].starts_with('m')
                && rest[..end]
                    .split(';')
                    .any(|code| matches!(code.parse(), Ok(30..=49)))
        })
    };
    let home = Home::synced();
    assert!(
        coloured(&Opening::new().open(&home).bytes()),
        "the test sees colours where they are"
    );
    assert!(!coloured(
        &Opening::new().variable("NO_COLOR", "1").open(&home).bytes()
    ));
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_told_in_one_sentence() {
    let home = Home::synced();
    let mut cockpit = Opening::new().variable("TERM", "dumb").begin(&home);
    assert_eq!(cockpit.ended().exit_code(), 2);
    cockpit.shows("TERM is `dumb`").lacks("worst first");
}

#[test]
fn a_token_command_sees_no_other_profiles_token() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    let settings = fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
    let file = format!("token_file = \"{}\"", home.path().join("config/token").display());
    let script = format!("echo ${{OTHER_TOKEN:-{}}}", crm.token);
    let command = format!("token_command = [\"sh\", \"-c\", \"{script}\"]");
    let other = "[profiles.other]\ntoken_env = \"OTHER_TOKEN\"\n";
    home.write(
        "retain.toml",
        &format!("{}{other}", settings.replace(&file, &command)),
    );
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut sync = home.command(&["sync"]);
    sync.env("PATH", path)
        .env("OTHER_TOKEN", "a-token-of-another-crm");
    check(&sync.output().unwrap(), 0, &[]);
}

#[test]
fn a_ledger_that_was_removed_is_missed() {
    let home = Home::synced();
    let ledger = home.find("ledger.db");
    for file in super::driver::files(ledger.parent().unwrap()) {
        fs::remove_file(file).unwrap();
    }
    // Before a new one is begun each way of looking says so.
    for (words, code) in [
        (&["status"][..], 0),
        (&["account", "juniper"], 1),
        (&["doctor", "--offline"], 1),
    ] {
        let output = home.run(words);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(
            said.contains("is gone, and with it") && said.contains("retain ledger restore FILE"),
            "{said}"
        );
        assert!(
            !said.contains("does not exist yet") && !said.contains("there is no ledger yet"),
            "{said}"
        );
    }
    assert!(!ledger.exists());
    check(
        &home.run(&["sync"]),
        0,
        &[
            "warning: the ledger",
            "is gone, and with it",
            "`retain ledger restore FILE`",
        ],
    );
    let again = home.run(&["sync"]);
    assert!(
        !String::from_utf8_lossy(&again.stderr).contains("is gone"),
        "{again:?}"
    );
}

#[test]
fn a_write_by_a_command_tells_that_the_ledger_was_removed() {
    for words in [
        &["note", "juniper", "Ana is leaving", "--queue"][..],
        &["outbox", "discard", "1", "--reason", "not needed"],
    ] {
        let home = Home::synced().writing();
        let ledger = home.find("ledger.db");
        for file in super::driver::files(ledger.parent().unwrap()) {
            fs::remove_file(file).unwrap();
        }
        let said = |output: Output| String::from_utf8_lossy(&output.stderr).into_owned();
        let first = said(home.run(words));
        assert!(
            first.contains("is gone, and with it") && first.contains("`retain ledger restore FILE`"),
            "{words:?}: {first}"
        );
        let again = said(home.run(words));
        assert!(!again.contains("is gone"), "{again}");
    }
}

/// A sync is under way in a process that lives, and it came no step further for two minutes before the tests' present.
#[test]
fn a_stalled_sync_is_told_by_the_status() {
    let home = Home::synced();
    let put = |name: &str, json: &str| {
        let (mut cache, _) = Cache::open(&home.find("cache.db")).unwrap();
        cache.put_document(name, json).unwrap();
    };
    let moved = |at: &str| {
        let status = serde_json::json!({ "under_way": {
            "since": "2026-11-23T08:40:00Z", "what": "accounts", "done": 1, "total": null,
            "pid": std::process::id(), "moved": at,
        } });
        put("sync-status", &status.to_string());
    };
    let says = |words: &[&str]| {
        let output = home.run(words);
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    // Where the sync before took long, its heartbeat is younger than the one that is made up here.
    put("sync-heartbeat", "\"2026-11-23T08:30:00Z\"");
    moved("2026-11-23T08:48:00Z");
    assert!(says(&["status"]).contains("sync stalled 2 min"));
    assert!(says(&["status", "--format", "tmux"]).contains("sync stalled"));
    assert!(says(&["status", "--json"]).contains("\"sync_moved_at\": \"2026-11-23T08:48:00Z\""));
    // Within a long step only the heartbeat tells that it goes on.
    put("sync-heartbeat", "\"2026-11-23T08:49:30Z\"");
    assert!(!says(&["status"]).contains("stalled"));
    // No process has a number so high.
    put(
        "sync-status",
        r#"{"under_way": {"since": "2026-11-23T08:40:00Z", "what": "accounts", "done": 1, "total": null, "pid": 999999999}}"#,
    );
    let cut_off = says(&["status"]);
    assert!(
        cut_off.contains("the last sync was cut off") && !cut_off.contains("under way"),
        "{cut_off}"
    );
}
