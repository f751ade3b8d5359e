//! One TCP connection: serving it, and ending it in all the wrong ways.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, Response, header};
use hyper::body::Frame;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::faults::Effect;
use super::server::{Front, Reset};

/// How long a connection lives on after an answer that it is reset behind: enough for the answer to leave.
const AFTERLIFE: Duration = Duration::from_millis(20);

/// Set when a connection is to be reset behind the answer that is on its way.
#[derive(Debug, Default)]
pub(super) struct Ending(Notify);

/// Takes connections until it is aborted; they end with it.
pub(super) async fn accept(listener: TcpListener, front: Arc<Front>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(serve(stream, front.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, front: Arc<Front>) {
    stream.set_nodelay(true).ok();
    let ending = Arc::new(Ending::default());
    let service = {
        let ending = ending.clone();
        service_fn(move |request| {
            let (front, ending) = (front.clone(), ending.clone());
            async move { front.answer(request, ending).await }
        })
    };
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let reset = tokio::select! {
        ended = &mut connection => ended.is_err(),
        () = async { ending.0.notified().await; tokio::time::sleep(AFTERLIFE).await } => true,
    };
    if reset {
        let stream = connection.into_parts().io.into_inner();
        socket2::SockRef::from(&stream)
            .set_linger(Some(Duration::ZERO))
            .ok();
    }
}

/// Makes a good answer a bad one, if that was drawn.
pub(super) async fn spoil(
    response: Response<Body>,
    effect: Option<Effect>,
    ending: &Ending,
) -> Result<Response<Body>, Reset> {
    let answered = |effect: &Effect| matches!(effect, Effect::Status(..) | Effect::StatusCommitted(_));
    let Some(effect) = effect.filter(|effect| !answered(effect)) else {
        return Ok(response);
    };
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.map_err(|_| Reset)?;
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = whole.slice(..whole.len() / 2);
    let body = match effect {
        Effect::Truncate => Body::from(half),
        Effect::Garbage => Body::from("<html><body>Bad gateway \u{0}\u{1b}[2J</body></html>"),
        Effect::ResetDuring | Effect::Stall(_) => {
            parts
                .headers
                .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let wait = match effect {
                Effect::Stall(time) => time,
                _ => Duration::from_millis(1),
            };
            Body::new(Broken {
                first: Some(half),
                wait: Box::pin(tokio::time::sleep(wait)),
            })
        }
        Effect::ResetAfter => {
            ending.0.notify_one();
            Body::from(whole)
        }
        Effect::Status(..) | Effect::StatusCommitted(_) | Effect::ResetBefore | Effect::ResetCommitted => {
            return Err(Reset);
        }
    };
    Ok(Response::from_parts(parts, body))
}

/// A body that begins well and then fails.
struct Broken {
    first: Option<Bytes>,
    wait: Pin<Box<tokio::time::Sleep>>,
}

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = Reset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Reset>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.wait.as_mut().poll(context).map(|()| Some(Err(Reset)))
    }
}
