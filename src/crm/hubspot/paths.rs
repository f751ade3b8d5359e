//! HubSpot's addresses: of the API, in its dated and its older form, and of the web interface.

use crate::domain::record::{Kind, RecordId};

use super::kinds::shape;

/// The version of the dated API. HubSpot supports each for eighteen months.
const VERSION: &str = "2026-09";

/// Which family of paths is asked. The bodies are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paths {
    /// `/crm/objects/2026-09/…`
    #[default]
    Dated,
    /// `/crm/v3/objects/…` and `/crm/v4/associations/…`, for portals that are not ready for the dated ones.
    Classic,
}

impl Paths {
    fn crm(self, what: &str, classic: &str) -> String {
        match self {
            Self::Dated => format!("/crm/{what}/{VERSION}"),
            Self::Classic => format!("/crm/{classic}/{what}"),
        }
    }

    fn account_info(self) -> String {
        match self {
            Self::Dated => format!("/account-info/{VERSION}"),
            Self::Classic => "/account-info/v3".to_owned(),
        }
    }

    /// All records of a kind.
    pub fn objects(self, kind: Kind) -> String {
        format!("{}/{}", self.crm("objects", "v3"), shape(kind).plural)
    }

    /// Search of a kind.
    pub fn search(self, kind: Kind) -> String {
        format!("{}/search", self.objects(kind))
    }

    /// Records of a kind by id.
    pub fn batch_read(self, kind: Kind) -> String {
        format!("{}/batch/read", self.objects(kind))
    }

    /// New records of a kind.
    pub fn batch_create(self, kind: Kind) -> String {
        format!("{}/batch/create", self.objects(kind))
    }

    /// Changes of records of a kind.
    pub fn batch_update(self, kind: Kind) -> String {
        format!("{}/batch/update", self.objects(kind))
    }

    /// Archiving of records of a kind.
    pub fn batch_archive(self, kind: Kind) -> String {
        format!("{}/batch/archive", self.objects(kind))
    }

    /// Links from one kind to another.
    pub fn associations(self, from: Kind, to: Kind) -> String {
        let base = self.crm("associations", "v4");
        format!("{base}/{}/{}/batch/read", shape(from).plural, shape(to).plural)
    }

    /// The schema of a kind.
    pub fn properties(self, kind: Kind) -> String {
        format!("{}/{}", self.crm("properties", "v3"), shape(kind).plural)
    }

    /// The pipelines of a kind.
    pub fn pipelines(self, kind: Kind) -> String {
        format!("{}/{}", self.crm("pipelines", "v3"), shape(kind).plural)
    }

    /// Owners.
    pub fn owners(self) -> String {
        self.crm("owners", "v3")
    }

    /// The portal itself.
    pub fn details(self) -> String {
        format!("{}/details", self.account_info())
    }

    /// Calls made today.
    pub fn usage(self) -> String {
        format!("{}/api-usage/daily/private-apps", self.account_info())
    }
}

/// Base of the web interface, from what the portal says of itself; `None` if that is not a host name. A portal that has
/// its pages where its API is has them over the same protocol; `api` is that address.
pub fn web_base(ui_domain: &str, portal: &str, api: &str) -> Option<String> {
    let host = ui_domain
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    let same = api
        .strip_prefix("http://")
        .is_some_and(|rest| rest.trim_end_matches('/') == ui_domain);
    let scheme = if same { "http" } else { "https" };
    (host && !ui_domain.is_empty()).then(|| format!("{scheme}://{ui_domain}/contacts/{portal}"))
}

/// The page of a record in the web interface, from [`crate::crm::Tenant::web`].
pub fn record_link(web: &str, kind: Kind, id: &RecordId) -> Option<String> {
    let plain = !id.as_str().is_empty() && id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then(|| format!("{web}/record/{}/{id}", shape(kind).type_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://api.hubapi.com/";

    #[test]
    fn both_families_have_their_paths() {
        let cases = [
            (
                Paths::Dated.search(Kind::Contract),
                "/crm/objects/2026-09/deals/search",
            ),
            (
                Paths::Classic.search(Kind::Contract),
                "/crm/v3/objects/deals/search",
            ),
            (
                Paths::Dated.associations(Kind::Account, Kind::Contact),
                "/crm/associations/2026-09/companies/contacts/batch/read",
            ),
            (
                Paths::Classic.associations(Kind::Account, Kind::Contact),
                "/crm/v4/associations/companies/contacts/batch/read",
            ),
            (Paths::Dated.owners(), "/crm/owners/2026-09"),
            (Paths::Classic.properties(Kind::Task), "/crm/v3/properties/tasks"),
            (Paths::Dated.details(), "/account-info/2026-09/details"),
            (
                Paths::Classic.usage(),
                "/account-info/v3/api-usage/daily/private-apps",
            ),
        ];
        for (path, expected) in cases {
            assert_eq!(path, expected);
        }
    }

    #[test]
    fn links_lead_to_the_record_and_nowhere_else() {
        let web = web_base("app-eu1.hubspot.com", "62515", API).unwrap_or_default();
        let link = record_link(&web, Kind::Account, &RecordId::from("42"));
        assert_eq!(
            link.as_deref(),
            Some("https://app-eu1.hubspot.com/contacts/62515/record/0-2/42")
        );
        assert_eq!(web_base("evil.example/x?", "1", API), None);
        assert_eq!(
            web_base("127.0.0.1:4018", "1", "http://127.0.0.1:4018/").as_deref(),
            Some("http://127.0.0.1:4018/contacts/1")
        );
        assert_eq!(web_base("", "1", API), None);
        assert_eq!(record_link(&web, Kind::Account, &RecordId::from("../x")), None);
    }
}
