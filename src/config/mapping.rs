//! What the CRM's properties mean: the parsed form of `mapping.toml`.
//!
//! Unmapped is unknown. Property names here are the CRM's own; nothing in the code knows them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::feeds::{Fed, FeedKey};
use crate::domain::period::Period;
use crate::domain::record::{Kind, Record};
use crate::domain::vocabulary;

/// The whole mapping.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Which companies are accounts, and what their properties mean.
    pub account: AccountMapping,
    /// What a contract is.
    pub contracts: ContractMapping,
    /// What is known of a contact beside the fields that every CRM has.
    pub contact: ContactMapping,
    /// Which tickets are questions.
    pub tickets: TicketMapping,
    /// Which e-mails are questions.
    pub emails: EmailMapping,
    /// Goals of the success plan, by id.
    pub goals: BTreeMap<String, GoalMapping>,
    /// Numbers about an account over time, by id.
    pub metrics: BTreeMap<String, MetricMapping>,
    /// What is written beside the person's own words.
    pub outbox: OutboxMapping,
}

/// `[outbox]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboxMapping {
    /// The property of notes, tasks, calls, meetings and e-mails that holds a key of ours. It counts for those kinds on
    /// which the CRM has it and keeps its values unique: there nothing can be made twice.
    pub key: Option<String>,
}

/// `[account]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountMapping {
    /// A company is an account when every one of these properties has one of the values.
    #[serde(rename = "where")]
    pub rule: BTreeMap<String, Vec<String>>,
    /// Names the CSM; the company's owner when not mapped.
    pub csm: Option<String>,
    /// Names the commercial owner.
    pub commercial_owner: Option<String>,
    /// Names the parent account.
    pub parent: Option<String>,
    /// Customer segment or tier.
    pub segment: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Lifecycle stage and how the CRM's values are called here.
    pub stage: Option<StageMapping>,
    /// When and why the account left.
    pub churned: Option<ChurnMapping>,
    /// Support entitlement.
    pub entitlement: Option<String>,
    /// The CSM's own sentiment.
    pub sentiment: Option<String>,
    /// The list of the CRM on which the account is: what the CRM itself sends goes by it.
    pub list: Option<String>,
    /// Annual value, with `[contracts] from = "account"`.
    pub arr: Option<MoneyMapping>,
    /// Renewal date, with `[contracts] from = "account"`.
    pub renewal_date: Option<String>,
}

/// `stage = { property, values }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageMapping {
    /// The property.
    pub property: String,
    /// The CRM's value → our word; others are taken as they are.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// `churned = { property, reason }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChurnMapping {
    /// The date on which the account left.
    pub property: String,
    /// Why.
    pub reason: Option<String>,
}

/// `arr = { property, currency }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyMapping {
    /// The amount, in major units.
    pub property: String,
    /// The property that names its currency; the tenant's own when not mapped or empty.
    pub currency: Option<String>,
}

/// Where contracts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContractSource {
    /// One contract per account, from the account's own properties.
    Account,
    /// Each deal that fits `where` is a contract.
    #[default]
    Deals,
}

/// `[contracts]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContractMapping {
    /// Where contracts come from.
    pub from: ContractSource,
    /// A deal is a contract when every one of these has one of the values. `pipeline` and `stage` mean
    /// the core fields; other names are properties.
    #[serde(rename = "where")]
    pub rule: BTreeMap<String, Vec<String>>,
    /// Annual value.
    pub arr: Option<MoneyMapping>,
    /// First day.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Until when the customer can still leave.
    pub notice_by: Option<NoticeMapping>,
    /// Whether it renews by itself.
    pub auto_renew: Option<String>,
    /// The property that says how often it renews, and the value that means every month.
    pub monthly: Option<MonthlyMapping>,
    /// Product line.
    pub product: Option<String>,
    /// Stage ids that mean renewed and lost.
    pub outcome: Option<OutcomeMapping>,
}

/// `notice_by = { days_before_end, property }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeMapping {
    /// Days before the end, where the property is empty.
    pub days_before_end: Option<i32>,
    /// The date itself.
    pub property: Option<String>,
}

/// `monthly = { property, value }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyMapping {
    /// The property.
    pub property: String,
    /// Its value for a monthly contract.
    pub value: String,
}

/// `outcome = { won, lost }`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutcomeMapping {
    /// Stage ids that mean the contract is signed.
    pub won: Vec<String>,
    /// Stage ids that mean it was lost.
    pub lost: Vec<String>,
}

/// `[contact]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactMapping {
    /// Role of the contact; several joined by `;`.
    pub role: Option<String>,
    /// Says that the contact has left the customer.
    pub left: Option<String>,
}

/// `[tickets]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TicketMapping {
    /// An open ticket is a question when every one of these has one of the values; without any each is. `pipeline` and
    /// `stage` mean the core fields; other names are properties.
    #[serde(rename = "where")]
    pub rule: BTreeMap<String, Vec<String>>,
}

/// `[emails]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmailMapping {
    /// An e-mail came from the customer when every one of these properties has one of the values; without any none
    /// is known to have, and no e-mail is a question.
    pub inbound: BTreeMap<String, Vec<String>>,
    /// An older e-mail is no open question any more.
    pub within: Period,
}

impl Default for EmailMapping {
    fn default() -> Self {
        Self {
            inbound: BTreeMap::new(),
            within: Period::days(14),
        }
    }
}

/// `[goals.ID]`: the account's properties that tell of one goal of its success plan.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GoalMapping {
    /// What is to be reached, in words.
    pub title: Option<String>,
    /// Names one of `[metrics]`, by its id or its label.
    pub metric: Option<String>,
    /// Where it began.
    pub baseline: Option<String>,
    /// What is to be reached.
    pub target: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// Names the owner; the CSM when not mapped.
    pub owner: Option<String>,
    /// What shows that it was reached.
    pub evidence: Option<String>,
}

impl GoalMapping {
    fn properties(&self) -> impl Iterator<Item = &str> {
        let all = [
            &self.title,
            &self.metric,
            &self.baseline,
            &self.target,
            &self.due,
            &self.owner,
            &self.evidence,
        ];
        all.into_iter().flatten().map(String::as_str)
    }
}

/// `[metrics.ID]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricMapping {
    /// The account's property with the number.
    pub property: Option<String>,
    /// The property with the time of the number; of a file the column with the day.
    pub as_of: Option<String>,
    /// A file that a warehouse drops, with titles in its first line.
    pub csv: Option<String>,
    /// A file that a warehouse drops, with a JSON object in each line.
    pub jsonl: Option<String>,
    /// By what the file names accounts.
    pub key: Option<FeedKey>,
    /// The file's column with the number; the metric's id when left out.
    pub column: Option<String>,
    /// Where it comes from, if that is a file: then `property` and `as_of` are the ledger's fields of it.
    #[serde(skip)]
    pub fed: Option<Fed>,
    /// What people call it, in the plural, e.g. `weekly users`.
    pub label: Option<String>,
}

impl Mapping {
    /// What people call a metric.
    pub fn label(&self, metric: &str) -> String {
        let mapped = self.metrics.get(metric).and_then(|metric| metric.label.clone());
        let own = || vocabulary::own_label(metric).map(str::to_owned);
        mapped.or_else(own).unwrap_or_else(|| metric.replace('_', " "))
    }

    /// Whether it can be known when contracts end. `lacks` says of a property that the CRM does not have it. What an
    /// account itself says of its annual value it pays now, so that a date is not needed there.
    pub fn tells_ends(&self, lacks: impl Fn(Kind, &str) -> bool) -> bool {
        let (contracts, account) = (&self.contracts, &self.account);
        match contracts.from {
            ContractSource::Deals => contracts
                .end
                .as_ref()
                .is_some_and(|end| !lacks(Kind::Contract, end)),
            ContractSource::Account => account
                .renewal_date
                .as_ref()
                .is_none_or(|end| !lacks(Kind::Account, end)),
        }
    }

    /// What stays unknown because no property is mapped for when contracts end, in one sentence, and what to do about it.
    pub fn ends_unmapped(&self) -> Option<(&'static str, &'static str)> {
        match self.contracts.from {
            ContractSource::Deals => self.contracts.end.is_none().then_some((
                "mapping.toml has no property for when a contract ends: those that are over cannot be told from those in force, \
                 so ARR, renewals and what is at stake are unknown",
                "name it as `end` in [contracts]",
            )),
            ContractSource::Account => self.account.renewal_date.is_none().then_some((
                "mapping.toml has no property for when an account renews: renewals and what is at stake are unknown",
                "name it as `renewal_date` in [account]",
            )),
        }
    }

    /// The CRM's properties to ask for, for records of this kind, sorted and without repeats.
    pub fn properties(&self, kind: Kind) -> Vec<String> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        match kind {
            Kind::Account => self.account_properties(&mut names),
            Kind::Contract => self.contract_properties(&mut names),
            Kind::Contact => {
                names.extend(
                    [&self.contact.role, &self.contact.left]
                        .into_iter()
                        .flatten()
                        .map(String::as_str),
                );
            }
            Kind::Ticket => names.extend(properties_of(&self.tickets.rule)),
            Kind::Email => names.extend(properties_of(&self.emails.inbound)),
            _ => {}
        }
        names.into_iter().map(str::to_owned).collect()
    }

    /// The CRM's properties that a contract is read from, beside the core fields: those of its deal, or of the account
    /// with `[contracts] from = "account"`.
    pub fn properties_of_contracts(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        match self.contracts.from {
            ContractSource::Deals => self.contract_properties(&mut names),
            ContractSource::Account => self.own_contract_properties(&mut names),
        }
        names
    }

    fn account_properties<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        let account = &self.account;
        names.extend(account.rule.keys().map(String::as_str));
        let single = [
            &account.csm,
            &account.commercial_owner,
            &account.parent,
            &account.segment,
            &account.region,
            &account.entitlement,
            &account.sentiment,
            &account.list,
        ];
        names.extend(single.into_iter().flatten().map(String::as_str));
        names.extend(account.stage.iter().map(|stage| stage.property.as_str()));
        if let Some(churned) = &account.churned {
            names.insert(&churned.property);
            names.extend(churned.reason.as_deref());
        }
        self.own_contract_properties(names);
        names.extend(self.goals.values().flat_map(GoalMapping::properties));
        for metric in self.metrics.values().filter(|metric| metric.fed.is_none()) {
            names.extend(metric.property.as_deref());
            names.extend(metric.as_of.as_deref());
        }
    }

    fn own_contract_properties<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        let account = &self.account;
        names.extend(account.renewal_date.as_deref());
        if let Some(arr) = &account.arr {
            names.insert(&arr.property);
            names.extend(arr.currency.as_deref());
        }
    }

    fn contract_properties<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        let contracts = &self.contracts;
        names.extend(properties_of(&contracts.rule));
        let single = [
            &contracts.start,
            &contracts.end,
            &contracts.auto_renew,
            &contracts.product,
        ];
        names.extend(single.into_iter().flatten().map(String::as_str));
        if let Some(arr) = &contracts.arr {
            names.insert(&arr.property);
            names.extend(arr.currency.as_deref());
        }
        names.extend(
            contracts
                .notice_by
                .iter()
                .filter_map(|notice| notice.property.as_deref()),
        );
        names.extend(contracts.monthly.iter().map(|monthly| monthly.property.as_str()));
    }
}

/// The properties that a rule asks for beside the core fields.
fn properties_of(rule: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = &str> {
    let names = rule.keys().map(String::as_str);
    names.filter(|name| !matches!(*name, "pipeline" | "stage"))
}

/// Whether a record is an account by the mapping's rule: every property of the rule has one of its values.
///
/// Without a rule every company is one. An archived record is none.
pub fn is_account(record: &Record, mapping: &Mapping) -> bool {
    record.kind == Kind::Account
        && !record.archived
        && mapping.account.rule.iter().all(|(property, allowed)| {
            record
                .mapped(property)
                .is_some_and(|value| allowed.iter().any(|one| one == value))
        })
}
