use super::dice::Dice;

/// What takes its time on AWS: seconds usually, and seconds at most, from row 51 on and section 4g of AWS's behaviours
/// and the services' documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    DatabaseCreate,
    /// Also stopping, starting and rebooting.
    DatabaseChange,
    DatabaseDelete,
    CacheCreate,
    CacheChange,
    CacheDelete,
    BalancerProvision,
    NatCreate,
    NatDelete,
    CertificateIssue,
    Rollout,
    ServiceDrain,
    /// An interface of a load balancer, a database or a task, after that is gone.
    InterfaceRelease,
}

impl Wait {
    fn seconds(self) -> (f64, f64) {
        match self {
            Self::DatabaseCreate => (420.0, 900.0),
            Self::DatabaseChange => (120.0, 600.0),
            Self::DatabaseDelete => (240.0, 900.0),
            Self::CacheCreate => (400.0, 900.0),
            Self::CacheChange => (180.0, 600.0),
            Self::CacheDelete => (240.0, 600.0),
            Self::BalancerProvision => (150.0, 300.0),
            Self::NatCreate => (100.0, 180.0),
            Self::NatDelete => (60.0, 180.0),
            Self::CertificateIssue => (120.0, 1_800.0),
            Self::ServiceDrain => (60.0, 300.0),
            Self::Rollout => (150.0, 360.0),
            Self::InterfaceRelease => (180.0, 1_200.0),
        }
    }

    /// How many seconds it takes this time: near the usual nine times of ten, else anything up to the most.
    pub(super) fn taken(self, dice: Dice) -> f64 {
        let (usual, most) = self.seconds();
        let throw = dice.number(0);
        if throw < 0.9 {
            usual * (0.8 + 0.4 * throw / 0.9)
        } else {
            usual + (most - usual) * (throw - 0.9) * 10.0
        }
    }
}
