use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

/// A process as it was when it started, so that a later process with the same number is not taken for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessId {
    pub(crate) pid: u32,
    /// What no other process with this number has: boot and start time.
    pub(crate) born: String,
}

impl ProcessId {
    /// The process with this number now, or `None` when there is none (a zombie is none).
    pub(crate) fn of(pid: u32) -> Option<Self> {
        birth(pid).map(|born| Self { pid, born })
    }

    pub(crate) fn is_alive(&self) -> bool {
        birth(self.pid).is_some_and(|born| born == self.born)
    }

    /// Asks the process to end; without effect when it is gone or the number is another's.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends the process at once, on the same conditions.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Ends the process and the group it leads at once, on the same conditions.
    pub(crate) fn kill_group(&self) {
        if let Some(pid) = self.living() {
            // A failure means that they ended in between, or are not ours.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    /// Waits until the process is gone; false when it still runs after `limit`.
    pub(crate) async fn wait_gone(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.is_alive() {
            if Instant::now() >= deadline {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.living() {
            // A failure means that it ended in between, or is not ours: `is_alive` tells afterwards.
            let _ = kill_process(pid, signal);
        }
    }

    fn living(&self) -> Option<Pid> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw)?;
        self.is_alive().then_some(pid)
    }
}

#[cfg(target_os = "linux")]
fn birth(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command, second and in parentheses, may itself hold spaces and parentheses.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    // Field 22 of proc_pid_stat(5), start time in ticks; state is field 3.
    let started = fields.nth(18)?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Some(format!("{}/{started}", boot.trim()))
}

#[cfg(not(target_os = "linux"))]
fn birth(pid: u32) -> Option<String> {
    let output = Command::new("ps")
        .args(["-o", "stat=,lstart=", "-p", &pid.to_string()])
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let (state, started) = line.split_once(char::is_whitespace)?;
    (!state.starts_with('Z')).then(|| started.trim().to_owned())
}

/// Cuts a child loose from the terminal's process group, so that Ctrl-C there does not reach it.
pub(crate) fn detach(command: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::ProcessId;

    #[tokio::test]
    async fn a_reused_number_is_left_alone() {
        let mut child = Command::new("sleep")
            .arg("60")
            .stdin(Stdio::null())
            .spawn()
            .expect("sleep starts");
        let real = ProcessId::of(child.id()).expect("alive");
        let other = ProcessId {
            born: "another boot/1".to_owned(),
            ..real.clone()
        };
        other.kill();
        assert!(!other.is_alive());
        assert!(real.is_alive());
        real.kill();
        assert!(real.wait_gone(Duration::from_secs(5)).await);
        child.wait().expect("reaped");
    }
}
