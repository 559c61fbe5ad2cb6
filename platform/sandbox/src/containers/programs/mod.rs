//! How each kind of image becomes a process.

mod cache;
mod command;
mod postgres;
mod task;
mod web;

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;
use tokio::time::{Duration, sleep};

pub(super) use cache::client as cache_client;
pub(super) use postgres::{copy_folder, set_password};

use super::container::{Container, Front, Surroundings};
use super::image::Kind;

/// A started process, and what stands before it; both end together.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) fronts: Vec<Front>,
}

/// Starts what the container's image and command say.
pub(super) async fn launch(
    container: &Container,
    surroundings: &Surroundings,
) -> std::io::Result<Running> {
    match &container.image.kind {
        Kind::Postgres => postgres::launch(container, surroundings).await,
        Kind::Cache => cache::launch(container, surroundings).await,
        Kind::Web if container.spec.command().is_empty() => web::launch(container),
        Kind::Web | Kind::Base => task::launch_here(container, surroundings),
        Kind::Pulled { root, config } => task::launch(container, surroundings, root, config).await,
    }
}

/// Listens where clients will connect; the address is the container's own, so only a program outside of the sandbox
/// can be in the way.
async fn listen(address: Ipv4Addr, port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((address, port)).await
}

/// Waits until something accepts connections there, as long as the process lives.
async fn accepts(child: &mut Child, at: SocketAddr) -> std::io::Result<()> {
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(how) = child.try_wait()? {
            return Err(std::io::Error::other(format!(
                "its server ended at once ({how})"
            )));
        }
        if TcpStream::connect(at).await.is_ok() {
            return Ok(());
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}
