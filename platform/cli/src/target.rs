//! What a STACK argument means: a file, or the name of a stack that exists.

use std::io;
use std::path::{Path, PathBuf};

use bella_aws::kinds::KINDS;
use bella_engine::graph::Graph;
use bella_stack::stack::{Host, Life};
use bella_stack::value::{Duration, StackName};
use bella_stack::{Disk, Loaded, Loader, Node, Source, blueprint, blueprint_running};

use crate::error::CommandError;

/// A loaded stack file with the resources it asks for.
pub(crate) struct StackFile {
    pub(crate) path: PathBuf,
    pub(crate) loaded: Loaded,
    /// The desired graph of the stack before anything was deployed to it.
    pub(crate) graph: Graph,
}

impl StackFile {
    /// Loads the file and builds its graph.
    ///
    /// # Errors
    /// Every problem in it.
    pub(crate) fn load(path: &Path) -> Result<Self, CommandError> {
        Self::load_from(&Disk, path)
    }

    /// The same stack with another text of its file, which need not be on disk.
    ///
    /// # Errors
    /// Every problem in it.
    pub(crate) fn with_text(&self, text: &str) -> Result<Self, CommandError> {
        let source = Rewritten {
            path: &self.path,
            text,
        };
        Self::load_from(&source, &self.path)
    }

    /// A stack of another name made from the file `from` for `ttl`, on `host` as its guest; its own file is not on disk.
    ///
    /// # Errors
    /// Every problem in the file, and in what it becomes under that name.
    pub(crate) fn made_from(
        from: &Path,
        stack: &StackName,
        ttl: Option<Duration>,
        host: Option<&StackName>,
    ) -> Result<Self, CommandError> {
        let file = from.file_name().unwrap_or_default().display();
        let mut text = format!("extends: {file}\nstack: {stack}\n");
        if let Some(ttl) = ttl {
            text.push_str(&format!("ttl: {ttl}\n"));
        }
        if let Some(host) = host {
            text.push_str(&format!(
                "ephemeral: {{ isolation: shared, host: {host} }}\n"
            ));
        }
        let path = from.with_file_name(format!("{stack} from {file}"));
        let source = Rewritten {
            path: &path,
            text: &text,
        };
        Self::load_from(&source, &path)
    }

    /// The same stack with a life.
    ///
    /// # Errors
    /// The resources do not fit together.
    pub(crate) fn living(mut self, life: Life) -> Result<Self, CommandError> {
        self.loaded.stack.ephemeral.life = Some(life);
        self.graph = of(blueprint(&self.loaded.stack))?;
        Ok(self)
    }

    /// The same stack on its host.
    ///
    /// # Errors
    /// The resources do not fit together.
    pub(crate) fn at(mut self, host: Host) -> Result<Self, CommandError> {
        self.loaded.stack.ephemeral.at = Some(host);
        self.graph = of(blueprint(&self.loaded.stack))?;
        Ok(self)
    }

    fn load_from(source: &dyn Source, path: &Path) -> Result<Self, CommandError> {
        let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.kind()).collect();
        let loaded = Loader::new(source).with_kinds(&kinds).load(path)?;
        let graph = of(blueprint(&loaded.stack))?;
        Ok(Self {
            path: path.to_owned(),
            loaded,
            graph,
        })
    }

    /// The graph of the stack with its service running this image.
    ///
    /// # Errors
    /// The resources do not fit together.
    pub(crate) fn graph_running(&self, image: &str) -> Result<Graph, CommandError> {
        of(blueprint_running(&self.loaded.stack, Some(image)))
    }

    /// Loads the file that an argument names.
    ///
    /// # Errors
    /// The argument is a stack's name, the file is not there, or it has problems.
    pub(crate) fn named(text: &str) -> Result<Self, CommandError> {
        let path = Path::new(text);
        if !path.exists() && text.parse::<bella_stack::value::StackName>().is_ok() {
            return Err(CommandError::usage(format!(
                "`{text}` is a stack's name, and this command needs its stack file"
            ))
            .hint("name the file, such as stacks/dev.yaml"));
        }
        Self::load(path)
    }

    /// The folder the file is in.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path.parent().map(Path::to_owned).unwrap_or_default()
    }
}

/// The file system, in which one file reads otherwise.
struct Rewritten<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source for Rewritten<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path == self.path {
            true => Ok(self.text.as_bytes().to_vec()),
            false => Disk.read(path),
        }
    }
}

/// A graph of these nodes.
pub(crate) fn of(nodes: Vec<Node>) -> Result<Graph, CommandError> {
    let declared = nodes
        .into_iter()
        .map(|node| (node.address, node.properties));
    Ok(Graph::new(KINDS, declared)?)
}

/// What the STACK argument names.
pub(crate) enum Target {
    File(Box<StackFile>),
    Name(String),
    /// A name whose stack may be gone: only its record is wanted.
    Past(String),
}

impl Target {
    /// Reads the argument: a path that exists or looks like a file is one, anything else is a name.
    ///
    /// # Errors
    /// The file has problems, or the text can be neither.
    pub(crate) fn parse(text: &str) -> Result<Self, CommandError> {
        let path = Path::new(text);
        let like_file = text.contains('/') || text.ends_with(".yaml") || text.ends_with(".yml");
        if like_file || path.is_file() {
            return Ok(Self::File(Box::new(StackFile::load(path)?)));
        }
        match text.parse::<bella_stack::value::StackName>() {
            Ok(name) => Ok(Self::Name(name.to_string())),
            Err(refusal) => Err(CommandError::usage(format!(
                "`{text}` is neither a stack file nor a stack name: {refusal}"
            ))),
        }
    }

    /// Reads the argument of a command that needs only the ledger: the stack itself may be gone.
    ///
    /// # Errors
    /// As [`Target::parse`].
    pub(crate) fn parse_or_past(text: &str) -> Result<Self, CommandError> {
        Ok(match Self::parse(text)? {
            Self::Name(name) => Self::Past(name),
            file => file,
        })
    }

    /// Reads an argument that has to be a stack file.
    ///
    /// # Errors
    /// The file has problems or is not there.
    pub(crate) fn file(text: &str) -> Result<Self, CommandError> {
        Ok(Self::File(Box::new(StackFile::named(text)?)))
    }
}
