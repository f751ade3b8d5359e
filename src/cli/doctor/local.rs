//! What can be found out without the CRM: configuration, files, databases, the last sync, the terminal.

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::freshness::Freshness;
use crate::cli::locale;
use crate::config::mapping::Mapping;
use crate::config::paths::{Places, ProfilePaths};
use crate::config::settings::Settings;
use crate::config::{Loaded, Setup};
use crate::crm::error::ADD_SCOPE;
use crate::domain::record::Kind;
use crate::domain::words;
use crate::runtime::worker::lost_ledger;
use crate::store::inspect::{self, Inspection};
use crate::store::lock::SyncLock;
use crate::store::{Cache, StoreError, files};
use crate::sync::SyncStatus;
use crate::sync::status::DOCUMENT;

use super::{Report, missing_property, missing_scope};

/// After so many hours without a sync the data is called old.
const OLD_HOURS: i64 = 48;
/// The smallest screen that the cockpit is made for.
const SMALLEST: (u16, u16) = (80, 24);

/// How it is said that the last sync did not come to its end; the reason follows.
pub(super) const STOPPED: &str = "the last sync stopped: ";

/// What is wrong in the files that people write.
pub(super) fn configuration(report: &mut Report, loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        let place = diagnostic.place();
        let hint = diagnostic.hint.clone().unwrap_or_default();
        report.problem(format!("{place}: {}", diagnostic.message), hint);
    }
    let setup = &loaded.setup;
    match (&setup.profile, setup.profile()) {
        (Some(name), Some(_)) => report.fine(format!("profile `{name}` is in use")),
        // The mistake is told above, and that there is no profile would only follow from it.
        _ if loaded.may_hide_a_profile().is_some() => {}
        (Some(name), None) => report.problem(
            format!("there is no profile `{name}`"),
            "`retain connect` makes one; `retain config show` lists those that are there",
        ),
        (None, _) if setup.settings.profiles.is_empty() => report.note(
            "no CRM is connected yet",
            "`retain connect` connects one; `retain demo` shows everything without one",
        ),
        (None, _) => report.problem(
            "there are several profiles and none is the default",
            "set `default_profile` in retain.toml, or give --profile",
        ),
    }
}

/// Who else may read or write the directories and what is in them.
/// Tells which directories cannot be looked into: what lies below them is not told again.
pub(super) fn places(report: &mut Report, places: &Places) -> Vec<PathBuf> {
    let own = [&places.config_dir, &places.state_dir, &places.cache_dir];
    // A configuration holds no secrets, but a line in it may name a command that is run.
    let checks: [fn(&Path) -> Option<String>; 3] =
        [files::writable_by_others, files::exposure, files::exposure];
    let (mut sound, mut all_closed) = (true, Vec::new());
    for (place, wrong) in own.into_iter().zip(checks) {
        let (content, closed) = with_content(place);
        sound &= closed.is_empty();
        // Which of the configuration's files cannot be read was said before.
        for path in closed.iter().filter(|_| *place != places.config_dir) {
            report.problem(
                format!("{} cannot be looked into: permission denied", path.display()),
                format!(
                    "let yourself in: `chmod u+rwx {0}`, or `chown` it to yourself",
                    path.display()
                ),
            );
        }
        sound &= exposed(report, place, &content, wrong);
        all_closed.extend(closed);
    }
    let there: Vec<&&PathBuf> = own.iter().filter(|place| place.exists()).collect();
    if sound && !there.is_empty() {
        report.fine("state and cache are private, and only you can write the configuration");
    }
    for place in there {
        if files::on_network(place) {
            report.note(
                format!("{} lies on a network file system", place.display()),
                "it is slower there and for one process only; set RETAIN_HOME to a local directory",
            );
        }
    }
    all_closed
}

/// Tells who else may use what lies in one place, one line for each reason; says whether nobody may.
fn exposed(
    report: &mut Report,
    place: &Path,
    content: &[PathBuf],
    wrong: fn(&Path) -> Option<String>,
) -> bool {
    // By what is wrong, whatever the modes are.
    let mut reasons: BTreeMap<String, Vec<(&PathBuf, String)>> = BTreeMap::new();
    for path in content {
        // What SQLite keeps beside a database has the mode of the database: that is said of it.
        let is_beside = files::is_companion(&path.to_string_lossy());
        if let Some(reason) = wrong(path).filter(|_| !is_beside) {
            let kind = reason.split(" (").next().unwrap_or_default().to_owned();
            reasons.entry(kind).or_default().push((path, reason));
        }
    }
    for (kind, paths) in &reasons {
        match &paths[..] {
            [(path, reason)] => report.problem(
                format!("{}: {reason}", path.display()),
                format!(
                    "let only its owner in: `chmod go= {0}`, or `chown` it to yourself",
                    path.display()
                ),
            ),
            _ => report.problem(
                format!(
                    "{} files and directories below {}: {}",
                    paths.len(),
                    place.display(),
                    if kind.starts_with("others") {
                        "others may use them"
                    } else {
                        "they belong to another user"
                    }
                ),
                format!(
                    "let only yourself in: `chmod -R go= {0}`, or `chown -R` it to yourself",
                    place.display()
                ),
            ),
        }
    }
    reasons.is_empty()
}

/// A directory and everything below it, and which of the directories cannot be looked into. A link of the
/// configuration is the person's own wish.
fn with_content(directory: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut found, mut closed) = (Vec::new(), Vec::new());
    let mut open = vec![directory.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_symlink() || !path.exists() {
            continue;
        }
        if path.is_dir() {
            match std::fs::read_dir(&path) {
                Ok(content) => open.extend(content.flatten().map(|entry| entry.path())),
                Err(error) if error.kind() == ErrorKind::PermissionDenied => closed.push(path.clone()),
                Err(_) => {}
            }
        }
        found.push(path);
    }
    (found, closed)
}

/// Whether the databases are sound, and who holds the lock.
pub(super) fn databases(report: &mut Report, paths: &ProfilePaths, closed: &[PathBuf]) {
    let is_closed = |path: &Path| closed.iter().any(|closed| path.starts_with(closed));
    if !is_closed(&paths.cache_db) {
        let found = inspect::cache(&paths.cache_db);
        database(report, "cache", "records", &paths.cache_db, found);
    }
    if !is_closed(&paths.ledger_db) {
        ledger(report, paths);
    }
    if is_closed(&paths.lock) {
        return;
    }
    match SyncLock::holder(&paths.lock) {
        Ok(Some(holder)) if holder.stopped => report.problem(holder.sentence(), holder.hint()),
        Ok(Some(holder)) => report.fine(format!("{holder} talks to the CRM now")),
        Ok(None) => report.fine("no process talks to the CRM now"),
        Err(error) => report.problem(error.to_string(), error.hint()),
    }
}

/// A ledger that is gone is said to be so before a new one is begun.
fn ledger(report: &mut Report, paths: &ProfilePaths) {
    if let Some(lost) = lost_ledger(paths) {
        return report.problem(lost.summary, lost.hint.unwrap_or_default());
    }
    let found = inspect::ledger(&paths.ledger_db);
    database(report, "ledger", "entries", &paths.ledger_db, found);
}

fn database(
    report: &mut Report,
    name: &str,
    of_what: &str,
    path: &Path,
    found: Result<Inspection, StoreError>,
) {
    match found {
        Ok(found) if found.problems.is_empty() => report.fine(format!(
            "the {name} is sound: {} {of_what}, {:.1} MB, schema {}, at {}",
            found.entries,
            found.size as f64 / 1e6,
            found.schema,
            path.display()
        )),
        Ok(found) => {
            for problem in found.problems {
                report.problem(format!("the {name} is damaged: {problem}"), mend(name));
            }
        }
        Err(StoreError::Missing { .. }) => {
            report.note(format!("there is no {name} yet"), "`retain sync` makes it");
        }
        Err(error @ StoreError::Damaged { .. }) => report.problem(error.to_string(), mend(name)),
        Err(error) => report.problem(error.to_string(), error.hint()),
    }
    for copy in inspect::kept_copies(path) {
        report.note(
            format!("an earlier {name} is kept as {}", copy.display()),
            "remove it when you are sure that nothing is missed",
        );
    }
}

fn mend(name: &str) -> String {
    match name {
        "cache" => "run `retain sync`: the cache is rebuilt from the CRM".to_owned(),
        _ => "run `retain sync`: what is sound is salvaged and the damaged file is kept; \
              `retain ledger restore FILE` brings back a backup"
            .to_owned(),
    }
}

/// How the last sync went.
pub(super) fn sync(report: &mut Report, setup: &Setup, paths: &ProfilePaths, now: Timestamp) {
    let cache = match Cache::open_read_only(&paths.cache_db) {
        Ok(cache) => Some(cache),
        Err(StoreError::Missing { .. }) => None,
        // Why it cannot be opened stands with the databases.
        Err(_) => return,
    };
    let document = cache
        .as_ref()
        .and_then(|cache| cache.document(DOCUMENT).ok().flatten());
    let Some((cache, document)) = cache.zip(document) else {
        report.note("nothing was synced yet", "run `retain sync`");
        return;
    };
    let status = SyncStatus::parse(Some(&document));
    match status.last_success {
        Some(last) => match Freshness::read(&cache, setup, paths, now) {
            // Why the last one failed has a line of its own.
            Ok(freshness) if status.failed.is_none() => {
                freshness_of_sync(report, (&freshness, &setup.settings), last, now);
            }
            _ => report.fine(format!("a sync last came to its end at {last:.0}")),
        },
        None => report.note("no sync came to its end yet", "run `retain sync`"),
    }
    if let Some(failed) = &status.failed {
        report.problem(format!("{STOPPED}{}", failed.what), failed.hint.as_str());
    }
    let mut scopes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, scope) in status
        .missing_scopes
        .iter()
        .filter(|(_, scope)| !scope.is_empty())
    {
        scopes.entry(scope).or_default().push(kind);
    }
    for (scope, kinds) in scopes {
        report.problem(
            format!(
                "the key lacks the scope {scope}, so there is no {}",
                kinds.join(", no ")
            ),
            ADD_SCOPE,
        );
        report.comes_from([missing_scope(scope)]);
    }
    for (kind, property) in &status.missing_properties {
        report.problem(
            format!("the CRM has no property `{property}` of {kind}s"),
            "correct mapping.toml, or run `retain connect` to propose one anew",
        );
        report.comes_from([missing_property(kind, property)]);
    }
    if !status.held.is_empty() {
        report.problem(
            "an unusual number of records is gone in the CRM, and waits for your word",
            "look into the CRM; `retain sync --full --accept-deletes` removes them here too",
        );
    }
    // What is missing was told above.
    let told = status.warnings_of_missing(&status.missing_scopes);
    for warning in status.warnings.iter().filter(|warning| !told.contains(warning)) {
        report.note(warning, "");
    }
}

/// When a sync last came to its end, and whether others should have since.
fn freshness_of_sync(
    report: &mut Report,
    (freshness, settings): (&Freshness, &Settings),
    last: Timestamp,
    now: Timestamp,
) {
    let ended = format!("the last sync came to its end at {last:.0}");
    let Some(since) = freshness.stalled(now) else {
        return report.fine(ended);
    };
    let what = format!(
        "{ended}; syncs have stalled for {}: {}",
        words::age(now, since, &settings.zone()),
        freshness.why_stalled(now)
    );
    let hint = "the cockpit syncs while it is open, `retain sync` does it from cron; `sync.every` in retain.toml says how \
                often one is due";
    if freshness.is_kept() {
        // What to do about it stands with the lock.
        report.note(what, "");
    } else if freshness.stands_still(now) || now.duration_since(last).as_hours() >= OLD_HOURS {
        report.problem(what, hint);
    } else {
        // While no cockpit is open none comes, and that is as it should be for a while.
        report.note(what, hint);
    }
}

/// Whether the mapping says what ARR and renewals rest on, and how many of the cached records have each mapped property.
pub(super) fn fill(report: &mut Report, paths: &ProfilePaths, mapping: &Mapping) {
    if let Some((what, hint)) = mapping.ends_unmapped() {
        report.problem(what, hint);
    }
    let Ok(cache) = Cache::open_read_only(&paths.cache_db) else {
        return;
    };
    for kind in [Kind::Account, Kind::Contract, Kind::Contact] {
        let properties = mapping.properties(kind);
        let mut filled: BTreeMap<&str, u64> = properties.iter().map(|name| (name.as_str(), 0)).collect();
        let mut all = 0_u64;
        let counted = cache.each_record(kind, &mut |record| {
            all += 1;
            for (property, count) in &mut filled {
                *count += u64::from(record.mapped(property).is_some());
            }
        });
        if counted.is_err() || all == 0 {
            continue;
        }
        for (property, count) in filled {
            let what = format!(
                "`{property}` is filled on {count} of {all} cached {}s",
                kind.word()
            );
            if count == 0 {
                report.note(
                    what,
                    "what rests on it is unknown; correct mapping.toml if another property holds it",
                );
                report.comes_from([missing_property(kind.word(), property)]);
            } else {
                report.fine(what);
            }
        }
    }
}

/// What the terminal can do.
pub(super) fn terminal(report: &mut Report) {
    if !std::io::stdout().is_terminal() {
        report.note("the output is not a terminal", "the cockpit needs one");
        return;
    }
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    match variable("TERM").as_str() {
        "" | "dumb" => report.problem(
            "TERM does not name a terminal that can be drawn on",
            "set TERM, e.g. xterm-256color",
        ),
        term => report.fine(format!("TERM is {term}")),
    }
    let environment = |name: &str| std::env::var(name).ok();
    if locale::is_utf8(&environment) {
        report.fine(format!("the locale is {}", locale::name(&environment)));
    } else {
        report.note(
            "the locale is not UTF-8, so ASCII is drawn",
            "set LANG to a UTF-8 locale, e.g. C.UTF-8",
        );
    }
    if let Ok(size) = rustix::termios::tcgetwinsize(std::io::stdout()) {
        let what = format!(
            "the terminal has {} columns and {} rows",
            size.ws_col, size.ws_row
        );
        if size.ws_col < SMALLEST.0 || size.ws_row < SMALLEST.1 {
            report.note(
                what,
                format!("{} × {} or more show everything", SMALLEST.0, SMALLEST.1),
            );
        } else {
            report.fine(what);
        }
    }
    if !variable("NO_COLOR").is_empty() {
        report.note("NO_COLOR is set, so there is no colour", "");
    }
}
