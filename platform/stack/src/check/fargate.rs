//! Sizes of a Fargate task.

/// Task sizes of Linux tasks on Fargate: CPU units, then least, greatest and step of the memory in MiB (ECS developer guide,
/// "Task CPU and memory"). 256 units have no even step and are listed in [`memory_for`].
const SIZES: [(u32, u32, u32, u32); 7] = [
    (256, 512, 2_048, 0),
    (512, 1_024, 4_096, 1_024),
    (1_024, 2_048, 8_192, 1_024),
    (2_048, 4_096, 16_384, 1_024),
    (4_096, 8_192, 30_720, 1_024),
    (8_192, 16_384, 61_440, 4_096),
    (16_384, 32_768, 122_880, 8_192),
];

/// Every CPU size in ECS units.
pub(crate) fn cpu_sizes() -> impl Iterator<Item = u32> {
    SIZES.into_iter().map(|(cpu, ..)| cpu)
}

/// Memory sizes in MiB that go with a CPU size; empty when there is no such CPU size.
pub(crate) fn memory_for(cpu: u32) -> Vec<u32> {
    match SIZES.into_iter().find(|(size, ..)| *size == cpu) {
        Some((256, ..)) => vec![512, 1_024, 2_048],
        Some((_, least, greatest, step)) => (0..)
            .map(|n| least + n * step)
            .take_while(|memory| *memory <= greatest)
            .collect(),
        None => Vec::new(),
    }
}

/// The memory sizes in words: a list, or a range where it would be long.
pub(super) fn memory_in_words(cpu: u32) -> String {
    let sizes = memory_for(cpu);
    match sizes.as_slice() {
        [least, second, .., greatest] if sizes.len() > 8 => {
            format!("{least} to {greatest} in steps of {}", second - least)
        }
        _ => sizes
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The size nearest to a number; the larger of two as near, so that a task is not starved.
pub(super) fn nearest_size(wanted: u32, sizes: impl IntoIterator<Item = u32>) -> Option<u32> {
    sizes
        .into_iter()
        .min_by_key(|size| (size.abs_diff(wanted), u32::MAX - size))
}

#[cfg(test)]
mod tests {
    use super::{cpu_sizes, memory_for, memory_in_words, nearest_size};

    #[test]
    fn sizes_are_those_of_the_ecs_guide() {
        let count: Vec<(u32, usize)> = cpu_sizes()
            .map(|cpu| (cpu, memory_for(cpu).len()))
            .collect();
        assert_eq!(
            count,
            [
                (256, 3),
                (512, 4),
                (1024, 7),
                (2048, 13),
                (4096, 23),
                (8192, 12),
                (16384, 12)
            ]
        );
        assert_eq!(memory_in_words(8192), "16384 to 61440 in steps of 4096");
        assert_eq!(memory_in_words(512), "1024, 2048, 3072, 4096");
        assert_eq!(nearest_size(300, cpu_sizes()), Some(256));
        assert_eq!(nearest_size(1_536, [1_024, 2_048]), Some(2_048));
    }
}
