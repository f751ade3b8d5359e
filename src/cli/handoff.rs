//! `retain handoff`: what there is to hand over, handing it over, and what becomes of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::handoff::{self, FormField, Pass, Saying, Template};
use crate::domain::outbox::State;
use crate::domain::playbook::Deed;

use super::CliError;
use super::context::Context;
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
        /// A field and its text; what is left out is filled from the account where the template says so
        #[arg(long = "field", value_name = "FIELD=TEXT")]
        fields: Vec<String>,
        /// Send it without all that is required, and say why: the note tells it
        #[arg(long = "pass", value_name = "REASON")]
        pass: Option<String>,
        /// Who lets it pass: e-mail address or name, or a part of them; you when left out
        #[arg(long, value_name = "WHO", requires = "pass")]
        passed_by: Option<String>,
        /// Hand it over although who receives it is away
        #[arg(long)]
        although_away: bool,
        /// Hand it over although a handoff between the same roles was not accepted yet
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        flags: Flags,
    },
}

/// What a person says of a handoff on the command line.
struct Said<'a> {
    to: &'a str,
    fields: &'a [String],
    pass: Option<&'a str>,
    passed_by: Option<&'a str>,
    although_away: bool,
    again: bool,
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
            fields,
            pass,
            passed_by,
            although_away,
            again,
            flags,
        } => {
            let said = Said {
                to,
                fields,
                pass: pass.as_deref(),
                passed_by: passed_by.as_deref(),
                although_away: *although_away,
                again: *again,
            };
            send(template, &account.join(" "), &said, flags, context)
        }
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

fn send(id: &str, account: &str, said: &Said<'_>, flags: &Flags, context: &Context) -> Result<(), CliError> {
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
    if let Some(open) = open.filter(|_| !said.again) {
        return Err(CliError::failed(open).hint("--again hands it over a second time"));
    }
    let receiver = sending::one_of_us(&writing, said.to)?;
    let away = setup
        .team
        .doubt(&writing.owners, &receiver.id, writing.on.today());
    if let Some(away) = away.filter(|_| !said.although_away) {
        let today = writing.on.today();
        let instead = setup.team.instead_of(&writing.owners, &receiver.id, today);
        let to: Vec<String> = instead
            .iter()
            .map(|(who, what)| format!("--to \"{}\" hands it to {what}", who.name))
            .collect();
        let to = if to.is_empty() {
            "--to hands it to somebody else".to_owned()
        } else {
            to.join(", ")
        };
        let hint = format!("{to}; --although-away to them all the same");
        return Err(CliError::usage(away).hint(hint));
    }
    let form = handoff::form(template, &view, writing.on.today());
    let mut values: BTreeMap<String, String> = given(said.fields)?;
    let filled: Vec<FormField> = form
        .into_iter()
        .filter(|field| !values.contains_key(&field.id))
        .collect();
    values.extend(filled.iter().map(|field| (field.id.clone(), field.text.clone())));
    let by = said
        .passed_by
        .map(|who| sending::one_of_us(&writing, who))
        .transpose()?;
    let pass = said.pass.map(|why| Pass {
        by: by.map_or_else(|| writing.on.me.name.clone(), |by| by.name),
        why: why.to_owned(),
    });
    let entries = handoff::compose(
        &writing.on,
        &about(&view),
        template,
        &receiver,
        Saying {
            pass: pass.as_ref(),
            ..Saying::of(&values)
        },
    );
    let deed = Deed {
        entries: entries.map_err(|error| {
            CliError::usage(error).hint("give it with --field FIELD=TEXT, or let it pass with --pass REASON")
        })?,
        events: Vec::new(),
    };
    let done = sending::perform(writing, &deed, flags, context)?;
    let prefilled: Vec<&FormField> = filled.iter().filter(|field| !field.text.is_empty()).collect();
    if !context.output.is_text() {
        let from = prefilled
            .iter()
            .map(|field| json!({ "field": field.id, "text": field.text, "from": field.from }));
        let mut answer = done.shape(context.now());
        answer["account"] = json!(view.summary.id);
        answer["to"] = json!(receiver.id);
        answer["to_name"] = json!(receiver.name);
        answer["prefilled"] = from.collect();
        context.output.values(&answer, Plain::Values)?;
        return done.not_done();
    }
    let states: Vec<State> = done.entries.iter().map(|entry| entry.state).collect();
    context
        .output
        .text(&outcome(&view.summary.name, &receiver.name, &states))?;
    for field in prefilled {
        let from = field.from.as_deref().unwrap_or_default();
        context
            .output
            .text(&format!("  {}, from {from}: {}", field.title, field.text))?;
    }
    done.tell(context)?;
    done.not_done()
}

/// What became of a handoff: it is one only once the CRM has both the note and the task.
fn outcome(account: &str, receiver: &str, states: &[State]) -> String {
    if states.iter().all(|state| *state == State::Sent) {
        format!("{account} is handed over to {receiver}")
    } else if states.iter().any(|state| state.needs_a_person()) {
        format!("{account} is not handed over to {receiver} yet: it needs your word")
    } else {
        format!("{account} is not handed over to {receiver} yet: it is so once the CRM has both")
    }
}

/// `FIELD=TEXT`, each field once.
fn given(fields: &[String]) -> Result<BTreeMap<String, String>, CliError> {
    let mut values = BTreeMap::new();
    for field in fields {
        let (id, text) = field.split_once('=').ok_or_else(|| {
            CliError::usage(format!("`{field}` names no field")).hint("write --field FIELD=TEXT")
        })?;
        if values.insert(id.trim().to_owned(), text.to_owned()).is_some() {
            return Err(CliError::usage(format!("the field `{id}` is given twice")));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_handed_over_only_once_the_crm_has_all_of_it() {
        let says = |states: &[State]| outcome("Juniper", "Ida", states);
        assert_eq!(says(&[State::Sent, State::Sent]), "Juniper is handed over to Ida");
        for state in [State::Queued, State::Retry, State::Unknown] {
            let words = says(&[State::Sent, state]);
            assert!(
                words.starts_with("Juniper is not handed over to Ida yet"),
                "{words}"
            );
        }
        assert!(says(&[State::Sent, State::Parked]).ends_with("it needs your word"));
    }
}
