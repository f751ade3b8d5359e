//! One record, packed into a single allocation, because a large portal holds a million of them.

use std::fmt::{Display, Write};

/// Number of a property within its object type's schema.
pub type PropertyNumber = u8;

/// One record: stamps and packed values.
#[derive(Debug, Clone)]
pub struct Row {
    /// The record's id.
    pub id: u64,
    /// When it was made, Unix milliseconds.
    pub created: i64,
    /// When it was last changed, Unix milliseconds.
    pub changed: i64,
    /// When it was archived, Unix milliseconds.
    pub archived: Option<i64>,
    /// Stored values; computed ones are not here.
    pub values: Values,
}

/// The stored values of a record: (number, length, bytes) one after another.
#[derive(Debug, Clone, Default)]
pub struct Values(Box<[u8]>);

const HEAD: usize = 5;

impl Values {
    /// The value of a property; `None` when it is not set.
    pub fn get(&self, wanted: PropertyNumber) -> Option<&str> {
        self.iter()
            .find(|(number, _)| *number == wanted)
            .map(|(_, value)| value)
    }

    /// All set values.
    pub fn iter(&self) -> impl Iterator<Item = (PropertyNumber, &str)> {
        let mut rest: &[u8] = &self.0;
        std::iter::from_fn(move || {
            let (head, tail) = rest.split_at_checked(HEAD)?;
            let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let (value, next) = tail.split_at_checked(length)?;
            rest = next;
            Some((head[0], std::str::from_utf8(value).unwrap_or_default()))
        })
    }

    /// Sets or clears one value.
    pub fn set(&mut self, wanted: PropertyNumber, value: Option<&str>) {
        let mut packer = Packer::default();
        for (number, old) in self.iter().filter(|(number, _)| *number != wanted) {
            packer.put(number, old);
        }
        if let Some(value) = value {
            packer.put(wanted, value);
        }
        *self = packer.take();
    }
}

/// Packs values; its buffer is used again and again.
#[derive(Debug, Default)]
pub struct Packer {
    bytes: Bytes,
}

/// Bytes that can be written to as text.
#[derive(Debug, Default)]
struct Bytes(Vec<u8>);

impl Write for Bytes {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Packer {
    /// Adds a value. An empty one is not set.
    pub fn put(&mut self, number: PropertyNumber, value: impl Display) {
        let start = self.bytes.0.len();
        self.bytes.0.extend_from_slice(&[number, 0, 0, 0, 0]);
        if write!(self.bytes, "{value}").is_err() {
            self.bytes.0.truncate(start);
            return;
        }
        let length = self.bytes.0.len() - start - HEAD;
        if length == 0 {
            self.bytes.0.truncate(start);
            return;
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.bytes.0[start + 1..start + HEAD].copy_from_slice(&length.to_le_bytes());
    }

    /// The packed values; the packer is empty again.
    pub fn take(&mut self) -> Values {
        let values = Values(self.bytes.0.as_slice().into());
        self.bytes.0.clear();
        values
    }
}
