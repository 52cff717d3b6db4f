//! Generates the client from the document that CONTRACT names.

use std::{env, fs, path::Path};

fn main() {
    let contract = env::var("CONTRACT").expect("CONTRACT");
    println!("cargo::rerun-if-env-changed=CONTRACT");
    println!("cargo::rerun-if-changed={contract}");
    let contract = fs::read(contract).expect("the contract");
    let contract = serde_json::from_slice(&contract).expect("an OpenAPI 3.0 document");
    let code = progenitor::Generator::default().generate_tokens(&contract).expect("a client");
    let code = prettyplease::unparse(&syn::parse2(code).expect("Rust"));
    fs::write(Path::new(&env::var("OUT_DIR").expect("OUT_DIR")).join("generated.rs"), code).expect("written");
}
