//! From a profile's settings to a way to its CRM.

use std::time::Instant;

use crate::config::Setup;
use crate::config::secret::{TokenSettings, TokenSource};
use crate::config::settings::Profile;
use crate::crm::hubspot::paths::record_link;
use crate::crm::hubspot::{DEFAULT_BASE_URL, HubSpot, HubSpotOptions};
use crate::crm::transport::origin::Origin;
use crate::crm::transport::{Proxying, Sharing, TransportOptions};
use crate::crm::{CrmError, Tenant};
use crate::domain::record::{Kind, RecordId};
use crate::store::{Cache, StoreError, documents};

/// The HubSpot of the profile in use. Nothing is sent and the token is not asked for yet.
pub fn hubspot(setup: &Setup) -> Result<HubSpot, CrmError> {
    hubspot_with(setup, |_| ())
}

/// The same, with the way there adjusted by whoever asks.
pub fn hubspot_with(setup: &Setup, adjust: impl FnOnce(&mut TransportOptions)) -> Result<HubSpot, CrmError> {
    let profile = setup
        .profile()
        .ok_or_else(|| CrmError::Setup("no CRM is connected".to_owned()))?;
    let secrets = setup.settings.token_variables().map(str::to_owned).collect();
    let mut options = options(setup, profile);
    adjust(&mut options.transport);
    // The transport's own time begins after this: no command is left behind when it is over.
    let within = options.transport.within;
    let until = within.and_then(|within| Instant::now().checked_add(within));
    let ask = token_source(setup, profile)?.asker(secrets, until);
    HubSpot::connect(options, ask)
}

/// The account's page in the CRM's web interface, if the CRM said in the last sync where that is.
pub fn account_link(cache: &Cache, id: &RecordId) -> Result<Option<String>, StoreError> {
    link(cache, Kind::Account, id)
}

/// The same for a record of any kind.
pub fn link(cache: &Cache, kind: Kind, id: &RecordId) -> Result<Option<String>, StoreError> {
    let tenant = cache.document(documents::TENANT)?;
    let tenant: Option<Tenant> = tenant.and_then(|json| serde_json::from_str(&json).ok());
    let web = tenant.and_then(|tenant| tenant.web);
    Ok(web.and_then(|web| record_link(&web, kind, id)))
}

/// Where the token of a profile comes from.
pub fn token_source(setup: &Setup, profile: &Profile) -> Result<TokenSource, CrmError> {
    let settings = TokenSettings {
        token_command: profile.token_command.clone(),
        token_file: profile.token_file.clone(),
        keyring: profile.keyring.then_some(true),
        token_env: profile.token_env.clone(),
    };
    TokenSource::configured(&settings, setup.profile.as_deref().unwrap_or_default())
        .map_err(|error| CrmError::Setup(error.to_string()))
}

/// Says that a profile names a proxy which is not used.
pub fn unused_proxy(profile: &Profile) -> Option<&'static str> {
    let origin = profile.base_url.as_deref().map(|url| Origin::parse(url, true));
    let is_unused = profile.proxy.is_some()
        && origin.is_some_and(|origin| origin.is_ok_and(|origin| origin.is_loopback()));
    is_unused
        .then_some("the proxy is not used: the CRM's address is this machine itself, which is asked directly")
}

/// How the CRM of a profile is reached.
pub fn options(setup: &Setup, profile: &Profile) -> HubSpotOptions {
    let base_url = profile
        .base_url
        .clone()
        .unwrap_or_else(|| DEFAULT_BASE_URL.to_owned());
    HubSpotOptions {
        transport: TransportOptions {
            // Writing `http://` into the profile is the asking; that it is loopback is checked there.
            allow_loopback_http: base_url.starts_with("http://"),
            proxy: profile
                .proxy
                .clone()
                .map_or(Proxying::Environment, Proxying::Through),
            ca_file: profile.ca_file.clone(),
            sharing: Some(Sharing {
                users: setup.settings.sync.users.max(1),
                ..Sharing::default()
            }),
            writing: setup.write_permit().ok(),
            ..TransportOptions::default()
        },
        base_url,
        key: setup.mapping.outbox.key.clone(),
        ..HubSpotOptions::default()
    }
}
