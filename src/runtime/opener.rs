//! Opens an address in a browser, where there is one.

use std::process::{Command, Stdio};
use std::thread;

use crate::app::{Msg, TerminalMsg};

use super::inbox::Address;

/// Opens the address on a thread of its own; where that is not possible, the address itself is told.
pub fn open(url: String, address: &Address) {
    let address = address.clone();
    thread::spawn(move || {
        let told = if may_have_browser() && start(&url) {
            "opened in the browser".to_owned()
        } else {
            format!("no browser here: {url}")
        };
        address.send(Msg::Terminal(TerminalMsg::Told(told)));
    });
}

/// Over ssh and on a shared box there is no display, and starting one would write over our screen.
fn may_have_browser() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY") || set("BROWSER")
}

/// Starts the system's opener without a shell, without our terminal, and waits for its word.
fn start(url: &str) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    (url.starts_with("https://") || url.starts_with("http://"))
        && Command::new(program)
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
}
