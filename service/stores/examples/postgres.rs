//! A PostgreSQL with an empty database for as long as standard input is open; prints its URL. `scripts/sqlx` uses it.

use std::error::Error;
use std::io::{Write, stdin, stdout};

use bella_stores::Postgres;

fn main() -> Result<(), Box<dyn Error>> {
    let postgres = Postgres::start()?;
    postgres.create_database("bella")?;
    writeln!(stdout(), "{}", postgres.url("bella"))?;
    stdout().flush()?;
    std::io::copy(&mut stdin(), &mut std::io::sink())?;
    Ok(())
}
