//! What browsers fetch: put together, packed and named by its content.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// Scripts of others: the constant in Rust, the package, its file.
const PACKAGES: [(&str, &str, &str); 1] = [("HTMX", "htmx.org", "dist/htmx.min.js")];

/// Files of our own: the constant, the name, the media type.
const OWN: [(&str, &str, &str); 4] = [
    ("STYLE", "zhiheng.css", "text/css; charset=utf-8"),
    ("SCRIPT", "zhiheng.js", SCRIPT),
    ("ICONS", "icons.svg", "image/svg+xml; charset=utf-8"),
    ("FAVICON", "favicon.svg", "image/svg+xml; charset=utf-8"),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

struct Found {
    constant: &'static str,
    name: String,
    media: &'static str,
    bytes: Vec<u8>,
}

/// Collects the files, packs them into `out` and writes the module that holds them.
pub fn generate(here: &Path, out: &Path) -> Result<String, Vec<String>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=frontend/package-lock.json");
    let mut faults = Vec::new();
    let mut found = Vec::new();
    for (constant, name, media) in OWN {
        let bytes = if name.ends_with(".css") {
            style(here)
        } else {
            file(&here.join("assets").join(name))
        };
        match bytes {
            Ok(bytes) => found.push(Found { constant, name: name.to_owned(), media, bytes }),
            Err(fault) => faults.push(fault),
        }
    }
    let mut missing = Vec::new();
    for (constant, package, path) in PACKAGES {
        let folder = here.join("frontend/node_modules").join(package);
        // Cargo builds anew each time while it watches for a file that is not there; the folder is.
        let file = folder.join(path);
        let watched = if file.exists() { file } else { here.join("frontend") };
        println!("cargo::rerun-if-changed={}", watched.display());
        let name = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        match package_file(here, &folder, package, path) {
            Ok(bytes) => found.push(Found { constant, name, media: SCRIPT, bytes }),
            Err(why) => missing.push((constant, package, why)),
        }
    }
    for (_, package, why) in &missing {
        println!(
            "cargo::warning=built without {package} ({why}): pages are complete, only less quick; \
             run `npm ci` in crates/web/frontend and build again"
        );
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let folder = out.join("assets");
    let mut made = String::from("// Made by build/assets.rs.\n\n");
    let mut table = String::from("/// All of them.\npub static ALL: &[Asset] = &[\n");
    for asset in &found {
        let path = put(&folder, asset).map_err(|fault| vec![fault])?;
        let is_package = PACKAGES.iter().any(|(constant, ..)| *constant == asset.constant);
        let (kind, value) = match is_package {
            true => ("Option<&str>", format!("Some({path:?})")),
            false => ("&str", format!("{path:?}")),
        };
        let _ = writeln!(made, "/// Where `{}` is.", asset.name);
        let _ = writeln!(made, "pub const {}: {kind} = {value};\n", asset.constant);
        let (plain, packed) = (folder.join(&asset.name), folder.join(format!("{}.gz", asset.name)));
        let _ = writeln!(
            table,
            "    Asset {{ path: {path:?}, media: {:?}, plain: include_bytes!({plain:?}), gzip: include_bytes!({packed:?}) }},",
            asset.media
        );
    }
    let sprite = found.iter().find(|asset| asset.constant == "ICONS");
    let pictures = sprite.map(|asset| symbols(&asset.bytes)).unwrap_or_default();
    let _ = writeln!(made, "/// The pictures of the sprite, by their order.");
    let _ = writeln!(made, "pub static PICTURES: &[&str] = &{pictures:?};\n");
    for (constant, package, _) in missing {
        let _ = writeln!(made, "/// `{package}` was not there when this program was built.");
        let _ = writeln!(made, "pub const {constant}: Option<&str> = None;\n");
    }
    Ok(made + &table + "];\n")
}

/// The names of the pictures of a sprite, each once and in order.
fn symbols(sprite: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(sprite);
    let names = text.split("<symbol id=\"i-").skip(1);
    let names = names.filter_map(|rest| rest.split('"').next().map(str::to_owned));
    names.collect::<std::collections::BTreeSet<String>>().into_iter().collect()
}

/// Writes a file plain and packed; gives the path under which it is served.
fn put(folder: &Path, asset: &Found) -> Result<String, String> {
    let fault = |error| format!("cannot write in {}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(fault)?;
    crate::write_if_changed(&folder.join(&asset.name), &asset.bytes).map_err(fault)?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&asset.bytes).map_err(fault)?;
    let packed = packer.finish().map_err(fault)?;
    let place = folder.join(format!("{}.gz", asset.name));
    crate::write_if_changed(&place, &packed).map_err(fault)?;
    let digest: String =
        Sha256::digest(&asset.bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (stem, extension) = asset.name.rsplit_once('.').unwrap_or((&asset.name, "bin"));
    Ok(format!("/assets/{stem}.{digest}.{extension}"))
}

/// The style sheet: its parts in the order of their names.
fn style(here: &Path) -> Result<Vec<u8>, String> {
    let folder = here.join("assets/css");
    let fault = |error| format!("cannot read {}: {error}", folder.display());
    let mut parts: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            parts.push(path);
        }
    }
    parts.sort();
    // How a document is laid out is the document's: a program that seals is given it too.
    let paper = here.join("../app/src/document/paper.css");
    println!("cargo::rerun-if-changed={}", paper.display());
    parts.push(paper);
    let mut all = Vec::new();
    for part in parts {
        all.extend(file(&part)?);
        all.push(b'\n');
    }
    Ok(all)
}

fn file(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// A file of an installed package, if it is of the version that the lock file names.
fn package_file(here: &Path, folder: &Path, package: &str, path: &str) -> Result<Vec<u8>, String> {
    let installed = fs::read_to_string(folder.join("package.json"))
        .map_err(|_| "it is not installed".to_owned())?;
    let locked = fs::read_to_string(here.join("frontend/package-lock.json"))
        .map_err(|error| format!("no package-lock.json: {error}"))?;
    let entry = format!("\"node_modules/{package}\"");
    let locked = locked.split_once(&entry).map(|(_, rest)| rest).unwrap_or_default();
    let (locked, installed) = (version(locked), version(&installed));
    if locked.is_none() || locked != installed {
        return Err(format!("installed is {installed:?}, the lock file says {locked:?}"));
    }
    file(&folder.join(path))
}

/// The first `"version": "…"` of a JSON text; a parser for one string would be a dependency more.
fn version(json: &str) -> Option<&str> {
    let (_, rest) = json.split_once("\"version\":")?;
    rest.split('"').nth(1)
}
