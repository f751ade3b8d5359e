//! A small CRM in memory for the tests of the sync: with a lagging search index, merges, archives and edits while
//! one reads. It knows nothing of HTTP; the rules are tested against the embedded CRM as well.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use jiff::Timestamp;

use crate::crm::{
    Batch, Condition, Crm, CrmError, Histories, Hit, Page, Pipeline, Property, Search, SearchOrder, Tenant,
    Usage, ValueType,
};
use crate::domain::record::{Core, Kind, Owner, PastValue, Record, RecordId};

mod made;

use made::new_record;

pub type Key = (Kind, u64);

/// When the CRM's clock begins, in milliseconds.
pub const START: i64 = 1_800_000_000_000;

/// Something that a colleague does in the CRM.
#[derive(Debug, Clone)]
pub enum Edit {
    Set(Key, &'static str, String),
    /// A calculated value: moves no stamp.
    Calculate(Key, String),
    Create(Key, Option<Key>),
    Archive(Key),
    Restore(Key),
    Merge(u64, u64),
    Link(Key, Key, bool),
    /// Time passes, in milliseconds.
    Wait(i64),
}

#[derive(Debug, Default)]
pub struct State {
    pub clock: i64,
    pub records: BTreeMap<Key, Record>,
    pub links: BTreeSet<(Key, Key)>,
    pub merged: BTreeMap<u64, u64>,
    /// What the search sees.
    pub index: BTreeMap<Key, Record>,
    /// Changes that the search does not see yet: from which call on it does.
    pub unindexed: VecDeque<(u64, Key)>,
    pub lag: u64,
    pub calls: u64,
    pub asked: Vec<String>,
    /// Two of these are done before each answer.
    pub pending: VecDeque<Edit>,
    pub page: usize,
    pub closed: BTreeSet<Kind>,
    /// Kinds that are forbidden without a word about scopes.
    pub forbidden: BTreeSet<Kind>,
    /// Records that are refused by themselves.
    pub refused: BTreeSet<u64>,
    pub tenant: String,
    /// Fails from this call on.
    pub fail_from: Option<u64>,
    /// Every call is refused with this wait.
    pub limited: Option<std::time::Duration>,
    /// Every call answers that it is down, and for how long.
    pub down: Option<std::time::Duration>,
    pub history: Vec<PastValue>,
    pub without: BTreeSet<String>,
    /// One that is asked for alone and is not there is "not found", and no empty answer.
    pub is_strict: bool,
}

/// A small CRM in memory.
pub struct Fake(pub Mutex<State>);

fn stamp(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap()
}

pub fn id(number: u64) -> RecordId {
    RecordId(number.to_string())
}

fn number(id: &RecordId) -> u64 {
    id.as_str().parse().unwrap()
}

fn refused(kind: Kind, status: u16) -> CrmError {
    CrmError::Refused {
        request: kind.word().to_owned(),
        status,
        message: "blocked".to_owned(),
    }
}

impl State {
    pub fn apply(&mut self, edit: &Edit) {
        let mut touched = Vec::new();
        match edit {
            Edit::Set(key, field, value) => {
                if let Some(record) = self.records.get_mut(key) {
                    match *field {
                        "owner" => record.core.insert(Core::Owner, value.clone()),
                        "name" => record.core.insert(Core::Name, value.clone()),
                        "body" => record.core.insert(Core::Body, value.clone()),
                        "done" => record.core.insert(Core::Done, value.clone()),
                        other => record.mapped.insert(other.to_owned(), value.clone()),
                    };
                    record.changed = stamp(self.clock);
                    touched.push(*key);
                }
            }
            Edit::Calculate(key, value) => {
                if let Some(record) = self.records.get_mut(key) {
                    record.mapped.insert("calc".to_owned(), value.clone());
                }
            }
            Edit::Create(key, parent) => {
                if self.merged.contains_key(&key.1) && key.0 == Kind::Account {
                    return;
                }
                self.records
                    .entry(*key)
                    .or_insert_with(|| new_record(*key, stamp(self.clock)));
                if let Some(parent) = parent.filter(|parent| self.records.contains_key(parent)) {
                    self.links.insert((parent, *key));
                }
                touched.push(*key);
            }
            Edit::Archive(key) => {
                if let Some(record) = self.records.get_mut(key) {
                    record.archived = true;
                    touched.push(*key);
                }
            }
            Edit::Restore(key) => {
                if let Some(record) = self.records.get_mut(key) {
                    record.archived = false;
                    record.changed = stamp(self.clock);
                    touched.push(*key);
                }
            }
            Edit::Merge(winner, loser) => self.merge(*winner, *loser, &mut touched),
            Edit::Link(one, other, there) => {
                if self.records.contains_key(one) && self.records.contains_key(other) {
                    if *there {
                        self.links.insert((*one, *other));
                    } else {
                        self.links.remove(&(*one, *other));
                    }
                }
            }
            Edit::Wait(time) => self.clock += time,
        }
        for key in touched {
            self.unindexed.push_back((self.calls + self.lag, key));
        }
    }

    fn merge(&mut self, winner: u64, loser: u64, touched: &mut Vec<Key>) {
        let (winner, loser) = ((Kind::Account, winner), (Kind::Account, loser));
        let alive = |key: &Key| self.records.get(key).is_some_and(|record| !record.archived);
        if winner == loser || !alive(&winner) || !alive(&loser) {
            return;
        }
        self.records.remove(&loser);
        for (from, to) in self.links.clone() {
            if from == loser {
                self.links.remove(&(from, to));
                self.links.insert((winner, to));
            }
        }
        self.merged.insert(loser.1, winner.1);
        let record = self.records.get_mut(&winner).unwrap();
        record.changed = stamp(self.clock);
        touched.extend([winner, loser]);
    }

    /// The index catches up.
    pub fn settle(&mut self) {
        self.index = self
            .records
            .iter()
            .filter(|(_, r)| !r.archived)
            .map(|(k, r)| (*k, r.clone()))
            .collect();
        self.unindexed.clear();
    }

    fn call(&mut self, what: String) -> Result<(), CrmError> {
        self.calls += 1;
        self.asked.push(what);
        if let Some(wait) = self.limited {
            return Err(CrmError::RateLimited { wait: Some(wait) });
        }
        if self.down.is_some() || self.fail_from.is_some_and(|from| self.calls >= from) {
            return Err(CrmError::Trouble {
                origin: "fake".to_owned(),
                reason: "gone".to_owned(),
                wait: self.down,
            });
        }
        for _ in 0..2 {
            if let Some(edit) = self.pending.pop_front() {
                self.apply(&edit);
            }
        }
        while self
            .unindexed
            .front()
            .is_some_and(|(from, _)| *from <= self.calls)
        {
            let (_, key) = self.unindexed.pop_front().unwrap();
            match self.records.get(&key).filter(|record| !record.archived) {
                Some(record) => self.index.insert(key, record.clone()),
                None => self.index.remove(&key),
            };
        }
        Ok(())
    }

    fn open(&self, kind: Kind) -> Result<(), CrmError> {
        if self.closed.contains(&kind) {
            return Err(CrmError::MissingScope {
                scopes: vec![format!("{}.read", kind.word())],
            });
        }
        if self.forbidden.contains(&kind) {
            return Err(refused(kind, 403));
        }
        Ok(())
    }

    fn alive(&self, key: &Key) -> Option<&Record> {
        self.records.get(key).filter(|record| !record.archived)
    }

    fn seen(&self, record: &Record, properties: &[String]) -> Record {
        let mut seen = record.clone();
        seen.mapped
            .retain(|name, _| properties.contains(name) && !self.without.contains(name));
        seen
    }
}

impl Fake {
    pub fn new(page: usize) -> Self {
        let state = State {
            clock: START,
            page,
            tenant: "7".to_owned(),
            ..State::default()
        };
        Self(Mutex::new(state))
    }

    pub fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        work(&mut self.0.lock().unwrap())
    }

    pub fn apply(&self, edits: impl IntoIterator<Item = Edit>) {
        self.with(|state| edits.into_iter().for_each(|edit| state.apply(&edit)));
    }

    pub fn now(&self) -> Timestamp {
        self.with(|state| stamp(state.clock))
    }
}

fn fits(state: &State, record: &Record, condition: &Condition) -> bool {
    match condition {
        Condition::OneOf(name, values) => {
            let value = if name == "core:owner" {
                record.core(Core::Owner)
            } else {
                record.mapped(name)
            };
            value.is_some_and(|value| values.iter().any(|one| one == value))
        }
        Condition::Open => record.core(Core::Done) == Some("false"),
        Condition::Mentions(word) => record.core(Core::Body).is_some_and(|body| body.contains(word)),
        Condition::Changed { from, until } => (*from..=*until).contains(&record.changed),
        Condition::ChangedAtAfterId(at, after) => record.changed == *at && number(&record.id) > number(after),
        Condition::Set(name) => record.mapped(name).is_some(),
        Condition::LinkedTo(kind, other) => {
            let ends = ((record.kind, number(&record.id)), (*kind, number(other)));
            state.links.contains(&ends) || state.links.contains(&(ends.1, ends.0))
        }
    }
}

impl Crm for Fake {
    async fn tenant(&self) -> Result<Tenant, CrmError> {
        self.with(|state| {
            state.call("tenant".to_owned())?;
            Ok(Tenant {
                id: state.tenant.clone(),
                time_zone: "UTC".to_owned(),
                currency: "USD".to_owned(),
                currencies: Vec::new(),
                web: None,
            })
        })
    }

    fn forget_properties(&self) {}
    async fn owners(&self) -> Result<Vec<Owner>, CrmError> {
        let owner = |(id, email, team): (&str, &str, &str)| Owner {
            user: None,
            id: id.into(),
            email: email.to_owned(),
            name: email.to_owned(),
            active: true,
            queue: false,
            teams: vec![(team.to_owned(), team.to_owned())],
        };
        let (me, you) = (("1", "me@example.com", "a"), ("2", "you@example.com", "a"));
        Ok([me, you, ("3", "it@example.com", "b")].map(owner).to_vec())
    }

    async fn properties(&self, kind: Kind) -> Result<Vec<Property>, CrmError> {
        self.with(|state| {
            if !state.forbidden.contains(&kind) {
                state.open(kind)?;
            }
            let property = |name: &str| Property {
                name: name.to_owned(),
                label: name.to_owned(),
                value_type: ValueType::Text,
                options: Vec::new(),
                calculated: name == "calc",
                unique: false,
                read_only: false,
                is_owner: false,
            };
            let names = ["type", "value", "calc", "role"];
            Ok(names
                .into_iter()
                .filter(|name| !state.without.contains(*name))
                .map(property)
                .collect())
        })
    }

    async fn pipelines(&self, kind: Kind) -> Result<Vec<Pipeline>, CrmError> {
        self.with(|state| {
            if state.forbidden.contains(&kind) {
                return Ok(());
            }
            state.open(kind)
        })?;
        Ok(Vec::new())
    }

    async fn list(
        &self,
        kind: Kind,
        properties: &[String],
        after: Option<&str>,
        archived: bool,
    ) -> Result<Page<Record>, CrmError> {
        self.with(|state| {
            state.call(format!("list {} {archived}", kind.word()))?;
            state.open(kind)?;
            let after: u64 = after.map_or(0, |after| after.parse().unwrap());
            let found = state
                .records
                .values()
                .filter(|r| r.kind == kind && r.archived == archived);
            let rest: Vec<&Record> = found.filter(|record| number(&record.id) > after).collect();
            let items: Vec<Record> = rest
                .iter()
                .take(state.page)
                .map(|record| state.seen(record, properties))
                .collect();
            let more = rest.len() > items.len();
            let after = items.last().filter(|_| more).map(|record| record.id.0.clone());
            Ok(Page {
                items,
                after,
                total: None,
            })
        })
    }

    async fn search(&self, search: &Search) -> Result<Page<Hit>, CrmError> {
        self.with(|state| {
            state.call(format!("search {}", search.kind.word()))?;
            state.open(search.kind)?;
            assert!(search.after.is_none(), "the sync never pages by offset");
            let found = state.index.values().filter(|record| record.kind == search.kind);
            let mut found: Vec<&Record> = found
                .filter(|record| search.conditions.iter().all(|c| fits(state, record, c)))
                .collect();
            match search.order {
                SearchOrder::Changed => found.sort_by_key(|record| (record.changed, number(&record.id) % 3)),
                SearchOrder::Id => found.sort_by_key(|record| number(&record.id)),
            }
            let hit = |record: &&Record| Hit {
                id: record.id.clone(),
                changed: record.changed,
            };
            let items: Vec<Hit> = found.iter().take(state.page).map(hit).collect();
            let after = (found.len() > items.len()).then(|| items.len().to_string());
            Ok(Page {
                items,
                after,
                total: Some(found.len() as u64),
            })
        })
    }

    async fn read(&self, kind: Kind, ids: &[RecordId], properties: &[String]) -> Result<Batch, CrmError> {
        self.with(|state| {
            state.call(format!("read {} {}", kind.word(), ids.len()))?;
            state.open(kind)?;
            let mut batch = Batch::default();
            for id in ids {
                let mut number = number(id);
                if state.refused.contains(&number) {
                    batch.refused.push(id.clone());
                    continue;
                }
                while let (Kind::Account, Some(winner)) = (kind, state.merged.get(&number)) {
                    number = *winner;
                }
                match state.alive(&(kind, number)) {
                    Some(record) if !batch.records.iter().any(|known| known.id == record.id) => {
                        batch.records.push(state.seen(record, properties));
                    }
                    _ => {}
                }
                if !batch.records.iter().any(|record| record.id == *id) {
                    batch.missing.push(id.clone());
                }
            }
            if state.is_strict && ids.len() == 1 && batch.missing == ids && batch.records.is_empty() {
                return Err(refused(kind, 404));
            }
            Ok(batch)
        })
    }

    async fn history(
        &self,
        kind: Kind,
        ids: &[RecordId],
        properties: &[String],
    ) -> Result<Histories, CrmError> {
        self.with(|state| {
            state.call(format!("history {}", kind.word()))?;
            let is_refused = |id: &&RecordId| kind == Kind::Account && state.refused.contains(&number(id));
            let refused: Vec<RecordId> = ids.iter().filter(is_refused).cloned().collect();
            let wanted = |past: &&PastValue| {
                let is_asked = kind == Kind::Account && ids.contains(&past.id);
                is_asked && !refused.contains(&past.id) && properties.contains(&past.property)
            };
            let values = state.history.iter().filter(wanted).cloned().collect();
            Ok(Histories { values, refused })
        })
    }

    async fn links(
        &self,
        from: Kind,
        to: Kind,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, Vec<RecordId>)>, CrmError> {
        self.with(|state| {
            state.call(format!("links {} {}", from.word(), to.word()))?;
            state.open(from)?;
            state.open(to)?;
            let ends = |id: &RecordId| {
                let key = (from, number(id));
                let forth = state
                    .links
                    .iter()
                    .filter(|(one, _)| *one == key)
                    .map(|(_, other)| *other);
                let back = state
                    .links
                    .iter()
                    .filter(|(_, other)| *other == key)
                    .map(|(one, _)| *one);
                let ends = forth
                    .chain(back)
                    .filter(|end| end.0 == to && state.alive(end).is_some());
                ends.map(|end| self::id(end.1)).collect()
            };
            Ok(ids.iter().map(|id| (id.clone(), ends(id))).collect())
        })
    }

    async fn usage(&self) -> Result<Option<Usage>, CrmError> {
        Ok(None)
    }
}
