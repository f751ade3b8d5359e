//! What accounts are called, and what the filter looks at: half of a book's memory, and seldom another from one book to
//! the next. So a new book shares it with the one before, and while one takes the place of the other it is there once.

use std::sync::Arc;

use super::arena::Arena;
use super::search::letters_of;

/// What the accounts of a book are called, row by row.
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
    /// Each row's place by alphabet.
    pub ranks: Vec<u32>,
}

impl Named {
    fn len(&self) -> u32 {
        self.letters.len() as u32
    }

    fn push(&mut self, id: &str, name: &str, search: &str) {
        self.ids.push(id);
        self.names.push(name);
        self.search.push(search);
        self.letters.push(letters_of(search));
    }

    /// Whether this row is called so.
    fn says(&self, row: u32, id: &str, name: &str, search: &str) -> bool {
        row < self.len()
            && self.ids.get(row) == id
            && self.names.get(row) == name
            && self.search.get(row) == search
    }

    /// The first rows of these.
    fn first(&self, rows: u32) -> Self {
        let mut first = Self {
            ids: self.ids.emptied(),
            names: self.names.emptied(),
            search: self.search.emptied(),
            letters: Vec::with_capacity(self.letters.len()),
            ranks: Vec::new(),
        };
        for row in 0..rows {
            first.push(self.ids.get(row), self.names.get(row), self.search.get(row));
        }
        first
    }

    /// Ranks the names, so that every later sort is one of numbers, and lets go of the room that was set aside to grow.
    fn finished(mut self) -> Self {
        let mut rows: Vec<u32> = (0..self.len()).collect();
        rows.sort_unstable_by(|a, b| self.search.get(*a).cmp(self.search.get(*b)).then(a.cmp(b)));
        self.ranks = vec![0; rows.len()];
        for (rank, row) in rows.into_iter().enumerate() {
            self.ranks[row as usize] = rank as u32;
        }
        for texts in [&mut self.ids, &mut self.names, &mut self.search] {
            texts.shrink();
        }
        self.letters.shrink_to_fit();
        self
    }
}

/// Names that are being filled.
#[derive(Debug)]
pub(super) enum Naming {
    /// As in the book before, up to this row.
    Same(Arc<Named>, u32),
    /// Others than in the book before.
    Own(Named),
}

impl Default for Naming {
    fn default() -> Self {
        Self::Own(Named::default())
    }
}

impl Naming {
    /// To be compared with those of the book before.
    pub fn after(before: &Arc<Named>) -> Self {
        Self::Same(Arc::clone(before), 0)
    }

    /// Adds an account as the next row.
    pub fn push(&mut self, id: &str, name: &str, search: &str) {
        match self {
            Self::Same(before, rows) if before.says(*rows, id, name, search) => *rows += 1,
            Self::Same(before, rows) => {
                let mut own = before.first(*rows);
                own.push(id, name, search);
                *self = Self::Own(own);
            }
            Self::Own(own) => own.push(id, name, search),
        }
    }

    /// The names, from now on as they are.
    pub fn finish(self) -> Arc<Named> {
        match self {
            Self::Same(before, rows) if rows == before.len() => before,
            Self::Same(before, rows) => Arc::new(before.first(rows).finished()),
            Self::Own(own) => Arc::new(own.finished()),
        }
    }
}
