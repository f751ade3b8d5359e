//! A condition that is typed as a flag, checked as those in files are.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, did_you_mean};
use super::load::Setup;
use super::names::{Known, check_words};
use super::tree::{Layer, Node, Place, Source, Value};
use crate::domain::expression::{Condition, Fault};

/// The condition of a text that was given with a flag; or all that is wrong in it, each at its column in the text.
pub fn condition(flag: &str, text: &str, setup: &Setup) -> Result<Condition, Vec<Diagnostic>> {
    let wrong = |column: u32, message: String, hint| Diagnostic {
        file: flag.to_owned(),
        line: 1,
        column,
        message,
        hint,
    };
    let condition = Condition::try_from(text.to_owned()).map_err(|told| {
        let faults = Fault::read_all(&told);
        if faults.is_empty() {
            return vec![wrong(1, told, None)];
        }
        let faults = faults.into_iter();
        let told = faults.map(|fault| {
            let hint = did_you_mean(fault.meant.as_deref());
            wrong(fault.column as u32, fault.message, hint)
        });
        told.collect()
    })?;
    // As it would stand in a file: behind one quote.
    let source = Arc::new(Source::new(Layer::Flag, flag, format!("'{text}'")));
    let node = Node {
        value: Value::Text(text.to_owned()),
        place: Place { source, offset: 0 },
        below: None,
    };
    let known = Known {
        mapping: &setup.mapping,
        health: &setup.health,
        routing: &setup.routing,
    };
    let mut diagnostics = Vec::new();
    check_words(known, condition.expression(), Some(&node), &mut diagnostics);
    for one in &mut diagnostics {
        one.column -= 1;
    }
    if diagnostics.is_empty() {
        Ok(condition)
    } else {
        Err(diagnostics)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<(u32, String, Option<String>)> {
        let setup = Setup::default();
        let told = condition("--where", text, &setup).unwrap_err().into_iter();
        told.map(|one| (one.column, one.message, one.hint)).collect()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_column_and_what_was_meant() {
        assert!(condition("--where", "arr > 20000 && segment == \"smb\"", &Setup::default()).is_ok());
        let hint = |near: &str| Some(format!("did you mean `{near}`?"));
        assert_eq!(
            wrong("arr > 1 && segmnt == 'smb'"),
            [(12, "unknown name `segmnt`".to_owned(), hint("segment"))]
        );
        assert_eq!(
            wrong("arr > 1 && metric('spnsors') > 1"),
            [(19, "no metric is called `spnsors`".to_owned(), hint("sponsors"))]
        );
        assert!(wrong("arr").first().unwrap().1.contains("must be true or false"));
        assert!(!wrong("arr > ").is_empty());
    }
}
