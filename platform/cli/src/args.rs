//! What was typed.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser};

use crate::commands::Command;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 an operation failed, 2 bad usage or stack file, 3 denied by policy or
protection, 4 over budget, 5 locked by another run, 6 changes pending, 130 interrupted.

Example: bella provision stacks/dev.yaml --sandbox --yes";

/// Infrastructure as code for one product: plan, provision and tear down the booking service's
/// AWS stack from one YAML file.
#[derive(Parser)]
#[command(name = "bella", version, after_help = EXIT_CODES, max_term_width = 100,
    styles = Styles::styled().header(AnsiColor::Green.on_default().bold()).usage(AnsiColor::Green.on_default().bold()).literal(AnsiColor::Cyan.on_default()))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Use the AWS emulator on this machine instead of AWS; started when it is not running.
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    /// AWS endpoint for every service [env: AWS_ENDPOINT_URL].
    #[arg(long, global = true, value_name = "URL", conflicts_with = "sandbox")]
    pub(crate) endpoint_url: Option<String>,
    /// AWS region, where no stack file says it.
    #[arg(long, global = true)]
    pub(crate) region: Option<String>,
    /// Profile of the AWS configuration files [env: AWS_PROFILE].
    #[arg(long, global = true)]
    pub(crate) profile: Option<String>,
    /// Where the ledger is: a folder, or s3://bucket/prefix; default: as the stack file says, in
    /// `.bella` beside it or in the account's bucket.
    #[arg(long, global = true, value_name = "PLACE")]
    pub(crate) ledger: Option<String>,
    /// Folder of further policies; default: `policies` beside the stack file, where it is there.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// One JSON document on stdout, or JSON Lines for a command that streams.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No colour; so does the variable NO_COLOR.
    #[arg(long, global = true)]
    pub(crate) no_color: bool,
    /// Only data and errors.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// More about what is done, such as the number of AWS calls.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

impl Global {
    /// The endpoint that was named; the sandbox's is its own.
    pub(crate) fn endpoint(&self) -> Option<String> {
        let variable = || std::env::var("AWS_ENDPOINT_URL").ok();
        let named = self.endpoint_url.clone().or_else(variable);
        named.filter(|url| !url.is_empty())
    }
}
