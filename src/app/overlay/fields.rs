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
    /// The contract whose fields come first: that which was marked, else the one that was to be decided next when its
    /// fields were first read. It stays, though its days change.
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
        let is_marked = list.contract.is_some();
        if let Some(view) = view {
            list.read(view);
            list.cursor.at = list.first_of_contract().filter(|_| is_marked).unwrap_or(0);
        }
        list
    }

    /// They were read anew.
    pub fn read(&mut self, view: &AccountView) {
        self.contract = self.contract.take().or_else(|| view.next_contract().cloned());
        let chosen = self
            .selected()
            .map(|field| (field.record.clone(), field.field.clone()));
        let fields = view.editable_from(self.contract.as_ref());
        let place = chosen.and_then(|(record, name)| {
            let mut fields = fields.iter();
            fields.position(|field| field.record == record && field.field == name)
        });
        self.cursor.at = place.unwrap_or(self.cursor.at);
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
