//! The library has the functions that it must have.

use std::process::Command;

/// What SQLite's file layer for Unix, Rust's standard library and `ledger` call to change files.
const NEEDED: &str = "open open64 openat openat64 creat creat64 write writev pwrite pwrite64 pwritev \
    pwritev64 pwritev2 pwritev64v2 ftruncate ftruncate64 truncate truncate64 fallocate fallocate64 posix_fallocate posix_fallocate64 \
    fsync fdatasync syncfs sync rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat remove mkdir \
    mkdirat rmdir mmap mmap64 munmap msync copy_file_range sendfile sendfile64 splice";

#[test]
fn the_library_has_all_functions_and_only_these_stand_in_for_libc() {
    let (_folder, disk) = super::probe::disk();
    let command = disk.command("true");
    let (_, library) = command.get_envs().find(|(name, _)| *name == "LD_PRELOAD").unwrap();
    let nm = Command::new("nm").args(["-D", "--defined-only"]).arg(library.unwrap()).output();
    let output = nm.expect("nm comes with the linker");
    let mut has: Vec<&str> = std::str::from_utf8(&output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .filter(|name| !name.starts_with("rust_")) // of the standard library
        .collect();
    let mut needed: Vec<&str> = NEEDED.split_whitespace().collect();
    has.sort_unstable();
    needed.sort_unstable();
    assert_eq!(has, needed);
}
