//! The sockets of both listeners. They are bound before anything else is done, and listen once there is something to serve:
//! until then, connections are refused at once, as where nothing runs.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

use crate::config::Settings;
use crate::failure::Failure;

/// How many connections may wait to be accepted, as actix has it.
const BACKLOG: i32 = 1024;

/// Both sockets, bound.
pub(crate) struct Sockets {
    api: Socket,
    admin: Socket,
}

impl Sockets {
    /// Takes both addresses.
    ///
    /// # Errors
    /// One of them cannot be had: the sentence says which, and why.
    pub(crate) fn bind(settings: &Settings) -> Result<Self, Failure> {
        let of = |address, name| bind(address).map_err(|error| cannot(address, name, &error));
        let api = of(settings.listen, "DIAPASON_LISTEN")?;
        Ok(Self { api, admin: of(settings.admin_listen, "DIAPASON_ADMIN_LISTEN")? })
    }

    /// Begins to listen.
    ///
    /// # Errors
    /// Another process began to listen there meanwhile.
    pub(crate) fn listen(self, settings: &Settings) -> io::Result<(TcpListener, TcpListener)> {
        let of = |socket: Socket, address, name| match socket.listen(BACKLOG) {
            Ok(()) => Ok(TcpListener::from(socket)),
            Err(error) => Err(io::Error::other(cannot(address, name, &error))),
        };
        let api = of(self.api, settings.listen, "DIAPASON_LISTEN")?;
        Ok((api, of(self.admin, settings.admin_listen, "DIAPASON_ADMIN_LISTEN")?))
    }
}

fn bind(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Else an address could not be had again for a while after the server before it.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

fn cannot(address: SocketAddr, name: &str, error: &io::Error) -> String {
    let why = if error.kind() == io::ErrorKind::AddrInUse {
        "another process listens there".to_owned()
    } else {
        error.to_string()
    };
    format!("cannot listen on {address} ({name}): {why}")
}
