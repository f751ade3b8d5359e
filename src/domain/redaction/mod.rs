//! What may be shown to others: people, customers and money go by stable pseudonyms, or not at all.
//!
//! A name becomes a pseudonym that follows from a secret and the name, or the id in the CRM: the same one on every screen and
//! on every day, and nothing to work the name out from. Text that somebody wrote is hidden whole. In text that the program
//! put together only words of its own stay: what is not known to be harmless is not shown.

mod account;
mod desk;
mod due;
mod standup;
#[cfg(test)]
mod tests;
mod vocabulary;
mod words;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

pub use self::vocabulary::own_words;
pub use self::words::Around;
use self::words::Names;

use super::base32;
use super::money::{Currency, HIDDEN_AMOUNT, Money};
use super::record::{Owner, RecordId};

/// What stands in place of a text that somebody wrote.
pub const HIDDEN_TEXT: &str = "text hidden";
/// How many letters a pseudonym has: 33 million of them.
const LETTERS: u32 = 5;

/// How what is secret is told.
#[derive(Debug, Clone)]
pub struct Mask {
    key: [u8; 32],
    /// The words of the program and its configuration, lower case: they stay.
    own: BTreeSet<String>,
    /// Names of us: they are pseudonyms wherever they stand.
    us: Names,
    /// Whether a program reads it: then ids go by pseudonyms too, and there are no amounts.
    for_programs: bool,
}

/// What can be shown to others.
pub trait Redact {
    /// It without what is secret. Every field of it is decided on: a new one does not compile before it is.
    #[must_use]
    fn redacted(self, mask: &Mask) -> Self;
}

impl Mask {
    /// A mask by a secret that is this installation's own, which leaves these words of the configuration. `us` are the people
    /// of our own.
    pub fn new(key: [u8; 32], own: impl IntoIterator<Item = String>, us: &[Owner]) -> Self {
        let mut mask = Self {
            key,
            own: own.into_iter().chain(own_words(vocabulary::OURS)).collect(),
            us: Names::default(),
            for_programs: false,
        };
        for owner in us {
            let pseudonym = mask.person(&owner.name);
            mask.us.add(&owner.name, pseudonym);
        }
        mask
    }

    /// The same for what a program reads: ids are pseudonyms too, and amounts are not there at all.
    #[must_use]
    pub fn for_programs(self) -> Self {
        Self {
            for_programs: true,
            ..self
        }
    }

    /// Letters that stand for a value of a kind.
    fn letters(&self, kind: &str, value: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(self.key);
        hash.update(kind);
        hash.update([0]);
        hash.update(value);
        let digest = hash.finalize();
        let number = digest
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        base32::letters(number, LETTERS)
    }

    /// What an account is called: `Account 7Q4K2`.
    pub fn account(&self, id: &RecordId) -> String {
        format!("Account {}", self.letters("account", id.as_str()))
    }

    /// The same where only its name is known.
    fn account_called(&self, name: &str) -> String {
        format!("Account {}", self.letters("account-name", &name.to_lowercase()))
    }

    /// What a contract is called: `Contract 7Q4K2`.
    fn contract(&self, id: &RecordId) -> String {
        format!("Contract {}", self.letters("contract", id.as_str()))
    }

    /// What a person is called: `Person 7Q4K2`. That nobody is known stays so.
    pub fn person(&self, name: &str) -> String {
        match name.trim() {
            "" | "?" => name.to_owned(),
            known => format!("Person {}", self.letters("person", &known.to_lowercase())),
        }
    }

    /// An e-mail address, or the domain of one.
    pub fn address(&self, address: &str) -> String {
        if address.is_empty() {
            return String::new();
        }
        let letters = self.letters("address", &address.to_lowercase()).to_lowercase();
        if address.contains('@') {
            format!("{letters}@masked.example")
        } else {
            format!("{letters}.masked.example")
        }
    }

    /// An id of the CRM: as it is where the program goes by it, a pseudonym where it is printed for others.
    pub fn id(&self, id: &RecordId) -> RecordId {
        if self.for_programs && !id.as_str().is_empty() {
            return RecordId(self.letters("id", id.as_str()).to_lowercase());
        }
        id.clone()
    }

    /// An amount in minor units of the reporting currency: it is not there.
    fn amount(_: Option<i64>) -> Option<i64> {
        None
    }

    /// An amount with its currency: there is one, and nothing more.
    fn money(&self, money: Option<Money>) -> Option<Money> {
        let hidden = Money {
            minor: 0,
            currency: Currency::HIDDEN,
        };
        money.filter(|_| !self.for_programs).map(|_| hidden)
    }

    /// A text that somebody wrote: that there is one.
    pub fn text(text: &str) -> String {
        if text.is_empty() {
            String::new()
        } else {
            HIDDEN_TEXT.to_owned()
        }
    }

    /// What stands around texts of the program's own: so far only we do.
    pub fn around(&self) -> Around<'_> {
        Around::of(self)
    }

    /// Whether a word is one of the program's own.
    fn is_own(&self, word: &str) -> bool {
        self.own.contains(&word.to_lowercase())
    }
}

impl<T: Redact> Redact for Vec<T> {
    fn redacted(self, mask: &Mask) -> Self {
        self.into_iter().map(|one| one.redacted(mask)).collect()
    }
}

impl<T: Redact> Redact for Option<T> {
    fn redacted(self, mask: &Mask) -> Self {
        self.map(|one| one.redacted(mask))
    }
}

impl<T: Redact> Redact for Box<T> {
    fn redacted(self, mask: &Mask) -> Self {
        Self::new((*self).redacted(mask))
    }
}

impl Redact for Owner {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            user,
            email,
            name,
            active,
            queue,
            teams,
        } = self;
        Self {
            id: mask.id(&id),
            user: user.filter(|_| !mask.for_programs),
            email: mask.address(&email),
            name: mask.person(&name),
            active,
            queue,
            teams: teams
                .into_iter()
                .map(|(id, name)| (id, Mask::text(&name)))
                .collect(),
        }
    }
}

/// What stands in place of an amount in texts of the program's own.
pub(super) const MASKED: &str = HIDDEN_AMOUNT;
