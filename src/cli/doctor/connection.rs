//! What the CRM says: the token, whose portal it is, scopes, limits, and the mapped properties.

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use crate::config::Setup;
use crate::config::settings::Profile;
use crate::crm::hubspot::HubSpot;
use crate::crm::{Crm, CrmError, CrmWrite};
use crate::domain::record::Kind;
use crate::runtime::connection;

use super::{Report, missing_property, missing_scope};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Above this share of the day's limit more calls are likely to be refused, percent.
const MUCH: u64 = 80;

/// Names the source of the token and asks it; says whether there is one.
pub(super) fn token(report: &mut Report, setup: &Setup, profile: &Profile) -> bool {
    const HINT: &str = "name a working token_command, token_file, keyring or token_env in the profile";
    let source = match connection::token_source(setup, profile) {
        Ok(source) => source,
        Err(error) => {
            report.problem(error.to_string(), HINT);
            return false;
        }
    };
    let secrets: Vec<String> = setup.settings.token_variables().map(str::to_owned).collect();
    match source.read(&secrets) {
        Ok(_) => report.fine(format!("the token is read from the {}", source.describe())),
        Err(error) => {
            report.problem(error.to_string(), HINT);
            return false;
        }
    }
    if let Some(warning) = source.warning() {
        report.note(warning, "");
    }
    true
}

/// Says that a proxy is named which is not used.
pub(super) fn proxy(report: &mut Report, profile: &Profile) {
    if let Some(unused) = connection::unused_proxy(profile) {
        report.note(unused, "");
    }
}

/// Asks the CRM itself; says why no sync can come now, if none can.
pub(super) fn crm(report: &mut Report, setup: &Setup, profile: &Profile) -> Option<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (runtime, hubspot) = match (runtime, connection::hubspot(setup)) {
        (Ok(runtime), Ok(hubspot)) => (runtime, hubspot),
        (_, Err(error)) => {
            report.problem(error.to_string(), error.hint());
            return Some(why_none_now(&error));
        }
        (Err(error), _) => {
            report.problem(format!("the network cannot be used: {error}"), "");
            return Some("the network cannot be used now");
        }
    };
    runtime.block_on(async {
        if let Err(why) = tenant(report, &hubspot, profile).await {
            return Some(why);
        }
        limits(report, &hubspot).await;
        scopes(report, &hubspot).await;
        if let Err(read_only) = setup.write_permit() {
            report.note(read_only.to_string(), "");
        }
        keys(report, &hubspot, setup).await;
        properties(report.about("mapping"), &hubspot, setup).await;
        None
    })
}

/// Why no sync can come after this error, beside when the last one came to its end.
fn why_none_now(error: &CrmError) -> &'static str {
    match error {
        CrmError::Unreachable { .. } | CrmError::Trouble { .. } | CrmError::Unanswered { .. } => {
            "the CRM does not answer now"
        }
        CrmError::Authentication { .. } => "the CRM does not accept the token now",
        CrmError::RateLimited { .. } => "the CRM takes no more calls now",
        _ => "none can follow now",
    }
}

/// Asks whether the CRM answers, accepts the token, and is the one that the profile is about; says why no sync can come
/// now, if not.
async fn tenant(report: &mut Report, hubspot: &HubSpot, profile: &Profile) -> Result<(), &'static str> {
    let tenant = match in_time(hubspot.tenant()).await {
        Ok(tenant) => tenant,
        Err(error) => {
            report.problem(error.to_string(), error.hint());
            return Err(why_none_now(&error));
        }
    };
    match &profile.tenant {
        Some(known) if *known != tenant.id => {
            report.problem(
                format!(
                    "the token opens tenant {}, but the profile is about tenant {known}",
                    tenant.id
                ),
                "use the other tenant's token, or another profile for it: `retain --profile NAME connect`",
            );
            return Err("the token is of another tenant now");
        }
        _ => report.fine(format!(
            "the CRM answers as tenant {} ({}, {})",
            tenant.id, tenant.time_zone, tenant.currency
        )),
    }
    Ok(())
}

async fn limits(report: &mut Report, hubspot: &HubSpot) {
    match in_time(hubspot.usage()).await {
        Ok(Some(usage)) => {
            let what = format!("{} of {} calls are used today", usage.today, usage.limit);
            if usage.limit > 0 && usage.today.saturating_mul(100) / usage.limit >= MUCH {
                report.problem(
                    what,
                    "lower the share of each with `[sync] users`, or sync less often",
                );
            } else {
                report.fine(what);
            }
        }
        Ok(None) => report.note("the CRM does not tell how much of the day's limit is used", ""),
        Err(error) => report.note(
            format!("how much of the day's limit is used is not known: {error}"),
            "",
        ),
    }
}

/// Whether each kind of record may be read.
async fn scopes(report: &mut Report, hubspot: &HubSpot) {
    let mut readable = Vec::new();
    // One reason may keep several kinds from being read.
    let mut closed: Vec<(CrmError, Vec<String>)> = Vec::new();
    for kind in Kind::ALL {
        let word = format!("{}s", kind.word());
        match in_time(hubspot.list(kind, &[], None, false)).await {
            Ok(_) => readable.push(word),
            Err(error) => {
                let same = closed
                    .iter_mut()
                    .find(|(known, _)| known.to_string() == error.to_string());
                match same {
                    Some((_, kinds)) => kinds.push(word),
                    None => closed.push((error, vec![word])),
                }
            }
        }
    }
    for (error, kinds) in closed {
        report.problem(
            format!("{} cannot be read: {error}", kinds.join(", ")),
            error.hint(),
        );
        if let CrmError::MissingScope { scopes } = &error {
            report.comes_from(scopes.iter().map(|scope| missing_scope(scope)));
        }
    }
    if !readable.is_empty() {
        report.fine(format!("can be read: {}", readable.join(", ")));
    }
}

/// What the CRM keeps a key of ours for, so that it cannot be made twice.
async fn keys(report: &mut Report, hubspot: &HubSpot, setup: &Setup) {
    let (mut keyed, mut others) = (Vec::new(), Vec::new());
    for kind in super::fix::MADE {
        match in_time(hubspot.is_keyed(kind)).await {
            Ok(true) => keyed.push(format!("{}s", kind.word())),
            Ok(false) => others.push(format!("{}s", kind.word())),
            Err(error) => {
                return report.note(
                    format!("whether the CRM keeps our keys is not known: {error}"),
                    "",
                );
            }
        }
    }
    if !keyed.is_empty() {
        report.fine(format!(
            "what becomes of a write is found by its key: {}",
            keyed.join(", ")
        ));
    }
    if let (false, Some(name)) = (others.is_empty(), &setup.mapping.outbox.key) {
        report.note(
            format!(
                "without a key a write that is not answered may need your word: {}",
                others.join(", ")
            ),
            format!(
                "`retain doctor --fix` adds a text property `{name}` with unique values to them; an admin of the CRM can too"
            ),
        );
    }
}

/// Whether the CRM has the properties that the mapping names.
async fn properties(report: &mut Report, hubspot: &HubSpot, setup: &Setup) {
    for kind in [Kind::Account, Kind::Contract, Kind::Contact] {
        let wanted = setup.mapping.properties(kind);
        let Ok(known) = in_time(hubspot.properties(kind)).await else {
            continue;
        };
        let known: HashSet<&str> = known.iter().map(|property| property.name.as_str()).collect();
        let missing: Vec<&String> = wanted
            .iter()
            .filter(|name| !known.contains(name.as_str()))
            .collect();
        if missing.is_empty() && !wanted.is_empty() {
            report.fine(format!("the CRM has every mapped property of {}s", kind.word()));
        }
        for name in missing {
            let near = nearest(name, &known);
            let hint = near.map_or_else(
                || "correct mapping.toml; what rests on it is unknown".to_owned(),
                |near| format!("correct mapping.toml; did you mean `{near}`?"),
            );
            report.problem(
                format!("the CRM has no property `{name}` of {}s", kind.word()),
                hint,
            );
            report.comes_from([missing_property(kind.word(), name)]);
        }
    }
}

/// The known name that a wrong one is most likely meant to be.
fn nearest<'a>(name: &str, known: &HashSet<&'a str>) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 5))
        .min()
        .map(|(_, known)| known)
}

pub(super) async fn in_time<T>(question: impl Future<Output = Result<T, CrmError>>) -> Result<T, CrmError> {
    match tokio::time::timeout(PATIENCE, question).await {
        Ok(answer) => answer,
        Err(_) => Err(CrmError::Unreachable {
            origin: "its address".to_owned(),
            reason: format!("no answer within {} s", PATIENCE.as_secs()),
        }),
    }
}
