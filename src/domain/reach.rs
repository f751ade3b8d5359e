//! How the CRM was found when it was asked.

/// How the last attempt to ask the CRM ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It answered, whatever it said.
    Answers,
    /// There is a way to it, and no answer came within the time allowed.
    Silent,
    /// There was no way to it.
    Unreachable,
}
