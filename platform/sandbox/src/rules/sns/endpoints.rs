use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Refusal = Refusal {
    name: "unfit-endpoint-refused",
    about: About::refuses(
        "What is subscribed is an endpoint of its protocol: an e-mail address, a URL.",
    ),
    service: "sns",
    operations: &["Subscribe"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let endpoint = form.text("Endpoint");
        let why = match form.text("Protocol") {
            "email" | "email-json" if !is_address(endpoint) => "Email address",
            "http" if !endpoint.starts_with("http://") => {
                "Endpoint must match the specified protocol"
            }
            "https" if !endpoint.starts_with("https://") => {
                "Endpoint must match the specified protocol"
            }
            _ => return Ok(None),
        };
        Ok(Some(Refused::new(
            "InvalidParameter",
            format!("Invalid parameter: {why}"),
        )))
    })
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses() {
        for (text, fits) in [
            ("a@example.com", true),
            ("a+b@mail.example.com", true),
            ("nope", false),
            ("@example.com", false),
            ("a@localhost", false),
            ("a b@example.com", false),
        ] {
            assert_eq!(is_address(text), fits, "{text}");
        }
    }
}
