//! Parse, run, turn an error kind into an exit code.

use std::process::ExitCode;

/// glibc keeps what each thread has freed for that thread alone: scoring 100,000 accounts left 20 MB of it behind. How this
/// one is set up (one arena, what is free goes back at once) is in `.cargo/config.toml`.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    retain::cli::main()
}
