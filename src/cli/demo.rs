//! `retain demo`: the cockpit on a made-up CRM, with a profile and databases of its own.

mod join;

use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::demo::{self, FISCAL_YEAR_START, ME, Member, PORTAL, RATES};
use crate::domain::outbox::OutboxCounts;
use crate::runtime::process::is_alive;
use crate::runtime::terminal::Terminal;
use crate::store::files;

use super::context::Context;
use super::error::CliError;
use super::output::complain;
use super::{cockpit, demo_server, risks, sync};

/// Where demos have their directories, by their process's number. No profile's directory begins with a dot.
const DEMOS: &str = ".demos";
/// Lies in each of them: what has it not is not removed.
const MARK: &str = "made-by-retain-demo";
/// From so many accounts on the demo is about size: all of them are cached, whoever sits there.
const MY_OWN: u32 = 100;

/// Who there is for `--as`, and what they find.
const WHO: &str = "Who there is for --as, and what they find in the morning:
  Mara Lindt, a CSM         a hundred accounts, steps that are due and late, handoffs (who sits there without --as)
  Chen Wei, Tom Abara, Jonas Holm, Amara Diallo, Luca Ferri, Sofia Rey: CSMs
                            two hundred quieter accounts each; Jonas is on leave, and Mara stands in for him
  Priya Nair, their lead    the accounts of the whole team, and complaints of large ones among her steps
  Ben Osei, support         everybody's accounts; T is the routing desk with all open questions, some late
  Ida Vance, onboarding     the accounts that her tasks and handoffs bring
  Nils Kroon, Dara Quinn: sales
                            everybody's accounts, to look them up and to hand over";

/// Shows everything on a made-up CRM; your own data is never touched.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = WHO)]
pub struct Args {
    /// How many customers it has
    #[arg(long, default_value_t = MY_OWN)]
    pub accounts: u32,
    /// The same seed gives the same customers
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Faults to serve, as for `demo-server`; its --help lists all
    #[arg(long, value_name = "FILE|SPEC")]
    pub faults: Option<String>,
    /// Let the world move while the cockpit is open: tickets, usage, people, colleagues, surveys, renewals
    #[arg(long, conflicts_with = "join")]
    pub live: bool,
    /// How many seconds apart its steps are
    #[arg(long, value_name = "SECONDS", requires = "live", default_value_t = demo_server::PACE,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub pace: u32,
    /// Keep the profile and its databases
    #[arg(long)]
    pub keep: bool,
    /// Port of the made-up CRM on 127.0.0.1, for others to join; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Sit there as this colleague: a name or a part of it, e.g. ida; see below
    #[arg(long = "as", value_name = "NAME", default_value = ME, hide_default_value = true)]
    pub who: String,
    /// Join the demo that somebody else has begun at this address, with the same seed
    #[arg(long, value_name = "URL", conflicts_with_all = ["faults", "port"])]
    pub join: Option<String>,
}

/// Starts the CRM as a child, makes a profile for it and opens the cockpit. In a pipe, or with --plain
/// or --json, it syncs once and prints the risk queue instead.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let me = demo::member(&args.who).map_err(|there| {
        CliError::usage(format!("`{}` is nobody of the demo, or not only one", args.who))
            .hint(format!("there is {there}"))
    })?;
    // Its process has no way to say what it did not understand.
    demo_server::faults(args.faults.as_deref())?;
    // Held until the cockpit is closed: its CRM ends with it.
    let (_server, line) = if let Some(url) = &args.join {
        (None, joined(args, url, &me)?)
    } else {
        let server = Server::start(args, context)?;
        let line = server.line.clone();
        (Some(server), line)
    };
    let home = Home::new(&context.places()?.cache_dir, args.keep)?;
    write_profile(args, &home.path, &line, &me, context)?;
    let context = context.at_home(&home.path);
    let workplace = context.workplace()?;
    let wants_text = context.global.plain || context.global.json;
    if let Some(terminal) = Terminal::open().filter(|_| !wants_text) {
        // Only a kept profile at somebody else's demo can still send what waits.
        let can_send = args.keep && args.join.is_some();
        let words = |counts: &OutboxCounts, read_only: bool| {
            if can_send {
                counts.farewell(read_only)
            } else {
                counts.lost(args.keep)
            }
        };
        return cockpit::open(&context, (&workplace, None), terminal, &words);
    }
    sync::sync(&sync::Args::default(), &context, &workplace)?;
    risks::run(&risks::Args::default(), &context)
}

/// The server of somebody else's demo. Another app of the same portal has a token of its own.
fn joined(args: &Args, url: &str, me: &Member) -> Result<ServerLine, CliError> {
    let line = ServerLine {
        address: url.trim_end_matches('/').to_owned(),
        token: format!("{}-{}", demo::token(args.seed), me.role),
        portal: PORTAL,
    };
    join::check(&line.address, &line.token, args.seed)?;
    Ok(line)
}

/// What the server says about itself, in one line.
#[derive(Debug, Clone, Deserialize)]
struct ServerLine {
    address: String,
    token: String,
    portal: u64,
}

/// The embedded CRM in a process of its own, so that the cockpit is what it is with any other CRM.
#[derive(Debug)]
struct Server {
    child: Child,
    line: ServerLine,
}

impl Server {
    fn start(args: &Args, context: &Context) -> Result<Self, CliError> {
        // Its process has no way to say that either.
        if let Err(error) = TcpListener::bind(("127.0.0.1", args.port)) {
            return Err(demo_server::cannot_listen(args.port, &error));
        }
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["demo-server", "--die-with-parent"])
            .args(["--port", &args.port.to_string()])
            .args(["--accounts", &args.accounts.to_string()])
            .args(["--seed", &args.seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(faults) = &args.faults {
            command.args(["--faults", faults]);
        }
        if args.live {
            command.args(["--live", "--pace", &args.pace.to_string()]);
        }
        if let Some(now) = context.global.now {
            command.args(["--now", &now.to_string()]);
        }
        // It needs no token of a real CRM.
        for variable in context.loaded()?.setup.settings.token_variables() {
            command.env_remove(variable);
        }
        let mut child = command.spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        if let Ok(line) = serde_json::from_str(&line) {
            return Ok(Self { child, line });
        }
        let _ = child.kill();
        let _ = child.wait();
        Err(CliError::failed("the embedded CRM did not start")
            .hint("`retain demo-server` with the same flags says why"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It holds nothing worth keeping.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A private directory for one demo, gone afterwards.
#[derive(Debug)]
struct Home {
    path: PathBuf,
    keep: bool,
}

impl Home {
    fn new(cache_dir: &Path, keep: bool) -> Result<Self, CliError> {
        remove_left_behind(cache_dir);
        let demos = cache_dir.join(DEMOS);
        // A kept one has no mark and another name: nothing removes it but its owner.
        let prefix = if keep { "kept-" } else { "" };
        let path = demos.join(format!("{prefix}{}", std::process::id()));
        files::private_dir(&demos)?;
        files::private_dir(&path)?;
        if !keep {
            files::atomic_write(&path.join(MARK), b"")?;
        }
        Ok(Self { path, keep })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.keep {
            complain(&format!(
                "kept in {0}; RETAIN_HOME={0} retain opens it again, without its CRM",
                self.path.display()
            ));
        } else {
            // What cannot be removed now is removed by the next demo.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes what demos left behind that were killed.
fn remove_left_behind(cache_dir: &Path) {
    let Ok(entries) = fs::read_dir(cache_dir.join(DEMOS)) else {
        return;
    };
    for entry in entries.flatten() {
        let owner = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if owner.is_some_and(|owner| !is_alive(owner)) && entry.path().join(MARK).is_file() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Writes settings and token for the embedded CRM; everything else is as shipped.
fn write_profile(
    args: &Args,
    home: &Path,
    server: &ServerLine,
    me: &Member,
    context: &Context,
) -> Result<(), CliError> {
    let config = home.join("config");
    files::private_dir(&config)?;
    let token_file = config.join("token");
    files::atomic_write(&token_file, server.token.as_bytes())?;
    let mut settings = settings(args, &token_file, server, me);
    if context.global.now.is_some() {
        // By such a clock no grace would ever be over.
        settings.push_str("[outbox]\ngrace = \"0s\"\n");
    }
    files::atomic_write(&config.join("retain.toml"), settings.as_bytes())?;
    let today = context.now().to_zoned(TimeZone::UTC).date();
    files::atomic_write(&config.join("mapping.toml"), demo::GOALS.as_bytes())?;
    files::atomic_write(&config.join("team.toml"), demo::roster(today).as_bytes())?;
    Ok(())
}

fn settings(args: &Args, token_file: &Path, server: &ServerLine, me: &Member) -> String {
    let mut rates = String::new();
    for (currency, rate) in RATES {
        let _ = writeln!(
            rates,
            "[[organisation.rates]]\ncurrency = \"{currency}\"\nrate = \"{rate}\"\nfrom = 2020-01-01"
        );
    }
    let scope = if args.accounts > MY_OWN { "all" } else { me.scope };
    let token_file = toml::Value::String(token_file.display().to_string());
    format!(
        "default_profile = \"demo\"\n\
         [me]\nowner = \"{email}\"\nrole = \"{role}\"\n\
         [organisation]\nname = \"Alder & Finch\"\nfiscal_year_start = \"{FISCAL_YEAR_START}\"\n{rates}\
         [profiles.demo]\nbase_url = \"{}\"\ntenant = \"{}\"\ntoken_file = {token_file}\nscope = \"{scope}\"\n\
         read_only = false\n\
         [sync]\nusers = 1\n",
        server.address,
        server.portal,
        email = me.email,
        role = me.role
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_everybody_whom_one_can_sit_there_as() {
        let names = demo::member("nobody").unwrap_err();
        for name in names.split(", ") {
            assert!(WHO.contains(name), "{name}");
        }
    }

    #[test]
    fn what_a_killed_demo_left_behind_is_removed_and_nothing_else() {
        let cache = tempfile::tempdir().unwrap();
        let dir = |name: String, marked: bool| {
            let path = cache.path().join(name);
            fs::create_dir_all(&path).unwrap();
            if marked {
                fs::write(path.join(MARK), "").unwrap();
            }
            path
        };
        let gone = i32::MAX;
        let dead = dir(format!("{DEMOS}/{gone}"), true);
        let alive = dir(format!("{DEMOS}/{}", std::process::id()), true);
        let others = [
            dir(format!("{DEMOS}/{}", gone - 1), false),
            dir(format!("{DEMOS}/kept-{gone}"), false),
            dir("northwind".to_owned(), false),
            dir(format!("demo-{gone}"), true),
        ];
        remove_left_behind(cache.path());
        assert!(!dead.exists() && alive.exists());
        assert!(others.iter().all(|other| other.exists()));
    }

    #[test]
    fn no_profile_can_lie_where_demos_do() {
        let places = crate::config::paths::Places::below(Path::new("/x"));
        let cache = places.profile(DEMOS, "hubspot", None).cache_dir;
        assert!(!cache.starts_with(places.cache_dir.join(DEMOS)), "{cache:?}");
    }
}
