//! The wait for the CRM while connecting: it says what it waits for, that it still waits, and it ends in time.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::cli::error::{CliError, FailureKind};
use crate::cli::output::complain;
use crate::crm::CrmError;

/// How often a person is told that the CRM has not answered yet.
const STILL: Duration = Duration::from_secs(10);

/// How long the CRM is waited for in all: what is asked in between of a person does not count.
#[derive(Debug)]
pub struct Waiting {
    within: Duration,
    left: Duration,
}

impl Waiting {
    /// Nothing is used up yet.
    pub fn new(seconds: u64) -> Self {
        let within = Duration::from_secs(seconds);
        Self { within, left: within }
    }

    /// How long one request waits for a rate limit: less than the whole, so that the limit is told and not the wait.
    pub fn for_a_limit(&self) -> Duration {
        self.within / 4
    }

    /// Says what is asked, and waits for the answer as long as is left.
    pub async fn until<T>(
        &mut self,
        what: &str,
        told: impl Fn(CrmError) -> CliError,
        asked: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CliError> {
        complain(&format!("{what} …"));
        let (mut asked, begun, left) = (pin!(asked), Instant::now(), self.left);
        loop {
            let pause = STILL.min(left.saturating_sub(begun.elapsed()));
            if let Ok(answer) = timeout(pause, &mut asked).await {
                self.left = left.saturating_sub(begun.elapsed());
                return answer.map_err(told);
            }
            if begun.elapsed() >= left {
                return Err(self.given_up(what));
            }
            let waited = (self.within.saturating_sub(left) + begun.elapsed()).as_secs();
            complain(&format!(
                "  waiting for the CRM: {waited} s of {} s at most",
                self.within.as_secs()
            ));
        }
    }

    fn given_up(&self, what: &str) -> CliError {
        let words = format!(
            "the CRM did not answer within {} s all that connecting asks",
            self.within.as_secs()
        );
        let mut error = CliError::new(FailureKind::Unreachable, words);
        error.causes.push(format!("it did not come to an end: {what}"));
        error.hint("try again later, or wait longer with --within SECONDS; nothing was written")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn told(error: CrmError) -> CliError {
        error.into()
    }

    #[tokio::test]
    async fn the_wait_ends_also_when_no_answer_comes() {
        let mut waiting = Waiting {
            within: Duration::from_millis(30),
            left: Duration::from_millis(30),
        };
        assert_eq!(waiting.until("One", told, async { Ok(1) }).await, Ok(1));
        let never = std::future::pending::<Result<u8, CrmError>>();
        let error = waiting.until("Two", told, never).await.unwrap_err();
        assert_eq!(error.kind.code(), 4);
        assert_eq!(error.causes, ["it did not come to an end: Two"]);
        assert!(error.hint.unwrap().contains("--within"));
    }
}
