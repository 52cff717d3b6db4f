//! A wire between the server and its database that a test can cut, stall, leave half open, or lose an answer on.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything passes.
    Open,
    /// Every call is hung up on.
    Cut,
    /// Calls are taken and nothing passes, either way.
    Stalled,
    /// The next COMMIT is not delivered, and its connection is cut.
    CommitNotSent,
    /// The next COMMIT is delivered, its answer is not, and its connection is cut.
    CommitNotAnswered,
}

/// A TCP address in front of a PostgreSQL's socket.
pub struct Proxy {
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    socket: PathBuf,
    mode: Mutex<Mode>,
    links: Mutex<Vec<Arc<Link>>>,
}

/// One connection through the wire.
struct Link {
    client: TcpStream,
    server: UnixStream,
    /// The far end is gone, and the near end was never told.
    half: Mutex<bool>,
}

impl Proxy {
    /// A wire to the socket in this folder.
    pub fn to(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let socket = folder.join(".s.PGSQL.5432");
        let state = Arc::new(State { socket, mode: Mutex::new(Mode::Open), links: Mutex::default() });
        let serving = Arc::clone(&state);
        thread::spawn(move || listener.incoming().for_each(|client| serving.take(client.unwrap())));
        Self { address, state }
    }

    /// From now on this happens; what is cut is cut at once.
    pub fn turn(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = mode;
        if mode == Mode::Cut {
            self.state.links.lock().unwrap().drain(..).for_each(|link| link.cut());
        }
    }

    /// The far ends of all connections are gone, and no near end hears of it.
    pub fn forget(&self) {
        for link in self.state.links.lock().unwrap().drain(..) {
            *link.half.lock().unwrap() = true;
            let _ = link.server.shutdown(Shutdown::Both);
        }
    }
}

impl State {
    fn mode(&self) -> Mode {
        *self.mode.lock().unwrap()
    }

    fn take(self: &Arc<Self>, client: TcpStream) {
        let server = UnixStream::connect(&self.socket).ok().filter(|_| self.mode() != Mode::Cut);
        let Some(server) = server else { return };
        let _ = client.set_nodelay(true);
        let link = Arc::new(Link { client, server, half: Mutex::new(false) });
        self.links.lock().unwrap().push(Arc::clone(&link));
        let (state, there) = (Arc::clone(self), Arc::clone(&link));
        thread::spawn(move || state.pump(&there, &mut &there.client, &mut &there.server, true));
        let state = Arc::clone(self);
        thread::spawn(move || state.pump(&link, &mut &link.server, &mut &link.client, false));
    }

    fn pump(&self, link: &Link, from: &mut impl Read, to: &mut impl Write, outwards: bool) {
        let mut part = [0; 16 * 1024];
        loop {
            let read = from.read(&mut part).unwrap_or_default();
            let half = || *link.half.lock().unwrap();
            if half() {
                if read == 0 {
                    return;
                }
                continue;
            }
            let part = &part[..read];
            while read > 0 && self.mode() == Mode::Stalled && !half() {
                thread::sleep(Duration::from_millis(5));
            }
            let commits = outwards && part.windows(7).any(|word| word == b"COMMIT\0");
            match self.mode() {
                Mode::CommitNotSent if commits => return self.lose(link),
                Mode::CommitNotAnswered if commits => {
                    // The answer finds nobody there.
                    *link.half.lock().unwrap() = true;
                    let _ = to.write_all(part);
                    thread::sleep(Duration::from_millis(200));
                    return self.lose(link);
                }
                _ if half() => {}
                _ if read == 0 || to.write_all(part).is_err() => return link.cut(),
                _ => {}
            }
        }
    }

    /// Hangs up on one, and lets all others pass.
    fn lose(&self, link: &Link) {
        *self.mode.lock().unwrap() = Mode::Open;
        link.cut();
    }
}

impl Link {
    fn cut(&self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}
