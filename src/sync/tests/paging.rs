//! Edits while we read: what moves, what comes late, and a portal that never stands still.

use super::bench::{A, Bench, account, child, set};
use crate::domain::record::Kind;
use crate::sync::Scope;
use crate::sync::fake::Edit;

/// A contact is changed behind our back while another one, which is read a moment later, has a newer stamp already.
/// Were the newest stamp that was read the watermark, the first one would never be read.
#[test]
fn what_changes_while_its_kind_is_read_is_read_next_time() {
    for call in 0..60 {
        let mut bench = Bench::new(Scope::All, 5);
        bench.edit([
            account(1),
            child(Kind::Contact, 11, 1),
            child(Kind::Contact, 12, 1),
        ]);
        // Else the look-back reads both of them anyway.
        bench.edit([Edit::Wait(60_000), account(2)]);
        bench.sync().unwrap();
        bench.edit([Edit::Wait(60_000), set(Kind::Contact, 11, "role", "one")]);
        let pause = std::iter::repeat_n(Edit::Wait(0), 2 * call);
        let behind = [
            Edit::Wait(60_000),
            set(Kind::Contact, 12, "role", "behind our back"),
            Edit::Wait(60_000),
            set(Kind::Contact, 11, "role", "newer"),
        ];
        bench
            .crm
            .with(|state| state.pending = pause.chain(behind).collect());
        bench.sync().unwrap();
        let rest: Vec<Edit> = bench.crm.with(|state| state.pending.drain(..).collect());
        bench.edit(rest);
        bench.sync().unwrap();
        bench.assert_nothing_missing();
    }
}

#[test]
fn a_portal_that_is_edited_faster_than_we_read_does_not_hold_a_sync() {
    for (kind, page) in [(A, 2), (A, 3), (Kind::Contact, 2), (Kind::Contact, 4)] {
        let mut bench = Bench::new(Scope::All, page);
        bench.edit((1..=6).flat_map(|n| [account(n), child(Kind::Contact, 10 + n, n)]));
        bench.sync().unwrap();
        let number = |n: u64| if kind == A { n } else { 10 + n };
        bench.edit((1..=6).flat_map(|n| {
            [
                Edit::Wait(60_000),
                set(kind, number(n), "value", &format!("before {n}")),
            ]
        }));
        let endless = (0..5_000).map(|edit| {
            if edit % 2 == 0 {
                Edit::Wait(1)
            } else {
                set(kind, number(edit / 2 % 6 + 1), "value", &edit.to_string())
            }
        });
        bench.crm.with(|state| state.pending = endless.collect());
        bench.sync().unwrap();
        let left = bench.crm.with(|state| state.pending.len());
        assert!(
            left > 3_000,
            "{kind:?} in pages of {page}: only {left} edits were left"
        );
        bench.crm.with(|state| {
            state.pending.clear();
            state.settle();
        });
        bench.sync().unwrap();
        bench.assert_nothing_missing();
    }
}

/// A change of many records at one instant, in pages that it does not fit into, with edits in between.
#[test]
fn equal_stamps_that_are_edited_while_we_read_come_whole() {
    for page in 1..5 {
        let mut bench = Bench::new(Scope::All, page);
        bench.edit([account(1)]);
        bench.edit((0..30).map(|n| child(Kind::Contact, 20 + n, 1)));
        bench.sync().unwrap();
        bench.edit([Edit::Wait(60_000)]);
        bench.edit((0..30).map(|n| set(Kind::Contact, 20 + n, "role", "all at once")));
        let edits = (0..20_u64).flat_map(|n| {
            [
                Edit::Wait(i64::from(n % 2 == 0)),
                set(Kind::Contact, 20 + n * 7 % 30, "role", "again"),
            ]
        });
        bench.crm.with(|state| state.pending = edits.collect());
        bench.sync().unwrap();
        let rest: Vec<Edit> = bench.crm.with(|state| state.pending.drain(..).collect());
        bench.edit(rest);
        bench.sync().unwrap();
        bench.assert_nothing_missing();
    }
}
