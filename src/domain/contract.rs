//! Contracts and the renewals that they come to: what is active, what ends together, when to decide.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::money::Money;
use super::record::RecordId;

/// Days around the end of a term. A contract past its end without a decision is *late* for so many, then it has ended;
/// one that begins so many before the end of another or after it continues that one.
const AROUND_END: i32 = 90;

/// What was decided about a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Still being decided.
    Open,
    /// Signed.
    Won,
    /// Lost.
    Lost,
}

/// One contract, or one that is being decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Id of the CRM's record.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Annual value in its own currency; `None` is unknown.
    pub arr: Option<Money>,
    /// What the CRM says that it is worth in all, in its own currency.
    pub amount: Option<Money>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Whether it has no end here only because the CRM says of no contract when it ends: then it may be over.
    pub end_untold: bool,
    /// The last day on which the customer can still leave.
    pub notice_by: Option<Date>,
    /// Whether it renews by itself; `None` is unknown.
    pub auto_renew: Option<bool>,
    /// Whether it renews every month; `None` is unknown.
    pub monthly: Option<bool>,
    /// Product line, raw.
    pub product: Option<String>,
    /// What was decided.
    pub outcome: Outcome,
}

/// Where a contract stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In force, the next term not decided.
    Active,
    /// In force, and the next term is signed.
    Renewed,
    /// In force, and the next term is lost: known churn.
    Churned,
    /// Past its end, not decided.
    Late,
    /// Begins later.
    Future,
    /// Over.
    Ended,
    /// Not signed yet, or never.
    Open,
    /// Signed, and it cannot be told whether it is in force or over.
    Untold,
}

impl State {
    /// The state as the account view and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Renewed => "renewed",
            Self::Churned => "churned",
            Self::Late => "late",
            Self::Future => "future",
            Self::Ended => "ended",
            Self::Open => "open",
            Self::Untold => "unknown",
        }
    }

    /// The state that a word stands for.
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Active,
            Self::Renewed,
            Self::Churned,
            Self::Late,
            Self::Future,
            Self::Ended,
            Self::Open,
            Self::Untold,
        ];
        all.into_iter().find(|state| state.word() == word)
    }

    /// Whether its annual value counts in the account's ARR.
    pub fn counts(self) -> bool {
        matches!(self, Self::Active | Self::Renewed | Self::Churned | Self::Late)
    }
}

impl Contract {
    /// The end of the term that runs on this day: a monthly contract renews every month, one that
    /// renews by itself begins another term of the same length.
    pub fn end_on(&self, today: Date) -> Option<Date> {
        let end = self.end?;
        if end >= today || !(self.is_monthly() || self.auto_renew == Some(true)) {
            return Some(end);
        }
        let months = self.term_months();
        (1..=1200)
            .map(|term| add_months(end, term * months))
            .find(|end| end.is_none_or(|end| end >= today))
            .flatten()
    }

    /// Whether it is known to renew every month.
    pub fn is_monthly(&self) -> bool {
        self.monthly == Some(true)
    }

    /// The day until which the customer can still leave the term that runs on this day.
    pub fn notice_on(&self, today: Date) -> Option<Date> {
        let (notice, end) = (self.notice_by?, self.end?);
        let running = self.end_on(today)?;
        notice.checked_add(end.until(running).ok()?).ok()
    }

    /// The last day of the term that ends next, or that another contract of the account continues or was lost for: from
    /// there on it does not begin another one.
    pub fn last_day(&self, all: &[Self], today: Date) -> Option<Date> {
        let followed = self.next(all).map(|(end, _)| end);
        followed.or_else(|| self.end_on(today))
    }

    /// Where it stands among the account's other contracts. From the day on which a signed one that continues it begins,
    /// that one counts in its place.
    pub fn state(&self, all: &[Self], today: Date) -> State {
        match self.outcome {
            Outcome::Open => return State::Open,
            Outcome::Lost => return State::Ended,
            Outcome::Won => {}
        }
        if self.start.is_some_and(|start| start > today) {
            return State::Future;
        }
        if self.end.is_none() {
            return self.state_without_end(all, today);
        }
        let past = self
            .end_on(today)
            .map_or(i32::MAX, |end| days_between(end, today));
        match self.next(all) {
            Some((_, next)) if next.outcome == Outcome::Won && past <= 0 && next.start > Some(today) => {
                State::Renewed
            }
            Some((end, next)) if next.outcome == Outcome::Lost && end >= today => State::Churned,
            None if past <= 0 => State::Active,
            None if past <= AROUND_END => State::Late,
            Some(_) | None => State::Ended,
        }
    }

    /// The decision about its next term, where there is one: the last day of the term before, and the contract that was
    /// signed or lost. Of several it is the first; what was lost and signed is signed.
    fn next<'a>(&self, all: &'a [Self]) -> Option<(Date, &'a Self)> {
        all.iter()
            .filter(|other| other.outcome != Outcome::Open)
            .filter_map(|other| Some((other.continues(self)?, other)))
            .min_by_key(|(end, other)| (*end, other.outcome != Outcome::Won, other.start))
    }

    /// Without an end it goes on until a later contract about the same product begins.
    fn state_without_end(&self, all: &[Self], today: Date) -> State {
        if self.end_untold {
            return State::Untold;
        }
        let begins = |other: &&Self| other.outcome == Outcome::Won && other.replaces(self);
        match all.iter().filter(begins).filter_map(|other| other.start).min() {
            Some(next) if next <= today => State::Ended,
            Some(_) => State::Renewed,
            None => State::Active,
        }
    }

    /// Whether it begins after one without an end that is not about another product.
    fn replaces(&self, other: &Self) -> bool {
        other.end.is_none()
            && other.start.is_some()
            && self.start > other.start
            && self.is_about_the_same(other)
    }

    /// Whether the two are about one product, as far as they say about which.
    fn is_about_the_same(&self, other: &Self) -> bool {
        match (&self.product, &other.product) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        }
    }

    /// The last day of the other's term that this contract continues: it begins around that day, ends later, and is not
    /// about another product. What begins in the midst of a term is something beside it.
    fn continues(&self, other: &Self) -> Option<Date> {
        let start = self.start?;
        if self.id == other.id
            || !self.is_about_the_same(other)
            || other.start.is_some_and(|begun| start <= begun)
        {
            return None;
        }
        // Half a term at most: no day is around the ends of two.
        let before = AROUND_END.min(other.term_months() * 15);
        let end = other.end_on(start.checked_sub(before.days()).ok()?)?;
        let is_around = (-before..=AROUND_END).contains(&days_between(end, start));
        (is_around && self.end.is_none_or(|ends| ends > end)).then_some(end)
    }

    /// How long a term is, in whole months.
    fn term_months(&self) -> i32 {
        let days = match (self.start, self.end) {
            _ if self.is_monthly() => return 1,
            (Some(start), Some(end)) => days_between(start, end),
            _ => 365,
        };
        ((days * 12 + 182) / 365).max(1)
    }
}

/// Contracts of one account that end together: one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// The last day of the term.
    pub end: Date,
    /// The last day on which the customer can still leave, where there is one.
    pub notice_by: Option<Date>,
    /// Annual value of each line in its own currency; `None` is unknown.
    pub lines: Vec<Option<Money>>,
    /// Whether all of it renews by itself; `None` where that is unknown of a line, and no other is known not to.
    pub auto_renew: Option<bool>,
    /// Whether it is a monthly one, in the same way.
    pub monthly: Option<bool>,
    /// Where it stands: active, late or churned.
    pub state: State,
}

impl Renewal {
    /// The day that the countdown runs to: notice where there is one and it has not passed, else the end.
    pub fn decision(&self, today: Date) -> Date {
        self.notice_by
            .filter(|notice| *notice >= today)
            .unwrap_or(self.end)
    }

    /// Whether it is known to be a monthly one.
    pub fn is_monthly(&self) -> bool {
        self.monthly == Some(true)
    }
}

/// The contracts whose end is to be decided or was decided against, with where each stands. Where the next term of one in
/// force is signed, that is the end of the signed term: active, as the contract it continues is.
fn to_decide(contracts: &[Contract], today: Date) -> Vec<(&Contract, State)> {
    let states = contracts.iter().map(|one| (one, one.state(contracts, today)));
    let (ahead, mut found): (Vec<_>, Vec<_>) = states.partition(|(_, state)| *state == State::Future);
    found.retain(|(_, state)| state.counts());
    let mut ahead: Vec<&Contract> = ahead.into_iter().map(|(one, _)| one).collect();
    // One may continue another one that is still ahead.
    ahead.sort_by_key(|one| one.start);
    for one in ahead {
        let follows =
            |(before, _): &(&Contract, State)| one.continues(before).is_some() || one.replaces(before);
        if found.iter().any(follows) {
            let state = match one.next(contracts) {
                Some((_, next)) if next.outcome == Outcome::Won => State::Renewed,
                Some(_) => State::Churned,
                None => State::Active,
            };
            found.push((one, state));
        }
    }
    found.retain(|(_, state)| *state != State::Renewed);
    found
}

/// The renewals that are to be decided, the next one first.
pub fn renewals(contracts: &[Contract], today: Date) -> Vec<Renewal> {
    let mut found: Vec<(Renewal, Vec<Option<Date>>)> = Vec::new();
    for (contract, state) in to_decide(contracts, today) {
        let Some(end) = contract.last_day(contracts, today) else {
            continue;
        };
        let notice_by = contract.notice_on(end);
        let same = |(renewal, _): &&mut (Renewal, Vec<Option<Date>>)| {
            renewal.end == end && renewal.is_monthly() == contract.is_monthly() && renewal.state == state
        };
        if let Some((renewal, notices)) = found.iter_mut().find(same) {
            renewal.lines.push(contract.arr);
            renewal.auto_renew = both(renewal.auto_renew, contract.auto_renew);
            renewal.monthly = both(renewal.monthly, contract.monthly);
            notices.push(notice_by);
        } else {
            let renewal = Renewal {
                end,
                notice_by: None,
                lines: vec![contract.arr],
                auto_renew: contract.auto_renew,
                monthly: contract.monthly,
                state,
            };
            found.push((renewal, vec![notice_by]));
        }
    }
    let mut found: Vec<Renewal> = found
        .into_iter()
        .map(|(renewal, notices)| Renewal {
            notice_by: notice_of(&notices, today),
            ..renewal
        })
        .collect();
    found.sort_by_key(|renewal| (renewal.decision(today), renewal.end, renewal.is_monthly()));
    found
}

/// Whether both are so: one that is not settles it, one that is unknown leaves it so.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether the contracts of an account tell what is in force on a day: something is, or something was and all that is over
/// was continued or lost. One that ran out undecided tells nothing, nor does one that begins later: what is missing in the
/// CRM may be in force.
pub fn tell(contracts: &[Contract], today: Date) -> bool {
    let states = || {
        let signed = contracts.iter().filter(|one| one.outcome == Outcome::Won);
        signed.map(|one| (one, one.state(contracts, today)))
    };
    let is_settled = |(one, state): (&Contract, State)| match state {
        State::Ended => one.end.is_none() || one.next(contracts).is_some(),
        state => state != State::Untold,
    };
    let any = |is: fn(State) -> bool| states().any(|(_, state)| is(state));
    any(State::counts) || (any(|state| state == State::Ended) && states().all(is_settled))
}

/// Days from one date to another, negative when the other comes before.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span: Span| span.get_days())
}

/// The notice date of a renewal by those of its lines: the next one ahead. Once all have passed it is the last of them;
/// while a line without one can still be cancelled, there is none.
fn notice_of(lines: &[Option<Date>], today: Date) -> Option<Date> {
    let ahead = lines.iter().flatten().filter(|notice| **notice >= today).min();
    let all = || lines.iter().copied().collect::<Option<Vec<Date>>>();
    ahead.copied().or_else(|| all()?.into_iter().max())
}

/// A date so many months later, on the month's last day if it was one or there is no such day.
fn add_months(date: Date, months: i32) -> Option<Date> {
    let later = date.checked_add(months.months()).ok()?;
    Some(if date == date.last_of_month() {
        later.last_of_month()
    } else {
        later
    })
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
