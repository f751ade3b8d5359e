//! The band that the ledger last noted of an account, and the event that it became another.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::standup::Turn;
use crate::domain::summary::{Band, Summary};
use crate::store::{Event, NewEvent};

/// Kind of the event that an account's band changed.
pub const CHANGED: &str = "band-changed";

/// Under which name such an event says that not all accounts had been judged yet by the health model in force.
const OTHER_MODEL: &str = "other_model";

/// The band that was last noted of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastBand {
    /// The band.
    pub band: Band,
    /// The last band that was known, while it is not.
    pub known: Option<Band>,
    /// The score at that time.
    pub score: Option<u8>,
}

/// Whether an event tells that an account turned red, and not merely that another model calls it so.
pub fn is_turn_to_red(event: &Event) -> bool {
    event.kind == CHANGED && event.payload["to"] == Band::Red.word() && event.payload[OTHER_MODEL] != true
}

/// The last band by an account's own events, oldest first. One whose band never changed has none.
pub fn last(events: &[Event]) -> Option<LastBand> {
    let mut changes = events.iter().rev().filter(|event| event.kind == CHANGED);
    changes.find_map(noted)
}

/// How the band turned after an instant, by an account's own events, oldest first; `None` where nothing of it was noted.
pub fn turn_since(events: &[Event], since: Timestamp) -> Option<Turn> {
    let is_later = |event: &&Event| event.kind == CHANGED && event.effective_at > since;
    let mut changes = events.iter().filter(is_later);
    let first = changes.next()?;
    let last = changes.next_back().unwrap_or(first);
    let band = |event: &Event, key: &str| event.payload[key].as_str().and_then(band_of);
    let by_model = |event: &Event| event.payload[OTHER_MODEL] == true;
    Some(Turn {
        from: (band(first, "from")?, score(first, "score_from")),
        to: (band(last, "to")?, score(last, "score_to")),
        by_model: events.iter().filter(is_later).any(by_model),
        at: last.effective_at,
    })
}

fn score(event: &Event, key: &str) -> Option<u8> {
    let score = event.payload[key].as_u64();
    score.and_then(|score| u8::try_from(score).ok())
}

fn noted(event: &Event) -> Option<LastBand> {
    let word = |key: &str| event.payload[key].as_str().and_then(band_of);
    let band = word("to")?;
    Some(LastBand {
        band,
        known: match band {
            Band::Unknown => word("from").filter(|from| *from != Band::Unknown),
            known => Some(known),
        },
        score: score(event, "score_to"),
    })
}

impl LastBand {
    /// That of a line of the account list; none while no band was ever known.
    pub fn of(line: &Summary) -> Option<Self> {
        let known = line.known_band();
        known.is_some().then_some(Self {
            band: line.band,
            known,
            score: line.score,
        })
    }

    /// The event that the band is another one now, and whether another health model may be all that did it.
    pub fn change(self, now: &Summary, other_model: bool, when: Timestamp) -> Option<NewEvent> {
        if self.band == now.band {
            return None;
        }
        let mut payload = json!({
            "from": self.band.word(), "to": now.band.word(),
            "score_from": self.score, "score_to": now.score,
        });
        if other_model {
            payload[OTHER_MODEL] = true.into();
        }
        Some(NewEvent {
            account: Some(now.id.clone()),
            kind: CHANGED.to_owned(),
            effective_at: when,
            payload,
        })
    }
}

fn band_of(word: &str) -> Option<Band> {
    [Band::Red, Band::Amber, Band::Green, Band::Unknown]
        .into_iter()
        .find(|band| band.word() == word)
}
