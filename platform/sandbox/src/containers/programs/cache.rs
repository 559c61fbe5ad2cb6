use std::net::SocketAddr;

use tokio::process::Command;

use super::command::{command, run};
use super::{Running, accepts, listen};
use crate::containers::container::{Container, Front, Surroundings};
use crate::containers::front::{self, Manner};
use crate::containers::servers::Servers;

const PORT: u16 = 6379;
/// Where the server itself listens when clients speak TLS, which it does not.
const INNER: u16 = 6380;

/// What a cache's command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    tls: bool,
    password: Option<String>,
    cluster: bool,
    /// Options handed on as they are.
    rest: Vec<String>,
}

impl Asked {
    /// Reads `--option value…` arguments, with or without the program's name before them.
    fn of(words: &[String]) -> Self {
        let mut asked = Self::default();
        let mut at = 0;
        while at < words.len() {
            let option = words[at].as_str();
            let end = words[at + 1..]
                .iter()
                .position(|word| word.starts_with("--"))
                .map_or(words.len(), |found| at + 1 + found);
            let values = &words[at + 1..end];
            match option {
                "--tls-port" => asked.tls = values.iter().any(|port| port != "0"),
                "--requirepass" => asked.password = values.first().cloned(),
                "--cluster-enabled" => {
                    asked.cluster = values.first().is_some_and(|v| v == "yes");
                    asked.rest.extend(words[at..end].iter().cloned());
                }
                "--port" | "--bind" | "--protected-mode" | "--dir" | "--cluster-config-file" => {}
                _ if option.starts_with("--tls-") || !option.starts_with("--") => {}
                _ => asked.rest.extend(words[at..end].iter().cloned()),
            }
            at = end;
        }
        asked
    }

    fn port(&self) -> u16 {
        if self.tls { INNER } else { PORT }
    }
}

pub(super) async fn launch(
    container: &Container,
    surroundings: &Surroundings,
) -> std::io::Result<Running> {
    let servers = &surroundings.servers;
    let asked = Asked::of(&container.spec.command());
    let folder = container.folder_of("/data", &surroundings.root);
    std::fs::create_dir_all(&folder)?;
    servers.give(&folder)?;
    let address = container.address.to_string();
    let port = asked.port();
    let mut server = command(servers.valkey("valkey-server"), servers.user(), "TERM");
    server
        .args(["--bind", &address, "--port", &port.to_string()])
        .args(["--protected-mode", "no", "--daemonize", "no", "--save", ""])
        // An idle server wakes once a second instead of ten times.
        .args(["--hz", "1", "--dir"])
        .arg(&folder)
        .args(&asked.rest)
        .current_dir("/");
    if let Some(password) = &asked.password {
        server.args(["--requirepass", password]);
    }
    if asked.cluster {
        server.args(["--cluster-announce-ip", &address]);
        server.args(["--cluster-announce-port", &PORT.to_string()]);
    }
    let mut child = server.spawn()?;
    let inner = SocketAddr::from((container.address, port));
    accepts(&mut child, inner).await?;
    // The emulator's start script gives a serverless cache, a cluster of one node, all slots.
    if container
        .spec
        .entry()
        .iter()
        .any(|word| word.contains("ADDSLOTSRANGE"))
    {
        let program = servers.valkey("valkey-cli");
        let mut slots = client(container, servers);
        slots.args(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
        run(&mut slots, &program).await?;
    }
    let mut fronts = Vec::new();
    if asked.tls {
        let listener = listen(container.address, PORT).await?;
        let tls = surroundings
            .authority
            .server(container.address, std::slice::from_ref(&container.name))?;
        let front = tokio::spawn(front::serve(listener, inner, Manner::Tls, tls));
        fronts.push(Front(front));
    }
    Ok(Running { child, fronts })
}

/// The command-line client, aimed at this container's server.
pub(in crate::containers) fn client(container: &Container, servers: &Servers) -> Command {
    let asked = Asked::of(&container.spec.command());
    let mut client = command(servers.valkey("valkey-cli"), servers.user(), "KILL");
    client
        .args(["-h", &container.address.to_string()])
        .args(["-p", &asked.port().to_string()])
        .current_dir("/");
    if let Some(password) = asked.password {
        // Not on the command line, which every user of the machine can read.
        client.env("REDISCLI_AUTH", password);
    }
    client
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn options_of_tls_are_the_fronts_business() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let asked = Asked::of(&words(
            "--port 0 --tls-port 6379 --tls-cert-file /a --tls-auth-clients no --requirepass secret --cluster-enabled yes",
        ));
        assert!(asked.tls && asked.cluster);
        assert_eq!(asked.password.as_deref(), Some("secret"));
        assert_eq!(asked.rest, ["--cluster-enabled", "yes"]);
        let asked = Asked::of(&words("redis-server --port 6379 --appendonly no"));
        assert!(!asked.tls);
        assert_eq!(asked.rest, ["--appendonly", "no"]);
        assert_eq!(Asked::of(&[]), Asked::default());
    }
}
