//! Money in minor units of its own currency; sums that say what they do not know.

use serde::{Deserialize, Serialize};

/// What stands in place of an amount that nobody may see: neither unknown nor nothing.
pub const HIDDEN_AMOUNT: &str = "•••";

/// An ISO 4217 currency code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The United States dollar, the reporting currency until another is set.
    pub const USD: Self = Self(*b"USD");

    /// The currency of amounts that nobody may see (ISO 4217: no currency). In words each of them is [`HIDDEN_AMOUNT`].
    pub const HIDDEN: Self = Self(*b"XXX");

    /// The currency with this code (case is ignored), or `None` if it is not three ASCII letters.
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        let upper = bytes.map(|byte| byte.to_ascii_uppercase());
        upper.iter().all(u8::is_ascii_uppercase).then_some(Self(upper))
    }

    /// The code, upper case.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimal digits the minor unit has (ISO 4217): 0 for JPY and its like, 3 for KWD, else 2.
    pub fn digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        Self::parse(&code).ok_or_else(|| format!("`{code}` is not a three-letter currency code"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// An amount in minor units (cents) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents, yen, fils.
    pub minor: i64,
    /// The currency of `minor`.
    pub currency: Currency,
}

/// A sum of amounts in one currency of which some may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    /// The known part, minor units.
    pub known: i64,
    /// How many parts are known.
    pub parts: u32,
    /// How many parts are unknown. With any, the sum is "at least" `known`.
    pub unknown: u32,
}

impl Sum {
    /// Adds one part; `None` is an unknown one.
    pub fn add(&mut self, minor: Option<i64>) {
        match minor {
            Some(minor) => {
                self.known = self.known.saturating_add(minor);
                self.parts += 1;
            }
            None => self.unknown += 1,
        }
    }

    /// The part of it that is known; `None` where all of it is unknown.
    pub fn at_least(&self) -> Option<i64> {
        (self.parts > 0 || self.unknown == 0).then_some(self.known)
    }

    /// The sum if all of it is known.
    pub fn exact(&self) -> Option<i64> {
        (self.unknown == 0).then_some(self.known)
    }
}
