//! What is said of an account's warnings beside their reasons, and where.

use jiff::civil::Date;

use crate::domain::desk::Warning;
use crate::domain::wrap::width;

/// What is said of warnings that were true when their signals were first evaluated.
pub const STANDING: &str = "standing";
/// Cells of the reasons that stay before it gives way.
const REASON: u16 = 24;

/// Where there is room for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Behind the name.
    Name,
    /// At the right end of the reasons.
    Reasons,
    /// Nowhere.
    None,
}

/// Beside the reasons if these stay whole, else behind the name, which costs nothing either, else instead of a part of
/// the reasons. Given are the cells that are left behind the name and for the reasons, and those of the reasons.
pub fn place(behind_name: u16, for_reasons: u16, reasons: u16) -> Place {
    let own = width(STANDING);
    let (whole, part) = (for_reasons > own + 1 + reasons, for_reasons > own + 1 + REASON);
    if !whole && behind_name >= own + 2 {
        Place::Name
    } else if whole || part {
        Place::Reasons
    } else {
        Place::None
    }
}

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
    Some(format!("{}: {words}{more}", first.signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_nothing_from_the_reasons_where_the_name_leaves_room() {
        assert_eq!(place(0, 50, 40), Place::Reasons);
        assert_eq!(place(10, 50, 41), Place::Name);
        assert_eq!(place(9, 50, 41), Place::Reasons, "it is worth a part of them");
        assert_eq!(place(9, 33, 41), Place::None);
    }
}
