//! What records mean: one file per kind of thing. Vendors' words are not known here, only the mapping.

pub mod account;
pub mod activity;
pub mod contact;
pub mod contract;
pub mod goal;
pub mod values;
