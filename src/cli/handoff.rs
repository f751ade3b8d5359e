//! `retain handoff`: what there is to hand over, handing it over, and what becomes of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::handoff::{self, Ground, Saying, Template};
use crate::domain::playbook::Deed;

use super::CliError;
use super::context::Context;
use super::handing::{self, Said};
use super::output::{Column, Plain};
use super::sending::{self, Flags};
use super::shape::Shape;
use super::writing::about;

/// List handoffs; hand an account over; accept, return or answer what was handed over
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Command,
}

mod list;
mod reply;

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List open handoffs and those accepted lately, those that wait for you first
    List,
    /// Show a handoff with all that was said
    Show {
        /// Id of the handoff, as `retain handoff list` names it
        id: String,
    },
    #[command(flatten)]
    Reply(reply::Command),
    /// List the handoffs that the organisation's phase has, with their fields
    Templates,
    /// Hand an account over: a note on it, and a task for who receives it
    Send {
        /// Id of the template
        template: String,
        /// Id of the account, or its name or a part of it
        #[arg(required = true)]
        account: Vec<String>,
        /// Who receives it: e-mail address or name, or a part of them
        #[arg(long, value_name = "WHO")]
        to: String,
        #[command(flatten)]
        said: Said,
        /// Hand it over although a handoff between the same roles was not accepted yet
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Does what was asked.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        Command::List => list::run(context),
        Command::Show { id } => list::show(id, context),
        Command::Reply(command) => reply::run(command, context),
        Command::Templates => templates(context),
        Command::Send {
            template,
            account,
            to,
            said,
            again,
            flags,
        } => send((template, &account.join(" ")), (to, said, *again), flags, context),
    }
}

fn templates(context: &Context) -> Result<(), CliError> {
    let setup = context.setup()?;
    let phase = setup.settings.organisation.phase;
    let templates = setup.handoffs.of_phase(phase);
    if !context.output.is_text() {
        let templates: Vec<Value> = templates.map(|(id, template)| shape(id, template)).collect();
        let answer = json!({ "phase": phase, "templates": templates });
        let columns = &["id", "from", "to", "accept_within"];
        return context.output.values(&answer, Plain::Table("templates", columns));
    }
    let columns = [
        Column::words("id"),
        Column::words("from"),
        Column::words("to"),
        Column::sentences("fields, * required"),
    ];
    let rows = templates.map(|(id, template)| {
        let field =
            |one: &handoff::FieldTemplate| format!("{}{}", one.id, if one.required { "*" } else { "" });
        let fields: Vec<String> = template.fields.iter().map(field).collect();
        vec![
            id.to_owned(),
            template.from.title(),
            template.to.title(),
            fields.join(" "),
        ]
    });
    context.output.table(&columns, &rows.collect::<Vec<_>>())?;
    let here: Vec<&str> = setup.handoffs.of_phase(phase).map(|(id, _)| id).collect();
    let all = setup.handoffs.handoffs.keys().map(String::as_str);
    let others: Vec<&str> = all.filter(|id| !here.contains(id)).collect();
    if others.is_empty() {
        return Ok(());
    }
    context.output.aside(&format!(
        "\nof another phase of the organisation, which `phase` under [organisation] in retain.toml says: {}",
        others.join(", ")
    ))
}

fn shape(id: &str, template: &Template) -> Value {
    let fields = template.fields.iter().map(|field| {
        Shape::default()
            .with("id", &field.id)
            .with("title", &field.title)
            .with("required", field.required)
            .maybe("prefill", field.prefill, "a person writes it")
            .with("promise", field.promise)
            .done()
    });
    Shape::default()
        .with("id", id)
        .with("from", template.from)
        .with("to", template.to)
        .with("accept_within", template.accept_within)
        .with("takes_over", template.takes_over)
        .maybe(
            "look_again_after",
            template.look_again_after,
            "no task asks to look again",
        )
        .with("fields", fields.collect::<Vec<Value>>())
        .done()
}

fn send(
    (id, account): (&str, &str),
    (to, said, again): (&str, &Said, bool),
    flags: &Flags,
    context: &Context,
) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let setup = writing.workplace.setup.clone();
    let phase = setup.settings.organisation.phase;
    let known: BTreeMap<&str, &Template> = setup.handoffs.of_phase(phase).collect();
    let template = known.get(id).copied().ok_or_else(|| {
        let ids: Vec<&str> = known.keys().copied().collect();
        let words = format!("an organisation of phase {phase} has no handoff `{id}`");
        CliError::usage(words).hint(format!("there is: {}", ids.join(", ")))
    })?;
    let view = writing.account(account, context)?;
    let open = handoff::open_already(template, &view.handoffs);
    if let Some(open) = open.filter(|_| !again) {
        return Err(CliError::failed(open).hint("--again hands it over a second time"));
    }
    let receiver = sending::one_of_us(&writing, to)?;
    if handoff::to_myself(&writing.on, &receiver, None) {
        return Err(CliError::usage(handoff::TO_MYSELF).hint("--to names somebody else"));
    }
    said.check_receiver(&writing, &receiver, template.to)?;
    let filled = said.fill(handoff::form(template, &view, &writing.on.here()))?;
    let ground = Ground::of(&view, None);
    said.check_promises(&writing.on, template, &filled, &ground)?;
    let pass = said.pass(&writing)?;
    let id = handoff::id_of(&writing.on, &about(&view));
    let entries = handoff::compose(
        &writing.on,
        &about(&view),
        template,
        &receiver,
        Saying {
            pass: pass.as_ref(),
            ..Saying::of(&filled.values, &ground)
        },
    );
    let deed = Deed {
        entries: entries.map_err(handing::refused)?,
        events: Vec::new(),
    };
    let done = sending::perform(writing, &deed, flags, context)?;
    if !context.output.is_text() {
        let mut answer = done.shape(context.now());
        answer["handoff"] = json!(id);
        answer["account"] = json!(view.summary.id);
        answer["to"] = json!(receiver.id);
        answer["to_name"] = json!(receiver.name);
        answer["prefilled"] = filled.shape();
        context.output.values(&answer, Plain::Values)?;
        return done.not_done();
    }
    let outcome = handing::outcome(&view.summary.name, &receiver.name, &done.entries);
    context.output.text(&outcome)?;
    handing::tell_id(&id, context)?;
    filled.tell(context)?;
    done.tell(context)?;
    done.not_done()
}
