//! Disks that are full, databases of a newer program, a CRM that answers rubbish: each is told in one clear sentence
//! with a hint and the documented exit code, and what was there stays.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;

use super::driver::{Crm, Home, NOW};

/// Exit code, and what the one error on standard error must say.
fn check(output: &Output, code: i32, said: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    for text in said {
        assert!(errors.contains(text), "`{text}` is not in\n{errors}");
    }
    assert_eq!(
        errors.matches("error: ").count(),
        usize::from(code != 0),
        "{errors}"
    );
}

/// `retain sync` through a shell that does something first; `$D` is a directory of the home.
fn sync_after(home: &Home, wrapper: &[&str], script: &str, directory: &Path) -> Output {
    let script = format!("{script} && exec \"$RETAIN\" --now {NOW} sync");
    let mut words = wrapper.to_vec();
    words.extend(["sh", "-c", &script]);
    Command::new(words[0])
        .args(&words[1..])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("RETAIN", env!("CARGO_BIN_EXE_retain"))
        .env("RETAIN_HOME", home.path())
        .env("D", directory)
        .output()
        .unwrap()
}

/// Whether this machine lets us mount a small disk for one process.
fn may_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_named_for_each_of_both_databases() {
    if !may_mount() {
        println!("not tried: no small disk can be mounted here");
        return;
    }
    let crm = Crm::start();
    for (part, database) in [("cache", "cache.db"), ("state", "ledger.db")] {
        let home = Home::new(&crm);
        let directory = home.path().join(part);
        fs::create_dir(&directory).unwrap();
        let mount = "mount -t tmpfs -o size=400k,mode=700 tmpfs \"$D\"";
        let output = sync_after(&home, &["unshare", "-rm"], mount, &directory);
        check(
            &output,
            1,
            &["error: the disk is full", database, "hint: free some space"],
        );
        check(&home.run(&["sync"]), 0, &[]);
    }
}

#[test]
fn a_disk_that_fails_is_named() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    // No file may grow beyond so many blocks; the system says so with an error where the signal is ignored.
    let limit = "trap '' XFSZ && ulimit -f 300";
    check(
        &sync_after(&home, &["env"], limit, home.path()),
        1,
        &["error: ", "ledger.db", "hint: "],
    );
    check(&home.run(&["sync"]), 0, &[]);
}

/// Every byte of the database, once nobody uses it.
fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}

#[test]
fn a_database_of_a_newer_program_is_left_as_it_is() {
    for database in ["cache.db", "ledger.db"] {
        let home = Home::synced();
        let path = home.find(database);
        let newer = Connection::open(&path).unwrap();
        newer.pragma_update(None, "user_version", 9 << 16 | 9).unwrap();
        newer.close().unwrap();
        let before = bytes(&path);
        check(
            &home.run(&["sync"]),
            2,
            &[
                "was written by a newer retain",
                "schema 9",
                "hint: install the newest retain",
            ],
        );
        assert_eq!(bytes(&path), before, "{database}");
        let doctor = home.run(&["doctor", "--offline"]);
        let told = String::from_utf8_lossy(&doctor.stdout);
        assert!(
            told.contains("was written by a newer retain") && told.contains("install the newest retain"),
            "{told}"
        );
        // What can be read of it is still shown.
        let risks = home.run(&["risks"]);
        assert!(matches!(risks.status.code(), Some(0)), "{database}: {risks:?}");
    }
}

#[test]
fn an_unreadable_settings_file_is_named() {
    let home = Home::synced();
    let name = std::ffi::OsStr::from_bytes(b"retain.toml");
    let path = home.path().join("config").join(name);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let output = home.run(&["risks"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(
        errors.contains("error: ") && errors.contains("retain.toml"),
        "{errors}"
    );
    assert!(!errors.contains("no CRM is connected"), "{errors}");
}

#[test]
fn a_quote_that_is_not_closed_is_the_cause_and_not_a_missing_connection() {
    let home = Home::synced();
    let path = home.path().join("config/retain.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let broken = settings.replacen("base_url = \"", "base_url = ", 1);
    assert_ne!(broken, settings);
    fs::write(&path, broken).unwrap();
    for command in [&["risks"][..], &["status"], &["sync"]] {
        let output = home.run(command);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        let told = errors.contains("error: no profile could be read: ") && errors.contains("retain.toml:");
        assert!(told && !errors.contains("retain connect"), "{errors}");
    }
    let doctor = home.run(&["doctor", "--offline"]);
    let told = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        told.contains("retain.toml:") && !told.contains("no CRM is connected"),
        "{told}"
    );
}

#[test]
fn a_crm_that_answers_rubbish_is_named_and_the_cache_still_answers() {
    let crm = Crm::start();
    for (faults, code, said) in [
        ("garbage=1", 1, "hint: check that `base_url` of the profile"),
        ("truncate=1", 1, "hint: check that `base_url` of the profile"),
        ("500=1:retry-after=0", 4, "it answers HTTP 500"),
    ] {
        let home = Home::new(&crm);
        check(&home.run(&["sync"]), 0, &[]);
        let accounts = || {
            let answer = home.run(&["accounts", "--json"]).stdout;
            serde_json::from_slice::<serde_json::Value>(&answer).unwrap()["accounts"].clone()
        };
        let generation = || {
            let cache = retain::store::Cache::open_read_only(&home.find("cache.db")).unwrap();
            cache.generation().unwrap()
        };
        let before = (accounts(), generation());
        let bad = Crm::with_faults(faults);
        let settings = fs::read_to_string(home.path().join("config/retain.toml")).unwrap();
        home.write("retain.toml", &settings.replace(&crm.address, &bad.address));
        check(&home.run(&["sync"]), code, &["error: ", said]);
        // Nor does a cockpit beside it have anything to read again.
        assert!((accounts(), generation()) == before, "{faults}");
    }
}
