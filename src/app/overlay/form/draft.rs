//! The draft of a form: what is typed is kept every two seconds, and on leaving.

use jiff::{SignedDuration, Timestamp};

use super::{Form, Purpose, Shape};
use crate::app::outbox::Typed;
use crate::domain::outbox::DraftLine;

/// How long typing goes on before it is kept.
const EVERY: SignedDuration = SignedDuration::from_secs(2);
/// Stands between the fields of a draft; no editor takes it from a person.
const BETWEEN: char = '\u{1e}';

/// What is known of the draft that was kept under the same name before the form opened. What was not seen is neither
/// replaced nor dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// It is being read.
    Awaited,
    /// It could not be read.
    Unread,
    /// It is in the form, or there is none.
    Known,
}

/// Where the draft of a form stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name in the ledger, e.g. `note:<account>`.
    pub name: String,
    /// When what changed is to be kept (UTC); `None` when nothing changed since.
    pub due: Option<Timestamp>,
    /// How many orders to keep it are not answered yet.
    pub saving: u32,
    /// Whether the ledger has one.
    pub kept: bool,
    /// Whether the last order failed.
    pub failed: bool,
    /// What was kept before.
    pub earlier: Earlier,
}

impl Draft {
    /// A draft under this name of which nothing is known yet.
    pub fn new(name: String) -> Self {
        Self {
            name,
            due: None,
            saving: 0,
            kept: false,
            failed: false,
            earlier: Earlier::Awaited,
        }
    }

    /// Something was typed.
    pub fn typed(&mut self, now: Timestamp) {
        self.due = self.due.or_else(|| now.checked_add(EVERY).ok());
    }

    /// Something was pasted: that is kept at once.
    pub fn pasted(&mut self) {
        self.due = Some(Timestamp::MIN);
    }

    /// When it is to be kept (UTC), if something changed and no order is in flight.
    pub fn deadline(&self) -> Option<Timestamp> {
        let waits = self.saving > 0 || self.earlier == Earlier::Awaited;
        self.due.filter(|_| !waits)
    }

    /// Whether the ledger has not all of it, by what is known here.
    pub fn is_unsaved(&self) -> bool {
        self.due.is_some() || self.failed
    }

    /// Whether the ledger has one that was seen, or is getting one.
    pub fn is_there(&self) -> bool {
        self.is_seen() && (self.kept || self.saving > 0)
    }

    /// Whether what was kept before is in the form, so that it may be replaced or dropped.
    pub fn is_seen(&self) -> bool {
        self.earlier == Earlier::Known
    }

    /// An order to keep it leaves.
    pub fn leaves(&mut self) {
        (self.due, self.saving, self.failed) = (None, self.saving + 1, false);
    }

    /// An order to keep it is answered; `is_kept` when the ledger took it.
    pub fn answered(&mut self, is_kept: bool) {
        self.saving = self.saving.saturating_sub(1);
        if is_kept {
            self.kept = true;
        }
        // One that is still on its way has more than the one that was answered.
        self.failed = !is_kept || (self.failed && self.saving > 0);
    }

    /// What a kept draft says, in its first words: of a write that is changed those of its longest field, else those of
    /// the first that has some.
    pub fn words_of(draft: &DraftLine) -> &str {
        match draft.revised() {
            Some(_) => Self::longest_words(&draft.begins),
            None => Self::first_words(&draft.begins),
        }
    }

    fn longest_words(text: &str) -> &str {
        let fields = text.split(BETWEEN).map(Self::first_words);
        fields.max_by_key(|words| words.len()).unwrap_or_default()
    }

    /// The first words of a draft's text, from whichever field has some.
    fn first_words(text: &str) -> &str {
        let lines = text.lines().map(|line| line.trim_matches(BETWEEN).trim());
        lines
            .into_iter()
            .find(|line| !line.is_empty())
            .unwrap_or_default()
    }

    /// Where it stands, in words.
    pub fn words(&self) -> &'static str {
        match self {
            Self { failed: true, .. } => "the draft could not be saved",
            Self { due: Some(_), .. } | Self { saving: 1.., .. } => "draft not saved yet",
            Self { kept: true, .. } => "draft saved",
            _ => "",
        }
    }
}

impl Form {
    /// This form, with what is typed kept under another name than its own.
    #[must_use]
    pub fn kept_as(self, name: &str) -> Self {
        Self {
            draft: Some(Draft::new(name.to_owned())),
            ..self
        }
    }

    /// What was typed, to be a draft again once what becomes of it is taken back; `None` where no draft is kept, or where
    /// what is written tells it.
    pub fn typed(&self) -> Option<Typed> {
        if matches!(self.purpose, Purpose::Note | Purpose::Task | Purpose::Revise(_)) {
            return None;
        }
        let account = self.about.as_ref()?.id.as_str();
        let name = self.purpose.draft_name(account)?;
        let text = self.draft_text();
        Some(Typed { name, text })
    }

    /// All that was typed, as one text.
    pub fn draft_text(&self) -> String {
        let texts: Vec<String> = self.fields.iter().map(super::Field::text).collect();
        texts.join(&format!("{BETWEEN}\n"))
    }

    /// Puts a draft into the fields. What was typed while it was read stays, behind it.
    pub fn restore(&mut self, text: &str) {
        let mut parts: Vec<&str> = text.split(BETWEEN).collect();
        if parts.len() != self.fields.len() {
            // A draft of another shape is not lost: all of it goes into the widest field.
            let whole = text.replace(BETWEEN, "");
            let widest = self.fields.iter().position(|field| field.shape == Shape::Text);
            self.fields[widest.unwrap_or(0)].restore(&whole);
            return;
        }
        for (at, (field, part)) in self.fields.iter_mut().zip(parts.drain(..)).enumerate() {
            let part = if at == 0 {
                part
            } else {
                part.strip_prefix('\n').unwrap_or(part)
            };
            field.restore(part);
        }
    }
}
