use squawk_linter::Rule;

/// Why a statement is refused, and what to do in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Advice {
    pub(super) why: &'static str,
    pub(super) instead: &'static str,
}

/// What PostgreSQL may take and the linter does not read.
pub(super) const UNREADABLE: Advice = Advice {
    why: "it cannot be read, so nobody can say whether the version before survives it",
    instead: "write it in PostgreSQL's plain SQL",
};

/// Statements within a string.
pub(super) const OPAQUE: Advice = Advice {
    why: "what its body does is not looked at",
    instead: "write its statements out",
};

/// What a rule of squawk's stands for here.
type Row = (&'static [Rule], Advice);

const ROWS: &[Row] = &[
    (
        &[
            Rule::BanDropTable,
            Rule::BanDropColumn,
            Rule::BanDropView,
            Rule::BanDropFunction,
            Rule::BanDropType,
            Rule::BanDropDomain,
            Rule::BanDropSequence,
            Rule::BanDropSchema,
            Rule::BanDropDatabase,
            Rule::BanDropExtension,
            Rule::BanDropTrigger,
            Rule::BanTruncateCascade,
        ],
        Advice {
            why: "the version before still uses what it removes",
            instead: "stop using it in this release and remove it in a later one",
        },
    ),
    (
        &[
            Rule::RenamingTable,
            Rule::RenamingColumn,
            Rule::RenamingObject,
            Rule::BanSetSchema,
        ],
        Advice {
            why: "the version before asks for the old name",
            instead: "add the new one, write both, fill it in, and remove the old one in a later release",
        },
    ),
    (
        &[Rule::ChangingColumnType],
        Advice {
            why: "the version before reads and writes the old type, and the table is locked while it is rewritten",
            instead: "add a column of the new type, write both, fill it in, and remove the old one in a later release",
        },
    ),
    (
        &[Rule::AddingRequiredField, Rule::AddingNotNullableField],
        Advice {
            why: "the version before writes rows without it, which are then refused",
            instead: "let it be null or give it a constant default, and require it in a later release",
        },
    ),
    (
        &[Rule::BanDropDefault],
        Advice {
            why: "the version before leaves the value to the default",
            instead: "keep the default until no version that needs it can run",
        },
    ),
    (
        &[Rule::BanDropConstraint, Rule::BanDropIndex],
        Advice {
            why: "the version before relies on what it refuses, or on its speed",
            instead: "remove it in a release after the one that no longer needs it",
        },
    ),
    (
        &[
            Rule::ConstraintMissingNotValid,
            Rule::AddingForeignKeyConstraint,
            Rule::AddingSerialPrimaryKeyField,
            Rule::DisallowedUniqueConstraint,
            Rule::BanAlterDomainWithAddConstraint,
        ],
        Advice {
            why: "rows that the version before wrote or writes may not satisfy it, and the table is locked while they are checked",
            instead: "add it NOT VALID, or for uniqueness an index first, and validate it in a later release",
        },
    ),
    (
        &[Rule::BanRevoke],
        Advice {
            why: "the version before may need the right",
            instead: "take it away in a later release",
        },
    ),
];

/// Every rule that is applied.
pub(super) fn rules() -> Vec<Rule> {
    let all = ROWS.iter().flat_map(|(rules, _)| rules.iter().copied());
    all.collect()
}

/// What is said of a statement that `rule` is broken by.
pub(super) fn advice(rule: Rule) -> Option<Advice> {
    let row = ROWS.iter().find(|(rules, _)| rules.contains(&rule));
    row.map(|(_, advice)| *advice)
}
