//! The one HTTP client: connections to Twilio and OpenAI are kept and shared.

use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(2);

/// How long anything may take, unless the caller allows less.
const LONGEST: Duration = Duration::from_secs(10);

/// A client that trusts the public roots compiled in, follows no redirect and waits for nobody longer than ten seconds.
pub fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the default protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(LONGEST)
        .user_agent(concat!("bella-service/", env!("CARGO_PKG_VERSION")))
        .build()
        .expect("the configuration above is complete")
}
