//! Making the property that holds a key of ours, for a portal that does not have it yet.

use serde::Deserialize;
use serde_json::json;

use super::{HubSpot, get, wire};
use crate::crm::CrmError;
use crate::crm::transport::{Outcome, Request};
use crate::domain::outbox::WritePermit;
use crate::domain::record::Kind;

/// What people read above the property.
const LABEL: &str = "Key of retain";

/// Where a property stands among the others: a new one needs a group that is there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(default)]
    group_name: Option<String>,
}

impl HubSpot {
    /// Adds a text property with unique values to a kind. HubSpot makes values unique only on new properties, so
    /// that one of this name must not be there. An error means that it surely was not added; the inner one says why nobody
    /// knows.
    pub async fn make_key(
        &self,
        permit: WritePermit,
        kind: Kind,
        name: &str,
    ) -> Result<Result<(), String>, CrmError> {
        let path = self.inner.paths.properties(kind);
        let read = |body: &[u8]| wire::parse::<wire::Listing<Place>>(body);
        let there = self
            .inner
            .transport
            .send(&get(path.clone(), Vec::new()), read)
            .await?;
        let group = there.results.0.into_iter().find_map(|place| place.group_name);
        let body = json!({
            "name": name,
            "label": LABEL,
            "groupName": group,
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": true,
        });
        let request = Request::Write {
            path,
            body: body.to_string().into_bytes(),
            permit,
        };
        match self.inner.transport.write(&request, |_| Ok(())).await? {
            Outcome::Done(()) => Ok(Ok(())),
            Outcome::Refused { status, said } => Err(CrmError::Refused {
                request: request.name(),
                status,
                message: said,
            }),
            Outcome::Unclear { why } => Ok(Err(why)),
        }
    }
}
