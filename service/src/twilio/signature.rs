//! Twilio's webhook signature: the URL and the sorted parameters, HMAC-SHA1 under the account's auth token, base64.
//!
//! A body that is no form is signed by its SHA-256 in the URL's `bodySHA256`. Signatures under a shared key instead of the auth
//! token (`X-Twilio-Webhooks-Signature-Settings`) are another secret, which this service has not: they do not verify.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The header that carries the signature.
pub const HEADER: &str = "X-Twilio-Signature";

/// What a webhook carries besides its URL.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// Decoded form parameters in any order.
    Form(&'a [(&'a str, &'a str)]),
    /// A body of another type, byte for byte.
    Body(&'a [u8]),
}

/// Signs as Twilio does; a body that is no form has no parameters, and its hash is in the URL already.
pub fn sign<N: AsRef<str>, V: AsRef<str>>(token: &str, url: &str, params: &[(N, V)]) -> String {
    let mut params: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .collect();
    STANDARD.encode(
        mac(token, url, arrange(&mut params))
            .finalize()
            .into_bytes(),
    )
}

/// Whether a signature was made with this token, of this URL and payload.
///
/// As Twilio's own libraries do, the URL is tried with and without its port, because Twilio is not consistent about it. The time
/// that a comparison takes says nothing of the true signature.
pub fn verify(token: &str, url: &str, payload: Payload<'_>, signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else {
        return false;
    };
    let mut params = match payload {
        Payload::Form(params) => params.to_vec(),
        Payload::Body(body) if covers(url, body) => Vec::new(),
        Payload::Body(_) => return false,
    };
    let params = arrange(&mut params);
    let matches = |url: &str| mac(token, url, params).verify_slice(&signature).is_ok();
    matches(url) || other_port(url).is_some_and(|url| matches(&url))
}

/// By name, then value; the same pair counts once.
fn arrange<'p, 'a>(params: &'p mut Vec<(&'a str, &'a str)>) -> &'p [(&'a str, &'a str)] {
    params.sort_unstable();
    params.dedup();
    params
}

fn mac(token: &str, url: &str, params: &[(&str, &str)]) -> Hmac<Sha1> {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(url.as_bytes());
    for (name, value) in params {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac
}

/// Whether the URL carries this body's hash; an empty body needs none.
fn covers(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let claimed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "bodySHA256");
    let Some((_, claimed)) = claimed else {
        return body.is_empty();
    };
    let hash: String = Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    claimed.as_bytes().ct_eq(hash.as_bytes()).into()
}

/// The URL without its port, or with its scheme's own when it has none.
fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let port = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    Some(match port {
        Some((host, _)) => format!("{scheme}://{host}{rest}"),
        None => {
            let port = if scheme == "https" { 443 } else { 80 };
            format!("{scheme}://{authority}:{port}{rest}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "a token of a test";
    const URL: &str = "https://book.bella.example/twilio/voice?turn=2";

    #[test]
    fn the_order_and_repetition_of_parameters_do_not_matter() {
        let signature = sign(TOKEN, URL, &[("To", "+1"), ("From", "+2"), ("To", "+0")]);
        for params in [
            [("From", "+2"), ("To", "+0"), ("To", "+1"), ("To", "+0")],
            [("To", "+1"), ("To", "+1"), ("To", "+0"), ("From", "+2")],
        ] {
            assert!(verify(TOKEN, URL, Payload::Form(&params), &signature));
        }
    }

    #[test]
    fn a_change_anywhere_is_noticed() {
        let params = [("From", "+14165551234")];
        let signature = sign(TOKEN, URL, &params);
        assert!(verify(TOKEN, URL, Payload::Form(&params), &signature));
        let other = sign("another token", URL, &params);
        for (url, params, signature) in [
            (
                "https://book.bella.example/twilio/voice?turn=3",
                params,
                signature.as_str(),
            ),
            (
                "http://book.bella.example/twilio/voice?turn=2",
                params,
                signature.as_str(),
            ),
            (URL, [("From", "+14165551235")], signature.as_str()),
            (URL, [("Fro", "m+14165551235")], signature.as_str()),
            (URL, params, other.as_str()),
            (URL, params, ""),
            (URL, params, "not base64"),
        ] {
            assert!(
                !verify(TOKEN, url, Payload::Form(&params), signature),
                "{url} {signature}"
            );
        }
        assert!(!verify(TOKEN, URL, Payload::Form(&[]), &signature));
    }

    #[test]
    fn the_port_may_be_there_or_not() {
        let none: [(&str, &str); 0] = [];
        for (signed, asked) in [
            ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
            ("http://a.example/x", "http://a.example:80/x"),
            ("https://a.example:8443/x", "https://a.example/x"),
            ("https://[::1]/x", "https://[::1]:443/x"),
        ] {
            let pairs = [(signed, asked), (asked, signed)];
            for (signed, asked) in &pairs[..if signed.contains("8443") { 1 } else { 2 }] {
                let signature = sign(TOKEN, asked, &none);
                assert!(
                    verify(TOKEN, signed, Payload::Form(&[]), &signature),
                    "{signed} {asked}"
                );
            }
        }
        let signature = sign(TOKEN, "https://a.example:8443/x", &none);
        assert!(!verify(
            TOKEN,
            "https://a.example/x",
            Payload::Form(&[]),
            &signature
        ));
    }

    #[test]
    fn a_body_is_signed_by_its_hash() {
        let none: [(&str, &str); 0] = [];
        let body = br#"{"a":1}"#;
        let hash: String = Sha256::digest(body)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let url = format!("https://a.example/x?bodySHA256={hash}");
        let signature = sign(TOKEN, &url, &none);
        assert!(verify(TOKEN, &url, Payload::Body(body), &signature));
        assert!(!verify(
            TOKEN,
            &url,
            Payload::Body(br#"{"a":2}"#),
            &signature
        ));
        let bare = "https://a.example/x";
        let signature = sign(TOKEN, bare, &none);
        assert!(!verify(TOKEN, bare, Payload::Body(body), &signature));
        assert!(verify(TOKEN, bare, Payload::Body(b""), &signature));
    }
}
