//! A small disk, to be filled and freed.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, process};

/// A disk in memory, taken away when the tests end, however they end.
pub struct Disk {
    path: PathBuf,
    janitor: Child,
}

/// What fills it, for as long as it is kept.
pub struct Filling(PathBuf);

impl Disk {
    /// A disk of so many mebibytes; none where we may not mount one.
    pub fn mount(mebibytes: u32) -> Option<Self> {
        let path = env::temp_dir().join(format!("diapason-disk-{}", process::id()));
        fs::create_dir_all(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=0755"), "tmpfs"]).arg(&path);
        if !mount.stderr(Stdio::null()).status().is_ok_and(|done| done.success()) {
            fs::remove_dir(&path).unwrap();
            return None;
        }
        // Its pipe closes with this process.
        let janitor = r#"read x; umount -l "$0"; rmdir "$0""#;
        let janitor = Command::new("/bin/sh").args(["-c", janitor]).arg(&path).stdin(Stdio::piped()).spawn().unwrap();
        Some(Self { path, janitor })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves no byte of it.
    pub fn fill(&self) -> Filling {
        let path = self.path.join("filling");
        let mut file = File::create(&path).unwrap();
        for size in [1 << 20, 1 << 10, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        Filling(path)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}
