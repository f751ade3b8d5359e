//! Signals: rules that turn what is known of an account into early warnings.

use serde::{Deserialize, Serialize};

use super::desk::{Severity, WarningKind};
use super::expression::{Condition, Expression, Facts};
use super::warning::Gauge;

/// `signals.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signals {
    /// The rules, in the order in which they are evaluated and shown.
    pub signals: Vec<Signal>,
}

/// `[[signals]]`: one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its id, e.g. `usage-drop`.
    pub id: String,
    /// The reason in words: a template over the same names as the condition.
    pub title: String,
    /// A warning opens when this holds.
    pub when: Condition,
    /// An open warning clears when this holds; when `when` no longer holds, if left out.
    pub clears_when: Option<Condition>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: WarningKind,
    /// Names and calls whose values are kept as evidence.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The playbook that answers it.
    #[serde(default)]
    pub playbook: Option<String>,
    /// Rises with each change of the rule.
    pub version: u32,
    /// After the verdict *known* or *noise*: speak again if it worsens by so much or more.
    #[serde(default)]
    pub rearm: Option<f64>,
    /// Whether it is evaluated on accounts that have left too.
    #[serde(default)]
    pub left_too: bool,
}

/// What a title may name beside its evidence: the dates of the next renewal in words, see
/// [`super::countdown::Countdown::words`].
pub const COUNTDOWN: &str = "countdown";

/// Filters that a title may use, beside those of the language of templates.
pub const FILTERS: [&str; 6] = ["percent", "share", "days", "ago", "hours", "lasting"];

impl Signal {
    /// One that only asks whether a condition holds of accounts that have not left.
    pub fn asking(condition: Condition) -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            when: condition,
            clears_when: None,
            severity: Severity::default(),
            kind: WarningKind::default(),
            evidence: Vec::new(),
            playbook: None,
            version: 1,
            rearm: None,
            left_too: false,
        }
    }

    /// Whether an open warning stays, given what `when` says. As long as that holds it stays, whatever clears it: else
    /// it would close and open at every look. Otherwise it stays until what clears it holds; while that cannot be told,
    /// it stays.
    pub fn stays(&self, holds: Option<bool>, facts: &dyn Facts) -> bool {
        holds == Some(true)
            || match &self.clears_when {
                Some(clears) => clears.holds(facts) != Some(true),
                None => holds.is_none(),
            }
    }

    /// Its conditions and evidence, each with the key that it stands under; evidence with its place in the list.
    pub fn expressions(&self) -> impl Iterator<Item = (&'static str, Option<usize>, &Expression)> {
        let when = std::iter::once(("when", None, self.when.expression()));
        let clears = self.clears_when.iter();
        let clears = clears.map(|clears| ("clears_when", None, clears.expression()));
        let evidence = self.evidence.iter().enumerate();
        let evidence = evidence.map(|(place, one)| ("evidence", Some(place), &one.value));
        when.chain(clears).chain(evidence)
    }

    /// The names that its title may use: the labels of its evidence, with `_` for spaces.
    pub fn title_names(&self) -> impl Iterator<Item = String> {
        self.evidence.iter().map(Evidence::name)
    }

    /// What cannot work in it although each value is sound.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut add = |key, rests_on, message: String, hint| {
            found.push(Problem {
                key,
                rests_on,
                message,
                hint,
            });
        };
        if self.title.trim().is_empty() {
            let hint = "say in a few words what is noticed".to_owned();
            add("title", &["title"], "the title is empty".to_owned(), Some(hint));
        }
        if let Err((rests_on, message, hint)) = self.check_title() {
            add("title", rests_on, message, hint);
        }
        let clears = self.clears_when.as_ref();
        if clears.is_some_and(|clears| {
            clears.expression().source().trim() == self.when.expression().source().trim()
        }) {
            let message = "`clears_when` is the same as `when`: it would clear at once".to_owned();
            add("clears_when", &["when"], message, None);
        }
        if self.version == 0 {
            add("version", &[], "versions count from 1".to_owned(), None);
        }
        if self
            .rearm
            .is_some_and(|rearm| !(rearm.is_finite() && rearm > 0.0))
        {
            let message = "`rearm` is by how much it must worsen: more than 0".to_owned();
            add("rearm", &[], message, None);
        } else if self.rearm.is_some() && Gauge::of(self).is_none() {
            let message =
                "`rearm` would never speak: `when` compares no line of evidence with a number".to_owned();
            let hint = "add the term that `when` compares with a number to `evidence`".to_owned();
            add("rearm", &["when", "evidence"], message, Some(hint));
        }
        let labels: Vec<String> = self.title_names().collect();
        let twice = |place: &usize| labels[..*place].contains(&labels[*place]);
        if let Some(place) = (0..labels.len()).find(twice) {
            let message = format!("two lines of evidence are called `{}`", labels[place]);
            add("evidence", &[], message, None);
        }
        found
    }

    /// A title is a template over the labels of the evidence.
    fn check_title(&self) -> Result<(), (&'static [&'static str], String, Option<String>)> {
        let mut titles = minijinja::Environment::new();
        for filter in FILTERS {
            titles.add_filter(filter, |value: minijinja::Value| value);
        }
        let title = titles.template_from_str(&self.title).map_err(|error| {
            let detail = error.detail().unwrap_or("not a template").to_owned();
            (&[][..], format!("this is no template: {detail}"), None)
        })?;
        let is_known = |filter: &&str| {
            let used = format!("{{{{ 1 | {filter} }}}}");
            let failed = titles.render_str(&used, ()).err();
            failed.is_none_or(|error| error.kind() != minijinja::ErrorKind::UnknownFilter)
        };
        if let Some(filter) = filters(&self.title).into_iter().find(|filter| !is_known(filter)) {
            return Err((
                &[],
                format!("the title uses `{filter}`, which is no filter"),
                super::vocabulary::nearest(filter, FILTERS).map(|near| format!("did you mean `{near}`?")),
            ));
        }
        let countdown = std::iter::once(COUNTDOWN.to_owned());
        let known: Vec<String> = self.title_names().chain(countdown).collect();
        let mut named: Vec<String> = title.undeclared_variables(false).into_iter().collect();
        named.sort_unstable();
        match named.into_iter().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => Err((
                &["evidence"],
                format!("the title names `{name}`, which is no label of its evidence"),
                super::vocabulary::nearest(&name, known.iter().map(String::as_str))
                    .map(|near| format!("did you mean `{near}`?")),
            )),
        }
    }
}

/// The filters that a sound template uses: the words after `|` within its braces, outside of texts.
fn filters(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for block in template.split('{').skip(1) {
        let block = block.split('}').next().unwrap_or_default();
        let mut quote = None;
        for (at, character) in block.char_indices() {
            match quote {
                Some(open) if open == character => quote = None,
                None if matches!(character, '"' | '\'') => quote = Some(character),
                None if character == '|' => {
                    let rest = block[at + 1..].trim_start();
                    let end = rest.find(|one: char| one != '_' && !one.is_alphanumeric());
                    found.push(&rest[..end.unwrap_or(rest.len())]);
                }
                _ => {}
            }
        }
    }
    found
}

/// What cannot work in a signal although each value is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key to mend.
    pub key: &'static str,
    /// The other keys that it rests on: while one of them is wrong itself, this may be none.
    pub rests_on: &'static [&'static str],
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// What was meant, or what to do about it.
    pub hint: Option<String>,
}

impl Evidence {
    /// Its label as titles name it: with `_` for spaces.
    pub fn name(&self) -> String {
        self.label.replace(' ', "_")
    }
}

/// One line of evidence: a label and what to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is called, e.g. `weekly users`.
    pub label: String,
    /// The value, in the language of conditions.
    pub value: Expression,
}
