//! Reads rows straight from the pages of a database file, without the trees above them.
//!
//! A damaged database may have lost the way to its rows; the rows themselves lie in leaf pages and
//! are read one by one. Nothing is trusted here: every number is checked against its bounds, and
//! whether a row is as it was written, its checksum says. The format is <https://sqlite.org/fileformat2.html>.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use super::database::PAGE_SIZE;
use super::files::with_suffix;

/// First byte of a leaf page of a table.
const TABLE_LEAF: u8 = 0x0D;
/// Bytes before the first frame of a write-ahead log, and before the page of each frame.
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
/// Bytes at the start of the database before the first page's own header.
const FILE_HEADER: usize = 100;
/// The largest row that is put together, bytes.
const LARGEST_ROW: u64 = 1 << 26;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// NULL.
    Null,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Number(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// A database file and its write-ahead log.
pub(super) struct Leaves {
    database: File,
    log: Option<File>,
    /// Where the newest copy of a page lies in the log, by number of the page.
    newest: HashMap<u32, u64>,
    /// Where every copy of a page lies: (in the log, offset, number of the page).
    copies: Vec<(bool, u64, u32)>,
}

impl Leaves {
    /// The pages of this database.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let database = File::open(path)?;
        let log = File::open(with_suffix(path, "-wal")).ok();
        let pages = database.metadata()?.len().div_ceil(PAGE_SIZE as u64);
        let mut leaves = Self {
            copies: (0..pages)
                .map(|page| (false, page * PAGE_SIZE as u64, page as u32 + 1))
                .collect(),
            database,
            log,
            newest: HashMap::new(),
        };
        leaves.index_log()?;
        Ok(leaves)
    }

    /// Hands over every row that can be put together: (rowid, values). The same row may come several
    /// times. Says how many cells could not be put together.
    pub(super) fn each_row(&self, f: &mut dyn FnMut(i64, &[Value])) -> io::Result<u64> {
        let mut lost = 0;
        for (in_log, offset, number) in &self.copies {
            let page = self.page_at(*in_log, *offset)?;
            let header = if *number == 1 { FILE_HEADER } else { 0 };
            if page.get(header) != Some(&TABLE_LEAF) {
                continue;
            }
            let cells = u16_at(&page, header + 3).unwrap_or(0);
            for cell in 0..usize::from(cells).min(PAGE_SIZE / 4) {
                let place = u16_at(&page, header + 8 + 2 * cell);
                match place.and_then(|place| self.row(&page, usize::from(place))) {
                    Some((rowid, values)) => f(rowid, &values),
                    None => lost += 1,
                }
            }
        }
        Ok(lost)
    }

    fn index_log(&mut self) -> io::Result<()> {
        let Some(log) = &self.log else {
            return Ok(());
        };
        let length = log.metadata()?.len();
        let mut frame = WAL_HEADER;
        while frame + FRAME_HEADER + PAGE_SIZE as u64 <= length {
            let mut number = [0; 4];
            log.read_exact_at(&mut number, frame)?;
            let number = u32::from_be_bytes(number);
            let offset = frame + FRAME_HEADER;
            self.newest.insert(number, offset);
            self.copies.push((true, offset, number));
            frame = offset + PAGE_SIZE as u64;
        }
        Ok(())
    }

    /// A page; what is missing at the end of a file that was cut off is zero.
    fn page_at(&self, in_log: bool, offset: u64) -> io::Result<Vec<u8>> {
        let file = match &self.log {
            Some(log) if in_log => log,
            _ => &self.database,
        };
        let mut page = vec![0; PAGE_SIZE];
        let mut filled = 0;
        while filled < PAGE_SIZE {
            match file.read_at(&mut page[filled..], offset + filled as u64)? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(page)
    }

    fn newest_page(&self, number: u32) -> Option<Vec<u8>> {
        match self.newest.get(&number) {
            Some(offset) => self.page_at(true, *offset).ok(),
            None => self
                .page_at(false, u64::from(number.checked_sub(1)?) * PAGE_SIZE as u64)
                .ok(),
        }
    }

    /// The row whose cell begins at `place`.
    fn row(&self, page: &[u8], place: usize) -> Option<(i64, Vec<Value>)> {
        let mut cell = page.get(place..)?;
        let length = varint(&mut cell)?;
        let rowid = varint(&mut cell)? as i64;
        if length > LARGEST_ROW {
            return None;
        }
        let length = length as usize;
        let local = local_part(length);
        let mut payload = cell.get(..local)?.to_vec();
        if local < length {
            self.overflow(cell.get(local..)?, length, &mut payload)?;
        }
        Some((rowid, values(&payload)?))
    }

    /// Appends the rest of a row that did not fit into its page.
    fn overflow(&self, pointer: &[u8], length: usize, payload: &mut Vec<u8>) -> Option<()> {
        let mut next = u32_at(pointer, 0)?;
        while payload.len() < length {
            let page = self.newest_page(next)?;
            next = u32_at(&page, 0)?;
            let part = (length - payload.len()).min(PAGE_SIZE - 4);
            payload.extend_from_slice(page.get(4..4 + part)?);
        }
        Some(())
    }
}

/// How much of a row of this length lies in its own page.
fn local_part(length: usize) -> usize {
    let most = PAGE_SIZE - 35;
    if length <= most {
        return length;
    }
    let least = (PAGE_SIZE - 12) * 32 / 255 - 23;
    let wanted = least + (length - least) % (PAGE_SIZE - 4);
    if wanted <= most { wanted } else { least }
}

/// The values of a record. Rows of ours hold no floating-point numbers and no blobs.
fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let mut rest = payload;
    let header = usize::try_from(varint(&mut rest)?).ok()?;
    let skipped = payload.len() - rest.len();
    let mut types = payload.get(skipped..header)?;
    let mut body = payload.get(header..)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        let (value, length) = match varint(&mut types)? {
            0 => (Value::Null, 0),
            kind @ 1..=6 => {
                let length = [1, 2, 3, 4, 6, 8][kind as usize - 1];
                (Value::Number(big_endian(body.get(..length)?)), length)
            }
            kind @ 8..=9 => (Value::Number(kind as i64 - 8), 0),
            kind if kind >= 13 && kind % 2 == 1 => {
                let length = usize::try_from((kind - 13) / 2).ok()?;
                let text = std::str::from_utf8(body.get(..length)?).ok()?;
                (Value::Text(text.to_owned()), length)
            }
            _ => return None,
        };
        body = &body[length..];
        values.push(value);
    }
    Some(values)
}

/// A signed number of up to eight bytes.
fn big_endian(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    bytes
        .iter()
        .fold(if negative { -1 } else { 0 }, |number: i64, byte| {
            number << 8 | i64::from(*byte)
        })
}

/// Takes a number of one to nine bytes from the front.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if place == 8 {
            return Some(number << 8 | u64::from(*byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(place..place + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(place..place + 4)?.try_into().ok()?))
}
