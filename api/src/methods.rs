//! The methods of each address of the contract. Handlers guard theirs, so actix by itself answers 404 to all others.

use actix_web::dev::ResourceDef;
use actix_web::{HttpRequest, web};
use serde_json::Value;

use crate::problem::{Code, Problem};

/// The methods of each address.
pub(crate) struct KnownMethods(Vec<(ResourceDef, Vec<String>)>);

impl KnownMethods {
    pub(crate) fn of(contract: &Value) -> Self {
        let paths = contract.get("paths").and_then(Value::as_object).into_iter().flatten();
        let methods = |item: &Value| {
            let known = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            known.flat_map(|method| if method == "GET" { vec![method, "HEAD".into()] } else { vec![method] }).collect()
        };
        Self(paths.map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect())
    }

    /// The methods of the address that a path is: of several patterns that match, the most specific, since `{id}` matches
    /// `{id}.vcf` too.
    fn at(&self, path: &str) -> Option<&[String]> {
        let here = self.0.iter().filter(|(pattern, _)| pattern.is_match(path));
        here.max_by_key(|(pattern, _)| pattern.pattern().map(str::len)).map(|(_, methods)| methods.as_slice())
    }
}

/// The problem of a request whose address lacks its method, and which was taken for a request of another address.
pub(crate) fn mistaken(request: &HttpRequest) -> Option<Problem> {
    let methods = request.app_data::<web::Data<KnownMethods>>()?.at(request.path())?;
    let lacks = methods.iter().all(|method| method != request.method().as_str());
    lacks.then(|| Problem::method_not_allowed(methods.to_vec()))
}

/// What is no identifier names nothing, or is the name of another address, which lacks the method.
pub(crate) fn unread(request: &HttpRequest) -> Problem {
    mistaken(request).unwrap_or(Problem::new(Code::NotFound))
}

pub(crate) async fn no_route(request: HttpRequest, known: web::Data<KnownMethods>) -> Result<String, Problem> {
    let methods = known.at(request.path());
    Err(methods.map_or(Problem::new(Code::NotFound), |methods| Problem::method_not_allowed(methods.to_vec())))
}
