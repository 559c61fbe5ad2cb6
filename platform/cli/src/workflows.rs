//! Commands in the repository's workflows are commands that there are.

use std::fs;
use std::path::Path;

use clap::Parser as _;

use crate::args::Cli;

/// What a workflow's variable of the shell stands for, where a command reads what kind of word it is.
const VARIABLES: [(&str, &str); 1] = [("$MONTH", "2026-11")];

/// The command lines of `bella` in a workflow, a variable of the shell as one word.
fn commands(workflow: &str) -> Vec<Vec<String>> {
    let lines = workflow.lines().map(str::trim);
    let lines = lines.map(|line| line.trim_start_matches("- ").trim_start_matches("run: "));
    let ends = ["|", ">", ">>", "&&", "||", ";"];
    lines
        .filter(|line| line.starts_with("bella "))
        .map(|line| {
            let words = line.split_whitespace().map(|word| word.trim_matches('"'));
            let words = words.take_while(|word| !ends.contains(word));
            words.map(filled).collect()
        })
        .collect()
}

/// A word as the command would see it.
fn filled(word: &str) -> String {
    let value = VARIABLES.iter().find(|(name, _)| *name == word);
    value.map_or(word, |(_, value)| value).to_owned()
}

#[test]
fn use_commands_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.github/workflows");
    let mut seen = 0;
    for file in fs::read_dir(&folder).expect("the workflows are there") {
        let path = file.expect("a listing").path();
        let text = fs::read_to_string(&path).expect("a workflow is text");
        for words in commands(&text) {
            seen += 1;
            if let Err(refusal) = Cli::try_parse_from(&words) {
                panic!("{}: {}: {refusal}", path.display(), words.join(" "));
            }
        }
    }
    assert!(seen >= 4, "{seen} commands were found");
}

#[test]
fn one_that_there_is_not_is_noticed() {
    let found = commands("steps:\n  - run: bella plan \"$STACK\" --market > plan.md\n");
    assert_eq!(found, [["bella", "plan", "$STACK", "--market"]]);
    assert!(Cli::try_parse_from(&found[0]).is_err());
    // A variable that nobody said the kind of is no month.
    let month = commands("  - run: bella cost report \"$STACK\" --month \"$WHEN\"\n");
    assert!(Cli::try_parse_from(&month[0]).is_err());
}
