//! The contract as tests walk it: a new operation is under them the day it is registered.

use std::sync::OnceLock;

use serde_json::Value;

/// One operation of the contract.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub spec: Value,
}

/// Every operation of the contract.
pub fn operations() -> Vec<Operation> {
    let document = document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, spec) in item.as_object().unwrap() {
            let id = spec["operationId"].as_str().unwrap().to_owned();
            all.push(Operation { id, method: method.to_uppercase(), path: path.clone(), spec: spec.clone() });
        }
    }
    all
}

/// The contract, made once: a walk asks for it at every reference.
fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(api::document)
}

/// A schema of the contract, by its reference.
pub fn schema(reference: &Value) -> Value {
    let pointer = reference.as_str().unwrap().trim_start_matches('#');
    document().pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")).clone()
}

/// A schema in place of its reference.
pub fn resolved(given: &Value) -> Value {
    given.get("$ref").map_or_else(|| given.clone(), |reference| resolved(&schema(reference)))
}

impl Operation {
    pub fn writes(&self) -> bool {
        self.method != "GET" && !["check_permissions", "preview_reorganization"].contains(&self.id.as_str())
    }

    /// The schema of its body.
    pub fn body(&self) -> Option<Value> {
        let content = self.spec.pointer("/requestBody/content")?.as_object().unwrap();
        Some(schema(&content.values().next().unwrap()["schema"]["$ref"]))
    }

    /// The body that the contract gives as an example.
    pub fn example(&self) -> Option<Value> {
        self.body().map(|body| body["example"].clone())
    }

    /// The type of the object in its address, if there is one.
    pub fn target(&self) -> Option<String> {
        let parameters = self.spec["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().find(|parameter| parameter["in"] == "path")?;
        Some(in_path["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
    }

    /// Whether it takes a parameter of this name.
    pub fn takes(&self, name: &str) -> bool {
        let parameters = self.spec["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == name)
    }

    /// Whether it must be told which version was seen.
    pub fn conditional(&self) -> bool {
        self.takes("If-Match")
    }

    /// Whether it does not go without an idempotency key.
    pub fn keyed(&self) -> bool {
        let parameters = self.spec["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key" && parameter["required"] == true)
    }

    /// Its address, with the object named.
    pub fn address(&self, object: &str) -> String {
        self.path.replace("{id}", object).replace("{code}", object)
    }
}
