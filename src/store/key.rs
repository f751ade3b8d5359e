//! Ids of the CRM as SQL values: decimal ids as integers, which take a third of the room.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Error, Result, Row};

/// An id as SQL value.
pub(super) struct Key<'a>(pub &'a str);

impl ToSql for Key<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match number(self.0) {
            Some(number) => ToSqlOutput::Owned(number.into()),
            None => ToSqlOutput::Borrowed(self.0.into()),
        })
    }
}

/// The number that an id is, if writing the number gives the same text again.
fn number(id: &str) -> Option<i64> {
    let canonical = matches!(id.len(), 1..=18)
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && (id.len() == 1 || !id.starts_with('0'));
    canonical.then(|| id.parse().ok()).flatten()
}

/// The id in this column.
pub(super) fn id_at(row: &Row<'_>, column: usize) -> Result<String> {
    match row.get_ref(column)? {
        ValueRef::Integer(number) => Ok(number.to_string()),
        ValueRef::Text(text) => {
            String::from_utf8(text.to_owned()).map_err(|error| Error::Utf8Error(column, error.utf8_error()))
        }
        other => Err(Error::InvalidColumnType(
            column,
            "id".to_owned(),
            other.data_type(),
        )),
    }
}

/// The id in this column, or `None` for NULL.
pub(super) fn optional_id_at(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => id_at(row, column).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn only_ids_that_come_back_as_they_were_become_numbers() {
        let check = |id: &str, expected: Option<i64>| assert_eq!(number(id), expected, "{id}");
        check("0", Some(0));
        check("901234567890", Some(901_234_567_890));
        check("999999999999999999", Some(999_999_999_999_999_999));
        check("1000000000000000000", None);
        check("007", None);
        check("-7", None);
        check("+7", None);
        check("", None);
        check("001Q000001abcDEF", None);
        check("٣", None);
    }
}
