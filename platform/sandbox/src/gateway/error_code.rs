use hyper::header::HeaderMap;

use super::cbor;

/// The AWS error code in an answer that is not a success, whatever its protocol.
pub(crate) fn error_code(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(value) = headers
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok())
    {
        return Some(bare(value));
    }
    if headers.contains_key("smithy-protocol") {
        return Some(bare(cbor::decode(body)?["__type"].as_str()?));
    }
    let text = std::str::from_utf8(body).ok()?;
    if let Some(code) = between(text, "<Code>", "</Code>") {
        return Some(code.to_owned());
    }
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    ["__type", "code", "Code"]
        .iter()
        .find_map(|name| json.get(name)?.as_str())
        .map(bare)
}

/// `namespace#Code:http://...` without what surrounds the code.
fn bare(value: &str) -> String {
    let after = value.rsplit_once('#').map_or(value, |(_, code)| code);
    after
        .split_once(':')
        .map_or(after, |(code, _)| code)
        .to_owned()
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.split_once(open)?.1.split_once(close).map(|(c, _)| c)
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderMap, HeaderValue};

    use super::error_code;

    #[test]
    fn codes() {
        let cases = [
            (
                "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>",
                Some("InvalidVpcID.NotFound"),
            ),
            (
                r#"{"__type":"com.amazonaws.ecs#ClusterNotFoundException","message":"x"}"#,
                Some("ClusterNotFoundException"),
            ),
            ("", None),
            ("<html>", None),
        ];
        for (body, expected) in cases {
            let got = error_code(&HeaderMap::new(), body.as_bytes());
            assert_eq!(got.as_deref(), expected, "{body}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amzn-errortype",
            HeaderValue::from_static("ConflictException:http://internal.amazon.com/"),
        );
        assert_eq!(
            error_code(&headers, b"{}").as_deref(),
            Some("ConflictException")
        );
    }
}
