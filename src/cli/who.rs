//! `retain who`: the account of whoever asks, by their address or its domain.

use serde_json::{Value, json};

use crate::domain::countdown::Countdown;
use crate::domain::routing::Sought;
use crate::domain::words::{self, Health};
use crate::engine::{self, Whose};

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
    let workplace = context.workplace()?;
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
    .map_err(|error| CliError::failed("the account cannot be looked for").because(&error))?;
    if found.is_empty() {
        return Err(nobody(&sought, &workplace));
    }
    if !context.output.is_text() {
        let accounts: Vec<Value> = found.iter().map(|one| shape(one, &workplace)).collect();
        let answer = json!({ "data": freshness.json(), "accounts": accounts });
        return context.output.values(&answer, PLAIN);
    }
    let pages: Vec<String> = found.iter().map(|one| page(one, &workplace, context)).collect();
    context.output.text(&pages.join("\n\n"))?;
    let zone = workplace.setup.settings.zone();
    context
        .output
        .aside(&format!("\n{}", freshness.words(context.now(), &zone)))
}

fn nobody(sought: &Sought, workplace: &Workplace) -> CliError {
    let domain = &sought.domain;
    let public = workplace.setup.routing.is_public(sought);
    let message = match &sought.mail {
        Some(mail) if public => {
            format!("no contact has the address {mail}, and anybody can have mail of {domain}")
        }
        Some(mail) => format!("no contact has the address {mail}, and no account the domain {domain}"),
        None if public => format!("anybody can have mail of {domain}: it names no account"),
        None => format!("no account has the domain {domain}"),
    };
    CliError::usage(message)
        .hint("`retain account NAME` finds an account by its name; only accounts in your scope are here")
}

/// An account, for people.
fn page(one: &Whose, workplace: &Workplace, context: &Context) -> String {
    let line = &one.line;
    let settings = &workplace.setup.settings;
    let today = settings.day_of(context.now());
    let by = match &one.contact {
        Some(contact) => {
            let role = contact.role.iter().map(|role| format!(", {role}"));
            let left = contact.left.then(|| ", has left them".to_owned());
            format!("{}{}", contact.name, role.chain(left).collect::<String>())
        }
        None => format!("by the domain {}", line.domain.as_deref().unwrap_or("?")),
    };
    let left = if line.has_churned() { ", has left" } else { "" };
    let day = |date: Option<jiff::civil::Date>| {
        date.map_or("?".to_owned(), |date| {
            format!(
                "{} ({})",
                words::calendar_day(today, date),
                words::until(today, date)
            )
        })
    };
    let renewal = if line.monthly {
        "renews every month".to_owned()
    } else if Countdown::of(line).notice_passed(today).is_some() {
        Countdown::of(line).words(today)
    } else {
        format!("ends {} · notice by {}", day(line.ends), day(line.notice_by))
    };
    let csm = match (&line.csm, &line.csm_name) {
        (None, _) => "no CSM".to_owned(),
        (Some(id), None) => format!("CSM ? ({id})"),
        (_, Some(name)) => format!("CSM {name}"),
    };
    let tickets = match &one.open_tickets {
        Ok(count) => words::counted((*count).into(), "open ticket", "open tickets"),
        Err(why) => format!("open tickets ? ({why})"),
    };
    let health = Health::of(line.band, line.last_band, line.score).words();
    [
        format!("{}{left} · {by}", line.name),
        format!(
            "  {} · {renewal} · {csm}",
            line.segment.as_deref().unwrap_or("no segment")
        ),
        format!(
            "  support: {} · {tickets} · health {health}",
            one.entitlement.as_deref().unwrap_or("?")
        ),
    ]
    .join("\n")
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
        .done();
    let mut account = shape::account(&one.line, shape::currency(&workplace.setup));
    if let (Value::Object(account), Value::Object(beside)) = (&mut account, beside) {
        account.extend(beside);
    }
    account
}
