use super::*;

fn of(sql: &str) -> Vec<Breaking> {
    let migration = Migration {
        version: 7,
        description: "a change",
        sql,
    };
    refused(1, [migration].into_iter(), &[])
}

#[test]
fn what_removes_renames_or_tightens_is_refused() {
    let cases = [
        ("drop table outbox", "still uses"),
        ("drop table if exists outbox cascade", "still uses"),
        ("alter table calls drop column language", "still uses"),
        (
            "alter table calls drop column if exists language",
            "still uses",
        ),
        ("drop view busy_days", "still uses"),
        ("drop function busy(int)", "still uses"),
        ("drop type mood", "still uses"),
        ("drop sequence numbers", "still uses"),
        ("drop schema old cascade", "still uses"),
        ("drop extension btree_gist", "still uses"),
        ("alter table calls rename to conversations", "old name"),
        (
            "alter table calls rename column sid to call_sid",
            "old name",
        ),
        ("alter table calls alter column sid type bigint", "old type"),
        (
            "alter table calls alter sid set data type bigint using sid::bigint",
            "old type",
        ),
        (
            "alter table calls add column region text not null",
            "without it",
        ),
        (
            "alter table calls alter column region set not null",
            "without it",
        ),
        (
            "alter table calls alter column region drop default",
            "default",
        ),
        ("alter table calls drop constraint no_overlap", "relies on"),
        ("drop index calls_by_day", "relies on"),
        (
            "alter table calls add constraint short check (length(sid) < 40)",
            "may not satisfy",
        ),
        (
            "alter table calls add constraint whose foreign key (who) references people (id)",
            "may not satisfy",
        ),
        (
            "alter table calls add constraint once unique (sid)",
            "may not satisfy",
        ),
        (
            "revoke insert on calls from bella_service",
            "need the right",
        ),
        ("do $$ begin drop table calls; end $$", "not looked at"),
        ("alter tabel calls frobnicate", "cannot be read"),
        ("-- squawk-ignore-file\ndrop table outbox", "still uses"),
        (
            "-- squawk-ignore ban-drop-table\ndrop table outbox",
            "still uses",
        ),
    ];
    for (sql, why) in cases {
        let found = of(sql);
        assert!(
            found.iter().any(|one| one.advice.why.contains(why)),
            "{sql}: {found:?}"
        );
    }
}

#[test]
fn what_only_adds_is_let_through() {
    let cases = [
        "create table notes (id bigint primary key, body text not null)",
        "alter table calls add column region text",
        "alter table calls add column region text not null default 'ca'",
        "create index calls_by_region on calls (region)",
        "alter table calls add constraint short check (length(sid) < 40) not valid",
        "alter table calls add constraint whose foreign key (who) references people (id) not valid",
        "create view busy_days as select 1 as day",
        "create function one() returns int language sql as 'select 1'",
        "insert into people (name) values ('drop table people')",
        "update calls set region = 'ca' where region is null",
        "comment on table calls is 'drop column'",
        "grant select on calls to bella_service",
        "create table notes (id bigint primary key); alter table notes add constraint short check (id > 0)",
    ];
    for sql in cases {
        assert_eq!(of(sql), [], "{sql}");
    }
}

#[test]
fn only_what_is_pending_and_not_allowed_counts() {
    let drops = |version, description| Migration {
        version,
        description,
        sql: "create table kept (id int);\n\ndrop table outbox;",
    };
    let both = || [drops(7, "drop outbox"), drops(8, "again")].into_iter();
    let names = |have, allowed: &[&str]| -> Vec<String> {
        let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let found = refused(have, both(), &allowed);
        found.into_iter().map(|one| one.migration).collect()
    };
    assert_eq!(names(6, &[]), ["0007_drop_outbox", "0008_again"]);
    assert_eq!(names(7, &[]), ["0008_again"]);
    assert_eq!(names(8, &[]), [""; 0]);
    assert_eq!(names(0, &[]), [""; 0], "an empty database");
    assert_eq!(names(6, &["0007_drop_outbox"]), ["0008_again"]);
    assert_eq!(
        names(6, &["0008_again", "0007_drop_outbox", "0003_long_applied"]),
        [""; 0]
    );
}

#[test]
fn a_refusal_says_what_where_why_and_what_to_do() {
    let said = of("create table kept (id int);\n\ndrop  table\n  outbox;")[0].to_string();
    for part in [
        "migration 0007_a_change",
        "`drop table outbox",
        "the version before still uses what it removes",
        "remove it in a later one",
        "service: { allow_migrations: [0007_a_change] }",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("kept"), "{said}");
}

#[test]
fn the_schema_there_is_can_be_read() {
    let first = Migration {
        version: 2,
        description: "again",
        sql: include_str!("../../../migrations/0001_appointments.sql"),
    };
    let found = refused(1, [first].into_iter(), &[]);
    let unread = found.iter().find(|one| one.advice == UNREADABLE);
    assert_eq!(unread, None);
}
