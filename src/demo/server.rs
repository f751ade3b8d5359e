//! The server itself: connections, the token, the limits, and the faults around the API.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::connection::{self, Ending};
use super::faults::{Draws, Effect, Faults, RetryAfter};
use super::http::{PAGES, Refusal, Served, lock, router};
use super::limits::{Exceeded, Meter, PER_DAY, PER_TEN_SECONDS, Peaks};
use super::portal::Portal;
use super::{DemoOptions, book};

const LARGEST_REQUEST: usize = 10 * 1024 * 1024;

/// Why the server cannot be started.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The port cannot be listened on.
    #[error("cannot listen on 127.0.0.1:{0}: {1}")]
    Listen(u16, std::io::Error),
    /// The first line cannot be printed.
    #[error("cannot print the address: {0}")]
    Print(std::io::Error),
}

/// One request as it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// The query, empty without one.
    pub query: String,
    /// Status of the answer; 0 when the connection was reset before it.
    pub status: u16,
    /// The app that asked: what follows the portal's token after `-`, empty for the token itself.
    pub app: String,
}

/// A running server; it ends when this is dropped.
pub struct DemoServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The token that it accepts.
    pub token: String,
    /// HubSpot's id of the portal.
    pub portal: u64,
    /// E-mail address of the CSM whose book it is.
    pub me: &'static str,
    front: Arc<Front>,
    accepting: JoinHandle<()>,
}

impl std::fmt::Debug for DemoServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoServer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// What stands in front of the API.
pub(super) struct Front {
    served: Arc<Served>,
    router: Router,
    token: String,
    limits: bool,
    seed: u64,
    count: AtomicU64,
    draws: Mutex<Draws>,
    log: Mutex<Vec<Logged>>,
    steps: AtomicU64,
}

/// Starts a server on the current tokio runtime.
pub async fn start(options: DemoOptions) -> Result<DemoServer, DemoError> {
    let listen = |error| DemoError::Listen(options.port, error);
    let listener = TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let portal = book::fill(&options);
    let portal_id = portal.id;
    let token = options.token.clone().unwrap_or_else(|| book::token(options.seed));
    let served = Arc::new(Served {
        portal: Mutex::new(portal),
        kept: Mutex::default(),
        meter: Mutex::new(Meter::default()),
        wall: Mutex::new(options.faults.wall),
    });
    let front = Arc::new(Front {
        router: router(served.clone()),
        served,
        token: token.clone(),
        limits: options.limits,
        seed: options.seed,
        count: AtomicU64::new(0),
        draws: Mutex::new(Draws::new(options.faults)),
        log: Mutex::default(),
        steps: AtomicU64::new(0),
    });
    let accepting = tokio::spawn(connection::accept(listener, front.clone()));
    Ok(DemoServer {
        address,
        token,
        portal: portal_id,
        me: book::ME,
        front,
        accepting,
    })
}

impl DemoServer {
    /// The origin to put in front of paths, e.g. `http://127.0.0.1:4711`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Logged> {
        lock(&self.front.log).clone()
    }

    /// Looks at or changes the portal between requests, as colleagues in the CRM would.
    pub fn with_portal<R>(&self, work: impl FnOnce(&mut Portal) -> R) -> R {
        work(&mut lock(&self.front.served.portal))
    }

    /// Lets the world move by one step, and says what happened. The steps from the same portal and seed are the same.
    pub fn step(&self) -> String {
        let number = self.front.steps.fetch_add(1, Ordering::Relaxed);
        self.with_portal(|portal| book::step(portal, self.front.seed, number))
    }

    /// Replaces the faults; what they did to properties, records and texts stays done.
    pub fn set_faults(&self, faults: Faults) {
        book::spoil(&mut lock(&self.front.served.portal), &faults);
        *lock(&self.front.served.wall) = faults.wall;
        *lock(&self.front.draws) = Draws::new(faults);
    }

    /// The highest rates so far.
    pub fn peaks(&self) -> Peaks {
        lock(&self.front.served.meter).peaks()
    }

    /// Ends the server and all its connections.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // An aborted task answers with an error: that is the end that was asked for.
        (&mut self.accepting).await.ok();
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Front {
    /// Answers one request; an error resets the connection.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        ending: Arc<Ending>,
    ) -> Result<Response<Body>, Reset> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let path = request.uri().path().to_owned();
        let mut logged = Logged {
            method: request.method().to_string(),
            path: path.clone(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            status: 0,
            app: String::new(),
        };
        let (effect, latency) = {
            let mut draws = lock(&self.draws);
            (draws.draw(number, &path), draws.faults().latency)
        };
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let outcome = self.handle(request, effect, number, &mut logged.app).await;
        let outcome = match outcome {
            Ok(response) => connection::spoil(response, effect, &ending).await,
            Err(reset) => Err(reset),
        };
        logged.status = outcome.as_ref().map_or(0, |response| response.status().as_u16());
        lock(&self.log).push(logged);
        outcome
    }

    async fn handle(
        &self,
        request: Request<Incoming>,
        effect: Option<Effect>,
        number: u64,
        app: &mut String,
    ) -> Result<Response<Body>, Reset> {
        if effect == Some(Effect::ResetBefore) {
            return Err(Reset);
        }
        if request.uri().path().starts_with(PAGES) {
            return self.route(request).await;
        }
        let search = request.uri().path().ends_with("/search");
        let mut response = match self.admit(request.headers(), search, effect, app) {
            Ok(()) => match (self.route(request).await?, effect) {
                (_, Some(Effect::StatusCommitted(status))) => {
                    axum::response::IntoResponse::into_response(Refusal::of_status(status))
                }
                (response, _) => response,
            },
            Err(refusal) => axum::response::IntoResponse::into_response(refusal),
        };
        if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
            let body = refusal.body(&book::uuid(self.seed, number)).to_string();
            *response.body_mut() = Body::from(body);
            // The router counted the empty body.
            response.headers_mut().remove(header::CONTENT_LENGTH);
            let json = HeaderValue::from_static("application/json;charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        if let Some(Effect::Status(_, after)) = effect {
            self.retry_after(&mut response, after);
        }
        self.add_headers(&mut response, search, app);
        if effect == Some(Effect::ResetCommitted) {
            return Err(Reset);
        }
        Ok(response)
    }

    /// The token, the limits and a drawn refusal, in HubSpot's order.
    fn admit(
        &self,
        headers: &HeaderMap,
        search: bool,
        effect: Option<Effect>,
        app: &mut String,
    ) -> Result<(), Refusal> {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let given = given
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        match given.strip_prefix(self.token.as_str()) {
            Some("") => {}
            Some(rest) if rest.len() > 1 && rest.starts_with('-') => rest[1..].clone_into(app),
            _ => return Err(Refusal::unauthorized()),
        }
        let counted = lock(&self.served.meter).count(app, search, Instant::now(), self.limits);
        match counted {
            Err(Exceeded::TenSeconds) => return Err(Refusal::rate_limited("TEN_SECONDLY_ROLLING")),
            Err(Exceeded::Second) => return Err(Refusal::rate_limited("SECONDLY")),
            Ok(()) => {}
        }
        match effect {
            Some(Effect::Status(status, _)) => Err(Refusal::of_status(status)),
            _ => Ok(()),
        }
    }

    async fn route(&self, request: Request<Incoming>) -> Result<Response<Body>, Reset> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(Body::new(body), LARGEST_REQUEST)
            .await
            .map_err(|_| Reset)?;
        let service = TowerToHyperService::new(self.router.clone());
        let response = service.call(Request::from_parts(parts, Body::from(body))).await;
        response.map_err(|never| match never {})
    }

    fn retry_after(&self, response: &mut Response<Body>, after: RetryAfter) {
        let value = match after {
            RetryAfter::Absent => return,
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::Date => {
                let at = lock(&self.served.portal).now() + 2_000;
                httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_millis(at as u64))
            }
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }

    /// The portal's date, and the rate headers, which searches do not have. Without limits there are none: a
    /// client that keeps to what they say would hold itself back.
    fn add_headers(&self, response: &mut Response<Body>, search: bool, app: &str) {
        let now = lock(&self.served.portal).now();
        let date =
            httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_millis(now as u64));
        let headers = response.headers_mut();
        if let Ok(date) = HeaderValue::from_str(&date) {
            headers.insert(header::DATE, date);
        }
        if search || !self.limits || response.status() == StatusCode::UNAUTHORIZED {
            return;
        }
        let meter = lock(&self.served.meter);
        let rates = [
            ("x-hubspot-ratelimit-max", PER_TEN_SECONDS as u64),
            ("x-hubspot-ratelimit-remaining", meter.remaining(app) as u64),
            ("x-hubspot-ratelimit-interval-milliseconds", 10_000),
            ("x-hubspot-ratelimit-daily", PER_DAY),
            (
                "x-hubspot-ratelimit-daily-remaining",
                PER_DAY.saturating_sub(meter.today()),
            ),
        ];
        for (name, value) in rates {
            response.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
}

/// The connection is to be reset without an answer.
#[derive(Debug, Error)]
#[error("reset on purpose")]
pub(super) struct Reset;
