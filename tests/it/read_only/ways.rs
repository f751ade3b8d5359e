//! Every command as the command line has it, and whether it could write to the CRM, to its outbox or for the journal.
//!
//! Nothing is left out: the list is held against the program's own tree of commands.

use std::collections::BTreeSet;

use clap::Command;
use retain::cli::flags;

/// What a command does.
#[derive(Debug)]
pub enum Does {
    /// It reads, and writes at most files on this machine.
    Reads,
    /// It writes. Each way of calling it is refused where nothing may be written.
    Writes(&'static [&'static str]),
    /// It does something else as well, and that goes on without the writing.
    WritesToo(&'static [&'static str]),
}

use Does::{Reads, Writes, WritesToo};

/// Every command that can be called, each way with words that hold no space.
pub const COMMANDS: &[(&str, Does)] = &[
    ("demo", Reads),
    ("connect", Reads),
    ("sync", WritesToo(&["sync", "sync --full"])),
    ("accounts", Reads),
    ("account", Reads),
    ("brief", Reads),
    ("risks", Reads),
    (
        "risks close",
        Writes(&["risks close juniper:usage-drop noise as every summer"]),
    ),
    (
        "risks snooze",
        Writes(&[
            "risks snooze juniper:usage-drop fri they are away",
            "risks snooze juniper worse",
        ]),
    ),
    ("risks ack", Writes(&["risks ack juniper:usage-drop"])),
    ("risks plan", Writes(&["risks plan juniper:usage-drop call them"])),
    ("risks wake", Writes(&["risks wake juniper:usage-drop"])),
    ("risks undo", Writes(&["risks undo juniper:usage-drop"])),
    ("alarms", Reads),
    (
        "alarms judge",
        Writes(&["alarms judge juniper yes we saw it coming"]),
    ),
    ("team", Reads),
    ("goal list", Reads),
    (
        "goal missed",
        Writes(&["goal missed juniper --why ill --changes all --look +3w"]),
    ),
    ("standup", Reads),
    (
        "standup begin",
        Writes(&["standup begin", "standup begin --scope team"]),
    ),
    ("standup discussed", Writes(&["standup discussed juniper"])),
    (
        "standup decide",
        Writes(&[
            "standup decide juniper call --who ida --by fri",
            "standup decide juniper call --task",
        ]),
    ),
    ("standup settle", Writes(&["standup settle D-1 not-kept ill"])),
    ("standup end", Writes(&["standup end"])),
    ("standup note", Writes(&["standup note", "standup note S-1"])),
    ("health", Reads),
    ("signals", Reads),
    ("signals test", Reads),
    ("signals backtest", Reads),
    ("nps", Reads),
    (
        "note",
        Writes(&[
            "note juniper hello",
            "note juniper hello --json",
            "note juniper hello --queue",
        ]),
    ),
    (
        "log",
        Writes(&["log juniper call: went well; next: send the offer by fri"]),
    ),
    ("task list", Reads),
    (
        "task add",
        Writes(&["task add juniper offer --due fri --text more"]),
    ),
    (
        "task done",
        Writes(&[
            "task done 1",
            "task done 1 --note well",
            "task done 1 --not-kept ill",
        ]),
    ),
    ("task reopen", Writes(&["task reopen 1"])),
    ("task due", Writes(&["task due 1 fri"])),
    ("task give", Writes(&["task give 1 ida"])),
    (
        "edit",
        Writes(&["edit juniper segment=small", "edit juniper segment=small --queue"]),
    ),
    ("play list", Reads),
    (
        "play start",
        Writes(&[
            "play start waning-interest juniper --again --anyway",
            "play start value-review --account juniper --count 1",
            "play start value-review --filter juniper --count 1",
            "play start value-review --where arr>0.0 --count 1",
        ]),
    ),
    (
        "play done",
        Writes(&["play done P-1 call", "play done P-1 call --note well"]),
    ),
    ("play skip", Writes(&["play skip P-1 call --reason x"])),
    ("play undo", Writes(&["play undo P-1 call"])),
    ("play reassign", Writes(&["play reassign P-1 call ida"])),
    (
        "play pause",
        Writes(&["play pause P-1 --reason x", "play pause B-1 --reason x"]),
    ),
    ("play resume", Writes(&["play resume P-1", "play resume B-1"])),
    (
        "play abandon",
        Writes(&["play abandon P-1 --reason x", "play abandon B-1 --reason x"]),
    ),
    ("play show", Reads),
    ("handoff list", Reads),
    ("handoff show", Reads),
    (
        "handoff accept",
        Writes(&["handoff accept H-1", "handoff accept H-1 --say welcome"]),
    ),
    ("handoff return", Writes(&["handoff return H-1 --ask why"])),
    ("handoff answer", Writes(&["handoff answer H-1 --say because"])),
    ("handoff templates", Reads),
    (
        "handoff send",
        Writes(&["handoff send csm-to-csm juniper --to priya.nair@alderfinch.example"]),
    ),
    ("route list", Reads),
    (
        "route hand-over",
        Writes(&[
            "route hand-over invoice",
            "route hand-over invoice --desk support",
        ]),
    ),
    ("route stats", Reads),
    ("route test", Reads),
    ("who", Reads),
    ("status", Reads),
    ("watch", Reads),
    ("doctor", WritesToo(&["doctor --fix --yes"])),
    ("check", Reads),
    ("outbox", Reads),
    ("outbox edit", Writes(&["outbox edit 1 text=x"])),
    (
        "outbox resolve",
        Writes(&["outbox resolve 1 --take mine", "outbox resolve 1 segment=small"]),
    ),
    (
        "outbox undo",
        Writes(&["outbox undo 1", "outbox undo 1 --in-crm"]),
    ),
    ("outbox resend", Writes(&["outbox resend 1"])),
    ("outbox discard", Writes(&["outbox discard 1 --reason x"])),
    ("config show", Reads),
    ("ledger backup", Reads),
    ("ledger restore", Reads),
    ("demo-server", Reads),
    ("completions", Reads),
    ("man", Reads),
];

/// The words of a call.
pub fn words(call: &str) -> Vec<&str> {
    call.split(' ').collect()
}

/// The commands below one that can be called by themselves, each by all its words.
fn callable(command: &Command, above: &str, found: &mut BTreeSet<String>) {
    for below in command.get_subcommands() {
        let name = format!("{above} {}", below.get_name()).trim_start().to_owned();
        if !below.is_subcommand_required_set() {
            found.insert(name.clone());
        }
        callable(below, &name, found);
    }
}

#[test]
fn every_command_says_whether_it_writes_and_each_way_calls_its_own() {
    let mut there = BTreeSet::new();
    callable(&flags::command_without_help(), "", &mut there);
    let named: Vec<String> = COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let told: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(named.len(), told.len(), "each once");
    let untold: Vec<&String> = there.difference(&told).collect();
    assert!(untold.is_empty(), "say whether they write: {untold:?}");
    let gone: Vec<&String> = told.difference(&there).collect();
    assert!(gone.is_empty(), "there is no such command: {gone:?}");
    for (name, does) in COMMANDS {
        let (Writes(calls) | WritesToo(calls)) = does else {
            continue;
        };
        assert!(!calls.is_empty(), "{name}: no way to call it");
        for call in *calls {
            let arguments = ["retain"].into_iter().chain(words(call));
            let matches = flags::command().try_get_matches_from(arguments);
            let matches = matches.unwrap_or_else(|error| panic!("{call}: {error}"));
            let (mut called, mut below) = (Vec::new(), &matches);
            while let Some((name, matches)) = below.subcommand() {
                called.push(name);
                below = matches;
            }
            assert_eq!(called.join(" "), *name, "{call}");
        }
    }
}
