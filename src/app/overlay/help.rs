//! The help: every action by topic, then what the signs on the screen mean.

use super::Hint;
use crate::app::action::{ACTIONS, Info, Topic};
use crate::app::layout::{Area, Frame, Size};

/// What one can press in it.
pub const HINTS: &[Hint] = &[("j k", "scroll"), ("any other key", "close")];

/// Cells of a column: keys, a gap, one sentence.
pub const COLUMN: u16 = 58;

/// The help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Help {
    /// The first line that shows.
    pub top: usize,
}

/// A sign on the screen and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// As it is drawn.
    pub sign: &'static str,
    /// What it means, in a few words.
    pub meaning: &'static str,
}

const fn sign(sign: &'static str, meaning: &'static str) -> Sign {
    Sign { sign, meaning }
}

/// The signs by what they are about.
pub const SIGNS: [(&str, &[Sign]); 3] = [
    (
        "Signs of health and risk",
        &[
            sign("▲", "red; a risk to act on this week"),
            sign("◆", "amber; a risk to act on this month"),
            sign("●", "green"),
            sign("○", "unknown: too little data; a defect"),
            sign("37?", "little is fresh: sign of an earlier day"),
            sign("data", "how much of the model is fresh"),
            sign("△", "a chance to grow"),
            sign("Δ", "change of the score since my last look"),
            sign("▁▂▃▄▅▆▇", "score of eight months of four weeks"),
            sign("·", "no change; no score then"),
            sign("p12", "12 % of the segment has no more points"),
            sign("≥", "at least: a part of the sum is unknown"),
            sign("?", "not known; never counted as zero"),
        ],
    ),
    (
        "Signs of steps and handoffs",
        &[
            sign("▎", "on the account of my line"),
            sign("!", "late: its time, or its day, is over"),
            sign("▶", "a task for today"),
            sign("•", "a task for later"),
            sign("→", "a handoff for me; on its way to the CRM"),
            sign("○", "sent, but the CRM did not answer"),
            sign("↩", "returned to me with questions"),
            sign("↪", "a question handed over already"),
            sign("…", "waits for somebody else"),
            sign("✓", "accepted; closed"),
            sign("3 bh", "three hours of work; 2 bd: two days"),
        ],
    ),
    (
        "Signs of the timeline",
        &[
            sign("☎", "a call, meeting or e-mail"),
            sign("✎", "a note"),
            sign("▲", "a ticket was opened"),
            sign("▼", "the health fell into another band"),
            sign("◆", "a warning opened or cleared"),
            sign("✕", "a contact left or changed"),
        ],
    ),
];

/// A line of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A topic begins.
    Heading(&'static str),
    /// An action with its keys.
    Action(&'static Info),
    /// A sign with its meaning.
    Sign(Sign),
    /// Nothing.
    Blank,
}

/// Every topic with its lines.
fn sections() -> Vec<Vec<Line>> {
    let topics = Topic::ALL.into_iter().map(|topic| {
        let actions = ACTIONS.iter().filter(move |info| info.topic == topic);
        std::iter::once(Line::Heading(topic.title()))
            .chain(actions.map(Line::Action))
            .collect()
    });
    let signs = SIGNS.into_iter().map(|(title, signs)| {
        let signs = signs.iter().copied().map(Line::Sign);
        std::iter::once(Line::Heading(title)).chain(signs).collect()
    });
    topics.chain(signs).collect()
}

/// The help in as many columns as have room, of about the same height.
pub fn columns(size: Size) -> Vec<Vec<Line>> {
    let sections = sections();
    let all: usize = sections.iter().map(|section| section.len() + 1).sum();
    let most = usize::from(size.width.saturating_sub(2) / COLUMN).clamp(1, 3);
    let (mut columns, mut done) = (vec![Vec::new()], 0);
    for section in sections {
        if done + section.len() / 2 > all * columns.len() / most && columns.len() < most {
            columns.push(Vec::new());
        }
        done += section.len() + 1;
        if let Some(column) = columns.last_mut() {
            if !column.is_empty() {
                column.push(Line::Blank);
            }
            column.extend(section);
        }
    }
    columns
}

impl Help {
    /// Where it lies on a screen of this size, border included.
    pub fn area(&self, size: Size) -> Area {
        let columns = columns(size);
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let width = COLUMN * u16::try_from(columns.len()).unwrap_or(1) + 2;
        let height = u16::try_from(longest + 2).unwrap_or(u16::MAX);
        Frame::of(size, 0).between().middle(width, height)
    }

    /// How far down it can be scrolled.
    pub fn last_top(&self, size: Size) -> usize {
        let shown = usize::from(self.area(size).inside().height);
        let longest = columns(size).iter().map(Vec::len).max().unwrap_or(0);
        longest.saturating_sub(shown)
    }
}
