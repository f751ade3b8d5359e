//! Acts: what a person means to do, turned into the writes that do it.
//!
//! Everything here is pure: who acts and when comes in as an [`Occasion`], what is known of the account as
//! values, and what comes out are [`NewEntry`]s for the outbox. Nothing is stored or sent here.

pub mod again;
pub mod amount;
pub mod asked;
pub mod days;
pub mod edit;
pub mod next_step;
pub mod note;
pub mod task;
pub mod title;
pub mod touch;
pub mod undo;
pub mod warn;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::calendar::Calendars;
use super::outbox::{Field, NewEntry, Target, Write};
use super::record::{Core, Kind, Owner, RecordId};
use super::text;

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

    /// The one of us who is active and whom a text means: by e-mail address, id or whole name, else by beginnings of
    /// their words, else by parts of name and address; one letter is too little to be meant. The error is one sentence.
    pub fn called(owners: &[Owner], text: &str) -> Result<Self, String> {
        let text = text.trim();
        let active = || owners.iter().filter(|owner| owner.active);
        let exact = Owner::find(owners, text).filter(|owner| owner.active);
        let mut found: Vec<&Owner> = exact.into_iter().collect();
        if found.is_empty() && active().all(|owner| rank(&owner.name, text) != Some(0)) {
            is_name(text)?;
        }
        if found.is_empty() && !text.is_empty() {
            found = closest(active(), text, |owner| {
                vec![owner.name.clone(), format!("{} {}", owner.name, owner.email)]
            });
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

/// One letter means nobody: it is a slip of the hand, and who looks after a customer is not left to one. The error is one
/// sentence.
fn is_name(text: &str) -> Result<(), String> {
    match text.chars().count() {
        1 => Err(format!("`{text}` is too short for a name: write more of it")),
        _ => Ok(()),
    }
}

/// Of those whom a text may mean so many are named.
const MOST_NAMED: usize = 5;

/// How well a text means a name, in whatever case: 0 is the whole name, then its beginning, then beginnings of its words,
/// then parts of them; `None` where it does not.
pub fn rank(name: &str, text: &str) -> Option<u8> {
    let (name, text) = (name.to_lowercase(), text.trim().to_lowercase());
    let begins = |word: &str| name.split_whitespace().any(|part| part.starts_with(word));
    match () {
        () if name == text => Some(0),
        () if name.starts_with(&text) => Some(1),
        () if text.split_whitespace().all(begins) => Some(2),
        () if text.split_whitespace().all(|word| name.contains(word)) => Some(3),
        () => None,
    }
}

/// Those of whom a text means a name best, in their order; none where it means nobody.
fn closest<'a, T>(
    all: impl IntoIterator<Item = &'a T>,
    text: &str,
    names: impl Fn(&T) -> Vec<String>,
) -> Vec<&'a T> {
    let ranked: Vec<(u8, &T)> = all
        .into_iter()
        .filter_map(|one| Some((names(one).iter().filter_map(|name| rank(name, text)).min()?, one)))
        .collect();
    let best = ranked.iter().map(|(rank, _)| *rank).min();
    let ranked = ranked.into_iter().filter(|(rank, _)| Some(*rank) == best);
    ranked.map(|(_, one)| one).collect()
}

/// Who acts, when and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Who acts.
    pub me: Somebody,
    /// The instant it is (UTC).
    pub now: Timestamp,
    /// The person's time zone: civil days are theirs.
    pub zone: TimeZone,
    /// On which days each of us works.
    pub calendars: Arc<Calendars>,
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
    /// on a day off, the next day on which I work.
    pub fn workday(&self) -> Date {
        self.workday_of(&self.me.id)
    }

    /// The same of what another of us is to do: by their days, in my time zone.
    pub fn workday_of(&self, owner: &RecordId) -> Date {
        let works = self.calendars.of(owner);
        works.begun_at(&self.here())
    }

    /// The instant it is, in the person's time zone.
    pub fn here(&self) -> Zoned {
        self.now.to_zoned(self.zone.clone())
    }

    /// Today in the person's time zone.
    pub fn today(&self) -> Date {
        self.here().date()
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
        title: &str,
        fields: impl IntoIterator<Item = (Core, String)>,
        people: &[RecordId],
    ) -> NewEntry {
        let mut fields: BTreeMap<Field, String> = fields
            .into_iter()
            .map(|(field, value)| (Field::Core(field), text::written(field, &value)))
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
        self.entry(Some(about), text::one_line(&text::writable(title)), write)
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
pub(super) mod tests;
