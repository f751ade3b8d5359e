//! What can go wrong with a CRM, told so that a person knows what to do.

use std::time::Duration;

/// An error of the CRM or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// The token is wrong, expired or revoked (401).
    #[error("the CRM does not accept the token")]
    Authentication {
        /// The CRM's own words.
        message: String,
    },
    /// The key lacks a scope (403).
    #[error("the CRM key lacks the scope {}", scopes.join(", "))]
    MissingScope {
        /// Names of the scopes as the CRM calls them.
        scopes: Vec<String>,
    },
    /// Connection refused, reset, TLS, DNS.
    #[error("cannot reach the CRM at {origin}: {reason}")]
    Unreachable {
        /// Scheme, host and port that were asked.
        origin: String,
        /// What happened, without secrets.
        reason: String,
    },
    /// It answers that it cannot do it now (5xx, a lock).
    #[error("the CRM at {origin} has trouble: {reason}")]
    Trouble {
        /// Scheme, host and port that were asked.
        origin: String,
        /// Its status and its own words.
        reason: String,
        /// How long it asks to be left alone, if it says so.
        wait: Option<Duration>,
    },
    /// It was waited for as long as is allowed, and no answer came.
    #[error("no answer from the CRM at {origin} within the time allowed")]
    Unanswered {
        /// Scheme, host and port that were asked.
        origin: String,
    },
    /// The limit is used up and waiting would take too long.
    #[error("the CRM's rate limit is used up{}", wait.map(|w| format!("; try again in {} s", w.as_secs())).unwrap_or_default())]
    RateLimited {
        /// How long the CRM asks to wait, if it says.
        wait: Option<Duration>,
    },
    /// The CRM answered something that is not what it documents.
    #[error("the CRM's answer to {request} cannot be read: {reason}")]
    BadAnswer {
        /// Method and path, without query.
        request: String,
        /// What is wrong.
        reason: String,
    },
    /// The CRM refused the request (4xx) in its own words.
    #[error("the CRM refused {request}: {message}")]
    Refused {
        /// Method and path, without query.
        request: String,
        /// HTTP status.
        status: u16,
        /// The CRM's own words.
        message: String,
    },
    /// Something answers at the address, but it is not the CRM's API.
    #[error("something answers at {address}, but not the CRM's API")]
    Elsewhere {
        /// The whole address as it was configured.
        address: String,
    },
    /// The source of the token gives none that could be used: a command that failed, a variable that is not set.
    #[error("{0}")]
    NoToken(String),
    /// The address, certificate or token source cannot be used at all, as it stands in the settings.
    #[error("{0}")]
    Setup(String),
}

/// What to do where the key lacks a scope.
pub const ADD_SCOPE: &str =
    "add the scope to the key in the CRM's settings; a new token may be issued with it";

impl CrmError {
    /// Whether it says that what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether it says that what was asked for may not be read with this key, without naming a scope.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused { status: 403, .. })
    }

    /// Whether the CRM is there as far as is known, but slow, in trouble, or at its limits.
    pub fn is_kept_waiting(&self) -> bool {
        matches!(
            self,
            Self::Trouble { .. } | Self::Unanswered { .. } | Self::RateLimited { .. }
        )
    }

    /// Whether the CRM lets nobody in with the token, or there is none.
    pub fn is_denied(&self) -> bool {
        matches!(
            self,
            Self::Authentication { .. } | Self::NoToken(_) | Self::MissingScope { .. }
        )
    }

    /// What a person can do about it, one sentence, in terms of their profile. What the doctor would add stands behind
    /// a semicolon, so that it can leave that out.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Authentication { .. } => {
                "make a new key in the CRM and put it where the token is read from; `retain doctor` says where that is"
            }
            Self::NoToken(_) => "mend the source of the token; `retain doctor` names and tests it",
            Self::MissingScope { .. } => ADD_SCOPE,
            Self::Unreachable { .. } | Self::Trouble { .. } | Self::Unanswered { .. } => {
                "check the network, and `base_url`, `proxy` and `ca_file` of the profile; what was synced before can still be read"
            }
            Self::RateLimited { .. } => {
                "wait, or lower this person's share with `users` in the `[sync]` section of retain.toml"
            }
            Self::Setup(_) => {
                "correct the profile: `retain config show profiles --origin` names the file and line of each key"
            }
            Self::Elsewhere { .. } | Self::BadAnswer { .. } | Self::Refused { .. } => {
                "check that `base_url` of the profile is the CRM's API and not a proxy's; `retain doctor` tests it"
            }
        }
    }

    /// The CRM's own words, where the sentence of the error is ours.
    pub fn own_words(&self) -> Option<&str> {
        match self {
            Self::Authentication { message } => Some(message.as_str()).filter(|message| !message.is_empty()),
            _ => None,
        }
    }
}
