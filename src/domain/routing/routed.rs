//! Which desk had a question and which one was decided on, as the note of its handoff says it.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::domain::record::{Kind, RecordId};

/// What a person decided of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// A ticket or an e-mail.
    pub kind: Kind,
    /// Its id in the CRM.
    pub question: RecordId,
    /// The desk that had it; `None` where nobody did.
    pub had: Option<Desk>,
    /// The desk that was decided on.
    pub decided: Desk,
    /// The desk that the rules say; `None` where a person was to decide.
    pub rules: Option<Desk>,
}

impl Routed {
    /// Whether the desk that had it was not the one that was decided on. What nobody had was in no wrong place.
    pub fn is_misroute(&self) -> bool {
        self.had.is_some_and(|had| had != self.decided)
    }

    /// As a line of a note: `ticket 4312 from support to CSM; rules: CSM`.
    pub fn line(&self) -> String {
        let desk = |desk: Option<Desk>| desk.map_or("nobody", Desk::title);
        format!(
            "{} {} from {} to {}; rules: {}",
            self.kind.word(),
            self.question,
            desk(self.had),
            self.decided.title(),
            desk(self.rules)
        )
    }

    /// Reads such a line; `None` when it is none.
    pub fn parse(line: &str) -> Option<Self> {
        let (what, rules) = line.split_once("; rules: ")?;
        let (what, decided) = what.rsplit_once(" to ")?;
        let (what, had) = what.rsplit_once(" from ")?;
        let (word, question) = what.trim().rsplit_once(' ')?;
        let kind = [Kind::Ticket, Kind::Email]
            .into_iter()
            .find(|kind| kind.word() == word)?;
        let desk = |word: &str| match word.trim() {
            "nobody" => Some(None),
            word => [Desk::Support, Desk::Csm]
                .into_iter()
                .find(|desk| desk.title() == word)
                .map(Some),
        };
        Some(Self {
            kind,
            question: RecordId::from(question),
            had: desk(had)?,
            decided: desk(decided)??,
            rules: desk(rules)?,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_the_note_says_reads_as_it_was_written() {
        for kind in [Kind::Ticket, Kind::Email] {
            for had in [None, Some(Desk::Support), Some(Desk::Csm)] {
                for decided in [Desk::Support, Desk::Csm] {
                    let routed = Routed {
                        kind,
                        question: RecordId::from("4312"),
                        had,
                        decided,
                        rules: had,
                    };
                    assert_eq!(
                        Routed::parse(&routed.line()),
                        Some(routed.clone()),
                        "{}",
                        routed.line()
                    );
                    assert_eq!(routed.is_misroute(), had.is_some_and(|had| had != decided));
                }
            }
        }
        for wrong in [
            "",
            "ticket 4312",
            "ticket 4312 from support to nobody; rules: CSM",
            "note 1 from CSM to support; rules: CSM",
        ] {
            assert_eq!(Routed::parse(wrong), None, "{wrong}");
        }
    }
}
