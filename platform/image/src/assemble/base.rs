use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use super::archive::{Content, Tree};

/// The user that the service runs as, and its group: a number that no distribution gives to anybody.
pub const USER: u32 = 65532;

/// What every image has below its program: who may run, whom to trust, where to put a passing file.
///
/// The `Dockerfile` takes the same files from `base/`.
///
/// The roots are Mozilla's, as the `webpki-root-certs` crate carries them: the same on every machine that assembles,
/// which Debian's are not. The service itself has them compiled in; these are for whatever else reads them.
pub(super) fn tree(authorities: &[(String, Vec<u8>)]) -> Tree {
    let text = |text: &str| Content::Bytes(text.as_bytes().to_vec());
    // The last sets the order of glibc's resolver; without it some versions ask DNS first, even for `localhost`.
    let tree = Tree::default()
        .folder("tmp", 0o1777)
        .file("etc/passwd", 0o644, text(include_str!("../../base/passwd")))
        .file("etc/group", 0o644, text(include_str!("../../base/group")))
        .file(
            "etc/nsswitch.conf",
            0o644,
            text(include_str!("../../base/nsswitch.conf")),
        )
        .file("etc/ssl/certs/ca-certificates.crt", 0o644, text(&roots()));
    authorities.iter().fold(tree, |tree, (name, pem)| {
        tree.file(
            &format!("etc/ssl/certs/{name}"),
            0o644,
            Content::Bytes(pem.clone()),
        )
    })
}

/// In PEM form, sorted by content.
fn roots() -> String {
    let mut roots: Vec<_> = TLS_SERVER_ROOT_CERTS.iter().collect();
    roots.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
    let mut pem = String::new();
    for root in roots {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(root);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, next) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = next;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}
