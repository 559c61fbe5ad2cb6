//! Values made up by chance.

use aws_smithy_types::base64;
use rand::RngExt as _;
use rand::distr::{Alphanumeric, SampleString};
use zeroize::{Zeroize, Zeroizing};

/// Letters and digits of a password: 190 bits.
const LENGTH: usize = 32;

/// A password that nothing has to be escaped in.
pub(super) fn secret_text() -> Zeroizing<String> {
    Zeroizing::new(Alphanumeric.sample_string(&mut rand::rng(), LENGTH))
}

/// What pretend calls in the sandbox are signed with: nobody else reaches it, and who tries it out has to know it.
pub const SANDBOX_TOKEN: &str = "sandbox";

/// A value that a variable of the service takes in the sandbox, by the variable's name; what others give out (an account with Twilio, a
/// number) only looks like one.
#[must_use]
pub fn made_up(variable: &str) -> Zeroizing<String> {
    match variable {
        "ADMIN_USER" => Zeroizing::new("admin".to_owned()),
        "TWILIO_ACCOUNT_SID" => Zeroizing::new(format!("AC{}", "0".repeat(32))),
        "TWILIO_AUTH_TOKEN" => Zeroizing::new(SANDBOX_TOKEN.to_owned()),
        "TWILIO_FROM" => Zeroizing::new("+14165550100".to_owned()),
        "ENCRYPTION_KEYS" => {
            let mut key: [u8; 32] = rand::rng().random();
            let text = Zeroizing::new(format!("k1:{}", base64::encode(key)));
            key.zeroize();
            text
        }
        _ => secret_text(),
    }
}

#[cfg(test)]
mod tests {
    use super::made_up;

    #[test]
    fn each_variable_gets_what_it_takes() {
        assert_eq!(made_up("ADMIN_USER").as_str(), "admin");
        assert_eq!(made_up("TWILIO_ACCOUNT_SID").len(), 34);
        assert_eq!(made_up("ENCRYPTION_KEYS").len(), 3 + 44);
        assert_eq!(made_up("BELLA_API_KEY").len(), 32);
        assert_ne!(made_up("BELLA_API_KEY"), made_up("BELLA_API_KEY"));
    }
}
