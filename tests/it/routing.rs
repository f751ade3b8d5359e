//! Which desk the shipped rules propose for questions of customers, against the desk that should answer them.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use retain::config::{Dirs, load};
use retain::domain::routing::{Desk, Proposal, Router, question};

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
        [[43, 0, 6], [0, 31, 12], [0, 0, 13]],
        "rows: the desk that should answer"
    );
}
