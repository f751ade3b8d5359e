//! Opens an address in a browser, where there is one.

use std::process::{Command, Stdio};
use std::thread;

use crate::app::{Msg, TerminalMsg};
use crate::config::settings::Settings;

use super::exec::Workshop;

/// Opens the address on a thread of its own; where that is not possible, the address itself is told.
pub fn open(url: String, workshop: &Workshop) {
    let Workshop { address, setup, .. } = workshop.clone();
    thread::spawn(move || {
        let told = if may_have_browser() && start(&url, &setup.settings) {
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
fn start(url: &str, settings: &Settings) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    (url.starts_with("https://") || url.starts_with("http://"))
        && command(program, url, settings)
            .status()
            .is_ok_and(|status| status.success())
}

/// The browser lives on after us: it gets no token.
fn command(program: &str, url: &str, settings: &Settings) -> Command {
    let mut command = Command::new(program);
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for variable in settings.token_variables() {
        command.env_remove(variable);
    }
    command
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_does_not_inherit_tokens() {
        let settings: Settings =
            toml::from_str("[profiles.a]\ntoken_env = \"TOKEN_A\"\n[profiles.b]\ntoken_env = \"TOKEN_B\"\n")
                .unwrap();
        let command = command("true", "https://x.example", &settings);
        let removed: Vec<_> = command
            .get_envs()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name)
            .collect();
        assert_eq!(removed, ["TOKEN_A", "TOKEN_B"]);
    }
}
