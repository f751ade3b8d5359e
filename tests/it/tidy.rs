//! Holds the house rules of ARCHITECTURE.md over the source itself.

use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms each room may use, besides itself. `cli` uses all but the insides of `ui`.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("config", &["domain"]),
    ("store", &["domain"]),
    ("crm", &["domain"]),
    ("demo", &["domain"]),
    ("sync", &["store", "crm", "domain", "config"]),
    ("engine", &["store", "domain", "config"]),
    ("app", &["domain", "config"]),
    ("ui", &["app", "domain", "config"]),
    (
        "runtime",
        &["ui", "app", "sync", "engine", "store", "crm", "config", "domain"],
    ),
    (
        "cli",
        &[
            "ui", "app", "sync", "engine", "store", "crm", "config", "domain", "runtime", "demo",
        ],
    ),
    ("main.rs", &["cli"]),
];

/// Most lines of a file, tests not counted.
const MOST_LINES: usize = 500;

/// A source file below `src/`.
struct Source {
    /// Its path below `src/`.
    path: PathBuf,
    /// Its lines up to its tests.
    lines: Vec<String>,
}

impl Source {
    fn room(&self) -> String {
        self.path.iter().next().unwrap().to_string_lossy().into_owned()
    }

    fn is(&self, path: &str) -> bool {
        self.path == Path::new(path)
    }

    fn is_below(&self, path: &str) -> bool {
        self.path.starts_with(path)
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| Source {
        lines: before_tests(&fs::read_to_string(&path).unwrap()),
        path: path.strip_prefix(&root).unwrap().to_owned(),
    };
    super::driver::files(&root)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs") && !is_test(path))
        .map(read)
        .collect()
}

/// Files of tests beside their module: `tests.rs`, `load_tests.rs`, anything below `tests/`, and what plays keys.
fn is_test(path: &Path) -> bool {
    let stem = path.file_stem().unwrap().to_string_lossy();
    stem == "tests"
        || path.ends_with("app/play.rs")
        || stem.ends_with("_tests")
        || path.iter().any(|part| part == "tests")
}

fn before_tests(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && !pair[1].trim_end().ends_with(';'));
    lines[..tests.unwrap_or(lines.len())]
        .iter()
        .map(|line| (*line).to_owned())
        .collect()
}

/// Complains about each line of code (no comment) for which `is_wrong` has a word.
fn complaints(is_wrong: impl Fn(&Source, &str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources() {
        for (number, line) in source.lines.iter().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            if let Some(word) = is_wrong(&source, line) {
                found.push(format!("src/{}:{}: {word}", source.path.display(), number + 1));
            }
        }
    }
    found
}

#[test]
fn rooms_use_only_the_rooms_that_they_may() {
    let wrong = complaints(|source, line| {
        let room = source.room();
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == room)?;
        line.match_indices("crate::").find_map(|(at, found)| {
            let rest = &line[at + found.len()..];
            let used: String = rest
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            let is_room = MAY_USE.iter().any(|(name, _)| *name == used);
            (is_room && used != room && !allowed.contains(&used.as_str()))
                .then(|| format!("{room} may not use {used}"))
        })
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_known_here() {
    for source in sources() {
        let room = source.room();
        assert!(
            room == "lib.rs" || MAY_USE.iter().any(|(name, _)| *name == room),
            "{room} has no direction"
        );
    }
}

#[test]
fn files_stay_small_enough_to_read() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines.len() > MOST_LINES)
        .map(|source| format!("src/{} has {} lines", source.path.display(), source.lines.len()))
        .collect();
    assert!(long.is_empty(), "split at {MOST_LINES}: {}", long.join(", "));
}

#[test]
fn only_the_printer_prints() {
    let may = |source: &Source| source.is("cli/output.rs") || source.is("demo/process.rs");
    let wrong = complaints(|source, line| {
        let words = [
            "println!",
            "eprintln!",
            "print!(",
            "eprint!(",
            "dbg!(",
            "stdout().lock",
            "stderr().lock",
        ];
        let word = words.into_iter().find(|word| line.contains(word))?;
        (!may(source)).then(|| format!("{word} outside cli/output.rs"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_clock_asks_for_the_time() {
    let wrong = complaints(|source, line| {
        let word = ["Timestamp::now", "SystemTime::now", "Zoned::now"]
            .into_iter()
            .find(|word| line.contains(word))?;
        (!source.is("runtime/clock.rs")).then(|| format!("{word} outside runtime/clock.rs"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_store_says_sql_and_only_crm_sends() {
    let homes = [
        ("rusqlite", "store"),
        ("reqwest", "crm"),
        ("axum", "demo"),
        ("hyper", "demo"),
    ];
    let wrong = complaints(|source, line| {
        let is_used = |word: &str| line.contains(&format!("{word}::"));
        let (word, home) = homes
            .into_iter()
            .find(|(word, home)| is_used(word) && !source.is_below(home))?;
        Some(format!("{word} outside {home}"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vendors_words_stay_with_the_vendor() {
    // `cli` and `runtime` may name which adapter they put together; nothing else knows that there are any.
    let may = |source: &Source| {
        ["crm", "demo", "cli", "runtime", "config"]
            .iter()
            .any(|room| source.is_below(room))
    };
    let wrong = complaints(|source, line| {
        let lower = line.to_lowercase();
        let word = ["hubspot", "hs_", "salesforce"]
            .into_iter()
            .find(|word| lower.contains(word))?;
        (!may(source)).then(|| format!("`{word}` outside the vendor's folder"))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_crm_judges_statuses_of_http() {
    let wrong = complaints(|source, line| {
        let judges = line
            .split("status: ")
            .nth(1)?
            .starts_with(|next: char| next.is_ascii_digit());
        let may = source.is_below("crm") || source.is_below("demo");
        (judges && !may).then(|| "an HTTP status outside crm".to_owned())
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
