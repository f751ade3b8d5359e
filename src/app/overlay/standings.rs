//! How the playbooks stand that were started on many accounts, on the whole screen: each opens to its steps and its
//! accounts, exceptions first.

use std::collections::BTreeSet;

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::{Cursor, Step};
use crate::app::layout::{Area, Frame, Size};
use crate::domain::playbook::{AccountOf, Standing};
use crate::domain::record::RecordId;

/// Until something was read, and where there is none.
const NOTHING: &[Hint] = &[("esc", "close")];
/// On a bulk play.
const PLAY: &[Hint] = &[
    ("enter", "its accounts"),
    ("p", "pause, resume, give up"),
    ("y", "copy its id"),
    ("j k", "choose"),
    ("esc", "close"),
];
/// On the line of those that were left out.
const LEFT_OUT: &[Hint] = &[("enter", "which and why"), ("j k", "choose"), ("esc", "close")];
/// On an account.
const ACCOUNT: &[Hint] = &[
    ("enter", "open the account"),
    ("y", "copy"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// How bulk plays stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standings {
    /// The order that read them last.
    pub asked: RunId,
    /// Whether that is not answered yet.
    pub reading: bool,
    /// Whether something changed since it was given: they are read once more after it.
    pub again: bool,
    /// What was read, the newest first.
    pub read: Option<Vec<Standing>>,
    /// Ids of those that are opened.
    pub open: BTreeSet<String>,
    /// Ids of those of which each account shows that was left out.
    pub all: BTreeSet<String>,
    /// Id of the one that was asked for: the cursor begins there.
    pub sought: Option<String>,
    /// The order that reads the one with all of which something is done.
    pub acting: Option<RunId>,
    /// What is counted over all accounts of each, once when it is read: no frame counts it.
    pub figures: Vec<Figures>,
    /// All as lines.
    pub lines: Vec<Line>,
    /// The places of those that can be chosen.
    pub choices: Vec<usize>,
    /// The chosen one among the lines that can be chosen, and the first line that shows.
    pub cursor: Cursor,
}

/// What is counted over all accounts of a bulk play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// How it stands in words: `started on 38 of 42: 30 under way, 8 ended`.
    pub words: String,
    /// On how many accounts it was rightly not started.
    pub left_out: usize,
    /// On how many it is not as it should be.
    pub odd: usize,
}

impl Figures {
    fn of(standing: &Standing) -> Self {
        Self {
            words: standing.words(),
            left_out: standing.left_out().count(),
            odd: standing.exceptions().count(),
        }
    }
}

/// A line, by the place of its bulk play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A bulk play.
    Play(usize),
    /// A step of it, by its place.
    Step(usize, usize),
    /// An account of it, by its place.
    Account(usize, usize),
    /// The accounts on which it was rightly not started, as one.
    LeftOut(usize),
}

impl Standings {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    fn height(size: Size) -> usize {
        usize::from(Self::area(size).inside().height)
    }

    /// What one can press on the chosen line.
    pub fn hints(&self) -> &'static [Hint] {
        match self.chosen() {
            Some(Line::Play(_)) => PLAY,
            Some(Line::LeftOut(_)) => LEFT_OUT,
            Some(Line::Account(..)) => ACCOUNT,
            Some(Line::Step(..)) | None => NOTHING,
        }
    }

    /// The place of the chosen line among all.
    pub fn at(&self) -> Option<usize> {
        self.choices.get(self.cursor.at).copied()
    }

    /// What is counted over the accounts of the bulk play of a place.
    pub fn figures(&self, play: usize) -> Option<&Figures> {
        self.figures.get(play)
    }

    /// The chosen line.
    pub fn chosen(&self) -> Option<Line> {
        self.lines.get(self.at()?).copied()
    }

    /// The bulk play of a place.
    pub fn play(&self, play: usize) -> Option<&Standing> {
        self.read.as_deref()?.get(play)
    }

    /// The account of a chosen line.
    pub fn account(&self) -> Option<&AccountOf> {
        match self.chosen()? {
            Line::Account(play, at) => self.play(play)?.accounts.get(at),
            Line::Play(_) | Line::Step(..) | Line::LeftOut(_) => None,
        }
    }

    /// Of which bulk play a line is, and of which of its accounts; others may come before it.
    fn key(&self, line: Line) -> Option<(String, Option<RecordId>, bool)> {
        let (play, account) = match line {
            Line::Play(play) | Line::Step(play, _) | Line::LeftOut(play) => (play, None),
            Line::Account(play, at) => (
                play,
                self.play(play)?.accounts.get(at).map(|of| of.account.clone()),
            ),
        };
        Some((
            self.play(play)?.id.clone(),
            account,
            matches!(line, Line::LeftOut(_)),
        ))
    }

    /// Takes what was read; what was asked for is opened. What was read anew leaves the cursor on what it was on, or on the
    /// bulk play of that.
    pub fn take(&mut self, read: Vec<Standing>, size: Size) {
        self.figures = read.iter().map(Figures::of).collect();
        if self.read.is_some() {
            let before = self.chosen().and_then(|line| self.key(line));
            self.read = Some(read);
            self.lay_out(size);
            if let Some(key) = before {
                let of_play = (key.0.clone(), None, false);
                let place = |key| {
                    let mut choices = self.choices.iter();
                    choices.position(|at| self.key(self.lines[*at]).as_ref() == Some(key))
                };
                self.cursor.at = place(&key).or_else(|| place(&of_play)).unwrap_or(self.cursor.at);
                self.settle(size);
            }
            return;
        }
        self.read = Some(read);
        let sought = self.sought.take();
        self.open.extend(sought.clone());
        self.lay_out(size);
        let is_sought = |line: &Line| match line {
            Line::Play(play) => self.play(*play).map(|one| &one.id) == sought.as_ref(),
            Line::Step(..) | Line::Account(..) | Line::LeftOut(_) => false,
        };
        let place = self.choices.iter().position(|at| is_sought(&self.lines[*at]));
        self.cursor.at = place.unwrap_or(0);
        self.settle(size);
    }

    fn lay_out(&mut self, size: Size) {
        self.lines.clear();
        for (play, standing) in self.read.iter().flatten().enumerate() {
            self.lines.push(Line::Play(play));
            if self.open.contains(&standing.id) {
                let steps = 0..standing.steps.len();
                self.lines.extend(steps.map(|at| Line::Step(play, at)));
                // Those that were left out are the last of them.
                let left_out = self.figures.get(play).map_or(0, |figures| figures.left_out);
                let len = standing.accounts.len();
                let account = |at| Line::Account(play, at);
                self.lines.extend((0..len - left_out).map(account));
                if left_out > 0 {
                    self.lines.push(Line::LeftOut(play));
                }
                if self.all.contains(&standing.id) {
                    self.lines.extend((len - left_out..len).map(account));
                }
            }
        }
        let is_choice = |line: &Line| !matches!(line, Line::Step(..));
        let lines = self.lines.iter().enumerate();
        let choices = lines.filter(|(_, line)| is_choice(line)).map(|(at, _)| at);
        self.choices = choices.collect();
        self.settle(size);
    }

    /// Another line is chosen.
    pub fn step(&mut self, step: Step, size: Size) {
        self.cursor = self.cursor.moved(step, self.choices.len(), Self::height(size));
        self.settle(size);
    }

    /// Opens the chosen line, or closes it again: a bulk play, or what was left out of one.
    pub fn turn(&mut self, size: Size) {
        let (play, is_play) = match self.chosen() {
            Some(Line::Play(play)) => (play, true),
            Some(Line::LeftOut(play)) => (play, false),
            Some(Line::Step(..) | Line::Account(..)) | None => return,
        };
        let Some(id) = self.play(play).map(|one| one.id.clone()) else {
            return;
        };
        let opened = if is_play { &mut self.open } else { &mut self.all };
        if !opened.remove(&id) {
            opened.insert(id);
        }
        self.lay_out(size);
    }

    /// The chosen line shows, with the lines above it that cannot be chosen.
    pub fn settle(&mut self, size: Size) {
        let (height, choices) = (Self::height(size), self.choices.len());
        self.cursor.at = self.cursor.at.min(choices.saturating_sub(1));
        let last = self.at().unwrap_or(0);
        let above = self
            .cursor
            .at
            .checked_sub(1)
            .and_then(|at| self.choices.get(at).copied());
        let first = above
            .map_or(0, |above| above + 1)
            .max((last + 1).saturating_sub(height));
        let most = self.lines.len().saturating_sub(height).min(first);
        self.cursor.top = self
            .cursor
            .top
            .clamp((last + 1).saturating_sub(height).min(most), most);
    }

    /// The lines that a screen of this size shows, each with whether it is the chosen one.
    pub fn shown(&self, size: Size) -> impl Iterator<Item = (Line, bool)> {
        let at = self.at();
        let lines = self.lines.iter().enumerate().skip(self.cursor.top);
        lines
            .take(Self::height(size))
            .map(move |(place, line)| (*line, Some(place) == at))
    }
}
