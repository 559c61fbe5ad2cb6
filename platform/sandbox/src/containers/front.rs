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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::Arc;

    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, ServerName};
    use rustls::{ClientConfig, RootCertStore};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsConnector;

    use super::{Manner, WANTS_GSS, WANTS_TLS, serve};
    use crate::containers::certificate::Authority;

    /// A server that answers what it is told.
    async fn echo() -> TcpListener {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port")
    }

    async fn repeat(listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    }

    #[tokio::test]
    async fn tls_is_taken_off_and_verified_by_the_sandboxs_own_authority() {
        let folder = std::env::temp_dir().join(format!("bella-front-{}", std::process::id()));
        let authority = Authority::open(&folder).expect("an authority");
        // Opened again, it is the same.
        drop(authority);
        let authority = Authority::open(&folder).expect("an authority");
        let settings = authority
            .server(Ipv4Addr::LOCALHOST, &["data".to_owned()])
            .expect("settings");
        let server = echo().await;
        let backend = server.local_addr().expect("an address");
        tokio::spawn(repeat(server));
        let front = echo().await;
        let address = front.local_addr().expect("an address");
        tokio::spawn(serve(front, backend, Manner::Postgres, settings));

        let mut plain = TcpStream::connect(address).await.expect("connected");
        plain.write_all(b"startup!and more").await.expect("sent");
        let mut said = [0; 16];
        plain.read_exact(&mut said).await.expect("answered");
        assert_eq!(&said, b"startup!and more");

        let mut stream = TcpStream::connect(address).await.expect("connected");
        let mut answer = [0; 1];
        for (wish, expected) in [(WANTS_GSS, b"N"), (WANTS_TLS, b"S")] {
            stream.write_all(&wish).await.expect("sent");
            stream.read_exact(&mut answer).await.expect("answered");
            assert_eq!(&answer, expected);
        }
        let mut roots = RootCertStore::empty();
        let file = CertificateDer::from_pem_file(authority.file()).expect("a certificate");
        roots.add(file).expect("added");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let connector = TlsConnector::from(Arc::new(client));
        let mut stream = connector.connect(name, stream).await.expect("verified");
        stream.write_all(b"secret").await.expect("sent");
        let mut said = [0; 6];
        stream.read_exact(&mut said).await.expect("answered");
        assert_eq!(&said, b"secret");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
