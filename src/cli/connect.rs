//! `retain connect`: from a key to a profile and a mapping that a person has looked at.
//!
//! Nothing is written before the questions are answered, and nothing is overwritten unasked.

mod corrected;
mod facts;
mod failure;
mod files;
mod listing;
mod patterns;
mod probe;
pub(super) mod prompt;
mod proposal;
mod render;
mod samples;
mod tell;
mod token;
mod waiting;
mod words;

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::config::Setup;
use crate::config::secret::{TokenSource, expand};
use crate::config::settings::{Profile, Scope};
use crate::crm::hubspot::DEFAULT_BASE_URL;
use crate::crm::{Crm, Tenant};
use crate::domain::record::{Kind, Owner};
use crate::runtime::connection;

use super::context::Context;
use super::error::CliError;
use super::output::{Plain, complain};
use corrected::{Corrected, remove_stale, write_beside};
use facts::Facts;
use probe::Closed;
use prompt::Prompts;
use proposal::Proposal;
use waiting::Waiting;

/// Connect a CRM: check the key, propose the mapping, write the files
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = "What is not given is asked for. --profile names the profile that is made.")]
pub struct Args {
    /// The token is what this program prints; words are split at spaces, there is no shell
    #[arg(long, value_name = "COMMAND", group = "token")]
    pub token_command: Option<String>,
    /// The token is in this file, which nobody else may read
    #[arg(long, value_name = "FILE", group = "token")]
    pub token_file: Option<PathBuf>,
    /// The token is in the kernel's keyring as `retain:PROFILE`
    #[arg(long, group = "token")]
    pub keyring: bool,
    /// The token is in this environment variable (any child process can read it)
    #[arg(long, value_name = "NAME", group = "token")]
    pub token_env: Option<String>,
    /// My e-mail address as an owner in the CRM
    #[arg(long, value_name = "EMAIL")]
    pub me: Option<String>,
    /// Which accounts are cached: mine (me), my teams' (team) or all
    #[arg(long, value_enum, hide_possible_values = true)]
    pub scope: Option<ScopeArg>,
    /// Address of the CRM's API when it is not HubSpot's own, such as that of `retain demo-server`
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Address of the HTTP proxy to the CRM
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// PEM file with certificate authorities that are trusted beside the system's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Wait for the CRM no longer than this in all
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    pub within: u64,
    /// Ask nothing and take the defaults
    #[arg(long)]
    pub yes: bool,
    /// List all properties that the CRM has, also those that are never filled
    #[arg(long)]
    pub all_properties: bool,
    /// Overwrite a mapping and a profile that are there already
    #[arg(long)]
    pub force: bool,
}

/// Which accounts are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ScopeArg {
    /// Those that I look after
    Me,
    /// Those of everyone in my teams
    Team,
    /// All
    All,
}

impl From<ScopeArg> for Scope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Me => Self::Me,
            ScopeArg::Team => Self::Team,
            ScopeArg::All => Self::All,
        }
    }
}

/// Asks, checks, proposes, shows, writes.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let prompts = Prompts { yes: args.yes };
    let mut setup = context.setup()?;
    let name = profile_name(args, context, &setup, prompts)?;
    let asked = ask_profile(args, &name, setup.settings.profiles.get(&name), prompts)?;
    setup.settings.profiles.insert(name.clone(), asked.clone());
    setup.profile = Some(name.clone());
    let told = |error| failure::in_terms_of_flags(error, &asked);
    let source = connection::token_source(&setup, &asked).map_err(told)?;
    if let Some(warning) = source.warning() {
        complain(&format!("warning: {warning}"));
    }
    tell::proxy(&asked);
    let mut waiting = Waiting::new(args.within);
    let patience = waiting.for_a_limit();
    let crm = connection::hubspot_with(&setup, |way| way.patience = way.patience.min(patience))
        .map_err(failure::of_the_address)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (tenant, closed, facts) = runtime.block_on(async {
        let tenant = waiting.until("Asking the CRM whose key this is", told, crm.tenant());
        let tenant = tenant.await?;
        let closed = probe::closed_kinds(&crm);
        let closed = waiting
            .until("Asking what the key may read", told, closed)
            .await?;
        let facts = probe::look(&crm, &closed);
        let facts = waiting.until("Looking at properties and some records", told, facts);
        let facts = facts.await?;
        Ok::<_, CliError>((tenant, closed, facts))
    })?;
    tell::access(&tenant, &closed, &facts);
    listing::tell(&facts, args.all_properties);
    let me = ask_me(args, &setup, &facts, prompts)?;
    let proposal = proposal::propose(&facts);
    tell::proposal(&proposal);
    tell::missing(&proposal);
    let writing = Writing {
        args,
        context,
        prompts,
        directory: context.places()?.config_dir,
    };
    let whose = writing.whose(&proposal)?;
    let mapping = match &whose {
        Whose::Proposed => &proposal.mapping,
        Whose::Corrected(corrected) => &corrected.mapping,
        Whose::Mine => &setup.mapping,
    };
    let today = setup.settings.day_of(context.now());
    let accounts = samples::five(&crm, &facts, mapping, &tenant, today);
    let accounts = runtime.block_on(waiting.until("Reading five accounts", told, accounts))?;
    samples::tell(&accounts, whose.words());
    if !prompts.confirm("Do these accounts look right?", true, true, "--yes")? {
        return Err(writing.nothing(&proposal, &whose)?);
    }
    let written = writing.write(&name, asked, &tenant, &me, (&proposal, &whose))?;
    answer(
        context,
        &name,
        (&tenant, &closed, &facts),
        &proposal,
        &written,
        &accounts,
    )
}

fn profile_name(args: &Args, context: &Context, setup: &Setup, prompts: Prompts) -> Result<String, CliError> {
    let name = match &context.global.profile {
        Some(name) => plain_name(name)?,
        None => prompts.meaning(
            "What shall this connection be called?",
            Some("main"),
            "--profile",
            plain_name,
        )?,
    };
    let exists = setup.settings.profiles.contains_key(&name);
    let question = format!("There is a profile `{name}` already. Replace its connection?");
    if exists && !args.force && !prompts.confirm(&question, false, false, "--force")? {
        return Err(CliError::usage(format!("the profile `{name}` was left as it is"))
            .hint("choose another name with --profile, or replace it with --force"));
    }
    Ok(name)
}

fn plain_name(name: &str) -> Result<String, CliError> {
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if name.is_empty() || !plain {
        return Err(
            CliError::usage(format!("`{name}` cannot be the name of a profile"))
                .hint("use letters, digits, - and _"),
        );
    }
    Ok(name.to_owned())
}

fn ask_profile(
    args: &Args,
    name: &str,
    before: Option<&Profile>,
    prompts: Prompts,
) -> Result<Profile, CliError> {
    let url = match &args.url {
        Some(url) => url.clone(),
        None => prompts.text("Address of the CRM's API?", Some(DEFAULT_BASE_URL), "--url")?,
    };
    let mut profile = Profile {
        base_url: (url.trim_end_matches('/') != DEFAULT_BASE_URL).then_some(url),
        scope: args.scope.map_or(Scope::Me, Scope::from),
        token_command: args.token_command.as_deref().map(token::split),
        token_file: args.token_file.as_deref().map(absolute).transpose()?,
        token_env: args.token_env.clone(),
        keyring: args.keyring,
        // The way out of this network is the same whatever the key is.
        proxy: args
            .proxy
            .clone()
            .or_else(|| before.and_then(|before| before.proxy.clone())),
        ca_file: args
            .ca_file
            .as_deref()
            .map(absolute)
            .transpose()?
            .or_else(|| before.and_then(|before| before.ca_file.clone())),
        ..Profile::default()
    };
    let given =
        args.token_command.is_some() || args.token_file.is_some() || args.token_env.is_some() || args.keyring;
    if !given {
        match token::ask(name, prompts)? {
            TokenSource::Command(words) => profile.token_command = Some(words),
            TokenSource::File(path) => profile.token_file = Some(absolute(&path)?),
            TokenSource::Keyring(_) => profile.keyring = true,
            TokenSource::Environment(variable) => profile.token_env = Some(variable),
        }
    }
    if args.scope.is_none() {
        profile.scope = prompts.meaning(
            "Which accounts: me, team or all?",
            Some("me"),
            "--scope",
            |scope| match scope {
                "me" => Ok(Scope::Me),
                "team" => Ok(Scope::Team),
                "all" => Ok(Scope::All),
                _ => Err(CliError::usage(format!("`{scope}` is neither me, team nor all"))),
            },
        )?;
    }
    Ok(profile)
}

/// The program is started from any directory later, by a clock too.
fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    // Where the shell did not do it: `~/` is the home directory.
    Ok(std::path::absolute(expand(path))?)
}

fn ask_me(args: &Args, setup: &Setup, facts: &Facts, prompts: Prompts) -> Result<String, CliError> {
    let known = setup.my_owner();
    match &args.me {
        Some(me) => owner(me, facts),
        None => prompts.meaning(
            "Your e-mail address as an owner in the CRM?",
            known.as_deref(),
            "--me",
            |me| owner(me, facts),
        ),
    }
}

fn owner(me: &str, facts: &Facts) -> Result<String, CliError> {
    let me = me.trim().to_lowercase();
    if facts.owners.iter().any(|owner| owner.email == me) {
        return Ok(me);
    }
    let like = |owner: &&Owner| strsim::jaro_winkler(&owner.email, &me) > 0.85;
    let hint = facts.owners.iter().find(like).map_or_else(
        || "the CRM's list of users shows the address".to_owned(),
        |owner| format!("did you mean {}?", owner.email),
    );
    Err(CliError::usage(format!("the CRM has no owner with the address {me}")).hint(hint))
}

/// Which mapping the accounts are read by.
enum Whose {
    /// What was proposed just now.
    Proposed,
    /// An earlier proposal that a person has corrected.
    Corrected(Box<Corrected>),
    /// `mapping.toml`, which is there already and stays unless I say otherwise.
    Mine,
}

impl Whose {
    /// How accounts are shown that it reads.
    fn words(&self) -> &'static str {
        match self {
            Self::Proposed => "as they would be read",
            Self::Corrected(_) => "as the corrected proposal reads them",
            Self::Mine => "as your mapping.toml reads them",
        }
    }
}

/// Writes the files, asking where something would be lost.
struct Writing<'a> {
    args: &'a Args,
    context: &'a Context,
    prompts: Prompts,
    /// Where the files lie.
    directory: PathBuf,
}

impl Writing<'_> {
    /// Mine first, then what I have corrected; with `--force` only what is proposed now.
    fn whose(&self, proposal: &Proposal) -> Result<Whose, CliError> {
        if self.args.force {
            return Ok(Whose::Proposed);
        }
        if !files::read(&self.directory.join("mapping.toml"))?.is_empty() {
            return Ok(Whose::Mine);
        }
        let proposed = render::over_the_shipped(proposal);
        let Some(corrected) = Corrected::read(self.context, &self.directory, &proposed)? else {
            return Ok(Whose::Proposed);
        };
        corrected.tell();
        Ok(Whose::Corrected(Box::new(corrected)))
    }

    /// A person found that the accounts look wrong: nothing is connected, and the proposal lies where it can be corrected.
    fn nothing(&self, proposal: &Proposal, whose: &Whose) -> Result<CliError, CliError> {
        let path = self.directory.join("mapping.toml");
        let proposed = render::over_the_shipped(proposal);
        let hint = match whose {
            Whose::Mine => format!(
                "correct {}, then `retain connect` again; beside it, in {}, is what was proposed",
                path.display(),
                write_beside(&path, &proposed)?.display()
            ),
            Whose::Proposed => format!(
                "correct {}, then `retain connect` again: it shows the accounts as that file reads them",
                write_beside(&path, &proposed)?.display()
            ),
            Whose::Corrected(corrected) => format!(
                "go on correcting {}, then `retain connect` again; without that file it begins with a new proposal",
                corrected.path.display()
            ),
        };
        Ok(CliError::failed("nothing is connected, as the accounts do not look right").hint(hint))
    }

    fn write(
        &self,
        name: &str,
        asked: Profile,
        tenant: &Tenant,
        me: &str,
        (proposal, whose): (&Proposal, &Whose),
    ) -> Result<Written, CliError> {
        let before = self.context.loaded()?.setup.settings;
        let settings = self.directory.join("retain.toml");
        let old = files::read(&settings)?;
        let profile = files::profile_for(tenant, asked, before.profiles.get(name));
        let new = files::with_profile(&old, &before, name, &profile, me)?;
        for line in files::changes(&old, &new) {
            complain(&format!("  retain.toml {line}"));
        }
        files::write(&settings, &new)?;
        let path = self.directory.join("mapping.toml");
        let mapping = if let Whose::Corrected(corrected) = whose {
            files::write(&path, &corrected.text)?;
            std::fs::remove_file(&corrected.path)?;
            Some(path.clone())
        } else {
            let proposed = render::over_the_shipped(proposal);
            let written = self.write_mapping(&path, &proposed)?;
            if written.as_ref().is_none_or(|written| *written == path) {
                remove_stale(&path, &proposed)?;
            }
            written
        };
        Ok(Written {
            kept: (mapping.as_ref() != Some(&path)).then_some(path),
            files: std::iter::once(settings).chain(mapping).collect(),
        })
    }

    /// A mapping that is there already is kept unless a person says otherwise; then the proposal lies beside it. Tells
    /// what was written, if anything was.
    fn write_mapping(&self, path: &Path, new: &str) -> Result<Option<PathBuf>, CliError> {
        let old = files::read(path)?;
        let changes = files::changes(&old, new);
        if !old.is_empty() && changes.is_empty() && !self.args.force {
            return Ok(None);
        }
        if !old.is_empty() && !self.args.force {
            for line in &changes {
                complain(&format!("  mapping.toml {line}"));
            }
            if !self.prompts.confirm(
                "Replace your mapping.toml by the proposal?",
                false,
                false,
                "--force",
            )? {
                return Ok(Some(write_beside(path, new)?));
            }
        }
        files::write(path, new)?;
        Ok(Some(path.to_owned()))
    }
}

/// What was written, and what was not.
struct Written {
    /// The files that were written; a proposal beside a mapping that is kept is one of them.
    files: Vec<PathBuf>,
    /// The mapping that was there already and stays in force.
    kept: Option<PathBuf>,
}

impl Written {
    /// The same in sentences.
    fn words(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|path| path.display().to_string()).collect();
        let written = format!("Written: {}.", files.join(", "));
        match &self.kept {
            Some(kept) if self.files.len() > 1 => format!(
                "{written}\nKept as it was, and in force: {}; what was proposed lies beside it.",
                kept.display()
            ),
            Some(kept) => format!(
                "{written}\nKept as it was: {}; it says what was proposed.",
                kept.display()
            ),
            None => written,
        }
    }
}

fn answer(
    context: &Context,
    name: &str,
    (tenant, closed, facts): (&Tenant, &[Closed], &Facts),
    proposal: &Proposal,
    written: &Written,
    accounts: &[samples::Account],
) -> Result<(), CliError> {
    if context.output.is_text() {
        return context.output.text(&format!(
            "{name} is connected, read-only until `:enable-writes` in the cockpit.\n{}\n\
             Next: `retain` opens the cockpit and reads the CRM; `retain sync` reads it once.",
            written.words()
        ));
    }
    let missing: Vec<_> = closed
        .iter()
        .map(|one| json!({ "kind": one.kind, "scopes": one.scopes, "cost": one.cost }))
        .collect();
    let readable: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|kind| !closed.iter().any(|one| one.kind == *kind))
        .collect();
    let answer = json!({
        "profile": name,
        "tenant": tenant.id,
        "currency": tenant.currency,
        "time_zone": tenant.time_zone,
        "readable": readable,
        "missing": missing,
        "properties": listing::properties_json(facts),
        "pipelines": listing::pipelines_json(facts),
        "proposed": listing::proposed_json(proposal),
        "warnings": proposal.warnings,
        "files": written.files,
        "sample_accounts": accounts.iter().map(samples::Account::json).collect::<Vec<_>>(),
    });
    context.output.values(&answer, Plain::Values)
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
