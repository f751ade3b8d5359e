//! What HubSpot says of itself: the portal, its owners, properties and pipelines.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::paths::web_base;
use super::wire;
use crate::crm::{Pipeline, Property, Stage, Tenant, ValueType};
use crate::domain::record::{Owner, RecordId};

/// The portal, as `/account-info/…/details` tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    portal_id: Value,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    company_currency: Option<String>,
    #[serde(default)]
    additional_currencies: Option<Vec<String>>,
    #[serde(default)]
    ui_domain: Option<String>,
}

impl Details {
    /// The portal's id.
    pub fn id(&self) -> Result<String, String> {
        wire::text(&self.portal_id).ok_or_else(|| "it does not say whose portal it is".to_owned())
    }

    /// In neutral words; `api` is the address that said so.
    pub fn tenant(self, api: &str) -> Result<Tenant, String> {
        let id = self.id()?;
        let mut currencies = self.additional_currencies.unwrap_or_default();
        currencies.sort();
        Ok(Tenant {
            web: self.ui_domain.and_then(|domain| web_base(&domain, &id, api)),
            id,
            time_zone: self.time_zone.unwrap_or_else(|| "UTC".to_owned()),
            currency: self.company_currency.unwrap_or_default(),
            currencies,
        })
    }
}

/// Calls made today.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageRow {
    /// So many are allowed.
    #[serde(default)]
    pub usage_limit: Option<u64>,
    /// So many were made.
    #[serde(default)]
    pub current_usage: Option<u64>,
}

/// An owner.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerRow {
    id: Value,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    user_id: Option<Value>,
    #[serde(default)]
    user_id_including_inactive: Option<Value>,
    #[serde(default)]
    teams: Option<Vec<TeamRow>>,
}

#[derive(Debug, Deserialize)]
struct TeamRow {
    id: Value,
    #[serde(default)]
    name: String,
    #[serde(default)]
    primary: bool,
}

impl OwnerRow {
    /// In neutral words; `None` without an id.
    pub fn owner(self) -> Option<Owner> {
        let email = self.email.unwrap_or_default().trim().to_lowercase();
        let names = [self.first_name, self.last_name];
        let name = names
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
            .trim()
            .to_owned();
        let mut teams = self.teams.unwrap_or_default();
        teams.sort_by_key(|team| !team.primary);
        Some(Owner {
            id: RecordId(wire::text(&self.id)?),
            user: self
                .user_id
                .or(self.user_id_including_inactive)
                .as_ref()
                .and_then(wire::text),
            name: if name.is_empty() { email.clone() } else { name },
            email,
            active: !self.archived,
            queue: self.kind.as_deref() == Some("QUEUE"),
            teams: teams
                .into_iter()
                .filter_map(|team| Some((wire::text(&team.id)?, team.name)))
                .collect(),
        })
    }
}

/// A property.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyRow {
    name: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default, rename = "type")]
    value_type: Option<String>,
    #[serde(default)]
    options: Option<Vec<OptionRow>>,
    #[serde(default)]
    calculated: bool,
    #[serde(default)]
    has_unique_value: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    referenced_object_type: Option<String>,
    #[serde(default)]
    data_sensitivity: Option<String>,
    #[serde(default)]
    modification_metadata: Option<Modification>,
}

#[derive(Debug, Deserialize)]
struct OptionRow {
    #[serde(default)]
    label: Option<String>,
    value: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Modification {
    #[serde(default)]
    read_only_value: bool,
}

impl PropertyRow {
    /// In neutral words; `None` for archived and sensitive ones.
    pub fn property(self) -> Option<Property> {
        let sensitive = self
            .data_sensitivity
            .is_some_and(|level| level != "non_sensitive");
        if sensitive || self.archived {
            return None;
        }
        let options = self.options.unwrap_or_default().into_iter().filter_map(|option| {
            let value = wire::text(&option.value)?;
            Some((value.clone(), option.label.unwrap_or(value)))
        });
        Some(Property {
            label: self.label.unwrap_or_else(|| self.name.clone()),
            value_type: match self.value_type.as_deref() {
                Some("number") => ValueType::Number,
                Some("date") => ValueType::Date,
                Some("datetime") => ValueType::DateTime,
                Some("bool") => ValueType::Bool,
                Some("enumeration") => ValueType::Choice,
                _ => ValueType::Text,
            },
            options: options.collect(),
            calculated: self.calculated,
            unique: self.has_unique_value,
            read_only: self
                .modification_metadata
                .is_some_and(|metadata| metadata.read_only_value),
            is_owner: self.referenced_object_type.as_deref() == Some("OWNER"),
            name: self.name,
        })
    }
}

/// A pipeline.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PipelineRow {
    id: Value,
    #[serde(default)]
    label: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    stages: Vec<StageRow>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StageRow {
    id: Value,
    #[serde(default)]
    label: String,
    #[serde(default)]
    display_order: i64,
    #[serde(default)]
    metadata: HashMap<String, Value>,
}

impl PipelineRow {
    /// In neutral words; `None` for archived ones.
    pub fn pipeline(mut self) -> Option<Pipeline> {
        if self.archived {
            return None;
        }
        self.stages.sort_by_key(|stage| stage.display_order);
        Some(Pipeline {
            id: wire::text(&self.id)?,
            label: self.label,
            stages: self.stages.into_iter().filter_map(StageRow::stage).collect(),
        })
    }
}

impl StageRow {
    fn stage(self) -> Option<Stage> {
        let metadata = |name: &str| self.metadata.get(name).and_then(wire::text).unwrap_or_default();
        let closed = metadata("isClosed").eq_ignore_ascii_case("true")
            || metadata("ticketState").eq_ignore_ascii_case("closed");
        let certain = metadata("probability")
            .parse::<f64>()
            .is_ok_and(|probability| probability >= 1.0);
        Some(Stage {
            id: wire::text(&self.id)?,
            label: self.label,
            closed,
            won: closed && certain,
        })
    }
}

/// The stages of all pipelines of a kind, by pipeline and stage.
#[derive(Debug, Default)]
pub struct Stages(HashMap<(String, String), Stage>);

impl Stages {
    /// From the pipelines.
    pub fn new(pipelines: &[Pipeline]) -> Self {
        let stages = pipelines.iter().flat_map(|pipeline| {
            let key = |stage: &Stage| (pipeline.id.clone(), stage.id.clone());
            pipeline
                .stages
                .iter()
                .map(move |stage| (key(stage), stage.clone()))
        });
        Self(stages.collect())
    }

    /// The stage of a record; without its pipeline only where the stage's id names one stage.
    pub fn find(&self, pipeline: Option<&str>, stage: &str) -> Option<&Stage> {
        if let Some(pipeline) = pipeline {
            return self.0.get(&(pipeline.to_owned(), stage.to_owned()));
        }
        let mut named = self
            .0
            .iter()
            .filter(|((_, id), _)| id == stage)
            .map(|(_, stage)| stage);
        named.next().filter(|_| named.next().is_none())
    }
}

/// What the adapter keeps of the properties of a kind.
#[derive(Debug, Default)]
pub struct Schema {
    names: HashSet<String>,
    texts: HashSet<String>,
    unique: HashSet<String>,
    choices: HashMap<String, HashMap<String, String>>,
}

impl Schema {
    /// From the properties.
    pub fn new(properties: &[Property]) -> Self {
        let labels = |property: &Property| property.options.iter().cloned().collect();
        Self {
            names: properties.iter().map(|property| property.name.clone()).collect(),
            texts: properties
                .iter()
                .filter(|property| property.value_type == ValueType::Text)
                .map(|property| property.name.clone())
                .collect(),
            unique: properties
                .iter()
                .filter(|property| property.unique && !property.read_only)
                .map(|property| property.name.clone())
                .collect(),
            choices: properties
                .iter()
                .filter(|property| {
                    property.name.ends_with("disposition") || property.name.ends_with("outcome")
                })
                .map(|property| (property.name.clone(), labels(property)))
                .collect(),
        }
    }

    /// Whether HubSpot has the property. A schema that could not be read has everything.
    pub fn has(&self, property: &str) -> bool {
        self.names.is_empty() || self.names.contains(property)
    }

    /// Whether its values are free text, which a search for several values wants in lower case.
    pub fn is_text(&self, property: &str) -> bool {
        self.texts.contains(property)
    }

    /// Whether HubSpot keeps its values unique, so that it can serve as a key. One that is not known does not.
    pub fn is_unique(&self, property: &str) -> bool {
        self.unique.contains(property)
    }

    /// The value of an outcome that people call so.
    pub fn value(&self, property: &str, label: &str) -> Option<&str> {
        let choices = self.choices.get(property)?;
        let mut named = choices
            .iter()
            .filter(|(value, known)| known.eq_ignore_ascii_case(label) || value.eq_ignore_ascii_case(label));
        named.next().map(|(value, _)| value.as_str())
    }

    /// What people call a value of an outcome.
    pub fn label(&self, property: &str, value: &str) -> Option<&str> {
        self.choices.get(property)?.get(value).map(String::as_str)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn stages_say_whether_they_are_closed_and_won() {
        let body = br#"{"results":[{"id":"renewals","label":"Renewals","stages":[
            {"id":"won","label":"Won","displayOrder":2,"metadata":{"isClosed":"true","probability":"1.0"}},
            {"id":"lost","label":"Lost","displayOrder":3,"metadata":{"isClosed":"true","probability":"0.0"}},
            {"id":"open","label":"Open","displayOrder":1,"metadata":{"isClosed":"false","probability":"0.4"}}]},
            {"id":"tickets","stages":[{"id":"4","label":"Closed","metadata":{"ticketState":"CLOSED"}}]}]}"#;
        let listing: wire::Listing<PipelineRow> = wire::parse(body).unwrap();
        let pipelines: Vec<Pipeline> = listing
            .results
            .0
            .into_iter()
            .filter_map(PipelineRow::pipeline)
            .collect();
        let ids: Vec<&str> = pipelines[0]
            .stages
            .iter()
            .map(|stage| stage.id.as_str())
            .collect();
        assert_eq!(ids, ["open", "won", "lost"]);
        let stages = Stages::new(&pipelines);
        let facts = |pipeline, stage| {
            stages
                .find(pipeline, stage)
                .map(|stage| (stage.closed, stage.won))
        };
        assert_eq!(facts(Some("renewals"), "won"), Some((true, true)));
        assert_eq!(facts(Some("renewals"), "lost"), Some((true, false)));
        assert_eq!(facts(Some("renewals"), "open"), Some((false, false)));
        assert_eq!(facts(None, "4"), Some((true, false)));
        assert_eq!(facts(Some("other"), "won"), None);
    }

    #[test]
    fn owners_have_a_name_and_their_primary_team_first() {
        let body =
            br#"{"id":12,"email":"Dana@Northwind.example","type":"PERSON","firstName":"Dana","archived":true,
            "teams":[{"id":"2","name":"EMEA","primary":false},{"id":"1","name":"CS","primary":true}]}"#;
        let owner = wire::parse::<OwnerRow>(body).unwrap().owner().unwrap();
        assert_eq!(
            (owner.id.as_str(), owner.email.as_str(), owner.name.as_str()),
            ("12", "dana@northwind.example", "Dana")
        );
        assert!(!owner.active);
        assert_eq!(owner.teams[0].1, "CS");
        let queue = br#"{"id":42,"email":"support@northwind.example","type":"QUEUE","lastName":"Queue"}"#;
        let queue = wire::parse::<OwnerRow>(queue).unwrap().owner().unwrap();
        assert!(queue.queue && !owner.queue);
    }

    #[test]
    fn sensitive_and_archived_properties_are_left_out() {
        let read = |extra: &str| {
            let body = format!(r#"{{"name":"x","label":"X","type":"number"{extra}}}"#);
            wire::parse::<PropertyRow>(body.as_bytes()).unwrap().property()
        };
        assert!(read(r#","dataSensitivity":"sensitive""#).is_none());
        assert!(read(r#","archived":true"#).is_none());
        let property =
            read(r#","referencedObjectType":"OWNER","modificationMetadata":{"readOnlyValue":true}"#).unwrap();
        assert!(property.is_owner && property.read_only && property.value_type == ValueType::Number);
    }

    #[test]
    fn the_portal_says_whose_it_is() {
        let details: Details = wire::parse(
            br#"{"portalId":62515,"uiDomain":"app.hubspot.com","timeZone":"Europe/Amsterdam",
            "companyCurrency":"USD","additionalCurrencies":["GBP","EUR"]}"#,
        )
        .unwrap();
        let tenant = details.tenant("https://api.hubapi.com/").unwrap();
        assert_eq!(tenant.id, "62515");
        assert_eq!(tenant.currencies, ["EUR", "GBP"]);
        assert_eq!(
            tenant.web.as_deref(),
            Some("https://app.hubspot.com/contacts/62515")
        );
        assert!(
            wire::parse::<Details>(br#"{"portalId":null}"#)
                .unwrap()
                .tenant("")
                .is_err()
        );
    }
}
