//! What can be asked, and what the transport must know about a vendor.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::limit::Class;
use super::origin::Origin;
use crate::crm::CrmError;
use crate::domain::outbox::WritePermit;

/// Something to ask. Only the last form can change anything, and nobody can make it without a permit.
#[derive(Debug, Clone)]
pub enum Request {
    /// GET.
    Get {
        /// From the leading slash, without query.
        path: String,
        /// Names and values of the query.
        query: Vec<(&'static str, String)>,
    },
    /// A POST that only reads; sent only if the adapter lists its path.
    ReadingPost {
        /// From the leading slash.
        path: String,
        /// JSON.
        body: Vec<u8>,
    },
    /// A POST that writes; sent only if the adapter lists its path and the way was opened for writing.
    Write {
        /// From the leading slash.
        path: String,
        /// JSON.
        body: Vec<u8>,
        /// Shows that writing is allowed.
        permit: WritePermit,
    },
}

impl Request {
    /// Path, from the leading slash.
    pub fn path(&self) -> &str {
        match self {
            Self::Get { path, .. } | Self::ReadingPost { path, .. } | Self::Write { path, .. } => path,
        }
    }

    /// Method and path, for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Get { path, .. } => format!("GET {path}"),
            Self::ReadingPost { path, .. } | Self::Write { path, .. } => format!("POST {path}"),
        }
    }
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct Refusal<'a> {
    /// Method and path.
    pub request: &'a Request,
    /// Scheme, host and port that were asked.
    pub origin: &'a Origin,
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, without the token should the server have repeated it.
    pub body: &'a [u8],
    /// How often this request has failed before.
    pub failures: u32,
}

/// What a refusal means.
#[derive(Debug)]
pub enum Verdict {
    /// It may pass by itself: repeat, after this long if the CRM said so. The error is for when it does not.
    Passing(Option<Duration>, CrmError),
    /// A limit of the CRM is reached: hold this class back for so long.
    Limited(Class, Duration),
    /// The token is not accepted, in the CRM's words.
    Token(String),
    /// It will not get better.
    Final(CrmError),
}

/// What the transport must know about a vendor.
pub trait Dialect: Send + Sync {
    /// Whether a POST to this path only reads.
    fn may_post(&self, path: &str) -> bool;
    /// Whether a POST to this path is one of the writes that this program makes.
    fn may_write(&self, _path: &str) -> bool {
        false
    }
    /// Whether an answer with this status says that the request surely had no effect.
    fn is_undone(&self, status: u16) -> bool {
        (400..500).contains(&status) && status != 408
    }
    /// Which limit a path counts for.
    fn class(&self, path: &str) -> Class;
    /// How many requests the CRM allows in how long, if this answer says so.
    fn allowance(&self, headers: &HeaderMap) -> Option<(u32, Duration)>;
    /// How many calls everybody together has left today, if this answer says so.
    fn left_today(&self, _headers: &HeaderMap) -> Option<u64> {
        None
    }
    /// What to do about a refusal.
    fn judge(&self, refusal: &Refusal<'_>) -> Verdict;
}
