//! The token in memory: asked for once, and once more when the CRM refuses it.

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

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

    /// After a refusal: asks the source again, unless another request has done so already. `false` when
    /// there is no other token.
    pub async fn renew(&self, refused: &Credential) -> Result<bool, CrmError> {
        let mut current = self.current.lock().await;
        if current
            .as_ref()
            .is_some_and(|newer| newer.number > refused.number)
        {
            return Ok(true);
        }
        let credential = Credential::new(refused.number + 1, &self.ask_source().await?)?;
        let other = credential.header != refused.header;
        *current = Some(credential);
        Ok(other)
    }

    async fn ask_source(&self) -> Result<String, CrmError> {
        let ask = self.ask.clone();
        tokio::task::spawn_blocking(move || ask())
            .await
            .map_err(|_| CrmError::NoToken("the token source failed".to_owned()))?
            .map_err(CrmError::NoToken)
    }
}
