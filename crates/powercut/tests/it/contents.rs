//! What is kept of contents.

use std::fs::{File, OpenOptions};
use std::io::{IoSlice, Seek as _, SeekFrom, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::probe::{Task, disk, run, sync, tree};

pub const TASKS: &[Task] = &[
    ("write", |at| std::fs::write(at.join("file"), "new").unwrap()),
    ("write and sync", |at| {
        let mut file = File::create(at.join("file")).unwrap();
        file.write_all(b"new").unwrap();
        file.sync_data().unwrap();
        sync(at);
        file.write_all(b"newer").unwrap();
    }),
    ("overwrite", |at| {
        let file = OpenOptions::new().write(true).open(at.join("file")).unwrap();
        file.write_all_at(b"OLD", 4).unwrap();
        file.sync_all().unwrap();
        file.write_all_at(b"Very", 0).unwrap();
    }),
    ("cut", |at| {
        let file = OpenOptions::new().write(true).open(at.join("file")).unwrap();
        file.set_len(4).unwrap();
    }),
    ("cut, lengthen and sync", |at| {
        let file = OpenOptions::new().write(true).open(at.join("file")).unwrap();
        file.set_len(2).unwrap();
        file.set_len(9).unwrap();
        file.write_all_at(b"x", 5).unwrap();
        file.sync_all().unwrap();
    }),
    ("sync through another descriptor", |at| {
        let mut file = OpenOptions::new().append(true).open(at.join("file")).unwrap();
        file.write_all(b", new").unwrap();
        drop(file);
        sync(at.join("file"));
    }),
    ("truncate on opening", |at| {
        let file = File::create(at.join("file")).unwrap();
        file.write_all_at(b"n", 1).unwrap();
        file.sync_all().unwrap();
    }),
    ("all ways to write", all_ways),
    ("synced writes", |at| {
        let mut options = OpenOptions::new();
        let file = options.write(true).custom_flags(libc::O_DSYNC).open(at.join("file")).unwrap();
        file.write_all_at(b"VERY", 0).unwrap();
    }),
    ("mapped", mapped),
    ("sync past libc", |at| {
        std::fs::create_dir(at.join("folder")).unwrap();
        std::fs::write(at.join("folder/new"), "new").unwrap();
        let open = OpenOptions::new().append(true).open(at.join("file")).unwrap();
        (&open).write_all(b"!").unwrap();
        rustix::fs::syncfs(&open).unwrap(); // a system call of its own
        std::fs::write(at.join("folder/newer"), "newer").unwrap();
    }),
    ("made past libc", |at| {
        let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let file = rustix::fs::open(at.join("new"), flags, mode).unwrap();
        rustix::io::write(&file, b"new").unwrap();
        drop(file);
        let file = OpenOptions::new().write(true).open(at.join("new")).unwrap();
        file.sync_all().unwrap();
        sync(at);
    }),
    ("threads", |at| {
        let file = File::create(at.join("file")).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for line in 0..200 {
                        (&*file).write_all(format!("{thread} {line:03}\n").as_bytes()).unwrap();
                        if line % 20 == 0 {
                            file.sync_all().unwrap();
                        }
                    }
                });
            }
        });
        file.sync_all().unwrap();
    }),
];

/// One file for each call that writes.
#[allow(unsafe_code)] // calls that Rust has no function for
fn all_ways(at: &Path) {
    let open = |name: &str| {
        std::fs::write(at.join(name), "....").unwrap();
        OpenOptions::new().write(true).open(at.join(name)).unwrap()
    };
    let write = open("write");
    (&write).write_all(b"ab").unwrap();
    let writev = open("writev");
    (&writev).seek(SeekFrom::Start(1)).unwrap();
    assert_eq!((&writev).write_vectored(&[IoSlice::new(b"a"), IoSlice::new(b"b")]).unwrap(), 2);
    let pwrite = open("pwrite");
    pwrite.write_all_at(b"ab", 2).unwrap();
    let copied = at.join("copied");
    std::fs::copy(at.join("file"), &copied).unwrap(); // copy_file_range
    let fallocate = open("fallocate");
    let appended = OpenOptions::new().append(true).open(at.join("pwrite")).unwrap();
    appended.write_all_at(b"end", 0).unwrap(); // Linux appends all the same
    // SAFETY: the descriptors are open; `parts` and `offset` are what is said of them.
    unsafe {
        assert_eq!(libc::posix_fallocate(fallocate.as_raw_fd(), 0, 6), 0);
        let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
        assert_eq!(libc::fallocate(fallocate.as_raw_fd(), mode, 1, 2), 0);
        let pwritev = open("pwritev");
        let parts = libc::iovec { iov_base: c"ab".as_ptr().cast_mut().cast(), iov_len: 2 };
        assert_eq!(libc::pwritev(pwritev.as_raw_fd(), &parts, 1, 1), 2);
        let sendfile = open("sendfile");
        let from = File::open(at.join("file")).unwrap();
        let mut offset = 4;
        let to = sendfile.as_raw_fd();
        assert_eq!(libc::sendfile(to, from.as_raw_fd(), &mut offset, 3), 3);
        pwritev.sync_all().unwrap();
        sendfile.sync_all().unwrap();
    }
    for file in [write, writev, pwrite, fallocate] {
        file.sync_all().unwrap();
    }
    sync(copied);
    sync(at);
}

/// A page that is synced, and one that is not.
#[allow(unsafe_code)] // calls that Rust has no function for
fn mapped(at: &Path) {
    let file = OpenOptions::new().read(true).write(true).open(at.join("file")).unwrap();
    file.set_len(8192).unwrap();
    file.sync_all().unwrap();
    // SAFETY: two pages of an open file that nobody cuts.
    unsafe {
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED);
        let fd = file.as_raw_fd();
        let map = libc::mmap(std::ptr::null_mut(), 8192, protection, flags, fd, 0).cast::<u8>();
        map.write(b'V');
        map.add(4096).write(b'W');
        assert_eq!(libc::msync(map.cast(), 4096, libc::MS_SYNC), 0);
    }
}

/// What is left of `file = very old` after a task.
fn after(task: &str) -> Vec<String> {
    let (_folder, disk) = disk();
    std::fs::write(disk.working().join("file"), "very old").unwrap();
    run(&disk, task);
    tree(&disk.after_power_cut().unwrap())
}

#[test]
fn what_is_not_synced_is_lost() {
    let (_folder, disk) = disk();
    run(&disk, "write");
    assert_eq!(tree(disk.working()), ["file = new"]);
    assert_eq!(tree(&disk.after_power_cut().unwrap()), [""; 0]);
    assert_eq!(after("write"), ["file = very old"]);
    assert_eq!(after("cut"), ["file = very old"]);
}

#[test]
fn what_is_synced_is_kept() {
    let (_folder, disk) = disk();
    run(&disk, "write and sync");
    assert_eq!(tree(disk.working()), ["file = newnewer"]);
    assert_eq!(tree(&disk.after_power_cut().unwrap()), ["file = new"]);
    assert_eq!(after("overwrite"), ["file = veryOLDd"]);
    assert_eq!(after("cut, lengthen and sync"), [r"file = ve\x00\x00\x00x\x00\x00\x00"]);
    assert_eq!(after("sync through another descriptor"), ["file = very old, new"]);
    assert_eq!(after("truncate on opening"), [r"file = \x00n"]);
    assert_eq!(after("synced writes"), ["file = VERY old"]);
}

#[test]
fn every_way_to_write_is_seen() {
    let expected = [
        r"copied = very old",
        r"fallocate = .\x00\x00.\x00\x00",
        "file = very old",
        "pwrite = ..abend",
        "pwritev = .ab.",
        "sendfile =  ol.",
        "write = ab..",
        "writev = .ab.",
    ];
    assert_eq!(after("all ways to write"), expected);
}

#[test]
fn a_mapping_is_kept_as_far_as_it_is_synced() {
    let found = after("mapped");
    let zeros = |n| r"\x00".repeat(n);
    assert_eq!(found, [format!("file = Very old{}", zeros(8184))]);
}

#[test]
fn a_sync_of_the_file_system_keeps_everything_so_far() {
    let found = after("sync past libc");
    assert_eq!(found, ["file = very old!", "folder/", "folder/new = new"]);
}

#[test]
fn a_file_made_past_libc_is_found_when_it_is_synced() {
    assert_eq!(after("made past libc"), ["file = very old", "new = new"]);
}

#[test]
fn threads_may_share_a_descriptor() {
    let (_folder, disk) = disk();
    std::fs::write(disk.working().join("file"), "").unwrap();
    run(&disk, "threads");
    let now = std::fs::read(disk.working().join("file")).unwrap();
    assert_eq!(now.len(), 4 * 200 * 6);
    assert_eq!(std::fs::read(disk.after_power_cut().unwrap().join("file")).unwrap(), now);
}
