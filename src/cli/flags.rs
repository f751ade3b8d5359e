//! Which of the flags that may stand before or behind a subcommand act on which. Where one would do
//! nothing, help does not show it and giving it is a mistake, so that nobody relies on it. Only
//! `--read-only` may be given everywhere: what only reads keeps its promise anyway, and an alias may hold it.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory};

use super::Cli;
use super::error::CliError;

/// Subcommands that answer something that a program can read.
const ANSWERS: &[&str] = &[
    "account", "accounts", "alarms", "brief", "check", "config", "connect", "demo", "doctor", "edit", "goal",
    "handoff", "health", "ledger", "log", "note", "nps", "outbox", "play", "risks", "route", "signals",
    "standup", "status", "sync", "task", "team", "watch", "who",
];
/// Subcommands that read a profile; `""` is the cockpit.
const WITH_PROFILE: &[&str] = &[
    "", "account", "accounts", "alarms", "brief", "connect", "doctor", "edit", "goal", "handoff", "health",
    "ledger", "log", "note", "nps", "outbox", "play", "risks", "route", "signals", "standup", "status",
    "sync", "task", "team", "watch", "who",
];
/// Subcommands that go on in spite of a mistake in the configuration unless told otherwise.
const WITH_SETUP: &[&str] = &[
    "", "account", "accounts", "alarms", "brief", "connect", "edit", "goal", "handoff", "health", "ledger",
    "log", "note", "nps", "outbox", "play", "risks", "route", "signals", "standup", "status", "sync", "task",
    "team", "watch", "who",
];
/// Where a person could be about to write.
const WRITERS: &[&str] = &[
    "", "alarms", "demo", "edit", "goal", "handoff", "log", "note", "outbox", "play", "risks", "route",
    "standup", "sync", "task",
];

/// What can be told without people, customers and money.
const MASKED: &[&str] = &[
    "", "account", "accounts", "brief", "risks", "standup", "status", "watch",
];

/// Each flag and where it acts.
const ACT: [(&str, &[&str]); 6] = [
    ("json", ANSWERS),
    ("plain", ANSWERS),
    ("profile", WITH_PROFILE),
    ("strict", WITH_SETUP),
    ("read_only", WRITERS),
    (SECRET, MASKED),
];

/// The flag that is true of a subcommand that only reads.
const PROMISE: &str = "read_only";
/// The flag that is a promise which most subcommands cannot keep.
const SECRET: &str = "redact";

/// The command line with help that shows of each subcommand what acts on it.
pub fn command() -> Command {
    shown(Cli::command())
}

/// The same for the manual, which needs no page about `help`.
pub fn command_without_help() -> Command {
    shown(Cli::command().disable_help_subcommand(true))
}

/// The same for completions, whose scripts offer hidden flags too: only what help shows.
pub fn command_for_completions() -> Command {
    visible(&command())
}

/// The command without what is hidden. What each subcommand has from those above it, it has by itself here.
fn visible(command: &Command) -> Command {
    let args = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    let copy = Command::new(command.get_name().to_owned())
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .args(args.map(|arg| arg.clone().global(false)))
        .subcommands(below.map(visible));
    let copy = match command.get_version() {
        Some(version) => copy.version(version.to_owned()),
        None => copy,
    };
    match command.get_about() {
        Some(about) => copy.about(about.clone()),
        None => copy,
    }
}

fn shown(mut command: Command) -> Command {
    command.build();
    command.mut_subcommands(|subcommand| {
        let name = subcommand.get_name().to_owned();
        without_idle(subcommand, &name)
    })
}

fn without_idle(command: Command, name: &str) -> Command {
    command
        .mut_args(|arg| {
            let acts = acts(arg.get_id().as_str(), name);
            if acts { arg } else { arg.hide(true) }
        })
        .mut_subcommands(|subcommand| without_idle(subcommand, name))
}

fn acts(flag: &str, name: &str) -> bool {
    ACT.iter()
        .find(|(known, _)| *known == flag)
        .is_none_or(|(_, places)| places.contains(&name))
}

/// Refuses a flag that was given where it does nothing.
pub fn check(matches: &ArgMatches) -> Result<(), CliError> {
    let name = matches.subcommand_name().unwrap_or_default();
    for (flag, places) in ACT {
        let given = matches.value_source(flag) == Some(ValueSource::CommandLine);
        if !given || flag == PROMISE || places.contains(&name) {
            continue;
        }
        let places: Vec<&str> = places.iter().copied().filter(|place| !place.is_empty()).collect();
        if flag == SECRET {
            let error = CliError::usage(format!("`retain {name}` cannot be redacted: nothing was done"));
            return Err(error.hint(format!(
                "--redact is for the cockpit and for: {}",
                places.join(", ")
            )));
        }
        let flag = flag.replace('_', "-");
        if name.is_empty() {
            return Err(CliError::usage(format!(
                "--{flag} does nothing for the cockpit, which `retain` opens without a command"
            ))
            .hint(format!("name what is to be answered: {}", places.join(", "))));
        }
        let command = format!("retain {name}");
        return Err(
            CliError::usage(format!("--{flag} does nothing for `{}`", command.trim_end()))
                .hint(format!("it is for: {}", places.join(", "))),
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_line(line: &str, refused: bool) {
        let matches = command().try_get_matches_from(line.split(' '));
        assert!(matches.is_ok(), "{line}");
        assert_eq!(
            matches.is_ok_and(|matches| check(&matches).is_err()),
            refused,
            "{line}"
        );
    }

    #[test]
    fn a_flag_that_does_nothing_is_refused_before_and_behind_the_subcommand() {
        check_line("retain completions bash --json", true);
        check_line("retain --plain man", true);
        check_line("retain --profile x demo", true);
        check_line("retain --json", true);
    }

    #[test]
    fn read_only_may_be_given_everywhere() {
        for subcommand in command().get_subcommands().map(Command::get_name) {
            let line = ["retain", "--read-only", subcommand];
            if let Ok(matches) = command().try_get_matches_from(line) {
                assert_eq!(check(&matches), Ok(()), "{subcommand}");
            }
        }
        check_line("retain accounts --read-only", false);
        check_line("retain --read-only man", false);
    }

    #[test]
    fn what_cannot_be_redacted_refuses_to_be() {
        check_line("retain --redact", false);
        check_line("retain accounts --redact", false);
        check_line("retain nps --redact", true);
        check_line("retain --redact man", true);
    }

    #[test]
    fn a_flag_that_acts_is_taken() {
        check_line("retain sync --read-only", false);
        check_line("retain --json accounts", false);
        check_line("retain config show --plain", false);
        check_line("retain demo --read-only", false);
        check_line("retain --read-only --profile x --strict", false);
    }

    #[test]
    fn help_shows_only_what_acts() {
        let mut command = command();
        let mut help = |name: &str| {
            let found = command.find_subcommand_mut(name);
            found
                .map(|found| found.render_help().to_string())
                .unwrap_or_default()
        };
        assert!(!help("man").contains("--json") && !help("man").contains("--profile"));
        assert!(help("accounts").contains("--json") && help("accounts").contains("--strict"));
        assert!(!help("accounts").contains("--read-only"));
        let own = help("accounts").find("--limit");
        assert!(
            own.is_some() && own < help("accounts").find("--json"),
            "its own flags come first"
        );
    }

    #[test]
    fn the_manual_has_no_page_about_help_and_says_how_to_fix_the_clock() {
        fn collect(command: &Command, names: &mut Vec<String>) {
            for one in command.get_subcommands() {
                names.push(one.get_name().to_owned());
                collect(one, names);
            }
        }
        let mut command = command_without_help();
        let mut names = Vec::new();
        collect(&command, &mut names);
        assert!(
            names.len() > 30 && !names.contains(&"help".to_owned()),
            "{names:?}"
        );
        assert!(command.render_help().to_string().contains("--now <TIME>"));
    }

    #[test]
    fn every_place_is_a_subcommand_and_every_flag_a_flag() {
        let command = command();
        let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        for (flag, places) in ACT {
            assert!(command.get_arguments().any(|arg| arg.get_id() == flag), "{flag}");
            for place in places {
                assert!(place.is_empty() || names.contains(place), "{place}");
            }
        }
    }
}
