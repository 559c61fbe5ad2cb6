use super::Finding;

/// A program of other people that is run, or that a fix or a runbook has somebody type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// What is run.
    pub program: &'static str,
    /// What makes it print its version.
    pub asked: &'static str,
    /// The oldest version that will do: `1.94`.
    pub least: &'static str,
    /// Who does what with it, after "which".
    pub wanted: &'static str,
    /// Whether it is wrong that it is not there.
    pub is_needed: bool,
    /// What brings it.
    pub install: &'static str,
    /// What brings a newer one.
    pub update: &'static str,
}

/// How a program answered when it was asked for its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is no such program.
    Missing,
    /// It ended with a failure, and said this.
    Failed(String),
    /// It said this.
    Said(String),
}

/// The programs to look for. Building needs `in_source_tree`; commands that are typed against AWS are of no use with the sandbox.
#[must_use]
pub fn tools(in_source_tree: bool, is_sandbox: bool) -> [Tool; 4] {
    let mac = cfg!(target_os = "macos");
    let or = |homebrew, other| if mac { homebrew } else { other };
    [
        Tool {
            program: "cargo",
            asked: "--version",
            // The same for every crate of the workspace.
            least: env!("CARGO_PKG_RUST_VERSION"),
            wanted: "deploy builds the service with",
            is_needed: in_source_tree,
            install: "curl --proto =https -sSf https://sh.rustup.rs | sh",
            update: "rustup update stable",
        },
        Tool {
            program: "git",
            asked: "--version",
            least: "2",
            wanted: "deploy asks for the commit that an image is made of",
            is_needed: in_source_tree,
            install: or("brew install git", "sudo apt-get install git"),
            update: or("brew upgrade git", "sudo apt-get install git"),
        },
        Tool {
            program: "aws",
            asked: "--version",
            least: "2",
            wanted: "fixes and runbooks are written for",
            is_needed: !is_sandbox,
            install: or("brew install awscli", "sudo snap install aws-cli --classic"),
            // One of version 1 is of another package.
            update: or("brew install awscli", "sudo snap install aws-cli --classic"),
        },
        Tool {
            program: "terraform",
            asked: "version",
            least: "1.5",
            wanted: "reads what export terraform writes",
            is_needed: false,
            install: or(
                "brew install hashicorp/tap/terraform",
                "sudo snap install terraform --classic",
            ),
            update: or(
                "brew upgrade hashicorp/tap/terraform",
                "sudo snap refresh terraform",
            ),
        },
    ]
}

/// Whether a program is there and new enough; nothing where it is not there and need not be.
#[must_use]
pub fn tool(tool: &Tool, answer: &Answer) -> Option<Finding> {
    let Tool {
        program,
        least,
        wanted,
        ..
    } = tool;
    let wrong = |said: String, fix: &str| Some(Finding::wrong("tools", said, fix));
    match answer {
        Answer::Missing if tool.is_needed => wrong(
            format!("{program} is not installed, which {wanted}"),
            tool.install,
        ),
        Answer::Missing => None,
        Answer::Failed(why) => wrong(format!("{program} does not run: {why}"), tool.update),
        Answer::Said(text) => match version(text) {
            None => Some(Finding::unknown(
                "tools",
                format!("{program} does not say its version"),
            )),
            Some(found) if numbers(found) < numbers(least) => wrong(
                format!("{program} {found} is older than {least}, which {wanted}"),
                tool.update,
            ),
            Some(found) => Some(Finding::well("tools", format!("{program} {found}"))),
        },
    }
}

/// Whether this program is at least as new as the one that changed the stack last; nothing where nobody did.
#[must_use]
pub fn own(own: &str, last: Option<&str>) -> Option<Finding> {
    let last = last?;
    Some(match numbers(own) < numbers(last) {
        true => Finding::wrong(
            "tools",
            format!("bella {own} is older than the {last} that changed the stack last"),
            "git pull && cargo build --release",
        ),
        false => Finding::well("tools", format!("bella {own}")),
    })
}

/// The first word or part of one that is a version.
fn version(text: &str) -> Option<&str> {
    let parts = text.split(|one: char| !(one.is_ascii_alphanumeric() || one == '.'));
    parts
        .map(|part| part.strip_prefix('v').unwrap_or(part))
        .map(|part| part.trim_end_matches('.'))
        .find(|part| part.starts_with(|one: char| one.is_ascii_digit()) && part.contains('.'))
}

/// What versions are ordered by. What follows the numbers, as in `1.96.0-nightly`, was left out before.
fn numbers(version: &str) -> Vec<u64> {
    let parts = version.split('.');
    parts
        .map_while(|part| {
            let digits = part.split(|one: char| !one.is_ascii_digit()).next();
            digits?.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Answer, Tool, own, tool, tools, version};
    use crate::doctor::Verdict;

    const OLD: Tool = Tool {
        program: "x",
        asked: "--version",
        least: "1.94",
        wanted: "does it",
        is_needed: true,
        install: "install x",
        update: "update x",
    };

    #[test]
    fn versions_are_found_as_programs_print_them() {
        for (text, expected) in [
            ("cargo 1.94.0 (85eff7c80 2026-01-15)", Some("1.94.0")),
            ("cargo 1.96.0-nightly (5ad3b1b 2026-03-02)", Some("1.96.0")),
            ("git version 2.39.5", Some("2.39.5")),
            ("git version 2.39.5 (Apple Git-154)", Some("2.39.5")),
            (
                "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12",
                Some("2.9.19"),
            ),
            (
                "Terraform v1.9.8\non linux_amd64\n\nYour version of Terraform is out of date!",
                Some("1.9.8"),
            ),
            ("no version", None),
            ("", None),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_old_or_missing_is_named_with_what_brings_it() {
        let said = |text: &str| Answer::Said(text.to_owned());
        let failed = Answer::Failed("no default toolchain".to_owned());
        for (answer, verdict, expected, fix) in [
            (said("x 1.94.0"), Verdict::Well, "x 1.94.0", None),
            (said("x 2.0"), Verdict::Well, "x 2.0", None),
            (said("x 1.100.3"), Verdict::Well, "x 1.100.3", None),
            (
                said("x 1.93.1"),
                Verdict::Wrong,
                "x 1.93.1 is older than 1.94, which does it",
                Some("update x"),
            ),
            (
                said("x"),
                Verdict::Unknown,
                "could not be checked: x does not say its version",
                None,
            ),
            (
                Answer::Missing,
                Verdict::Wrong,
                "x is not installed, which does it",
                Some("install x"),
            ),
            (
                failed,
                Verdict::Wrong,
                "x does not run: no default toolchain",
                Some("update x"),
            ),
        ] {
            let found = tool(&OLD, &answer).expect("it is needed");
            assert_eq!((found.verdict, found.said.as_str()), (verdict, expected));
            assert_eq!(found.fix.as_deref(), fix);
        }
        let free = Tool {
            is_needed: false,
            ..OLD
        };
        assert_eq!(tool(&free, &Answer::Missing), None);
    }

    #[test]
    fn what_is_needed_depends_on_where_one_is() {
        let needed = |in_tree, is_sandbox| {
            let all = tools(in_tree, is_sandbox).into_iter();
            let needed = all.filter(|tool| tool.is_needed);
            needed.map(|tool| tool.program).collect::<Vec<_>>()
        };
        assert_eq!(needed(true, false), ["cargo", "git", "aws"]);
        assert_eq!(needed(true, true), ["cargo", "git"]);
        assert_eq!(needed(false, false), ["aws"]);
        assert_eq!(needed(false, true), [""; 0]);
    }

    #[test]
    fn an_older_bella_is_wrong() {
        assert_eq!(own("0.1.0", None), None);
        for (mine, last, verdict) in [
            ("0.1.0", "0.1.0", Verdict::Well),
            ("0.10.0", "0.9.9", Verdict::Well),
            ("0.9.9", "0.10.0", Verdict::Wrong),
        ] {
            assert_eq!(
                own(mine, Some(last)).map(|found| found.verdict),
                Some(verdict)
            );
        }
    }
}
