//! `retain edit`: the fields of an account that can be edited.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::account_view::{AccountView, ContractLine};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::title::NOTHING;
use crate::domain::acts::{About, Somebody};
use crate::domain::outbox::{Entry, NewEntry, Remedy, State, turned_back};
use crate::domain::playbook::Deed;
use crate::domain::record::{Kind, RecordId};
use crate::domain::vocabulary::nearest;
use crate::store::{Ledger, StoreError};

use super::CliError;
use super::account;
use super::anew;
use super::context::Context;
use super::output::{Column, Plain};
use super::sending::{self, Believing, Flags, ONLY_QUEUED};
use super::shape::Shape;
use super::writing::{self, Writing, about};

const COLUMNS: [Column; 5] = [
    Column::names("field"),
    Column::words("type"),
    Column::sentences("value"),
    Column::names("outbox"),
    Column::sentences("allowed"),
];
const PLAIN: Plain = Plain::Table(
    "fields",
    &[
        "field", "label", "contract", "kind", "record", "type", "value", "pending", "entry",
    ],
);

/// Change fields of an account, or list those that can be changed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: retain edit juniper segment=mid sentiment=neutral\n          retain edit juniper --contract routing ARR=19k 'renewal date=+90d'"
)]
pub struct Args {
    /// The account: its id, or its name or a part of it
    account: String,
    /// What to change, as FIELD=VALUE; nothing behind the sign empties the field. Without any, the fields are listed
    #[arg(value_name = "FIELD=VALUE")]
    changes: Vec<String>,
    /// The contract whose fields are meant: its id, or its name or a part of it. Not needed where only one runs
    #[arg(long, value_name = "CONTRACT")]
    contract: Option<String>,
    #[command(flatten)]
    believing: Believing,
    #[command(flatten)]
    flags: Flags,
}

/// Changes the fields, all in one go, or lists them.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.changes.is_empty() {
        return list(args, context);
    }
    let mut writing = sending::begin(&args.flags, context)?;
    let (about, seen) = wanted(args, &writing, context)?;
    let (mut now, mut unasked) = (seen.clone(), None);
    let open = writing.ledger().outbox_open()?;
    if let Some((one, entry)) = seen.iter().find_map(|one| Some((one, one.field.held_by(&open)?))) {
        return Err(held(&one.field, entry));
    }
    let turns_back = |one: &Wanted| {
        let entry = one.write(&writing, &about);
        entry.is_some_and(|entry| turned_back(&open, &entry.write).is_some())
    };
    if seen
        .iter()
        .any(|one| (one.is_so() && one.field.pending.is_none()) || turns_back(one))
    {
        // A colleague may have changed it since the last sync.
        let workplace = writing.end();
        unasked = if args.flags.is_only_queued() {
            Some(ONLY_QUEUED.to_owned())
        } else {
            anew::look(&workplace, &about.id, &args.flags, context).err()
        };
        writing = sending::begin(&args.flags, context)?;
        now = wanted(args, &writing, context)?.1;
    }
    let people = Somebody::active(&writing.owners);
    let zone = writing.on.zone.clone();
    let told = |field: &EditableField| match field.told(&people, &zone) {
        empty if empty.is_empty() => NOTHING.to_owned(),
        told => told,
    };
    let (so, mut changed): (Vec<Wanted>, Vec<Wanted>) = now.into_iter().partition(Wanted::is_so);
    let mut why: Vec<String> = so.iter().map(|one| one.why_not(&told)).collect();
    if changed.is_empty() {
        return anew::nothing_to_do(&why.join("; "), unasked.as_deref(), &writing.end(), context);
    }
    as_seen(&seen, &mut changed);
    args.believing.check(doubt(&changed, writing.on.today()))?;
    let (mut deed, mut back) = (Deed::default(), Vec::new());
    for one in changed {
        let entry = one.write_all_the_same(&writing, &about);
        match writing.turn_back(&entry.write)? {
            Some(taken) => {
                why.push(one.why_back(&told));
                back.push(taken);
            }
            None => deed.entries.push(entry),
        }
    }
    let mut done = sending::perform(writing, &deed, &args.flags, context)?;
    done.entries.splice(0..0, back);
    if !why.is_empty() {
        let why = why.join("; ");
        let nothing = anew::nothing_because(&why, unasked.as_deref(), &done.workplace, context)?;
        done.nothing_because.insert(0, nothing);
    }
    done.print(context)
}

/// That a field gets no other value before an entry of it is decided.
fn held(field: &EditableField, entry: &Entry) -> CliError {
    let (id, name, property) = (entry.id, field.name(), &field.field);
    let error = |why: &str| CliError::failed(format!("entry {id} of the outbox holds {name}, as {why}"));
    match (entry.state, entry.remedy) {
        (State::Conflict, _) => error("somebody else changed it too").hint(format!(
            "`retain outbox resolve {id}` shows it, and with --take mine, --take theirs or {property}=VALUE decides it"
        )),
        (_, Remedy::Edit) => error("the CRM refused it").hint(format!(
            "`retain outbox edit {id} {property}=VALUE` writes another value, `retain outbox discard {id}` gives it up"
        )),
        _ => error("it was not sent").hint(format!("`retain outbox` says what helps {id}")),
    }
}

/// A change that is asked for.
#[derive(Debug, Clone)]
struct Wanted {
    /// The field as it is known here.
    field: EditableField,
    /// What it is to be.
    to: Option<String>,
}

impl Wanted {
    fn is_so(&self) -> bool {
        self.field.has(self.to.as_deref())
    }

    /// The write that it is; `None` where the field is so already.
    fn write(&self, writing: &Writing, about: &About) -> Option<NewEntry> {
        let people = Somebody::active(&writing.owners);
        self.field.write(&writing.on, about, &people, self.to.clone())
    }

    /// The same also where the field is so here: the CRM may have another value by now.
    fn write_all_the_same(&self, writing: &Writing, about: &About) -> NewEntry {
        let people = Somebody::active(&writing.owners);
        self.field
            .write_all_the_same(&writing.on, about, &people, self.to.clone())
    }

    /// Why nothing is left to write of what waited.
    fn why_back(&self, told: &dyn Fn(&EditableField) -> String) -> String {
        let again = EditableField {
            value: self.to.clone(),
            ..self.field.clone()
        };
        let (name, value) = (self.field.name(), told(&again));
        format!("{name} is {value} again: what waited is taken back")
    }

    /// Why there is nothing to do.
    fn why_not(&self, told: &dyn Fn(&EditableField) -> String) -> String {
        let (name, value) = (self.field.name(), told(&self.field));
        if self.field.pending.is_some() {
            format!("{name}: {value} waits in the outbox already")
        } else {
            format!("{name} is {value} already")
        }
    }
}

/// What is to be changed rests on what was known before the CRM was looked at anew: nobody has seen what came since, so
/// that it becomes a conflict.
fn as_seen(seen: &[Wanted], changed: &mut [Wanted]) {
    for one in changed {
        let is_it =
            |was: &&Wanted| was.field.record == one.field.record && was.field.field == one.field.field;
        if let Some(was) = seen.iter().find(is_it) {
            one.field.value.clone_from(&was.field.value);
        }
    }
}

/// The account, and what is asked for, by what is known here.
fn wanted(args: &Args, writing: &Writing, context: &Context) -> Result<(About, Vec<Wanted>), CliError> {
    let view = writing.account(&args.account, context)?;
    let fields = offered(&view, args.contract.as_deref())?;
    let people = Somebody::active(&writing.owners);
    let (mut wanted, mut named) = (Vec::new(), BTreeSet::new());
    for change in &args.changes {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| CliError::usage(format!("`{change}` is no change")).hint("write FIELD=VALUE"))?;
        let field = called(&fields, name.trim())?;
        once(&mut named, field.name())?;
        let to = field
            .parse(&writing.on, &people, value)
            .map_err(CliError::usage)?;
        wanted.push(Wanted {
            field: field.clone(),
            to,
        });
    }
    Ok((about(&view), wanted))
}

/// A field has one value: what is given twice is a slip in one of both.
pub(super) fn once(named: &mut BTreeSet<String>, name: String) -> Result<(), CliError> {
    if named.contains(&name) {
        return Err(CliError::usage(format!("{name} is given twice")).hint("write it once"));
    }
    named.insert(name);
    Ok(())
}

/// What makes a value hard to believe, a day held against the days of its contract as they will be.
fn doubt(changes: &[Wanted], today: Date) -> Option<String> {
    changes.iter().find_map(|one| {
        let term = one.field.term.map(|(day, term)| {
            let of_record = changes
                .iter()
                .filter(|other| other.field.record == one.field.record);
            let term = of_record.fold(term, |term, other| match other.field.term {
                Some((day, _)) => term.with(day, other.field.day(other.to.as_deref())),
                None => term,
            });
            (day, term)
        });
        let field = EditableField {
            term,
            ..one.field.clone()
        };
        let why = field.doubt(today, one.to.as_deref())?;
        Some(format!("{}: {why}", field.name()))
    })
}

/// The fields of the account, and of the contract that is meant; without one, of those that run, or of all where
/// none does.
fn offered<'a>(view: &'a AccountView, contract: Option<&str>) -> Result<Vec<&'a EditableField>, CliError> {
    let meant: Vec<&RecordId> = match contract {
        Some(text) => vec![the_contract(view, text)?],
        None if view.running().next().is_some() => view.running().map(|line| &line.id).collect(),
        None => view.contracts.iter().map(|line| &line.id).collect(),
    };
    let of_meant = |field: &&EditableField| field.contract.is_none() || meant.contains(&&field.record);
    Ok(view.editable.iter().filter(of_meant).collect())
}

/// The one contract that a text means: of several, the one that runs.
fn the_contract<'a>(view: &'a AccountView, text: &str) -> Result<&'a RecordId, CliError> {
    let contracts = &view.contracts;
    let wanted = text.to_lowercase();
    let exact = |line: &ContractLine| line.id.as_str() == text || line.name.to_lowercase() == wanted;
    let has = |line: &ContractLine| line.name.to_lowercase().contains(&wanted);
    for found in [&exact as &dyn Fn(&ContractLine) -> bool, &has] {
        let mut found: Vec<&ContractLine> = contracts.iter().filter(|line| found(line)).collect();
        let runs = |line: &&ContractLine| view.running().any(|running| running.id == line.id);
        if found.iter().any(runs) {
            found.retain(runs);
        }
        match found.as_slice() {
            [] => {}
            [only] => return Ok(&only.id),
            several => {
                let which: Vec<String> = several.iter().map(|line| with_id(&line.name, &line.id)).collect();
                let why = format!("`{text}` may be {}", which.join(" or "));
                return Err(CliError::usage(why).hint("`--contract ID` says which"));
            }
        }
    }
    let names: Vec<&str> = contracts.iter().map(|line| line.name.as_str()).collect();
    let hint = match names.as_slice() {
        [] => view
            .unread
            .why(&[Kind::Contract])
            .unwrap_or_else(|| "the account has no contract".to_owned()),
        names => format!("there is {}", names.join(", ")),
    };
    Err(CliError::usage(format!("no contract of the account is called `{text}`")).hint(hint))
}

fn with_id(name: &str, id: &RecordId) -> String {
    format!("{name} ({id})")
}

/// The field that a text means: by its label, its name in the CRM, or the only one that begins so. Which contract
/// is meant is never guessed.
fn called<'a>(fields: &[&'a EditableField], name: &str) -> Result<&'a EditableField, CliError> {
    let wanted = name.to_lowercase();
    let label = |field: &EditableField| field.label.to_lowercase();
    let exact = |field: &EditableField| field.is_called(name);
    let begins = |field: &EditableField| label(field).starts_with(&wanted);
    for found in [&exact as &dyn Fn(&EditableField) -> bool, &begins] {
        let found: Vec<&'a EditableField> = fields.iter().copied().filter(|field| found(field)).collect();
        match found.as_slice() {
            [only] => return Ok(only),
            [first, rest @ ..] if rest.iter().all(|field| field.field == first.field) => {
                return Err(several(name, &found));
            }
            _ => {}
        }
    }
    let near = nearest(name, fields.iter().map(|field| field.label.as_str()));
    let hint = near.map_or_else(
        || "`retain edit ACCOUNT` lists the fields".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(CliError::usage(format!("no field that can be edited is called `{name}`")).hint(hint))
}

/// A field that more than one contract has.
fn several(name: &str, fields: &[&EditableField]) -> CliError {
    let which = fields.iter().filter_map(|field| {
        let contract = field.contract.as_ref()?;
        Some(with_id(contract, &field.record))
    });
    let which: Vec<String> = which.collect();
    let why = format!(
        "`{name}` is a field of {} contracts: {}",
        which.len(),
        which.join(", ")
    );
    CliError::usage(why).hint("`--contract NAME` says which; a part of its name is enough")
}

/// A field that can be edited, for programs.
fn shape(field: &EditableField, open: &[Entry]) -> Value {
    let (waiting, nothing) = (field.waiting(open), "nothing of it waits in the outbox");
    let option = |(value, label): &(String, String)| json!({ "value": value, "label": label });
    Shape::default()
        .with("field", &field.field)
        .with("label", &field.label)
        .maybe(
            "contract",
            field.contract.as_ref(),
            "it is a field of the account itself",
        )
        .with("kind", field.kind)
        .with("record", &field.record)
        .with("type", field.value_type)
        .with("options", field.options.iter().map(option).collect::<Vec<_>>())
        .maybe("value", field.value.as_ref(), "the CRM has no value")
        .maybe("pending", waiting.map(|entry| entry.state), nothing)
        .maybe("entry", waiting.map(|entry| entry.id), nothing)
        .done()
}

/// What of a field waits in the outbox, in words; of what a person has to decide also the value, which does not show.
fn waits(field: &EditableField, open: &[Entry], wanted: impl Fn(&Entry) -> String) -> String {
    let Some(entry) = field.waiting(open) else {
        return String::new();
    };
    let told = format!("{} ({})", entry.state.word(), entry.id);
    match field.held_by(open).map(wanted).as_deref() {
        None => told,
        Some("") => format!("{told}: {NOTHING}"),
        Some(mine) => format!("{told}: {mine}"),
    }
}

/// Lists the fields of an account that can be edited; nothing is written.
fn list(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let cache = workplace.cache()?;
    let view = account::find(&workplace, &cache, &args.account, context)?;
    let fields = match args.contract.as_deref() {
        // Also of the contracts of which one has to say which is meant.
        None => view.editable.iter().collect(),
        meant => offered(&view, meant)?,
    };
    let open = match Ledger::open_read_only(&workplace.paths.ledger_db) {
        Err(StoreError::Missing { .. }) => Vec::new(),
        ledger => ledger?.outbox_open()?,
    };
    if !context.output.is_text() {
        let fields: Vec<_> = fields.iter().map(|field| shape(field, &open)).collect();
        return context.output.values(&json!({ "fields": fields }), PLAIN);
    }
    let people = Somebody::active(&writing::owners(&cache)?);
    let zone = workplace.setup.settings.zone();
    let rows: Vec<Vec<String>> = fields
        .iter()
        .map(|field| {
            let allowed = field.options.iter().map(|(_, label)| label.as_str());
            vec![
                field.name(),
                format!("{:?}", field.value_type).to_lowercase(),
                field.told(&people, &zone),
                waits(field, &open, |entry| field.wanted(entry, &people, &zone)),
                if field.is_owner {
                    "one of us".to_owned()
                } else {
                    allowed.collect::<Vec<_>>().join(", ")
                },
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    context
        .output
        .aside("`retain edit ACCOUNT FIELD=VALUE` changes one")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::app::play;

    #[test]
    fn of_several_contracts_of_a_name_the_running_one_is_meant() {
        let mut view = play::account();
        view.contracts[0].name = "Platform 2026".to_owned();
        view.contracts[1].name = "Platform 2025".to_owned();
        view.contracts[1].state = "ended".to_owned();
        let running = view.contracts[0].id.clone();
        assert_eq!(*the_contract(&view, "platform").unwrap(), running);
        assert_ne!(*the_contract(&view, "platform 2025").unwrap(), running);
        // Where both run, or none does, the ids are told.
        for state in ["active", "ended"] {
            for line in &mut view.contracts {
                line.state = state.to_owned();
            }
            let error = the_contract(&view, "platform").unwrap_err();
            assert!(error.summary.contains(running.as_str()), "{}", error.summary);
        }
    }

    #[test]
    fn whatever_is_null_of_a_field_says_why() {
        let mut field = play::account().editable.remove(0);
        (field.contract, field.value) = (None, None);
        let told = shape(&field, &[]);
        for name in ["contract", "value", "pending", "entry"] {
            assert!(
                told[name].is_null() && told[format!("{name}_reason")].is_string(),
                "{told}"
            );
        }
    }
}
