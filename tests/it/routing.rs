//! Which desk the shipped rules propose for questions of customers, against the desk that should answer them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;

use retain::config::{Dirs, load};
use retain::domain::routing::{Desk, Proposal, Router, question};
use serde_json::Value;

use super::answers::without_reason;
use super::driver::{Crm, Home};

const QUESTIONS: &str = include_str!("fixtures/questions.toml");

/// Names of rows and columns.
const DESKS: [&str; 3] = ["support", "csm", "person"];

/// How many questions of each desk were proposed to each.
type Table = [[usize; 3]; 3];

fn told(proposal: Proposal) -> usize {
    match proposal {
        Proposal::Desk(Desk::Support) => 0,
        Proposal::Desk(Desk::Csm) => 1,
        Proposal::Person(_) => 2,
    }
}

/// The table of a language, as people read it.
fn shown(name: &str, table: &Table) -> String {
    let mut lines = vec![format!(
        "{name:8} {:>8} {:>8} {:>8}",
        "support", "CSM", "a person"
    )];
    for (desk, row) in DESKS.iter().zip(table) {
        lines.push(format!("{desk:8} {:>8} {:>8} {:>8}", row[0], row[1], row[2]));
    }
    lines.join("\n")
}

#[test]
fn no_question_is_proposed_to_the_wrong_desk() {
    let setup = load(
        &Dirs {
            team: None,
            user: None,
        },
        &[],
        None,
    )
    .setup;
    let router = Router::new(&setup.routing);
    let questions: BTreeMap<String, Vec<BTreeMap<String, String>>> = toml::from_str(QUESTIONS).unwrap();
    let (mut all, mut astray) = (Table::default(), Vec::new());
    for (language, questions) in &questions {
        let mut table = Table::default();
        for one in questions {
            let wanted = DESKS.iter().position(|desk| *desk == one["desk"]).unwrap();
            let verdict = router.read(&question("", &one["text"]));
            let proposed = told(verdict.proposal());
            table[wanted][proposed] += 1;
            all[wanted][proposed] += 1;
            if wanted != proposed {
                astray.push((wanted, proposed, one["text"].clone(), verdict.hits));
            }
        }
        println!("{}\n", shown(language, &table));
    }
    println!("{}\n", shown("all", &all));
    for (wanted, proposed, text, hits) in &astray {
        let words: Vec<_> = hits.iter().map(|hit| (&hit.route, &hit.words)).collect();
        println!("{} → {}: {text} {words:?}", DESKS[*wanted], DESKS[*proposed]);
    }
    let wrong = astray.iter().filter(|(_, proposed, ..)| *proposed != 2).count();
    assert_eq!(wrong, 0, "a wrong desk is worse than a person who decides");
    assert_eq!(
        all,
        [[48, 0, 5], [0, 38, 13], [0, 0, 19]],
        "rows: the desk that should answer"
    );
}

fn text(home: &Home, arguments: &[&str]) -> String {
    let output = home.run(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An answer, of which each `null` says why.
fn json(home: &Home, arguments: &[&str]) -> Value {
    let answer = serde_json::from_str(&text(home, &[arguments, &["--json"]].concat())).unwrap();
    let mut found = Vec::new();
    without_reason("", &answer, &mut found);
    assert_eq!(found, [""; 0], "{arguments:?}");
    answer
}

/// What ends a command with a code: its words on standard error.
fn fails(home: &Home, arguments: &[&str], code: i32) -> String {
    let output = home.run(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn open_questions_in_four_languages_are_listed_with_desk_words_and_requester() {
    let home = Home::synced();
    println!("{}", text(&home, &["route", "list"]));
    let answer = json(&home, &["route", "list"]);
    let questions = answer["questions"].as_array().unwrap();
    let of = |subject: &str| questions.iter().find(|one| one["subject"] == subject).unwrap();
    let check = |subject: &str, proposal: &str, words: &[&str]| {
        let one = of(subject);
        assert_eq!(one["proposal"], proposal, "{subject}");
        let found: Vec<&str> = one["words"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["words"].as_str().unwrap())
            .collect();
        assert_eq!(found, words, "{subject}");
        assert!(
            one["requesters"][0]["email"].as_str().unwrap().contains('@'),
            "{subject}"
        );
        // Places count characters of the text that is given.
        for hit in one["words"].as_array().unwrap() {
            let place = |name: &str| hit[name].as_u64().unwrap() as usize;
            let text: Vec<char> = one["text"].as_str().unwrap().chars().collect();
            let there: String = text[place("start")..place("end")].iter().collect();
            assert_eq!(there, hit["words"].as_str().unwrap());
        }
    };
    check("SSO loop after the login page", "support", &["login"]);
    check(
        "No answer on ticket 4290",
        "CSM",
        &["No answer on ticket", "not acceptable"],
    );
    check("Wunsch: dunkles Design", "CSM", &["wäre schön"]);
    check(
        "Inloggen lukt niet",
        "support",
        &["Inloggen", "wachtwoord", "resetten"],
    );
    check("批量导出报表", "support", &["如何"]);
    check("Who may see patient names?", "a person decides", &[]);
    check(
        "Driver app asks for the PIN twice",
        "a person decides",
        &["How do we", "would be great if"],
    );
    assert_eq!(of("Who may see patient names?")["why"], "no rule matches");
    let complaint = of("No answer on ticket 4290");
    assert_eq!(complaint["raises"][0], "complaint");
    assert_eq!(complaint["to_lead"], true, "a large account");
    assert_eq!(complaint["support"], "business_hours");
    assert!(complaint["business_days"].as_u64().unwrap() < 5);
    assert_eq!(of("批量导出报表")["support"], "always");
    assert!(
        questions.iter().is_sorted_by_key(|one| one["to_lead"] == false),
        "those for the lead first, as on the cockpit's desk"
    );
    let page = text(&home, &["route", "list"]);
    for one in questions.iter().filter(|one| one["answer_by"].is_null()) {
        let (sign, why) = match one["support"].as_str() {
            Some("none") => ("—", "it has bought no support"),
            None => ("?", "what it has bought of support is unknown"),
            other => panic!("{other:?}: {one}"),
        };
        assert_eq!(one["answer_by_reason"], why, "{one}");
        let row = page
            .lines()
            .find(|line| line.starts_with(one["id"].as_str().unwrap()));
        assert!(row.unwrap().contains(sign), "{row:?}");
    }
    let risks = json(&home, &["account", "Kestrel Foods"]);
    assert!(
        risks.to_string().contains("a complaint is open"),
        "it raises its signal"
    );
    let mine = json(&home, &["route", "list", "--mine"]);
    assert!(
        mine["questions"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["mine"] == true)
    );
    let plain = text(&home, &["route", "list", "--plain"]);
    assert_eq!(plain.lines().count(), questions.len() + 1);
}

#[test]
fn a_text_is_tried_against_the_rules_and_says_why() {
    let home = Home::synced();
    let said = text(&home, &["route", "test", "How do I reset my password?"]);
    assert!(
        said.starts_with("support\n") && said.contains("how-to") && said.contains("reset"),
        "{said}"
    );
    let said = text(&home, &["route", "test", "unacceptable: I cannot log in"]);
    assert!(
        said.starts_with("a person decides: rules disagree on the desk"),
        "{said}"
    );
    assert!(said.contains("it raises complaint"), "{said}");
    let answer = json(&home, &["route", "test", "hello"]);
    assert_eq!(
        (&answer["desk"], &answer["why"]),
        (&Value::Null, &Value::from("no rule matches"))
    );
    assert_eq!(answer["desk_reason"], "no rule matches");
    // Where nobody has support the CSM answers, as on the desk.
    let settings = home.path().join("config/retain.toml");
    let settings = fs::read_to_string(settings).unwrap();
    home.write(
        "retain.toml",
        &settings.replace("[organisation]\n", "[organisation]\nphase = 1\n"),
    );
    let said = text(&home, &["route", "test", "How do I reset my password?"]);
    assert!(
        said.starts_with("CSM: the organisation's phase has no support"),
        "{said}"
    );
    let answer = json(&home, &["route", "test", "hello"]);
    assert_eq!(
        (&answer["desk"], &answer["why"]),
        (&Value::from("csm"), &Value::Null)
    );
}

#[test]
fn a_requester_is_found_by_address_else_by_domain_and_public_domains_name_nobody() {
    let home = Home::synced();
    let page = text(&home, &["who", "juniperfreight.example"]);
    println!("{page}");
    assert!(
        page.contains("Juniper Freight · by the domain juniperfreight.example"),
        "{page}"
    );
    let mail = "dana.wolf@juniperfreight.example";
    let answer = json(&home, &["who", &format!("Dana <{}>", mail.to_uppercase())]);
    let one = &answer["accounts"][0];
    assert_eq!(
        (&one["found_by"], &one["contact"], &one["contact_left"]),
        (
            &Value::from("contact"),
            &Value::from("Dana Wolf"),
            &Value::from(true)
        )
    );
    assert_eq!(
        (&one["open_tickets"], &one["support"]),
        (&Value::from(3), &Value::from("always"))
    );
    let new = json(&home, &["who", "new.one@sales.juniperfreight.example"]);
    assert_eq!(new["accounts"][0]["found_by"], "domain");
    let public = fails(&home, &["who", "somebody@gmail.com"], 2);
    assert!(public.contains("anybody can have mail of gmail.com"), "{public}");
    assert!(
        fails(&home, &["who", "nobody@nowhere.example"], 2).contains("no account the domain nowhere.example")
    );
    assert!(fails(&home, &["who", "juniper freight"], 2).contains("neither an e-mail address nor a domain"));
}

#[test]
fn a_question_is_handed_over_by_a_command_with_its_ticket_or_refused_with_why() {
    let crm = Crm::small();
    let ben = Home::new(&crm).colleague("ben.osei@alderfinch.example");
    assert!(ben.run(&["sync"]).status.success());
    let hand_over = |question: &'static str| ["route", "hand-over", question];
    let complaint = hand_over("no answer on ticket 4290");
    let why = fails(&ben, &complaint, 2);
    assert!(why.contains("read-only") || why.contains("read_only"), "{why}");
    let ben = ben.writing();
    for (question, told) in [
        ("nothing of the kind", "no open question is `nothing of the kind`"),
        ("o", "name one by its id: "),
        (
            "Who may see patient names?",
            "no desk is proposed: no rule matches",
        ),
    ] {
        let why = fails(&ben, &hand_over(question), 2);
        assert!(why.contains(told), "{why}");
    }
    let mine = fails(&ben, &[&complaint[..], &["--to", "ben"]].concat(), 2);
    assert!(mine.contains("it is yours already"), "{mine}");
    let sent = json(
        &ben,
        &[&complaint[..], &["--field", "promised=Mara calls by 16:00"]].concat(),
    );
    assert_eq!(
        (&sent["to_name"], &sent["desk"], &sent["misroute"]),
        (
            &Value::from("Mara Lindt"),
            &Value::from("csm"),
            &Value::from(true)
        ),
        "{sent}"
    );
    let entries = sent["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["state"] == "sent"), "{sent}");
    let titles: Vec<&str> = entries
        .iter()
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    for title in [
        "Handoff to Mara Lindt",
        "Promised: Mara calls",
        "To Mara Lindt: No answer on ticket 4290",
    ] {
        assert!(titles.iter().any(|one| one.contains(title)), "{titles:?}");
    }
    assert!(sent["prefilled"].to_string().contains("not acceptable"), "{sent}");
    let again = fails(&ben, &complaint, 1);
    assert!(
        again.contains("Mara Lindt has it already, since today ")
            && again.contains(sent["handoff"].as_str().unwrap())
            && again.contains("--again"),
        "{again}"
    );
    let queued = json(&ben, &[&complaint[..], &["--again", "--queue"]].concat());
    let entries = queued["entries"].as_array().unwrap();
    assert!(entries.iter().all(|entry| entry["state"] == "queued"), "{queued}");
    let id = sent["question"].as_str().unwrap();
    let listed = json(&ben, &["route", "list"]);
    let listed = listed["questions"].as_array().unwrap().iter();
    let one = listed.clone().find(|one| one["id"] == id).unwrap();
    assert_eq!(
        (&one["had_by"], &one["owner_name"]),
        (&Value::from("csm"), &Value::from("Mara Lindt"))
    );
    assert_eq!(one["handed_to"], "Mara Lindt", "{one}");
    let page = text(&ben, &["route", "list"]);
    assert!(
        page.contains("↪ handed over · No answer on ticket 4290"),
        "{page}"
    );
    let stats = json(&ben, &["route", "stats", "--weeks", "1"]);
    assert_eq!(stats["weeks"][0]["handed_over"], 2, "{stats}");
}

#[test]
fn misroutes_and_the_support_work_of_csms_are_counted_by_week_and_unknown_shown_as_such() {
    let home = Home::synced();
    println!("{}", text(&home, &["route", "stats"]));
    let answer = json(&home, &["route", "stats", "--weeks", "3"]);
    let weeks = answer["weeks"].as_array().unwrap();
    let from: Vec<&str> = weeks.iter().map(|week| week["from"].as_str().unwrap()).collect();
    assert_eq!(from, ["2026-11-23", "2026-11-16", "2026-11-09"]);
    assert!(
        weeks.iter().all(|week| week["misroutes"] == 0),
        "nobody has handed a question over"
    );
    let csms = weeks.iter().flat_map(|week| week["csms"].as_array().unwrap());
    for one in csms {
        let of = |name: &str| one[name].as_u64().unwrap();
        assert_eq!(of("touches"), of("support") + of("own") + of("unknown"));
        let told = of("support") + of("own") > 0;
        assert_eq!(one["support_share_pct"].is_u64(), told, "{one}");
    }
    fails(&home, &["route", "stats", "--weeks", "0"], 2);
}
