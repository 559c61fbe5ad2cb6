//! Prints the service's bill of materials (CycloneDX JSON), for scanners: `cargo run --release -p bella-image --example
//! sbom > sbom.json`.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let sbom = bella_image::sbom(&workspace, "bella-service")?;
    std::io::stdout().write_all(&sbom)?;
    Ok(())
}
