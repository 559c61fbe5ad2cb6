//! Broken stack files and every word said about them.

use bella_stack::{Loader, Problems};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The base that the cases extend: the values every stack has to have, and nothing else.
const BASE: &str = "\
environment: development
region: ca-central-1
owner: platform@bella.example
budget: { monthly_usd: 40 }
";

/// Loads `stack.yaml` from these files and says what is wrong, one line for each problem.
fn verdict(files: &[(&str, &str)]) -> String {
    let source: BTreeMap<PathBuf, Vec<u8>> = [("base.yaml", BASE)]
        .iter()
        .chain(files)
        .map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec()))
        .collect();
    match Loader::new(&source)
        .with_kinds(&["sqs_queue", "sns_topic"])
        .load(Path::new("stack.yaml"))
    {
        Ok(_) => "accepted\n".to_owned(),
        Err(problems) => lines(&problems),
    }
}

/// `line:column: problem`, with the file before it when it is another than `stack.yaml`.
fn lines(problems: &Problems) -> String {
    let line = |p: &bella_stack::Problem| {
        let file = if p.file == "stack.yaml" {
            String::new()
        } else {
            format!("{}:", p.file)
        };
        format!("{file}{}:{}: {}\n", p.line, p.column, p.headline())
    };
    problems.as_slice().iter().map(line).collect()
}

/// Cases are read from `broken.txt`: `### title`, the file, `=>`, what is said about it. Further files are introduced by `@ name`.
#[test]
fn every_problem_is_named_where_it_was_written() {
    let mut differing = String::new();
    let mut count = 0;
    for case in include_str!("broken.txt").split("### ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a case has a title");
        let (input, expected) = rest.split_once("=>\n").expect("a case has a verdict");
        let mut parts = input.split("@ ");
        let main = parts.next().expect("a case has a file");
        let others = parts.map(|part| part.split_once('\n').expect("a further file has a name"));
        let files: Vec<(&str, &str)> = [("stack.yaml", main)].into_iter().chain(others).collect();
        let seen = verdict(&files);
        if seen.trim_end() != expected.trim_end() {
            differing.push_str(&format!("### {title}\n{input}=>\n{seen}\n"));
        }
        count += 1;
    }
    assert!(
        differing.is_empty(),
        "these cases end differently:\n{differing}"
    );
    assert!(count >= 35, "only {count} cases were read");
}
