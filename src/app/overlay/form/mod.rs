//! A form: fields that a person fills, to be queued as one act. Notes, tasks, the log line and edits are forms that
//! differ in their [`Purpose`].
//!
//! What it becomes and how it reads while it is typed is in `purpose`; where its parts lie, in `layout`.

mod draft;
mod field;
mod handing;
mod hold;
mod layout;
mod purpose;
mod reading;
mod replying;
mod revising;
mod shown;

pub use self::draft::{Draft, Earlier};
pub use self::field::{Field, Shape};
pub use self::handing::{Handing, Leave};
pub use self::hold::Hold;
pub use self::layout::FormLayout;
pub use self::purpose::Purpose;
pub use self::reading::Reading;
pub use self::revising::Revising;
pub use self::shown::Shown;

use super::{Hint, TOO_LONG};
use crate::app::cmd::RunId;
use crate::app::layout::Size;
use crate::domain::acts::About;
use crate::domain::acts::touch::Contact;

/// Fields that a person fills, to be queued as one act.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// What it is for.
    pub purpose: Purpose,
    /// The account that it is about; a task may have none.
    pub about: Option<About>,
    /// The fields, in the order of `tab`. Never empty.
    pub fields: Vec<Field>,
    /// The field that takes the keys.
    pub at: usize,
    /// What it is about, to be read while one writes; `None` for most.
    pub shown: Option<Shown>,
    /// The account's people, as far as they are read.
    pub contacts: Vec<Contact>,
    /// Orders whose answers it awaits: its draft, or the account.
    pub asked: Option<RunId>,
    /// The draft that keeps what is typed, if it has one.
    pub draft: Option<Draft>,
    /// The order to queue it that is in flight; until it is answered nothing can be changed.
    pub sending: Option<RunId>,
    /// The order to edit a field in the person's own editor that is in flight.
    pub composing: Option<RunId>,
    /// Why it could not be queued, in one sentence, until something is typed.
    pub wrong: Option<String>,
    /// The field that is to blame, if it is one alone: the sentence stands there.
    pub to_blame: Option<usize>,
}

/// What one can press in a form of several fields.
const HINTS: &[Hint] = &[
    ("ctrl-s", "queue"),
    ("tab", "next field"),
    ("esc", "close"),
    ("ctrl-o", "$EDITOR"),
];
/// In a form of several fields whose text is kept.
const DRAFT_HINTS: &[Hint] = &[
    ("ctrl-s", "queue"),
    ("tab", "next field"),
    ("esc", "close, draft kept"),
    ("ctrl-o", "$EDITOR"),
];
/// In a form of one text.
const TEXT_HINTS: &[Hint] = &[
    ("ctrl-s", "queue"),
    ("esc", "close, draft kept"),
    ("ctrl-o", "$EDITOR"),
    ("alt-u", "undo"),
];
/// In a form of one text beside which one reads.
const READING_HINTS: &[Hint] = &[
    ("ctrl-s", "queue"),
    ("page-down", "read on"),
    ("esc", "close, draft kept"),
    ("ctrl-o", "$EDITOR"),
];
/// In a form of one text that waits already.
const REVISING_HINTS: &[Hint] = &[
    ("ctrl-s", "queue again"),
    ("esc", "close, draft kept"),
    ("ctrl-o", "$EDITOR"),
    ("alt-u", "undo"),
];
/// In a form of one line.
const LINE_HINTS: &[Hint] = &[("enter", "queue"), ("esc", "close")];
/// Where one of several values is chosen.
const CHOICE_HINTS: &[Hint] = &[("enter", "queue"), ("↑ ↓", "choose"), ("esc", "close")];
/// In the log.
const LOG_HINTS: &[Hint] = &[
    ("enter", "queue"),
    ("tab", "complete a name"),
    ("esc", "close, draft kept"),
];

impl Form {
    /// A form for a purpose, with its fields filled as they are now.
    pub fn new(purpose: Purpose, about: Option<About>, fields: Vec<Field>) -> Self {
        let account = about.as_ref().map(|about| about.id.as_str());
        let draft = account.and_then(|id| purpose.draft_name(id)).map(Draft::new);
        Self {
            purpose,
            about,
            fields,
            at: 0,
            shown: None,
            contacts: Vec::new(),
            asked: None,
            draft,
            sending: None,
            composing: None,
            wrong: None,
            to_blame: None,
        }
    }

    /// What is wrong with a field, where that is known of one alone.
    pub fn wrong_at(&self, at: usize) -> Option<&str> {
        self.wrong.as_deref().filter(|_| self.to_blame == Some(at))
    }

    /// What stands in its border.
    pub fn title(&self) -> String {
        let what = self.purpose.title();
        match &self.about {
            Some(about) => format!("{what} · {}", about.name),
            None => what,
        }
    }

    /// What one can press in it.
    pub fn hints(&self) -> &'static [Hint] {
        match (&self.purpose, self.fields.as_slice()) {
            (Purpose::Log, _) => LOG_HINTS,
            (Purpose::Revise(_), [only]) if only.shape == Shape::Text => REVISING_HINTS,
            (_, [_]) if self.shown.is_some() => READING_HINTS,
            (_, [only]) if only.shape == Shape::Text => TEXT_HINTS,
            (_, [only]) if matches!(only.shape, Shape::Choice(_)) => CHOICE_HINTS,
            (_, [_]) => LINE_HINTS,
            _ if self.draft.is_some() => DRAFT_HINTS,
            _ => HINTS,
        }
    }

    /// The field that takes the keys.
    pub fn field(&self) -> &Field {
        &self.fields[self.at.min(self.fields.len() - 1)]
    }

    /// The field that takes the keys, to be changed.
    pub fn field_mut(&mut self) -> &mut Field {
        let at = self.at.min(self.fields.len() - 1);
        &mut self.fields[at]
    }

    /// Whether anything was typed that is worth keeping.
    pub fn has_words(&self) -> bool {
        let typed = |field: &&Field| !matches!(field.shape, Shape::Choice(_)) && !field.is_untouched();
        self.fields
            .iter()
            .filter(typed)
            .any(|field| !field.editor.is_blank())
    }

    /// Brings the cursor of every field onto a screen of this size.
    pub fn scroll(&mut self, size: Size) {
        let layout = FormLayout::of(self, size);
        for (at, field) in self.fields.iter_mut().enumerate() {
            field.editor.scroll(layout.window(at));
        }
    }

    /// Takes pasted text into the field that takes the keys.
    pub fn paste(&mut self, text: &str) {
        if self.sending.is_some() {
            return;
        }
        if !self.field_mut().paste(text) {
            self.wrong = Some(TOO_LONG.to_owned());
            self.to_blame = None;
            return;
        }
        self.wrong = None;
        if let Some(draft) = &mut self.draft {
            draft.pasted();
        }
    }
}
