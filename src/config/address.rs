//! Whether the address of a profile's CRM can be one. Its parts are read again, and for good, where
//! requests are made; here a person learns of a slip together with its line.

use std::net::IpAddr;

use super::diagnostic::Diagnostic;
use super::settings::Settings;
use super::tree::Node;

/// Complains about each `base_url` that cannot be one. It stays in force: another address, even the vendor's own,
/// must not get the token instead.
pub(super) fn check(settings: &Settings, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for (name, profile) in &settings.profiles {
        let Some(wrong) = profile.base_url.as_deref().and_then(complaint) else {
            continue;
        };
        if let Some(node) = tree.at(&["profiles", name, "base_url"]) {
            let hint = "write an address like https://api.example.com".to_owned();
            diagnostics.push(
                node.place
                    .diagnostic(format!("`base_url` cannot be used: {wrong}"), Some(hint)),
            );
        }
    }
}

/// What is wrong with an address, if anything.
fn complaint(address: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = address.trim().split_once("://") else {
        return Some("it does not begin with https://");
    };
    if !matches!(scheme, "https" | "http") {
        return Some("it does not begin with https://");
    }
    if rest.contains(['?', '#']) {
        return Some("it goes on with ? or #");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return Some("it contains a user name or password");
    }
    let (host, port) = parts(authority);
    if host.is_empty()
        || host.contains(|letter: char| letter.is_whitespace() || "\\\"<>[]^`{|}".contains(letter))
    {
        return Some("it names no host");
    }
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Some("its port is not a number from 1 to 65535");
    }
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
    (scheme == "http" && !is_loopback).then_some("http is allowed to this machine itself only")
}

/// Host and port; an IPv6 address stands in brackets.
fn parts(authority: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    authority
        .rsplit_once(':')
        .map_or((authority, None), |(host, port)| (host, Some(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_one_is_refused_with_the_reason() {
        for good in [
            "https://api.example.com",
            "https://api.example.com/",
            "https://gateway.example/crm:8443",
            "http://127.0.0.1:40005",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert_eq!(complaint(good), None, "{good}");
        }
        for (bad, why) in [
            ("api.example.com", "begin with https://"),
            ("ftp://api.example.com", "begin with https://"),
            ("https://", "no host"),
            ("https://:443", "no host"),
            ("https://api example.com", "no host"),
            ("https://api.example.com:99999", "65535"),
            ("https://api.example.com:x", "65535"),
            ("https://me:pw@api.example.com", "password"),
            ("https://api.example.com?x=1", "? or #"),
            ("http://api.example.com", "this machine"),
        ] {
            assert!(complaint(bad).is_some_and(|found| found.contains(why)), "{bad}");
        }
    }
}
