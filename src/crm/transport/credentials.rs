//! The token in memory: asked for once, and once more when the CRM refuses it.

use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, MutexGuard};

use super::AskToken;
use crate::crm::CrmError;

/// Tokens shorter than this are not looked for in answers.
const SHORTEST: usize = 8;

/// One token as a header. `Debug` of the header shows nothing of it.
#[derive(Clone)]
pub struct Credential {
    number: u64,
    header: HeaderValue,
}

impl Credential {
    fn new(number: u64, token: &str) -> Result<Self, CrmError> {
        let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| CrmError::NoToken("the token has characters that no token has".to_owned()))?;
        header.set_sensitive(true);
        Ok(Self { number, header })
    }

    /// The value of `Authorization`.
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The bytes with every occurrence of the token blotted out. A token of a few letters would be found
    /// in any text, and guards nothing.
    pub fn strip(&self, bytes: Vec<u8>) -> Vec<u8> {
        let token = self
            .header
            .as_bytes()
            .strip_prefix(b"Bearer ")
            .unwrap_or_default();
        if token.len() < SHORTEST || memchr::memmem::find(&bytes, token).is_none() {
            return bytes;
        }
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = &bytes[..];
        while let Some(at) = memchr::memmem::find(rest, token) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice("…".as_bytes());
            rest = &rest[at + token.len()..];
        }
        out.extend_from_slice(rest);
        out
    }
}

/// What came of asking the source again.
pub enum Renewal<'a> {
    /// Another request has renewed the token meanwhile.
    Done,
    /// The source has no other token.
    Same,
    /// Another token, which nobody uses before it is taken.
    Other(Other<'a>),
}

/// Another token that the source gave; until it is taken or dropped every request waits for it.
pub struct Other<'a> {
    current: MutexGuard<'a, Option<Credential>>,
    credential: Credential,
}

impl Other<'_> {
    /// The token.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// From now on this token is used.
    pub fn take(mut self) {
        *self.current = Some(self.credential);
    }
}

/// Keeps the token that the source gave last.
pub struct Credentials {
    ask: AskToken,
    current: Mutex<Option<Credential>>,
}

impl Credentials {
    /// Asks nothing yet.
    pub fn new(ask: AskToken) -> Self {
        Self {
            ask,
            current: Mutex::new(None),
        }
    }

    /// The token, from the source the first time.
    pub async fn get(&self) -> Result<Credential, CrmError> {
        let mut current = self.current.lock().await;
        if let Some(credential) = &*current {
            return Ok(credential.clone());
        }
        let credential = Credential::new(0, &self.ask_source().await?)?;
        *current = Some(credential.clone());
        Ok(credential)
    }

    /// After a refusal: asks the source again, unless another request has done so already.
    pub async fn renew(&self, refused: &Credential) -> Result<Renewal<'_>, CrmError> {
        let mut current = self.current.lock().await;
        if current
            .as_ref()
            .is_some_and(|newer| newer.number > refused.number)
        {
            return Ok(Renewal::Done);
        }
        let credential = Credential::new(refused.number + 1, &self.ask_source().await?)?;
        if credential.header == refused.header {
            *current = Some(credential);
            return Ok(Renewal::Same);
        }
        Ok(Renewal::Other(Other { current, credential }))
    }

    async fn ask_source(&self) -> Result<String, CrmError> {
        let ask = self.ask.clone();
        tokio::task::spawn_blocking(move || ask())
            .await
            .map_err(|_| CrmError::NoToken("the token source failed".to_owned()))?
            .map_err(CrmError::NoToken)
    }
}
