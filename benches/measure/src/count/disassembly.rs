//! The locked instructions of an object, from what objdump prints of it.

use std::collections::HashSet;

/// Their addresses in the object file, which are those that callgrind writes.
#[derive(Debug, Default)]
pub(super) struct Locked(HashSet<u64>);

impl Locked {
    /// Reads a disassembly.
    pub(super) fn parse(text: &str) -> Self {
        Self(text.lines().filter_map(locked_at).collect())
    }

    /// Whether the instruction at this address is locked.
    pub(super) fn contains(&self, address: u64) -> bool {
        self.0.contains(&address)
    }
}

/// The address of a line such as `  4a10:<tab>lock xadd %rax,(%rdi)`, if the instruction is locked.
fn locked_at(line: &str) -> Option<u64> {
    let (address, instruction) = line.split_once(":\t")?;
    is_locked(instruction).then(|| u64::from_str_radix(address.trim(), 16).ok())?
}

fn is_locked(instruction: &str) -> bool {
    let mut words = instruction.split_whitespace();
    match words.next() {
        Some("lock" | "mfence") => true,
        // With memory it locks without a prefix; between registers it does not.
        Some("xchg") => words.next().is_some_and(|operands| operands.contains('(')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Locked;

    const TEXT: &str = "
program:     file format elf64-x86-64

0000000000004a00 <collected>:
    4a00:\tpush   %rbp
    4a10:\tlock xadd %rax,(%rdi)
    4a18:\txchg   %ax,%ax
    4a1a:\txchg   %al,0x8(%rbx)
    4a1e:\tmfence
    4a21:\tcmpxchg %rcx,(%rdi)
    4a28:\tjmp    4a10 <lock>
";

    #[test]
    fn a_prefix_an_exchange_with_memory_and_a_fence_are_locked() {
        let locked = Locked::parse(TEXT);
        let found: Vec<_> = (0x4a00..0x4b00).filter(|at| locked.contains(*at)).collect();
        assert_eq!(found, [0x4a10, 0x4a1a, 0x4a1e]);
    }
}
