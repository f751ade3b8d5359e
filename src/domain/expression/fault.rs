//! What is wrong in an expression, where, and what was meant.

use std::fmt;

/// One mistake in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// Where in the expression: in characters, counted from 1.
    pub column: usize,
    /// What was probably meant.
    pub meant: Option<String>,
}

/// Stands between two mistakes: no text that people write holds it.
const BETWEEN: &str = "\u{1e}";
/// Stands before the column. What reads a file gets mistakes as texts, and must find the column again.
const AT: &str = " at column ";
/// Stands behind the column.
const OF: &str = " of the expression";
/// Stands before what was meant.
const MEANT: &str = "; try `";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{AT}{}{OF}", self.message, self.column)?;
        match &self.meant {
            Some(meant) => write!(f, "{MEANT}{meant}`"),
            None => Ok(()),
        }
    }
}

impl Fault {
    /// Several mistakes of one expression as one text, as they stand in it.
    pub fn tell(mut faults: Vec<Self>) -> String {
        faults.sort_by_key(|fault| fault.column);
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        told.join(BETWEEN)
    }

    /// The mistakes that a text tells of; none if it tells of none in an expression.
    pub fn read_all(text: &str) -> Vec<Self> {
        text.split(BETWEEN).filter_map(Self::read).collect()
    }

    fn read(text: &str) -> Option<Self> {
        let (message, rest) = text.rsplit_once(AT)?;
        let (column, rest) = rest.split_once(OF)?;
        let meant = rest.strip_prefix(MEANT).and_then(|rest| rest.strip_suffix('`'));
        Some(Self {
            message: message.to_owned(),
            column: column.parse().ok()?,
            meant: meant.map(str::to_owned),
        })
    }
}

/// What a person did of whom the grammar's reader complains, which says what it expected, and what was meant.
pub(super) fn of_grammar(said: &str) -> (String, Option<&'static str>) {
    if said.contains("'<EOF>'") && !said.contains("extraneous") {
        let ends = "the expression ends too early: a value, a name or a closing bracket is missing";
        return (ends.to_owned(), None);
    }
    // `mismatched input ')' expecting …`, `extraneous input '==' expecting …`, `no viable alternative at input 'a b'`,
    // `token recognition error at: '#'`: what stands there is in quotes.
    let said = said.split(" expecting ").next().unwrap_or_default();
    match said.split_once('\'').and_then(|(_, rest)| rest.rsplit_once('\'')) {
        Some((written, _)) if written.trim() == "=" => ("one `=` compares nothing".to_owned(), Some("==")),
        Some((written, _)) if written.starts_with(['\'', '"']) => (
            format!("the text that begins with `{written}` has no end: a quote is missing"),
            None,
        ),
        Some((written, _)) => (format!("this cannot be read from `{written}` on"), None),
        None => ("this cannot be read as an expression".to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn a_mistake_comes_back_from_its_text() {
        for meant in [None, Some("missing".to_owned())] {
            let fault = Fault {
                message: "unknown function `mising`".to_owned(),
                column: 12,
                meant,
            };
            assert_eq!(Fault::read(&fault.to_string()), Some(fault));
        }
        assert_eq!(Fault::read("`when` is missing"), None);
    }

    #[test]
    fn several_mistakes_come_back_as_they_stand() {
        let fault = |column| Fault {
            message: format!("unknown name `name{column}`"),
            column,
            meant: None,
        };
        let told = Fault::tell(vec![fault(30), fault(4)]);
        assert_eq!(Fault::read_all(&told), [fault(4), fault(30)]);
        assert_eq!(Fault::read_all("`when` is missing"), []);
    }
}
