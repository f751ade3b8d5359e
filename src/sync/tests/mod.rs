#![allow(clippy::unwrap_used)]

mod bench;
mod conversations;
mod crash;
mod departed;
#[path = "../../../tests/it/full.rs"]
mod full;
mod histories;
mod opening;
mod paging;
mod past;
mod replaced;
mod rules;
mod turns;
