//! The one origin that is ever asked: scheme, host and port of the configured address.

use std::net::IpAddr;

use reqwest::Url;

use crate::crm::CrmError;

/// Scheme, host and port, and the path in front of every request (empty but behind a gateway).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    base: Url,
}

impl Origin {
    /// Reads an address. `https` to anywhere; `http` only to loopback, and only when allowed.
    pub fn parse(address: &str, allow_loopback_http: bool) -> Result<Self, CrmError> {
        let refuse = |why: &str| {
            Err(CrmError::Setup(format!(
                "the CRM's address cannot be used: {why}"
            )))
        };
        let Ok(base) = Url::parse(address.trim()) else {
            return refuse("it is not an address like https://api.example.com");
        };
        if !base.username().is_empty() || base.password().is_some() {
            return refuse("it must not contain a user name or password");
        }
        if base.query().is_some() || base.fragment().is_some() {
            return refuse("it must end after the host or path, without ? and #");
        }
        match base.scheme() {
            "https" if base.host_str().is_some_and(|host| !host.is_empty()) => Ok(Self { base }),
            "http" if !is_loopback(&base) => refuse("http is allowed to this machine itself only; use https"),
            "http" if !allow_loopback_http => refuse("http needs to be allowed explicitly, even on loopback"),
            "http" => Ok(Self { base }),
            _ => refuse("it must begin with https://"),
        }
    }

    /// The full address of a request. A path that would lead to another origin is refused.
    pub fn url(&self, path: &str, query: &[(&str, String)]) -> Result<Url, CrmError> {
        let outside =
            || CrmError::Setup("a request outside the configured CRM address was refused".to_owned());
        if !path.starts_with('/') || path.starts_with("//") || path.contains(['\\', '?', '#']) {
            return Err(outside());
        }
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if self.holds(&url) { Ok(url) } else { Err(outside()) }
    }

    /// Whether an address has this scheme, host and port.
    pub fn holds(&self, url: &Url) -> bool {
        url.scheme() == self.base.scheme()
            && url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none()
    }

    /// The whole address as it was configured: there is no secret in it.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// Whether the CRM runs on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Whether the way is encrypted.
    pub fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.base.origin().ascii_serialization())
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn http_goes_to_loopback_only_and_only_when_asked() {
        for address in [
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost:9",
            "http://127.1",
        ] {
            assert!(Origin::parse(address, true).is_ok(), "{address}");
            assert!(Origin::parse(address, false).is_err(), "{address}");
        }
        for address in [
            "http://api.hubapi.com",
            "http://127.0.0.1.example.com",
            "http://10.0.0.1",
            "http://[::2]",
            "http://localhost.example.com",
            "http://0.0.0.0:80",
            "http://[::ffff:10.0.0.1]",
        ] {
            assert!(Origin::parse(address, true).is_err(), "{address}");
        }
    }

    #[test]
    fn addresses_that_hide_something_are_refused() {
        for address in [
            "",
            "api.hubapi.com",
            "ftp://api.hubapi.com",
            "file:///etc/passwd",
            "https://",
            "https://user@api.hubapi.com",
            "https://user:secret@api.hubapi.com",
            "https://api.hubapi.com/?x=1",
            "https://api.hubapi.com/#x",
            "javascript:alert(1)",
        ] {
            let error = Origin::parse(address, true).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn no_path_leads_elsewhere() {
        let origin = Origin::parse("https://api.example.com", false).unwrap();
        for path in [
            "//evil.example",
            "https://evil.example/",
            "@evil.example",
            "\\\\evil.example",
            "/\\evil.example",
            "",
            "x",
            "/a?b",
            "/a#b",
        ] {
            assert!(origin.url(path, &[]).is_err(), "{path}");
        }
        let url = origin.url("/crm/../a b", &[("q", "a&b=c".to_owned())]).unwrap();
        assert_eq!(url.as_str(), "https://api.example.com/a%20b?q=a%26b%3Dc");
    }

    #[test]
    fn scheme_host_and_port_are_compared() {
        let origin = Origin::parse("https://api.example.com", false).unwrap();
        let holds = |address: &str| origin.holds(&Url::parse(address).unwrap());
        assert!(holds("https://api.example.com/x?y"));
        assert!(holds("https://API.example.com:443/"));
        for other in [
            "http://api.example.com/",
            "https://api.example.com:8443/",
            "https://api.example.com.evil.example/",
            "https://evil.example/",
            "https://api.example.com@evil.example/",
            "https://u@api.example.com/",
        ] {
            assert!(!holds(other), "{other}");
        }
    }

    #[test]
    fn a_path_in_front_is_kept() {
        let origin = Origin::parse("https://gateway.example/hubspot/", false).unwrap();
        let url = origin.url("/crm/x", &[]).unwrap();
        assert_eq!(url.as_str(), "https://gateway.example/hubspot/crm/x");
        assert_eq!(origin.to_string(), "https://gateway.example");
    }
}
