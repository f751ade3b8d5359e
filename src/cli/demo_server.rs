//! `retain demo-server`: the embedded CRM alone, for tests and for trying things out.

use std::io;
use std::time::Duration;

use crate::demo::{self, DemoError, DemoOptions, Faults, THERE_IS};
use crate::runtime::clock::Clock;

use super::context::Context;
use super::error::CliError;

/// Seconds between two steps of a world that moves.
pub const PACE: u32 = 20;

/// Serves a made-up CRM on this machine.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = faults_help())]
pub struct Args {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How many customers it has
    #[arg(long, default_value_t = 100)]
    pub accounts: u32,
    /// The same seed gives the same book, byte for byte
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The token to accept; derived from the seed when left out
    #[arg(long)]
    pub token: Option<String>,
    /// Faults to serve: a file, or a list such as `latency=200ms,429=0.05`; --help lists all
    #[arg(long, value_name = "FILE|SPEC")]
    pub faults: Option<String>,
    /// Keep HubSpot's real rate limits
    #[arg(long)]
    pub limits: bool,
    /// Let the world move: tickets come and go, usage changes, colleagues work, surveys are answered
    #[arg(long)]
    pub live: bool,
    /// How many seconds apart its steps are
    #[arg(long, value_name = "SECONDS", requires = "live", default_value_t = PACE,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub pace: u32,
    /// End when the process that started it ends
    #[arg(long, hide = true)]
    pub die_with_parent: bool,
}

/// The list of faults, below the flags.
pub fn faults_help() -> String {
    format!("Faults, separated by commas or, in a file, by lines:\n\n{THERE_IS}")
}

/// The faults that were asked for.
pub fn faults(asked: Option<&str>) -> Result<Faults, CliError> {
    let Some(asked) = asked else {
        return Ok(Faults::default());
    };
    Faults::parse(asked).map_err(|error| CliError::usage(error.to_string()).hint(error.hint()))
}

/// Prints one line of JSON with address and token, then serves until it is ended.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let options = DemoOptions {
        port: args.port,
        accounts: args.accounts,
        seed: args.seed,
        token: args.token.clone(),
        now: context.now(),
        ticks: context.clock == Clock::System,
        faults: faults(args.faults.as_deref())?,
        limits: args.limits,
        live: args.live.then(|| Duration::from_secs(args.pace.into())),
        die_with_parent: args.die_with_parent,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(demo::run(options)).map_err(|error| match error {
        DemoError::Listen(port, why) => cannot_listen(port, &why),
        error @ DemoError::Print(_) => CliError::failed("the embedded CRM stopped").because(&error),
    })
}

/// The error of a port that cannot be had.
pub fn cannot_listen(port: u16, why: &io::Error) -> CliError {
    let told = match why.kind() {
        io::ErrorKind::AddrInUse => {
            CliError::usage(format!("port {port} of this machine is taken by another program"))
        }
        io::ErrorKind::PermissionDenied => {
            CliError::usage(format!("the system does not give you port {port}"))
        }
        _ => return CliError::failed(format!("cannot listen on port {port}")).because(why),
    };
    told.hint("give another with `--port`, or none: then a free one is taken")
}
