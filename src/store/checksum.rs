//! Checksums that let a row prove that it is as it was written.

/// A CRC-32 over the values of one row, each with its length or a mark, so that no value can
/// move into its neighbour.
pub(super) struct Checksum(crc32fast::Hasher);

impl Checksum {
    /// Begins with the name of the table, so that a row of one table never passes in another.
    pub(super) fn of(table: &str) -> Self {
        Self(crc32fast::Hasher::new()).text(table)
    }

    /// Adds a number.
    pub(super) fn number(mut self, number: i64) -> Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Adds bytes.
    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds a text.
    pub(super) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a text or its absence.
    pub(super) fn optional(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.number(1).text(text),
            None => self.number(0),
        }
    }

    /// The checksum, as it is stored.
    pub(super) fn value(self) -> i64 {
        i64::from(self.0.finalize())
    }
}
