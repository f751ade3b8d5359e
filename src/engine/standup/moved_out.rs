//! Accounts that were in a scope and are not any more, since somebody else looks after them or their segment is another: with
//! where they went. What the cache has no more is told by what the ledger knew of it last.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::record::{Kind, RecordId};
use crate::domain::standup::Scope;
use crate::domain::summary::{Band, Summary};
use crate::store::{Ledger, Observed, account};

use crate::engine::EngineError;
use crate::engine::wanted::NAME;
use crate::engine::world::World;

/// An account that left the scope.
pub struct MovedOut {
    /// Its name, as the ledger knew it last; its id where it knew none, raw.
    name: String,
    /// Who looks after it now, or its segment, raw; `None` where that is not known here.
    to: Option<String>,
}

/// The accounts that left a scope since an instant. Those that the CRM deleted or merged are not among them.
pub fn since(
    ledger: &Ledger,
    world: &World<'_>,
    scope: &Scope,
    since: Timestamp,
) -> Result<BTreeMap<RecordId, MovedOut>, EngineError> {
    let segment = world.setup.mapping.account.segment.clone();
    let field = if scope.is_segment() {
        segment
    } else {
        Some(world.wanted.csm.clone())
    };
    let Some(field) = field else {
        return Ok(BTreeMap::new());
    };
    let mut gone = BTreeSet::new();
    for event in ledger.events_since(account::GONE, since)? {
        if event.payload["why"] == "left" {
            gone.extend(event.account);
        }
    }
    let mut looked_at = ledger.accounts_noted_since(&field, since)?;
    looked_at.extend(gone.iter().cloned());
    let mut moved = BTreeMap::new();
    for id in looked_at {
        let past = ledger.past(Kind::Account, &id, &[&field, NAME])?;
        let last = |name: &str, until: Timestamp| {
            let of_field = |one: &&Observed| one.field == name && one.effective_at <= until;
            past.iter()
                .rev()
                .find(of_field)
                .and_then(|one| one.value.as_deref())
        };
        let (then, now) = (last(&field, since), last(&field, Timestamp::MAX));
        let was_in = then.is_some_and(|then| scope.has(then));
        let is_in = now.is_some_and(|now| scope.has(now));
        if !was_in || (is_in && !gone.contains(&id)) {
            continue;
        }
        let name = last(NAME, Timestamp::MAX).map_or_else(|| id.to_string(), str::to_owned);
        let to = now.filter(|_| !is_in).map(|now| {
            let owner = world.name_of(&RecordId::from(now));
            owner.filter(|_| !scope.is_segment()).unwrap_or(now).to_owned()
        });
        moved.insert(id, MovedOut { name, to });
    }
    Ok(moved)
}

impl MovedOut {
    /// Where it went, in words.
    pub fn words(&self, scope: &Scope) -> String {
        match (&self.to, scope.is_segment()) {
            (Some(to), true) => format!("left the segment: it is {to} now"),
            (Some(to), false) => format!("left the book: {to} looks after it now"),
            (None, _) => "left: where it went is not known here".to_owned(),
        }
    }

    /// A line for it, where the cache has none any more: nothing but its name is known.
    pub fn line(&self, id: &RecordId, scope: &Scope) -> Summary {
        Summary {
            id: id.clone(),
            name: self.name.clone(),
            domain: None,
            former_names: Vec::new(),
            arr: None,
            arr_at_least: false,
            score: None,
            band: Band::Unknown,
            last_band: None,
            coverage: 0,
            delta: None,
            trend: [255; 8],
            measured: Vec::new(),
            notice_by: None,
            ends: None,
            monthly: false,
            segment: None,
            stage: None,
            csm: None,
            csm_name: self.to.clone().filter(|_| !scope.is_segment()),
            last_touch: None,
            at_stake: None,
            open_warnings: 0,
            worst: 0,
        }
    }
}
