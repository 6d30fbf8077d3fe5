//! Random work on files, against a model of a few lines.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::probe::{Task, command, disk, sync, tree};

pub const TASKS: &[Task] = &[("random", |at| {
    let seed = std::env::var("SEED").unwrap().parse().unwrap();
    steps(seed).for_each(|step| act(at, &step));
})];

const STEPS: usize = 150;
const FOLDERS: [&str; 2] = [".", "folder"];

#[derive(Debug)]
enum Step {
    Write(String, u64, Vec<u8>),
    Cut(String, u64),
    Rename(String, String),
    Link(String, String),
    Remove(String),
    Sync(String),
    SyncFolder(&'static str),
}

/// The same steps for the same seed.
fn steps(seed: u64) -> impl Iterator<Item = Step> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        let mut random = |most: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % most
        };
        let folder = FOLDERS[random(2) as usize];
        let one = format!("{folder}/{}", random(4));
        let other = format!("{folder}/{}", random(4));
        match random(10) {
            0..3 => {
                let length = random(9000) as usize + 1;
                Step::Write(one, random(20_000), vec![b'a' + random(26) as u8; length])
            }
            3 => Step::Cut(one, random(20_000)),
            4 => Step::Rename(one, other),
            5 => Step::Link(one, other),
            6 => Step::Remove(one),
            7..9 => Step::Sync(one),
            _ => Step::SyncFolder(folder),
        }
    })
    .take(STEPS)
}

/// Does a step; some cannot be done, such as the removal of what is not there.
fn act(at: &Path, step: &Step) {
    match step {
        Step::Write(name, offset, bytes) => {
            let mut options = OpenOptions::new();
            let file = options.write(true).create(true).truncate(false).open(at.join(name));
            file.unwrap().write_all_at(bytes, *offset).unwrap();
        }
        Step::Cut(name, length) => {
            let _ = OpenOptions::new().write(true).open(at.join(name)).map(|f| f.set_len(*length));
        }
        Step::Rename(from, to) => drop(fs::rename(at.join(from), at.join(to))),
        Step::Link(from, to) => drop(fs::hard_link(at.join(from), at.join(to))),
        Step::Remove(name) => drop(fs::remove_file(at.join(name))),
        Step::Sync(name) => drop(File::open(at.join(name)).map(|file| file.sync_all())),
        Step::SyncFolder(folder) => sync(at.join(folder)),
    }
}

/// Contents and names, each as they are and as they are durable.
#[derive(Default)]
struct Model {
    files: Vec<[Vec<u8>; 2]>,
    names: [BTreeMap<String, usize>; 2],
}

impl Model {
    fn act(&mut self, step: Step) {
        let [names, durable] = &mut self.names;
        match step {
            Step::Write(name, offset, bytes) => {
                let file = *names.entry(name).or_insert(self.files.len());
                if file == self.files.len() {
                    self.files.push(Default::default());
                }
                let content = &mut self.files[file][0];
                let start = offset as usize;
                content.resize(content.len().max(start + bytes.len()), 0);
                content[start..start + bytes.len()].copy_from_slice(&bytes);
            }
            Step::Cut(name, length) => {
                if let Some(file) = names.get(&name) {
                    self.files[*file][0].resize(length as usize, 0);
                }
            }
            Step::Rename(from, to) => {
                if let Some(&file) = names.get(&from)
                    && names.get(&to) != Some(&file)
                {
                    names.remove(&from);
                    names.insert(to, file);
                }
            }
            Step::Link(from, to) => {
                if let Some(&file) = names.get(&from) {
                    names.entry(to).or_insert(file);
                }
            }
            Step::Remove(name) => drop(names.remove(&name)),
            Step::Sync(name) => {
                if let Some(file) = names.get(&name) {
                    self.files[*file][1] = self.files[*file][0].clone();
                }
            }
            Step::SyncFolder(folder) => {
                let inside = |name: &str| name.starts_with(&format!("{folder}/"));
                durable.retain(|name, _| !inside(name));
                let now = names.iter().filter(|(name, _)| inside(name));
                durable.extend(now.map(|(name, file)| (name.clone(), *file)));
            }
        }
    }

    /// As `tree` shows it.
    fn tree(&self, which: usize) -> Vec<String> {
        let line = |(name, file): (&String, &usize)| {
            let content = self.files[*file][which].escape_ascii();
            format!("{} = {content}", name.trim_start_matches("./"))
        };
        let mut lines: Vec<String> = self.names[which].iter().map(line).collect();
        lines.push("folder/".to_owned());
        lines.sort();
        lines
    }
}

#[test]
fn random_work_leaves_what_a_model_says() {
    let first = u64::from(std::process::id()) << 20;
    for seed in first..first + 40 {
        let (_folder, disk) = disk();
        fs::create_dir(disk.working().join("folder")).unwrap();
        let output = command(&disk, "random").env("SEED", seed.to_string()).output().unwrap();
        assert!(output.status.success(), "seed {seed}: {output:?}");
        let mut model = Model::default();
        steps(seed).for_each(|step| model.act(step));
        assert!(tree(disk.working()) == model.tree(0), "the model is wrong, seed {seed}");
        assert!(tree(&disk.after_power_cut().unwrap()) == model.tree(1), "seed {seed}");
    }
}
