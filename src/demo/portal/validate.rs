//! What the API accepts as a value, and what follows from one.

use super::edit::{NewValues, Refused};
use super::object_type::ObjectType;
use super::properties::required;
use super::query::milliseconds;
use super::schema::{Property, Source, ValueType};
use super::{Portal, Rule, instant, pipelines};

const LONGEST_BODY: usize = 65_536;
const DAY: i64 = 86_400_000;

impl Portal {
    /// The values as they are stored, or all that is wrong with them.
    pub(super) fn checked(
        &self,
        kind: ObjectType,
        values: &NewValues,
        id: Option<u64>,
    ) -> Result<NewValues, Refused> {
        if kind == ObjectType::Feedback {
            return Err(Refused::ReadOnly);
        }
        let mut stored = NewValues::new();
        let mut wrong = Vec::new();
        for (name, value) in values {
            match self.checked_value(kind, name, value.as_deref().unwrap_or_default(), id) {
                Ok(value) => {
                    stored.insert(name.clone(), (!value.is_empty()).then_some(value));
                }
                Err((code, message)) => wrong.push((name.clone(), code, message)),
            }
        }
        if !wrong.is_empty() {
            return Err(Refused::Invalid(wrong));
        }
        match self.taken(kind, &stored, id) {
            Some((_, other)) if kind == ObjectType::Contacts => Err(Refused::Taken(other)),
            Some((name, other)) => {
                let message = format!("{other} already has that value.");
                Err(Refused::Invalid(vec![(
                    name,
                    "CONFLICTING_UNIQUE_VALUE",
                    message,
                )]))
            }
            None => self.follows_the_rules(kind, stored, id),
        }
    }

    /// What a rule of the admin asks for must be there after the write.
    fn follows_the_rules(
        &self,
        kind: ObjectType,
        stored: NewValues,
        id: Option<u64>,
    ) -> Result<NewValues, Refused> {
        let after = |name: &str| match stored.get(name) {
            Some(value) => value.clone(),
            None => id.and_then(|id| self.value(kind, id, name)),
        };
        let broken = |rule: &&Rule| {
            rule.kind == kind
                && after(&rule.when.0).as_deref() == Some(rule.when.1.as_str())
                && after(&rule.required).is_none()
        };
        let missing: Vec<String> = self
            .rules
            .iter()
            .filter(broken)
            .map(|rule| rule.required.clone())
            .collect();
        if missing.is_empty() {
            return Ok(stored);
        }
        Err(Refused::Missing(missing))
    }

    fn checked_value(
        &self,
        kind: ObjectType,
        name: &str,
        value: &str,
        id: Option<u64>,
    ) -> Result<String, (&'static str, String)> {
        let Some((number, property)) = self.schema.find(kind, name) else {
            return Err((
                "PROPERTY_DOESNT_EXIST",
                format!("Property \"{name}\" does not exist"),
            ));
        };
        if property.source != Source::Stored {
            return Err(("READ_ONLY_VALUE", format!("\"{name}\" is a read only property")));
        }
        if value.is_empty() {
            return Ok(String::new());
        }
        if property.owner {
            return match self.person(value) {
                Some(person) if !person.archived => Ok(value.to_owned()),
                _ => Err(("INVALID_OWNER_ID", format!("Owner {value} does not exist"))),
            };
        }
        let old = id
            .and_then(|id| self.row(kind, id))
            .and_then(|row| row.values.get(number));
        typed(kind, property, value, old)
    }

    fn taken(&self, kind: ObjectType, values: &NewValues, id: Option<u64>) -> Option<(String, u64)> {
        values.iter().find_map(|(name, value)| {
            let (_, property) = self.schema.find(kind, name)?;
            let value = value.as_deref().filter(|_| property.unique)?;
            self.find(kind, name, value)
                .into_iter()
                .find(|other| Some(*other) != id)
                .map(|other| (name.clone(), other))
        })
    }

    /// Sets what follows from other values: when a task was completed and a ticket closed, the assigned day of an owner.
    pub(super) fn follow(&self, kind: ObjectType, values: &mut NewValues, id: Option<u64>) {
        let now = instant(self.now());
        let given = |name: &str| values.get(name).cloned().flatten();
        let (done, name) = match kind {
            ObjectType::Tasks => match given("hs_task_status") {
                Some(status) => (status == "COMPLETED", "hs_task_completion_date"),
                None => return,
            },
            ObjectType::Tickets => match given("hs_pipeline_stage") {
                Some(stage) => (
                    pipelines::stage_of(kind, &stage).is_some_and(|stage| stage.closed),
                    "closed_date",
                ),
                None => return,
            },
            ObjectType::Companies if given("hubspot_owner_id").is_some() => {
                (true, "hubspot_owner_assigneddate")
            }
            ObjectType::Deals if id.is_none() && given("pipeline").is_none() => {
                values.insert("pipeline".to_owned(), Some("default".to_owned()));
                return;
            }
            _ => return,
        };
        values.insert(name.to_owned(), done.then_some(now));
    }
}

/// Refuses a new record without the values that its kind needs.
pub(super) fn check_required(kind: ObjectType, values: &NewValues) -> Result<(), Refused> {
    let set = |name: &&str| values.get(*name).is_some_and(Option::is_some);
    let (all, any) = required(kind);
    let mut missing: Vec<&str> = all.iter().copied().filter(|name| !set(name)).collect();
    if !any.is_empty() && !any.iter().any(set) {
        missing.push(any[0]);
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refused::Missing(missing.into_iter().map(str::to_owned).collect()))
}

fn typed(
    kind: ObjectType,
    property: &Property,
    value: &str,
    old: Option<&str>,
) -> Result<String, (&'static str, String)> {
    let name = &property.name;
    let wrong = |code, what: &str| Err((code, format!("\"{value}\" was not {what} for \"{name}\"")));
    match property.value {
        ValueType::Number if value.trim().parse::<f64>().is_err() => wrong("INVALID_LONG", "a valid number"),
        ValueType::Bool if !matches!(value, "true" | "false") => wrong("INVALID_BOOLEAN", "true or false"),
        ValueType::Date => match milliseconds(value) {
            Some(at) if at.rem_euclid(DAY) == 0 => Ok(instant(at)[..10].to_owned()),
            _ => wrong("INVALID_DATE", "a date at midnight UTC"),
        },
        ValueType::DateTime => match milliseconds(value) {
            Some(at) => Ok(instant(at)),
            None => wrong("INVALID_DATE", "a valid date and time"),
        },
        ValueType::Choice if !is_option(kind, property, value) => {
            wrong("INVALID_OPTION", "one of the allowed options")
        }
        ValueType::Choices => {
            let chosen = match (value.strip_prefix(';'), old) {
                (Some(more), Some(old)) => format!("{old};{more}"),
                (Some(more), None) => more.to_owned(),
                (None, _) => value.to_owned(),
            };
            if chosen.split(';').any(|one| !is_option(kind, property, one)) {
                return wrong("INVALID_OPTION", "one of the allowed options");
            }
            Ok(chosen)
        }
        ValueType::Html if value.chars().count() > LONGEST_BODY => Err((
            "PROPERTY_VALUE_TOO_LONG",
            format!("\"{name}\" is longer than {LONGEST_BODY} characters"),
        )),
        ValueType::Html => Ok(sanitised(value)),
        _ => Ok(value.to_owned()),
    }
}

fn is_option(kind: ObjectType, property: &Property, value: &str) -> bool {
    match property.name.as_str() {
        "pipeline" | "hs_pipeline" => pipelines::of(kind).iter().any(|pipeline| pipeline.id == value),
        "dealstage" | "hs_pipeline_stage" => pipelines::stage_of(kind, value).is_some(),
        _ => property.options.is_empty() || property.options.iter().any(|option| option.0 == value),
    }
}

/// HubSpot takes comments and scripts out of formatted text and writes what is left in its own way.
fn sanitised(html: &str) -> String {
    let without_comments = cut(html, "<!--", "-->");
    let without_scripts = cut(&without_comments, "<script", "</script>");
    without_scripts.replace("&quot;", "\"").replace("<br>", "<br />")
}

fn cut(text: &str, from: &str, to: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(from) {
        kept.push_str(&rest[..start]);
        rest = match rest[start..].find(to) {
            Some(end) => &rest[start + end + to.len()..],
            None => "",
        };
    }
    kept.push_str(rest);
    kept
}
