//! Texts with places for what is known of the account.

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde::{Deserialize, Serialize};

use super::Facts;
use crate::domain::vocabulary::nearest;

/// The longest template, in bytes.
const LONGEST: usize = 8_192;
/// What a template may name beside `metrics.ID`.
pub(super) const NAMES: [&str; 18] = [
    "name",
    "segment",
    "stage",
    "owner",
    "commercial_owner",
    "arr",
    "at_stake",
    "score",
    "band",
    "notice_by",
    "renewal_date",
    "last_touch",
    "champion.name",
    "champion.title",
    "champion.email",
    "warning.reason",
    "me",
    "today",
];

/// A text like `Call {{ champion.name | default('the champion') }}`. Its syntax and the names that it uses were
/// checked when it was read; what is not known of an account reads `unknown` in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template(String);

impl Template {
    /// The text with what is known put in. What cannot be worked out at all leaves the text as it was written.
    pub fn render(&self, facts: &Facts) -> String {
        let rendered = environment().render_str(&self.0, facts.values());
        rendered.unwrap_or_else(|_| self.0.clone()).trim().to_owned()
    }

    /// Ids of the metrics that it names.
    pub fn metrics(&self) -> Vec<String> {
        let names = names(&self.0).unwrap_or_default();
        let metrics = names.iter().filter_map(|name| name.strip_prefix("metrics."));
        metrics.map(str::to_owned).collect()
    }
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a template may be {LONGEST} bytes long"));
        }
        let names = names(&text).map_err(|error| {
            let line = error
                .line()
                .map_or(String::new(), |line| format!(" in line {line} of the text"));
            let detail = error.detail().unwrap_or("not a template").to_owned();
            format!("this is no template: {detail}{line}")
        })?;
        for name in names {
            let is_part = NAMES.iter().any(|known| known.split('.').next() == Some(&name));
            if !NAMES.contains(&name.as_str()) && !is_part && !name.starts_with("metrics.") {
                return Err(match nearest(&name, NAMES) {
                    Some(near) => format!("a template cannot name `{name}`; try `{near}`"),
                    None => format!("a template cannot name `{name}`; try {}", NAMES.join(", ")),
                });
            }
        }
        Ok(Self(text))
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.0
    }
}

/// Every name that a text looks up, in their order.
fn names(text: &str) -> Result<Vec<String>, Error> {
    let environment = environment();
    let template = environment.template_from_str(text)?;
    // A filter that does not exist is only missed when it is used.
    if let Err(error) = template.render(())
        && matches!(
            error.kind(),
            ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest
        )
    {
        return Err(error);
    }
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.sort_unstable();
    Ok(names)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_formatter(|out, state, value| {
        if value.is_undefined() || value.is_none() {
            return out.write_str("unknown").map_err(Error::from);
        }
        minijinja::escape_formatter(out, state, value)
    });
    environment
}
