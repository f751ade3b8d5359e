//! HubSpot, API version 2026-09.

use super::CrmError;
use super::transport::{AskToken, TransportOptions};

/// Where HubSpot is when nothing else is configured.
pub const DEFAULT_BASE_URL: &str = "https://api.hubapi.com";

/// Which HubSpot, and how it is reached.
#[derive(Debug, Clone)]
pub struct HubSpotOptions {
    /// Scheme, host and port, e.g. [`DEFAULT_BASE_URL`].
    pub base_url: String,
    /// The way there.
    pub transport: TransportOptions,
}

impl Default for HubSpotOptions {
    fn default() -> Self {
        Self {
            base_url: DEFAULT_BASE_URL.to_owned(),
            transport: TransportOptions::default(),
        }
    }
}

/// A HubSpot portal. Cheap to clone: clones share connections, limits and what was learnt of the schema.
#[derive(Clone)]
pub struct HubSpot {
    options: std::sync::Arc<HubSpotOptions>,
    ask: AskToken,
}

impl HubSpot {
    /// Checks the settings. Nothing is sent and the token is not asked for before the first request.
    pub fn connect(options: HubSpotOptions, ask: AskToken) -> Result<Self, CrmError> {
        Ok(Self {
            options: std::sync::Arc::new(options),
            ask,
        })
    }
}
