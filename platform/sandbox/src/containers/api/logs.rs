use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;
use tokio::sync::mpsc;

use super::reply::{self, Reply};
use super::server::Asked;
use crate::containers::Engine;
use crate::containers::container::{Container, Phase};
use crate::containers::frame::{HEADER, Wanted, frames};

/// With a terminal, outputs are one plain stream; without, they are multiplexed.
const PLAIN: &str = "application/vnd.docker.raw-stream";
const FRAMED: &str = "application/vnd.docker.multiplexed-stream";

/// `GET /containers/{id}/logs`: from the beginning or the last `tail` pieces, and on as long as it runs with `follow`.
pub(super) fn answer(engine: &Engine, name: &str, asked: &Asked) -> Reply {
    let Some(container) = engine.find(name) else {
        return reply::not_found(format!("No such container: {name}"));
    };
    let wanted = Wanted {
        stdout: asked.flag("stdout"),
        stderr: asked.flag("stderr"),
    };
    if !wanted.stdout && !wanted.stderr {
        let message = "Bad parameters: you must choose at least one stream";
        return reply::error(StatusCode::BAD_REQUEST, message);
    }
    let tty = container.spec.tty.unwrap_or(false);
    let reader = Reader {
        wanted,
        tty,
        tail: asked.text("tail").parse().ok(),
    };
    let content_type = if tty { PLAIN } else { FRAMED };
    let (sender, response) = reply::stream(content_type);
    let follow = asked.flag("follow");
    tokio::spawn(async move { reader.send(container, follow, sender).await });
    response
}

struct Reader {
    wanted: Wanted,
    tty: bool,
    tail: Option<usize>,
}

impl Reader {
    async fn send(self, container: Arc<Container>, follow: bool, sender: mpsc::Sender<Bytes>) {
        let mut growth = container.log.growth();
        let mut state = container.state.subscribe();
        let mut position = 0;
        let mut tail = self.tail;
        loop {
            let running = state.borrow_and_update().phase == Phase::Running;
            growth.mark_unchanged();
            // A log that is gone was removed with its container.
            let Ok(bytes) = container.log.read_from(position) else {
                return;
            };
            let (content, taken) = self.chosen(&bytes, tail.take());
            position += taken as u64;
            if !content.is_empty() && sender.send(content.into()).await.is_err() {
                return;
            }
            if !follow || !running {
                return;
            }
            tokio::select! {
                changed = growth.changed() => if changed.is_err() { return },
                changed = state.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
            }
        }
    }

    fn chosen(&self, bytes: &[u8], tail: Option<usize>) -> (Vec<u8>, usize) {
        let (all, taken) = frames(bytes);
        let mut found: Vec<&[u8]> = all.into_iter().filter(|f| self.wanted.takes(f)).collect();
        if let Some(tail) = tail {
            found.drain(..found.len().saturating_sub(tail));
        }
        let cut = if self.tty { HEADER } else { 0 };
        let content = found.iter().flat_map(|frame| &frame[cut..]).copied();
        (content.collect(), taken)
    }
}
