use crate::rules::xml;

/// The condition's field that is followed.
const FIELD: &str = "host-header";

/// A rule of a listener that sends requests with certain hosts to a target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HostRule {
    priority: u32,
    hosts: Vec<String>,
    pub(super) group: String,
}

impl HostRule {
    /// Reads a member of `DescribeRules`; nothing where it goes by more than the host, or forwards nowhere.
    ///
    /// The default rule has no condition and is the listener's own action.
    fn read(member: xml::Node<'_, '_>) -> Option<Self> {
        let conditions = xml::items(member, "Conditions");
        let is_host = |condition: &xml::Node<'_, '_>| xml::text(*condition, "Field") == FIELD;
        if conditions.is_empty() || !conditions.iter().all(is_host) {
            return None;
        }
        let actions = xml::child(member, "Actions")?;
        let group = xml::find(actions, "TargetGroupArn")?.text()?;
        Some(Self {
            priority: xml::text(member, "Priority").parse().ok()?,
            hosts: conditions.into_iter().flat_map(hosts).collect(),
            group: group.to_owned(),
        })
    }

    /// Whether a request with this host, without its port, is meant.
    pub(super) fn fits(&self, host: &str) -> bool {
        let host: Vec<char> = host.to_lowercase().chars().collect();
        self.hosts.iter().any(|pattern| {
            let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
            fits(&pattern, &host)
        })
    }
}

/// The rules of one listener that go by the host, in the order in which they are judged.
pub(super) fn host_rules(answer: &str) -> Vec<HostRule> {
    let document = xml::parse(answer);
    let rules = xml::items(document.root(), "Rules").into_iter();
    let mut rules: Vec<HostRule> = rules.filter_map(HostRule::read).collect();
    rules.sort_by_key(|rule| rule.priority);
    rules
}

/// The hosts of a condition: whoever made it gave them in one of two places, or AWS repeats them in the other.
fn hosts(condition: xml::Node<'_, '_>) -> Vec<String> {
    let config = xml::child(condition, "HostHeaderConfig");
    let values = config.into_iter().chain([condition]);
    let mut values = values.filter_map(|node| xml::child(node, "Values"));
    let members = values.find(|values| values.has_children());
    let members = members.into_iter().flat_map(|values| values.children());
    members
        .filter_map(|member| member.text().map(str::trim))
        .filter(|host| !host.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a pattern, in which `*` is any characters and `?` is one, is the whole of a text.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut next) = (0, 0);
    // The last `*`, and how far the text went when it stood for nothing yet.
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(next) {
            Some('*') => {
                star = Some((next, at));
                next += 1;
            }
            Some(one) if *one == '?' || *one == text[at] => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((place, taken)) = star else {
                    return false;
                };
                star = Some((place, taken + 1));
                (at, next) = (taken + 1, place + 1);
            }
        }
    }
    pattern[next..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::{HostRule, host_rules};

    fn rule(priority: &str, conditions: &str, actions: &str) -> String {
        format!(
            "<member><RuleArn>arn</RuleArn><Priority>{priority}</Priority><Conditions>{conditions}</Conditions><Actions>{actions}</Actions></member>"
        )
    }

    fn answer(rules: &[String]) -> String {
        format!(
            "<R><DescribeRulesResult><Rules>{}</Rules></DescribeRulesResult></R>",
            rules.concat()
        )
    }

    fn forward(group: &str) -> String {
        format!("<member><Type>forward</Type><TargetGroupArn>{group}</TargetGroupArn></member>")
    }

    fn values(hosts: &str) -> String {
        format!(
            "<member><Field>host-header</Field><Values><member>{hosts}</member></Values></member>"
        )
    }

    fn config(hosts: &str) -> String {
        format!(
            "<member><Field>host-header</Field><Values/><HostHeaderConfig><Values><member>{hosts}</member></Values></HostHeaderConfig></member>"
        )
    }

    #[test]
    fn rules_that_go_by_the_host_alone_are_read_in_their_order() {
        let path =
            "<member><Field>path-pattern</Field><Values><member>/a</member></Values></member>";
        let redirect = "<member><Type>redirect</Type></member>";
        let both = format!("{}{path}", values("a.example"));
        let text = answer(&[
            rule("10", &config("later.example"), &forward("three")),
            rule("9", &values("one.example"), &forward("two")),
            rule("1", path, &forward("path")),
            rule("2", &both, &forward("both")),
            rule("3", &values("a.example"), redirect),
            rule("default", "", &forward("default")),
        ]);
        let read = host_rules(&text);
        let groups: Vec<&str> = read.iter().map(|rule| rule.group.as_str()).collect();
        assert_eq!(groups, ["two", "three"]);
        assert!(read[0].fits("one.example") && !read[0].fits("later.example"));
        assert!(read[1].fits("later.example") && !read[1].fits("one.example"));
        assert_eq!(host_rules("no XML"), []);
    }

    #[test]
    fn every_host_of_a_rule_fits() {
        let text = answer(&[rule(
            "1",
            &values("a.example</member><member>b.example"),
            &forward("g"),
        )]);
        let read = host_rules(&text);
        assert!(read[0].fits("a.example") && read[0].fits("b.example"));
        assert!(!read[0].fits("c.example"));
    }

    #[test]
    fn hosts_fit_without_case_and_by_wildcards() {
        let fits = |pattern: &str, host: &str| {
            let rule = HostRule {
                priority: 1,
                hosts: vec![pattern.to_owned()],
                group: String::new(),
            };
            rule.fits(host)
        };
        for (pattern, host) in [
            ("Book.Example.com", "book.EXAMPLE.com"),
            ("*.example.com", "a.b.example.com"),
            ("*.example.com", ".example.com"),
            ("pr-?.example.com", "pr-1.example.com"),
            ("a*b*c", "axxbyybzzc"),
            ("*", "anything"),
            ("**", ""),
        ] {
            assert!(fits(pattern, host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("example.com", "www.example.com"),
            ("example.com", "example.com.evil"),
            ("*.example.com", "example.com"),
            ("pr-?.example.com", "pr-10.example.com"),
            ("pr-?.example.com", "pr-.example.com"),
            ("a*b", "abc"),
            ("", "a"),
        ] {
            assert!(!fits(pattern, host), "{pattern} {host}");
        }
    }
}
