//! What accounts are called, and what the filter looks at: half of a book's memory, and seldom another from one book to
//! the next. So a new book shares it with the one before, and while one takes the place of the other it is there once.
//! The rows of the two may be in another order: each book knows at which entry its rows are called.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::arena::Arena;
use super::search::letters_of;

/// What the accounts of a book are called, entry by entry.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Ids in the CRM.
    pub ids: Arena,
    /// Names, safe to show.
    pub names: Arena,
    /// What the filter looks at.
    pub search: Arena,
    /// Which plain letters that has.
    pub letters: Vec<u64>,
    /// Each entry's place by alphabet; those that are called alike share one, and rows decide.
    pub ranks: Vec<u32>,
}

impl Named {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    fn push(&mut self, id: &str, name: &str, search: &str) {
        self.ids.push(id);
        self.names.push(name);
        self.search.push(search);
        self.letters.push(letters_of(search));
    }

    /// Whether this entry is called so.
    fn says(&self, entry: u32, id: &str, name: &str, search: &str) -> bool {
        self.ids.get(entry) == id && self.names.get(entry) == name && self.search.get(entry) == search
    }

    /// These entries, with room for as many as there are here.
    fn only(&self, entries: &[u32]) -> Self {
        let mut only = Self {
            ids: self.ids.emptied(),
            names: self.names.emptied(),
            search: self.search.emptied(),
            letters: Vec::with_capacity(self.letters.len()),
            ranks: Vec::new(),
        };
        for entry in entries {
            only.push(
                self.ids.get(*entry),
                self.names.get(*entry),
                self.search.get(*entry),
            );
        }
        only
    }

    /// Ranks the names, so that every later sort is one of numbers, and lets go of the room that was set aside to grow.
    fn finished(mut self) -> Self {
        let mut entries: Vec<u32> = (0..self.len() as u32).collect();
        entries.sort_unstable_by_key(|entry| self.search.get(*entry));
        self.ranks = vec![0; entries.len()];
        let alike = entries.chunk_by(|one, other| self.search.get(*one) == self.search.get(*other));
        for (rank, alike) in alike.enumerate() {
            for entry in alike {
                self.ranks[*entry as usize] = rank as u32;
            }
        }
        for texts in [&mut self.ids, &mut self.names, &mut self.search] {
            texts.shrink();
        }
        self.letters.shrink_to_fit();
        self
    }
}

/// Where each id of the book before stands, by a hash of it: little room, since it is needed for a moment only.
#[derive(Debug)]
struct Places(Vec<(u32, u32)>);

impl Places {
    fn of(ids: &Arena, count: usize) -> Self {
        let mut places: Vec<(u32, u32)> = (0..count as u32)
            .map(|entry| (hash(ids.get(entry)), entry))
            .collect();
        places.sort_unstable();
        Self(places)
    }

    /// The entries that may have this id.
    fn of_id(&self, id: &str) -> impl Iterator<Item = u32> {
        let hash = hash(id);
        let begin = self.0.partition_point(|(known, _)| *known < hash);
        let same = self.0[begin..]
            .iter()
            .take_while(move |(known, _)| *known == hash);
        same.map(|(_, entry)| *entry)
    }
}

fn hash(id: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish() as u32
}

/// Names that are being filled.
#[derive(Debug)]
pub(super) struct Naming {
    from: From,
    /// At which entry each row is called.
    called: Vec<u32>,
}

#[derive(Debug)]
enum From {
    /// As in the book before, up to here.
    Before(Arc<Named>, Places),
    /// Others than in the book before.
    Own(Named),
}

impl Default for Naming {
    fn default() -> Self {
        Self {
            from: From::Own(Named::default()),
            called: Vec::new(),
        }
    }
}

impl Naming {
    /// To be compared with those of the book before.
    pub fn after(before: &Arc<Named>) -> Self {
        Self {
            from: From::Before(Arc::clone(before), Places::of(&before.ids, before.len())),
            called: Vec::with_capacity(before.len()),
        }
    }

    /// Adds an account as the next row.
    pub fn push(&mut self, id: &str, name: &str, search: &str) {
        let row = self.called.len() as u32;
        match &mut self.from {
            From::Before(before, places) => {
                let same = places
                    .of_id(id)
                    .find(|entry| before.says(*entry, id, name, search));
                if let Some(entry) = same {
                    return self.called.push(entry);
                }
                let mut own = before.only(&self.called);
                own.push(id, name, search);
                self.from = From::Own(own);
                self.called = (0..=row).collect();
            }
            From::Own(own) => {
                own.push(id, name, search);
                self.called.push(row);
            }
        }
    }

    /// The names, from now on as they are, and at which of them each row is called.
    pub fn finish(self) -> (Arc<Named>, Vec<u32>) {
        let mut called = self.called;
        let named = match self.from {
            From::Before(before, _) if called.len() == before.len() => before,
            From::Before(before, _) => {
                let own = before.only(&called).finished();
                called = (0..own.len() as u32).collect();
                Arc::new(own)
            }
            From::Own(own) => Arc::new(own.finished()),
        };
        called.shrink_to_fit();
        (named, called)
    }
}
