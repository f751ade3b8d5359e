//! Faults that lie in the data: properties, scopes, merges, hostile texts.

use crate::demo::faults::Faults;
use crate::demo::portal::{ObjectType, Portal, Rule};

/// Applies the faults that lie in the data.
pub(in crate::demo) fn spoil(portal: &mut Portal, faults: &Faults) {
    portal.index_lag = faults.lag.as_millis() as i64;
    portal.untraced = faults.untraced;
    let rules = faults.required.iter().filter_map(|(name, value, required)| {
        let (kind, name) = split(name)?;
        Some(Rule {
            kind,
            when: (name.to_owned(), value.clone()),
            required: required.clone(),
        })
    });
    portal.rules = rules.collect();
    portal.missing_scopes = faults.no_scope.iter().cloned().collect();
    for name in &faults.missing {
        if let Some((kind, name)) = split(name)
            && let Some(property) = portal.schema.find_mut(kind, name)
        {
            property.present = false;
        }
    }
    for (name, new) in &faults.renamed {
        if let Some((kind, name)) = split(name)
            && let Some(property) = portal.schema.find_mut(kind, name)
        {
            property.name.clone_from(new);
        }
    }
    merge(portal, faults.merges as usize);
    if faults.hostile {
        hostile(portal);
    }
}

fn split(name: &str) -> Option<(ObjectType, &str)> {
    let (kind, name) = name.split_once('.')?;
    Some((ObjectType::parse(kind)?, name))
}

/// Merges customers in pairs; every second result gets a new id.
fn merge(portal: &mut Portal, count: usize) {
    let customers = portal.find(ObjectType::Companies, "lifecyclestage", "customer");
    let pairs = customers.chunks_exact(2).take(count);
    for (place, pair) in pairs.enumerate() {
        portal.merge(ObjectType::Companies, pair[0], pair[1], place % 2 == 1);
    }
}

/// Texts that try to break a screen, a log or a parser.
const HOSTILE: [&str; 8] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{202e}reversed\u{2066}",
    "a\u{200b}\u{feff}\u{2028}b",
    "Robert'); DROP TABLE accounts;--",
    "=HYPERLINK(\"http://x.example\";\"click\")",
    "<script>alert(1)</script><b><i><b>",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\r\n\t\0 end",
];

fn hostile(portal: &mut Portal) {
    let heap = format!("e{}", "\u{301}".repeat(20_000));
    let fields = [
        (ObjectType::Companies, "name"),
        (ObjectType::Contacts, "lastname"),
        (ObjectType::Deals, "dealname"),
        (ObjectType::Tickets, "subject"),
        (ObjectType::Tasks, "hs_task_subject"),
        (ObjectType::Notes, "hs_note_body"),
        (ObjectType::Calls, "hs_call_title"),
    ];
    for (kind, name) in fields {
        let Some((number, _)) = portal.schema.find(kind, name) else {
            continue;
        };
        portal.table_mut(kind).rewrite(number, |id, value| match id % 9 {
            8 => format!("{value} {heap}"),
            place => format!("{} {value}", HOSTILE[place as usize]),
        });
    }
}
