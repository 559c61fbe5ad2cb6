use std::net::SocketAddr;

use crate::rules::xml;

/// Where requests for some host names go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostRule {
    /// Host names, in which `*` stands for any characters and `?` for one.
    pub(super) hosts: Vec<String>,
    /// ARN of a target group.
    pub(super) group: String,
    pub(super) registered: Vec<SocketAddr>,
}

impl HostRule {
    /// Reads a member of `DescribeRules`; `None` for a rule that asks for something else, or sends requests elsewhere.
    pub(super) fn read(member: xml::Node<'_, '_>) -> Option<Self> {
        let conditions = xml::items(member, "Conditions");
        let [condition] = conditions.as_slice() else {
            return None;
        };
        if xml::text(*condition, "Field") != "host-header" {
            return None;
        }
        let config = xml::find(*condition, "HostHeaderConfig");
        let values = config.map_or_else(Vec::new, |config| values(config));
        let hosts = match values.is_empty() {
            true => self::values(*condition),
            false => values,
        };
        let group = xml::find(member, "TargetGroupArn")?.text()?.to_owned();
        Some(Self {
            hosts,
            group,
            registered: Vec::new(),
        })
    }

    pub(super) fn is_for(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let mut patterns = self.hosts.iter().map(|it| it.to_ascii_lowercase());
        patterns.any(|pattern| fits(pattern.as_bytes(), host.as_bytes()))
    }
}

fn values(of: xml::Node<'_, '_>) -> Vec<String> {
    let values = xml::items(of, "Values").into_iter();
    values
        .filter_map(|value| value.text().map(str::to_owned))
        .collect()
}

fn fits(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
        (Some((b'?', pattern)), Some((_, text))) => fits(pattern, text),
        (Some((one, pattern)), Some((other, text))) => one == other && fits(pattern, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{HostRule, fits};
    use crate::rules::xml;

    #[test]
    fn patterns_fit_as_the_documentation_says() {
        for (pattern, text, expected) in [
            ("pr-42.example.com", "pr-42.example.com", true),
            ("pr-42.example.com", "pr-43.example.com", false),
            ("*.example.com", "test.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("pr-?.example.com", "pr-4.example.com", true),
            ("pr-?.example.com", "pr-42.example.com", false),
            ("*", "", true),
        ] {
            assert_eq!(
                fits(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn rules_are_read_by_their_conditions() {
        let rule = |condition: &str, action: &str| {
            format!(
                "<R><Rules><member><Conditions>{condition}</Conditions><Actions>{action}</Actions></member></Rules></R>"
            )
        };
        let read = |text: &str| {
            let document = xml::parse(text);
            HostRule::read(xml::items(document.root(), "Rules")[0])
        };
        let forward = "<member><Type>forward</Type><TargetGroupArn>arn:1</TargetGroupArn></member>";
        let values = "<member><Field>host-header</Field><Values><member>A.example</member></Values></member>";
        let config = "<member><Field>host-header</Field><HostHeaderConfig><Values><member>b.example</member><member>*.c</member></Values></HostHeaderConfig></member>";
        let path =
            "<member><Field>path-pattern</Field><Values><member>/x</member></Values></member>";
        let one = read(&rule(values, forward)).expect("a rule by host");
        assert_eq!(one.group, "arn:1");
        assert!(one.is_for("a.EXAMPLE") && !one.is_for("b.example"));
        let two = read(&rule(config, forward)).expect("a rule by host");
        assert!(two.is_for("b.example") && two.is_for("d.c") && !two.is_for("a.example"));
        assert_eq!(read(&rule(path, forward)), None);
        assert_eq!(read(&rule(&format!("{values}{path}"), forward)), None);
        let fixed = "<member><Type>fixed-response</Type></member>";
        assert_eq!(read(&rule(values, fixed)), None);
        assert_eq!(read(&rule("", forward)), None);
    }
}
