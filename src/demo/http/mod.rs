//! HubSpot's API over a portal: the table of paths, what they share, and nothing about what the book holds.

mod associations;
mod batch;
mod error;
mod objects;
mod page;
mod search;
mod settings;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) use error::Refusal;
pub(super) use page::PAGES;

use super::limits::Meter;
use super::portal::query::Kept;
use super::portal::{ObjectType, Portal, instant};

/// Dated versions of the API that are served.
const VERSIONS: [&str; 3] = ["2026-09", "2026-03", "2025-09"];
/// As many results as one search can reach in HubSpot.
const WALL: usize = 10_000;

/// What every handler sees.
pub(super) struct Served {
    /// The portal.
    pub portal: Mutex<Portal>,
    /// Results of the last searches.
    pub kept: Mutex<Kept>,
    /// Counts of requests.
    pub meter: Mutex<Meter>,
    /// As many results as one search can reach; `None` is HubSpot's own wall.
    pub wall: Mutex<Option<usize>>,
}

type State = axum::extract::State<Arc<Served>>;
type Params = axum::extract::Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Refusal>;

/// Locks; a panic elsewhere does not matter here, because no change of a portal is left half done.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every path that is served, in its dated and in its older form.
pub(super) fn router(served: Arc<Served>) -> Router {
    let mut router = Router::new()
        .nest("/crm/v3/objects", objects())
        .nest("/crm/v4/objects", links())
        .nest(
            "/crm/v4/associations",
            Router::new().route(READ_LINKS, post(associations::read_numbers)),
        )
        .nest("/crm/v3/owners", owners())
        .route(
            "/crm/v3/properties/{kind}",
            get(settings::properties).post(settings::add_property),
        )
        .route("/crm/v3/pipelines/{kind}", get(settings::pipelines))
        .route("/account-info/v3/details", get(settings::details))
        .route(
            &format!("{PAGES}{{portal}}/record/{{kind}}/{{id}}"),
            get(page::record),
        )
        .route(
            "/account-info/v3/api-usage/daily/private-apps",
            get(settings::usage),
        );
    for version in VERSIONS {
        router = router
            .nest(&format!("/crm/objects/{version}"), objects().merge(links()))
            .nest(
                &format!("/crm/associations/{version}"),
                Router::new().route(READ_LINKS, post(associations::read)),
            )
            .nest(&format!("/crm/owners/{version}"), owners())
            .route(&format!("/crm/owners/{version}/"), get(settings::owners))
            .route(
                &format!("/crm/properties/{version}/{{kind}}"),
                get(settings::properties).post(settings::add_property),
            )
            .route(
                &format!("/crm/pipelines/{version}/{{kind}}"),
                get(settings::pipelines),
            )
            .route(
                &format!("/account-info/{version}/details"),
                get(settings::details),
            )
            .route(
                &format!("/account-info/{version}/api-usage/daily/private-apps"),
                get(settings::usage),
            );
    }
    router.fallback(async || Refusal::not_found()).with_state(served)
}

const READ_LINKS: &str = "/{from}/{to}/batch/read";

fn objects() -> Router<Arc<Served>> {
    Router::new()
        .route("/{kind}", get(objects::list).post(objects::create))
        .route(
            "/{kind}/{id}",
            get(objects::get).patch(objects::update).delete(objects::archive),
        )
        .route("/{kind}/search", post(search::search))
        .route("/{kind}/batch/read", post(batch::read))
        .route("/{kind}/batch/create", post(batch::create))
        .route("/{kind}/batch/update", post(batch::update))
        .route("/{kind}/batch/upsert", post(batch::upsert))
        .route("/{kind}/batch/archive", post(batch::archive))
}

fn links() -> Router<Arc<Served>> {
    Router::new().route(
        "/{from}/{from_id}/associations/default/{to}/{to_id}",
        put(associations::put_default),
    )
}

fn owners() -> Router<Arc<Served>> {
    Router::new().route("/", get(settings::owners))
}

impl IntoResponse for Refusal {
    /// Without a body yet: the server writes it, because it knows the request's number.
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self);
        response
    }
}

/// A JSON answer.
fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(body).map_err(|error| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_ERROR",
            error.to_string(),
        )
    })?;
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json;charset=utf-8"),
    );
    Ok(response)
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The kind that a path names, if the key may read it.
fn readable(portal: &Portal, kind: &str) -> Result<ObjectType, Refusal> {
    let kind = ObjectType::parse(kind)
        .ok_or_else(|| Refusal::invalid(format!("Unable to infer object type from: {kind}")))?;
    for scope in kind.read_scopes() {
        allowed(portal, scope)?;
    }
    Ok(kind)
}

/// The kind that a path names, if the key may write it.
fn writable(portal: &Portal, kind: &str) -> Result<ObjectType, Refusal> {
    let kind = readable(portal, kind)?;
    allowed(portal, kind.write_scope())?;
    Ok(kind)
}

fn allowed(portal: &Portal, scope: &str) -> Result<(), Refusal> {
    if portal.missing_scopes.contains(scope) {
        return Err(Refusal::missing_scope(scope));
    }
    Ok(())
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(format!("Invalid input JSON: {error}")))
}

fn param<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// A list that comes repeated, with commas, or both.
fn list_param(params: &[(String, String)], name: &str) -> Vec<String> {
    params
        .iter()
        .filter(|(key, _)| key == name)
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn limit_param(params: &[(String, String)], default: usize, most: usize) -> Result<usize, Refusal> {
    let Some(text) = param(params, "limit") else {
        return Ok(default);
    };
    match text.parse() {
        Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Refusal::invalid(format!(
            "limit must be between 1 and {most}, but was {text}"
        ))),
    }
}

fn wants_archived(params: &[(String, String)]) -> bool {
    param(params, "archived").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn id_of(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found())
}

#[derive(Serialize)]
struct Paging {
    next: Next,
}

#[derive(Serialize)]
struct Next {
    after: String,
}

impl Paging {
    fn after(after: u64) -> Self {
        Self {
            next: Next {
                after: after.to_string(),
            },
        }
    }
}

/// The frame of every batch's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchAnswer<T> {
    status: &'static str,
    results: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_errors: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<serde_json::Value>,
    started_at: String,
    completed_at: String,
}

impl<T: Serialize> BatchAnswer<T> {
    fn send(results: Vec<T>, errors: Vec<serde_json::Value>, good: StatusCode, now: i64) -> Answer {
        let status = if errors.is_empty() {
            good
        } else {
            StatusCode::MULTI_STATUS
        };
        let answer = Self {
            status: "COMPLETE",
            results,
            num_errors: (!errors.is_empty()).then_some(errors.len()),
            errors,
            started_at: instant(now),
            completed_at: instant(now),
        };
        json(status, &answer)
    }
}
