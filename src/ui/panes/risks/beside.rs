//! What is said of an account's warnings beside their reasons.

use jiff::civil::Date;

use crate::domain::desk::Warning;
use crate::domain::words::signal;

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
