//! Search: HubSpot's rules on its body, and one page of what the portal finds.

use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::demo::portal::query::{Filter, Query, Test};

use super::wire::{Out, Wanted};
use super::{Answer, Paging, Refusal, State, WALL, json, lock, parsed, readable};

const LONGEST_BODY: usize = 3_000;
const MOST: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Asked {
    filter_groups: Vec<AskedGroup>,
    filters: Vec<AskedFilter>,
    sorts: Vec<Value>,
    query: String,
    properties: Vec<String>,
    limit: Option<i64>,
    after: Option<Value>,
}

#[derive(Deserialize)]
struct AskedGroup {
    filters: Vec<AskedFilter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedFilter {
    property_name: String,
    operator: String,
    value: Option<Value>,
    high_value: Option<Value>,
    values: Option<Vec<Value>>,
}

#[derive(Serialize)]
struct Found<'a> {
    total: usize,
    results: Vec<Out<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<Paging>,
}

/// `POST /{kind}/search`
pub(super) async fn search(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    if String::from_utf8_lossy(&body).chars().count() > LONGEST_BODY {
        return Err(Refusal::invalid("The request is longer than 3000 characters"));
    }
    let asked: Asked = parsed(&body)?;
    let wall = lock(&served.wall).unwrap_or(WALL);
    let (first, limit) = page(&asked, wall)?;
    let wanted = Wanted::new(&portal, kind, &asked.properties, Vec::new());
    let query = query(asked)?;
    let ids = lock(&served.kept).run(&portal, kind, &query);
    let end = (first + limit).min(ids.len());
    // The page is cut from what the index knows; what was deleted since is simply not there.
    let results = ids[first.min(end)..end]
        .iter()
        .filter_map(|id| portal.row(kind, *id))
        .map(|row| Out {
            portal: &portal,
            kind,
            row,
            wanted: &wanted,
            linked: &[],
            new: None,
            trace: None,
        })
        .collect();
    let paging = (end < ids.len()).then(|| Paging::after(end as u64));
    let total = ids.len();
    json(
        StatusCode::OK,
        &Found {
            total,
            results,
            paging,
        },
    )
}

fn page(asked: &Asked, wall: usize) -> Result<(usize, usize), Refusal> {
    let limit = match asked.limit {
        None => 10,
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| {
                Refusal::invalid(format!("limit must be between 1 and {MOST}, but was {limit}"))
            })?,
    };
    let first = match &asked.after {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) if text.is_empty() => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_u64().map(|number| number as usize),
    };
    let first: usize = first.ok_or_else(|| Refusal::invalid("after must be a number"))?;
    if first + limit > wall {
        return Err(Refusal::invalid(format!(
            "The maximum number of results for a search is {wall}. after and limit reach beyond it."
        )));
    }
    Ok((first, limit))
}

fn query(asked: Asked) -> Result<Query, Refusal> {
    let mut groups = asked.filter_groups;
    if !asked.filters.is_empty() {
        groups.push(AskedGroup {
            filters: asked.filters,
        });
    }
    let all: usize = groups.iter().map(|group| group.filters.len()).sum();
    if groups.len() > 5 || all > 18 || groups.iter().any(|group| group.filters.len() > 6) {
        return Err(Refusal::invalid(
            "There are too many filters: at most 5 groups with 6 filters each and 18 in all",
        ));
    }
    if asked.sorts.len() > 1 {
        return Err(Refusal::invalid("Only one sort is allowed"));
    }
    let groups = groups
        .into_iter()
        .map(|group| group.filters.into_iter().map(filter).collect())
        .collect::<Result<_, _>>()?;
    let sort = asked.sorts.first().map(sort).transpose()?;
    Ok(Query {
        groups,
        sort,
        text: asked.query,
    })
}

fn sort(sort: &Value) -> Result<(String, bool), Refusal> {
    if let Some(text) = sort.as_str() {
        let name = text.trim_start_matches('-');
        return Ok((name.to_owned(), text.starts_with('-')));
    }
    let name = sort["propertyName"].as_str();
    let name = name.ok_or_else(|| Refusal::invalid("A sort needs a propertyName"))?;
    let descending = match sort["direction"].as_str() {
        None | Some("ASCENDING") => false,
        Some("DESCENDING") => true,
        Some(other) => return Err(Refusal::invalid(format!("Unknown direction {other}"))),
    };
    Ok((name.to_owned(), descending))
}

fn filter(asked: AskedFilter) -> Result<Filter, Refusal> {
    let AskedFilter {
        property_name,
        operator,
        value,
        high_value,
        values,
    } = asked;
    let need = |value: Option<Value>| {
        let value = value.map(text);
        value.ok_or_else(|| Refusal::invalid(format!("{operator} on {property_name} needs a value")))
    };
    let many = |values: Option<Vec<Value>>| match values {
        Some(values) if !values.is_empty() => Ok(values.into_iter().map(text).collect()),
        _ => Err(Refusal::invalid(format!(
            "{operator} on {property_name} needs values"
        ))),
    };
    let test = match operator.as_str() {
        "EQ" => Test::Eq(need(value)?),
        "NEQ" => Test::Neq(need(value)?),
        "LT" => Test::Lt(need(value)?),
        "LTE" => Test::Lte(need(value)?),
        "GT" => Test::Gt(need(value)?),
        "GTE" => Test::Gte(need(value)?),
        "BETWEEN" => Test::Between(need(value)?, need(high_value)?),
        "IN" => Test::In(many(values)?),
        "NOT_IN" => Test::NotIn(many(values)?),
        "HAS_PROPERTY" => Test::Has,
        "NOT_HAS_PROPERTY" => Test::HasNot,
        "CONTAINS_TOKEN" => Test::Token(need(value)?),
        "NOT_CONTAINS_TOKEN" => Test::NotToken(need(value)?),
        other => return Err(Refusal::invalid(format!("Unknown operator {other}"))),
    };
    Ok(Filter {
        property: property_name,
        test,
    })
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
