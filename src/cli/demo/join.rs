//! Whether a demo can be joined: asked before the cockpit opens, which would only say that it cannot sync.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::CliError;
use crate::cli::error::FailureKind;
use crate::crm::hubspot::{HubSpot, HubSpotOptions};
use crate::crm::transport::origin::Origin;
use crate::crm::transport::{Proxying, TransportOptions};
use crate::crm::{Crm, CrmError};
use crate::demo::PORTAL;

/// How long the demo may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// An error where no demo with this seed answers at this address.
pub fn check(address: &str, token: &str, seed: u64) -> Result<(), CliError> {
    let is_one = Origin::parse(address, true).is_ok_and(|origin| !origin.is_https());
    if !is_one {
        return Err(CliError::usage(format!("`{address}` is no address of a demo"))
            .hint("write http://127.0.0.1:PORT, with the port that `retain demo --port PORT` was given"));
    }
    let options = HubSpotOptions {
        base_url: address.to_owned(),
        transport: TransportOptions {
            allow_loopback_http: true,
            proxy: Proxying::Off,
            retries: 1,
            within: Some(PATIENCE),
            ..TransportOptions::default()
        },
        ..HubSpotOptions::default()
    };
    let token = token.to_owned();
    let crm = HubSpot::connect(options, Arc::new(move || Ok(token.clone())))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match runtime.block_on(crm.tenant()) {
        Ok(tenant) if tenant.id == PORTAL.to_string() => Ok(()),
        Err(CrmError::Authentication { .. }) => Err(CliError::usage(format!(
            "the demo at {address} has not the seed {seed}"
        ))
        .hint("give the seed that it was begun with: `--seed N`")),
        Err(error @ (CrmError::Unreachable { .. } | CrmError::Unanswered { .. })) => {
            let told = format!("no demo answers at {address}");
            Err(CliError::new(FailureKind::Unreachable, told)
                .because(&error)
                .hint("begin one there with `retain demo --port PORT`, and join it while it is open"))
        }
        _ => Err(CliError::usage(format!(
            "something answers at {address}, but it is no demo of retain"
        ))
        .hint("give the port that `retain demo --port PORT` was begun with")),
    }
}
