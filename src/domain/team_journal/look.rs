//! What is new in a file of the team's journal since it was last looked at, and what is wrong in it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::is_shared;
use super::line::{Header, Line};

/// A clock that is this far ahead of ours is told of: what it notes would lie in the future.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// So many faults of one file are remembered; it is read on all the same.
const MOST_FAULTS: usize = 20;

/// Something that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Fault {
    /// Its first line does not say whose it is: nothing of it is read.
    NoHeader,
    /// A newer program writes it in another form: nothing of it is read.
    Newer,
    /// It is of another CRM or tenant: nothing of it is read.
    OtherTenant {
        /// Which.
        tenant: String,
    },
    /// A line is not as it was written: it is left out.
    Damaged {
        /// Which, from 1 on.
        line: u64,
    },
    /// A line is of a kind that this program does not know: it is left out.
    Unknown {
        /// The kind.
        kind: String,
    },
    /// What was read before is not there any more, or is another: it was read anew. What was taken over stays.
    Rewritten,
    /// The clock of its writer was ahead of ours when it noted this.
    Ahead {
        /// When it noted it, by its clock (UTC).
        at: Timestamp,
    },
    /// The file is not there any more. What was taken over stays.
    Gone,
    /// It tells of other events than this ledger knows under the same numbers: two ledgers write under one id.
    Twice,
    /// It cannot be read.
    Unreadable {
        /// What the system says.
        why: String,
    },
}

impl Fault {
    /// Whether it tells of what has happened, and nothing is to be mended any more.
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Rewritten | Self::Ahead { .. } | Self::Gone | Self::Twice
        )
    }

    /// It in one sentence.
    pub fn words(&self) -> String {
        match self {
            Self::NoHeader => "its first line does not say whose it is, so nothing of it is read".to_owned(),
            Self::Newer => "a newer retain writes it, so nothing of it is read".to_owned(),
            Self::OtherTenant { tenant } => format!("it is of {tenant}, so nothing of it is read"),
            Self::Damaged { line } => format!("line {line} is not as it was written, and is left out"),
            Self::Unknown { kind } => format!("it has `{kind}`, which this retain does not know"),
            Self::Rewritten => {
                "it was rewritten, so it was read anew; what was taken over before stays".to_owned()
            }
            Self::Ahead { at } => {
                let at = at.strftime("%Y-%m-%d %H:%M");
                format!("the clock of its machine runs ahead: it noted something at {at} UTC")
            }
            Self::Gone => "it is not there any more; what was taken over before stays".to_owned(),
            Self::Twice => {
                "it has other events under the numbers of this ledger: two ledgers write under one id"
                    .to_owned()
            }
            Self::Unreadable { why } => format!("it cannot be read: {why}"),
        }
    }
}

/// What is remembered of a file: how far it was read, and what it was up to there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// Its first line, once that was read.
    pub header: Option<Header>,
    /// Up to which byte it was read: the end of a line.
    pub bytes: u64,
    /// Checksum of all bytes up to there.
    pub sum: u32,
    /// So many lines that is.
    pub lines: u64,
    /// When its writer noted the newest event, by its clock (UTC).
    pub newest: Option<Timestamp>,
    /// What is wrong in it.
    pub faults: Vec<Fault>,
}

impl Mark {
    /// Adds what is wrong, once; a clock that is ahead is told of by what it noted first.
    pub fn tell(&mut self, fault: Fault) {
        let is_known = self.faults.iter().any(|known| match (known, &fault) {
            (Fault::Ahead { .. }, Fault::Ahead { .. })
            | (Fault::Unreadable { .. }, Fault::Unreadable { .. }) => true,
            (known, fault) => known == fault,
        });
        if !is_known && self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// Who writes it, in words; empty where it does not say.
    pub fn words(&self) -> String {
        self.header.as_ref().map_or_else(String::new, Header::words)
    }
}

/// What is new in a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// What is to be remembered, once the lines are taken over.
    pub mark: Mark,
    /// The lines that came since, in their order.
    pub lines: Vec<Line>,
}

/// Looks at the bytes of a file of this tenant. `before` is what was remembered of it. A last line without an end is left
/// for the next look: it may still be being written.
pub fn look(bytes: &[u8], before: Option<&Mark>, tenant: &str, now: Timestamp) -> Look {
    let mut look = Look::default();
    if let Some(before) = before {
        let read = usize::try_from(before.bytes)
            .ok()
            .and_then(|end| bytes.get(..end));
        if read.is_some_and(|read| crc32fast::hash(read) == before.sum) {
            look.mark = before.clone();
            look.mark
                .faults
                .retain(|fault| !matches!(fault, Fault::Gone | Fault::Unreadable { .. }));
        } else {
            look.mark.tell(Fault::Rewritten);
        }
    }
    let begin = usize::try_from(look.mark.bytes).unwrap_or(usize::MAX);
    let rest = bytes.get(begin..).unwrap_or_default();
    let mut read = 0;
    for line in rest.split_inclusive(|byte| *byte == b'\n') {
        let Some(whole) = line.strip_suffix(b"\n") else {
            break;
        };
        read += line.len();
        look.mark.lines += 1;
        look.take(whole, tenant, now);
    }
    let mut hasher = crc32fast::Hasher::new_with_initial(look.mark.sum);
    hasher.update(&rest[..read]);
    look.mark.sum = hasher.finalize();
    look.mark.bytes += read as u64;
    look
}

impl Look {
    fn take(&mut self, line: &[u8], tenant: &str, now: Timestamp) {
        let text = std::str::from_utf8(line).unwrap_or_default();
        if self.mark.lines == 1 {
            match Header::read(text) {
                Some(header) if header.is_newer() => self.mark.tell(Fault::Newer),
                Some(header) if header.tenant != tenant => self.mark.tell(Fault::OtherTenant {
                    tenant: header.tenant,
                }),
                Some(header) => self.mark.header = Some(header),
                None => self.mark.tell(Fault::NoHeader),
            }
            return;
        }
        let Some(header) = &self.mark.header else {
            return;
        };
        let Some(line) = Line::read(&header.writer, text) else {
            let line = self.mark.lines;
            return self.mark.tell(Fault::Damaged { line });
        };
        if !is_shared(&line.kind) {
            return self.mark.tell(Fault::Unknown { kind: line.kind });
        }
        if line.recorded.duration_since(now) > AHEAD {
            self.mark.tell(Fault::Ahead { at: line.recorded });
        }
        self.mark.newest = self.mark.newest.max(Some(line.recorded));
        self.lines.push(line);
    }
}
