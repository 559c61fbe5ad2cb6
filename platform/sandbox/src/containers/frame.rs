use bytes::Bytes;

/// Length of a frame's header.
pub(super) const HEADER: usize = 8;

/// Which of its two outputs a process wrote to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Stdout,
    Stderr,
}

impl Source {
    fn code(self) -> u8 {
        match self {
            Self::Stdout => 1,
            Self::Stderr => 2,
        }
    }
}

/// Which outputs a reader of a log asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) stdout: bool,
    pub(super) stderr: bool,
}

/// One frame of Docker's multiplexed stream: the source, three zero bytes, the length (big-endian), the content.
pub(super) fn frame(source: Source, content: &[u8]) -> Bytes {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let mut whole = Vec::with_capacity(HEADER + content.len());
    whole.extend_from_slice(&[source.code(), 0, 0, 0]);
    whole.extend_from_slice(&length.to_be_bytes());
    whole.extend_from_slice(content);
    whole.into()
}

/// The whole frames at the start of `bytes`, headers included, and how many bytes they take.
pub(super) fn frames(bytes: &[u8]) -> (Vec<&[u8]>, usize) {
    let mut found = Vec::new();
    let mut rest = bytes;
    while let Some((header, after)) = rest.split_first_chunk::<HEADER>() {
        let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize;
        if after.len() < length {
            break;
        }
        let (whole, next) = rest.split_at(HEADER + length);
        found.push(whole);
        rest = next;
    }
    (found, bytes.len() - rest.len())
}

impl Wanted {
    /// True for a frame from an output that was asked for.
    pub(super) fn takes(self, frame: &[u8]) -> bool {
        match frame.first() {
            Some(1) => self.stdout,
            Some(2) => self.stderr,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, Wanted, frame, frames};

    #[test]
    fn a_frame_is_what_docker_documents() {
        let bytes = frame(Source::Stderr, b"no\n");
        assert_eq!(&bytes[..], b"\x02\0\0\0\0\0\0\x03no\n");
    }

    #[test]
    fn frames_are_read_back_and_a_broken_one_is_left() {
        let mut bytes = frame(Source::Stdout, b"one\n").to_vec();
        bytes.extend_from_slice(&frame(Source::Stderr, b""));
        let whole = bytes.len();
        bytes.extend_from_slice(&frame(Source::Stdout, b"half")[..10]);
        let (found, taken) = frames(&bytes);
        assert_eq!(taken, whole);
        assert_eq!(found.len(), 2);
        assert_eq!(&found[0][8..], b"one\n");
        let errors = Wanted {
            stdout: false,
            stderr: true,
        };
        assert!(!errors.takes(found[0]));
        assert!(errors.takes(found[1]));
    }

    #[test]
    fn nothing_is_no_frame() {
        assert_eq!(frames(b"\x01\0\0"), (Vec::new(), 0));
    }
}
