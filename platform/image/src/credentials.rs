use std::fmt;

use oci_client::secrets::RegistryAuth;

/// How a caller proves to a registry who it is.
///
/// Amazon's registry takes `Basic` with the user `AWS` and the password that `ecr:GetAuthorizationToken` answers. A
/// registry that hands out tokens is asked for one with these; that is seen to here.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Credentials {
    #[default]
    Anonymous,
    Basic {
        user: String,
        password: String,
    },
    /// A token that the registry itself takes, without asking for another.
    Bearer(String),
}

impl Credentials {
    pub(crate) fn to_client(&self) -> RegistryAuth {
        match self {
            Self::Anonymous => RegistryAuth::Anonymous,
            Self::Basic { user, password } => RegistryAuth::Basic(user.clone(), password.clone()),
            Self::Bearer(token) => RegistryAuth::Bearer(token.clone()),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Basic { .. } => "Basic(hidden)",
            Self::Bearer(_) => "Bearer(hidden)",
        })
    }
}
