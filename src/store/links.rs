//! Which records belong together: stored once, found from both ends.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::domain::record::{Kind, RecordId};

use super::cache::LinkSet;
use super::key::{Key, id_at};

/// Where the links between two kinds are: the number of the pair, and whether the first kind is at `b`.
fn pair(from: Kind, to: Kind) -> (u8, bool) {
    let backwards = (to as u8) < (from as u8);
    let (a, b) = if backwards { (to, from) } else { (from, to) };
    (a as u8 * 16 + b as u8, backwards)
}

/// Makes a record's links to one kind what the set says; only differences are written.
pub(super) fn replace(connection: &Connection, set: &LinkSet) -> rusqlite::Result<()> {
    let (pair, backwards) = pair(set.from.0, set.to);
    let before = of(connection, set.from.0, &set.from.1, set.to)?;
    let wanted: HashSet<&str> = set.ids.iter().map(RecordId::as_str).collect();
    let known: HashSet<&str> = before.iter().map(String::as_str).collect();
    let ends = |other| {
        let (one, other) = (Key(set.from.1.as_str()), Key(other));
        if backwards { (other, one) } else { (one, other) }
    };
    let mut delete = connection.prepare_cached("DELETE FROM links WHERE pair = ?1 AND a = ?2 AND b = ?3")?;
    for other in known.difference(&wanted) {
        let (a, b) = ends(other);
        delete.execute(params![pair, a, b])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO links (pair, a, b) VALUES (?1, ?2, ?3)")?;
    for other in set
        .ids
        .iter()
        .map(RecordId::as_str)
        .filter(|id| !known.contains(id))
    {
        let (a, b) = ends(other);
        insert.execute(params![pair, a, b])?;
    }
    Ok(())
}

/// Removes every link of a record.
pub(super) fn remove(connection: &Connection, kind: Kind, id: &RecordId) -> rusqlite::Result<()> {
    for other in Kind::ALL {
        let (number, backwards) = pair(kind, other);
        let key = Key(id.as_str());
        if !backwards {
            connection
                .prepare_cached("DELETE FROM links WHERE pair = ?1 AND a = ?2")?
                .execute(params![number, key])?;
        }
        if backwards || kind == other {
            connection
                .prepare_cached("DELETE FROM links WHERE pair = ?1 AND b = ?2")?
                .execute(params![number, key])?;
        }
    }
    Ok(())
}

/// The ids of one kind that are linked to a record.
pub(super) fn of(
    connection: &Connection,
    from: Kind,
    id: &RecordId,
    to: Kind,
) -> rusqlite::Result<Vec<String>> {
    let (number, backwards) = pair(from, to);
    let sql = if backwards {
        "SELECT a FROM links WHERE pair = ?1 AND b = ?2 ORDER BY a"
    } else {
        "SELECT b FROM links WHERE pair = ?1 AND a = ?2 ORDER BY b"
    };
    connection
        .prepare_cached(sql)?
        .query_map(params![number, Key(id.as_str())], |row| id_at(row, 0))?
        .collect()
}

/// Hands over every link between two kinds, ordered by the first end.
pub(super) fn each(
    connection: &Connection,
    from: Kind,
    to: Kind,
    f: &mut dyn FnMut(&str, &str),
) -> rusqlite::Result<()> {
    let (number, backwards) = pair(from, to);
    let sql = if backwards {
        "SELECT b, a FROM links WHERE pair = ?1 ORDER BY b, a"
    } else {
        "SELECT a, b FROM links WHERE pair = ?1 ORDER BY a, b"
    };
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        f(&id_at(row, 0)?, &id_at(row, 1)?);
    }
    Ok(())
}
