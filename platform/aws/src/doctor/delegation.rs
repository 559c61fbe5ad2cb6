//! Asks the DNS, as anybody does who looks up a name.

use std::time::Duration;

use bella_watch::doctor::Delegation;
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::{ResolverBuilder, TokioResolver};

/// Whom this machine's resolver finds answering for a zone. An error is what it did not answer.
pub(super) async fn of(zone: &str) -> Delegation {
    match TokioResolver::builder_tokio() {
        Ok(resolver) => found(resolver, zone).await,
        Err(error) => Delegation::Unanswered(error.to_string()),
    }
}

async fn found(mut resolver: ResolverBuilder<TokioRuntimeProvider>, zone: &str) -> Delegation {
    let options = resolver.options_mut();
    options.timeout = Duration::from_secs(3);
    options.attempts = 2;
    match ask(resolver, zone).await {
        Ok(servers) if servers.is_empty() => Delegation::Nowhere,
        Ok(servers) => Delegation::To(servers),
        Err(error) if error.is_no_records_found() => Delegation::Nowhere,
        Err(error) => Delegation::Unanswered(error.to_string()),
    }
}

async fn ask(
    resolver: ResolverBuilder<TokioRuntimeProvider>,
    zone: &str,
) -> Result<Vec<String>, NetError> {
    let resolver = resolver.build()?;
    let name = format!("{}.", zone.trim_end_matches('.'));
    let answer = resolver.ns_lookup(name).await?;
    let servers = answer.answers().iter().filter_map(|one| match &one.data {
        RData::NS(server) => Some(server.to_string()),
        _ => None,
    });
    Ok(servers.collect())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use hickory_resolver::TokioResolver;
    use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::rdata::NS;
    use hickory_resolver::proto::rr::{Name, RData, Record};
    use tokio::net::UdpSocket;

    use super::{Delegation, found};

    /// A name server that knows two zones.
    async fn server() -> SocketAddr {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = socket.local_addr().expect("it is bound");
        tokio::spawn(async move {
            let mut buffer = [0; 1500];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let asked = Message::from_vec(&buffer[..length]).expect("a question");
                let query = asked.queries[0].clone();
                let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
                answer.add_query(query.clone());
                answer.metadata.response_code = match query.name().to_utf8().as_str() {
                    "bella.example." => {
                        for server in ["ns-1.awsdns-0.com.", "ns-2.awsdns-1.net."] {
                            let server = Name::from_utf8(server).expect("a name");
                            let data = RData::NS(NS(server));
                            answer.add_answers([Record::from_rdata(
                                query.name().clone(),
                                60,
                                data,
                            )]);
                        }
                        ResponseCode::NoError
                    }
                    "bare.example." => ResponseCode::NoError,
                    "lame.example." => ResponseCode::ServFail,
                    _ => ResponseCode::NXDomain,
                };
                let sent = answer.to_vec().expect("an answer");
                socket.send_to(&sent, from).await.expect("it listens");
            }
        });
        address
    }

    async fn asked(server: SocketAddr, zone: &str) -> Delegation {
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let config = NameServerConfig::new(server.ip(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![config]);
        let provider = TokioRuntimeProvider::default();
        found(TokioResolver::builder_with_config(config, provider), zone).await
    }

    #[tokio::test]
    async fn whoever_answers_for_a_zone_is_named() {
        let server = server().await;
        let servers = vec![
            "ns-1.awsdns-0.com.".to_owned(),
            "ns-2.awsdns-1.net.".to_owned(),
        ];
        assert_eq!(
            asked(server, "bella.example").await,
            Delegation::To(servers)
        );
        assert_eq!(asked(server, "bare.example").await, Delegation::Nowhere);
        assert_eq!(asked(server, "none.example").await, Delegation::Nowhere);
        let Delegation::Unanswered(why) = asked(server, "lame.example").await else {
            panic!("a failure is no answer");
        };
        assert!(why.to_lowercase().contains("fail"), "{why}");
    }
}
