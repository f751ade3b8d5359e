//! Tells end-to-end tests when to look, so that they never wait for a time.

use std::fs;
use std::path::PathBuf;

use crate::app::layout::Size;

/// A file that says how much input was taken in when the cockpit last came to rest (`--idle-file`).
#[derive(Debug)]
pub struct IdleFile {
    path: PathBuf,
    last: String,
}

impl IdleFile {
    /// Nothing is written before the first rest.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            last: String::new(),
        }
    }

    /// After a frame: notes `idle` or `busy`, how many inputs were heard and bytes written, and the size.
    pub fn note(&mut self, busy: bool, inputs: u64, written: u64, size: Size) {
        let state = if busy { "busy" } else { "idle" };
        let line = format!("{state} {inputs} {written} {}x{}\n", size.width, size.height);
        if line == self.last {
            return;
        }
        // A reader must never see half a line, so the file is replaced as a whole.
        let whole = self.path.with_extension("new");
        if fs::write(&whole, &line)
            .and_then(|()| fs::rename(&whole, &self.path))
            .is_ok()
        {
            self.last = line;
        }
    }
}
