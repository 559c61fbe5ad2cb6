//! Whether the version before still works on the schema that a migration makes.
//!
//! While a release rolls out, and after a rollback, the version before runs on the new schema. So a migration expands, and
//! what it removes or tightens is refused unless it is allowed by name. PostgreSQL's grammar and what breaks a client come
//! from squawk, a linter of migrations; what to do in its place is said here.

mod rules;

use std::fmt;

use squawk_linter::Linter;
use squawk_syntax::SourceFile;
use squawk_syntax::ast::{AstNode as _, Stmt};

use rules::{Advice, OPAQUE, UNREADABLE, advice, rules};

/// How much of a statement is shown.
const SHOWN: usize = 160;

/// A migration as it is compiled in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration<'a> {
    /// Its number; they are applied in this order.
    pub(super) version: i64,
    /// Its file's name without the number: `drop old` of `0007_drop_old.sql`.
    pub(super) description: &'a str,
    /// Its statements.
    pub(super) sql: &'a str,
}

impl Migration<'_> {
    /// By what it is allowed: its file's name without the ending.
    fn name(&self) -> String {
        format!("{:04}_{}", self.version, self.description.replace(' ', "_"))
    }
}

/// A statement that the version before may not survive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaking {
    migration: String,
    statement: String,
    advice: Advice,
}

impl fmt::Display for Breaking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            migration,
            statement,
            advice: Advice { why, instead },
        } = self;
        write!(
            f,
            "migration {migration} is not backward compatible: `{statement}`: {why}; {instead}; or, if the version before can no longer run or be rolled back to, set in the stack file: service: {{ allow_migrations: [{migration}] }}"
        )
    }
}

/// What of the migrations beyond `have` is neither backward compatible nor allowed. An empty database has no version
/// before: then nothing is refused.
pub(super) fn refused<'a>(
    have: i64,
    migrations: impl Iterator<Item = Migration<'a>>,
    allowed: &[String],
) -> Vec<Breaking> {
    if have == 0 {
        return Vec::new();
    }
    migrations
        .filter(|migration| migration.version > have && !allowed.contains(&migration.name()))
        .flat_map(|migration| breaking(&migration))
        .collect()
}

fn breaking(migration: &Migration<'_>) -> Vec<Breaking> {
    // A comment in the file is no permission: that is given where the stack is described.
    let sql = migration.sql.replace("squawk-", "squawk_");
    let parsed = SourceFile::parse(&sql);
    let found = |statement: &str, advice: Advice| Breaking {
        migration: migration.name(),
        statement: short(statement),
        advice,
    };
    if let Some(error) = parsed.errors().first() {
        return vec![found(error.message(), UNREADABLE)];
    }
    let mut linter = Linter::from(rules());
    linter.settings.assume_in_transaction = true;
    let violations = linter.lint(&parsed, &sql);
    let mut all = Vec::new();
    for statement in parsed.tree().stmts() {
        let range = statement.syntax().text_range();
        let text = &sql[usize::from(range.start())..usize::from(range.end())];
        let mut advices: Vec<Advice> = violations
            .iter()
            .filter(|violation| range.contains_range(violation.text_range))
            .filter_map(|violation| advice(violation.code))
            .collect();
        if matches!(statement, Stmt::Do(_)) {
            advices.push(OPAQUE);
        }
        advices.dedup();
        all.extend(advices.into_iter().map(|advice| found(text, advice)));
    }
    all
}

/// On one line, and not long.
fn short(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests;
