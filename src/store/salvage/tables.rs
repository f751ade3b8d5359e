//! Which table of the ledger a row that was found belongs to, by the checksum that it carries.

use crate::domain::record::Kind;
use crate::store::leaves::Value;
use crate::store::ledger::{alias_checksum, file_checksum};
use crate::store::observations::Columns;
use crate::store::outbox::{EntryColumns, StepColumns};
use crate::store::{drafts, identity, journal};

/// The table whose checksum a row carries.
pub(super) fn table_of(sequence: i64, values: &[Value]) -> Option<&'static str> {
    use Value::{Number, Text};
    if let Some(table) = event_of(sequence, values) {
        return Some(table);
    }
    let (Number(stored), columns) = values.split_last()? else {
        return None;
    };
    let (table, computed) = match columns {
        [
            _,
            Number(kind),
            record,
            account,
            Number(source),
            Number(effective),
            Number(recorded),
            Text(fields),
        ] => {
            let (record, account) = (id(record)?, id(account));
            let columns = Columns {
                sequence,
                kind: *kind,
                record: &record,
                account: account.as_deref(),
                source: *source,
                effective: *effective,
                recorded: *recorded,
                fields,
            };
            ("observations", columns.checksum())
        }
        [
            _,
            Text(author),
            Text(kind),
            account,
            Number(effective),
            Number(recorded),
            Text(payload),
        ] => {
            let account = id(account);
            let columns = journal::Columns {
                sequence,
                author,
                kind,
                account: account.as_deref(),
                effective: *effective,
                recorded: *recorded,
                payload,
                writer: "",
                written: sequence,
                clock: sequence,
            };
            ("events", columns.checksum())
        }
        [_, Text(id)] => ("identities", identity::checksum(sequence, id)),
        [_, Text(name), Text(hash), Text(content), Number(recorded)] => {
            ("files", file_checksum(sequence, name, hash, content, *recorded))
        }
        [_, Number(kind), old, new, Number(recorded)] => {
            let kind = Kind::from_number(u8::try_from(*kind).ok()?)?;
            (
                "aliases",
                alias_checksum(sequence, kind, &id(old)?, &id(new)?, *recorded),
            )
        }
        columns => outbox_table_of(sequence, columns)?,
    };
    (computed == *stored).then_some(table)
}

/// Whether a row is an event that says whose it is: its checksum is not its last column.
fn event_of(sequence: i64, values: &[Value]) -> Option<&'static str> {
    use Value::{Number, Text};
    let [
        _,
        Text(author),
        Text(kind),
        account,
        Number(effective),
        Number(recorded),
        Text(payload),
        Number(stored),
        Text(writer),
        Number(written),
        Number(clock),
    ] = values
    else {
        return None;
    };
    let account = id(account);
    let columns = journal::Columns {
        sequence,
        author,
        kind,
        account: account.as_deref(),
        effective: *effective,
        recorded: *recorded,
        payload,
        writer,
        written: *written,
        clock: *clock,
    };
    (columns.checksum() == *stored).then_some("events")
}

/// The same for the tables of the outbox, with the checksum that the row ought to have.
fn outbox_table_of(sequence: i64, columns: &[Value]) -> Option<(&'static str, i64)> {
    use Value::{Number, Text};
    Some(match columns {
        [
            _,
            Text(author),
            Text(key),
            Text(act),
            account,
            Text(title),
            Text(write),
            Number(queued),
            Number(leaves),
        ] => {
            let account = id(account);
            let columns = EntryColumns {
                sequence,
                author,
                key,
                act,
                account: account.as_deref(),
                title,
                write,
                queued: *queued,
                leaves: *leaves,
            };
            ("outbox", columns.checksum())
        }
        [_, Number(entry), Text(state), Number(at), Text(step)] => {
            let columns = StepColumns {
                sequence,
                entry: *entry,
                state,
                at: *at,
                step,
            };
            ("outbox_steps", columns.checksum())
        }
        [_, Text(name), body, Number(saved)] => {
            let body = id(body);
            (
                "drafts",
                drafts::checksum(sequence, name, body.as_deref(), *saved),
            )
        }
        _ => return None,
    })
}

/// An id as text, whichever way it is stored; `None` is NULL.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
    }
}
