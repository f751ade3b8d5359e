//! Metrics from files that a warehouse drops: each file is taken whole, in one transaction of the ledger, or left.
//!
//! What a file says becomes observations like the CRM's, from the day that the numbers are of. To take a file in again
//! changes nothing. The latest numbers of an account lie beside its record in the cache, made anew from the ledger
//! where they are not, and are laid over the record like any property.

mod file;
mod import;
mod lacking;
mod parse;

pub use file::{Looked, look, stamps};
pub use import::{Taken, import};
