use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::error::SandboxError;

/// A listener on the loopback address, at `wanted` when that port is free.
pub(super) fn listen(wanted: u16) -> Result<TcpListener, SandboxError> {
    if wanted != 0
        && let Ok(listener) = bind(wanted)
    {
        return Ok(listener);
    }
    bind(0).map_err(SandboxError::Port)
}

/// A free loopback port, `wanted` when that is free; another program may still take it first.
pub(super) fn free(wanted: u16) -> Result<u16, SandboxError> {
    let listener = listen(wanted)?;
    Ok(listener.local_addr().map_err(SandboxError::Port)?.port())
}

fn bind(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // Connections of the last run may linger in TIME_WAIT on this very port.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(1024)
}
