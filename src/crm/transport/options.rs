//! How the CRM is reached: plain settings, filled in by whoever reads the configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::outbox::WritePermit;

/// Asks the configured source for the token; may block for some seconds. The error is one sentence
/// without the token. It is called before the first request and once more when the CRM refuses the token.
pub type AskToken = Arc<dyn Fn() -> Result<String, String> + Send + Sync>;

/// Whether a proxy stands between here and the CRM. A loopback address is always asked directly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Proxying {
    /// As `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    #[default]
    Environment,
    /// None, whatever the environment says.
    Off,
    /// This address.
    Through(String),
}

/// What the whole portal may use, and how many people share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharing {
    /// People who use this CRM at once through programs like this one; at least 1.
    pub users: u32,
    /// Requests that the CRM allows in ten seconds until it has said how many.
    pub per_ten_seconds: u32,
}

impl Default for Sharing {
    fn default() -> Self {
        Self {
            users: 1,
            per_ten_seconds: 100,
        }
    }
}

/// Settings of the way to the CRM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportOptions {
    /// `http` is allowed, to a loopback address only (`retain demo`, tests).
    pub allow_loopback_http: bool,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest silence while an answer is read.
    pub read_timeout: Duration,
    /// Longest time for one request that reads and its whole answer.
    pub total_timeout: Duration,
    /// The same for one that writes. It holds all other writes, and what became of it can be read afterwards.
    pub write_timeout: Duration,
    /// Most bytes of one answer, after decompression.
    pub body_limit: usize,
    /// The proxy.
    pub proxy: Proxying,
    /// PEM file with certificates that are trusted beside the system's.
    pub ca_file: Option<PathBuf>,
    /// My share of the portal's limits; `None` waits only when the CRM says so.
    pub sharing: Option<Sharing>,
    /// Longest wait for my share of the limits before the request is given up as rate limited.
    pub patience: Duration,
    /// For so long the CRM may refuse one request because of its limits before that is given up as rate limited.
    pub refusals: Duration,
    /// So long after the transport was made nothing more is begun or waited for; no write is begun in the last part of it.
    pub within: Option<Duration>,
    /// How often a request is repeated after a failure that may pass.
    pub retries: u32,
    /// Opens the way for writing; without it every write is refused before anything is sent.
    pub writing: Option<WritePermit>,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            allow_loopback_http: false,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_mins(2),
            write_timeout: Duration::from_secs(15),
            body_limit: 32 << 20,
            proxy: Proxying::default(),
            ca_file: None,
            sharing: Some(Sharing::default()),
            patience: Duration::from_mins(2),
            refusals: Duration::from_secs(30),
            within: None,
            retries: 5,
            writing: None,
        }
    }
}
