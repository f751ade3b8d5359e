//! Metrics from files that a warehouse drops, end to end.

use std::fs;
use std::process::Output;

use retain::config::feeds::fields;
use retain::store::Ledger;
use serde_json::Value;

use super::driver::{Crm, Home, files};

const MAPPING: &str = "[metrics.logins]\ncsv = \"usage.csv\"\nkey = \"domain\"\ncolumn = \"logins\"\nas_of = \"day\"\n\
                       [metrics.seats_used]\ncsv = \"usage.csv\"\nkey = \"domain\"\ncolumn = \"seats\"\nas_of = \"day\"\n";

fn answer(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn sync(home: &Home) -> (u64, String) {
    let told = answer(&home.run(&["sync", "--json"]));
    (
        told["observations"].as_u64().unwrap(),
        told["warnings"].to_string(),
    )
}

fn fed(home: &Home) -> (String, String) {
    let accounts = answer(&home.run(&["accounts", "--json"]));
    let domain = |at: usize| accounts["accounts"][at]["domain"].as_str().unwrap().to_owned();
    (domain(0), domain(1))
}

/// The metrics of the account with this domain.
fn metrics(home: &Home, domain: &str) -> Value {
    answer(&home.run(&["account", domain, "--json"]))["metrics"].clone()
}

#[test]
fn a_file_is_taken_once_and_again_when_it_changes_and_outlives_the_cache() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    home.write("mapping.toml", MAPPING);
    let (_, told) = sync(&home);
    assert!(
        told.contains("usage.csv") && told.contains("cannot be read"),
        "{told}"
    );
    let (one, other) = fed(&home);
    let rows = format!(
        "domain,logins,seats,day\r\n\"{one}\",41,7,2026-11-01\r\n{one},22,9,2026-11-22\r\n\
         {other},n/a,1,2026-11-22\r\nnobody.example,1,1,2026-11-22\r\n"
    );
    home.write("usage.csv", &rows);
    let (_, told) = sync(&home);
    assert!(told.contains("line 4: `n/a` in `logins` is no number"), "{told}");
    assert!(told.contains("1 key is unknown here: nobody.example"), "{told}");
    let account = metrics(&home, &one);
    assert!(
        account.to_string().contains("22") && account.to_string().contains('9'),
        "{account}"
    );
    let again = home.run(&["account", &one, "--json"]).stdout;
    sync(&home);
    assert_eq!(
        again,
        home.run(&["account", &one, "--json"]).stdout,
        "taken in twice"
    );
    home.write("usage.csv", &format!("{rows}{one},33,9,2026-11-23\n"));
    sync(&home);
    assert!(metrics(&home, &one).to_string().contains("33"));
    let before = metrics(&home, &one);
    home.delete_cache();
    fs::remove_file(home.path().join("config/usage.csv")).unwrap();
    sync(&home);
    assert_eq!(metrics(&home, &one), before, "the ledger has it");
}

#[test]
fn a_file_whose_last_line_has_no_end_is_left_until_it_stays_as_it_is() {
    let crm = Crm::small();
    let home = Home::new(&crm);
    sync(&home);
    let (one, _) = fed(&home);
    home.write("mapping.toml", MAPPING);
    home.write(
        "usage.csv",
        &format!("domain,logins,seats,day\n{one},5000,7,2026-11-0"),
    );
    let (_, told) = sync(&home);
    assert!(told.contains("its last line has no end"), "{told}");
    assert!(!metrics(&home, &one).to_string().contains("5000"));
    home.write(
        "usage.csv",
        &format!("domain,logins,seats,day\n{one},5001,7,2026-11-01"),
    );
    let (_, told) = sync(&home);
    assert!(told.contains("its last line has no end"), "{told}");
    let (_, told) = sync(&home);
    assert!(!told.contains("usage.csv"), "{told}");
    assert!(metrics(&home, &one).to_string().contains("5001"));
}

#[test]
fn check_and_doctor_say_what_is_wrong_with_a_file() {
    let home = Home::synced();
    home.write("mapping.toml", MAPPING);
    home.write("usage.csv", "domain,logins,day\na.example,1,2026-11-01\n");
    for command in ["check", "doctor"] {
        let output = home.run(&[command]);
        let all = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&all);
        assert!(
            told.contains("usage.csv: it has no column `seats`"),
            "{command}: {told}"
        );
    }
    home.write("mapping.toml", "[metrics.logins]\njsonl = \"usage.jsonl\"\n");
    let told = String::from_utf8_lossy(&home.run(&["check"]).stderr).into_owned();
    assert!(
        told.contains("mapping.toml:2") && told.contains("by what the file names accounts"),
        "{told}"
    );
}

/// The file does not change, so nothing else would ever tell the new ledger of it.
#[test]
fn a_ledger_that_was_removed_learns_again_what_a_file_says() {
    let crm = Crm::small();
    let home = Home::new(&crm);
    sync(&home);
    let (one, _) = fed(&home);
    home.write("mapping.toml", MAPPING);
    home.write(
        "usage.csv",
        &format!("domain,logins,seats,day\n{one},41,7,2026-11-01\n{one},22,9,2026-11-22\n"),
    );
    sync(&home);
    let ledger = home.find("ledger.db");
    let noted = || {
        let mut noted = Vec::new();
        let (field, _) = fields("logins");
        Ledger::open_read_only(&ledger)
            .unwrap()
            .each_series(&[&field], &mut |account, _, seen| {
                noted.push((account.to_owned(), seen.value, seen.effective_at));
            })
            .unwrap();
        noted
    };
    let before = noted();
    assert_eq!(before.len(), 2);
    for file in files(ledger.parent().unwrap()) {
        if file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("ledger.db")
        {
            fs::remove_file(&file).unwrap();
        }
    }
    sync(&home);
    assert_eq!(noted(), before);
}
