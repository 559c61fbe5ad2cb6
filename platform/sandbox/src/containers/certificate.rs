use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The sandbox's own certificate authority, which signs the certificates of its databases and caches.
#[derive(Debug)]
pub(super) struct Authority {
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// The authority whose key lies in this folder; made when there is none.
    pub(super) fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let key_file = folder.join("ca-key.pem");
        let file = folder.join("ca.pem");
        if let Ok(text) = std::fs::read_to_string(&key_file)
            && let Ok(key) = KeyPair::from_pem(&text)
            && file.exists()
        {
            let issuer = Issuer::new(authority_params(), key);
            return Ok(Self { file, issuer });
        }
        let key = KeyPair::generate().map_err(std::io::Error::other)?;
        let params = authority_params();
        let certificate = params.self_signed(&key).map_err(std::io::Error::other)?;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).truncate(true).mode(0o600);
        std::io::Write::write_all(
            &mut options.open(&key_file)?,
            key.serialize_pem().as_bytes(),
        )?;
        std::fs::write(&file, certificate.pem())?;
        let issuer = Issuer::new(params, key);
        Ok(Self { file, issuer })
    }

    /// The certificate that clients are to trust.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// TLS settings of a server at this address, also known by these names.
    pub(super) fn server(
        &self,
        address: Ipv4Addr,
        names: &[String],
    ) -> std::io::Result<Arc<ServerConfig>> {
        let mut dns = vec!["localhost".to_owned()];
        dns.extend(names.iter().cloned());
        let mut params = CertificateParams::new(dns).map_err(std::io::Error::other)?;
        for ip in [address, Ipv4Addr::LOCALHOST] {
            params
                .subject_alt_names
                .push(SanType::IpAddress(IpAddr::V4(ip)));
        }
        let key = KeyPair::generate().map_err(std::io::Error::other)?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(std::io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut settings = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(std::io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .map_err(std::io::Error::other)?;
        // Asked for by clients of PostgreSQL that begin with TLS at once; others name no protocol.
        settings.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Arc::new(settings))
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "Bella sandbox");
    params.distinguished_name = name;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}
