//! `retain.toml`: who I am, the organisation, the profiles, syncing, the display.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::load::Rules;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::rates::{Rate, Rates};
pub use crate::domain::role::Role;

/// The whole of `retain.toml`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The profile that is used when none is named.
    pub default_profile: Option<String>,
    /// Who I am.
    pub me: Me,
    /// The organisation that I work in.
    pub organisation: Organisation,
    /// CRMs that I can connect to, by name.
    pub profiles: BTreeMap<String, Profile>,
    /// How the cache is kept fresh.
    pub sync: Sync,
    /// How what is written leaves for the CRM.
    pub outbox: Outbox,
    /// What the screen may use.
    pub display: Display,
    /// How far ahead renewals are looked at.
    pub renewals: Renewals,
    /// How many warnings a person is told of.
    pub warnings: Warnings,
    /// By what facts that belong to the team come to everybody.
    pub team: TeamFacts,
    /// How long a standup takes.
    pub standup: Standup,
    /// How long work takes, and who has how long for it.
    pub load: Rules,
}

/// `[team]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamFacts {
    /// The folder that the whole team may read, where each ledger writes down what its person said.
    pub journal: Option<PathBuf>,
}

impl TeamFacts {
    /// The folder; `None` where what a person says stays with them. An empty name takes away what a lower layer says.
    pub fn folder(&self) -> Option<&Path> {
        let folder = self.journal.as_deref();
        folder.filter(|folder| !folder.as_os_str().is_empty())
    }
}

/// `[me]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Me {
    /// E-mail address of my owner record in the CRM.
    pub owner: Option<String>,
    /// My role; where it is left out, what `team.toml` says that I do (`Setup::my_role`).
    pub role: Option<Role>,
    /// My own time zone (IANA name); the organisation's when left out.
    pub time_zone: Option<Zone>,
}

/// An IANA time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(pub TimeZone);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        TimeZone::get(&name)
            .map(Self)
            .map_err(|_| format!("`{name}` is no time zone here; try an IANA name like \"Europe/Amsterdam\""))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

/// `[organisation]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    /// What people call it; shown on the first line.
    pub name: Option<String>,
    /// 1 to 5: which functions exist.
    #[serde(deserialize_with = "phase")]
    pub phase: u8,
    /// First day of the fiscal year, `MM-DD`.
    pub fiscal_year_start: String,
    /// Time zone for civil dates (IANA name).
    pub time_zone: Option<Zone>,
    /// Days on which work is done: `mon` to `sun`.
    pub business_days: Vec<String>,
    /// Sums are shown in this currency.
    pub reporting_currency: Currency,
    /// Constant rates into the reporting currency.
    pub rates: Vec<Rate>,
}

/// A phase, which is one of five.
fn phase<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let phase = u8::deserialize(deserializer)?;
    match phase {
        1..=5 => Ok(phase),
        _ => Err(serde::de::Error::custom(format!(
            "phases are 1 to 5, not {phase}"
        ))),
    }
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            name: None,
            phase: 1,
            fiscal_year_start: "01-01".to_owned(),
            time_zone: None,
            business_days: ["mon", "tue", "wed", "thu", "fri"].map(str::to_owned).to_vec(),
            reporting_currency: Currency::USD,
            rates: Vec::new(),
        }
    }
}

impl Organisation {
    /// The days of the week on which work is done.
    pub fn weekdays(&self) -> Vec<Weekday> {
        const NAMES: [(&str, Weekday); 7] = [
            ("mon", Weekday::Monday),
            ("tue", Weekday::Tuesday),
            ("wed", Weekday::Wednesday),
            ("thu", Weekday::Thursday),
            ("fri", Weekday::Friday),
            ("sat", Weekday::Saturday),
            ("sun", Weekday::Sunday),
        ];
        let is_set = |name: &str| {
            self.business_days
                .iter()
                .any(|day| day.to_lowercase().starts_with(name))
        };
        let days = NAMES.into_iter().filter(|(name, _)| is_set(name));
        days.map(|(_, day)| day).collect()
    }
}

/// Which CRM it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// HubSpot.
    #[default]
    Hubspot,
}

impl Vendor {
    /// The vendor as settings and paths write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hubspot => "hubspot",
        }
    }
}

/// What is cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The accounts that I look after.
    #[default]
    #[serde(alias = "owner")]
    Me,
    /// The accounts of everyone in my teams.
    Team,
    /// Every account.
    All,
}

impl Scope {
    /// What the list of accounts is about.
    pub fn words(self) -> &'static str {
        match self {
            Self::Me => "my book",
            Self::Team => "my team",
            Self::All => "all accounts",
        }
    }
}

/// `[profiles.NAME]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Which CRM it is.
    pub crm: Vendor,
    /// Origin of the API; the vendor's own when left out.
    pub base_url: Option<String>,
    /// The tenant that this profile was connected to; another one stops the sync.
    pub tenant: Option<String>,
    /// A program and its arguments that prints the token; never a shell.
    pub token_command: Option<Vec<String>>,
    /// A private file that holds the token.
    pub token_file: Option<PathBuf>,
    /// The name of an environment variable that holds the token.
    pub token_env: Option<String>,
    /// Whether the token lies in the kernel's keyring.
    pub keyring: bool,
    /// What is cached.
    pub scope: Scope,
    /// Whether nothing may ever be written to the CRM.
    pub read_only: bool,
    /// My owner's e-mail address here, if it differs from `[me] owner`.
    pub owner: Option<String>,
    /// Address of an HTTP proxy.
    pub proxy: Option<String>,
    /// A PEM file with further certificate authorities.
    pub ca_file: Option<PathBuf>,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            crm: Vendor::default(),
            base_url: None,
            tenant: None,
            token_command: None,
            token_file: None,
            token_env: None,
            keyring: false,
            scope: Scope::default(),
            // A new tenant starts read-only.
            read_only: true,
            owner: None,
            proxy: None,
            ca_file: None,
        }
    }
}

/// How often something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// As my share of the CRM's limits allows.
    #[default]
    Auto,
    /// Fixed.
    Fixed(Period),
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        Period::try_from(text).map(Self::Fixed)
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        match every {
            Every::Auto => "auto".to_owned(),
            Every::Fixed(period) => period.to_string(),
        }
    }
}

/// `[sync]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sync {
    /// How many people share the CRM's limits.
    pub users: u32,
    /// How often the cockpit asks for changes.
    pub every: Every,
    /// How far before the last change that was seen each window begins.
    pub lookback: Period,
    /// How often everything is compared once.
    pub full_sweep: Period,
}

/// So many people share the CRM's limits with a sync every minute; with more it takes its time.
const PEOPLE_PER_MINUTE: u32 = 8;

impl Sync {
    /// How far apart syncs are that come by themselves; the CRM's limits may put them further apart.
    pub fn interval(&self) -> SignedDuration {
        match self.every {
            Every::Fixed(period) => period.duration(),
            Every::Auto => SignedDuration::from_mins(self.users.div_ceil(PEOPLE_PER_MINUTE).max(1).into()),
        }
    }
}

impl Default for Sync {
    fn default() -> Self {
        Self {
            users: 8,
            every: Every::Auto,
            lookback: Period::minutes(10),
            full_sweep: Period::days(1),
        }
    }
}

/// `[outbox]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outbox {
    /// How long something waits before it leaves: so long it can be taken back.
    pub grace: Period,
    /// How long the CRM may take until it shows what was written, before something that was left without an
    /// answer counts as not found there.
    pub settle: Period,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            grace: Period::seconds(10),
            settle: Period::seconds(120),
        }
    }
}

/// Whether something is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// As the terminal and its locale allow.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `[display]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Display {
    /// Symbols and borders in ASCII.
    pub ascii: Use,
    /// Colours.
    pub color: Use,
    /// Name of the theme.
    pub theme: Option<String>,
}

/// `[renewals]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Renewals {
    /// How far ahead a renewal counts in what is at stake.
    pub horizon: Period,
}

impl Default for Renewals {
    fn default() -> Self {
        Self {
            horizon: Period::days(180),
        }
    }
}

/// `[warnings]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Warnings {
    /// So many new warnings a CSM is told of on a day; the rest is held back, but for critical ones.
    pub budget: u32,
}

impl Default for Warnings {
    fn default() -> Self {
        Self { budget: 3 }
    }
}

/// `[standup]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Standup {
    /// So many minutes it may take.
    #[serde(deserialize_with = "minutes")]
    pub minutes: u32,
}

impl Default for Standup {
    fn default() -> Self {
        Self { minutes: 15 }
    }
}

/// How long something takes that is over on the same day.
fn minutes<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let minutes = u32::deserialize(deserializer)?;
    match minutes {
        1..=240 => Ok(minutes),
        _ => Err(serde::de::Error::custom(format!(
            "a standup takes 1 to 240 minutes, not {minutes}"
        ))),
    }
}

impl Settings {
    /// The profile with this name, or the default one; with a single profile it needs no naming.
    pub fn profile(&self, name: Option<&str>) -> Option<(&str, &Profile)> {
        let name = match (name, &self.default_profile) {
            (Some(name), _) => name,
            (None, Some(name)) => name,
            (None, None) if self.profiles.len() == 1 => self.profiles.keys().next()?,
            (None, None) => return None,
        };
        self.profiles
            .get_key_value(name)
            .map(|(name, profile)| (name.as_str(), profile))
    }

    /// Names of environment variables that hold tokens: no child process is to inherit them.
    pub fn token_variables(&self) -> impl Iterator<Item = &str> {
        self.profiles
            .values()
            .filter_map(|profile| profile.token_env.as_deref())
    }

    /// The time zone in which my days begin; UTC when none is set.
    pub fn zone(&self) -> TimeZone {
        let own = self.me.time_zone.as_ref();
        own.or(self.organisation.time_zone.as_ref())
            .map_or(TimeZone::UTC, |zone| zone.0.clone())
    }

    /// A moment in my time zone.
    pub fn local(&self, moment: jiff::Timestamp) -> DateTime {
        moment.to_zoned(self.zone()).datetime()
    }

    /// The civil day of a moment in my time zone.
    pub fn day_of(&self, moment: jiff::Timestamp) -> Date {
        moment.to_zoned(self.zone()).date()
    }

    /// The rates into the reporting currency.
    pub fn rates(&self) -> Rates<'_> {
        Rates {
            into: self.organisation.reporting_currency,
            rates: &self.organisation.rates,
        }
    }

    /// My owner's e-mail address under a profile, lower case.
    pub fn my_owner(&self, profile: Option<&Profile>) -> Option<String> {
        profile
            .and_then(|profile| profile.owner.as_ref())
            .or(self.me.owner.as_ref())
            .map(|email| email.to_lowercase())
    }
}
