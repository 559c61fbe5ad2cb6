use std::sync::Arc;

use tokio::sync::watch;

use super::Engine;
use super::container::Container;

/// A container of an ECS task, as far as its memory is concerned.
#[derive(Debug)]
pub(crate) struct Limited(Arc<Container>);

impl Engine {
    /// Told whenever the container of a task starts or ends.
    pub(crate) fn starts(&self) -> watch::Receiver<u64> {
        self.surroundings.starts.subscribe()
    }

    /// The containers of tasks that run.
    pub(crate) fn limited(&self) -> Vec<Limited> {
        let all = self.all().into_iter().chain(self.leaving());
        all.filter(|container| container.is_running() && container.is_task())
            .map(Limited)
            .collect()
    }
}

impl Limited {
    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// ARN of the task.
    pub(crate) fn task(&self) -> &str {
        self.label("com.amazonaws.ecs.task-arn")
    }

    /// Its name in the task definition.
    pub(crate) fn name(&self) -> &str {
        self.label("com.amazonaws.ecs.container-name")
    }

    /// Family and revision.
    pub(crate) fn definition(&self) -> String {
        let family = self.label("com.amazonaws.ecs.task-definition-family");
        let revision = self.label("com.amazonaws.ecs.task-definition-version");
        format!("{family}:{revision}")
    }

    fn label(&self, name: &str) -> &str {
        self.0.spec.label(name).unwrap_or_default()
    }

    pub(crate) fn runs(&self) -> bool {
        self.0.is_running()
    }

    /// Bytes that its processes hold, without files they share; `None` while there is no process.
    pub(crate) fn holds(&self) -> Option<u64> {
        Some(held(self.0.pid()?))
    }

    /// Ends it as the kernel does.
    pub(crate) async fn kill(&self) {
        self.0.state.send_modify(|state| state.out_of_memory = true);
        self.0.kill().await;
    }
}

/// What a process and its children hold: resident memory that no file backs (proc_pid_status(5)).
fn held(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let own = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let own = own.unwrap_or_default() * 1024;
    let children = format!("/proc/{pid}/task/{pid}/children");
    let children = std::fs::read_to_string(children).unwrap_or_default();
    let below = children.split_whitespace().filter_map(|n| n.parse().ok());
    own + below.map(held).sum::<u64>()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::held;

    #[test]
    fn what_a_process_holds_is_read() {
        let before = held(std::process::id());
        let block = vec![1_u8; 64 * 1024 * 1024];
        let after = held(std::process::id());
        assert!(after > before + 48 * 1024 * 1024, "{before} {after}");
        drop(block);
        assert_eq!(held(u32::MAX), 0);
    }
}
