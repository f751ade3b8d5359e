//! A client that holds every answer against the document.

use reqwest::{Client, Method, Response};
use retain::demo::{DemoOptions, DemoServer, start};
use serde_json::Value;

use super::openapi::Document;

/// A portal with its server and a client that judges.
pub struct Desk {
    pub server: DemoServer,
    pub client: Client,
    document: Document,
}

/// Options of a small book at the usual present.
pub fn options() -> DemoOptions {
    DemoOptions {
        accounts: 12,
        ..DemoOptions::new("2026-11-23T08:50:00Z".parse().unwrap())
    }
}

/// A client for plain HTTP.
pub fn client() -> Client {
    // A second test in the same process finds the provider installed: that is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::new()
}

impl Desk {
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: DemoOptions) -> Self {
        Self {
            server: start(options).await.unwrap(),
            client: client(),
            document: Document::hubspot(),
        }
    }

    /// Sends a request without judging the answer.
    pub async fn send(&self, method: &str, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.server.url());
        let mut request = self.client.request(method, url).bearer_auth(&self.server.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    /// Sends a request, judges the answer, and gives status and body.
    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let bare = path.split('?').next().unwrap();
        let wrong = self.document.judge(method, bare, status, &text);
        assert!(
            wrong.is_empty(),
            "{method} {path} → {status}: {wrong:#?}\n{text:.600}"
        );
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask("POST", path, Some(body)).await
    }
}
