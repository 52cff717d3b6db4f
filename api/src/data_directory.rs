//! The data directory: what a run keeps beside the database. What cannot be done with it is said in one sentence.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use kernel::clock;

use crate::failure::Failure;

/// How many bytes must be free at least, so that a full disk is found before anything is made.
const ROOM: usize = 64 * 1024;

/// A data directory that can be read and written.
#[derive(Debug, Clone)]
pub(crate) struct DataDirectory(PathBuf);

impl DataDirectory {
    /// Makes the directory where it is missing, and tries whether it can be used.
    ///
    /// # Errors
    /// It cannot be made, read or written: the sentence says why.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let it = Self(path.to_owned());
        if path.exists() && !path.is_dir() {
            return Err(it.cannot("be used", "it is a file").into());
        }
        fs::create_dir_all(path).map_err(|error| it.cannot("be made", error))?;
        fs::read_dir(path).map_err(|error| it.cannot("be read", error))?;
        let probe = path.join(format!("probe-{}", clock::fresh_v4().simple()));
        let tried =
            File::create(&probe).and_then(|mut file| file.write_all(&vec![0; ROOM]).and_then(|()| file.sync_all()));
        // One that was not made cannot be removed.
        let _ = fs::remove_file(&probe);
        tried.map_err(|error| it.cannot("be written", error))?;
        Ok(it)
    }

    fn cannot(&self, what: &str, why: impl std::fmt::Display) -> String {
        format!("the data directory {} cannot {what}: {why} (DIAPASON_DATA_DIR names another one)", self.0.display())
    }

    /// Lets one server run over the directory, for as long as the file is kept.
    ///
    /// # Errors
    /// Another one does.
    pub(crate) fn serve_alone(&self) -> Result<File, Failure> {
        let file = self.file("serve.lock")?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(format!("another diapason serves over {} already", self.0.display()).into())
            }
            Err(TryLockError::Error(error)) => Err(self.cannot("be locked", error).into()),
        }
    }

    /// Lets one process prepare the private database, the others wait until the file is dropped.
    ///
    /// # Errors
    /// The directory cannot be written.
    pub(crate) fn prepare_alone(&self) -> Result<File, Failure> {
        let file = self.file("prepare.lock")?;
        file.lock().map_err(|error| self.cannot("be locked", error))?;
        Ok(file)
    }

    fn file(&self, name: &str) -> Result<File, Failure> {
        let opened = File::options().create(true).truncate(false).write(true).open(self.0.join(name));
        Ok(opened.map_err(|error| self.cannot(&format!("be used, {name} in it cannot be opened"), error))?)
    }

    /// A secret that is kept here, made when it is first needed. It appears whole: of several who make it at once, one wins
    /// and all have it.
    ///
    /// # Errors
    /// It can neither be made nor read.
    pub(crate) fn secret(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let file = self.0.join(name);
        if !file.exists() {
            self.make_secret(&file).map_err(|error| self.cannot("be written", error))?;
        }
        let secret = fs::read(&file).map_err(|it| self.cannot(&format!("be used, {name} in it cannot be read"), it))?;
        if secret.is_empty() {
            return Err(self.cannot("be used", format!("{name} in it is empty, remove it")).into());
        }
        Ok(secret)
    }

    fn make_secret(&self, file: &Path) -> io::Result<()> {
        let secret = format!("{}{}", clock::fresh_v4().simple(), clock::fresh_v4().simple());
        let draft = self.0.join(format!("secret-{}", clock::fresh_v4().simple()));
        let written = File::options().write(true).create_new(true).mode(0o600).open(&draft).and_then(|mut made| {
            made.write_all(secret.as_bytes())?;
            made.sync_all()?;
            fs::hard_link(&draft, file)
        });
        // One that was not made cannot be removed.
        let _ = fs::remove_file(&draft);
        match written {
            // Another one was first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            written => written,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, thread};

    use super::*;

    #[test]
    fn a_secret_that_many_need_at_once_is_one() {
        let directory = env::temp_dir().join(format!("diapason-secret-{}", clock::fresh_v4().simple()));
        let kept = DataDirectory::open(&directory).unwrap();
        for round in 0..50 {
            let name = format!("{round}.key");
            let asked = || {
                (0..8).map(|_| {
                    let (kept, name) = (kept.clone(), name.clone());
                    thread::spawn(move || kept.secret(&name).unwrap())
                })
            };
            let mut secrets: Vec<_> = asked().collect::<Vec<_>>().into_iter().map(|it| it.join().unwrap()).collect();
            secrets.dedup();
            assert!(secrets.len() == 1 && secrets[0].len() == 64, "{secrets:?}");
        }
        let left = fs::read_dir(&directory).unwrap().count();
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(left, 50);
    }
}
