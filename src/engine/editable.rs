//! The fields of an account and of its contracts that a person may edit: those that the mapping names and the
//! CRM lets be written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::mapping::{ContractSource, Mapping};
use crate::domain::account_view::ContractLine;
use crate::domain::acts::edit::{CSM, EditableField, SENTIMENT, Term, TermDay};
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

/// What people call the stage of an account.
const STAGE: &str = "stage";

/// What people call the days of a contract, and that on which the customer left.
const RENEWAL_DATE: &str = "renewal date";
const NOTICE_BY: &str = "notice by";
const CHURNED_ON: &str = "churned on";
const CONTRACT_START: &str = "contract start";

/// What people call a field, and the property that it is.
type Named<'a> = (&'static str, &'a str);

/// The fields of an account and of these contracts of it that may be edited now.
pub fn editable(
    cache: &Cache,
    world: &World<'_>,
    account: &Record,
    contracts: &[ContractLine],
) -> Result<Vec<EditableField>, EngineError> {
    let mapping = &world.setup.mapping;
    let mut fields = of_record(cache, world, (account, None), &account_fields(mapping))?;
    if mapping.account.csm.is_none() {
        fields.insert(0, owner(world, account));
    }
    if mapping.contracts.from != ContractSource::Deals {
        return Ok(fields);
    }
    for line in contracts {
        let name = Some(&line.name).filter(|name| !name.is_empty());
        let name = name.map_or(line.id.as_str(), String::as_str);
        if let Some(contract) = world.shown(cache).record(Kind::Contract, &line.id)? {
            let its = (&contract, Some(name));
            let days = Term {
                start: line.start,
                end: line.end,
            };
            let named = of_record(cache, world, its, &contract_fields(mapping))?;
            fields.extend(named.into_iter().map(|field| EditableField {
                term: term(&field.label, days),
                ..field
            }));
        }
    }
    Ok(fields)
}

/// What people call a property of such records; `None` where the mapping does not name it.
pub fn label(mapping: &Mapping, kind: Kind, property: &str) -> Option<&'static str> {
    let fields = match kind {
        Kind::Account => account_fields(mapping),
        Kind::Contract => contract_fields(mapping),
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

fn account_fields(mapping: &Mapping) -> Vec<Named<'_>> {
    let account = &mapping.account;
    let churned = account.churned.as_ref();
    let by_account = mapping.contracts.from == ContractSource::Account;
    let arr = account.arr.as_ref().filter(|_| by_account);
    named([
        (STAGE, account.stage.as_ref().map(|stage| stage.property.as_str())),
        (CSM, account.csm.as_deref()),
        ("segment", account.segment.as_deref()),
        ("region", account.region.as_deref()),
        (SENTIMENT, account.sentiment.as_deref()),
        ("entitlement", account.entitlement.as_deref()),
        ("commercial owner", account.commercial_owner.as_deref()),
        ("parent", account.parent.as_deref()),
        (
            RENEWAL_DATE,
            account.renewal_date.as_deref().filter(|_| by_account),
        ),
        ("ARR", arr.map(|arr| arr.property.as_str())),
        (CHURNED_ON, churned.map(|churned| churned.property.as_str())),
        (
            "churn reason",
            churned.and_then(|churned| churned.reason.as_deref()),
        ),
    ])
}

fn contract_fields(mapping: &Mapping) -> Vec<Named<'_>> {
    let contracts = &mapping.contracts;
    let notice = contracts.notice_by.as_ref();
    named([
        (RENEWAL_DATE, contracts.end.as_deref()),
        (NOTICE_BY, notice.and_then(|notice| notice.property.as_deref())),
        ("auto renew", contracts.auto_renew.as_deref()),
        ("ARR", contracts.arr.as_ref().map(|arr| arr.property.as_str())),
        (CONTRACT_START, contracts.start.as_deref()),
        (
            "billing",
            contracts
                .monthly
                .as_ref()
                .map(|monthly| monthly.property.as_str()),
        ),
        ("product", contracts.product.as_deref()),
    ])
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

fn named<'a>(fields: impl IntoIterator<Item = (&'static str, Option<&'a str>)>) -> Vec<Named<'a>> {
    let mapped = fields.into_iter();
    mapped
        .filter_map(|(label, property)| Some((label, property?)))
        .collect()
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
            term: term(label, Term::default()),
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
