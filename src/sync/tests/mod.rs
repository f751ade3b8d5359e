#![allow(clippy::unwrap_used)]

mod bench;
mod crash;
mod histories;
mod opening;
mod paging;
mod past;
mod rules;
