use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};

use sha2::{Digest as _, Sha256};

/// Networks of 4096 addresses from 127.64.0.0 on.
const NETWORKS: u32 = 1024;
const BITS: u32 = 12;
const FIRST: u32 = u32::from_be_bytes([127, 64, 0, 0]);
/// Held on a network's own address by the sandbox that uses the network.
const CLAIM: u16 = 47_064;

/// A part of the loopback network that is this sandbox's alone; each container gets an address in it.
#[derive(Debug)]
pub(super) struct Network {
    base: u32,
    /// Two sandboxes at once cannot both hold it.
    _claim: UdpSocket,
}

impl Network {
    /// Claims the network that a name leads to, or the next free one: the same name finds the same network again.
    pub(super) fn claim(name: &str) -> std::io::Result<Self> {
        let start = number(name) % NETWORKS;
        let mut last = None;
        for step in 0..NETWORKS {
            let base = FIRST + (((start + step) % NETWORKS) << BITS);
            match UdpSocket::bind((Ipv4Addr::from(base + 1), CLAIM)) {
                Ok(claim) => {
                    return Ok(Self {
                        base,
                        _claim: claim,
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| std::io::Error::other("no loopback network is free")))
    }

    /// The network in CIDR notation.
    pub(super) fn subnet(&self) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base), 32 - BITS)
    }

    /// The address that a container's name leads to, or the next one that no other has; `None` when all are taken.
    ///
    /// A container that is made again, after a restart, is found where its clients know it.
    pub(super) fn free(&self, name: &str, taken: &BTreeSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        const HOSTS: u32 = (1 << BITS) - 3;
        let start = number(name) % HOSTS;
        (0..HOSTS)
            .map(|step| Ipv4Addr::from(self.base + 2 + (start + step) % HOSTS))
            .find(|address| !taken.contains(address))
    }
}

fn number(name: &str) -> u32 {
    let hash = Sha256::digest(name.as_bytes());
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Network;

    #[test]
    fn two_sandboxes_of_one_name_get_different_networks() {
        let one = Network::claim("tests of addresses").expect("a network");
        let other = Network::claim("tests of addresses").expect("another network");
        assert_ne!(one.subnet(), other.subnet());
        let mut taken = BTreeSet::new();
        let first = one.free("database", &taken).expect("an address");
        assert!(first.is_loopback());
        assert_eq!(one.free("database", &taken), Some(first));
        taken.insert(first);
        assert_ne!(one.free("database", &taken), Some(first));
    }
}
