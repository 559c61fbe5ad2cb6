use std::path::Path;
use std::process::Command;

use crate::{Architecture, ImageError};

/// What this machine has to compile with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The processor of this machine, as images name it; none where it does not run Linux, and compiles nothing for itself.
    pub host: Option<Architecture>,
    /// Targets that Rust's standard library is installed for.
    pub targets: Vec<String>,
    /// Which of the programs that may be needed are there.
    pub programs: Vec<String>,
}

impl Found {
    /// Asks the compiler that `folder` uses, and looks for C compilers.
    #[must_use]
    pub fn on_this_machine(folder: &Path) -> Self {
        let targets = Architecture::ALL
            .into_iter()
            .flat_map(|architecture| [musl(architecture), gnu(architecture)])
            .filter(|target| has_standard_library(folder, target));
        let mut programs = vec!["cargo-zigbuild".to_owned(), "musl-gcc".to_owned()];
        for architecture in Architecture::ALL {
            programs.push(format!("{}-linux-musl-gcc", architecture.machine()));
            programs.push(format!("{}-linux-gnu-gcc", architecture.machine()));
        }
        Self {
            host: Architecture::host().filter(|_| cfg!(target_os = "linux")),
            targets: targets.collect(),
            programs: programs.into_iter().filter(|name| is_there(name)).collect(),
        }
    }

    fn target(&self, target: &str) -> bool {
        self.targets.iter().any(|found| found == target)
    }

    fn program(&self, name: &str) -> bool {
        self.programs.iter().any(|found| found == name)
    }
}

/// One way to a program without dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    architecture: Architecture,
    libc: Libc,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Libc {
    /// musl, everything by Zig (`cargo-zigbuild`), which brings C compilers for all processors.
    MuslByZig,
    /// musl, with this C compiler.
    Musl { cc: String },
    /// glibc, linked statically. `cc` is needed for another processor than this machine's.
    Gnu { cc: Option<String> },
}

impl Toolchain {
    /// The best way there is: musl before glibc, whose resolver of names does less when it is linked statically.
    ///
    /// # Errors
    /// [`ImageError::NoToolchain`] with what to install.
    pub fn choose(architecture: Architecture, found: &Found) -> Result<Self, ImageError> {
        let here = found.host == Some(architecture);
        let machine = architecture.machine();
        let libc = if found.target(&musl(architecture)) && found.program("cargo-zigbuild") {
            Some(Libc::MuslByZig)
        } else {
            let own = format!("{machine}-linux-musl-gcc");
            let cc = if found.program(&own) {
                Some(own)
            } else {
                (here && found.program("musl-gcc")).then(|| "musl-gcc".to_owned())
            };
            cc.filter(|_| found.target(&musl(architecture)))
                .map(|cc| Libc::Musl { cc })
                .or_else(|| static_glibc(architecture, here, found))
        };
        libc.map(|libc| Self { architecture, libc })
            .ok_or_else(|| ImageError::NoToolchain {
                architecture,
                install: install(architecture, here, found),
            })
    }

    /// Rust's name for what is compiled.
    #[must_use]
    pub fn target(&self) -> String {
        match self.libc {
            Libc::MuslByZig | Libc::Musl { .. } => musl(self.architecture),
            Libc::Gnu { .. } => gnu(self.architecture),
        }
    }

    /// `cargo build` for the target, with the C compiler and linker that it takes.
    pub(super) fn cargo(&self, folder: &Path) -> Command {
        let target = self.target();
        let variable = target.replace('-', "_");
        let mut cargo = Command::new("cargo");
        cargo.current_dir(folder);
        match &self.libc {
            Libc::MuslByZig => {
                cargo.arg("zigbuild");
            }
            Libc::Musl { cc } => {
                cargo.arg("build");
                set_cc(&mut cargo, &variable, cc);
            }
            Libc::Gnu { cc } => {
                cargo.arg("build");
                if let Some(cc) = cc {
                    set_cc(&mut cargo, &variable, cc);
                }
                let flags = format!("CARGO_TARGET_{}_RUSTFLAGS", variable.to_uppercase());
                cargo.env(flags, "-C target-feature=+crt-static");
            }
        }
        cargo.args(["--target", &target]);
        cargo
    }
}

/// For C code (ring's), and as the linker.
fn set_cc(cargo: &mut Command, variable: &str, cc: &str) {
    cargo.env(format!("CC_{variable}"), cc);
    cargo.env(
        format!("CARGO_TARGET_{}_LINKER", variable.to_uppercase()),
        cc,
    );
}

fn static_glibc(architecture: Architecture, here: bool, found: &Found) -> Option<Libc> {
    if !found.target(&gnu(architecture)) {
        return None;
    }
    if here {
        return Some(Libc::Gnu { cc: None });
    }
    let cc = format!("{}-linux-gnu-gcc", architecture.machine());
    found.program(&cc).then_some(Libc::Gnu { cc: Some(cc) })
}

/// Debian's and Ubuntu's compilers where they are to be had, else Zig's.
fn install(architecture: Architecture, here: bool, found: &Found) -> String {
    let machine = architecture.machine();
    match (here, found.host) {
        (true, _) => format!(
            "rustup target add {} && sudo apt-get install musl-tools",
            musl(architecture)
        ),
        (false, Some(_)) => format!(
            "rustup target add {} && sudo apt-get install gcc-{}-linux-gnu",
            gnu(architecture),
            machine.replace('_', "-")
        ),
        (false, None) => format!(
            "rustup target add {} && pip install cargo-zigbuild",
            musl(architecture)
        ),
    }
}

fn musl(architecture: Architecture) -> String {
    format!("{}-unknown-linux-musl", architecture.machine())
}

fn gnu(architecture: Architecture) -> String {
    format!("{}-unknown-linux-gnu", architecture.machine())
}

fn has_standard_library(folder: &Path, target: &str) -> bool {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Command::new(compiler)
        .current_dir(folder)
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .is_ok_and(|output| {
            let libraries = String::from_utf8_lossy(&output.stdout);
            std::fs::read_dir(libraries.trim()).is_ok_and(|mut held| held.next().is_some())
        })
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(targets: &[&str], programs: &[&str]) -> Found {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Found {
            host: Some(Architecture::Amd64),
            targets: owned(targets),
            programs: owned(programs),
        }
    }

    fn chosen(architecture: Architecture, found: &Found) -> Option<Libc> {
        Toolchain::choose(architecture, found)
            .ok()
            .map(|toolchain| toolchain.libc)
    }

    #[test]
    fn musl_comes_before_glibc_and_needs_its_compiler() {
        let both = ["x86_64-unknown-linux-musl", "x86_64-unknown-linux-gnu"];
        let amd64 = |found: &Found| chosen(Architecture::Amd64, found);
        assert_eq!(
            amd64(&found(&both, &["musl-gcc", "cargo-zigbuild"])),
            Some(Libc::MuslByZig)
        );
        assert_eq!(
            amd64(&found(&both, &["musl-gcc"])),
            Some(Libc::Musl {
                cc: "musl-gcc".to_owned()
            })
        );
        assert_eq!(amd64(&found(&both, &[])), Some(Libc::Gnu { cc: None }));
        assert_eq!(amd64(&found(&both[..1], &[])), None);
    }

    #[test]
    fn another_processor_needs_a_compiler_for_it() {
        let gnu = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];
        let arm64 = |found: &Found| chosen(Architecture::Arm64, found);
        assert_eq!(arm64(&found(&gnu, &["musl-gcc"])), None);
        assert_eq!(
            arm64(&found(&gnu, &["aarch64-linux-gnu-gcc"])),
            Some(Libc::Gnu {
                cc: Some("aarch64-linux-gnu-gcc".to_owned())
            })
        );
    }

    /// What a machine without anything is told to install is enough.
    #[test]
    fn what_is_missing_is_named() {
        let programs = [
            ("musl-tools", "musl-gcc"),
            ("gcc-x86-64-linux-gnu", "x86_64-linux-gnu-gcc"),
            ("gcc-aarch64-linux-gnu", "aarch64-linux-gnu-gcc"),
            ("cargo-zigbuild", "cargo-zigbuild"),
        ];
        let hosts = [None, Some(Architecture::Amd64), Some(Architecture::Arm64)];
        for (host, architecture) in hosts
            .into_iter()
            .flat_map(|host| Architecture::ALL.map(|one| (host, one)))
        {
            let bare = Found {
                host,
                ..Found::default()
            };
            let Err(ImageError::NoToolchain { install, .. }) =
                Toolchain::choose(architecture, &bare)
            else {
                panic!("nothing is there");
            };
            let words: Vec<&str> = install.split(' ').collect();
            let [_, _, _, target, .., package] = words[..] else {
                panic!("{install}");
            };
            let (_, program) = programs
                .into_iter()
                .find(|(name, _)| *name == package)
                .expect("a package that has a compiler");
            let installed = Found {
                host,
                ..found(&[target], &[program])
            };
            assert!(
                Toolchain::choose(architecture, &installed).is_ok(),
                "{host:?}: {install}"
            );
        }
    }

    #[test]
    fn this_machine_compiles_for_itself() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let host = Architecture::host().expect("tests run on amd64 or arm64");
        let toolchain = Toolchain::choose(host, &Found::on_this_machine(folder));
        assert!(toolchain.is_ok(), "{toolchain:?}");
    }
}
