//! Drives the sandbox without the CLI: `up`, `status`, `down`, `reset`, and `serve`, which is what `up` starts.

use std::error::Error;
use std::io::Write as _;

use bella_sandbox::{Home, Progress, UpOptions, down, reset, serve, status, up};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let home = Home::from_env()?;
    let say = |progress: Progress| {
        let _ = writeln!(std::io::stderr(), "{progress}");
    };
    let verb = std::env::args().nth(1).unwrap_or_default();
    let text = match verb.as_str() {
        "serve" => return Ok(serve(&home).await?),
        "up" => {
            let options = UpOptions {
                daemon: vec![std::env::current_exe()?.into(), "serve".into()],
                ..UpOptions::default()
            };
            serde_json::to_string(&up(&home, &options, &say).await?)?
        }
        "status" => serde_json::to_string(&status(&home).await)?,
        "down" => format!("{:?}", down(&home, &say).await?),
        "reset" => format!("{:?}", reset(&home, &say).await?),
        other => return Err(format!("unknown verb {other:?}").into()),
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
