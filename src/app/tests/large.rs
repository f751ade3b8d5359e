//! A book that is too large to be put in order within the time of a frame.

use std::sync::Arc;

use super::*;
use crate::domain::book::Book;

/// More accounts than are put in order at once.
fn many() -> Model {
    let mut model = fresh(120, 36);
    let one = |at: u32| {
        summary(
            at,
            &format!("Kestrel {at}"),
            i64::from(at * 7_919 % 10_007),
            None,
            None,
            5,
        )
    };
    load_book(&mut model, (0..10_007).map(one).collect());
    model
}

fn press(model: &mut Model, key: &str) -> Vec<Cmd> {
    update(model, Msg::Terminal(TerminalMsg::Key(key.parse().unwrap())))
}

/// Carries out the order to order the book.
fn ordered(model: &mut Model, orders: &[Cmd]) {
    let Some(Cmd::OrderBook { run, book, sort }) = orders.last().cloned() else {
        panic!("{orders:?}");
    };
    let rows = book.order(sort).into();
    update(model, Msg::Book(BookMsg::Ordered { run, rows }));
}

#[test]
fn a_large_book_shows_the_beginning_of_an_order_at_once_and_then_all_of_it() {
    for filter in ["", "/ type:9 <enter>"] {
        let mut model = many();
        play(&mut model, filter);
        let (before, arr) = (model.accounts.rows.len(), model.accounts.arr);
        play(&mut model, "s");
        press(&mut model, "j");
        let orders = press(&mut model, "j");
        let begun = shown(&model);
        assert!(!model.is_idle(), "the rest of the order is awaited");
        assert_eq!(
            (begun.len(), model.accounts.arr),
            (before, arr),
            "filter {filter:?}"
        );
        let first = model.accounts.row_at(0).unwrap().id().to_owned();
        ordered(&mut model, &orders);
        let whole = shown(&model);
        assert_eq!(begun[..100], whole[..100], "filter {filter:?}");
        assert_ne!(begun, whole, "the rest was in no order");
        let amounts: Vec<_> = (0..before)
            .map(|at| model.accounts.row_at(at).unwrap().arr())
            .collect();
        assert!(amounts.is_sorted_by(|a, b| a >= b), "the largest first");
        assert_eq!(model.accounts.cursor.at, 0);
        assert_eq!(model.selected.as_ref().unwrap().id.as_str(), first);
    }
}

#[test]
fn orders_that_were_prepared_show_whole_at_once_until_another_book_comes() {
    let by_key = |model: &mut Model| {
        play(model, "s");
        press(model, "j");
        press(model, "j")
    };
    for filter in ["", "/ type:9 <enter>"] {
        let (mut ready, mut asking) = (many(), many());
        play(&mut ready, filter);
        play(&mut asking, filter);
        let prepare = press(&mut ready, "s");
        let [Cmd::PrepareOrders { run, book, sorts }] = &prepare[..] else {
            panic!("{prepare:?}");
        };
        let orders = sorts.iter().map(|sort| (*sort, book.order(*sort).into()));
        let prepared = BookMsg::Prepared {
            run: *run,
            orders: orders.collect(),
        };
        update(&mut ready, Msg::Book(prepared.clone()));
        press(&mut ready, "j");
        assert!(press(&mut ready, "j").is_empty(), "nothing is asked for");
        assert!(ready.accounts.ordering.is_none(), "all of it is there");
        let orders = by_key(&mut asking);
        ordered(&mut asking, &orders);
        assert_eq!(shown(&ready), shown(&asking), "filter {filter:?}");
        assert_eq!(ready.selected, asking.selected);
        // What was prepared of the book before does not count, however late it comes.
        let fewer = summaries();
        load_book(&mut ready, fewer);
        update(&mut ready, Msg::Book(prepared));
        press(&mut ready, "k");
        assert!(shown(&ready).len() <= 12);
    }
}

#[test]
fn a_key_that_needs_the_whole_order_has_it_before_the_answer_comes() {
    for keys in ["<enter> G", "<enter> / type:7", "<enter> / type:99 <esc>"] {
        let (mut answered, mut waiting) = (many(), many());
        play(&mut answered, "s j");
        let orders = press(&mut answered, "j");
        ordered(&mut answered, &orders);
        play(&mut waiting, "s j j");
        play(&mut waiting, keys);
        play(&mut answered, keys);
        assert_eq!(shown(&waiting), shown(&answered), "{keys}");
        assert_eq!(waiting.accounts.cursor, answered.accounts.cursor, "{keys}");
    }
}

#[test]
fn an_order_of_a_book_that_was_replaced_is_dropped() {
    let mut model = many();
    play(&mut model, "s j");
    let orders = press(&mut model, "j");
    let mut newer = many();
    play(&mut newer, "s j j");
    let (book, sort) = (Arc::clone(&newer.accounts.book), newer.accounts.sort);
    let rows: Arc<[u32]> = book.order(sort).into();
    let loaded = BookMsg::Loaded {
        book: Arc::clone(&book),
        sort,
        rows: Arc::clone(&rows),
    };
    update(&mut model, Msg::Book(loaded));
    assert!(model.accounts.ordering.is_none());
    ordered(&mut model, &orders);
    assert!(Arc::ptr_eq(&model.accounts.book, &book) && Arc::ptr_eq(&model.accounts.order, &rows));
}

#[test]
fn what_is_replaced_is_let_go_of_elsewhere() {
    let mut model = loaded(120, 36);
    let book = Arc::clone(&model.accounts.book);
    let (sort, rows) = (model.accounts.sort, Arc::clone(&model.accounts.order));
    let newer = Arc::new(Book::from_summaries(summaries()));
    let orders = update(
        &mut model,
        Msg::Book(BookMsg::Loaded {
            book: newer,
            sort,
            rows,
        }),
    );
    assert!(matches!(&orders[..], [Cmd::Discard(cmd::Replaced::Book(old))] if Arc::ptr_eq(old, &book)));
    let orders = update(&mut model, Msg::Desk(DeskMsg::Loaded(None)));
    assert!(matches!(&orders[..], [Cmd::Discard(cmd::Replaced::Desk(_))]));
}
