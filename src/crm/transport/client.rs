//! The HTTP client: TLS with ring, no redirects, no `Referer`, time and size limits, proxy, private CA.

use std::error::Error;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy, Response, redirect};

use super::options::{Proxying, TransportOptions};
use super::origin::Origin;
use crate::crm::CrmError;

/// Connections that are kept open.
const KEPT_OPEN: usize = 8;
/// How long an unused connection is kept.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// How often a connection that cannot be made is tried again.
const CONNECT_AGAIN: u32 = 2;

/// A client for this origin.
pub fn build(origin: &Origin, options: &TransportOptions) -> Result<Client, CrmError> {
    // Already installed means that it was this one: no other provider is compiled in.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("retain/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .http1_only()
        .https_only(origin.is_https())
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.read_timeout)
        .timeout(options.total_timeout)
        .pool_max_idle_per_host(KEPT_OPEN)
        .pool_idle_timeout(KEPT_FOR);
    let builder = with_proxy(builder, origin, &options.proxy, &|name| std::env::var(name).ok())?;
    with_roots(builder, origin, options)?
        .build()
        .map_err(|error| CrmError::Setup(format!("TLS cannot be set up: {}", root_cause(&error))))
}

fn with_roots(
    builder: ClientBuilder,
    origin: &Origin,
    options: &TransportOptions,
) -> Result<ClientBuilder, CrmError> {
    if !origin.is_https() {
        // Loads no certificates at all: quicker, and it works where the system has none.
        return Ok(builder.tls_certs_only([]));
    }
    let Some(path) = &options.ca_file else {
        return Ok(builder);
    };
    let unusable = |why: String| CrmError::Setup(format!("the CA file {} {why}", path.display()));
    let pem = std::fs::read(path).map_err(|error| unusable(format!("cannot be read: {error}")))?;
    let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if certificates.is_empty() {
        return Err(unusable("has no certificate in PEM form".to_owned()));
    }
    Ok(builder.tls_certs_merge(certificates))
}

fn with_proxy(
    builder: ClientBuilder,
    origin: &Origin,
    proxy: &Proxying,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<ClientBuilder, CrmError> {
    let direct = builder.no_proxy();
    if origin.is_loopback() {
        return Ok(direct);
    }
    let Some(address) = proxy_address(proxy, environment) else {
        return Ok(direct);
    };
    // The address may hold a password: it is not repeated.
    let proxy = Proxy::all(&address)
        .map_err(|_| CrmError::Setup("the proxy's address cannot be used".to_owned()))?
        .no_proxy(NoProxy::from_env());
    Ok(direct.proxy(proxy))
}

/// The proxy for the CRM, if any.
fn proxy_address(proxy: &Proxying, environment: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match proxy {
        Proxying::Off => None,
        Proxying::Through(address) => Some(address.clone()),
        Proxying::Environment => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .into_iter()
            .filter_map(environment)
            .find(|address| !address.trim().is_empty()),
    }
}

/// Why a body could not be read.
pub enum Broken {
    /// More came than is allowed.
    TooLarge,
    /// The connection ended.
    Lost(reqwest::Error),
}

/// Reads a body piece by piece, so that a compressed bomb is noticed before it fills the memory.
pub async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, Broken> {
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(Broken::TooLarge);
    }
    let mut body = Vec::with_capacity(announced as usize);
    while let Some(piece) = response.chunk().await.map_err(Broken::Lost)? {
        if body.len() + piece.len() > limit {
            return Err(Broken::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// What happened, in words and without addresses, and how often it is worth trying again.
pub fn explain(error: &reqwest::Error) -> (String, Option<u32>) {
    let cause = root_cause(error);
    if error.is_timeout() {
        ("no answer within the time allowed".to_owned(), Some(1))
    } else if is_tls(error) {
        (format!("the encrypted connection is refused: {cause}"), None)
    } else if error.is_connect() {
        (format!("no connection: {cause}"), Some(CONNECT_AGAIN))
    } else {
        (format!("the connection broke: {cause}"), Some(u32::MAX))
    }
}

fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Whether the certificate or the handshake is the reason: trying again would not help.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        let wrapped = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if current.is::<rustls::Error>()
            || wrapped.is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>)
        {
            return true;
        }
        cause = current.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_comes_from_the_settings_or_the_environment() {
        let environment = |name: &str| match name {
            "HTTPS_PROXY" => Some(String::new()),
            "ALL_PROXY" => Some("http://proxy.example:3128".to_owned()),
            _ => None,
        };
        let address = |proxy: &Proxying| proxy_address(proxy, &environment);
        assert_eq!(
            address(&Proxying::Environment).as_deref(),
            Some("http://proxy.example:3128")
        );
        assert_eq!(address(&Proxying::Off), None);
        assert_eq!(
            address(&Proxying::Through("http://p:1".into())).as_deref(),
            Some("http://p:1")
        );
        assert_eq!(proxy_address(&Proxying::Environment, &|_| None), None);
    }
}
