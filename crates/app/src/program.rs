//! Programs of the office that take part in what this one does: one that puts an electronic seal on a
//! document, one that looks for viruses in a file.
//!
//! A program is given its matter on its standard input and ends with 0 where all is well. It has a time
//! and gives back a bounded answer; what takes longer or is longer is ended. None is used where none is
//! named.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault::{Fault, Rejection};

/// How long a program may take.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// The programs that are used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Programs {
    /// Is given a sealed document as HTML and gives back the sealed file, a PDF.
    pub seal: Option<PathBuf>,
    /// Is given a file that is to be attached; ends with 0 where it is clean and with 1 where it is not.
    pub scan: Option<PathBuf>,
    /// How long each may take; [`PATIENCE`] where it is not said.
    pub patience: Option<Duration>,
}

impl Programs {
    /// How long a program may take.
    pub fn patience(&self) -> Duration {
        self.patience.unwrap_or(PATIENCE)
    }
}

/// What a program came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote.
    pub answer: Vec<u8>,
}

/// Runs a program on some bytes. It blocks; `words` are its arguments.
///
/// # Errors
/// A program that cannot be started, takes too long, or writes more than `most` bytes.
pub fn run(
    program: &Path,
    words: &[&str],
    matter: Vec<u8>,
    most: usize,
    patience: Duration,
) -> Result<Ran, String> {
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    // Who writes and reads in turn could wait for a program that does the same.
    let writing = thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A program need not read all of it.
            let _ = stdin.write_all(&matter);
        }
    });
    let reading = thread::spawn(move || {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            let _ = stdout.take(most as u64 + 1).read_to_end(&mut answer);
        }
        answer
    });
    let status = wait(&mut child, patience);
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
        // A child of its own may hold the pipes still; the threads end when that does.
        return Err(format!("it took more than {} s", patience.as_secs()));
    }
    let _ = writing.join();
    let answer = reading.join().unwrap_or_default();
    if answer.len() > most {
        return Err(format!("it wrote more than {most} bytes"));
    }
    Ok(Ran { code: status.and_then(|status| status.code()), answer })
}

fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => thread::sleep(LOOK),
            _ => return None,
        }
    }
}

/// Has a file looked at for viruses, where a program for that is named. It blocks.
///
/// # Errors
/// A file that is not clean; a program that does not come to an answer: then nothing is taken.
pub(crate) fn scan(programs: &Programs, bytes: &[u8]) -> Result<(), Rejection> {
    let Some(program) = &programs.scan else { return Ok(()) };
    let unusable = |reason: String| {
        tracing::error!(program = %program.display(), reason, "a file could not be scanned");
        Rejection::Store(store::Error::Unavailable {
            reason: format!("the program that scans for viruses: {reason}"),
        })
    };
    let ran = run(program, &[], bytes.to_vec(), 1 << 20, programs.patience()).map_err(unusable)?;
    match ran.code {
        Some(0) => Ok(()),
        Some(1) => Err(Fault::new(
            "attachment.virus",
            "the file holds a virus or what looks like one; clean it, or take another",
            "文件含有病毒或者疑似病毒；请清除后上传，或更换文件",
        )
        .at("/file")
        .into()),
        code => Err(unusable(format!("it ended with {code:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(5);

    fn sh(script: &str, matter: &[u8], most: usize, patience: Duration) -> Result<Ran, String> {
        run(Path::new("/bin/sh"), &["-c", script], matter.to_vec(), most, patience)
    }

    #[test]
    fn a_program_is_given_its_matter_and_gives_back_its_answer() {
        let big = vec![b'x'; 1 << 20];
        let ran = sh("cat", &big, 1 << 21, SECOND).unwrap();
        assert_eq!((ran.code, ran.answer.len()), (Some(0), 1 << 20));
        // One that reads nothing is no fault.
        assert_eq!(sh("exit 3", &big, 10, SECOND).unwrap().code, Some(3));
    }

    #[test]
    fn a_program_that_takes_or_writes_too_much_is_ended() {
        let slow = sh("sleep 60", b"", 10, Duration::from_millis(200)).unwrap_err();
        assert!(slow.contains("took more"), "{slow}");
        let long = sh("head -c 1000 /dev/zero", b"", 10, SECOND).unwrap_err();
        assert!(long.contains("more than 10 bytes"), "{long}");
        let none = run(Path::new("/nowhere"), &[], Vec::new(), 10, SECOND).unwrap_err();
        assert!(none.contains("cannot be started"), "{none}");
    }

    #[test]
    fn a_file_is_taken_only_where_the_scan_says_that_it_is_clean() {
        let with = |path: &str| Programs { scan: Some(path.into()), ..Programs::default() };
        assert!(scan(&Programs::default(), b"x").is_ok());
        assert!(scan(&with("/bin/true"), b"x").is_ok());
        let virus = scan(&with("/bin/false"), b"x").unwrap_err();
        assert_eq!(virus.faults()[0].code, "attachment.virus");
        assert!(scan(&with("/nowhere"), b"x").unwrap_err().is_retryable());
    }
}
