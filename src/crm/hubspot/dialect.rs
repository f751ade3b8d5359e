//! HubSpot's refusals: which may pass, which are limits, and what they say.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use super::paths::Paths;
use crate::crm::CrmError;
use crate::crm::transport::limit::Class;
use crate::crm::transport::retry::retry_after;
use crate::crm::transport::{Dialect, Refusal, Request, Verdict};
use crate::domain::record::Kind;

/// Most characters of HubSpot's own words in a message.
const MOST_WORDS: usize = 300;
/// A rolling limit of ten seconds is free again after at most that.
const ROLLING: Duration = Duration::from_secs(10);
/// A wait for limits that name no other.
const SECOND: Duration = Duration::from_secs(1);
/// The shortest wait for a locked record.
const LOCKED: Duration = Duration::from_secs(2);
/// The wait while an account is being moved and HubSpot does not say how long.
const MOVING: Duration = Duration::from_mins(1);
/// The day's calls are used up: longer than anybody waits.
const A_DAY: Duration = Duration::from_hours(24);

/// How HubSpot speaks HTTP.
pub struct HubSpotDialect;

impl Dialect for HubSpotDialect {
    fn may_post(&self, path: &str) -> bool {
        let reads = path.ends_with("/search") || path.ends_with("/batch/read");
        reads && path.starts_with("/crm/")
    }

    fn may_write(&self, path: &str) -> bool {
        let writes = ["create", "update", "archive"];
        let batch = path
            .rsplit_once("/batch/")
            .is_some_and(|(_, word)| writes.contains(&word));
        let object = path.starts_with("/crm/objects/") || path.starts_with("/crm/v3/objects/");
        (batch && object) || is_schema_of_what_we_make(path)
    }

    fn is_undone(&self, status: u16) -> bool {
        // 530 is how a malformed token is refused.
        status == 530 || ((400..500).contains(&status) && status != 408)
    }

    fn class(&self, path: &str) -> Class {
        if path.ends_with("/search") {
            Class::Search
        } else {
            Class::Plain
        }
    }

    fn allowance(&self, headers: &HeaderMap) -> Option<(u32, Duration)> {
        let allowed = number(headers, "x-hubspot-ratelimit-max")?;
        let width = number(headers, "x-hubspot-ratelimit-interval-milliseconds").unwrap_or(10_000);
        Some((u32::try_from(allowed).ok()?, Duration::from_millis(width)))
    }

    fn left_today(&self, headers: &HeaderMap) -> Option<u64> {
        number(headers, "x-hubspot-ratelimit-daily-remaining")
    }

    fn judge(&self, refusal: &Refusal<'_>) -> Verdict {
        let body = Body::read(refusal);
        let asked = retry_after(refusal.headers);
        match refusal.status {
            401 | 530 => Verdict::Token(body.message),
            403 => Verdict::Final(body.forbidden(refusal)),
            429 => body.limited(refusal, asked),
            477 => Verdict::Limited(Class::Plain, asked.unwrap_or(MOVING)),
            423 => Verdict::Passing(
                Some(asked.map_or(LOCKED, |wait| wait.max(LOCKED))),
                body.trouble(refusal),
            ),
            408 | 500 | 502..=504 | 521..=526 => Verdict::Passing(asked, body.trouble(refusal)),
            _ => Verdict::Final(body.refused(refusal)),
        }
    }
}

/// Whether a path is where the properties are made of something that we make: the key of ours is one.
fn is_schema_of_what_we_make(path: &str) -> bool {
    let made = [Kind::Note, Kind::Task, Kind::Call, Kind::Meeting, Kind::Email];
    let families = [Paths::Dated, Paths::Classic];
    made.iter()
        .any(|kind| families.iter().any(|family| family.properties(*kind) == path))
}

/// What HubSpot says about a write that it refuses: what is wrong with each value where it tells that, since
/// the message as a whole repeats it as JSON.
pub fn told(message: &str, errors: &Value) -> String {
    let within: Value = message
        .find("[{")
        .and_then(|start| serde_json::from_str(&message[start..]).ok())
        .unwrap_or_default();
    let list = |value: &Value| -> Vec<String> {
        let inner = value.as_array().map(Vec::as_slice).unwrap_or_default();
        inner.iter().filter_map(one_told).collect()
    };
    let mut words = list(errors);
    if words.is_empty() {
        words = list(&within);
    }
    if words.is_empty() {
        message.to_owned()
    } else {
        words.join("; ")
    }
}

fn one_told(error: &Value) -> Option<String> {
    let message = error["message"].as_str().filter(|text| !text.trim().is_empty())?;
    let named = error["context"]["properties"].as_array();
    let names: Vec<&str> = named.into_iter().flatten().filter_map(Value::as_str).collect();
    Some(match names.as_slice() {
        [] => message.to_owned(),
        names => format!("{} ({})", message.trim_end_matches('.'), names.join(", ")),
    })
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// A body with an error: every field is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    message: String,
    category: String,
    error_type: String,
    policy_name: String,
    context: Value,
    errors: Value,
}

impl Body {
    fn read(refusal: &Refusal<'_>) -> Self {
        let mut body: Self = serde_json::from_slice(refusal.body).unwrap_or_default();
        if body.message.trim().is_empty() {
            body.message = format!("HTTP {}", refusal.status);
        } else if let Some((cut, _)) = body.message.char_indices().nth(MOST_WORDS) {
            body.message.truncate(cut);
            body.message.push('…');
        }
        body
    }

    fn refused(self, refusal: &Refusal<'_>) -> CrmError {
        CrmError::Refused {
            request: refusal.request.name(),
            status: refusal.status,
            message: match refusal.request {
                Request::Write { .. } => told(&self.message, &self.errors),
                _ => self.message,
            },
        }
    }

    fn trouble(&self, refusal: &Refusal<'_>) -> CrmError {
        let status = format!("HTTP {}", refusal.status);
        let reason = if self.message == status {
            status
        } else {
            format!("{status}: {}", self.message)
        };
        CrmError::Trouble {
            origin: refusal.origin.to_string(),
            reason: format!("it answers {reason}"),
            wait: retry_after(refusal.headers),
        }
    }

    fn forbidden(self, refusal: &Refusal<'_>) -> CrmError {
        let scopes = self.scopes();
        if scopes.is_empty() && self.category != "MISSING_SCOPES" {
            return self.refused(refusal);
        }
        CrmError::MissingScope { scopes }
    }

    /// The scopes that HubSpot names, wherever it names them.
    fn scopes(&self) -> Vec<String> {
        let mut scopes = Vec::new();
        let inner = self.errors.as_array().map(Vec::as_slice).unwrap_or_default();
        let contexts = std::iter::once(&self.context).chain(inner.iter().map(|error| &error["context"]));
        for context in contexts {
            for name in ["requiredGranularScopes", "requiredScopes"] {
                let named = context[name].as_array().map(Vec::as_slice).unwrap_or_default();
                scopes.extend(named.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        }
        scopes.sort();
        scopes.dedup();
        scopes
    }

    fn limited(&self, refusal: &Refusal<'_>, asked: Option<Duration>) -> Verdict {
        let growing = SECOND * (refusal.failures + 1).min(10);
        let class = HubSpotDialect.class(refusal.request.path());
        match self.policy_name.as_str() {
            "DAILY" => Verdict::Final(CrmError::RateLimited {
                wait: asked.filter(|wait| *wait < A_DAY),
            }),
            "TEN_SECONDLY_ROLLING" => Verdict::Limited(Class::Plain, asked.unwrap_or(ROLLING)),
            _ => Verdict::Limited(class, asked.unwrap_or(growing)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crm::transport::origin::Origin;

    fn judge(status: u16, path: &str, retry: Option<&str>, body: &str) -> Verdict {
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert("retry-after", retry.parse().unwrap());
        }
        HubSpotDialect.judge(&Refusal {
            request: &Request::ReadingPost {
                path: path.to_owned(),
                body: Vec::new(),
            },
            origin: &Origin::parse("https://api.example.com", false).unwrap(),
            status,
            headers: &headers,
            body: body.as_bytes(),
            failures: 1,
        })
    }

    #[test]
    fn each_policy_waits_as_long_as_it_must() {
        let policy = |name: &str| format!(r#"{{"errorType":"RATE_LIMIT","policyName":"{name}"}}"#);
        let search = "/crm/objects/2026-09/deals/search";
        let read = "/crm/objects/2026-09/deals/batch/read";
        let cases = [
            (search, "SECONDLY", None, Class::Search, 2),
            (search, "SECONDLY", Some("7"), Class::Search, 7),
            (read, "SECONDLY", None, Class::Plain, 2),
            (search, "TEN_SECONDLY_ROLLING", None, Class::Plain, 10),
            (read, "TEN_SECONDLY_ROLLING", Some("3"), Class::Plain, 3),
            (read, "NEW_POLICY", None, Class::Plain, 2),
        ];
        for (path, name, retry, class, seconds) in cases {
            let Verdict::Limited(held, wait) = judge(429, path, retry, &policy(name)) else {
                panic!("{name} is not a limit");
            };
            assert_eq!(
                (held, wait),
                (class, Duration::from_secs(seconds)),
                "{path} {name} {retry:?}"
            );
        }
        let daily = judge(429, read, None, &policy("DAILY"));
        assert!(
            matches!(daily, Verdict::Final(CrmError::RateLimited { wait: None })),
            "{daily:?}"
        );
        assert!(matches!(
            judge(429, read, None, "<html>"),
            Verdict::Limited(Class::Plain, _)
        ));
    }

    #[test]
    fn what_is_left_of_the_day_is_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(HubSpotDialect.left_today(&headers), None);
        headers.insert("x-hubspot-ratelimit-daily-remaining", "249998".parse().unwrap());
        assert_eq!(HubSpotDialect.left_today(&headers), Some(249_998));
    }

    #[test]
    fn statuses_that_pass_are_told_from_those_that_do_not() {
        let path = "/crm/objects/2026-09/deals/batch/read";
        for status in [408, 500, 502, 503, 504, 521, 522, 523, 524, 525, 526] {
            assert!(
                matches!(judge(status, path, None, ""), Verdict::Passing(None, _)),
                "{status}"
            );
        }
        assert!(
            matches!(judge(503, path, Some("4"), ""), Verdict::Passing(Some(wait), _) if wait.as_secs() == 4)
        );
        assert!(
            matches!(judge(423, path, Some("0"), ""), Verdict::Passing(Some(wait), _) if wait.as_secs() == 2)
        );
        assert!(
            matches!(judge(477, path, Some("3600"), ""), Verdict::Limited(_, wait) if wait.as_secs() == 3600)
        );
        for status in [401, 530] {
            assert!(
                matches!(judge(status, path, None, ""), Verdict::Token(_)),
                "{status}"
            );
        }
        for status in [400, 404, 405, 409, 414, 418] {
            assert!(
                matches!(
                    judge(status, path, None, "{}"),
                    Verdict::Final(CrmError::Refused { .. })
                ),
                "{status}"
            );
        }
    }

    #[test]
    fn a_missing_scope_is_named_wherever_it_stands() {
        let bodies = [
            r#"{"category":"MISSING_SCOPES","context":{"requiredGranularScopes":["tickets"]}}"#,
            r#"{"category":"MISSING_SCOPES","errors":[{"message":"m","context":{"requiredGranularScopes":["tickets"]}}]}"#,
            r#"{"errors":[{"context":{"requiredScopes":["tickets"]}}],"context":null}"#,
        ];
        for body in bodies {
            let Verdict::Final(CrmError::MissingScope { scopes }) = judge(403, "/crm/x/search", None, body)
            else {
                panic!("{body}");
            };
            assert_eq!(scopes, ["tickets"]);
        }
        let other = judge(
            403,
            "/crm/x/search",
            None,
            r#"{"message":"blocked by your firewall"}"#,
        );
        assert!(matches!(
            other,
            Verdict::Final(CrmError::Refused { status: 403, .. })
        ));
    }

    #[test]
    fn only_posts_that_read_may_be_sent() {
        for path in [
            "/crm/objects/2026-09/deals/search",
            "/crm/associations/2026-09/a/b/batch/read",
        ] {
            assert!(HubSpotDialect.may_post(path));
        }
        for path in [
            "/crm/objects/2026-09/deals",
            "/crm/objects/2026-09/deals/batch/create",
            "/crm/objects/2026-09/deals/batch/archive",
            "/oauth/search",
            "/crm/objects/2026-09/deals/merge",
        ] {
            assert!(!HubSpotDialect.may_post(path), "{path}");
        }
    }

    #[test]
    fn only_schemas_of_what_we_make_may_be_added_to() {
        for path in ["/crm/properties/2026-09/notes", "/crm/v3/properties/calls"] {
            assert!(HubSpotDialect.may_write(path), "{path}");
        }
        for path in [
            "/crm/properties/2026-09/companies",
            "/crm/properties/2026-09/notes/batch/archive",
            "/crm/properties/2026-09/notes/hs_note_body",
        ] {
            assert!(!HubSpotDialect.may_write(path), "{path}");
        }
    }

    #[test]
    fn long_words_are_cut() {
        let body = format!(r#"{{"message":"{}"}}"#, "ä".repeat(1000));
        let Verdict::Final(error) = judge(400, "/crm/x/search", None, &body) else {
            panic!()
        };
        assert!(error.to_string().chars().count() < 400);
    }
}
