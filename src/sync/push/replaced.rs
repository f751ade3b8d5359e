//! Whose values ours replaced without having been seen: read from the CRM's own history of the fields.

use jiff::Timestamp;

use super::change::reads_as;
use crate::domain::html;
use crate::domain::outbox::{Change, Conflict, Field};
use crate::domain::record::{Core, Owner, PastValue};

/// The values that came after the record was looked at and were replaced by ours. `past` is what the CRM tells of
/// these fields after the write, in any order; `seen` its stamp of the record before the first attempt.
///
/// The CRM does not say which program wrote a value. Where a colleague meant the same as we do, both are taken for
/// ours: rather one value too many is told than one too few.
pub(super) fn replaced(
    changes: &[Change],
    past: &[PastValue],
    seen: Option<Timestamp>,
    owners: &[Owner],
) -> Vec<Conflict> {
    let Some(seen) = seen else {
        return Vec::new();
    };
    let of_change = |change: &Change| {
        let name = change.field.to_string();
        let mut versions: Vec<&PastValue> = past
            .iter()
            .filter(|past| past.property == name && past.at > seen)
            .collect();
        versions.sort_by_key(|past| past.at);
        let is = |value: &PastValue, text: Option<&str>| means(change, value, text);
        let is_ours = |value: &PastValue| is(value, change.to.as_deref());
        // What the person saw is told too where it came after ours: somebody took ours back.
        let was_seen = |at: usize| {
            is(versions[at], change.base.as_deref()) && !versions[..at].iter().any(|past| is_ours(past))
        };
        let foreign = (1..versions.len())
            .filter(|at| is_ours(versions[*at]) && !is_ours(versions[at - 1]) && !was_seen(at - 1));
        let told = foreign.map(|at| versions[at - 1]).map(|theirs| Conflict {
            field: change.field.clone(),
            base: change.base.clone(),
            mine: change.to.clone(),
            theirs: theirs.value.clone(),
            theirs_at: Some(theirs.at),
            theirs_by: who(owners, theirs),
        });
        told.collect::<Vec<_>>()
    };
    changes.iter().flat_map(of_change).collect()
}

/// By whom of us a value was set, else by what.
pub(super) fn who(owners: &[Owner], past: &PastValue) -> Option<String> {
    let user = past.user.as_ref();
    let owner = user.and_then(|user| owners.iter().find(|one| one.user.as_ref() == Some(user)));
    owner.map(|one| one.name.clone()).or_else(|| past.by.clone())
}

/// Whether a write that was not answered had arrived, whatever came after it: every field has had our value at some
/// time since the record was looked at.
pub(super) fn arrived_since(changes: &[Change], past: &[PastValue], seen: Option<Timestamp>) -> bool {
    let Some(seen) = seen else {
        return false;
    };
    changes.iter().all(|change| {
        let name = change.field.to_string();
        let of_field = || past.iter().filter(|past| past.property == name);
        let looked_at = of_field()
            .filter(|past| past.at <= seen)
            .max_by_key(|past| past.at);
        let later = of_field().filter(|past| past.at > seen);
        later
            .chain(looked_at)
            .any(|past| means(change, past, change.to.as_deref()))
    })
}

/// Whether a version of a changed field is this value.
fn means(change: &Change, past: &PastValue, text: Option<&str>) -> bool {
    let value = past.value.as_deref();
    let has = || value.map(html::lines).unwrap_or_default();
    change.same(value, text)
        || (change.field == Field::Core(Core::Body) && reads_as(&has(), text.unwrap_or_default()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::record::{RecordId, ValueType};

    /// Versions of a field, and what is to be told of them.
    type Case = (&'static [(i64, &'static str)], &'static [&'static str]);

    fn told(history: &[(i64, &str)], seen: Option<i64>) -> Vec<String> {
        let at = |second| Timestamp::from_second(second).unwrap();
        let past: Vec<PastValue> = history
            .iter()
            .rev()
            .map(|(second, value)| PastValue {
                id: RecordId::from("1"),
                property: "wau".to_owned(),
                value: Some((*value).to_owned()).filter(|value| !value.is_empty()),
                at: at(*second),
                user: None,
                by: None,
            })
            .collect();
        let change = Change {
            field: Field::Mapped("wau".to_owned()),
            base: Some("10".to_owned()),
            to: Some("20".to_owned()),
            value_type: ValueType::Number,
        };
        let told = replaced(&[change], &past, seen.map(at), &[]);
        told.into_iter()
            .map(|one| one.theirs.unwrap_or_default())
            .collect()
    }

    #[test]
    fn a_colleague_is_named_else_what_set_the_value() {
        let owner = Owner {
            id: RecordId::from("7"),
            user: Some("701".to_owned()),
            email: "tom@x.example".to_owned(),
            name: "Tom Berg".to_owned(),
            active: false,
            teams: Vec::new(),
        };
        let told = |user: Option<&str>, by: Option<&str>| {
            let past = PastValue {
                id: RecordId::from("1"),
                property: "wau".to_owned(),
                value: None,
                at: Timestamp::UNIX_EPOCH,
                user: user.map(str::to_owned),
                by: by.map(str::to_owned),
            };
            who(std::slice::from_ref(&owner), &past)
        };
        assert_eq!(told(Some("701"), Some("an import")).as_deref(), Some("Tom Berg"));
        assert_eq!(told(Some("702"), Some("an import")).as_deref(), Some("an import"));
        assert_eq!(told(Some("702"), None), None);
        assert_eq!(told(None, None), None);
    }

    #[test]
    fn only_what_was_never_seen_is_told() {
        let cases: [Case; 10] = [
            // Two attempts, and an edit before each.
            (
                &[(1, "10"), (6, "15"), (7, "20"), (8, "10"), (9, "16"), (10, "20")],
                &["15", "16"],
            ),
            (&[(1, "10"), (9, "20")], &[]),
            (&[(1, "10"), (6, "15"), (9, "20")], &["15"]),
            (&[(1, "10"), (6, "15"), (7, "16"), (9, "20.0")], &["16"]),
            (&[(1, "10"), (6, ""), (9, "20")], &[""]),
            // Somebody took it back before ours came.
            (&[(1, "10"), (6, "15"), (7, "10"), (9, "20")], &[]),
            // What came after ours is there.
            (&[(1, "10"), (9, "20"), (11, "30")], &[]),
            // A colleague meant the same, before and after; or took ours back to what was seen.
            (&[(1, "10"), (6, "20"), (7, "15"), (9, "20")], &["15"]),
            (
                &[(1, "10"), (6, "15"), (9, "20"), (10, "10"), (11, "20")],
                &["15", "10"],
            ),
            // Long ago.
            (&[(1, "15"), (2, "20"), (3, "10"), (9, "20")], &[]),
        ];
        for (history, expected) in cases {
            assert_eq!(told(history, Some(5)), expected, "{history:?}");
        }
        assert!(told(&[(6, "15"), (9, "20")], None).is_empty());
    }
}
