//! The lines of a file of the team's journal. The field names are stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the first line begins with under `retain`.
const JOURNAL: &str = "team-journal";
/// The form of the lines.
const FORMAT: u32 = 1;
/// The greatest number that a line may carry: one that is damaged must not exhaust those of all.
const GREATEST: i64 = 1 << 53;

/// How a line begins: a checksum over who writes and all that follows.
const BEGINNING: &str = "{\"sum\":\"";
/// Digits of the checksum.
const DIGITS: usize = 8;

/// The first line of a file: whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    retain: String,
    /// The form of the lines that follow.
    pub format: u32,
    /// The CRM and the tenant.
    pub tenant: String,
    /// Id of the ledger that writes it.
    pub writer: String,
    /// Who sat there when it was begun: the owner's e-mail address.
    pub author: String,
    /// On which machine that was.
    pub host: String,
}

impl Header {
    /// That of a new file.
    pub fn new(tenant: &str, writer: &str, author: &str, host: &str) -> Self {
        Self {
            retain: JOURNAL.to_owned(),
            format: FORMAT,
            tenant: tenant.to_owned(),
            writer: writer.to_owned(),
            author: author.to_owned(),
            host: host.to_owned(),
        }
    }

    /// The line, with its end.
    pub fn written(&self) -> String {
        seal("", self)
    }

    /// Reads a first line; `None` where it is none, or not as it was written.
    pub fn read(line: &str) -> Option<Self> {
        let header: Self = serde_json::from_str(&unseal("", line)?).ok()?;
        (header.retain == JOURNAL).then_some(header)
    }

    /// Whether a newer program writes the lines in another form.
    pub fn is_newer(&self) -> bool {
        self.format > FORMAT
    }

    /// Who writes, in words: `dana@alder.example on box`.
    pub fn words(&self) -> String {
        format!("{} on {}", self.author, self.host)
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the ledger that noted it.
    pub n: i64,
    /// One more than the greatest that ledger knew when it noted it.
    pub clock: i64,
    /// Who noted it: the owner's e-mail address.
    pub author: String,
    /// What happened.
    pub kind: String,
    /// The account it is about, if it is about one: the CRM's id.
    pub account: Option<String>,
    /// When it took effect (UTC).
    pub effective: Timestamp,
    /// When it was noted (UTC).
    pub recorded: Timestamp,
    /// What is to be remembered about it.
    pub payload: Value,
}

impl Line {
    /// The line in the file of this writer, with its end.
    pub fn written(&self, writer: &str) -> String {
        seal(writer, self)
    }

    /// Reads a line from the file of this writer; `None` where it is not as it was written there.
    pub fn read(writer: &str, line: &str) -> Option<Self> {
        let line: Self = serde_json::from_str(&unseal(writer, line)?).ok()?;
        let is_sane = |number: i64| (1..=GREATEST).contains(&number);
        (is_sane(line.n) && is_sane(line.clock)).then_some(line)
    }
}

/// JSON with its checksum before all else, and the end of a line.
fn seal(writer: &str, of: &impl Serialize) -> String {
    let json = serde_json::to_string(of).unwrap_or_default();
    let rest = json.strip_prefix('{').unwrap_or_default();
    format!("{BEGINNING}{:08x}\",{rest}\n", sum(writer, rest))
}

/// The JSON of a line whose checksum fits.
fn unseal(writer: &str, line: &str) -> Option<String> {
    let sealed = line.strip_prefix(BEGINNING)?;
    let (stored, rest) = sealed.split_at_checked(DIGITS)?;
    let rest = rest.strip_prefix("\",")?;
    (stored == format!("{:08x}", sum(writer, rest))).then(|| format!("{{{rest}"))
}

fn sum(writer: &str, rest: &str) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(writer.as_bytes());
    hasher.update(b"\n");
    hasher.update(rest.as_bytes());
    hasher.finalize()
}
