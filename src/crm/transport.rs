//! One place that attaches the token, checks the origin, waits and retries.
//!
//! No vendor's words here: the adapter's [`Dialect`] says which paths may be posted to for reading or for
//! writing and how to read a refusal. A read is repeated until it is answered or given up. A write needs a
//! permit, leaves once, and its outcome is told as strictly as it is known: [`Transport::write`].

mod client;
mod credentials;
pub mod dialect;
pub mod limit;
pub mod options;
pub mod origin;
mod renewal;
pub mod retry;
mod within;
mod write;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use tokio::sync::watch;
use tokio::time::Instant;

use self::client::Broken;
use self::credentials::{Credential, Credentials};
use self::limit::{Class, Limiter};
use self::origin::Origin;
use self::retry::Jitter;
use super::CrmError;
use crate::domain::reach::Reach;

pub use dialect::{Dialect, Refusal, Request, Verdict};
pub use options::{AskToken, Proxying, Sharing, TransportOptions};
pub use renewal::Whose;
pub use write::Outcome;

/// For so long a write waits where the CRM asked to be left alone; then the outbox keeps it, and says so.
const MOMENT: Duration = Duration::from_secs(3);
/// The longest that an answer can make everything wait.
const LONGEST_HOLD: Duration = Duration::from_hours(24);

/// What was sent since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests, repeated ones too.
    pub requests: u64,
    /// Those of them that repeated an earlier one.
    pub repeated: u64,
    /// Those that were answered with what was asked for.
    pub answered: u64,
    /// Bytes of answers, after decompression.
    pub bytes: u64,
}

#[derive(Default)]
struct Counters {
    requests: AtomicU64,
    repeated: AtomicU64,
    answered: AtomicU64,
    bytes: AtomicU64,
}

/// The way to one CRM.
pub struct Transport {
    client: reqwest::Client,
    origin: Origin,
    dialect: Box<dyn Dialect>,
    credentials: Credentials,
    /// Whose portal the token opens, once that is known.
    whose: Mutex<Option<Arc<Whose>>>,
    limiter: Mutex<Limiter>,
    started: Instant,
    jitter: Jitter,
    patience: Duration,
    refusals: Duration,
    within: Option<Duration>,
    total_timeout: Duration,
    write_timeout: Duration,
    retries: u32,
    body_limit: usize,
    counters: Counters,
    left_today: Mutex<Option<u64>>,
    /// How the last attempt found the CRM.
    reached: watch::Sender<Reach>,
    /// Whether the CRM makes requests wait, as its rate limit is used up.
    limited: watch::Sender<bool>,
    may_write: bool,
}

/// How one request stands.
#[derive(Default)]
struct Progress {
    failures: u32,
    waited: Duration,
    /// For so long its limits may make it wait, if not as long as everything.
    most: Option<Duration>,
    asked_again: bool,
}

/// Why one attempt gave nothing.
enum Miss {
    Repeat(Duration, CrmError),
    Hold(Class, Duration),
    Token(Credential, String),
    End(CrmError),
}

/// An answer as it came.
struct Answer {
    credential: Credential,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Why no answer came.
enum Lost {
    /// Nothing was sent.
    Unsent(CrmError),
    /// The connection could not be made, or it broke.
    Broken(reqwest::Error),
    /// The answer is larger than is allowed.
    TooLarge,
}

fn note<T: Copy + PartialEq>(told: &watch::Sender<T>, now: T) {
    told.send_if_modified(|before| std::mem::replace(before, now) != now);
}

impl Transport {
    /// Checks the settings and prepares the connections; nothing is sent.
    pub fn new(
        base_url: &str,
        options: &TransportOptions,
        dialect: Box<dyn Dialect>,
        ask: AskToken,
    ) -> Result<Self, CrmError> {
        let origin = Origin::parse(base_url, options.allow_loopback_http)?;
        let limiter = if origin.is_loopback() {
            Limiter::waiting_to_learn(options.sharing)
        } else {
            Limiter::new(options.sharing, retry::random())
        };
        Ok(Self {
            client: client::build(&origin, options)?,
            limiter: Mutex::new(limiter),
            origin,
            dialect,
            credentials: Credentials::new(ask),
            whose: Mutex::default(),
            started: Instant::now(),
            jitter: retry::random,
            patience: options.patience,
            refusals: options.refusals.min(options.patience),
            within: options.within,
            total_timeout: options.total_timeout,
            write_timeout: options.write_timeout,
            retries: options.retries,
            body_limit: options.body_limit,
            counters: Counters::default(),
            left_today: Mutex::default(),
            reached: watch::Sender::new(Reach::Answers),
            limited: watch::Sender::new(false),
            may_write: options.writing.is_some(),
        })
    }

    /// Scheme, host and port that are asked.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What was sent so far.
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.counters.requests.load(Ordering::Relaxed),
            repeated: self.counters.repeated.load(Ordering::Relaxed),
            answered: self.counters.answered.load(Ordering::Relaxed),
            bytes: self.counters.bytes.load(Ordering::Relaxed),
        }
    }

    /// Calls that everybody together has left today, as the CRM last said.
    pub fn left_today(&self) -> Option<u64> {
        *self.left_today.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells each time that the CRM answers no more or cannot be reached, with the first attempt that ends so, or answers
    /// again.
    pub fn reached(&self) -> watch::Receiver<Reach> {
        self.reached.subscribe()
    }

    /// Tells each time that the CRM begins to make requests wait, as its rate limit is used up, or answers again.
    pub fn limited(&self) -> watch::Receiver<bool> {
        self.limited.subscribe()
    }

    /// Notes how an attempt ended that broke off. A connection that breaks was one, and tells nothing.
    fn note_broken(&self, error: &reqwest::Error) {
        if error.is_connect() {
            note(&self.reached, Reach::Unreachable);
        } else if error.is_timeout() {
            note(&self.reached, Reach::Silent);
        }
    }

    /// Sends a request that reads until it is answered or given up, and reads the answer. An answer that
    /// `read` cannot read is asked for again like a broken connection.
    pub async fn send<T>(
        &self,
        request: &Request,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, CrmError> {
        if matches!(request, Request::Write { .. }) {
            return Err(CrmError::Setup("a write is never repeated by itself".to_owned()));
        }
        self.check(request)?;
        let mut progress = Progress::default();
        loop {
            match self.attempt(request, &read, progress.failures).await {
                Ok(value) => return Ok(value),
                Err(miss) => self.recover(request, miss, &mut progress).await?,
            }
            self.counters.repeated.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn check(&self, request: &Request) -> Result<(), CrmError> {
        let refused = match request {
            Request::ReadingPost { path, .. } if !self.dialect.may_post(path) => {
                format!("POST {path} is not among the requests that only read, so it was not sent")
            }
            Request::Write { .. } if !self.may_write => {
                "the way to the CRM is open for reading only, so nothing was sent".to_owned()
            }
            Request::Write { path, .. } if !self.dialect.may_write(path) => {
                format!("POST {path} is not among the requests that write, so it was not sent")
            }
            _ => return Ok(()),
        };
        Err(CrmError::Setup(refused))
    }

    async fn recover(&self, request: &Request, miss: Miss, progress: &mut Progress) -> Result<(), CrmError> {
        match miss {
            Miss::End(error) => Err(error),
            Miss::Repeat(wait, error) => {
                progress.failures += 1;
                progress.waited += wait;
                if wait > self.patience {
                    // Nobody else needs to ask before the CRM is back.
                    self.hold(Class::Plain, wait);
                }
                if progress.failures > self.retries || progress.waited > self.patience || wait > self.left() {
                    return Err(error);
                }
                tokio::time::sleep(wait).await;
                Ok(())
            }
            Miss::Hold(class, wait) => {
                note(&self.limited, true);
                progress.failures += 1;
                progress.waited += wait;
                // Giving up does not lift the limit: the next request must know of it too.
                self.hold(class, wait);
                if progress.waited > progress.most.unwrap_or(self.refusals) || wait > self.left() {
                    return Err(CrmError::RateLimited { wait: Some(wait) });
                }
                Ok(())
            }
            Miss::Token(refused, message) => {
                if progress.asked_again || !self.renew(&refused, request).await? {
                    return Err(CrmError::Authentication { message });
                }
                progress.asked_again = true;
                Ok(())
            }
        }
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        read: &impl Fn(&[u8]) -> Result<T, String>,
        failures: u32,
    ) -> Result<T, Miss> {
        let answer = match self.exchange(request).await {
            Ok(answer) => answer,
            Err(Lost::Unsent(error)) => return Err(Miss::End(error)),
            Err(Lost::Broken(error)) => return Err(self.broken(&error, failures)),
            Err(Lost::TooLarge) => return Err(Miss::End(self.too_large(request))),
        };
        if !(200..300).contains(&answer.status) {
            return Err(self.refused(request, answer, failures));
        }
        let read = read(&answer.body).map_err(|reason| {
            let error = CrmError::BadAnswer {
                request: request.name(),
                reason,
            };
            Miss::Repeat(retry::backoff(failures, (self.jitter)()), error)
        })?;
        note(&self.limited, false);
        self.counters.answered.fetch_add(1, Ordering::Relaxed);
        Ok(read)
    }

    /// One request and its answer, whatever it says.
    async fn exchange(&self, request: &Request) -> Result<Answer, Lost> {
        let credential = self.in_time(self.credentials.get()).await;
        self.exchange_by(request, credential.map_err(Lost::Unsent)?).await
    }

    async fn exchange_by(&self, request: &Request, credential: Credential) -> Result<Answer, Lost> {
        let most = match request {
            Request::Write { .. } => self.patience.min(MOMENT),
            _ => self.patience,
        };
        self.wait_for_turn(self.dialect.class(request.path()), most)
            .await
            .map_err(Lost::Unsent)?;
        if self.left() <= self.least(request) {
            return Err(Lost::Unsent(self.unanswered()));
        }
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let prepared = self.prepare(request, &credential).map_err(Lost::Unsent)?;
        let response = self.client.execute(prepared).await.map_err(|error| {
            self.note_broken(&error);
            Lost::Broken(error)
        })?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        if let Some((allowed, width)) = self.dialect.allowance(&headers) {
            self.limiter().learn(allowed, width);
        }
        if let Some(left) = self.dialect.left_today(&headers) {
            *self.left_today.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
        }
        let body = client::read_body(response, self.body_limit).await;
        let stalled = matches!(&body, Err(Broken::Lost(error)) if error.is_timeout());
        let reach = if stalled { Reach::Silent } else { Reach::Answers };
        note(&self.reached, reach);
        let body = body.map_err(|broken| match broken {
            Broken::TooLarge => Lost::TooLarge,
            Broken::Lost(error) => Lost::Broken(error),
        })?;
        self.counters
            .bytes
            .fetch_add(body.len() as u64, Ordering::Relaxed);
        // A hostile or chatty server may send the token back, with success too: it must not reach a message.
        let body = credential.strip(body);
        Ok(Answer {
            credential,
            status,
            headers,
            body,
        })
    }

    fn refused(&self, request: &Request, answer: Answer, failures: u32) -> Miss {
        let Answer {
            credential,
            status,
            headers,
            body,
        } = answer;
        if (300..400).contains(&status) {
            return Miss::End(CrmError::Refused {
                request: request.name(),
                status,
                message: "it answers with a redirect, and redirects are not followed".to_owned(),
            });
        }
        let jitter = (self.jitter)();
        let verdict = self.dialect.judge(&Refusal {
            request,
            origin: &self.origin,
            status,
            headers: &headers,
            body: &body,
            failures,
        });
        match verdict {
            Verdict::Passing(Some(asked), error) => Miss::Repeat(retry::spread(asked, jitter), error),
            Verdict::Passing(None, error) => Miss::Repeat(retry::backoff(failures, jitter), error),
            // A CRM that says "at once" again and again is not asked in a tight circle.
            Verdict::Limited(class, wait) => {
                let least = retry::backoff(failures, jitter);
                Miss::Hold(class, retry::spread(wait, jitter).max(least))
            }
            Verdict::Token(message) => Miss::Token(credential, message),
            Verdict::Final(error) => {
                if let CrmError::RateLimited { wait: Some(wait) } = &error {
                    self.hold(Class::Plain, *wait);
                }
                Miss::End(error)
            }
        }
    }

    /// The only place that attaches the token; [`Origin::url`] has compared the origin.
    fn prepare(&self, request: &Request, credential: &Credential) -> Result<reqwest::Request, CrmError> {
        let builder = match request {
            Request::Get { path, query } => self.client.get(self.origin.url(path, query)?),
            Request::ReadingPost { path, body } | Request::Write { path, body, .. } => self
                .client
                .post(self.origin.url(path, &[])?)
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone()),
        };
        let timeout = match request {
            Request::Write { .. } => self.write_timeout,
            _ => self.total_timeout,
        };
        builder
            .timeout(timeout.min(self.left()))
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, credential.header())
            .build()
            .map_err(|_| CrmError::Setup("the request cannot be built".to_owned()))
    }

    /// Waits for my share of the limits, and for no longer than `most` beyond that where the CRM itself said to wait.
    async fn wait_for_turn(&self, class: Class, most: Duration) -> Result<(), CrmError> {
        let now = self.started.elapsed();
        let latest = now + self.patience.min(self.left());
        let limited = |at: Duration| CrmError::RateLimited {
            wait: Some(at.saturating_sub(self.started.elapsed())),
        };
        let (mut turn, mut reserved) = (now, false);
        loop {
            let held = self.limiter().held_until(class);
            if held > latest.min(turn + most) {
                return Err(limited(held));
            }
            if !reserved {
                turn = self.limiter().reserve(class, now, latest).map_err(limited)?;
                reserved = true;
            }
            tokio::time::sleep_until(self.started + turn.max(held)).await;
            // While it waited, the CRM may have said to wait longer.
            if self.limiter().held_until(class) <= self.started.elapsed() {
                return Ok(());
            }
        }
    }

    fn hold(&self, class: Class, wait: Duration) {
        let until = self.started.elapsed() + wait.min(LONGEST_HOLD);
        self.limiter().hold(class, until);
    }

    fn limiter(&self) -> std::sync::MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn broken(&self, error: &reqwest::Error, failures: u32) -> Miss {
        let (reason, may_pass) = client::explain(error);
        let error = if error.is_timeout() {
            self.unanswered()
        } else {
            CrmError::Unreachable {
                origin: self.origin.to_string(),
                reason,
            }
        };
        match may_pass {
            Some(most) if failures < most => Miss::Repeat(retry::backoff(failures, (self.jitter)()), error),
            _ => Miss::End(error),
        }
    }

    fn unanswered(&self) -> CrmError {
        CrmError::Unanswered {
            origin: self.origin.to_string(),
        }
    }

    fn too_large(&self, request: &Request) -> CrmError {
        CrmError::BadAnswer {
            request: request.name(),
            reason: format!("it is larger than {} MiB", self.body_limit >> 20),
        }
    }
}

#[cfg(test)]
mod turn_tests;
