//! The outbox as it is looked at, put together from the ledger and what the cache knows of names and fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use crate::config::mapping::Mapping;
use crate::crm::Property;
use crate::domain::acts::edit::{EditableField, Term};
use crate::domain::outbox::{DraftLine, Entry, Field, OutboxView, Write};
use crate::domain::record::{Core, Kind, Owner, RecordId, ValueType};
use crate::engine::editable;
use crate::store::documents::{self, OWNERS};
use crate::store::{Cache, Draft, Ledger, StoreError};

/// How many of those that are done show.
const MOST_DONE: usize = 200;
/// How much of a draft shows in a list, in characters.
const BEGINNING: usize = 200;

/// The outbox as it is looked at.
pub fn of(ledger: &Ledger, cache: Option<&Cache>, mapping: &Mapping) -> Result<OutboxView, StoreError> {
    let is_final = |entry: &Entry| entry.state.is_final();
    let mut open = ledger.outbox_open()?;
    open.retain(|entry| !is_final(entry));
    let mut done = ledger.outbox_recent(MOST_DONE)?;
    done.retain(is_final);
    let drafts = ledger.drafts()?.iter().map(line_of).collect();
    let mut view = OutboxView {
        counts: ledger.outbox_counts()?,
        damaged: ledger.outbox_damaged()?,
        open,
        done,
        drafts,
        ..OutboxView::default()
    };
    if let Some(cache) = cache {
        name_accounts(ledger, cache, &mut view)?;
        name_values(cache, mapping, &mut view);
    }
    Ok(view)
}

fn line_of(draft: &Draft) -> DraftLine {
    let text = draft.body.trim_start();
    DraftLine {
        name: draft.name.clone(),
        begins: text.chars().take(BEGINNING).collect(),
        saved_at: draft.saved_at,
    }
}

/// An account that was merged is called by the one that it lives on in.
fn name_accounts(ledger: &Ledger, cache: &Cache, view: &mut OutboxView) -> Result<(), StoreError> {
    let of_entries = view.open.iter().chain(&view.done);
    let mut ids: BTreeSet<RecordId> = of_entries.filter_map(|entry| entry.new.account.clone()).collect();
    ids.extend(view.drafts.iter().filter_map(DraftLine::account));
    let mut called: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for id in ids {
        let now = ledger.resolve(Kind::Account, &id)?;
        called.entry(now).or_default().push(id);
    }
    let now: Vec<RecordId> = called.keys().cloned().collect();
    for account in cache.records(Kind::Account, &now)? {
        let name = account.core(Core::Name).unwrap_or_default();
        for id in called.remove(&account.id).into_iter().flatten() {
            view.accounts.insert(id, name.to_owned());
        }
    }
    Ok(())
}

/// What the CRM calls the fields that are written, conflict or are asked for, their values, and what it takes in them.
fn name_values(cache: &Cache, mapping: &Mapping, view: &mut OutboxView) {
    let mut fields: BTreeSet<Field> = BTreeSet::new();
    for entry in view.open.iter().chain(&view.done) {
        let replaced = entry.receipt.iter().flat_map(|receipt| &receipt.replaced);
        let conflicts = entry.conflicts.iter().chain(replaced);
        fields.extend(conflicts.map(|conflict| conflict.field.clone()));
        match &entry.new.write {
            Write::Update { changes, .. } => fields.extend(changes.iter().map(|change| change.field.clone())),
            Write::Create { fields: made, .. } => fields.extend(made.keys().cloned()),
            Write::Archive { .. } => {}
        }
        fields.extend(entry.named());
    }
    if fields.is_empty() {
        return;
    }
    let owners = owners(cache);
    let mut name = |field: &Field, is_owner: bool, options: &[(String, String)]| {
        let owned = owners.iter().filter(|_| is_owner);
        let owned = owned.map(|owner| (owner.id.to_string(), owner.name.clone()));
        for (value, label) in owned.chain(options.iter().cloned()) {
            view.values.insert((field.clone(), value), label);
        }
    };
    let word = |value: &str, word: &str| (value.to_owned(), word.to_owned());
    name(&Field::Core(Core::Owner), true, &[]);
    let done = [word("true", "done"), word("false", "open")];
    name(&Field::Core(Core::Done), false, &done);
    if !fields.iter().any(|field| matches!(field, Field::Mapped(_))) {
        return;
    }
    for kind in Kind::ALL.into_iter().filter(|kind| kind.has_mapped_properties()) {
        for property in list::<Property>(cache, &documents::properties(kind)) {
            let field = Field::Mapped(property.name.clone());
            if fields.contains(&field) {
                let property = editable(mapping, kind, property);
                name(&field, property.is_owner, &property.options);
                if property.value_type == ValueType::Bool {
                    name(&field, false, &[word("true", "yes"), word("false", "no")]);
                }
                view.labels.insert(field.clone(), property.label.clone());
                view.properties.insert((kind, field), property);
            }
        }
    }
}

/// What may be typed into a property, whatever record it is of.
fn editable(mapping: &Mapping, kind: Kind, property: Property) -> EditableField {
    let label = editable::label(mapping, kind, &property.name).map(str::to_owned);
    let label = label.unwrap_or(property.label);
    EditableField {
        contract: None,
        kind,
        record: RecordId::from(""),
        field: Field::Mapped(property.name),
        value_type: property.value_type,
        is_owner: property.is_owner,
        options: editable::options(mapping, &label, &property.options),
        term: editable::term(&label, Term::default()),
        amount: editable::amount(&label, None),
        label,
        value: None,
        pending: None,
    }
}

/// What the CRM takes in the property that somebody calls so, if the last sync found it.
pub fn property(cache: &Cache, mapping: &Mapping, kind: Kind, name: &str) -> Option<EditableField> {
    let wanted = name.to_lowercase();
    let is_it = |name: &str| name.to_lowercase() == wanted;
    let all = list::<Property>(cache, &documents::properties(kind)).into_iter();
    let mut found = all.filter(|one| {
        let label = editable::label(mapping, kind, &one.name);
        is_it(&one.name) || is_it(&one.label) || label.is_some_and(is_it)
    });
    found.next().map(|found| editable(mapping, kind, found))
}

/// Everyone whom the last sync found; nobody before the first one.
pub fn owners(cache: &Cache) -> Vec<Owner> {
    list(cache, OWNERS)
}

/// A list that the last sync kept; empty before the first one.
fn list<T: DeserializeOwned>(cache: &Cache, name: &str) -> Vec<T> {
    let document = cache.document(name).ok().flatten();
    document
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default()
}
