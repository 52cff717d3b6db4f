//! Pages for people: who gets them and who gets JSON, their language, and what they may load.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::client::Reply;
use crate::support::{Client, World};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn open(client: &Client, path: &str, language: &str) -> Reply {
    let page = client.send("GET", path, &[("accept", BROWSER), ("accept-language", language)], None).expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
    page
}

/// A browser applies the one style of a page or picture, whose digest its policy holds, and loads nothing.
#[track_caller]
pub fn bears_its_style(page: &Reply) {
    let text = page.text();
    let (_, rest) = text.split_once("<style>").unwrap();
    let (style, rest) = rest.split_once("</style>").unwrap();
    assert!(!rest.contains("<style") && !text.contains("<script") && !text.contains(" style="), "{text}");
    let policy = page.header("content-security-policy");
    let digest = BASE64.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "{policy}");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn a_browser_gets_pages_in_its_language_and_a_program_gets_json() {
    let nobody = World::shared().nobody();
    for (path, french, english) in [
        ("/", "<title>Accueil · Diapason</title>", "<title>Home · Diapason</title>"),
        ("/problems", "<h1>Erreurs</h1>", "<h1>Errors</h1>"),
        ("/problems/stale", "<h1>L’objet a changé entre-temps.</h1>", "<h1>The object changed in the meantime.</h1>"),
    ] {
        for (asked, lang, part) in [("fr-FR", "fr", french), ("en-GB,en;q=0.9", "en", english), ("de", "fr", french)] {
            let page = open(&nobody, path, asked);
            assert!(
                page.text().contains(&format!("<html lang=\"{lang}\">")) && page.text().contains(part),
                "{path} {asked}"
            );
            assert_eq!(page.header("content-language"), lang);
            assert!(page.header("vary").starts_with("Accept, Accept-Language"), "{}", page.header("vary"));
            bears_its_style(&page);
        }
        let json = nobody.get(path).expect(200);
        assert_eq!(json.header("content-type"), "application/json", "{path}");
        assert!(json.header("vary").starts_with("Accept, Accept-Language"), "{}", json.header("vary"));
    }
    for path in ["/conventions", "/glossary"] {
        let page = open(&nobody, path, "fr");
        assert!(page.text().contains("<html lang=\"en\">"), "there is no other");
        bears_its_style(&page);
    }
}

/// Where the root leads is there, for people and for programs.
#[test]
fn the_root_says_what_this_is_and_where_to_go() {
    let nobody = World::shared().nobody();
    let told = nobody.get("/").expect(200);
    assert_eq!((told.str("/name"), told.str("/version")), ("Diapason".into(), env!("CARGO_PKG_VERSION").into()));
    assert!(told.header("link").contains("</openapi.json>; rel=\"service-desc\""));
    let links = told.at("/links").as_object().unwrap().clone();
    let addresses: Vec<_> = links.values().map(|address| address.as_str().unwrap().to_owned()).collect();
    assert!(addresses.len() >= 8);
    let page = open(&nobody, "/", "fr").text();
    assert!(page.contains("<section lang=\"fr\">") && page.contains("<section lang=\"en\">"), "in both languages");
    for address in addresses.iter().filter(|address| *address != "/api/v1") {
        nobody.get(address).expect(200);
        assert!(page.contains(&format!("href=\"{address}\"")), "{address}");
    }
}

/// Each code is explained in French and in English, with an answer that has it; programs are told what they always were.
#[test]
fn every_problem_is_explained() {
    let nobody = World::shared().nobody();
    let index = open(&nobody, "/problems", "fr").text();
    let all = nobody.get("/problems").expect(200).at("/items").as_array().unwrap().clone();
    assert_eq!(all.len(), api::problem::Code::ALL.len());
    for code in api::problem::Code::ALL {
        let name = code.code();
        let address = format!("/problems/{name}");
        assert!(index.contains(&format!("href=\"{address}\"")), "{name}");
        let told = nobody.get(&address).expect(200).json();
        let status = code.status().as_u16();
        let expected =
            serde_json::json!({"code": name, "status": status, "title": code.title().fr, "help": code.help().en});
        assert_eq!(told, expected);
        assert!(all.contains(&told), "{name}");
        let [french, english] = ["fr", "en"].map(|language| open(&nobody, &address, language).text());
        assert!(french.contains("Que faire") && english.contains("What to do"), "{name}");
        for (page, title) in [(&french, code.title().fr), (&english, code.title().en)] {
            let (_, example) = page.split_once("<pre").unwrap();
            let example = example.split_once("<code>").unwrap().1.split_once("</code>").unwrap().0;
            let example: Value = serde_json::from_str(&example.replace("&#34;", "\"").replace("&#39;", "'")).unwrap();
            assert_eq!([&example["code"], &example["title"], &example["type"]], [name, title, &address], "{name}");
        }
        assert_ne!(code.help().fr, code.help().en, "{name}");
        assert_ne!(code.when().fr, code.when().en, "{name}");
    }
    nobody.send("GET", "/problems/unheard", &[("accept", BROWSER)], None).refused(404, "not_found");
}

/// The documentation page runs what this server serves, and nothing else.
#[test]
fn the_documentation_page_is_self_contained() {
    let nobody = World::shared().nobody();
    for path in ["/docs/", "/docs/index.html"] {
        let page = nobody.get(path).expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
                && !policy.contains("unsafe")
        );
        let text = page.text();
        assert!(text.contains("<html lang=\"en\">") && text.contains("· Diapason</title>") && !text.contains("://"));
        for part in text.split("src=\"").chain(text.split("rel=\"stylesheet\" href=\"")).skip(1) {
            let file = part.split('"').next().unwrap();
            if ["js", "css"].iter().any(|end| file.rsplit('.').next() == Some(end)) {
                assert!(!nobody.get(&format!("/docs/{file}")).expect(200).bytes.is_empty(), "{file}");
            }
        }
    }
}
