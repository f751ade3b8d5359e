//! The fields of an account that can be edited, to choose one.

use super::Hint;
use crate::app::cursor::Cursor;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::acts::edit::EditableField;
use crate::domain::record::RecordId;

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("enter", "edit, or turn a yes into a no"),
    ("j k", "choose"),
    ("u", "undo"),
    ("esc", "close"),
];

/// The fields of an account that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The account.
    pub about: About,
    /// The contract that was marked; without one, that which is to be decided next is offered.
    pub contract: Option<RecordId>,
    /// Its fields; `None` until they are read.
    pub fields: Option<Vec<EditableField>>,
    /// Place among them.
    pub cursor: Cursor,
}

impl Fields {
    /// The fields of an account and of this contract of it, as far as they are known.
    pub fn new(about: About, contract: Option<RecordId>, view: Option<&AccountView>) -> Self {
        let mut list = Self {
            about,
            contract,
            fields: None,
            cursor: Cursor::default(),
        };
        if let Some(view) = view {
            list.read(view);
            list.cursor.at = list.first_of_contract().unwrap_or(0);
        }
        list
    }

    /// They were read anew.
    pub fn read(&mut self, view: &AccountView) {
        let fields = view.editable_with(self.contract.as_ref());
        self.cursor = self.cursor.within(fields.len(), usize::MAX);
        self.fields = Some(fields);
    }

    /// The place of what belongs to the marked contract.
    fn first_of_contract(&self) -> Option<usize> {
        let (marked, fields) = (self.contract.as_ref()?, self.fields.as_ref()?);
        fields.iter().position(|field| field.record == *marked)
    }

    /// The field that is chosen.
    pub fn selected(&self) -> Option<&EditableField> {
        self.fields.as_ref()?.get(self.cursor.at)
    }
}
