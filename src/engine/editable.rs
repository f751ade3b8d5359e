//! The fields of an account and of its contracts that a person may edit: those that the mapping names and the
//! CRM lets be written.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::config::Setup;
use crate::config::fields::{
    self, ARR, CHURNED_ON, CONTRACT_START, CSM, NOTICE_BY, Named, RENEWAL_DATE, STAGE,
};
use crate::config::mapping::{ContractSource, Mapping};
use crate::domain::account_view::ContractLine;
use crate::domain::acts::amount::Amount;
use crate::domain::acts::edit::{EditableField, Term, TermDay};
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::money::Currency;
use crate::domain::outbox::Field;
use crate::domain::record::{Core, Kind, Owner, Record, RecordId, ValueType};
use crate::store::{Cache, documents};

use super::EngineError;
use super::interpret;
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
    // Nobody leaves before the first contract began.
    let first = contracts.iter().filter_map(|line| line.start).min();
    for (_, term) in editable.iter_mut().filter_map(|field| field.term.as_mut()) {
        term.start = first;
    }
    if mapping.contracts.from != ContractSource::Deals {
        return Ok(editable);
    }
    for line in contracts {
        let name = Some(&line.name).filter(|name| !name.is_empty());
        let name = name.map_or(line.id.as_str(), String::as_str);
        if let Some(contract) = world.shown(cache).record(Kind::Contract, &line.id)? {
            let its = (&contract, Some(name));
            let days = Term {
                start: line.start,
                notice: line.notice_by,
                end: line.end,
            };
            let named = of_record(cache, world, its, &fields::of_contract(mapping))?;
            editable.extend(named.into_iter().map(|field| EditableField {
                term: term(&field.label, days),
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

/// What a step of a playbook is to do that the CRM does not let be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Id of the playbook.
    pub playbook: String,
    /// Id of the step.
    pub step: String,
    /// The key that is wrong.
    pub key: &'static str,
    /// Why, in one sentence.
    pub why: String,
}

/// The steps that set a field which the CRM lets nobody write, or to a value that it does not take, as far as it is
/// known.
pub fn refused(cache: &Cache, setup: &Setup, now: Timestamp) -> Result<Vec<Refused>, EngineError> {
    let owners: Vec<Owner> = document(cache, documents::OWNERS)?;
    let people = Somebody::active(&owners);
    let on = Occasion {
        me: Somebody {
            id: "".into(),
            name: String::new(),
        },
        now,
        zone: setup.settings.zone(),
        calendars: Arc::new(setup.calendars(&owners)),
        grace: SignedDuration::ZERO,
        act: String::new(),
    };
    let mut refused = Vec::new();
    for playbook in &setup.playbooks {
        for step in &playbook.steps {
            let (Some(name), Some(value)) = (step.about(), &step.value) else {
                continue;
            };
            let wrong = match known_field(cache, &setup.mapping, name)? {
                None => continue,
                Some((_, false)) => ("field", format!("the CRM lets nobody write `{name}`")),
                Some((field, true)) => match field.parse(&on, &people, value) {
                    Ok(_) => continue,
                    Err(why) => ("value", why),
                },
            };
            refused.push(Refused {
                playbook: playbook.id.clone(),
                step: step.id.clone(),
                key: wrong.0,
                why: wrong.1,
            });
        }
    }
    Ok(refused)
}

/// A field that people call so, of no record, and whether the CRM lets it be written; `None` where it knows nothing of it.
fn known_field(
    cache: &Cache,
    mapping: &Mapping,
    name: &str,
) -> Result<Option<(EditableField, bool)>, EngineError> {
    let kinds = [
        (Kind::Account, fields::of_account(mapping)),
        (Kind::Contract, fields::of_contract(mapping)),
    ];
    for (kind, named) in kinds {
        let known: Vec<Property> = document(cache, &documents::properties(kind))?;
        for (label, property) in named {
            let is_meant = [label, property]
                .iter()
                .any(|own| own.to_lowercase() == name.to_lowercase());
            let found = known.iter().find(|one| is_meant && one.name == property);
            if let Some(found) = found {
                let writable = !found.calculated && !found.read_only;
                return Ok(Some((field_of(mapping, kind, label, found), writable)));
            }
        }
    }
    Ok(None)
}

/// A field as the CRM describes it, of no record and without a value.
fn field_of(mapping: &Mapping, kind: Kind, label: &str, property: &Property) -> EditableField {
    EditableField {
        kind,
        record: RecordId(String::new()),
        field: Field::Mapped(property.name.clone()),
        label: label.to_owned(),
        contract: None,
        value_type: property.value_type,
        is_owner: property.is_owner,
        options: options(mapping, label, &property.options),
        value: None,
        pending: None,
        term: None,
        amount: None,
    }
}

/// Which day a field of this name is, of a contract with these days; `None` where it is none of its.
pub fn term(label: &str, term: Term) -> Option<(TermDay, Term)> {
    let day = match label {
        CONTRACT_START => TermDay::Start,
        NOTICE_BY => TermDay::Notice,
        RENEWAL_DATE => TermDay::End,
        CHURNED_ON => TermDay::Churned,
        _ => return None,
    };
    Some((day, term))
}

/// What is known of a field of this name as an amount, in this currency; `None` where it is none.
pub fn amount(label: &str, currency: Option<Currency>) -> Option<Amount> {
    (label == ARR).then_some(Amount { currency })
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
    let mapping = &world.setup.mapping;
    let arr = match record.kind {
        Kind::Account => mapping.account.arr.as_ref(),
        _ => mapping.contracts.arr.as_ref(),
    };
    let currency = arr.and_then(|arr| interpret::account::currency(record, arr, world.home));
    let field = |(label, name): &Named<'_>| {
        let property = known.get(name)?;
        if property.calculated || property.read_only {
            return None;
        }
        let field = field_of(mapping, record.kind, label, property);
        Some(EditableField {
            record: record.id.clone(),
            contract: contract.map(str::to_owned),
            value: record.mapped(name).map(str::to_owned),
            pending: world.overlay.field_state(record.kind, &record.id, &field.field),
            term: term(label, Term::default()),
            amount: amount(label, currency),
            ..field
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
        amount: None,
        field,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_on_which_a_customer_left_is_known_as_one() {
        let mut mapping = Mapping::default();
        mapping.account.churned = Some(crate::config::mapping::ChurnMapping {
            property: "churn_date".to_owned(),
            reason: None,
        });
        let label = label(&mapping, Kind::Account, "churn_date").unwrap_or_default();
        let day = term(label, Term::default()).map(|(day, _)| day);
        assert_eq!(day, Some(TermDay::Churned));
        assert_eq!(term("region", Term::default()), None);
    }
}
