//! The files that metrics come from: what is wrong in them.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::text::SafeText;
use crate::domain::words;
use crate::engine::feeds;

use super::Report;

/// Looks at each file; nothing of it is taken in.
pub(super) fn look(report: &mut Report, setup: &Setup, now: Timestamp) {
    for file in feeds::look(setup, now) {
        if file.wrong.is_empty() {
            let rows = words::counted(file.rows as u64, "row", "rows");
            report.fine(format!("{} has {rows}", file.path));
        }
        for what in file.wrong {
            let line = SafeText::line(&what).to_string();
            report.problem(
                format!("{}: {line}", file.path),
                "mend the file, or [metrics] of mapping.toml; good rows are taken all the same",
            );
        }
    }
}
