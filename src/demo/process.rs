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
    let (pace, ticks) = (options.live, options.ticks);
    let server = start(options).await?;
    print_line(&server).map_err(DemoError::Print)?;
    let world = live(&server, pace, ticks);
    let watch = async {
        while !die_with_parent || rustix::process::getppid() == parent {
            tokio::time::sleep(PARENT_CHECK).await;
        }
    };
    tokio::select! {
        () = watch => {}
        () = world => {}
    }
    server.shutdown().await;
    Ok(())
}

/// Lets the world move at its pace and tells each step on standard error, for as long as it is polled. A clock that
/// stands moves with the steps.
async fn live(server: &DemoServer, pace: Option<Duration>, ticks: bool) {
    let Some(pace) = pace else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(pace).await;
        if !ticks {
            server.with_portal(|portal| portal.advance(pace));
        }
        let step = server.step();
        // Nobody may read it.
        let _ = writeln!(std::io::stderr(), "{step}");
    }
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
