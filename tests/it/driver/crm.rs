//! The embedded CRM as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::NOW;

/// A running CRM; it ends with the test.
pub struct Crm {
    child: Child,
    /// Scheme, host and port.
    pub address: String,
    /// The token that it accepts.
    pub token: String,
    /// Its tenant.
    pub portal: u64,
    /// The line that it printed.
    pub told: serde_json::Value,
}

impl Crm {
    /// The CRM as it is, with a hundred customers.
    pub fn start() -> Self {
        Self::with(&[])
    }

    /// The CRM with a dozen customers, of which everybody's can be cached.
    pub fn small() -> Self {
        Self::with(&["--accounts", "12"])
    }

    /// The same with faults, as `--faults` takes them.
    pub fn small_with_faults(faults: &str) -> Self {
        Self::with(&["--accounts", "12", "--faults", faults])
    }

    /// A CRM with faults, as `--faults` takes them.
    pub fn with_faults(faults: &str) -> Self {
        Self::with(&["--faults", faults])
    }

    fn with(more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_retain"))
            .args([
                "demo-server",
                "--port",
                "0",
                "--seed",
                "1",
                "--now",
                NOW,
                "--die-with-parent",
            ])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            address: told["address"].as_str().unwrap().to_owned(),
            token: told["token"].as_str().unwrap().to_owned(),
            portal: told["portal"].as_u64().unwrap(),
            told,
        }
    }

    /// Stops it without a word, as a broken network would.
    pub fn vanish(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Crm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
