//! Whose request it is.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;

/// The address that a request counts for: one IPv4 address, or the /64 network that an IPv6 host is free to move in.
///
/// A load balancer reaches its targets from a private address and appends the client's to `X-Forwarded-For`; so only behind a private
/// peer is the header read, and only its last entry: all before it is what the client claims. Whoever connects from a public address
/// is that address, whatever the header says.
pub(super) fn address(request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let Some(peer) = peer else {
        return network(forwarded(request.headers()).unwrap_or(Ipv6Addr::UNSPECIFIED.into()));
    };
    let client = if is_private(peer) {
        forwarded(request.headers()).unwrap_or(peer)
    } else {
        peer
    };
    network(client)
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let entry = last.to_str().ok()?.rsplit(',').next()?.trim();
    let address = entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|address| address.ip()));
    Some(address.ok()?.to_canonical())
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let bits = v6.to_bits() & !u128::from(u64::MAX);
            Ipv6Addr::from_bits(bits).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::new(Body::empty());
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        for value in forwarded {
            let value = value.parse().expect("a header's value");
            request.headers_mut().append("x-forwarded-for", value);
        }
        address(&request).to_string()
    }

    #[test]
    fn the_last_forwarded_address_counts_behind_a_private_peer_only() {
        let table = [
            ("10.20.0.7:4000", vec!["203.0.113.9"], "203.0.113.9"),
            (
                "10.20.0.7:4000",
                vec!["198.51.100.1, 203.0.113.9"],
                "203.0.113.9",
            ),
            (
                "10.20.0.7:4000",
                vec!["198.51.100.1", "203.0.113.9"],
                "203.0.113.9",
            ),
            ("10.20.0.7:4000", vec!["203.0.113.9:51000"], "203.0.113.9"),
            ("10.20.0.7:4000", vec!["nonsense"], "10.20.0.7"),
            ("10.20.0.7:4000", vec![], "10.20.0.7"),
            ("198.51.100.4:4000", vec!["203.0.113.9"], "198.51.100.4"),
            (
                "[::ffff:10.20.0.7]:4000",
                vec!["203.0.113.9"],
                "203.0.113.9",
            ),
            ("[2001:db8:1:2:3:4:5:6]:4000", vec![], "2001:db8:1:2::"),
        ];
        for (peer, forwarded, expected) in table {
            assert_eq!(seen(peer, &forwarded), expected, "{peer} {forwarded:?}");
        }
    }
}
