//! Handoffs found in the CRM's notes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::handoff::{self, HandoffEvent, Head, MARK, SaidNote, Unlinked};
use crate::domain::html;
use crate::domain::outbox::{Field, Write};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::routing::{Passed, Routed};
use crate::store::{Cache, Ledger, NewEvent, Shown};

use super::EngineError;
use super::handoff_tasks::HandoffTasks;
use super::interpret::{activity, values};
use super::unlinked;
use super::world::{World, days_before};

/// An accepted handoff is shown for so many days.
const ACCEPTED_DAYS: i64 = 14;

/// What our own notes said is looked up for so many days: by then a look has noted it in the journal.
const OWN_DAYS: i64 = 30;

/// The event of a journal that keeps what a note of a handoff said when it was first seen.
pub const SEEN: &str = "handoff-seen";

/// The notes of handoffs: (account, handoff) → its notes.
type Notes = BTreeMap<(RecordId, String), Vec<SaidNote>>;

/// What the journal knows of notes, by their ids, with the account that each was on.
type Heads = BTreeMap<RecordId, (RecordId, Head)>;

/// What notes of handoffs said in their first lines when they were first seen, by their ids.
pub type Said = BTreeMap<RecordId, String>;

/// The notes of handoffs as the CRM has them, with the accounts that each is on.
#[derive(Debug, Default)]
pub struct Found {
    notes: Vec<(Vec<RecordId>, SaidNote)>,
    gone: Vec<(RecordId, SaidNote)>,
    /// Events of notes of mine that the journal does not keep yet.
    own: Vec<(RecordId, Head)>,
    unlinked: Vec<Unlinked>,
    /// What was seen of their tasks.
    pub tasks: HandoffTasks,
}

impl Found {
    /// What was decided of questions, with when: each handoff once, however many accounts its notes are on.
    pub fn routed(&self) -> Vec<(Timestamp, Routed)> {
        let mut found: BTreeMap<String, (Timestamp, Routed)> = BTreeMap::new();
        for event in self.notes.iter().filter_map(|(_, said)| said.event()) {
            if let (1, Some(routed)) = (event.number, event.routed) {
                found.entry(event.handoff).or_insert((event.when, routed));
            }
        }
        found.into_values().collect()
    }

    /// How the handoffs of a question began.
    pub fn of_question(&self, kind: Kind, id: &RecordId) -> Vec<HandoffEvent> {
        let begun = self.notes.iter().filter_map(|(_, said)| said.event());
        let is_its = |routed: &Routed| routed.kind == kind && routed.question == *id;
        begun
            .filter(|event| event.number == 1 && event.routed.as_ref().is_some_and(is_its))
            .collect()
    }
}

/// The lines of a note that is a handoff.
fn lines(note: &Record) -> Option<Vec<String>> {
    let body = note.core(Core::Body).filter(|_| !note.archived)?;
    body.contains(MARK.trim_end()).then(|| html::lines(body))
}

fn said(world: &World<'_>, note: &Record, lines: Vec<String>, head: Option<Head>) -> SaidNote {
    let owner = note.core(Core::Owner).map(RecordId::from);
    SaidNote {
        note: note.id.clone(),
        lines: Some(lines),
        head,
        when: activity::occurred(note),
        created: (!world.overlay.is_made(Kind::Note, &note.id)).then_some(note.created),
        who: owner.and_then(|owner| world.name_of(&owner).map(str::to_owned)),
    }
}

fn heads(ledger: &Ledger, account: Option<&RecordId>) -> Result<Heads, EngineError> {
    let mut heads = Heads::new();
    for event in ledger.events(account, &[SEEN])? {
        let Some(account) = &event.account else { continue };
        if let Ok(head) = serde_json::from_value::<Head>(event.payload) {
            let account = ledger.resolve(Kind::Account, account)?;
            let known = heads.entry(head.note.clone());
            known
                .and_modify(|(_, known)| known.with_words_of(&head))
                .or_insert_with(|| (account, head.clone()));
        }
    }
    Ok(heads)
}

/// What my own notes said that arrived in the CRM lately: the receipt of our own write binds a note, whatever somebody made
/// of it before it was seen here again.
fn own(ledger: &Ledger, world: &World<'_>) -> Result<Heads, EngineError> {
    let mut own = Heads::new();
    for entry in ledger.outbox_sent(days_before(world.now, OWN_DAYS))? {
        let (Some(receipt), Some(account)) = (&entry.receipt, &entry.new.account) else {
            continue;
        };
        let Write::Create {
            kind: Kind::Note,
            fields,
            ..
        } = &entry.new.write
        else {
            continue;
        };
        let text = |field| fields.get(&Field::Core(field)).map_or("", String::as_str);
        let lines: Vec<String> = text(Core::Body).lines().map(str::to_owned).collect();
        let when = values::instant(text(Core::Occurred)).unwrap_or(entry.queued_at);
        if let Some(mut event) = handoff::parse(&lines, when) {
            let me = world.me.as_ref().and_then(|me| world.name_of(me));
            event.by = event.by.or_else(|| me.map(str::to_owned));
            let head = Head::of(&receipt.record, &event);
            own.insert(
                receipt.record.clone(),
                (ledger.resolve(Kind::Account, account)?, head),
            );
        }
    }
    Ok(own)
}

/// Looks for the notes of handoffs, also for those that say no more what they said when they were first seen.
pub fn find(cache: &Cache, ledger: &Ledger, world: &World<'_>) -> Result<Found, EngineError> {
    let mut heads = heads(ledger, None)?;
    let mut own = own(ledger, world)?;
    own.retain(|note, (_, sent)| {
        let Some((_, head)) = heads.get_mut(note) else {
            return true;
        };
        let is_new = head.text.is_none();
        head.with_words_of(sent);
        is_new
    });
    let known: BTreeSet<String> = heads.values().map(|(_, head)| head.handoff.clone()).collect();
    let shown = world.shown(cache);
    let (mut found, mut lost) = (Vec::new(), Vec::new());
    shown.each_record(Kind::Note, &mut |note| {
        let head = own.get(&note.id).filter(|_| !note.archived);
        let head = head.map(|(_, head)| head.clone());
        if let Some(lines) = lines(&note) {
            let head = heads.remove(&note.id).map(|(_, head)| head).or(head);
            found.push(said(world, &note, lines, head));
        } else if head.is_some() {
            let lines = note.core(Core::Body).map(html::lines).unwrap_or_default();
            found.push(said(world, &note, lines, head));
        } else if !heads.contains_key(&note.id) {
            lost.extend(unlinked::note(world, &note));
        }
    })?;
    let mut gone = Vec::new();
    for (id, (account, head)) in heads {
        let note = shown.record(Kind::Note, &id)?.filter(|note| !note.archived);
        match note {
            Some(note) => {
                let lines = note.core(Core::Body).map(html::lines).unwrap_or_default();
                found.push(said(world, &note, lines, Some(head)));
            }
            None => gone.push((account, departed(id, head))),
        }
    }
    let mut notes = Vec::new();
    for note in found {
        notes.push((shown.linked_ids((Kind::Note, &note.note), Kind::Account)?, note));
    }
    let is_here = |note: &RecordId| notes.iter().any(|(_, said)| said.note == *note);
    own.retain(|note, _| is_here(note));
    let events = notes.iter().filter_map(|(_, said)| said.event());
    let known = known
        .into_iter()
        .chain(events.map(|event| event.handoff))
        .collect();
    let tasks = HandoffTasks::seen(ledger, None)?;
    let unlinked = unlinked::all(cache, world, lost, (&known, &tasks))?;
    Ok(Found {
        notes,
        gone,
        own: own.into_values().collect(),
        unlinked,
        tasks,
    })
}

/// A note that is not in the CRM any more.
fn departed(note: RecordId, head: Head) -> SaidNote {
    SaidNote {
        note,
        lines: None,
        when: head.when,
        created: None,
        head: Some(head),
        who: None,
    }
}

/// Keeps in the journal what notes of handoffs say that were not seen before, words and all: who edits them later changes their
/// text and not where the handoff stands, and what was told us stays known. What is on its way still has no id of the CRM's.
pub fn notice(ledger: &mut Ledger, world: &World<'_>, found: &Found) -> Result<(), EngineError> {
    if ledger.is_read_only() {
        return Ok(());
    }
    let mut events = Vec::new();
    for (account, head) in &found.own {
        events.push(noted(account, head)?);
    }
    for (accounts, said) in &found.notes {
        let is_kept = said.head.as_ref().is_some_and(|head| head.text.is_some());
        let is_new = !is_kept && world.overlay.state(Kind::Note, &said.note).is_none();
        let (Some(account), Some(event), true) = (accounts.first(), said.event(), is_new) else {
            continue;
        };
        events.push(noted(account, &Head::of(&said.note, &event))?);
    }
    Ok(ledger.append(&events, world.now)?)
}

fn noted(account: &RecordId, head: &Head) -> Result<NewEvent, EngineError> {
    Ok(NewEvent {
        account: Some(account.clone()),
        kind: SEEN.to_owned(),
        effective_at: head.when,
        payload: serde_json::to_value(head).map_err(EngineError::Json)?,
    })
}

/// Every handoff that is open or was accepted lately, those that wait for me first; and what no longer says to which one it
/// belongs.
pub fn all(
    cache: &Cache,
    world: &World<'_>,
    mut found: Found,
) -> Result<(Vec<HandoffCard>, Vec<Unlinked>), EngineError> {
    let unlinked = std::mem::take(&mut found.unlinked);
    let mut cards = cards(cache, world, by_account(found))?;
    let oldest = days_before(world.now, ACCEPTED_DAYS);
    cards.retain(|card| card.state != HandoffState::Accepted || card.when >= oldest);
    Ok((cards, unlinked))
}

/// The handoff with this id, however long ago it was accepted; `None` where no note tells of it.
pub fn one(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    id: &str,
    now: Timestamp,
) -> Result<Option<HandoffCard>, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let mut found = find(cache, ledger, &world)?;
    let is_its = |said: &SaidNote| {
        said.event()
            .is_some_and(|event| event.handoff.eq_ignore_ascii_case(id))
    };
    found.notes.retain(|(_, said)| is_its(said));
    Ok(cards(cache, &world, by_account(found))?.into_iter().next())
}

/// Every handoff that is open or was accepted lately, those that wait for me first, as the day is now: what was due since
/// the last look has come to the lead, and to the deputy.
pub fn now(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    now: Timestamp,
) -> Result<Vec<HandoffCard>, EngineError> {
    let world = World::read(cache, ledger, setup, now, &[])?;
    let found = find(cache, ledger, &world)?;
    Ok(all(cache, &world, found)?.0)
}

/// The handoff by which each question was handed over last, however long ago it was accepted.
pub fn passed(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
) -> Result<BTreeMap<(Kind, RecordId), Passed>, EngineError> {
    let mut passed: BTreeMap<(Kind, RecordId), Passed> = BTreeMap::new();
    for card in cards(cache, world, by_account(find(cache, ledger, world)?))? {
        let begun = card.events.iter().find(|event| event.number == 1);
        let Some((begun, routed)) = begun.and_then(|begun| Some((begun, begun.routed.as_ref()?))) else {
            continue;
        };
        let question = (routed.kind, routed.question.clone());
        let newer = Passed {
            when: begun.when,
            to: card.to,
            state: card.state,
            handoff: card.handoff,
        };
        let is_known = passed.get(&question);
        if is_known.is_none_or(|known| (known.when, &known.handoff) < (newer.when, &newer.handoff)) {
            passed.insert(question, newer);
        }
    }
    Ok(passed)
}

/// The notes of handoffs on each account, with those that are gone.
fn by_account(found: Found) -> Notes {
    let mut notes = Notes::new();
    for (accounts, said) in found.notes {
        let Some(event) = said.event() else { continue };
        for account in accounts {
            notes
                .entry((account, event.handoff.clone()))
                .or_default()
                .push(said.clone());
        }
    }
    add_gone(&mut notes, found.gone);
    notes
}

/// A handoff of which a note is left knows of those that are gone; one of which none is left was taken back.
fn add_gone(notes: &mut Notes, gone: impl IntoIterator<Item = (RecordId, SaidNote)>) {
    for (account, said) in gone {
        let handoff = said
            .head
            .as_ref()
            .map(|head| head.handoff.clone())
            .unwrap_or_default();
        if let Some(others) = notes.get_mut(&(account, handoff)) {
            others.push(said);
        }
    }
}

/// The handoffs of one account, newest first, and what each of its notes said when it was first seen.
pub fn of_account(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    account: &RecordId,
    notes: &[Record],
) -> Result<(Vec<HandoffCard>, Said), EngineError> {
    let mut known = Heads::new();
    for id in world.ids_of(account) {
        known.extend(heads(ledger, Some(id))?);
    }
    let mut elsewhere = elsewhere(cache, ledger, world, &known, notes)?;
    let mut own = own(ledger, world)?;
    for (note, (_, head)) in known.iter_mut().chain(&mut elsewhere) {
        if let Some((_, sent)) = own.get(note) {
            head.with_words_of(sent);
        }
    }
    let (mut found, mut events) = (Notes::new(), Said::new());
    for note in notes {
        let head = known.remove(&note.id).or_else(|| elsewhere.remove(&note.id));
        let head = head.or_else(|| own.remove(&note.id)).map(|(_, head)| head);
        let its_lines = match &head {
            // Also one that was emptied, of which the CRM has no text at all.
            Some(_) => Some(note.core(Core::Body).map(html::lines).unwrap_or_default()),
            None => lines(note),
        };
        let Some(lines) = its_lines else { continue };
        let said = said(world, note, lines, head);
        if let Some(event) = said.event() {
            events.insert(note.id.clone(), event.title());
            found
                .entry((account.clone(), event.handoff))
                .or_default()
                .push(said);
        }
    }
    let gone = known
        .into_iter()
        .map(|(id, (_, head))| (account.clone(), departed(id, head)));
    add_gone(&mut found, gone);
    let mut cards = cards(cache, world, found)?;
    cards.sort_by(|one, other| (other.when, &one.handoff).cmp(&(one.when, &other.handoff)));
    Ok((cards, events))
}

/// What the journal keeps of notes under another account that they are on too: each is kept once.
fn elsewhere(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    known: &Heads,
    notes: &[Record],
) -> Result<Heads, EngineError> {
    let mut others = BTreeSet::new();
    for note in notes.iter().filter(|note| !known.contains_key(&note.id)) {
        let on = world
            .shown(cache)
            .linked_ids((Kind::Note, &note.id), Kind::Account)?;
        if on.len() > 1 {
            others.extend(on);
        }
    }
    let mut heads = Heads::new();
    for id in others.iter().flat_map(|id| world.ids_of(id)) {
        heads.extend(self::heads(ledger, Some(id))?);
    }
    Ok(heads)
}

fn cards(cache: &Cache, world: &World<'_>, notes: Notes) -> Result<Vec<HandoffCard>, EngineError> {
    let mut cards = Vec::new();
    for ((account, _), notes) in notes {
        let name = name_of(world.shown(cache), &account)?;
        let card = handoff::card(&notes, (&account, &name), world.reader());
        if let Some(mut card) = card {
            card.subject = subject(world.shown(cache), &card)?;
            cards.push(card);
        }
    }
    handoff::sort(&mut cards);
    Ok(cards)
}

/// What the question that an open handoff hands over is called.
fn subject(shown: Shown<'_>, card: &HandoffCard) -> Result<Option<String>, EngineError> {
    let begun = card.events.iter().find(|event| event.number == 1);
    let routed = begun.and_then(|event| event.routed.as_ref());
    let Some(routed) = routed.filter(|_| card.state != HandoffState::Accepted) else {
        return Ok(None);
    };
    let question = shown.record(routed.kind, &routed.question)?;
    Ok(question.and_then(|question| question.line(Core::Subject)))
}

/// Name of an account, empty when it is not in the cache.
pub fn name_of(shown: Shown<'_>, account: &RecordId) -> Result<String, EngineError> {
    let record = shown.record(Kind::Account, account)?;
    let name = record.as_ref().and_then(|record| record.line(Core::Name));
    Ok(name.unwrap_or_default())
}
