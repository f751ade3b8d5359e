//! What goes wrong on purpose: parsing of the short text and the decision per request.
//!
//! A spec is a list of faults, separated by commas or new lines; `#` begins a comment. Shares are between 0
//! and 1 and are drawn from the seed and the number of the request, so that a run can be repeated.
//!
//! What there is, is listed in [`THERE_IS`].

use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use super::portal::ObjectType;

/// Every fault there is, one a line with what it does; help shows it.
pub const THERE_IS: &str = "\
latency=200ms        every answer waits (200ms, 2s)
429=0.05             a share of the answers has this status; also 401, 403, 423,
                     477, 500, 502, 503, 504, 530; `:retry-after=2` or `=date`
                     adds that header, `:commit` handles the request first
reset=0.01:before    the connection is reset: `before` (not handled), `during`
                     or `after` the body, or `commit` (handled, no answer)
truncate=0.01        a 200 whose JSON ends in the middle
garbage=0.01         a 200 whose body is not JSON
stall=0.01:30s       the answer begins and then nothing comes
lag=5s               the search index learns of changes so much later
wall=10000           as many results as one search can reach
missing=companies.wau  the property is not there
rename=companies.wau>usage  it has another name
no-scope=tickets     answers 403 MISSING_SCOPES; also crm.objects.deals.read and
                     the other scopes of a key
require=deals.dealstage=closedlost>churn_reason
                     with this value that property must be set
untraced             a batch with a bad input is refused as a whole
merge=3              so many customers are merged into others at the start
hostile              names, notes and subjects hold controls and bidi overrides
seed=7               another draw
Those with a share (0 to 1) take `:path=TEXT` (only paths with it) and
`:times=N` (only the first N hits).";

/// The names of all faults, for whoever wrote another one.
fn names() -> String {
    let names = THERE_IS.lines().filter_map(|line| {
        let name = line.split([' ', '=']).next()?;
        let is_name = !name.is_empty() && !name.starts_with(['T', '`']);
        is_name.then_some(name)
    });
    names.collect::<Vec<_>>().join(", ")
}

/// Everything that goes wrong on purpose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// How long every answer waits.
    pub latency: Duration,
    /// Faults that are drawn per request; the first that hits counts.
    pub drawn: Vec<Drawn>,
    /// How much later the search index learns of changes.
    pub lag: Duration,
    /// How many results one search can reach; `None` is HubSpot's 10,000.
    pub wall: Option<usize>,
    /// Properties that are not there, as `companies.wau`.
    pub missing: Vec<String>,
    /// Properties under another name: (`companies.wau`, `usage`).
    pub renamed: Vec<(String, String)>,
    /// Scopes that the key does not have.
    pub no_scope: Vec<String>,
    /// Rules of the portal's admin: (`deals.dealstage`, `closedlost`, `churn_reason`).
    pub required: Vec<(String, String, String)>,
    /// Whether a batch with a bad input is refused as a whole.
    pub untraced: bool,
    /// How many customers are merged into others at the start.
    pub merges: u32,
    /// Whether texts are hostile.
    pub hostile: bool,
    /// Seed of the draws.
    pub seed: u64,
}

/// A fault that hits a share of the requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Share of the requests, 0 to 1.
    pub share: f64,
    /// What happens.
    pub effect: Effect,
    /// Only requests whose path contains this.
    pub path: Option<String>,
    /// Only so many times.
    pub times: Option<u32>,
}

/// What a drawn fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Answers with this status and an error body.
    Status(u16, RetryAfter),
    /// The request is handled, and answered with this status and an error body.
    StatusCommitted(u16),
    /// The connection is reset before the request is handled.
    ResetBefore,
    /// The request is handled, and the connection reset before a byte of the answer.
    ResetCommitted,
    /// The connection is reset in the middle of the body.
    ResetDuring,
    /// The connection is reset after the whole body.
    ResetAfter,
    /// The body is JSON that ends in the middle.
    Truncate,
    /// The body is not JSON.
    Garbage,
    /// The head comes, and then nothing for so long.
    Stall(Duration),
}

/// The `Retry-After` header of a refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// None at all.
    Absent,
    /// So many seconds.
    Seconds(u32),
    /// An HTTP date two seconds ahead.
    Date,
}

/// Why a spec cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum FaultsError {
    /// The file cannot be read.
    #[error("the file of faults {0:?} cannot be read: {1}")]
    File(String, String),
    /// A part of it has no meaning.
    #[error("the fault {0:?} is not understood: {1}")]
    Part(String, &'static str),
}

impl FaultsError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::File(..) => "check its name and permissions".to_owned(),
            Self::Part(..) => format!(
                "there is: {}; `retain demo-server --help` says what each does",
                names()
            ),
        }
    }
}

impl Faults {
    /// Reads a spec, or the file of that name if there is one.
    pub fn parse(spec_or_file: &str) -> Result<Self, FaultsError> {
        if Path::new(spec_or_file).is_file() {
            let text = std::fs::read_to_string(spec_or_file)
                .map_err(|error| FaultsError::File(spec_or_file.to_owned(), error.to_string()))?;
            return Self::parse_text(&text);
        }
        // No fault has such a name: a file is meant.
        if spec_or_file.starts_with(['/', '.', '~']) {
            let why = "there is no such file".to_owned();
            return Err(FaultsError::File(spec_or_file.to_owned(), why));
        }
        Self::parse_text(spec_or_file)
    }

    fn parse_text(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::default();
        let parts = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default())
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty());
        for part in parts {
            faults
                .add(part)
                .map_err(|why| FaultsError::Part(part.to_owned(), why))?;
        }
        Ok(faults)
    }

    fn add(&mut self, part: &str) -> Result<(), &'static str> {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name {
            "latency" => self.latency = duration(value)?,
            "lag" => self.lag = duration(value)?,
            "wall" => self.wall = Some(number(value)?),
            "missing" => self.missing.push(property(value)?),
            "rename" => {
                let (from, to) = value.split_once('>').ok_or("write OBJECTS.NAME>OTHER")?;
                self.renamed.push((property(from)?, to.to_owned()));
            }
            "require" => {
                let (when, then) = value.split_once('>').ok_or("write OBJECTS.NAME=VALUE>OTHER")?;
                let (name, value) = when.split_once('=').ok_or("write OBJECTS.NAME=VALUE>OTHER")?;
                self.required
                    .push((property(name)?, value.to_owned(), then.to_owned()));
            }
            "untraced" => self.untraced = true,
            "no-scope" => self.no_scope.push(scope(value)?),
            "merge" => self.merges = number(value)?,
            "hostile" => self.hostile = true,
            "seed" => self.seed = number(value)?,
            _ => self.drawn.push(drawn(name, value)?),
        }
        Ok(())
    }
}

fn property(text: &str) -> Result<String, &'static str> {
    text.contains('.')
        .then(|| text.to_owned())
        .ok_or("write OBJECTS.NAME")
}

/// A scope that something needs: without another one nothing would be refused.
fn scope(text: &str) -> Result<String, &'static str> {
    const SETTINGS: [&str; 2] = ["crm.objects.owners.read", "crm.schemas.contacts.write"];
    let needed = |kind: &ObjectType| {
        kind.read_scopes().contains(&text) || kind.schema_scope() == Some(text) || kind.write_scope() == text
    };
    (SETTINGS.contains(&text) || ObjectType::ALL.iter().any(needed))
        .then(|| text.to_owned())
        .ok_or("write a scope as the key has it, such as tickets or crm.objects.deals.read")
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "a number is expected")
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let count: u64 = number(digits)?;
    match unit {
        "ms" => Ok(Duration::from_millis(count)),
        "s" => Ok(Duration::from_secs(count)),
        _ => Err("a duration such as 200ms or 5s is expected"),
    }
}

fn drawn(name: &str, value: &str) -> Result<Drawn, &'static str> {
    let effect = match name {
        "reset" => Effect::ResetBefore,
        "truncate" => Effect::Truncate,
        "garbage" => Effect::Garbage,
        "stall" => Effect::Stall(Duration::from_secs(30)),
        _ => Effect::Status(
            number(name).map_err(|_| "there is no fault of this name")?,
            RetryAfter::Absent,
        ),
    };
    let mut modifiers = value.split(':');
    let share = modifiers.next().unwrap_or_default();
    let share: f64 = number(share).map_err(|_| "a share between 0 and 1 is expected, as in 429=0.05")?;
    if !(0.0..=1.0).contains(&share) {
        return Err("a share is between 0 and 1");
    }
    let mut fault = Drawn {
        share,
        effect,
        path: None,
        times: None,
    };
    for modifier in modifiers {
        modify(&mut fault, modifier)?;
    }
    Ok(fault)
}

fn modify(fault: &mut Drawn, modifier: &str) -> Result<(), &'static str> {
    let (name, value) = modifier.split_once('=').unwrap_or((modifier, ""));
    match (name, fault.effect) {
        ("path", _) => fault.path = Some(value.to_owned()),
        ("times", _) => fault.times = Some(number(value)?),
        ("retry-after", Effect::Status(status, _)) => {
            let after = if value == "date" {
                RetryAfter::Date
            } else {
                RetryAfter::Seconds(number(value)?)
            };
            fault.effect = Effect::Status(status, after);
        }
        ("before" | "before-body", Effect::ResetBefore) => {}
        ("commit", Effect::Status(status, _)) => fault.effect = Effect::StatusCommitted(status),
        ("commit", Effect::ResetBefore) => fault.effect = Effect::ResetCommitted,
        ("during" | "during-body", Effect::ResetBefore) => fault.effect = Effect::ResetDuring,
        ("after" | "after-body", Effect::ResetBefore) => fault.effect = Effect::ResetAfter,
        (text, Effect::Stall(_)) => fault.effect = Effect::Stall(duration(text)?),
        _ => return Err("this modifier does not fit the fault"),
    }
    Ok(())
}

/// Draws faults for requests, one after another.
#[derive(Debug, Default)]
pub struct Draws {
    faults: Faults,
    hits: Vec<u32>,
}

impl Draws {
    /// Begins with these faults.
    pub fn new(faults: Faults) -> Self {
        Self {
            hits: vec![0; faults.drawn.len()],
            faults,
        }
    }

    /// The faults that are drawn from.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What happens to request number `count`.
    pub fn draw(&mut self, count: u64, path: &str) -> Option<Effect> {
        for (place, fault) in self.faults.drawn.iter().enumerate() {
            let elsewhere = fault
                .path
                .as_ref()
                .is_some_and(|part| !path.contains(part.as_str()));
            let spent = fault.times.is_some_and(|times| self.hits[place] >= times);
            if elsewhere || spent {
                continue;
            }
            let draw = super::book::mix(self.faults.seed ^ (place as u64) << 48 ^ count);
            if ((draw >> 11) as f64) < fault.share * (1u64 << 53) as f64 {
                self.hits[place] += 1;
                return Some(fault.effect);
            }
        }
        None
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_says_everything() {
        let text = "latency=200ms,429=0.05:retry-after=2, 500=0.02:path=/search:times=3\nreset=0.01:after-body # late\nstall=1:5s\nlag=5s,wall=100,missing=companies.wau,rename=deals.hs_arr>arr,no-scope=tickets,merge=3,hostile,seed=7";
        let faults = Faults::parse(text).unwrap();
        assert_eq!(faults.latency, Duration::from_millis(200));
        assert_eq!(
            faults.drawn[0].effect,
            Effect::Status(429, RetryAfter::Seconds(2))
        );
        assert_eq!(faults.drawn[1].path.as_deref(), Some("/search"));
        assert_eq!(faults.drawn[1].times, Some(3));
        assert_eq!(faults.drawn[2].effect, Effect::ResetAfter);
        assert_eq!(faults.drawn[3].effect, Effect::Stall(Duration::from_secs(5)));
        assert_eq!(
            (faults.wall, faults.merges, faults.hostile, faults.seed),
            (Some(100), 3, true, 7)
        );
        assert_eq!(faults.renamed, [("deals.hs_arr".to_owned(), "arr".to_owned())]);
        let faults = Faults::parse("504=1:commit,untraced,require=deals.dealstage=lost>why").unwrap();
        assert_eq!(faults.drawn[0].effect, Effect::StatusCommitted(504));
        let rule = ("deals.dealstage".to_owned(), "lost".to_owned(), "why".to_owned());
        assert!(faults.untraced && faults.required == [rule]);
    }

    #[test]
    fn nonsense_is_named() {
        for text in [
            "what=1",
            "500=2",
            "latency=soon",
            "missing=wau",
            "500=0.1:during",
            "rename=a.b",
            "require=a.b>c",
        ] {
            let Err(FaultsError::Part(part, _)) = Faults::parse(text) else {
                panic!("{text} was understood");
            };
            assert_eq!(part, text);
        }
    }

    #[test]
    fn every_fault_that_is_listed_is_understood() {
        assert!(names().starts_with("latency, 429, reset, ") && names().ends_with(", hostile, seed"));
        for line in THERE_IS.lines().filter(|line| !line.starts_with([' ', 'T', '`'])) {
            let example = line.split(' ').next().unwrap();
            assert!(Faults::parse(example).is_ok(), "{example}");
        }
        let error = Faults::parse("latancy=2s").unwrap_err();
        assert!(error.hint().contains("latency, 429"), "{}", error.hint());
    }

    #[test]
    fn a_scope_that_nothing_needs_is_no_fault() {
        for scope in ["deals", "companies", "bogus", ""] {
            assert!(Faults::parse(&format!("no-scope={scope}")).is_err(), "{scope}");
        }
        let no_file = Faults::parse("/no/such/file").map_err(|error| error.to_string());
        assert!(no_file.is_err_and(|told| told.contains("no such file")));
        for scope in [
            "tickets",
            "sales-email-read",
            "crm.objects.deals.read",
            "crm.schemas.companies.read",
            "crm.schemas.contacts.write",
        ] {
            assert!(Faults::parse(&format!("no-scope={scope}")).is_ok(), "{scope}");
        }
    }

    #[test]
    fn draws_repeat_and_keep_their_share() {
        let draw = || {
            let mut draws = Draws::new(Faults::parse("500=0.1:times=1000,seed=3").unwrap());
            (0..10_000)
                .map(|count| draws.draw(count, "/x").is_some())
                .collect::<Vec<_>>()
        };
        let hits = draw();
        assert_eq!(hits, draw());
        let count = hits.iter().filter(|hit| **hit).count();
        assert!((900..=1000).contains(&count), "{count}");
    }
}
