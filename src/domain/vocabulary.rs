//! The words that signals may use. This is their reference; the checks at load rest on it.

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number; a length of time is its number of days.
    Number,
    /// A text.
    Text,
    /// Yes or no.
    Bool,
}

impl Type {
    /// The type in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Bool => "true or false",
        }
    }
}

/// Plain names: what is known of the account as a whole.
///
/// `arr` and `at_stake` are in major units of the reporting currency; `band` is `red`, `amber`, `green` or `unknown`;
/// `coverage` is in percent; `monthly`, `auto_renew` and `notice_given` are about the next renewal, the first two unknown
/// where the CRM says nothing of them, the last whether it is known to be lost; `csm` and `commercial_owner` are e-mail
/// addresses in lower case; `csm_active` says whether that person is still one of us; `contradictions` names what in the
/// data cannot be so, joined by `; `.
pub const NAMES: &[(&str, Type)] = &[
    ("stage", Type::Text),
    ("segment", Type::Text),
    ("region", Type::Text),
    ("entitlement", Type::Text),
    ("sentiment", Type::Text),
    ("csm", Type::Text),
    ("commercial_owner", Type::Text),
    ("csm_active", Type::Bool),
    ("band", Type::Text),
    ("score", Type::Number),
    ("coverage", Type::Number),
    ("arr", Type::Number),
    ("at_stake", Type::Number),
    ("monthly", Type::Bool),
    ("auto_renew", Type::Bool),
    ("notice_given", Type::Bool),
    ("contradictions", Type::Text),
];

/// All that a plain name can be, where that is known.
pub fn values(name: &str) -> Option<&'static [&'static str]> {
    (name == "band").then_some(&["red", "amber", "green", "unknown"])
}

/// Events for `days_since` and `hours_since`. `onboarding_started` is the day from which the account's stage has been
/// `onboarding`, unknown in any other stage; the oldest tickets are those that are open.
pub const EVENTS: &[&str] = &[
    "created",
    "last_touch",
    "last_survey",
    "last_ticket",
    "oldest_ticket",
    "oldest_urgent_ticket",
    "champion_left",
    "owner_changed",
    "stage_changed",
    "onboarding_started",
];

/// Dates for `days_until`: the next renewal's end, its notice date, and whichever the countdown runs to.
pub const DATES: &[&str] = &["renewal_date", "notice_by", "decision"];

/// What `count` counts today.
pub const THINGS: &[&str] = &[
    "contacts",
    "champions",
    "open_tickets",
    "urgent_tickets",
    "contracts",
    "contradictions",
];

/// What `count` counts within a time that has passed.
pub const HAPPENINGS: &[&str] = &[
    "touchpoints",
    "tickets",
    "urgent_tickets",
    "surveys",
    "champions_left",
    "owner_changes",
];

/// The word for the first stage, which is told apart from all others.
pub const ONBOARDING: &str = "onboarding";

/// The word for the stage of an account that has left.
pub const CHURNED: &str = "churned";

/// Metrics that are known without a mapping.
pub const OWN_METRICS: &[&str] = &["sponsors", "ticket_load", "days_since_touch", "nps"];

/// What people call a metric that is known without a mapping.
pub fn own_label(metric: &str) -> Option<&'static str> {
    Some(match metric {
        "sponsors" => "champions",
        "ticket_load" => "open tickets, an urgent one as three",
        "days_since_touch" => "days since the last touch",
        "nps" => "of 10 in the survey",
        _ => return None,
    })
}

/// What people call one of what such a metric counts, where that is another word.
pub fn own_label_of_one(metric: &str) -> Option<&'static str> {
    Some(match metric {
        "sponsors" => "champion",
        "ticket_load" => "open ticket, an urgent one as three",
        "days_since_touch" => "day since the last touch",
        _ => return None,
    })
}

/// A function of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `days(n)`
    Days,
    /// `weeks(n)`
    Weeks,
    /// `metric('id')`
    Metric,
    /// `median('id')`
    Median,
    /// `change('id', days(n))`
    Change,
    /// `slope('id', days(n))`
    Slope,
    /// `days_since('event')`
    DaysSince,
    /// `hours_since('event')`
    HoursSince,
    /// `days_until('date')`
    DaysUntil,
    /// `count('things')` or `count('things', days(n))`
    Count,
    /// `people('role')`
    People,
    /// `raised('signal')`
    Raised,
    /// `missing('name')`
    Missing,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("days", Function::Days),
    ("weeks", Function::Weeks),
    ("metric", Function::Metric),
    ("median", Function::Median),
    ("change", Function::Change),
    ("slope", Function::Slope),
    ("days_since", Function::DaysSince),
    ("hours_since", Function::HoursSince),
    ("days_until", Function::DaysUntil),
    ("count", Function::Count),
    ("people", Function::People),
    ("raised", Function::Raised),
    ("missing", Function::Missing),
];

impl Function {
    /// The least and the most arguments.
    pub fn arity(self) -> (usize, usize) {
        match self {
            Self::Change | Self::Slope => (2, 2),
            Self::Count => (1, 2),
            _ => (1, 1),
        }
    }

    /// Its arguments in words.
    pub fn usage(self) -> &'static str {
        match self {
            Self::Days | Self::Weeks => "a number",
            Self::Metric | Self::Median => "the id of a metric",
            Self::Change | Self::Slope => "the id of a metric and a time, like days(30)",
            Self::DaysSince | Self::HoursSince => "the name of an event",
            Self::DaysUntil => "the name of a date",
            Self::Count => "what to count and, for happenings, a time like days(30)",
            Self::People => "a role, like 'decision maker'",
            Self::Raised => "the id of a signal that a rule of routing.toml raises",
            Self::Missing => "a name, a date, an event or the id of a metric",
        }
    }
}

/// The type of a plain name.
pub fn name(name: &str) -> Option<Type> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, of)| *of)
}

/// The function with this name.
pub fn function(name: &str) -> Option<Function> {
    FUNCTIONS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, function)| *function)
}

/// The plain name that was probably meant.
pub fn nearest_name(wrong: &str) -> Option<&'static str> {
    nearest(wrong, NAMES.iter().map(|(name, _)| *name))
}

/// The function that was probably meant.
pub fn nearest_function(wrong: &str) -> Option<&'static str> {
    nearest(wrong, FUNCTIONS.iter().map(|(name, _)| *name))
}

/// The candidate that was probably meant: near enough to be a slip of the finger.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(wrong, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_what_was_meant() {
        assert_eq!(nearest("lokback", ["every", "lookback"]), Some("lookback"));
        assert_eq!(nearest("colour", ["color", "ascii"]), Some("color"));
        assert_eq!(nearest("zzz", ["every", "lookback"]), None);
    }
}
