//! The band that the ledger last noted of an account, and the event that it became another.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::summary::{Band, Summary};
use crate::store::{Event, NewEvent};

/// Kind of the event that an account's band changed.
pub const CHANGED: &str = "band-changed";

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

/// The last band by an account's own events, oldest first. One whose band never changed has none.
pub fn last(events: &[Event]) -> Option<LastBand> {
    let mut changes = events.iter().rev().filter(|event| event.kind == CHANGED);
    changes.find_map(noted)
}

fn noted(event: &Event) -> Option<LastBand> {
    let word = |key: &str| event.payload[key].as_str().and_then(band_of);
    let band = word("to")?;
    let score = event.payload["score_to"].as_u64();
    Some(LastBand {
        band,
        known: match band {
            Band::Unknown => word("from").filter(|from| *from != Band::Unknown),
            known => Some(known),
        },
        score: score.and_then(|score| u8::try_from(score).ok()),
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

    /// The event that the band is another one now.
    pub fn change(self, now: &Summary, when: Timestamp) -> Option<NewEvent> {
        (self.band != now.band).then(|| NewEvent {
            account: Some(now.id.clone()),
            kind: CHANGED.to_owned(),
            effective_at: when,
            payload: json!({
                "from": self.band.word(), "to": now.band.word(),
                "score_from": self.score, "score_to": now.score,
            }),
        })
    }
}

fn band_of(word: &str) -> Option<Band> {
    [Band::Red, Band::Amber, Band::Green, Band::Unknown]
        .into_iter()
        .find(|band| band.word() == word)
}
