//! Many operations in one request (RFC 7644, section 3.7). What is said of Users is taken together, in one transaction; what is said
//! of Groups one by one. What was done stays done if the client goes away.

mod job;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use ::scim::schemas::GROUP;
use ::scim::{ErrorType, Object, ScimError, read};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use job::{Job, REFERENCE, jobs, place, references, resolved};
use kernel::{MemberId, PrincipalId};
use persistence::directory_user::UserOp;
use serde_json::{Value, json};

use super::answer::{plain, tag, version_of};
use super::door::{Body, Door};
use super::fault::{Answered, not_found, of_group};
use super::group::{self, Word};
use super::user;

/// What an operation came to.
#[derive(Debug, Clone)]
enum Came {
    /// Something is there.
    There {
        id: String,
        version: Option<i32>,
        status: u16,
    },
    /// Something is there no more.
    Gone(String),
    Failed(ScimError),
}

/// What an operation says of a User.
fn user_op(it: &Job) -> Result<UserOp<ScimError>, ScimError> {
    let (_, id) = place(&it.path)?;
    let seen = it.version.as_deref().map(version_of);
    match (it.method.as_str(), id) {
        ("POST", None) => user::creation(&it.data),
        ("PUT", Some(id)) => user::replacement(user::id(id)?, seen, Arc::clone(&it.data)),
        ("PATCH", Some(id)) => user::patched(user::id(id)?, seen, &it.data),
        ("DELETE", Some(id)) => Ok(UserOp::Remove(user::id(id)?, seen)),
        _ => Err(ScimError::of(405, "This address does not have this method.")),
    }
}

/// The work of a bulk request, as far as it has come.
struct Work {
    jobs: Vec<Job>,
    /// What each of them refers to.
    needs: Vec<Vec<String>>,
    came: Vec<Option<Came>>,
    known: HashMap<String, String>,
    most: usize,
    failed: usize,
}

impl Work {
    fn note(&mut self, at: usize, came: Came) {
        if let (Came::There { id, .. }, Some(name)) = (&came, self.jobs.get(at).and_then(|it| it.bulk_id.clone())) {
            self.known.insert(name, id.clone());
        }
        self.failed += usize::from(matches!(came, Came::Failed(_)));
        if let Some(slot) = self.came.get_mut(at) {
            *slot = Some(came);
        }
    }

    /// An operation, with identifiers in the place of its references.
    fn job(&self, at: usize) -> Option<Cow<'_, Job>> {
        let refers = self.needs.get(at).is_some_and(|names| !names.is_empty());
        let job = |it| if refers { Cow::Owned(resolved(it, &self.known)) } else { Cow::Borrowed(it) };
        self.jobs.get(at).map(job)
    }

    fn is_over(&self) -> bool {
        self.failed >= self.most
    }

    /// Operations that wait, in their order, with those that wait for none of the others.
    fn ready(&self) -> Vec<usize> {
        let waits = |at: &usize| self.came.get(*at).is_some_and(Option::is_none);
        let free = |at: &usize| {
            self.needs.get(*at).is_some_and(|names| names.iter().all(|name| self.known.contains_key(name)))
        };
        (0..self.jobs.len()).filter(waits).filter(free).collect()
    }

    /// Operations whose references lead nowhere: to what failed, to each other, or to nothing.
    fn give_up(&mut self) {
        let waits: Vec<usize> =
            (0..self.jobs.len()).filter(|at| self.came.get(*at).is_some_and(Option::is_none)).collect();
        for at in waits {
            if self.is_over() {
                return;
            }
            let why = "The operation refers by bulkId to what was not made, or to itself by way of others.";
            self.note(
                at,
                Came::Failed(ScimError { status: 409, kind: Some(ErrorType::InvalidValue), detail: why.into() }),
            );
        }
    }
}

pub(super) async fn bulk(door: Door, body: Body) -> Answered<HttpResponse> {
    // Who may do nothing here is told so at once.
    door.read(|store| store.directory().map(drop)).await?;
    let (jobs, most) = jobs(body.0)?;
    let came = vec![None; jobs.len()];
    let needs = jobs.iter().map(references).collect();
    let mut work = Work { jobs, needs, came, known: HashMap::new(), most, failed: 0 };
    loop {
        let ready = work.ready();
        if ready.is_empty() || work.is_over() {
            break;
        }
        round(&door, &mut work, &ready).await?;
    }
    if !work.is_over() {
        work.give_up();
    }
    Ok(plain(StatusCode::OK, &told(&work, &door.base())))
}

/// Does the next operations that can be done: a run of Users together, or one Group.
async fn round(door: &Door, work: &mut Work, ready: &[usize]) -> Answered<()> {
    let of_user =
        |work: &Work, at: usize| work.jobs.get(at).is_some_and(|it| matches!(place(&it.path), Ok(("Users", _))));
    let run: Vec<usize> = ready.iter().copied().take_while(|at| of_user(work, *at)).collect();
    if run.is_empty() {
        let Some(at) = ready.first().copied() else { return Ok(()) };
        let came = one(door, work, at).await?;
        work.note(at, came);
        return Ok(());
    }
    let (mut ops, mut places) = (Vec::new(), Vec::new());
    for at in run {
        let Some(it) = work.job(at) else { continue };
        match user_op(&it) {
            Ok(op) => {
                ops.push(op);
                places.push(at);
            }
            // What comes before it is done before it is said.
            Err(_) if !ops.is_empty() => break,
            Err(error) => {
                work.note(at, Came::Failed(error));
                return Ok(());
            }
        }
    }
    users(door, work, ops, &places).await
}

type Words = Vec<Result<(MemberId, i32), ScimError>>;

async fn users(door: &Door, work: &mut Work, ops: Vec<UserOp<ScimError>>, places: &[usize]) -> Answered<()> {
    let most = work.most - work.failed;
    let words: Result<Words, _> = door
        .write(move |store| {
            let who: PrincipalId = store.caller()?;
            let grant = store.authorize(members::directory_user::Write(who))?;
            let words = store.sync_users(grant, &ops, most)?;
            let ids: Vec<MemberId> = words.iter().filter_map(|word| word.as_ref().ok()).copied().collect();
            let versions: HashMap<MemberId, i32> = store.user_versions(&ids)?.into_iter().collect();
            let version = |id: MemberId| versions.get(&id).copied().unwrap_or_default();
            Ok(words.into_iter().map(|word| word.map(|id| (id, version(id))).map_err(user::wrong)).collect())
        })
        .await;
    // What is refused as a whole is refused of each.
    let words = match words {
        Ok(words) => words,
        Err(fault) if fault.error.status < 500 && fault.error.status != 401 => {
            places.iter().take(most).map(|_| Err(fault.error.clone())).collect()
        }
        Err(fault) => return Err(fault),
    };
    let told = words.len();
    for (at, word) in places.iter().copied().zip(words) {
        let method = work.jobs.get(at).map(|it| it.method.clone()).unwrap_or_default();
        match word {
            Ok((id, _)) if method == "DELETE" => work.note(at, Came::Gone(id.to_string())),
            Ok((id, version)) => {
                let status = if method == "POST" { 201 } else { 200 };
                work.note(at, Came::There { id: id.to_string(), version: Some(version), status });
            }
            // It is asked again by itself.
            Err(error) if is_later(&error) && told > 1 => {}
            Err(error) => work.note(at, Came::Failed(error)),
        }
    }
    Ok(())
}

/// Whether an operation is about someone whom another of the same batch is about.
fn is_later(error: &ScimError) -> bool {
    *error == ScimError::from(super::fault::Why(members::directory_user::Refused::Later))
}

/// Does one operation on a Group.
async fn one(door: &Door, work: &Work, at: usize) -> Answered<Came> {
    let Some(it) = work.job(at) else { return Ok(Came::Failed(not_found())) };
    let (collection, id) = match place(&it.path) {
        Ok(place) => place,
        Err(error) => return Ok(Came::Failed(error)),
    };
    if collection != "Groups" {
        return Ok(Came::Failed(not_found()));
    }
    let id = id.map(group::of_address).transpose();
    let said = match (it.method.as_str(), &id) {
        ("POST", Ok(None)) => read(&GROUP, &it.data).map(Word::Whole),
        ("PUT", Ok(Some(_))) => Word::whole(&it.data),
        ("PATCH", Ok(Some(_))) => Word::patch(&it.data),
        ("DELETE", Ok(Some(_))) => Ok(Word::Whole(Object::new())),
        (_, Err(error)) => Err(error.clone()),
        _ => Err(ScimError::of(405, "This address does not have this method.")),
    };
    let (said, id) = match (said, id) {
        (Ok(said), Ok(id)) => (said, id),
        (Err(error), _) | (_, Err(error)) => return Ok(Came::Failed(error)),
    };
    let seen = it.version.as_deref().map(version_of);
    let method = it.method.clone();
    let done = door.write_as(
        move |store| {
            let id = match (&said, id, method.as_str()) {
                (Word::Whole(whole), None, _) => group::created(store, whole)?,
                (_, Some(id), "DELETE") => Ok(group::closed(store, id, seen.as_deref())?),
                (said, Some(id), _) => group::changed(store, id, seen.as_deref(), said)?,
                (Word::Patch(_), None, _) => Err(not_found()),
            };
            Ok(match id {
                Ok(id) => Ok((id, store.groups(Some(id))?.pop().map(|it| it.version))),
                Err(error) => Err(error),
            })
        },
        of_group,
    );
    Ok(match done.await {
        Ok(Ok((id, _))) if it.method == "DELETE" => Came::Gone(id.to_string()),
        Ok(Ok((id, version))) => {
            let status = if it.method == "POST" { 201 } else { 200 };
            Came::There { id: id.to_string(), version, status }
        }
        Ok(Err(error)) => Came::Failed(error),
        Err(fault) if fault.error.status < 500 && fault.error.status != 401 => Came::Failed(fault.error),
        Err(fault) => return Err(fault),
    })
}

/// What each operation came to; those that were not begun are left out.
fn told(work: &Work, base: &str) -> Value {
    let one = |(job, came): (&Job, &Option<Came>)| {
        let came = came.as_ref()?;
        let collection = place(&job.path).map_or("", |(collection, _)| collection).to_owned();
        let mut said = Object::new();
        said.insert("method".into(), json!(job.method));
        said.extend(job.bulk_id.iter().map(|id| ("bulkId".to_owned(), json!(id))));
        let at = |id: &str| json!(format!("{base}/{collection}/{id}"));
        match came {
            Came::There { id, version, status } => {
                said.insert("location".into(), at(id));
                said.extend(version.map(|version| ("version".to_owned(), json!(tag(version)))));
                said.insert("status".into(), json!(status.to_string()));
            }
            Came::Gone(id) => {
                said.insert("location".into(), at(id));
                said.insert("status".into(), json!("204"));
            }
            Came::Failed(error) => {
                let place = place(&job.path).ok().and_then(|(_, id)| id).filter(|id| !id.starts_with(REFERENCE));
                if let Some(id) = place {
                    said.insert("location".into(), at(id));
                }
                said.insert("status".into(), json!(error.status.to_string()));
                said.insert("response".into(), error.body());
            }
        }
        Some(Value::Object(said))
    };
    let all: Vec<Value> = work.jobs.iter().zip(&work.came).filter_map(one).collect();
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": all})
}
