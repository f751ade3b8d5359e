//! Acts: what a person means to do, turned into the writes that do it.
//!
//! Everything here is pure: who acts and when comes in as an [`Occasion`], what is known of the account as
//! values, and what comes out are [`NewEntry`]s for the outbox. Nothing is stored or sent here.

pub mod again;
pub mod amount;
pub mod days;
pub mod edit;
pub mod note;
pub mod task;
pub mod title;
pub mod touch;
pub mod undo;
pub mod warn;

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::outbox::{Field, NewEntry, Target, Write};
use super::record::{Core, Kind, Owner, RecordId};

/// The time of day at which a task is due that names none: the end of the working day.
pub const END_OF_DAY: Time = Time::constant(17, 0, 0, 0);

/// One of us, as far as a write needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    /// Id of the owner in the CRM.
    pub id: RecordId,
    /// Given and family name, raw.
    pub name: String,
}

impl Somebody {
    /// An owner, as a write needs them.
    pub fn of(owner: &Owner) -> Self {
        Self {
            id: owner.id.clone(),
            name: owner.name.clone(),
        }
    }

    /// Those of us who are active, by name; namesakes by id.
    pub fn active(owners: &[Owner]) -> Vec<Self> {
        let active = owners.iter().filter(|owner| owner.active);
        let mut people: Vec<Self> = active.map(Self::of).collect();
        people.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        people
    }

    /// The one of us who is active and whom a text means: by e-mail address, id or whole name, else by parts of name
    /// and address. The error is one sentence.
    pub fn called(owners: &[Owner], text: &str) -> Result<Self, String> {
        let text = text.trim();
        let active = || owners.iter().filter(|owner| owner.active);
        let has =
            |owner: &&Owner| !text.is_empty() && has_words(&format!("{} {}", owner.name, owner.email), text);
        let whole = |owner: &&Owner| owner.name.to_lowercase() == text.to_lowercase();
        let exact = Owner::find(owners, text).filter(|owner| owner.active);
        let mut found: Vec<&Owner> = exact.into_iter().collect();
        for is_meant in [&whole as &dyn Fn(&&Owner) -> bool, &has] {
            if found.is_empty() {
                found = active().filter(|owner| is_meant(owner)).collect();
            }
        }
        match found.as_slice() {
            [one] => Ok(Self::of(one)),
            [] => Err(format!("nobody of us is called `{text}`")),
            several => {
                let shown = several.iter().take(MOST_NAMED);
                let shown: Vec<String> = shown.map(|one| format!("{} ({})", one.name, one.email)).collect();
                let more = match several.len() - shown.len() {
                    0 => String::new(),
                    more => format!(" or {more} others"),
                };
                Err(format!(
                    "`{text}` may be {}{more}: write more of it",
                    shown.join(" or ")
                ))
            }
        }
    }
}

/// Of those whom a text may mean so many are named.
const MOST_NAMED: usize = 5;

/// Whether every word of a text is part of a name, in whatever case.
pub fn has_words(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    text.to_lowercase()
        .split_whitespace()
        .all(|word| name.contains(word))
}

/// Who acts, when and where.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// Who acts.
    pub me: Somebody,
    /// The instant it is (UTC).
    pub now: Timestamp,
    /// The person's time zone: civil days are theirs.
    pub zone: TimeZone,
    /// The days of the week on which we work.
    pub business_days: Vec<Weekday>,
    /// How long a write waits in which it can be taken back.
    pub grace: SignedDuration,
    /// A word for this act that no other act has.
    pub act: String,
}

/// The account that an act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Id of the account.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
}

impl Occasion {
    /// The day by whose evening a task is due that says nothing of when: today, or once its working hours are over, or
    /// on a day off, the next day on which we work.
    pub fn workday(&self) -> Date {
        let now = self.now.to_zoned(self.zone.clone());
        let works = |day: Date| self.business_days.is_empty() || self.business_days.contains(&day.weekday());
        let mut day = now.date();
        if now.time() >= END_OF_DAY {
            day = day.tomorrow().unwrap_or(day);
        }
        while !works(day) {
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        day
    }

    /// Today in the person's time zone.
    pub fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// When a write that is queued now may leave (UTC).
    pub fn leaves_at(&self) -> Timestamp {
        self.now.checked_add(self.grace).unwrap_or(self.now)
    }

    /// The instant (UTC) of a civil time of the person; `None` when the calendar has no such instant.
    pub fn instant(&self, day: Date, time: Time) -> Option<Timestamp> {
        let zoned = day.to_datetime(time).to_zoned(self.zone.clone());
        zoned.ok().map(|zoned| zoned.timestamp())
    }

    fn entry(&self, about: Option<&About>, title: String, write: Write) -> NewEntry {
        NewEntry {
            act: self.act.clone(),
            account: about.map(|about| about.id.clone()),
            title,
            write,
            leaves_at: self.leaves_at(),
        }
    }

    fn create(
        &self,
        kind: Kind,
        about: &About,
        title: String,
        fields: impl IntoIterator<Item = (Core, String)>,
        people: &[RecordId],
    ) -> NewEntry {
        let mut fields: BTreeMap<Field, String> = fields
            .into_iter()
            .map(|(field, value)| (Field::Core(field), value))
            .collect();
        // A key of a service is nobody: what is written belongs to who wrote it, unless it is for another.
        fields
            .entry(Field::Core(Core::Owner))
            .or_insert_with(|| self.me.id.to_string());
        let account = (Kind::Account, Target::Record(about.id.clone()));
        let people = people
            .iter()
            .map(|id| (Kind::Contact, Target::Record(id.clone())));
        let about_all = std::iter::once(account).chain(people).collect();
        let write = Write::Create {
            kind,
            fields,
            about: about_all,
        };
        self.entry(Some(about), title, write)
    }
}

/// The first line of a text, at most this many characters, for a title.
pub fn first_line(text: &str, most: usize) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod edit_tests;
#[cfg(test)]
mod names_tests;
#[cfg(test)]
mod tests;
