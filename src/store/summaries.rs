//! Summaries and warnings in the cache: what `engine` computes and the screen reads first.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::domain::desk::Warning;
use crate::domain::health::Seen;
use crate::domain::record::RecordId;
use crate::domain::summary::{Band, Summary};

use super::cache::{Cache, next_generation};
use super::checksum::Checksum;
use super::error::StoreError;
use super::pack::{Packer, Unpacker};
use super::{broken, verify};

const COLUMNS: &str = "id, worst, line, checksum";

impl Cache {
    /// Writes summaries and removes those of accounts that are gone, in one transaction.
    pub fn put_summaries(&mut self, changed: &[Summary], gone: &[RecordId]) -> Result<(), StoreError> {
        if changed.is_empty() && gone.is_empty() {
            return Ok(());
        }
        self.database.write(|transaction| {
            next_generation(transaction)?;
            put(transaction, changed)?;
            let mut delete = transaction.prepare_cached("DELETE FROM summaries WHERE id = ?1")?;
            let mut silence = transaction.prepare_cached("DELETE FROM warnings WHERE account = ?1")?;
            let mut forget = transaction.prepare_cached("DELETE FROM features WHERE id = ?1")?;
            for account in gone {
                delete.execute([account.as_str()])?;
                silence.execute([account.as_str()])?;
                forget.execute([account.as_str()])?;
            }
            Ok(())
        })
    }

    /// The first summaries, worst first, ties by id.
    pub fn top_summaries(&self, most: usize) -> Result<Vec<Summary>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM summaries ORDER BY worst, id LIMIT ?1"
                ))?
                .query_map([most as i64], read)?
                .collect()
        })
    }

    /// Hands over every summary, worst first, ties by id.
    pub fn each_summary(&self, f: &mut dyn FnMut(Summary)) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM summaries ORDER BY worst, id"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                f(read(row)?);
            }
            Ok(())
        })
    }

    /// The accounts that have a summary.
    pub fn summary_ids(&self) -> Result<Vec<RecordId>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id FROM summaries ORDER BY id")?
                .query_map([], |row| row.get(0).map(RecordId))?
                .collect()
        })
    }

    /// The next so many accounts that have a summary, after one or from the first.
    pub fn summary_ids_after(
        &self,
        after: Option<&RecordId>,
        most: usize,
    ) -> Result<Vec<RecordId>, StoreError> {
        // No id is less than an empty one.
        let after = after.map_or("", RecordId::as_str);
        self.database.run(|connection| {
            connection
                .prepare_cached("SELECT id FROM summaries WHERE id > ?1 ORDER BY id LIMIT ?2")?
                .query_map((after, most as i64), |row| row.get(0).map(RecordId))?
                .collect()
        })
    }

    /// How many summaries there are.
    pub fn count_summaries(&self) -> Result<u64, StoreError> {
        self.database.run(|connection| {
            connection
                .query_row("SELECT count(*) FROM summaries", [], |row| row.get(0))
                .map(|count: i64| count as u64)
        })
    }

    /// The summary of one account.
    pub fn summary(&self, id: &RecordId) -> Result<Option<Summary>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM summaries WHERE id = ?1"))?
                .query_row([id.as_str()], read)
                .optional()
        })
    }

    /// Makes the warnings of one account these.
    pub fn put_warnings(&mut self, account: &RecordId, warnings: &[Warning]) -> Result<(), StoreError> {
        self.put_all_warnings(&[(account, warnings)])
    }

    /// Makes the warnings of many accounts these, in one transaction.
    pub fn put_all_warnings(&mut self, sets: &[(&RecordId, &[Warning])]) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            let mut delete = transaction.prepare_cached("DELETE FROM warnings WHERE account = ?1")?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO warnings (account, position, body, checksum) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (account, warnings) in sets {
                delete.execute([account.as_str()])?;
                for (position, warning) in warnings.iter().enumerate() {
                    let body = serde_json::to_string(warning).map_err(|_| broken("a warning"))?;
                    let checksum = warning_checksum(account.as_str(), position as i64, &body);
                    insert.execute(params![account.as_str(), position as i64, body, checksum])?;
                }
            }
            Ok(())
        })
    }

    /// Hands over every warning whose condition holds, by account: what a person closed and what sleeps too.
    pub fn each_warning(&self, f: &mut dyn FnMut(Warning)) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT account, position, body, checksum FROM warnings ORDER BY account, position",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                f(read_warning(row)?);
            }
            Ok(())
        })
    }

    /// Every warning whose condition holds, by account: what a person closed and what sleeps too.
    pub fn warnings(&self) -> Result<Vec<Warning>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(
                    "SELECT account, position, body, checksum FROM warnings ORDER BY account, position",
                )?
                .query_map([], read_warning)?
                .collect()
        })
    }

    /// The warnings of one account whose condition holds: what a person closed and what sleeps too.
    pub fn warnings_of(&self, account: &RecordId) -> Result<Vec<Warning>, StoreError> {
        self.database.run(|connection| {
            connection
                .prepare_cached(
                    "SELECT account, position, body, checksum FROM warnings
                     WHERE account = ?1 ORDER BY position",
                )?
                .query_map([account.as_str()], read_warning)?
                .collect()
        })
    }
}

fn put(connection: &Connection, summaries: &[Summary]) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO summaries (id, worst, line, checksum) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let mut packer = Packer::default();
    for summary in summaries {
        packer.clear();
        pack(summary, &mut packer);
        let checksum = checksum(summary.id.as_str(), summary.worst, packer.bytes());
        statement.execute(params![
            summary.id.as_str(),
            summary.worst,
            packer.bytes(),
            checksum
        ])?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let id: String = row.get(0)?;
    let worst = row.get(1)?;
    let line = row.get_ref(2)?.as_blob()?;
    verify(checksum(&id, worst, line), row.get(3)?)?;
    unpack(RecordId(id), worst, line).ok_or_else(|| broken("a summary"))
}

fn checksum(id: &str, worst: i64, line: &[u8]) -> i64 {
    Checksum::of("summaries")
        .text(id)
        .number(worst)
        .bytes(line)
        .value()
}

fn pack(summary: &Summary, packer: &mut Packer) {
    packer.text(&summary.name);
    packer.option(summary.domain.as_deref(), Packer::text);
    packer.number(summary.former_names.len() as u64);
    for name in &summary.former_names {
        packer.text(name);
    }
    packer.option(summary.arr, Packer::signed);
    packer.byte(u8::from(summary.arr_at_least));
    packer.option(summary.score, Packer::byte);
    packer.byte(summary.band as u8);
    packer.option(summary.last_band, |packer, band| packer.byte(band as u8));
    packer.byte(summary.coverage);
    packer.option(summary.delta.map(i64::from), Packer::signed);
    for score in summary.trend {
        packer.byte(score);
    }
    packer.option(summary.notice_by, Packer::date);
    packer.option(summary.ends, Packer::date);
    packer.byte(u8::from(summary.monthly));
    packer.option(summary.segment.as_deref(), Packer::text);
    packer.option(summary.stage.as_deref(), Packer::text);
    packer.option(summary.csm.as_ref().map(RecordId::as_str), Packer::text);
    packer.option(summary.csm_name.as_deref(), Packer::text);
    packer.option(summary.last_touch, Packer::date);
    packer.option(summary.at_stake, Packer::signed);
    packer.number(u64::from(summary.open_warnings));
    packer.number(summary.measured.len() as u64);
    for seen in &summary.measured {
        packer.number(u64::from(seen.packed()));
    }
}

fn unpack(id: RecordId, worst: i64, line: &[u8]) -> Option<Summary> {
    let from = &mut Unpacker::new(line);
    // Fields are read in the order in which they stand here, which is the order of `pack`.
    Some(Summary {
        id,
        worst,
        name: from.text()?.to_owned(),
        domain: owned(from)?,
        former_names: (0..from.number()?)
            .map(|_| from.text().map(str::to_owned))
            .collect::<Option<_>>()?,
        arr: from.option(Unpacker::signed)?,
        arr_at_least: from.byte()? != 0,
        score: from.option(Unpacker::byte)?,
        band: Band::from_number(from.byte()?)?,
        last_band: from.option(|from| Band::from_number(from.byte()?))?,
        coverage: from.byte()?,
        delta: from.option(|from| i16::try_from(from.signed()?).ok())?,
        trend: from.take(8)?.try_into().ok()?,
        notice_by: from.option(Unpacker::date)?,
        ends: from.option(Unpacker::date)?,
        monthly: from.byte()? != 0,
        segment: owned(from)?,
        stage: owned(from)?,
        csm: owned(from)?.map(RecordId),
        csm_name: owned(from)?,
        last_touch: from.option(Unpacker::date)?,
        at_stake: from.option(Unpacker::signed)?,
        open_warnings: u16::try_from(from.number()?).ok()?,
        // An older program wrote none: they come with the next scoring.
        measured: (0..from.number().unwrap_or(0))
            .map(|_| Some(Seen::unpacked(u16::try_from(from.number()?).ok()?)))
            .collect::<Option<_>>()?,
    })
}

#[allow(clippy::option_option)] // the outer `None` is broken bytes
fn owned(from: &mut Unpacker<'_>) -> Option<Option<String>> {
    from.option(|from| from.text().map(str::to_owned))
}

fn read_warning(row: &Row<'_>) -> rusqlite::Result<Warning> {
    let account = row.get_ref(0)?.as_str()?;
    let body = row.get_ref(2)?.as_str()?;
    verify(warning_checksum(account, row.get(1)?, body), row.get(3)?)?;
    serde_json::from_str(body).map_err(|_| broken("a warning"))
}

fn warning_checksum(account: &str, position: i64, body: &str) -> i64 {
    Checksum::of("warnings")
        .text(account)
        .number(position)
        .text(body)
        .value()
}
