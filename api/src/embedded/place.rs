//! Where the private PostgreSQL stands: a folder that its user can enter, a socket whose path is short enough.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use kernel::clock;

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

/// Where folders stand that the data directory cannot hold: nothing cleans this one.
const LIBRARY: &str = "/var/lib";
/// Where earlier versions put them; systems clean it.
const FORMER: &str = "/var/tmp";
/// The file of the data directory that names the folder of its database, where that is elsewhere.
const NAMED: &str = "postgres.place";
/// The file of such a folder that names the data directory to which it belongs.
const OWNER: &str = "data-directory";

impl Place {
    /// Makes the folders: in the data directory or, where the user of PostgreSQL cannot enter that, in `/var/lib`. The data
    /// directory names the folder, so that it never takes up a database that is not its own.
    pub(super) fn prepare(directory: &Path, user: Option<User>) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let asked = directory.canonicalize()?;
        let directory = match user {
            Some(user) if !can_enter(&asked, user) => elsewhere(&asked, user)?,
            _ => asked.join("postgres"),
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

    /// Whether a PostgreSQL answers there.
    pub(super) fn is_alive(&self) -> bool {
        UnixStream::connect(self.socket.join(".s.PGSQL.5432")).is_ok()
    }
}

/// Whether a data directory has a private database, here or elsewhere.
pub(super) fn has_database(directory: &Path) -> bool {
    let former = || directory.canonicalize().is_ok_and(|asked| former(&asked).is_some());
    directory.join("postgres/pg/PG_VERSION").exists() || directory.join(NAMED).exists() || former()
}

/// The folder of a database that cannot stand in its data directory: the one that this names, else one that an earlier
/// version made, else a fresh one.
fn elsewhere(asked: &Path, user: User) -> io::Result<PathBuf> {
    let inside = asked.join("postgres");
    if inside.join("pg/PG_VERSION").exists() {
        let why = "let it be entered (chmod o+x) from the root on, or move the data directory";
        return Err(io::Error::other(format!("the user of PostgreSQL cannot enter {}: {why}", inside.display())));
    }
    let file = asked.join(NAMED);
    match fs::read_to_string(&file) {
        Ok(told) => {
            let place = PathBuf::from(told.trim_end());
            if place.is_dir() {
                return Ok(place);
            }
            let (place, file) = (place.display(), file.display());
            Err(io::Error::other(format!("the private database {place} is gone: remove {file} to begin a fresh one")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let place = Path::new(LIBRARY).join(format!("diapason-{}", clock::fresh_v4().simple()));
            let place = taken_over(asked, place);
            make(&place, Some(user))?;
            fs::write(place.join(OWNER), asked.as_os_str().as_bytes())?;
            // Only now that the folder is there: a name that leads nowhere is refused.
            fs::write(&file, place.as_os_str().as_bytes())?;
            say_orphans(asked, &place);
            Ok(place)
        }
        Err(error) => Err(error),
    }
}

/// The database that an earlier version put where systems clean, if this data directory is the one that it was made for:
/// that one holds what is made beside a database. A fresh directory of the same name never takes it up.
fn former(asked: &Path) -> Option<PathBuf> {
    let place = Path::new(FORMER).join(named(asked));
    let ours = asked.join("prepare.lock").exists() && asked.join("development.key").exists();
    (ours && place.join("pg/PG_VERSION").exists()).then_some(place)
}

/// Moves a database of an earlier version to its new place; where it cannot be moved, it is used where it stands.
fn taken_over(asked: &Path, place: PathBuf) -> PathBuf {
    let Some(former) = former(asked) else { return place };
    match fs::rename(&former, &place) {
        Ok(()) => place,
        Err(error) => {
            let directory = former.display().to_string();
            tracing::warn!(directory, %error, "the private database could not be moved from where the system cleans");
            former
        }
    }
}

/// Says which folders belonged to a data directory of this name that is gone: nothing uses them any more.
fn say_orphans(asked: &Path, place: &Path) {
    let folders = [LIBRARY, FORMER].into_iter().filter_map(|it| fs::read_dir(it).ok()).flatten().flatten();
    for folder in folders.map(|it| it.path()).filter(|it| it != place) {
        let ours = fs::read(folder.join(OWNER)).is_ok_and(|owner| owner == asked.as_os_str().as_bytes());
        if ours || folder == Path::new(FORMER).join(named(asked)) {
            let directory = folder.display().to_string();
            tracing::warn!(directory, "a private database is left of a data directory that is gone: remove it");
        }
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
