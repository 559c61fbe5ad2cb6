use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::home::short_hash;
use crate::record;

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

/// The network that a sandbox used last, kept in a folder that all sandboxes share.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    home: PathBuf,
    network: Ipv4Addr,
}

impl Network {
    /// Claims the network that the sandbox of this home had last, else the one its path leads to, else the next free
    /// one. What another sandbox had last is left to it, also while that is stopped, as long as its home is there: its
    /// clients know the addresses. `shared` is the folder where it is kept who had which; where that cannot be read or
    /// written, only sandboxes that run are told apart.
    pub(super) fn claim(home: &Path, shared: &Path) -> std::io::Result<Self> {
        let path = home.to_string_lossy();
        let own = shared.join(format!("{}.json", short_hash(&path)));
        let had: Option<Kept> = record::read(&own).filter(|kept: &Kept| kept.home == home);
        let had = had.map(|kept| u32::from(kept.network));
        let start = number(&path) % NETWORKS;
        let all = (0..NETWORKS).map(|step| FIRST + (((start + step) % NETWORKS) << BITS));
        let others = others(home, shared);
        let (left_alone, rest): (Vec<u32>, Vec<u32>) = all.partition(|base| others.contains(base));
        let mut last = None;
        for base in had.into_iter().chain(rest).chain(left_alone) {
            match UdpSocket::bind((Ipv4Addr::from(base + 1), CLAIM)) {
                Ok(claim) => {
                    let kept = Kept {
                        home: home.to_owned(),
                        network: Ipv4Addr::from(base),
                    };
                    if had != Some(base) && std::fs::create_dir_all(shared).is_ok() {
                        // Should it not be kept, another sandbox may take it while this one is stopped.
                        let _ = record::replace(&own, &kept);
                    }
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

/// The networks that other sandboxes had last. Those whose home is gone are forgotten.
fn others(home: &Path, shared: &Path) -> BTreeSet<u32> {
    let files = std::fs::read_dir(shared).into_iter().flatten().flatten();
    let mut networks = BTreeSet::new();
    for file in files.map(|entry| entry.path()) {
        let Some(kept) = record::read::<Kept>(&file) else {
            continue;
        };
        if !kept.home.exists() {
            // Should it stay, it is looked at again.
            let _ = std::fs::remove_file(&file);
        } else if kept.home != home {
            networks.insert(u32::from(kept.network));
        }
    }
    networks
}

fn number(name: &str) -> u32 {
    let hash = Sha256::digest(name.as_bytes());
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::{NETWORKS, Network, number};

    /// A folder with two homes whose paths lead to the same network.
    fn homes(name: &str) -> (PathBuf, [PathBuf; 2]) {
        let folder =
            std::env::temp_dir().join(format!("bella-address-{name}-{}", std::process::id()));
        let place = |home: &PathBuf| number(&home.to_string_lossy()) % NETWORKS;
        let first = folder.join("0");
        let other = (1..).map(|nth: u32| folder.join(nth.to_string()));
        let other = other
            .into_iter()
            .find(|other| place(other) == place(&first))
            .expect("one of thousands");
        for home in [&first, &other] {
            std::fs::create_dir_all(home).expect("the temporary folder is writable");
        }
        (folder, [first, other])
    }

    #[test]
    fn each_container_gets_an_address_of_its_own() {
        let (folder, [home, _]) = homes("own");
        let network = Network::claim(&home, &folder.join("networks")).expect("a network");
        std::fs::remove_dir_all(&folder).expect("removed");
        let mut taken = BTreeSet::new();
        let first = network.free("database", &taken).expect("an address");
        assert!(first.is_loopback());
        assert_eq!(network.free("database", &taken), Some(first));
        taken.insert(first);
        assert_ne!(network.free("database", &taken), Some(first));
    }

    #[test]
    fn a_sandbox_gets_its_network_again_whoever_came_meanwhile() {
        let (folder, [home, other]) = homes("again");
        let shared = folder.join("networks");
        let claim = |home| Network::claim(home, &shared).expect("a network");
        let first = claim(&home);
        let beside = claim(&other);
        let (had, moved) = (first.subnet(), beside.subnet());
        assert_ne!(had, moved);
        // Stopped, each finds its own free, and neither takes the other's.
        drop((first, beside));
        let beside = claim(&other);
        assert_eq!(beside.subnet(), moved);
        let first = claim(&home);
        assert_eq!(first.subnet(), had);
        // The network of one that is no more is anybody's.
        drop((first, beside));
        std::fs::remove_dir_all(&home).expect("removed");
        let heir = std::fs::remove_file(kept(&shared, &other)).map(|()| claim(&other));
        assert_eq!(heir.expect("kept before").subnet(), had);
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    fn kept(shared: &std::path::Path, home: &std::path::Path) -> PathBuf {
        let name = crate::home::short_hash(&home.to_string_lossy());
        shared.join(format!("{name}.json"))
    }
}
