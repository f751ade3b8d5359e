//! Several requests at once, a bounded number, with the answers in the order of the questions.

use std::future::Future;

use tokio::task::JoinSet;

use crate::crm::CrmError;

/// Most requests under way for one question.
pub const MOST: usize = 6;

/// Does the work for every input. The first error ends the rest.
pub async fn in_flight<I, T, F>(inputs: Vec<I>, work: impl Fn(I) -> F) -> Result<Vec<T>, CrmError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, CrmError>> + Send + 'static,
{
    let mut answers: Vec<Option<T>> = inputs.iter().map(|_| None).collect();
    let mut waiting = inputs.into_iter().enumerate();
    let mut running = JoinSet::new();
    loop {
        while running.len() < MOST
            && let Some((place, input)) = waiting.next()
        {
            let future = work(input);
            running.spawn(async move { (place, future.await) });
        }
        let Some(joined) = running.join_next().await else {
            return Ok(answers.into_iter().flatten().collect());
        };
        let (place, answer) = joined.map_err(|_| CrmError::Setup("a request was broken off".to_owned()))?;
        answers[place] = Some(answer?);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn answers_keep_the_order_and_the_bound() {
        let running = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let answers = in_flight((0..40).collect(), |number: usize| {
            let (running, most) = (running.clone(), most.clone());
            async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                for _ in 0..(40 - number) {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(number)
            }
        });
        assert_eq!(answers.await.unwrap(), (0..40).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), MOST);
    }

    #[tokio::test]
    async fn the_first_error_ends_the_rest() {
        let answer = in_flight(vec![1, 2, 3], |number| async move {
            if number == 2 {
                Err(CrmError::Setup("two".into()))
            } else {
                Ok(number)
            }
        });
        assert_eq!(answer.await.unwrap_err().to_string(), "two");
    }
}
