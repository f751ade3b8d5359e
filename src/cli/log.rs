//! `retain log`: a call, meeting or e-mail in one line.

use crate::domain::acts::touch::{self, Contact};

use super::CliError;
use super::context::Context;
use super::output::complain;
use super::sending::{self, Believing, Flags};
use super::writing::about;

/// Log a call, meeting or e-mail in one line
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: retain log juniper 'call with Ana yesterday: went well; next: send the offer by fri'"
)]
pub struct Args {
    /// The account: its id, or its name or a part of it
    account: String,
    /// What it was, with whom, when, `about` what, and behind a colon what came of it; after `next:` a next step, which
    /// becomes a task
    #[arg(required = true)]
    line: Vec<String>,
    #[command(flatten)]
    believing: Believing,
    #[command(flatten)]
    flags: Flags,
}

/// Logs the touchpoint, and makes a task of its next step.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let writing = sending::begin(&args.flags, context)?;
    let view = writing.account(&args.account, context)?;
    let contacts = Contact::of(&view);
    let touch = touch::parse(&writing.on, &contacts, &args.line.join(" ")).map_err(CliError::usage)?;
    if let Some(told) = touch.not_linked() {
        complain(&format!("note: {told}"));
    }
    complain(&format!("note: {}", touch.days(&writing.on)));
    args.believing.check(touch.doubt(&writing.on))?;
    let entries = touch.write(&writing.on, &about(&view)).map_err(CliError::usage)?;
    sending::carry_out(writing, entries, &args.flags, context)
}
