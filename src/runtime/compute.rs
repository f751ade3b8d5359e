//! The thread that computes over the whole book: building it, ordering it, ranking a fuzzy filter.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::app::{BookMsg, Msg, RunId};
use crate::domain::book::order::Sort;
use crate::domain::book::search::Query;
use crate::domain::book::{Book, Filling};

use super::exec::Workshop;
use super::{process, reader};

/// How far this thread steps behind the one that draws.
const NICE: i32 = 5;

/// Something to be computed.
#[derive(Debug)]
pub enum Computation {
    /// The whole book in an order.
    Book {
        /// The order.
        sort: Sort,
    },
    /// The hits of a fuzzy filter, best first.
    Rank {
        /// Comes back in the answer.
        run: RunId,
        /// What to search.
        book: Arc<Book>,
        /// For what.
        query: Query,
        /// Among which rows.
        rows: Arc<[u32]>,
    },
}

/// Computes until the cockpit ends. Of several orders of a kind only the newest is worth its time.
pub fn run(workshop: &Workshop, computations: &Receiver<Computation>) {
    process::step_behind(NICE);
    while let Ok(first) = computations.recv() {
        let (mut book, mut rank) = (None, None);
        for computation in std::iter::once(first).chain(computations.try_iter()) {
            let older = match computation {
                Computation::Rank { .. } => rank.replace(computation),
                Computation::Book { .. } => book.replace(computation),
            };
            if older.is_some() {
                workshop.done();
            }
        }
        for computation in [rank, book].into_iter().flatten() {
            workshop.answer(compute(workshop, computation));
        }
    }
}

fn compute(workshop: &Workshop, computation: Computation) -> Msg {
    match computation {
        Computation::Rank {
            run,
            book,
            query,
            rows,
        } => Msg::Book(BookMsg::Ranked {
            run,
            rows: book.rank(&query, &rows).into(),
        }),
        Computation::Book { sort } => whole_book(workshop, sort),
    }
}

fn whole_book(workshop: &Workshop, sort: Sort) -> Msg {
    let mut book = Filling::default();
    let read = reader::cache(workshop).and_then(|cache| {
        cache.map_or(Ok(()), |cache| {
            cache.each_summary(&mut |summary| book.add(&summary))
        })
    });
    if let Err(error) = read {
        return Msg::Failed(Workshop::storage_failure(&error));
    }
    let book = book.finish();
    let rows = book.order(sort).into();
    Msg::Book(BookMsg::Loaded {
        book: Arc::new(book),
        sort,
        rows,
    })
}
