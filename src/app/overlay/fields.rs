//! The fields of an account that can be edited, to choose one.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::app::input::Input;
use crate::app::key::Key;
use crate::domain::account_view::AccountView;
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::{About, rank};
use crate::domain::record::RecordId;

/// What one can press in it.
const HINTS: &[Hint] = &[
    ("enter", "edit, or turn yes and no"),
    ("j k", "choose"),
    ("/", "filter"),
    ("u", "undo"),
    ("esc", "close"),
];
/// While words narrow it.
const NARROWED: &[Hint] = &[
    ("enter", "edit, or turn yes and no"),
    ("j k", "choose"),
    ("/", "filter"),
    ("u", "undo"),
    ("esc", "all of them"),
];
/// While the words are typed that narrow it.
const TYPING: &[Hint] = &[
    ("enter", "end the filter"),
    ("↑ ↓", "choose"),
    ("esc", "all of them"),
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
    /// The words that narrow them.
    pub filter: Input,
    /// Whether these are being typed.
    pub typing: bool,
    /// Place among those that show.
    pub cursor: Cursor,
    /// The order that turned a yes or a no, until they are read anew after it: what shows of it is old.
    pub turning: Option<RunId>,
}

impl Fields {
    /// The fields of an account and of this contract of it, as far as they are known.
    pub fn new(about: About, contract: Option<RecordId>, view: Option<&AccountView>) -> Self {
        let mut list = Self {
            about,
            contract,
            fields: None,
            filter: Input::default(),
            typing: false,
            cursor: Cursor::default(),
            turning: None,
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
        self.fields = Some(view.editable_from(self.contract.as_ref()));
        let shown = self.shown();
        let place = chosen.and_then(|(record, name)| {
            let mut fields = shown.iter();
            fields.position(|field| field.record == record && field.field == name)
        });
        let len = shown.len();
        self.cursor.at = place.unwrap_or(self.cursor.at);
        self.cursor = self.cursor.within(len, usize::MAX);
    }

    /// Those that show: whose label, or contract, has the words that were typed.
    pub fn shown(&self) -> Vec<&EditableField> {
        let fields = self.fields.iter().flatten();
        fields
            .filter(|field| rank(&field.name(), self.filter.text()).is_some())
            .collect()
    }

    /// Other words narrow it: the first that shows is chosen.
    pub fn narrow(&mut self, key: Key) {
        if self.filter.take(key) {
            self.cursor = Cursor::default();
        }
    }

    /// All of them show again; the one that is chosen stays chosen.
    pub fn show_all(&mut self) {
        let place = self.selected().and_then(|chosen| {
            let mut fields = self.fields.iter().flatten();
            fields.position(|field| std::ptr::eq(field, chosen))
        });
        (self.filter, self.typing) = (Input::default(), false);
        self.cursor.at = place.unwrap_or(0);
    }

    /// What one can press in it now.
    pub fn hints(&self) -> &'static [Hint] {
        match (self.typing, self.filter.text()) {
            (true, _) => TYPING,
            (false, "") => HINTS,
            (false, _) => NARROWED,
        }
    }

    /// The place of what belongs to the marked contract.
    fn first_of_contract(&self) -> Option<usize> {
        let (marked, fields) = (self.contract.as_ref()?, self.fields.as_ref()?);
        fields.iter().position(|field| field.record == *marked)
    }

    /// The field that is chosen.
    pub fn selected(&self) -> Option<&EditableField> {
        self.shown().get(self.cursor.at).copied()
    }
}
