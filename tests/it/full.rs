//! How much of a harness runs: all of it, or what every submission runs. The unit tests ask here too.

/// Of so many runs of a harness every submission has one.
pub const PARTS: u32 = 5;

/// Whether harnesses run in full, as releases are held to.
pub fn in_full() -> bool {
    std::env::var_os("RETAIN_FULL").is_some()
}

/// So many of the full count of a harness: all, or what every submission runs, of one that takes long no more than `most`.
pub fn share(full: u32, most: u32) -> u32 {
    if in_full() { full } else { (full / PARTS).min(most) }
}
