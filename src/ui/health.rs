//! How a health score stands on the screen. Below the coverage floor there is no score to rely on: the last
//! known band shows, marked stale, or that nothing is known.

use super::theme::{self, Role};
use crate::domain::summary::Band;

/// A score with the sign and the role of its band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The band's sign.
    pub sign: &'static str,
    /// The band's role; quiet when it is stale.
    pub role: Role,
    /// The score, `?` when it is not known.
    pub score: String,
    /// Whether band and score are of a time when there was enough data.
    pub stale: bool,
}

impl Health {
    /// How a score of this band shows; `last` is the last band that was known.
    pub fn of(band: Band, last: Option<Band>, score: Option<u8>) -> Self {
        let last = last.filter(|_| band == Band::Unknown && score.is_some());
        let (sign, role) = theme::band(last.unwrap_or(band));
        let score = score.filter(|_| band != Band::Unknown || last.is_some());
        Self {
            sign,
            role: if last.is_some() { Role::Dim } else { role },
            score: score.map_or_else(|| "?".to_owned(), |score| score.to_string()),
            stale: last.is_some(),
        }
    }

    /// Sign and score in words: `▲ 41`, `▲ 41 stale`, `○ ?`.
    pub fn words(&self) -> String {
        let stale = if self.stale { " stale" } else { "" };
        format!("{} {}{stale}", self.sign, self.score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_band_never_shows_a_plain_score() {
        let words = |band, last, score| Health::of(band, last, score).words();
        assert_eq!(words(Band::Red, None, Some(41)), "▲ 41");
        assert_eq!(words(Band::Unknown, Some(Band::Red), Some(41)), "▲ 41 stale");
        assert_eq!(words(Band::Unknown, None, Some(41)), "○ ?");
        assert_eq!(words(Band::Unknown, Some(Band::Green), None), "○ ?");
    }
}
