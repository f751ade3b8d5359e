//! What an answer about a day that is over rests on.

use crate::domain::words::counted;

/// The field with the number of accounts of whose contracts the ledger did not know all by that day.
pub const CONTRACTS_LATER: &str = "contracts_known_later";

/// Why nothing is known of signals and their warnings by a day.
pub const FIRST_LOOK_LATER: &str = "signals were first evaluated after that day";

/// What is not as of that day, in words: `of 3 accounts contracts as they were first known, later; segments …`.
pub fn not_of_the_day(contracts_later: usize) -> String {
    let today = "segments, stages and names as they are today";
    match contracts_later {
        0 => today.to_owned(),
        many => {
            let accounts = counted(many as u64, "account", "accounts");
            format!("of {accounts} contracts as first known, later; {today}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_that_the_ledger_knew_only_later_are_told_where_there_are_any() {
        let today = "segments, stages and names as they are today";
        assert_eq!(not_of_the_day(0), today);
        assert_eq!(
            not_of_the_day(1),
            format!("of 1 account contracts as first known, later; {today}")
        );
    }
}
