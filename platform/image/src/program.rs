use std::fs::File;
use std::path::{Path, PathBuf};

use elf::ElfStream;
use elf::abi::{DT_NEEDED, EM_AARCH64, EM_X86_64, PT_INTERP};
use elf::endian::AnyEndian;

use crate::{Architecture, ImageError};

/// What a program's own header says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub path: PathBuf,
    pub architecture: Architecture,
    pub linking: Linking,
}

/// What a program needs of the file system it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linking {
    /// Nothing.
    Static,
    /// The loader at this path, and libraries by name.
    Dynamic {
        loader: PathBuf,
        libraries: Vec<String>,
    },
}

impl Program {
    /// Reads the header of the program at `path`.
    ///
    /// # Errors
    /// [`ImageError::File`] where it cannot be read, [`ImageError::Program`] where it is no Linux program, or one for
    /// another processor than images are made for.
    pub fn read(path: &Path) -> Result<Self, ImageError> {
        let file = File::open(path).map_err(ImageError::file("open", path))?;
        let refused = |reason: String| ImageError::Program {
            path: path.to_owned(),
            reason,
        };
        let mut elf = ElfStream::<AnyEndian, _>::open_stream(file)
            .map_err(|error| refused(format!("it is no Linux program ({error})")))?;
        let architecture = match elf.ehdr.e_machine {
            EM_X86_64 => Architecture::Amd64,
            EM_AARCH64 => Architecture::Arm64,
            other => {
                return Err(refused(format!(
                    "it is made for the processor that ELF numbers {other}"
                )));
            }
        };
        let linking = linking(&mut elf).map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            architecture,
            linking,
        })
    }

    /// Checks that the program runs where it is wanted.
    ///
    /// # Errors
    /// [`ImageError::Architecture`] where it does not.
    pub fn require(&self, architecture: Architecture) -> Result<(), ImageError> {
        if self.architecture == architecture {
            return Ok(());
        }
        Err(ImageError::Architecture {
            path: self.path.clone(),
            built: self.architecture,
            wanted: architecture,
        })
    }
}

/// The libraries that the library or program at `path` names.
pub(crate) fn needed(path: &Path) -> Result<Vec<String>, ImageError> {
    let file = File::open(path).map_err(ImageError::file("open", path))?;
    ElfStream::<AnyEndian, _>::open_stream(file)
        .and_then(|mut elf| names(&mut elf))
        .map_err(|error| ImageError::Program {
            path: path.to_owned(),
            reason: error.to_string(),
        })
}

type Elf = ElfStream<AnyEndian, File>;

fn linking(elf: &mut Elf) -> Result<Linking, elf::ParseError> {
    let loader = elf
        .segments()
        .iter()
        .find(|segment| segment.p_type == PT_INTERP)
        .copied();
    let Some(loader) = loader else {
        return Ok(Linking::Static);
    };
    let loader = elf.segment_data(&loader)?;
    let loader = String::from_utf8_lossy(loader)
        .trim_end_matches('\0')
        .to_owned();
    Ok(Linking::Dynamic {
        loader: loader.into(),
        libraries: names(elf)?,
    })
}

fn names(elf: &mut Elf) -> Result<Vec<String>, elf::ParseError> {
    let offsets: Vec<usize> = match elf.dynamic()? {
        Some(table) => table
            .iter()
            .filter(|entry| entry.d_tag == DT_NEEDED)
            .filter_map(|entry| usize::try_from(entry.d_val()).ok())
            .collect(),
        None => Vec::new(),
    };
    if offsets.is_empty() {
        return Ok(Vec::new());
    }
    let Some(section) = elf.section_header_by_name(".dynstr")?.copied() else {
        return Ok(Vec::new());
    };
    let strings = elf.section_data_as_strtab(&section)?;
    offsets
        .into_iter()
        .map(|offset| strings.get(offset).map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_program_is_for_this_machine() {
        let path = std::env::current_exe().expect("a path");
        let program = Program::read(&path).expect("read");
        assert_eq!(Some(program.architecture), Architecture::host());
        match program.linking {
            Linking::Dynamic { libraries, loader } => {
                assert!(loader.is_absolute(), "{loader:?}");
                assert!(
                    libraries.iter().any(|name| name.starts_with("libc.so")),
                    "{libraries:?}"
                );
            }
            Linking::Static => panic!("tests are linked dynamically"),
        }
    }

    #[test]
    fn the_other_processor_is_refused_and_named() {
        let path = std::env::current_exe().expect("a path");
        let program = Program::read(&path).expect("read");
        let other = Architecture::ALL
            .into_iter()
            .find(|one| *one != program.architecture)
            .expect("there are two");
        let error = program.require(other).expect_err("refused").to_string();
        assert!(error.contains(other.machine()), "{error}");
        program.require(program.architecture).expect("runs");
    }

    #[test]
    fn a_text_is_no_program() {
        let error = Program::read(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/Cargo.toml"
        )))
        .expect_err("refused");
        assert!(matches!(error, ImageError::Program { .. }), "{error}");
    }
}
