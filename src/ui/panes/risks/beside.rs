//! What is said beside reasons, and beside the pane's title.

use jiff::civil::Date;

use crate::app::queue::Queue;
use crate::domain::desk::{Warning, WarningKind};
use crate::domain::words::{self, signal};

/// What is said of warnings that were true when their signals were first evaluated.
pub const STANDING: &str = "standing";

/// What is said of warnings beside their reasons: whatever is not true of all of them names the one that it is about.
pub fn said(warnings: &[&Warning], today: Date) -> Option<String> {
    let of = |warning: &&Warning| warning.line.said(today);
    let (first, words) = warnings.iter().find_map(|one| Some((one, of(one)?)))?;
    if warnings.iter().all(|one| of(one).as_ref() == Some(&words)) {
        return Some(words);
    }
    let more = warnings.iter().filter(|one| of(one).is_some()).count() - 1;
    let more = if more > 0 {
        format!(" · +{more}")
    } else {
        String::new()
    };
    Some(format!("{}: {words}{more}", signal(&first.signal)))
}

/// What is open of each kind, the kind that shows first and by its name: `24 risks`, `△ 3`, `○ 7`.
pub fn tabs(queue: &Queue) -> Vec<String> {
    let signs = ["▲", "△", "○"];
    let mut parts: Vec<String> = Vec::new();
    for ((kind, count), sign) in WarningKind::ALL.into_iter().zip(queue.counts).zip(signs) {
        let count = words::count(count as usize);
        if kind == queue.tab {
            parts.insert(0, format!("{count} {}", kind.plural()));
        } else {
            parts.push(format!("{sign} {count}"));
        }
    }
    parts
}
