//! Where the private PostgreSQL lives: a folder that its user can enter, a socket whose path is short enough.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::user::User;

/// The longest directory whose socket's path still fits in what macOS allows (104 bytes).
const LONGEST_SOCKET_DIRECTORY: usize = 80;

/// The folders of one private PostgreSQL.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) directory: PathBuf,
    pub(super) data: PathBuf,
    pub(super) log: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) user: Option<User>,
}

impl Place {
    /// Makes the folders, where this directory is or, when the user cannot enter it, in `/var/tmp`.
    pub(super) fn prepare(directory: &Path, user: Option<User>) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let asked = directory.canonicalize()?;
        let directory = if user.is_none_or(|user| can_enter(&asked, user)) {
            asked.join("postgres")
        } else {
            Path::new("/var/tmp").join(named(&asked))
        };
        make(&directory, user)?;
        let socket = if directory.as_os_str().as_bytes().len() < LONGEST_SOCKET_DIRECTORY {
            directory.clone()
        } else {
            let short = env::temp_dir().join(named(&directory));
            make(&short, user)?;
            short
        };
        Ok(Self { data: directory.join("pg"), log: directory.join("pg.log"), socket, directory, user })
    }
}

fn named(directory: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    directory.hash(&mut hasher);
    format!("diapason-{:016x}", hasher.finish())
}

/// Whether a user may pass through every folder on the way.
fn can_enter(directory: &Path, user: User) -> bool {
    directory.ancestors().all(|folder| {
        fs::metadata(folder).is_ok_and(|folder| {
            let bit = match (folder.uid() == user.uid, folder.gid() == user.gid) {
                (true, _) => 0o100,
                (false, true) => 0o010,
                (false, false) => 0o001,
            };
            folder.mode() & bit != 0
        })
    })
}

/// A folder of the user's own, that nobody else may enter; one that someone else made beforehand is refused.
fn make(directory: &Path, user: Option<User>) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let folder = fs::symlink_metadata(directory)?;
            let ours =
                user.map_or_else(|| fs::metadata("/proc/self").map_or(folder.uid(), |us| us.uid()), |user| user.uid);
            if !folder.is_dir() || folder.uid() != ours {
                return Err(io::Error::other(format!("{} belongs to someone else", directory.display())));
            }
        }
        made => {
            made?;
            if let Some(User { uid, gid }) = user {
                chown(directory, Some(uid), Some(gid))?;
            }
        }
    }
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700))
}
