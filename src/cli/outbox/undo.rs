//! `retain outbox undo`: takes back what waits, and with `--in-crm` what has left already.

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::sending::{self, Flags};
use crate::domain::acts::undo;
use crate::domain::outbox::{Entry, EntryId, State};
use crate::engine::plays;
use crate::runtime::outbox_view;
use crate::store::Ledger;

use super::{no_such, too_late};

/// Take back all that was done in one go with an entry: before it leaves, or with --in-crm in the CRM too
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The entry's number
    id: i64,
    /// Where it has left already, send the write that takes it back: what was made is archived, a field gets the value
    /// it had before; one that somebody changed since becomes a conflict
    #[arg(long)]
    in_crm: bool,
    #[command(flatten)]
    flags: Flags,
}

/// Takes it back, or says what takes it back.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.in_crm {
        return in_crm(args, context);
    }
    let workplace = context.workplace()?;
    let (mut ledger, now) = (super::writable(&workplace)?, context.now());
    let act = act_of(&ledger, args.id)?;
    let back = plays::take_back(&mut ledger, &act, now)?;
    let back = back.map_err(|late| {
        let error = too_late(args.id, late);
        let of_act = ledger.entries_of_act(&act).unwrap_or_default();
        if of_act.iter().any(is_mine) {
            let id = args.id;
            let hint = "sends the write that takes it back";
            return error.hint(format!("`retain outbox undo {id} --in-crm` {hint}"));
        }
        error
    })?;
    super::show(&back, &mut ledger, &workplace, now);
    super::told(&back, &workplace, context)
}

fn act_of(ledger: &Ledger, id: i64) -> Result<String, CliError> {
    let entry = ledger.entry(EntryId(id))?;
    Ok(entry.ok_or_else(|| no_such(id))?.new.act)
}

/// Whether the CRM has of it what was not there before.
fn is_mine(entry: &Entry) -> bool {
    entry.state == State::Sent && !entry.was_there()
}

/// What waits is taken back, what was refused is given up, what the CRM has is written back.
fn in_crm(args: &Args, context: &Context) -> Result<(), CliError> {
    let mut writing = sending::begin(&args.flags, context)?;
    let act = act_of(writing.ledger(), args.id)?;
    let mapping = &writing.workplace.setup.mapping;
    let view = outbox_view::of(writing.ledger(), Some(writing.cache()), mapping)?;
    let all: Vec<&Entry> = view.all().collect();
    let of_act = writing.ledger().entries_of_act(&act)?;
    let back = undo::compensate_all(&writing.on, &of_act, &all);
    let undone = writing.undo(&act, &back)?;
    if !undone.is_any() {
        let why = if of_act.iter().any(is_mine) {
            "it is being taken back already, or was"
        } else if of_act.iter().any(Entry::was_there) {
            undo::HAD
        } else {
            "nothing of it can be undone now"
        };
        return Err(CliError::failed(why).hint("`retain outbox` tells where it stands"));
    }
    if undone.left > 0 {
        context
            .output
            .aside("undone as far as it can be; `retain outbox` tells where the rest stands")?;
    }
    let mut entries = undone.ended;
    entries.extend(undone.queued);
    sending::finish(writing.end(), entries, &args.flags, context)?.print(context)
}
