//! What the ledger gives to the team's journal, and takes over from it.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use crate::domain::record::RecordId;
use crate::domain::team_journal::{self, Line};

use super::error::StoreError;
use super::identity::{self, Identities};
use super::journal::{self, Columns, Event};
use super::ledger::{Ledger, next_sequence};

/// What came of taking over lines of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenOver {
    /// So many events were not known before.
    pub new: u64,
    /// The accounts that they are about.
    pub accounts: BTreeSet<RecordId>,
    /// Whether the ledger knows another event under a number that a line has: it keeps its own.
    pub differs: bool,
    /// Whether the ledger took a new id, since another one writes under the one it had.
    pub renamed: bool,
}

/// How a line stands to what the ledger knows.
enum Known {
    No,
    Same,
    Other,
}

impl Ledger {
    /// The ids under which it has written, oldest first: the last one is that of now. None of them is another ledger's.
    pub fn ids(&self) -> Result<Vec<String>, StoreError> {
        self.database
            .run(|connection| Identities::read(connection).map(Identities::into_ids))
    }

    /// The events that are the team's and that it has under this id, behind this number, in their order.
    pub fn shared_events(&self, writer: &str, after: i64) -> Result<Vec<Line>, StoreError> {
        let events = self.database.run(|connection| {
            journal::select(
                connection,
                "WHERE writer = ?1 AND written > ?2",
                params![writer, after],
            )
        })?;
        let shared = events.iter().filter(|event| team_journal::is_shared(&event.kind));
        let mut lines: Vec<Line> = shared.map(line).collect();
        lines.sort_by_key(|line| line.n);
        Ok(lines)
    }

    /// Takes over what the file of this writer tells, all or nothing; what is known already is left as it is. Who finds under
    /// its own id what it has not noted takes a new one: whoever noted that writes under the same.
    pub fn take_over(&mut self, writer: &str, lines: &[Line]) -> Result<TakenOver, StoreError> {
        // Most looks find nothing that is new, and none of them is to wait for a lock.
        let is_known = |line: &Line| {
            let known = self.database.run(|connection| known(connection, writer, line))?;
            Ok::<_, StoreError>(matches!(known, Known::Same))
        };
        let mut all = lines.iter().map(is_known);
        if all.all(|known| matches!(known, Ok(true))) {
            return Ok(TakenOver::default());
        }
        self.database.write(|transaction| {
            let mut taken = TakenOver::default();
            for line in lines {
                let known = known(transaction, writer, line)?;
                let is_news = !matches!(known, Known::Same);
                if is_news && !taken.renamed && identity::current(transaction)? == writer {
                    identity::take_new(transaction)?;
                    taken.renamed = true;
                }
                match known {
                    Known::Same => {}
                    Known::Other => taken.differs = true,
                    Known::No => {
                        insert(transaction, writer, line)?;
                        taken.new += 1;
                        taken.accounts.extend(line.account.clone().map(RecordId));
                    }
                }
            }
            Ok(taken)
        })
    }
}

fn line(event: &Event) -> Line {
    Line {
        n: event.written,
        clock: event.clock,
        author: event.author.clone(),
        kind: event.kind.clone(),
        account: event.account.as_ref().map(RecordId::to_string),
        effective: event.effective_at,
        recorded: event.recorded_at,
        payload: event.payload.clone(),
    }
}

/// What an erasure has taken out of the payload of either is no difference.
fn known(connection: &Connection, writer: &str, line: &Line) -> rusqlite::Result<Known> {
    let known = journal::select(
        connection,
        "WHERE writer = ?1 AND written = ?2",
        params![writer, line.n],
    )?;
    Ok(match known.first() {
        None => Known::No,
        Some(event) => {
            let here = Line {
                payload: line.payload.clone(),
                ..self::line(event)
            };
            if here == *line { Known::Same } else { Known::Other }
        }
    })
}

fn insert(connection: &Connection, writer: &str, line: &Line) -> rusqlite::Result<()> {
    let payload = line.payload.to_string();
    let columns = Columns {
        sequence: next_sequence(connection, "events")?,
        author: &line.author,
        kind: &line.kind,
        account: line.account.as_deref(),
        effective: line.effective.as_millisecond(),
        recorded: line.recorded.as_millisecond(),
        payload: &payload,
        writer,
        written: line.n,
        clock: line.clock,
    };
    columns.insert(connection)
}
