//! Changes one key in a file that a person writes, and leaves everything else as it stands.

/// The text of a TOML file with `key = value` in `[table]`; comments and order stay.
///
/// The table is written as its header stands in the file; one that is missing is added at the end.
pub fn with_key(text: &str, table: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut lines: Vec<&str> = text.lines().collect();
    let header = format!("[{table}]");
    let Some(start) = lines
        .iter()
        .position(|line| line.split('#').next().unwrap_or_default().trim() == header)
    else {
        let gap = if text.is_empty() || text.ends_with("\n\n") {
            ""
        } else {
            "\n"
        };
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return format!("{text}{end}{gap}{header}\n{line}\n");
    };
    let rest = &lines[start + 1..];
    let length = rest
        .iter()
        .position(|line| line.trim_start().starts_with('['))
        .unwrap_or(rest.len());
    let is_key = |line: &&str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    match rest[..length].iter().position(is_key) {
        Some(at) => lines[start + 1 + at] = &line,
        None => lines.insert(start + 1, &line),
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_changes_and_everything_else_stays() {
        let check = |before: &str, after: &str| {
            assert_eq!(
                with_key(before, "profiles.x", "read_only", "false"),
                after,
                "{before:?}"
            );
        };
        check("", "[profiles.x]\nread_only = false\n");
        check(
            "# mine\n[me]\nrole = 'csm'\n",
            "# mine\n[me]\nrole = 'csm'\n\n[profiles.x]\nread_only = false\n",
        );
        check(
            "[profiles.x] # the demo\nread_only = true\nscope = 'me'\n[sync]\nread_only = 1\n",
            "[profiles.x] # the demo\nread_only = false\nscope = 'me'\n[sync]\nread_only = 1\n",
        );
        check(
            "[profiles.x]\nscope = 'me'",
            "[profiles.x]\nread_only = false\nscope = 'me'\n",
        );
    }
}
