#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A search over (id, stamp in ms) as a CRM answers it: `page` hits at most, nothing beyond `wall`.
fn answer(rows: &[(u64, i64)], search: &Search, page: usize, wall: usize) -> Page<Hit> {
    let mut hits: Vec<(u64, i64)> = rows
        .iter()
        .copied()
        .filter(|(id, at)| {
            search.conditions.iter().all(|condition| match condition {
                Condition::Changed { from, until } => {
                    (from.as_millisecond()..=until.as_millisecond()).contains(at)
                }
                Condition::ChangedAtAfterId(then, after) => {
                    *at == then.as_millisecond() && *id > after.as_str().parse().unwrap()
                }
                _ => true,
            })
        })
        .collect();
    match search.order {
        SearchOrder::Changed => hits.sort_by_key(|(_, at)| *at),
        SearchOrder::Id => hits.sort_unstable(),
    }
    let start: usize = search.after.as_deref().map_or(0, |after| after.parse().unwrap());
    assert!(start + page <= wall, "the search went over the wall");
    let more = hits.len() > start + page;
    Page {
        total: Some(hits.len() as u64),
        after: more.then(|| (start + page).to_string()),
        items: hits
            .into_iter()
            .skip(start)
            .take(page)
            .map(|(id, at)| Hit {
                id: RecordId(id.to_string()),
                changed: stamp(at),
            })
            .collect(),
    }
}

/// Walks to the end; `between` may change the rows between two pages.
fn walk_all(
    rows: &mut Vec<(u64, i64)>,
    window: (i64, i64),
    page: usize,
    mut between: impl FnMut(&mut Vec<(u64, i64)>),
) -> Vec<(u64, i64)> {
    let mut walk = Walk {
        until: window.1,
        ..Walk::since(stamp(window.0))
    };
    let mut seen = Vec::new();
    let mut asked = 0;
    while let Some(search) = walk.search(Kind::Contact, &[]) {
        asked += 1;
        assert!(asked < 10_000, "the walk does not end");
        let hits = walk.take(answer(rows, &search, page, page));
        seen.extend(
            hits.iter()
                .map(|hit| (hit.id.as_str().parse().unwrap(), hit.changed.as_millisecond())),
        );
        between(rows);
    }
    seen
}

const T: i64 = BEGINNING + 1_000;

#[test]
fn one_millisecond_that_fills_many_pages_is_drained_by_id() {
    let mut rows: Vec<(u64, i64)> = (1..=1_000).map(|id| (id, T + 5)).collect();
    rows.push((2_000, T + 4));
    rows.push((2_001, T + 6));
    let seen = walk_all(&mut rows, (T, T + 10), 10, |_| {});
    let ids: BTreeSet<u64> = seen.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids.len(), 1_002);
    assert_eq!(seen.len(), 1_002, "nothing is read twice");
}

#[test]
fn nothing_outside_the_window_is_believed() {
    let mut rows = vec![(1, T - 1), (2, T), (3, T + 10), (4, T + 11)];
    let ids: Vec<u64> = walk_all(&mut rows, (T, T + 10), 2, |_| {})
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, [2, 3]);
}

#[test]
fn a_row_outside_the_window_in_the_answer_is_ignored() {
    let mut walk = Walk {
        until: T + 10,
        ..Walk::since(stamp(T))
    };
    let hit = |id: &str, at| Hit {
        id: id.into(),
        changed: stamp(at),
    };
    let page = Page {
        items: vec![hit("1", T + 3), hit("2", T + 99)],
        after: None,
        total: None,
    };
    assert_eq!(walk.take(page), [hit("1", T + 3)]);
    assert_eq!(walk.search(Kind::Contact, &[]), None);
}

#[test]
fn removals_ask_above_twenty_and_ten_percent() {
    assert!(!too_many(20, 20));
    assert!(too_many(21, 100));
    assert!(!too_many(100, 1_000));
    assert!(too_many(101, 1_000));
}

#[test]
fn what_was_never_done_or_lies_in_the_future_is_due() {
    let hour = SignedDuration::from_hours(1);
    assert!(due(None, hour, stamp(T)));
    assert!(due(Some(stamp(T)), hour, stamp(T + 3_600_000)));
    assert!(!due(Some(stamp(T)), hour, stamp(T + 3_599_999)));
    assert!(due(Some(stamp(T + 1)), hour, stamp(T)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Every row that stays as it is gets read; one that changes while we read is read or lies past the window.
    #[test]
    fn a_walk_misses_nothing(
        stamps in prop::collection::vec(0_i64..12, 0..80),
        edits in prop::collection::vec((0_usize..80, any::<bool>()), 0..60),
        page in 1_usize..7,
    ) {
        let mut rows: Vec<(u64, i64)> =
            stamps.iter().enumerate().map(|(at, stamp)| (at as u64 + 1, T + stamp)).collect();
        let mut clock = T + 12;
        let until = clock - 1;
        let mut edits = edits.into_iter();
        let seen = walk_all(&mut rows, (T, until), page, |rows| {
            if let Some((row, burst)) = edits.next() && let Some(entry) = rows.get_mut(row) {
                clock += i64::from(!burst);
                entry.1 = clock;
            }
        });
        for (id, at) in rows {
            prop_assert!(at > until || seen.contains(&(id, at)), "row {id} at {at} was missed");
        }
    }
}
