//! The rules' own tests: rules named `test_…` in files named `…_test.rego`.

use regorus::{Engine, Value};

use crate::set::{PolicyError, PolicyFile, TESTS, add};
use crate::shipped::shipped;

/// A test and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Its file.
    pub path: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Why it failed; `None` where it did not.
    pub failure: Option<String>,
}

/// All tests of some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRun {
    /// Every test, by file and line.
    pub tests: Vec<Tested>,
}

impl TestRun {
    /// Those that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Tested> {
        self.tests.iter().filter(|test| test.failure.is_some())
    }
}

/// Runs the tests among `files`, with the shipped rules beside those that are not among them.
///
/// # Errors
/// A file is no Rego, or has not the package that its name says.
pub fn test(files: &[PolicyFile]) -> Result<TestRun, PolicyError> {
    let mut engine = Engine::new();
    let own = |file: &&PolicyFile| files.iter().all(|one| name(one) != name(file));
    for file in shipped().iter().filter(own).chain(files) {
        add(&mut engine, file)?;
    }
    let tests = files.iter().filter(|file| file.path.ends_with(TESTS));
    let tests = tests
        .flat_map(|file| {
            let package = name(file).trim_end_matches(".rego").to_owned();
            declared(&file.text)
                .map(move |(line, name)| (file, package.clone(), line, name))
                .collect::<Vec<_>>()
        })
        .map(|(file, package, line, name)| Tested {
            path: file.path.clone(),
            line,
            failure: run(&mut engine, &format!("data.bella.{package}.{name}")),
            name,
        });
    Ok(TestRun {
        tests: tests.collect(),
    })
}

/// Why a test failed; `None` where it is true.
fn run(engine: &mut Engine, rule: &str) -> Option<String> {
    match engine.eval_rule(rule.to_owned()) {
        Ok(Value::Bool(true)) => None,
        Ok(Value::Undefined) => Some("is not true: one of its conditions does not hold".to_owned()),
        Ok(other) => Some(format!("is {other}, not true")),
        Err(why) => Some(why.to_string().trim().to_owned()),
    }
}

/// Every rule of a text that is a test, with its line.
fn declared(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().filter_map(|(position, line)| {
        let name: String = line
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        name.starts_with("test_").then_some((position + 1, name))
    })
}

fn name(file: &PolicyFile) -> &str {
    file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path)
}
