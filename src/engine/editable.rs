//! The fields of an account and of its contracts that a person may edit: those that the mapping names and the
//! CRM lets be written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::fields::{self, CONTRACT_START, CSM, NOTICE_BY, Named, RENEWAL_DATE, STAGE};
use crate::config::mapping::{ContractSource, Mapping};
use crate::domain::account_view::ContractLine;
use crate::domain::acts::edit::{EditableField, Term, TermDay};
use crate::domain::outbox::Field;
use crate::domain::record::{Core, Kind, Record, ValueType};
use crate::store::{Cache, documents};

use super::EngineError;
use super::world::{World, document};

/// What the CRM says of a property, as far as editing asks for it; the sync keeps it.
#[derive(Debug, Deserialize)]
struct Property {
    name: String,
    value_type: ValueType,
    options: Vec<(String, String)>,
    calculated: bool,
    read_only: bool,
    is_owner: bool,
}

/// The fields of an account and of these contracts of it that may be edited now.
pub fn editable(
    cache: &Cache,
    world: &World<'_>,
    account: &Record,
    contracts: &[ContractLine],
) -> Result<Vec<EditableField>, EngineError> {
    let mapping = &world.setup.mapping;
    let mut editable = of_record(cache, world, (account, None), &fields::of_account(mapping))?;
    if mapping.account.csm.is_none() {
        editable.insert(0, owner(world, account));
    }
    if mapping.contracts.from != ContractSource::Deals {
        return Ok(editable);
    }
    for line in contracts {
        let name = Some(&line.name).filter(|name| !name.is_empty());
        let name = name.map_or(line.id.as_str(), String::as_str);
        if let Some(contract) = world.shown(cache).record(Kind::Contract, &line.id)? {
            let its = (&contract, Some(name));
            let term = Term {
                start: line.start,
                end: line.end,
            };
            let named = of_record(cache, world, its, &fields::of_contract(mapping))?;
            editable.extend(named.into_iter().map(|field| EditableField {
                term: term_day(&field.label).map(|day| (day, term)),
                ..field
            }));
        }
    }
    Ok(editable)
}

/// What people call a property of such records; `None` where the mapping does not name it.
pub fn label(mapping: &Mapping, kind: Kind, property: &str) -> Option<&'static str> {
    let fields = match kind {
        Kind::Account => fields::of_account(mapping),
        Kind::Contract => fields::of_contract(mapping),
        _ => Vec::new(),
    };
    let mut fields = fields.into_iter();
    fields.find(|(_, name)| *name == property).map(|(label, _)| label)
}

/// The allowed values of a field; those of the stage under the names that the mapping gives them.
pub fn options(mapping: &Mapping, label: &str, options: &[(String, String)]) -> Vec<(String, String)> {
    let stage = mapping.account.stage.as_ref();
    let words = stage.filter(|_| label == STAGE).map(|stage| &stage.values);
    let options = options.iter().map(|(value, shown)| {
        let word = words.and_then(|words| words.get(value));
        (value.clone(), word.unwrap_or(shown).clone())
    });
    options.collect()
}

/// Which day of its contract a field of this name is.
fn term_day(label: &str) -> Option<TermDay> {
    match label {
        CONTRACT_START => Some(TermDay::Start),
        NOTICE_BY => Some(TermDay::Notice),
        RENEWAL_DATE => Some(TermDay::End),
        _ => None,
    }
}

fn of_record(
    cache: &Cache,
    world: &World<'_>,
    (record, contract): (&Record, Option<&str>),
    wanted: &[Named<'_>],
) -> Result<Vec<EditableField>, EngineError> {
    let known: Vec<Property> = document(cache, &documents::properties(record.kind))?;
    let known: BTreeMap<&str, &Property> = known
        .iter()
        .map(|property| (property.name.as_str(), property))
        .collect();
    let field = |(label, name): &Named<'_>| {
        let property = known.get(name)?;
        if property.calculated || property.read_only {
            return None;
        }
        let field = Field::Mapped((*name).to_owned());
        Some(EditableField {
            kind: record.kind,
            record: record.id.clone(),
            label: (*label).to_owned(),
            contract: contract.map(str::to_owned),
            value_type: property.value_type,
            is_owner: property.is_owner,
            options: options(&world.setup.mapping, label, &property.options),
            value: record.mapped(name).map(str::to_owned),
            pending: world.overlay.field_state(record.kind, &record.id, &field),
            term: None,
            field,
        })
    };
    Ok(wanted.iter().filter_map(field).collect())
}

/// The account's owner, where no property of its own names the CSM.
fn owner(world: &World<'_>, account: &Record) -> EditableField {
    let field = Field::Core(Core::Owner);
    EditableField {
        kind: Kind::Account,
        record: account.id.clone(),
        label: CSM.to_owned(),
        contract: None,
        value_type: ValueType::Text,
        is_owner: true,
        options: Vec::new(),
        value: account.core(Core::Owner).map(str::to_owned),
        pending: world.overlay.field_state(Kind::Account, &account.id, &field),
        term: None,
        field,
    }
}
