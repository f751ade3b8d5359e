//! The mapped fields that a person may edit, as people call them.

use super::mapping::{ContractSource, Mapping};

pub use crate::domain::acts::edit::{CSM, LIST, SENTIMENT};

/// What people call the stage of an account.
pub const STAGE: &str = "stage";
/// What people call the last day of a contract.
pub const RENEWAL_DATE: &str = "renewal date";
/// What people call the last day on which the customer can still leave.
pub const NOTICE_BY: &str = "notice by";
/// What people call the annual value.
pub const ARR: &str = "ARR";
/// What people call the first day of a contract.
pub const CONTRACT_START: &str = "contract start";

/// What people call the day on which the customer left.
pub const CHURNED_ON: &str = "churned on";

/// What people call a field, and the property that it is.
pub type Named<'a> = (&'static str, &'a str);

/// Those of an account that the mapping names.
pub fn of_account(mapping: &Mapping) -> Vec<Named<'_>> {
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
        (LIST, account.list.as_deref()),
        ("entitlement", account.entitlement.as_deref()),
        ("commercial owner", account.commercial_owner.as_deref()),
        ("parent", account.parent.as_deref()),
        (
            RENEWAL_DATE,
            account.renewal_date.as_deref().filter(|_| by_account),
        ),
        (ARR, arr.map(|arr| arr.property.as_str())),
        (CHURNED_ON, churned.map(|churned| churned.property.as_str())),
        (
            "churn reason",
            churned.and_then(|churned| churned.reason.as_deref()),
        ),
    ])
}

/// Those of a contract that the mapping names.
pub fn of_contract(mapping: &Mapping) -> Vec<Named<'_>> {
    let contracts = &mapping.contracts;
    let notice = contracts.notice_by.as_ref();
    named([
        (RENEWAL_DATE, contracts.end.as_deref()),
        (NOTICE_BY, notice.and_then(|notice| notice.property.as_deref())),
        ("auto renew", contracts.auto_renew.as_deref()),
        (ARR, contracts.arr.as_ref().map(|arr| arr.property.as_str())),
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

/// What can be edited of an account and the contract that is to be decided next, as people call it; the account's
/// owner is its CSM where no property names one.
pub fn called(mapping: &Mapping) -> Vec<&'static str> {
    let mut all = vec![CSM];
    all.extend(of_account(mapping).iter().map(|(label, _)| *label));
    if mapping.contracts.from == ContractSource::Deals {
        all.extend(of_contract(mapping).iter().map(|(label, _)| *label));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The properties that can be edited, as the CRM calls them.
pub fn properties(mapping: &Mapping) -> Vec<&str> {
    let all = of_account(mapping).into_iter().chain(of_contract(mapping));
    all.map(|(_, property)| property).collect()
}

fn named<'a>(fields: impl IntoIterator<Item = (&'static str, Option<&'a str>)>) -> Vec<Named<'a>> {
    let mapped = fields.into_iter();
    mapped
        .filter_map(|(label, property)| Some((label, property?)))
        .collect()
}
