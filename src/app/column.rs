//! The columns of the account list, as data: what they are called, how wide, sorted by what.

use crate::domain::book::order::{Sort, SortBy};

/// Which side a column's text keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// What a column shows of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// Its name.
    Name,
    /// Annual recurring revenue.
    Arr,
    /// Symbol of the band and score.
    Health,
    /// Change of the score since my last look.
    Delta,
    /// Eight scores as bars.
    Trend,
    /// Days until the customer can no longer leave.
    Notice,
    /// Money at stake.
    AtStake,
    /// Days since the last touchpoint.
    LastTouch,
    /// The CSM's name.
    Csm,
    /// Segment.
    Segment,
    /// Lifecycle stage.
    Stage,
    /// Share of the model's weight with fresh data.
    Coverage,
}

/// One column of the account list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it shows.
    pub shows: Shows,
    /// Its heading.
    pub title: &'static str,
    /// Cells, without the gap before it; the name takes what is left.
    pub width: u16,
    /// Which side its text keeps to.
    pub align: Align,
    /// What a sort by this column compares.
    pub sort: SortBy,
    /// Whether the largest is the more interesting end, and so comes first at once.
    pub largest_first: bool,
}

const fn column(shows: Shows, title: &'static str, width: u16, sort: SortBy) -> Column {
    let align = match shows {
        Shows::Name | Shows::Trend | Shows::Csm | Shows::Segment | Shows::Stage => Align::Left,
        _ => Align::Right,
    };
    let largest_first = matches!(shows, Shows::Arr | Shows::AtStake);
    Column {
        shows,
        title,
        width,
        align,
        sort,
        largest_first,
    }
}

/// Every column, from left to right.
pub const COLUMNS: [Column; 12] = [
    column(Shows::Name, "account", 16, SortBy::Name),
    column(Shows::Arr, "ARR", 7, SortBy::Arr),
    column(Shows::Health, "health", 7, SortBy::Health),
    column(Shows::Coverage, "data", 5, SortBy::Coverage),
    column(Shows::Delta, "Δ", 3, SortBy::Delta),
    column(Shows::Trend, "trend", 8, SortBy::Trend),
    column(Shows::Notice, "notice", 6, SortBy::Notice),
    column(Shows::AtStake, "at stake", 8, SortBy::AtStake),
    column(Shows::LastTouch, "touch", 6, SortBy::LastTouch),
    column(Shows::Csm, "CSM", 13, SortBy::Csm),
    column(Shows::Segment, "segment", 10, SortBy::Segment),
    column(Shows::Stage, "stage", 10, SortBy::Stage),
];

/// Cells between two columns.
pub const GAP: u16 = 1;
/// Cells before the first column: the bar of the selected row and a space.
pub const BAR: u16 = 2;
/// More cells than these beside its width a name seldom needs.
const MORE: u16 = 16;
/// What gives way first when the list is too narrow, the last to go first.
const BY_WORTH: [Shows; 12] = [
    Shows::Name,
    Shows::Health,
    Shows::Notice,
    Shows::Arr,
    Shows::Delta,
    Shows::Trend,
    Shows::AtStake,
    Shows::LastTouch,
    Shows::Csm,
    Shows::Segment,
    Shows::Stage,
    Shows::Coverage,
];

/// The columns that fit into a list of this width, each with its width; the name takes what is left, and once that is
/// more than names need, all are spread.
pub fn fitting(width: u16) -> Vec<Column> {
    let mut left = width.saturating_sub(BAR);
    let mut chosen = Vec::new();
    for shows in BY_WORTH {
        let Some(column) = COLUMNS.iter().find(|column| column.shows == shows) else {
            continue;
        };
        let needs = column.width + if chosen.is_empty() { 0 } else { GAP };
        if needs > left {
            break;
        }
        left -= needs;
        chosen.push(shows);
    }
    let others = chosen.len().saturating_sub(1) as u16;
    let spread = left.saturating_sub(MORE) / others.max(1);
    let name = left - spread * others;
    COLUMNS
        .iter()
        .filter(|column| chosen.contains(&column.shows))
        .map(|column| match column.shows {
            Shows::Name => Column {
                width: column.width + name,
                ..*column
            },
            _ => Column {
                width: column.width + spread,
                ..*column
            },
        })
        .collect()
}

/// A sort in words, for the title of the list: `worst first`, `by ARR, largest first`.
pub fn words(sort: Sort) -> String {
    let Some(column) = COLUMNS.iter().find(|column| column.sort == sort.by) else {
        return if sort.descending {
            "best first"
        } else {
            "worst first"
        }
        .to_owned();
    };
    let (up, down) = match sort.by {
        SortBy::Notice => ("soonest first", "latest first"),
        SortBy::LastTouch => ("longest ago first", "latest first"),
        SortBy::Arr | SortBy::AtStake => ("smallest first", "largest first"),
        SortBy::Health | SortBy::Coverage => ("lowest first", "highest first"),
        SortBy::Delta | SortBy::Trend => ("falling first", "rising first"),
        _ => ("A to Z", "Z to A"),
    };
    let title = match sort.by {
        SortBy::Delta => "change",
        SortBy::Coverage => "fresh data",
        SortBy::LastTouch => "last touch",
        _ => column.title,
    };
    format!("by {title}, {}", if sort.descending { down } else { up })
}

/// The sorts that the menu offers, each in its first direction.
pub fn sorts() -> Vec<Sort> {
    let columns = COLUMNS.iter().map(|column| Sort {
        by: column.sort,
        descending: column.largest_first,
    });
    std::iter::once(Sort::default()).chain(columns).collect()
}

#[cfg(test)]
#[test]
fn coverage_stands_beside_the_score_where_the_list_is_wide() {
    let shown = |width| {
        let columns = fitting(width);
        columns.iter().map(|column| column.title).collect::<Vec<_>>()
    };
    let wide = shown(112);
    assert_eq!(wide.len(), COLUMNS.len(), "{wide:?}");
    assert_eq!(wide[2..4], ["health", "data"]);
    assert!(!shown(111).contains(&"data"));
}
