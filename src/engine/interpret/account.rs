//! A company's record as an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::mapping::{ContractSource, Mapping, MoneyMapping};
use crate::domain::contract::{Contract, Outcome};
use crate::domain::money::{Currency, Money};
use crate::domain::rates::minor_units;
use crate::domain::record::{Core, Record, RecordId};
use crate::domain::text::one_line;
use crate::domain::vocabulary;

use super::values;

/// The latest value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The number.
    pub value: f64,
    /// When it was measured, as its own property says.
    pub as_of: Option<Timestamp>,
}

/// An account, as the mapping reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The CRM's id.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its web domain.
    pub domain: Option<String>,
    /// When the CRM made the record.
    pub created: Timestamp,
    /// Owner record of the CSM.
    pub csm: Option<RecordId>,
    /// Owner record of the commercial owner.
    pub commercial_owner: Option<RecordId>,
    /// The parent account.
    pub parent: Option<RecordId>,
    /// Segment.
    pub segment: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Lifecycle stage, in our words where the mapping has them.
    pub stage: Option<String>,
    /// The day on which it left.
    pub churned: Option<Date>,
    /// Support entitlement.
    pub entitlement: Option<String>,
    /// The CSM's own sentiment.
    pub sentiment: Option<String>,
    /// Metrics with a number, by id.
    pub metrics: BTreeMap<String, Reading>,
}

impl Account {
    /// Whether its stage says that it has left.
    pub fn says_churned(&self) -> bool {
        self.stage.as_deref() == Some(vocabulary::CHURNED)
    }

    /// Whether it has left by the end of a day: by its date, or where it has none by its stage, which is that of today.
    pub fn has_left(&self, day: Date, today: Date) -> bool {
        match self.churned {
            Some(left) => left <= day,
            None => self.says_churned() && day >= today,
        }
    }
}

/// Reads an account; `None` when the mapping's rule says that the company is none.
pub fn account(record: &Record, mapping: &Mapping) -> Option<Account> {
    let rules = &mapping.account;
    let fits = |(property, allowed): (&String, &Vec<String>)| {
        record
            .mapped(property)
            .is_some_and(|value| allowed.iter().any(|one| one == value))
    };
    if record.archived || !rules.rule.iter().all(fits) {
        return None;
    }
    let text = |property: &Option<String>| record.mapped(property.as_deref()?).map(one_line);
    let owner = |property: &Option<String>| text(property).filter(|id| !id.is_empty()).map(RecordId);
    let stage = rules.stage.as_ref().and_then(|stage| {
        let value = record.mapped(&stage.property)?;
        Some(one_line(stage.values.get(value).map_or(value, String::as_str)))
    });
    Some(Account {
        id: record.id.clone(),
        name: record
            .line(Core::Name)
            .or_else(|| record.line(Core::Domain))
            .unwrap_or_else(|| record.id.to_string()),
        domain: record.line(Core::Domain),
        created: record.created,
        csm: match rules.csm {
            Some(_) => owner(&rules.csm),
            None => record.core(Core::Owner).map(RecordId::from),
        },
        commercial_owner: owner(&rules.commercial_owner),
        parent: owner(&rules.parent).or_else(|| record.core(Core::Parent).map(RecordId::from)),
        segment: text(&rules.segment),
        region: text(&rules.region),
        stage,
        churned: rules
            .churned
            .as_ref()
            .and_then(|churned| values::date(record.mapped(&churned.property)?)),
        entitlement: text(&rules.entitlement),
        sentiment: text(&rules.sentiment),
        metrics: metrics(record, mapping),
    })
}

fn metrics(record: &Record, mapping: &Mapping) -> BTreeMap<String, Reading> {
    let read = |(id, metric): (&String, &crate::config::mapping::MetricMapping)| {
        let value = values::number(record.mapped(metric.property.as_deref()?)?)?;
        let as_of = metric
            .as_of
            .as_deref()
            .and_then(|property| values::instant(record.mapped(property)?));
        Some((id.clone(), Reading { value, as_of }))
    };
    mapping.metrics.iter().filter_map(read).collect()
}

/// With `[contracts] from = "account"`: the one contract that the account's own properties tell of. `ends_told` says that
/// the CRM has the property with its end.
pub fn own_contract(
    record: &Record,
    mapping: &Mapping,
    home: Option<Currency>,
    ends_told: bool,
) -> Option<Contract> {
    if mapping.contracts.from != ContractSource::Account {
        return None;
    }
    let end = |property: &String| values::date(record.mapped(property)?);
    let end = mapping.account.renewal_date.as_ref().and_then(end);
    Some(Contract {
        id: record.id.clone(),
        name: record.line(Core::Name).unwrap_or_default(),
        arr: mapping
            .account
            .arr
            .as_ref()
            .and_then(|arr| money(record, arr, home)),
        amount: None,
        start: None,
        end,
        end_untold: end.is_none() && !ends_told,
        notice_by: None,
        auto_renew: None,
        monthly: Some(false),
        product: None,
        outcome: Outcome::Won,
    })
}

/// The currency of an amount by its mapping; without a named one it is the tenant's own.
pub fn currency(record: &Record, mapping: &MoneyMapping, home: Option<Currency>) -> Option<Currency> {
    let named = mapping
        .currency
        .as_deref()
        .and_then(|property| record.mapped(property));
    match named {
        Some(code) => Currency::parse(code),
        None => record.core(Core::Currency).and_then(Currency::parse).or(home),
    }
}

/// An amount by its mapping.
pub fn money(record: &Record, mapping: &MoneyMapping, home: Option<Currency>) -> Option<Money> {
    let currency = currency(record, mapping, home)?;
    minor_units(record.mapped(&mapping.property)?, currency)
}
