//! What the terminal's locale can show.

use crate::config::settings::{Display, Use};

/// Whether people are shown ASCII only, by the settings and the environment.
pub fn wants_ascii(display: &Display, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    match display.ascii {
        Use::Always => true,
        Use::Never => false,
        Use::Auto => !is_utf8(variable),
    }
}

/// The locale: the first of the three variables that is set decides. Empty without one.
pub fn name(variable: &dyn Fn(&str) -> Option<String>) -> String {
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"];
    let mut set = variables.into_iter().filter_map(variable);
    set.find(|value| !value.is_empty()).unwrap_or_default()
}

/// Whether the locale encodes characters in UTF-8.
pub fn is_utf8(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = name(variable).to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
