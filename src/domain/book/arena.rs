//! Texts of a column in one piece of memory.

use std::collections::HashMap;

use memchr::memmem::Finder;

use crate::domain::text::SafeText;

/// Ends each text of an arena, so that no hit of a search can reach over two of them.
pub(super) const END: char = '\n';

/// Many short texts in one string.
#[derive(Debug, Default)]
pub(super) struct Arena {
    text: String,
    ends: Vec<u32>,
}

impl Arena {
    /// An empty one with as much room as this one takes, and a little more: growing by doubling would take up to three
    /// times the room meanwhile.
    pub(super) fn emptied(&self) -> Self {
        let more = |taken: usize| taken + taken / 64;
        Self {
            text: String::with_capacity(more(self.text.len())),
            ends: Vec::with_capacity(more(self.ends.len())),
        }
    }

    /// Appends a text without line breaks; what would pass 4 GiB is kept as an empty text.
    pub(super) fn push(&mut self, text: &str) {
        if u32::try_from(self.text.len() + text.len() + 1).is_ok() {
            self.text.push_str(text);
        }
        self.text.push(END);
        self.ends.push(self.text.len() as u32);
    }

    /// Lets go of the room that was set aside to grow.
    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The text of a row.
    pub(super) fn get(&self, row: u32) -> &str {
        &self.text[self.start(row) as usize..self.end(row) as usize - 1]
    }

    /// Where the text of a row begins, in bytes.
    pub(super) fn start(&self, row: u32) -> u32 {
        row.checked_sub(1).map_or(0, |before| self.end(before))
    }

    /// Where the next row begins, in bytes.
    pub(super) fn end(&self, row: u32) -> u32 {
        self.ends[row as usize]
    }

    /// Everything, rows ended by [`END`].
    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The first row with this text, by one pass over everything.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let ended = format!("{text}{END}");
        let finder = Finder::new(&ended);
        let (mut at, mut row) = (0, 0);
        while let Some(hit) = finder.find(&self.bytes()[at..]) {
            at += hit;
            row = self.row_at(row, at as u32);
            if self.get(row) == text {
                return Some(row);
            }
            at += 1;
        }
        None
    }

    /// The first row, not before `from`, that ends after the byte `at`.
    pub(super) fn row_at(&self, from: u32, at: u32) -> u32 {
        let rest = &self.ends[from as usize..];
        let mut reach = 1;
        while reach < rest.len() && rest[reach] <= at {
            reach *= 2;
        }
        let near = &rest[reach / 2..rest.len().min(reach + 1)];
        from + (reach / 2 + near.partition_point(|end| *end <= at)) as u32
    }
}

/// A column of which many rows have the same text.
#[derive(Debug, Default)]
pub(super) struct Words {
    texts: Vec<Box<str>>,
    known: HashMap<Box<str>, u32>,
    rows: Vec<u32>,
}

impl Words {
    /// Appends a row; `None` is unknown.
    pub(super) fn push(&mut self, raw: Option<&str>) {
        let Some(raw) = raw.filter(|raw| !raw.trim().is_empty()) else {
            self.rows.push(0);
            return;
        };
        let next = self.texts.len() as u32 + 1;
        let code = *self.known.entry(raw.into()).or_insert(next);
        if code == next {
            self.texts.push(SafeText::line(raw).as_str().into());
        }
        self.rows.push(code);
    }

    /// Renumbers the texts by alphabet, so that a row's number sorts as its text does.
    pub(super) fn rank(&mut self) {
        self.known = HashMap::new();
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_by_key(|code| self.texts[*code as usize].to_lowercase());
        let mut ranks = vec![0; order.len() + 1];
        for (rank, code) in order.iter().enumerate() {
            ranks[*code as usize + 1] = rank as u32 + 1;
        }
        self.texts = order
            .iter()
            .map(|code| self.texts[*code as usize].clone())
            .collect();
        for row in &mut self.rows {
            *row = ranks[*row as usize];
        }
    }

    /// Lets go of the room that was set aside to grow.
    pub(super) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
    }

    /// The text of a row.
    pub(super) fn get(&self, row: u32) -> Option<&str> {
        let code = self.code(row).checked_sub(1)?;
        self.texts.get(code as usize).map(AsRef::as_ref)
    }

    /// The number of a row's text, by alphabet; 0 is unknown.
    pub(super) fn code(&self, row: u32) -> u32 {
        self.rows[row as usize]
    }
}
