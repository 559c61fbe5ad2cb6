use serde_json::Value;

use super::Tagged;
use crate::rules::turn::array;

/// Most objects on a page, and how many there are where the request does not say (API reference of `GetResources`).
const LARGEST: usize = 100;
const USUAL: usize = 50;

/// Which part of the answer a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    start: usize,
    size: usize,
}

impl Page {
    /// Reads it from a request, or says why AWS refuses that request.
    pub(super) fn of(request: &Value) -> Result<Self, String> {
        let narrows = ["TagFilters", "ResourceTypeFilters", "PaginationToken"];
        if !array(&request["ResourceARNList"]).is_empty()
            && narrows.iter().any(|name| !is_empty(&request[*name]))
        {
            return Err(
                "ResourceARNList cannot be given together with filters or pages".to_owned(),
            );
        }
        let size = match request["ResourcesPerPage"].as_u64() {
            None => USUAL,
            Some(size) => usize::try_from(size).unwrap_or(usize::MAX),
        };
        if !(1..=LARGEST).contains(&size) {
            return Err(format!("ResourcesPerPage is {size}, not 1 to {LARGEST}"));
        }
        let token = request["PaginationToken"].as_str().unwrap_or_default();
        match (token, token.parse()) {
            ("", _) => Ok(Self { start: 0, size }),
            (_, Ok(start)) => Ok(Self { start, size }),
            (_, Err(_)) => Err("the pagination token is none of ours".to_owned()),
        }
    }

    /// The page of `all`, and the token of the next one, empty when there is none.
    pub(super) fn cut<'a>(&self, all: &'a [Tagged]) -> (&'a [Tagged], String) {
        let start = self.start.min(all.len());
        let end = (start + self.size).min(all.len());
        let next = if end < all.len() {
            end.to_string()
        } else {
            String::new()
        };
        (&all[start..end], next)
    }
}

/// Whether an object is what a request asks for: every filtered key with one of its values, one of the types, or one
/// of the ARNs.
pub(super) fn matches(request: &Value, object: &Tagged) -> bool {
    let has = |filter: &Value| {
        let value = object
            .tags
            .iter()
            .find(|(key, _)| filter["Key"] == key.as_str())
            .map(|(_, value)| value.as_str());
        let wanted = array(&filter["Values"]);
        value.is_some_and(|value| wanted.is_empty() || wanted.iter().any(|one| one == value))
    };
    let arns = array(&request["ResourceARNList"]);
    let types = array(&request["ResourceTypeFilters"]);
    array(&request["TagFilters"]).iter().all(has)
        && (arns.is_empty() || arns.iter().any(|arn| arn == object.arn.as_str()))
        && (types.is_empty() || types.iter().any(|kind| is_of(&object.arn, kind)))
}

/// Whether an ARN is of a type `service` or `service:resourceType`.
fn is_of(arn: &str, kind: &Value) -> bool {
    let kind = kind.as_str().unwrap_or_default();
    let (service, resource) = kind.split_once(':').unwrap_or((kind, ""));
    let own = arn.split(':').nth(5).unwrap_or_default();
    let own = own.split('/').next().unwrap_or_default();
    service_of(arn) == service && (resource.is_empty() || resource == own)
}

/// The service in an ARN.
pub(super) fn service_of(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// The region in an ARN, empty for what is in none.
pub(super) fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(number: usize) -> Tagged {
        Tagged {
            arn: format!("arn:aws:logs:ca-central-1:123456789012:log-group:{number}"),
            tags: vec![("stack".to_owned(), "a".to_owned())],
        }
    }

    #[test]
    fn filters_narrow() {
        let arn = object(1).arn;
        let cases = [
            (json!({}), true),
            (json!({"TagFilters": [{"Key": "stack"}]}), true),
            (
                json!({"TagFilters": [{"Key": "stack", "Values": ["b", "a"]}]}),
                true,
            ),
            (
                json!({"TagFilters": [{"Key": "stack", "Values": ["b"]}]}),
                false,
            ),
            (
                json!({"TagFilters": [{"Key": "stack"}, {"Key": "other"}]}),
                false,
            ),
            (
                json!({"ResourceTypeFilters": ["ecs", "logs:log-group"]}),
                true,
            ),
            (json!({"ResourceTypeFilters": ["logs:stream"]}), false),
            (json!({"ResourceARNList": [arn]}), true),
            (json!({"ResourceARNList": ["arn:aws:logs:x"]}), false),
        ];
        for (request, expected) in cases {
            assert_eq!(matches(&request, &object(1)), expected, "{request}");
        }
    }

    #[test]
    fn pages_follow_each_other() {
        let all: Vec<Tagged> = (0..120).map(object).collect();
        let page = |request: Value| {
            Page::of(&request).map(|page| {
                let (shown, next) = page.cut(&all);
                (shown.len(), next)
            })
        };
        let token = |token: &str| json!({"PaginationToken": token});
        assert_eq!(page(json!({})), Ok((50, "50".to_owned())));
        assert_eq!(page(token("100")), Ok((20, String::new())));
        assert_eq!(page(token("900")), Ok((0, String::new())));
        assert!(page(token("x")).is_err());
        assert!(page(json!({"ResourcesPerPage": 101})).is_err());
        assert!(page(json!({"ResourceARNList": ["a"], "TagFilters": [{"Key": "k"}]})).is_err());
    }
}
