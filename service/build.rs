//! A migration that is added is embedded by the next build.

#[expect(clippy::print_stdout, reason = "this is how Cargo is told")]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=.sqlx");
}
