//! Writing: a request leaves once, and what is told of it is what is known.
//!
//! It is sent again only after an answer that says that it surely had no effect: a limit, a lock, a lapsed
//! token. Whatever else happens after it may have left is [`Outcome::Unclear`], never a failure.

use std::sync::atomic::Ordering;

use super::limit::Class;
use super::{Answer, CrmError, Lost, MOMENT, Miss, Progress, Request, Transport, client, retry};

/// What became of a request that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It was answered with success.
    Done(T),
    /// The CRM refused it as a whole.
    Refused {
        /// HTTP status.
        status: u16,
        /// The CRM's own words.
        said: String,
    },
    /// It left, and nothing tells whether it had an effect.
    Unclear {
        /// What happened, in words.
        why: String,
    },
}

impl Transport {
    /// Sends a request that writes. An error means that it surely had no effect.
    pub async fn write<T>(
        &self,
        request: &Request,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<Outcome<T>, CrmError> {
        self.check(request)?;
        let mut progress = Progress {
            most: Some(self.refusals.min(MOMENT)),
            ..Progress::default()
        };
        loop {
            let answer = match self.exchange(request).await {
                Ok(answer) => answer,
                Err(Lost::Unsent(error)) => return Err(error),
                Err(Lost::Broken(error)) if error.is_connect() => return Err(self.no_connection(&error)),
                Err(Lost::Broken(error)) => return Ok(unclear(client::explain(&error).0)),
                Err(Lost::TooLarge) => return Ok(unclear(self.too_large(request).to_string())),
            };
            let Answer {
                status,
                headers,
                body,
                ..
            } = &answer;
            if (200..300).contains(status) {
                return Ok(match read(body) {
                    Ok(value) => Outcome::Done(value),
                    Err(reason) => unclear(format!("the answer cannot be read: {reason}")),
                });
            }
            if !self.dialect.is_undone(*status) {
                // Whether it had an effect is asked when the CRM wants to be asked again.
                if let Some(wait) = retry::retry_after(headers) {
                    self.hold(Class::Plain, wait);
                }
                return Ok(unclear(format!("the CRM answered HTTP {status}")));
            }
            match self.refused(request, answer, progress.failures) {
                Miss::End(CrmError::Refused { status, message, .. }) => {
                    return Ok(Outcome::Refused {
                        status,
                        said: message,
                    });
                }
                miss => self.recover(request, miss, &mut progress).await?,
            }
            self.counters.repeated.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn no_connection(&self, error: &reqwest::Error) -> CrmError {
        if error.is_timeout() {
            return self.unanswered();
        }
        CrmError::Unreachable {
            origin: self.origin.to_string(),
            reason: client::explain(error).0,
        }
    }
}

fn unclear<T>(why: String) -> Outcome<T> {
    Outcome::Unclear { why }
}
