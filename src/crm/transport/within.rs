//! Who waits only so long: what is not answered by then is given up, and what writes leaves early enough to be answered.

use std::future::Future;
use std::time::Duration;

use super::{CrmError, Request, Transport};

/// A write is not begun in this part of the time: without its answer nobody would know what became of it.
const LAST_PART: u32 = 4;

impl Transport {
    /// How long anything may still be waited for.
    pub(super) fn left(&self) -> Duration {
        let left = self
            .within
            .map(|within| within.saturating_sub(self.started.elapsed()));
        left.unwrap_or(Duration::MAX)
    }

    /// With no more than this left a request is not begun.
    pub(super) fn least(&self, request: &Request) -> Duration {
        match (request, self.within) {
            (Request::Write { .. }, Some(within)) => within / LAST_PART,
            _ => Duration::ZERO,
        }
    }

    /// What the source of the token gives, if that is in time. Once the time is over it is not asked: that no answer came is not
    /// its fault.
    pub(super) async fn in_time<T>(
        &self,
        asked: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CrmError> {
        if self.left().is_zero() {
            return Err(self.unanswered());
        }
        let in_vain = "the source of the token gave none within the time allowed";
        match tokio::time::timeout(self.left(), asked).await {
            Ok(given) => given,
            Err(_) => Err(CrmError::NoToken(in_vain.to_owned())),
        }
    }
}
