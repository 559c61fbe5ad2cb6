//! Files that are not what they should be, and how a problem looks.

use bella_stack::{Disk, Loader, Problems, load_with};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn problems(bytes: Vec<u8>) -> Problems {
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), bytes)]);
    load_with(&source, Path::new("stack.yaml")).expect_err("the file is broken")
}

fn lines(problems: &Problems) -> Vec<String> {
    problems
        .as_slice()
        .iter()
        .map(|p| format!("{}:{}:{}: {}", p.file, p.line, p.column, p.headline()))
        .collect()
}

#[test]
fn a_missing_file_is_named() {
    let missing = Loader::new(&Disk)
        .load(Path::new("stacks/no-such-stack.yaml"))
        .expect_err("there is no such file");
    assert_eq!(
        missing.to_string(),
        "stacks/no-such-stack.yaml:1:1: there is no file `stacks/no-such-stack.yaml` \
         (allowed: the path of a stack file, such as stacks/dev.yaml)"
    );
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = std::env::temp_dir();
    let seen = Loader::new(&Disk)
        .load(&folder)
        .expect_err("a folder is no stack file");
    assert!(seen.to_string().contains("cannot be read"), "{seen}");
}

#[test]
fn bytes_that_are_not_utf_8_are_found() {
    let seen = problems(b"stack: bella-dev\nowner: \xe9quipe@bella.example\n".to_vec());
    assert_eq!(
        lines(&seen),
        ["stack.yaml:2:8: the byte 0xe9 here is not UTF-8 (allowed: a file saved as UTF-8)"]
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let text = "\u{feff}stack: bella-dev\r\nenvironment: development\r\nregion: ca-central-1\r\n\
                owner: platform@bella.example\r\nbudget: { monthly_usd: 40 }\r\n";
    let source = BTreeMap::from([(PathBuf::from("stack.yaml"), text.as_bytes().to_vec())]);
    let loaded =
        load_with(&source, Path::new("stack.yaml")).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(loaded.stack.stack.as_str(), "bella-dev");
}

#[test]
fn deep_nesting_is_refused_however_it_is_written() {
    let block: String = (0..40)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    assert_eq!(
        lines(&problems(block.into_bytes())),
        [
            "stack.yaml:33:33: this is nested more than 32 levels deep (allowed: the sections of a stack file have at most five)"
        ]
    );
    for open in ["[", "{a: ", "- "] {
        let seen = problems(format!("stack: {}", open.repeat(60_000)).into_bytes());
        assert_eq!(seen.as_slice().len(), 1, "{seen}");
    }
}

#[test]
fn a_huge_file_is_refused_unread() {
    let seen = problems(vec![b'#'; 300_000]);
    assert_eq!(
        lines(&seen),
        ["stack.yaml:1:1: the file has 300000 bytes (allowed: a stack file of at most 256 KiB)"]
    );
}

#[test]
fn a_problem_shows_the_line_and_points_at_the_text() {
    let text = "stack: bella-dev\nenvironment: development\nregion: ca-central-1\n\
                owner: platform@bella.example\nbudget: { monthly_usd: $40 }\nservice:\n  cpu: 256\n  memory: 3000\n";
    let seen = problems(text.as_bytes().to_vec());
    assert_eq!(
        seen.to_string(),
        "stack.yaml:5:24: budget.monthly_usd: `$40` is text here (allowed: a number); did you mean `40`?
    budget: { monthly_usd: $40 }
                           ^^^
stack.yaml:8:11: service.memory: Fargate has no task with 256 CPU units and 3000 MiB \
         (allowed: 512, 1024, 2048 for 256 CPU units); did you mean `2048`?
      memory: 3000
              ^^^^"
    );
    let json = serde_json::to_value(&seen).expect("problems are plain data");
    assert_eq!(
        json[0],
        serde_json::json!({
            "file": "stack.yaml",
            "line": 5,
            "column": 24,
            "path": "budget.monthly_usd",
            "text": "$40",
            "message": "`$40` is text here",
            "allowed": "a number",
            "suggestion": "40",
            "source": "budget: { monthly_usd: $40 }",
        })
    );
}

#[test]
fn a_secret_in_a_file_is_refused_and_not_repeated() {
    let text = "stack: bella-dev\nenvironment: development\nregion: ca-central-1\n\
                owner: platform@bella.example\nbudget: { monthly_usd: 40 }\n\
                service: { cpu: 1, environment: { ADMIN_PASSWORD: 4711 } }\n";
    let seen = problems(text.as_bytes().to_vec());
    assert_eq!(
        seen.to_string(),
        "stack.yaml:6:17: service.cpu: Fargate has no task with 1 CPU units \
         (allowed: 256, 512, 1024, 2048, 4096, 8192, 16384); did you mean `256`?\n\
         stack.yaml:6:35: service.environment.ADMIN_PASSWORD: `ADMIN_PASSWORD` is a secret, and stack files hold none \
         (allowed: its value by `bella secret set`, its secret's name in service.secrets)"
    );
    let json = serde_json::to_string(&seen).expect("problems are plain data");
    assert!(!json.contains("4711"), "{json}");
}

#[test]
fn bases_are_found_beside_the_file_that_names_them() {
    let folder = std::env::temp_dir().join(format!("bella-stack-{}", std::process::id()));
    fs::create_dir_all(folder.join("teams")).expect("the folder can be made");
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the file can be written")
    };
    write(
        "base.yaml",
        "environment: development\nregion: ca-central-1\nowner: platform@bella.example\nbudget: { monthly_usd: 40 }\n",
    );
    write(
        "teams/stack.yaml",
        "extends: ../base.yaml\nstack: bella-dev\n",
    );
    let seen = Loader::new(&Disk).load(&folder.join("teams/stack.yaml"));
    fs::remove_dir_all(&folder).expect("the folder can be removed");
    let files = seen.unwrap_or_else(|problems| panic!("{problems}")).files;
    assert_eq!(
        files,
        [folder.join("teams/stack.yaml"), folder.join("base.yaml")]
    );
}
