//! Measures assembling and pushing an image of a compiled program, to a registry on this machine (Debian's
//! `docker-registry`): `cargo run --release -p bella-image --example bench-image -- target/release/bella-service`.
#![allow(clippy::print_stdout, reason = "a program of its own")]

#[path = "../tests/registry/bed.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod bed;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bella_image::{
    BlobCache, Credentials, Image, Libraries, Origin, Program, Pushed, Recipe, assemble, push, sbom,
};

const RUNS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let program: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("the program's path is missing")?
        .into();
    let mut first = Vec::new();
    let mut unchanged = Vec::new();
    let mut size = 0;
    for _ in 0..RUNS {
        let bed = bed::Bed::open();
        let cache = BlobCache::at(bed.folder.join("cache"));
        let reference = bed.reference("bella-service:bench");
        let (took, image, pushed) = once(&program, &reference, &cache).await?;
        first.push(took);
        size = image.size();
        let (took, _, again) = once(&program, &reference, &cache).await?;
        if again.sent != 0 || again.digest != pushed.digest {
            return Err("an unchanged image was sent again".into());
        }
        unchanged.push(took);
    }
    println!("| what | aim | median of {RUNS} | slowest |");
    println!("|---|--:|--:|--:|");
    row("assemble and push, nothing there yet", "3 s", first);
    row("assemble and push, unchanged", "1 s", unchanged);
    #[allow(clippy::cast_precision_loss, reason = "megabytes")]
    let megabytes = size as f64 / 1e6;
    println!("| compressed | 20 MB | {megabytes:.1} MB | |");
    Ok(())
}

async fn once(
    program: &Path,
    reference: &str,
    cache: &BlobCache,
) -> Result<(Duration, Image, Pushed), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let begin = Instant::now();
    let origin = Origin::of_folder(&workspace, env!("CARGO_PKG_VERSION"), None)?;
    let architecture = Program::read(program)?.architecture;
    let recipe = Recipe {
        libraries: Libraries::FromThisMachine,
        ..Recipe::service(program.to_owned(), architecture, origin)
    };
    let sbom = sbom(&workspace, "bella-service")?;
    let image = assemble(&recipe, cache)?.with_sbom(&sbom, cache)?;
    let images = [image];
    let pushed = push(reference, &Credentials::Anonymous, &images, cache).await?;
    let took = begin.elapsed();
    let [image] = images;
    Ok((took, image, pushed))
}

fn row(what: &str, aim: &str, mut times: Vec<Duration>) {
    times.sort();
    println!(
        "| {what} | {aim} | {:.2} s | {:.2} s |",
        times[times.len() / 2].as_secs_f64(),
        times[times.len() - 1].as_secs_f64()
    );
}
