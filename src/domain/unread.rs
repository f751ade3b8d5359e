//! What the key may not read. Of that nothing is known, which is not the same as that there is none.

use serde::{Deserialize, Serialize};

use super::record::Kind;

/// The kinds of records that the key may not read, each with the scope that it lacks for it; an empty one where the CRM
/// does not name it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unread(Vec<(Kind, String)>);

impl Unread {
    /// From kinds and the scopes that they want.
    pub fn new(kinds: Vec<(Kind, String)>) -> Self {
        Self(kinds)
    }

    /// Whether records of this kind cannot be read.
    pub fn hides(&self, kind: Kind) -> bool {
        self.0.iter().any(|(hidden, _)| *hidden == kind)
    }

    /// Why not everything is known of these kinds, as a part of a sentence: `the CRM key may not read tasks and notes (it
    /// lacks crm.objects.contacts.read)`. `None` when all of them can be read.
    pub fn why(&self, kinds: &[Kind]) -> Option<String> {
        let (mut hidden, mut scopes): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for (kind, scope) in self.0.iter().filter(|(kind, _)| kinds.contains(kind)) {
            if !hidden.contains(&kind.plural()) {
                hidden.push(kind.plural());
            }
            if !scope.is_empty() && !scopes.contains(&scope.as_str()) {
                scopes.push(scope);
            }
        }
        if hidden.is_empty() {
            return None;
        }
        let lacks = match scopes.as_slice() {
            [] => String::new(),
            scopes => format!(" (it lacks {})", listed(scopes)),
        };
        Some(format!("the CRM key may not read {}{lacks}", listed(&hidden)))
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_cannot_be_read_and_which_scope_is_lacking() {
        let contacts = "crm.objects.contacts.read".to_owned();
        let unread = Unread::new(vec![
            (Kind::Task, contacts.clone()),
            (Kind::Note, contacts.clone()),
            (Kind::Call, contacts),
            (Kind::Ticket, String::new()),
        ]);
        let why = |kinds: &[Kind]| unread.why(kinds);
        assert_eq!(
            why(&[Kind::Task, Kind::Note, Kind::Survey]).as_deref(),
            Some("the CRM key may not read tasks and notes (it lacks crm.objects.contacts.read)")
        );
        assert_eq!(
            why(&[Kind::Ticket]).as_deref(),
            Some("the CRM key may not read tickets"),
            "the CRM does not always name the scope"
        );
        assert_eq!(why(&[Kind::Contract]), None);
        assert!(unread.hides(Kind::Call) && !unread.hides(Kind::Email));
    }
}
