//! What a subcommand works with, opened only when it is asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::app::keymap::Keymap;
use crate::config::paths::{Places, ProfilePaths};
use crate::config::settings::Profile;
use crate::config::{Diagnostic, Dirs, Loaded, Setup, environment, load, signals_with};
use crate::domain::desk::Desk;
use crate::domain::record::Owner;
use crate::domain::redaction::{Mask, Redact};
use crate::domain::signal::Signals;
use crate::domain::words;
use crate::runtime::clock::Clock;
use crate::runtime::curtain::mask;
use crate::runtime::worker::{Texts, lost_ledger};
use crate::store::{Cache, Ledger, Notice, StoreError};

use super::Global;
use super::error::CliError;
use super::locale::{is_utf8, wants_ascii};
use super::output::{Output, complain, show_ascii};
use super::team_journal;
use super::writing;

/// What a subcommand works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// The flags that every subcommand has.
    pub global: Global,
    /// Tells the time.
    pub clock: Clock,
    /// Prints the answer.
    pub output: Output,
    /// A directory to keep everything under, instead of the person's own places.
    home: Option<PathBuf>,
}

/// What is done about mistakes in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Complaints {
    /// One line tells of them; a file that cannot be read is an error.
    Refuse,
    /// One line tells of them.
    Tell,
    /// Nothing.
    None,
}

/// A profile with its settings and places.
#[derive(Debug, Clone)]
pub struct Workplace {
    /// Settings, mapping, health model and signals in force.
    pub setup: Arc<Setup>,
    /// The same as (file, text).
    pub texts: Arc<Texts>,
    /// Name of the profile.
    pub profile: String,
    /// Where its files are.
    pub paths: Arc<ProfilePaths>,
    /// What is wrong in the files that people write.
    pub mistakes: Vec<Diagnostic>,
}

impl Context {
    /// The context of one run.
    pub fn new(global: Global) -> Self {
        // The settings may say otherwise once they are read.
        show_ascii(!is_utf8(&|name| std::env::var(name).ok()));
        Self {
            clock: Clock::new(global.now),
            output: Output::new(global.json, global.plain).redacting(global.redact),
            global,
            home: None,
        }
    }

    /// The same, with everything under one directory and no profile chosen.
    #[must_use]
    pub fn at_home(&self, home: &Path) -> Self {
        Self {
            home: Some(home.to_owned()),
            global: Global {
                profile: None,
                ..self.global.clone()
            },
            ..self.clone()
        }
    }

    /// The instant it is (UTC).
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where everything is.
    pub fn places(&self) -> Result<Places, CliError> {
        if let Some(home) = &self.home {
            return Ok(Places::below(home));
        }
        Places::from_env().map_err(|error| {
            CliError::usage(error.to_string()).hint("set HOME, or RETAIN_HOME to a directory")
        })
    }

    /// Where the files that people write are.
    pub fn dirs(&self) -> Result<Dirs, CliError> {
        let places = self.places()?;
        Ok(Dirs {
            team: Some(places.team_config_dir),
            user: Some(places.config_dir),
        })
    }

    /// The signals that would be in force with this file; refused when something is wrong in it.
    pub fn signals_with(&self, path: &Path) -> Result<Signals, CliError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))?;
        let (signals, wrong) = signals_with(&self.dirs()?, &path.display().to_string(), text);
        if wrong.is_empty() {
            return Ok(signals);
        }
        for one in &wrong {
            complain(&format!("warning: {one}"));
        }
        Err(CliError::usage(format!("{} has mistakes", path.display())))
    }

    /// The configuration of all layers, with everything that is wrong in it.
    pub fn loaded(&self) -> Result<Loaded, CliError> {
        let dirs = self.dirs()?;
        let variables = environment(&|name| std::env::var(name).ok());
        let mut loaded = load(&dirs, &variables, self.global.profile.as_deref());
        let display = &loaded.setup.settings.display;
        show_ascii(wants_ascii(display, &|name| std::env::var(name).ok()));
        // Only the cockpit's core knows which actions there are.
        loaded.diagnostics.extend(Keymap::of(&loaded.setup.keys).1);
        loaded.diagnostics.sort();
        loaded.diagnostics.dedup();
        Ok(loaded)
    }

    /// What masks people, customers and money in the answer, where that was asked for.
    pub fn mask(&self, workplace: &Workplace) -> Option<Mask> {
        if !self.global.redact {
            return None;
        }
        let mask = mask(&workplace.setup, &workplace.paths);
        Some(if self.output.is_text() {
            mask
        } else {
            mask.for_programs()
        })
    }

    /// An answer without what is secret, where that was asked for.
    pub fn masked<T: Redact>(&self, answer: T, workplace: &Workplace) -> T {
        match self.mask(workplace) {
            Some(mask) => answer.redacted(&mask),
            None => answer,
        }
    }

    /// Refuses what cannot be told without what is secret, where that was asked for.
    pub fn refuse_redacted(&self, what: &str) -> Result<(), CliError> {
        if self.global.redact {
            return Err(CliError::usage(format!(
                "{what} cannot be redacted: nothing was done"
            )));
        }
        Ok(())
    }

    /// What is in force. What is wrong in the files is told on standard error, and refused with `--strict`.
    pub fn setup(&self) -> Result<Setup, CliError> {
        Ok(self.checked(Complaints::Tell)?.setup)
    }

    fn checked(&self, complaints: Complaints) -> Result<Loaded, CliError> {
        let mut loaded = self.loaded()?;
        let told = loaded.diagnostics.iter();
        // What is an error already is not told twice.
        let hides = loaded.may_hide_a_profile();
        let told = told.filter(|one| {
            complaints != Complaints::Refuse || !one.is_unread() && hides.is_none_or(|hides| hides != *one)
        });
        let line = in_one_line(&told.collect::<Vec<_>>()).filter(|_| complaints != Complaints::None);
        if let Some(line) = line {
            complain(&format!("warning: {line}"));
        }
        if self.global.strict && !loaded.diagnostics.is_empty() {
            return Err(
                CliError::usage("the configuration has mistakes, and --strict was given")
                    .hint("`retain check` lists them"),
            );
        }
        loaded.setup.read_only = self.global.read_only;
        loaded.setup.redacted = self.global.redact;
        Ok(loaded)
    }

    /// The profile in use with its settings and places.
    pub fn workplace(&self) -> Result<Workplace, CliError> {
        self.workplace_with(Complaints::Refuse)
    }

    /// The same for a command that answers: what the team said is taken over before.
    pub fn workplace_to_answer(&self) -> Result<Workplace, CliError> {
        let workplace = self.workplace()?;
        team_journal::hear(&workplace, self.now());
        Ok(workplace)
    }

    /// The same for what is asked every few seconds: mistakes in the configuration are told in one line, or
    /// not at all.
    pub fn workplace_for_a_status_line(&self, tell: bool) -> Result<Workplace, CliError> {
        self.workplace_with(if tell { Complaints::Tell } else { Complaints::None })
    }

    fn workplace_with(&self, complaints: Complaints) -> Result<Workplace, CliError> {
        let loaded = self.checked(complaints)?;
        let hidden = loaded.may_hide_a_profile().cloned();
        let Loaded {
            setup,
            texts,
            diagnostics,
            ..
        } = loaded;
        let unread = diagnostics.iter().find(|one| one.is_unread());
        if let Some(unread) = unread
            && (complaints == Complaints::Refuse || setup.settings.profiles.is_empty())
        {
            // What stands in it is not known: with the defaults in its place everything would mean something else.
            let error = CliError::usage(format!("{}: {}", unread.place(), unread.message));
            return Err(match &unread.hint {
                Some(hint) => error.hint(hint.clone()),
                None => error,
            });
        }
        if let Some(mistake) = hidden {
            let error = CliError::usage(format!("no profile could be read: {mistake}"));
            return Err(error.hint(
                "correct the file: what has a mistake is left out, and may have been the profile; `retain check` lists every mistake",
            ));
        }
        let (name, profile) = profile_of(&setup)?;
        let paths = self
            .places()?
            .profile(&name, profile.crm.word(), profile.tenant.as_deref());
        Ok(Workplace {
            profile: name,
            paths: Arc::new(paths),
            setup: Arc::new(setup),
            texts: Arc::new(texts),
            mistakes: diagnostics,
        })
    }
}

impl Workplace {
    /// The cache, for reading.
    pub fn cache(&self) -> Result<Cache, CliError> {
        match Cache::open_read_only(&self.paths.cache_db) {
            Err(StoreError::Damaged { .. }) => {
                // Opening it for writing moves the damaged file aside and begins anew.
                Cache::open(&self.paths.cache_db)?;
                Err(
                    CliError::failed("the cache was damaged; it is set aside and begun anew").hint(
                        "run `retain sync`: all of it comes from the CRM again, the ledger keeps the history",
                    ),
                )
            }
            // Whether no sync ever began or the first was cut off before it read anything is the same to who asks.
            Err(StoreError::Missing { .. }) => Err(nothing_yet()),
            opened => Ok(opened?),
        }
    }

    /// The desk as it was last made, with what is due and late now; an error while nothing was ever synced, because
    /// that is not zero. Where a first sync was cut off before it made one, it is a desk of which nothing is known.
    pub fn desk(&self, now: Timestamp) -> Result<Desk, CliError> {
        let cache = self.cache()?;
        let desk = self.desk_in(&cache, now)?;
        if desk.is_none() && cache.count_all()? > 0 {
            return Ok(Desk {
                unjudged: true,
                ..Desk::default()
            });
        }
        desk.ok_or_else(nothing_yet)
    }

    /// The same from a cache that is open; `None` while nothing was ever synced.
    pub fn desk_in(&self, cache: &Cache, now: Timestamp) -> Result<Option<Desk>, CliError> {
        let mut desk = cache.desk()?;
        if let Some(desk) = &mut desk {
            let owners = writing::owners(cache)?;
            let me = self.setup.my_owner();
            let me = me.and_then(|me| Owner::find(&owners, &me));
            if let Some(me) = me {
                let here = now.to_zoned(self.setup.settings.zone());
                let role = self.setup.my_role();
                desk.count_handoffs((me, role), (&self.setup.team, &owners), &here);
            }
            desk.count_due(self.setup.settings.local(now));
        }
        Ok(desk)
    }

    /// The ledger, for reading. That it is gone is another thing than that there is none yet.
    pub fn ledger(&self) -> Result<Ledger, CliError> {
        if let Some(Notice { summary, hint }) = lost_ledger(&self.paths) {
            let error = CliError::failed(summary);
            return Err(match hint {
                Some(hint) => error.hint(hint),
                None => error,
            });
        }
        Ok(Ledger::open_read_only(&self.paths.ledger_db)?)
    }
}

/// The mistakes in the configuration in one line: a single one as it is, of more how many and in which files.
fn in_one_line(mistakes: &[&Diagnostic]) -> Option<String> {
    let file = |path: &str| {
        let name = Path::new(path).file_name();
        name.map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
    };
    match mistakes {
        [] => None,
        [one] => Some(one.to_string()),
        many => {
            let files: BTreeSet<String> = many.iter().map(|one| file(&one.file)).collect();
            let files: Vec<String> = files.into_iter().collect();
            let files = files.join(", ");
            Some(format!(
                "{} mistakes in {files}: `retain check` lists them",
                many.len()
            ))
        }
    }
}

/// How many mistakes there are.
pub fn mistakes(count: usize) -> String {
    let counted = words::counted(count as u64, "mistake", "mistakes");
    format!("{counted} in the configuration")
}

/// There is nothing to show, which is not the same as zero.
pub fn nothing_yet() -> CliError {
    CliError::failed("nothing has been synced yet").hint("`retain sync` reads the CRM")
}

/// Tells on standard error what a database had to mend.
pub fn tell_notice(notice: Notice) {
    // What is so of a place is found at each opening, and told once.
    static TOLD: Mutex<Vec<Notice>> = Mutex::new(Vec::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.contains(&notice) {
        return;
    }
    complain(&format!("warning: {}", notice.summary));
    if let Some(hint) = &notice.hint {
        complain(&format!("hint: {hint}"));
    }
    told.push(notice);
}

fn profile_of(setup: &Setup) -> Result<(String, Profile), CliError> {
    let names: Vec<&str> = setup.settings.profiles.keys().map(String::as_str).collect();
    let Some(name) = &setup.profile else {
        let error = CliError::usage(if names.is_empty() {
            "no CRM is connected yet"
        } else {
            "there are several profiles and none is the default"
        });
        return Err(error.hint(if names.is_empty() {
            "`retain connect` connects one; `retain demo` shows everything without one".to_owned()
        } else {
            format!("choose with --profile: {}", names.join(", "))
        }));
    };
    let profile = setup.settings.profiles.get(name).cloned().ok_or_else(|| {
        CliError::usage(format!("there is no profile `{name}`")).hint(if names.is_empty() {
            "`retain connect` makes one".to_owned()
        } else {
            format!("there is: {}", names.join(", "))
        })
    })?;
    Ok((name.clone(), profile))
}
