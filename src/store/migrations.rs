//! The schemas of both databases, as an append-only list of steps: a shipped step never changes.
//!
//! To change a schema, append a step to the list, and commit a dump of the schema before it to
//! `tests/it/schemas/` (the test names the file). `user_version` says how many steps
//! were done (see [`stored_version`]).

use rusqlite::{Connection, Transaction};

use super::{addresses, identity};

/// One step, from one version to the next.
#[derive(Debug)]
pub(super) struct Step {
    /// The statements.
    sql: &'static str,
    /// What no statement can do, after them.
    then: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

impl Step {
    /// Does it.
    pub(super) fn run(&self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        transaction.execute_batch(self.sql)?;
        self.then.map_or(Ok(()), |then| then(transaction))
    }
}

/// The schema of one database.
#[derive(Debug)]
pub(super) struct Schema {
    /// `application_id` of the file: tells our databases from other ones.
    pub(super) application: i32,
    /// The steps, oldest first.
    pub(super) steps: &'static [Step],
}

impl Schema {
    /// The newest version.
    pub(super) fn version(&self) -> u32 {
        self.steps.len() as u32
    }

    /// Does the steps that are missing.
    pub(super) fn migrate(&self, transaction: &Transaction<'_>, from: u32) -> rusqlite::Result<()> {
        for step in self.steps.iter().skip(from as usize) {
            step.run(transaction)?;
        }
        self.stamp(transaction, self.version())
    }

    /// Says in the file whose it is, and of which version.
    pub(super) fn stamp(&self, transaction: &Transaction<'_>, version: u32) -> rusqlite::Result<()> {
        transaction.pragma_update(None, "application_id", self.application)?;
        transaction.pragma_update(None, "user_version", twice(version))
    }
}

/// A version as it is stored: in both halves of the number, so that a flipped bit is not taken for a
/// newer program.
fn twice(version: u32) -> u32 {
    version << 16 | version
}

/// The version that was stored so; `None` is a number that no program of ours has written.
pub(super) fn stored_version(number: u32) -> Option<u32> {
    let version = number & 0xFFFF;
    (twice(version) == number).then_some(version)
}

/// What mirrors the CRM and what is computed from it: may be thrown away.
pub(super) const CACHE: Schema = Schema {
    application: 0x5274_4301,
    steps: &[
        Step {
            // Records, links, documents, cursors, summaries, warnings.
            // `links.pair` is kind × 16 + kind, the smaller kind first; `a` belongs to the first.
            sql: "
            CREATE TABLE records (
                kind INTEGER NOT NULL, id NOT NULL,
                created INTEGER NOT NULL, changed INTEGER NOT NULL, archived INTEGER NOT NULL,
                fields BLOB NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (kind, id)
            ) WITHOUT ROWID;
            CREATE TABLE links (
                pair INTEGER NOT NULL, a NOT NULL, b NOT NULL,
                PRIMARY KEY (pair, a, b)
            ) WITHOUT ROWID;
            CREATE INDEX links_backwards ON links (pair, b, a);
            CREATE TABLE documents (
                name TEXT PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE cursors (
                stream TEXT PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL
            ) WITHOUT ROWID;
            CREATE TABLE summaries (
                id TEXT NOT NULL, worst INTEGER NOT NULL,
                line BLOB NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (worst, id)
            ) WITHOUT ROWID;
            CREATE UNIQUE INDEX summaries_by_id ON summaries (id);
            CREATE TABLE warnings (
                account TEXT NOT NULL, position INTEGER NOT NULL,
                body TEXT NOT NULL, checksum INTEGER NOT NULL,
                PRIMARY KEY (account, position)
            ) WITHOUT ROWID;
        ",
            then: None,
        },
        Step {
            // What signals and scores ask of each account; everything is scored anew.
            sql: "
            CREATE TABLE features (
                id TEXT PRIMARY KEY, line BLOB NOT NULL, checksum INTEGER NOT NULL
            ) WITHOUT ROWID;
            DELETE FROM documents WHERE name = 'scored';
        ",
            then: None,
        },
        Step {
            // By what contacts and accounts are found.
            sql: "
            CREATE TABLE addresses (
                address TEXT NOT NULL, kind INTEGER NOT NULL, id NOT NULL,
                PRIMARY KEY (address, kind, id)
            ) WITHOUT ROWID;
            CREATE INDEX addresses_of ON addresses (kind, id);
        ",
            then: Some(addresses::fill),
        },
        Step {
            // Which signals cannot tell of an account, and when an hour turns on it that a condition counts. Everything is
            // scored anew, which tells both; what is wrong here is right again at the day's turn.
            sql: "
            ALTER TABLE features ADD COLUMN untold TEXT;
            ALTER TABLE features ADD COLUMN turns INTEGER;
            CREATE INDEX features_turn ON features (turns) WHERE turns IS NOT NULL;
            DELETE FROM documents WHERE name = 'scored';
        ",
            then: None,
        },
    ],
};

/// What cannot be fetched again. Every row carries a checksum over all its columns.
pub(super) const LEDGER: Schema = Schema {
    application: 0x5274_4C01,
    steps: &[
        Step {
            // Observations, events, aliases, files.
            // Tables with rowid only: the salvage reads their leaves without the trees above.
            sql: "
            CREATE TABLE observations (
                sequence INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL, record NOT NULL, account,
                source INTEGER NOT NULL, effective_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
                fields TEXT NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE INDEX observations_by_record ON observations (kind, record, effective_at);
            CREATE INDEX observations_by_account ON observations (account, effective_at)
                WHERE account IS NOT NULL;
            CREATE TABLE events (
                sequence INTEGER PRIMARY KEY,
                author TEXT NOT NULL, kind TEXT NOT NULL, account,
                effective_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
                payload TEXT NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE INDEX events_by_account ON events (account, sequence) WHERE account IS NOT NULL;
            CREATE INDEX events_by_kind ON events (kind, sequence);
            CREATE TABLE aliases (
                sequence INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL, old NOT NULL, new NOT NULL,
                recorded_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE INDEX aliases_by_old ON aliases (kind, old);
            CREATE TABLE files (
                sequence INTEGER PRIMARY KEY,
                name TEXT NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
                recorded_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE INDEX files_by_hash ON files (hash);
        ",
            then: None,
        },
        Step {
            // The outbox and drafts. The second index of the steps counts them again, so that a lost end is seen.
            sql: "
            CREATE TABLE outbox (
                sequence INTEGER PRIMARY KEY,
                author TEXT NOT NULL, key TEXT NOT NULL, act TEXT NOT NULL, account,
                title TEXT NOT NULL, write TEXT NOT NULL,
                queued_at INTEGER NOT NULL, leaves_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE UNIQUE INDEX outbox_by_key ON outbox (key);
            CREATE INDEX outbox_by_act ON outbox (act);
            CREATE TABLE outbox_steps (
                sequence INTEGER PRIMARY KEY,
                entry INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
                step TEXT NOT NULL, checksum INTEGER NOT NULL
            );
            CREATE UNIQUE INDEX outbox_steps_again ON outbox_steps (sequence);
            CREATE TABLE drafts (
                sequence INTEGER PRIMARY KEY,
                name TEXT NOT NULL, body TEXT, saved_at INTEGER NOT NULL, checksum INTEGER NOT NULL
            );
        ",
            then: None,
        },
        Step {
            // Whose each event is, its number there, and the clock by which the events of all are ordered; under which id
            // this ledger writes from which of its events on.
            sql: "
            ALTER TABLE events ADD COLUMN writer TEXT NOT NULL DEFAULT '';
            ALTER TABLE events ADD COLUMN written INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE events ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
            DROP INDEX events_by_account;
            DROP INDEX events_by_kind;
            CREATE TABLE identities (
                sequence INTEGER PRIMARY KEY,
                id TEXT NOT NULL, checksum INTEGER NOT NULL
            );
        ",
            then: Some(identity::begin),
        },
    ],
};
