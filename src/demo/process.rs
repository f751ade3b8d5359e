//! `retain demo-server`: one line of JSON, then serving until the process is ended.

use std::io::Write;
use std::time::Duration;

use serde_json::json;

use super::DemoOptions;
use super::server::{DemoError, DemoServer, start};

/// How often a server that ends with its parent looks for it.
const PARENT_CHECK: Duration = Duration::from_millis(250);

/// Starts the server, prints one line of JSON with its address and token, and serves until the process is
/// ended or, with `die_with_parent`, until its parent is gone.
pub async fn run(options: DemoOptions) -> Result<(), DemoError> {
    let parent = rustix::process::getppid();
    let die_with_parent = options.die_with_parent;
    let server = start(options).await?;
    print_line(&server).map_err(DemoError::Print)?;
    while !die_with_parent || rustix::process::getppid() == parent {
        tokio::time::sleep(PARENT_CHECK).await;
    }
    server.shutdown().await;
    Ok(())
}

fn print_line(server: &DemoServer) -> std::io::Result<()> {
    let line = json!({
        "address": server.url(),
        "token": server.token,
        "portal": server.portal,
        "me": server.me,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
