//! `retain` without a subcommand: the cockpit.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use crate::app::keymap::Keymap;
use crate::app::layout::Size;
use crate::app::outbox::Means;
use crate::app::{Failure, Model, Start};
use crate::config::settings::Use;
use crate::config::{Diagnostic, Setup};
use crate::domain::handoff::Template;
use crate::domain::outbox::OutboxCounts;
use crate::runtime::curtain::Curtain;
use crate::runtime::event_loop::{self, Ending, Session};
use crate::runtime::exec::{Busy, Executor, ReadAlone, Workshop};
use crate::runtime::idle::IdleFile;
use crate::runtime::inbox::inbox;
use crate::runtime::signals::Signals;
use crate::runtime::terminal::{self, Terminal};
use crate::runtime::unwritten::Unwritten;
use crate::runtime::worker::lost_ledger;
use crate::store::Ledger;
use crate::ui::theme::Theme;

use super::context::{Context, Workplace, mistakes, tell_notice};
use super::error::{CliError, FailureKind};
use super::locale::wants_ascii;
use super::output::complain;

/// What serves where nothing can be drawn.
const FOR_SCRIPTS: &str =
    "for scripts there are `retain risks`, `retain accounts` and `retain brief`, with --json or --plain";

/// Opens the cockpit on the profile in use.
pub fn run(context: &Context) -> Result<(), CliError> {
    begin(context, None)
}

/// Opens it in standup mode, over a scope.
pub fn standup(context: &Context, scope: &str) -> Result<(), CliError> {
    begin(context, Some(scope))
}

fn begin(context: &Context, standup: Option<&str>) -> Result<(), CliError> {
    let terminal = Terminal::open().ok_or_else(|| {
        CliError::usage("the cockpit needs a terminal for input and output").hint(FOR_SCRIPTS)
    })?;
    if std::env::var("TERM").is_ok_and(|term| term == "dumb") {
        return Err(
            CliError::usage("TERM is `dumb`: the cockpit needs a terminal that can be drawn on")
                .hint(format!("set TERM, e.g. xterm-256color; {FOR_SCRIPTS}")),
        );
    }
    let workplace = context.workplace()?;
    open(context, (&workplace, standup), terminal, &OutboxCounts::farewell)
}

/// What is said on leaving of what is not done; the flag is whether nothing may be written.
pub type Farewell<'a> = &'a dyn Fn(&OutboxCounts, bool) -> Option<String>;

/// Runs the cockpit on this profile until it ends, from the first in standup mode over this scope, if there is one.
pub fn open(
    context: &Context,
    (workplace, standup): (&Workplace, Option<&str>),
    terminal: Terminal,
    words: Farewell<'_>,
) -> Result<(), CliError> {
    let theme = theme(&workplace.setup, &|name| std::env::var(name).ok());
    let signals = Signals::register()?;
    let (setup, paths) = (Arc::clone(&workplace.setup), Arc::clone(&workplace.paths));
    let (inbox, address) = inbox(Arc::new(Curtain::new(setup, paths, context.global.redact)))?;
    let allowed = Arc::new(OnceLock::new());
    let workshop = Workshop {
        setup: Arc::clone(&workplace.setup),
        allowed: Arc::clone(&allowed),
        dirs: context.dirs()?,
        texts: Arc::clone(&workplace.texts),
        paths: Arc::clone(&workplace.paths),
        clock: context.clock,
        address,
        busy: Busy::default(),
        panic_in: context.global.panic_in,
        read_alone: ReadAlone::default(),
        unwritten: Unwritten::default(),
    };
    terminal::restore_on_panic(complain);
    let session = Session {
        model: model(context, (workplace, standup), &terminal),
        executor: Executor::new(workshop),
        colours: theme.colours,
        idle: context.global.idle_file.clone().map(IdleFile::new),
        clock: context.clock,
        panic_in: context.global.panic_in,
        terminal,
        signals,
        inbox,
        theme,
    };
    let (ending, unsaved) = event_loop::run(session)?;
    // A ledger that another program holds is not waited for a second time.
    if ending == Ending::Quit && unsaved.is_none() {
        farewell(workplace, allowed.get().unwrap_or(&workplace.setup), words);
    }
    unsaved.into_iter().for_each(tell_notice);
    match ending {
        Ending::Quit => Ok(()),
        Ending::TerminalLost => Err(CliError::failed("the terminal went away")),
        Ending::Signal(signal) => Err(CliError::new(FailureKind::Signal(signal), "ended by a signal")),
        Ending::Panicked => Err(CliError::new(FailureKind::Defect, "ended by a defect")),
    }
}

/// Says on the restored screen what is not in the CRM yet. Nothing is waited for, and nothing is asked.
fn farewell(workplace: &Workplace, setup: &Setup, words: Farewell<'_>) {
    let counts = Ledger::open_read_only(&workplace.paths.ledger_db).and_then(|ledger| ledger.outbox_counts());
    let is_read_only = setup.write_permit().is_err();
    if let Some(words) = counts.ok().and_then(|counts| words(&counts, is_read_only)) {
        complain(&words);
    }
}

fn model(context: &Context, (workplace, standup): (&Workplace, Option<&str>), terminal: &Terminal) -> Model {
    let settings = &workplace.setup.settings;
    let profile = settings.profiles.get(&workplace.profile);
    let (width, height) = terminal.size();
    Model::new(Start {
        tenant: settings
            .organisation
            .name
            .clone()
            .unwrap_or_else(|| workplace.profile.clone()),
        scope: profile.map(|profile| profile.scope).unwrap_or_default(),
        means: means(&workplace.setup),
        currency: settings.organisation.reporting_currency,
        zone: settings.zone(),
        now: context.now(),
        size: Size { width, height },
        keymap: Keymap::of(&workplace.setup.keys).0,
        sync: crate::app::sync_line::SyncLine::default(),
        standing: misconfigured(&workplace.mistakes),
        loss: lost_ledger(&workplace.paths).map(|lost| Failure {
            kind: crate::app::FailureKind::Loss,
            summary: lost.summary,
            hint: lost.hint,
            detail: None,
        }),
        standup: standup.map(str::to_owned),
        redacted: context.global.redact,
    })
}

/// That there are mistakes in the configuration, as the screen shows it; the first one in full.
fn misconfigured(wrong: &[Diagnostic]) -> Option<Failure> {
    let first = wrong.first()?;
    let more = if wrong.len() == 1 { "" } else { ", the first one" };
    Some(Failure {
        kind: crate::app::FailureKind::Configuration,
        summary: format!("{}{more}: {first}", mistakes(wrong.len())),
        hint: Some("`retain check` lists it; what cannot be read is not in force".to_owned()),
        detail: None,
    })
}

/// What it takes to write.
fn means(setup: &Setup) -> Means {
    Means {
        permit: setup.write_permit(),
        grace: setup.settings.outbox.grace.duration(),
        settle: setup.settings.outbox.settle.duration(),
        business_days: setup.settings.organisation.weekdays(),
        // The standard library's hasher is keyed by the system, for each value of `RandomState` anew.
        nonce: RandomState::new().build_hasher().finish(),
        handoffs: handoffs(setup),
        roster: Arc::new(setup.team.clone()),
        support: setup.routing.support.clone(),
        playbooks: setup.playbooks.clone().into(),
        answers: setup.answers().into(),
        role: setup.my_role(),
        shared: setup.settings.team.folder().is_some(),
    }
}

/// The handoffs that an organisation of this phase has.
fn handoffs(setup: &Setup) -> Arc<[(String, Template)]> {
    let templates = setup.handoffs.of_phase(setup.settings.organisation.phase);
    templates
        .map(|(id, template)| (id.to_owned(), template.clone()))
        .collect()
}

/// What the terminal can show, by the settings and the environment.
fn theme(setup: &Setup, variable: &dyn Fn(&str) -> Option<String>) -> Theme {
    let display = &setup.settings.display;
    let dumb = variable("TERM").is_none_or(|term| term == "dumb" || term.is_empty());
    Theme {
        colours: match display.color {
            Use::Always => true,
            Use::Never => false,
            Use::Auto => !dumb,
        },
        ascii: wants_ascii(display, variable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], expected: (bool, bool)) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let theme = theme(&Setup::default(), &variable);
        assert_eq!((theme.colours, theme.ascii), expected, "{variables:?}");
    }

    #[test]
    fn mistakes_in_the_configuration_are_told_in_the_cockpit() {
        let mistake = |line| Diagnostic {
            file: "health.toml".to_owned(),
            line,
            column: 1,
            message: "there is no key `coverage_flor`".to_owned(),
            hint: Some("did you mean `coverage_floor`?".to_owned()),
        };
        assert_eq!(misconfigured(&[]), None);
        let told = |wrong: &[Diagnostic]| misconfigured(wrong).map(|failure| failure.summary);
        assert_eq!(
            told(&[mistake(3)]).as_deref(),
            Some(
                "1 mistake in the configuration: health.toml:3:1: there is no key `coverage_flor` \
                 (did you mean `coverage_floor`?)"
            )
        );
        let two = told(&[mistake(3), mistake(4)]).unwrap_or_default();
        assert!(
            two.starts_with("2 mistakes in the configuration, the first one: health.toml:3:1"),
            "{two}"
        );
    }

    #[test]
    fn colours_and_symbols_follow_the_terminal_and_the_locale() {
        check(&[("TERM", "xterm"), ("LANG", "en_GB.UTF-8")], (true, false));
        check(
            &[("TERM", "xterm"), ("LANG", "C.utf8"), ("LC_ALL", "")],
            (true, false),
        );
        check(
            &[("TERM", "xterm"), ("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")],
            (true, true),
        );
        check(&[("TERM", "dumb"), ("LANG", "en_GB.UTF-8")], (false, false));
        check(&[("TERM", "xterm")], (true, true));
    }
}
