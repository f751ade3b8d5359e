//! A token that lapsed: the source is asked once more, and what it gives is used only where it opens the same portal.
//!
//! A source may be switched to another portal while a program runs. Its answers would mix into the data of the first,
//! and what is written would go to strangers; so the new token is tried on one question before anybody uses it.

use std::sync::{Arc, PoisonError};

use super::credentials::{Credential, Renewal};
use super::{CrmError, Lost, Miss, Request, Transport};

/// Whose portal the token opens, and how that is asked.
pub struct Whose {
    /// Asks it.
    pub request: Request,
    /// Reads the portal's id in the answer.
    pub read: fn(&[u8]) -> Result<String, String>,
    /// The id that was answered.
    pub id: String,
}

impl Transport {
    /// From now on another token is used only if it opens this portal.
    pub fn hold_to(&self, whose: Whose) {
        *self.whose.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(whose));
    }

    /// Takes another token from the source after a refusal; `false` when there is none. Whoever asks whose portal it is
    /// sees that in the answer.
    pub(super) async fn renew(&self, refused: &Credential, request: &Request) -> Result<bool, CrmError> {
        let other = match self.in_time(self.credentials.renew(refused)).await? {
            Renewal::Done => return Ok(true),
            Renewal::Same => return Ok(false),
            Renewal::Other(other) => other,
        };
        let whose = self.whose.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(whose) = whose.filter(|whose| whose.request.path() != request.path()) {
            let found = self.opened_by(&whose, other.credential()).await?;
            if found != whose.id {
                return Err(CrmError::NoToken(format!(
                    "the token lapsed, and the new one opens tenant {found}, not {} as before",
                    whose.id
                )));
            }
        }
        other.take();
        Ok(true)
    }

    /// The portal that a token opens.
    async fn opened_by(&self, whose: &Whose, credential: &Credential) -> Result<String, CrmError> {
        let request = &whose.request;
        let answer = match self.exchange_by(request, credential.clone()).await {
            Ok(answer) => answer,
            Err(Lost::Unsent(error)) => return Err(error),
            Err(Lost::Broken(error)) => return Err(self.no_connection(&error)),
            Err(Lost::TooLarge) => return Err(self.too_large(request)),
        };
        if !(200..300).contains(&answer.status) {
            return Err(match self.refused(request, answer, 0) {
                Miss::End(error) | Miss::Repeat(_, error) => error,
                Miss::Hold(class, wait) => {
                    self.hold(class, wait);
                    CrmError::RateLimited { wait: Some(wait) }
                }
                Miss::Token(_, message) => CrmError::Authentication { message },
            });
        }
        (whose.read)(&answer.body).map_err(|reason| CrmError::BadAnswer {
            request: request.name(),
            reason,
        })
    }
}
