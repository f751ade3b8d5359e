//! `retain demo-server`: the embedded CRM alone, for tests and for trying things out.

use crate::demo::{self, DemoOptions, Faults};
use crate::runtime::clock::Clock;

use super::context::Context;
use super::error::CliError;

/// Serves a made-up CRM on this machine.
#[derive(Debug, Clone, clap::Args)]
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
    /// Faults to serve: a file, or a list such as `latency=200ms,429=0.05`
    #[arg(long, value_name = "FILE|SPEC")]
    pub faults: Option<String>,
    /// Keep HubSpot's real rate limits
    #[arg(long)]
    pub limits: bool,
    /// End when the process that started it ends
    #[arg(long, hide = true)]
    pub die_with_parent: bool,
}

/// Prints one line of JSON with address and token, then serves until it is ended.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let faults = match &args.faults {
        Some(faults) => Faults::parse(faults)
            .map_err(|error| CliError::usage("the faults cannot be read").because(&error))?,
        None => Faults::default(),
    };
    let options = DemoOptions {
        port: args.port,
        accounts: args.accounts,
        seed: args.seed,
        token: args.token.clone(),
        now: context.now(),
        ticks: context.clock == Clock::System,
        faults,
        limits: args.limits,
        die_with_parent: args.die_with_parent,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime
        .block_on(demo::run(options))
        .map_err(|error| CliError::failed("the embedded CRM stopped").because(&error))
}
