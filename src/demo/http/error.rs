//! HubSpot's error bodies.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::demo::portal::Refused;

/// An answer that is not the one that was hoped for.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// HTTP status.
    pub status: StatusCode,
    body: Value,
}

impl Refusal {
    /// An error with a category and a message.
    pub fn new(status: StatusCode, category: &str, message: impl Into<String>) -> Self {
        let body = json!({"status": "error", "message": message.into(), "category": category});
        Self { status, body }
    }

    /// 400 VALIDATION_ERROR.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    /// 404 for a record, or for anything else that is not there.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", "resource not found")
    }

    /// 401.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
    }

    /// 403: the key lacks a scope.
    pub fn missing_scope(scope: &str) -> Self {
        let message = "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.";
        let mut refusal = Self::new(StatusCode::FORBIDDEN, "MISSING_SCOPES", message);
        refusal.body["errors"] = json!([{
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": [scope]},
        }]);
        refusal.body["links"] = json!({"scopes": "https://developers.hubspot.com/scopes"});
        refusal
    }

    /// 429 by a policy.
    pub fn rate_limited(policy: &str) -> Self {
        let message = match policy {
            "SECONDLY" => "You have reached your secondly limit.",
            "DAILY" => "You have reached your daily limit.",
            _ => "You have reached your ten_secondly_rolling limit.",
        };
        let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITS", message);
        refusal.body["errorType"] = json!("RATE_LIMIT");
        refusal.body["policyName"] = json!(policy);
        refusal
    }

    /// An error of the server or of what stands before it.
    pub fn of_status(status: u16) -> Self {
        let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match status {
            401 => Self::unauthorized(),
            403 => Self::missing_scope("crm.objects.companies.read"),
            429 => Self::rate_limited("TEN_SECONDLY_ROLLING"),
            _ => Self::new(code, "INTERNAL_ERROR", "internal error"),
        }
    }

    /// The body with its correlation id.
    pub fn body(mut self, correlation: &str) -> Value {
        self.body["correlationId"] = json!(correlation);
        self.body
    }

    /// Category and message, for an error inside a batch.
    pub fn in_batch(&self, context: &Value) -> Value {
        json!({
            "status": "error",
            "category": self.body["category"],
            "message": self.body["message"],
            "context": context,
        })
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::not_found(),
            Refused::ReadOnly => Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "This object type cannot be written through the API.",
            ),
            Refused::Taken(id) => Self::new(
                StatusCode::CONFLICT,
                "CONFLICT",
                format!("Contact already exists. Existing ID: {id}"),
            ),
            Refused::Missing(names) => {
                let mut refusal = Self::invalid(format!(
                    "Error creating object. Some required properties were not set: {}",
                    names.join(", ")
                ));
                refusal.body["errors"] = json!([{
                    "message": "Some required properties were not set.",
                    "code": "REQUIRED_PROPERTIES_MISSING",
                    "context": {"properties": names},
                }]);
                refusal
            }
            Refused::Invalid(wrong) => {
                let told: Vec<Value> = wrong
                    .iter()
                    .map(|(name, code, message)| {
                        json!({"isValid": false, "message": message, "error": code, "name": name})
                    })
                    .collect();
                let mut refusal =
                    Self::invalid(format!("Property values were not valid: {}", Value::Array(told)));
                refusal.body["errors"] = wrong
                    .into_iter()
                    .map(|(name, code, message)| {
                        json!({"message": message, "code": code, "context": {"propertyName": [name]}})
                    })
                    .collect();
                refusal
            }
        }
    }
}
