//! What was never read, or may not be, is told as unknown.

use super::*;

#[test]
fn before_the_first_sync_the_answer_says_so() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    check(
        &home.run(&["risks"]),
        1,
        &["nothing has been synced yet", "hint: `retain sync` reads the CRM"],
    );
}

#[test]
fn nothing_is_told_of_a_crm_that_was_never_read() {
    let mut crm = Crm::start();
    let home = Home::new(&crm);
    crm.vanish();
    assert!(!home.run(&["sync"]).status.success());
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("no data yet").lacks("$0");
    cockpit.send_raw(b"q", 0);
    assert!(cockpit.ended().success());
    check(&home.run(&["status"]), 1, &["nothing has been synced yet"]);
    let line = home.run(&["status", "--format", "tmux"]);
    assert_eq!(String::from_utf8_lossy(&line.stdout).trim(), "?");
}

/// What a command says as text, and the same as JSON.
fn both(home: &Home, arguments: &[&str]) -> (String, serde_json::Value) {
    let text = home.run(arguments);
    let json = home.run(&[arguments, &["--json"]].concat());
    assert!(
        text.status.success() && json.status.success(),
        "{text:?} {json:?}"
    );
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    (text, serde_json::from_slice(&json.stdout).unwrap())
}

#[test]
fn what_the_key_may_not_read_is_unknown_and_never_none() {
    let crm = Crm::with_faults("no-scope=crm.objects.contacts.read,no-scope=crm.objects.deals.read");
    let home = Home::new(&crm);
    assert!(home.run(&["sync"]).status.success());
    // A second one knows of it from its beginning.
    assert!(home.run(&["sync"]).status.success());
    let (text, json) = both(&home, &["status"]);
    for said in [
        "ARR ?, at stake ?",
        "? due today, ? late, ? handoffs for me",
        "may not read contracts, tasks and notes (it lacks",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for name in ["due_today", "late", "handoffs_for_me"] {
        assert!(
            json[name].is_null() && json[format!("{name}_reason")].is_string(),
            "{json}"
        );
    }
    assert!(json["arr"]["known"].is_null(), "{json}");
    let (text, json) = both(&home, &["task", "list"]);
    assert!(
        text.contains("open tasks unknown: the CRM key may not read tasks"),
        "{text}"
    );
    assert!(
        json["tasks"].is_null() && json["tasks_reason"].is_string(),
        "{json}"
    );
    let (text, json) = both(&home, &["account", "Juniper Freight"]);
    for said in [
        "champion unknown",
        "NPS unknown",
        "unknown: the CRM key may not read contacts ",
        "may not read contracts",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for name in ["people", "contracts", "next", "notes", "handoffs"] {
        assert!(
            json[name].is_null() && json[format!("{name}_reason")].is_string(),
            "{name}: {json}"
        );
    }
    assert!(
        json["tickets"].is_array() && json["tickets_reason"].is_null(),
        "{json}"
    );
    let brief = home.run(&["brief", "Juniper Freight"]);
    let brief = String::from_utf8_lossy(&brief.stdout);
    assert!(
        brief.contains("may not read contacts") && !brief.contains("speaks for us"),
        "{brief}"
    );
}

#[test]
fn before_a_sync_has_ended_nothing_is_zero() {
    let home = Home::synced();
    let (mut cache, _) = Cache::open(&home.find("cache.db")).unwrap();
    cache.put_document("sync-status", "{}").unwrap();
    cache.put_desk(&Desk::default()).unwrap();
    drop(cache);
    let (text, json) = both(&home, &["status"]);
    assert!(text.contains("ARR ?, at stake ?, ? risks, ? due today"), "{text}");
    assert!(
        json["risks"].is_null() && json["risks_reason"].is_string(),
        "{json}"
    );
    let tmux = home.run(&["status", "--format", "tmux"]);
    assert!(
        String::from_utf8_lossy(&tmux.stdout).starts_with("▲? →? late ?"),
        "{tmux:?}"
    );
    let (text, json) = both(&home, &["risks"]);
    assert!(
        text.contains("open warnings unknown: no sync") && text.contains("? risks on ? accounts"),
        "{text}"
    );
    for name in ["risks", "open_risks", "accounts_at_risk", "total"] {
        assert!(
            json[name].is_null() && json[format!("{name}_reason")].is_string(),
            "{name}: {json}"
        );
    }
}
