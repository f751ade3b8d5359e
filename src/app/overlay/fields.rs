//! The fields of an account that can be edited, to choose one.

use super::Hint;
use crate::app::cursor::Cursor;
use crate::domain::acts::About;
use crate::domain::acts::edit::EditableField;

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("enter", "edit, or turn a yes into a no"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// The fields of an account that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The account.
    pub about: About,
    /// Its fields; `None` until they are read.
    pub fields: Option<Vec<EditableField>>,
    /// Place among them.
    pub cursor: Cursor,
}

impl Fields {
    /// The fields of an account, as far as they are known.
    pub fn new(about: About, fields: Option<Vec<EditableField>>) -> Self {
        Self {
            about,
            fields,
            cursor: Cursor::default(),
        }
    }

    /// They were read anew.
    pub fn read(&mut self, fields: Vec<EditableField>) {
        self.cursor = self.cursor.within(fields.len(), usize::MAX);
        self.fields = Some(fields);
    }

    /// The field that is chosen.
    pub fn selected(&self) -> Option<&EditableField> {
        self.fields.as_ref()?.get(self.cursor.at)
    }
}
