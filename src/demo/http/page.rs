//! A plain page of a record, so that a link to the made-up CRM leads somewhere. A browser has no token, and the book is
//! made up: it is served to whoever asks on this machine.

use std::fmt::Write;

use axum::extract::{Path, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::demo::portal::{ObjectType, Portal};

use super::{State, lock};

/// Where the pages are; nothing of the API is there.
pub(in crate::demo) const PAGES: &str = "/contacts/";

/// `GET /contacts/{portal}/record/{kind}/{id}`
pub(super) async fn record(
    Extract(served): State,
    Path((portal_id, kind, id)): Path<(u64, String, u64)>,
) -> Response {
    let portal = lock(&served.portal);
    let page = ObjectType::parse(&kind)
        .filter(|_| portal.id == portal_id)
        .and_then(|kind| page(&portal, kind, id));
    let status = if page.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let page = page.unwrap_or_else(|| {
        "<!doctype html><title>Not found</title><p>The demo has no such record.".to_owned()
    });
    (status, [(header::CONTENT_TYPE, "text/html;charset=utf-8")], page).into_response()
}

fn page(portal: &Portal, kind: ObjectType, id: u64) -> Option<String> {
    portal.row(kind, id)?;
    let value = |name: &str| portal.value(kind, id, name).filter(|value| !value.is_empty());
    let title = value("name").unwrap_or_else(|| format!("{} {id}", kind.singular()));
    let title = escaped(&title);
    let mut page = format!(
        "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1>\n\
         <p>A made-up record of the demo, as its CRM has it now.</p>\n<table>\n"
    );
    for (_, property) in portal.schema.present(kind) {
        if let Some(value) = value(&property.name) {
            let _ = writeln!(
                page,
                "<tr><th align=left>{}<td>{}",
                escaped(property.label),
                escaped(&value)
            );
        }
    }
    page.push_str("</table>\n");
    Some(page)
}

/// Text that HTML shows as it is.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
