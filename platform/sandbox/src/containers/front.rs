use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// PostgreSQL's requests for TLS and for GSSAPI encryption: eight bytes each, the length and a code.
const WANTS_TLS: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
const WANTS_GSS: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
/// First byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// What clients of a server say first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// PostgreSQL: TLS when the client asks for it, else in clear.
    Postgres,
    /// TLS from the first byte.
    Tls,
}

/// Serves a server's public address: takes TLS off and hands the bytes on to where the server itself listens.
///
/// The server programs that the sandbox installs have no TLS of their own. Ends when it is dropped or aborted.
pub(super) async fn serve(
    listener: TcpListener,
    backend: SocketAddr,
    manner: Manner,
    settings: Arc<ServerConfig>,
) {
    let acceptor = TlsAcceptor::from(settings);
    // Connections end with the front: the set is dropped with it.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                };
                let acceptor = acceptor.clone();
                // A client or server that goes away ends its connection, nothing else.
                connections.spawn(async move {
                    let _ = connection(client, backend, manner, &acceptor).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(
    mut client: TcpStream,
    backend: SocketAddr,
    manner: Manner,
    acceptor: &TlsAcceptor,
) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut first = [0_u8; 8];
    if manner == Manner::Postgres {
        loop {
            if client.peek(&mut first[..1]).await? == 0 {
                return Ok(());
            }
            if first[0] == HANDSHAKE {
                break;
            }
            client.read_exact(&mut first).await?;
            match first {
                WANTS_GSS => client.write_all(b"N").await?,
                WANTS_TLS => {
                    client.write_all(b"S").await?;
                    break;
                }
                _ => return plain(client, backend, &first).await,
            }
        }
    }
    let mut client = acceptor.accept(client).await?;
    let mut server = reach(backend).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn plain(mut client: TcpStream, backend: SocketAddr, first: &[u8]) -> std::io::Result<()> {
    let mut server = reach(backend).await?;
    server.write_all(first).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn reach(backend: SocketAddr) -> std::io::Result<TcpStream> {
    let server = TcpStream::connect(backend).await?;
    server.set_nodelay(true)?;
    Ok(server)
}
