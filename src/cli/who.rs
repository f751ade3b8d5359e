//! `retain who`: the account of whoever asks, by their address or its domain.

use serde_json::{Value, json};

use crate::domain::routing::{Sought, ToldUs, Whose};
use crate::engine;

use super::CliError;
use super::context::{Context, Workplace, nothing_yet};
use super::freshness::Freshness;
use super::output::Plain;
use super::route::UNLISTED;
use super::shape::{self, NOT_SET, Shape};

const PLAIN: Plain = Plain::Table(
    "accounts",
    &[
        "id",
        "name",
        "found_by",
        "contact",
        "segment",
        "band",
        "score",
        "ends",
        "notice_by",
        "csm_name",
        "entitlement",
        "open_tickets",
    ],
);

/// Find the account of a requester by e-mail address or domain: tier, renewal, CSM, entitlement, open tickets, health
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An account is found by the address of one of its contacts, else by its domain; mail from a domain below \
    it counts too. Domains that anybody can have mail of, such as gmail.com, name no account (public_domains in \
    routing.toml). Several accounts are all listed."
)]
pub struct Args {
    /// E-mail address of the requester, or a domain
    #[arg(value_name = "E-MAIL|DOMAIN")]
    who: String,
}

/// Prints the accounts.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let sought = Sought::parse(&args.who).ok_or_else(|| {
        CliError::usage(format!(
            "`{}` is neither an e-mail address nor a domain",
            args.who
        ))
        .hint("`retain account NAME` finds an account by its name")
    })?;
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let found = engine::whose(
        &cache,
        &workplace.ledger()?,
        &workplace.setup,
        &sought,
        context.now(),
    )
    .map_err(|error| CliError::of_engine("the account cannot be looked for", &error))?;
    if found.is_empty() {
        return Err(nobody(&sought, &workplace));
    }
    if !context.output.is_text() {
        let accounts: Vec<Value> = found.iter().map(|one| shape(one, &workplace)).collect();
        let answer = json!({ "data": freshness.json(), "accounts": accounts });
        return context.output.values(&answer, PLAIN);
    }
    let zone = workplace.setup.settings.zone();
    let today = workplace.setup.settings.day_of(context.now());
    let pages: Vec<String> = found.iter().map(|one| one.lines(today).join("\n")).collect();
    context.output.text(&pages.join("\n\n"))?;
    context
        .output
        .aside(&format!("\n{}", freshness.words(context.now(), &zone)))
}

fn nobody(sought: &Sought, workplace: &Workplace) -> CliError {
    CliError::usage(sought.nobody(workplace.setup.routing.is_public(sought)))
        .hint("`retain account NAME` finds an account by its name; only accounts in your scope are here")
}

fn told(told: &ToldUs) -> Value {
    json!({ "on": told.on, "words": told.words })
}

/// An account, for programs: its line as everywhere, and what the requester's desk asks for.
fn shape(one: &Whose, workplace: &Workplace) -> Value {
    let known = one.open_tickets.as_ref();
    let contact = one.contact.as_ref();
    let beside = Shape::default()
        .with("found_by", if contact.is_some() { "contact" } else { "domain" })
        .maybe(
            "contact",
            contact.map(|contact| &contact.name),
            "no contact has the address, or only a domain was given",
        )
        .maybe(
            "contact_role",
            contact.and_then(|contact| contact.role.as_ref()),
            NOT_SET,
        )
        .maybe(
            "contact_left",
            contact.map(|contact| contact.left),
            "no contact has the address, or only a domain was given",
        )
        .maybe("entitlement", one.entitlement.as_ref(), NOT_SET)
        .maybe(
            "support",
            one.support,
            if one.entitlement.is_some() {
                UNLISTED
            } else {
                NOT_SET
            },
        )
        .maybe("open_tickets", known.ok(), known.err().map_or("", String::as_str))
        .maybe("away", one.away.as_ref(), "the CSM is there, or there is none")
        .known_list(
            "told_us",
            one.told_us.iter().flatten().map(told).collect(),
            one.told_us.as_ref().err().cloned(),
        )
        .done();
    let mut account = shape::account(&one.line, shape::currency(&workplace.setup));
    if let (Value::Object(account), Value::Object(beside)) = (&mut account, beside) {
        account.extend(beside);
    }
    account
}
