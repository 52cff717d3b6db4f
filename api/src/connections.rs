//! Open connections: each has a time by which it is closed, whatever its client sends or takes, and there are never more of
//! them than the process may hold. actix limits the time of the first head of a connection alone: not that of the next one,
//! nor of a body that is never finished, nor of an answer that is never taken.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{ConnectionType, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use futures_core::Stream;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// How long a connection stays open between two requests.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// How long it may take from one answer to the whole head of the next request; a little more than actix waits for its
/// first byte.
const NEXT_HEAD: Duration = Duration::from_secs(12);
/// The same while connections run out.
const NEXT_HEAD_IN_A_CROWD: Duration = Duration::from_secs(2);
/// How long a connection stays open whose request was answered before its body was read, so that the answer arrives.
const LINGER: Duration = Duration::from_secs(2);
/// How long it may take from a head to the end of its answer, however slowly the body comes; the work itself has a limit of
/// its own, far below.
const ANSWER: Duration = Duration::from_mins(1);
/// How slowly an answer may be taken, in bytes a second.
const SLOWEST: u64 = 10_000;
/// How often connections are looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(1);
/// Descriptors reserved for files, the database, and the rest.
const KEPT: u64 = 256;
/// The largest number of connections that is of use.
const MOST: u64 = 10_000;

/// All open connections.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Vec<Weak<Connection>>>>);

/// One open connection, owned by the data of the connection.
struct Connection {
    /// The same socket as actix's, to close it when it hangs.
    socket: TcpStream,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    /// Since when it waits for a request, the last answer taken; nothing while one is being answered.
    waits_since: Option<Instant>,
    /// When it is closed.
    until: Instant,
}

impl Connection {
    fn set(&self, waits_since: Option<Instant>, until: Instant) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { waits_since, until };
    }

    fn is_late(&self, now: Instant, crowded: bool) -> bool {
        let State { waits_since, until } = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |since: Instant| crowded && now.duration_since(since) > NEXT_HEAD_IN_A_CROWD;
        now > until || waits_since.is_some_and(waits)
    }
}

impl Connections {
    /// Notes a connection that was accepted.
    pub(crate) fn accept(&self, socket: &dyn Any, data: &mut Extensions) {
        let Some(socket) = socket.downcast_ref::<actix_web::rt::net::TcpStream>() else { return };
        let Ok(socket) = socket.as_fd().try_clone_to_owned() else { return };
        let now = Instant::now();
        let state = State { waits_since: Some(now), until: now + NEXT_HEAD };
        let connection = Arc::new(Connection { socket: socket.into(), state: Mutex::new(state) });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&connection));
        data.insert(connection);
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|it| it.strong_count() > 0).count()
    }

    /// Closes the connections whose time is over, and forgets those that are closed.
    pub(crate) fn close_late(&self, most: usize) {
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|it| it.strong_count() > 0);
        let crowded = all.len() > most / 4 * 3;
        let late = all.iter().filter_map(Weak::upgrade).filter(|it| it.is_late(now, crowded));
        for connection in late {
            // actix sees the end of it, and lets it go.
            let _ = connection.socket.shutdown(Shutdown::Both);
        }
    }
}

/// How many connections may be open: each takes two descriptors, and some are kept for the rest. The process first asks for
/// as many descriptors as it may have.
pub(crate) fn most() -> usize {
    let needed = MOST * 2 + KEPT;
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    let wanted = hard.min(needed).max(soft);
    let granted = if setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).is_ok() { wanted } else { soft };
    usize::try_from(granted.saturating_sub(KEPT).min(MOST * 2) / 2).unwrap_or(256).max(16)
}

/// Middleware: gives the connection the time that its request may take, and has it closed where the request was answered
/// before its body was read.
pub(crate) async fn tend<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    if let Some(connection) = &connection {
        connection.set(None, Instant::now() + ANSWER);
    }
    let (body, upgrades) = (Body::of(&mut request), request.head().upgrade());
    let mut response = next.call(request).await?;
    if upgrades {
        // We change to no other protocol, and actix closes the connection of who asked: it is said so. Java's client asks with each
        // connection (`Upgrade: h2c`), and would send its next request on one that is gone.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    // actix says `Connection: close` where a body was not read, but only while someone still could read it.
    let unread = body.filter(|body| !body.ended.get());
    let waits = if unread.is_some() { LINGER } else { NEXT_HEAD };
    response.response_mut().extensions_mut().insert(unread);
    if let Some(connection) = &connection {
        let now = Instant::now();
        let taking = match response.response().body().size() {
            BodySize::Sized(size) => Duration::from_secs(size / SLOWEST),
            BodySize::Stream => ANSWER,
            BodySize::None => Duration::ZERO,
        };
        connection.set(Some(now + taking), now + waits + taking);
    }
    Ok(response)
}

/// The body of a request, which is there until its answer is written.
#[derive(Clone)]
struct Body {
    inner: Rc<RefCell<Payload>>,
    ended: Rc<Cell<bool>>,
}

impl Body {
    fn of(request: &mut ServiceRequest) -> Option<Self> {
        let length = request.headers().get(header::CONTENT_LENGTH).filter(|length| length.as_bytes() != b"0");
        if length.is_none() && !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return None;
        }
        let body = Self { inner: Rc::new(RefCell::new(request.take_payload())), ended: Rc::default() };
        request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
        Some(body)
    }
}

impl Stream for Body {
    type Item = Result<web::Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut *self.inner.borrow_mut()).poll_next(context);
        if let Poll::Ready(None) = polled {
            self.ended.set(true);
        }
        polled
    }
}
