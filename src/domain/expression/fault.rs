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
    /// The mistake that a text tells of, if it tells of one in an expression.
    pub fn read(text: &str) -> Option<Self> {
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
}
