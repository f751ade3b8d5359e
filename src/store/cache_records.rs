//! Records in the cache: packed, with a checksum each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::record::{Core, Kind, Record, RecordId};

use super::addresses;
use super::checksum::Checksum;
use super::key::{Key, id_at};
use super::pack::{Packer, Unpacker};
use super::{broken, verify};

const COLUMNS: &str = "id, created, changed, archived, fields, checksum";

/// Writes records; those that are there are replaced.
pub(super) fn put(connection: &Connection, records: &[Record]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO records (kind, id, created, changed, archived, fields, checksum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut packer = Packer::default();
    for record in records {
        pack(record, &mut packer);
        let (created, changed) = (record.created.as_millisecond(), record.changed.as_millisecond());
        statement.execute(params![
            record.kind as u8,
            Key(record.id.as_str()),
            created,
            changed,
            record.archived,
            packer.bytes(),
            checksum(
                record.kind,
                record.id.as_str(),
                created,
                changed,
                record.archived,
                packer.bytes()
            ),
        ])?;
        addresses::put(connection, record)?;
    }
    Ok(())
}

/// Removes a record.
pub(super) fn remove(connection: &Connection, kind: Kind, id: &RecordId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM records WHERE kind = ?1 AND id = ?2")?
        .execute(params![kind as u8, Key(id.as_str())])?;
    addresses::remove(connection, kind, id)
}

/// One record.
pub(super) fn one(connection: &Connection, kind: Kind, id: &str) -> rusqlite::Result<Option<Record>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM records WHERE kind = ?1 AND id = ?2"
        ))?
        .query_row(params![kind as u8, Key(id)], |row| read(kind, row))
        .optional()
}

/// Those of the records that are there, in the order that was asked for.
pub(super) fn many<'a>(
    connection: &Connection,
    kind: Kind,
    ids: impl Iterator<Item = &'a str>,
) -> rusqlite::Result<Vec<Record>> {
    ids.filter_map(|id| one(connection, kind, id).transpose())
        .collect()
}

/// Hands over every record of a kind.
pub(super) fn each(connection: &Connection, kind: Kind, f: &mut dyn FnMut(Record)) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM records WHERE kind = ?1 ORDER BY id"
    ))?;
    let mut rows = statement.query([kind as u8])?;
    while let Some(row) = rows.next()? {
        f(read(kind, row)?);
    }
    Ok(())
}

/// The ids of all records of a kind.
pub(super) fn ids(connection: &Connection, kind: Kind) -> rusqlite::Result<Vec<RecordId>> {
    connection
        .prepare_cached("SELECT id FROM records WHERE kind = ?1 ORDER BY id")?
        .query_map([kind as u8], |row| id_at(row, 0).map(RecordId))?
        .collect()
}

/// The next so many ids of a kind, after one or from the first.
pub(super) fn ids_after(
    connection: &Connection,
    kind: Kind,
    after: Option<&str>,
    most: usize,
) -> rusqlite::Result<Vec<RecordId>> {
    let from = after.map_or("", |_| " AND id > ?2");
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM records WHERE kind = ?1{from} ORDER BY id LIMIT {most}"
    ))?;
    let id = |row: &Row<'_>| id_at(row, 0).map(RecordId);
    match after {
        Some(after) => statement
            .query_map(params![kind as u8, Key(after)], id)?
            .collect(),
        None => statement.query_map([kind as u8], id)?.collect(),
    }
}

/// Whether a record is there.
pub(super) fn has(connection: &Connection, kind: Kind, id: &str) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM records WHERE kind = ?1 AND id = ?2")?
        .exists(params![kind as u8, Key(id)])
}

/// How many records of a kind there are.
pub(super) fn count(connection: &Connection, kind: Kind) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT count(*) FROM records WHERE kind = ?1")?
        .query_row([kind as u8], |row| row.get(0))
        .map(|count: i64| count as u64)
}

fn read(kind: Kind, row: &Row<'_>) -> rusqlite::Result<Record> {
    let id = id_at(row, 0)?;
    let (created, changed, archived) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let packed = row.get_ref(4)?.as_blob()?;
    verify(
        checksum(kind, &id, created, changed, archived, packed),
        row.get(5)?,
    )?;
    let (core, mapped) = unpack(packed).ok_or_else(|| broken("the fields of a record"))?;
    let time = |stamp| Timestamp::from_millisecond(stamp).map_err(|_| broken("a timestamp"));
    Ok(Record {
        kind,
        id: RecordId(id),
        created: time(created)?,
        changed: time(changed)?,
        archived,
        core,
        mapped,
    })
}

fn checksum(kind: Kind, id: &str, created: i64, changed: i64, archived: bool, packed: &[u8]) -> i64 {
    Checksum::of("records")
        .number(kind as i64)
        .text(id)
        .number(created)
        .number(changed)
        .number(i64::from(archived))
        .bytes(packed)
        .value()
}

fn pack(record: &Record, packer: &mut Packer) {
    packer.clear();
    packer.number(record.core.len() as u64);
    for (field, value) in &record.core {
        packer.text(field.name());
        packer.text(value);
    }
    packer.number(record.mapped.len() as u64);
    for (property, value) in &record.mapped {
        packer.text(property);
        packer.text(value);
    }
}

type Fields = (BTreeMap<Core, String>, BTreeMap<String, String>);

fn unpack(packed: &[u8]) -> Option<Fields> {
    let mut unpacker = Unpacker::new(packed);
    let mut core = BTreeMap::new();
    for _ in 0..unpacker.number()? {
        let (name, value) = (unpacker.text()?, unpacker.text()?);
        // A field that this program no longer has is left out.
        if let Some(field) = Core::from_name(name) {
            core.insert(field, value.to_owned());
        }
    }
    let mut mapped = BTreeMap::new();
    for _ in 0..unpacker.number()? {
        mapped.insert(unpacker.text()?.to_owned(), unpacker.text()?.to_owned());
    }
    Some((core, mapped))
}
