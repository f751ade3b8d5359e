//! Owners and their teams.

/// An owner.
#[derive(Debug, Clone)]
pub struct Person {
    /// The owner's id.
    pub id: u64,
    /// The user's id, which is another number.
    pub user_id: u64,
    /// Given name.
    pub first: &'static str,
    /// Family name.
    pub last: &'static str,
    /// E-mail address.
    pub email: String,
    /// Whether it is a queue rather than a person.
    pub queue: bool,
    /// Whether the owner has left.
    pub archived: bool,
    /// Teams, the primary one first.
    pub teams: Vec<Team>,
}

/// A team of owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Team {
    /// The team's id.
    pub id: u32,
    /// The team's name.
    pub name: &'static str,
}
