//! Changes one key in a file that a person writes, and leaves everything else as it stands.

use std::ops::Range;

/// The text of a TOML file with `key = value` in `[table]`; comments and order stay.
///
/// The table is written as its header stands in the file; one that is missing is added at the end.
pub fn with_key(text: &str, table: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut lines: Vec<&str> = text.lines().collect();
    let Some(section) = section(&lines, table) else {
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
        return format!("{text}{end}{gap}[{table}]\n{line}\n");
    };
    let start = section.start;
    match found(&lines, section, key) {
        Some(old) => drop(lines.splice(old, [line.as_str()])),
        None => lines.insert(start, &line),
    }
    lines.join("\n") + "\n"
}

/// The text of a TOML file with `key = value` above its tables; comments and order stay.
pub fn with_first_key(text: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut lines: Vec<&str> = text.lines().collect();
    let is_header = |line: &&str| line.trim_start().starts_with('[');
    let end = lines.iter().position(is_header).unwrap_or(lines.len());
    match found(&lines, 0..end, key) {
        Some(old) => drop(lines.splice(old, [line.as_str()])),
        None => lines.insert(0, &line),
    }
    lines.join("\n") + "\n"
}

/// The text of a TOML file with `key = value` in that table of an array which has this id; comments and order stay. One
/// that is missing is added at the end: layers merge by id, so it need not say more.
pub fn with_item_key(text: &str, (array, id): (&str, &str), key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut lines: Vec<&str> = text.lines().collect();
    let header = format!("[[{array}]]");
    let is_id = |at: &usize| {
        let table: Option<toml::Table> = lines[*at].parse().ok();
        table.is_some_and(|table| table.get("id").and_then(toml::Value::as_str) == Some(id))
    };
    let item = sections(&lines, &header).find(|section| section.clone().any(|at| is_id(&at)));
    let Some(item) = item else {
        let gap = if text.is_empty() { "" } else { "\n" };
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        return format!("{text}{end}{gap}{header}\nid = \"{id}\"\n{line}\n");
    };
    let start = item.start;
    match found(&lines, item, key) {
        Some(old) => drop(lines.splice(old, [line.as_str()])),
        None => lines.insert(start, &line),
    }
    lines.join("\n") + "\n"
}

/// The text of a TOML file with no `key` in `[table]`; comments and order stay.
pub fn without_key(text: &str, table: &str, key: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let old = section(&lines, table).and_then(|section| found(&lines, section, key));
    let Some(old) = old else {
        return text.to_owned();
    };
    lines.drain(old);
    lines.join("\n") + "\n"
}

/// The lines between the header of a table and the next one.
fn section(lines: &[&str], table: &str) -> Option<Range<usize>> {
    sections(lines, &format!("[{table}]")).next()
}

/// The lines after each such header until the next one of any kind.
fn sections<'a>(lines: &'a [&str], header: &'a str) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let is_header = move |line: &&str| line.split('#').next().unwrap_or_default().trim() == header;
    let starts = (0..lines.len()).filter(move |at| is_header(&lines[*at]));
    starts.map(|at| {
        let rest = &lines[at + 1..];
        let length = rest.iter().position(|line| line.trim_start().starts_with('['));
        at + 1..at + 1 + length.unwrap_or(rest.len())
    })
}

/// The lines of a key with its whole value, which may go over several lines.
fn found(lines: &[&str], section: Range<usize>, key: &str) -> Option<Range<usize>> {
    let is_key = |line: &&str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    let first = section.start + lines[section].iter().position(is_key)?;
    let ends = |last: &usize| lines[first..*last].join("\n").parse::<toml::Table>().is_ok();
    let last = (first + 1..=lines.len()).find(ends).unwrap_or(first + 1);
    Some(first..last)
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

    #[test]
    fn a_key_of_an_item_changes_and_everything_else_stays() {
        let check = |before: &str, after: &str| {
            assert_eq!(
                with_item_key(before, ("measures", "usage"), "weight", "50"),
                after,
                "{before:?}"
            );
        };
        let new = "[[measures]]\nid = \"usage\"\nweight = 50\n";
        check("", new);
        check("version = 2", &format!("version = 2\n\n{new}"));
        check(
            "[[measures]]\nid = \"touch\"\nweight = 1\n\n[[measures]] # mine\nid = 'usage' # too\n# heavy\nweight = 30\n",
            "[[measures]]\nid = \"touch\"\nweight = 1\n\n[[measures]] # mine\nid = 'usage' # too\n# heavy\nweight = 50\n",
        );
        check(
            "[[measures]]\nid = \"usage\"\n[bands]\nweight = 3\n",
            "[[measures]]\nweight = 50\nid = \"usage\"\n[bands]\nweight = 3\n",
        );
    }

    #[test]
    fn a_key_goes_with_its_whole_value_and_everything_else_stays() {
        let check = |before: &str, after: &str| {
            assert_eq!(
                without_key(before, "profiles.x", "token_command"),
                after,
                "{before:?}"
            );
        };
        check("", "");
        check(
            "[profiles.y]\ntoken_command = ['a']\n",
            "[profiles.y]\ntoken_command = ['a']\n",
        );
        check(
            "[profiles.x]\n# mine\ntoken_command = [\n  'pass',\n  'show ]',\n] # mine\nscope = 'me'\n[me]\n",
            "[profiles.x]\n# mine\nscope = 'me'\n[me]\n",
        );
        let several = "[profiles.x]\ntoken_command = [\n  'a',\n]\nscope = 'me'\n";
        assert_eq!(
            with_key(several, "profiles.x", "token_command", "['b']"),
            "[profiles.x]\ntoken_command = ['b']\nscope = 'me'\n"
        );
    }
}
